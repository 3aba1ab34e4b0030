//! Whether the practice releases could run again, and what lies outside of them.

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::catalog::Place;
use lastgood_core::drill::{FaultKind, Obstacle};
use lastgood_core::ports::Prover;
use lastgood_core::preflight::{
    ArtifactProof, ArtifactState, Comparison, Difference, Need, NeedState, Outside, OutsideObject,
    Proof,
};
use lastgood_core::recorded::Recorded;
use lastgood_core::release::Release;
use sha2::{Digest as _, Sha256};

use crate::chance::{draw, hex, text};
use crate::service::Service;
use crate::world::{PracticeWorld, silence};

#[async_trait]
impl Prover for PracticeWorld {
    async fn prove(&self, place: &Place, release: &Release) -> Proof {
        let met = self.meet("registry").await;
        let unknown = |why: String| Proof {
            artifacts: vec![artifact(release, ArtifactState::Unknown { why })],
            needs: Vec::new(),
        };
        match met {
            Err(refusal) => return unknown(refusal.to_string()),
            Ok(Some(
                FaultKind::Refuse | FaultKind::LoseReply | FaultKind::Lie | FaultKind::Stale,
            )) => return unknown(silence().to_string()),
            Ok(Some(FaultKind::Delay(_)) | None) => {}
        }
        let inner = match self.enter() {
            Ok(inner) => inner,
            Err(refusal) => return unknown(refusal.to_string()),
        };
        match inner.service(place) {
            Ok(service) => proof(service, release),
            Err(refusal) => unknown(refusal.to_string()),
        }
    }

    async fn compare(&self, place: &Place, from: &Release, to: &Release) -> Comparison {
        let inner = match self.enter() {
            Ok(inner) => inner,
            Err(refusal) => return uncompared(refusal.to_string()),
        };
        match inner.service(place) {
            Ok(service) => comparison(service, from, to),
            Err(refusal) => uncompared(refusal.to_string()),
        }
    }
}

fn uncompared(why: String) -> Comparison {
    Comparison { doubts: vec![why], ..Comparison::default() }
}

fn artifact(release: &Release, state: ArtifactState) -> ArtifactProof {
    ArtifactProof { image: release.artifact.clone(), state, cached: false }
}

fn proof(service: &Service, release: &Release) -> Proof {
    let bars = |obstacle| service.bars(obstacle, &release.id);
    let deleted = service.releases.get(&release.id).is_none_or(|known| known.deleted);
    let recorded = release.digest.as_option().cloned();
    let now = || format!("sha256:{}", hex(&Sha256::digest(format!("{} moved", release.artifact))));
    let state = if bars(Obstacle::RegistryBusy) {
        let why = "the registry answered 429: it is asked too often".to_owned();
        ArtifactState::Unknown { why }
    } else if deleted || bars(Obstacle::ArtifactGone) {
        ArtifactState::Gone { part: "the manifest, deleted to save space,".to_owned() }
    } else {
        match (recorded, bars(Obstacle::TagMoved)) {
            (Some(recorded), true) => ArtifactState::Moved { recorded, now: now() },
            (Some(digest), false) => ArtifactState::Present { digest },
            (None, _) => ArtifactState::Unpinned { now: now() },
        }
    };
    let name = format!("{}-config", service.place.service);
    let key = if bars(Obstacle::ConfigKeyMissing) { NeedState::Missing } else { NeedState::There };
    let needs = vec![
        Need { what: format!("ConfigMap {name}"), state: NeedState::There },
        Need { what: format!("key LIMIT of ConfigMap {name}"), state: key },
    ];
    Proof { artifacts: vec![artifact(release, state)], needs }
}

/// One place in three had its configuration changed while the newest release came.
fn comparison(service: &Service, from: &Release, to: &Release) -> Comparison {
    let began = |release: &Release| {
        service.deploys.iter().rev().find(|deploy| deploy.release.id == release.id)
    };
    let oldest: Option<Timestamp> = service.deploys.first().map(|deploy| deploy.at);
    let luck = draw(&[service.key, text(&from.version)]);
    let changed_at =
        if luck.is_multiple_of(3) { began(from).map(|deploy| deploy.at) } else { oldest };
    let mut differences = Vec::new();
    if luck.is_multiple_of(4) {
        differences.push(Difference {
            part: "environment".to_owned(),
            changes: vec![format!("BUILD: {} → {}", from.version, to.version)],
        });
    }
    Comparison {
        differences,
        outside: Outside {
            shared: vec![OutsideObject {
                kind: "ConfigMap".to_owned(),
                name: format!("{}-config", service.place.service),
                changed_at: Recorded::from(changed_at),
            }],
            around: Vec::new(),
            unseen: Vec::new(),
        },
        doubts: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
