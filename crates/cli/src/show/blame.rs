//! Which change caused it: the answer first, then every suspect with its numbers.

use lastgood_core::blame::{Blame, BlameVerdict, ChangeKind, Suspect};

use crate::look::Look;
use crate::page::Page;
use crate::times::stamp;

/// How many suspects are told in full.
const TOLD: usize = 6;

/// The answer and what it rests on.
pub(crate) fn blame(look: &Look, found: &Blame) -> String {
    let mut page = Page::new(look);
    let mark = match found.verdict {
        BlameVerdict::Culprit => look.bad("▲ "),
        BlameVerdict::Suspected => look.attention("◈ "),
        BlameVerdict::NoneExplains => look.quiet("○ "),
        BlameVerdict::NotInBreach => look.good("✔ "),
    };
    page.hang(0, mark, look.strong(&found.sentence));
    for suspect in found.suspects.iter().take(TOLD) {
        page.gap();
        one(&mut page, look, suspect);
    }
    let more = found.suspects.len().saturating_sub(TOLD);
    if more > 0 {
        page.gap();
        page.line(look.quiet(format!("and {more} more, each with its numbers in --json")));
    }
    if !found.doubts.is_empty() {
        page.heading("Not looked at");
    }
    for doubt in &found.doubts {
        page.hang(2, look.attention("◌ "), doubt);
    }
    page.finish()
}

fn one(page: &mut Page<'_>, look: &Look, suspect: &Suspect) {
    let kind = match suspect.kind {
        ChangeKind::Deploy => "deploy",
        ChangeKind::Configuration => "configuration",
        ChangeKind::Flag => "flag",
        ChangeKind::Migration => "migration",
    };
    let head = look.strong(&suspect.name)
        + look.quiet(format!("  {kind}, began {}", stamp(look, suspect.began)));
    match &suspect.veto {
        Some(why) => {
            page.hang(0, look.quiet("  ruled out  "), head);
            page.field(4, "because", why);
        }
        None => page.hang(0, format!("  {:.3}  ", suspect.score), head),
    }
    for term in &suspect.terms {
        let adds = match term.value {
            Some(value) => format!("{:+.3}  ", value * term.weight).into(),
            None => look.attention("  ?     "),
        };
        page.field(4, &term.name, adds + &term.sentence);
    }
    let e = suspect.e_ratio.map_or_else(
        || look.attention("new and old instances could not be compared"),
        |e| format!("E = {e:.1}; 20 is evidence that new instances are worse than old ones").into(),
    );
    page.field(4, "chance", e);
}
