use lastgood_core::catalog::{PlatformKind, Strategy};
use lastgood_core::errand::{Errand, GithubErrand};
use lastgood_core::runbook::{
    Act, DecisionOption, Guard, Input, InputKind, OnFailure, Phase, Response, Responses, Runbook,
    Selection, Then, Until, Which, Work,
};
use lastgood_core::time::Millis;

use crate::{Code, Severity, read_runbook};

const FULL: &str = r#"
runbook: full
title: Roll back {{ service }}
summary: Everything that a runbook can say.
platforms: [practice, kubernetes, ecs, lambda]
strategies: [rolling, blue-green, canary]
inputs:
  reason: { type: text, default: none given, help: "Why?" }
  ticket: { type: number }
  region: { type: choice, options: [eu, us], default: eu }
steps:
  - id: detect
    title: Judge {{ inputs.region }}
    phase: detect
    why: Because {{ inputs.reason }}, ticket {{ inputs.ticket }}
    judge: { slos: [availability], window: 10m }
    on: { fail: ask, pass: stop, inconclusive: stop, shared: proceed }
    expect: A verdict
    timeout: 30s
    on-failure: { retry: 3 }
  - id: choose
    phase: detect
    decide:
      question: Which way?
      options:
        - { id: on, label: Go on }
        - { id: end, label: End it, then: stop }
        - { id: jump, label: Jump, then: drain }
  - id: halt
    phase: stop
    act: rollout.halt
    undo: rollout.resume
    when: rollout-open
    where-unsupported: leave-out
  - id: resume
    phase: stop
    act: rollout.resume
    undo: none
    when: rollout-halted
    confirm: false
    on-failure: stop
  - id: drain
    phase: roll-back
    act: { traffic.shift: { release: suspect, percent: 0 } }
    undo: { traffic.shift: { release: suspect, percent: 20 } }
    when: target-not-serving
    timeout: 90s
    on-failure: { go-to: look }
  - id: restore
    phase: roll-back
    act: release.restore
    undo: { release.restore: { release: suspect } }
    when: target-not-serving
    on-failure: ask
  - { id: wait-a-bit, phase: roll-back, wait: { for: 2m } }
  - { id: settle, phase: roll-back, wait: { until: settled }, timeout: 5m }
  - { id: serve, phase: roll-back, wait: { until: target-serves }, timeout: 5m }
  - { id: look, phase: verify, check: [front-door], confirm: true }
  - id: verify
    phase: verify
    verify: { slos: [availability], checks: all, versions: true, hold: 2m, grace: 30s, every: 10s, consecutive: 5 }
    timeout: 20m
  - { id: plain, phase: verify, verify: {}, timeout: 5m }
  - { id: tell, phase: capture, manual: { do: Tell support, record: Whom } }
  - { id: short, phase: capture, manual: Sleep }
  - { id: close, phase: capture, note: It is over. }
"#;

fn full() -> Runbook {
    let read = read_runbook("runbooks/full.yaml", FULL);
    let errors: Vec<String> = read
        .findings
        .iter()
        .filter(|one| one.severity == Severity::Error)
        .map(ToString::to_string)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let advice: Vec<Code> = read.findings.iter().map(|one| one.code).collect();
    assert_eq!(advice, [Code::ActUnconfirmed], "and one thing that could be better");
    read.value.expect("without errors there is a value")
}

#[test]
fn the_head_of_a_runbook_is_read_in_full() {
    let runbook = full();
    assert_eq!(runbook.name, "full".into());
    assert_eq!(runbook.title, "Roll back {{ service }}", "the plan fills it in");
    assert_eq!(runbook.platforms, PlatformKind::ALL);
    assert_eq!(runbook.strategies, [Strategy::Rolling, Strategy::BlueGreen, Strategy::Canary]);
    let input = |name: &str, kind, default: Option<&str>, help: Option<&str>| Input {
        name: name.to_owned(),
        kind,
        default: default.map(str::to_owned),
        help: help.map(str::to_owned),
    };
    let regions = InputKind::Choice(vec!["eu".to_owned(), "us".to_owned()]);
    assert_eq!(
        runbook.inputs,
        [
            input("reason", InputKind::Text, Some("none given"), Some("Why?")),
            input("ticket", InputKind::Number, None, None),
            input("region", regions, Some("eu"), None),
        ]
    );
}

#[test]
fn every_kind_of_step_is_read_in_full() {
    let runbook = full();
    let shift = |percent| Act::ShiftTraffic { release: Which::Suspect, percent };
    let option = |id: &str, label: &str, then| DecisionOption {
        id: id.to_owned(),
        label: label.to_owned(),
        then,
    };
    let expected = [
        (
            "detect",
            Work::Judge {
                slos: Selection::Some(vec!["availability".into()]),
                window: Millis::minutes(10),
                on: Responses {
                    fail: Response::Ask,
                    pass: Response::Stop,
                    inconclusive: Response::Stop,
                    shared: Response::Proceed,
                },
            },
        ),
        (
            "choose",
            Work::Decide {
                question: "Which way?".to_owned(),
                options: vec![
                    option("on", "Go on", Then::Continue),
                    option("end", "End it", Then::Stop),
                    option("jump", "Jump", Then::GoTo("drain".into())),
                ],
            },
        ),
        ("halt", Work::Act { act: Act::HaltRollout, undo: Some(Act::ResumeRollout) }),
        ("resume", Work::Act { act: Act::ResumeRollout, undo: None }),
        ("drain", Work::Act { act: shift(0), undo: Some(shift(20)) }),
        (
            "restore",
            Work::Act {
                act: Act::Restore { release: Which::Target },
                undo: Some(Act::Restore { release: Which::Suspect }),
            },
        ),
        ("wait-a-bit", Work::Wait { until: Until::Elapsed(Millis::minutes(2)) }),
        ("settle", Work::Wait { until: Until::Settled }),
        ("serve", Work::Wait { until: Until::TargetServes }),
        ("look", Work::Check { checks: Selection::Some(vec!["front-door".into()]) }),
        (
            "verify",
            Work::Verify {
                slos: Selection::Some(vec!["availability".into()]),
                checks: Selection::All,
                versions: true,
                hold: Millis::minutes(2),
                grace: Millis::seconds(30),
                every: Millis::seconds(10),
                consecutive: 5,
            },
        ),
        (
            "plain",
            Work::Verify {
                slos: Selection::All,
                checks: Selection::All,
                versions: true,
                hold: Millis::minutes(10),
                grace: Millis::minutes(1),
                every: Millis::seconds(30),
                consecutive: 7,
            },
        ),
        (
            "tell",
            Work::Manual { instruction: "Tell support".to_owned(), ask: Some("Whom".to_owned()) },
        ),
        ("short", Work::Manual { instruction: "Sleep".to_owned(), ask: None }),
        ("close", Work::Note { text: "It is over.".to_owned() }),
    ];
    assert_eq!(runbook.steps.len(), expected.len());
    for (step, (id, work)) in runbook.steps.iter().zip(expected) {
        assert_eq!((step.id.as_str(), &step.work), (id, &work));
    }
}

#[test]
fn what_a_step_does_not_say_is_the_careful_choice() {
    let runbook = full();
    let step = |id: &str| runbook.step(&id.into()).expect("it is there");
    assert_eq!(step("wait-a-bit").title, "Wait a bit", "made from the id");
    assert_eq!(step("wait-a-bit").phase, Phase::RollBack);
    assert!(step("halt").confirm, "a change is confirmed by a person");
    assert!(!step("resume").confirm, "unless the runbook says otherwise");
    assert!(!step("verify").confirm, "looking needs no leave");
    assert!(step("look").confirm, "unless the runbook asks for it");
    assert_eq!(step("halt").when, Some(Guard::RolloutOpen));
    assert_eq!(step("resume").when, Some(Guard::RolloutHalted));
    assert_eq!(step("drain").when, Some(Guard::TargetNotServing));
    assert_eq!(step("detect").on_failure, OnFailure::Retry(3));
    assert_eq!(step("resume").on_failure, OnFailure::Stop);
    assert_eq!(step("drain").on_failure, OnFailure::GoTo("look".into()));
    assert_eq!(step("halt").on_failure, OnFailure::Ask, "a person decides");
    assert_eq!(step("halt").timeout, Some(Millis::minutes(2)), "no call takes for ever");
    assert_eq!(step("look").timeout, Some(Millis::minutes(1)), "no call takes for ever");
    assert_eq!(step("drain").timeout, Some(Millis::seconds(90)));
    assert_eq!(step("close").timeout, None, "a person has as long as it takes");
}

#[test]
fn verdicts_lead_where_a_careful_person_would_go() {
    let text = "runbook: a\ntitle: A\nsteps: [ { id: a, phase: detect, judge: {} } ]\n";
    let runbook = read_runbook("f", text).value.expect("it is short and good");
    let on = Responses {
        fail: Response::Proceed,
        pass: Response::Ask,
        inconclusive: Response::Ask,
        shared: Response::Ask,
    };
    let work = Work::Judge { slos: Selection::All, window: Millis::minutes(5), on };
    assert_eq!(runbook.steps[0].work, work);
}

#[test]
fn the_digest_is_that_of_the_file() {
    let text = "runbook: a\ntitle: A\nsteps: [ { id: a, phase: capture, note: x } ]\n";
    let digest = |text: &str| read_runbook("f", text).value.expect("it is good").digest;
    // From `sha256sum` over the same bytes.
    assert_eq!(digest(text), "67b3192c47bb4bde352c208921217d1939b01d15deff68ba3838b2a5bf904013");
    assert_ne!(digest(text), digest(&format!("{text}# a word more\n")), "every byte counts");
}

#[test]
fn what_is_done_on_github_is_read_in_full() {
    let text = "runbook: pipeline\ntitle: Through the pipeline\nsteps:\n  - id: stop\n    phase: stop\n    \
                act: { github.cancel: { workflow: deploy.yml } }\n    undo: none\n  - id: back\n    phase: roll-back\n    \
                act: { github.dispatch: { workflow: rollback.yml, ref: main, inputs: { to: \"{{ target.version }}\" } } }\n    undo: none\n  \
                - id: tell\n    phase: capture\n    \
                act: { github.deployment: { release: target, state: success } }\n    undo: none\n";
    let read = read_runbook("pipeline.yaml", text);
    let runbook = read.value.unwrap_or_else(|| panic!("{:#?}", read.findings));
    let acts: Vec<&GithubErrand> = runbook
        .steps
        .iter()
        .map(|step| {
            let Work::Act { act: Act::RunErrand { errand }, .. } = &step.work else {
                panic!("{step:?}")
            };
            let Errand::Github(errand) = &**errand else { panic!("{errand:?}") };
            errand
        })
        .collect();
    let [GithubErrand::Cancel { workflow }, GithubErrand::Dispatch { inputs, .. }, told] = acts[..]
    else {
        panic!("{acts:?}")
    };
    assert_eq!((workflow.as_str(), inputs["to"].as_str()), ("deploy.yml", "{{ target.version }}"));
    let GithubErrand::Deployment { commit, state, .. } = told else { panic!("{told:?}") };
    assert_eq!((commit.as_str(), state.as_str()), ("{{ target.commit }}", "success"));
}
