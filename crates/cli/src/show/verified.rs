//! Whether the journal holds.

use lastgood_api::{ChainKind, Verified, VerifiedChain};
use lastgood_core::problem::Problem;

use crate::look::{Look, Text};
use crate::page::Page;

/// One line for each run that was looked at.
pub(crate) fn verified(look: &Look, found: &Verified) -> String {
    let mut page = Page::new(look);
    page.line(look.quiet(&found.journal));
    for run in &found.runs {
        if let Some(head) = &run.head {
            let name = look.strong(run.run.as_str());
            page.hang(
                0,
                look.good("● holds   "),
                name + format!("  {} entries, head {}", head.seq, head.hash),
            );
        }
        if let Some(problem) = &run.problem {
            broken(look, &mut page, look.strong(run.run.as_str()) + "  ", problem);
        }
    }
    for chain in &found.beside {
        beside(look, &mut page, chain);
    }
    if found.imported > 0 {
        let says = match found.imported {
            1 => "1 imported record, as it came".to_owned(),
            number => format!("{number} imported records, as they came"),
        };
        page.hang(0, look.good("● holds   "), says);
    }
    if let Some(problem) = &found.imported_problem {
        broken(look, &mut page, Text::from(""), problem);
    }
    if found.runs.is_empty() {
        page.line("There is no run in it.");
    }
    page.finish()
}

/// One chain that is not a run's.
fn beside(look: &Look, page: &mut Page, chain: &VerifiedChain) {
    let (one, many) = match chain.kind {
        ChainKind::Remarks => ("remark about releases", "remarks about releases"),
        ChainKind::Answers => ("answer to checklists", "answers to checklists"),
    };
    if let Some(problem) = &chain.problem {
        return broken(look, page, Text::from(many) + ": ", problem);
    }
    let noun = if chain.lines == 1 { one } else { many };
    let says = format!("{} {noun} of {}", chain.lines, chain.of);
    page.hang(0, look.good("● holds   "), says);
}

/// What does not hold, and what to do about it.
fn broken(look: &Look, page: &mut Page, what: Text, problem: &Problem) {
    page.hang(0, look.bad("✖ broken  "), what + problem.chain.join(": "));
    if let Some(hint) = &problem.hint {
        page.hang(10, look.attention("→ "), hint);
    }
}
