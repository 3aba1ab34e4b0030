//! A time as a person gives it, in a zone. A local time that the clocks skipped, or that
//! they showed twice, is never guessed at: it is refused with the times it could mean.

use jiff::civil::{DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// A time that a person gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaidTime {
    /// The moment.
    pub at: Timestamp,
    /// The zone or offset that it was given in: `Europe/Berlin`, `+02:00`, `UTC`.
    pub zone: String,
}

/// Why a text is no time. Each is a sentence that says what it could mean.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTime {
    /// Nothing that we read as a time.
    #[error(
        "`{text}` is no time; give one like `2026-11-22 18:42`, `18:42:07` or `2026-11-22T18:42:07+01:00`"
    )]
    Unreadable {
        /// What was given.
        text: String,
    },
    /// Only a time of day, and no day to put it on.
    #[error("`{text}` has no day; give one like `2026-11-22 {text}`")]
    NoDay {
        /// What was given.
        text: String,
    },
    /// The clocks skipped it.
    #[error("there was no {local} in {zone}: the clocks went from {before} to {after}")]
    Skipped {
        /// The local time.
        local: String,
        /// Where.
        zone: String,
        /// The local time and offset at which the gap began.
        before: String,
        /// The local time and offset at which it ended.
        after: String,
    },
    /// The clocks showed it twice.
    #[error("{local} was twice in {zone}; say which: `{first}` or `{second}`")]
    Twice {
        /// The local time.
        local: String,
        /// Where.
        zone: String,
        /// The earlier one, with its offset.
        first: String,
        /// The later one, with its offset.
        second: String,
    },
}

/// The moment that `text` names. A text with an offset, `Z` or a bracketed zone means what
/// it says; any other is local time in `zone`. A bare time of day is on the day that
/// `near` has in `zone`.
pub fn said_time(text: &str, zone: &TimeZone, near: Option<Timestamp>) -> Result<SaidTime, NoTime> {
    let text = text.trim();
    if text.contains('[')
        && let Ok(zoned) = text.parse::<Zoned>()
    {
        return Ok(SaidTime { at: zoned.timestamp(), zone: name(zoned.time_zone()) });
    }
    if let Some(said) = with_offset(text) {
        return Ok(said);
    }
    let local = match (text.parse::<DateTime>(), text.parse::<Time>()) {
        (_, Ok(time)) if !text.contains('-') => on_day(text, time, zone, near)?,
        // A day alone is no time: its midnight would be made up.
        (Ok(local), _) if text.len() > "2026-11-22".len() => local,
        (Ok(_) | Err(_), _) => return Err(NoTime::Unreadable { text: text.to_owned() }),
    };
    in_zone(local, zone).map(|at| SaidTime { at, zone: name(zone) })
}

/// The moment of a local time in a zone, when there is exactly one.
pub fn in_zone(local: DateTime, zone: &TimeZone) -> Result<Timestamp, NoTime> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => {}
        AmbiguousOffset::Gap { before, after } => {
            let edge = |offset: Offset| {
                // The gap is as long as the offsets differ; its edges are the transition.
                let at = before.to_timestamp(local).ok()?;
                // A second later, because the change itself is not before itself.
                let after = at.checked_add(jiff::SignedDuration::from_secs(1)).ok()?;
                let change = zone.preceding(after).next()?.timestamp();
                Some(written(offset.to_datetime(change), offset))
            };
            let some = |offset: Offset| edge(offset).unwrap_or_else(|| written(local, offset));
            return Err(NoTime::Skipped {
                local: plain(local),
                zone: name(zone),
                before: some(before),
                after: some(after),
            });
        }
        AmbiguousOffset::Fold { before, after } => {
            return Err(NoTime::Twice {
                local: plain(local),
                zone: name(zone),
                first: written(local, before),
                second: written(local, after),
            });
        }
    }
    ambiguous.unambiguous().map_err(|_| NoTime::Unreadable { text: plain(local) })
}

fn on_day(
    text: &str,
    time: Time,
    zone: &TimeZone,
    near: Option<Timestamp>,
) -> Result<DateTime, NoTime> {
    let near = near.ok_or_else(|| NoTime::NoDay { text: text.to_owned() })?;
    Ok(near.to_zoned(zone.clone()).date().to_datetime(time))
}

/// `2026-11-22T18:42:07+01:00`, also with a space, and `…Z`.
fn with_offset(text: &str) -> Option<SaidTime> {
    let at: Timestamp = text.parse().ok()?;
    let clock = text.get(10..)?;
    let zone = match clock.rfind(['+', '-']) {
        Some(sign) => clock.get(sign..)?.to_owned(),
        None => "UTC".to_owned(),
    };
    Some(SaidTime { at, zone })
}

fn plain(local: DateTime) -> String {
    local.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn written(local: DateTime, offset: Offset) -> String {
    let seconds = offset.seconds();
    let (sign, size) = if seconds < 0 { ('-', -seconds) } else { ('+', seconds) };
    format!("{}{sign}{:02}:{:02}", local.strftime("%Y-%m-%dT%H:%M:%S"), size / 3600, size / 60 % 60)
}

/// The zone's name, or what it is where it has none.
#[must_use]
pub fn name(zone: &TimeZone) -> String {
    if let Some(name) = zone.iana_name() {
        return name.to_owned();
    }
    match zone.to_fixed_offset() {
        Ok(offset) if offset.is_zero() => "UTC".to_owned(),
        Ok(offset) => offset.to_string(),
        Err(_) => "local time".to_owned(),
    }
}

#[cfg(test)]
mod tests;
