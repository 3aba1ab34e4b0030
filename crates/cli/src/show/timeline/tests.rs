use lastgood_core::view::MomentView;

use super::*;
use crate::testing::{AT, asking, at, place};

fn line(seq: u64, kind: LineKind, by: Option<&str>, text: &str) -> LineView {
    LineView {
        seq,
        at: at(i64::try_from(seq).expect("small")),
        recorded_at: AT,
        kind,
        source: by.map_or(Source::Machine, |name| Source::Person { name: name.into() }),
        phase: None,
        step: None,
        text: text.to_owned(),
        reason: None,
        evidence: Vec::new(),
    }
}

#[test]
fn a_timeline_says_when_who_what_why_and_what_proves_it() {
    let run = asking();
    let skipped = LineView {
        reason: Some("traffic is at zero already".to_owned()),
        ..line(3, LineKind::Decision, Some("ana"), "Skipped: Stop the rollout")
    };
    let judged = LineView {
        evidence: vec!["availability: 16 of 336 requests failed".to_owned()],
        ..line(2, LineKind::Signal, None, "Judge 2026.11.3: fail")
    };
    let view = TimelineView {
        run: run.run,
        title: run.title,
        place: place(),
        drill: Some("bad-canary".to_owned()),
        sentence: "Recovered: verification passed.".to_owned(),
        moments: vec![
            MomentView { name: "Started".to_owned(), at: Some(AT), after: None },
            MomentView { name: "Verified".to_owned(), at: None, after: None },
        ],
        lines: vec![line(1, LineKind::Run, Some("ana"), "Started"), judged, skipped],
    };
    let berlin = jiff::tz::TimeZone::posix("CET-1").expect("they are rules");
    insta::assert_snapshot!(timeline(&Look { zone: berlin, ..Look::plain() }, &view));
}
