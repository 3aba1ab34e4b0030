use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::text::MAX_BYTES;
use crate::catalog::draft_catalog;
use crate::code::Code;
use crate::finding::{Finding, Severity};
use crate::runbook::draft_runbook;
use crate::scenario::draft_scenario;
use crate::{explain, read_runbook};

const SHIPPED: [&str; 4] = [
    include_str!("../../../../runbooks/lastgood.yaml"),
    include_str!("../../../../runbooks/rollback-canary.yaml"),
    include_str!("../../../../runbooks/drills/bad-canary.yaml"),
    include_str!("../../../../runbooks/drills/lost-reply.yaml"),
];

/// Reads bytes as every kind of file, and renders what was found.
fn survive(bytes: &[u8]) -> Vec<Finding> {
    let mut all = Vec::new();
    all.extend(draft_catalog("f", bytes).finish().findings);
    all.extend(draft_runbook("f", bytes).finish().findings);
    all.extend(draft_scenario("f", bytes).finish().findings);
    let text = String::from_utf8_lossy(bytes);
    let _ = explain(&all, &text);
    let lines = u32::try_from(text.lines().count()).expect("small") + 1;
    for finding in &all {
        assert!((1..=lines).contains(&finding.line), "a place lies in the file: {finding}");
        assert!(finding.column >= 1 && finding.width >= 1, "columns count from 1: {finding}");
    }
    all
}

#[test]
fn hostile_files_end_in_a_finding_and_soon() {
    let bomb: Vec<String> = (1..40)
        .map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(", ")))
        .collect();
    let bomb = format!("a0: &a0 [x, x, x, x, x, x, x, x, x]\n{}", bomb.concat());
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(60_000), "*a, ".repeat(20_000));
    let anchors: Vec<String> = (0..60).map(|n| format!("&a{n} [")).collect();
    let anchors = format!("a: {}{}{}", anchors.concat(), "x, ".repeat(45_000), "]".repeat(60));
    let keys: Vec<String> = (0..60_000).map(|n| format!("k{n}: 1\n")).collect();
    let same = "k: 1\n".repeat(60_000);
    let holes = "{{ x }} ".repeat(8000);
    let head = "runbook: a\ntitle: A\nsteps:\n";
    let placeholders = format!("  - {{ id: a, phase: stop, note: \"{holes}\" }}\n").repeat(15);
    let placeholders = format!("{head}{placeholders}");
    let open = "{{ x ".repeat(13_000);
    let endless = format!("  - {{ id: a, phase: stop, note: \"{open}\" }}\n").repeat(15);
    let endless = format!("{head}{endless}");
    let again = ", *a".repeat(40);
    let repeated =
        format!("{head}  - {{ id: a, phase: stop, note: &a \"{holes}\" }}\nx: [1{again}]\n");
    let repeated = repeated.replace("x: [1", "inputs: [1");
    let steps: Vec<String> =
        (0..7_000).map(|n| format!("  - {{ id: s{n}, phase: stop, note: x }}\n")).collect();
    let steps = format!("{head}{}", steps.concat());
    let options: Vec<String> = (0..45_000).map(|n| format!("o{n}")).collect();
    let options =
        format!("inputs: {{ a: {{ type: choice, options: [{}] }} }}\n", options.join(", "));
    let mut missed = Vec::new();
    for (what, text, code) in [
        ("an alias bomb", bomb, Code::TooManyValues),
        ("a long text repeated", long, Code::TooManyValues),
        ("a nest of anchors", anchors, Code::TooManyValues),
        ("unknown keys", keys.concat(), Code::TooManyValues),
        ("unknown placeholders", placeholders, Code::TooManyFindings),
        ("placeholders without an end", endless, Code::PlaceholderUnclosed),
        ("aliases of them", repeated, Code::TooManyFindings),
        ("steps of one kind", steps, Code::PhaseMissing),
        ("options", options, Code::MissingKey),
        ("the same key", same, Code::DuplicateKey),
        ("flow lists", "[".repeat(500_000), Code::TooDeep),
        ("flow mappings", "{a: ".repeat(200_000), Code::TooDeep),
        ("block lists", "- ".repeat(400_000), Code::TooDeep),
        ("questions", "? ".repeat(400_000), Code::TooDeep),
        ("a huge text", format!("a: {}", "x".repeat(900_000)), Code::TextTooLong),
        ("a huge quoted text", format!("a: \"{}\"", "x\\n".repeat(300_000)), Code::TextTooLong),
        ("a huge key", format!("{}: a", "x".repeat(900_000)), Code::TextTooLong),
        ("an open quote", format!("a: \"{}", "x ".repeat(400_000)), Code::YamlSyntax),
        ("colons", ":".repeat(900_000), Code::TextTooLong),
        ("stars", "*".repeat(900_000), Code::YamlSyntax),
        ("tabs", "\t".repeat(900_000), Code::EmptyFile),
        ("line ends", "\n".repeat(900_000), Code::EmptyFile),
        ("a comment", format!("#{}", "x".repeat(900_000)), Code::EmptyFile),
        ("documents", "---\n".repeat(200_000), Code::SeveralDocuments),
        ("nothing but zeros", "\0".repeat(900_000), Code::YamlSyntax),
        ("too much", "x".repeat(MAX_BYTES + 1), Code::FileTooLarge),
    ] {
        let begun = Instant::now();
        let found = read_runbook("f", &text).findings;
        let took = begun.elapsed();
        if !found.iter().any(|one| one.code == code) {
            missed.push(format!("{what}: {:?}", found.first()));
        }
        // No claim about speed, which a busy machine would break: work that grows with the
        // square of a file takes minutes here.
        if took > Duration::from_secs(30) {
            missed.push(format!("{what} took {took:?}"));
        }
    }
    assert!(missed.is_empty(), "each is refused for what it is, and soon: {missed:#?}");
}

#[test]
fn bytes_that_are_no_text_are_refused_at_their_place() {
    for (bytes, place) in [
        (&b"runbook: a\ntitle: \xff\n"[..], (2, 8)),
        (b"\xff\xfer\0u\0", (1, 1)),
        (b"a: \xc3", (1, 4)),
        (b"\xed\xa0\x80", (1, 1)),
    ] {
        let found = draft_runbook("f", bytes).finish().findings;
        let first = found.first().expect("it is refused");
        assert_eq!((first.code, (first.line, first.column)), (Code::NotUtf8, place));
    }
}

#[test]
fn an_anchor_used_within_reason_is_what_it_stands_for() {
    let text = "\
services:
  a: &same
    owner: team
    environments: { production: { platform: practice, checks: [ { name: c, get: http://a } ] } }
  b: *same
";
    let read = crate::read_catalog("f", text);
    let catalog = read.value.expect("aliases are fine");
    assert_eq!(catalog.services[&"a".into()], catalog.services[&"b".into()]);
}

#[test]
fn the_same_text_is_read_with_any_line_ends_and_mark() {
    for text in SHIPPED {
        let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        let errors = |text: &str| {
            let found = survive(text.as_bytes());
            found
                .into_iter()
                .filter(|one| one.severity == Severity::Error)
                .map(|one| (one.line, one.code))
                .collect::<Vec<_>>()
        };
        assert_eq!(errors(text), errors(&windows), "Windows changes nothing but the digest");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        survive(&bytes);
    }

    #[test]
    fn anything_that_looks_like_yaml_is_survived(
        text in "[a-z:\\-\\[\\]{}&*!#|>'\"%@`,? \n\t~.0-9]{0,300}"
    ) {
        survive(text.as_bytes());
    }

    #[test]
    fn any_change_of_a_good_file_is_survived(
        file in 0..SHIPPED.len(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), 0..12usize, "[a-z:\\-\\[\\]{}&*!|>'\" \n\t]{0,6}"), 1..6),
    ) {
        let mut bytes = SHIPPED[file].as_bytes().to_vec();
        for (at, remove, insert) in changes {
            let start = at.index(bytes.len());
            let end = (start + remove).min(bytes.len());
            bytes.splice(start..end, insert.into_bytes());
        }
        survive(&bytes);
    }
}
