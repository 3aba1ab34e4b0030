//! The deploys of a place: the platform's own, joined with what GitHub records.

use lastgood_core::catalog::{Connection, Platform};
use lastgood_core::name::ConnectionName;
use lastgood_core::release::{Source, merge};

use super::{
    ArtifactProof, ArtifactState, Comparison, DeployPage, Environment, Finding, Grade, LiveWorld,
    Place, Proof, Refusal, Release, Timestamp,
};
use crate::github::{Failure, Github, RELEASE};

/// So many deploys of a platform are read to be joined; more than any platform keeps.
const MOST: usize = 200;
/// With fewer requests left than this, whoever looks at releases is told.
const SCARCE: u64 = 400;

impl LiveWorld {
    /// The connection, made when it is first needed.
    pub(super) async fn github(&self, name: &ConnectionName) -> Result<Github, Failure> {
        let mut known = self.github.lock().await;
        if let Some(github) = known.get(name) {
            return Ok(github.clone());
        }
        let Some(Connection::Github(connection)) = self.catalog.connections.get(name) else {
            return Err(Failure::Login { why: format!("there is no connection `{name}`") });
        };
        let github = Github::connect(connection, self.vault.as_ref()).await?;
        known.insert(name.clone(), github.clone());
        Ok(github)
    }

    /// Whether GitHub tells of the place, and how many requests are left; nothing where the
    /// catalog does not name it.
    pub(super) async fn github_finding(&self, place: &Place) -> Option<Finding> {
        let settings = self.settings(place).ok()?;
        let releases = settings.releases.as_ref()?;
        let told = async {
            let github = self.github(&releases.connection).await?;
            let page = github.deploys(place, settings.strategy, releases).await?;
            Ok::<_, Failure>((page.deploys.len(), github.left().await?, github.now()))
        };
        let subject = format!("GitHub: {}", releases.repository);
        Some(match told.await {
            Ok((deploys, left, now)) => {
                let scarce = left.iter().any(|left| left.remaining < SCARCE.min(left.limit / 2));
                let left: Vec<String> = left.iter().map(|left| left.sentence(now)).collect();
                let grade = if scarce { Grade::Warn } else { Grade::Pass };
                let environment = &releases.environment;
                let sentence =
                    format!("{deploys} deployments to {environment} are told; {}", left.join(", "));
                Finding::new(subject, grade, sentence)
            }
            Err(failure) => Finding::new(subject, Grade::Unknown, failure.to_string()),
        })
    }

    /// One page of what both tell. Both are read whole, so that a deploy that they date
    /// differently is on one page and not on two.
    pub(super) async fn joined(
        &self,
        place: &Place,
        settings: &Environment,
        (before, limit): (Option<Timestamp>, usize),
    ) -> Result<DeployPage, Refusal> {
        let Some(releases) = &settings.releases else {
            let page = self.platform(place).await?.deploys(place, before, limit).await;
            return page.map_err(Refusal::of_a_place);
        };
        let platform = async {
            let page = self.platform(place).await?.deploys(place, None, MOST).await;
            page.map_err(Refusal::of_a_place)
        };
        let github = async {
            let github = self.github(&releases.connection).await?;
            let page = github.deploys(place, settings.strategy, releases).await?;
            Ok::<_, Failure>((page, github.scarce(SCARCE)))
        };
        let (platform, github) = futures::join!(platform, github);
        let (theirs, scarce) = match github {
            Ok((page, scarce)) => (page, scarce),
            // The platform's own are shown; nothing is known of the others.
            Err(failure) => {
                let doubts = vec![format!("GitHub: {failure}")];
                (DeployPage { deploys: Vec::new(), more: false, doubts }, None)
            }
        };
        let ours = match platform {
            Ok(page) => page,
            Err(refusal) if theirs.deploys.is_empty() => return Err(refusal),
            Err(refusal) => {
                let doubts = vec![format!("only GitHub's deploys are known: {refusal}")];
                DeployPage { deploys: Vec::new(), more: true, doubts }
            }
        };
        let name = platform_name(&settings.platform).to_owned();
        let (mut deploys, contradictions) = merge(
            Source { name, deploys: ours.deploys },
            Source { name: "GitHub".to_owned(), deploys: theirs.deploys },
        );
        let mut doubts = ours.doubts;
        doubts.extend(theirs.doubts);
        doubts.extend(contradictions);
        doubts.extend(scarce);
        deploys.retain(|deploy| before.is_none_or(|before| deploy.at < before));
        let more = ours.more || theirs.more || deploys.len() > limit;
        deploys.truncate(limit);
        Ok(DeployPage { deploys, more, doubts })
    }
}

impl LiveWorld {
    /// Adds the commits that going back from `from` to `to` undoes, where both are known.
    pub(super) async fn with_commits(
        &self,
        place: &Place,
        from: &Release,
        to: &Release,
        mut compared: Comparison,
    ) -> Comparison {
        let Some(releases) = self.settings(place).ok().and_then(|it| it.releases.as_ref()) else {
            return compared;
        };
        let (Some(newer), Some(older)) = (from.commit.as_option(), to.commit.as_option()) else {
            compared
                .doubts
                .push("which commits are undone is not known: a commit is not recorded".to_owned());
            return compared;
        };
        let undone = match self.github(&releases.connection).await {
            Ok(github) => github.undone(&releases.repository, older, newer).await,
            Err(failure) => Err(failure),
        };
        match undone {
            Ok(undone) => compared.differences.push(undone.difference()),
            Err(failure) => compared
                .doubts
                .push(format!("which commits are undone is not known: GitHub: {failure}")),
        }
        compared
    }
}

/// What is left of a release that only GitHub knows: the platform cannot put it back.
pub(super) fn only_recorded(release: &Release) -> Option<Proof> {
    release.id.as_str().starts_with(RELEASE).then(|| {
        let state = ArtifactState::Gone { part: "what the platform kept of it".to_owned() };
        let image = release.artifact.clone();
        let artifacts = vec![ArtifactProof { image, state, cached: false }];
        Proof { artifacts, needs: Vec::new() }
    })
}

fn platform_name(platform: &Platform) -> &'static str {
    match platform.kind() {
        lastgood_core::catalog::PlatformKind::Practice => "the practice world",
        lastgood_core::catalog::PlatformKind::Kubernetes => "Kubernetes",
        lastgood_core::catalog::PlatformKind::Ecs => "ECS",
        lastgood_core::catalog::PlatformKind::Lambda => "Lambda",
    }
}
