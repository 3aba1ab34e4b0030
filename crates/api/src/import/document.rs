//! The JSON export of another journal. It is kept as it came, byte for byte; what is read
//! here only says whether it is one.

use lastgood_core::problem::{Code, Problem};
use lastgood_core::secret::{redact, redact_text};
use serde_json::Value;

use crate::export::{DOCUMENT_SCHEMA, Document};

/// The longest document that is taken. An export of 100,000 lines has some 60 MB; half of
/// it would refuse that, and twice as much is no record of one incident.
const LARGEST: usize = 128 * 1024 * 1024;

/// How the addresses of our schemas begin and end around their number.
const SCHEMAS: (&str, &str) = ("https://lastgood.dev/schema/export-v", ".json");

/// A document, and what is to be said of it.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    /// What it says.
    pub(crate) document: Document,
    /// What a person should know before relying on it, as sentences.
    pub(crate) says: Vec<String>,
}

/// Reads the text of the file `name`.
pub(crate) fn read(name: &str, text: &str) -> Result<Read, Problem> {
    let wrong = |why: String| {
        Problem::new(Code::InputInvalid, why).within(format!("`{name}` was not imported"))
    };
    if text.len() > LARGEST {
        let why = format!("it has {} bytes, and {LARGEST} are the most", text.len());
        return Err(wrong(why).hint("Export the record again, or keep it as a file."));
    }
    let value: Value = serde_json::from_str(text).map_err(|error| {
        wrong(format!("it is no JSON: {error}")).hint(
            "An export is made by `lastgood export RUN --format json`. What another system wrote \
             is added to a run with --into RUN.",
        )
    })?;
    told_schema(&value).map_err(|(why, hint)| wrong(why).hint(hint))?;
    if let Some(place) = secret(&value, "", false) {
        return Err(wrong(format!("what stands at `{place}` looks like a credential")).hint(
            "An export has none. Renew the credential, because it stands in a file; then export \
             again.",
        ));
    }
    let document: Document = serde_json::from_str(text).map_err(|error| {
        wrong(format!("it does not keep to its schema: {error}"))
            .hint("Export it again; a document that was edited by hand is no record.")
    })?;
    let run = document.run.id.as_str();
    if !nameable(run) {
        return Err(wrong(format!("`{run}` is no name of a run"))
            .hint("Export it again; a document that was edited by hand is no record."));
    }
    let says = says(&document, &value);
    Ok(Read { document, says })
}

/// Whether it follows the schema that is known here; else why not, and what to do.
fn told_schema(value: &Value) -> Result<(), (String, &'static str)> {
    let Some(schema) = value.get("$schema").and_then(Value::as_str) else {
        return Err((
            "it is no export of Lastgood: it names no `$schema`".to_owned(),
            "To add the entries of another system to a run's timeline, name the run with --into.",
        ));
    };
    if schema == DOCUMENT_SCHEMA {
        return Ok(());
    }
    let number = schema.strip_prefix(SCHEMAS.0).and_then(|rest| rest.strip_suffix(SCHEMAS.1));
    match number.and_then(|number| number.parse::<u32>().ok()) {
        Some(number) if number > 1 => Err((
            format!("a newer version wrote it: it has schema {number}, and 1 is known here"),
            "Install the newer version; the file stays as it is.",
        )),
        Some(_) | None => Err((
            format!("it follows another schema, `{schema}`"),
            "Import what `lastgood export RUN --format json` wrote.",
        )),
    }
}

/// Whether files may be named after the run: its name comes from elsewhere, and an export
/// is saved under it.
fn nameable(run: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (1..=128).contains(&run.len()) && !run.starts_with('.') && run.chars().all(fits)
}

/// Parts of a document that people wrote.
const WRITTEN: &[&str] =
    &["parts", "follow_ups", "milestones", "readiness", "edits", "attachments"];

/// The first place whose text looks like a credential; where people wrote it, also by the name
/// that stands before it.
fn secret(value: &Value, place: &str, written: bool) -> Option<String> {
    let bad = |text: &str| {
        if written { redact_text(text) != text } else { redact(text, &[]) != text }
    };
    match value {
        Value::String(text) => bad(text).then(|| place.to_owned()),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| secret(item, &format!("{place}/{index}"), written)),
        Value::Object(fields) => {
            let by_a_person = fields.get("source").is_some_and(|source| source["name"].is_string());
            fields.iter().find_map(|(name, item)| {
                if bad(name) {
                    return Some(format!("{place}/…"));
                }
                let said = by_a_person && ["text", "reason"].contains(&name.as_str());
                let written = written || said || WRITTEN.contains(&name.as_str());
                secret(item, &format!("{place}/{name}"), written)
            })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn says(document: &Document, value: &Value) -> Vec<String> {
    let mut says = vec![unverified(document)];
    if document.run.outcome.is_none() {
        says.push("The run had not ended when this was exported.".to_owned());
    }
    if !document.redacted.is_empty() {
        let what = document.redacted.join(" and ");
        says.push(format!("Its {what} were replaced by stand-ins before it was exported."));
    }
    if !document.attachments.is_empty() {
        let names: Vec<&str> = document.attachments.iter().map(|one| &*one.name).collect();
        says.push(format!(
            "Attachments are named in it and are not part of it: {}.",
            names.join(", ")
        ));
    }
    if serde_json::to_value(document).is_ok_and(|known| known != *value) {
        says.push(
            "It has parts that this version does not know; they are kept, and stand only in JSON."
                .to_owned(),
        );
    }
    says
}

/// What nobody can know here of a record whose journal is elsewhere.
pub(crate) fn unverified(document: &Document) -> String {
    let head = &document.journal.head;
    let short = head.get(..12).unwrap_or(head);
    format!(
        "Its journal is elsewhere: that its {} entries end at head {short} was not verified here.",
        document.journal.entries
    )
}

#[cfg(test)]
mod tests;
