//! Everything that is looked at before the first change, side by side and each within a
//! limit: what could not be found out in time is unknown, and says so.

use std::time::Duration;

use lastgood_core::catalog::Place;
use lastgood_core::effect::PlannedEffect;
use lastgood_core::preflight::{
    ArtifactProof, ArtifactState, Comparison, Finding, Grade, Proof, Tenure, Topic, not_restored,
    ordered,
};
use lastgood_core::problem::Problem;
use lastgood_core::release::{History, Release};
use lastgood_core::view::PreflightView;

use super::release::Looked;
use crate::App;
use crate::stage::Stage;
use crate::wire::PlanRequest;

/// How long one system may take. A registry with its token server is asked in three
/// rounds of at most three seconds each.
pub(super) const LIMIT: Duration = Duration::from_secs(12);

/// What was found before the first change.
pub(super) struct Examined {
    /// In the order in which they should be read.
    pub(super) findings: Vec<Finding>,
    /// What the rollback will not bring back.
    pub(super) not_restored: Vec<String>,
}

impl App {
    /// Looks at what stands against a rollback. Nothing is started, and no plan is kept.
    pub async fn preflight(&self, request: PlanRequest) -> Result<PreflightView, Problem> {
        let stage = self.stage()?;
        let plan = self.made(&stage, request, None).await?;
        Ok(PreflightView::from(&plan))
    }
}

/// Asks everything that has an opinion on going from `from` to `to`. `known` is what the
/// choice of the target has found already.
pub(super) async fn examine(
    stage: &Stage,
    place: &Place,
    (from, to): (&Release, &Release),
    looked: &Looked,
    effects: &[PlannedEffect],
    known: Vec<Finding>,
) -> Examined {
    let world = &stage.world;
    let proof = async {
        match looked.proofs.get(&to.id) {
            Some(proof) => proof.clone(),
            None => prove(stage, place, to).await,
        }
    };
    let (platform, proof, comparison) = futures::join!(
        within(LIMIT, world.preflight(place, effects)),
        proof,
        within(LIMIT, world.compare(place, from, to)),
    );
    let mut findings = known;
    findings.extend(platform.unwrap_or_else(|why| {
        vec![Finding::new("the platform", Grade::Unknown, why).on(Topic::Other)]
    }));
    findings.extend(proof.findings(&to.version));
    let comparison =
        comparison.unwrap_or_else(|why| Comparison { doubts: vec![why], ..Comparison::default() });
    findings.extend(comparison.findings(&from.version, &to.version));
    Examined {
        findings: ordered(findings),
        not_restored: not_restored(
            from,
            to,
            tenure(&looked.history, from, to),
            &comparison.outside,
        ),
    }
}

/// Holds `release` against what is there now, in time.
pub(super) async fn prove(stage: &Stage, place: &Place, release: &Release) -> Proof {
    within(LIMIT, stage.world.prove(place, release)).await.unwrap_or_else(|why| {
        let artifact = ArtifactProof {
            image: release.artifact.clone(),
            state: ArtifactState::Unknown { why },
            cached: false,
        };
        Proof { artifacts: vec![artifact], needs: Vec::new() }
    })
}

pub(super) async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Result<T, String> {
    tokio::time::timeout(limit, work)
        .await
        .map_err(|_| format!("no answer within {} s", limit.as_secs()))
}

/// When `from` began, and when `to` was replaced: by whatever was deployed after it.
fn tenure(history: &History, from: &Release, to: &Release) -> Option<Tenure> {
    let from_began = history.latest(&from.id)?.at;
    let to_began = history.latest(&to.id).map(|deploy| deploy.at)?;
    let after = history.deploys().iter().map(|deploy| deploy.at).filter(|at| *at > to_began);
    Some(Tenure { from_began, to_ended: after.min().unwrap_or(from_began) })
}

#[cfg(test)]
mod tests {
    use lastgood_core::release::DeployOutcome;
    use lastgood_core::testing::{deploy, minute, release};

    use super::*;

    #[test]
    fn a_target_was_replaced_by_whatever_came_next() {
        let history = History::new(vec![
            deploy("v1", 0, DeployOutcome::Completed),
            deploy("v2", 10, DeployOutcome::Completed),
            deploy("v3", 20, DeployOutcome::Completed),
        ]);
        let found = tenure(&history, &release("v3"), &release("v1")).expect("both are known");
        assert_eq!((found.from_began, found.to_ended), (minute(20), minute(10)));
        assert_eq!(tenure(&history, &release("v3"), &release("v0")), None, "it is not known");
    }

    #[tokio::test]
    async fn a_system_that_never_answers_is_unknown_in_time() {
        let found = within(Duration::ZERO, std::future::pending::<()>()).await;
        assert_eq!(found, Err("no answer within 0 s".to_owned()));
    }
}
