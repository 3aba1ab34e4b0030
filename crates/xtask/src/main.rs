//! The repository's chores: `cargo xtask NAME`, `cargo xtask-generate NAME`.
//!
//! Start with [`layers`], which holds the architecture, and [`style`], which holds the rules
//! that a compiler cannot know. Nothing heavy is needed by default: this compiles in seconds.

#![expect(clippy::print_stdout, reason = "a chore speaks to the terminal; nothing else uses it")]

mod errors;
mod generate;
mod generated;
mod ladder;
mod layers;
mod metadata;
mod repository;
mod style;

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use generated::Mode;
use repository::Repository;

const USAGE: &str = "\
usage: cargo xtask CHORE
  layers               every dependency of every crate against the table of allowed ones
  style                the rules for files, records and pages
  errors [--check]     docs/errors/README.md, the index of the codes
  ladder [--check]     docs/guide/ladder.md, what can be done where
usage: cargo xtask-generate CHORE
  bindings [--check]   the window's TypeScript types
  schema [--check]     the JSON Schemas of runbooks, catalogs and exports
With --check nothing is written: a difference is a failure.";

fn main() -> ExitCode {
    match chore(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(sentence) => {
            println!("{sentence}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Does one chore and says in a sentence how it went.
fn chore(args: &[String]) -> anyhow::Result<String> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match *args.as_slice() {
        ["layers"] => {
            let packages = metadata::read().context("could not read the workspace's manifests")?;
            all_hold(&layers::check(&packages), "rules of the layers are broken")?;
            Ok(format!("{} crates keep to the layers", packages.len()))
        }
        ["style"] => {
            let repository = Repository::read().context("could not read the repository")?;
            all_hold(&style::check(&repository), "rules of style are broken")?;
            Ok(format!("{} files keep to the rules", repository.len()))
        }
        ["errors"] => generated::settle(&errors::files(), Mode::Write),
        ["errors", "--check"] => generated::settle(&errors::files(), Mode::Check),
        ["ladder"] => generated::settle(&ladder::files(), Mode::Write),
        ["ladder", "--check"] => generated::settle(&ladder::files(), Mode::Check),
        ["bindings"] => generated::settle(&generate::bindings()?, Mode::Write),
        ["bindings", "--check"] => generated::settle(&generate::bindings()?, Mode::Check),
        ["schema"] => generated::settle(&generate::schema()?, Mode::Write),
        ["schema", "--check"] => generated::settle(&generate::schema()?, Mode::Check),
        _ => bail!("{USAGE}"),
    }
}

/// Fails with every broken rule, one a line.
fn all_hold(broken: &[String], heading: &str) -> anyhow::Result<()> {
    if broken.is_empty() {
        return Ok(());
    }
    bail!("{} {heading}:\n  {}", broken.len(), broken.join("\n  "))
}
