//! Tells where the app stands.

use lastgood_core::problem::Problem;
use lastgood_core::runbook::{Input, InputKind};

use crate::App;
use crate::stage::{SetUp, Stage};
use crate::wire::{
    DrillView, InputView, Nothing, PlaceView, RunbookView, ScenarioView, WorkspaceView,
};

impl App {
    /// Tells where the app stands.
    pub async fn workspace(&self, _: Nothing) -> Result<WorkspaceView, Problem> {
        let stage = self.stage()?;
        self.workspace_view(&stage).await
    }

    pub(crate) async fn workspace_view(&self, stage: &Stage) -> Result<WorkspaceView, Problem> {
        let scenarios = {
            let mut rows = Vec::new();
            for scenario in self.scenarios()? {
                rows.push(ScenarioView {
                    name: scenario.name.clone(),
                    title: scenario.title.clone(),
                    summary: scenario.summary.clone(),
                    minutes: scenario.minutes,
                    place: scenario.place.clone(),
                    runbook: scenario.runbook.clone(),
                    last_done: self.last_done(&scenario.name).await?,
                });
            }
            rows
        };
        Ok(WorkspaceView {
            folder: self.config().workspace.as_ref().map(|folder| folder.display().to_string()),
            practice: stage.is_practice(),
            drill: stage.drill.as_ref().map(|set_up| drill_view(set_up, stage)),
            person: self.person(),
            now: stage.clock.now().into(),
            places: stage
                .files
                .catalog
                .places()
                .map(|(place, settings)| PlaceView {
                    place,
                    platform: settings.platform.kind(),
                    strategy: settings.strategy,
                    coordinates: settings.platform.coordinates(),
                    runbook: settings.runbook.clone(),
                    tier: settings.tier,
                })
                .collect(),
            runbooks: stage
                .files
                .runbooks
                .iter()
                .map(|runbook| RunbookView {
                    name: runbook.name.clone(),
                    title: runbook.title.clone(),
                    summary: runbook.summary.clone(),
                    platforms: runbook.platforms.clone(),
                    strategies: runbook.strategies.clone(),
                    steps: u32::try_from(runbook.steps.len()).unwrap_or(u32::MAX),
                    inputs: runbook.inputs.iter().map(input_view).collect(),
                })
                .collect(),
            scenarios,
            advice: self.files().advice.iter().map(ToString::to_string).collect(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }
}

fn input_view(input: &Input) -> InputView {
    InputView {
        name: input.name.clone(),
        default: input.default.clone(),
        options: match &input.kind {
            InputKind::Choice(options) => Some(options.clone()),
            InputKind::Text | InputKind::Number => None,
        },
        help: input.help.clone(),
    }
}

fn drill_view(set_up: &SetUp, stage: &Stage) -> DrillView {
    DrillView {
        scenario: set_up.scenario.name.clone(),
        title: set_up.scenario.title.clone(),
        seed: set_up.tag.seed,
        speed: stage.tempo.as_ref().map(|clock| clock.speed()),
        paused: stage.tempo.as_ref().is_some_and(|clock| clock.is_paused()),
        place: set_up.scenario.place.clone(),
        runbook: set_up.scenario.runbook.clone(),
    }
}
