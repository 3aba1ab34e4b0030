//! What durability costs: a run of five changes that do nothing, beside the machine's
//! own time to make 500 bytes durable.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lastgood_core::name::RunId;
use lastgood_core::testing;
use lastgood_engine::{Engine, Ports, Start};
use lastgood_journal::SqliteJournal;

use crate::sample::{Sample, text};
use crate::world::{Still, Willing};

const STEPS: u32 = 5;
const RUNS: usize = 60;
const WARM_UP: usize = 5;

/// What one commit holds, about: an outcome and the next intent.
const BYTES: usize = 500;

pub(crate) async fn measure() -> anyhow::Result<()> {
    // On the disk that holds real journals, not in a memory file system.
    let folder = tempfile::tempdir_in(target())?;
    let synced = synced(folder.path())?;
    let mut runs = Vec::new();
    let journal = Arc::new(SqliteJournal::open(&folder.path().join("journal.db")).await?);
    for number in 0..WARM_UP + RUNS {
        let took = one_run(&journal, number).await?;
        if number >= WARM_UP {
            runs.push(took);
        }
    }
    let runs = Sample::new(runs);
    let per_step = runs.median() / STEPS;
    println!("durable step overhead: a run of {STEPS} changes that do nothing");
    println!("  write and sync {BYTES} bytes  {}", synced.line());
    println!("  whole run             {}", runs.line());
    println!("  per step, median      {}", text(per_step));
    println!(
        "  commits               {} for {STEPS} steps: one for each, and one to begin",
        STEPS + 1
    );
    println!(
        "  a step costs          {:.2} × one write and sync\n",
        per_step.as_secs_f64() / synced.median().as_secs_f64()
    );
    Ok(())
}

fn target() -> std::path::PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(std::env::temp_dir, Into::into)
}

async fn one_run(journal: &Arc<SqliteJournal>, number: usize) -> anyhow::Result<Duration> {
    let steps = (1..=STEPS).map(|step| testing::act(&format!("act-{step}"), true)).collect();
    let ports = Ports {
        world: Arc::new(Willing::default()),
        journal: journal.clone(),
        ledger: journal.clone(),
        clock: Arc::new(Still),
    };
    let start = Start {
        run: RunId::new(format!("bench-{number}")),
        plan: testing::plan_with(steps),
        by: testing::ada(),
        overrides: Vec::new(),
        choice: None,
    };
    let engine = Engine::default();
    let began = Instant::now();
    let mut handle = engine.start(ports, start).await?;
    let error = handle.ended().await;
    let took = began.elapsed();
    anyhow::ensure!(error.is_none(), "the run had to be left: {error:?}");
    anyhow::ensure!(handle.view().outcome.is_some(), "the run ended");
    Ok(took)
}

fn synced(folder: &Path) -> anyhow::Result<Sample> {
    let mut file = OpenOptions::new().create(true).append(true).open(folder.join("raw"))?;
    let bytes = [b'x'; BYTES];
    let mut taken = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        file.write_all(&bytes)?;
        file.sync_data()?;
        taken.push(began.elapsed());
    }
    Ok(Sample::new(taken))
}
