//! A problem: heading, chain, hint.

use lastgood_core::problem::Problem;

use crate::look::Look;
use crate::page::Page;

/// What happened, what lies behind it, what to do.
pub(crate) fn problem(look: &Look, problem: &Problem) -> String {
    let mut page = Page::new(look);
    let mut sentences = problem.chain.iter();
    let first = sentences.next().map(|first| capital(first)).unwrap_or_default();
    page.hang(0, look.bad("✖ "), look.strong(first));
    for sentence in sentences {
        page.hang(2, look.quiet("· "), sentence);
    }
    if let Some(hint) = &problem.hint {
        page.hang(2, look.attention("→ "), hint);
    }
    let code = problem.code.as_str();
    page.at(2, look.quiet(format!("{code}; `lastgood errors {code}` explains it")));
    page.finish()
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use lastgood_core::problem::Code;

    use super::*;

    #[test]
    fn a_problem_says_what_happened_why_and_what_to_do() {
        let mut given = Problem::new(Code::Unreachable, "what runs now could not be looked up")
            .hint("Check the network.");
        given.chain.push("kubernetes does not answer: timed out".to_owned());
        insta::assert_snapshot!(problem(&Look::plain(), &given), @r"
        ✖ What runs now could not be looked up
          · kubernetes does not answer: timed out
          → Check the network.
          unreachable; `lastgood errors unreachable` explains it
        ");
    }
}
