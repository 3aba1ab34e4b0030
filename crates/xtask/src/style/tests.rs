use super::*;

fn one(broken: &[String], part: &str) {
    assert_eq!(broken.len(), 1, "one rule is broken once: {broken:?}");
    assert!(broken[0].contains(part), "the sentence says what to do about it: {}", broken[0]);
}

fn none(broken: &[String]) {
    assert_eq!(broken, Vec::<String>::new().as_slice(), "no rule is broken");
}

#[test]
fn a_file_is_measured_without_its_tests() {
    let long = "// a line\n".repeat(601);
    let tests = format!("fn small() {{}}\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
    one(&long_files(&[("crates/a/src/x.rs", long.as_str())].into()), "601 lines");
    none(&long_files(&[("crates/a/src/x.rs", tests.as_str())].into()));
    none(&long_files(&[("crates/a/src/x/tests.rs", long.as_str())].into()));
    none(&long_files(&[("tests/smoke/window.rs", long.as_str())].into()));
}

#[test]
fn a_rust_file_that_no_module_names_is_told() {
    let orphan = [
        ("crates/a/src/lib.rs", "mod used;\n// mod lost;\nmod lost_too;"),
        ("crates/a/src/used.rs", ""),
        ("crates/a/src/lost.rs", ""),
        ("crates/a/src/lost_too.rs", ""),
    ];
    one(&files_nobody_compiles(&orphan.into()), "crates/a/src/lost.rs");

    let in_tests = [
        ("crates/a/src/lib.rs", "pub mod x;"),
        ("crates/a/src/x.rs", "#[cfg(test)]\nmod tests;"),
        ("crates/a/src/x/tests.rs", "mod told;"),
        ("crates/a/src/x/tests/told.rs", ""),
        ("crates/a/src/x/tests/untold.rs", ""),
    ];
    one(&files_nobody_compiles(&in_tests.into()), "x/tests/untold.rs");
}

#[test]
fn files_that_cargo_finds_need_no_module() {
    let found = [
        ("crates/a/Cargo.toml", "[[bin]]\npath = \"programs/odd.rs\""),
        ("crates/a/build.rs", ""),
        ("crates/a/src/main.rs", "pub(crate) mod part;"),
        ("crates/a/src/part.rs", ""),
        ("crates/a/src/bin/tool.rs", ""),
        ("crates/a/tests/outside.rs", ""),
        ("crates/a/programs/odd.rs", ""),
        ("crates/a/src/bin/table.rs", ""),
        ("crates/a/src/shared.rs", "#[cfg(test)]\ninclude!(\"list.rs\");"),
        ("crates/a/src/list.rs", "#[path = \"shared.rs\"]\nmod renamed;"),
    ];
    none(&files_nobody_compiles(&found.into()));
}

#[test]
fn the_core_may_speak_of_files_but_not_touch_them() {
    let core = |text| io_in_the_core(&[("crates/core/src/x.rs", text)].into());
    one(&core("use std::fs::File;"), "crates/core/src/x.rs:1 names `std::fs`");
    none(&core("/// Unlike `std::fs`, this is pure.\nuse std::fmt;"));
    none(&core("fn x() {}\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}"));
    none(&io_in_the_core(&[("crates/api/src/x.rs", "use std::fs;")].into()));
}

#[test]
fn a_lock_file_that_names_a_registry_is_told() {
    let line = format!("\"resolved\": \"https://{}/x.tgz\"", HOSTS[0]);
    one(&registry_hosts(&[("ui/package-lock.json", line.as_str())].into()), HOSTS[0]);
    none(&registry_hosts(&[("README.md", "The registry is your machine's business.")].into()));
}

const RECORD: &str = "## Context\n## Options\n## Choice\n## What it costs\n## Revisit when\n";

#[test]
fn decision_records_are_numbered_without_gaps_and_are_complete() {
    let whole = [("docs/decisions/0001-a.md", RECORD), ("docs/decisions/0002-b.md", RECORD)];
    none(&gaps_in_the_decisions(&whole.into()));

    let gap = [("docs/decisions/0001-a.md", RECORD), ("docs/decisions/0003-c.md", RECORD)];
    one(&gaps_in_the_decisions(&gap.into()), "goes wrong at 0002");

    let twice = [("docs/decisions/0001-a.md", RECORD), ("docs/decisions/0001-b.md", RECORD)];
    one(&gaps_in_the_decisions(&twice.into()), "goes wrong at 0002");

    one(&gaps_in_the_decisions(&[("docs/decisions/notes.md", RECORD)].into()), "NNNN-title");

    let short =
        [("docs/decisions/0001-a.md", "## Context\n## Options\n## Choice\n## Revisit when")];
    one(&gaps_in_the_decisions(&short.into()), "no section about: costs");
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let code = Code::NotFound;
    let page = format!(
        "# {}\n\n{}\n\n## When you meet it\n\nNow.\n\n## What to do\n\nThis.\n",
        code.as_str(),
        code.summary()
    );
    let right = [("docs/errors/not-found.md", page.as_str()), ("docs/errors/README.md", "")];
    none(&error_pages(&right.into(), &[code]));

    one(&error_pages(&Repository::default(), &[code]), "not-found.md is missing");

    let old = page.replace(code.summary(), "Something else.");
    one(&error_pages(&[("docs/errors/not-found.md", old.as_str())].into(), &[code]), "begin with");

    let extra = [("docs/errors/not-found.md", page.as_str()), ("docs/errors/gone-by.md", "")];
    one(&error_pages(&extra.into(), &[code]), "gone-by.md is a page of no code");
}

#[test]
fn this_repository_keeps_to_the_rules() {
    let repository = Repository::read().expect("the repository can be read");
    let broken = check(&repository);
    assert!(broken.is_empty(), "rules of style are broken:\n{}", broken.join("\n"));
}

#[test]
fn the_index_of_the_codes_is_as_the_code_makes_it() {
    let files = crate::errors::files();
    crate::generated::settle(&files, crate::generated::Mode::Check)
        .expect("docs/errors/README.md is what `cargo xtask errors` writes");
}

#[test]
fn the_page_of_the_ladder_is_as_the_code_makes_it() {
    let files = crate::ladder::files();
    crate::generated::settle(&files, crate::generated::Mode::Check)
        .expect("docs/guide/ladder.md is what `cargo xtask ladder` writes");
}
