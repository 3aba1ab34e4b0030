//! Recent deploys, one block each: the first line to find it by, the rest to know it.

use lastgood_core::view::{DeployRow, ReleasesView, RunningView};

use super::NOT_RECORDED;
use super::release::{cost, flags, outcome, rollback, standing};
use crate::look::{Look, Text};
use crate::page::Page;
use crate::times::{minute, stamp, zone};

/// From here on the first line has room for all of its columns.
const WIDE: usize = 88;

/// What runs, and recent deploys with everything that is recorded about them.
pub(crate) fn releases(look: &Look, view: &ReleasesView) -> String {
    let mut page = Page::new(look);
    page.line(look.strong("What runs") + look.quiet(format!(" at {}", stamp(look, view.at))));
    for running in &view.running {
        place(&mut page, look, running);
    }
    for doubt in &view.doubts {
        page.hang(2, look.attention("◌ "), doubt);
    }
    page.gap();
    page.line(
        look.strong("Recent deploys")
            + look.quiet(format!(", newest first; {}", zone(look, view.at))),
    );
    if view.deploys.is_empty() {
        page.at(2, "None is known.");
    }
    let widths = Widths::of(&view.deploys);
    for row in &view.deploys {
        deploy(&mut page, look, &widths, row);
    }
    if view.more {
        page.gap();
        page.line(look.quiet("There are older ones; --limit N shows more."));
    }
    page.finish()
}

fn place(page: &mut Page<'_>, look: &Look, running: &RunningView) {
    let sentence = match &running.sentence {
        Some(sentence) => Text::from(sentence),
        None => look.attention("not known"),
    };
    page.hang(2, "", look.strong(running.place.to_string()) + ": " + sentence);
    let owner = running.owner.as_deref().unwrap_or(NOT_RECORDED);
    let escalation = running.escalation.as_deref().unwrap_or(NOT_RECORDED);
    page.at(4, look.quiet(format!("owner: {owner}; escalation: {escalation}")));
    for link in &running.dashboards {
        page.at(4, look.quiet(format!("{}: {}", link.title, link.url)));
    }
}

/// The columns of the first line, as wide as what stands in them.
struct Widths {
    place: usize,
    version: usize,
    standing: usize,
    outcome: usize,
}

impl Widths {
    fn of(rows: &[DeployRow]) -> Self {
        let widest = |text: &dyn Fn(&DeployRow) -> String| {
            rows.iter().map(|row| Text::from(text(row)).columns()).max().unwrap_or(0)
        };
        let plain = Look { width: WIDE, paint: false, zone: jiff::tz::TimeZone::UTC };
        Self {
            place: widest(&|row| row.place.to_string()),
            version: widest(&|row| row.release.version.clone()),
            standing: widest(&|row| standing(&plain, row.standing).as_str().to_owned()),
            outcome: widest(&|row| outcome(row.outcome).to_owned()),
        }
    }
}

fn deploy(page: &mut Page<'_>, look: &Look, widths: &Widths, row: &DeployRow) {
    let front = if row.suspect {
        look.attention("◈ ")
    } else if row.running {
        look.good("● ")
    } else {
        look.quiet("○ ")
    };
    let when = Text::from(minute(look, row.at)) + "  ";
    let what = Text::from(row.place.to_string()).pad(widths.place)
        + "  "
        + look.strong(&row.release.version).pad(widths.version);
    let how = standing(look, row.standing).pad(widths.standing)
        + "  "
        + Text::from(outcome(row.outcome)).pad(widths.outcome);
    let who = Text::from(format!("by: {}", row.actor.as_deref().unwrap_or(NOT_RECORDED)));
    page.gap();
    if look.width >= WIDE {
        page.hang(0, front, when + what + "  " + how + "  " + who);
    } else {
        page.hang(0, front, when + what);
        page.at(2, how + "  " + who);
    }
    let suspect = if row.suspect { look.attention("suspect: ") } else { Text::default() };
    page.at(4, suspect + &row.evidence);
    if let Some(lock) = &row.lock {
        page.at(4, look.bad("locked out") + format!(" by {}: {}", lock.by, lock.reason));
    }
    let release = &row.release;
    let said = |name: &str, value: Option<String>| {
        format!("{name} {}", value.unwrap_or_else(|| NOT_RECORDED.to_owned()))
    };
    page.field(4, "changes", said("", release.changelog.clone()).trim_start());
    page.field(
        4,
        "built",
        format!(
            "{}; {}; artifact {}",
            said("commit", release.commit.clone()),
            said("digest", release.digest.clone()),
            release.artifact
        ),
    );
    page.field(
        4,
        "carries",
        format!(
            "{}; {}; strategy {}; {}",
            said("schema", release.schema_version.clone()),
            said("flags", flags(release)),
            row.strategy.as_str(),
            said("cost", cost(release))
        ),
    );
    page.field(4, "way back", said("", rollback(release)).trim_start());
}

#[cfg(test)]
mod tests;
