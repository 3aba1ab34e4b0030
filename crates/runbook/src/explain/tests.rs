use insta::assert_snapshot;

use crate::{Code, explain, read_catalog, read_runbook};

fn runbook(text: &str) -> String {
    explain(&read_runbook("runbooks/rollback.yaml", text).findings, text)
}

#[test]
fn a_finding_shows_its_line_and_what_to_write() {
    assert_snapshot!(runbook(
        "\
runbook: rollback
title: Roll back {{ targt.version }}
steps:
  - id: detect
    phase: detect
    jugde: { slos: all }
  - id: restore
    phase: roll-back
    act: release.restore
    on-failure: { retry: 3 }
  - id: verify
    phase: verify
    verify: { hold: 60 }
"
    ));
}

#[test]
fn a_syntax_error_shows_where_reading_ended() {
    assert_snapshot!(runbook("runbook: rollback\ntitle: Note: this\n"));
}

#[test]
fn a_line_with_a_credential_is_not_repeated() {
    let text = "\
services:
  shop:
    environments:
      production:
        platform: practice
        checks:
          - { name: a, get: https://shop.dev, headers: { Authorization: Bearer hunter2hunter2 } }
";
    let shown = explain(&read_catalog("lastgood.yaml", text).findings, text);
    assert!(!shown.contains("hunter2"), "findings are pasted into chats: {shown}");
    assert_snapshot!(shown);
}

#[test]
fn a_long_line_is_shown_around_the_place() {
    let text = format!(
        "runbook: [{}, {{ a: b, a: c }}]\nsteps: []\n",
        "item, ".repeat(60).trim_end_matches(", ")
    );
    let findings = read_runbook("f.yaml", &text).findings;
    let twice: Vec<_> = findings.into_iter().filter(|one| one.code == Code::DuplicateKey).collect();
    assert_snapshot!(explain(&twice, &text));
}

#[test]
fn a_file_cannot_steer_the_terminal_of_its_reader() {
    let shown = runbook("runbook: \"a\u{1b}]0;title\u{7}\"\ntitle: \u{202e}back\nsteps: []\n");
    assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{202e}']), "they are replaced: {shown:?}");
}
