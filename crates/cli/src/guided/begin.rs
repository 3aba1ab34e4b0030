//! How a person says that a plan is to be run, or what is done instead.

use lastgood_core::effect::Reversibility;
use lastgood_core::mitigation::Way;
use lastgood_core::preflight::Finding;
use lastgood_core::view::PlanView;

use super::answer::key;
use crate::look::{Look, Text};
use crate::page::Page;

/// What must be typed to start `plan`. What cannot be taken back needs the service's
/// own name, which no habit types.
pub(crate) fn word(plan: &PlanView) -> &str {
    let for_good = plan
        .steps
        .iter()
        .any(|step| step.effect.is_some() && step.reversibility == Reversibility::Irreversible);
    if for_good { plan.place.service.as_str() } else { "r" }
}

/// A blocking finding, and what can be done about it here.
pub(crate) fn blocked(look: &Look, finding: &Finding, by_hand: &[(String, String)]) -> String {
    let mut page = Page::new(look);
    page.gap();
    page.hang(0, look.bad("✖ "), look.strong(&finding.subject) + ": " + &finding.sentence);
    if let Some(mend) = &finding.mend {
        page.hang(2, look.attention("→ "), mend);
    }
    page.hang(2, key(look, "o"), Text::from("Override it") + look.quiet("  (asks why)"));
    others(&mut page, look, by_hand);
    page.finish()
}

/// What is said to a line that is neither of two.
pub(crate) fn neither(look: &Look, typed: &str, keys: &str) -> String {
    let mut page = Page::new(look);
    let told = format!("`{typed}` is no answer here; nothing was done. There is: {keys}.");
    page.hang(2, look.attention("? "), told);
    page.finish()
}

/// The question whether to start it.
pub(crate) fn question(look: &Look, plan: &PlanView, by_hand: &[(String, String)]) -> String {
    let mut page = Page::new(look);
    page.gap();
    page.hang(0, look.attention("◇ "), look.strong("Run this plan?"));
    let on = format!(
        "  on {} ({}), {} → {}",
        plan.place, plan.coordinates, plan.from.version, plan.to.version
    );
    page.hang(2, key(look, word(plan)), look.strong("Run the plan") + look.quiet(on));
    others(&mut page, look, by_hand);
    page.line(look.quiet("  Type a key, then Enter. Enter alone does nothing."));
    page.finish()
}

/// What can always be answered besides.
fn others(page: &mut Page, look: &Look, by_hand: &[(String, String)]) {
    for (index, (_, title)) in by_hand.iter().enumerate() {
        let hint = look.quiet("  (by hand; the plan is made again)");
        page.hang(2, key(look, &format!("m{}", index + 1)), Text::from(title.as_str()) + hint);
    }
    let hint = look.quiet("  (asks what instead, and why)");
    page.hang(2, key(look, "d"), Text::from("Do not roll back") + hint);
    page.hang(2, key(look, "q"), Text::from("Leave the plan; nothing has happened"));
}

/// The move that `typed` names, by its number or its name.
pub(crate) fn by_hand<'a>(
    typed: &str,
    by_hand: &'a [(String, String)],
) -> Option<&'a (String, String)> {
    let numbered = typed.strip_prefix('m').and_then(|number| number.parse::<usize>().ok());
    match numbered.and_then(|number| number.checked_sub(1)) {
        Some(index) => by_hand.get(index),
        None => by_hand.iter().find(|(id, _)| id == typed),
    }
}

/// Every key that is an answer, in words.
pub(crate) fn keys(word: &str, by_hand: &[(String, String)]) -> String {
    let mut keys = vec![word.to_owned()];
    keys.extend((1..=by_hand.len()).map(|number| format!("m{number}")));
    keys.extend(["d".to_owned(), "q".to_owned()]);
    keys.join(", ")
}

/// What can be done instead of a rollback, in the order of its number.
const INSTEAD: [Way; 4] = [Way::FlagOff, Way::ShiftTraffic, Way::RollForward, Way::Wait];

/// The question what is done instead.
pub(crate) fn ways(look: &Look) -> String {
    let mut page = Page::new(look);
    page.gap();
    page.hang(0, look.attention("◇ "), look.strong("What do you do instead?"));
    for (index, way) in INSTEAD.iter().enumerate() {
        page.hang(2, key(look, &(index + 1).to_string()), Text::from(way.title()));
    }
    page.hang(2, key(look, "q"), Text::from("Leave the plan; nothing has happened"));
    page.finish()
}

/// The way that `typed` names.
pub(crate) fn way(typed: &str) -> Option<Way> {
    let index = typed.parse::<usize>().ok()?.checked_sub(1)?;
    INSTEAD.get(index).copied()
}
