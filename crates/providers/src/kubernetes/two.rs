//! Two Deployments that run one service between them: what both ways of doing so share.

use std::sync::Arc;

use jiff::Timestamp;
use lastgood_core::catalog::{KubernetesPlace, Place, ReplicaVersion, Workload};
use lastgood_core::check::ReplicaAnswer;
use lastgood_core::effect::{PlannedEffect, Refusal};
use lastgood_core::name::{Person, ReleaseId};
use lastgood_core::ports::{ReleaseSource as _, Surveyor as _};
use lastgood_core::preflight::{Comparison, Finding, Topic};
use lastgood_core::release::{DeployPage, Release};

use super::link::Link;
use super::objects::{ReplicaSet, Seen};
use super::{Clusters, Kubernetes, preflight, request};
use crate::needs::{KnowNeeds as _, Needs};
use crate::replica::AskVersion;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    First,
    Second,
}

impl Side {
    pub(super) const fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

/// Two Deployments in one namespace, reached by one link.
#[derive(Clone)]
pub(super) struct Two {
    pub(super) first: Kubernetes,
    pub(super) second: Kubernetes,
}

/// Both, as one look found them.
#[derive(Clone, Debug)]
pub(super) struct Both {
    pub(super) first: Seen,
    pub(super) second: Seen,
}

impl Both {
    pub(super) const fn seen(&self, side: Side) -> &Seen {
        match side {
            Side::First => &self.first,
            Side::Second => &self.second,
        }
    }

    /// The later of the two moments: what either shows is not newer.
    pub(super) fn at(&self) -> Timestamp {
        self.first.at.max(self.second.at)
    }

    /// A release with the Deployment that has it.
    pub(super) fn find(&self, release: &ReleaseId) -> Option<(Side, &ReplicaSet)> {
        [Side::First, Side::Second]
            .into_iter()
            .find_map(|side| Some((side, self.seen(side).set(release.as_str())?)))
    }

    /// The same, or that it is gone.
    pub(super) fn known(&self, release: &ReleaseId) -> Result<(Side, &ReplicaSet), Refusal> {
        self.find(release).ok_or_else(|| Refusal::Gone {
            what: format!("release {release} (its ReplicaSet, which holds the template)"),
        })
    }
}

impl Two {
    /// Reads the kubeconfig; sends nothing.
    pub(super) async fn connect(
        clusters: &Clusters,
        place: &KubernetesPlace,
        first: &str,
        second: &str,
    ) -> Result<Self, Refusal> {
        let link = clusters.link(place).await?;
        let one = |name: &str| Kubernetes {
            place: KubernetesPlace {
                workload: Workload::Deployment(name.to_owned()),
                ..place.clone()
            },
            link: link.clone(),
            versions: None,
            person: None,
        };
        Ok(Self { first: one(first), second: one(second) })
    }

    /// Says who acts; the first of the two speaks for both.
    pub(super) fn by(mut self, person: Option<Person>) -> Self {
        self.first = self.first.by(person);
        self
    }

    pub(super) fn asking(self, versions: ReplicaVersion, ask: Arc<dyn AskVersion>) -> Self {
        Self {
            first: self.first.asking(versions.clone(), Arc::clone(&ask)),
            second: self.second.asking(versions, ask),
        }
    }

    pub(super) const fn of(&self, side: Side) -> &Kubernetes {
        match side {
            Side::First => &self.first,
            Side::Second => &self.second,
        }
    }

    pub(super) fn link(&self) -> &Link {
        &self.first.link
    }

    pub(super) fn place(&self) -> &KubernetesPlace {
        &self.first.place
    }

    /// The name of a Deployment.
    pub(super) fn name(&self, side: Side) -> &str {
        self.of(side).place.workload.name()
    }

    /// Both now, with where to watch for what comes next.
    pub(super) async fn look(&self) -> Result<(Both, Vec<String>), Refusal> {
        let (first, second) = futures::try_join!(self.first.fetch(), self.second.fetch())?;
        let mut watched = first.1;
        watched.extend(second.1);
        Ok((Both { first: first.0, second: second.0 }, watched))
    }

    /// Which of the two a planned call goes to; `None` when it is neither.
    pub(super) fn side_of(&self, effect: &PlannedEffect) -> Option<Side> {
        [Side::First, Side::Second]
            .into_iter()
            .find(|side| effect.call.target == request::deployment(&self.of(*side).place))
    }

    /// Every pod of `sides`, asked.
    pub(super) async fn replicas(
        &self,
        place: &Place,
        sides: &[Side],
    ) -> Result<Vec<ReplicaAnswer>, Refusal> {
        let asked = sides.iter().map(|side| self.of(*side).replicas(place));
        let found = futures::future::try_join_all(asked).await?;
        let mut answers: Vec<ReplicaAnswer> = found.into_iter().flatten().collect();
        answers.sort_by(|a, b| a.replica.cmp(&b.replica));
        Ok(answers)
    }

    /// All deploys of both that are told, newest first each.
    pub(super) async fn pages(&self, place: &Place) -> Result<(DeployPage, DeployPage), Refusal> {
        let (first, second) = (&self.first, &self.second);
        futures::try_join!(
            first.deploys(place, None, usize::MAX),
            second.deploys(place, None, usize::MAX)
        )
    }

    pub(super) async fn needs(&self, release: &Release) -> Result<Needs, String> {
        let (both, _) = self.look().await.map_err(|refusal| refusal.to_string())?;
        match both.find(&release.id) {
            Some((side, _)) => self.of(side).needs(release).await,
            None => Err(format!("the ReplicaSet {} is gone", release.id)),
        }
    }

    pub(super) async fn differences(&self, from: &Release, to: &Release) -> Comparison {
        let doubt = |why: String| Comparison { doubts: vec![why], ..Comparison::default() };
        let (both, _) = match self.look().await {
            Ok(found) => found,
            Err(refusal) => return doubt(refusal.to_string()),
        };
        match (both.find(&from.id), both.find(&to.id)) {
            (Some((side, now)), Some((_, then))) => {
                let (now, then) = (now.template(), then.template());
                self.of(side).compared(both.seen(side), &now, &then).await
            }
            (None, _) | (_, None) => {
                doubt("the ReplicaSet of one of them is gone, and its template with it".to_owned())
            }
        }
    }

    /// What can be said before the first change of both, whatever is planned.
    pub(super) async fn around(&self, both: &Both, effects: &[PlannedEffect]) -> Vec<Finding> {
        let sides = [Side::First, Side::Second].map(|side| async move {
            let (one, seen) = (self.of(side), both.seen(side));
            let (governors, freeze) =
                futures::join!(one.governors(seen, effects), one.freeze(seen));
            let history = preflight::history_limit(seen).on(Topic::History);
            (self.name(side), governors, freeze, history)
        });
        let mut findings: Vec<Finding> = Vec::new();
        for (name, governors, freeze, history) in futures::future::join_all(sides).await {
            for mut finding in governors.into_iter().chain(freeze).chain([history]) {
                // What is said of the namespace is the same for both.
                if findings.iter().any(|known| {
                    known.subject == finding.subject && known.sentence == finding.sentence
                }) {
                    continue;
                }
                if findings.iter().any(|known| known.subject == finding.subject) {
                    finding.subject = format!("{} of {name}", finding.subject);
                }
                findings.push(finding);
            }
        }
        findings
    }
}
