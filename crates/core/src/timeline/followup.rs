//! What is left to do after a run: who does it, until when, where it is tracked.

use serde::{Deserialize, Serialize};

/// Where a follow-up stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum FollowUpStatus {
    /// Nobody has finished it.
    Open,
    /// It is done.
    Done,
    /// It was decided not to do it.
    Dropped,
}

impl FollowUpStatus {
    /// As written in exports and on a command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }
}

/// Something that is left to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct FollowUp {
    /// Counts from 1 within the record.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub number: u64,
    /// What is to be done; begins with a verb.
    pub title: String,
    /// Who does it; `null` for nobody yet.
    pub owner: Option<String>,
    /// Until which day, `2026-12-01`; `null` for no day.
    pub due: Option<String>,
    /// Where it is tracked; `null` for nowhere.
    pub link: Option<String>,
    /// Where it stands.
    pub status: FollowUpStatus,
}

/// What an open follow-up lacks, one sentence each. `today` is a day like `2026-12-01`.
#[must_use]
pub fn lint(items: &[FollowUp], today: &str) -> Vec<String> {
    let mut lacks = Vec::new();
    for item in items.iter().filter(|item| item.status == FollowUpStatus::Open) {
        let name = format!("Follow-up {} ({})", item.number, item.title);
        if item.owner.is_none() {
            lacks.push(format!("{name} has no owner."));
        }
        match &item.due {
            None => lacks.push(format!("{name} has no due day.")),
            // Days are written so that they compare as texts.
            Some(due) if due.as_str() < today => {
                lacks.push(format!("{name} was due on {due}."));
            }
            Some(_) => {}
        }
        if item.link.is_none() {
            lacks.push(format!("{name} is tracked nowhere."));
        }
    }
    lacks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(status: FollowUpStatus, due: Option<&str>) -> FollowUp {
        FollowUp {
            number: 1,
            title: "Test the migration".to_owned(),
            owner: None,
            due: due.map(str::to_owned),
            link: None,
            status,
        }
    }

    #[test]
    fn an_open_follow_up_says_what_it_lacks_and_a_closed_one_nothing() {
        assert_eq!(lint(&[item(FollowUpStatus::Open, None)], "2026-01-01").len(), 3);
        assert!(lint(&[item(FollowUpStatus::Done, None)], "2026-01-01").is_empty());
        assert!(lint(&[item(FollowUpStatus::Dropped, None)], "2026-01-01").is_empty());
    }

    #[test]
    fn a_day_is_over_once_the_next_one_has_begun() {
        let late = |today| {
            lint(&[item(FollowUpStatus::Open, Some("2026-03-01"))], today)
                .iter()
                .any(|lack| lack.contains("was due"))
        };
        assert!(!late("2026-02-28"));
        assert!(!late("2026-03-01"), "the due day itself is in time");
        assert!(late("2026-03-02"));
    }
}
