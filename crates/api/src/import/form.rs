//! Which form a file has, and which reader reads it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Around, Taken, alertmanager, chat, csv, github, json, slack};
use crate::export::DOCUMENT_SCHEMA;

/// The forms that entries are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(rename = "ImportForm"))]
pub enum Form {
    /// A table with the columns `at`, `who` and `text`, or an export of ours.
    Csv,
    /// A list of `{at, who, text}`.
    Json,
    /// What Alertmanager sends to a webhook, version 4, or lists.
    Alertmanager,
    /// What the API of GitHub lists, or what it sends to a webhook.
    Github,
    /// The messages of a channel, as Slack exports them.
    Slack,
    /// Lines that were copied from a chat.
    Chat,
}

impl Form {
    /// As written on a command line and in the record.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Alertmanager => "alertmanager",
            Self::Github => "github",
            Self::Slack => "slack",
            Self::Chat => "chat",
        }
    }
}

/// Reads a file of a known form. What is wrong with the whole of it is the error.
pub(crate) fn entries(form: Form, text: &str, around: &Around) -> Result<Taken, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let value =
        || serde_json::from_str::<Value>(text).map_err(|error| format!("it is no JSON: {error}"));
    let taken = match form {
        Form::Csv => csv::read(text, around)?,
        Form::Json => json::read(&value()?, around)?,
        Form::Alertmanager => alertmanager::read(&value()?),
        Form::Github => github::read(&value()?)?,
        Form::Slack => slack::read(&value()?)?,
        Form::Chat => chat::read(text, around),
    };
    let taken = taken.cleaned();
    if taken.entries.is_empty() && taken.bad.is_empty() {
        let says = taken.says.first().map(|says| format!(": {says}")).unwrap_or_default();
        return Err(format!("there is no entry in it{says}"));
    }
    Ok(taken)
}

/// Why a form was not guessed, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unguessed {
    pub(crate) why: String,
    pub(crate) hint: &'static str,
}

impl From<&str> for Unguessed {
    fn from(why: &str) -> Self {
        let hint = "Say what it is with --from: csv, json, alertmanager, github, slack or chat.";
        Self { why: why.to_owned(), hint }
    }
}

/// The form that the contents have; why none is certain otherwise.
pub(crate) fn guess(text: &str) -> Result<Form, Unguessed> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some(first) = text.lines().find(|line| !line.trim().is_empty()) else {
        return Err("it is empty".into());
    };
    if first.trim_start().starts_with(['{', '[']) {
        return match serde_json::from_str::<Value>(text) {
            Ok(value) => of_json(&value),
            Err(_) if chat::begins_with_a_time(first) => Ok(Form::Chat),
            Err(error) => Err((&*format!("it begins like JSON and is none: {error}")).into()),
        };
    }
    if csv::is_header(first) {
        return Ok(Form::Csv);
    }
    if chat::begins_with_a_time(first) {
        return Ok(Form::Chat);
    }
    Err("its first line is neither a header with `at` and `text` nor begins with a time".into())
}

fn of_json(value: &Value) -> Result<Form, Unguessed> {
    if value.get("$schema").and_then(Value::as_str) == Some(DOCUMENT_SCHEMA) {
        return Err(Unguessed {
            why: "it is the whole record of a run".to_owned(),
            hint: "Import it without --into; it is kept as a record of its own.",
        });
    }
    let one = value.as_array().map_or(Some(value), |items| items.first());
    let has = |name: &str| one.is_some_and(|one| one.get(name).is_some());
    if has("alerts") || one.is_some_and(alertmanager::is_listed) {
        Ok(Form::Alertmanager)
    } else if github::is_known(one.unwrap_or(&Value::Null)) {
        Ok(Form::Github)
    } else if has("messages") || has("ts") {
        Ok(Form::Slack)
    } else if has("at") && has("text") {
        Ok(Form::Json)
    } else {
        Err("it is JSON of no form that is known".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_told_by_the_contents() {
        let table = [
            ("at,who,text\n", Form::Csv),
            ("\u{feff}Text;Who;At\n", Form::Csv),
            ("id,occurred_at_utc,occurred_at,kind,source,text\n", Form::Csv),
            (r#"[{"at":"2026-03-07T14:03:00Z","text":"x"}]"#, Form::Json),
            (r#"{"version":"4","alerts":[]}"#, Form::Alertmanager),
            (r#"[{"startsAt":"x","status":{"state":"active"}}]"#, Form::Alertmanager),
            (r#"[{"statuses_url":"x","sha":"y","environment":"z"}]"#, Form::Github),
            (r#"[{"tag_name":"v1","published_at":"x"}]"#, Form::Github),
            ("Ana  2:03 PM\nit broke\n", Form::Chat),
            ("[02.03.26, 14:11:00] Hans: x\n", Form::Chat),
            ("14:06 PST ana: x\n", Form::Chat),
            (r#"[{"version":"4","alerts":[]}]"#, Form::Alertmanager),
            (r#"[{"id":"1","type":"PushEvent","payload":{},"created_at":"x"}]"#, Form::Github),
            (r#"{"total_count":0,"workflow_runs":[]}"#, Form::Github),
            (r#"{"deployment_status":{},"deployment":{}}"#, Form::Github),
            (r#"[{"type":"message","ts":"1.2","text":"x"}]"#, Form::Slack),
            (r#"{"ok":true,"messages":[]}"#, Form::Slack),
            ("\n14:03 ana: x\n", Form::Chat),
            ("[14:03] ana: x\n", Form::Chat),
            ("[2026-03-07 14:03] ana: x\n", Form::Chat),
            ("2026-03-07T14:03:00Z ana: x\n", Form::Chat),
        ];
        for (text, form) in table {
            assert_eq!(guess(text), Ok(form), "{text}");
        }
    }

    #[test]
    fn what_could_be_anything_is_not_guessed() {
        for (text, why) in [
            ("  \n", "it is empty"),
            ("{\"a\":", "it begins like JSON and is none"),
            ("{\"a\":1}", "it is JSON of no form that is known"),
            ("who,what\n", "its first line is neither"),
            ("it broke at 14:03\n", "its first line is neither"),
            (
                r#"{"$schema":"https://lastgood.dev/schema/export-v1.json"}"#,
                "it is the whole record of a run",
            ),
        ] {
            let said = guess(text).expect_err(text).why;
            assert!(said.starts_with(why), "{text}: {said}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived_by_every_reader(
            text in "([\\[\\]{}<>:;,.'\"0-9apmATZU+ \\n-]|ana|at|who|text|2026-03-07|14:03|é){0,80}",
        ) {
            let around = super::super::around::testing::berlin();
            let _ = guess(&text);
            for form in ALL {
                if let Ok(taken) = entries(form, &text, &around) {
                    assert!(taken.entries.iter().all(|one| !one.text.trim().is_empty()), "{text}");
                }
            }
        }
    }

    const ALL: [Form; 6] =
        [Form::Csv, Form::Json, Form::Alertmanager, Form::Github, Form::Slack, Form::Chat];

    #[test]
    fn a_file_without_entries_is_no_success() {
        let around = super::super::around::testing::berlin();
        for (form, text) in [(Form::Csv, "at,who,text\n"), (Form::Json, "[]"), (Form::Chat, "\n")] {
            assert_eq!(entries(form, text, &around), Err("there is no entry in it".to_owned()));
        }
        let said = entries(Form::Json, "[1", &around).expect_err("it is no JSON");
        assert!(said.starts_with("it is no JSON: EOF while parsing"), "{said}");
    }
}
