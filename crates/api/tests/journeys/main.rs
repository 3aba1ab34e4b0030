//! What a host can ask of the app, from outside: one program for all of it, because each would
//! link the whole app anew.

use std::path::Path;

use lastgood_api::core::view::RunView;
use lastgood_api::wire::{DrillRequest, StartRequest};
use lastgood_api::{App, Config, Pace, play};

mod annotate;
mod blame;
mod checklist;
mod debrief;
mod drill;
mod export;
mod fit;
mod hand_over;
mod import;
mod import_entries;
mod in_memory;
mod own_drills;
mod pdf;
mod replay;
mod secrets;
mod timeline;
mod verify;

/// The app on the embedded practice world, with its journal in `data`.
fn practice(data: &Path) -> App {
    App::open(Config { workspace: None, data: data.to_owned(), person: "ana".into() })
        .expect("the embedded workspace is whole")
}

/// The drill of a bad canary, played to its end; it plays on 2026-03-02.
async fn bad_canary(app: &App, seed: u64) -> RunView {
    let request = DrillRequest { scenario: "bad-canary".into(), seed: Some(seed), speed: None };
    app.set_up(&request, Pace::Stepped).await.expect("the scenario is shipped");
    let plan = app.plan_drill(None).await.expect("there is a last good release");
    let start = StartRequest { hash: plan.hash, overrides: Vec::new(), choice: None };
    let handle = app.launch(start).await.expect("nothing blocks it");
    let operator = app.operator().expect("the stage stands").expect("it is a drill");
    let view = play(handle, &operator, |_| {}).await.expect("the journal can be written");
    assert!(view.outcome.is_some(), "it ended");
    view
}
