use super::*;

fn subject() -> Subject {
    Subject { name: "connection x".to_owned(), renew: "Renew it.".to_owned() }
}

fn told(found: Examination) -> Vec<(Grade, String)> {
    let all = findings(&subject(), Ok(found));
    all.into_iter().map(|one| (one.grade, format!("{}: {}", one.subject, one.sentence))).collect()
}

fn right(needed: bool, held: Held) -> Right {
    let (permission, used_for) = ("deployments: read".to_owned(), "recent deploys".to_owned());
    Right { permission, on: None, used_for, needed, held }
}

#[test]
fn what_a_system_says_is_one_line() {
    let found = Examination {
        identity: Some("ana".to_owned()),
        version: Some("Prometheus 2.42.0".to_owned()),
        ahead: Some(SignedDuration::from_secs(-1)),
        left: vec!["10 of 60 requests left".to_owned()],
        ..Examination::default()
    };
    assert_eq!(
        told(found),
        [(
            Grade::Pass,
            "connection x: answers, and knows us as ana; Prometheus 2.42.0; 10 of 60 requests \
             left; its clock agrees with ours"
                .to_owned()
        )]
    );
}

#[test]
fn a_system_that_does_not_say_who_we_are_is_not_said_to_know_us() {
    let all = told(Examination::default());
    assert_eq!(
        all,
        [(Grade::Pass, "connection x: answers, and does not say as whom it knows us".to_owned())]
    );
}

#[test]
fn a_clock_is_told_when_it_is_off_and_warned_of_when_that_does_harm() {
    for (seconds, expected) in [
        (0, None),
        (5, None),
        (-5, None),
        (6, Some((Grade::Pass, "6 s ahead of this machine's"))),
        (30, Some((Grade::Pass, "30 s ahead of this machine's"))),
        (31, Some((Grade::Warn, "31 s ahead of this machine's"))),
        (-600, Some((Grade::Warn, "10 min behind this machine's"))),
        (-7200, Some((Grade::Warn, "2 h behind this machine's"))),
    ] {
        let ahead = Some(SignedDuration::from_secs(seconds));
        let all = told(Examination { ahead, ..Examination::default() });
        let clock = all.iter().find(|(_, sentence)| sentence.contains("x: clock"));
        match (clock, expected) {
            (None, None) => {}
            (Some((grade, sentence)), Some((expected, words))) => {
                assert_eq!(*grade, expected, "{sentence}");
                assert!(sentence.contains(words), "{sentence}");
            }
            (found, expected) => panic!("{seconds} s: {found:?}, not {expected:?}"),
        }
    }
}

#[test]
fn a_missing_right_blocks_only_where_nothing_works_without_it() {
    let no = Held::No { why: "403".to_owned() };
    let unknown = Held::Unknown { why: "silence".to_owned() };
    for (needed, held, grade) in [
        (true, no.clone(), Grade::Block),
        (false, no, Grade::Warn),
        (true, unknown.clone(), Grade::Unknown),
        (false, unknown, Grade::Unknown),
        (true, Held::Yes, Grade::Pass),
    ] {
        let rights = vec![right(needed, held)];
        let all = told(Examination { rights, ..Examination::default() });
        assert_eq!(all.last().map(|(grade, _)| *grade), Some(grade), "{all:?}");
    }
}

#[test]
fn silence_is_unknown_and_a_no_to_the_credential_blocks() {
    let silent = Refusal::Unreachable { system: "x".to_owned(), why: "no route".to_owned() };
    let refused = Refusal::Unauthorised { system: "x".to_owned() };
    let silent = findings(&subject(), Err(silent)).remove(0);
    assert_eq!(silent.grade, Grade::Unknown);
    let refused = findings(&subject(), Err(refused)).remove(0);
    assert_eq!((refused.grade, refused.mend.as_deref()), (Grade::Block, Some("Renew it.")));
}

#[test]
fn a_right_that_was_tried_is_held_lacking_or_open() {
    let forbidden = Refusal::Forbidden { permission: "x".to_owned() };
    let silent = Refusal::Unreachable { system: "x".to_owned(), why: "y".to_owned() };
    assert_eq!(Held::of(Ok(())), Held::Yes);
    assert!(matches!(Held::of::<()>(Err(forbidden)), Held::No { .. }));
    assert!(matches!(Held::of::<()>(Err(silent)), Held::Unknown { .. }));
}

#[test]
fn equal_findings_of_many_things_are_one_line() {
    let on = |index: usize, held: Held| Right {
        on: Some(format!("acme/service-{index}")),
        ..right(true, held)
    };
    let mut rights: Vec<Right> = (0..100).map(|index| on(index, Held::Yes)).collect();
    rights.push(on(100, Held::No { why: "it does not exist".to_owned() }));
    let all = told(Examination { rights, ..Examination::default() });
    assert_eq!(
        all[1].1,
        "connection x: permissions: held: deployments: read on 100 of them (acme/service-0, \
         acme/service-1, acme/service-2, acme/service-3, acme/service-4 and 95 more)"
    );
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(all[2].1.contains("deployments: read on acme/service-100 is missing"), "{all:?}");
}
