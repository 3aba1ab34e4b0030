//! One case for every code: a table that grows with the list of codes.

use std::collections::BTreeSet;

use crate::{Code, Finding, Severity, read_catalog, read_runbook, read_scenario};

const CATALOG: &str = "\
services:
  shop:
    environments:
      production:
        platform: practice
        slos: { availability: { objective: 99%, good: g, total: t } }
";

const RUNBOOK: &str = "\
runbook: rollback
title: Roll back
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
events:
  - { at: 0s, deploy: { version: 2.0, error-rate: 5% } }
truth: It is the release.
lessons: [ { at: start, good: [roll-back], because: It is the release. } ]
success: { outcome: recovered }
";

/// A file that is good but for some changes. `¦` in a change marks where the finding is
/// expected, and is not part of the file.
struct Case {
    code: Code,
    good: &'static str,
    changes: Vec<(&'static str, String)>,
}

fn catalog(code: Code, from: &'static str, to: &str) -> Case {
    Case { code, good: CATALOG, changes: vec![(from, to.to_owned())] }
}

fn runbook(code: Code, from: &'static str, to: &str) -> Case {
    Case { code, good: RUNBOOK, changes: vec![(from, to.to_owned())] }
}

fn drill(code: Code, from: &'static str, to: &str) -> Case {
    Case { code, good: DRILL, changes: vec![(from, to.to_owned())] }
}

/// The whole text of a runbook.
fn text(code: Code, text: &str) -> Case {
    Case { code, good: "", changes: vec![("", text.to_owned())] }
}

/// A check in the catalog's environment.
fn check(code: Code, rest: &str) -> Case {
    catalog(code, "slos:", &format!("checks: [ {{ name: a, {rest} }} ]\n        slos:"))
}

impl Case {
    fn and(mut self, from: &'static str, to: &str) -> Self {
        self.changes.push((from, to.to_owned()));
        self
    }

    /// The text, and the line and column that are marked in it.
    fn text(&self) -> (String, (u32, u32)) {
        let mut text = self.good.to_owned();
        for (from, to) in &self.changes {
            assert!(text.contains(from), "the case of {} changes something: {from}", self.code);
            text = text.replacen(from, to, 1);
        }
        let at = text.find('¦').unwrap_or_else(|| panic!("the case of {} has a mark", self.code));
        let before = &text[..at];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().expect("there is a line").chars().count() + 1;
        let place = (line.try_into().expect("small"), column.try_into().expect("small"));
        (text.replace('¦', ""), place)
    }

    fn findings(&self) -> (Vec<Finding>, (u32, u32)) {
        let (text, place) = self.text();
        let findings = match self.good {
            CATALOG => read_catalog("f", &text).findings,
            DRILL => read_scenario("f", &text).findings,
            _ => read_runbook("f", &text).findings,
        };
        (findings, place)
    }
}

const KUBERNETES: &str = "{ kubernetes: { namespace: a, deployment: b } }";

#[expect(clippy::too_many_lines, reason = "it is a table")]
fn cases() -> Vec<Case> {
    let long = format!("runbook: ¦{}\n", "x".repeat(70_000));
    let deep = format!("runbook: {}¦[", "[".repeat(64));
    let wide = format!("runbook: [{}¦a]", "a, ".repeat(49_997));
    vec![
        text(Code::EmptyFile, "¦"),
        text(Code::EmptyFile, "¦# only a comment\n"),
        text(Code::ByteOrderMark, "\u{feff}runbook: a\n¦").and("\u{feff}", "¦\u{feff}").and("\n¦", "\n"),
        text(Code::WindowsLineEnds, "runbook: a¦\r\n"),
        text(Code::YamlSyntax, "runbook: *nowhere\n").and("*", "¦*"),
        text(Code::YamlSyntax, "¦%YAML 1.1\n---\na: b\n"),
        text(Code::TabIndent, "steps:\n\t¦- id: a\n"),
        text(Code::SeveralDocuments, "runbook: a\n¦---\nrunbook: b\n"),
        text(Code::TextTooLong, &long),
        text(Code::TooDeep, &deep),
        text(Code::TooManyValues, &wide),
        text(Code::AliasInItself, "a: &x [¦*x]\n"),
        text(Code::MergeKey, "a: &x { b: 1 }\nc: { ¦<<: *x }\n"),
        text(Code::Tag, "runbook: !!str ¦a\n"),
        text(Code::KeyNotText, "? ¦[a]\n: b\n"),
        runbook(Code::DuplicateKey, "title: Roll back\n", "title: A\n¦title: B\n"),
        runbook(Code::HiddenCharacter, "Roll back", "¦Roll \u{202e}back"),
        runbook(Code::HiddenCharacter, "Roll back", "¦\"Roll \\e[31m\""),
        runbook(Code::UnknownKey, "title:", "¦titel:"),
        runbook(Code::MissingKey, "title: Roll back\n", "").and("runbook:", "¦runbook:"),
        runbook(Code::EmptyValue, "Roll back", "¦~"),
        runbook(Code::EmptyValue, "Roll back", "¦' '"),
        runbook(Code::WrongType, "Roll back", "¦[Roll, back]"),
        runbook(Code::WrongType, "Roll back", "¦2026"),
        runbook(Code::WrongType, "Roll back", "¦{{ target.version }}"),
        runbook(Code::WrongType, "{ hold: 1m }", "{ hold: 1m, versions: ¦yes }"),
        runbook(Code::UnknownWord, "rollout.halt", "¦rollout.hold"),
        runbook(Code::UnknownWord, "when: rollout-open", "when: ¦rollout_open"),
        runbook(Code::InvalidName, "id: detect", "id: ¦De Tect"),
        catalog(Code::InvalidName, "shop:", "¦the shop:"),
        runbook(Code::InvalidDuration, "hold: 1m", "hold: ¦60"),
        catalog(Code::InvalidPercentage, "99%", "¦99"),
        catalog(Code::OutOfRange, "99%", "¦100%"),
        runbook(Code::OutOfRange, "timeout: 5m", "timeout: ¦2d"),
        drill(Code::OutOfRange, "minutes: 5", "minutes: ¦0"),
        drill(Code::TooFew, "  - { at: 0s, deploy: { version: 2.0, error-rate: 5% } }", "  ¦[]"),
        runbook(Code::ChoiceMissing, ", note: Done. }", " }").and("- { id: close", "- ¦{ id: close"),
        runbook(Code::ChoiceTwice, "note: Done.", "note: Done., ¦check: all"),
        runbook(Code::UnknownStepKind, "judge:", "¦jugde:"),
        runbook(Code::UnknownStepKind, "judge: { slos: all }", "¦prove: all"),
        runbook(Code::KeyOutOfPlace, "note: Done.", "note: Done., ¦on: { pass: ask }"),
        runbook(Code::NotInThisVersion, "note: Done.", "¦command: [ls]"),
        catalog(Code::NotInThisVersion, "slos:", "¦cost: { query: x }\n        slos:"),
        check(Code::InvalidAddress, "get: ¦shop.dev"),
        check(Code::InvalidAddress, "get: ¦ftp://shop.dev"),
        check(Code::InvalidAddress, "get: ¦https:///healthz"),
        check(Code::MetadataAddress, "get: ¦http://169.254.169.254/latest"),
        check(Code::MetadataAddress, "get: '¦http://[::ffff:a9fe:a9fe]/'").and("'¦", "¦'"),
        check(Code::SecretInFile, "get: http://b, headers: { ¦Authorization: token }"),
        check(Code::SecretInFile, "get: http://b, headers: { ¦x-thing: Bearer abc }"),
        check(Code::SecretInFile, "get: ¦https://me:pw@shop.dev"),
        check(Code::SecretInFile, "get: ¦https://shop.dev/?token=x"),
        runbook(
            Code::SecretUnguarded,
            "act: release.restore, undo: none",
            "act: { command: { run: [ls], probe: [x], env: [HOME, ¦LASTGOOD_SECRET_AWSKEY] } }, undo: none",
        ),
        runbook(
            Code::SecretUnguarded,
            "act: release.restore, undo: none",
            "act: { http: { post: http://shop.dev, bearer: ¦token } }, undo: none",
        ),
        runbook(
            Code::SecretUnguarded,
            "act: release.restore, undo: none",
            "act: { http: { put: 'http://{{ service }}:80', secrets: { x-a: ¦token } } }, undo: none",
        ),
        runbook(
            Code::SecretUnguarded,
            "act: release.restore, undo: none",
            "act: { http: { post: http://shop.dev, json: { key: ¦'{{ secret.pager }}' } } }, undo: none",
        ),
        runbook(
            Code::PlaceholderNotHere,
            "act: release.restore, undo: none",
            "act: { http: { post: https://shop.dev, json: { key: ¦'of {{ secret.pager }}' } } }, undo: none",
        ),
        runbook(
            Code::InvalidAddress,
            "act: release.restore, undo: none",
            "act: { http: { post: ¦'https://{{ secret.host }}/x' } }, undo: none",
        ),
        runbook(
            Code::UnknownPlaceholder,
            "act: release.restore, undo: none",
            "act: { http: { post: https://shop.dev, headers: { x-a: '¦{{ secret.pager }}' } } }, undo: none",
        ),
        catalog(
            Code::SecretUnguarded,
            "services:",
            "connections:\n  g: { github: { url: ¦http://github.acme.dev, secret: key, app: { id: 1, installation: 2 } } }\nservices:",
        ),
        runbook(
            Code::FolderOutside,
            "act: release.restore, undo: none",
            "act: { command: { run: [ls], probe: [x], in: ¦/etc } }, undo: none",
        ),
        runbook(
            Code::FolderOutside,
            "act: release.restore, undo: none",
            "act: { command: { run: [ls], probe: [x], in: ¦a/../.. } }, undo: none",
        ),
        runbook(
            Code::DuplicateName,
            "act: release.restore, undo: none",
            "act: { github.dispatch: { workflow: a.yml, ref: main, inputs: { ¦rollback_id: 1 } } }, undo: none",
        ),
        runbook(
            Code::InvalidName,
            "act: release.restore, undo: none",
            "act: { github.cancel: { workflow: ¦../rollback.yml } }, undo: none",
        ),
        check(Code::InvalidJsonPath, "get: http://b, expect: { json: { ¦status: ok } }"),
        check(Code::InvalidStatus, "get: http://b, expect: { status: ¦ok }"),
        check(Code::KeyOutOfPlace, "get: http://b, ¦body: x"),
        check(Code::DuplicateName, "get: http://b }, { name: ¦a, get: http://b"),
        check(Code::UnknownPlaceholder, "get: 'http://b/¦{{ inputs.reason }}'"),
        catalog(Code::HomePath, "practice", KUBERNETES).and("{ namespace", "{ kubeconfig: ¦~/.kube/config, namespace"),
        runbook(Code::UnknownPlaceholder, "Done.", "\"to ¦{{ target.versoin }}\""),
        runbook(
            Code::UnknownPlaceholder,
            "  - { id: close, phase: capture, note: Done. }",
            "  - id: close\n    phase: capture\n    note: >\n      of {{ service }}\n      and ¦{{ what }}\n",
        ),
        runbook(Code::PlaceholderUnclosed, "Done.", "\"see ¦{{ service\""),
        runbook(Code::PlaceholderUnclosed, "Done.", "\"see ¦{{ service and {{ environment }}\""),
        runbook(Code::UnknownPlaceholder, "Done.", "\"see ¦{{ servce }} and {{ environment\""),
        catalog(Code::PlaceholderNotHere, "good: g", "good: \"¦{{ service }}\""),
        runbook(
            Code::PlaceholderNotHere,
            "steps:",
            "inputs: { n: { type: text, default: \"¦{{ inputs.m }}\" } }\nsteps:",
        ),
        catalog(Code::UnknownConnection, "slos:", "metrics: ¦prometheus\n        slos:"),
        catalog(Code::NoConnection, "practice", KUBERNETES).and("slos: {", "slos: ¦{"),
        catalog(Code::AmbiguousConnection, "practice", KUBERNETES).and("slos: {", "slos: ¦{").and(
            "services:",
            "connections:\n  a: { prometheus: { url: http://a } }\n  b: { prometheus: { url: http://b } }\nservices:",
        ),
        catalog(
            Code::StrategyTwice,
            "practice",
            "{ practice: { strategy: canary } }\n        strategy: ¦rolling",
        ),
        catalog(Code::MissingKey, "good: g, total: t", "good: g").and("{ objective", "¦{ objective"),
        catalog(Code::MissingKey, "good: g, total: t", "histogram: h_seconds")
            .and("{ objective", "¦{ objective"),
        catalog(Code::ChoiceTwice, "total: t", "total: t, ¦histogram: h"),
        catalog(Code::InvalidName, "good: g, total: t", "histogram: ¦'rate(h[5m])', threshold: 1s"),
        catalog(
            Code::ThresholdMismatch,
            "good: g, total: t",
            "good: ¦'sum(h_bucket{le=\"0.5\"})', total: t, threshold: 300ms",
        ),
        catalog(
            Code::ThresholdMissing,
            "good: g, total: t",
            "good: ¦'sum(h_bucket{le=\"0.5\"})', total: t",
        ),
        catalog(Code::NothingToProve, "slos: { availability: { objective: 99%, good: g, total: t } }", "")
            .and("platform", "¦platform"),
        runbook(Code::DuplicateId, "id: halt", "id: ¦detect"),
        runbook(
            Code::ReservedId,
            "judge: { slos: all }",
            "decide: { question: q, options: [ { id: a, label: a }, { id: b, label: b } ] }",
        )
        .and("id: halt", "id: ¦stop"),
        runbook(Code::PhaseOutOfOrder, "phase: capture", "phase: ¦detect"),
        runbook(Code::UnknownStep, "timeout: 5m", "timeout: 5m, on-failure: { go-to: ¦clsoe }"),
        runbook(Code::StepNotAhead, "timeout: 5m", "timeout: 5m, on-failure: { go-to: ¦halt }"),
        runbook(
            Code::StepNotAhead,
            "judge: { slos: all }",
            "decide: { question: q, options: [ { id: a, label: a, then: ¦detect }, { id: b, label: b } ] }",
        ),
        runbook(Code::RetryChangesWorld, "undo: none,", "undo: none, on-failure: { retry: ¦3 },"),
        runbook(
            Code::LeftOutTooMuch,
            "undo: none,",
            "undo: none, where-unsupported: ¦leave-out,",
        ),
        runbook(
            Code::DefaultUnfit,
            "steps:",
            "inputs: { n: { type: number, default: ¦many } }\nsteps:",
        ),
        runbook(Code::OptionsUnfit, "steps:", "inputs: { n: ¦{ type: choice } }\nsteps:"),
        runbook(
            Code::OptionsUnfit,
            "steps:",
            "inputs: { n: { type: text, options: ¦[a, b] } }\nsteps:",
        ),
        runbook(Code::ActWithoutGuard, ", when: rollout-open", "").and("rollout.halt", "¦rollout.halt"),
        runbook(Code::ActWithoutUndo, "release.restore, undo: none, ", "¦release.restore, "),
        runbook(Code::ActUnconfirmed, "undo: none, ", "undo: none, confirm: ¦false, "),
        runbook(Code::NoTimeLimit, "{ hold: 1m }, timeout: 5m", "¦{ hold: 1m }"),
        runbook(Code::NoVerification, "verify: { hold: 1m }, timeout: 5m", "check: all")
            .and("steps:", "¦steps:"),
        runbook(Code::VersionsUnchecked, "{ hold: 1m }", "{ hold: 1m, versions: ¦false }"),
        runbook(
            Code::ShellUsed,
            "act: release.restore, undo: none",
            "act: { command: { run: ls, shell: ¦true, probe: [x] } }, undo: none",
        ),
        runbook(
            Code::ShellUsed,
            "act: release.restore, undo: none",
            "act: { command: { run: [env, /bin/bash, -ec, ¦'rm {{ service }}'], probe: [x] } }, undo: none",
        ),
        runbook(
            Code::NoProbe,
            "act: release.restore, undo: none",
            "act: { command: ¦{ run: [ls] } }, undo: none",
        ),
        runbook(Code::PhaseMissing, "  - { id: close, phase: capture, note: Done. }\n", "")
            .and("steps:", "¦steps:"),
        runbook(Code::PassProceeds, "{ slos: all }", "{ slos: all }, on: { pass: ¦proceed }"),
        runbook(Code::DoubtProceeds, "{ slos: all }", "{ slos: all }, on: { inconclusive: ¦proceed }"),
        drill(
            Code::EventsOutOfOrder,
            "  - { at: 0s",
            "  - { at: 5m, traffic: { rate: 1 } }\n  - { at: ¦0s",
        ),
        drill(
            Code::FaultWithoutEffect,
            "truth:",
            "faults: [ { on: release.restore, kind: ¦stale } ]\ntruth:",
        ),
        drill(Code::UnknownMove, "truth:", "opening: { first: [¦gone] }\ntruth:"),
        drill(
            Code::LessonMissing,
            "lessons: [ { at: start, good: [roll-back], because: It is the release. } ]\n",
            "",
        )
        .and("truth: ", "truth: ¦"),
        drill(Code::LessonContradicts, "good: [roll-back]", "good: [wait], poor: [¦wait]"),
        drill(Code::ScriptCannotSucceed, "{ outcome: recovered", "¦{ outcome: declined"),
    ]
}

/// Codes that need bytes, many values or a folder; they have tests of their own.
const ELSEWHERE: [Code; 20] = [
    Code::WorkspaceMissing,
    Code::CatalogMissing,
    Code::FileUnreadable,
    Code::TooManyFiles,
    Code::FileTooLarge,
    Code::NotUtf8,
    Code::TooManyFindings,
    Code::UnknownRunbook,
    Code::UnknownService,
    Code::UnknownEnvironment,
    Code::UnknownObjective,
    Code::UnknownCheck,
    Code::InputUnfit,
    Code::NoReplicaVersion,
    Code::StrategyUnfit,
    Code::PlatformUnfit,
    Code::DuplicateName,
    Code::UnknownStep,
    Code::NeverHappens,
    Code::DependsOnItself,
];

#[test]
fn every_code_is_found_at_the_place_that_is_wrong() {
    let mut missed = Vec::new();
    for case in cases() {
        let (findings, place) = case.findings();
        if !findings.iter().any(|one| one.code == case.code && (one.line, one.column) == place) {
            let (line, column) = place;
            let found: Vec<String> = findings.iter().take(5).map(ToString::to_string).collect();
            missed.push(format!("{} at {line}:{column}, found {found:#?}", case.code));
        }
    }
    assert!(missed.is_empty(), "each is found where it is marked: {missed:#?}");
}

#[test]
fn no_code_is_without_a_case() {
    let covered: BTreeSet<Code> = cases().iter().map(|case| case.code).chain(ELSEWHERE).collect();
    for code in Code::ALL {
        assert!(covered.contains(code), "{code} has no case");
    }
}

#[test]
fn the_files_that_the_cases_change_are_good() {
    assert_eq!(read_catalog("f", CATALOG).findings, []);
    assert_eq!(read_runbook("f", RUNBOOK).findings, []);
    assert_eq!(read_scenario("f", DRILL).findings, []);
}

#[test]
fn all_mistakes_of_a_file_are_told_at_once() {
    let text = RUNBOOK
        .replace("title:", "titel:")
        .replace("judge:", "jugde:")
        .replace("id: halt", "id: detect")
        .replace("hold: 1m", "hold: 60");
    let found: Vec<Code> = read_runbook("f", &text).findings.iter().map(|one| one.code).collect();
    for code in [
        Code::MissingKey,
        Code::UnknownKey,
        Code::UnknownStepKind,
        Code::DuplicateId,
        Code::InvalidDuration,
    ] {
        assert!(found.contains(&code), "{code} is among {found:?}");
    }
}

#[test]
fn advice_leaves_a_file_usable_and_an_error_does_not() {
    for case in cases() {
        let (text, _) = case.text();
        let (usable, findings) = match case.good {
            CATALOG => {
                (read_catalog("f", &text).value.is_some(), read_catalog("f", &text).findings)
            }
            DRILL => {
                (read_scenario("f", &text).value.is_some(), read_scenario("f", &text).findings)
            }
            _ => (read_runbook("f", &text).value.is_some(), read_runbook("f", &text).findings),
        };
        let errors = findings.iter().any(|one| one.severity == Severity::Error);
        assert_eq!(usable, !errors, "{}: a value without an error, or none with one", case.code);
    }
}

#[test]
fn more_findings_than_anybody_reads_are_counted() {
    let keys: Vec<String> = (0..2000).map(|index| format!("key{index}: x\n")).collect();
    let read = read_runbook("f", &format!("{RUNBOOK}{}", keys.concat()));
    assert_eq!(read.value, None, "it has errors, shown or not");
    assert_eq!(read.findings.len(), 201, "200, and one that says that there is more");
    assert_eq!(read.findings.last().map(|one| one.code), Some(Code::TooManyFindings));
}
