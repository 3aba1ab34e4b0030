//! When a person is called to the window, and with which words.
//!
//! Only what needs a person calls: a question, and a run that is driven here no more before its
//! end. What runs, fails or ends is text, unless somebody asked to be told of ends. A question
//! calls when it opens and again where nobody has answered; whoever looks at the window is not
//! called at all.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use lastgood_core::name::{Person, RunId};
use lastgood_core::view::RunStatus;

use super::{Calls, Going, Left, Link, Often, one_line};

/// When a question calls, from its opening on.
const CALLS: [Duration; 3] = [Duration::ZERO, Duration::from_mins(2), Duration::from_mins(5)];

/// A notification of the desktop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Which question; one that calls again keeps its number.
    pub question: u64,
    /// Where a click leads; `None` for the window as it is.
    pub link: Option<Link>,
    /// Its first line; a drill's says so before anything else.
    pub title: String,
    /// What is asked, with everything escaped that a desktop may take for markup.
    pub body: String,
    /// Whether it may be missed: nothing real waits for the answer.
    pub may_be_missed: bool,
    /// Whether it may make a sound.
    pub sound: bool,
}

impl Notice {
    /// One to see what this desktop makes of a call.
    #[must_use]
    pub fn sample(calls: Calls) -> Self {
        Self {
            question: 0,
            link: None,
            title: "This is how Lastgood calls you".to_owned(),
            body: "Nothing waits for you; somebody tried it in the settings.".to_owned(),
            may_be_missed: true,
            sound: calls.sound,
        }
    }
}

/// Which questions have called, and how often.
#[derive(Debug, Default)]
pub struct Attention {
    open: BTreeMap<RunId, Open>,
    /// The runs that were under way at the last look.
    seen: BTreeSet<RunId>,
    /// The runs that were left before their end, by the number of their call.
    left: BTreeMap<RunId, u64>,
    /// The ends that were told, by number: a desktop takes those away by itself.
    ends: BTreeSet<u64>,
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
    /// Looks at the runs that are under way and at those that were left, at a steady time, and
    /// says whom to call now. `watched` is asked only when somebody would be: does a person
    /// look at the window?
    pub fn look(
        &mut self,
        runs: &[Going],
        left: &[Left],
        calls: Calls,
        now: Duration,
        watched: impl FnOnce() -> bool,
    ) -> Vec<Notice> {
        self.open.retain(|run, open| {
            runs.iter().any(|each| &each.run == run && asked(each) == Some(&open.question))
        });
        // One that was taken up again calls no more.
        self.left.retain(|run, _| !runs.iter().any(|each| &each.run == run));
        let mut due = Vec::new();
        for each in runs {
            let Some(question) = asked(each) else { continue };
            let number = &mut self.asked;
            let open = self.open.entry(each.run.clone()).or_insert_with(|| Open {
                number: next(number),
                question: question.clone(),
                since: now,
                called: 0,
            });
            let open_for = now.saturating_sub(open.since);
            let come = CALLS.iter().filter(|call| **call <= open_for).count();
            if come > open.called {
                let first = open.called == 0;
                open.called = come;
                let wanted = match calls.of(each) {
                    Often::Again => true,
                    Often::Once => first,
                    Often::Never => false,
                };
                if wanted {
                    due.push(waiting(each, open.number, open_for, calls));
                }
            }
        }
        due.extend(left.iter().filter(|each| self.seen.contains(&each.last.run)).filter_map(
            |each| match (&each.why, &each.taken_by) {
                (Some(why), _) if calls.of(&each.last) != Often::Never => {
                    let number = next(&mut self.asked);
                    self.left.insert(each.last.run.clone(), number);
                    Some(stopped(&each.last, number, why, calls))
                }
                (None, Some(by)) if calls.of(&each.last) != Often::Never => {
                    let number = next(&mut self.asked);
                    self.ends.insert(number);
                    Some(taken(&each.last, number, by))
                }
                (None, None) if calls.ended => {
                    let number = next(&mut self.asked);
                    self.ends.insert(number);
                    Some(ended(&each.last, number))
                }
                (Some(_) | None, _) => None,
            },
        ));
        // One that is in neither list is on its way from the first to the second.
        self.seen.retain(|run| !left.iter().any(|each| &each.last.run == run));
        self.seen.extend(runs.iter().map(|each| each.run.clone()));
        if due.is_empty() || watched() { Vec::new() } else { due }
    }

    /// Does what called under this number still stand, as far as was last looked at?
    #[must_use]
    pub fn asks(&self, question: u64) -> bool {
        self.open.values().any(|open| open.number == question)
            || self.left.values().any(|number| *number == question)
            || self.ends.contains(&question)
    }
}

const fn next(asked: &mut u64) -> u64 {
    *asked += 1;
    *asked
}

fn asked(run: &Going) -> Option<&String> {
    run.question.as_ref().filter(|_| run.status == RunStatus::NeedsYou)
}

fn waiting(run: &Going, question: u64, open_for: Duration, calls: Calls) -> Notice {
    let waited = match open_for.as_secs() / 60 {
        0 => String::new(),
        minutes => format!(" It has waited for {minutes} min."),
    };
    Notice {
        sound: calls.sound,
        body: format!("{}{waited}", escaped(&one_line(&run.sentence))),
        ..of(run, question, "waits for you")
    }
}

/// Nobody was asked, and nothing goes on until somebody takes it up.
fn stopped(run: &Going, question: u64, why: &str, calls: Calls) -> Notice {
    let why = escaped(&one_line(why));
    Notice {
        sound: calls.sound,
        body: format!("{why}. Everything up to now is in the journal. Resume the run."),
        ..of(run, question, "was left before its end")
    }
}

/// Somebody else answers it now; whoever thinks that it is theirs has to know.
fn taken(run: &Going, question: u64, by: &Person) -> Notice {
    let by = escaped(&one_line(by.as_str()));
    Notice {
        body: format!("{by} took it over; why is in the timeline. Nothing waits for you here."),
        ..of(run, question, "was taken over")
    }
}

/// Nothing needs a person.
fn ended(run: &Going, question: u64) -> Notice {
    Notice { may_be_missed: true, ..of(run, question, "has ended") }
}

fn of(run: &Going, question: u64, does: &str) -> Notice {
    let mark = if run.drill { "DRILL: " } else { "" };
    Notice {
        question,
        link: Some(Link::Run(run.run.clone())),
        title: format!("{mark}{} {does}", one_line(&run.place.to_string())),
        body: escaped(&one_line(&run.sentence)),
        may_be_missed: run.simulated,
        sound: false,
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

    const ALL: Calls =
        Calls { real: Often::Again, practice: Often::Again, ended: false, sound: true };
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
            .filter(|each| !attention.look(&run, &[], ALL, at(1000 + each), AWAY).is_empty())
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
            assert_eq!(attention.look(&run, &[], ALL, at(0), AWAY), [], "{status:?}");
        }
    }

    #[test]
    fn who_looks_at_the_window_is_not_called_and_who_goes_away_is_reminded() {
        let mut attention = Attention::default();
        let run = [going("r-1", RunStatus::NeedsYou)];
        assert_eq!(attention.look(&run, &[], ALL, at(0), HERE), []);
        assert_eq!(
            attention.look(&run, &[], ALL, at(60), AWAY),
            [],
            "it was seen; it does not call late"
        );
        let said = attention.look(&run, &[], ALL, at(120), AWAY);
        assert_eq!(said.len(), 1);
        assert!(said[0].body.ends_with("It has waited for 2 min."), "{}", said[0].body);
    }

    #[test]
    fn the_next_question_of_a_run_is_a_new_one() {
        let mut attention = Attention::default();
        let first = going("r-1", RunStatus::NeedsYou);
        assert_eq!(attention.look(std::slice::from_ref(&first), &[], ALL, at(0), AWAY).len(), 1);
        let next = Going { question: Some("verify: Accept?".to_owned()), ..first.clone() };
        assert_eq!(attention.look(&[next], &[], ALL, at(1), AWAY).len(), 1);
        assert_eq!(attention.look(&[going("r-1", RunStatus::Working)], &[], ALL, at(2), AWAY), []);
        assert_eq!(
            attention.look(&[first], &[], ALL, at(3), AWAY).len(),
            1,
            "asked again, it calls again"
        );
    }

    #[test]
    fn a_question_that_is_answered_is_open_no_more_and_a_reminder_is_of_the_same() {
        let mut attention = Attention::default();
        let run = [going("r-1", RunStatus::NeedsYou)];
        let first = attention.look(&run, &[], ALL, at(0), AWAY)[0].question;
        assert_eq!(attention.look(&run, &[], ALL, at(120), AWAY)[0].question, first);
        assert!(attention.asks(first));
        let next = [Going { question: Some("verify: Accept?".to_owned()), ..run[0].clone() }];
        let second = attention.look(&next, &[], ALL, at(121), AWAY)[0].question;
        assert!(!attention.asks(first) && attention.asks(second));
        attention.look(&[], &[], ALL, at(122), AWAY);
        assert!(!attention.asks(second));
    }

    #[test]
    fn two_runs_call_each_for_itself() {
        let mut attention = Attention::default();
        let runs = [going("r-1", RunStatus::NeedsYou), going("r-2", RunStatus::NeedsYou)];
        let said = attention.look(&runs, &[], ALL, at(0), AWAY);
        let led: Vec<_> = said.into_iter().map(|each| each.link).collect();
        assert_eq!(led, [Some(Link::Run("r-1".into())), Some(Link::Run("r-2".into()))]);
    }

    #[test]
    fn a_machine_that_slept_calls_once_and_not_three_times() {
        let mut attention = Attention::default();
        let run = [going("r-1", RunStatus::NeedsYou)];
        attention.look(&run, &[], ALL, at(0), AWAY);
        assert_eq!(attention.look(&run, &[], ALL, at(3600), AWAY).len(), 1);
        assert_eq!(attention.look(&run, &[], ALL, at(3601), AWAY), []);
    }

    #[test]
    fn a_drill_says_that_it_is_one_before_anything_else() {
        for simulated in [true, false] {
            let run = Going { drill: true, simulated, ..going("r-1", RunStatus::NeedsYou) };
            let said = Attention::default().look(&[run], &[], ALL, at(0), AWAY);
            assert_eq!(said[0].title, "DRILL: checkout in production waits for you");
            assert_eq!(said[0].may_be_missed, simulated, "on a real system something real waits");
        }
        let real =
            Attention::default().look(&[going("r-1", RunStatus::NeedsYou)], &[], ALL, at(0), AWAY);
        assert_eq!(real[0].title, "checkout in production waits for you");
    }

    fn how_often(calls: Calls, run: &Going) -> Vec<u64> {
        let mut attention = Attention::default();
        let run = std::slice::from_ref(run);
        (0..600)
            .filter(|each| !attention.look(run, &[], calls, at(*each), AWAY).is_empty())
            .collect()
    }

    #[test]
    fn a_person_says_how_often_a_question_calls_and_what_is_real_is_told_from_practice() {
        let real = going("r-1", RunStatus::NeedsYou);
        let practice = Going { drill: true, simulated: true, ..real.clone() };
        let staging = Going { drill: true, ..real.clone() };
        let calls = Calls { real: Often::Once, practice: Often::Never, ..ALL };
        assert_eq!(how_often(calls, &real), [0]);
        assert_eq!(how_often(calls, &staging), [0], "on a real system something real waits");
        assert_eq!(how_often(calls, &practice), [0; 0]);
        let other = Calls { real: Often::Never, practice: Often::Again, ..ALL };
        assert_eq!(how_often(other, &real), [0; 0]);
        assert_eq!(how_often(other, &practice), [0, 120, 300]);
    }

    #[test]
    fn a_call_is_silent_where_a_person_wants_it_to_be() {
        let run = [going("r-1", RunStatus::NeedsYou)];
        for sound in [true, false] {
            let calls = Calls { sound, ..ALL };
            let said = Attention::default().look(&run, &[], calls, at(0), AWAY);
            assert_eq!((said[0].sound, said[0].may_be_missed), (sound, false));
            assert_eq!(Notice::sample(calls).sound, sound);
        }
    }

    /// What is said once a run that was under way is left.
    fn said_of_an_end(status: RunStatus, why: Option<&str>, calls: Calls) -> Vec<Notice> {
        let mut attention = Attention::default();
        attention.look(&[going("r-1", RunStatus::Working)], &[], calls, at(0), AWAY);
        assert_eq!(attention.look(&[], &[], calls, at(1), AWAY), [], "it is on its way");
        let left =
            [Left { last: going("r-1", status), why: why.map(str::to_owned), taken_by: None }];
        let said = attention.look(&[], &left, calls, at(2), AWAY);
        assert_eq!(attention.look(&[], &left, calls, at(3), AWAY), [], "it is said once");
        assert!(said.iter().all(|each| attention.asks(each.question)), "and stays to be read");
        said
    }

    #[test]
    fn an_end_is_told_without_a_sound_to_whoever_wants_to_know_it() {
        assert_eq!(said_of_an_end(RunStatus::Recovered, None, ALL), []);
        let said = said_of_an_end(RunStatus::Recovered, None, Calls { ended: true, ..ALL });
        assert_eq!(said[0].title, "checkout in production has ended");
        assert_eq!((said[0].sound, said[0].may_be_missed), (false, true));
    }

    #[test]
    fn a_run_that_was_left_before_its_end_calls_until_it_is_taken_up() {
        let said = said_of_an_end(RunStatus::Working, Some("the disk is full"), ALL);
        assert_eq!(said[0].title, "checkout in production was left before its end");
        assert!(said[0].body.starts_with("the disk is full. Everything"), "{}", said[0].body);
        assert_eq!((said[0].sound, said[0].may_be_missed), (true, false));
        let quiet = Calls { real: Often::Never, ..ALL };
        assert_eq!(said_of_an_end(RunStatus::Working, Some("the disk is full"), quiet), []);

        let mut attention = Attention::default();
        let run = [going("r-1", RunStatus::Working)];
        attention.look(&run, &[], ALL, at(0), AWAY);
        let left = [Left {
            last: run[0].clone(),
            why: Some("the disk is full".to_owned()),
            taken_by: None,
        }];
        let number = attention.look(&[], &left, ALL, at(1), AWAY)[0].question;
        attention.look(&run, &left, ALL, at(2), AWAY);
        assert!(!attention.asks(number), "somebody took it up");
    }

    #[test]
    fn a_run_that_somebody_took_over_is_told_to_whoever_had_it() {
        let mut attention = Attention::default();
        let run = [going("r-1", RunStatus::NeedsYou)];
        attention.look(&run, &[], ALL, at(0), AWAY);
        let last = going("r-1", RunStatus::Interrupted);
        let left = [Left { last, why: None, taken_by: Some("li".into()) }];
        let said = attention.look(&[], &left, ALL, at(1), AWAY);
        assert_eq!(said[0].title, "checkout in production was taken over");
        assert!(said[0].body.starts_with("li took it over"), "{}", said[0].body);
        assert!(!said[0].sound, "nothing waits for them any more");
        assert_eq!(attention.look(&[], &left, ALL, at(2), AWAY), [], "it is said once");
    }

    #[test]
    fn a_run_that_had_ended_before_anybody_looked_is_no_news() {
        let left = [Left { last: going("r-1", RunStatus::Recovered), why: None, taken_by: None }];
        let calls = Calls { ended: true, ..ALL };
        assert_eq!(Attention::default().look(&[], &left, calls, at(0), AWAY), []);
    }

    #[test]
    fn what_comes_from_outside_is_never_markup_and_never_a_page() {
        let sentence = format!("<a href=\"https://evil.example\">&</a>\n{}", "x".repeat(5000));
        let run = Going { sentence, ..going("r-1", RunStatus::NeedsYou) };
        let said = Attention::default().look(&[run], &[], ALL, at(0), AWAY);
        let body = &said[0].body;
        assert!(
            body.starts_with("&lt;a href=\"https://evil.example\"&gt;&amp;&lt;/a&gt; x"),
            "{body}"
        );
        assert!(body.chars().count() < 300);
    }
}
