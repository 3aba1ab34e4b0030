//! An error as a person meets it: a code for behaviour, a chain for reading, a hint for
//! what to do next.

use serde::{Deserialize, Serialize};

/// The families a problem can belong to; hosts choose tone and exit code by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Family {
    /// What was given is wrong: a file, a name, an option.
    Given,
    /// You cannot do that now.
    Refused,
    /// The world said no, or did not answer.
    World,
    /// We are broken, or the machine we run on is.
    Ours,
}

macro_rules! code_table {
    ($($Name:ident = $text:literal, $family:ident, $summary:literal;)*) => {
        /// What kind of problem this is. Codes decide behaviour, are never reused, and
        /// have a page each in `docs/errors/`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
        pub enum Code {
            $(#[doc = $summary] #[serde(rename = $text)] $Name,)*
        }

        impl Code {
            /// Every code, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$Name),*];

            /// The code as written in documents: kebab-case.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$Name => $text),* }
            }

            /// Which family it belongs to.
            #[must_use]
            pub const fn family(self) -> Family {
                match self { $(Self::$Name => Family::$family),* }
            }

            /// One sentence that says what it means.
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$Name => $summary),* }
            }
        }
    };
}

code_table! {
    UsageWrong = "usage-wrong", Given, "The command line cannot be understood.";
    CatalogInvalid = "catalog-invalid", Given, "The catalog has mistakes, each with its place.";
    RunbookInvalid = "runbook-invalid", Given, "A runbook has mistakes, each with its place.";
    ScenarioInvalid = "scenario-invalid", Given, "A drill scenario has mistakes, each with its place.";
    ChecklistInvalid = "checklist-invalid", Given, "A checklist has mistakes, each with its place.";
    CountsInvalid = "counts-invalid", Given, "A table of counts has mistakes, each with its place.";
    FileUnreadable = "file-unreadable", Given, "A file could not be read.";
    FileUnwritable = "file-unwritable", Given, "A file could not be written.";
    WorkspaceMissing = "workspace-missing", Given, "There is no workspace in the folder that was named.";
    NotFound = "not-found", Given, "Nothing has the name that was given.";
    ConnectionUnusable = "connection-unusable", Given, "What tells Lastgood how to reach a system is missing or at fault.";
    InputInvalid = "input-invalid", Given, "An input of the runbook is missing or does not fit.";
    RunbookForeign = "runbook-foreign", Given, "The runbook is for another platform or strategy.";
    NoTarget = "no-target", Refused, "No release can be gone back to.";
    PreflightBlocked = "preflight-blocked", Refused, "A preflight check forbids the first change.";
    StepStale = "step-stale", Refused, "The run has moved on since that was offered.";
    NotNow = "not-now", Refused, "That cannot be done in the state the run is in.";
    ReasonMissing = "reason-missing", Refused, "This needs a reason, because it will be read later.";
    RunHeld = "run-held", Refused, "Another process drives this run.";
    RunFinished = "run-finished", Refused, "The run has ended; nothing more can happen in it.";
    Drifted = "drifted", World, "Reality is no longer what the plan saw.";
    Unauthorised = "unauthorised", World, "The system does not know us; the credential is missing or has expired.";
    Forbidden = "forbidden", World, "The system knows us and does not allow it.";
    Unreachable = "unreachable", World, "The system did not answer.";
    Rejected = "rejected", World, "The system refused the request.";
    AnswerUnreadable = "answer-unreadable", World, "The system answered something that is not its protocol.";
    Gone = "gone", World, "What is needed does not exist there any more.";
    JournalNewer = "journal-newer", Ours, "The journal was written by a newer version of Lastgood.";
    JournalBroken = "journal-broken", Ours, "The journal's chain does not hold: something was changed or lost.";
    JournalUnwritable = "journal-unwritable", Ours, "The journal could not be written; nothing goes on without it.";
    DiskFull = "disk-full", Ours, "There is no space left where the journal lives.";
    Internal = "internal", Ours, "Lastgood itself is at fault.";
}

/// An error as a person meets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", .chain.first().map_or("", String::as_str))]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Problem {
    /// Decides behaviour.
    pub code: Code,
    /// One sentence per layer, from what we tried down to the cause; never empty.
    pub chain: Vec<String>,
    /// What to try next, as a sentence.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem with one sentence and nothing to add.
    #[must_use]
    pub fn new(code: Code, sentence: impl Into<String>) -> Self {
        Self { code, chain: vec![told(&sentence.into())], hint: None }
    }

    /// A problem that tells an error and all its sources.
    #[must_use]
    pub fn from_error(code: Code, error: &(dyn std::error::Error + 'static)) -> Self {
        Self { code, chain: chain(error).iter().map(|one| told(one)).collect(), hint: None }
    }

    /// Adds what to try next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(told(&hint.into()));
        self
    }

    /// Puts a sentence of an outer layer in front.
    #[must_use]
    pub fn within(mut self, sentence: impl Into<String>) -> Self {
        self.chain.insert(0, told(&sentence.into()));
        self
    }
}

/// What is told of a mistake often repeats what was given, and that may hold a credential.
fn told(sentence: &str) -> String {
    crate::secret::redact(sentence, &[])
}

/// One sentence per layer of `error`, outermost first.
#[must_use]
pub fn chain(error: &(dyn std::error::Error + 'static)) -> Vec<String> {
    let mut sentences = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        let sentence = cause.to_string();
        // Some libraries print their source too; saying it twice helps nobody.
        if !sentences.last().is_some_and(|last| last.contains(&sentence)) {
            sentences.push(sentence);
        }
        source = cause.source();
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_never_repeats_a_credential() {
        for one in crate::testing::credentials() {
            let text = format!("`{}` is no time", one.text);
            let problem = Problem::new(Code::InputInvalid, &*text).within(&*text).hint(&*text);
            let from = Problem::from_error(Code::Internal, &std::io::Error::other(text.clone()));
            for told in [format!("{problem:?}"), format!("{from:?}")] {
                assert!(!told.contains(&one.secret), "{told}");
            }
        }
    }

    #[test]
    fn every_code_is_kebab_case_and_unique() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            let text = code.as_str();
            assert!(text.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{text}");
            assert!(seen.insert(text), "{text} is used twice");
            assert!(code.summary().ends_with('.'), "{text}: the summary is a sentence");
        }
    }
}
