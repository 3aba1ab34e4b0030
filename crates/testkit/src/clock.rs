//! The one place where the bed reads the wall clock.

/// Now. Pods, nodes and metrics of the bed live beside real servers, in real time.
#[expect(
    clippy::disallowed_methods,
    reason = "the bed's peers run on the wall clock; nothing here is ever replayed"
)]
pub(crate) fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
