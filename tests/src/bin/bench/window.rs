//! The window's cold start until its first rows are there, and the memory of all of its
//! processes then. Needs a display and `LASTGOOD_DESKTOP_BIN`; `./dev bench` sees to both.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::sample::{Sample, text};

const TIMES: usize = 5;

/// What the window's host logs once it has handed out the first deploys.
const READY: &str = "answered releases";

/// Longer than any start that anybody would wait for.
const LIMIT: Duration = Duration::from_mins(1);

pub(crate) fn measure() -> anyhow::Result<()> {
    println!("the window, from its start until the first deploys are handed to it");
    let Some(program) = std::env::var_os("LASTGOOD_DESKTOP_BIN").map(PathBuf::from) else {
        println!("  skipped: LASTGOOD_DESKTOP_BIN names no program; ./dev bench window sets it\n");
        return Ok(());
    };
    if std::env::var_os("DISPLAY").is_none() {
        println!("  skipped: there is no display; ./dev bench window brings one\n");
        return Ok(());
    }
    let (mut starts, mut memory) = (vec![], vec![]);
    for _ in 0..TIMES {
        let (took, kib) = start(&program)?;
        starts.push(took);
        memory.push(kib);
    }
    memory.sort_unstable();
    println!("  first start           {}", text(starts[0]));
    println!("  all starts            {}", Sample::new(starts).line());
    println!("  memory (PSS), median  {} MiB of all processes\n", memory[TIMES / 2] / 1024);
    Ok(())
}

/// Ends its process and everything that it started.
struct Window(Child);

impl Drop for Window {
    fn drop(&mut self) {
        for process in family(self.0.id()) {
            let _ = Command::new("kill").arg(process.to_string()).status();
        }
        let _ = self.0.wait();
    }
}

fn start(program: &Path) -> anyhow::Result<(Duration, u64)> {
    let data = tempfile::tempdir()?;
    let began = Instant::now();
    let mut child = Command::new(program)
        .arg("--data")
        .arg(data.path())
        .env("LASTGOOD_LOG", "lastgood_desktop=info")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start `{}`", program.display()))?;
    let said = child.stderr.take().context("its words are piped")?;
    let window = Window(child);
    let (ready, wait) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            if line.contains(READY) {
                let _ = ready.send(Instant::now());
            }
        }
    });
    let at = wait.recv_timeout(LIMIT).context("the window did not ask for deploys")?;
    let kib = family(window.0.id()).into_iter().filter_map(pss).sum();
    drop(window);
    let _ = reader.join();
    Ok((at - began, kib))
}

/// A process and all of its descendants, children first.
fn family(root: u32) -> Vec<u32> {
    let listing = std::fs::read_to_string(format!("/proc/{root}/task/{root}/children"));
    let children: Vec<u32> =
        listing.unwrap_or_default().split_whitespace().filter_map(|id| id.parse().ok()).collect();
    let mut all: Vec<u32> = children.into_iter().flat_map(family).collect();
    all.push(root);
    all
}

/// Its share of memory in KiB, as the kernel accounts it.
fn pss(process: u32) -> Option<u64> {
    let rollup = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let line = rollup.lines().find(|line| line.starts_with("Pss:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
