//! From a plan to a run: overrides with reasons, and a person who says go.

use lastgood_api::wire::{Override, StartRequest};
use lastgood_api::{App, RunHandle};
use lastgood_core::preflight::{Finding, Grade};
use lastgood_core::problem::{Code, Problem};
use lastgood_core::view::PlanView;

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
}

impl Agreement<'_> {
    /// Asks for what the plan still needs, then whether to run it; `None` when it is left.
    pub(super) async fn start(
        &mut self,
        plan: &PlanView,
        mut said: Said,
    ) -> Result<Option<RunHandle>, Stop> {
        for finding in open(plan, &said.overrides) {
            match self.override_of(&finding).await? {
                Some(one) => said.overrides.push(one),
                None => return Ok(None),
            }
        }
        self.keyboard.forget();
        self.screen.say(&begin::question(&self.screen.look, plan))?;
        if !self.choose(begin::word(plan)).await? {
            return Ok(None);
        }
        Ok(Some(launch(self.app, plan, said).await?))
    }

    /// A reason to go on in spite of a blocking finding.
    async fn override_of(&mut self, finding: &Finding) -> Result<Option<Override>, Stop> {
        self.keyboard.forget();
        self.screen.say(&begin::blocked(&self.screen.look, finding))?;
        if !self.choose("o").await? {
            return Ok(None);
        }
        self.screen.say("  Why? It goes into the timeline and the export.\n  > ")?;
        let Some(line) = self.line().await else { return Ok(None) };
        let reason = line.trim().to_owned();
        if reason.is_empty() {
            self.screen.say("  Without a reason it is not overridden.\n")?;
            return Ok(None);
        }
        Ok(Some(Override { subject: finding.subject.clone(), reason }))
    }

    /// Waits for exactly `word` (`true`) or `q` (`false`); Enter alone means nothing.
    async fn choose(&mut self, word: &str) -> Result<bool, Stop> {
        loop {
            let Some(line) = self.line().await else { return Ok(false) };
            match line.trim() {
                "" => {}
                "q" => return Ok(false),
                typed if typed == word => return Ok(true),
                typed => self.screen.say(&begin::neither(&self.screen.look, typed, word))?,
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
