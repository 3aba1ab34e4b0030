//! Argo Rollouts: the shipped runbook, and what only a Rollout has (an abort, a promotion).

use std::sync::Arc;

use lastgood_api::core::effect::{Operation, Presence, Refusal};
use lastgood_api::core::judge::Verdict;
use lastgood_api::core::name::{EffectKey, RunId};
use lastgood_api::core::ports::{Actor as _, Surveyor as _};
use lastgood_api::core::run::Outcome;
use lastgood_api::core::survey::{RolloutState, Survey};
use lastgood_api::core::view::StepStatus;
use lastgood_api::wire::RunQuery;
use lastgood_providers::LiveWorld;
use lastgood_runbook::Workspace;
use lastgood_testkit::crash::Moment;
use lastgood_tests::field::{Field, open, place};
use lastgood_tests::rollouts::{Moves, Rollouts};
use lastgood_tests::terminal::program;

use crate::contract::NoSecrets;
use crate::situations::Situations;
use crate::whole::{
    RESTORING, drive, every_phase_did_its_part, is_as_shipped, the_timeline_tells_it,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shipped_runbook_takes_a_bad_argo_rollout_back() {
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("argo: an abort, and nothing to abort", abort).await;
    on.meet("argo: a promotion", promote).await;
    on.meet("argo: a canary by the shipped runbook, killed while it restores", async |field| {
        goes_back(field, Moves::Canary, Moment::Line(RESTORING.to_owned())).await;
    })
    .await;
    on.meet("argo: blue-green by the shipped runbook, killed while it restores", async |field| {
        goes_back(field, Moves::BlueGreen, Moment::Line(RESTORING.to_owned())).await;
    })
    .await;
    on.end();
}

async fn goes_back(field: &Field, moves: Moves, death: Moment) {
    let program = program().expect("the build made it");
    let rollouts = Rollouts::lay(field, moves).await.expect("v1 serves");
    let workspace = rollouts.workspace("argo").expect("the folder is writable");
    is_as_shipped(&workspace);
    let data = field.folder(&format!("data-argo-{moves:?}"));
    let app = open(&workspace, &data).expect("the workspace is whole");
    field.until_good(&app).await.expect("v1 may be gone back to");
    let _load = field.load().expect("a client can be made");
    rollouts.release("v2-bad").await.expect("v2 comes to users");
    let run = drive(&program, &workspace, &data, &app, &mut vec![death]).await;
    let view = app.run(RunQuery { run: run.clone() }).await.expect("it can be read");
    assert_eq!(view.outcome, Some(Outcome::Recovered), "{}", view.sentence);
    assert_eq!((view.from.version.as_str(), view.to.version.as_str()), ("v2-bad", "v1"));
    assert_eq!(view.judgements[0].verdict, Verdict::Pass, "{}", view.judgements[0].sentence);
    // Once all is switched nothing moves, unless a replica of the bad colour wavers just then:
    // the controller calls that progressing.
    let halt = view.steps.iter().find(|step| step.id.as_str() == "halt").expect("it has one");
    let halts = moves == Moves::Canary || halt.status == StepStatus::Done;
    every_phase_did_its_part(&view, halts);
    the_timeline_tells_it(&app, &run, halts).await;
    let object = rollouts.object().await.expect("it is there");
    assert_eq!(object["status"]["phase"], "Healthy", "{object}");
    assert_ne!(object["spec"]["paused"], true, "the pause of the halt is over");
    let mark = object["metadata"]["annotations"]["lastgood.dev/effect"].to_string();
    assert_eq!(mark.matches(&format!("{run}/restore/do/1")).count(), 1, "{mark}");
}

/// `v2-bad` waits at the pause of its own steps.
async fn half_way(field: &Field) -> (Rollouts<'_>, LiveWorld) {
    let rollouts = Rollouts::lay(field, Moves::Canary).await.expect("v1 serves");
    let workspace = rollouts.workspace("argo-steps").expect("the folder is writable");
    let catalog = Workspace::load(&workspace).catalog.expect("the catalog is whole");
    (rollouts, LiveWorld::new(catalog, Arc::new(NoSecrets)))
}

fn shift(survey: &Survey, percent: u8) -> Operation {
    let release = survey.newest().expect("something runs").release.clone();
    Operation::ShiftTraffic { release, percent }
}

fn key() -> EffectKey {
    EffectKey { run: RunId::new("steps"), step: "shift".into(), undo: false, attempt: 1 }
}

async fn abort(field: &Field) {
    let (rollouts, world) = half_way(field).await;
    let calm = world.survey(&place()).await.expect("it can be read");
    assert_eq!(calm.rollout, RolloutState::Settled, "{}", calm.sentence());
    let refused = world.resolve(&place(), &shift(&calm, 0), &calm).await;
    let Err(Refusal::Unsupported { why, .. }) = refused else { panic!("{refused:?}") };
    assert!(why.contains("nothing") || why.contains("weights"), "{why}");

    rollouts.release("v2-bad").await.expect("v2 comes to users");
    let open = world.survey(&place()).await.expect("it can be read");
    assert_eq!(open.rollout, RolloutState::Progressing, "a pause of its own is no halt");
    assert_eq!(open.newest().map(|arm| arm.version.as_str()), Some("v2-bad"));
    let between = world.resolve(&place(), &shift(&open, 30), &open).await;
    let Err(Refusal::Unsupported { why, .. }) = between else { panic!("{between:?}") };
    assert!(why.contains("setWeight 50"), "it says what its steps are: {why}");

    let effect = world.resolve(&place(), &shift(&open, 0), &open).await.expect("it is open");
    assert_eq!(world.probe(&key(), &effect).await, Presence::Absent);
    let receipt = world.apply(&key(), &effect).await.expect("it may be aborted");
    let repeat = world.apply(&key(), &effect).await.expect("a repeat changes nothing");
    assert_eq!(repeat.sentence, receipt.sentence);
    assert!(matches!(world.probe(&key(), &effect).await, Presence::Present(_)));
    rollouts.until("the abort", |status| status["phase"] == "Degraded").await.expect("it aborts");
    let aborted = world.survey(&place()).await.expect("it can be read");
    let RolloutState::Stuck { why } = &aborted.rollout else { panic!("{aborted:?}") };
    assert!(why.contains("aborted"), "{why}");
    let again = world.resolve(&place(), &shift(&aborted, 0), &aborted).await;
    assert!(matches!(again, Err(Refusal::Unsupported { .. })), "it is aborted already: {again:?}");
}

async fn promote(field: &Field) {
    let (rollouts, world) = half_way(field).await;
    rollouts.release("v3").await.expect("v3 comes to users");
    let open = world.survey(&place()).await.expect("it can be read");
    let effect = world.resolve(&place(), &shift(&open, 100), &open).await.expect("it is open");
    world.apply(&key(), &effect).await.expect("it may be promoted");
    rollouts
        .until("the promotion", |status| status["phase"] == "Healthy")
        .await
        .expect("v3 serves");
    let served = world.survey(&place()).await.expect("it can be read");
    let newest = served.newest().expect("something runs");
    assert_eq!(newest.version, "v3", "{}", served.sentence());
}
