//! The rules that a compiler cannot know: sizes, files that nobody compiles, records, pages.
//!
//! Each rule is a function from the repository to sentences. `docs/style.md` says why they are
//! rules; a sentence here says what to do.

#[cfg(test)]
mod tests;

use std::path::Path;

use lastgood_core::problem::Code;

use crate::repository::Repository;

/// Lines of Rust outside tests at which a file is refused.
const LONGEST: usize = 600;

/// Every broken rule as a sentence.
pub(crate) fn check(repository: &Repository) -> Vec<String> {
    let mut broken = long_files(repository);
    broken.extend(files_nobody_compiles(repository));
    broken.extend(io_in_the_core(repository));
    broken.extend(registry_hosts(repository));
    broken.extend(gaps_in_the_decisions(repository));
    broken.extend(error_pages(repository, Code::ALL));
    broken
}

fn rust(repository: &Repository) -> impl Iterator<Item = (&str, &str)> {
    repository.files().filter(|(path, _)| is_rust(path))
}

fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

fn is_test(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("/tests.rs")
}

/// The part of a file that is no test: all before its `mod tests { .. }`, which stands last.
fn outside_tests(text: &str) -> &str {
    text.find("\n#[cfg(test)]\nmod tests {").map_or(text, |at| &text[..at])
}

fn long_files(repository: &Repository) -> Vec<String> {
    rust(repository)
        .filter(|(path, _)| !is_test(path))
        .filter_map(|(path, text)| {
            let lines = outside_tests(text).lines().count();
            (lines > LONGEST).then(|| {
                format!("{path} has {lines} lines; above {LONGEST} a file is split by idea")
            })
        })
        .collect()
}

/// Files that cargo finds by their place alone.
fn is_root(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if matches!(name, "lib.rs" | "main.rs" | "build.rs" | "mod.rs") {
        return true;
    }
    let in_source = format!("/{folder}/").contains("/src/");
    let last = folder.rsplit('/').next().unwrap_or_default();
    // A folder `tests` below `src` holds modules of a `tests.rs`, and no programs.
    if in_source { last == "bin" } else { matches!(last, "tests" | "benches" | "examples") }
}

fn files_nobody_compiles(repository: &Repository) -> Vec<String> {
    rust(repository)
        .filter(|(path, _)| !is_root(path) && !is_declared(repository, path))
        .map(|(path, _)| {
            format!("{path} is compiled by nobody: no `mod` names it, so its tests never run")
        })
        .collect()
}

/// Whether a `mod` of the file beside or above names this file, or a manifest does by its path.
fn is_declared(repository: &Repository, path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let module = name.trim_end_matches(".rs");
    let above = format!("{folder}.rs");
    let in_folder = format!("{folder}/");
    repository
        .inside(&in_folder)
        .filter(|(other, _)| is_rust(other) && *other != name)
        .map(|(_, text)| text)
        .chain(repository.text(&above))
        .any(|text| declares(text, module) || includes(text, name))
        || repository
            .files()
            .filter(|(manifest, _)| manifest.ends_with("Cargo.toml"))
            .any(|(manifest, text)| names_path(manifest, text, path))
}

fn declares(text: &str, module: &str) -> bool {
    text.lines().map(str::trim).filter(|line| !line.starts_with("//")).any(|line| {
        line.strip_suffix(';').and_then(|line| line.split_once("mod ")).is_some_and(
            |(before, named)| {
                named.trim() == module && (before.is_empty() || before.starts_with("pub"))
            },
        )
    })
}

/// Whether a file takes another one in by its name, as build scripts share a table.
fn includes(text: &str, name: &str) -> bool {
    text.contains(&format!("include!(\"{name}\")"))
        || text.contains(&format!("#[path = \"{name}\"]"))
}

fn names_path(manifest: &str, text: &str, path: &str) -> bool {
    let folder = manifest.strip_suffix("Cargo.toml").unwrap_or_default();
    path.strip_prefix(folder).is_some_and(|inside| text.contains(&format!("\"{inside}\"")))
}

/// Names that reach outside the process, past the ports.
const IO: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
];

fn io_in_the_core(repository: &Repository) -> Vec<String> {
    let mut broken = Vec::new();
    for (path, text) in rust(repository) {
        if !path.starts_with("crates/core/src/") || is_test(path) {
            continue;
        }
        for (number, line) in outside_tests(text).lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            if let Some(name) = IO.iter().find(|name| line.contains(*name)) {
                broken.push(format!(
                    "{path}:{} names `{name}`: the core reaches the world through ports only",
                    number + 1
                ));
            }
        }
    }
    broken
}

/// Hosts of package registries and mirrors. Which one serves a machine is that machine's business;
/// a lock file that names one fails everywhere else. Written in two parts, so that this list
/// does not find itself.
const HOSTS: &[&str] = &[
    concat!("registry.", "npmjs.org"),
    concat!("registry.", "yarnpkg.com"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("static.", "rust-lang.org"),
    concat!("files.", "pythonhosted.org"),
    concat!("pypi", ".org"),
    concat!("deb.", "debian.org"),
    concat!("archive.", "ubuntu.com"),
];

fn registry_hosts(repository: &Repository) -> Vec<String> {
    let mut broken = Vec::new();
    for (path, text) in repository.files() {
        for host in HOSTS.iter().filter(|host| text.contains(*host)) {
            broken.push(format!(
                "{path} names the package registry {host}: leave the choice to the machine"
            ));
        }
    }
    broken
}

const DECISIONS: &str = "docs/decisions/";

fn gaps_in_the_decisions(repository: &Repository) -> Vec<String> {
    let mut broken = Vec::new();
    let mut numbers = Vec::new();
    for (name, text) in repository.inside(DECISIONS).filter(|(name, _)| *name != "README.md") {
        let number = name.split_once('-').and_then(|(number, _)| {
            (number.len() == 4).then(|| number.parse::<usize>().ok()).flatten()
        });
        match number {
            Some(number) => numbers.push(number),
            None => broken.push(format!("{DECISIONS}{name} is not named NNNN-title.md")),
        }
        for section in ["context", "options", "choice", "costs", "revisit"] {
            let mut headings = text.lines().filter(|line| line.starts_with("## "));
            if !headings.any(|heading| heading.to_lowercase().contains(section)) {
                broken.push(format!("{DECISIONS}{name} has no section about: {section}"));
            }
        }
    }
    numbers.sort_unstable();
    for (expected, number) in (1..).zip(&numbers) {
        if *number != expected {
            broken.push(format!(
                "{DECISIONS} goes wrong at {expected:04}: records are numbered once each and \
                 without gaps, and {number:04} stands there"
            ));
            break;
        }
    }
    broken
}

const PAGES: &str = "docs/errors/";

fn error_pages(repository: &Repository, codes: &[Code]) -> Vec<String> {
    let mut broken = Vec::new();
    for code in codes {
        let (name, summary) = (code.as_str(), code.summary());
        let Some(page) = repository.text(&format!("{PAGES}{name}.md")) else {
            broken.push(format!("{PAGES}{name}.md is missing: every code has a page"));
            continue;
        };
        if !page.starts_with(&format!("# {name}\n\n{summary}\n")) {
            broken.push(format!(
                "{PAGES}{name}.md does not begin with `# {name}`, an empty line and `{summary}`"
            ));
        }
        for heading in ["## When you meet it", "## What to do"] {
            if !page.contains(&format!("\n{heading}\n")) {
                broken.push(format!("{PAGES}{name}.md has no section `{heading}`"));
            }
        }
    }
    for (name, _) in repository.inside(PAGES) {
        let known = codes.iter().any(|code| name.strip_suffix(".md") == Some(code.as_str()));
        if !known && name != "README.md" {
            broken.push(format!("{PAGES}{name} is a page of no code"));
        }
    }
    broken
}
