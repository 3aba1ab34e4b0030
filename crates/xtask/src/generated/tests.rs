use super::*;

fn file(text: &str) -> Vec<Generated> {
    vec![Generated {
        path: PathBuf::from("ui/src/made/types.ts"),
        text: text.to_owned(),
        made_by: "cargo xtask-generate bindings",
    }]
}

#[test]
fn a_missing_file_is_written_with_its_folders_and_then_agrees() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = file("one\ntwo\n");

    let refused = settle_in(folder.path(), &files, Mode::Check).expect_err("nothing is there yet");
    assert!(refused.to_string().contains("does not exist"), "the sentence says so: {refused}");
    assert!(!folder.path().join("ui").exists(), "a check changes nothing");

    let said = settle_in(folder.path(), &files, Mode::Write).expect("the folder is ours");
    assert_eq!(said, "1 of 1 generated files were rewritten", "it was not there before");
    settle_in(folder.path(), &files, Mode::Check).expect("what was written is what is wanted");

    let said = settle_in(folder.path(), &files, Mode::Write).expect("the folder is ours");
    assert_eq!(said, "0 of 1 generated files were rewritten", "it was right already");
}

#[test]
fn a_difference_is_told_with_its_line_and_the_command_that_mends_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    settle_in(folder.path(), &file("one\ntwo\nthree\n"), Mode::Write).expect("the folder is ours");

    let refused = settle_in(folder.path(), &file("one\n2\nthree\n"), Mode::Check)
        .expect_err("the second line differs");
    assert_eq!(
        refused.to_string(),
        "ui/src/made/types.ts is out of date from line 2 on; `cargo xtask-generate bindings` writes it",
        "a person can act on this sentence alone"
    );
    let kept = fs::read_to_string(folder.path().join("ui/src/made/types.ts")).expect("it is there");
    assert_eq!(kept, "one\ntwo\nthree\n", "a check changes nothing");
}

#[test]
fn a_missing_end_is_a_difference_too() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    settle_in(folder.path(), &file("one\n"), Mode::Write).expect("the folder is ours");
    settle_in(folder.path(), &file("one"), Mode::Check).expect_err("the line end is missing");
}

#[test]
fn a_generator_that_makes_nothing_does_not_pass() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    settle_in(folder.path(), &[], Mode::Check).expect_err("nothing was compared");
}
