//! Waiting until something changes, by watching.
//!
//! A watch only wakes us; what is true is read afresh each time, so a missed or repeated
//! event does no harm.

use std::future::Future;
use std::time::Duration;

use futures::{Stream, StreamExt as _};
use kube::core::WatchEvent;
use lastgood_core::effect::Refusal;
use lastgood_core::survey::Survey;
use lastgood_core::time::Millis;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::error::Failure;
use super::link::Link;

/// The controller changes several objects one after the other; one look after them is enough.
/// They are over when nothing has happened for this long...
const STILL: Duration = Duration::from_millis(20);
/// ...or, in the middle of a large rollout, after this.
const GATHER: Duration = Duration::from_millis(100);
/// After a broken connection, and where watching is not allowed.
const PAUSE: Duration = Duration::from_secs(2);

/// Why a watch ended.
enum Woken {
    /// Something happened, or the server ended the watch: look again.
    Look,
    /// The connection broke, or watching is not possible: look again after a pause.
    Pause,
}

/// The first survey that differs from `seen`, or the same after `patience`. `look` gives a
/// survey with the paths at which what comes after it can be watched.
pub(super) async fn wait_for_change<F>(
    link: &Link,
    seen: &Survey,
    patience: Millis,
    look: impl Fn() -> F,
) -> Result<Survey, Refusal>
where
    F: Future<Output = Result<(Survey, Vec<String>), Refusal>>,
{
    let until = Instant::now() + patience.duration();
    // Silence is not "unchanged": the survey is given back only when a look in this
    // wait has found it so.
    let mut unknown = Some(no_look(link, patience));
    let waited = |unknown: Option<Refusal>| unknown.map_or_else(|| Ok(seen.clone()), Err);
    loop {
        let Ok(found) = timeout_at(until, look()).await else {
            return waited(unknown);
        };
        let pause = match found {
            Ok((survey, _)) if differs(&survey, seen) => return Ok(survey),
            Ok((_, paths)) => {
                unknown = None;
                match timeout_at(until, watch_once(link, &paths, until)).await {
                    Ok(Woken::Look) => continue,
                    Ok(Woken::Pause) => PAUSE,
                    Err(_) => return waited(unknown),
                }
            }
            // A rollback must survive an API server that is away for a moment.
            Err(refusal @ Refusal::Unreachable { .. }) => {
                unknown = Some(refusal);
                PAUSE
            }
            Err(refusal) => return Err(refusal),
        };
        if timeout_at(until, tokio::time::sleep(pause)).await.is_err() {
            return waited(unknown);
        }
    }
}

fn no_look(link: &Link, patience: Millis) -> Refusal {
    Refusal::Unreachable {
        system: format!("Kubernetes at {}", link.server),
        why: format!("no look was possible within {patience}"),
    }
}

/// Watches all of `paths` until anything happens at one of them.
async fn watch_once(link: &Link, paths: &[String], until: Instant) -> Woken {
    let seconds = until.saturating_duration_since(Instant::now()).as_secs() + 1;
    let opened = paths
        .iter()
        .map(|path| async move { link.watch(&format!("{path}&timeoutSeconds={seconds}")).await });
    let streams = match futures::future::try_join_all(opened).await {
        Ok(streams) => streams,
        Err(failure) => {
            tracing::debug!(%failure, "cannot watch; looking again after a pause");
            return after(&failure).await;
        }
    };
    let mut events = futures::stream::select_all(streams);
    while let Some(event) = events.next().await {
        match event {
            Ok(WatchEvent::Bookmark(_)) => {}
            Ok(WatchEvent::Error(_)) => break,
            Ok(WatchEvent::Added(_) | WatchEvent::Modified(_) | WatchEvent::Deleted(_)) => {
                settle(&mut events).await;
                return Woken::Look;
            }
            Err(failure) => return after(&failure).await,
        }
    }
    // A server that ends its watches at once must not be asked in a circle. What it says of a
    // version that is too old is no event of ours: the next look gives a new one.
    tokio::time::sleep(GATHER).await;
    Woken::Look
}

/// Lets what belongs to the same change happen. What else comes in is found by the look.
async fn settle<S: Stream + Unpin>(events: &mut S) {
    let end = Instant::now() + GATHER;
    loop {
        let still = end.min(Instant::now() + STILL);
        // The end of a watch is as good as silence.
        let Ok(Some(_)) = timeout_at(still, events.next()).await else { return };
    }
}

/// The version of an object or a list, to watch from.
pub(super) fn version(object: &Value) -> &str {
    object["metadata"]["resourceVersion"].as_str().unwrap_or("0")
}

/// What a failure of watching is for us; a version that is too old (410) only needs a new look.
async fn after(failure: &Failure) -> Woken {
    if failure.code() != Some(410) {
        return Woken::Pause;
    }
    tokio::time::sleep(GATHER).await;
    Woken::Look
}

fn differs(a: &Survey, b: &Survey) -> bool {
    a.rollout != b.rollout || a.running != b.running
}
