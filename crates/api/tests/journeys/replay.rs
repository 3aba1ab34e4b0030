//! A run that is seen again, through the app.

use lastgood_api::wire::ReplayQuery;

use super::{bad_canary, practice};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_frames_asks_for_one_screen_and_gets_the_same() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let app = practice(folder.path());
    let run = bad_canary(&app, 7).await.run;
    let ask = |seq, without_frames| ReplayQuery { run: run.clone(), seq, without_frames };

    let whole = app.replay(ask(None, false)).await.expect("it is kept");
    assert!(whole.frames.len() > 1, "a run has more than one entry");
    for frame in &whole.frames {
        let one = app.replay(ask(Some(frame.seq), true)).await.expect("the entry is there");
        let with = app.replay(ask(Some(frame.seq), false)).await.expect("the entry is there");
        assert!(one.frames.is_empty(), "what is known already is not sent again");
        assert_eq!(one.view, with.view, "entry {}", frame.seq);
    }
    let last = app.replay(ask(None, true)).await.expect("it is kept");
    assert_eq!(last.view, whole.view, "the last entry, when none is named");
    let beyond = app.replay(ask(Some(9_999), true)).await.expect_err("there is no such entry");
    assert!(beyond.chain[0].contains("no entry 9999"), "{beyond:?}");
}
