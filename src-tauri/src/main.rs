//! The window host: parses its arguments, hands commands to the app, shows views.
//! Nothing is decided here. The only crate that knows Tauri.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod options;
mod renderer;
mod watch;

use std::process::ExitCode;
use std::sync::Arc;

use lastgood_api::App;

use crate::commands::{Opened, handler};
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
    // A workspace with mistakes still opens the window: it is where they are read.
    let opened: Opened = App::open(options.config()).map(Arc::new);
    let built = tauri::Builder::default()
        .manage(opened)
        .manage(Watches::default())
        .invoke_handler(handler())
        .run(context());
    match built {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&format!("the window could not be opened: {error}")),
    }
}

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
