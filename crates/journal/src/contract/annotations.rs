//! What every keeper of annotations promises.

use jiff::Timestamp;
use lastgood_core::name::RunId;
use lastgood_core::ports::{Annotations, AnnotationsError};
use lastgood_core::timeline::{Annotation, Layer, LineId};

/// Every keeper passes this, the one in memory included. `run` exists and nobody has
/// annotated it.
///
/// # Panics
///
/// When a promise is broken; the message is the promise.
pub async fn annotations_contract<A: Annotations + ?Sized>(annotations: &A, run: &RunId) {
    let (none, start) = annotations.annotations(run).await.expect("nothing is an answer");
    assert!(none.is_empty() && start.seq == 0, "the suite begins empty");

    let first = [star(1, 1), hide(2, "quotes \" and \\, line\nbreak, nul \u{0}, family 👨‍👩‍👧")];
    let head = annotations.annotate(run, 0, &first).await.expect("it is empty");
    assert_eq!(head.seq, 2, "it counts");
    let read = annotations.annotations(run).await.expect("it holds");
    assert_eq!(read, (first.to_vec(), head.clone()), "what was said is read in order");

    let late = annotations.annotate(run, 0, &[star(3, 3)]).await;
    assert!(
        matches!(late, Err(AnnotationsError::Moved { found: 2, .. })),
        "whoever decided on an old record is refused: {late:?}"
    );
    let unknown = Annotation { says: Layer::Unknown, ..star(4, 4) };
    assert!(
        annotations.annotate(run, 2, &[star(4, 4), unknown]).await.is_err(),
        "what would not read back is refused, with all that came with it"
    );
    assert_eq!(annotations.annotations(run).await.expect("it holds").1, head);

    let nobody = annotations.annotate(&RunId::new("nobody"), 0, &[star(1, 1)]).await;
    assert!(nobody.is_err(), "a run that is not there is not annotated");

    let hash = annotations.keep(run, b"abc").await.expect("it is kept");
    assert_eq!(
        hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "it is named by its SHA-256"
    );
    assert_eq!(annotations.keep(run, b"abc").await.expect("it is kept once"), hash);
    assert_eq!(
        annotations.kept(run, &hash).await.expect("it holds").as_deref(),
        Some(&b"abc"[..]),
        "what was kept is handed out"
    );
    assert_eq!(annotations.kept(run, "00").await.expect("nothing is an answer"), None);
}

fn annotation(second: u32, says: Layer) -> Annotation {
    let milliseconds = 1_767_225_600_000 + i64::from(second) * 1000;
    let at = |late| Timestamp::from_millisecond(milliseconds + late).expect("a time in 2026");
    Annotation { at: at(0), recorded_at: at(7), by: "ada".into(), says }
}

/// A star on entry `seq`, `second` seconds into the suite's time.
///
/// # Panics
///
/// Never: every such time exists.
#[must_use]
pub fn star(second: u32, seq: u64) -> Annotation {
    annotation(second, Layer::Starred { line: LineId::Entry(seq) })
}

fn hide(second: u32, reason: &str) -> Annotation {
    annotation(second, Layer::Hidden { line: LineId::Entry(1), reason: reason.to_owned() })
}
