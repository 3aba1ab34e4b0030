//! What other systems wrote, added to the timeline of a run.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use lastgood_core::problem::{Code, Problem};
use lastgood_core::secret::redact_text;
use lastgood_core::timeline::annotate::Wish;
use lastgood_core::timeline::layer::AddedLine;
use lastgood_core::timeline::{Origin, record};

use super::run::Told;
use crate::App;
use crate::import::{Around, Bad, Entry, Form, Known, Taken, entries, guess};
use crate::wire::{ImportBad, ImportEntriesRequest, ImportEntriesView, ImportEntry};
use crate::zone::zone_or_local;

/// The longest file that is taken: a day of a busy channel has some megabytes. Half of it
/// would refuse a week of one; twice as much is no record of one incident.
const LARGEST: usize = 64 * 1024 * 1024;

/// How many mistakes are told at once: a screen of them. All of them are in a dry run.
const MISTAKES: usize = 20;

/// How far from the run something may be before it is doubted: a day. A wrong zone is off
/// by half of one at the most, a wrong date by one at the least.
const FAR: SignedDuration = SignedDuration::from_hours(24);

impl App {
    /// Adds what another system wrote to the timeline of a run. All of it or nothing,
    /// unless somebody says that what cannot be read is to be left out.
    pub async fn import_entries(
        &self,
        request: ImportEntriesRequest,
    ) -> Result<ImportEntriesView, Problem> {
        let told = self.told(&request.run).await?;
        let (form, taken) = read(&request, &told)?;
        let stops = !taken.bad.is_empty() && !request.skip_bad;
        if stops && !request.dry_run {
            return Err(mistakes(&request, form, &taken));
        }
        let known = if request.dry_run {
            let said = self.said(&request.run).await?;
            let before = record(told.run.plan(), &told.entries, &said.annotations);
            let looked_up = Known::of(&before.lines).look_up(&taken.entries);
            looked_up.into_iter().map(|(_, known)| known).collect()
        } else {
            self.add(&told, form, &taken.entries).await?
        };
        Ok(view(request, form, taken, &known, &told))
    }

    /// Adds what the record has not, and says of each entry whether it had it.
    async fn add(&self, told: &Told, form: Form, all: &[Entry]) -> Result<Vec<bool>, Problem> {
        let now = self.now_in(told);
        let mut known = Vec::new();
        self.wish_for(told, now, |before| {
            let looked_up = Known::of(&before.lines).look_up(all);
            known = looked_up.iter().map(|(_, known)| *known).collect();
            let new = all.iter().zip(looked_up).filter(|(_, (_, known))| !known);
            new.map(|(entry, (id, _))| Wish::Add(line(form, entry, id))).collect()
        })
        .await?;
        Ok(known)
    }
}

fn line(form: Form, entry: &Entry, id: String) -> AddedLine {
    AddedLine {
        at: entry.at,
        zone: entry.zone.clone(),
        kind: entry.kind,
        text: entry.text.clone(),
        actor: entry.who.clone(),
        origin: Some(Origin { system: form.as_str().to_owned(), id }),
    }
}

fn read(request: &ImportEntriesRequest, told: &Told) -> Result<(Form, Taken), Problem> {
    let ImportEntriesRequest { name, text, .. } = request;
    let wrong = |why: String| {
        let name = redact_text(name);
        // A message of a reader can repeat what it read.
        Problem::new(Code::InputInvalid, redact_text(&why))
            .within(format!("nothing was imported from `{name}`"))
    };
    if text.len() > LARGEST {
        let why = format!("it has {} bytes, and {LARGEST} are the most", text.len());
        return Err(wrong(why).hint("Cut out the hours of the incident."));
    }
    let zone = zone_or_local(request.zone.as_deref())?;
    let day = request.date.as_deref().map(day).transpose()?;
    let near = told.entries.first().map(|entry| entry.at);
    let form = match request.from {
        Some(form) => form,
        None => guess(text).map_err(|unguessed| wrong(unguessed.why).hint(unguessed.hint))?,
    };
    let taken = entries(form, text, &Around::new(zone, day, near)).map_err(|why| {
        let read_as = format!("It was read as {}; --from says another form.", form.as_str());
        wrong(why).hint(read_as)
    })?;
    Ok((form, taken))
}

fn day(text: &str) -> Result<jiff::civil::Date, Problem> {
    text.trim().parse().map_err(|_| {
        Problem::new(Code::InputInvalid, format!("`{text}` is no day"))
            .hint("Give it like 2026-03-07.")
    })
}

fn mistakes(request: &ImportEntriesRequest, form: Form, taken: &Taken) -> Problem {
    let (bad, all) = (taken.bad.len(), taken.bad.len() + taken.entries.len());
    let sentence = format!(
        "nothing was imported: {bad} of {all} entries of `{}`, read as {}, cannot be read",
        redact_text(&request.name),
        form.as_str()
    );
    let mut problem = Problem::new(Code::InputInvalid, sentence);
    let told = |bad: &Bad| redact_text(&format!("{}: {}", bad.place, bad.why));
    problem.chain.extend(taken.bad.iter().take(MISTAKES).map(told));
    if bad > MISTAKES {
        problem.chain.push(format!("{} more; --dry-run tells all", bad - MISTAKES));
    }
    problem.hint("Correct them, or import the others with --skip-bad.")
}

fn view(
    request: ImportEntriesRequest,
    form: Form,
    taken: Taken,
    known: &[bool],
    told: &Told,
) -> ImportEntriesView {
    let mut says = taken.says;
    says.extend(far(&taken.entries, told));
    let had = known.iter().filter(|known| **known).count();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    ImportEntriesView {
        run: request.run,
        from: form,
        guessed: request.from.is_none(),
        new: count(known.len() - had),
        known: count(had),
        entries: taken
            .entries
            .into_iter()
            .zip(known)
            .map(|(entry, known)| ImportEntry {
                place: entry.place,
                at: entry.at.into(),
                kind: entry.kind,
                who: entry.who,
                text: entry.text,
                known: *known,
            })
            .collect(),
        bad: taken
            .bad
            .into_iter()
            .map(|bad| ImportBad { place: bad.place, why: redact_text(&bad.why) })
            .collect(),
        says,
        dry_run: request.dry_run,
    }
}

/// A sentence about entries that are so far from the run that a day or a zone may be wrong.
fn far(entries: &[Entry], told: &Told) -> Option<String> {
    let first = told.entries.first()?.at;
    let last = told.entries.last()?.at;
    let is_far = |at: Timestamp| first.duration_since(at) > FAR || at.duration_since(last) > FAR;
    let number = entries.iter().filter(|entry| is_far(entry.at)).count();
    if number == 0 {
        return None;
    }
    let began = first.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string();
    Some(format!(
        "{number} of {} are more than a day away from the run, which began {began}. Are the day \
         and the zone right?",
        entries.len()
    ))
}
