//! The bed for a person: starts everything, says what to open and what to try, and
//! takes everything down again.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use lastgood_testkit::bed::{Bed, BedOptions, deploy};
use lastgood_testkit::control_plane;
use lastgood_testkit::folder::BedFolder;
use lastgood_testkit::release::Release;
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "\
usage: lastgood-bed [--dir DIR] [--scenario good|bad] [--for SECONDS] [--load PER_SECOND]
       lastgood-bed deploy v1|v2-bad|v2-never-ready|v2-slow|v3 [--dir DIR]

Without --dir the bed is in `lastgood-bed` in the system's temporary folder.
The scenario `bad` deploys v2-bad once v1 serves.";

/// Load without end would outlive a forgotten bed's usefulness.
const LOAD_AT_MOST: Duration = Duration::from_hours(4);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scenario {
    Good,
    Bad,
}

struct Arguments {
    dir: PathBuf,
    deploy: Option<String>,
    scenario: Scenario,
    at_most: Option<Duration>,
    load_per_second: u32,
}

fn parse(mut words: impl Iterator<Item = String>) -> anyhow::Result<Option<Arguments>> {
    let mut arguments = Arguments {
        dir: std::env::temp_dir().join("lastgood-bed"),
        deploy: None,
        scenario: Scenario::Good,
        at_most: None,
        load_per_second: 20,
    };
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("`{word}` needs a value"));
        match word.as_str() {
            "--help" | "-h" => return Ok(None),
            "deploy" => arguments.deploy = Some(value()?),
            "--dir" => arguments.dir = value()?.into(),
            "--for" => arguments.at_most = Some(Duration::from_secs(value()?.parse()?)),
            "--load" => arguments.load_per_second = value()?.parse()?,
            "--scenario" => {
                arguments.scenario = match value()?.as_str() {
                    "good" => Scenario::Good,
                    "bad" => Scenario::Bad,
                    other => bail!("there is no scenario `{other}`; there are good and bad"),
                };
            }
            other => bail!("`{other}` means nothing here\n\n{USAGE}"),
        }
    }
    Ok(Some(arguments))
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody can be told when standard error is closed; the status still tells.
            let _ = writeln!(std::io::stderr(), "lastgood-bed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let Some(arguments) = parse(std::env::args().skip(1))? else {
        return say(USAGE);
    };
    match &arguments.deploy {
        Some(tag) => deploy_tag(&arguments.dir, tag).await,
        None => bring_up(&arguments).await,
    }
}

async fn deploy_tag(dir: &Path, tag: &str) -> anyhow::Result<()> {
    let kubeconfig = dir.join("control-plane/kubeconfig");
    if !kubeconfig.is_file() {
        bail!("there is no bed in `{}`; start one with `lastgood-bed`", dir.display());
    }
    let client = control_plane::client(&kubeconfig).await?;
    let release = Release::of_tag(tag);
    deploy(&client, &release).await?;
    say(&format!("{} is being rolled out", release.image))
}

async fn bring_up(arguments: &Arguments) -> anyhow::Result<()> {
    // Before anything starts, so that Ctrl-C at any time takes down what has started.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stopped = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    tokio::select! {
        ended = serve(arguments) => ended,
        () = stopped => say("\nThe bed is taken down."),
    }
}

async fn serve(arguments: &Arguments) -> anyhow::Result<()> {
    let began = Instant::now();
    let folder = BedFolder::claim(&arguments.dir)?;
    say("The bed is being made; this takes about fifteen seconds.")?;
    let options = BedOptions { dir: Some(folder.path().to_owned()), ..BedOptions::default() };
    let bed = Bed::start(options).await?;
    let workspace = folder.path().join("workspace");
    bed.write_workspace(&workspace)?;
    let _load = bed.load(arguments.load_per_second, LOAD_AT_MOST)?;
    say(&welcome(&bed, &workspace, began.elapsed()))?;
    if arguments.scenario == Scenario::Bad {
        // Longer than the catalog's bake, or nothing would count as good yet.
        tokio::time::sleep(Duration::from_secs(4)).await;
        bed.deploy_release(&Release::of_tag("v2-bad")).await?;
        say("v2-bad is being rolled out: two of every five requests will fail.")?;
    }
    match arguments.at_most {
        Some(at_most) => tokio::time::sleep(at_most).await,
        None => std::future::pending().await,
    }
    say("The bed's time is over; it is taken down.")
}

fn welcome(bed: &Bed, workspace: &Path, took: Duration) -> String {
    let me = std::env::current_exe().unwrap_or_else(|_| "lastgood-bed".into());
    let (me, dir) = (me.display(), bed.dir().display());
    format!(
        "\
The bed is ready after {seconds:.1} s: checkout v1, four pods, under load.

  workspace    {workspace}
  kubeconfig   {kubeconfig}
  prometheus   {prometheus}
  service      {address}

Try:

  {me} deploy v2-bad --dir {dir}
  {me} deploy v2-never-ready --dir {dir}
  kubectl --kubeconfig {kubeconfig} -n shop get pods -w
  kubectl --kubeconfig {kubeconfig} -n shop rollout undo deployment/checkout
  curl -i {address}/

Ctrl-C takes everything down.",
        seconds = took.as_secs_f64(),
        workspace = workspace.display(),
        kubeconfig = bed.kubeconfig().display(),
        prometheus = bed.prometheus_url(),
        address = bed.address(),
    )
}

/// Fails when nobody listens any more, which ends the bed as well.
fn say(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}
