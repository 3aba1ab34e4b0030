//! Closing the window in the middle of a run: it asks, it can be taken back, and it ends when it is meant.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, getpgid};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, MapState, Window as XWindow,
};
use x11rb::rust_connection::RustConnection;

use crate::driver::{CONTROL, ENTER, PATIENCE};
use crate::look::{photograph, violations};
use crate::window::Window;
use crate::{STEP, choose, walk};

const ESCAPE: char = '\u{e00c}';
const QUESTION: &str = "//dialog//h2[.='Close while a run is under way?']";

#[test]
fn a_window_that_is_closed_on_a_run_asks_first() -> Result<()> {
    let Some(window) = Window::open(&["--as", "ana"])? else { return Ok(()) };
    walk(&window, |_| Ok(()))?;

    close(&window)?;
    window.see(QUESTION)?;
    let said = window.text("//dialog")?;
    for part in ["checkout in production", "Nothing is lost", "lastgood resume"] {
        ensure!(said.contains(part), "it says `{part}`: {said}");
    }
    for theme in ["dark", "light"] {
        choose(&window, theme)?;
        photograph(&window, &format!("closing-{theme}"))?;
        let found = violations(&window)?.unwrap_or_default();
        ensure!(found.is_empty(), "violations in the {theme} theme: {found:#?}");
    }

    window.press(&[ESCAPE])?;
    window.see(STEP)?;
    let open = window.script("return document.querySelectorAll('dialog').length")?;
    ensure!(open == 0, "it is taken back, and the run goes on");

    close(&window)?;
    window.see(QUESTION)?;
    // The program may be gone before it has answered.
    let _ = window.press(&[CONTROL, ENTER]);
    gone(&window)
}

#[test]
fn a_window_without_a_run_closes_at_once() -> Result<()> {
    let Some(window) = Window::open(&[])? else { return Ok(()) };
    window.see("//h1[.='Board']")?;
    close(&window)?;
    gone(&window)
}

/// Waits until the page answers no more, because the program has ended.
fn gone(window: &Window) -> Result<()> {
    let began = Instant::now();
    while window.script("return 1").is_ok() {
        ensure!(began.elapsed() < PATIENCE, "the window is still there");
        // The driver tells nobody that the program has ended.
        std::thread::park_timeout(std::time::Duration::from_millis(20));
    }
    Ok(())
}

/// Does what a window manager does when somebody clicks on the cross: Inter-Client Communication
/// Conventions Manual 2.0, 4.2.8.1, "Window Deletion".
fn close(window: &Window) -> Result<()> {
    let (display, screen) = x11rb::connect(window.display())?;
    let root = display.setup().roots.get(screen).context("a display has a screen")?.root;
    let atom = |name: &str| -> Result<u32> {
        Ok(display.intern_atom(false, name.as_bytes())?.reply()?.atom)
    };
    let (protocols, delete, pid) =
        (atom("WM_PROTOCOLS")?, atom("WM_DELETE_WINDOW")?, atom("_NET_WM_PID")?);
    let mut told = 0_u32;
    for each in display.query_tree(root)?.reply()?.children {
        if !shown(&display, each)? || owner(&display, each, pid)? != Some(window.group()) {
            continue;
        }
        let now = [delete, x11rb::CURRENT_TIME, 0, 0, 0];
        let event = ClientMessageEvent::new(32, each, protocols, now);
        display.send_event(false, each, EventMask::NO_EVENT, event)?.check()?;
        told += 1;
    }
    ensure!(told > 0, "the window is on the display");
    Ok(())
}

fn shown(display: &RustConnection, window: XWindow) -> Result<bool> {
    let attributes = display.get_window_attributes(window)?.reply()?;
    Ok(attributes.map_state == MapState::VIEWABLE)
}

/// The group of processes that a window belongs to; other tests have windows on this display too.
fn owner(display: &RustConnection, window: XWindow, pid: u32) -> Result<Option<Pid>> {
    let reply = display.get_property(false, window, pid, AtomEnum::CARDINAL, 0, 1)?.reply()?;
    let pid = reply.value32().and_then(|mut values| values.next());
    let pid = pid.and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    Ok(pid.and_then(|pid| getpgid(Some(pid)).ok()))
}
