//! The real window, built as a user gets it, driven with keys and mouse.
//!
//! `./dev test` builds it and runs this. By hand: build the pages and the window, name the
//! program in `LASTGOOD_DESKTOP_BIN`, and run `cargo nextest run -p lastgood-tests -E
//! 'binary(smoke)'`. Pictures go to `LASTGOOD_SCREENSHOTS` where that is set.

#![cfg(target_os = "linux")]

mod bus;
mod closing;
mod desktop;
mod driver;
mod look;
mod window;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::driver::{CONTROL, Driver, ENTER};
use crate::look::{photograph, violations};
use crate::window::Window;

const SUSPECT: &str = "//tr[.//*[contains(., 'suspect')]]//a[@data-row]";
const STEP: &str = "//nav[@aria-label='Steps of the run']//*[@aria-current='step']";

/// The views beside the way from a deploy to its rollback, by their keys.
const OTHER_VIEWS: [(char, &str); 8] = [
    ('3', "Timeline"),
    ('4', "Drills"),
    ('5', "All runs"),
    ('7', "Marks"),
    ('8', "Judge"),
    ('9', "Schema"),
    ('p', "Runbooks"),
    ('q', "Connections"),
];

/// Goes from the deploys to the first step of a run, and stops at each view on the way.
fn walk(window: &Driver, mut at: impl FnMut(&str) -> Result<()>) -> Result<()> {
    window.see("//h1[.='Board']")?;
    at("board")?;
    window.press(&['6'])?;
    window.see("//h1[.='Releases']")?;
    window.see(SUSPECT)?;
    at("releases")?;

    window.click(SUSPECT)?;
    window.see("//button[@data-primary][contains(., 'Plan a rollback')]")?;
    at("release")?;

    window.press(&[CONTROL, ENTER])?;
    window.see("//*[.='nothing has happened yet']")?;
    window.click("//input[@type='radio'][not(@disabled)]")?;
    window.see("//h2[.='Before the first change'] | //h3[.='Before the first change']")?;
    let blocks =
        window.script("return document.querySelectorAll('main input[type=text]').length")?;
    ensure!(blocks == 0, "nothing forbids this rollback, and no reason is asked: {blocks}");
    at("plan")?;

    window.press(&[CONTROL, ENTER])?;
    window.see(STEP)?;
    at("run")
}

#[test]
fn the_window_leads_from_a_suspect_to_the_first_step_of_a_run() -> Result<()> {
    let Some(window) = Window::open(&[])? else { return Ok(()) };
    walk(&window, |_| Ok(()))?;
    window.see(&format!("//h1[@id='step-title'][. = {STEP}//*[contains(@class, 'title')]]"))?;
    let title = window.script("return document.title")?;
    ensure!(
        title.as_str().is_some_and(|title| title.starts_with("DRILL")),
        "the practice world is never taken for production: {title}"
    );
    Ok(())
}

#[test]
fn every_view_is_drawn_and_accessible_in_both_themes() -> Result<()> {
    let Some(window) = Window::open(&["--as", "ana"])? else { return Ok(()) };
    let mut found = Vec::new();
    let mut unlooked = false;
    let mut look = |view: &str| {
        for theme in ["dark", "light"] {
            choose(&window, theme)?;
            photograph(&window, &format!("{view}-{theme}"))?;
            match violations(&window)? {
                Some(some) => {
                    found.extend(some.into_iter().map(|one| format!("{view}-{theme}: {one}")));
                }
                None => unlooked = true,
            }
        }
        Ok(())
    };
    walk(&window, &mut look)?;
    for (key, view) in OTHER_VIEWS {
        window.press(&[key])?;
        window.see(&format!("//button[@aria-current='page'][contains(., '{view}')]"))?;
        window.see("//h1")?;
        look(&view.to_lowercase().replace(' ', "-"))?;
    }
    if unlooked {
        eprintln!("SKIPPED: accessibility in the real window: axe-core is not in ui/node_modules");
    }
    ensure!(found.is_empty(), "violations: {found:#?}");
    Ok(())
}

/// Chooses a theme as the page's first script does before anything is drawn.
fn choose(window: &Driver, theme: &str) -> Result<()> {
    window.script(&format!("document.documentElement.dataset.theme = '{theme}'")).map(drop)
}

#[test]
fn a_page_can_ask_for_the_command_table_and_for_nothing_else() -> Result<()> {
    let Some(window) = Window::open(&[])? else { return Ok(()) };
    window.see("//h1[.='Board']")?;
    let said = |command: &str, request: Value| -> Result<Value> {
        let request = json!({ "request": request });
        window.script_until_done(&format!(
            "__TAURI_INTERNALS__.invoke('{command}', {request}).then(
               () => done('done'), (error) => done(String(error?.message ?? error)))"
        ))
    };
    ensure!(said("workspace", json!({}))? == "done", "what the table has is answered");
    let odd = window.script_until_done(
        "__TAURI_INTERNALS__.invoke('workspace', { request: {}, extra: 1 }).then(
           () => done('done'), (error) => done(String(error?.message ?? error)))",
    )?;
    ensure!(odd != "done", "nothing rides along with a request: {odd}");
    for command in [
        "format_disk",
        "plugin:app|version",
        "plugin:event|emit",
        "plugin:fs|read_file",
        "plugin:shell|execute",
        "plugin:webview|create_webview_window",
        "plugin:window|close",
        "plugin:window-state|restore_state",
        "full_run",
    ] {
        let answer = said(command, json!({}))?;
        ensure!(
            answer
                .as_str()
                .is_some_and(|words| words.contains("not allowed") || words.contains("not found")),
            "`{command}` is nobody's to ask for, and the window answered {answer}"
        );
    }
    Ok(())
}

#[test]
fn nothing_in_the_page_can_become_a_script_or_reach_outside() -> Result<()> {
    let Some(window) = Window::open(&[])? else { return Ok(()) };
    window.see("//h1[.='Board']")?;
    let outcome = |attempt: &str| {
        window.script(&format!(
            "try {{ {attempt}; return 'done' }} catch (error) {{ return error.name }}"
        ))
    };
    for attempt in [
        "document.body.insertAdjacentHTML('beforeend', '<b>x</b>')",
        "document.createElement('p').innerHTML = '<b>x</b>'",
        "document.createElement('iframe').srcdoc = '<b>x</b>'",
        "document.createElement('script').text = 'window.taken = 1'",
        "document.createElement('script').src = 'data:text/javascript,window.taken=1'",
        "document.createRange().createContextualFragment('<b>x</b>')",
        "new DOMParser().parseFromString('<b>x</b>', 'text/html')",
        "document.write('<b>x</b>')",
        "trustedTypes.createPolicy('mine', { createHTML: (text) => text })",
        "trustedTypes.createPolicy('default', { createHTML: (text) => text })",
    ] {
        let refused = outcome(attempt)?;
        ensure!(refused == "TypeError", "a text never becomes more: {attempt}: {refused}");
    }
    let evaluated = outcome("new Function('window.taken = 1')()")?;
    ensure!(evaluated != "done", "no text becomes a script: {evaluated}");
    let fetched = window.script_until_done(
        "fetch('https://example.com/').then(() => done('done'), () => done('refused'))",
    )?;
    ensure!(fetched == "refused", "nothing outside is asked: {fetched}");
    let framed = window.script(
        "const frame = document.getElementById('__tauri_isolation__');
         return frame !== null && frame.getClientRects().length === 0",
    )?;
    ensure!(framed == true, "the frame between page and engine is there and is not seen");
    Ok(())
}

#[test]
fn a_workspace_with_a_mistake_opens_the_window_and_is_explained() -> Result<()> {
    let workspace = tempfile::TempDir::new()?;
    std::fs::write(workspace.path().join("lastgood.yaml"), "services: [unclosed\n")?;
    let folder = workspace.path().display().to_string();
    let Some(window) = Window::open(&["--workspace", &folder])? else { return Ok(()) };
    let problem = window.text("//*[@role='alert']")?;
    ensure!(problem.contains("lastgood.yaml"), "the file is named: {problem}");
    Ok(())
}
