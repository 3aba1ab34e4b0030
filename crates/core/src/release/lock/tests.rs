use super::*;
use crate::testing::{ada, minute, release, running, survey};

fn fix(ancestry: Ancestry) -> Grounds {
    Grounds::Fix { fix: "f1".to_owned(), candidate: "c2".to_owned(), ancestry }
}

#[test]
fn a_lock_lifts_only_for_a_reason_or_when_the_fix_is_proven_to_be_inside() {
    for (grounds, lifts) in [
        (Grounds::Reason(String::new()), false),
        (Grounds::Reason("  \n".to_owned()), false),
        (Grounds::Reason("it was the cache".to_owned()), true),
        (fix(Ancestry::Inside { proof: "git".to_owned() }), true),
        (fix(Ancestry::NotInside), false),
        (fix(Ancestry::Unknown { why: "the clone is shallow".to_owned() }), false),
    ] {
        assert_eq!(lift(grounds.clone()).is_ok(), lifts, "{grounds:?}");
    }
}

fn remark(version: &str, says: Saying) -> Remark {
    let release = Named::from(&release(version));
    Remark { at: minute(1), recorded_at: minute(1), by: ada(), release, says }
}

fn locked() -> Saying {
    Saying::Locked { reason: "bad".to_owned(), run: None, brings_back: Vec::new() }
}

fn lifted() -> Saying {
    Saying::LockLifted { lift: Lift::Reason { reason: "fixed".to_owned() } }
}

#[test]
fn a_lock_holds_until_it_is_lifted_and_may_be_put_on_again() {
    let held = |remarks: Vec<Remark>| {
        let marks = Marks::new(remarks);
        locks(&marks).iter().map(|one| one.release.version.clone()).collect::<Vec<_>>()
    };
    assert_eq!(held(vec![remark("b", locked()), remark("c", locked())]), ["b", "c"]);
    assert_eq!(held(vec![remark("b", locked()), remark("b", lifted())]), [""; 0]);
    let again = vec![remark("b", locked()), remark("b", lifted()), remark("b", locked())];
    assert_eq!(held(again), ["b"]);
    assert_eq!(held(vec![remark("b", locked()), remark("c", lifted())]), ["b"], "another one");
    let good = Saying::MarkedGood { reason: "hm".to_owned() };
    assert_eq!(held(vec![remark("b", locked()), remark("b", good)]), ["b"], "good is no key");
}

#[test]
fn an_open_rollout_and_a_controller_are_named_as_ways_back() {
    let bad = Named::from(&release("v3"));
    let mut open = survey("v3");
    open.rollout = RolloutState::Progressing;
    open.running.push(running("v2", 3, 3));
    let argo = Finding::new("a controller", Grade::Warn, "Argo CD syncs shop/checkout by itself");
    let ways = brings_back(&bad, &open, std::slice::from_ref(&argo));
    assert!(ways[0].contains("still open"), "{ways:?}");
    assert!(ways.iter().any(|way| way.contains("Argo CD")), "{ways:?}");

    let gone = brings_back(&bad, &survey("v2"), &[Finding { grade: Grade::Pass, ..argo }]);
    assert_eq!(gone.len(), 1, "only a new deploy is left: {gone:?}");
    open.rollout = RolloutState::Unknown { why: "no permission".to_owned() };
    let ways = brings_back(&bad, &open, &[]);
    assert!(ways[0].contains("no permission"), "not knowing is told: {ways:?}");
}
