//! Stretches of which nothing is recorded. A reader of a postmortem should not take them for
//! stretches in which nothing happened.

use super::Line;
use crate::time::Millis;

/// A shorter stretch is the pace of an incident, and no gap in its record.
pub const QUIET_AT_LEAST: Millis = Millis::minutes(5);

/// How long nothing was recorded before the line at `index` of `lines`, which are in the order
/// in which they happened, if that is long. What is left out of what people read was recorded.
#[must_use]
pub fn quiet_before(lines: &[Line], index: usize) -> Option<Millis> {
    let before = lines.get(index.checked_sub(1)?)?;
    let long = Millis::between(before.occurred_at, lines.get(index)?.occurred_at);
    (long >= QUIET_AT_LEAST).then_some(long)
}

/// The same, as a line says it.
#[must_use]
pub fn quiet_words(long: Millis) -> String {
    format!("nothing is recorded for {long}")
}
