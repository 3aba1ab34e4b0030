//! The desktop around the window: its entry in the tray, its notifications, its links and its
//! other starts. What is said and when is decided in `lastgood_api::desktop`.

pub(crate) mod notify;
#[cfg(target_os = "linux")]
mod tray;

use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lastgood_api::App;
use lastgood_api::desktop::{Attention, Going, Link, Tray};
use tauri::plugin::TauriPlugin;
use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Manager, WebviewWindow, Wry};
use tauri_plugin_window_state::StateFlags;

use crate::calls::Wishes;
use crate::commands::Opened;
use crate::options::Options;

/// How often the runs of this process are looked at. It reads what is in memory.
const EVERY: Duration = Duration::from_secs(1);

/// The window of `tauri.conf.json`.
pub(crate) const MAIN: &str = "main";

/// A place that was asked for before the page was there to show it.
#[derive(Default)]
pub(crate) struct Wanted(Mutex<Option<Link>>);

/// Hands every further start over one data folder to the window that is there. Has to be the
/// first plugin, so that nothing else is begun in a process that ends at once.
pub(crate) fn once(options: &Options) -> TauriPlugin<Wry> {
    let mine = options.clone();
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(lastgood_api::desktop::instance(&options.data()))
        .callback(move |app, words, folder| again(app, &mine, words, &folder))
        .build()
}

/// Where the window was and how large; nothing that a drill or a second screen would confuse.
pub(crate) fn geometry() -> TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::default()
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
        .with_filter(|label| label == MAIN)
        .build()
}

/// Somebody started the program again.
fn again(app: &AppHandle, mine: &Options, words: Vec<String>, folder: &str) {
    show(app);
    let read = Options::read(words.into_iter().skip(1).map(OsString::from));
    let Ok(theirs) = read else { return };
    if let Some(sentence) = mine.unlike(&theirs, Path::new(folder)) {
        notify::tell("Lastgood is open already", &sentence);
    }
    if let Some(link) = theirs.link() {
        open(app, link);
    }
}

/// Follows a link, or says why not. It opens a place of the window and does nothing else.
pub(crate) fn open(app: &AppHandle, link: &str) {
    match Link::parse(link) {
        Ok(link) => follow(app, &link),
        Err(why) => {
            tracing::warn!(%why, "a link was not followed");
            show(app);
            notify::tell("A link was not followed", &format!("{why}."));
        }
    }
}

/// Shows a place in the window, now or as soon as there is a page.
pub(crate) fn follow(app: &AppHandle, link: &Link) {
    show(app);
    let Some(window) = app.get_webview_window(MAIN) else { return };
    if turn(&window, link).is_err() {
        *app.state::<Wanted>().0.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(link.clone());
    }
}

/// The page is there: shows what was asked for before.
pub(crate) fn loaded(webview: &tauri::Webview, event: PageLoadEvent) {
    if event != PageLoadEvent::Finished || webview.label() != MAIN {
        return;
    }
    let app = webview.app_handle();
    let wanted = app.state::<Wanted>().0.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(link) = wanted {
        follow(app, &link);
    }
}

/// Asks for a place at the start.
pub(crate) fn want(app: &AppHandle, link: &str) {
    match Link::parse(link) {
        Ok(link) => {
            *app.state::<Wanted>().0.lock().unwrap_or_else(PoisonError::into_inner) = Some(link);
        }
        Err(_) => open(app, link),
    }
}

/// Changes the page's address behind its `#`, as a person could: no script runs for it.
fn turn(window: &WebviewWindow, link: &Link) -> tauri::Result<()> {
    let mut url = window.url()?;
    if url.scheme() == "about" {
        return Err(tauri::Error::WebviewNotFound);
    }
    url.set_fragment(Some(&link.address()));
    window.navigate(url)
}

/// Brings the window before the person.
pub(crate) fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    for done in [window.show(), window.unminimize(), window.set_focus()] {
        if let Err(error) = done {
            tracing::warn!(%error, "the window did not come forward");
        }
    }
}

/// Keeps tray and notifications at what the runs are, for as long as the program runs.
pub(crate) fn watch(app: &AppHandle) {
    let Ok(opened) = app.state::<Opened>().inner() else { return };
    let (app, runs) = (app.clone(), Arc::clone(opened));
    tauri::async_runtime::spawn(async move { keep(&app, &runs).await });
}

async fn keep(app: &AppHandle, opened: &App) {
    let began = Instant::now();
    let mut attention = Attention::default();
    let mut calls = notify::Calls::default();
    let mut seen: Option<Vec<Going>> = None;
    #[cfg(target_os = "linux")]
    let tray = tray::Icon::show(app, Tray::of(&[])).await;
    loop {
        let going = opened.going();
        let (left, wanted) = (opened.left(), app.state::<Wishes>().now());
        for notice in attention.look(&going, &left, wanted, began.elapsed(), || watched(app)) {
            calls.call(app, notice);
        }
        calls.keep(|question| attention.asks(question));
        if seen.as_ref() != Some(&going) {
            #[cfg(target_os = "linux")]
            if let Some(tray) = &tray {
                tray.say(Tray::of(&going)).await;
            }
            seen = Some(going);
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Does a person look at one of the windows?
fn watched(app: &AppHandle) -> bool {
    app.webview_windows().values().any(|window| window.is_focused().unwrap_or(false))
}
