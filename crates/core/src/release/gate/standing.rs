//! Gates about how a release fared here.

use super::{Answer, Case, Gate};
use crate::judge::percent;
use crate::release::history::spoken;
use crate::release::{Saying, Standing};
use crate::time::Millis;

/// An incident counts against a release from this share of the blame on.
const BLAMED: f64 = 0.5;

/// A release that never had half of the traffic has not been tried by it.
const ENOUGH_SHARE: f64 = 0.5;

/// So much time with all of the traffic tries a release however few requests there were.
const ENOUGH_ALONE: Millis = Millis::minutes(60);

/// An upper bound of twice the budget still counts as kept: tighter would reject every
/// release of a service with few requests.
const BUDGETS: f64 = 2.0;

/// Where the test against the objective says that it was broken (one chance in twenty).
const E_BROKEN: f64 = 20.0;

pub(super) fn not_serving(case: &Case<'_>) -> Answer {
    if case.serving == Some(&case.release.id) {
        Answer::block(Gate::NotServing, "it is what runs now")
    } else {
        Answer::pass(Gate::NotServing, "something else runs now")
    }
}

pub(super) fn not_locked(case: &Case<'_>) -> Answer {
    let Some(lock) = case.mark.lock else {
        return match case.mark.unclear {
            Some(why) => Answer::unknown(
                Gate::NotLocked,
                format!("whether somebody locked it out is not known: {why}"),
            ),
            None => Answer::pass(Gate::NotLocked, "nobody locked it out"),
        };
    };
    let why = match &lock.says {
        Saying::Locked { reason, .. } => format!("{} locked it out: {reason}", lock.by),
        Saying::MarkedGood { .. }
        | Saying::MarkedFaulty { .. }
        | Saying::Unmarked { .. }
        | Saying::RolledBack { .. }
        | Saying::Culprit { .. }
        | Saying::Verified { .. }
        | Saying::LockLifted { .. }
        | Saying::Unknown => format!("{} locked it out", lock.by),
    };
    Answer::block(Gate::NotLocked, why)
}

/// G1.
pub(super) fn completed(case: &Case<'_>) -> Answer {
    let evidence = case.evidence;
    let baked = evidence.served >= case.bake.time && evidence.served > Millis(0);
    match evidence.standing {
        Standing::Good | Standing::Serving | Standing::RolledBack => {
            Answer::pass(Gate::Completed, "its rollout completed here")
        }
        // A rollout that failed after the release had proven itself here says more about
        // the rollout than about the release.
        Standing::Faulty if baked => {
            Answer::warn(Gate::Completed, "it served here before, and its last rollout failed")
        }
        Standing::Faulty => Answer::block(Gate::Completed, "its rollout failed here"),
        Standing::Soaking | Standing::Unknown if baked => {
            Answer::warn(Gate::Completed, format!("it {}", evidence.sentence))
        }
        Standing::Soaking | Standing::Unknown if evidence.served > Millis(0) => {
            Answer::pass(Gate::Completed, "its rollout completed here")
        }
        Standing::Soaking | Standing::Unknown => {
            Answer::unknown(Gate::Completed, "whether its rollout ever completed is not recorded")
        }
    }
}

/// G2.
pub(super) fn not_blamed(case: &Case<'_>) -> Answer {
    if let Some(faulty) = case.mark.faulty {
        return Answer::block(Gate::NotRolledBack, said(faulty, "marked it faulty"));
    }
    let culprit = case.facts.into_iter().flat_map(|facts| &facts.incidents).find(|incident| {
        let since = case.evidence.deployed_at.is_none_or(|deployed| incident.at >= deployed);
        since && incident.blame.as_option().is_some_and(|blame| *blame >= BLAMED)
    });
    let against = match (case.evidence.standing, culprit) {
        (Standing::RolledBack, _) => Some(format!("it {}", case.evidence.sentence)),
        (_, Some(incident)) => Some(format!("it was blamed for {}", incident.name)),
        (
            Standing::Serving
            | Standing::Soaking
            | Standing::Good
            | Standing::Faulty
            | Standing::Unknown,
            None,
        ) => None,
    };
    let Some(against) = against else {
        return match unclear_blame(case) {
            Some(why) => Answer::unknown(Gate::NotRolledBack, why),
            None => Answer::pass(Gate::NotRolledBack, "no rollback went away from it"),
        };
    };
    match case.mark.cleared(case.evidence) {
        Some(good) => Answer::warn(
            Gate::NotRolledBack,
            format!("{against}; {}", said(good, "marked it good")),
        ),
        None => Answer::block(Gate::NotRolledBack, against),
    }
}

fn unclear_blame(case: &Case<'_>) -> Option<String> {
    let unclear = case.facts.into_iter().flat_map(|facts| &facts.incidents).find(|incident| {
        let since = case.evidence.deployed_at.is_none_or(|deployed| incident.at >= deployed);
        since && incident.blame.as_option().is_none()
    });
    unclear.map(|incident| format!("whether it was to blame for {} is not known", incident.name))
}

/// G3.
pub(super) fn baked(case: &Case<'_>) -> Answer {
    let (evidence, need) = (case.evidence, spoken(case.bake.time));
    let too_little = too_little_traffic(case);
    let short = if evidence.served < case.bake.time {
        match evidence.standing {
            // Other gates say why; time that a rollback ended proves nothing.
            Standing::RolledBack | Standing::Faulty => None,
            Standing::Serving | Standing::Soaking | Standing::Good | Standing::Unknown => {
                Some(format!("it {}; {need} are needed", evidence.sentence))
            }
        }
    } else {
        None
    };
    match (short.or(too_little), case.mark.cleared(evidence)) {
        (Some(short), Some(good)) => {
            Answer::warn(Gate::Baked, format!("{short}; {}", said(good, "marked it good")))
        }
        (Some(short), None) => Answer::block(Gate::Baked, short),
        (None, _) => match unclear_traffic(case) {
            Some(why) => Answer::unknown(Gate::Baked, why),
            None => Answer::pass(Gate::Baked, "it served for long enough"),
        },
    }
}

fn too_little_traffic(case: &Case<'_>) -> Option<String> {
    let tenure = &case.facts?.tenure;
    if let Some(share) = tenure.peak_share.as_option().filter(|share| **share < ENOUGH_SHARE) {
        return Some(format!("it never had more than {} of the traffic", percent(*share)));
    }
    let requests = tenure.requests.as_option()?;
    (*requests < case.bake.requests && case.evidence.served < ENOUGH_ALONE)
        .then(|| format!("it answered only {requests} requests; {} are needed", case.bake.requests))
}

/// A completed rollout had all of the traffic; how many requests that were is only asked
/// where the time alone does not tell.
fn unclear_traffic(case: &Case<'_>) -> Option<String> {
    let requests = case.facts.and_then(|facts| facts.tenure.requests.as_option());
    let asked = case.bake.requests > 0 && case.evidence.served < ENOUGH_ALONE;
    (requests.is_none() && asked).then(|| {
        format!(
            "it served {}, and how many requests it answered is not known",
            spoken(case.evidence.served)
        )
    })
}

/// G4.
pub(super) fn objectives(case: &Case<'_>) -> Answer {
    let kept = case.facts.map_or(&[][..], |facts| &facts.tenure.objectives);
    if kept.is_empty() {
        return Answer::unknown(Gate::Objectives, "how it kept its objectives was not measured");
    }
    for one in kept {
        if one.upper_bound_95.as_option().is_some_and(|bound| *bound > one.budget * BUDGETS) {
            let bound = one.upper_bound_95.as_option().map_or_else(String::new, |b| percent(*b));
            return Answer::block(
                Gate::Objectives,
                format!(
                    "up to {bound} of its requests may have broken {}, which allows {}",
                    one.slo,
                    percent(one.budget)
                ),
            );
        }
        if one.e_abs_max.as_option().is_some_and(|e| *e >= E_BROKEN) {
            return Answer::block(
                Gate::Objectives,
                format!("it broke {} while it served", one.slo),
            );
        }
    }
    let unclear = kept.iter().find(|one| {
        let finite = |value: &f64| value.is_finite();
        !one.upper_bound_95.as_option().is_some_and(finite)
            || one.e_abs_max.as_option().is_some_and(|value| value.is_nan())
    });
    match unclear {
        Some(one) => {
            Answer::unknown(Gate::Objectives, format!("how it kept {} is not known", one.slo))
        }
        None => Answer::pass(Gate::Objectives, "it kept its objectives"),
    }
}

fn said(remark: &crate::release::Remark, what: &str) -> String {
    match remark.says.reason() {
        Some(reason) => format!("{} {what}: {reason}", remark.by),
        None => format!("{} {what}", remark.by),
    }
}
