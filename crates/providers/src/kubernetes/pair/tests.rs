//! What a stable Deployment and its canary are taken for, and how replicas move.

use lastgood_core::effect::{Operation, Refusal};
use lastgood_core::release::{DeployOutcome, History};
use lastgood_core::survey::RolloutState;
use lastgood_core::time::Millis;

use super::super::history::{Sources, page};
use super::super::tests::build::{Build, key};
use super::super::tests::place;
use super::super::two::{Both, Side};
use super::effect::{moves, of_canary, promised, replicas};
use super::look::survey;
use super::{effect, history};

fn stable(images: &[&'static str]) -> Build {
    Build::of("checkout", ("track", "stable"), images)
}

fn canary(replicas: u32) -> Build {
    Build {
        replicas,
        ready: replicas,
        minute: 10,
        ..Build::of("checkout-canary", ("track", "canary"), &["v2"])
    }
}

fn both(stable: &Build, canary: &Build) -> Both {
    Both { first: stable.seen(), second: canary.seen() }
}

fn restore(release: &str) -> Operation {
    Operation::RestoreRelease { release: release.into() }
}

#[test]
fn a_canary_that_is_out_comes_first_and_shares_by_its_replicas() {
    let survey = survey(&both(&stable(&["v1"]), &canary(1)), None);
    assert_eq!(survey.rollout, RolloutState::Progressing, "nobody has decided yet");
    let arms: Vec<_> = survey.running.iter().map(|arm| (arm.version.as_str(), arm.share)).collect();
    assert_eq!(arms, [("v2", Some(0.25)), ("v1", Some(0.75))]);
}

#[test]
fn without_a_canary_it_is_a_deployment_like_any_other() {
    let calm = survey(&both(&stable(&["v1"]), &canary(0)), None);
    assert!(calm.serves_only(&"checkout-v1".into()), "{}", calm.sentence());
    let promoting = Build { ready: 1, ..stable(&["v1", "v2"]) };
    let survey = survey(&both(&promoting, &canary(1)), None);
    assert_eq!(survey.newest().map(|arm| arm.release.as_str()), Some("checkout-v2"));
}

#[test]
fn a_paused_canary_is_a_halt() {
    let halted = Build { paused: true, ..canary(1) };
    assert_eq!(survey(&both(&stable(&["v1"]), &halted), None).rollout, RolloutState::Halted);
}

#[test]
fn going_back_gives_all_replicas_to_the_stable_deployment() {
    let both = both(&stable(&["v0", "v1"]), &canary(1));
    let back = moves(&restore("checkout-v1"), &both).expect("it serves already");
    assert_eq!((back.canary.replicas, back.stable.replicas), (0, 4));
    assert_eq!(back.stable.template, None, "the template is there already");
    let further = moves(&restore("checkout-v0"), &both).expect("it is kept");
    assert!(further.stable.template.is_some(), "an earlier template is put back");
    let gone = moves(&restore("checkout-v9"), &both);
    assert!(matches!(gone, Err(Refusal::Gone { .. })), "{gone:?}");
}

#[test]
fn a_share_is_as_near_as_replicas_allow_and_never_none_by_rounding() {
    for (all, percent, wanted) in [
        (4, 25, 1),
        (4, 1, 1),
        (4, 99, 3),
        (4, 0, 0),
        (4, 100, 4),
        (10, 33, 3),
        (1, 50, 1),
        (0, 50, 0),
    ] {
        assert_eq!(replicas(all, percent), wanted, "{percent} % of {all}");
    }
}

#[test]
fn after_a_crash_between_the_two_changes_the_second_one_keeps_the_numbers_of_the_first() {
    let before = both(&stable(&["v1"]), &canary(1));
    let operation = restore("checkout-v1");
    let planned = moves(&operation, &before).expect("it serves already");
    let sent = of_canary(&key(), &planned, &before);
    let mut after = both(&stable(&["v1"]), &canary(0));
    for change in sent.as_array().expect("a patch is a list") {
        let path = change["path"].as_str().expect("it has a path");
        if let Some(name) = path.strip_prefix("/metadata/annotations/") {
            let name = name.replace("~1", "/");
            after.second.deployment["metadata"]["annotations"][name] = change["value"].clone();
        }
    }
    let anew = moves(&operation, &after).expect("it serves already");
    assert_eq!(anew.stable.replicas, 3, "the canary's replica is not seen any more");
    assert_eq!(promised(&key(), anew, &after).stable.replicas, 4, "and not forgotten");

    let undo = moves(&restore("checkout-canary-v2"), &after).expect("it is kept");
    assert_eq!((undo.canary.replicas, undo.stable.replicas), (1, 3), "as it was before");
}

#[test]
fn only_a_canary_that_is_out_or_was_taken_back_is_told_beside_the_stable_deploys() {
    let outcomes = |both: &Both| -> Vec<(String, DeployOutcome)> {
        let of = |side| {
            let seen = both.seen(side);
            let sources = Sources { seen, container: None, pods: &[], events: Ok(&[]) };
            page(&sources, &place(), None, 100)
        };
        let pages = (of(Side::First), of(Side::Second));
        let page = history::page(both, pages, None, 100);
        page.deploys.into_iter().map(|one| (one.release.id.to_string(), one.outcome)).collect()
    };
    let out = outcomes(&both(&stable(&["v1"]), &canary(1)));
    assert_eq!(out[0], ("checkout-canary-v2".to_owned(), DeployOutcome::InProgress));
    let back = outcomes(&both(&stable(&["v1"]), &canary(0)));
    assert_eq!(back[0], ("checkout-canary-v2".to_owned(), DeployOutcome::RolledBack));
    let promoted = Build { minute: 20, ..stable(&["v1", "v2"]) };
    let told = outcomes(&both(&promoted, &canary(0)));
    assert!(told.iter().all(|(id, _)| !id.contains("canary")), "told once: {told:?}");
}

#[test]
fn what_the_stable_deployment_serves_goes_on_beside_a_canary_and_after_it() {
    let served = |both: &Both| {
        let of = |side| {
            let seen = both.seen(side);
            let sources = Sources { seen, container: None, pods: &[], events: Ok(&[]) };
            page(&sources, &place(), None, 100)
        };
        let page = history::page(both, (of(Side::First), of(Side::Second)), None, 100);
        let history = History::new(page.deploys);
        history.evidence(&"checkout-v1".into(), &survey(both, None), Millis(1)).served
    };
    // v1 came in minute 0, its canary in minute 10, and the look is in minute 59.
    for canaries in [1, 0] {
        let minutes = served(&both(&stable(&["v1"]), &canary(canaries))).0 / 60_000;
        assert_eq!(minutes, 59, "{canaries} canaries");
    }
    let alone = Build { replicas: 0, ready: 0, ..stable(&["v1"]) };
    let minutes = served(&both(&alone, &canary(3))).0 / 60_000;
    assert_eq!(minutes, 10, "a canary with nothing beside it has everybody");
}

#[test]
fn a_shift_moves_replicas_and_keeps_their_sum() {
    let both = both(&stable(&["v1"]), &canary(1));
    let shift =
        |release: &str, percent| Operation::ShiftTraffic { release: release.into(), percent };
    for (release, percent, numbers) in [
        ("checkout-canary-v2", 0, (0, 4)),
        ("checkout-canary-v2", 50, (2, 2)),
        ("checkout-v1", 100, (0, 4)),
    ] {
        let found = effect::moves(&shift(release, percent), &both).expect("both run");
        assert_eq!((found.canary.replicas, found.stable.replicas), numbers, "{release} {percent}");
    }
}
