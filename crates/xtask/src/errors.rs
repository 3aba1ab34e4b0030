//! The index of `docs/errors/`: one line for each code that a person can meet.
//!
//! The pages themselves are written by hand; [`crate::style`] holds them to the list.

use std::fmt::Write as _;

use lastgood_core::problem::{Code, Family};

use crate::generated::Generated;

const HEAD: &str = "\
# Error codes

<!-- Made by `cargo xtask errors` from crates/core/src/problem.rs. -->

Lastgood names every problem with a code. Codes are never renamed or used again, so they can be
searched for and scripted against. A problem is printed with its causes and a hint; the page of
its code says what else can be done.
";

/// The families in the order of the index, each with its heading.
const FAMILIES: [(Family, &str); 4] = [
    (Family::Given, "What was given is wrong"),
    (Family::Refused, "That cannot be done now"),
    (Family::World, "The outside world refused, or did not answer"),
    (Family::Ours, "Lastgood or its machine is broken"),
];

/// The index as it should be.
pub(crate) fn files() -> Vec<Generated> {
    vec![Generated {
        path: "docs/errors/README.md".into(),
        text: index(Code::ALL),
        made_by: "cargo xtask errors",
    }]
}

fn index(codes: &[Code]) -> String {
    let mut text = HEAD.to_owned();
    for (family, heading) in FAMILIES {
        let _ = write!(text, "\n## {heading}\n\n| Code | Meaning |\n|---|---|\n");
        for code in codes.iter().filter(|code| code.family() == family) {
            let name = code.as_str();
            let _ = writeln!(text, "| [`{name}`]({name}.md) | {} |", code.summary());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_the_index_once() {
        let index = index(Code::ALL);
        for code in Code::ALL {
            let link = format!("]({}.md)", code.as_str());
            assert_eq!(index.matches(&link).count(), 1, "`{}` has one line", code.as_str());
        }
    }

    #[test]
    fn a_code_stands_under_the_heading_of_its_family() {
        let index = index(&[Code::JournalBroken]);
        let line = index.find("journal-broken").expect("the code is in the index");
        let heading = index.find("Lastgood or its machine").expect("the heading is always there");
        assert!(heading < line, "the journal is ours, so its line comes under our heading");
    }
}
