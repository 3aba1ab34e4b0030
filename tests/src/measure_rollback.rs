//! How long a rollback takes from its start until the target serves: by Lastgood, and by
//! hand with `kubectl`, for the same change on the same bed.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use lastgood_api::core::name::StepId;
use lastgood_api::core::view::{AnswerKind, StepStatus};
use lastgood_api::wire::StartRequest;
use lastgood_testkit::bed::SERVICE;
use lastgood_testkit::release::Release;

use crate::field::{Field, LIMIT, wanted};
use crate::follow::{Say, follow, go_on};

/// One pair of measurements.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Making the plan: what runs, what ran, why this target, preflight.
    pub plan: Duration,
    /// From the start of the run until the target served alone. Nobody hesitates: what
    /// must be confirmed is confirmed at once.
    pub lastgood: Duration,
    /// When each step on the way was over, from the start of the run.
    pub steps: Vec<(StepId, Duration)>,
    /// `kubectl rollout undo`, then `kubectl rollout status` until it returns.
    pub kubectl: Duration,
}

impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "plan {:.2} s; target serves after {:.2} s by Lastgood and after {:.2} s by kubectl",
            self.plan.as_secs_f64(),
            self.lastgood.as_secs_f64(),
            self.kubectl.as_secs_f64(),
        )
    }
}

/// Rolls `v2-bad` back to `v1` once in each way. The rollout of `v2-bad` is complete both
/// times, so that both ways replace the same pods.
pub async fn measure_rollback(field: &Field) -> anyhow::Result<Measured> {
    let app = field.app()?;
    let _load = field.load()?;
    field.afresh(&app).await?;
    deploy_bad(field).await?;
    let began = Instant::now();
    let plan = app.plan(wanted("last-good")).await?;
    let planned = began.elapsed();
    let began = Instant::now();
    let handle =
        app.launch(StartRequest { hash: plan.hash, overrides: Vec::new(), choice: None }).await?;
    let watching = async {
        let mut views = handle.views();
        let mut steps: Vec<(StepId, Duration)> = Vec::new();
        loop {
            for step in &views.borrow_and_update().steps {
                let new = steps.iter().all(|(id, _)| *id != step.id);
                if new && step.status == StepStatus::Done {
                    steps.push((step.id.clone(), began.elapsed()));
                }
            }
            if let Some((id, took)) = steps.last()
                && id.as_str() == "wait"
            {
                return Ok((*took, steps));
            }
            views.changed().await.context("the run was left")?;
        }
    };
    let following = follow(&app, &handle, LIMIT, |_, ask| {
        // The verdict is not what is measured.
        match go_on(ask) {
            Say::This(AnswerKind::Again, _) => {
                Say::because(AnswerKind::Accept, "only the way back is measured")
            }
            said @ (Say::This(..) | Say::Nothing) => said,
        }
    });
    let (took, followed) = tokio::join!(watching, following);
    let took: anyhow::Result<(Duration, Vec<(StepId, Duration)>)> = took;
    let (lastgood, steps) = took?;
    ensure!(followed?.outcome.is_some(), "the run ended");

    deploy_bad(field).await?;
    let target = format!("deployment/{SERVICE}");
    let began = Instant::now();
    field.kubectl(&["rollout", "undo", &target]).await?;
    field.kubectl(&["rollout", "status", &target, "--timeout=110s"]).await?;
    let kubectl = began.elapsed();
    Ok(Measured { plan: planned, lastgood, steps, kubectl })
}

async fn deploy_bad(field: &Field) -> anyhow::Result<()> {
    field.bed.deploy_release(&Release::of_tag("v2-bad")).await?;
    field.bed.wait_rollout().await?;
    Ok(())
}
