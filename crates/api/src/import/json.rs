//! A list of `{at, who, text}`, and `kind` where it matters.

use std::collections::BTreeSet;

use lastgood_core::timeline::LineKind;
use serde::Deserialize;
use serde_json::Value;

use super::{Around, Entry, Taken};

/// What is read of an item.
const FIELDS: [&str; 4] = ["at", "who", "text", "kind"];

#[derive(Deserialize)]
struct Item {
    at: String,
    who: Option<String>,
    text: String,
    kind: Option<LineKind>,
}

pub(super) fn read(value: &Value, around: &Around) -> Result<Taken, String> {
    let Some(items) = value.as_array() else {
        return Err(
            "it is no list; give one like [{\"at\": …, \"who\": …, \"text\": …}]".to_owned()
        );
    };
    let mut taken = Taken::default();
    let mut left = BTreeSet::new();
    for (number, item) in (1..).zip(items) {
        let place = format!("item {number}");
        left.extend(item.as_object().into_iter().flat_map(|fields| fields.keys()));
        let entry = one(item, around).map(|entry| Entry { place: place.clone(), ..entry });
        taken.take(&place, entry);
    }
    taken.says.extend(not_taken("Fields", left.into_iter().map(String::as_str), &FIELDS));
    Ok(taken)
}

fn one(item: &Value, around: &Around) -> Result<Entry, String> {
    let Item { at, who, text, kind } =
        Item::deserialize(item).map_err(|error| error.to_string())?;
    let said = around.time(&at)?;
    Ok(Entry {
        place: String::new(),
        at: said.at,
        zone: Some(said.zone),
        kind: kind.unwrap_or(LineKind::Note),
        who,
        text,
        id: None,
    })
}

/// A sentence about what stays in the file.
pub(super) fn not_taken<'a>(
    what: &str,
    names: impl Iterator<Item = &'a str>,
    taken: &[&str],
) -> Option<String> {
    let left: Vec<String> =
        names.filter(|name| !taken.contains(name)).map(|name| format!("`{name}`")).collect();
    if left.is_empty() {
        return None;
    }
    Some(format!("{what} that were not taken: {}.", left.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::super::around::testing::berlin;
    use super::*;

    fn read_text(text: &str) -> Result<Taken, String> {
        read(&serde_json::from_str(text).expect("it is JSON"), &berlin())
    }

    #[test]
    fn each_item_is_an_entry_in_the_zone_that_was_named() {
        let taken = read_text(
            r#"[{"at":"14:03","who":"ana","text":"x","kind":"signal"},
                {"at":"2026-03-07T14:03:00-05:00","text":"y"}]"#,
        )
        .expect("it is a list");
        let told: Vec<String> = taken
            .entries
            .iter()
            .map(|one| {
                format!("{} {} {:?} {:?} {}", one.place, one.at, one.kind, one.who, one.text)
            })
            .collect();
        assert_eq!(
            told,
            [
                "item 1 2026-03-07T13:03:00Z Signal Some(\"ana\") x",
                "item 2 2026-03-07T19:03:00Z Note None y",
            ]
        );
        assert!(taken.bad.is_empty() && taken.says.is_empty());
    }

    #[test]
    fn what_an_item_lacks_is_told_by_its_place() {
        let taken = read_text(
            r#"[{"who":"ana","text":"x"}, 7, {"at":"soon","text":"x"}, {"at":1,"text":"x"},
                {"at":"14:03","text":"x","kind":"fun"}, {"at":"14:03","text":"x","mood":"bad"}]"#,
        )
        .expect("it is a list");
        let bad: Vec<String> =
            taken.bad.iter().map(|bad| format!("{}: {}", bad.place, bad.why)).collect();
        assert_eq!(bad.len(), 5, "{bad:?}");
        assert_eq!(bad[0], "item 1: missing field `at`");
        assert!(bad[1].starts_with("item 2: invalid type: integer `7`"), "{bad:?}");
        assert!(bad[2].starts_with("item 3: `soon` is no time"), "{bad:?}");
        assert!(bad[3].starts_with("item 4: invalid type"), "{bad:?}");
        assert!(bad[4].starts_with("item 5: unknown variant `fun`"), "{bad:?}");
        assert_eq!(taken.says, ["Fields that were not taken: `mood`."]);
        assert!(read_text("{}").is_err(), "one thing is no list");
    }
}
