//! Every gate, and the fourteen stories that a choice must get right.

use jiff::Timestamp;

use super::*;
use crate::catalog::{Bake, Place};
use crate::recorded::Recorded;
use crate::release::facts::{
    Age, Artifact, Contracts, FlagNeed, FlagState, Flags, Incident, Kept, Schema, Settings,
};
use crate::release::{
    DeployOutcome, Facts, Fitness, History, Marks, Named, Proposal, Remark, Saying, propose,
    propose_set,
};
use crate::survey::Survey;
use crate::testing::{ada, deploy, elsewhere, minute, place, release, survey};
use crate::time::Millis;
use DeployOutcome::{Completed, RolledBack};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
const BAKE: Bake = Bake::of(Millis::minutes(60));

/// `a`, `b` and `c` served for two days each before `d`, which is rolling out.
const STORY: [(&str, i64, DeployOutcome); 4] = [
    ("a", 0, Completed),
    ("b", 2 * DAY, Completed),
    ("c", 4 * DAY, Completed),
    ("d", 6 * DAY, Completed),
];
const NOW: i64 = 6 * DAY + 5;

fn choose(story: &[(&str, i64, DeployOutcome)], facts: &Facts) -> Proposal {
    let (serving, at, _) = story.last().expect("a story has a last deploy");
    let deploys = story.iter().map(|(name, at, how)| deploy(name, *at, *how)).collect();
    let survey = Survey { at: minute(at + 5), ..survey(serving) };
    propose(&History::new(deploys), &survey, BAKE, facts)
}

fn target(proposal: &Proposal) -> Option<&str> {
    proposal.target.as_ref().map(ReleaseId::as_str)
}

fn answer<'a>(proposal: &'a Proposal, version: &str, gate: Gate) -> (Grade, &'a str) {
    let found = proposal.candidates.iter().find(|one| one.release.version == version);
    let answers = &found.expect("it was considered").gates;
    let one = answers.iter().find(|answer| answer.gate == gate).expect("every gate answers");
    (one.grade, &one.why)
}

/// What the gates say of `c` in [`STORY`] with these facts about it, and who is chosen.
fn with(fill: impl FnOnce(&mut ReleaseFacts)) -> Proposal {
    let mut facts = Facts::default();
    fill(facts.about(&"c".into()));
    choose(&STORY, &facts)
}

fn remark(version: &str, at: i64, says: Saying) -> Remark {
    let release = Named::from(&release(version));
    Remark { at: minute(at), recorded_at: minute(at), by: ada(), release, says }
}

fn marked(remarks: Vec<Remark>) -> Facts {
    Facts::marked(Marks::new(remarks))
}

fn reason() -> String {
    "because".to_owned()
}

#[test]
fn scenario_1_the_newest_success_was_rolled_back_ten_minutes_later_and_is_skipped() {
    let story = [
        ("a", 0, Completed),
        ("b", 2 * DAY, RolledBack),
        ("a", 2 * DAY + 12, Completed),
        ("c", 4 * DAY, Completed),
    ];
    let found = choose(&story, &Facts::default());
    assert_eq!(target(&found), Some("a"));
    let why = "it was rolled back after 10 min";
    assert_eq!(answer(&found, "b", Gate::NotRolledBack), (Grade::Block, why));
}

#[test]
fn scenario_2_the_newest_is_inactive_on_the_platform_but_baked_for_three_days_and_is_chosen() {
    // An "inactive" deployment was superseded, not broken: its outcome stays completed.
    let story = [("a", 0, Completed), ("b", DAY, Completed), ("c", 4 * DAY, Completed)];
    assert_eq!(target(&choose(&story, &Facts::default())), Some("b"));
}

#[test]
fn scenario_3_an_artifact_that_is_gone_leads_to_the_next_release() {
    let found = with(|c| {
        c.artifact = Recorded::Recorded(Artifact::Gone { what: "sha256:c".to_owned() });
    });
    assert_eq!(target(&found), Some("b"));
    let why = "sha256:c is gone from the registry";
    assert_eq!(answer(&found, "c", Gate::Artifact), (Grade::Block, why));
}

#[test]
fn scenario_4_a_tag_that_moved_to_another_digest_is_rejected() {
    let moved = Artifact::Moved { recorded: "sha256:c".to_owned(), found: "sha256:x".to_owned() };
    let found = with(|c| c.artifact = Recorded::Recorded(moved));
    assert_eq!(target(&found), Some("b"));
    let why = "its tag leads to sha256:x now, and sha256:c was deployed";
    assert_eq!(answer(&found, "c", Gate::Artifact), (Grade::Block, why));
}

#[test]
fn scenario_5_an_index_without_the_platforms_child_is_rejected() {
    let missing = "the manifest for linux/amd64".to_owned();
    let found = with(|c| c.artifact = Recorded::Recorded(Artifact::Incomplete { missing }));
    assert_eq!(target(&found), Some("b"));
    assert_eq!(answer(&found, "c", Gate::Artifact).0, Grade::Block);
}

#[test]
fn scenario_6_a_registry_that_answers_429_makes_a_named_doubt_and_no_rejection() {
    let why = "the registry answers 429".to_owned();
    let found = with(|c| c.artifact = Recorded::Recorded(Artifact::Unclear { why }));
    assert_eq!(target(&found), Some("c"));
    let (grade, why) = answer(&found, "c", Gate::Artifact);
    assert_eq!(grade, Grade::Unknown, "not gone, and not proven either");
    assert!(why.contains("429"), "{why}");
    let Fitness::Offered { unknowns, .. } = &found.candidates[0].fitness else {
        panic!("it is offered");
    };
    assert!(unknowns.iter().any(|one| one.gate == Gate::Artifact), "the doubt is beside the offer");
}

#[test]
fn scenario_7_a_column_that_was_dropped_since_is_rejected_and_explained() {
    let why = "0043 drops orders.note".to_owned();
    let found = with(|c| c.schema = Recorded::Recorded(Schema::Loses { why }));
    assert_eq!(target(&found), Some("b"));
    let why = "data is gone that it needs: 0043 drops orders.note";
    assert_eq!(answer(&found, "c", Gate::Schema), (Grade::Block, why));
}

#[test]
fn scenario_8_a_probe_that_finds_a_row_rejects_and_one_that_finds_none_warns() {
    let probe = |rows: Option<u64>| {
        let what = "orders in state `held`".to_owned();
        with(|c| c.schema = Recorded::Recorded(Schema::Probe { what, rows: rows.into() }))
    };
    let found = probe(Some(1));
    assert_eq!((target(&found), answer(&found, "c", Gate::Schema).0), (Some("b"), Grade::Block));
    let found = probe(Some(0));
    // A warning puts it behind one that has none; both are possible.
    assert_eq!((target(&found), answer(&found, "c", Gate::Schema).0), (Some("b"), Grade::Warn));
    assert_eq!(found.offered().count(), 3);
    assert_eq!(answer(&probe(None), "c", Gate::Schema).0, Grade::Unknown, "nobody asked");
}

#[test]
fn scenario_9_a_flag_that_was_archived_rejects() {
    let needs = |found| {
        let need = FlagNeed {
            name: "new-cart".to_owned(),
            variation: Some("on".to_owned()),
            found,
            differs: None,
        };
        Recorded::Recorded(Flags { needs: vec![need], only_newer: Vec::new() })
    };
    let found = with(|c| c.flags = needs(Recorded::Recorded(FlagState::Archived)));
    assert_eq!(target(&found), Some("b"));
    let why = "the flag new-cart, which it needs, was archived";
    assert_eq!(answer(&found, "c", Gate::Flags), (Grade::Block, why));
    let offers = |variation: &str| FlagState::Offers(vec![variation.to_owned()]);
    for (state, grade) in [
        (Recorded::Recorded(FlagState::Missing), Grade::Block),
        (Recorded::Recorded(offers("off")), Grade::Block),
        (Recorded::Recorded(offers("on")), Grade::Pass),
        (Recorded::NotRecorded, Grade::Unknown),
    ] {
        let found = with(|c| c.flags = needs(state.clone()));
        assert_eq!(answer(&found, "c", Gate::Flags).0, grade, "{state:?}");
    }
    let only_newer = vec!["fast-lane".to_owned()];
    let found = with(|c| c.flags = Recorded::Recorded(Flags { needs: Vec::new(), only_newer }));
    // The release that is gone back from brought it; were that forbidden, nothing would be left.
    assert_eq!(answer(&found, "c", Gate::Flags).0, Grade::Warn, "old code knows nothing of it");
}

#[test]
fn scenario_10_a_hotfix_that_served_twenty_minutes_comes_after_what_is_proven() {
    let story = [("a", 0, Completed), ("fix", 2 * DAY, Completed), ("c", 2 * DAY + 22, Completed)];
    let found = choose(&story, &Facts::default());
    assert_eq!(target(&found), Some("a"));
    let why = "it served only 20 min; 60 min are needed";
    assert_eq!(answer(&found, "fix", Gate::Baked), (Grade::Block, why));
    let order: Vec<&str> =
        found.candidates.iter().map(|one| one.release.version.as_str()).collect();
    assert_eq!(order[..2], ["a", "fix"], "it is the best of the rest");
}

#[test]
fn scenario_11_of_two_releases_in_one_incident_only_the_blamed_one_is_dropped() {
    let incident = |blame: Option<f64>| Incident {
        name: "INC-7".to_owned(),
        at: minute(5 * DAY),
        blame: blame.into(),
    };
    let found = with(|c| c.incidents = vec![incident(Some(0.8))]);
    assert_eq!(target(&found), Some("b"));
    let why = "it was blamed for INC-7";
    assert_eq!(answer(&found, "c", Gate::NotRolledBack), (Grade::Block, why));
    let found = with(|c| c.incidents = vec![incident(Some(0.1))]);
    assert_eq!(target(&found), Some("c"), "the other one of the incident is kept");
    let found = with(|c| c.incidents = vec![incident(None)]);
    assert_eq!(answer(&found, "c", Gate::NotRolledBack).0, Grade::Unknown);
    let earlier = Incident { at: minute(DAY), ..incident(Some(0.9)) };
    let found = with(|c| c.incidents = vec![earlier]);
    assert_eq!(target(&found), Some("c"), "it was deployed again and clean since");
}

#[test]
fn scenario_12_after_the_first_ever_deploy_there_is_no_last_known_good() {
    let found = choose(&[("a", 0, Completed)], &Facts::default());
    assert_eq!(target(&found), None);
    assert!(found.sentence.contains("no last known good"), "{}", found.sentence);
    assert_eq!(found.ahead, None);
}

#[test]
fn scenario_13_what_runs_now_is_refused_as_a_target() {
    let found = choose(&STORY, &Facts::default());
    assert_eq!(answer(&found, "d", Gate::NotServing), (Grade::Block, "it is what runs now"));
    assert_eq!(target(&found), Some("c"));
}

#[test]
fn scenario_14_a_set_of_services_of_which_one_has_none_is_refused_in_part_and_named() {
    let good = choose(&STORY, &Facts::default());
    let none = choose(&[("a", 0, Completed)], &Facts::default());
    let found = propose_set(&[(place(), good.clone()), (elsewhere(), none)]);
    assert!(!found.is_whole(), "half of it back may be worse than none");
    assert_eq!(found.can, [(place(), "c".into())]);
    assert_eq!(found.cannot.len(), 1);
    assert!(found.sentence.contains(&elsewhere().to_string()), "{}", found.sentence);
    assert!(propose_set(&[(place(), good)]).is_whole());
    let empty: [(Place, Proposal); 0] = [];
    assert!(!propose_set(&empty).is_whole(), "nothing to go back to is no success");
}

#[test]
fn a_rollback_that_only_a_run_recorded_is_remembered() {
    // The platform has no record of the way back to a, and calls everything complete.
    let story = [("a", 0, Completed), ("b", 2 * DAY, Completed), ("c", 5 * DAY, Completed)];
    assert_eq!(target(&choose(&story, &Facts::default())), Some("b"), "so it seems");
    let run = crate::name::RunId::new("r-1");
    let rolled = Saying::RolledBack { run, to: "a".to_owned() };
    let facts = marked(vec![remark("b", 2 * DAY + HOUR, rolled)]);
    let found = choose(&story, &facts);
    assert_eq!(target(&found), Some("a"));
    assert_eq!(answer(&found, "b", Gate::NotRolledBack).0, Grade::Block);
    let again = [story[0], story[1], ("b", 3 * DAY, Completed), story[2]];
    assert_eq!(target(&choose(&again, &facts)), Some("b"), "deployed again and clean since");
}

#[test]
fn a_person_who_marks_a_release_faulty_is_believed_until_it_is_taken_back() {
    let faulty = remark("c", 5 * DAY, Saying::MarkedFaulty { reason: reason() });
    let found = choose(&STORY, &marked(vec![faulty.clone()]));
    assert_eq!(target(&found), Some("b"));
    let why = "ada marked it faulty: because";
    assert_eq!(answer(&found, "c", Gate::NotRolledBack), (Grade::Block, why));
    let taken_back = remark("c", 5 * DAY, Saying::Unmarked { reason: reason(), run: None });
    assert_eq!(target(&choose(&STORY, &marked(vec![faulty, taken_back]))), Some("c"));
}

#[test]
fn a_person_who_marks_a_release_good_makes_up_for_a_short_bake_with_a_warning() {
    let story = [("fix", 2 * DAY, Completed), ("c", 2 * DAY + 22, Completed)];
    let good = |at| remark("fix", at, Saying::MarkedGood { reason: reason() });
    let found = choose(&story, &marked(vec![good(2 * DAY + 23)]));
    assert_eq!(target(&found), Some("fix"));
    let (grade, why) = answer(&found, "fix", Gate::Baked);
    assert_eq!(grade, Grade::Warn);
    assert!(why.contains("ada marked it good: because"), "{why}");
}

#[test]
fn good_that_was_said_before_a_rollback_does_not_excuse_it() {
    let story = [
        ("a", 0, Completed),
        ("b", 2 * DAY, Completed),
        ("a", 4 * DAY, Completed),
        ("c", 6 * DAY, Completed),
    ];
    let good = |at| marked(vec![remark("b", at, Saying::MarkedGood { reason: reason() })]);
    assert_eq!(answer(&choose(&story, &good(3 * DAY)), "b", Gate::NotRolledBack).0, Grade::Block);
    let found = choose(&story, &good(5 * DAY));
    assert_eq!(answer(&found, "b", Gate::NotRolledBack).0, Grade::Warn, "somebody looked since");
    assert_eq!(target(&found), Some("a"), "and what nobody had to excuse comes first");
}

#[test]
fn a_locked_release_is_never_the_target_and_neither_is_another_build_of_its_commit() {
    let locked = |version: &str| {
        let says = Saying::Locked { reason: reason(), run: None, brings_back: Vec::new() };
        remark(version, 5 * DAY, says)
    };
    let found = choose(&STORY, &marked(vec![locked("c")]));
    assert_eq!(target(&found), Some("b"));
    let why = "ada locked it out: because";
    assert_eq!(answer(&found, "c", Gate::NotLocked), (Grade::Block, why));
    let mut rebuilt = locked("x");
    rebuilt.release.commit = release("c").commit.into();
    assert_eq!(target(&choose(&STORY, &marked(vec![rebuilt]))), Some("b"));
    let lift = crate::release::Lift::Reason { reason: reason() };
    let lifted = remark("c", 5 * DAY, Saying::LockLifted { lift });
    assert_eq!(target(&choose(&STORY, &marked(vec![locked("c"), lifted]))), Some("c"));
}

#[test]
fn marks_that_cannot_be_read_are_a_doubt_about_every_release() {
    let facts = Facts::marked(Marks::unreadable("the disk is gone"));
    let found = choose(&STORY, &facts);
    assert_eq!(target(&found), Some("c"), "doubt does not reject");
    let (grade, why) = answer(&found, "c", Gate::NotLocked);
    assert_eq!(grade, Grade::Unknown);
    assert!(why.contains("the disk is gone"), "{why}");
    let newer = choose(&STORY, &marked(vec![remark("c", 0, Saying::Unknown)]));
    assert_eq!(
        answer(&newer, "c", Gate::NotLocked).0,
        Grade::Unknown,
        "a newer version knows more"
    );
}

#[test]
fn objectives_pass_only_when_every_one_was_measured_and_kept() {
    let kept = |bound: Option<f64>, e: Option<f64>| Kept {
        slo: "availability".into(),
        budget: 0.01,
        upper_bound_95: bound.into(),
        e_abs_max: e.into(),
    };
    for (objectives, grade) in [
        (vec![], Grade::Unknown),
        (vec![kept(Some(0.02), Some(19.0))], Grade::Pass),
        (vec![kept(Some(0.021), Some(1.0))], Grade::Block),
        (vec![kept(Some(0.001), Some(20.0))], Grade::Block),
        (vec![kept(None, Some(1.0))], Grade::Unknown),
        (vec![kept(Some(f64::NAN), None)], Grade::Unknown),
        (vec![kept(Some(0.001), None), kept(None, None)], Grade::Unknown),
        (vec![kept(None, None), kept(Some(0.5), None)], Grade::Block),
    ] {
        let found = with(|c| c.tenure.objectives.clone_from(&objectives));
        assert_eq!(answer(&found, "c", Gate::Objectives).0, grade, "{objectives:?}");
    }
}

#[test]
fn a_short_time_in_service_needs_requests_to_prove_anything() {
    const TEN: Bake = Bake::of(Millis::minutes(10));
    let story = [("a", 0, Completed), ("b", 22, Completed)];
    let deploys: Vec<_> = story.iter().map(|(name, at, how)| deploy(name, *at, *how)).collect();
    for (requests, share, grade) in [
        (None, None, Grade::Unknown),
        (Some(999), None, Grade::Block),
        (Some(1000), None, Grade::Pass),
        (Some(1000), Some(0.49), Grade::Block),
        (Some(1000), Some(0.5), Grade::Pass),
    ] {
        let mut facts = Facts::default();
        let tenure = &mut facts.about(&"a".into()).tenure;
        (tenure.requests, tenure.peak_share) = (requests.into(), share.into());
        let survey = Survey { at: minute(30), ..survey("b") };
        let found = propose(&History::new(deploys.clone()), &survey, TEN, &facts);
        assert_eq!(answer(&found, "a", Gate::Baked).0, grade, "{requests:?} {share:?}");
    }
}

#[test]
fn settings_contracts_and_age_are_told_apart_from_what_nobody_looked_up() {
    let list = |text: &str| vec![text.to_owned()];
    let settings = |fill: fn(&mut Settings, Vec<String>)| {
        let mut one = Settings::default();
        fill(&mut one, list("checkout/api-key"));
        with(|c| c.settings = Recorded::Recorded(one))
    };
    for (found, grade) in [
        (settings(|_, _| {}), Grade::Pass),
        (settings(|one, keys| one.missing = keys), Grade::Block),
        (settings(|one, keys| one.expired = keys), Grade::Block),
        (settings(|one, keys| one.renamed = keys), Grade::Block),
        (settings(|one, keys| one.unclear = keys), Grade::Unknown),
        (with(|_| {}), Grade::Unknown),
    ] {
        assert_eq!(answer(&found, "c", Gate::Settings).0, grade);
    }
    let contracts = |broken: Vec<String>, unclear: Vec<String>| {
        with(|c| c.contracts = Recorded::Recorded(Contracts { broken, unclear }))
    };
    for (found, grade) in [
        (contracts(vec![], vec![]), Grade::Pass),
        (contracts(list("search needs v3"), vec![]), Grade::Block),
        (contracts(vec![], list("nobody answered")), Grade::Unknown),
        (with(|_| {}), Grade::Unknown),
    ] {
        assert_eq!(answer(&found, "c", Gate::Contracts).0, grade);
    }
    let age = |built: Option<Timestamp>, expires: Option<Timestamp>, recalled: Option<&str>| {
        let recalled = recalled.map(str::to_owned);
        let age = Age { built: built.into(), expires: expires.into(), recalled, unclear: vec![] };
        with(|c| c.age = Recorded::Recorded(age))
    };
    let (now, later) = (Some(minute(NOW)), Some(minute(NOW + 1)));
    for (found, grade) in [
        (age(now, later, None), Grade::Pass),
        (age(now, now, None), Grade::Block),
        (age(Some(minute(NOW - 90 * DAY)), later, None), Grade::Pass),
        // What ran until this week is no more dangerous today than it was then.
        (age(Some(minute(NOW - 90 * DAY - 1)), later, None), Grade::Warn),
        (age(now, later, Some("a hole")), Grade::Block),
        (age(None, later, None), Grade::Unknown),
        (age(now, None, None), Grade::Pass),
        (with(|_| {}), Grade::Unknown),
    ] {
        assert_eq!(answer(&found, "c", Gate::Age).0, grade);
    }
}

#[test]
fn every_gate_answers_once_and_in_order() {
    let found = choose(&STORY, &Facts::default());
    for candidate in &found.candidates {
        let gates: Vec<Gate> = candidate.gates.iter().map(|answer| answer.gate).collect();
        assert_eq!(gates, Gate::ALL);
    }
}

#[test]
fn the_order_is_told_in_one_line() {
    let found = choose(&STORY, &Facts::default());
    assert_eq!(found.ahead.as_deref(), Some("ahead of b: it served more recently"));
    let mut facts = Facts::default();
    let probe = Schema::Probe { what: "held orders".to_owned(), rows: Recorded::Recorded(0) };
    facts.about(&"c".into()).schema = Recorded::Recorded(probe);
    let found = choose(&STORY, &facts);
    assert_eq!(found.ahead.as_deref(), Some("ahead of a: it served more recently"));
    let old = [("a", 0, Completed), ("b", DAY, RolledBack), ("d", 9 * DAY, Completed)];
    assert_eq!(choose(&old, &Facts::default()).ahead, None, "there is no second one");
}

#[test]
fn a_release_that_last_served_more_than_a_week_ago_comes_after_one_of_this_week() {
    let story = [
        ("a", 0, Completed),
        ("b", DAY, Completed),
        ("a", 2 * DAY, Completed),
        ("c", 20 * DAY, Completed),
    ];
    let mut facts = Facts::default();
    // b has no warning and left 18 days ago; a has one and left just now.
    let probe = Schema::Probe { what: "held orders".to_owned(), rows: Recorded::Recorded(0) };
    facts.about(&"a".into()).schema = Recorded::Recorded(probe);
    facts.marks = Marks::new(vec![remark("b", 19 * DAY, Saying::MarkedGood { reason: reason() })]);
    let found = choose(&story, &facts);
    assert_eq!(target(&found), Some("a"));
}
