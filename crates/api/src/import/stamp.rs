//! The time that a line of a chat begins or ends with, in each of the usual ways. A zone that
//! stands beside it is read or refused, and never taken for a part of a name.

use jiff::civil::Date;

/// A time as it stands in a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// The day, when one stands before it.
    pub(super) day: Option<Date>,
    /// `14:03`, `14:03:07.5`: two digits for the hour, of 24.
    pub(super) clock: String,
    /// `Z` or `+02:00`, when one stands behind it.
    pub(super) offset: Option<String>,
}

/// How words begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Begins {
    /// With no time.
    Otherwise,
    /// With a time, which takes so many words.
    With(Stamp, usize),
    /// With a time that could be two, or that nobody can place; why, and what to do.
    Refused(String),
}

/// The time that `words` begin with.
pub(super) fn begins(words: &[&str]) -> Begins {
    let Some(first) = words.first() else { return Begins::Otherwise };
    let (day, clock_word, used) = match day(first) {
        None => (None, *first, 0),
        Some(Err(why)) => return Begins::Refused(why),
        Some(Ok((day, ""))) => match words.get(1) {
            Some(second) => (Some(day), *second, 1),
            None => return Begins::Otherwise,
        },
        Some(Ok((day, rest))) => (Some(day), rest, 0),
    };
    let Some((clock, mut offset, half)) = clock(clock_word) else { return Begins::Otherwise };
    let mut used = used + 1;
    let next = |used: usize| words.get(used).copied().unwrap_or_default();
    let half = half.or_else(|| half_day(next(used)).inspect(|_| used += 1));
    let clock = match half {
        None => clock,
        Some(half) => match in_24_hours(&clock, half) {
            Some(clock) => clock,
            None => return Begins::Otherwise,
        },
    };
    if offset.is_none() {
        match zone(next(used)) {
            Zone::None => {}
            Zone::Offset(found) => {
                offset = Some(found);
                used += 1;
            }
            Zone::Unclear => return Begins::Refused(unclear(&clock, next(used))),
        }
    }
    Begins::With(Stamp { day, clock, offset }, used)
}

fn unclear(clock: &str, zone: &str) -> String {
    format!(
        "`{zone}` is no offset that everybody reads alike; write it like `{clock} -08:00`, or \
         leave it out and say the zone with --tz"
    )
}

/// A day and what follows it in the same word; `None` for any other word.
fn day(word: &str) -> Option<Result<(Date, &str), String>> {
    let word = word.trim_end_matches(',');
    let bytes = word.as_bytes();
    let iso = bytes.len() >= 10
        && bytes.get(4) == Some(&b'-')
        && bytes.get(7) == Some(&b'-')
        && bytes.iter().take(4).all(u8::is_ascii_digit);
    if iso {
        let (day, rest) = word.split_at_checked(10)?;
        let parsed = day.parse().map_err(|_| format!("`{day}` is no day"));
        let rest = rest.strip_prefix(['T', 't']).unwrap_or(rest);
        return Some(parsed.map(|day| (day, rest)));
    }
    let separator = ['.', '/'].into_iter().find(|one| word.matches(*one).count() == 2)?;
    let parts: Vec<i16> =
        word.split(separator).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [first, second, year] = parts[..] else { return None };
    let year = if year < 100 { year + 2000 } else { year };
    let (day, month) = match separator {
        '.' => (first, second),
        _ if first > 12 || first == second => (first, second),
        _ if second > 12 => (second, first),
        _ => {
            return Some(Err(format!(
                "`{word}` could be two days; write it like {year}-{second:02}-{first:02} or \
                 {year}-{first:02}-{second:02}"
            )));
        }
    };
    let small = |number: i16| i8::try_from(number).unwrap_or(-1);
    let made = Date::new(year, small(month), small(day));
    Some(made.map(|day| (day, "")).map_err(|_| format!("`{word}` is no day")))
}

/// A clock, and the offset and the half of the day that stand in the same word.
fn clock(word: &str) -> Option<(String, Option<String>, Option<Half>)> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=2).contains(&digits) || word.as_bytes().get(digits) != Some(&b':') {
        return None;
    }
    let end = word.find(|c: char| !(c.is_ascii_digit() || ":.".contains(c))).unwrap_or(word.len());
    let (time, rest) = word.split_at_checked(end)?;
    if time.ends_with([':', '.']) {
        return None;
    }
    let time = if digits == 1 { format!("0{time}") } else { time.to_owned() };
    if rest.is_empty() {
        return Some((time, None, None));
    }
    if let Some(half) = half_day(rest) {
        return Some((time, None, Some(half)));
    }
    match zone(rest) {
        Zone::Offset(offset) => Some((time, Some(offset), None)),
        Zone::None | Zone::Unclear => None,
    }
}

#[derive(Clone, Copy)]
enum Half {
    First,
    Second,
}

fn half_day(word: &str) -> Option<Half> {
    match &*word.to_ascii_uppercase() {
        "AM" | "A.M." => Some(Half::First),
        "PM" | "P.M." => Some(Half::Second),
        _ => None,
    }
}

fn in_24_hours(clock: &str, half: Half) -> Option<String> {
    let (hour, rest) = clock.split_at_checked(2)?;
    let hour: u8 = hour.parse().ok().filter(|hour| (1..=12).contains(hour))?;
    let hour = match half {
        Half::First => hour % 12,
        Half::Second => hour % 12 + 12,
    };
    Some(format!("{hour:02}{rest}"))
}

enum Zone {
    /// Nothing about a zone.
    None,
    /// `Z` or `+02:00`.
    Offset(String),
    /// A zone, and which offset it means is not certain.
    Unclear,
}

/// The zone that a word names. Three letters of a zone mean different offsets in different
/// countries, and in summer; only those that mean one everywhere are read.
fn zone(word: &str) -> Zone {
    let word = word.trim_start_matches('(').trim_end_matches(')');
    if ["UTC", "GMT", "Z"].iter().any(|name| word.eq_ignore_ascii_case(name)) {
        return Zone::Offset("Z".to_owned());
    }
    let named = ["UTC", "GMT"].iter().find_map(|name| word.strip_prefix(name));
    let signed = named.unwrap_or(word).replace('\u{2212}', "-");
    let Some(digits) = signed.strip_prefix(['+', '-']) else {
        return if abbreviates(word) { Zone::Unclear } else { Zone::None };
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return Zone::None;
    }
    let sign = if signed.starts_with('-') { '-' } else { '+' };
    let parts = match (digits.split_once(':'), digits.len()) {
        (Some(parts), _) => Some(parts),
        (None, 4) => digits.split_at_checked(2),
        (None, 2) => Some((digits, "00")),
        // `UTC+2` is an offset; `+2` alone may be anything.
        (None, 1) if named.is_some() => Some((digits, "00")),
        (None, _) => None,
    };
    let number = |text: &str, most: u8| {
        let all = text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= 2;
        text.parse::<u8>().ok().filter(|number| all && *number <= most)
    };
    match parts.and_then(|(hours, minutes)| Some((number(hours, 14)?, number(minutes, 59)?))) {
        Some((hours, minutes)) => Zone::Offset(format!("{sign}{hours:02}:{minutes:02}")),
        None => Zone::Unclear,
    }
}

/// Whether it looks like the letters of a zone, such as `PST` and `AEDT`.
fn abbreviates(word: &str) -> bool {
    let upper = (3..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase());
    upper && (word.ends_with('T') || ["MSK", "MSD", "SAMT"].contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        match begins(&words) {
            Begins::Otherwise => "-".to_owned(),
            Begins::With(stamp, used) => {
                let day = stamp.day.map(|day| format!("{day} ")).unwrap_or_default();
                let offset = stamp.offset.unwrap_or_default();
                format!("{day}{}{offset} {used}", stamp.clock)
            }
            Begins::Refused(why) => why,
        }
    }

    #[test]
    fn each_way_of_writing_a_time_is_read_with_its_zone() {
        for (line, expected) in [
            ("14:06 ana: x", "14:06 1"),
            ("9:06 ana: x", "09:06 1"),
            ("2:06 PM ana: x", "14:06 2"),
            ("2:06pm ana: x", "14:06 1"),
            ("12:06 a.m. ana: x", "00:06 2"),
            ("14:06 +0200 ana: x", "14:06+02:00 2"),
            ("14:06 +02:00 ana: x", "14:06+02:00 2"),
            ("14:06 -05 ana: x", "14:06-05:00 2"),
            ("14:06 \u{2212}0330 ana: x", "14:06-03:30 2"),
            ("14:06+02:00 ana: x", "14:06+02:00 1"),
            ("14:06Z ana: x", "14:06Z 1"),
            ("14:06 UTC ana: x", "14:06Z 2"),
            ("14:06 (GMT) ana: x", "14:06Z 2"),
            ("14:06 UTC+2 ana: x", "14:06+02:00 2"),
            ("2:06 PM Z ana: x", "14:06Z 3"),
            ("2026-03-02 14:06 +0200 ana: x", "2026-03-02 14:06+02:00 3"),
            ("2026-03-02T14:06:00 UTC ana: x", "2026-03-02 14:06:00Z 2"),
            ("02.03.26, 14:11 - Hans: x", "2026-03-02 14:11 2"),
            ("13/3/2026, 2:11 PM - Hans: x", "2026-03-13 14:11 3"),
            ("3/13/26 14:11 Hans: x", "2026-03-13 14:11 2"),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
    }

    #[test]
    fn what_could_be_two_times_is_refused_with_what_to_do() {
        for zone in ["PST", "CEST", "IST", "MSK", "+2", "+9900", "GMT+25"] {
            let said = read(&format!("14:06 {zone} ana: x"));
            assert!(said.starts_with(&format!("`{zone}` is no offset that")), "{said}");
            assert!(said.contains("write it like `14:06 -08:00`"), "{said}");
        }
        let said = read("3/2/26 14:11 Hans: x");
        assert_eq!(said, "`3/2/26` could be two days; write it like 2026-02-03 or 2026-03-02");
        assert_eq!(read("32.03.26 14:11 Hans: x"), "`32.03.26` is no day");
    }

    #[test]
    fn a_name_is_no_zone_and_a_number_no_time() {
        for (line, expected) in [
            ("14:06 - eve: x", "14:06 1"),
            ("14:06 UTC: x", "14:06 1"),
            ("14:06 PST: x", "14:06 1"),
            ("14:06 Matt Lee: x", "14:06 1"),
            ("14:06 <PST> x", "14:06 1"),
            ("13:00 PM ana: x", "-"),
            ("14:06: x", "-"),
            ("1.2.3 is out", "-"),
            ("it broke", "-"),
            ("", "-"),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
    }
}
