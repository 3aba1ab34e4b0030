//! What Alertmanager sends to a webhook, version 4: one message or a list of them; and the
//! alerts that it lists, as `GET /api/v2/alerts` and `amtool alert query -o json` give them.
//! (<https://prometheus.io/docs/alerting/latest/configuration/#webhook_config>)

use std::collections::BTreeMap;

use jiff::Timestamp;
use lastgood_core::timeline::LineKind;
use serde::Deserialize;
use serde_json::Value;

use super::{Entry, Taken};

/// The version of the message that is read.
const VERSION: &str = "4";

/// Labels that say nothing beside the name of the alert and would hide the others.
const LEFT_OUT: [&str; 3] = ["alertname", "prometheus", "receiver"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    version: String,
    alerts: Vec<Value>,
    #[serde(default)]
    truncated_alerts: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alert {
    status: Standing,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    starts_at: String,
    #[serde(default)]
    ends_at: Option<String>,
    #[serde(default)]
    fingerprint: Option<String>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Status {
    Firing,
    Resolved,
}

/// Where an alert stands: a word in a message, and a mapping in a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Standing {
    Told(Status),
    Listed { state: String },
}

/// Whether it is one of a list of alerts.
pub(super) fn is_listed(one: &Value) -> bool {
    let state = one.get("status").is_some_and(|status| status.get("state").is_some());
    state && one.get("startsAt").is_some()
}

/// The alerts of a list. Only those that fire are listed; who was told of them is not.
fn listed(alerts: &[Value]) -> Taken {
    let mut taken = Taken::default();
    let mut kept_quiet = 0;
    for (number, alert) in (1..).zip(alerts) {
        let place = format!("alert {number}");
        match both(alert) {
            Ok(entries) => taken
                .entries
                .extend(entries.into_iter().map(|entry| Entry { place: place.clone(), ..entry })),
            Err(why) => taken.bad(place, why),
        }
        let state = alert.pointer("/status/state").and_then(Value::as_str);
        kept_quiet += u32::from(state == Some("suppressed"));
    }
    if kept_quiet > 0 {
        taken.says.push(format!("Alerts that were silenced or inhibited: {kept_quiet}."));
    }
    taken
}

pub(super) fn read(value: &Value) -> Taken {
    if let Some(alerts) = value.as_array().filter(|all| all.first().is_some_and(is_listed)) {
        return listed(alerts);
    }
    let several = value.is_array();
    let messages = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
    let mut taken = Taken::default();
    let mut left_out = 0;
    for (number, message) in (1..).zip(messages) {
        let place = |alert: usize| {
            if several {
                format!("message {number}, alert {alert}")
            } else {
                format!("alert {alert}")
            }
        };
        let message = match Message::deserialize(message) {
            Ok(message) if message.version == VERSION => message,
            Ok(message) => {
                let why =
                    format!("it has version `{}`, and {VERSION} is known here", message.version);
                taken.bad(format!("message {number}"), why);
                continue;
            }
            Err(error) => {
                taken.bad(format!("message {number}"), error.to_string());
                continue;
            }
        };
        left_out += message.truncated_alerts;
        for (number, alert) in (1..).zip(&message.alerts) {
            let place = place(number);
            match both(alert) {
                Ok(entries) => taken.entries.extend(
                    entries.into_iter().map(|entry| Entry { place: place.clone(), ..entry }),
                ),
                Err(why) => taken.bad(place, why),
            }
        }
    }
    if left_out > 0 {
        taken.says.push(format!("Alerts that Alertmanager left out of its message: {left_out}."));
    }
    taken
}

/// The beginning of an alert, and its end once it has one.
fn both(alert: &Value) -> Result<Vec<Entry>, String> {
    if let Some(other) = alert.get("status").and_then(Value::as_str)
        && !["firing", "resolved"].contains(&other)
    {
        return Err(format!("`status` is `{other}`, and it can be firing or resolved"));
    }
    let alert = Alert::deserialize(alert).map_err(|error| error.to_string())?;
    let started = time("startsAt", &alert.starts_at)?;
    let mut entries = vec![alert.entry(started, "firing", started)];
    let resolved = match &alert.status {
        Standing::Told(status) => *status == Status::Resolved,
        Standing::Listed { state } => match &**state {
            "active" | "suppressed" | "unprocessed" => false,
            other => return Err(format!("its state is `{other}`, which is not known here")),
        },
    };
    if resolved {
        let ended = alert.ends_at.as_deref().ok_or("it is resolved and has no `endsAt`")?;
        let ended = time("endsAt", ended)?;
        if ended < started {
            return Err(format!("it ends at {ended}, before it begins at {started}"));
        }
        entries.push(alert.entry(ended, "resolved", started));
    }
    Ok(entries)
}

fn time(field: &str, text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| format!("`{field}` is `{text}`, which is no time"))
}

impl Alert {
    fn entry(&self, at: Timestamp, state: &str, started: Timestamp) -> Entry {
        Entry {
            place: String::new(),
            at,
            zone: Some("UTC".to_owned()),
            kind: LineKind::Signal,
            who: Some("alertmanager".to_owned()),
            text: self.text(state),
            // What it says changes with every message; which alert it is does not.
            id: self
                .fingerprint
                .as_ref()
                .filter(|fingerprint| !fingerprint.is_empty())
                .map(|fingerprint| format!("{fingerprint} {started} {state}")),
        }
    }

    fn text(&self, state: &str) -> String {
        let name = self.labels.get("alertname").map_or("without a name", String::as_str);
        let labels: Vec<String> = self
            .labels
            .iter()
            .filter(|(label, _)| !LEFT_OUT.contains(&label.as_str()))
            .map(|(label, value)| format!("{label}={value}"))
            .collect();
        let mut text = format!("Alert {name} is {state}");
        if !labels.is_empty() {
            text = format!("{text} ({})", labels.join(", "));
        }
        if state != "firing" {
            return text;
        }
        let said = |field: &str| {
            let said = self.annotations.get(field).map(|said| said.trim());
            said.filter(|said| !said.is_empty())
        };
        let mut told: Vec<&str> = Vec::new();
        // The second says what the first has no room for; a message is an older name of it.
        for one in [said("summary"), said("description").or_else(|| said("message"))] {
            told.extend(one.filter(|one| !told.contains(one)));
        }
        let mut before = ": ";
        for one in told {
            text.push_str(before);
            text.push_str(one);
            before = "\n";
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the documentation of Alertmanager shows it.
    const MESSAGE: &str = r#"{
      "version": "4", "groupKey": "{}:{alertname=\"HighErrorRate\"}", "truncatedAlerts": 2,
      "status": "firing", "receiver": "team", "groupLabels": {}, "commonLabels": {},
      "commonAnnotations": {}, "externalURL": "http://am.example",
      "alerts": [
        {"status": "firing", "labels": {"alertname": "HighErrorRate", "service": "checkout"},
         "annotations": {"summary": "5 % of requests fail"}, "startsAt": "2026-03-07T13:03:00Z",
         "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "", "fingerprint": "f00d"},
        {"status": "resolved", "labels": {"alertname": "Slow"}, "annotations": {},
         "startsAt": "2026-03-07T13:00:00.25+01:00", "endsAt": "2026-03-07T13:09:00Z",
         "generatorURL": "", "fingerprint": "beef"}
      ]}"#;

    fn read_text(text: &str) -> Taken {
        read(&serde_json::from_str(text).expect("it is JSON"))
    }

    #[test]
    fn firing_and_resolved_are_two_entries() {
        let taken = read_text(MESSAGE);
        let told: Vec<String> = taken
            .entries
            .iter()
            .map(|one| format!("{}: {} {}", one.place, one.at, one.text))
            .collect();
        assert_eq!(
            told,
            [
                "alert 1: 2026-03-07T13:03:00Z Alert HighErrorRate is firing (service=checkout): \
                 5 % of requests fail",
                "alert 2: 2026-03-07T12:00:00.25Z Alert Slow is firing",
                "alert 2: 2026-03-07T13:09:00Z Alert Slow is resolved",
            ]
        );
        assert_eq!(taken.entries[0].id.as_deref(), Some("f00d 2026-03-07T13:03:00Z firing"));
        assert_eq!(taken.says, ["Alerts that Alertmanager left out of its message: 2."]);
    }

    #[test]
    fn a_list_of_alerts_is_told_like_the_messages_about_them() {
        let taken = read_text(
            r#"[{"annotations": {"description": "5 % of requests fail.\nSee the graph.",
                  "summary": "Many errors"}, "endsAt": "2026-03-07T13:20:00.000Z",
                 "fingerprint": "f00d", "receivers": [{"name": "team"}],
                 "startsAt": "2026-03-07T13:03:00.000Z", "updatedAt": "2026-03-07T13:16:00.000Z",
                 "status": {"inhibitedBy": [], "silencedBy": [], "state": "active"},
                 "generatorURL": "http://prometheus.example",
                 "labels": {"alertname": "HighErrorRate", "service": "checkout"}},
                {"startsAt": "2026-03-07T13:04:00Z", "status": {"state": "suppressed"},
                 "labels": {"alertname": "Slow"}, "fingerprint": "beef"},
                {"startsAt": "2026-03-07T13:04:00Z", "status": {"state": "asleep"}}]"#,
        );
        assert_eq!(
            taken.entries[0].text,
            "Alert HighErrorRate is firing (service=checkout): Many errors\n5 % of requests \
             fail.\nSee the graph."
        );
        assert_eq!(taken.entries[0].id.as_deref(), Some("f00d 2026-03-07T13:03:00Z firing"));
        assert_eq!(taken.entries.len(), 2);
        assert_eq!(taken.bad[0].why, "its state is `asleep`, which is not known here");
        assert_eq!(taken.says, ["Alerts that were silenced or inhibited: 1."]);
    }

    #[test]
    fn each_alert_and_message_that_cannot_be_read_is_told() {
        let taken = read_text(
            r#"[{"version": "3", "alerts": []}, {"alerts": []}, {"version": "4", "alerts": [
                {"status": "asleep", "startsAt": "2026-03-07T13:03:00Z"},
                {"status": "firing"},
                {"status": "firing", "startsAt": "noon"},
                {"status": "resolved", "startsAt": "2026-03-07T13:03:00Z"},
                {"status": "resolved", "startsAt": "2026-03-07T13:03:00Z",
                 "endsAt": "0001-01-01T00:00:00Z"}]}]"#,
        );
        assert!(taken.entries.is_empty());
        let bad: Vec<String> =
            taken.bad.iter().map(|bad| format!("{}: {}", bad.place, bad.why)).collect();
        assert_eq!(bad[0], "message 1: it has version `3`, and 4 is known here");
        assert_eq!(bad[1], "message 2: missing field `version`");
        assert!(bad[2].starts_with("message 3, alert 1: `status` is `asleep`"), "{bad:?}");
        assert_eq!(bad[3], "message 3, alert 2: missing field `startsAt`");
        assert_eq!(bad[4], "message 3, alert 3: `startsAt` is `noon`, which is no time");
        assert_eq!(bad[5], "message 3, alert 4: it is resolved and has no `endsAt`");
        assert!(bad[6].contains("before it begins"), "{bad:?}");
    }
}
