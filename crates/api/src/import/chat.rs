//! Lines that were copied from a chat: `14:03 ana: text`, `[14:03] ana: text`,
//! `[2026-03-07 14:03] ana: text`, `2026-03-07T14:03:00Z <ana> text`, `2:03 PM ana: text`.
//! A line that is indented goes on with the message above it.

use jiff::civil::{DateTime, Time};
use lastgood_core::timeline::{LineKind, SaidTime, said_time};

use super::{Around, Entry, Taken};

/// How far the clock may go back before it is taken for the next day. Half a day: whichever
/// day is nearer to the line before.
const BACK: jiff::SignedDuration = jiff::SignedDuration::from_hours(12);

/// The longest name of an author, in characters. What is longer is a sentence with a colon.
const LONGEST_NAME: usize = 60;

/// A line, taken apart.
struct Said<'a> {
    stamp: String,
    who: &'a str,
    text: &'a str,
}

/// Whether a line begins as one of a chat does.
pub(super) fn begins_with_a_time(line: &str) -> bool {
    stamp(line.trim_start()).is_ok()
}

pub(super) fn read(text: &str, around: &Around) -> Taken {
    let mut reading = Reading {
        around,
        taken: Taken::default(),
        open: None,
        local: None,
        bare: false,
        zoned: false,
    };
    for (number, line) in (1..).zip(text.lines()) {
        reading.line(number, line);
    }
    reading.finish()
}

/// What is known while lines are read in order.
struct Reading<'a> {
    around: &'a Around,
    taken: Taken,
    /// Whether an indented line belongs to the last entry, to a bad one, or to nothing.
    open: Option<Open>,
    /// The local time of the line before.
    local: Option<DateTime>,
    /// Whether a time had no day.
    bare: bool,
    /// Whether a time was local.
    zoned: bool,
}

#[derive(Clone, Copy)]
enum Open {
    Entry,
    Bad,
}

impl Reading<'_> {
    fn line(&mut self, number: usize, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        let place = format!("line {number}");
        if line.starts_with([' ', '\t']) && self.open.is_some() {
            self.go_on(line);
            return;
        }
        let read = taken_apart(line.trim()).and_then(|said| {
            let time = self.time(&said.stamp)?;
            Ok(Entry {
                place: place.clone(),
                at: time.at,
                zone: Some(time.zone),
                kind: LineKind::Note,
                who: Some(said.who.to_owned()),
                text: said.text.to_owned(),
                id: None,
            })
        });
        self.open = Some(if read.is_ok() { Open::Entry } else { Open::Bad });
        self.taken.take(&place, read);
    }

    fn go_on(&mut self, line: &str) {
        if let (Some(Open::Entry), Some(entry)) = (self.open, self.taken.entries.last_mut()) {
            entry.text.push('\n');
            entry.text.push_str(line.trim());
        }
    }

    fn time(&mut self, stamp: &str) -> Result<SaidTime, String> {
        let bare = stamp.parse::<Time>().ok().filter(|_| !stamp.contains('-'));
        let text = match bare {
            Some(time) => self.on_its_day(time)?.strftime("%Y-%m-%d %H:%M:%S%.f").to_string(),
            None => stamp.to_owned(),
        };
        let zone = self.around.zone();
        // Also a time that the clocks skipped says where the day stands.
        let local = text.parse::<DateTime>().ok();
        let said = said_time(&text, zone, None).map_err(|error| error.to_string());
        match &said {
            Ok(said) => {
                self.zoned |= said.zone == self.around.zone_name();
                self.local = Some(said.at.to_zoned(zone.clone()).datetime());
            }
            Err(_) => self.local = local.or(self.local),
        }
        said
    }

    /// A time of day on the day of the line before, or on the next one when the clock went
    /// back by more than half a day.
    fn on_its_day(&mut self, time: Time) -> Result<DateTime, String> {
        self.bare = true;
        let Some(last) = self.local else {
            let day = self.around.day().ok_or("it has no day; say one with --date")?;
            return Ok(day.to_datetime(time));
        };
        let today = last.date().to_datetime(time);
        if last.duration_since(today) <= BACK {
            return Ok(today);
        }
        let tomorrow = last.date().tomorrow().map_err(|error| error.to_string())?;
        Ok(tomorrow.to_datetime(time))
    }

    fn finish(mut self) -> Taken {
        if self.bare
            && !self.around.is_dated()
            && let Some(day) = self.around.day()
        {
            self.taken.says.push(format!(
                "Times without a day begin on {day}, the day of the run; --date says another."
            ));
        }
        if self.zoned {
            let zone = self.around.zone_name();
            self.taken.says.push(format!("Local times are in {zone}; --tz says another zone."));
        }
        self.taken
    }
}

fn taken_apart(line: &str) -> Result<Said<'_>, String> {
    let (stamp, rest) = stamp(line)?;
    let rest = rest.trim_start();
    let (who, text) = match rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        Some(found) => found,
        None => rest
            .split_once(": ")
            .or_else(|| rest.strip_suffix(':').map(|who| (who, "")))
            .ok_or("it names nobody: a message begins like `14:03 ana: `")?,
    };
    let who = who.trim();
    if who.is_empty() || who.chars().count() > LONGEST_NAME {
        return Err("it names nobody: a message begins like `14:03 ana: `".to_owned());
    }
    Ok(Said { stamp, who, text: text.trim() })
}

/// The time that a line begins with, and the rest of it.
fn stamp(line: &str) -> Result<(String, &str), String> {
    let none =
        || "it begins with no time; indent it when it belongs to the message above".to_owned();
    if let Some(rest) = line.strip_prefix('[') {
        let (inside, rest) = rest.split_once(']').ok_or_else(none)?;
        let words: Vec<&str> = inside.split([' ', ',']).filter(|word| !word.is_empty()).collect();
        let used = of_words(&words).filter(|(_, used)| *used == words.len());
        let (stamp, _) = used.ok_or_else(none)?;
        return Ok((stamp, rest));
    }
    let words: Vec<&str> = line.split_whitespace().take(3).collect();
    let (stamp, used) = of_words(&words).ok_or_else(none)?;
    let mut rest = line;
    for word in words.iter().take(used) {
        rest = rest.trim_start().strip_prefix(word).unwrap_or(rest);
    }
    Ok((stamp, rest))
}

/// The time that the first words are, and how many they are.
fn of_words(words: &[&str]) -> Option<(String, usize)> {
    let first = words.first()?;
    if is_day(first) {
        if first.contains('T') {
            return Some(((*first).to_owned(), 1));
        }
        let (clock, used) = clock(words.get(1..)?)?;
        return Some((format!("{first} {clock}"), used + 1));
    }
    clock(words)
}

/// `14:03`, `9:03:22`, `2:03 PM`, `14:03+01:00`.
fn clock(words: &[&str]) -> Option<(String, usize)> {
    let first = words.first()?;
    let digits = first.bytes().take_while(u8::is_ascii_digit).count();
    let fits = |c: char| c.is_ascii_digit() || ":.+-Z".contains(c);
    if !(1..=2).contains(&digits) || first.as_bytes().get(digits) != Some(&b':') {
        return None;
    }
    if !first.chars().all(fits) || first.ends_with(':') {
        return None;
    }
    let padded = if digits == 1 { format!("0{first}") } else { (*first).to_owned() };
    match words.get(1).map(|word| word.to_ascii_uppercase()).as_deref() {
        Some(half @ ("AM" | "PM")) => Some((in_24_hours(&padded, half)?, 2)),
        Some(_) | None => Some((padded, 1)),
    }
}

fn in_24_hours(clock: &str, half: &str) -> Option<String> {
    let (hour, rest) = clock.split_at_checked(2)?;
    let hour: u8 = hour.parse().ok().filter(|hour| (1..=12).contains(hour))?;
    let hour = hour % 12 + if half == "PM" { 12 } else { 0 };
    Some(format!("{hour:02}{rest}"))
}

fn is_day(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() >= 10
        && bytes.get(4) == Some(&b'-')
        && bytes.get(7) == Some(&b'-')
        && bytes.iter().take(4).all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests;
