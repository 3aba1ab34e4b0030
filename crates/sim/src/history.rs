//! The past of a practice service: weeks of deploys, most of them good, made from the
//! seed. Some failed, some were rolled back and some are badly documented, so that a
//! choice has something to reject.

mod release;
mod words;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lastgood_core::catalog::{Environment, Place, Strategy};
use lastgood_core::drill::Behaviour;
use lastgood_core::recorded::Recorded;
use lastgood_core::release::{Deploy, DeployOutcome, Reach, Release};
use lastgood_core::time::{Millis, earlier, later};

use crate::chance::{Stream, text};

pub(crate) use release::{Told, id, scripted};

/// The fewest deploys that all places have together.
const DEPLOYS: usize = 60;

/// The fewest regular deploys that one place has.
const DEPLOYS_EACH: usize = 20;

/// The images of so many of the oldest releases were deleted to save space.
const DELETED: usize = 4;

/// The longest bake that the past takes into account: beyond two days the history would
/// reach back for months.
const LONGEST_BAKE: Millis = Millis(48 * 3_600_000);

const HOUR: u64 = 3_600;

/// Nothing was deployed over the last two days: the drill begins on a Monday morning, and
/// a version of that day is free for the scenario.
const WEEKEND: Millis = Millis::seconds(41 * HOUR);

/// A release that the practice world knows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Known {
    pub(crate) release: Release,
    pub(crate) behaviour: Behaviour,
    /// Whether its image can no longer be pulled.
    pub(crate) deleted: bool,
}

/// What happened in one place before the drill.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Past {
    /// Oldest first.
    pub(crate) deploys: Vec<Deploy>,
    /// Every release of them.
    pub(crate) releases: Vec<Known>,
}

/// What becomes of a deploy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Good,
    RolledBack,
    Failed,
}

/// Makes the past of `place` up to `origin`, in a world of `places` places.
pub(crate) fn past(
    seed: u64,
    place: &Place,
    environment: &Environment,
    origin: Timestamp,
    places: usize,
) -> Past {
    let mut chance = Stream::new(&[seed, text("history"), text(&place.to_string())]);
    let count = DEPLOYS.div_ceil(places.max(1)).max(DEPLOYS_EACH);
    let fates = fates(count, &mut chance);
    let begun = begun(count, environment.bake.time, origin, &mut chance);
    let of_releases = Stream::new(&[seed, text("releases"), text(&place.to_string())]);
    let mut maker = release::Maker::new(place.clone(), of_releases);
    let mut past = Past { deploys: Vec::new(), releases: Vec::new() };
    let mut serving: Option<Release> = None;
    for (index, (fate, at)) in fates.into_iter().zip(begun).enumerate() {
        let from_end = count - 1 - index;
        let release = maker.release(&version(&past, at), care(from_end));
        let deploy = |release: &Release, at, lasted, outcome, actor| Deploy {
            place: place.clone(),
            release: release.clone(),
            strategy: environment.strategy,
            at,
            ended_at: Some(later(at, lasted)),
            actor: Recorded::Recorded(actor),
            outcome,
            reach: Reach::default(),
        };
        let lasted = duration(environment.strategy, &mut chance);
        let outcome = match fate {
            Fate::Good => DeployOutcome::Completed,
            Fate::RolledBack => DeployOutcome::RolledBack,
            Fate::Failed => DeployOutcome::Failed,
        };
        past.deploys.push(deploy(&release, at, lasted, outcome, words::actor(&mut chance)));
        past.releases.push(Known {
            release: release.clone(),
            behaviour: behaviour(fate, &mut chance),
            deleted: index < DELETED,
        });
        match (fate, &serving) {
            (Fate::Good, _) => serving = Some(release),
            (Fate::RolledBack, Some(good)) => {
                let noticed = Millis::seconds(lasted.0 / 1_000 + chance.between(700, 2_900));
                let back = duration(environment.strategy, &mut chance);
                past.deploys.push(deploy(
                    good,
                    later(at, noticed),
                    back,
                    DeployOutcome::Completed,
                    words::person(&mut chance),
                ));
            }
            (Fate::RolledBack | Fate::Failed, _) => {}
        }
    }
    past
}

/// What becomes of each deploy, oldest first. The newest is good, and shortly before it
/// lies one that was rolled back: the trap for a tool that takes "the one before".
fn fates(count: usize, chance: &mut Stream) -> Vec<Fate> {
    let mut fates = vec![Fate::Good; count];
    let mut set = |from_end: u64, fate| {
        let index = usize::try_from(from_end).ok().and_then(|n| (count - 1).checked_sub(n));
        if let Some(slot) = index.and_then(|index| fates.get_mut(index)) {
            *slot = fate;
        }
    };
    set(chance.between(1, 2), Fate::RolledBack);
    set(chance.between(5, 6), Fate::Failed);
    set(chance.between(9, 11), Fate::RolledBack);
    set(chance.between(14, 16), Fate::Failed);
    fates
}

/// When each deploy began, oldest first: far enough apart that each could bake.
fn begun(count: usize, bake: Millis, origin: Timestamp, chance: &mut Stream) -> Vec<Timestamp> {
    let least = (6 * HOUR).max(bake.min(LONGEST_BAKE).0 / 1_000 * 5 / 4);
    let mut at = earlier(origin, WEEKEND);
    let mut begun: Vec<Timestamp> = (0..count)
        .map(|_| {
            at = earlier(at, Millis::seconds(least + HOUR + chance.below(16 * HOUR)));
            at
        })
        .collect();
    begun.reverse();
    begun
}

/// The calendar version of a deploy at `at`; the second of a day gets a number.
fn version(past: &Past, at: Timestamp) -> String {
    let day = at.to_zoned(TimeZone::UTC).date();
    let base = format!("{}.{}.{}", day.year(), day.month(), day.day());
    let same = |known: &&Known| {
        known.release.version == base || known.release.version.starts_with(&format!("{base}-"))
    };
    match past.releases.iter().filter(same).count() {
        0 => base,
        more => format!("{base}-{}", more + 1),
    }
}

/// How well the release so many deploys before the newest was documented.
const fn care(from_end: usize) -> release::Care {
    match from_end {
        // What serves, and what a first rollback leads to, should be beyond reproach.
        0..=3 => release::Care::Full,
        4 | 8 => release::Care::Partly,
        12 => release::Care::Hardly,
        _ => release::Care::Usual,
    }
}

fn duration(strategy: Strategy, chance: &mut Stream) -> Millis {
    Millis::seconds(match strategy {
        Strategy::Rolling => chance.between(60, 120),
        Strategy::BlueGreen => chance.between(620, 680),
        Strategy::Canary => chance.between(570, 640),
    })
}

fn behaviour(fate: Fate, chance: &mut Stream) -> Behaviour {
    let latency = Millis(chance.between(60, 95));
    match fate {
        Fate::Good => {
            Behaviour { error_rate: chance.share(0.000_05, 0.000_3), latency, becomes_ready: true }
        }
        Fate::RolledBack => Behaviour {
            error_rate: chance.share(0.03, 0.12),
            latency: Millis(latency.0 * 3),
            becomes_ready: true,
        },
        Fate::Failed => Behaviour { error_rate: 0.5, latency, becomes_ready: false },
    }
}

#[cfg(test)]
mod tests;
