//! The messages of a channel, as Slack exports them or its API lists them. What a message
//! says stands in its text, or in the blocks and attachments of whatever wrote it; files and
//! reactions are not read.
//! (<https://slack.com/help/articles/220556107-How-to-read-Slack-data-exports>)

mod parts;

use std::collections::BTreeMap;

use jiff::Timestamp;
use lastgood_core::timeline::LineKind;
use serde::Deserialize;
use serde_json::Value;

use super::{Entry, Taken};

/// Messages that say only who came and went.
const PASSED_OVER: [&str; 6] =
    ["channel_join", "channel_leave", "group_join", "group_leave", "bot_add", "bot_remove"];

/// What stands in the place of a message that was taken back, and may quote it.
const DELETED: [&str; 2] = ["message_deleted", "tombstone"];

#[derive(Deserialize)]
struct Message {
    ts: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    blocks: Vec<Value>,
    #[serde(default)]
    attachments: Vec<Value>,
    #[serde(default)]
    subtype: Option<String>,
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    user_profile: Option<Profile>,
    #[serde(default)]
    bot_profile: Option<Profile>,
}

#[derive(Deserialize)]
struct Profile {
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    real_name: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

impl Profile {
    fn best(self) -> Option<String> {
        [self.display_name, self.real_name, self.name]
            .into_iter()
            .flatten()
            .find(|name| !name.trim().is_empty())
    }
}

pub(super) fn read(value: &Value) -> Result<Taken, String> {
    let listed = value.as_array().or_else(|| value.get("messages")?.as_array());
    let Some(items) = listed else { return Err("it is no list of messages".to_owned()) };
    let names = names(items);
    let (mut taken, mut passed, mut deleted) = (Taken::default(), 0, 0);
    for (number, item) in (1..).zip(items) {
        let place = format!("message {number}");
        match one(item, &names) {
            Ok(Told::Entry(entry)) => taken.entries.push(Entry { place, ..entry }),
            Ok(Told::CameOrWent) => passed += 1,
            Ok(Told::Deleted) => deleted += 1,
            Err(why) => taken.bad(place, why),
        }
    }
    if passed > 0 {
        taken.says.push(format!("Messages about who came and went were passed over: {passed}."));
    }
    if deleted > 0 {
        taken.says.push(format!("Messages that somebody deleted were passed over: {deleted}."));
    }
    let unnamed: Vec<&str> = taken
        .entries
        .iter()
        .filter_map(|entry| entry.who.as_deref())
        .filter(|who| is_id(who))
        .collect();
    if let Some(first) = unnamed.first() {
        taken.says.push(format!(
            "Messages that name their author only by an id, such as {first}: {}.",
            unnamed.len()
        ));
    }
    Ok(taken)
}

/// The names of those who speak in the file, by their ids.
fn names(items: &[Value]) -> BTreeMap<String, String> {
    items
        .iter()
        .filter_map(|item| Message::deserialize(item).ok())
        .filter_map(|message| Some((message.user?, message.user_profile?.best()?)))
        .collect()
}

/// What an item of the list tells.
enum Told {
    Entry(Entry),
    /// Only who came and went.
    CameOrWent,
    /// That there was a message, and somebody took it back.
    Deleted,
}

fn one(item: &Value, names: &BTreeMap<String, String>) -> Result<Told, String> {
    let message = Message::deserialize(item).map_err(|error| error.to_string())?;
    if message.subtype.as_deref().is_some_and(|kind| PASSED_OVER.contains(&kind)) {
        return Ok(Told::CameOrWent);
    }
    if message.subtype.as_deref().is_some_and(|kind| DELETED.contains(&kind)) {
        return Ok(Told::Deleted);
    }
    let at = time(&message.ts)?;
    let text = parts::text(&message.text, &message.blocks, &message.attachments, names);
    if text.is_empty() {
        return Err("it has no text; files are not read".to_owned());
    }
    let user = message.user;
    let who = message
        .user_profile
        .and_then(Profile::best)
        .or_else(|| user.as_ref().and_then(|user| names.get(user).cloned()))
        .or(message.username)
        .or_else(|| message.bot_profile.and_then(Profile::best))
        .or(user);
    Ok(Told::Entry(Entry {
        place: String::new(),
        at,
        zone: Some("UTC".to_owned()),
        kind: LineKind::Note,
        who,
        text,
        id: None,
    }))
}

/// Seconds since 1970, a point, and what makes it unlike every other of the channel.
fn time(ts: &str) -> Result<Timestamp, String> {
    let wrong = || format!("`ts` is `{ts}`, which is no time like 1772888580.000200");
    let (seconds, rest) = ts.split_once('.').unwrap_or((ts, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(seconds) || !digits(rest) || rest.len() > 9 {
        return Err(wrong());
    }
    let seconds: i64 = seconds.parse().map_err(|_| wrong())?;
    let nanoseconds: i32 = format!("{rest:0<9}").parse().map_err(|_| wrong())?;
    Timestamp::new(seconds, nanoseconds).map_err(|_| wrong())
}

fn is_id(who: &str) -> bool {
    who.len() >= 9
        && who.starts_with(['U', 'W', 'B'])
        && who.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Taken {
        read(&serde_json::from_str(text).expect("it is JSON")).expect("it is a list")
    }

    #[test]
    fn messages_are_told_with_their_authors_and_said_once() {
        let taken = read_text(
            r#"[
              {"type": "message", "user": "U012AB3CDE", "text": "the <https://g.example/d|graph> &amp; I",
               "ts": "1772888580.000200", "user_profile": {"display_name": "ana", "real_name": "Ana A"},
               "blocks": [{"type": "rich_text"}]},
              {"type": "message", "user": "U012AB3CDE", "text": "<@U099ZZ9ZZZ> look", "ts": "1772888581"},
              {"type": "message", "subtype": "bot_message", "username": "deploys", "text": "done",
               "ts": "1772888582.5"},
              {"type": "message", "subtype": "channel_join", "user": "U099ZZ9ZZZ",
               "text": "<@U099ZZ9ZZZ> has joined the channel", "ts": "1772888583.0"},
              {"type": "message", "user": "U099ZZ9ZZZ", "text": "ok", "ts": "1772888584.000001"}]"#,
        );
        let told: Vec<String> = taken
            .entries
            .iter()
            .map(|one| {
                format!(
                    "{} {} {}: {}",
                    one.place,
                    one.at,
                    one.who.as_deref().unwrap_or("-"),
                    one.text
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "message 1 2026-03-07T13:03:00.0002Z ana: the graph (https://g.example/d) & I",
                "message 2 2026-03-07T13:03:01Z ana: @U099ZZ9ZZZ look",
                "message 3 2026-03-07T13:03:02.5Z deploys: done",
                "message 5 2026-03-07T13:03:04.000001Z U099ZZ9ZZZ: ok",
            ]
        );
        assert_eq!(
            taken.says,
            [
                "Messages about who came and went were passed over: 1.",
                "Messages that name their author only by an id, such as U099ZZ9ZZZ: 1.",
            ]
        );
    }

    #[test]
    fn a_message_of_a_machine_is_what_its_attachments_and_blocks_say() {
        let taken = read_text(
            r#"[
              {"subtype": "bot_message", "username": "grafana", "text": "", "ts": "1772888580.1",
               "attachments": [{"fallback": "short", "title": "Errors are high",
                 "title_link": "https://g.example/d", "text": "5 % of &lt;all&gt; fail",
                 "fields": [{"title": "Service", "value": "checkout"}, {"value": "eu"}]},
                {"fallback": "only this"}]},
              {"subtype": "bot_message", "username": "deploys", "ts": "1772888581.1", "text": "",
               "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "Deployed v3"}},
                 {"type": "divider"},
                 {"type": "section", "text": {"type": "mrkdwn", "text": "by <@U1|ana>"},
                  "fields": [{"type": "mrkdwn", "text": "*eu*"}]},
                 {"type": "context", "elements": [{"type": "image", "alt_text": "a graph"},
                   {"type": "mrkdwn", "text": "took 42 s"}]}]},
              {"user": "U1", "ts": "1772888582.1", "text": "",
               "blocks": [{"type": "rich_text", "elements": [
                 {"type": "rich_text_section", "elements": [{"type": "text", "text": "see "},
                   {"type": "link", "url": "https://g.example", "text": "this"},
                   {"type": "emoji", "name": "eyes"}]},
                 {"type": "rich_text_list", "elements": [
                   {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]},
                   {"type": "rich_text_section", "elements": [{"type": "text", "text": "two"}]}]}]}]},
              {"subtype": "message_deleted", "hidden": true, "ts": "1772888583.1",
               "previous_message": {"text": "secret"}, "text": "secret"},
              {"user": "U1", "ts": "1772888584.1", "text": "look",
               "attachments": [{"from_url": "https://g.example", "text": "a page"}]}]"#,
        );
        let told: Vec<&str> = taken.entries.iter().map(|one| &*one.text).collect();
        assert_eq!(
            told,
            [
                "Errors are high (https://g.example/d)\n5 % of <all> fail\nService: \
                 checkout\neu\nonly this",
                "Deployed v3\nby @ana\n*eu*\na graph\ntook 42 s",
                "see this (https://g.example):eyes:\n- one\n- two",
                "look",
            ]
        );
        assert!(taken.bad.is_empty(), "{:?}", taken.bad);
        assert_eq!(taken.says[0], "Messages that somebody deleted were passed over: 1.");
    }

    #[test]
    fn each_message_that_cannot_be_read_is_told() {
        let taken = read_text(
            r#"{"ok": true, "messages": [{"text": "x"}, {"text": "x", "ts": "soon"},
                {"text": "x", "ts": "1772888580.0000000001"}, {"text": " ", "ts": "1772888580.0"}, 7]}"#,
        );
        let bad: Vec<String> =
            taken.bad.iter().map(|bad| format!("{}: {}", bad.place, bad.why)).collect();
        assert_eq!(bad[0], "message 1: missing field `ts`");
        assert!(bad[1].starts_with("message 2: `ts` is `soon`, which is no time"), "{bad:?}");
        assert!(bad[2].starts_with("message 3: `ts` is"), "{bad:?}");
        assert_eq!(bad[3], "message 4: it has no text; files are not read");
        assert_eq!(bad.len(), 5, "{bad:?}");
        assert!(read(&serde_json::json!({"ok": false})).is_err());
    }
}
