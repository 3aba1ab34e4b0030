use super::*;
use crate::name::ReleaseId;
use crate::survey::{RolloutState, Running};
use crate::testing::{deploy, minute, place, release};

fn history() -> History {
    History::new(vec![
        deploy("v1", 0, DeployOutcome::Completed),
        deploy("v2", 10, DeployOutcome::Completed),
        deploy("v3", 20, DeployOutcome::Completed),
    ])
}

fn survey() -> Survey {
    let arm = |version: &str| Running {
        release: ReleaseId::new(version),
        version: version.to_owned(),
        replicas: 1,
        ready: 1,
        share: None,
    };
    Survey {
        at: minute(30),
        rollout: RolloutState::Progressing,
        running: vec![arm("v3"), arm("v2")],
    }
}

fn ways(change: impl FnOnce(&mut Situation<'_>)) -> Vec<Mitigation> {
    let (place, history, survey) = (place(), history(), survey());
    let (from, to) = (release("v3"), release("v2"));
    let mut situation = Situation {
        place: &place,
        strategy: Strategy::Canary,
        from: &from,
        to: &to,
        survey: &survey,
        history: &history,
        blocked: false,
        shared: Recorded::NotRecorded,
    };
    change(&mut situation);
    weigh(&situation)
}

fn order(ways: &[Mitigation]) -> Vec<Way> {
    ways.iter().map(|one| one.way).collect()
}

fn of(ways: &[Mitigation], way: Way) -> &Mitigation {
    ways.iter().find(|one| one.way == way).expect("every way is told")
}

#[test]
fn the_cheapest_open_way_comes_first_and_every_way_is_told() {
    let found = ways(|_| {});
    assert_eq!(
        order(&found),
        [Way::ShiftTraffic, Way::RollBack, Way::Wait, Way::RollForward, Way::FlagOff],
        "what is open, then what is not known, then what is closed"
    );
    assert!(found.iter().all(|one| !one.because.is_empty() && !one.needs.is_empty()));
}

#[test]
fn a_rolling_rollout_cannot_shift_traffic() {
    let found = ways(|situation| situation.strategy = Strategy::Rolling);
    assert!(matches!(of(&found, Way::ShiftTraffic).openness, Openness::Closed { .. }));
    assert_eq!(found[0].way, Way::RollBack);
}

#[test]
fn a_blocked_rollback_is_not_offered_first() {
    let found = ways(|situation| {
        situation.strategy = Strategy::Rolling;
        situation.blocked = true;
    });
    assert!(matches!(of(&found, Way::RollBack).openness, Openness::Closed { .. }));
    assert_ne!(found[0].way, Way::RollBack);
}

#[test]
fn a_shared_verdict_argues_against_every_change_and_for_waiting() {
    let found = ways(|situation| situation.shared = Recorded::Recorded(true));
    assert_eq!(found[0].way, Way::Wait);
    let back = of(&found, Way::RollBack);
    assert!(back.reasons_against.iter().any(|reason| reason.contains("unlikely to help")));
}

#[test]
fn a_flag_that_came_with_the_release_is_named_and_an_unrecorded_one_is_unknown() {
    let mut from = release("v3");
    let mut flags = from.flags.as_option().cloned().unwrap_or_default();
    flags.insert("dark".to_owned(), "on".to_owned());
    from.flags = Recorded::Recorded(flags);
    let (place, history, survey, to) = (place(), history(), survey(), release("v2"));
    let situation = Situation {
        place: &place,
        strategy: Strategy::Rolling,
        from: &from,
        to: &to,
        survey: &survey,
        history: &history,
        blocked: false,
        shared: Recorded::NotRecorded,
    };
    let found = weigh(&situation);
    let Openness::Unknown { why } = &of(&found, Way::FlagOff).openness else {
        panic!("only a person knows whether the flag is the cause")
    };
    assert!(why.contains("dark") && !why.contains("new-cart"), "{why}");
}

#[test]
fn what_a_rollback_undoes_and_takes_is_counted_from_history() {
    let (place, history, survey) = (place(), history(), survey());
    let (from, to) = (release("v3"), release("v1"));
    let situation = Situation {
        place: &place,
        strategy: Strategy::Rolling,
        from: &from,
        to: &to,
        survey: &survey,
        history: &history,
        blocked: false,
        shared: Recorded::NotRecorded,
    };
    let found = weigh(&situation);
    let back = of(&found, Way::RollBack);
    assert_eq!((back.undoes, back.takes), (Some(2), Some(Millis::minutes(2))));
    let empty = History::new(Vec::new());
    let found = weigh(&Situation { history: &empty, ..situation });
    let back = of(&found, Way::RollBack);
    assert_eq!((back.undoes, back.takes), (None, None), "unknown is said as unknown");
}

#[test]
fn that_a_release_served_is_said_only_where_it_is_recorded() {
    let argued = |history: &History| {
        let (place, survey) = (place(), survey());
        let survey = Survey { running: vec![survey.running[0].clone()], ..survey };
        let found = weigh(&Situation {
            place: &place,
            strategy: Strategy::Rolling,
            from: &release("v3"),
            to: &release("v2"),
            survey: &survey,
            history,
            blocked: false,
            shared: Recorded::NotRecorded,
        });
        of(&found, Way::RollBack).reasons_for[0].clone()
    };
    assert_eq!(argued(&history()), "v2 served for 8:00 before");
    let failed = History::new(vec![
        deploy("v2", 10, DeployOutcome::Failed),
        deploy("v3", 20, DeployOutcome::Completed),
    ]);
    let said = argued(&failed);
    assert_eq!(said, "v2 was deployed before; whether it ever served is not recorded");
}

#[test]
fn a_fix_is_expected_to_take_a_deploy_and_its_build_besides() {
    let found = ways(|_| {});
    let fix = of(&found, Way::RollForward);
    assert_eq!(fix.takes, Some(Millis::minutes(2)));
    let told = "a deploy alone took 2:00 here before";
    assert!(fix.reasons_against.iter().any(|one| one == told), "{:?}", fix.reasons_against);
}

#[test]
fn both_suffer_only_when_no_objective_is_broken_by_the_new_release_alone() {
    use crate::judge::{Counts, Measurement, Tick, judge};
    let environment = crate::testing::environment();
    let slo = &environment.slos[0];
    let bad_of = |new: u64, old: u64| {
        let ticks = |bad: u64| -> Vec<Tick> {
            (1..=20)
                .map(|at| Tick {
                    at: crate::time::EpochMs(at * 30_000),
                    counts: Counts { total: 200, bad },
                })
                .collect()
        };
        let arm = |version: &str, bad: u64| crate::judge::Arm {
            version: version.to_owned(),
            counts: Counts { total: 4_000, bad: 20 * bad },
            ticks: ticks(bad),
        };
        let counts = Counts { total: 8_000, bad: 20 * (new + old) };
        let both = (1..=20)
            .map(|at| Tick {
                at: crate::time::EpochMs(at * 30_000),
                counts: Counts { total: 400, bad: new + old },
            })
            .collect();
        let found = Measurement {
            counts,
            ticks: both,
            arms: vec![arm("v3", new), arm("v2", old)],
            ..Measurement::nothing(
                crate::time::EpochMs(0),
                crate::time::EpochMs(600_000),
                Vec::new(),
            )
        };
        judge(slo, &found, Some("v3"))
    };
    let (to, other) = (release("v2"), release("v1"));
    let (alone, both, none) = (bad_of(60, 0), bad_of(60, 60), bad_of(0, 0));
    assert_eq!(shared(&[both.clone(), none.clone()], &to), Recorded::Recorded(true));
    assert_eq!(shared(std::slice::from_ref(&alone), &to), Recorded::Recorded(false));
    assert_eq!(
        shared(std::slice::from_ref(&alone), &other),
        Recorded::NotRecorded,
        "nobody measured v1"
    );
    assert_eq!(shared(&[both, alone], &to), Recorded::Recorded(false), "one helps");
    assert_eq!(shared(&[none], &to), Recorded::NotRecorded);
    assert_eq!(shared(&[], &to), Recorded::NotRecorded);
}
