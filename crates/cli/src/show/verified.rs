//! Whether the journal holds.

use lastgood_api::Verified;

use crate::look::Look;
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
            let name = look.strong(run.run.as_str());
            page.hang(0, look.bad("✖ broken  "), name + format!("  {}", problem.chain.join(": ")));
            if let Some(hint) = &problem.hint {
                page.hang(10, look.attention("→ "), hint);
            }
        }
    }
    if found.imported > 0 {
        let says = match found.imported {
            1 => "1 imported record, as it came".to_owned(),
            number => format!("{number} imported records, as they came"),
        };
        page.hang(0, look.good("● holds   "), says);
    }
    if let Some(problem) = &found.imported_problem {
        page.hang(0, look.bad("✖ broken  "), problem.chain.join(": "));
        if let Some(hint) = &problem.hint {
            page.hang(10, look.attention("→ "), hint);
        }
    }
    if found.runs.is_empty() {
        page.line("There is no run in it.");
    }
    page.finish()
}
