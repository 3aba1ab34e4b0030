//! What closing the window does to the runs that this program drives.

use serde::Serialize;

use super::{Going, one_line};

/// A question for a person who is about to close the window, with everything needed to answer it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Leaving {
    /// The question.
    pub title: String,
    /// The runs that would be interrupted, one line each.
    pub runs: Vec<String>,
    /// What happens to them, and what does not.
    pub consequence: String,
    /// How to go on afterwards.
    pub resume: String,
    /// What closing does, for the button.
    pub act: String,
}

impl Leaving {
    /// The question for these runs; `None` where nothing is under way and nothing is asked.
    #[must_use]
    pub fn of(runs: &[Going]) -> Option<Self> {
        let first = runs.first()?;
        let one = runs.len() == 1;
        let lines = runs.iter().map(|run| {
            let mark = if run.drill { "DRILL: " } else { "" };
            one_line(&format!("{mark}{}: {}", run.place, run.sentence))
        });
        let (title, subject, again) = if one {
            (
                "Close while a run is under way?".to_owned(),
                "The run stops",
                "the run looks whether it happened",
            )
        } else {
            let title = format!("Close while {} runs are under way?", runs.len());
            (title, "Each run stops", "each run looks whether it happened")
        };
        Some(Self {
            title,
            runs: lines.collect(),
            consequence: format!(
                "Nothing is lost: everything up to now is in the journal. {subject} where it is. What was \
                 sent already goes on in the world, and {again} when it is resumed."
            ),
            resume: format!(
                "To go on, open Lastgood again and take the run up under All runs, or say `lastgood resume {}`.",
                first.run
            ),
            act: if one { "Interrupt the run and close" } else { "Interrupt the runs and close" }
                .to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use lastgood_core::view::RunStatus;

    use super::*;
    use crate::desktop::going;

    #[test]
    fn nothing_is_asked_where_nothing_is_under_way() {
        assert_eq!(Leaving::of(&[]), None);
    }

    #[test]
    fn it_names_what_is_interrupted_what_is_kept_and_how_to_go_on() {
        let asked = Leaving::of(&[going("r-1", RunStatus::NeedsYou)]).expect("a run is under way");
        assert_eq!(
            asked.runs,
            ["checkout in production: Step 4 of 8 is waiting for you: Restore 2026.11.3."]
        );
        assert!(asked.consequence.starts_with("Nothing is lost"), "{}", asked.consequence);
        assert!(asked.resume.contains("lastgood resume r-1"), "{}", asked.resume);
        assert_eq!(asked.act, "Interrupt the run and close");
    }

    #[test]
    fn a_held_run_is_under_way_too_and_two_are_counted() {
        let asked = Leaving::of(&[going("r-1", RunStatus::Held), going("r-2", RunStatus::Working)]);
        let asked = asked.expect("two runs are under way");
        assert_eq!(asked.title, "Close while 2 runs are under way?");
        assert_eq!(asked.runs.len(), 2);
        assert_eq!(asked.act, "Interrupt the runs and close");
    }

    #[test]
    fn a_drill_is_told_from_what_is_real() {
        let drill = Going { drill: true, ..going("r-1", RunStatus::Working) };
        let asked = Leaving::of(&[drill, going("r-2", RunStatus::Working)]).expect("two runs");
        assert!(asked.runs[0].starts_with("DRILL: checkout in production"));
        assert!(asked.runs[1].starts_with("checkout in production"));
    }
}
