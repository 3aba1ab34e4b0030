//! GitHub: recent deploys are read, a pipeline writes a release down, and a run starts and
//! cancels workflows and tells what serves.

use std::collections::BTreeMap;
use std::sync::Arc;

use lastgood_api::core::effect::{ApplyError, Operation, Presence, Receipt, Refusal};
use lastgood_api::core::errand::{DeploymentState, Errand, GithubErrand};
use lastgood_api::core::ports::{ReleaseRecorder as _, ReleaseSource as _};
use lastgood_api::core::recorded::Recorded;
use lastgood_api::core::release::{Metadata, Note, NoteState};
use lastgood_providers::LiveWorld;
use lastgood_testkit::aws::Fake;
use lastgood_testkit::github::{Github, Kept, REPOSITORY, Run};
use lastgood_testkit::relay::{Asked, Relay};

use crate::peers::{Peer, Said, catalog, ecs_of_two, ecs_platform, on_github, place, world};

const COMMIT: &str = "8f3c1d0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// What is done to GitHub, and how what it has seen of that is counted.
struct Deed {
    operation: Option<Operation>,
    is_change: fn(&Asked) -> bool,
    landed: fn(&mut Kept) -> usize,
}

/// Recent deploys are read, and a pipeline writes a release down.
pub(crate) async fn peer(_: &'static str) -> Peer {
    with(
        Deed {
            operation: None,
            is_change: |asked| asked.method == "POST" && asked.path != "/graphql",
            // A deployment without its status is one that landed.
            landed: |kept| kept.deployments.len(),
        },
        &[400],
    )
    .await
}

/// A run starts a workflow.
pub(crate) async fn dispatch() -> Peer {
    let errand = GithubErrand::Dispatch {
        workflow: "rollback.yml".to_owned(),
        on: "main".to_owned(),
        inputs: BTreeMap::from([("to".to_owned(), "v1".to_owned())]),
    };
    let is_change: fn(&Asked) -> bool = |asked| asked.path.ends_with("/dispatches");
    let landed =
        |kept: &mut Kept| kept.runs.iter().filter(|run| run.workflow == "rollback.yml").count();
    with(Deed { operation: Some(step(errand)), is_change, landed }, &[400]).await
}

/// A run cancels the deploys that go on.
pub(crate) async fn cancel(open: &[u64]) -> Peer {
    let errand = GithubErrand::Cancel { workflow: "deploy.yml".to_owned() };
    let landed = |kept: &mut Kept| kept.runs.iter().filter(|run| run.conclusion.is_some()).count();
    let is_change: fn(&Asked) -> bool = |asked| asked.path.ends_with("/cancel");
    with(Deed { operation: Some(step(errand)), is_change, landed }, open).await
}

/// A run tells what serves.
pub(crate) async fn deployment() -> Peer {
    let errand = GithubErrand::Deployment {
        commit: COMMIT.to_owned(),
        version: "v1".to_owned(),
        state: DeploymentState::Success,
        description: "Rolled back by Lastgood".to_owned(),
    };
    let is_change: fn(&Asked) -> bool =
        |asked| asked.method == "POST" && asked.path.ends_with("/statuses");
    let landed = |kept: &mut Kept| kept.deployments.iter().map(|one| one.statuses.len()).sum();
    with(Deed { operation: Some(step(errand)), is_change, landed }, &[400]).await
}

fn step(errand: GithubErrand) -> Operation {
    Operation::RunErrand { errand: Box::new(Errand::Github(errand)) }
}

/// GitHub beside a platform of which all is well, with deploys that go on, the oldest first.
async fn with(deed: Deed, open: &[u64]) -> Peer {
    let github = Arc::new(Github::start().await.expect("a free port"));
    github.with(|kept| {
        kept.runs.extend(open.iter().map(|id| Run {
            id: *id,
            workflow: "deploy.yml".to_owned(),
            title: "Deploy v2".to_owned(),
            sha: COMMIT.to_owned(),
            event: "push".to_owned(),
            conclusion: None,
            at: "2026-11-26T02:00:00Z".to_owned(),
        }));
    });
    let platform = Fake::start(ecs_of_two()).await.expect("a free port");
    let relay = Relay::start(&github.url()).await.expect("a free port");
    let more = format!(
        "        releases: {{ github: {{ repository: {REPOSITORY}, environment: production }} }}\n"
    );
    let connections = format!(
        "connections:\n  github:\n    github: {{ secret: github-token, url: \"{}\" }}\n",
        relay.url()
    );
    let world = world(&catalog(&ecs_platform(&platform.url()), &more, &connections));
    let (counted, landed) = (Arc::clone(&github), deed.landed);
    on_github(
        relay,
        deed.is_change,
        world,
        |world| Box::pin(look(world)),
        deed.operation,
        Box::new(move |_| counted.with(landed)),
        Box::new((github, platform)),
    )
}

/// While GitHub is away the platform's own deploys are shown, with a doubt.
async fn look(world: &LiveWorld) -> Result<(), Said> {
    let page = world.deploys(&place(), None, 10).await.map_err(Said::Refusal)?;
    assert!(!page.deploys.is_empty(), "what the platform knows is never lost");
    match page.doubts.into_iter().find(|doubt| doubt.contains("GitHub")) {
        Some(doubt) => Err(Said::Doubt(doubt)),
        None => Ok(()),
    }
}

/// Writes the release down, as `lastgood release record` does.
pub(crate) async fn record(world: &LiveWorld) -> Result<Receipt, ApplyError> {
    let metadata =
        Metadata { commit: Recorded::Recorded(COMMIT.to_owned()), ..Metadata::default() };
    let note = Note { metadata, state: NoteState::Success };
    let kept = world.record(&place(), &note).await?;
    let on_github = kept.iter().find(|one| one.system == "GitHub").expect("the catalog names it");
    let sentence = on_github.sentence.clone();
    if on_github.read_back {
        Ok(Receipt { reference: on_github.carrier.clone(), sentence })
    } else if sentence.contains("repeat it, and what arrived is found") {
        Err(ApplyError::Lost { why: sentence })
    } else {
        // A pipeline gets a sentence and an exit code; which kind of no it was is inside.
        Err(ApplyError::Refused(refusal(sentence)))
    }
}

/// The no behind a sentence, by GitHub's own words for it.
fn refusal(why: String) -> Refusal {
    let system = "GitHub".to_owned();
    if why.contains("credential for GitHub") {
        Refusal::Unauthorised { system: why }
    } else if why.contains("not allowed") {
        Refusal::Forbidden { permission: why }
    } else if why.contains("does not answer") {
        Refusal::Unreachable { system, why }
    } else {
        Refusal::Rejected { system, why }
    }
}

/// A pipeline does not probe; it repeats, and what is there is found.
pub(crate) fn presence(landed: usize) -> Presence {
    if landed == 0 {
        return Presence::Absent;
    }
    Presence::Present(Receipt { reference: String::new(), sentence: String::new() })
}
