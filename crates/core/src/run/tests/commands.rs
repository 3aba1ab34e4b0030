//! What a person may ask, by what is asked of them.

use super::*;
use crate::drill::DrillAct;
use crate::plan::{DrillTag, PlannedStep};
use crate::runbook::Guard;
use crate::survey::RolloutState;
use crate::testing::{act, key, plan, plan_with, step, survey, verify};

/// The run at each kind of question, with the step that asks.
fn asking() -> Vec<(&'static str, StepId, Tale)> {
    let at = |step: &str, go: &dyn Fn(&mut Tale)| {
        let mut tale = Tale::of(plan());
        go(tale.up_to(step));
        (StepId::from(step), tale)
    };
    let begun = |tale: &mut Tale, step: &str| {
        tale.tell(Event::Began { step: step.into(), attempt: 1 });
    };
    let rows = [
        ("confirm", at("restore", &|_| {})),
        (
            "verdict",
            at("judge", &|tale| {
                begun(tale, "judge");
                tale.tell(judged("judge".into(), Verdict::Inconclusive));
            }),
        ),
        ("choice", at("decide", &|tale| begun(tale, "decide"))),
        ("manual", at("manual", &|tale| begun(tale, "manual"))),
        (
            "failure to read",
            at("check", &|tale| {
                for attempt in [1, 2] {
                    tale.tell(Event::Began { step: "check".into(), attempt });
                    tale.tell(checked("check".into(), CheckOutcome::Failed));
                }
            }),
        ),
        (
            "failure to change",
            at("halt", &|tale| {
                tale.tell(Event::Needed { step: "halt".into() });
                tale.tell(Event::Intended { key: key("halt", 1) }).tell(refused(key("halt", 1)));
            }),
        ),
        (
            "ruling",
            at("halt", &|tale| {
                tale.tell(Event::Needed { step: "halt".into() });
                tale.tell(Event::Intended { key: key("halt", 1) });
                tale.tell(Event::Unclear { key: key("halt", 1), why: "no annotation".to_owned() });
            }),
        ),
        (
            "guard",
            at("halt", &|tale| {
                tale.tell(Event::GuardUnclear { step: "halt".into(), why: "no answer".to_owned() });
            }),
        ),
        (
            "undo",
            at("wait", &|tale| {
                tale.ask(&Command::Abort { reason: "wrong service".to_owned() });
            }),
        ),
    ];
    rows.into_iter().map(|(name, (step, tale))| (name, step, tale)).collect()
}

/// Every command, fit to be accepted but for the question.
fn commands(step: &StepId) -> Vec<(&'static str, Command)> {
    let reason = || "I looked".to_owned();
    let step = || step.clone();
    vec![
        ("confirm", Command::Confirm { step: step() }),
        ("accept", Command::Accept { step: step(), reason: reason() }),
        ("again", Command::Again { step: step(), reason: None }),
        ("choose", Command::Choose { step: step(), option: "yes".to_owned(), reason: None }),
        ("performed", Command::Performed { step: step(), observed: reason() }),
        ("skip", Command::Skip { step: step(), reason: reason() }),
        ("rule", Command::Rule { step: step(), happened: true, reason: reason() }),
        ("decline", Command::Decline { step: step(), reason: reason() }),
        ("hold", Command::Hold),
        ("release", Command::Release),
        ("abort", Command::Abort { reason: reason() }),
        ("undo", Command::Undo),
        ("leave", Command::Leave { reason: reason() }),
        ("note", Command::Note { text: reason() }),
    ]
}

/// Which commands each question takes, and the event each leads to.
const TAKES: &[(&str, &[(&str, &str)])] = &[
    ("confirm", &[("confirm", "confirmed"), ("skip", "skipped")]),
    (
        "verdict",
        &[("accept", "accepted"), ("again", "again"), ("skip", "skipped"), ("decline", "declined")],
    ),
    ("choice", &[("choose", "chosen"), ("skip", "skipped")]),
    ("manual", &[("performed", "performed"), ("skip", "skipped")]),
    ("failure to read", &[("accept", "accepted"), ("again", "again"), ("skip", "skipped")]),
    ("failure to change", &[("again", "again"), ("skip", "skipped")]),
    ("ruling", &[("again", "again"), ("rule", "ruled")]),
    ("guard", &[("accept", "accepted"), ("again", "again"), ("skip", "skipped")]),
    ("undo", &[("undo", "undo-began"), ("leave", "left")]),
];

#[test]
fn every_question_takes_its_own_answers_and_no_others() {
    for ((question, step, tale), (named, takes)) in asking().into_iter().zip(TAKES) {
        assert_eq!(question, *named, "the table and the runs stand in the same order");
        let mut expected: Vec<(&str, &str)> = takes.to_vec();
        expected.push(("note", "noted"));
        if question != "undo" {
            expected.extend([("hold", "held"), ("abort", "aborted")]);
        }
        for (name, command) in commands(&step) {
            let wanted = expected.iter().find(|(taken, _)| *taken == name).map(|(_, event)| *event);
            match tale.run.decide(&command, &ada()) {
                Ok(events) => {
                    let found: Vec<&str> = events.iter().map(Event::name).collect();
                    assert_eq!(Some(found), wanted.map(|event| vec![event]), "{question}: {name}");
                    for event in events {
                        tale.clone().tell(event);
                    }
                }
                Err(rejection) => {
                    assert_eq!(wanted, None, "{question} takes {name}, and not: {rejection}");
                }
            }
        }
    }
}

#[test]
fn what_others_will_read_needs_a_reason() {
    for (question, step, tale) in asking() {
        for blank in ["", "  \n"] {
            let reason = blank.to_owned();
            let commands = [
                Command::Accept { step: step.clone(), reason: reason.clone() },
                Command::Skip { step: step.clone(), reason: reason.clone() },
                Command::Rule { step: step.clone(), happened: false, reason: reason.clone() },
                Command::Decline { step: step.clone(), reason: reason.clone() },
                Command::Abort { reason: reason.clone() },
                Command::Leave { reason: reason.clone() },
            ];
            for command in commands {
                let refused = tale.run.decide(&command, &ada());
                assert!(refused.is_err(), "{question}: {command:?} has no reason");
            }
            let note = tale.refuses(&Command::Note { text: reason });
            assert!(matches!(note, Rejection::NotNow { .. }), "an empty note says nothing");
        }
    }
}

#[test]
fn a_missing_reason_is_named_as_such() {
    let blank = String::new();
    for (question, command) in [
        ("verdict", Command::Accept { step: "judge".into(), reason: blank.clone() }),
        ("verdict", Command::Decline { step: "judge".into(), reason: blank.clone() }),
        ("confirm", Command::Skip { step: "restore".into(), reason: blank.clone() }),
        ("ruling", Command::Rule { step: "halt".into(), happened: true, reason: blank.clone() }),
        ("choice", Command::Abort { reason: blank.clone() }),
        ("undo", Command::Leave { reason: blank.clone() }),
    ] {
        let (_, _, tale) = asking().into_iter().find(|row| row.0 == question).expect("a row");
        assert_eq!(tale.refuses(&command), Rejection::NoReason, "{question}: {command:?}");
    }
}

#[test]
fn an_answer_to_an_old_question_is_noticed() {
    let mut tale = Tale::of(plan());
    tale.up_to("restore");
    let late = Command::Confirm { step: "restore".into() };
    tale.ask(&late);
    assert_eq!(
        tale.refuses(&late),
        Rejection::Stale { step: "restore".into() },
        "the second of two people who press the same button is told"
    );
    for (question, _, tale) in asking() {
        for (name, command) in commands(&"nowhere".into()) {
            let general = ["hold", "release", "abort", "undo", "leave", "note"].contains(&name);
            if !general {
                let stale = Rejection::Stale { step: "nowhere".into() };
                assert_eq!(tale.refuses(&command), stale, "{question}: {name} is for another step");
            }
        }
    }
}

#[test]
fn an_option_that_does_not_exist_is_told_with_those_that_do() {
    let mut tale = Tale::of(plan());
    tale.up_to("decide").tell(Event::Began { step: "decide".into(), attempt: 1 });
    let option = "perhaps".to_owned();
    let choose = Command::Choose { step: "decide".into(), option: option.clone(), reason: None };
    let known = ["yes", "served", "no"].map(str::to_owned).to_vec();
    assert_eq!(tale.refuses(&choose), Rejection::NoSuchOption { option, known });
}

#[test]
fn a_manual_step_that_asks_for_a_value_gets_one() {
    let observed = || " ".to_owned();
    let mut tale = Tale::of(plan());
    tale.up_to("manual").tell(Event::Began { step: "manual".into(), attempt: 1 });
    let tick = Command::Performed { step: "manual".into(), observed: observed() };
    assert_eq!(tale.refuses(&tick), Rejection::NoObservation, "a tick is no observation");

    let task = Task::Manual { instruction: "Say so".to_owned(), ask: None };
    let mut tale = Tale::of(plan_with(vec![step("manual", task)]));
    tale.tell(Event::Began { step: "manual".into(), attempt: 1 }).ask(&tick);
}

#[test]
fn a_held_run_begins_nothing_and_takes_no_answer() {
    for (question, step, mut tale) in asking() {
        if question == "undo" || question == "ruling" {
            continue;
        }
        tale.ask(&Command::Hold);
        assert_eq!(tale.run.next(), Next::Held, "{question}: a hold holds");
        for (name, command) in commands(&step) {
            let may = ["release", "abort", "note"].contains(&name);
            let said = tale.run.decide(&command, &ada());
            assert_eq!(said.is_ok(), may, "{question}, held: {name} leads to {said:?}");
        }
        let before = tale.clone().ask(&Command::Release).run.next();
        assert!(matches!(before, Next::AskPerson { .. }), "{question}: a release asks it again");
    }
}

#[test]
fn a_held_run_settles_its_doubts() {
    let mut tale = Tale::of(plan());
    tale.up_to("halt").tell(Event::Needed { step: "halt".into() });
    tale.tell(Event::Intended { key: key("halt", 1) }).ask(&Command::Hold);
    assert_eq!(tale.run.next(), Next::Settle(key("halt", 1)), "nobody decides well in doubt");
    tale.tell(Event::Unclear { key: key("halt", 1), why: "no annotation".to_owned() });
    let reason = "the dashboard says so".to_owned();
    tale.ask(&Command::Rule { step: "halt".into(), happened: true, reason });
    assert_eq!(tale.run.next(), Next::Held, "the hold holds once the doubt is settled");
}

#[test]
fn only_the_release_of_a_held_run_releases() {
    let mut tale = Tale::of(plan());
    let refused = tale.refuses(&Command::Release);
    assert!(matches!(refused, Rejection::NotNow { .. }), "nobody holds it");
    tale.ask(&Command::Hold);
    let Rejection::NotNow { why } = tale.refuses(&Command::Hold) else {
        panic!("it is held once");
    };
    assert_eq!(why, "ada already holds it");
}

#[test]
fn nobody_decides_against_a_rollback_that_has_begun() {
    let mut tale = Tale::of(plan_with(vec![act("go", false), verify("verify")]));
    tale.up_to("verify").tell(Event::Began { step: "verify".into(), attempt: 1 });
    tale.tell(verified("verify".into(), Verdict::Fail));
    let decline = Command::Decline { step: "verify".into(), reason: "never mind".to_owned() };
    let Rejection::NotNow { why } = tale.refuses(&decline) else {
        panic!("something has been changed");
    };
    assert!(why.contains("abort instead"), "it says what one can do: {why}");
}

#[test]
fn a_change_that_did_not_take_place_is_not_called_done() {
    let (_, step, tale) =
        asking().into_iter().find(|row| row.0 == "failure to change").expect("it");
    let Rejection::NotNow { why } =
        tale.refuses(&Command::Accept { step, reason: "fine".to_owned() })
    else {
        panic!("a failed change is not accepted");
    };
    assert!(why.contains("retried or skipped"), "it says what one can do: {why}");
}

#[test]
fn a_run_that_ended_takes_notes_only() {
    let mut tale = Tale::of(plan());
    tale.finish();
    for (name, command) in commands(&"judge".into()) {
        let said = tale.run.decide(&command, &ada());
        if name == "note" {
            assert!(said.is_ok(), "one may write something down afterwards");
        } else {
            assert_eq!(said, Err(Rejection::Ended), "{name}");
        }
    }
}

#[test]
fn a_run_of_a_newer_version_takes_nothing() {
    let mut tale = Tale::of(plan());
    tale.tell(Event::Unknown);
    for (name, command) in commands(&"judge".into()) {
        assert_eq!(tale.run.decide(&command, &ada()), Err(Rejection::Newer), "{name}");
    }
}

#[test]
fn a_guard_is_answered_by_what_a_look_found() {
    let states = [
        ("settled", RolloutState::Settled),
        ("progressing", RolloutState::Progressing),
        ("halted", RolloutState::Halted),
        ("stuck", RolloutState::Stuck { why: "quota".to_owned() }),
        ("unknown", RolloutState::Unknown { why: "no status".to_owned() }),
    ];
    let expected = [
        (Guard::RolloutOpen, ["not-needed", "needed", "needed", "needed", "guard-unclear"]),
        (
            Guard::RolloutHalted,
            ["not-needed", "not-needed", "needed", "not-needed", "guard-unclear"],
        ),
        (Guard::TargetNotServing, ["not-needed", "needed", "needed", "needed", "guard-unclear"]),
    ];
    let run = Tale::of(plan()).run;
    for (guard, row) in expected {
        for ((name, rollout), wanted) in states.iter().zip(row) {
            let mut seen = survey("v2");
            seen.rollout = rollout.clone();
            let found = run.guarded(&"halt".into(), guard, &seen);
            assert_eq!(found.name(), wanted, "{} while {name}", guard.as_str());
        }
    }
    let found = run.guarded(&"halt".into(), Guard::TargetNotServing, &survey("v3"));
    assert_eq!(found.name(), "needed", "another release serves");
    let mut other = survey("v3");
    other.rollout = RolloutState::Unknown { why: "what is kept warm is not known".to_owned() };
    let found = run.guarded(&"halt".into(), Guard::TargetNotServing, &other);
    assert_eq!(found.name(), "needed", "another release serves, whatever moves");
    let found = run.guarded(&"halt".into(), Guard::RolloutOpen, &other);
    assert_eq!(found.name(), "guard-unclear", "what moves is not known");
}

#[test]
fn a_guard_that_a_person_answers_still_needs_the_confirmation() {
    let guarded =
        PlannedStep { when: Some(Guard::TargetNotServing), confirm: true, ..act("go", true) };
    let mut tale = Tale::of(plan_with(vec![guarded]));
    tale.tell(Event::GuardUnclear { step: "go".into(), why: "no answer".to_owned() });
    tale.ask(&Command::Accept { step: "go".into(), reason: "I looked".to_owned() });
    let asked = Next::AskPerson { step: Some("go".into()), ask: Ask::Confirm };
    assert_eq!(tale.run.next(), asked, "an unclear guard opens no second gate");
}

#[test]
fn only_a_drill_has_a_presenter_and_the_run_goes_on_as_if_nothing_was_said() {
    let act = DrillAct::Moved { id: "cut".to_owned(), title: "Cut it".to_owned(), by_hand: false };
    let command = Command::Present { act: act.clone() };
    let real = Run::begin(run_id(), plan(), ada());
    assert!(matches!(real.decide(&command, &ada()), Err(Rejection::NotNow { .. })));
    let tag = DrillTag { scenario: "bad".into(), seed: 1, world: "w".to_owned() };
    let mut drill = Run::begin(run_id(), Plan { drill: Some(tag), ..plan() }, ada());
    let before = drill.next();
    let events = drill.decide(&command, &ada()).expect("it is a drill");
    assert_eq!(events, [Event::Presented { by: ada(), act }]);
    for event in &events {
        drill.apply(event).expect("it fits");
    }
    assert_eq!(drill.next(), before, "an act is told and never a state");
}
