//! What Alertmanager sends to a webhook, version 4: one message or a list of them.
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
    status: Status,
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

pub(super) fn read(value: &Value) -> Taken {
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
    let alert = Alert::deserialize(alert).map_err(|error| error.to_string())?;
    let started = time("startsAt", &alert.starts_at)?;
    let mut entries = vec![alert.entry(started, "firing", started)];
    if alert.status == Status::Resolved {
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
        let said = ["summary", "description", "message"]
            .iter()
            .find_map(|field| self.annotations.get(*field).filter(|said| !said.trim().is_empty()));
        if let (Some(said), "firing") = (said, state) {
            text.push_str(": ");
            text.push_str(said.trim());
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
        assert!(bad[2].starts_with("message 3, alert 1: unknown variant `asleep`"), "{bad:?}");
        assert_eq!(bad[3], "message 3, alert 2: missing field `startsAt`");
        assert_eq!(bad[4], "message 3, alert 3: `startsAt` is `noon`, which is no time");
        assert_eq!(bad[5], "message 3, alert 4: it is resolved and has no `endsAt`");
        assert!(bad[6].contains("before it begins"), "{bad:?}");
    }
}
