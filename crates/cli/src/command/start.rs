//! From a plan to a run: overrides with reasons, and a person who says go.

use lastgood_api::wire::{DeclineRequest, Override, StartRequest};
use lastgood_api::{App, RunHandle};
use lastgood_core::preflight::{Finding, Grade};
use lastgood_core::problem::{Code, Problem};
use lastgood_core::view::{PlanView, RunView};

use super::run::Said;
use crate::exit::Stop;
use crate::guided::begin;
use crate::keyboard::Keyboard;
use crate::leave::Leave;
use crate::screen::Screen;

/// How a plan is agreed to.
pub(super) struct Agreement<'a> {
    pub(super) app: &'a App,
    pub(super) screen: &'a Screen,
    pub(super) keyboard: &'a mut Keyboard,
    pub(super) leave: &'a mut Leave,
    /// What can be done by hand meanwhile, in a drill: name, and what it does.
    pub(super) by_hand: &'a [(String, String)],
}

/// What came of a plan.
pub(super) enum Agreed {
    /// It runs.
    Begun(RunHandle),
    /// Another way was taken, and is kept as a run that ended.
    Instead(Box<RunView>),
    /// Something was done by hand, so that it must be made again.
    Moved(String),
    /// Nothing was decided.
    Left,
}

/// What a person typed.
enum Typed {
    Go,
    Instead,
    ByHand(String),
    Leave,
}

impl Agreement<'_> {
    /// Asks for what the plan still needs, then whether to run it.
    pub(super) async fn start(&mut self, plan: &PlanView, mut said: Said) -> Result<Agreed, Stop> {
        for finding in open(plan, &said.overrides) {
            self.keyboard.forget();
            self.screen.say(&begin::blocked(&self.screen.look, &finding, self.by_hand))?;
            match self.choose("o").await? {
                Typed::Go => {
                    match self.reason("It goes into the timeline and the export.").await? {
                        Some(reason) => {
                            said.overrides.push(Override { subject: finding.subject, reason });
                        }
                        None => return Ok(Agreed::Left),
                    }
                }
                other @ (Typed::Instead | Typed::ByHand(_) | Typed::Leave) => {
                    return self.otherwise(plan, other).await;
                }
            }
        }
        self.keyboard.forget();
        self.screen.say(&begin::question(&self.screen.look, plan, self.by_hand))?;
        match self.choose(begin::word(plan)).await? {
            Typed::Go => Ok(Agreed::Begun(launch(self.app, plan, said).await?)),
            other @ (Typed::Instead | Typed::ByHand(_) | Typed::Leave) => {
                self.otherwise(plan, other).await
            }
        }
    }

    async fn otherwise(&mut self, plan: &PlanView, typed: Typed) -> Result<Agreed, Stop> {
        match typed {
            Typed::Go | Typed::Leave => Ok(Agreed::Left),
            Typed::ByHand(id) => Ok(Agreed::Moved(self.app.make_move(&id)?)),
            Typed::Instead => self.instead(plan).await,
        }
    }

    /// Which way is taken instead, and why; kept as a run that ended before its first step.
    async fn instead(&mut self, plan: &PlanView) -> Result<Agreed, Stop> {
        self.screen.say(&begin::ways(&self.screen.look))?;
        let way = loop {
            let Some(line) = self.line().await else { return Ok(Agreed::Left) };
            match (line.trim(), begin::way(line.trim())) {
                ("q", _) => return Ok(Agreed::Left),
                ("", _) => {}
                (_, Some(way)) => break way,
                (typed, None) => {
                    self.screen.say(&begin::neither(&self.screen.look, typed, "1 to 4, q"))?;
                }
            }
        };
        let Some(reason) = self.reason("It is kept with the plan.").await? else {
            return Ok(Agreed::Left);
        };
        let request = DeclineRequest { hash: plan.hash.clone(), way, reason };
        Ok(Agreed::Instead(Box::new(self.app.decline(request).await?)))
    }

    /// Asks why; nothing goes on without a reason.
    async fn reason(&mut self, where_it_goes: &str) -> Result<Option<String>, Stop> {
        self.screen.say(&format!("  Why? {where_it_goes}\n  > "))?;
        let Some(line) = self.line().await else { return Ok(None) };
        let reason = line.trim().to_owned();
        if reason.is_empty() {
            self.screen.say("  Without a reason nothing is done.\n")?;
            return Ok(None);
        }
        Ok(Some(reason))
    }

    /// Waits for exactly `word`, or one of the keys that are always there; Enter alone
    /// means nothing.
    async fn choose(&mut self, word: &str) -> Result<Typed, Stop> {
        loop {
            let Some(line) = self.line().await else { return Ok(Typed::Leave) };
            match line.trim() {
                "" => {}
                "q" => return Ok(Typed::Leave),
                "d" => return Ok(Typed::Instead),
                typed if typed == word => return Ok(Typed::Go),
                typed => {
                    if let Some((id, _)) = begin::by_hand(typed, self.by_hand) {
                        return Ok(Typed::ByHand(id.clone()));
                    }
                    let keys = begin::keys(word, self.by_hand);
                    self.screen.say(&begin::neither(&self.screen.look, typed, &keys))?;
                }
            }
        }
    }

    async fn line(&mut self) -> Option<String> {
        tokio::select! {
            biased;
            () = self.leave.wished() => None,
            line = self.keyboard.line() => line,
        }
    }
}

/// Starts a plan by the name it was shown under.
pub(super) async fn launch(app: &App, plan: &PlanView, said: Said) -> Result<RunHandle, Stop> {
    let Said { overrides, because } = said;
    Ok(app.launch(StartRequest { hash: plan.hash.clone(), overrides, choice: because }).await?)
}

/// Starts a plan only if it is exactly the one that was read.
pub(super) async fn launch_exactly(
    app: &App,
    plan: &PlanView,
    read: &str,
    said: Said,
) -> Result<RunHandle, Stop> {
    if plan.hash != read {
        return Err(Problem::new(
            Code::Drifted,
            format!("the plan is now `{}`, and `{read}` was agreed to", plan.hash),
        )
        .within("the plan is out of date, and nothing was changed")
        .hint("Read the plan again with `lastgood plan`; what runs may have changed.")
        .into());
    }
    launch(app, plan, said).await
}

/// The blocking findings that nobody has overridden.
fn open(plan: &PlanView, overrides: &[Override]) -> Vec<Finding> {
    let mut open: Vec<Finding> = Vec::new();
    for finding in plan.findings.iter().filter(|finding| finding.grade == Grade::Block) {
        let known = overrides.iter().any(|one| one.subject == finding.subject)
            || open.iter().any(|one| one.subject == finding.subject);
        if !known {
            open.push(finding.clone());
        }
    }
    open
}
