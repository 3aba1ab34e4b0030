//! Times as a person reads them: in the person's zone, with UTC beside it wherever it can
//! be copied or compared.

use jiff::{Timestamp, Zoned, tz::TimeZone};
use lastgood_core::time::EpochMs;

use crate::look::Look;

/// `2026-11-22 20:03:02 CET (19:03:02 UTC)`.
pub(crate) fn stamp(look: &Look, at: EpochMs) -> String {
    let local = zoned(look, at);
    if is_utc(&local) {
        return local.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    }
    let utc = local.with_time_zone(TimeZone::UTC);
    let day = if utc.date() == local.date() { "" } else { "%m-%d " };
    let utc = utc.strftime(&format!("{day}%H:%M:%S UTC")).to_string();
    format!("{} ({utc})", local.strftime("%Y-%m-%d %H:%M:%S %Z"))
}

/// `20:03:02`, where the zone is said elsewhere on the page.
pub(crate) fn clock(look: &Look, at: EpochMs) -> String {
    zoned(look, at).strftime("%H:%M:%S").to_string()
}

/// `11-22 20:03`, where the zone is said elsewhere on the page.
pub(crate) fn minute(look: &Look, at: EpochMs) -> String {
    zoned(look, at).strftime("%m-%d %H:%M").to_string()
}

/// `2026-11-22`, where the hour does not matter.
pub(crate) fn day(look: &Look, at: EpochMs) -> String {
    zoned(look, at).strftime("%Y-%m-%d").to_string()
}

/// What clock times on a page are in: `times in CET, UTC+01:00`.
pub(crate) fn zone(look: &Look, at: EpochMs) -> String {
    let local = zoned(look, at);
    if is_utc(&local) {
        return "times in UTC".to_owned();
    }
    format!("times in {}, UTC{}", local.strftime("%Z"), local.strftime("%:z"))
}

fn zoned(look: &Look, at: EpochMs) -> Zoned {
    Timestamp::from_millisecond(at.0).unwrap_or_default().to_zoned(look.zone.clone())
}

fn is_utc(local: &Zoned) -> bool {
    local.offset().is_zero() && matches!(local.strftime("%Z").to_string().as_str(), "UTC" | "GMT")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22T23:30:05Z.
    const LATE: EpochMs = EpochMs(1_795_390_205_000);

    /// Zones by their rules: a machine may have no database of names.
    fn in_zone(rules: &str) -> Look {
        Look { zone: TimeZone::posix(rules).expect("they are rules"), ..Look::plain() }
    }

    const BERLIN: &str = "CET-1CEST,M3.5.0,M10.5.0/3";
    const NEW_YORK: &str = "EST5EDT,M3.2.0,M11.1.0";

    #[test]
    fn local_time_and_utc_stand_together() {
        assert_eq!(stamp(&Look::plain(), LATE), "2026-11-22 23:30:05 UTC");
        assert_eq!(stamp(&in_zone(NEW_YORK), LATE), "2026-11-22 18:30:05 EST (23:30:05 UTC)");
    }

    #[test]
    fn another_day_in_utc_is_said() {
        assert_eq!(stamp(&in_zone(BERLIN), LATE), "2026-11-23 00:30:05 CET (11-22 23:30:05 UTC)");
    }

    #[test]
    fn a_page_of_clock_times_names_its_zone() {
        assert_eq!(zone(&in_zone(BERLIN), LATE), "times in CET, UTC+01:00");
        assert_eq!(clock(&in_zone(BERLIN), LATE), "00:30:05");
        assert_eq!(zone(&Look::plain(), LATE), "times in UTC");
    }
}
