//! How a release kept its objectives while it last served, from what an observer counted.
//! Pure: which stretch of time to ask about, and what the answer means.

use jiff::Timestamp;

use super::facts::Kept;
use super::{History, Reach, ReleaseId};
use crate::catalog::Slo;
use crate::judge::sequential::{Bets, requests_needed, upper_bound};
use crate::judge::{Counts, Measurement, Tick};
use crate::recorded::Recorded;
use crate::time::{Millis, earlier};

/// So much of the end of its service is asked about. A day says more, and is a question
/// that a busy source of metrics refuses; half an hour is too little at night.
const LONGEST: Millis = Millis::minutes(120);

/// Twice the budget still counts as kept, as it does for the upper bound.
const BUDGETS: f64 = 2.0;

/// How sure the upper bound is.
const CONFIDENCE: f64 = 0.95;

/// The end of the time for which `release` last served with nothing newer beside it; `None`
/// where it is not known when that was.
#[must_use]
pub fn window(
    history: &History,
    release: &ReleaseId,
    now: Timestamp,
) -> Option<(Timestamp, Timestamp)> {
    let deploys = history.deploys();
    let index = deploys.iter().position(|deploy| deploy.release.id == *release)?;
    let began = deploys[index].ended_at.unwrap_or(deploys[index].at);
    // What stood by had no requests that could be taken for its own.
    let next = deploys[..index].iter().rfind(|next| next.reach != Reach::Nobody);
    let ended = next.map_or(now, |next| next.at);
    (began < ended).then(|| (began.max(earlier(ended, LONGEST)), ended))
}

/// What `found` says of one objective, and of how many requests. What is in doubt, and
/// what too few requests cannot show, is not recorded.
#[must_use]
pub fn kept(slo: &Slo, version: &str, found: &Measurement) -> (Kept, Option<Counts>) {
    let budget = slo.budget();
    let unknown = Kept {
        slo: slo.name.clone(),
        budget,
        upper_bound_95: Recorded::NotRecorded,
        e_abs_max: Recorded::NotRecorded,
    };
    let arm = found.arms.iter().find(|arm| arm.version == version);
    let (counts, ticks): (Counts, &[Tick]) = match arm {
        Some(arm) => (arm.counts, &arm.ticks),
        // It alone served, so where series do not tell releases apart all of them are its.
        None if found.arms.is_empty() => (found.counts, &found.ticks),
        None => return (unknown, None),
    };
    if !found.doubts.is_empty() || counts.total == 0 {
        return (unknown, None);
    }
    let mut test = Bets::new(BUDGETS * budget);
    let mut most: f64 = 1.0;
    for tick in ticks {
        test.take(tick.counts);
        most = most.max(test.evidence());
    }
    let bound = enough(budget, counts).then(|| upper_bound(counts, CONFIDENCE));
    let kept =
        Kept { upper_bound_95: bound.into(), e_abs_max: Recorded::Recorded(most), ..unknown };
    (kept, Some(counts))
}

/// Whether a release that does just what its objective allows could show it with so many
/// requests. With fewer, a bound above the limit says that there were few, not that they
/// were bad.
fn enough(budget: f64, counts: Counts) -> bool {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count of requests, rounded up"
    )]
    let allowed = (budget * counts.total as f64).ceil() as u64;
    requests_needed(BUDGETS * budget, allowed, CONFIDENCE)
        .is_some_and(|needed| counts.total >= needed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Doubt;
    use crate::release::DeployOutcome::Completed;
    use crate::testing::{arm, deploy, measurement, minute, slo};

    #[test]
    fn the_last_two_hours_before_it_was_replaced_are_asked_about() {
        let history = History::new(vec![
            deploy("a", 0, Completed),
            deploy("b", 600, Completed),
            deploy("c", 630, Completed),
        ]);
        let of = |release: &str| window(&history, &release.into(), minute(700));
        let (from, to) = of("a").expect("it served");
        assert_eq!((from, to), (minute(480), minute(600)));
        let (_, to) = of("b").expect("it served");
        assert_eq!(to, minute(630), "until the next one came");
        assert_eq!(of("c").map(|(_, to)| to), Some(minute(700)), "it serves now");
        assert_eq!(of("d"), None, "nobody knows it");
    }

    #[test]
    fn many_good_requests_show_it_and_few_show_nothing() {
        let of = |bad, total| kept(&slo(), "v1", &measurement(bad, total)).0;
        let well = of(10, 10_000);
        assert!(well.upper_bound_95.as_option().is_some_and(|bound| *bound < 0.01), "{well:?}");
        assert!(well.e_abs_max.as_option().is_some_and(|e| *e < 20.0), "{well:?}");
        let few = of(0, 40);
        assert_eq!(few.upper_bound_95, Recorded::NotRecorded, "too few are no breach");
        let broken = of(2_000, 10_000);
        assert!(broken.e_abs_max.as_option().is_some_and(|e| *e >= 20.0), "{broken:?}");
    }

    #[test]
    fn what_is_in_doubt_or_of_another_release_is_not_recorded() {
        let mut found = measurement(0, 10_000);
        found.doubts = vec![Doubt::Frozen];
        assert_eq!(kept(&slo(), "v1", &found).1, None);
        let mut found = measurement(0, 10_000);
        found.arms = vec![arm("v2", 0, 10_000)];
        let (kept, counts) = kept(&slo(), "v1", &found);
        assert_eq!((kept.upper_bound_95, counts), (Recorded::NotRecorded, None));
    }
}
