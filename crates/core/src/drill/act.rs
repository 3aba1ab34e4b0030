//! What whoever presents a drill does to it. Each act is written into the drill's journal
//! before it is done, so that the seed and the acts tell the whole of what happened.

use serde::{Deserialize, Serialize};

/// Something that was done to a drill from outside of it. Names are never changed or used
/// again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "act")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum DrillAct {
    /// One of the scenario's moves was made to happen.
    Moved {
        /// Its name in the scenario.
        id: String,
        /// What it was called.
        title: String,
        /// Whether it is one of those that the person on call does, outside of Lastgood.
        by_hand: bool,
    },
    /// The clock of the practice world was stopped.
    Paused,
    /// It was let go on.
    WentOn,
    /// It was made to go at another speed.
    Paced {
        /// Of real time, in percent: 500 is five seconds of the practice world in one.
        percent: u32,
    },
    /// Written by a newer version.
    #[serde(other)]
    Unknown,
}

impl DrillAct {
    /// The act in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Moved { title, by_hand: true, .. } => {
                format!("By hand, outside of Lastgood: {title}")
            }
            Self::Moved { title, by_hand: false, .. } => format!("Presenter: {title}"),
            Self::Paused => "Presenter: the practice world stands still".to_owned(),
            Self::WentOn => "Presenter: the practice world goes on".to_owned(),
            Self::Paced { percent } => format!(
                "Presenter: {} s of the practice world in one second",
                f64::from(*percent) / 100.0
            ),
            Self::Unknown => "Presenter: something that a newer version knows".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_reads_as_what_was_done_and_by_which_side() {
        let moved = |by_hand| DrillAct::Moved {
            id: "cut".to_owned(),
            title: "Cut the traffic".to_owned(),
            by_hand,
        };
        for (act, words) in [
            (moved(false), "Presenter: Cut the traffic"),
            (moved(true), "By hand, outside of Lastgood: Cut the traffic"),
            (
                DrillAct::Paced { percent: 250 },
                "Presenter: 2.5 s of the practice world in one second",
            ),
            (DrillAct::Paused, "Presenter: the practice world stands still"),
        ] {
            assert_eq!(act.words(), words);
        }
    }

    #[test]
    fn what_a_newer_version_knows_is_unknown_and_no_error() {
        let act: DrillAct = serde_json::from_str(r#"{"act":"sang","tune":"la"}"#).expect("read");
        assert_eq!(act, DrillAct::Unknown);
    }
}
