use lastgood_core::drill::WorldEvent;
use lastgood_core::ports::{ReleaseSource, Surveyor};
use lastgood_core::preflight::Grade;

use super::*;
use crate::bench::{bench, bench_with, fault, place, scenario};

async fn front(world: &PracticeWorld) -> Release {
    let place = place("checkout");
    let seen = world.survey(&place).await.expect("it can be looked at");
    let id = seen.newest().expect("something runs").release.clone();
    let page = world.deploys(&place, None, 100).await.expect("it has a past");
    let deploy = page.deploys.into_iter().find(|deploy| deploy.release.id == id);
    deploy.expect("it was deployed").release
}

#[tokio::test]
async fn what_serves_could_run_again() {
    let bench = bench(2);
    let release = front(&bench.world).await;
    let proof = bench.world.prove(&place("checkout"), &release).await;
    for finding in proof.findings(&release.version) {
        assert!(finding.grade <= Grade::Unknown, "nothing blocks it: {finding:?}");
    }
}

#[tokio::test]
async fn an_obstacle_bars_the_release_that_served_when_it_came_and_no_other() {
    let bench = bench(2);
    let checkout = place("checkout");
    let release = front(&bench.world).await;
    let event = WorldEvent::Obstacle {
        place: checkout.clone(),
        obstacle: Obstacle::ArtifactGone,
        lifted: false,
    };
    bench.world.happen(&event).expect("the place exists");
    let gone = bench.world.prove(&checkout, &release).await;
    assert!(matches!(gone.artifacts[0].state, ArtifactState::Gone { .. }), "{gone:?}");
    let page = bench.world.deploys(&checkout, None, 100).await.expect("it has a past");
    let other = page.deploys.iter().find(|deploy| deploy.release.id != release.id);
    let other = &other.expect("a long past").release;
    let there = bench.world.prove(&checkout, other).await;
    assert!(!matches!(there.artifacts[0].state, ArtifactState::Gone { .. }), "{there:?}");
}

#[tokio::test]
async fn a_registry_that_does_not_answer_is_unknown_and_not_gone() {
    let faults = vec![fault("registry", FaultKind::Refuse, 1)];
    let bench = bench_with(Some(&scenario(faults)), 3);
    let release = front(&bench.world).await;
    let proof = bench.world.prove(&place("checkout"), &release).await;
    assert!(matches!(proof.artifacts[0].state, ArtifactState::Unknown { .. }), "{proof:?}");
    let again = bench.world.prove(&place("checkout"), &release).await;
    assert!(!matches!(again.artifacts[0].state, ArtifactState::Unknown { .. }), "{again:?}");
}
