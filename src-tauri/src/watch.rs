//! Views of a run, streamed to a window: at most ten a second, the newest wins.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lastgood_api::RunHandle;
use lastgood_api::core::name::RunId;
use lastgood_api::core::problem::Problem;
use lastgood_api::core::view::RunView;
use lastgood_api::wire::RunQuery;
use tauri::State;
use tauri::ipc::Channel;
use tokio::task::AbortHandle;

use crate::commands::Opened;

/// The shortest time between two views; a person sees no difference beyond ten a second.
const BETWEEN: Duration = Duration::from_millis(100);

/// How often a run is looked at that another process drives.
const LOOK: Duration = Duration::from_secs(1);

/// The streams that are open, by the window's channel.
#[derive(Default)]
pub(crate) struct Watches(Mutex<HashMap<u32, AbortHandle>>);

/// Streams the views of a run until it ends, is unwatched, or the window goes away.
#[tauri::command]
pub(crate) async fn watch_run(
    opened: State<'_, Opened>,
    watches: State<'_, Watches>,
    run: String,
    channel: Channel<RunView>,
) -> Result<(), Problem> {
    let app = opened.inner().as_ref().map_err(Clone::clone)?.clone();
    let run = RunId::new(run);
    // What cannot be watched is refused before the stream begins.
    let first = app.run(RunQuery { run: run.clone() }).await?;
    let id = channel.id();
    let stream = tokio::spawn(async move {
        let mut last = first;
        if channel.send(last.clone()).is_err() {
            return;
        }
        loop {
            if let Ok(handle) = app.driving(&run) {
                let Some(seen) = live(&handle, &channel).await else { return };
                last = seen;
            }
            if last.outcome.is_some() {
                return;
            }
            // Nobody drives it here: what the journal tells is all there is.
            tokio::time::sleep(LOOK).await;
            let Ok(view) = app.run(RunQuery { run: run.clone() }).await else { continue };
            if view != last && channel.send(view.clone()).is_err() {
                return;
            }
            last = view;
        }
    });
    let mut open = watches.0.lock().unwrap_or_else(PoisonError::into_inner);
    open.retain(|_, other| !other.is_finished());
    open.insert(id, stream.abort_handle());
    Ok(())
}

/// Sends the views of a run that this process drives, until its driver ends; the last one, or
/// `None` when the window is gone.
async fn live(handle: &RunHandle, channel: &Channel<RunView>) -> Option<RunView> {
    let mut views = handle.views();
    loop {
        views.mark_unchanged();
        let view = (*handle.view()).clone();
        channel.send(view.clone()).ok()?;
        if view.outcome.is_some() || !view.driven {
            return Some(view);
        }
        tokio::time::sleep(BETWEEN).await;
        if views.changed().await.is_err() {
            return Some(view);
        }
    }
}

/// Ends a stream.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "the window hands the state over by value")]
pub(crate) fn unwatch_run(watches: State<'_, Watches>, channel: u32) {
    let open = watches.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&channel);
    if let Some(stream) = open {
        stream.abort();
    }
}
