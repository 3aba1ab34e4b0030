use super::*;

/// Zones by their rules: a machine may have no database of names.
fn berlin() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("they are rules")
}

fn new_york() -> TimeZone {
    TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").expect("they are rules")
}

/// Half an hour of summer time.
fn lord_howe() -> TimeZone {
    TimeZone::posix("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0").expect("they are rules")
}

fn kathmandu() -> TimeZone {
    TimeZone::posix("<+0545>-5:45").expect("they are rules")
}

#[test]
fn a_local_time_is_one_moment() {
    let table = [
        ("2026-11-22 18:42", berlin(), "2026-11-22T17:42:00Z"),
        ("2026-07-22 18:42:07", berlin(), "2026-07-22T16:42:07Z"),
        ("2026-07-22T18:42:07.250", berlin(), "2026-07-22T16:42:07.25Z"),
        ("2026-11-22 18:42", new_york(), "2026-11-22T23:42:00Z"),
        ("2026-11-22 18:42", kathmandu(), "2026-11-22T12:57:00Z"),
        ("2026-11-22 18:42", TimeZone::UTC, "2026-11-22T18:42:00Z"),
        // The last second before each change, and the first after it.
        ("2026-03-29 01:59:59", berlin(), "2026-03-29T00:59:59Z"),
        ("2026-03-29 03:00:00", berlin(), "2026-03-29T01:00:00Z"),
        ("2026-10-25 01:59:59", berlin(), "2026-10-24T23:59:59Z"),
        ("2026-10-25 03:00:00", berlin(), "2026-10-25T02:00:00Z"),
        ("2026-04-05 01:29:59", lord_howe(), "2026-04-04T14:29:59Z"),
        ("2026-04-05 02:00:00", lord_howe(), "2026-04-04T15:30:00Z"),
    ];
    for (text, zone, utc) in table {
        let said = said_time(text, &zone, None);
        assert_eq!(said.map(|said| said.at.to_string()), Ok(utc.to_owned()), "{text}");
    }
}

#[test]
fn a_text_that_names_its_offset_means_what_it_says_in_any_zone() {
    let table = [
        ("2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00Z", "+02:00"),
        ("2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00Z", "+01:00"),
        ("2026-10-25 02:30:00-05:00", "2026-10-25T07:30:00Z", "-05:00"),
        ("2026-10-25T02:30:00Z", "2026-10-25T02:30:00Z", "UTC"),
    ];
    for (text, utc, zone) in table {
        let said = said_time(text, &berlin(), None).expect(text);
        assert_eq!((said.at.to_string(), said.zone), (utc.to_owned(), zone.to_owned()), "{text}");
    }
}

#[test]
fn a_bare_time_of_day_is_on_the_day_of_the_run_there() {
    // 2026-11-22T23:30Z is the 23rd in Berlin already.
    let near = "2026-11-22T23:30:00Z".parse().ok();
    let said = said_time("00:31", &berlin(), near).expect("it has a day");
    assert_eq!(said.at.to_string(), "2026-11-22T23:31:00Z");
    let said = said_time("18:31:05", &new_york(), near).expect("it has a day");
    assert_eq!(said.at.to_string(), "2026-11-22T23:31:05Z");
    assert!(matches!(said_time("18:31", &berlin(), None), Err(NoTime::NoDay { .. })));
}

#[test]
fn a_time_that_the_clocks_skipped_is_refused_with_what_they_did() {
    let table = [
        ("2026-03-29 02:30", berlin(), "2026-03-29T02:00:00+01:00", "2026-03-29T03:00:00+02:00"),
        ("2026-03-29 02:00", berlin(), "2026-03-29T02:00:00+01:00", "2026-03-29T03:00:00+02:00"),
        (
            "2026-03-08 02:59:59",
            new_york(),
            "2026-03-08T02:00:00-05:00",
            "2026-03-08T03:00:00-04:00",
        ),
        ("2026-10-04 02:15", lord_howe(), "2026-10-04T02:00:00+10:30", "2026-10-04T02:30:00+11:00"),
    ];
    for (text, zone, from, to) in table {
        match said_time(text, &zone, None) {
            Err(NoTime::Skipped { before, after, .. }) => {
                assert_eq!((before.as_str(), after.as_str()), (from, to), "{text}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn a_time_that_was_twice_is_refused_and_each_proposal_is_accepted() {
    let table = [
        ("2026-10-25 02:30", berlin(), "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
        ("2026-11-01 01:00", new_york(), "2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z"),
        ("2026-04-05 01:45", lord_howe(), "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"),
    ];
    for (text, zone, earlier, later) in table {
        let Err(error @ NoTime::Twice { .. }) = said_time(text, &zone, None) else {
            panic!("{text} was twice");
        };
        let NoTime::Twice { first, second, .. } = &error else { continue };
        let again = |text: &str| said_time(text, &zone, None).map(|said| said.at.to_string());
        assert_eq!(again(first), Ok(earlier.to_owned()), "{error}");
        assert_eq!(again(second), Ok(later.to_owned()), "{error}");
    }
}

#[test]
fn what_is_no_time_is_refused_with_an_example() {
    for text in ["", "yesterday", "2026-13-01 10:00", "2026-11-22", "25:00", "18.42", "-5m"] {
        let near = "2026-11-22T23:30:00Z".parse().ok();
        let error = said_time(text, &berlin(), near).expect_err(text);
        assert!(error.to_string().contains("give one like"), "{text}: {error}");
    }
}
