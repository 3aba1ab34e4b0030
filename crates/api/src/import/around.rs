//! What the times of a file are to be read by.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lastgood_core::timeline::{SaidTime, said_time, zone_name};

/// The zone of local times, and the day of times that have none.
#[derive(Clone, Debug)]
pub(crate) struct Around {
    zone: TimeZone,
    day: Option<Date>,
    near: Option<Timestamp>,
}

impl Around {
    /// Local times are in `zone`. A bare time of day is on `day` when somebody named one,
    /// and on the day of `near` otherwise.
    pub(crate) const fn new(zone: TimeZone, day: Option<Date>, near: Option<Timestamp>) -> Self {
        Self { zone, day, near }
    }

    pub(crate) const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The name of the zone of local times.
    pub(crate) fn zone_name(&self) -> String {
        zone_name(&self.zone)
    }

    /// Whether somebody named the day.
    pub(crate) const fn is_dated(&self) -> bool {
        self.day.is_some()
    }

    /// The day of times that have none.
    pub(crate) fn day(&self) -> Option<Date> {
        self.day.or_else(|| self.near.map(|near| near.to_zoned(self.zone.clone()).date()))
    }

    /// The moment that a text names.
    pub(crate) fn time(&self, text: &str) -> Result<SaidTime, String> {
        let text = text.trim();
        if let (Some(day), false) = (self.day, text.contains('-'))
            && text.parse::<jiff::civil::Time>().is_ok()
        {
            let text = format!("{day} {text}");
            return said_time(&text, &self.zone, None).map_err(|error| error.to_string());
        }
        said_time(text, &self.zone, self.near).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// Berlin, on 2026-03-07.
    pub(crate) fn berlin() -> Around {
        let zone = crate::zone::zone("Europe/Berlin").expect("it is one");
        Around::new(zone, Some(jiff::civil::date(2026, 3, 7)), None)
    }

    /// Berlin, on the day of a run that began at `at`.
    pub(crate) fn berlin_near(at: &str) -> Around {
        let zone = crate::zone::zone("Europe/Berlin").expect("it is one");
        Around::new(zone, None, Some(at.parse().expect("it is a time")))
    }
}
