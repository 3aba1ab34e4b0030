//! What a pipeline writes about a version.

use lastgood_core::ports::ReleaseSource as _;
use lastgood_core::recorded::Recorded;
use lastgood_core::release::Metadata;
use lastgood_testkit::aws::Fault;

use super::{NOW, begin, place};

fn record(version: &str) -> Metadata {
    let text = |text: &str| Recorded::Recorded(text.to_owned());
    Metadata {
        commit: text("8f3c1d0"),
        version: text(version),
        changelog: text("Pay faster, & \"safer\" (für alle)"),
        ..Metadata::default()
    }
}

#[tokio::test]
async fn what_is_written_is_about_the_version_on_its_way_and_reads_back_as_the_release() {
    let (fake, lambda) = begin().await;
    fake.with(|one| {
        one.tag("team", "shop");
        one.canary(0.1, NOW)
    });
    let kept = lambda.keep(&record("2.4.0")).await;
    assert!(kept.read_back, "{}", kept.sentence);
    assert!(kept.carrier.starts_with("version 8,"), "{}", kept.carrier);
    let page = lambda.deploys(&place(), None, 10).await.expect("versions can be listed");
    let (new, old) = (&page.deploys[0].release, &page.deploys[1].release);
    assert_eq!((new.id.as_str(), new.version.as_str()), ("8", "2.4.0"));
    assert_eq!(new.changelog, record("2.4.0").changelog);
    assert_eq!(old.commit, Recorded::NotRecorded, "nothing is said of another version");
    assert!(fake.with(|one| one.tags()).contains_key("team"), "other people's tags stay");
}

#[tokio::test]
async fn the_oldest_records_make_room_and_those_of_what_serves_stay() {
    let (fake, lambda) = begin().await;
    assert!(lambda.keep(&record("one")).await.read_back, "version 7 serves");
    let mut said = String::new();
    for number in 0..20 {
        fake.with(|one| one.canary(0.1, NOW));
        let kept = lambda.keep(&record(&format!("build {number}"))).await;
        assert!(kept.read_back, "{}", kept.sentence);
        said = kept.sentence;
    }
    assert!(said.contains("made room"), "a record is never dropped in silence: {said}");
    let tags = fake.with(|one| one.tags());
    assert!(tags.len() <= 50, "{}", tags.len());
    assert!(tags.contains_key("lastgood.dev/v7/commit"), "it serves: {tags:?}");
    assert!(!tags.contains_key("lastgood.dev/v8/commit"), "it is the oldest that does not");
}

#[tokio::test]
async fn an_answer_that_is_lost_is_looked_up_and_a_no_is_told() {
    for (fault, read_back) in [
        (Fault::LoseReply, true),
        (Fault::Cut, false),
        (Fault::Silence, false),
        (Fault::Says { status: 403, error: Some("AccessDeniedException") }, false),
        (Fault::Says { status: 429, error: None }, false),
        (Fault::Says { status: 503, error: None }, false),
    ] {
        let (fake, lambda) = begin().await;
        fake.inject("TagResource", fault.clone(), Some(1));
        let kept = lambda.keep(&record("2.4.0")).await;
        assert_eq!(kept.read_back, read_back, "{fault:?}: {}", kept.sentence);
        assert!(kept.sentence.split(' ').count() > 3, "{fault:?}: {}", kept.sentence);
        let kept = lambda.keep(&record("2.4.0")).await;
        assert!(kept.read_back, "{fault:?}: repeating it is enough: {}", kept.sentence);
    }
}
