//! Time as it crosses a boundary: whole milliseconds.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z. Views use it because a window computes with
/// numbers; journals and exports write RFC 3339 instead.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
#[cfg_attr(feature = "bindings", ts(type = "number"))]
pub struct EpochMs(pub i64);

impl From<Timestamp> for EpochMs {
    fn from(at: Timestamp) -> Self {
        Self(at.as_millisecond())
    }
}

/// A length of time in whole milliseconds, never negative.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
#[cfg_attr(feature = "bindings", ts(type = "number"))]
pub struct Millis(pub u64);

impl Millis {
    /// `seconds` as milliseconds.
    #[must_use]
    pub const fn seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// `minutes` as milliseconds.
    #[must_use]
    pub const fn minutes(minutes: u64) -> Self {
        Self(minutes.saturating_mul(60_000))
    }

    /// The same length for the standard library.
    #[must_use]
    pub const fn duration(self) -> Duration {
        Duration::from_millis(self.0)
    }

    /// Reads what [`fmt::Display`] writes: `m:ss`, or `h:mm:ss`. The parts after the first
    /// are below 60.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(':').map(|part| {
            let plain = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| part.parse::<u64>().ok()).flatten()
        });
        let mut seconds = parts.next()??;
        let mut more = 0;
        for part in parts {
            let part = part.filter(|part| *part < 60)?;
            seconds = seconds.checked_mul(60)?.checked_add(part)?;
            more += 1;
        }
        (1..=2).contains(&more).then(|| Self::seconds(seconds))
    }

    /// The time from `from` to `to`; zero when `to` is earlier.
    #[must_use]
    pub fn between(from: Timestamp, to: Timestamp) -> Self {
        Self(u64::try_from(to.as_millisecond() - from.as_millisecond()).unwrap_or(0))
    }
}

impl From<Duration> for Millis {
    fn from(length: Duration) -> Self {
        Self(u64::try_from(length.as_millis()).unwrap_or(u64::MAX))
    }
}

/// `m:ss`, or `h:mm:ss` from one hour on.
impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / 1000;
        let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        if h > 0 { write!(f, "{h}:{m:02}:{s:02}") } else { write!(f, "{m}:{s:02}") }
    }
}

/// `at` moved by `by`; stops at the end of representable time instead of failing.
#[must_use]
pub fn later(at: Timestamp, by: Millis) -> Timestamp {
    at.checked_add(by.duration()).unwrap_or(Timestamp::MAX)
}

/// `at` moved back by `by`; stops at the beginning of representable time.
#[must_use]
pub fn earlier(at: Timestamp, by: Millis) -> Timestamp {
    at.checked_sub(by.duration()).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_reads_as_a_person_would_say_it() {
        for (ms, text) in [(0, "0:00"), (4_999, "0:04"), (90_000, "1:30"), (3_661_000, "1:01:01")] {
            assert_eq!(Millis(ms).to_string(), text);
        }
    }

    #[test]
    fn what_is_written_as_a_length_is_read_as_one_and_nothing_else_is() {
        for ms in [0, 4_000, 90_000, 3_661_000] {
            assert_eq!(Millis::read(&Millis(ms).to_string()), Some(Millis(ms)));
        }
        for text in ["", "5", "1:60", "1:2:3:4", "+1:00", "1:", "a:10", "1:-5"] {
            assert_eq!(Millis::read(text), None, "{text}");
        }
    }
}
