//! Opening a run with 100,000 entries: read and verify, replay, fold into a view and a
//! timeline.

use std::time::Instant;

use lastgood_core::name::RunId;
use lastgood_core::ports::{Journal as _, Stamped};
use lastgood_core::run::{Event, Run};
use lastgood_core::testing;
use lastgood_core::view::{Driven, TimelineFilter, fold, timeline};
use lastgood_journal::SqliteJournal;

use crate::sample::{Sample, text};

const ENTRIES: usize = 100_000;
const TIMES: usize = 5;

pub(crate) async fn measure() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let journal = SqliteJournal::open(&folder.path().join("journal.db")).await?;
    let run = RunId::new("long");
    let stamp =
        |event| Stamped { at: testing::minute(20), recorded_at: testing::minute(20), event };
    let (lease, _) = journal.create(&run, &[stamp(testing::planned(testing::plan()))]).await?;
    let began = Instant::now();
    let mut written = 1;
    while written < ENTRIES {
        let batch: Vec<Stamped> = (written..(written + 1000).min(ENTRIES))
            .map(|number| {
                let text = format!("note {number}: error rate is going down, support is told");
                stamp(Event::Noted { by: testing::ada(), text })
            })
            .collect();
        journal.append(&lease, &batch).await?;
        written += batch.len();
    }
    let wrote = began.elapsed();
    let (mut reads, mut replays, mut folds, mut lines) = (vec![], vec![], vec![], vec![]);
    for _ in 0..TIMES {
        let began = Instant::now();
        let entries = journal.read(&run, 0).await?;
        reads.push(began.elapsed());
        let began = Instant::now();
        let told = Run::replay(&run, &entries)?;
        replays.push(began.elapsed());
        let began = Instant::now();
        let view = fold(&told, &entries, None, None, testing::minute(30), Driven::Not);
        folds.push(began.elapsed());
        let began = Instant::now();
        let table = timeline(&told, &entries, &[], &TimelineFilter::default(), Driven::Not);
        lines.push(began.elapsed());
        anyhow::ensure!(table.lines.len() >= ENTRIES - 1, "every note is a line");
        anyhow::ensure!(!view.steps.is_empty(), "the view has its steps");
    }
    println!("a run of {ENTRIES} entries (written in {})", text(wrote));
    println!("  read and verify       {}", Sample::new(reads).line());
    println!("  replay                {}", Sample::new(replays).line());
    println!("  fold into a view      {}", Sample::new(folds).line());
    println!("  whole timeline        {}\n", Sample::new(lines).line());
    Ok(())
}
