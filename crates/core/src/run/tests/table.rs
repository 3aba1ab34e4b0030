//! `(state, event)` → state: what becomes of one step.

use super::super::{Outcome, Proof};
use super::*;
use crate::plan::PlannedStep;
use crate::runbook::{OnFailure, Response, Responses};
use crate::testing::{act, check_result, key, plan, plan_with, responses, slo, step, verify};
use crate::time::Millis;

fn judge(on: Responses) -> Task {
    Task::Judge { slos: vec![slo()], window: Millis::minutes(5), on }
}

fn begun(task: Task, on_failure: OnFailure) -> Tale {
    let one = PlannedStep { on_failure, ..step("one", task) };
    let last = step("last", Task::Note { text: "last".to_owned() });
    let between = step("between", Task::Note { text: "between".to_owned() });
    let mut tale = Tale::of(plan_with(vec![one, between, last]));
    tale.tell(Event::Began { step: "one".into(), attempt: 1 });
    tale
}

#[test]
fn each_verdict_leads_where_the_runbook_says() {
    let on = Responses {
        fail: Response::Proceed,
        pass: Response::Stop,
        inconclusive: Response::Ask,
        shared: Response::Proceed,
    };
    let ends = |tale: &Tale| matches!(tale.run.next(), Next::End(Outcome::Declined { .. }));
    for (verdict, done, ended) in [
        (Verdict::Fail, true, false),
        (Verdict::Pass, true, true),
        (Verdict::Inconclusive, false, false),
        (Verdict::Shared, true, false),
        (Verdict::Error, false, false),
    ] {
        let mut tale = begun(judge(on), OnFailure::Ask);
        tale.tell(judged("one".into(), verdict));
        let is_done = matches!(tale.state("one"), StepState::Done { proof: Proof::Judged(_) });
        assert_eq!((is_done, ends(&tale)), (done, ended), "{}", verdict.as_str());
    }
}

#[test]
fn an_error_asks_whatever_the_runbook_says() {
    let go = Response::Proceed;
    let all = Responses { fail: go, pass: go, inconclusive: go, shared: go };
    let mut tale = begun(judge(all), OnFailure::Retry(9));
    tale.tell(judged("one".into(), Verdict::Error));
    assert!(
        matches!(
            tale.state("one"),
            StepState::NeedsPerson { ask: Ask::Verdict { verdict: Verdict::Error, .. }, .. }
        ),
        "a verdict that could not be had is no verdict"
    );
}

#[test]
fn a_verdict_does_not_end_a_run_that_somebody_holds_or_aborts() {
    for command in [Command::Hold, Command::Abort { reason: "wrong service".to_owned() }] {
        let mut tale = begun(judge(responses()), OnFailure::Ask);
        tale.ask(&command).tell(judged("one".into(), Verdict::Pass));
        let next = tale.run.next();
        assert!(
            !matches!(next, Next::End(Outcome::Declined { .. })),
            "{command:?} outranks the runbook: {next:?}"
        );
    }
}

#[test]
fn a_step_that_is_left_out_is_told_and_nothing_of_it_can_be_taken_back() {
    let left_out = Task::LeftOut { act: "rollout.halt".to_owned(), why: "it has none".to_owned() };
    let mut tale = Tale::of(plan_with(vec![step("one", left_out), verify("two")]));
    let Next::LeaveOut { step, why } = tale.run.next() else { panic!("{:?}", tale.run.next()) };
    tale.tell(Event::LeftOut { step, why });
    let StepState::PassedOver { why } = tale.state("one") else {
        panic!("{:?}", tale.state("one"))
    };
    assert_eq!(why, "it has none");
    assert!(matches!(tale.run.next(), Next::Begin { step, .. } if step.as_str() == "two"));
    assert_eq!(super::super::remaining(&tale.run), [], "nothing was done");
}

#[test]
fn only_checks_that_all_passed_are_done() {
    use CheckOutcome::{Failed, Passed, Unasked};
    let asks = |verdict| Some(verdict);
    for (outcomes, done, asked) in [
        (vec![Passed], true, None),
        (vec![Passed, Passed], true, None),
        (vec![Passed, Failed], false, None),
        (vec![Unasked, Failed], false, None),
        (vec![Passed, Unasked], false, asks(Verdict::Error)),
        (vec![], false, asks(Verdict::Inconclusive)),
    ] {
        let mut tale = begun(Task::Check { checks: Vec::new() }, OnFailure::Ask);
        let results = outcomes.iter().map(|outcome| check_result(*outcome)).collect();
        tale.tell(Event::Checked { step: "one".into(), results });
        let state = tale.state("one");
        let is_done = matches!(state, StepState::Done { proof: Proof::Checked(_) });
        assert_eq!(is_done, done, "{outcomes:?}");
        let verdict =
            if let StepState::NeedsPerson { ask: Ask::Verdict { verdict, .. }, .. } = state {
                Some(*verdict)
            } else {
                None
            };
        assert_eq!(verdict, asked, "{outcomes:?}");
    }
}

#[test]
fn only_a_verification_that_passed_is_done() {
    for verdict in super::grid::VERDICTS {
        let mut tale = Tale::of(plan_with(vec![verify("one")]));
        tale.tell(Event::Began { step: "one".into(), attempt: 1 });
        tale.tell(verified("one".into(), verdict));
        let done = matches!(tale.state("one"), StepState::Done { .. });
        assert_eq!(done, verdict == Verdict::Pass, "{} is not success", verdict.as_str());
    }
}

#[test]
fn what_fails_goes_where_the_runbook_says() {
    let check = || Task::Check { checks: Vec::new() };
    let fail = |on_failure| {
        let mut tale = begun(check(), on_failure);
        tale.tell(checked("one".into(), CheckOutcome::Failed));
        tale
    };
    let asked = fail(OnFailure::Ask);
    assert!(matches!(asked.state("one"), StepState::NeedsPerson { ask: Ask::Failure { .. }, .. }));
    let stopped = fail(OnFailure::Stop);
    assert!(matches!(stopped.run.next(), Next::End(Outcome::NotRecovered { .. })));
    let jumped = fail(OnFailure::GoTo("last".into()));
    assert!(matches!(jumped.state("between"), StepState::PassedOver { .. }), "it lies between");
    assert_eq!(about(&jumped.run.next()).map(StepId::as_str), Some("last"), "a later step");
}

#[test]
fn a_reading_step_is_tried_again_by_itself_as_often_as_the_runbook_allows() {
    let mut tale = begun(Task::Check { checks: Vec::new() }, OnFailure::Retry(3));
    for attempt in [2, 3] {
        tale.tell(checked("one".into(), CheckOutcome::Failed));
        assert_eq!(tale.run.next(), Next::Begin { step: "one".into(), attempt });
        tale.tell(Event::Began { step: "one".into(), attempt });
    }
    tale.tell(checked("one".into(), CheckOutcome::Failed));
    assert!(matches!(tale.state("one"), StepState::NeedsPerson { .. }), "then a person decides");
}

#[test]
fn a_change_is_never_tried_again_by_itself() {
    for on_failure in [OnFailure::Ask, OnFailure::Retry(9)] {
        let go = PlannedStep { on_failure, ..act("go", true) };
        let mut tale = Tale::of(plan_with(vec![go]));
        tale.tell(Event::Intended { key: key("go", 1) }).tell(refused(key("go", 1)));
        assert!(matches!(tale.run.next(), Next::AskPerson { ask: Ask::Failure { .. }, .. }));
        tale.ask(&Command::Again { step: "go".into(), reason: None });
        assert_eq!(tale.run.next(), Next::Intend(key("go", 2)), "a person's word is a new attempt");
    }
}

#[test]
fn looking_again_at_a_doubt_is_not_trying_again() {
    let mut tale = Tale::of(plan_with(vec![act("go", true)]));
    tale.tell(Event::Intended { key: key("go", 1) });
    tale.tell(Event::Unclear { key: key("go", 1), why: "timed out".to_owned() });
    tale.ask(&Command::Again { step: "go".into(), reason: None });
    assert_eq!(tale.run.next(), Next::Settle(key("go", 1)), "the key stays the same");
}

#[test]
fn a_ruling_settles_a_doubt_either_way() {
    let ruled = |happened| {
        let mut tale = Tale::of(plan_with(vec![act("go", true)]));
        tale.tell(Event::Intended { key: key("go", 1) });
        tale.tell(Event::Unclear { key: key("go", 1), why: "timed out".to_owned() });
        tale.ask(&Command::Rule { step: "go".into(), happened, reason: "I looked".to_owned() });
        tale.state("go").clone()
    };
    let StepState::Done { proof: Proof::Landed(receipt) } = ruled(true) else {
        panic!("a person's word is the receipt");
    };
    assert_eq!(receipt.sentence, "ada says so: I looked", "it says who said so");
    assert!(
        matches!(ruled(false), StepState::NeedsPerson { ask: Ask::Failure { .. }, .. }),
        "what did not take place may be tried again"
    );
}

#[test]
fn nothing_is_intended_but_what_the_run_names() {
    let confirmed = PlannedStep { confirm: true, ..act("one", true) };
    let plan = plan_with(vec![confirmed, act("two", true)]);
    let misfit = |tale: &Tale, key| {
        let said = tale.run.clone().apply(&Event::Intended { key });
        assert!(matches!(said, Err(Misfit::OutOfPlace { .. })), "{said:?}");
    };
    let mut tale = Tale::of(plan);
    misfit(&tale, key("one", 1));
    misfit(&tale, key("two", 1));
    tale.ask(&Command::Confirm { step: "one".into() });
    misfit(&tale, key("one", 2));
    tale.ask(&Command::Hold);
    misfit(&tale, key("one", 1));
    tale.ask(&Command::Release).tell(Event::Intended { key: key("one", 1) });
    misfit(&tale, key("one", 1));
    misfit(&tale, key("two", 1));
}

#[test]
fn an_outcome_must_be_of_the_kind_that_the_step_is() {
    for (name, wrong) in [
        ("wait", verified("wait".into(), Verdict::Pass)),
        ("verify", Event::Waited { step: "verify".into(), sentence: "done".to_owned() }),
        ("verify", checked("verify".into(), CheckOutcome::Passed)),
        ("check", judged("check".into(), Verdict::Fail)),
        ("manual", Event::Recorded { step: "manual".into(), text: "done".to_owned() }),
        (
            "verify",
            Event::Performed { step: "verify".into(), observed: "ok".to_owned(), by: ada() },
        ),
        ("manual", Event::Failed { step: "manual".into(), why: "timed out".to_owned() }),
    ] {
        let mut tale = Tale::of(plan());
        tale.up_to(name).tell(Event::Began { step: name.into(), attempt: 1 });
        let said = tale.run.clone().apply(&wrong);
        assert!(said.is_err(), "`{}` proves nothing of `{name}`", wrong.name());
    }
}

#[test]
fn a_journal_that_begins_with_anything_but_a_plan_is_none() {
    let resumed = Event::Resumed { by: ada() };
    for events in
        [vec![], vec![resumed.clone()], vec![Event::Unknown], vec![resumed, planned(plan())]]
    {
        let said = Run::replay(&run_id(), &entries(events));
        assert_eq!(said, Err(Misfit::NoPlan));
    }
    let said = Run::replay(&run_id(), &entries(vec![planned(plan()), planned(plan())]));
    assert_eq!(said, Err(Misfit::OutOfTurn { event: "planned" }), "a plan is never replaced");
}
