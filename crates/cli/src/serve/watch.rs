//! A run's views as lines of JSON: the newest wins, at most ten a second.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use lastgood_api::wire::RunQuery;
use lastgood_api::{App, RunHandle};
use lastgood_core::name::RunId;
use lastgood_core::view::RunView;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use super::Host;
use super::answer::refused;

/// The shortest time between two views; a person sees no difference beyond ten a second.
const BETWEEN: Duration = Duration::from_millis(100);

/// How often something is said when there is nothing new, so that silence means that we
/// are gone.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// How often a run is looked at that this process does not drive.
const LOOK: Duration = Duration::from_secs(1);

/// Names the run to watch.
#[derive(Deserialize)]
pub(super) struct Watched {
    id: String,
}

/// Streams a run's views until its last one.
pub(super) async fn run(State(host): State<Arc<Host>>, Query(asked): Query<Watched>) -> Response {
    let run = RunId::new(asked.id);
    // What cannot be watched is refused before the stream begins.
    if let Err(problem) = host.app.run(RunQuery { run: run.clone() }).await {
        return refused(&problem);
    }
    let (lines, sent) = mpsc::channel(1);
    let app = host.app.clone();
    tokio::spawn(async move {
        Stream { lines, last: None, spoke: Instant::now() }.follow(&app, &run).await;
    });
    let stream = futures::stream::unfold(sent, |mut sent| async move {
        let line: Bytes = sent.recv().await?;
        Some((Ok::<_, Infallible>(line), sent))
    });
    ([(CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(stream)).into_response()
}

struct Stream {
    lines: mpsc::Sender<Bytes>,
    /// The last view, to tell news from repetition.
    last: Option<RunView>,
    spoke: Instant,
}

/// Whether there is more to say.
#[derive(PartialEq, Eq)]
enum More {
    Yes,
    No,
}

impl Stream {
    async fn follow(mut self, app: &App, run: &RunId) {
        loop {
            let more = match app.driving(run) {
                Ok(handle) => self.live(&handle).await,
                Err(_) => self.look(app, run).await,
            };
            if more == More::No {
                return;
            }
        }
    }

    /// Views of a run that this process drives, until its driver ends.
    async fn live(&mut self, handle: &RunHandle) -> More {
        let mut views = handle.views();
        loop {
            views.mark_unchanged();
            let view = handle.view();
            let over = !view.driven;
            if self.say(&view).await == More::No {
                return More::No;
            }
            if over {
                // Somebody may take it up again; let the engine forget this driver first.
                return self.pause(LOOK).await;
            }
            sleep(BETWEEN).await;
            match timeout(self.until_heartbeat(), views.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return self.pause(LOOK).await,
                Err(_) => {
                    if self.beat().await == More::No {
                        return More::No;
                    }
                }
            }
        }
    }

    /// One look at a run that somebody else drives, or nobody.
    async fn look(&mut self, app: &App, run: &RunId) -> More {
        // A journal that cannot be read now may be readable again; the silence is told
        // by the heartbeat alone, never by an old view.
        if let Ok(view) = app.run(RunQuery { run: run.clone() }).await
            && self.say(&view).await == More::No
        {
            return More::No;
        }
        self.pause(LOOK).await
    }

    /// Says a view that is news; a run's last view is the last line.
    async fn say(&mut self, view: &RunView) -> More {
        if self.last.as_ref() != Some(view) {
            let Ok(mut line) = serde_json::to_vec(view) else { return More::No };
            line.push(b'\n');
            if self.send(line).await == More::No {
                return More::No;
            }
            self.last = Some(view.clone());
        }
        if view.outcome.is_some() { More::No } else { More::Yes }
    }

    async fn pause(&mut self, length: Duration) -> More {
        sleep(length).await;
        if self.until_heartbeat().is_zero() { self.beat().await } else { More::Yes }
    }

    async fn beat(&mut self) -> More {
        self.send(b"\n".to_vec()).await
    }

    async fn send(&mut self, line: Vec<u8>) -> More {
        self.spoke = Instant::now();
        match self.lines.send(line.into()).await {
            Ok(()) => More::Yes,
            // The browser is gone.
            Err(_) => More::No,
        }
    }

    fn until_heartbeat(&self) -> Duration {
        HEARTBEAT.saturating_sub(self.spoke.elapsed())
    }
}
