//! The clocks of the real world: ours, and those of the systems that are asked.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// What our own clock says.
///
/// Providers talk to the real world only; a virtual clock would compare our time with
/// nobody's. Times that decide anything come from the system's own `Date` where it
/// sends one.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the real world's time is read; drills never come here"
)]
pub(crate) fn wall() -> Timestamp {
    Timestamp::now()
}

/// The time in a `Date` header (RFC 9110, 5.6.7; the preferred form).
pub(crate) fn of_header(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_header_is_a_time() {
        let at = of_header("Sun, 06 Nov 1994 08:49:37 GMT").expect("the example of the standard");
        assert_eq!(at.to_string(), "1994-11-06T08:49:37Z");
        assert_eq!(of_header("yesterday"), None, "nonsense is no time");
    }
}
