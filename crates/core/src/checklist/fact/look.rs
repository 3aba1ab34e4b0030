//! Where each fact is looked for.

use jiff::Timestamp;

use super::{CHANGELOGS, Holds, Known, KnownRunbook, Recent};
use crate::catalog::{Place, Strategy};
use crate::checklist::in_words;
use crate::recorded::Recorded;
use crate::release::Release;
use crate::runbook::{Act, Runbook, Work};
use crate::time::Millis;

/// Whether it holds, why that is said, and where it was seen.
pub(super) type Said = (Holds, String, String);

/// The way to a key of the place in the catalog.
fn key(known: &Known<'_>, key: &str) -> String {
    let Place { service, environment } = known.place;
    format!("catalog, services.{service}.environments.{environment}.{key}")
}

/// A list that has something in it or has nothing.
pub(super) fn listed(names: &[String], at: &str, none: &str, known: &Known<'_>) -> Said {
    let names = Some(names.join(", ")).filter(|names| !names.is_empty());
    there(names, at, none, known)
}

/// Something that the catalog says or does not say of the place.
pub(super) fn there(value: Option<String>, at: &str, none: &str, known: &Known<'_>) -> Said {
    let seen = key(known, at);
    match value {
        Some(value) => (Holds::Yes, value, seen),
        None => (Holds::No, none.to_owned(), seen),
    }
}

/// Something that the catalog says or does not say of the service.
pub(super) fn named(at: &str, none: &str, value: &Recorded<String>, known: &Known<'_>) -> Said {
    let seen = format!("catalog, services.{}.{at}", known.place.service);
    match value.as_option().map(|value| value.trim()).filter(|value| !value.is_empty()) {
        Some(value) => (Holds::Yes, value.to_owned(), seen),
        None => (Holds::No, none.to_owned(), seen),
    }
}

pub(super) fn staged(known: &Known<'_>) -> Said {
    let seen = key(known, "strategy");
    match known.environment.strategy {
        Strategy::Canary => {
            (Holds::Yes, "canary: a share of the traffic meets a release first".to_owned(), seen)
        }
        Strategy::BlueGreen => (Holds::No, "blue-green moves all traffic at once".to_owned(), seen),
        Strategy::Rolling => (
            Holds::No,
            "rolling goes on by itself until every replica is replaced".to_owned(),
            seen,
        ),
    }
}

pub(super) fn rehearsed(known: &Known<'_>, limit: Millis) -> Said {
    let journal = || "the journal of this machine".to_owned();
    let rehearsal = match &known.rehearsal {
        Ok(Some(rehearsal)) => rehearsal,
        Ok(None) => {
            let none = "the catalog proposes no runbook, so none is known to be rehearsed";
            return (Holds::Unknown, none.to_owned(), key(known, "runbook"));
        }
        Err(why) => return (Holds::Unknown, why.clone(), journal()),
    };
    let sentence = rehearsal.sentence.clone();
    let Some(last) = &rehearsal.last else { return (Holds::Unknown, sentence, journal()) };
    let seen = format!("{}, run {}", journal(), last.run);
    let limit = known.environment.rehearse_every.unwrap_or(limit);
    let at = Timestamp::from_millisecond(last.at.0).unwrap_or(Timestamp::MIN);
    if Millis::between(at, known.now) > limit {
        let late = format!("{sentence}, and that holds for {}", in_words(limit));
        return (Holds::Unknown, late, seen);
    }
    let holds = if rehearsal.changed { Holds::Unknown } else { Holds::Yes };
    (holds, sentence, seen)
}

/// Whether following it brings a release back: one that turns a flag off is no rollback.
fn restores(runbook: &Runbook) -> bool {
    let act = |work: &Work| matches!(work, Work::Act { act: Act::Restore { .. }, .. });
    runbook.steps.iter().any(|step| act(&step.work))
}

pub(super) fn runbook(known: &Known<'_>) -> Said {
    let environment = known.environment;
    if let Some(name) = &environment.runbook {
        let found = known.runbooks.iter().find(|one| one.runbook.name == *name);
        return found.map_or_else(
            || {
                let none = format!("the proposed runbook {name} could not be read");
                (Holds::Unknown, none, key(known, "runbook"))
            },
            |one| clean(one, "is proposed here"),
        );
    }
    let (platform, strategy) = (environment.platform.kind(), environment.strategy);
    let fitting = known
        .runbooks
        .iter()
        .filter(|one| one.runbook.is_for(platform, strategy) && restores(one.runbook));
    fitting.min_by_key(|one| one.advice).map_or_else(
        || {
            let (platform, strategy) = (platform.as_str(), strategy.as_str());
            let none = format!("no runbook fits {platform} with {strategy}");
            (Holds::No, none, "runbooks of the workspace".to_owned())
        },
        |one| clean(one, "fits, and the catalog does not propose it"),
    )
}

fn clean(one: &KnownRunbook<'_>, how: &str) -> Said {
    let name = &one.runbook.name;
    let seen = one.file.to_owned();
    match one.advice {
        0 => (Holds::Yes, format!("{name} {how}; lint has nothing to say"), seen),
        1 => (Holds::No, format!("{name} {how}; lint has a piece of advice"), seen),
        many => (Holds::No, format!("{name} {how}; lint has {many} pieces of advice"), seen),
    }
}

pub(super) fn metadata(recent: &Recent<'_>) -> Said {
    let (releases, doubts) = match recent {
        Recent::Found { releases, doubts } => (releases, doubts),
        Recent::NotKnown(why) => return (Holds::Unknown, why.clone(), "recent deploys".to_owned()),
    };
    let all = releases.len();
    let seen = format!("the last {all} deploys");
    if all == 0 {
        let none = "no deploy is known yet".to_owned();
        return (Holds::Unknown, none, "recent deploys".to_owned());
    }
    let count = |has: fn(&Release) -> bool| releases.iter().filter(|one| has(one)).count();
    let commits = count(|one| one.commit.as_option().is_some());
    let digests = count(|one| one.digest.as_option().is_some());
    let changes = count(|one| one.changelog.as_option().is_some());
    let told = format!(
        "of {all} deploys {commits} carry a commit, {digests} a digest, {changes} a changelog"
    );
    if commits < all || digests < all || changes * 100 < all * CHANGELOGS {
        return (Holds::No, told, seen);
    }
    if let Some(doubt) = doubts.first() {
        return (Holds::Unknown, format!("{told}; {doubt}"), seen);
    }
    (Holds::Yes, told, seen)
}
