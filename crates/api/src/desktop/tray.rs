//! What the entry in the tray says and offers.

use lastgood_core::view::RunStatus;

use super::{Going, Link, one_line};

/// The entry in the tray.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tray {
    /// How everything stands, in a line.
    pub state: String,
    /// Whether a person must act.
    pub waits: bool,
    /// The runs that are going, what waits first; each leads to its run.
    pub runs: Vec<Entry>,
    /// What ending the program does to the runs; `None` where it does nothing.
    pub quit: Option<String>,
}

/// One line of the tray's menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it leads.
    pub link: Link,
    /// What it says.
    pub label: String,
}

impl Tray {
    /// The entry for these runs.
    #[must_use]
    pub fn of(runs: &[Going]) -> Self {
        let waiting = runs.iter().filter(|run| run.status == RunStatus::NeedsYou).count();
        let drills = runs.iter().all(|run| run.drill) && !runs.is_empty();
        let mark = if drills { "DRILL: " } else { "" };
        let state = match (waiting, runs.len()) {
            (0, 0) => "No run is under way".to_owned(),
            (0, 1) => format!("{mark}1 run is under way"),
            (0, many) => format!("{mark}{many} runs are under way"),
            (1, _) => format!("{mark}1 run waits for you"),
            (many, _) => format!("{mark}{many} runs wait for you"),
        };
        let mut order: Vec<&Going> = runs.iter().collect();
        order.sort_by_key(|run| run.status != RunStatus::NeedsYou);
        let quit = match runs.len() {
            0 => None,
            1 => Some("Interrupt the run and quit".to_owned()),
            many => Some(format!("Interrupt {many} runs and quit")),
        };
        Self { state, waits: waiting > 0, runs: order.into_iter().map(entry).collect(), quit }
    }
}

fn entry(run: &Going) -> Entry {
    let mark = if run.drill { "DRILL: " } else { "" };
    let label = format!("{mark}{}: {}", run.place, run.sentence);
    Entry { link: Link::Run(run.run.clone()), label: one_line(&label) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desktop::going;

    #[test]
    fn it_says_first_what_waits() {
        let table: [(&[RunStatus], &str); 5] = [
            (&[], "No run is under way"),
            (&[RunStatus::Working], "1 run is under way"),
            (&[RunStatus::Held, RunStatus::Working], "2 runs are under way"),
            (&[RunStatus::Working, RunStatus::NeedsYou], "1 run waits for you"),
            (&[RunStatus::NeedsYou, RunStatus::NeedsYou], "2 runs wait for you"),
        ];
        for (statuses, state) in table {
            let runs: Vec<Going> = statuses.iter().map(|status| going("r", *status)).collect();
            let tray = Tray::of(&runs);
            assert_eq!(tray.state, state);
            assert_eq!(tray.waits, state.contains("for you"));
        }
    }

    #[test]
    fn what_waits_comes_before_what_runs() {
        let tray = Tray::of(&[going("r-1", RunStatus::Working), going("r-2", RunStatus::NeedsYou)]);
        assert_eq!(tray.runs[0].link, Link::Run("r-2".into()));
        assert_eq!(tray.runs.len(), 2);
    }

    #[test]
    fn ending_the_program_says_what_that_does_to_runs() {
        assert_eq!(Tray::of(&[]).quit, None);
        let tray = Tray::of(&[going("r-1", RunStatus::Working)]);
        assert_eq!(tray.quit.as_deref(), Some("Interrupt the run and quit"));
    }

    #[test]
    fn a_drill_is_marked_and_marks_nothing_else() {
        let drill = Going { drill: true, ..going("r-1", RunStatus::NeedsYou) };
        let tray = Tray::of(std::slice::from_ref(&drill));
        assert_eq!(tray.state, "DRILL: 1 run waits for you");
        assert!(tray.runs[0].label.starts_with("DRILL: checkout in production: Step 4"));
        let mixed = Tray::of(&[drill, going("r-2", RunStatus::NeedsYou)]);
        assert_eq!(mixed.state, "2 runs wait for you", "one of them is real");
    }
}
