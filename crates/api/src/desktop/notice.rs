//! When a person is called to the window, and with which words.
//!
//! Only a question calls: what runs, fails or ends is text. A question calls when it opens and
//! again where nobody has answered; whoever looks at the window is not called at all.

use std::collections::BTreeMap;
use std::time::Duration;

use lastgood_core::name::RunId;
use lastgood_core::view::RunStatus;

use super::{Going, Link, one_line};

/// When a question calls, from its opening on.
const CALLS: [Duration; 3] = [Duration::ZERO, Duration::from_mins(2), Duration::from_mins(5)];

/// A notification of the desktop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Which question; one that calls again keeps its number.
    pub question: u64,
    /// Where a click leads.
    pub link: Link,
    /// Its first line; a drill's says so before anything else.
    pub title: String,
    /// What is asked, with everything escaped that a desktop may take for markup.
    pub body: String,
    /// Whether it may be missed: nothing real waits for the answer.
    pub may_be_missed: bool,
}

/// Which questions have called, and how often.
#[derive(Debug, Default)]
pub struct Attention {
    open: BTreeMap<RunId, Open>,
    /// How many questions there have been.
    asked: u64,
}

#[derive(Debug)]
struct Open {
    number: u64,
    question: String,
    since: Duration,
    /// How many of [`CALLS`] have come.
    called: usize,
}

impl Attention {
    /// Looks at the runs at a steady time, and says whom to call now. `watched` is asked only
    /// when somebody would be: does a person look at the window?
    pub fn look(
        &mut self,
        runs: &[Going],
        now: Duration,
        watched: impl FnOnce() -> bool,
    ) -> Vec<Notice> {
        self.open.retain(|run, open| {
            runs.iter().any(|each| &each.run == run && asked(each) == Some(&open.question))
        });
        let mut due = Vec::new();
        for each in runs {
            let Some(question) = asked(each) else { continue };
            let open = self.open.entry(each.run.clone()).or_insert_with(|| {
                self.asked += 1;
                Open { number: self.asked, question: question.clone(), since: now, called: 0 }
            });
            let open_for = now.saturating_sub(open.since);
            let come = CALLS.iter().filter(|call| **call <= open_for).count();
            if come > open.called {
                open.called = come;
                due.push(notice(each, open.number, open_for));
            }
        }
        if due.is_empty() || watched() { Vec::new() } else { due }
    }

    /// Is a question still open, as far as was last looked at?
    #[must_use]
    pub fn asks(&self, question: u64) -> bool {
        self.open.values().any(|open| open.number == question)
    }
}

fn asked(run: &Going) -> Option<&String> {
    run.question.as_ref().filter(|_| run.status == RunStatus::NeedsYou)
}

fn notice(run: &Going, question: u64, open_for: Duration) -> Notice {
    let mark = if run.drill { "DRILL: " } else { "" };
    let waited = match open_for.as_secs() / 60 {
        0 => String::new(),
        minutes => format!(" It has waited for {minutes} min."),
    };
    Notice {
        question,
        link: Link::Run(run.run.clone()),
        title: format!("{mark}{} waits for you", one_line(&run.place.to_string())),
        body: format!("{}{waited}", escaped(&one_line(&run.sentence))),
        may_be_missed: run.simulated,
    }
}

/// The body of a notification may hold markup (Desktop Notifications Specification 1.2,
/// "Markup"); nothing that comes from outside may be taken for it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desktop::going;

    const AWAY: fn() -> bool = || false;
    const HERE: fn() -> bool = || true;
    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_question_calls_when_it_opens_and_after_two_and_five_minutes_and_no_more() {
        let mut attention = Attention::default();
        let run = [going("r-1", RunStatus::NeedsYou)];
        let called: Vec<u64> = (0..1200)
            .filter(|each| !attention.look(&run, at(1000 + each), AWAY).is_empty())
            .collect();
        assert_eq!(called, [0, 120, 300]);
    }

    #[test]
    fn nothing_else_calls() {
        let mut attention = Attention::default();
        for status in [
            RunStatus::Working,
            RunStatus::Held,
            RunStatus::Interrupted,
            RunStatus::Recovered,
            RunStatus::Ended,
            RunStatus::Newer,
        ] {
            let run = [Going { question: Some("a question".to_owned()), ..going("r-1", status) }];
            assert_eq!(attention.look(&run, at(0), AWAY), [], "{status:?}");
        }
    }

    #[test]
    fn who_looks_at_the_window_is_not_called_and_who_goes_away_is_reminded() {
        let mut attention = Attention::default();
        let run = [going("r-1", RunStatus::NeedsYou)];
        assert_eq!(attention.look(&run, at(0), HERE), []);
        assert_eq!(attention.look(&run, at(60), AWAY), [], "it was seen; it does not call late");
        let said = attention.look(&run, at(120), AWAY);
        assert_eq!(said.len(), 1);
        assert!(said[0].body.ends_with("It has waited for 2 min."), "{}", said[0].body);
    }

    #[test]
    fn the_next_question_of_a_run_is_a_new_one() {
        let mut attention = Attention::default();
        let first = going("r-1", RunStatus::NeedsYou);
        assert_eq!(attention.look(std::slice::from_ref(&first), at(0), AWAY).len(), 1);
        let next = Going { question: Some("verify: Accept?".to_owned()), ..first.clone() };
        assert_eq!(attention.look(&[next], at(1), AWAY).len(), 1);
        assert_eq!(attention.look(&[going("r-1", RunStatus::Working)], at(2), AWAY), []);
        assert_eq!(attention.look(&[first], at(3), AWAY).len(), 1, "asked again, it calls again");
    }

    #[test]
    fn a_question_that_is_answered_is_open_no_more_and_a_reminder_is_of_the_same() {
        let mut attention = Attention::default();
        let run = [going("r-1", RunStatus::NeedsYou)];
        let first = attention.look(&run, at(0), AWAY)[0].question;
        assert_eq!(attention.look(&run, at(120), AWAY)[0].question, first);
        assert!(attention.asks(first));
        let next = [Going { question: Some("verify: Accept?".to_owned()), ..run[0].clone() }];
        let second = attention.look(&next, at(121), AWAY)[0].question;
        assert!(!attention.asks(first) && attention.asks(second));
        attention.look(&[], at(122), AWAY);
        assert!(!attention.asks(second));
    }

    #[test]
    fn two_runs_call_each_for_itself() {
        let mut attention = Attention::default();
        let runs = [going("r-1", RunStatus::NeedsYou), going("r-2", RunStatus::NeedsYou)];
        let said = attention.look(&runs, at(0), AWAY);
        let led: Vec<String> = said.iter().map(|each| each.link.to_string()).collect();
        assert_eq!(led, ["lastgood://run/r-1", "lastgood://run/r-2"]);
    }

    #[test]
    fn a_machine_that_slept_calls_once_and_not_three_times() {
        let mut attention = Attention::default();
        let run = [going("r-1", RunStatus::NeedsYou)];
        attention.look(&run, at(0), AWAY);
        assert_eq!(attention.look(&run, at(3600), AWAY).len(), 1);
        assert_eq!(attention.look(&run, at(3601), AWAY), []);
    }

    #[test]
    fn a_drill_says_that_it_is_one_before_anything_else() {
        for simulated in [true, false] {
            let run = Going { drill: true, simulated, ..going("r-1", RunStatus::NeedsYou) };
            let said = Attention::default().look(&[run], at(0), AWAY);
            assert_eq!(said[0].title, "DRILL: checkout in production waits for you");
            assert_eq!(said[0].may_be_missed, simulated, "on a real system something real waits");
        }
        let real = Attention::default().look(&[going("r-1", RunStatus::NeedsYou)], at(0), AWAY);
        assert_eq!(real[0].title, "checkout in production waits for you");
    }

    #[test]
    fn what_comes_from_outside_is_never_markup_and_never_a_page() {
        let sentence = format!("<a href=\"https://evil.example\">&</a>\n{}", "x".repeat(5000));
        let run = Going { sentence, ..going("r-1", RunStatus::NeedsYou) };
        let said = Attention::default().look(&[run], at(0), AWAY);
        let body = &said[0].body;
        assert!(
            body.starts_with("&lt;a href=\"https://evil.example\"&gt;&amp;&lt;/a&gt; x"),
            "{body}"
        );
        assert!(body.chars().count() < 300);
    }
}
