use super::*;
use crate::recorded::Recorded;
use crate::testing::{ada, minute, plan, release};

fn remark(version: &str, says: Saying) -> Remark {
    let release = Named::from(&release(version));
    Remark { at: minute(1), recorded_at: minute(1), by: ada(), release, says }
}

fn reason() -> String {
    "because".to_owned()
}

fn rolled_back(run: &str) -> Saying {
    Saying::RolledBack { run: run.into(), to: "a".to_owned() }
}

#[test]
fn what_was_said_last_counts() {
    let good = || remark("b", Saying::MarkedGood { reason: reason() });
    let faulty = || remark("b", Saying::MarkedFaulty { reason: reason() });
    let blamed = || remark("b", rolled_back("r-1"));
    let none = |run: Option<&str>| {
        remark("b", Saying::Unmarked { reason: reason(), run: run.map(Into::into) })
    };
    for (said, counts) in [
        (vec![], [false, false, false]),
        (vec![good()], [true, false, false]),
        (vec![good(), faulty()], [false, true, false]),
        (vec![faulty(), good()], [true, false, false]),
        (vec![blamed(), good()], [true, false, false]),
        (vec![good(), blamed()], [false, false, true]),
        (vec![faulty(), blamed(), none(None)], [false, false, false]),
        (vec![blamed(), none(Some("r-1"))], [false, false, false]),
        (vec![blamed(), none(Some("r-2"))], [false, false, true]),
        (vec![faulty(), blamed(), none(Some("r-1"))], [false, true, false]),
    ] {
        let marks = Marks::new(said.clone());
        let release = release("b");
        let mark = marks.of(&release);
        let found = [mark.good.is_some(), mark.faulty.is_some(), mark.blamed.is_some()];
        assert_eq!(found, counts, "{said:?}");
    }
}

#[test]
fn a_rebuild_of_a_faulty_commit_is_faulty_and_one_of_a_good_commit_is_not_proven() {
    let mut rebuilt = release("b2");
    rebuilt.commit = release("b").commit;
    let faulty = Marks::new(vec![remark("b", Saying::MarkedFaulty { reason: reason() })]);
    assert!(faulty.of(&rebuilt).faulty.is_some(), "it is the same code");
    let good = Marks::new(vec![remark("b", Saying::MarkedGood { reason: reason() })]);
    assert!(good.of(&rebuilt).good.is_none(), "it is another artifact");
    rebuilt.digest = release("b").digest;
    assert!(good.of(&rebuilt).good.is_some(), "it is the same artifact under another name");
}

#[test]
fn two_releases_of_which_nothing_is_recorded_are_not_the_same() {
    let mut said = remark("b", Saying::MarkedFaulty { reason: reason() });
    (said.release.digest, said.release.commit) = (None, None);
    let marks = Marks::new(vec![said]);
    let mut other = release("c");
    (other.digest, other.commit) = (Recorded::NotRecorded, Recorded::NotRecorded);
    assert!(marks.of(&other).faulty.is_none(), "a missing digest equals nothing");
}

#[test]
fn a_drill_and_the_real_thing_are_different_ground() {
    let live = Ground::of(&plan());
    let mut drill = plan();
    let tag = |world: &str| crate::plan::DrillTag {
        scenario: "bad".into(),
        seed: 1,
        world: world.to_owned(),
    };
    drill.drill = Some(tag("bad-1"));
    let first = Ground::of(&drill);
    drill.drill = Some(tag("bad-2"));
    assert!(live != first && first != Ground::of(&drill), "what was played is no evidence");
    let elsewhere = Ground::live("context other", &plan().place);
    assert_ne!(live, elsewhere, "and neither is another cluster");
}

#[test]
fn a_remark_reads_back_as_it_was_written_and_a_newer_one_is_unknown() {
    for says in [rolled_back("r"), Saying::MarkedGood { reason: reason() }] {
        let remark = remark("b", says);
        let text = serde_json::to_string(&remark).expect("it is JSON");
        assert_eq!(serde_json::from_str::<Remark>(&text).expect("we wrote it"), remark);
    }
    let newer = r#"{"says":"revoked","until":7}"#;
    assert_eq!(serde_json::from_str::<Saying>(newer).expect("it has a name"), Saying::Unknown);
}
