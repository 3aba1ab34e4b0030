//! Which drills of the practice world rehearse the runbook of a real plan, and what is other
//! there: whoever rehearses must know what they did not rehearse.

use serde::{Deserialize, Serialize};

use super::Scenario;
use crate::catalog::{Environment, Place};
use crate::name::{RunbookName, ScenarioName};
use crate::plan::Plan;
use crate::runbook::Runbook;

/// What there is to rehearse a plan with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct DrillsView {
    /// The runbook of the plan.
    pub runbook: RunbookName,
    /// The drills that rehearse it: the nearest to the plan first.
    pub drills: Vec<FittingDrill>,
    /// What would help, when there is none.
    pub lacking: Option<String>,
}

/// A drill that rehearses the runbook of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct FittingDrill {
    /// Which.
    pub scenario: ScenarioName,
    /// What a person reads.
    pub title: String,
    /// What it rehearses.
    pub summary: String,
    /// How long it takes, about, in minutes.
    pub minutes: u32,
    /// The service in trouble there.
    pub place: Place,
    /// What is other than in the plan, as sentences; never empty.
    pub differs: Vec<String>,
}

/// Where a drill plays: its scenario, with what its practice world says of it.
#[derive(Clone, Copy, Debug)]
pub struct Stage<'a> {
    /// The script.
    pub scenario: &'a Scenario,
    /// The runbook of that name there; `None` where there is none, and nothing can play.
    pub runbook: Option<&'a Runbook>,
    /// The place there; `None` where there is none, and nothing can play.
    pub environment: Option<&'a Environment>,
}

/// The drills among `stages` that rehearse the runbook of `plan`, which was made for
/// `environment`.
#[must_use]
pub fn fitting(plan: &Plan, environment: &Environment, stages: &[Stage<'_>]) -> DrillsView {
    let mut drills: Vec<FittingDrill> = stages
        .iter()
        .filter(|stage| stage.scenario.runbook == plan.runbook)
        .filter_map(|stage| {
            let (runbook, there) = (stage.runbook?, stage.environment?);
            Some(FittingDrill {
                scenario: stage.scenario.name.clone(),
                title: stage.scenario.title.clone(),
                summary: stage.scenario.summary.clone(),
                minutes: stage.scenario.minutes,
                place: stage.scenario.place.clone(),
                differs: differences(plan, environment, stage.scenario, runbook, there),
            })
        })
        .collect();
    drills.sort_by_key(|drill| (drill.place != plan.place, drill.differs.len()));
    let lacking = drills.is_empty().then(|| lacking(plan));
    DrillsView { runbook: plan.runbook.clone(), drills, lacking }
}

fn lacking(plan: &Plan) -> String {
    format!(
        "No drill rehearses `{}`. A file in `drills/` of the workspace with `runbook: {}`, \
         `service: {}` and `environment: {}` makes one; the guide on drills shows its form.",
        plan.runbook, plan.runbook, plan.place.service, plan.place.environment
    )
}

fn differences(
    plan: &Plan,
    environment: &Environment,
    scenario: &Scenario,
    runbook: &Runbook,
    there: &Environment,
) -> Vec<String> {
    let mut differs = Vec::new();
    let here = &plan.place;
    differs.push(if scenario.place == *here {
        format!(
            "The releases of {here} and what is wrong with them are made up; nothing real is \
             looked at."
        )
    } else {
        format!(
            "It is about {}, not {here}. A drill elsewhere does not count as a rehearsal here.",
            scenario.place
        )
    });
    if there.strategy != environment.strategy {
        differs.push(format!(
            "Releases get there by {}; here it is {}.",
            there.strategy.as_str(),
            environment.strategy.as_str()
        ));
    }
    if runbook.digest != plan.runbook_digest {
        differs.push(format!(
            "`{}` is not the same text there: the practice world has its own.",
            plan.runbook
        ));
    }
    let added: Vec<&str> = plan
        .steps
        .iter()
        .filter(|step| runbook.steps.iter().all(|one| one.id != step.id))
        .map(|step| step.title.as_str())
        .collect();
    if !added.is_empty() {
        differs.push(format!("Steps of this plan that its runbook has not: {}.", added.join("; ")));
    }
    differs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Strategy;
    use crate::drill::{Opening, OutcomeKind, SuccessRule};
    use crate::testing::{elsewhere, environment, place, plan, runbook, step};
    use crate::time::Millis;

    fn scenario() -> Scenario {
        Scenario {
            name: "practice".into(),
            title: "Practice".to_owned(),
            summary: "s".to_owned(),
            minutes: 5,
            place: place(),
            runbook: "r".into(),
            inputs: std::collections::BTreeMap::new(),
            head_start: Millis::minutes(1),
            events: Vec::new(),
            faults: Vec::new(),
            by_hand: Vec::new(),
            presenter: Vec::new(),
            opening: Opening::default(),
            operator: Vec::new(),
            truth: "t".to_owned(),
            lessons: Vec::new(),
            success: SuccessRule { outcome: OutcomeKind::Recovered, within: None },
        }
    }

    fn stage<'a>(
        scenario: &'a Scenario,
        runbook: &'a Runbook,
        environment: &'a Environment,
    ) -> Stage<'a> {
        Stage { scenario, runbook: Some(runbook), environment: Some(environment) }
    }

    #[test]
    fn the_drill_of_the_same_place_comes_first_and_still_says_what_is_made_up() {
        let (runbook, environment) = (runbook(), environment());
        let (mut here, mut other) = (scenario(), scenario());
        (here.place, here.runbook) = (place(), runbook.name.clone());
        (other.place, other.runbook) = (elsewhere(), runbook.name.clone());
        let stages = [stage(&other, &runbook, &environment), stage(&here, &runbook, &environment)];
        let view = fitting(&plan(), &environment, &stages);
        let places: Vec<&Place> = view.drills.iter().map(|drill| &drill.place).collect();
        assert_eq!(places, [&place(), &elsewhere()]);
        assert!(view.drills.iter().all(|drill| !drill.differs.is_empty()), "{:?}", view.drills);
        assert_eq!(view.lacking, None);
    }

    #[test]
    fn whatever_is_other_in_the_drill_is_said() {
        let (ours, environment) = (runbook(), environment());
        let theirs = Runbook { digest: "other".to_owned(), ..ours.clone() };
        let mut there = environment.clone();
        there.strategy = if environment.strategy == Strategy::Canary {
            Strategy::Rolling
        } else {
            Strategy::Canary
        };
        let mut scenario = scenario();
        (scenario.place, scenario.runbook) = (place(), ours.name.clone());
        let mut plan = plan();
        let task = plan.steps[0].task.clone();
        plan.steps.push(step("sync-off", task));
        let view = fitting(&plan, &environment, &[stage(&scenario, &theirs, &there)]);
        let differs = view.drills[0].differs.join("\n");
        for said in ["made up", "by canary", "not the same text", "that its runbook has not"] {
            assert!(differs.contains(said), "{said}: {differs}");
        }
    }

    #[test]
    fn without_a_drill_it_is_said_what_would_make_one() {
        let (ours, environment) = (runbook(), environment());
        let mut other = scenario();
        other.runbook = "something-else".into();
        let view = fitting(&plan(), &environment, &[stage(&other, &ours, &environment)]);
        assert!(view.drills.is_empty(), "it rehearses another runbook");
        let lacking = view.lacking.expect("it is said");
        assert!(lacking.contains(&format!("runbook: {}", ours.name)), "{lacking}");
    }

    #[test]
    fn a_drill_whose_practice_world_lacks_the_place_is_not_offered() {
        let (ours, environment) = (runbook(), environment());
        let mut scenario = scenario();
        scenario.runbook = ours.name.clone();
        let stage = Stage { scenario: &scenario, runbook: Some(&ours), environment: None };
        assert!(fitting(&plan(), &environment, &[stage]).drills.is_empty());
    }
}
