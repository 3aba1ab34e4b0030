//! A record of 100,000 lines as people meet it: opened, filtered, and exported in every
//! form. Half of the lines are the run's own, half were added from other systems.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use lastgood_api::wire::{ExportFormat, ExportRequest, RunQuery, TimelineQuery};
use lastgood_api::{App, Config};
use lastgood_core::name::RunId;
use lastgood_core::ports::{Annotations as _, Journal as _, Stamped};
use lastgood_core::run::Event;
use lastgood_core::testing;
use lastgood_core::time::{Millis, later};
use lastgood_core::timeline::layer::AddedLine;
use lastgood_core::timeline::{Annotation, Layer, LineKind};
use lastgood_core::view::TimelineFilter;
use lastgood_journal::SqliteJournal;

use crate::sample::{Sample, text};

const OWN: u64 = 50_000;
const ADDED: u64 = 50_000;
const BATCH: u64 = 1_000;
const TIMES: usize = 5;

/// As many lines as the window asks for at once.
const STRETCH: u32 = 150;

/// Setting some two thousand pages takes long enough to be read once.
const PDFS: usize = 2;

const FORMATS: [(ExportFormat, &str); 5] = [
    (ExportFormat::Json, "JSON"),
    (ExportFormat::Markdown, "Markdown"),
    (ExportFormat::Csv, "CSV"),
    (ExportFormat::Html, "HTML"),
    (ExportFormat::Pdf, "PDF"),
];

pub(crate) async fn measure() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let run = RunId::new("long");
    let began = Instant::now();
    written(folder.path(), &run).await?;
    println!("a record of {} lines (written in {})", OWN + ADDED, text(began.elapsed()));
    let person = testing::ada();
    let config = Config { workspace: None, data: folder.path().to_owned(), person };
    let app = App::open(config)?;

    let (mut opened, mut read, mut filtered) = (vec![], vec![], vec![]);
    for _ in 0..TIMES {
        let began = Instant::now();
        app.run(RunQuery { run: run.clone() }).await?;
        opened.push(began.elapsed());
        let all = TimelineFilter::default();
        let (took, lines) = timeline(&app, &run, all).await?;
        anyhow::ensure!(lines as u64 == OWN + ADDED, "the whole record is read, not {lines}");
        read.push(took);
        let wanted = Some("support 777".to_owned());
        let (took, lines) =
            timeline(&app, &run, TimelineFilter { text: wanted, ..TimelineFilter::default() })
                .await?;
        anyhow::ensure!(lines > 0 && lines < 1_000, "a filter leaves little, not {lines}");
        filtered.push(took);
    }
    println!("  open the run          {}", Sample::new(opened).line());
    println!("  its whole timeline    {}", Sample::new(read).line());
    println!("  filter by a text      {}", Sample::new(filtered).line());
    stretches(folder.path(), &run).await?;
    for (format, name) in FORMATS {
        let times = if format == ExportFormat::Pdf { PDFS } else { TIMES };
        let (mut taken, mut size) = (Vec::new(), 0);
        for _ in 0..times {
            let request = ExportRequest::whole(run.clone(), format);
            let path = folder.path().join("export");
            let began = Instant::now();
            app.save_to(request, path.clone()).await?;
            taken.push(began.elapsed());
            size = std::fs::metadata(&path).context("the export was written")?.len();
        }
        let kilobytes = size / 1024;
        println!("  export as {name:<11} {}   {kilobytes} KiB", Sample::new(taken).line());
    }
    println!();
    Ok(())
}

/// The record as the window reads it: a stretch when it is opened, and others as one goes on.
async fn stretches(data: &std::path::Path, run: &RunId) -> anyhow::Result<()> {
    let (mut first, mut next) = (vec![], vec![]);
    for _ in 0..TIMES {
        let config = Config { workspace: None, data: data.to_owned(), person: testing::ada() };
        let app = App::open(config)?;
        let stretch =
            |skip| TimelineFilter { skip, most: Some(STRETCH), ..TimelineFilter::default() };
        first.push(timeline(&app, run, stretch(0)).await?.0);
        for skip in [STRETCH, 20_000, 90_000] {
            let (took, lines) = timeline(&app, run, stretch(skip)).await?;
            anyhow::ensure!(
                lines == STRETCH as usize,
                "a stretch has {STRETCH} lines, not {lines}"
            );
            next.push(took);
        }
    }
    println!("  its first stretch     {}", Sample::new(first).line());
    println!("  another stretch       {}", Sample::new(next).line());
    Ok(())
}

async fn timeline(
    app: &App,
    run: &RunId,
    filter: TimelineFilter,
) -> anyhow::Result<(Duration, usize)> {
    let began = Instant::now();
    let view = app.timeline(TimelineQuery { run: run.clone(), filter }).await?;
    Ok((began.elapsed(), view.lines.len()))
}

async fn written(folder: &std::path::Path, run: &RunId) -> anyhow::Result<()> {
    let journal = SqliteJournal::open(&folder.join("journal.db")).await?;
    let start = testing::minute(20);
    let at = |number: u64| later(start, Millis(number * 50));
    let stamp = |number, event| Stamped { at: at(number), recorded_at: at(number), event };
    let planned = stamp(0, testing::planned(testing::plan()));
    let (lease, _) = journal.create(run, &[planned]).await?;
    for first in (1..OWN).step_by(usize::try_from(BATCH)?) {
        let batch: Vec<Stamped> = (first..(first + BATCH).min(OWN))
            .map(|number| {
                let text = format!(
                    "note {number}: error rate is going down, support {} is told",
                    number % 1000
                );
                stamp(number, Event::Noted { by: testing::ada(), text })
            })
            .collect();
        journal.append(&lease, &batch).await?;
    }
    journal.release(lease).await?;
    for first in (0..ADDED).step_by(usize::try_from(BATCH)?) {
        let batch: Vec<Annotation> = (first..first + BATCH)
            .map(|number| Annotation {
                at: at(number),
                recorded_at: at(number),
                by: testing::ada(),
                says: Layer::Added {
                    line: AddedLine {
                        at: at(number),
                        zone: None,
                        kind: LineKind::Signal,
                        text: format!("alert {number} of `checkout`: 5xx over 2 % for 1 min"),
                        actor: Some("alertmanager".to_owned()),
                        origin: None,
                    },
                },
            })
            .collect();
        journal.annotate(run, first, &batch).await?;
    }
    Ok(())
}
