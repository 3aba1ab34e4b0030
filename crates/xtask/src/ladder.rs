//! The guide's page of the ladder: what is offered where, and what is refused and why.

use std::fmt::Write as _;

use lastgood_core::ladder::{Deed, Ground, Rung, State, rung};

use crate::generated::Generated;

const HEAD: &str = "\
# What can be done where

<!-- Made by `cargo xtask ladder` from crates/core/src/ladder.rs. -->

The same runbook works on every platform. What a step becomes there, and what is refused because it
would be unsafe or means nothing, is one table in the code; this page is made from it. Whether the
release to go back to is still there is found out at the place itself, and told by the
[preflight](preflight.md).
";

/// The page as it should be.
pub(crate) fn files() -> Vec<Generated> {
    vec![Generated {
        path: "docs/guide/ladder.md".into(),
        text: page(),
        made_by: "cargo xtask ladder",
    }]
}

fn page() -> String {
    let mut text = HEAD.to_owned();
    for ground in Ground::ALL {
        let head = "| Step | While it is | | How, or why not |\n|---|---|---|---|";
        let _ = write!(text, "\n## {}\n\n{head}\n", ground.title());
        for deed in Deed::ALL {
            for (states, rung) in rows(ground, deed) {
                let (word, sentence) = match rung {
                    Rung::Offered(how) => ("offered", how),
                    Rung::Refused(why) => ("refused", why),
                };
                let _ = writeln!(text, "| `{}` | {states} | {word} | {sentence} |", deed.as_str());
            }
        }
    }
    text
}

/// The answers of one deed, each once, with the states that it is for.
fn rows(ground: Ground, deed: Deed) -> Vec<(String, Rung)> {
    let mut rows: Vec<(Vec<&str>, Rung)> = Vec::new();
    for state in State::ALL {
        let answer = rung(ground, deed, state);
        match rows.iter_mut().find(|(_, known)| *known == answer) {
            Some((states, _)) => states.push(state.as_str()),
            None => rows.push((vec![state.as_str()], answer)),
        }
    }
    rows.into_iter()
        .map(|(states, rung)| {
            let all = states.len() == State::ALL.len();
            (if all { "anything".to_owned() } else { states.join(", ") }, rung)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_of_each_deed_stands_in_one_row() {
        for ground in Ground::ALL {
            for deed in Deed::ALL {
                let rows = rows(ground, deed);
                let named: usize = rows.iter().map(|(states, _)| states.split(", ").count()).sum();
                let all = rows.len() == 1 && rows[0].0 == "anything";
                assert!(all || named == State::ALL.len(), "{}: {rows:?}", ground.title());
            }
        }
    }
}
