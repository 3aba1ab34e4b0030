//! From the deploys of a stable Deployment and of its canary to those of the service. Pure.
//!
//! A canary that was promoted is told by the deploy of the stable Deployment that followed,
//! with the same image; told twice, it could be proposed as a way back from itself.
//!
//! A canary comes to some users, and the stable release serves the others all the while.

use jiff::Timestamp;
use lastgood_core::catalog::Strategy;
use lastgood_core::release::{Deploy, DeployOutcome, DeployPage, Reach};

use super::super::look::wanted;
use super::super::two::Both;
use super::look::{CANARY, STABLE, is_out};

/// The newest `limit` deploys of both that began before `before`, newest first.
pub(super) fn page(
    both: &Both,
    pages: (DeployPage, DeployPage),
    before: Option<Timestamp>,
    limit: usize,
) -> DeployPage {
    let (stable, canary) = pages;
    let mut doubts = stable.doubts;
    for doubt in canary.doubts {
        if !doubts.contains(&doubt) {
            doubts.push(doubt);
        }
    }
    let out = both.seen(CANARY).current().filter(|_| is_out(both)).map(|(set, _)| &set.name);
    let mut deploys = stable.deploys;
    let mut newest = true;
    let mut tried: Vec<Deploy> = Vec::new();
    for mut deploy in canary.deploys {
        let is_newest = std::mem::replace(&mut newest, false);
        let now = is_newest && out.is_some_and(|name| deploy.release.id.as_str() == name);
        if now {
            // Whatever its own Deployment says: it is not everywhere yet.
            deploy.outcome = match deploy.outcome {
                failed @ DeployOutcome::Failed => failed,
                DeployOutcome::InProgress
                | DeployOutcome::Completed
                | DeployOutcome::RolledBack
                | DeployOutcome::Unknown => DeployOutcome::InProgress,
            };
            deploy.ended_at = None;
        } else if is_promoted(&deploy, &deploys) {
            continue;
        } else {
            deploy.outcome = DeployOutcome::RolledBack;
        }
        // With nothing left of the stable one, the canary has everybody.
        let alone = now && wanted(both.seen(STABLE)) == 0;
        deploy.reach = if alone { Reach::Everybody } else { Reach::Some };
        tried.push(deploy);
    }
    deploys.extend(tried);
    for deploy in &mut deploys {
        deploy.strategy = Strategy::Canary;
    }
    deploys.sort_by_key(|deploy| std::cmp::Reverse(deploy.at));
    deploys.retain(|deploy| before.is_none_or(|before| deploy.at < before));
    let more = stable.more || canary.more || deploys.len() > limit;
    deploys.truncate(limit);
    DeployPage { deploys, more, doubts }
}

fn is_promoted(canary: &Deploy, stable: &[Deploy]) -> bool {
    stable
        .iter()
        .any(|deploy| deploy.at >= canary.at && deploy.release.artifact == canary.release.artifact)
}
