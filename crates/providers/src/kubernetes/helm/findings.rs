//! What is told before a rollback through Helm.

use lastgood_core::effect::PlannedEffect;
use lastgood_core::preflight::{Finding, Grade, Topic};

use super::super::Kubernetes;
use super::super::objects::Seen;
use super::revision::Revision;
use super::{Owner, TARGET, act, is, owner};

const SUBJECT: &str = "helm";

impl Kubernetes {
    /// Whether Helm can do its part, and what goes back with it.
    pub(in crate::kubernetes) async fn helm_findings(
        &self,
        effects: &[PlannedEffect],
        seen: &Seen,
    ) -> Vec<Finding> {
        let Some(effect) = effects.iter().find(|effect| is(effect)) else { return Vec::new() };
        let Some(owner) = owner(&seen.deployment) else { return Vec::new() };
        let mut findings = vec![installed(effect)];
        match self.helm_revisions(&owner).await {
            Err(refusal) => findings.push(
                Finding::new("Helm release", Grade::Unknown, refusal.to_string()).on(Topic::Flight),
            ),
            Ok(revisions) => {
                findings.extend(under_way(&owner, revisions.first()));
                findings.extend(goes_along(effect, &owner, &revisions));
            }
        }
        findings
    }
}

fn installed(effect: &PlannedEffect) -> Finding {
    match act::program() {
        Ok(program) => {
            Finding::new(SUBJECT, Grade::Pass, format!("`{}` can be run", program.display()))
        }
        Err(refusal) => Finding::new(SUBJECT, Grade::Block, refusal.to_string()).mend(format!(
            "install Helm 3 (https://helm.sh/docs/intro/install), or run this where it is: {}",
            effect.call.target
        )),
    }
}

fn under_way(owner: &Owner, newest: Option<&Revision>) -> Option<Finding> {
    let newest = newest.filter(|newest| newest.is_pending())?;
    let since = newest.at.map(|at| format!(", since {at}")).unwrap_or_default();
    let sentence = format!(
        "{} of {} is not ended{since}: Helm is at it, or was interrupted",
        newest.words(),
        owner.name
    );
    let finding = Finding::new("Helm release", Grade::Block, sentence);
    Some(finding.mend("see `helm status`, and wait for it or roll it back").on(Topic::Flight))
}

/// Helm takes the whole release back, and not the one object that is asked about.
fn goes_along(effect: &PlannedEffect, owner: &Owner, revisions: &[Revision]) -> Option<Finding> {
    let target = effect.expects.iter().find(|one| one.what == TARGET)?;
    let newest = revisions.first()?;
    let target = revisions.iter().find(|one| one.number.to_string() == target.value)?;
    let differ = newest.differing(target);
    let others = differ.len().saturating_sub(1);
    let finding = match others {
        0 => Finding::new(
            "Helm release",
            Grade::Pass,
            format!("nothing else of the Helm release {} goes back with it", owner.name),
        ),
        _ => Finding::new(
            "Helm release",
            Grade::Warn,
            format!(
                "Helm takes all of {} back to {}: {}",
                owner.name,
                target.words(),
                differ.join(", ")
            ),
        ),
    };
    Some(finding.on(Topic::Governor))
}
