//! The shipped runbook `rollback.yaml`, unchanged, through the real program: driven to its
//! end over as many deaths as a test wants, and what must be so afterwards.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use lastgood_api::App;
use lastgood_api::core::judge::Verdict;
use lastgood_api::core::name::RunId;
use lastgood_api::core::view::{RunView, StepStatus};
use lastgood_api::export::Document;
use lastgood_api::wire::{Nothing, RunQuery};
use lastgood_testkit::crash::{Moment, Remains, crash_typing};
use lastgood_testkit::peer::workspace_root;
use serde_json::Value;
use tokio::process::Command;

use crate::field::{newest_run, open};
use crate::terminal::{Operator, lastgood};

/// The runbook holds for a minute; on a machine that has three times more to do than it can,
/// everything around it takes several.
const AT_MOST: Duration = Duration::from_mins(4);

/// The folder's names, as a workspace has them.
const RUNBOOK: &str = "runbooks/rollback.yaml";

/// A workspace with one service, `checkout`, and the program that is used on it.
pub struct Shipped {
    program: PathBuf,
    dir: tempfile::TempDir,
    /// Variables that the program gets besides its own.
    variables: Vec<(&'static str, String)>,
}

impl Shipped {
    /// A workspace with this catalog and the runbook as it is shipped.
    pub fn with(program: PathBuf, catalog: &str) -> anyhow::Result<Self> {
        let dir = tempfile::Builder::new().prefix("lastgood-shipped.").tempdir()?;
        let one = Self { program, dir, variables: Vec::new() };
        std::fs::create_dir_all(one.workspace().join("runbooks"))?;
        std::fs::copy(workspace_root().join(RUNBOOK), one.workspace().join(RUNBOOK))?;
        std::fs::write(one.workspace().join("lastgood.yaml"), catalog)?;
        Ok(one)
    }

    /// Gives the program one more variable, such as a secret.
    #[must_use]
    pub fn knowing(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    fn workspace(&self) -> PathBuf {
        self.dir.path().join("workspace")
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// The app on the same journal, to read what was written.
    pub fn app(&self) -> anyhow::Result<App> {
        open(&self.workspace(), &self.data())
    }

    /// The program with `words`, on this workspace.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = lastgood(&self.program, Some(&self.workspace()), &self.data(), words);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// What the program answers to `words`, as JSON.
    pub async fn answer(&self, words: &[&str]) -> anyhow::Result<Value> {
        let output = self.command(words).stdin(std::process::Stdio::null()).output().await?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "lastgood {}: {said}", words.join(" "));
        serde_json::from_slice(&output.stdout).context("it is no JSON document")
    }

    /// The plan, which changes nothing.
    pub async fn plan(&self) -> anyhow::Result<Value> {
        self.answer(&["plan", "checkout", "--runbook", "rollback", "--json"]).await
    }

    /// Runs the program until the run has ended; it dies once at each of `deaths`, in order.
    /// Each process takes up the run that the one before it left.
    pub async fn drive(&self, deaths: impl IntoIterator<Item = Moment>) -> anyhow::Result<RunId> {
        let app = self.app()?;
        let mut deaths = deaths.into_iter();
        loop {
            let runs =
                app.runs(Nothing {}).await.map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
            ensure!(runs.len() <= 1, "each process takes the same run up: {runs:#?}");
            let ended = match runs.first() {
                Some(run) => self.view(&app, &run.run).await?.outcome.is_some(),
                None => false,
            };
            if ended {
                ensure!(deaths.next().is_none(), "the run ended before everybody had died");
                return newest_run(&app).await;
            }
            let words: &[&str] = match runs.first() {
                Some(_) => &["resume"],
                None => &["run", "checkout", "--runbook", "rollback"],
            };
            self.live(words, deaths.next().unwrap_or(Moment::Never)).await?;
        }
    }

    /// One process, until it ends or dies.
    async fn live(&self, words: &[&str], moment: Moment) -> anyhow::Result<()> {
        let dies = moment != Moment::Never;
        let mut person = Operator::default();
        let command = self.command(words);
        let end = crash_typing(command, moment, AT_MOST, |line| person.types(line)).await?;
        let Remains { status, lines, .. } = end;
        let lines = lines.join("\n");
        let well = if dies { status.signal() == Some(9) } else { status.success() };
        let wanted = if dies { "it is killed" } else { "it ends well" };
        ensure!(well, "{wanted}, and not {status}:\n{lines}");
        Ok(())
    }

    async fn view(&self, app: &App, run: &RunId) -> anyhow::Result<RunView> {
        let query = RunQuery { run: run.clone() };
        let view = app.run(query).await.map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
        Ok(view)
    }

    /// Every step has done its part; those in `idle` were not needed, and said so.
    pub async fn did_its_part(&self, run: &RunId, idle: &[&str]) -> anyhow::Result<()> {
        let view = self.view(&self.app()?, run).await?;
        for step in &view.steps {
            let is_idle = idle.contains(&step.id.as_str());
            let wanted = if is_idle { StepStatus::NotNeeded } else { StepStatus::Done };
            ensure!(step.status == wanted, "{}: {:?} {:?}", step.title, step.status, step.result);
        }
        let judged = view.judgements.first().context("the recovery is judged")?;
        ensure!(judged.verdict == Verdict::Pass, "{}", judged.sentence);
        Ok(())
    }

    /// The exported timeline tells the whole story, in order, and its chain holds. The key
    /// times that do not belong to this run are named in `without`.
    pub async fn is_told(
        &self,
        run: &RunId,
        serves: &str,
        without: &[&str],
    ) -> anyhow::Result<Document> {
        let answer = self.answer(&["export", run.as_str(), "--format", "json"]).await?;
        let document: Document = serde_json::from_value(answer)?;
        let phases: BTreeSet<_> = document.timeline.iter().filter_map(|line| line.phase).collect();
        ensure!(phases.len() == 5, "all five phases leave a trace: {phases:?}");
        let named = document.moments.named();
        let times: Vec<_> = named.iter().filter(|(name, _)| !without.contains(name)).collect();
        ensure!(times.iter().all(|(_, at)| at.is_some()), "every key time is known: {named:?}");
        ensure!(times.is_sorted_by_key(|(_, at)| at), "and they follow one another: {named:?}");
        let verification = document.verification.as_ref().context("the runbook verifies")?;
        ensure!(verification.verdict == Verdict::Pass, "{}", verification.sentence);
        ensure!(!verification.replicas.is_empty(), "each was asked");
        for replica in verification.replicas.iter().filter(|one| one.ready) {
            ensure!(replica.version.as_deref() == Some(serves), "{replica:?}");
        }
        ensure!(verification.held.0 >= 60_000, "for as long as the runbook says");
        let verified = self.app()?.verify_journal(Some(run.clone())).await;
        let verified = verified.map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
        ensure!(verified.holds, "{verified:?}");
        Ok(document)
    }
}
