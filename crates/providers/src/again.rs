//! When a question is asked again, where the system says how long to wait (RFC 9110, 10.2.3).

use std::time::Duration;

use crate::clock;

/// A wait of up to this long is kept to by itself. A longer one is told: whoever is on call
/// may have another way.
const PATIENCE: Duration = Duration::from_secs(8);

/// A `Retry-After`: in seconds, or as a time.
pub(crate) fn wait_of(header: Option<&str>) -> Option<Duration> {
    let header = header?.trim();
    if let Ok(seconds) = header.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let length = clock::of_header(header)?.duration_since(clock::wall());
    Some(Duration::try_from(length).unwrap_or(Duration::ZERO))
}

/// The pause before the next try: ours, and never shorter than what was asked for. Nothing is
/// tried again where that is longer than our patience.
pub(crate) fn pause(asked: Option<Duration>, ours: Option<Duration>) -> Option<Duration> {
    match asked {
        None => ours,
        Some(asked) => ours.map(|ours| ours.max(asked)).filter(|_| asked <= PATIENCE),
    }
}

/// The wait that was asked for, for the end of a sentence; empty when none was.
pub(crate) fn words(asked: Option<Duration>) -> String {
    asked.map(|asked| format!("; it says to wait {} s", asked.as_secs())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_in_seconds_and_as_a_time() {
        assert_eq!(wait_of(Some(" 7 ")), Some(Duration::from_secs(7)));
        let past = wait_of(Some("Sun, 06 Nov 1994 08:49:37 GMT"));
        assert_eq!(past, Some(Duration::ZERO), "it is over");
        assert_eq!(wait_of(Some("soon")), None);
        assert_eq!(wait_of(None), None);
    }

    #[test]
    fn nothing_is_tried_again_before_the_time_that_was_asked_for() {
        let second = Duration::from_secs(1);
        assert_eq!(pause(None, Some(second)), Some(second));
        assert_eq!(pause(Some(second * 3), Some(second)), Some(second * 3));
        assert_eq!(pause(Some(second * 60), Some(second)), None, "a long wait is told instead");
        assert_eq!(pause(Some(second), None), None, "the tries are used up");
    }
}
