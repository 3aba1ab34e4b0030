//! The desktop around the window: who is called, where a click and a link lead, what the tray
//! says.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::bus::Desktop;
use crate::window::{Group, Window};
use crate::{STEP, walk};

#[test]
fn a_question_calls_who_looks_elsewhere_and_a_click_leads_to_it() -> Result<()> {
    let Some(desktop) = Desktop::start()? else { return Ok(()) };
    let Some(window) = Window::open_on(&desktop.address, &["--as", "ana"])? else { return Ok(()) };
    window.see("//h1[.='Board']")?;
    // Who looks at the window is not called: another one is put before it.
    let _before = Cover::over(&window, &desktop)?;
    walk(&window, |_| Ok(()))?;
    window.press(&['1'])?;
    window.see("//h1[.='Board']")?;

    let shown = desktop.shown()?;
    ensure!(shown.title.starts_with("DRILL: checkout in production"), "{shown:?}");
    ensure!(!shown.body.is_empty(), "it says what waits: {shown:?}");
    ensure!(shown.actions.contains(&"default".to_owned()), "it can be clicked: {shown:?}");
    desktop.click(&shown)?;
    window.see(STEP)?;
    ensure!(desktop.closed()? == shown.id, "what was seen is taken off the screen");
    Ok(())
}

#[test]
fn a_further_start_with_a_link_comes_to_the_window_that_is_there() -> Result<()> {
    let Some(desktop) = Desktop::start()? else { return Ok(()) };
    let Some(window) = Window::open_on(&desktop.address, &[])? else { return Ok(()) };
    window.see("//h1[.='Board']")?;
    window.press(&['6'])?;
    window.see("//a[@data-row]")?;
    let address =
        window.script("return document.querySelector('a[data-row]').getAttribute('href')")?;
    let address = address.as_str().context("a row leads somewhere")?;
    window.press(&['1'])?;
    window.see("//h1[.='Board']")?;

    again(&window, &desktop, &address.replace("#/releases/", "lastgood://release/"))?;
    window.see("//h1[.='Releases']")?;
    window.see("//button[@data-primary][contains(., 'Plan a rollback')]")?;
    let hash = window.script("return location.hash")?;
    ensure!(hash == address, "it shows what the link names: {hash}");

    let before = hash;
    for hostile in
        ["lastgood://run/r-1/confirm", "lastgood://plan/x", "lastgood://run/r-1?answer=yes"]
    {
        again(&window, &desktop, hostile)?;
        let shown = desktop.shown()?;
        ensure!(shown.title == "A link was not followed", "{hostile}: {shown:?}");
    }
    ensure!(window.script("return location.hash")? == before, "and the window stays where it was");
    Ok(())
}

/// Another window before the one of the test: the program over other data, which is nobody's
/// further start.
struct Cover {
    _program: Group,
    _data: TempDir,
}

impl Cover {
    fn over(window: &Window, desktop: &Desktop) -> Result<Self> {
        let data = TempDir::new()?;
        let mut command = program(window, desktop)?;
        command.arg("--data").arg(data.path());
        Ok(Self { _program: Group::start(&mut command, Signal::KILL)?, _data: data })
    }
}

/// Starts the program once more over the same data, as a desktop does with a link.
fn again(window: &Window, desktop: &Desktop, link: &str) -> Result<()> {
    let mut command = program(window, desktop)?;
    command.args(["--data", &window.data(), link]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let ended = command.status().context("the program did not start again")?;
    ensure!(ended.success(), "the further start ended with {ended}");
    Ok(())
}

/// The program on the display and the bus of a test.
fn program(window: &Window, desktop: &Desktop) -> Result<Command> {
    let program = std::env::var_os("LASTGOOD_DESKTOP_BIN").context("it was there before")?;
    let mut command = Command::new(program);
    command
        .env("DBUS_SESSION_BUS_ADDRESS", &desktop.address)
        .env("TAURI_WEBVIEW_AUTOMATION", "true");
    if let Some(display) = window.display() {
        command.env("DISPLAY", display).env_remove("WAYLAND_DISPLAY");
    }
    Ok(command)
}

#[test]
fn the_tray_says_that_nothing_runs_and_can_end_the_program() -> Result<()> {
    let Some(desktop) = Desktop::start()? else { return Ok(()) };
    let Some(window) = Window::open_on(&desktop.address, &[])? else { return Ok(()) };
    window.see("//h1[.='Board']")?;
    let lines = desktop.tray()?;
    ensure!(lines == ["No run is under way", "Open Lastgood", "Quit"], "{lines:?}");
    Ok(())
}
