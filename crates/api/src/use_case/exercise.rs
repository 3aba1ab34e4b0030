//! Drills on the real system: the plan of an incident, marked as a drill.

use lastgood_core::catalog::Place;
use lastgood_core::drill::{Exercise, NoExercise};
use lastgood_core::problem::{Code, Problem};
use lastgood_core::view::PlanView;

use crate::App;
use crate::stage::Stage;
use crate::wire::ExerciseRequest;

impl App {
    /// Makes a plan that is a drill on the real system. It is refused where the catalog does
    /// not say that no users are there, unless the request says that somebody means it.
    pub async fn plan_exercise(&self, request: ExerciseRequest) -> Result<PlanView, Problem> {
        let ExerciseRequest { plan, why, on_production } = request;
        let stage = self.stage()?;
        let exercise = exercise(&stage, &plan.place, &why, on_production)?;
        self.planned(stage, plan, Some(exercise)).await
    }
}

fn exercise(
    stage: &Stage,
    place: &Place,
    why: &str,
    on_production: bool,
) -> Result<Exercise, Problem> {
    let tier = stage.environment(place)?.tier;
    let found = if stage.is_practice() {
        Err(NoExercise::Simulated { place: place.clone() })
    } else {
        Exercise::at(place, tier, why, on_production)
    };
    found.map_err(|refused| {
        let (code, hint) = match &refused {
            NoExercise::Production { .. } => {
                (
                    Code::PreflightBlocked,
                    "Choose a staging environment, or say in the terminal with --on-production that it is meant.",
                )
            }
            NoExercise::NotSaid { .. } => (
                Code::PreflightBlocked,
                "Say `tier: staging` of that environment in lastgood.yaml, or say in the terminal with \
                 --on-production that it is meant.",
            ),
            NoExercise::Simulated { .. } => {
                (Code::NotNow, "`lastgood drill list` names the drills of the practice world.")
            }
            NoExercise::NoReason => (Code::ReasonMissing, "Say what it is for: in the terminal after --drill."),
        };
        Problem::from_error(code, &refused).hint(hint)
    })
}
