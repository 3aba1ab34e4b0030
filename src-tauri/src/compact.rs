//! The small window of one run, and the way back to the full one. It is granted less than the
//! full window: it sees one run, answers it and holds it.

use lastgood_api::core::name::RunId;
use lastgood_api::core::problem::{Code, Problem};
use lastgood_api::desktop::Link;
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindowBuilder};

use crate::desktop::{self, follow};

/// The label of the window; `capabilities/compact.json` grants by it.
pub(crate) const COMPACT: &str = "compact";

/// Its size in logical pixels: a line, a step, two buttons and a chart.
const SIZE: (f64, f64) = (380.0, 220.0);

/// Opens a run in the small window. There is one: another run takes its place.
///
/// It is kept above other windows; on Wayland no program can ask for that.
#[tauri::command(async)]
#[expect(clippy::needless_pass_by_value, reason = "the window hands its words over by value")]
pub(crate) fn compact_run(app: AppHandle, run: String) -> Result<(), Problem> {
    let run = RunId::new(run);
    if let Some(window) = app.get_webview_window(COMPACT) {
        window.destroy().map_err(|error| odd(&error))?;
    }
    // The address is a path below the pages: what stands behind its `#` reaches no file.
    let page = format!("index.html#{}", lastgood_api::desktop::compact(&run));
    WebviewWindowBuilder::new(&app, COMPACT, WebviewUrl::App(page.into()))
        .title("Lastgood")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SIZE.0 - 60.0, SIZE.1 - 20.0)
        .always_on_top(true)
        .build()
        .map_err(|error| odd(&error))?;
    Ok(())
}

/// Shows the run in the full window and closes the small one.
#[tauri::command(async)]
#[expect(clippy::needless_pass_by_value, reason = "the window hands its words over by value")]
pub(crate) fn full_run(app: AppHandle, run: String) -> Result<(), Problem> {
    follow(&app, &Link::Run(RunId::new(run)));
    match app.get_webview_window(COMPACT) {
        // Without the full window it stays: a run is not left without any.
        Some(window) if app.get_webview_window(desktop::MAIN).is_some() => {
            window.close().map_err(|error| odd(&error))
        }
        _ => Ok(()),
    }
}

fn odd(error: &tauri::Error) -> Problem {
    Problem::new(Code::Internal, format!("the window could not be opened or closed: {error}"))
        .hint("The run is kept by the engine; go on in the window that is there.")
}
