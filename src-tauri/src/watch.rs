//! Views of a run, streamed to a window: at most ten a second, the newest wins.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

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
    let Ok(handle) = app.driving(&run) else {
        // Nobody drives it here: what the journal tells is all there is.
        let view = app.run(RunQuery { run }).await?;
        let _ = channel.send(view);
        return Ok(());
    };
    let id = channel.id();
    let mut views = handle.views();
    let stream = tokio::spawn(async move {
        loop {
            views.mark_unchanged();
            let view = (*handle.view()).clone();
            let over = view.outcome.is_some() || !view.driven;
            if channel.send(view).is_err() || over {
                return;
            }
            tokio::time::sleep(BETWEEN).await;
            if views.changed().await.is_err() {
                return;
            }
        }
    });
    let mut open = watches.0.lock().unwrap_or_else(PoisonError::into_inner);
    open.retain(|_, other| !other.is_finished());
    open.insert(id, stream.abort_handle());
    Ok(())
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
