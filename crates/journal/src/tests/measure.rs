//! Prints figures; see the ignore reasons. Times are only worth reading in release.

use std::io::Write as _;
use std::time::{Duration, Instant};

use lastgood_core::ports::{Journal as _, Stamped};

use super::{Place, run};
use crate::contract::note;

fn quantile(sorted: &[Duration], share: f64) -> Duration {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index into some hundred samples"
    )]
    let index = ((sorted.len() - 1) as f64 * share) as usize;
    sorted[index]
}

fn report(what: &str, mut samples: Vec<Duration>) {
    samples.sort_unstable();
    let [p50, p99, max] = [0.5, 0.99, 1.0].map(|share| quantile(&samples, share));
    println!("{what}: p50 {p50:?}, p99 {p99:?}, max {max:?} of {}", samples.len());
}

#[tokio::test]
#[ignore = "measures; run with --release --ignored --nocapture"]
async fn appending_takes_hardly_longer_than_the_disk_needs() {
    const COUNT: u32 = 1000;
    let place = Place::new();
    let mut raw = std::fs::File::create(place.folder.path().join("raw")).expect("a file");
    let mut samples = Vec::new();
    for _ in 0..COUNT {
        let begin = Instant::now();
        raw.write_all(&[b'x'; 500]).expect("it can be written");
        raw.sync_data().expect("it can be synced");
        samples.push(begin.elapsed());
    }
    report("fdatasync of 500 bytes", samples);

    let journal = place.open().await;
    let (lease, _) = journal.create(&run(), &[note(0, "")]).await.expect("a new run");
    let mut samples = Vec::new();
    for second in 0..COUNT {
        let event = note(second, &"x".repeat(450));
        let begin = Instant::now();
        journal.append(&lease, &[event]).await.expect("the lease is newest");
        samples.push(begin.elapsed());
    }
    report("append of 500 bytes", samples);
    journal.verify(&run()).await.expect("it holds");
}

#[tokio::test]
#[ignore = "measures; run with --release --ignored --nocapture"]
async fn a_run_of_100_000_entries_is_read_and_verified_within_a_second() {
    const COUNT: u32 = 100_000;
    let place = Place::new();
    let journal = place.open().await;
    let events: Vec<Stamped> =
        (1..=COUNT).map(|second| note(second, &format!("{second} {}", "x".repeat(150)))).collect();
    let begin = Instant::now();
    journal.create(&run(), &events).await.expect("a new run");
    println!("create with {COUNT}: {:?}", begin.elapsed());

    let begin = Instant::now();
    journal.verify(&run()).await.expect("it holds");
    println!("verify {COUNT}: {:?}", begin.elapsed());

    let begin = Instant::now();
    let entries = journal.read(&run(), 0).await.expect("it holds");
    let took = begin.elapsed();
    println!("read {COUNT}: {took:?}");
    assert_eq!(entries.len(), events.len());

    let begin = Instant::now();
    journal.read(&run(), u64::from(COUNT) - 10).await.expect("it holds");
    println!("read the last 10: {:?}", begin.elapsed());

    let begin = Instant::now();
    journal.runs().await.expect("runs can be listed");
    println!("list: {:?}", begin.elapsed());
    if !cfg!(debug_assertions) {
        assert!(took < Duration::from_secs(1), "{took:?}");
    }
}
