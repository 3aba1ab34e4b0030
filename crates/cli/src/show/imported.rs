//! What was imported.

use lastgood_api::wire::{ImportEntriesView, ImportEntry, ImportedRow, ImportedView};

use crate::look::{Look, Text};
use crate::page::Page;
use crate::times::{clock, stamp};

/// The record, and what a person should know before relying on it.
pub(crate) fn imported(look: &Look, view: &ImportedView) -> String {
    let mut page = Page::new(look);
    row(&mut page, look, &view.record);
    for says in &view.says {
        page.hang(0, look.attention("◆ "), says);
    }
    let run = &view.record.run;
    page.line(match (view.new, view.dry_run) {
        (true, true) => look.quiet("Nothing was imported. Without --dry-run it would be."),
        (true, false) => look.quiet(format!("Imported. `lastgood timeline {run}` reads it.")),
        (false, _) => look.quiet("It was imported before; nothing was changed."),
    });
    page.finish()
}

/// One block for each imported record, the last one first.
pub(crate) fn imported_records(look: &Look, rows: &[ImportedRow]) -> String {
    let mut page = Page::new(look);
    if rows.is_empty() {
        page.line("No record was imported. `lastgood import FILE` takes a JSON export.");
    }
    for one in rows {
        row(&mut page, look, one);
    }
    page.finish()
}

/// What was added to a timeline, and what could not be read.
pub(crate) fn imported_entries(look: &Look, view: &ImportEntriesView) -> String {
    let mut page = Page::new(look);
    let form = view.from.as_str();
    page.line(if view.guessed {
        format!("Read as {form}, by its contents; --from says another form.")
    } else {
        format!("Read as {form}.")
    });
    if let Some(first) = view.entries.first() {
        page.line(look.strong("Entries") + look.quiet(format!(", from {}", stamp(look, first.at))));
    }
    for one in &view.entries {
        entry(&mut page, look, one);
    }
    for bad in &view.bad {
        page.hang(0, look.bad("✖ ") + Text::from(&bad.place) + "  ", &bad.why);
    }
    for says in &view.says {
        page.hang(0, look.attention("◆ "), says);
    }
    page.line(look.quiet(summary(view)));
    page.finish()
}

fn entry(page: &mut Page<'_>, look: &Look, one: &ImportEntry) {
    let mark = if one.known { look.quiet("=") } else { look.good("+") };
    let kind = super::timeline::kind(one.kind);
    let front = mark + " " + look.quiet(clock(look, one.at)) + " " + Text::from(kind) + " ";
    let who = one.who.as_ref().map(|who| look.quiet(format!("  {who}"))).unwrap_or_default();
    page.hang(0, front, Text::from(&one.text) + who);
}

fn summary(view: &ImportEntriesView) -> String {
    let mut counts = vec![format!("{} new", view.new)];
    if view.known > 0 {
        counts.push(format!("{} in the record already", view.known));
    }
    if !view.bad.is_empty() {
        counts.push(format!("{} that cannot be read", view.bad.len()));
    }
    let counts = counts.join(", ");
    let run = &view.run;
    if !view.dry_run {
        return format!("{counts}. `lastgood timeline {run}` shows them.");
    }
    if view.bad.is_empty() {
        return format!("{counts}. Nothing was added; without --dry-run it is.");
    }
    format!(
        "{counts}. Nothing was added. Correct what cannot be read, or leave it out with --skip-bad."
    )
}

pub(super) fn row(page: &mut Page<'_>, look: &Look, row: &ImportedRow) {
    let drill = row.drill.as_ref().map(|_| look.attention("  DRILL")).unwrap_or_default();
    page.hang(0, "", look.strong(row.run.as_str()) + "  " + look.quiet("imported") + drill);
    page.at(2, format!("{} ({}): {}", row.title, row.place, row.change));
    page.at(2, Text::from(&row.sentence));
    if let Some(at) = row.started_at {
        page.at(2, look.quiet(format!("started {}, {} lines", stamp(look, at), row.lines)));
    }
    let when = stamp(look, row.imported_at);
    page.at(2, look.quiet(format!("imported by {} from {}, {when}", row.by, row.name)));
    page.at(2, look.quiet(format!("SHA-256 {}", row.hash)));
}

#[cfg(test)]
mod tests {
    use lastgood_api::ImportForm;
    use lastgood_api::wire::ImportBad;
    use lastgood_core::timeline::LineKind;

    use super::*;
    use crate::testing::{at, place};

    fn entries(dry_run: bool, bad: Vec<ImportBad>) -> ImportEntriesView {
        let entry = |text: &str, seconds, known| ImportEntry {
            place: "line 1".to_owned(),
            at: at(seconds),
            kind: LineKind::Note,
            who: Some("ana".to_owned()),
            text: text.to_owned(),
            known,
        };
        ImportEntriesView {
            run: "r-1".into(),
            from: ImportForm::Chat,
            guessed: true,
            entries: vec![entry("it broke", 0, false), entry("ok", 60, true)],
            new: 1,
            known: 1,
            bad,
            says: vec!["Local times are in Europe/Berlin; --tz says another zone.".to_owned()],
            dry_run,
        }
    }

    #[test]
    fn what_was_read_is_told_with_what_was_known_and_what_was_guessed() {
        assert_eq!(
            imported_entries(&Look::plain(), &entries(false, Vec::new())),
            "Read as chat, by its contents; --from says another form.\n\
             Entries, from 2026-11-22 18:32:04 UTC\n\
             + 18:32:04 ■ it broke  ana\n\
             = 18:33:04 ■ ok  ana\n\
             ◆ Local times are in Europe/Berlin; --tz says another zone.\n\
             1 new, 1 in the record already. `lastgood timeline r-1` shows them.\n"
        );
    }

    #[test]
    fn a_rehearsal_says_that_nothing_was_added_and_what_stands_in_the_way() {
        let bad = ImportBad { place: "line 3".to_owned(), why: "it is no time".to_owned() };
        let page = imported_entries(&Look::plain(), &entries(true, vec![bad]));
        assert!(page.contains("✖ line 3  it is no time\n"), "{page}");
        assert!(page.contains("1 that cannot be read. Nothing was added."), "{page}");
        assert!(page.contains("--skip-bad"), "{page}");
        let page = imported_entries(&Look::plain(), &entries(true, Vec::new()));
        assert!(page.contains("Nothing was added; without --dry-run it is."), "{page}");
    }

    #[test]
    fn an_imported_record_is_told_as_such() {
        let row = ImportedRow {
            run: "bad-canary-7".into(),
            title: "Roll back checkout".to_owned(),
            place: place(),
            drill: Some("bad-canary".to_owned()),
            from: "2026.11.3".to_owned(),
            to: "2026.11.2".to_owned(),
            change: "2026.11.3 → 2026.11.2".to_owned(),
            sentence: "Recovered.".to_owned(),
            started_at: Some(at(0)),
            lines: 12,
            head: "00ff".to_owned(),
            hash: "f00d".to_owned(),
            name: "drill.json".to_owned(),
            by: "ben".into(),
            imported_at: at(60),
        };
        let page = imported_records(&Look::plain(), std::slice::from_ref(&row));
        assert!(page.starts_with("bad-canary-7  imported  DRILL\n"), "{page}");
        assert!(page.contains("imported by ben from drill.json"), "{page}");
        let view = ImportedView { record: row, new: false, dry_run: false, says: Vec::new() };
        let page = imported(&Look::plain(), &view);
        assert!(page.ends_with("It was imported before; nothing was changed.\n"), "{page}");
    }
}
