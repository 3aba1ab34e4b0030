//! The window host: parses its arguments, hands commands to the app, shows views.
//! Nothing is decided here. The only crate that knows Tauri.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod calls;
mod commands;
mod compact;
mod desktop;
mod leave;
mod options;
mod renderer;
mod watch;

use std::process::ExitCode;
use std::sync::Arc;

use lastgood_api::App;

use crate::calls::Wishes;
use crate::commands::{Opened, handler};
use crate::desktop::Wanted;
use crate::leave::Leave;
use crate::options::Options;
use crate::watch::Watches;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("LASTGOOD_LOG"))
        .with_writer(std::io::stderr)
        .init();
    renderer::settle();
    let options = match Options::read(std::env::args_os().skip(1)) {
        Ok(options) => options,
        Err(sentence) => return refuse(&sentence),
    };
    let once = desktop::once(&options);
    let link = options.link().map(str::to_owned);
    // A workspace with mistakes still opens the window: it is where they are read.
    let opened: Opened = App::open(options.config()).map(Arc::new);
    let built = tauri::Builder::default()
        .plugin(once)
        .plugin(desktop::geometry())
        .manage(opened)
        .manage(Watches::default())
        .manage(Wanted::default())
        .manage(Wishes::default())
        .manage(Leave::default())
        .invoke_handler(handler())
        .on_window_event(leave::happened)
        .on_page_load(|webview, load| desktop::loaded(webview, load.event()))
        .setup(move |app| {
            if let Some(link) = &link {
                desktop::want(app.handle(), link);
            }
            desktop::watch(app.handle());
            Ok(())
        })
        .build(context());
    match built {
        Ok(window) => {
            window.run(happened);
            ExitCode::SUCCESS
        }
        Err(error) => refuse(&format!("the window could not be opened: {error}")),
    }
}

/// macOS hands a link over as an event, and not as an argument.
#[cfg(target_os = "macos")]
fn happened(app: &tauri::AppHandle, event: tauri::RunEvent) {
    if let tauri::RunEvent::Opened { urls } = event {
        for url in urls {
            desktop::open(app, url.as_str());
        }
    }
}

#[cfg(not(target_os = "macos"))]
fn happened(_app: &tauri::AppHandle, _event: tauri::RunEvent) {}

/// The window's manifest and pages, as they were when this was compiled.
#[expect(clippy::exit, reason = "the macro leaves where it cannot make the context")]
fn context() -> tauri::Context {
    tauri::generate_context!()
}

#[expect(clippy::print_stderr, reason = "there is no window to say it in")]
fn refuse(sentence: &str) -> ExitCode {
    eprintln!("lastgood-desktop: {sentence}");
    ExitCode::from(2)
}
