use lastgood_core::ports::Stamped;

use super::*;

/// What encoding 1 looks like, one line for each event whose shape is its own. These
/// lines are in journals out there: a change that breaks one of them needs encoding 2
/// and a `from_1` that still reads it.
const ENCODING_1: &[&str] = &[
    r#"{"event":"needed","step":"stop"}"#,
    r#"{"event":"not-needed","step":"stop","why":"nothing rolls out"}"#,
    r#"{"event":"guard-unclear","step":"stop","why":"no answer"}"#,
    r#"{"event":"confirmed","step":"stop","by":"ada"}"#,
    r#"{"event":"intended","key":"r-1/stop/do/1"}"#,
    r#"{"event":"landed","key":"r-1/stop/undo/2","receipt":{"reference":"4711","sentence":"It is paused."}}"#,
    r#"{"event":"refused","key":"r-1/stop/do/1","why":{"because":"forbidden","permission":"patch deployments"}}"#,
    r#"{"event":"unclear","key":"r-1/stop/do/1","why":"no answer"}"#,
    r#"{"event":"ruled","key":"r-1/stop/do/1","happened":true,"by":"ada","reason":"I saw it"}"#,
    r#"{"event":"began","step":"look","attempt":2}"#,
    r#"{"event":"waited","step":"look","sentence":"It came about."}"#,
    r#"{"event":"recorded","step":"look","text":"Customers were told."}"#,
    r#"{"event":"failed","step":"look","why":"too long"}"#,
    r#"{"event":"chosen","step":"ask","option":"back","by":"ada","reason":null}"#,
    r#"{"event":"performed","step":"call","observed":"They answered.","by":"ada"}"#,
    r#"{"event":"accepted","step":"look","by":"ada","reason":"known"}"#,
    r#"{"event":"again","step":"look","by":"ada","reason":"it was slow"}"#,
    r#"{"event":"skipped","step":"look","by":"ada","reason":"no time"}"#,
    r#"{"event":"declined","step":"look","by":"ada","reason":"not ours"}"#,
    r#"{"event":"noted","by":"ada","text":"hm"}"#,
    r#"{"event":"overridden","subject":"quorum","by":"ada","reason":"known"}"#,
    r#"{"event":"held","by":"ada"}"#,
    r#"{"event":"released","by":"ada"}"#,
    r#"{"event":"aborted","by":"ada","reason":"wrong service"}"#,
    r#"{"event":"undo-began","by":"ada","steps":["stop"]}"#,
    r#"{"event":"left","by":"ada","reason":"good enough"}"#,
    r#"{"event":"resumed","by":"ada"}"#,
    r#"{"event":"finished","outcome":{"is":"aborted","reason":"wrong service"}}"#,
];

#[test]
fn what_encoding_1_wrote_is_still_read_and_still_written() {
    for body in ENCODING_1 {
        let event = decode(1, body).expect("it is JSON");
        assert_ne!(event, Event::Unknown, "{body} was written by a released version");
        assert_eq!(encode(&event).expect("it is known"), *body, "encoding 1 does not change");
        let tag = format!(r#"{{"event":"{}""#, event.name());
        assert!(body.starts_with(&tag), "the indexed name of {body} is the one in its body");
    }
}

#[test]
fn what_a_newer_version_wrote_is_unknown_and_never_an_error() {
    for (version, body) in [
        (1, r#"{"event":"teleported","to":"mars","by":{"crew":[1,2]}}"#),
        (1, r#"{"event":"finished","outcome":{"is":"teleported"}}"#),
        (1, r#"{"event":"held","by":["ada","bob"]}"#),
        (2, r#"{"event":"held","by":"ada"}"#),
        (i64::MAX, r#"["another","shape"]"#),
    ] {
        assert_eq!(decode(version, body), Ok(Event::Unknown), "{version}: {body}");
    }
}

#[test]
fn what_no_version_writes_is_an_error() {
    for (version, body) in
        [(0, r#"{"event":"held","by":"ada"}"#), (-1, "{}"), (1, ""), (1, "{"), (2, "not json")]
    {
        assert!(decode(version, body).is_err(), "{version}: {body}");
    }
}

#[test]
fn an_unknown_event_is_not_written() {
    assert!(encode(&Event::Unknown).is_err(), "this version cannot say what it does not know");
}

#[test]
fn a_rate_reads_back_as_the_same_number() {
    // The shares are quotients of counts, so they have all of their digits; a parser that
    // is allowed to be off by one in the last place gets some of these wrong.
    for total in 1..2000_u32 {
        let rate = f64::from(total % 97) / f64::from(total);
        let body = format!(
            concat!(
                r#"{{"event":"judged","step":"look","verdict":"pass","judgements":[{{"slo":"a","#,
                r#""verdict":"pass","arm":null,"from":0,"to":1,"counts":{{"total":1,"bad":0}},"#,
                r#""budget":{},"doubts":[],"sentence":"","points":[]}}]}}"#
            ),
            serde_json::to_string(&rate).expect("it is finite")
        );
        let event = decode(1, &body).expect("it is JSON");
        let Event::Judged { judgements, .. } = &event else { panic!("unexpected: {event:?}") };
        assert_eq!(judgements[0].budget.to_bits(), rate.to_bits(), "{rate}");
    }
}

#[test]
fn a_number_that_json_does_not_have_is_refused_before_it_is_written() {
    let body = concat!(
        r#"{"event":"judged","step":"look","verdict":"pass","judgements":[{"slo":"a","#,
        r#""verdict":"pass","arm":null,"from":0,"to":1,"counts":{"total":1,"bad":0},"#,
        r#""budget":0.5,"doubts":[],"sentence":"","points":[]}]}"#
    );
    let mut event = decode(1, body).expect("it is JSON");
    assert!(encode(&event).is_ok(), "a number is fine");
    let Event::Judged { judgements, .. } = &mut event else { panic!("unexpected: {event:?}") };
    judgements[0].budget = f64::NAN;
    assert!(encode(&event).is_err(), "it would be `null`, and the entry unknown for ever after");
}

#[test]
fn stamped_times_keep_their_nanoseconds() {
    let Stamped { at, .. } = crate::contract::note(1, "");
    let fine = at + jiff::SignedDuration::from_nanos(123_456_789);
    assert_eq!(crate::read::time(&fine.to_string()), Ok(fine));
}
