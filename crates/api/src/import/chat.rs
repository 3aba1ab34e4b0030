//! Lines that were copied from a chat: `14:03 ana: text`, `[14:03] ana: text`,
//! `[2026-03-07 14:03] ana: text`, `2026-03-07T14:03:00Z <ana> text`, `2:03 PM ana: text`,
//! `14:03 UTC ana: text`, `[02.03.26, 14:11:00] Hans: text`. A line that is indented goes on
//! with the message above it. What Slack copies is told by [`copied`]: a line with a name and
//! a time, and the text below it.

mod copied;

use jiff::civil::{Date, DateTime, Time};
use lastgood_core::timeline::{LineKind, NoTime, SaidTime, said_time};

use super::stamp::{Begins, Stamp, begins};
use super::{Around, Entry, Taken};

/// How far the clock may go back before it is taken for the next day. Half a day: whichever
/// day is nearer to the line before.
const BACK: jiff::SignedDuration = jiff::SignedDuration::from_hours(12);

/// The longest name of an author, in characters. What is longer is a sentence with a colon.
const LONGEST_NAME: usize = 60;

/// How many steps back of the clock are told one by one.
const STEPS_BACK: usize = 5;

/// The most words that a time takes: a day, a clock, the half of the day and a zone.
const WORDS: usize = 4;

/// A line, taken apart.
struct Said<'a> {
    stamp: Stamp,
    who: &'a str,
    text: &'a str,
}

/// Whether a line begins as one of a chat does, or as what Slack copies.
pub(super) fn begins_with_a_time(line: &str) -> bool {
    copied::head(line).is_some()
        || !matches!(stamp(bare(line).trim_start()), Err(Unstamped::Otherwise))
}

pub(super) fn read(text: &str, around: &Around) -> Taken {
    let mut reading = Reading {
        around,
        taken: Taken::default(),
        open: None,
        local: None,
        bare: false,
        zoned: false,
        back: Vec::new(),
    };
    let first = text.lines().find(|line| !line.trim().is_empty());
    if first.is_some_and(|line| copied::head(line).is_some()) {
        reading.copied(text);
    } else {
        for (number, line) in (1..).zip(text.lines()) {
            reading.line(number, bare(line));
        }
    }
    reading.finish()
}

/// A line without the marks of direction that phones put before it.
fn bare(line: &str) -> &str {
    line.trim_start_matches(['\u{200e}', '\u{200f}', '\u{feff}'])
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
    /// Where the clock went back, and which day was taken, as sentences.
    back: Vec<String>,
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
        if line.starts_with([' ', '\t']) && self.open.is_some() {
            self.go_on(line);
            return;
        }
        match taken_apart(line.trim()) {
            Ok(Said { stamp, who, text }) => self.said(number, &stamp, who, text),
            Err(why) => self.unread(number, why),
        }
    }

    fn unread(&mut self, number: usize, why: String) {
        self.open = Some(Open::Bad);
        self.taken.bad(format!("line {number}"), why);
    }

    /// A message of `who`, or why its time is none.
    fn said(&mut self, number: usize, stamp: &Stamp, who: &str, text: &str) {
        let place = format!("line {number}");
        let read = self.time(stamp, &place).map(|time| Entry {
            place: place.clone(),
            at: time.at,
            zone: Some(time.zone),
            kind: LineKind::Note,
            who: Some(who.to_owned()),
            text: text.to_owned(),
            id: None,
        });
        self.open = Some(if read.is_ok() { Open::Entry } else { Open::Bad });
        self.taken.take(&place, read);
    }

    fn go_on(&mut self, line: &str) {
        if let (Some(Open::Entry), Some(entry)) = (self.open, self.taken.entries.last_mut()) {
            if !entry.text.is_empty() {
                entry.text.push('\n');
            }
            entry.text.push_str(line.trim());
        }
    }

    fn time(&mut self, stamp: &Stamp, place: &str) -> Result<SaidTime, String> {
        let unreadable = || NoTime::Unreadable { text: stamp.clock.clone() }.to_string();
        let clock: Time = stamp.clock.parse().map_err(|_| unreadable())?;
        let local = match stamp.day {
            Some(day) => day.to_datetime(clock),
            None => self.on_its_day(clock, stamp.offset.as_deref(), place)?,
        };
        let zone = self.around.zone();
        let text = local.strftime("%Y-%m-%d %H:%M:%S%.f").to_string();
        let text = text + stamp.offset.as_deref().unwrap_or_default();
        let said = said_time(&text, zone, None).map_err(|error| error.to_string());
        match &said {
            Ok(said) => {
                self.zoned |= stamp.offset.is_none();
                self.local = Some(said.at.to_zoned(zone.clone()).datetime());
            }
            // Also a time that the clocks skipped says where the day stands.
            Err(_) => self.local = Some(local),
        }
        said
    }

    /// A time of day on the day of the line before, or on the next one when the clock went
    /// back by more than half a day. A clock with an offset is on the day that brings it
    /// nearest to the line before.
    fn on_its_day(
        &mut self,
        time: Time,
        offset: Option<&str>,
        place: &str,
    ) -> Result<DateTime, String> {
        self.bare = true;
        let Some(last) = self.local else {
            let day = self.around.day().ok_or("it has no day; say one with --date")?;
            return Ok(day.to_datetime(time));
        };
        let told = |day: Date| self.local_of(day.to_datetime(time), offset);
        let day = last.date();
        let tomorrow = day.tomorrow().map_err(|error| error.to_string())?;
        let near = |day: Date| {
            let ahead = told(day).duration_since(last);
            ahead >= -BACK && ahead < BACK
        };
        let days = [day.yesterday().unwrap_or(day), day, tomorrow];
        let taken = match offset {
            // Without one a clock never leads back to the day before.
            None if last.duration_since(day.to_datetime(time)) <= BACK => day,
            None => tomorrow,
            Some(_) => days.into_iter().find(|day| near(*day)).unwrap_or(day),
        };
        let now = told(taken);
        if now < last || (offset.is_none() && taken != day) {
            let clock = |at: DateTime| at.strftime("%H:%M:%S").to_string();
            let which = if taken == day { "the same day" } else { "the next day" };
            self.back.push(format!(
                "{place}: the clock goes back from {} to {}; it was put on {}, {which}. Write \
                 the day before the time where it was another.",
                clock(last),
                clock(now),
                now.date()
            ));
        }
        Ok(taken.to_datetime(time))
    }

    /// What the clocks of the zone show at a time that was given with an offset.
    fn local_of(&self, time: DateTime, offset: Option<&str>) -> DateTime {
        let Some(offset) = offset else { return time };
        let at = format!("{}{offset}", time.strftime("%Y-%m-%dT%H:%M:%S%.f"));
        let at: Option<jiff::Timestamp> = at.parse().ok();
        at.map_or(time, |at| at.to_zoned(self.around.zone().clone()).datetime())
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
        let more = self.back.len().saturating_sub(STEPS_BACK);
        self.taken.says.extend(self.back.into_iter().take(STEPS_BACK));
        if more > 0 {
            self.taken.says.push(format!("Lines more at which the clock goes back: {more}."));
        }
        self.taken
    }
}

fn taken_apart(line: &str) -> Result<Said<'_>, String> {
    let (stamp, rest) = stamp(line).map_err(Unstamped::told)?;
    // Phones put a dash between the time and the name.
    let rest = rest.trim_start();
    let rest =
        rest.strip_prefix(['-', '–', '—', '|']).filter(|it| it.starts_with(' ')).unwrap_or(rest);
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

/// Why a line begins with no time that can be read.
enum Unstamped {
    Otherwise,
    Refused(String),
}

impl Unstamped {
    fn told(self) -> String {
        match self {
            Self::Otherwise => {
                "it begins with no time; indent it when it belongs to the message above".to_owned()
            }
            Self::Refused(why) => why,
        }
    }
}

/// The time that a line begins with, and the rest of it.
fn stamp(line: &str) -> Result<(Stamp, &str), Unstamped> {
    if let Some(rest) = line.strip_prefix('[') {
        let (inside, rest) = rest.split_once(']').ok_or(Unstamped::Otherwise)?;
        let apart = |c: char| c.is_whitespace() || c == ',';
        let words: Vec<&str> = inside.split(apart).filter(|word| !word.is_empty()).collect();
        return match begins(&words) {
            Begins::With(stamp, used) if used == words.len() => Ok((stamp, rest)),
            Begins::With(..) | Begins::Otherwise => Err(Unstamped::Otherwise),
            Begins::Refused(why) => Err(Unstamped::Refused(why)),
        };
    }
    let words: Vec<&str> = line.split_whitespace().take(WORDS).collect();
    let (stamp, used) = match begins(&words) {
        Begins::With(stamp, used) => (stamp, used),
        Begins::Otherwise => return Err(Unstamped::Otherwise),
        Begins::Refused(why) => return Err(Unstamped::Refused(why)),
    };
    let mut rest = line;
    for word in words.iter().take(used) {
        rest = rest.trim_start().strip_prefix(word).unwrap_or(rest);
    }
    Ok((stamp, rest))
}

#[cfg(test)]
mod tests;
