//! What a pipeline writes onto a task definition.

use lastgood_core::ports::ReleaseSource as _;
use lastgood_core::recorded::Recorded;
use lastgood_core::release::Metadata;
use lastgood_testkit::aws::Fault;

use super::{begin, place};

fn text(text: &str) -> Recorded<String> {
    Recorded::Recorded(text.to_owned())
}

/// More than one tag holds, with characters that tags do not take.
fn record() -> Metadata {
    let mut metadata = Metadata {
        commit: text("8f3c1d0"),
        version: text("2.4.0"),
        changelog: text(&"Pay faster, & \"safer\" (für alle)\n".repeat(12)),
        rollback_command: text("make rollback TO=2.3.9"),
        ..Metadata::default()
    };
    metadata.flags = Recorded::Recorded([("express-pay".to_owned(), "off".to_owned())].into());
    metadata
}

#[tokio::test]
async fn what_is_written_onto_the_task_definition_reads_back_as_the_release() {
    let (fake, ecs) = begin().await;
    fake.with(|one| one.tag(1, "team", "shop"));
    let kept = ecs.keep(&record()).await;
    assert!(kept.read_back, "{}", kept.sentence);
    assert_eq!(kept.carrier, "task definition checkout:1");
    let page = ecs.deploys(&place(), None, 10).await.expect("ECS keeps them");
    let release = &page.deploys[0].release;
    assert_eq!((release.version.as_str(), &release.commit), ("2.4.0", &record().commit));
    assert_eq!((&release.changelog, &release.flags), (&record().changelog, &record().flags));

    let writes = |fake: &lastgood_testkit::aws::Fake<_>| {
        fake.calls().iter().filter(|call| call.ends_with("agResource")).count()
    };
    let before = writes(&fake);
    assert!(ecs.keep(&record()).await.read_back);
    assert_eq!(writes(&fake), before, "what stands there is not written again");

    let shorter = Metadata { changelog: text("Pay faster"), ..Metadata::default() };
    let kept = ecs.keep(&shorter).await;
    assert!(kept.read_back, "the parts of the longer text are gone: {}", kept.sentence);
    let page = ecs.deploys(&place(), None, 10).await.expect("ECS keeps them");
    let release = &page.deploys[0].release;
    assert_eq!(release.commit, record().commit, "what an earlier step wrote stays");
    assert!(page.doubts.iter().all(|doubt| !doubt.contains("changelog")), "{:?}", page.doubts);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_looked_up_and_a_no_is_told() {
    for (fault, read_back) in [
        (Fault::LoseReply, true),
        (Fault::Truncated, true),
        (Fault::Cut, false),
        (Fault::Silence, false),
        (Fault::Says { status: 400, error: Some("AccessDeniedException") }, false),
        (Fault::Says { status: 429, error: None }, false),
        (Fault::Says { status: 503, error: None }, false),
    ] {
        let (fake, ecs) = begin().await;
        fake.inject("TagResource", fault.clone(), Some(1));
        let kept = ecs.keep(&record()).await;
        assert_eq!(kept.read_back, read_back, "{fault:?}: {}", kept.sentence);
        assert!(kept.sentence.split(' ').count() > 3, "{fault:?}: {}", kept.sentence);
        let kept = ecs.keep(&record()).await;
        assert!(kept.read_back, "{fault:?}: repeating it is enough: {}", kept.sentence);
    }
}

#[tokio::test]
async fn another_image_than_the_one_that_runs_is_not_written_about() {
    let (fake, ecs) = begin().await;
    fake.with(|one| one.deploy(&format!("v2@sha256:{:064}", 2)));
    let other = format!("sha256:{:064}", 9);
    let kept = ecs.keep(&Metadata { digest: text(&other), ..record() }).await;
    assert!(!kept.read_back && kept.sentence.contains("nothing was written"), "{kept:?}");
    assert!(!fake.calls().iter().any(|call| call == "TagResource"));
    let same = format!("sha256:{:064}", 2);
    assert!(ecs.keep(&Metadata { digest: text(&same), ..record() }).await.read_back);
}
