use super::*;

fn asked(path: &str, text: &str) -> Result<LintView, Problem> {
    one(None, &LintRequest { path: path.to_owned(), text: text.to_owned() })
}

#[test]
fn the_files_of_the_practice_world_are_handed_out_with_nothing_to_be_said() {
    let view = all(None);
    assert!(view.files.iter().any(|file| file.path == "rollback-canary.yaml"));
    assert!(view.files.iter().all(|file| file.findings.iter().all(|one| !one.refused)));
    assert_eq!(view.elsewhere, []);
}

#[test]
fn a_mistake_in_a_text_is_told_with_its_place_and_what_to_write_instead() {
    let text = include_str!("../../../../../runbooks/rollback-rolling.yaml").replacen(
        "phase: verify",
        "phase: verfy",
        1,
    );
    let view = asked("rollback-rolling.yaml", &text).expect("it is a runbook");
    let found = view.findings.iter().find(|one| one.refused).expect("there is one");
    let line = text.lines().nth(found.line as usize - 1).expect("the line exists");
    assert!(line.contains("verfy"), "{found:?} is about `{line}`");
    assert_eq!(view.steps, [], "what is refused has no steps");
}

#[test]
fn a_text_is_read_beside_the_other_files_and_its_steps_are_told() {
    let text = include_str!("../../../../../runbooks/rollback-rolling.yaml");
    let view = asked("rollback-rolling.yaml", text).expect("it is a runbook");
    assert_eq!(view.findings.iter().filter(|one| one.refused).count(), 0);
    assert!(view.steps.len() > 3);
}

#[test]
fn what_no_workspace_has_is_refused_and_so_is_what_is_too_long() {
    for path in ["../secret.yaml", "notes.txt", "runbooks/deep/one.yaml", ""] {
        let problem = asked(path, "runbook: x").expect_err("no such file");
        assert_eq!(problem.code, Code::InputInvalid, "{path}");
    }
    let long = "#".repeat(LONGEST + 1);
    assert_eq!(asked("runbooks/a.yaml", &long).expect_err("too long").code, Code::InputInvalid);
}
