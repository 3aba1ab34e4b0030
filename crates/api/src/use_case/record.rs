//! What a pipeline writes down about a release it has just deployed.

use std::collections::BTreeMap;

use lastgood_core::catalog::Place;
use lastgood_core::ports::ReleaseRecorder as _;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::release::metadata::{Field, to_line};
use lastgood_core::release::{Kept, Metadata, Note, NoteState};
use lastgood_providers::LiveWorld;
use serde::Serialize;
use serde_json::Value;

use crate::App;
use crate::problem::IntoProblem;

/// What is to be written down, as a pipeline says it.
#[derive(Clone, Debug)]
pub struct RecordRequest {
    /// Where it was deployed.
    pub place: Place,
    /// Texts by the name of their field, as in `schema-version`; flags as a JSON object.
    pub fields: BTreeMap<String, String>,
    /// How the deploy goes.
    pub state: NoteState,
}

/// Where it was written down.
#[derive(Clone, Debug, Serialize)]
pub struct RecordedView {
    /// Where it was deployed.
    pub place: Place,
    /// Every system that the catalog names for it.
    pub kept: Vec<Kept>,
    /// Whether each of them reads back what was written.
    pub complete: bool,
}

impl App {
    /// Writes what is known of a release to the systems where the catalog says that releases
    /// are recorded, and reads it back from each.
    pub async fn record(&self, request: RecordRequest) -> Result<RecordedView, Problem> {
        let metadata = metadata(&request.fields)?;
        let stage = self.stage()?;
        if stage.is_practice() {
            let told = "the practice world keeps no records of yours";
            return Err(Problem::new(Code::NotNow, told).hint("Use it in a workspace."));
        }
        stage.environment(&request.place)?;
        let world = LiveWorld::new(stage.files.catalog.clone(), self.vault());
        let note = Note { metadata, state: request.state };
        let kept = world.record(&request.place, &note).await.map_err(|error| error.problem())?;
        if kept.is_empty() {
            let told = format!("nothing says where releases of {} are recorded", request.place);
            return Err(Problem::new(Code::NotFound, told)
                .hint("Add `releases: { github: … }` to it in the catalog."));
        }
        let complete = kept.iter().all(|one| one.read_back);
        Ok(RecordedView { place: request.place, kept, complete })
    }
}

/// So many characters the description of a Lambda version has.
const LINE: usize = 256;

/// What a pipeline says, as the one line that is read back from the description of a Lambda
/// version. Nothing is cut off.
pub fn release_line(fields: &BTreeMap<String, String>) -> Result<String, Problem> {
    let metadata = metadata(fields)?;
    to_line(&metadata, LINE).map_err(|too_big| {
        let hint = format!("Leave `{}` out, or make it shorter.", too_big.field);
        Problem::from_error(Code::InputInvalid, &too_big).hint(hint)
    })
}

/// Every mistake at once, each with the name of its field.
fn metadata(fields: &BTreeMap<String, String>) -> Result<Metadata, Problem> {
    let mut metadata = Metadata::default();
    let mut wrong = Vec::new();
    for (name, text) in fields {
        let Some(field) = Field::named(name) else {
            wrong.push(format!("`{name}` is no field of a release"));
            continue;
        };
        if let Err(why) = careful(field, text).and_then(|()| field.set(&mut metadata, text)) {
            wrong.push(format!("{name}: {why}"));
        }
    }
    if metadata.is_empty() && wrong.is_empty() {
        wrong.push("nothing was given to write down".to_owned());
    }
    if wrong.is_empty() {
        return Ok(metadata);
    }
    let fields: Vec<&str> = Field::ALL.iter().map(|field| field.as_str()).collect();
    Err(Problem::new(Code::InputInvalid, wrong.join("; "))
        .hint(format!("There is: {}.", fields.join(", "))))
}

/// What others wrote is read as it is. What is written here is meant to be looked up again: a
/// commit in a repository, a flag as being on or off.
fn careful(field: Field, text: &str) -> Result<(), String> {
    if field == Field::Commit {
        let fits = (7..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_hexdigit());
        return if fits {
            Ok(())
        } else {
            Err("it must be a commit: 7 to 64 hexadecimal digits".to_owned())
        };
    }
    if field != Field::Flags {
        return Ok(());
    }
    let flags: BTreeMap<String, Value> = serde_json::from_str(text).unwrap_or_default();
    let is_state = |value: &Value| {
        value.is_boolean()
            || value.as_str().is_some_and(|text| ["on", "off", "true", "false"].contains(&text))
    };
    match flags.iter().find(|(_, value)| !is_state(value)) {
        Some((name, _)) => Err(format!("`{name}` must be `on` or `off`")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
        fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_line_is_read_back_and_one_that_is_too_long_names_what_to_shorten() {
        let fields = given(&[("commit", "8f3c1d0"), ("changelog", "Pay faster, & safer")]);
        let line = release_line(&fields).expect("it fits");
        let read = lastgood_core::release::metadata::from_line(&line);
        assert_eq!(read.metadata, metadata(&fields).expect("it fits"), "{line}");
        let long = given(&[("commit", "8f3c1d0"), ("changelog", &"x".repeat(250))]);
        let problem = release_line(&long).expect_err("a description has 256 characters");
        assert_eq!(problem.code, Code::InputInvalid);
        assert!(problem.hint.is_some_and(|hint| hint.contains("`changelog`")));
    }

    #[test]
    fn a_commit_and_a_flag_must_be_ones() {
        for bad in [("commit", "xyz"), ("commit", "8f3c"), ("flags", r#"{"a": "maybe"}"#)] {
            let problem = metadata(&given(&[bad])).expect_err("it is none");
            assert!(problem.chain.join(": ").contains(bad.0), "{:?}", problem.chain);
        }
        for good in [("commit", "8f3c1d0"), ("flags", r#"{"a": "off"}"#), ("flags", "{}")] {
            metadata(&given(&[good])).expect("it is one");
        }
    }

    #[test]
    fn every_mistake_is_told_at_once_and_nothing_is_written() {
        let fields = given(&[("digest", "latest"), ("cost", "cheap"), ("colour", "red")]);
        let problem = metadata(&fields).expect_err("three mistakes");
        assert_eq!(problem.code, Code::InputInvalid);
        for name in ["digest", "cost", "colour"] {
            assert!(problem.chain.join(": ").contains(name), "{name}: {:?}", problem.chain);
        }
        assert!(metadata(&BTreeMap::new()).is_err(), "nothing is nothing to write down");
        let good = metadata(&given(&[("commit", "8f3c1d0"), ("cost", "0.25")])).expect("it fits");
        assert_eq!(good.cost.or_words(), "0.25");
    }
}
