//! GitHub: recent deploys are read, and a pipeline writes a release down.

use std::sync::Arc;

use lastgood_api::core::effect::{ApplyError, Presence, Receipt, Refusal};
use lastgood_api::core::ports::{ReleaseRecorder as _, ReleaseSource as _};
use lastgood_api::core::recorded::Recorded;
use lastgood_api::core::release::{Metadata, Note, NoteState};
use lastgood_providers::LiveWorld;
use lastgood_testkit::aws::Fake;
use lastgood_testkit::github::{Github, REPOSITORY};
use lastgood_testkit::relay::Relay;

use crate::peers::{Peer, Said, catalog, ecs_of_two, ecs_platform, place, world, written_down};

const COMMIT: &str = "8f3c1d0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// GitHub beside a platform of which all is well.
pub(crate) async fn peer(_: &'static str) -> Peer {
    let github = Arc::new(Github::start().await.expect("a free port"));
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
    let counted = Arc::clone(&github);
    // Statuses may be lost as well; a deployment without its status is one that landed.
    let landed = move |_: &Relay| counted.with(|kept| kept.deployments.len());
    written_down(
        "GitHub",
        relay,
        |asked| asked.method == "POST" && asked.path != "/graphql",
        world,
        |world| Box::pin(look(world)),
        Box::new(landed),
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
