//! What Lastgood's verdicts are worth: a seeded simulation of rollouts, our rule beside
//! those of others, and goals that must hold. `./dev bench judge`, with `--quick` a small
//! one that writes nothing.

mod cell;
mod chance;
mod goals;
mod kayenta;
mod outcome;
mod peers;
mod picture;
mod report;
mod rollout;
pub(crate) mod speed;

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context as _, ensure};

use cell::Cell;
use outcome::Outcome;

/// Rollouts of each cell that a goal rests on, and of each other one.
const FULL: (u64, u64) = (2_000, 200);
const QUICK: (u64, u64) = (100, 0);

/// Where the report lives, from the root of the repository.
const FOLDER: &str = "docs/guide/judgement";

pub(crate) fn evaluate(quick: bool) -> anyhow::Result<()> {
    let (gate, other) = if quick { QUICK } else { FULL };
    let began = Instant::now();
    let outcomes = simulate(&Cell::grid(gate, other))?;
    let goals = goals::goals(&outcomes);
    println!("rollouts of an hour: {}", outcomes.iter().map(|one| one.cell.runs).sum::<u64>());
    for goal in &goals {
        println!("  {} {}", if goal.met { "met   " } else { "MISSED" }, goal.sentence);
    }
    println!("  in {:.0} s\n", began.elapsed().as_secs_f64());
    if !quick {
        let folder = Path::new(FOLDER);
        std::fs::create_dir_all(folder).context("could not make the report's folder")?;
        for (name, text) in report::files(&outcomes, &goals, gate, other) {
            std::fs::write(folder.join(name), text)
                .with_context(|| format!("could not write `{name}`"))?;
        }
    }
    ensure!(goals.iter().all(|goal| goal.met), "a goal of the evaluation was missed");
    Ok(())
}

/// All cells, on all processors; each is the same whoever takes it.
fn simulate(cells: &[Cell]) -> anyhow::Result<Vec<Outcome>> {
    let next = AtomicUsize::new(0);
    let outcomes: Mutex<Vec<(usize, Outcome)>> = Mutex::default();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(cell) = cells.get(number) else { break };
                    if cell.runs == 0 {
                        continue;
                    }
                    let outcome = Outcome::of(*cell, number as u64);
                    if let Ok(mut outcomes) = outcomes.lock() {
                        outcomes.push((number, outcome));
                    }
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().ok().context("a thread of the simulation gave up")?;
    outcomes.sort_by_key(|(number, _)| *number);
    Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
}
