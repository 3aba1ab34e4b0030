//! Closing the full window while runs are driven in it. The page asks, because it is where the
//! run is read; what is asked is decided in `lastgood_api::desktop`.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lastgood_api::desktop::Leaving;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, State, Window, WindowEvent};

use crate::commands::Opened;
use crate::desktop::MAIN;

/// A page that has not answered for this long answers no more: closing again closes.
const PATIENCE: Duration = Duration::from_secs(3);

/// The page that asks, and since when it has been asking.
#[derive(Default)]
pub(crate) struct Leave(Mutex<Asking>);

#[derive(Default)]
struct Asking {
    page: Option<Channel<Leaving>>,
    since: Option<Instant>,
}

/// The page says that it can ask; it is handed the question when there is one.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "the window hands the state over by value")]
pub(crate) fn ask_to_leave(leave: State<'_, Leave>, channel: Channel<Leaving>) {
    let mut asking = leave.0.lock().unwrap_or_else(PoisonError::into_inner);
    *asking = Asking { page: Some(channel), since: None };
}

/// The answer: the program ends, or stays.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "the window hands its words over by value")]
pub(crate) fn leave(app: AppHandle, leave: State<'_, Leave>, sure: bool) {
    leave.0.lock().unwrap_or_else(PoisonError::into_inner).since = None;
    if sure {
        app.exit(0);
    }
}

/// Keeps the full window open for as long as the question is.
pub(crate) fn happened(window: &Window, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else { return };
    if window.label() != MAIN {
        return;
    }
    let app = window.app_handle();
    let Ok(opened) = app.state::<Opened>().inner() else { return };
    let Some(question) = Leaving::of(&opened.going()) else { return };
    let state = app.state::<Leave>();
    let mut asking = state.0.lock().unwrap_or_else(PoisonError::into_inner);
    if asking.since.is_some_and(|since| since.elapsed() > PATIENCE) {
        return;
    }
    // A page that is gone cannot ask; the journal keeps the run in any case.
    let asked = asking.page.as_ref().is_some_and(|page| page.send(question).is_ok());
    if asked {
        asking.since.get_or_insert_with(Instant::now);
        api.prevent_close();
    }
}
