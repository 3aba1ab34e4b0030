//! What a message says in its blocks and attachments: bots often write nothing else.
//! (<https://docs.slack.dev/reference/block-kit/blocks>,
//! <https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments>)

use std::collections::BTreeMap;

use serde_json::Value;

use crate::import::mrkdwn::plain;

type Names = BTreeMap<String, String>;

/// The text of a message. Blocks say it again where there is one; what stands in attachments
/// is told besides, but not the preview of a page that somebody linked to.
pub(super) fn text(said: &str, blocks: &[Value], attachments: &[Value], names: &Names) -> String {
    let mut lines = Vec::new();
    if said.trim().is_empty() {
        lines.extend(blocks.iter().flat_map(|one| block(one, names)));
    } else {
        lines.push(plain(said, names));
    }
    let own = attachments.iter().filter(|one| one.get("from_url").is_none());
    lines.extend(own.flat_map(|one| attachment(one, names)));
    lines.retain(|line| !line.trim().is_empty());
    lines.join("\n")
}

fn string(value: &Value, field: &str) -> Option<String> {
    let text = value.get(field)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn items<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn attachment(one: &Value, names: &Names) -> Vec<String> {
    let said = |field: &str| string(one, field).map(|text| plain(&text, names));
    let mut lines: Vec<String> = Vec::new();
    lines.extend(said("pretext"));
    lines.extend(said("title").map(|title| match string(one, "title_link") {
        Some(link) => format!("{title} ({link})"),
        None => title,
    }));
    lines.extend(said("text"));
    for field in items(one, "fields") {
        let said = |name: &str| string(field, name).map(|text| plain(&text, names));
        lines.extend(match (said("title"), said("value")) {
            (Some(title), Some(value)) => Some(format!("{title}: {value}")),
            (title, value) => title.or(value),
        });
    }
    lines.extend(items(one, "blocks").iter().flat_map(|one| block(one, names)));
    if lines.is_empty() {
        // What is shown where nothing else can be.
        lines.extend(said("fallback"));
    }
    lines
}

/// The lines of a block. Buttons and menus say nothing about what happened.
fn block(block: &Value, names: &Names) -> Vec<String> {
    let mut lines = Vec::new();
    let kind = block.get("type").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "rich_text" => {
            lines.extend(items(block, "elements").iter().flat_map(|one| rich(one, names)));
        }
        "image" => lines.extend(string(block, "alt_text")),
        "actions" | "input" | "divider" => {}
        _ => {
            lines.extend(words(block.get("text").unwrap_or(&Value::Null), names));
            let parts = items(block, "fields").iter().chain(items(block, "elements"));
            lines.extend(parts.filter_map(|part| words(part, names)));
        }
    }
    lines
}

/// What a text object says, or a picture in its place.
fn words(object: &Value, names: &Names) -> Option<String> {
    // The block `markdown` has a bare string.
    let said = object.as_str().map(str::to_owned).or_else(|| string(object, "text"));
    said.map(|text| plain(&text, names)).or_else(|| string(object, "alt_text"))
}

fn rich(element: &Value, names: &Names) -> Vec<String> {
    match element.get("type").and_then(Value::as_str) {
        Some("rich_text_list") => items(element, "elements")
            .iter()
            .map(|item| format!("- {}", run(item, names)))
            .collect(),
        Some(_) | None => vec![run(element, names)],
    }
}

/// The pieces of a section in one go.
fn run(section: &Value, names: &Names) -> String {
    let piece = |piece: &Value| {
        let has = |field: &str| string(piece, field);
        match piece.get("type").and_then(Value::as_str).unwrap_or_default() {
            "link" => match (has("text"), has("url")) {
                (Some(text), Some(url)) => format!("{text} ({url})"),
                (text, url) => text.or(url).unwrap_or_default(),
            },
            "user" => {
                let id = has("user_id").unwrap_or_default();
                format!("@{}", names.get(&id).unwrap_or(&id))
            }
            "channel" => format!("#{}", has("channel_id").unwrap_or_default()),
            "broadcast" => format!("@{}", has("range").unwrap_or_default()),
            "emoji" => format!(":{}:", has("name").unwrap_or_default()),
            _ => piece.get("text").and_then(Value::as_str).unwrap_or_default().to_owned(),
        }
    };
    items(section, "elements").iter().map(piece).collect()
}
