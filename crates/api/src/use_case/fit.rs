//! A plan that was shown, held against what runs now and against the drills there are.

use lastgood_core::drill::fitting::{self, DrillsView};
use lastgood_core::plan::{Drift, Plan};
use lastgood_core::problem::{Code, Problem};
use lastgood_core::release::Deploy;
use lastgood_core::time::Millis;
use lastgood_core::view::FitView;

use super::preflight::{LIMIT, within};
use crate::App;
use crate::app::Shown;
use crate::problem::IntoProblem;
use crate::stage::Stage;
use crate::wire::PlanQuery;

/// How many deploys are looked through for the one that is in front. What landed since a
/// plan was made is among the newest few.
const NEWEST: usize = 8;

impl App {
    /// Tells whether a plan that was shown still fits what runs, by the rule that its start
    /// is refused by. Changes nothing.
    pub async fn plan_fit(&self, query: PlanQuery) -> Result<FitView, Problem> {
        let Shown { plan, stage } = self.shown(&query.hash)?;
        let look = match within(LIMIT, stage.world.survey(&plan.place)).await {
            Ok(Ok(survey)) => Ok(survey),
            Ok(Err(refusal)) => Err(refusal.to_string()),
            Err(why) => Err(why),
        };
        let drift = look.as_ref().ok().and_then(|now| Drift::since(&plan, now));
        let landed = match &drift {
            Some(drift) => landed(&stage, &plan, drift).await,
            None => None,
        };
        let look = look.as_ref().map_err(Clone::clone);
        Ok(FitView::new(&plan, look, landed.as_ref(), stage.clock.now()))
    }

    /// Names the drills of the practice world that rehearse a plan that was shown. Sets none
    /// of them up.
    #[expect(clippy::unused_async, reason = "every command of the table is awaited")]
    pub async fn plan_drills(&self, query: PlanQuery) -> Result<DrillsView, Problem> {
        let Shown { plan, stage } = self.shown(&query.hash)?;
        if plan.drill.is_some() {
            return Err(Problem::new(Code::NotNow, "this plan is of a drill already")
                .hint("Leave the drill; then plan for the real service."));
        }
        let environment = stage.environment(&plan.place)?;
        let mut set = Vec::new();
        for scenario in self.scenarios()? {
            let files = self.practice_files(&scenario.name)?;
            set.push((scenario, files));
        }
        let stages: Vec<fitting::Stage<'_>> = set
            .iter()
            .map(|(scenario, files)| fitting::Stage {
                scenario,
                runbook: files.runbooks.iter().find(|one| one.name == scenario.runbook),
                environment: files.catalog.environment(&scenario.place),
            })
            .collect();
        Ok(fitting::fitting(&plan, environment, &stages))
    }
}

/// Refuses a plan that reality has moved away from.
pub(super) async fn still_fits(stage: &Stage, plan: &Plan) -> Result<(), Problem> {
    let now = stage.world.survey(&plan.place).await.map_err(|refusal| {
        refusal.problem().within("what runs now could not be looked up before the start")
    })?;
    let Some(drift) = Drift::since(plan, &now) else { return Ok(()) };
    let mut problem = Problem::new(Code::Drifted, drift.sentence())
        .within("the plan is out of date, and nothing was changed")
        .hint("Make the plan again and read it.");
    if let Some(deploy) = landed(stage, plan, &drift).await {
        let age = Millis::between(deploy.at, stage.clock.now());
        problem.chain.push(match deploy.actor.as_option() {
            Some(who) => format!("{} was deployed {age} ago by {who}", deploy.release.version),
            None => format!("{} was deployed {age} ago", deploy.release.version),
        });
    }
    Err(problem)
}

/// The deploy that brought what is in front now, where it is known in time: a plan is as
/// outdated without it.
async fn landed(stage: &Stage, plan: &Plan, drift: &Drift) -> Option<Deploy> {
    let front = &drift.found.as_ref()?.release;
    let page = within(LIMIT, stage.world.deploys(&plan.place, None, NEWEST)).await.ok()?.ok()?;
    page.deploys.into_iter().find(|deploy| deploy.release.id == *front)
}
