use std::path::PathBuf;

use super::*;
fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../runbooks")
}

#[test]
fn the_shipped_library_is_read_without_a_word() {
    let workspace = Workspace::load(&shipped());
    assert_eq!(workspace.explain(), "", "what we ship is what we advise");
    assert_eq!(
        workspace.runbooks.len(),
        5,
        "one for each strategy, one for all, and one for flags"
    );
    assert_eq!(workspace.scenarios.len(), 15, "every drill is found in its folder");
    assert_eq!(workspace.checklists.len(), 2, "for the service and for its delivery");
}

#[test]
fn every_fact_answers_an_item_that_is_shipped() {
    let workspace = Workspace::load(&shipped());
    let items = || workspace.checklists.iter().flat_map(|list| &list.items);
    for fact in lastgood_core::checklist::Fact::ALL {
        assert!(items().any(|item| item.answered_by == Some(*fact)), "{fact:?} answers nothing");
    }
    assert!(items().any(|item| item.answered_by.is_none()), "a person is needed all the same");
}

#[test]
fn an_item_id_is_used_once_in_all_checklists() {
    let list = |name: &str, id: &str| {
        format!(
            "checklist: {name}\ntitle: T\nitems:\n  - {{ id: {id}, title: T, why: W, due-again-after: 30d }}\n"
        )
    };
    let (a, b) = (list("a", "tracing"), list("b", "tracing"));
    let found = Workspace::load_embedded(&[("checklists/a.yaml", &a), ("checklists/b.yaml", &b)]);
    let twice = found.findings.iter().find(|one| one.code == Code::DuplicateId);
    let twice = twice.expect("their answers would be one");
    assert_eq!((twice.file.as_str(), twice.line), ("checklists/b.yaml", 4));
    assert_eq!(found.checklists.len(), 1, "the first one is used");
    let (a, b) = (list("a", "tracing"), list("a", "other"));
    let found = Workspace::load_embedded(&[("checklists/a.yaml", &a), ("checklists/b.yaml", &b)]);
    assert!(found.findings.iter().any(|one| one.code == Code::DuplicateName));
}

const CATALOG: &str = "\
services:
  shop:
    environments:
      production:
        platform: practice
        strategy: canary
        slos: { availability: { objective: 99%, good: g, total: t } }
        replica-version: { get: 'http://{{ replica.address }}/', header: x-version }
        runbook: rollback
";
const RUNBOOK: &str = "\
runbook: rollback
title: Roll back
inputs: { ticket: { type: number } }
steps:
  - { id: detect, phase: detect, judge: { slos: all } }
  - { id: halt, phase: stop, act: rollout.halt, undo: rollout.resume, when: rollout-open }
  - { id: restore, phase: roll-back, act: release.restore, undo: none, when: target-not-serving }
  - { id: verify, phase: verify, verify: { hold: 1m }, timeout: 5m }
  - { id: close, phase: capture, note: Done. }
";
const DRILL: &str = "\
drill: bad
title: A bad release
summary: Something is wrong.
minutes: 5
service: shop
environment: production
runbook: rollback
inputs: { ticket: 7 }
events:
  - { at: 0s, deploy: { version: 2.0, error-rate: 5% } }
operator:
  - { step: halt, answer: go-on }
truth: It is the release.
lessons: [ { at: start, good: [roll-back], because: It is the release. } ]
success: { outcome: recovered }
";

fn embedded(catalog: &str, runbook: &str, drill: &str) -> Workspace {
    Workspace::load_embedded(&[
        ("lastgood.yaml", catalog),
        ("runbooks/rollback.yaml", runbook),
        ("drills/bad.yaml", drill),
    ])
}

#[test]
fn names_in_one_file_must_exist_in_the_other() {
    let whole = embedded(CATALOG, RUNBOOK, DRILL);
    assert_eq!(whole.explain(), "", "the files fit");
    for (code, file, from, to) in [
        (Code::UnknownStep, "drills/bad.yaml", "at: start", "at: strat"),
        (
            Code::NeverHappens,
            "drills/bad.yaml",
            "operator:",
            "  - { at: 1s, after: traffic.shift, traffic: { rate: 1 } }\noperator:",
        ),
        (
            Code::UnknownRunbook,
            "lastgood.yaml",
            "        runbook: rollback",
            "        runbook: rolback",
        ),
        (
            Code::NoReplicaVersion,
            "lastgood.yaml",
            "        replica-version: { get: 'http://{{ replica.address }}/', header: x-version }\n",
            "",
        ),
        (
            Code::StrategyUnfit,
            "lastgood.yaml",
            "title: Roll back\n",
            "title: Roll back\nstrategies: [rolling]\n",
        ),
        (
            Code::PlatformUnfit,
            "lastgood.yaml",
            "title: Roll back\n",
            "title: Roll back\nplatforms: [kubernetes]\n",
        ),
        (Code::UnknownObjective, "lastgood.yaml", "slos: all", "slos: [availabilty]"),
        (Code::UnknownCheck, "lastgood.yaml", "hold: 1m", "hold: 1m, checks: [front]"),
        (Code::UnknownService, "lastgood.yaml", "  shop:\n", "  shop:\n    depends-on: [stock]\n"),
        (Code::UnknownService, "drills/bad.yaml", "service: shop", "service: shpo"),
        (
            Code::UnknownEnvironment,
            "drills/bad.yaml",
            "environment: production",
            "environment: staging",
        ),
        (
            Code::UnknownService,
            "drills/bad.yaml",
            "{ version: 2.0,",
            "{ service: other, version: 2.0,",
        ),
        (
            Code::UnknownRunbook,
            "drills/bad.yaml",
            "runbook: rollback\ninputs",
            "runbook: other\ninputs",
        ),
        (Code::InputUnfit, "drills/bad.yaml", "ticket: 7", "ticket: seven"),
        (Code::InputUnfit, "drills/bad.yaml", "ticket: 7", "tickets: 7"),
        (Code::UnknownStep, "drills/bad.yaml", "step: halt", "step: hlat"),
        (Code::UnknownStep, "drills/bad.yaml", "answer: go-on", "answer: { choose: left }"),
    ] {
        let changed = |text: &str| text.replacen(from, to, 1);
        let (catalog, runbook, drill) = (changed(CATALOG), changed(RUNBOOK), changed(DRILL));
        assert!(
            [catalog.as_str(), &runbook, &drill] != [CATALOG, RUNBOOK, DRILL],
            "the case changes something: {from}"
        );
        let workspace = embedded(&catalog, &runbook, &drill);
        let found = workspace.findings.iter().any(|one| one.code == code && one.file == file);
        assert!(found, "{code} in {file}, not {}", workspace.explain());
    }
}

#[test]
fn a_runbook_with_errors_is_not_said_to_be_missing() {
    let broken = RUNBOOK.replace("judge", "jugde");
    let workspace = embedded(CATALOG, &broken, DRILL);
    let codes: Vec<Code> = workspace.findings.iter().map(|one| one.code).collect();
    assert_eq!(codes, [Code::UnknownStepKind], "one mistake is told once");
    assert!(workspace.runbooks.is_empty(), "what has errors is left out");
    assert!(workspace.catalog.is_some(), "the catalog is good");
}

#[test]
fn an_error_inside_of_a_file_hides_nothing_between_files() {
    let catalog = CATALOG
        .replace("objective: 99%", "objective: 990%")
        .replace("runbook: rollback", "runbook: rolback")
        .replace("  shop:\n", "  shop:\n    depends-on: [stock]\n");
    let runbook = RUNBOOK.replace("act: rollout.halt", "act: rollout.hlat");
    let drill = DRILL
        .replace("minutes: 5", "minutes: five")
        .replace("environment: production", "environment: staging")
        .replace("step: halt", "step: hlat")
        .replace("at: start", "at: strat")
        .replace("ticket: 7", "tickets: 7");
    let workspace = embedded(&catalog, &runbook, &drill);
    for (file, code) in [
        ("lastgood.yaml", Code::OutOfRange),
        ("lastgood.yaml", Code::UnknownRunbook),
        ("lastgood.yaml", Code::UnknownService),
        ("runbooks/rollback.yaml", Code::UnknownWord),
        ("drills/bad.yaml", Code::WrongType),
        ("drills/bad.yaml", Code::UnknownEnvironment),
        ("drills/bad.yaml", Code::UnknownStep),
        ("drills/bad.yaml", Code::InputUnfit),
    ] {
        let found = workspace.findings.iter().any(|one| one.file == file && one.code == code);
        assert!(found, "{code} in {file}, not {}", workspace.explain());
    }
    assert!(workspace.catalog.is_none() && workspace.scenarios.is_empty(), "none of it is used");
}

#[test]
fn an_environment_that_is_good_is_compared_beside_one_that_is_not() {
    let catalog =
        CATALOG.replace("runbook: rollback", "runbook: rollback\n        tier: produktion");
    let runbook = RUNBOOK.replace("title: Roll back\n", "title: Roll back\nplatforms: [ecs]\n");
    let workspace = embedded(&catalog, &runbook.replace("slos: all", "slos: [speed]"), DRILL);
    let of_catalog =
        |code| workspace.findings.iter().any(|one| one.file == "lastgood.yaml" && one.code == code);
    assert!(of_catalog(Code::UnknownObjective), "{}", workspace.explain());
    assert!(of_catalog(Code::PlatformUnfit), "{}", workspace.explain());
}

#[test]
fn a_file_that_is_not_even_yaml_is_told_once() {
    let broken = RUNBOOK.replace("steps:", "steps: [");
    let workspace = embedded(CATALOG, &broken, DRILL);
    let codes: Vec<Code> = workspace.findings.iter().map(|one| one.code).collect();
    assert_eq!(codes, [Code::YamlSyntax], "nobody is told that its runbook does not exist");
    let workspace = embedded("services: [", RUNBOOK, DRILL);
    let codes: Vec<Code> = workspace.findings.iter().map(|one| one.code).collect();
    assert_eq!(codes, [Code::YamlSyntax], "nor that its services do not");
}

#[test]
fn a_circle_of_services_is_told_once_and_is_no_error() {
    let service = |name: &str, needs: &str| {
        CATALOG
            .replace("services:\n", "")
            .replace("  shop:\n", &format!("  {name}:\n    depends-on: [{needs}]\n"))
    };
    let circle = |services: &[(&str, &str)]| {
        let all: String = services.iter().map(|(name, needs)| service(name, needs)).collect();
        let catalog = format!("services:\n{all}").replace("name: shop", "name: a");
        let found = Workspace::load_embedded(&[
            ("lastgood.yaml", &catalog),
            ("runbooks/rollback.yaml", RUNBOOK),
        ]);
        assert!(found.catalog.is_some(), "{}", found.explain());
        found.findings.into_iter().map(|one| (one.code, one.message)).collect::<Vec<_>>()
    };
    let told = circle(&[("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")]);
    let words = "`a`, `b`, `c` and `a` again depend on each other in a circle";
    assert_eq!(told, [(Code::DependsOnItself, words.to_owned())]);
    let told = circle(&[("a", "a")]);
    assert_eq!(told, [(Code::DependsOnItself, "`a` depends on itself".to_owned())]);
    assert_eq!(
        circle(&[("a", "b, c"), ("b", "d"), ("c", "d"), ("d", "e"), ("e", "f"), ("f", "")]),
        []
    );
}

#[test]
fn a_name_belongs_to_one_file() {
    let workspace = Workspace::load_embedded(&[
        ("lastgood.yaml", CATALOG),
        ("a.yaml", RUNBOOK),
        ("runbooks/b.yml", RUNBOOK),
        ("notes.yaml", "anything: else\n"),
        ("runbooks/readme.md", "# no YAML"),
    ]);
    let found: Vec<String> = workspace.findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "runbooks/b.yml:1:10: error[duplicate-name]: the runbook in a.yaml is called `rollback` already"
        ]
    );
}

#[test]
fn a_folder_is_read_from_disk_with_its_paths() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dir = folder.path();
    let kubernetes = "{ kubernetes: { kubeconfig: clusters/prod, namespace: n, deployment: d } }";
    let catalog = CATALOG.replace("platform: practice", &format!("platform: {kubernetes}"));
    let catalog = format!("{catalog}connections: {{ p: {{ prometheus: {{ url: http://p }} }} }}\n");
    std::fs::create_dir_all(dir.join("runbooks/deeper")).expect("it is ours");
    std::fs::write(dir.join("lastgood.yaml"), catalog).expect("it is ours");
    std::fs::write(dir.join("runbooks/rollback.yaml"), RUNBOOK).expect("it is ours");
    std::fs::write(dir.join("runbooks/deeper/x.yaml"), "not: read").expect("it is ours");
    std::fs::write(dir.join("compose.yaml"), "services: {}\n").expect("it is ours");

    let workspace = Workspace::load(dir);
    assert_eq!(workspace.explain(), "");
    assert_eq!(workspace.runbooks.len(), 1, "folders in folders and foreign files are not read");
    let catalog = workspace.catalog.expect("it is good");
    let (_, environment) = catalog.places().next().expect("there is one");
    let Platform::Kubernetes(place) = &environment.platform else {
        panic!("it is Kubernetes");
    };
    assert_eq!(place.kubeconfig, Some(dir.join("clusters/prod")), "from the folder on");
}

#[test]
fn what_cannot_be_read_is_a_finding() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dir = folder.path();
    let codes = |dir: &Path| -> Vec<Code> {
        Workspace::load(dir).findings.iter().map(|one| one.code).collect()
    };
    assert_eq!(codes(&dir.join("missing")), [Code::WorkspaceMissing]);
    assert_eq!(codes(dir), [Code::CatalogMissing]);

    std::fs::write(dir.join("lastgood.yaml"), vec![b'x'; (1 << 20) + 10]).expect("it is ours");
    assert_eq!(codes(dir), [Code::FileTooLarge], "and no word about a missing catalog");
    assert_eq!(codes(&dir.join("lastgood.yaml")), [Code::WorkspaceMissing], "a file is no folder");
    assert!(Workspace::load(dir).has_errors());

    std::fs::write(dir.join("lastgood.yaml"), CATALOG.replace("        runbook: rollback\n", ""))
        .expect("it is ours");
    assert_eq!(codes(dir), [], "a catalog alone is a workspace");

    std::fs::create_dir(dir.join("drills")).expect("it is ours");
    for index in 0..501 {
        std::fs::write(dir.join(format!("drills/{index}.yaml")), "").expect("it is ours");
    }
    assert!(codes(dir).contains(&Code::TooManyFiles));
}

#[cfg(unix)]
#[test]
fn a_dangling_link_is_a_finding() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dir = folder.path();
    std::os::unix::fs::symlink(dir.join("nowhere"), dir.join("lastgood.yaml")).expect("it is ours");
    let workspace = Workspace::load(dir);
    let found: Vec<String> = workspace.findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        ["lastgood.yaml:1:1: error[file-unreadable]: the file cannot be read: entity not found"]
    );
}
