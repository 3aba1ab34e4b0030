use super::super::around::testing::{berlin, berlin_near};
use super::*;

fn told_in(text: &str, around: &Around) -> Vec<String> {
    let taken = read(text, around);
    let entries = taken.entries.iter().map(|one| {
        let who = one.who.as_deref().unwrap_or("-");
        format!("{} {} {who}: {}", one.place, one.at, one.text.replace('\n', " / "))
    });
    let bad = taken.bad.iter().map(|bad| format!("{}: {}", bad.place, bad.why));
    entries.chain(bad).collect()
}

fn told(text: &str) -> Vec<String> {
    told_in(text, &berlin())
}

#[test]
fn a_line_may_be_written_in_each_of_the_usual_ways() {
    for line in [
        "14:03 ana: it broke",
        "14:03:00 ana: it broke",
        "[14:03] ana: it broke",
        "[14:03] <ana> it broke",
        "14:03 <ana> it broke",
        "2:03 PM ana: it broke",
        "[2:03 pm] ana: it broke",
        "[2026-03-07 14:03] ana: it broke",
        "[2026-03-07, 14:03:00] ana: it broke",
        "2026-03-07 14:03 ana: it broke",
        "2026-03-07T13:03:00Z ana: it broke",
        "2026-03-07 14:03+01:00 ana: it broke",
        "[2026-03-07T08:03:00-05:00]   ana:   it broke  ",
        "14:03+01:00 ana: it broke",
        "13:03 UTC ana: it broke",
        "15:03 +0200 ana: it broke",
        "2026-03-07 15:03 +0200 ana: it broke",
        "2026-03-07 13:03 UTC ana: it broke",
        "[2026-03-07 13:03 GMT] ana: it broke",
        "14:03 - ana: it broke",
        "\u{200e}[07.03.26, 14:03:00] ana: it broke",
        "07.03.26, 14:03 - ana: it broke",
    ] {
        assert_eq!(told(line), ["line 1 2026-03-07T13:03:00Z ana: it broke"], "{line}");
    }
}

#[test]
fn colons_belong_to_the_text_and_indented_lines_to_the_message_above() {
    let text = "9:03 Ana Lima: see: this\n\n  and that\n\tand this\n09:04 ben:\n  later\n";
    assert_eq!(
        told(text),
        [
            "line 1 2026-03-07T08:03:00Z Ana Lima: see: this / and that / and this",
            "line 5 2026-03-07T08:04:00Z ben: later",
        ]
    );
}

#[test]
fn after_midnight_it_is_the_next_day_and_a_step_back_is_not() {
    let text =
        "23:58 ana: a\n23:57 ben: b\n00:01 ana: c\n00:00 ben: d\n12:30 ana: e\n00:29 ben: f\n";
    assert_eq!(
        told(text),
        [
            "line 1 2026-03-07T22:58:00Z ana: a",
            "line 2 2026-03-07T22:57:00Z ben: b",
            "line 3 2026-03-07T23:01:00Z ana: c",
            "line 4 2026-03-07T23:00:00Z ben: d",
            "line 5 2026-03-08T11:30:00Z ana: e",
            "line 6 2026-03-08T23:29:00Z ben: f",
        ]
    );
}

#[test]
fn a_day_that_is_said_holds_for_the_lines_after_it() {
    let text = "[2026-03-01 23:59] ana: a\n00:01 ana: b\n";
    assert_eq!(
        told(text),
        ["line 1 2026-03-01T22:59:00Z ana: a", "line 2 2026-03-01T23:01:00Z ana: b"]
    );
}

#[test]
fn the_day_of_the_run_is_taken_where_nobody_names_one_and_that_is_said() {
    let near = berlin_near("2026-03-07T23:30:00Z");
    let taken = read("14:03 ana: x\n", &near);
    assert_eq!(taken.entries[0].at.to_string(), "2026-03-08T13:03:00Z", "it is the 8th in Berlin");
    assert_eq!(
        taken.says,
        [
            "Times without a day begin on 2026-03-08, the day of the run; --date says another.",
            "Local times are in Europe/Berlin; --tz says another zone.",
        ]
    );
    let zone = crate::zone::zone("UTC").expect("it is one");
    let nowhere = Around::new(zone, None, None);
    assert_eq!(told_in("14:03 ana: x", &nowhere), ["line 1: it has no day; say one with --date"]);
}

#[test]
fn a_time_that_was_twice_or_never_is_refused_with_both_that_it_could_be() {
    let autumn = "[2026-10-25 01:59] ana: a\n02:30 ana: b\n03:10 ana: c\n";
    assert_eq!(
        told(autumn),
        [
            "line 1 2026-10-24T23:59:00Z ana: a",
            "line 3 2026-10-25T02:10:00Z ana: c",
            "line 2: 2026-10-25 02:30:00 was twice in Europe/Berlin; say which: \
             `2026-10-25T02:30:00+02:00` or `2026-10-25T02:30:00+01:00`",
        ]
    );
    let spring = "[2026-03-28 23:50] ana: a\n02:30 ana: b\n";
    let said = told(spring);
    assert!(
        said[1].starts_with("line 2: there was no 2026-03-29 02:30:00 in Europe/Berlin"),
        "{said:?}"
    );
    let said_exactly = "[2026-10-25T02:30:00+02:00] ana: b\n";
    assert_eq!(told(said_exactly), ["line 1 2026-10-25T00:30:00Z ana: b"], "as the hint says");
}

#[test]
fn each_line_that_is_no_message_is_told_with_its_place() {
    let text = "it broke\n14:03 it broke\n25:00 ana: x\n[soon] ana: x\n[14:03 ana: x\n14:03: x\n\
                13:00 PM ana: x\n14:04 ana: ok\nmore\n";
    let said = told(text);
    assert_eq!(said[0], "line 8 2026-03-07T13:04:00Z ana: ok");
    let begins = "it begins with no time; indent it when it belongs to the message above";
    assert_eq!(said[1], format!("line 1: {begins}"));
    assert_eq!(said[2], "line 2: it names nobody: a message begins like `14:03 ana: `");
    assert!(said[3].starts_with("line 3: `25:00` is no time"), "{said:?}");
    assert_eq!(said[4], format!("line 4: {begins}"));
    assert_eq!(said[5], format!("line 5: {begins}"));
    assert_eq!(said[6], format!("line 6: {begins}"));
    assert_eq!(said[7], format!("line 7: {begins}"));
    assert_eq!(said[8], format!("line 9: {begins}"));
}

#[test]
fn a_zone_that_could_be_several_is_refused_and_never_a_part_of_a_name() {
    let said = told("14:06 PST ana: x\n[14:07 CEST] ana: y\n");
    assert_eq!(
        said,
        [
            "line 1: `PST` is no offset that everybody reads alike; write it like \
             `14:06 -08:00`, or leave it out and say the zone with --tz",
            "line 2: `CEST` is no offset that everybody reads alike; write it like \
             `14:07 -08:00`, or leave it out and say the zone with --tz",
        ]
    );
}

#[test]
fn a_clock_with_an_offset_is_on_the_day_that_is_nearest_to_the_line_before() {
    let text = "[2026-03-08 00:10] ana: a\n23:20 UTC ben: b\n01:00 +01:00 ana: c\n";
    assert_eq!(
        told(text),
        [
            "line 1 2026-03-07T23:10:00Z ana: a",
            "line 2 2026-03-07T23:20:00Z ben: b",
            "line 3 2026-03-08T00:00:00Z ana: c",
        ]
    );
}

#[test]
fn wherever_the_clock_goes_back_the_day_that_was_taken_is_said() {
    let taken = read("14:03 ana: a\n16:00 ben: b\n09:10 ana: c\n", &berlin());
    assert_eq!(taken.entries[2].at.to_string(), "2026-03-07T08:10:00Z");
    assert_eq!(
        taken.says[1],
        "line 3: the clock goes back from 16:00:00 to 09:10:00; it was put on 2026-03-07, the \
         same day. Write the day before the time where it was another."
    );
    let night = read("23:58 ana: a\n00:01 ben: b\n", &berlin());
    assert!(night.says[1].contains("it was put on 2026-03-08, the next day."), "{:?}", night.says);
    let many = "14:00 ana: a\n13:59 ana: b\n".repeat(8);
    let says = read(&many, &berlin()).says;
    assert_eq!(
        says.last().map(String::as_str),
        Some("Lines more at which the clock goes back: 3.")
    );
}
