//! Waiting until something changes, by watching.
//!
//! A watch only wakes us; what is true is read afresh each time, so a missed or repeated
//! event does no harm.

use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::BoxStream;
use kube::core::WatchEvent;
use lastgood_core::effect::Refusal;
use lastgood_core::survey::Survey;
use lastgood_core::time::Millis;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::error::Failure;
use super::{Kubernetes, request};

/// The controller changes several objects at once; one look after them is enough.
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

impl Kubernetes {
    /// The first survey that differs from `seen`, or the same after `patience`.
    pub(super) async fn wait_for_change(
        &self,
        seen: &Survey,
        patience: Millis,
    ) -> Result<Survey, Refusal> {
        let until = Instant::now() + patience.duration();
        // Silence is not "unchanged": the survey is given back only when a look in this
        // wait has found it so.
        let mut unknown = Some(self.no_look(patience));
        let waited = |unknown: Option<Refusal>| unknown.map_or_else(|| Ok(seen.clone()), Err);
        loop {
            let Ok(found) = timeout_at(until, self.look()).await else {
                return waited(unknown);
            };
            let pause = match found {
                Ok((survey, _, _)) if differs(&survey, seen) => return Ok(survey),
                Ok((_, versions, selector)) => {
                    unknown = None;
                    let woken = self.watch_once(&versions, &selector, until);
                    match timeout_at(until, woken).await {
                        Ok(Woken::Look) => GATHER,
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

    fn no_look(&self, patience: Millis) -> Refusal {
        Refusal::Unreachable {
            system: format!("Kubernetes at {}", self.link.server),
            why: format!("no look was possible within {patience}"),
        }
    }

    /// Watches the Deployment and its `ReplicaSets` until anything happens to either.
    async fn watch_once(&self, versions: &Versions, selector: &str, until: Instant) -> Woken {
        let seconds = until.saturating_duration_since(Instant::now()).as_secs() + 1;
        let paths = [
            request::deployment_watch(&self.place, &versions.deployment, seconds),
            request::replica_set_watch(&self.place, selector, &versions.sets, seconds),
        ];
        let opened =
            futures::future::try_join(self.link.watch(&paths[0]), self.link.watch(&paths[1])).await;
        let (deployment, sets) = match opened {
            Ok(streams) => streams,
            // The version is too old (410): the next look gives a new one.
            Err(failure) if failure.code() == Some(410) => return Woken::Look,
            Err(failure) => {
                tracing::debug!(%failure, "cannot watch; looking again after a pause");
                return Woken::Pause;
            }
        };
        let mut events: BoxStream<'_, _> = futures::stream::select(deployment, sets).boxed();
        while let Some(event) = events.next().await {
            match event {
                Ok(WatchEvent::Bookmark(_)) => {}
                Ok(
                    WatchEvent::Added(_)
                    | WatchEvent::Modified(_)
                    | WatchEvent::Deleted(_)
                    | WatchEvent::Error(_),
                ) => return Woken::Look,
                Err(failure) => return after(&failure),
            }
        }
        Woken::Look
    }
}

/// From where to watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Versions {
    pub(super) deployment: String,
    pub(super) sets: String,
}

impl Versions {
    pub(super) fn new(deployment: &Value, sets: &Value) -> Self {
        let version = |object: &Value| {
            object["metadata"]["resourceVersion"].as_str().unwrap_or("0").to_owned()
        };
        Self { deployment: version(deployment), sets: version(sets) }
    }
}

fn after(failure: &Failure) -> Woken {
    if failure.code() == Some(410) { Woken::Look } else { Woken::Pause }
}

fn differs(a: &Survey, b: &Survey) -> bool {
    a.rollout != b.rollout || a.running != b.running
}
