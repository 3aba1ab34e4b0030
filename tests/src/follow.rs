//! Following a run as a host does: read the newest view, and answer what it asks.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use lastgood_api::core::drill::AskKind;
use lastgood_api::core::view::{AnswerKind, AskView, RunView};
use lastgood_api::wire::{Answer, PlanRequest, StartRequest};
use lastgood_api::{App, RunHandle};

/// A person who is told to look again takes at least this long.
const PAUSE: Duration = Duration::from_millis(700);

/// What somebody who follows a run says to what it asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Say {
    /// An answer, with its reason or with what was seen.
    This(AnswerKind, String),
    /// Nothing now: the one who follows returns with the question open.
    Nothing,
}

impl Say {
    /// An answer with a reason.
    pub fn because(kind: AnswerKind, reason: &str) -> Self {
        Self::This(kind, reason.to_owned())
    }
}

/// What the author of a runbook expects of a person who finds nothing odd.
pub fn go_on(ask: &AskView) -> Say {
    match ask.kind {
        AskKind::Confirm => Say::because(AnswerKind::Confirm, ""),
        AskKind::Manual => Say::because(AnswerKind::Performed, "told support at once"),
        AskKind::Verdict | AskKind::Guard | AskKind::Failure | AskKind::Ruling => {
            Say::because(AnswerKind::Again, "looking again")
        }
        AskKind::Undo => Say::because(AnswerKind::Undo, ""),
        AskKind::Choice => Say::Nothing,
    }
}

/// Makes a plan and starts it.
pub async fn launch(app: &App, request: PlanRequest) -> anyhow::Result<RunHandle> {
    let plan = app.plan(request).await.map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
    let start = StartRequest { hash: plan.hash, overrides: Vec::new(), choice: None };
    app.launch(start).await.map_err(|problem| anyhow::anyhow!("{problem:?}"))
}

/// Answers until the run ends, or until `say` says nothing; returns the last view. Fails
/// after `within`, with the sentence that the run stood at.
pub async fn follow(
    app: &App,
    handle: &RunHandle,
    within: Duration,
    mut say: impl FnMut(&RunView, &AskView) -> Say,
) -> anyhow::Result<Arc<RunView>> {
    let last = handle.clone();
    let mut handle = handle.clone();
    let followed = async {
        let mut views = handle.views();
        loop {
            let view = views.borrow_and_update().clone();
            if view.outcome.is_some() {
                break Ok(view);
            }
            if let Some(ask) = &view.ask {
                let Say::This(kind, text) = say(&view, ask) else { break Ok(view) };
                if kind == AnswerKind::Again {
                    tokio::time::sleep(PAUSE).await;
                }
                let answer = Answer {
                    run: view.run.clone(),
                    step: ask.step.clone(),
                    kind,
                    option: None,
                    text: Some(text),
                };
                app.answer(answer).await.map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
                continue;
            }
            tokio::select! {
                changed = views.changed() => if changed.is_err() { bail!("nobody drives it") },
                failed = handle.ended() => match failed {
                    Some(error) => bail!("the run had to be left: {error:?}"),
                    None => break Ok(handle.view()),
                },
            }
        }
    };
    let followed = tokio::time::timeout(within, followed).await;
    followed.with_context(|| {
        let view = last.view();
        format!("not over within {} s: {} {:?}", within.as_secs(), view.sentence, view.ask)
    })?
}
