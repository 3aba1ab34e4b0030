use std::collections::BTreeSet;

use super::*;
use crate::catalog::{KubernetesPlace, Platform, PlatformKind, Strategy, Workload};
use crate::check::{Assertion, Must};
use crate::flag::FlagState;
use crate::plan::Task;
use crate::runbook::{Input, InputKind, Phase, Selection, StepDefinition};
use crate::testing::{
    definition, effect, environment, minute, plan, plan_of, release, run_id, runbook, subject,
    survey,
};
use crate::time::Millis;

fn errors(runbook: &Runbook, change: impl FnOnce(&mut Subject<'_>)) -> Vec<CompileError> {
    let environment = environment();
    let mut subject = subject(&environment, runbook);
    change(&mut subject);
    compile(runbook, subject).expect_err("something stands against it")
}

fn words(errors: &[CompileError]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

fn with(step: StepDefinition) -> Runbook {
    Runbook { steps: vec![step], ..runbook() }
}

fn note(text: &str) -> Work {
    Work::Note { text: text.to_owned() }
}

fn task(plan: &Plan, step: &str) -> Task {
    plan.step(&step.into()).expect("the plan has it").task.clone()
}

#[test]
fn every_step_of_the_runbook_is_in_the_plan_in_its_order() {
    let (runbook, plan) = (runbook(), plan());
    let written: Vec<_> = runbook.steps.iter().map(|step| (&step.id, step.work.kind())).collect();
    let planned: Vec<_> = plan.steps.iter().map(|step| (&step.id, step.task.kind())).collect();
    assert_eq!(planned, written);
    for (written, planned) in runbook.steps.iter().zip(&plan.steps) {
        assert_eq!(
            (written.when, written.confirm, &written.on_failure, written.phase, written.timeout),
            (planned.when, planned.confirm, &planned.on_failure, planned.phase, planned.timeout),
            "nothing is lost on the way"
        );
    }
}

#[test]
fn every_text_is_filled_in() {
    let plan = plan();
    assert_eq!(plan.title, "Go back to v2");
    let restore = plan.step(&"restore".into()).expect("the plan has it");
    assert_eq!(restore.title, "Do `restore` for checkout");
    assert_eq!(restore.why.as_deref(), Some("v2 was good"));
    assert_eq!(restore.expect.as_deref(), Some("v2 on every replica"));
    let Task::Decide { question, .. } = task(&plan, "decide") else { panic!("it decides") };
    assert_eq!(question, "Go back to v2?");
    let Task::Manual { instruction, .. } = task(&plan, "manual") else { panic!("it is manual") };
    assert_eq!(instruction, "Tell the people who use checkout");
    let Task::Note { text } = task(&plan, "note") else { panic!("it notes") };
    assert_eq!(text, "no ticket: back on v2", "a default counts as given");
    let Task::Check { checks } = task(&plan, "check") else { panic!("it checks") };
    assert_eq!(checks[0].url, "http://checkout.example/version");
    let expected =
        Assertion::Json { path: "$.version".to_owned(), must: Must::Equal("v2".to_owned()) };
    assert_eq!(checks[0].expect[1], expected, "the proof that the old build serves");
    let text = serde_json::to_string(&plan).expect("a plan has a text form");
    assert!(!text.contains("{{"), "a person approves a plan, not a template");
}

#[test]
fn every_name_that_texts_may_use_is_bound() {
    let names = "{{service}} {{environment}} {{strategy}} {{target.version}} {{target.artifact}} \
                 {{target.digest}} {{target.commit}} {{target.changelog}} \
                 {{target.schema-version}} {{suspect.version}} {{suspect.artifact}} \
                 {{suspect.digest}} {{suspect.commit}} {{suspect.changelog}} \
                 {{suspect.schema-version}} {{inputs.ticket}}";
    let plan = plan_of(&with(definition("n", Phase::Capture, note(names))));
    let Task::Note { text } = task(&plan, "n") else { panic!("it notes") };
    assert_eq!(
        text,
        "checkout production rolling v2 registry.example/checkout:v2 sha256:v2 c0ffee-v2 what \
         v2 changed 20260301 v3 registry.example/checkout:v3 sha256:v3 c0ffee-v3 what v3 changed \
         20260301 no ticket"
    );
}

#[test]
fn what_nobody_recorded_says_so() {
    let runbook = with(definition("n", Phase::Capture, note("{{ target.commit }}")));
    let environment = environment();
    let mut subject = subject(&environment, &runbook);
    subject.to = crate::testing::bare("v2");
    let plan = compile(&runbook, subject).expect("it compiles");
    assert_eq!(task(&plan, "n"), Task::Note { text: "not recorded".to_owned() });
}

#[test]
fn an_effect_and_what_takes_it_back_are_resolved() {
    let plan = plan();
    let Task::Act { effect: go, undo: Some(back) } = task(&plan, "restore") else {
        panic!("it acts, and can be taken back")
    };
    let restore = |version: &str| Operation::RestoreRelease { release: version.into() };
    assert_eq!((&go.operation, &back.operation), (&restore("v2"), &restore("v3")));
    let run = crate::run::Run::begin(run_id(), plan, crate::testing::ada());
    let key = crate::testing::undo_key("restore", 1);
    assert_eq!(run.effect(&key), Some(&*back), "its key names the way back");
}

#[test]
fn the_operations_of_a_runbook_are_asked_for_once_each() {
    let found = asked(&runbook()).expect("every input has a default");
    let found: Vec<(&str, &str)> =
        found.iter().map(|(step, one)| (step.as_str(), one.as_str())).collect();
    assert_eq!(
        found,
        [
            ("halt", "rollout.halt"),
            ("halt", "rollout.resume"),
            ("restore", "release.restore"),
            ("restore", "release.restore"),
        ],
        "restoring v2 and restoring v3 are two operations"
    );
    let shift = |percent| {
        let act = Act::ShiftTraffic { release: Which::Suspect, percent };
        definition("s", Phase::Stop, Work::Act { act, undo: None })
    };
    let twice = Runbook { steps: vec![shift(0), shift(0), shift(50)], ..runbook() };
    assert_eq!(asked(&twice).expect("it needs no input").len(), 2);
}

fn asked(runbook: &Runbook) -> Result<Vec<(StepId, Operation)>, Vec<CompileError>> {
    let (environment, given) = (environment(), BTreeMap::new());
    let aim = Aim {
        place: &crate::testing::place(),
        environment: &environment,
        from: &release("v3"),
        to: &release("v2"),
        given: &given,
    };
    operations(runbook, aim)
}

#[test]
fn an_operation_is_made_of_what_was_given() {
    let act = Act::SwitchFlag { flag: "{{ inputs.flag }}".to_owned(), to: FlagState::Off };
    let undo = Act::SwitchFlag { flag: "{{ inputs.flag }}".to_owned(), to: FlagState::On };
    let step = definition("off", Phase::Stop, Work::Act { act, undo: Some(undo) });
    let input = Input { default: None, ..flag_input() };
    let needs = Runbook { steps: vec![step.clone()], inputs: vec![input], ..runbook() };
    let errors = asked(&needs).expect_err("nobody said which flag");
    assert_eq!(errors, [CompileError::InputMissing { name: "flag".to_owned() }]);
    let has = Runbook { inputs: vec![flag_input()], ..needs };
    let found = asked(&has).expect("it has a default");
    let names: Vec<&str> = found.iter().map(|(_, one)| one.as_str()).collect();
    assert_eq!(names, ["flag.off", "flag.on"]);
    let plan = plan_of(&has);
    let Task::Act { effect, .. } = task(&plan, "off") else { panic!("it acts") };
    let wanted = Operation::SwitchFlag { flag: "new-cart".into(), to: FlagState::Off };
    assert_eq!(effect.operation, wanted, "the placeholder is filled in");
}

fn flag_input() -> Input {
    Input {
        name: "flag".to_owned(),
        kind: InputKind::Text,
        default: Some("new-cart".to_owned()),
        help: None,
    }
}

#[test]
fn patience_is_a_multiple_of_what_must_hold() {
    let verify = |hold, timeout| {
        let work = Work::Verify {
            slos: Selection::All,
            checks: Selection::All,
            versions: false,
            hold,
            grace: Millis(0),
            every: Millis::seconds(15),
            consecutive: 7,
        };
        let step = StepDefinition { timeout, ..definition("v", Phase::Verify, work) };
        let Task::Verify { rule, .. } = task(&plan_of(&with(step)), "v") else {
            panic!("it verifies")
        };
        assert_eq!(rule.version, None, "no version was asked for");
        rule.give_up
    };
    assert_eq!(verify(Millis::minutes(2), None), Millis::minutes(6));
    assert_eq!(verify(Millis::minutes(2), Some(Millis::minutes(5))), Millis::minutes(5));
    assert_eq!(verify(Millis(u64::MAX), None), Millis(u64::MAX), "and no reason to fail");
}

#[test]
fn a_runbook_for_another_platform_or_strategy_is_refused() {
    let other = Runbook {
        platforms: vec![PlatformKind::Kubernetes],
        strategies: vec![Strategy::Canary, Strategy::BlueGreen],
        ..runbook()
    };
    assert_eq!(
        words(&errors(&other, |_| {})),
        [
            "runbook `go-back` is for kubernetes, and checkout in production runs on practice",
            "runbook `go-back` is for canary or blue-green rollouts, and checkout in production \
             uses rolling",
        ]
    );
    let fits = Runbook {
        platforms: vec![PlatformKind::Kubernetes, PlatformKind::Practice],
        strategies: vec![Strategy::Rolling],
        ..runbook()
    };
    assert_eq!(plan_of(&fits).title, "Go back to v2", "one of several is enough");
}

#[test]
fn inputs_are_given_known_and_fit() {
    let input = |name: &str, kind, default: Option<&str>| Input {
        name: name.to_owned(),
        kind,
        default: default.map(str::to_owned),
        help: None,
    };
    let choice = InputKind::Choice(vec!["eu".to_owned(), "us".to_owned()]);
    let inputs = vec![
        input("who", InputKind::Text, None),
        input("line", InputKind::Text, None),
        input("share", InputKind::Number, Some("many")),
        input("region", choice, None),
    ];
    let steps = vec![definition("n", Phase::Capture, note("{{ inputs.who }} {{ inputs.share }}"))];
    let asking = Runbook { inputs, steps, ..runbook() };
    let found = errors(&asking, |subject| {
        for (name, value) in [("line", "a\nb"), ("region", "mars"), ("typo", "x")] {
            subject.given.insert(name.to_owned(), value.to_owned());
        }
    });
    assert_eq!(
        words(&found),
        [
            "runbook has no input `typo`",
            "input `who` is needed and was not given",
            "input `line` cannot be `a\nb`: it must be one line",
            "input `share` cannot be `many`: it must be a whole number",
            "input `region` cannot be `mars`: it must be one of eu, us",
        ],
        "and the texts that refer to them are not blamed"
    );
    let environment = environment();
    let mut subject = subject(&environment, &asking);
    for (name, value) in [("who", "ada"), ("line", ""), ("share", "-5"), ("region", "eu")] {
        subject.given.insert(name.to_owned(), value.to_owned());
    }
    let plan = compile(&asking, subject).expect("all are given, known and fit");
    assert_eq!(plan.inputs.len(), 4);
    assert_eq!(task(&plan, "n"), Task::Note { text: "ada -5".to_owned() });
}

#[test]
fn everything_that_stands_against_it_is_told_at_once() {
    let some = |name: &str| Selection::Some(vec![name.into()]);
    let verify = Work::Verify {
        slos: some("latency"),
        checks: Selection::Some(vec!["login".into()]),
        versions: true,
        hold: Millis::minutes(2),
        grace: Millis(0),
        every: Millis::seconds(15),
        consecutive: 7,
    };
    let verify = StepDefinition {
        title: "Prove {{ servce }}".to_owned(),
        why: Some("{{ open".to_owned()),
        ..definition("prove", Phase::Verify, verify)
    };
    let act = Work::Act {
        act: Act::ShiftTraffic { release: Which::Target, percent: 100 },
        undo: Some(Act::ResumeRollout),
    };
    let bad = Runbook {
        title: "Back to {{ target }}".to_owned(),
        steps: vec![verify, definition("shift", Phase::RollBack, act)],
        ..runbook()
    };
    let found = errors(&bad, |subject| subject.resolved.clear());
    assert_eq!(
        words(&found),
        [
            "the title of runbook `go-back` cannot be filled in",
            "the title of step `prove` cannot be filled in",
            "`why` of step `prove` cannot be filled in",
            "step `prove` names the objective `latency`, which checkout in production does not \
             have",
            "step `prove` names the check `login`, which checkout in production does not have",
            "step `shift` needs `traffic.shift`, which nothing resolved",
            "step `shift` needs `rollout.resume`, which nothing resolved",
        ]
    );
    let source = std::error::Error::source(&found[1]).map(ToString::to_string);
    assert_eq!(source.as_deref(), Some("`servce` is not known here"));
}

#[test]
fn every_text_of_a_step_and_of_a_check_is_looked_at() {
    let bad = || "{{ nobody }}".to_owned();
    let decide = Work::Decide {
        question: bad(),
        options: vec![crate::testing::option("a", &bad(), crate::runbook::Then::Continue)],
    };
    let manual = Work::Manual { instruction: bad(), ask: Some(bad()) };
    let check = Work::Check { checks: Selection::All };
    let steps = vec![
        StepDefinition {
            expect: Some(bad()),
            ..definition("note", Phase::Detect, note("{{nobody}}"))
        },
        definition("decide", Phase::Detect, decide),
        definition("manual", Phase::Detect, manual),
        definition("check", Phase::Detect, check),
    ];
    let all = Runbook { steps, ..runbook() };
    let mut environment = environment();
    let check = &mut environment.checks[0];
    (check.url, check.body) = (bad(), Some(bad()));
    check.headers.insert("x".to_owned(), bad());
    check.expect = vec![
        Assertion::Header { name: "x".to_owned(), must: Must::Equal(bad()) },
        Assertion::Body(Must::Contain(bad())),
        Assertion::Json { path: "$".to_owned(), must: Must::Exist },
        Assertion::Faster(Millis(1)),
    ];
    let subject = subject(&environment, &all);
    let found = compile(&all, subject).expect_err("every text is wrong");
    let fields: BTreeSet<String> = words(&found)
        .iter()
        .filter_map(|said| said.split(" of step").next().map(str::to_owned))
        .collect();
    let expected = [
        "`ask`",
        "`expect`",
        "a header",
        "an expectation",
        "an option",
        "the check's address",
        "the check's body",
        "the instruction",
        "the note",
        "the question",
    ];
    assert_eq!(fields, expected.map(str::to_owned).into());
}

#[test]
fn a_plan_is_called_the_same_whenever_it_is_made() {
    let plan = plan();
    assert_eq!(plan.hash().len(), 12);
    assert!(plan.hash().chars().all(|digit| digit.is_ascii_hexdigit()));
    let mut later = plan.clone();
    later.made_at = minute(500);
    later.survey.at = minute(499);
    assert_eq!(later.hash(), plan.hash());
    assert_eq!(later, Plan { made_at: minute(500), survey: later.survey.clone(), ..plan });
}

#[test]
fn a_plan_that_differs_in_anything_but_time_is_called_otherwise() {
    type Edit = fn(&mut Plan);
    let edits: [Edit; 23] = [
        |plan| plan.title.push('!'),
        |plan| plan.runbook = "other".into(),
        |plan| plan.runbook_digest.push('0'),
        |plan| plan.place = crate::testing::elsewhere(),
        |plan| plan.coordinates.push('!'),
        |plan| plan.strategy = Strategy::Canary,
        |plan| plan.from = release("v9"),
        |plan| plan.to = release("v9"),
        |plan| plan.to.cost = None.into(),
        |plan| plan.because.push('!'),
        |plan| drop(plan.inputs.insert("x".to_owned(), "y".to_owned())),
        |plan| drop(plan.steps.pop()),
        |plan| plan.steps.swap(0, 1),
        |plan| plan.steps[0].confirm = true,
        |plan| plan.steps[0].timeout = Some(Millis(1)),
        |plan| plan.steps[1].when = None,
        |plan| {
            let effect = Box::new(effect(Operation::HaltRollout));
            plan.steps[1].task = Task::Act { effect, undo: None };
        },
        |plan| plan.findings.push(Finding::new("x", crate::preflight::Grade::Warn, "y")),
        |plan| plan.not_restored.clear(),
        |plan| plan.survey = survey("v9"),
        |plan| plan.survey.running[0].share = Some(0.999_999_9),
        |plan| {
            let world = "w-1".to_owned();
            plan.drill = Some(DrillTag { scenario: "s".into(), seed: 1, world });
        },
        |plan| plan.exercise = Some(Exercise { why: "quarterly".to_owned() }),
    ];
    let mut names = BTreeSet::from([plan().hash()]);
    for (index, edit) in edits.iter().enumerate() {
        let mut edited = plan();
        edit(&mut edited);
        assert!(names.insert(edited.hash()), "edit {index} makes another plan");
    }
}

#[test]
fn a_drill_on_the_real_system_makes_the_same_calls_and_says_in_its_title_what_it_is() {
    let (environment, runbook) = (environment(), runbook());
    let plain = compile(&runbook, subject(&environment, &runbook)).expect("it fits");
    let mut asked = subject(&environment, &runbook);
    asked.exercise = Some(Exercise { why: "quarterly".to_owned() });
    let drill = compile(&runbook, asked).expect("it fits");
    assert_eq!(drill.steps, plain.steps, "what is rehearsed is what is done in an incident");
    assert_eq!(drill.title, format!("Drill: {}", plain.title));
    assert_eq!(drill.exercised().as_deref(), Some("quarterly"));
    let run = crate::run::Run::begin(run_id(), drill, crate::testing::ada());
    assert!(!crate::release::may_owe(&run), "and it calls no release bad");
}

#[test]
fn a_plan_says_where_it_is_carried_out() {
    let mut environment = environment();
    environment.platform = Platform::Kubernetes(KubernetesPlace {
        kubeconfig: None,
        context: Some("prod".to_owned()),
        namespace: "shop".to_owned(),
        workload: Workload::Deployment("checkout".to_owned()),
        container: None,
    });
    let runbook = runbook();
    let plan = compile(&runbook, subject(&environment, &runbook)).expect("it compiles");
    assert_eq!(plan.coordinates, "context prod, namespace shop, deployment checkout");
}

fn governing(hindrance: Option<&str>) -> crate::governor::Governing {
    use crate::governor::{Governing, Governor, GovernorKind, SyncState};

    let governor = Governor {
        kind: GovernorKind::ArgoApplication,
        namespace: "argocd".to_owned(),
        name: "checkout".to_owned(),
        policy: "{\"selfHeal\":true}".to_owned(),
    };
    Governing { governor, sync: SyncState::Automatic, hindrance: hindrance.map(str::to_owned) }
}

#[test]
fn whoever_would_undo_the_rollback_is_suspended_before_the_first_change_and_can_be_let_go() {
    let (runbook, environment) = (runbook(), environment());
    let mut subject = subject(&environment, &runbook);
    subject.governing = vec![governing(None)];
    let wanted = suspensions(&subject.governing);
    assert_eq!(wanted.len(), 2, "the suspension and what takes it back");
    for (_, operation) in &wanted {
        subject.resolved.push((operation.clone(), effect(operation.clone())));
    }
    let plan = compile(&runbook, subject).expect("nothing stands against it");
    let first = plan.steps.iter().position(|step| matches!(step.task, Task::Act { .. }));
    let first = &plan.steps[first.expect("it changes something")];
    let Task::Act { effect, undo: Some(undo) } = &first.task else { panic!("it has an undo") };
    assert_eq!(
        (effect.operation.as_str(), undo.operation.as_str()),
        ("sync.suspend", "sync.resume")
    );
    assert!(first.confirm, "it is another team's tool");
    assert_eq!(plan.steps.len(), runbook.steps.len() + 1, "and nothing else is added");
    assert!(plan.not_restored[0].starts_with("Git still holds"), "{:?}", plan.not_restored);
}

#[test]
fn a_suspension_that_nobody_resolved_is_an_error_and_one_that_is_not_possible_no_step() {
    let said = errors(&runbook(), |subject| subject.governing = vec![governing(None)]);
    assert!(words(&said)[0].contains("sync.suspend"), "{said:?}");
    let (runbook, environment) = (runbook(), environment());
    let mut subject = subject(&environment, &runbook);
    subject.governing = vec![governing(Some("not allowed"))];
    let plan = compile(&runbook, subject).expect("the person is told instead");
    assert_eq!(plan.steps.len(), runbook.steps.len());
    assert!(plan.not_restored[0].contains("acts by itself"), "{:?}", plan.not_restored);
}

#[test]
fn a_lease_is_taken_before_everything_and_every_change_of_the_platform_relies_on_it() {
    use crate::lease::Leasing;
    use crate::plan::turns;

    let (runbook, environment) = (runbook(), environment());
    let mut subject = subject(&environment, &runbook);
    subject.governing = vec![governing(None)];
    let leasing = Leasing { lease: crate::testing::lease(), hindrance: None };
    let wanted = suspensions(&subject.governing).into_iter().chain(turns(Some(&leasing)));
    for (_, operation) in wanted {
        subject.resolved.push((operation.clone(), effect(operation.clone())));
    }
    subject.leasing = Some(leasing.clone());
    let plan = compile(&runbook, subject.clone()).expect("nothing stands against it");
    let acts = |plan: &Plan| -> Vec<(String, bool)> {
        let mut found = Vec::new();
        for step in &plan.steps {
            if let Task::Act { effect, .. } = &step.task {
                let relies = effect.expects.contains(&leasing.lease.reliance());
                found.push((step.id.to_string(), relies));
            }
        }
        found
    };
    let wanted = [("lease.take", false), ("sync.suspend", true), ("halt", true), ("restore", true)];
    assert_eq!(acts(&plan), wanted.map(|(step, relies)| (step.to_owned(), relies)));
    assert!(!plan.steps.iter().any(|step| step.id.as_str() == "lease.take" && step.confirm));

    subject.leasing = Some(Leasing { hindrance: Some("may not".to_owned()), ..leasing.clone() });
    let plan = compile(&runbook, subject).expect("one can do without");
    let step = plan.step(&"lease.take".into()).expect("it is told");
    assert_eq!(step.task, Task::LeftOut { act: "lease.take".into(), why: "may not".into() });
    let relies = acts(&plan).iter().any(|(_, relies)| *relies);
    assert!(!relies, "nothing relies on what was never taken");
}
