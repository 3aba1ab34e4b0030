use lastgood_core::time::Millis;
use lastgood_core::timeline::{
    Attachment, FollowUp, FollowUpStatus, Length, LineId, Milestone, Origin,
};
use lastgood_core::view::{EditView, LineTally, MilestoneView, MomentView, OriginalView};

use super::*;
use crate::testing::{AT, asking, at, place};

fn line(seq: u64, kind: LineKind, by: Option<&str>, text: &str) -> LineView {
    LineView {
        id: LineId::Entry(seq),
        seq,
        at: at(i64::try_from(seq).expect("small")),
        quiet: None,
        recorded_at: AT,
        kind,
        source: by.map_or(Source::Machine, |name| Source::Person { name: name.into() }),
        phase: None,
        step: None,
        text: text.to_owned(),
        reason: None,
        evidence: Vec::new(),
        markdown: kind == LineKind::Note,
        said: Vec::new(),
        zone: None,
        origin: None,
        original: None,
        hidden: None,
        starred: false,
        edits: Vec::new(),
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
    let added = LineView {
        id: LineId::Added(4),
        quiet: Some(Millis::minutes(14)),
        starred: true,
        hidden: Some("names a customer".to_owned()),
        original: Some(OriginalView { at: at(9), text: "a customer called".to_owned() }),
        edits: vec![EditView {
            by: "ana".into(),
            at: at(12),
            what: "amended".to_owned(),
            says: "a customer wrote".to_owned(),
        }],
        ..line(8, LineKind::Note, Some("ben"), "a customer wrote")
    };
    let view = TimelineView {
        run: run.run,
        title: run.title,
        place: place(),
        drill: Some("bad-canary".to_owned()),
        exercise: None,
        sentence: "Recovered: verification passed.".to_owned(),
        moments: vec![
            MomentView { name: "Started".to_owned(), at: Some(AT), after: None },
            MomentView { name: "Verified".to_owned(), at: None, after: None },
        ],
        lines: vec![line(1, LineKind::Run, Some("ana"), "Started"), judged, skipped, added],
        milestones: vec![MilestoneView {
            milestone: Milestone::ImpactStarted,
            title: "Impact started".to_owned(),
            at: at(-60),
            by: "ana".into(),
        }],
        lengths: vec![Length {
            name: "to detect".to_owned(),
            milliseconds: Millis::seconds(62),
            explained: "from impact started (marked by ana) to the judgement that found it"
                .to_owned(),
        }],
        doubts: vec!["`to verify` cannot be told: nobody verified.".to_owned()],
        follow_ups: vec![FollowUp {
            number: 1,
            title: "Test the migration".to_owned(),
            owner: Some("ben".to_owned()),
            due: None,
            link: None,
            status: FollowUpStatus::Open,
        }],
        parts: Vec::new(),
        attachments: vec![Attachment {
            hash: "ba78".to_owned(),
            name: "graph.png".to_owned(),
            media_type: "image/png".to_owned(),
            bytes: 4096,
            line: Some(LineId::Added(4)),
            caption: "The error rate".to_owned(),
        }],
        lines_in_all: 4,
        lines_wanted: 4,
        tally: LineTally::default(),
    };
    let berlin = jiff::tz::TimeZone::posix("CET-1").expect("they are rules");
    insta::assert_snapshot!(timeline(&Look { zone: berlin, ..Look::plain() }, &view));
}

#[test]
fn what_was_imported_is_told_by_its_source_which_is_named_once() {
    let taken = |system: &str, by: &str| LineView {
        origin: Some(Origin { system: system.to_owned(), id: "1".to_owned() }),
        ..line(1, LineKind::Note, Some(by), "it broke")
    };
    let look = Look::plain();
    let told = |one: &LineView| {
        let mut page = Page::new(&look);
        super::line(&mut page, &look, one);
        page.finish()
    };
    assert!(told(&taken("chat", "ana")).ends_with("it broke  ana  ← chat\n"));
    assert!(told(&taken("alertmanager", "alertmanager")).ends_with("it broke  ← alertmanager\n"));
}

#[test]
fn a_note_is_told_as_the_markdown_that_it_is() {
    let note = LineView {
        said: lastgood_core::timeline::said("the **pool** of `db-1`\n\n- ana looked"),
        ..line(1, LineKind::Note, Some("ana"), "the **pool** of `db-1`\n\n- ana looked")
    };
    let look = Look::plain();
    let mut page = Page::new(&look);
    super::line(&mut page, &look, &note);
    let told = page.finish();
    assert!(told.contains("the pool of `db-1`  ana\n"), "{told}");
    assert!(told.ends_with("                – ana looked\n"), "{told}");
}
