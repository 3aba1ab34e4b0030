//! Drills: the list, the briefing, and how one went.

use lastgood_api::Rehearsed;
use lastgood_api::wire::{DrillView, ScenarioView};

use crate::look::Look;
use crate::page::Page;
use crate::times::stamp;

/// Every scenario, with what it rehearses.
pub(crate) fn scenarios(look: &Look, scenarios: &[ScenarioView]) -> String {
    let mut page = Page::new(look);
    for (index, scenario) in scenarios.iter().enumerate() {
        if index > 0 {
            page.gap();
        }
        page.line(look.strong(scenario.name.as_str()) + format!("  {}", scenario.title));
        page.at(2, &scenario.summary);
        let last = scenario.last_done.map_or_else(|| "never".to_owned(), |at| stamp(look, at));
        page.at(
            2,
            look.quiet(format!(
                "{}; runbook {}; about {} min; last done: {last}",
                scenario.place, scenario.runbook, scenario.minutes
            )),
        );
    }
    page.finish()
}

/// That what is shown is a drill, and whether anything real is touched by it: the scenario
/// of one in the practice world, what is rehearsed by one on a real system.
pub(super) fn mark(page: &mut Page<'_>, look: &Look, scenario: Option<&str>, real: Option<&str>) {
    let (what, reach) = match (scenario, real) {
        (Some(scenario), _) => (scenario, "simulated, nothing real is touched"),
        (None, Some(why)) => (why, "on the real system, and what it does there is real"),
        (None, None) => return,
    };
    page.hang(2, look.attention("DRILL "), format!("{what}: {reach}"));
}

/// What a person is told when a drill begins.
pub(crate) fn briefing(look: &Look, drill: &DrillView, summary: &str) -> String {
    let mut page = Page::new(look);
    page.hang(0, look.attention("DRILL "), look.strong(&drill.title));
    page.at(2, summary);
    let speed = drill.speed.map_or_else(
        || "as fast as it goes".to_owned(),
        |speed| format!("{speed} s of the practice world in one second"),
    );
    page.at(2, look.quiet(format!("seed {}; {speed}; nothing real is touched", drill.seed)));
    page.finish()
}

/// Something was done by hand, outside of Lastgood.
pub(crate) fn moved(look: &Look, title: &str) -> String {
    let mut page = Page::new(look);
    page.hang(0, look.attention("● "), look.strong("Done by hand: ") + title);
    page.finish()
}

/// How a drill went by its own rule, and what was really the matter.
pub(crate) fn scored(look: &Look, rehearsed: &Rehearsed) -> String {
    let mut page = Page::new(look);
    let front = if rehearsed.met { look.good("● ") } else { look.bad("✖ ") };
    page.gap();
    page.hang(
        0,
        front,
        look.strong(if rehearsed.met { "Drill passed" } else { "Drill not passed" })
            + ": "
            + &rehearsed.sentence,
    );
    page.hang(2, look.quiet("The truth: "), &rehearsed.truth);
    page.finish()
}
