//! The release to go back to: the best three, and why each other one is not.

use lastgood_core::preflight::Grade;
use lastgood_core::release::ORDER;
use lastgood_core::view::{CandidateView, ReleaseDetail};

use super::release::standing;
use crate::look::{Look, Text};
use crate::page::Page;

/// How many are told in full.
const TOP: usize = 3;

/// How many of the rejected are named; the rest is counted.
const REJECTED: usize = 12;

/// The proposal with its evidence and gates.
pub(crate) fn target(look: &Look, detail: &ReleaseDetail) -> String {
    let mut page = Page::new(look);
    let place = &detail.deploy.place;
    page.line(look.strong(format!("{place}: where to go back to")));
    page.field(2, "runs now", &detail.running);
    if detail.target.is_none() {
        page.hang(2, look.bad("✖ "), look.strong("nothing is proposed"));
        page.field(4, "why", &detail.because);
    }
    let (offered, rejected): (Vec<_>, Vec<_>) =
        detail.candidates.iter().partition(|candidate| candidate.offered);
    for (index, candidate) in offered.iter().take(TOP).enumerate() {
        let is_target = detail.target.as_ref() == Some(&candidate.release.id);
        offer(&mut page, look, index + 1, candidate, is_target);
        if is_target && let Some(ahead) = &detail.ahead {
            page.field(5, "chosen", ahead);
        }
    }
    if offered.len() > TOP {
        page.at(2, look.quiet(format!("and {} more that are possible", offered.len() - TOP)));
    }
    if offered.len() > 1 {
        page.field(2, "order", look.quiet(ORDER));
    }
    if let Some(schema) = &detail.schema {
        page.field(2, "schema", look.attention(schema));
    }
    if !rejected.is_empty() {
        page.heading("Not these");
    }
    for candidate in rejected.iter().take(REJECTED) {
        let why: Vec<&str> = candidate.objections.iter().map(|one| one.why.as_str()).collect();
        let text = look.strong(&candidate.release.version) + "  " + why.join("; ");
        page.hang(2, look.bad("✖ "), text);
    }
    let told = offered.len() + rejected.len().min(REJECTED);
    if detail.considered > told {
        let more = detail.considered - told;
        page.at(2, look.quiet(format!("and {more} more, each with its reasons in --json")));
    }
    page.finish()
}

fn offer(page: &mut Page<'_>, look: &Look, rank: usize, one: &CandidateView, is_target: bool) {
    let front = if is_target { look.good("● ") } else { look.quiet("○ ") };
    let proposed: Text = if is_target { " is proposed".into() } else { "".into() };
    let head = look.strong(format!("{rank} {}", one.release.version)) + proposed + "  ";
    page.hang(2, front, head + standing(look, one.standing));
    page.field(5, "why", &one.evidence);
    let of = |grade: Grade| one.gates.iter().filter(move |row| row.grade == grade);
    page.field(5, "gates", format!("{} of {} passed", of(Grade::Pass).count(), one.gates.len()));
    for row in of(Grade::Warn) {
        page.field(5, "but", look.attention(&row.title) + ": " + &row.why);
    }
    let unknown: Vec<&str> = of(Grade::Unknown).map(|row| row.title.as_str()).collect();
    if !unknown.is_empty() {
        page.field(5, "unknown", look.attention(unknown.join(", ")));
    }
    if !one.undoes.is_empty() {
        page.field(5, "undoes", one.undoes.join(", "));
    }
}
