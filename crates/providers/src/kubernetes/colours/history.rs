//! From the deploys of two colours to those of the service. Pure.
//!
//! Kubernetes keeps when a template was rolled out, and not when a Service began to select
//! it. Our own note on the Service tells it for our switches; for those of others the
//! managed fields bound it.
//!
//! A colour that stands by takes nothing from the one that serves. What was deployed to the
//! idle colour since the Service was last switched was met by nobody, and says so.

use jiff::Timestamp;
use lastgood_core::catalog::Strategy;
use lastgood_core::release::{Deploy, DeployOutcome, DeployPage, Reach};

use super::super::history::second_before;
use super::look::Scene;

/// The newest `limit` deploys of both that began before `before`, newest first.
pub(super) fn page(
    scene: &Scene,
    pages: (DeployPage, DeployPage),
    before: Option<Timestamp>,
    limit: usize,
) -> DeployPage {
    let (first, second) = pages;
    let mut doubts = first.doubts;
    doubts.extend(
        second.doubts.into_iter().filter(|doubt| !doubts.contains(doubt)).collect::<Vec<_>>(),
    );
    let mut deploys: Vec<Deploy> = first.deploys.into_iter().chain(second.deploys).collect();
    match scene.live() {
        Ok(live) => {
            let serving = scene.current(live).map(|set| set.name.clone());
            let standby = scene.current(live.other());
            let since = serving.as_deref().and_then(|serving| scene.since(serving));
            let began = newest(&deploys, serving.as_deref()).map(|index| deploys[index].at);
            if let Some(index) = newest(&deploys, standby.map(|set| set.name.as_str())) {
                let deploy = &mut deploys[index];
                if scene.is_left(live.other()) {
                    deploy.outcome = DeployOutcome::RolledBack;
                } else if began.is_some_and(|began| deploy.at > began) {
                    came_later(deploy, since, &mut doubts);
                }
            }
            for deploy in &mut deploys {
                let of = scene.both.find(&deploy.release.id).map(|(side, _)| side);
                if of == Some(live.other()) && since.is_some_and(|since| since < deploy.at) {
                    deploy.reach = Reach::Nobody;
                }
            }
            let now = [serving.as_deref(), standby.map(|set| set.name.as_str())];
            passed(&mut deploys, now, &mut doubts);
            if let Some(index) = newest(&deploys, serving.as_deref()) {
                let before = serves(&mut deploys[index], scene, since);
                deploys.extend(before);
            }
            if let Some(left) = scene.left()
                && let Some(index) = newest(&deploys, Some(left.release.as_str()))
                && scene.is_left(live.other())
            {
                // It came to users when the Service was switched to it, not when it came up.
                let deploy = &mut deploys[index];
                deploy.at = left.since.map_or(deploy.at, |since| since.max(deploy.at));
            }
        }
        Err(why) => doubts.push(format!("which colour serves cannot be told: {why}")),
    }
    for deploy in &mut deploys {
        deploy.strategy = Strategy::BlueGreen;
    }
    deploys.sort_by_key(|deploy| std::cmp::Reverse(deploy.at));
    deploys.retain(|deploy| before.is_none_or(|before| deploy.at < before));
    let more = first.more || second.more || deploys.len() > limit;
    deploys.truncate(limit);
    DeployPage { deploys, more, doubts }
}

fn newest(deploys: &[Deploy], release: Option<&str>) -> Option<usize> {
    deploys.iter().position(|deploy| Some(deploy.release.id.as_str()) == release)
}

/// What stands by and is newer than what serves: either the Service was switched back from
/// it, or it was never switched to.
fn came_later(deploy: &mut Deploy, since: Option<Timestamp>, doubts: &mut Vec<String>) {
    if since.is_some_and(|since| since > deploy.at) {
        deploy.outcome = DeployOutcome::RolledBack;
        return;
    }
    match deploy.outcome {
        DeployOutcome::Completed => {
            doubts.push(format!(
                "{}: its replicas are there, and the Service was not switched to it",
                deploy.release.version
            ));
            deploy.outcome = DeployOutcome::Unknown;
            deploy.ended_at = None;
        }
        DeployOutcome::InProgress
        | DeployOutcome::Failed
        | DeployOutcome::RolledBack
        | DeployOutcome::Unknown => {}
    }
}

/// An earlier revision of a colour: that its replicas were there is known, and not whether
/// the Service ever selected them. It could not be switched to either.
fn passed(deploys: &mut [Deploy], now: [Option<&str>; 2], doubts: &mut Vec<String>) {
    let mut any = false;
    let began: Vec<Timestamp> = now
        .iter()
        .filter_map(|release| newest(deploys, *release))
        .map(|at| deploys[at].at)
        .collect();
    for deploy in deploys {
        let is_current = now.contains(&Some(deploy.release.id.as_str()));
        // Times are whole seconds. Of two deploys of the same one, that which a colour still has
        // was the later to serve: the other one has been replaced since.
        if !is_current && began.contains(&deploy.at) {
            deploy.at = second_before(deploy.at);
        }
        if !is_current && deploy.outcome == DeployOutcome::Completed {
            deploy.outcome = DeployOutcome::Unknown;
            deploy.ended_at = None;
            any = true;
        }
    }
    if any {
        let why = "whether the Service ever selected an earlier revision of a colour is not kept";
        doubts.push(why.to_owned());
    }
}

/// What serves was deployed when the Service was switched to it. Where a rollback of ours did
/// that, the deploy by which it had served before is given back, as it was told until then.
fn serves(deploy: &mut Deploy, scene: &Scene, since: Option<Timestamp>) -> Option<Deploy> {
    let before = deploy.clone();
    if let Some(since) = since.filter(|since| *since > deploy.at) {
        deploy.at = since;
        deploy.ended_at = deploy.ended_at.map(|ended| ended.max(since));
    }
    let mark = scene.switched().filter(|mark| mark.release == deploy.release.id.as_str())?;
    deploy.actor = Some(format!("lastgood, run {}", mark.run)).into();
    // Without the time at which what was left had come, the two could not be told apart.
    let left = scene.left().filter(|left| left.run == mark.run && left.to == mark.release)?;
    (before.at < left.since? && left.since? < deploy.at).then_some(before)
}
