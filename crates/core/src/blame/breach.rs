//! Whether there is anything to explain: a service that keeps its objectives needs no culprit.

use super::Incident;
use crate::judge::sequential::{Recovery, RecoverySettings, Standing};
use crate::judge::{Counts, Tick, percent};
use crate::name::SloName;

/// What was counted against one objective, all releases together.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Which objective.
    pub name: SloName,
    /// The share of bad requests that it allows, between 0 and 1.
    pub budget: f64,
    /// The counts, oldest first.
    pub ticks: Vec<Tick>,
}

/// Why nothing needs to be explained, in words; `None` when the service is in breach or
/// that could not be excluded.
///
/// It takes the same proof as a recovery: twice the budget is excluded for every objective,
/// and the budget was not broken on the way.
pub(super) fn nothing_to_explain(incident: &Incident) -> Option<String> {
    let kept = incident.kept.as_option().filter(|kept| !kept.is_empty())?;
    let seen: Vec<(&Kept, Counts)> =
        kept.iter().map(|one| Some((one, proven_well(one)?))).collect::<Option<_>>()?;
    let told: Vec<String> = seen
        .iter()
        .map(|(one, counts)| {
            format!(
                "{} of {} requests failed {}, {} is allowed",
                counts.bad,
                counts.total,
                one.name,
                percent(one.budget)
            )
        })
        .collect();
    Some(format!("{} is not in breach: {}", incident.service, told.join("; ")))
}

fn proven_well(kept: &Kept) -> Option<Counts> {
    let mut proof = Recovery::new(RecoverySettings::after(kept.budget, None));
    for tick in &kept.ticks {
        proof.take(tick.counts);
    }
    (proof.standing() == Standing::Well).then(|| proof.seen())
}
