//! The deploys of a place: the platform's own, joined with what GitHub records.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lastgood_core::catalog::{Connection, GithubReleases, Platform};
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
/// How long each source may take: a little less than whoever asks for a place waits, so that
/// what one of them told is shown when the other is silent; and a little longer than a question
/// to GitHub, so that it ends by itself and whoever asks next does not join it at its end.
pub(super) const PATIENCE: Duration = Duration::from_secs(11);

/// Repositories with their environments that are about to be asked for, by connection.
pub(super) type Foreseen = Mutex<BTreeMap<ConnectionName, Vec<(String, String)>>>;

/// Nobody panics while holding it; and were it so, the value is still whole.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl LiveWorld {
    /// The connection, made when it is first needed.
    pub(super) async fn github(&self, name: &ConnectionName) -> Result<Github, Failure> {
        let connect = async {
            let Some(Connection::Github(connection)) = self.catalog.connections.get(name) else {
                return Err(Failure::Login { why: format!("there is no connection `{name}`") });
            };
            Github::connect(connection, self.vault.as_ref()).await
        };
        self.github.get(name, Box::pin(connect)).await
    }

    /// Keeps in mind which environments are about to be asked for.
    pub(super) fn foresee_on_github(&self, places: &[Place]) {
        let mut foreseen = held(&self.foreseen);
        for place in places {
            let releases = self.catalog.environment(place).and_then(|it| it.releases.as_ref());
            if let Some(releases) = releases {
                let asked = (releases.repository.clone(), releases.environment.clone());
                foreseen.entry(releases.connection.clone()).or_default().push(asked);
            }
        }
    }

    /// What GitHub tells of a place, asked for together with whatever else was foreseen there.
    async fn told(
        &self,
        place: &Place,
        settings: &Environment,
        releases: &GithubReleases,
    ) -> Result<(DeployPage, Github), Failure> {
        let github = self.github(&releases.connection).await?;
        // Whoever comes first asks for all.
        let foreseen = held(&self.foreseen).remove(&releases.connection);
        github.foresee(foreseen.unwrap_or_default());
        let page = github.deploys(place, settings.strategy, releases).await?;
        Ok((page, github))
    }

    /// Whether GitHub tells of the place, and how many requests are left; nothing where the
    /// catalog does not name it.
    pub(super) async fn github_finding(&self, place: &Place) -> Option<Finding> {
        let settings = self.settings(place).ok()?;
        let releases = settings.releases.as_ref()?;
        let told = async {
            let (page, github) = self.told(place, settings, releases).await?;
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
        let name = platform_name(&settings.platform).to_owned();
        // A limit for each: whoever waits for both would otherwise lose one's answer to the
        // silence of the other.
        let late = || format!("no answer within {} s", self.patience.as_secs_f64());
        let platform = async |before, limit| {
            let asked = async {
                let page = self.platform(place).await?.deploys(place, before, limit).await;
                page.map_err(Refusal::of_a_place)
            };
            tokio::time::timeout(self.patience, asked)
                .await
                .unwrap_or_else(|_| Err(Refusal::Unreachable { system: name.clone(), why: late() }))
        };
        let Some(releases) = &settings.releases else { return platform(before, limit).await };
        let github = async {
            let asked = async {
                let (page, github) = self.told(place, settings, releases).await?;
                Ok::<_, Failure>((page, github.scarce(SCARCE)))
            };
            tokio::time::timeout(self.patience, asked)
                .await
                .unwrap_or_else(|_| Err(Failure::Broken { why: late() }))
        };
        let (platform, github) = futures::join!(platform(None, MOST), github);
        let (theirs, scarce) = match github {
            Ok((page, scarce)) => (page, scarce),
            // Nothing is known of the others.
            Err(failure) => {
                let doubts =
                    vec![format!("only the deploys of {name} are known: GitHub: {failure}")];
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

#[cfg(all(test, feature = "kubernetes", feature = "lambda"))]
mod tests;
