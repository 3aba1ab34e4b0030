//! A drill from its plan to whether it went well.

use lastgood_core::drill::{OutcomeKind, Scenario};
use lastgood_core::problem::{Code, Problem};
use lastgood_core::time::{EpochMs, Millis};
use lastgood_core::view::{PlanView, RunView};
use lastgood_sim::practice_epoch;
use serde::{Deserialize, Serialize};

use super::plan::LAST_GOOD;
use crate::App;
use crate::files::Files;
use crate::stage;
use crate::wire::{PlanRequest, ReleaseQuery};

/// Whether a drill went well, and what was really the matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Rehearsed {
    /// Whether the scenario's rule is met; `false` while the run goes on.
    pub met: bool,
    /// What the rule asks for and what came of it, in a sentence.
    pub sentence: String,
    /// What was really the matter.
    pub truth: String,
}

impl App {
    /// Makes the plan that the drill which is set up rehearses. Nothing happens yet.
    pub async fn plan_drill(&self, target: Option<&str>) -> Result<PlanView, Problem> {
        let stage = self.stage()?;
        let Some(set_up) = &stage.drill else {
            return Err(Problem::new(Code::NotNow, "no drill is set up")
                .hint("`lastgood drill list` names them."));
        };
        let scenario = &set_up.scenario;
        let to = |target: &str| PlanRequest {
            place: scenario.place.clone(),
            runbook: Some(scenario.runbook.clone()),
            target: target.to_owned(),
            inputs: scenario.inputs.clone(),
        };
        match self.plan(to(target.unwrap_or(LAST_GOOD))).await {
            // That nothing can be gone back to is a thing to rehearse as well: the plan
            // to the best of the rejected shows what forbids it.
            Err(problem) if problem.code == Code::NoTarget && target.is_none() => {
                let place = scenario.place.clone();
                let detail = self.release(ReleaseQuery { place, release: None }).await?;
                match detail.candidates.first() {
                    Some(best) => self.plan(to(best.release.id.as_str())).await,
                    None => Err(problem),
                }
            }
            made => made,
        }
    }

    /// Whether the drill `run` went well by its scenario's own rule; `None` for a run
    /// that is no drill.
    pub fn rehearsed(&self, run: &RunView) -> Result<Option<Rehearsed>, Problem> {
        let Some(name) = &run.drill else { return Ok(None) };
        let name = name.as_str().into();
        let embedded = Files::embedded()?;
        let scenario = stage::scenario(self.files(), &name)
            .or_else(|problem| stage::scenario(&embedded, &name).map_err(|_| problem))?;
        Ok(Some(rehearsed(scenario, run)))
    }
}

fn rehearsed(scenario: &Scenario, run: &RunView) -> Rehearsed {
    let rule = &scenario.success;
    let took = ended(run, rule.outcome).map(|at| since_the_harm(at, scenario.harm()));
    let ended_well = run.outcome.as_ref().is_some_and(|outcome| rule.outcome.matches(outcome));
    let in_time = rule.within.is_none_or(|within| took.is_some_and(|took| took <= within));
    let wanted = match rule.outcome {
        OutcomeKind::Recovered => "recovery was to be proven",
        OutcomeKind::Declined => "it was to end without a rollback",
        OutcomeKind::Aborted => "the run was to be aborted",
    };
    let limit = rule.within.map(|within| format!(" within {within}")).unwrap_or_default();
    let came = match (took, ended_well, in_time) {
        (None, _, _) => "it has not ended".to_owned(),
        (Some(took), true, true) => format!("it was, {took} after users began to be hurt"),
        (Some(took), true, false) => format!("it took {took}"),
        (Some(_), false, _) => "it ended otherwise".to_owned(),
    };
    Rehearsed {
        met: ended_well && in_time,
        sentence: format!("{wanted}{limit}; {came}"),
        truth: scenario.truth.clone(),
    }
}

/// When the drill came to what it rehearses: the proof of recovery where one was to be had and
/// the run has it, and the end of the run otherwise. What is written down after the proof is
/// nobody's outage.
fn ended(run: &RunView, wanted: OutcomeKind) -> Option<EpochMs> {
    run.outcome.as_ref()?;
    let at = |name: &str| run.moments.iter().find(|moment| moment.name == name)?.at;
    let proven = match wanted {
        OutcomeKind::Recovered => at("Verified"),
        OutcomeKind::Declined | OutcomeKind::Aborted => None,
    };
    proven.or_else(|| at("Closed"))
}

/// The practice world begins at its epoch, the harm some time after it.
fn since_the_harm(at: EpochMs, harm: Millis) -> Millis {
    let since = u64::try_from(at.0 - practice_epoch().as_millisecond()).unwrap_or(0);
    Millis(since.saturating_sub(harm.0))
}
