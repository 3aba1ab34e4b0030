//! One place where every error of ours becomes what a person meets: code, chain, hint.

use lastgood_core::effect::Refusal;
use lastgood_core::plan::CompileError;
use lastgood_core::ports::{AnnotationsError, ArchiveError, JournalError, LedgerError, VaultError};
use lastgood_core::problem::{Code, Problem, chain};
use lastgood_core::release::lock::StillLocked;
use lastgood_core::run::{Misfit, Rejection};
use lastgood_core::timeline::NoTime;
use lastgood_core::timeline::annotate::Unsaid;
use lastgood_engine::{EngineError, OrderError};

use crate::vault::variable;

/// Turns an error of a lower layer into a problem.
pub(crate) trait IntoProblem {
    /// The problem that a person meets.
    fn problem(&self) -> Problem;
}

/// What a person meets where the world said no.
#[must_use]
pub fn problem_of(refusal: &Refusal) -> Problem {
    refusal.problem()
}

impl IntoProblem for Refusal {
    fn problem(&self) -> Problem {
        let (code, hint) = match self {
            Self::Drifted { .. } => {
                (Code::Drifted, "Look at what changed, then make a new plan.".to_owned())
            }
            Self::Forbidden { permission } => {
                (Code::Forbidden, format!("Ask for the permission: {permission}."))
            }
            Self::Unauthorised { system } => {
                (Code::Unauthorised, format!("Renew the credential for {system}, then try again."))
            }
            Self::Gone { .. } => {
                (Code::Gone, "Choose another target; `lastgood releases` lists them.".to_owned())
            }
            Self::Missing { .. } => (
                Code::NotFound,
                "Check its name in the catalog, and the cluster, namespace, account or region \
                 that it is looked for in."
                    .to_owned(),
            ),
            Self::Unusable { .. } => (
                Code::ConnectionUnusable,
                "Correct it, or name another one in the catalog; nothing was sent.".to_owned(),
            ),
            Self::Unsupported { .. } => {
                (Code::RunbookForeign, "Choose a runbook that fits this platform.".to_owned())
            }
            Self::Unreachable { system, .. } if self.is_of_trust() => (
                Code::Unreachable,
                format!(
                    "Add the authority (CA) that signed the certificate of {system} to those that \
                     this machine trusts; a proxy in between shows one of its own."
                ),
            ),
            Self::Unreachable { system, .. } => (
                Code::Unreachable,
                format!(
                    "Check the network and the address of {system}; `lastgood doctor` tells more."
                ),
            ),
            Self::Rejected { .. } => {
                (Code::Rejected, "Nothing was changed; what it said is above.".to_owned())
            }
        };
        Problem { code, chain: chain(self), hint: Some(hint) }
    }
}

impl IntoProblem for JournalError {
    fn problem(&self) -> Problem {
        let (code, hint) = match self {
            Self::Held { .. } | Self::Fenced { .. } => (
                Code::RunHeld,
                "Take it over in a window, go on where it is driven, or end that process first.",
            ),
            Self::NoSuchRun { .. } => (Code::NotFound, "`lastgood runs` lists all runs."),
            Self::Exists { .. } => (Code::NotNow, "Choose another name for the run."),
            Self::Newer { .. } => {
                (Code::JournalNewer, "Install the newer version, or point --data elsewhere.")
            }
            Self::Broken { .. } => (
                Code::JournalBroken,
                "Keep the file as it is; put a copy of `lastgood journal backup` back, or export what \
                 still reads.",
            ),
            Self::Spoilt { .. } => (
                Code::JournalBroken,
                "Keep the file as it is and put a copy of `lastgood journal backup` back, or go on in \
                 a new folder with --data.",
            ),
            Self::Full { .. } => {
                (Code::DiskFull, "Free some space, then resume the run; nothing is lost.")
            }
            Self::ReadOnly { .. } => (
                Code::JournalUnwritable,
                "Make the folder writable, or name another one with --data.",
            ),
            Self::Storage { .. } => {
                (Code::JournalUnwritable, "See the cause above; name another folder with --data.")
            }
        };
        Problem { code, chain: chain(self), hint: Some(hint.to_owned()) }
    }
}

impl IntoProblem for EngineError {
    fn problem(&self) -> Problem {
        match self {
            Self::Journal { source, .. } => source.problem().within(self.to_string()),
            Self::Ledger { source, .. } => source.problem().within(self.to_string()),
            Self::Misfit { source, .. } => source.problem().within(self.to_string()),
            Self::Newer { .. } => Problem {
                code: Code::JournalNewer,
                chain: chain(self),
                hint: Some("Install the newer version to drive it.".to_owned()),
            },
            Self::Ended { .. } => Problem {
                code: Code::RunFinished,
                chain: chain(self),
                hint: Some("`lastgood timeline` and `lastgood export` still work.".to_owned()),
            },
        }
    }
}

impl IntoProblem for LedgerError {
    fn problem(&self) -> Problem {
        match self {
            Self::Moved { .. } => Problem::from_error(Code::NotNow, self)
                .hint("Look at what was said meanwhile, then say it again if it still holds."),
            Self::Broken { .. } => Problem::from_error(Code::JournalBroken, self)
                .hint("Keep the file as it is; `lastgood journal verify` tells more."),
            Self::Storage { source, .. } => source.problem().within(self.to_string()),
        }
    }
}

impl IntoProblem for AnnotationsError {
    fn problem(&self) -> Problem {
        match self {
            Self::Moved { .. } => Problem::from_error(Code::NotNow, self)
                .hint("Look at what was said meanwhile, then say it again if it still holds."),
            Self::Broken { .. } | Self::Spoilt { .. } => {
                Problem::from_error(Code::JournalBroken, self)
                    .hint("Keep the file as it is; `lastgood journal verify` tells more.")
            }
            Self::Storage { source, .. } => source.problem().within(self.to_string()),
        }
    }
}

impl IntoProblem for ArchiveError {
    fn problem(&self) -> Problem {
        match self {
            Self::Taken { .. } => Problem::from_error(Code::NotNow, self).hint(
                "The record that is kept stays as it is. To read this one, import it into \
                 another folder, with --data.",
            ),
            Self::Own { .. } => Problem::from_error(Code::NotNow, self)
                .hint("To read it, import it into another folder, with --data."),
            Self::Broken { .. } => Problem::from_error(Code::JournalBroken, self)
                .hint("Keep the file as it is; `lastgood journal verify` tells more."),
            Self::Storage(source) => source.problem().within(self.to_string()),
        }
    }
}

impl IntoProblem for Unsaid {
    fn problem(&self) -> Problem {
        let (code, hint) = match self {
            Self::NoSuchLine { .. } => {
                (Code::NotFound, "`lastgood timeline RUN` shows the names of all lines.")
            }
            Self::NoSuchFollowUp { .. } => {
                (Code::NotFound, "`lastgood followup list RUN` shows their numbers.")
            }
            Self::Blank { .. } => (Code::ReasonMissing, "Say it in a few words."),
            Self::Already { .. } => (Code::NotNow, "Nothing was changed."),
            Self::TooLong { .. } => (Code::InputInvalid, "Attach it as a text instead."),
        };
        Problem::from_error(code, self).hint(hint)
    }
}

impl IntoProblem for NoTime {
    fn problem(&self) -> Problem {
        let hint = match self {
            Self::Unreadable { .. } | Self::NoDay { .. } => {
                "A time without an offset is local; name its zone with --tz."
            }
            Self::Skipped { .. } => "Give a time before or after that, or one with its offset.",
            Self::Twice { .. } => "Give the one that you mean with its offset.",
        };
        Problem::from_error(Code::InputInvalid, self).hint(hint)
    }
}

impl IntoProblem for StillLocked {
    fn problem(&self) -> Problem {
        match self {
            Self::NoReason => Problem::from_error(Code::ReasonMissing, self)
                .hint("Give --reason, or --fix with the commit that fixes it."),
            Self::NotInside { .. } => Problem::from_error(Code::NotNow, self)
                .hint("Deploy something that has the fix inside, or lift the lock with --reason."),
            Self::Unknown { .. } => Problem::from_error(Code::NotNow, self).hint(
                "Name a full clone with --checkout, or lift the lock with --reason; doubt lifts none.",
            ),
        }
    }
}

impl IntoProblem for Misfit {
    fn problem(&self) -> Problem {
        Problem::from_error(Code::JournalBroken, self)
            .hint("Keep the file as it is and report this; the run cannot be driven.")
    }
}

impl IntoProblem for OrderError {
    fn problem(&self) -> Problem {
        match self {
            Self::Rejected(rejection) => rejection.problem(),
            Self::NotDriven { .. } => {
                Problem::from_error(Code::NotNow, self).hint("Resume the run, then answer again.")
            }
        }
    }
}

impl IntoProblem for Rejection {
    fn problem(&self) -> Problem {
        let (code, hint) = match self {
            Self::Stale { .. } => {
                (Code::StepStale, "Look at the step that is current now.".to_owned())
            }
            Self::NotNow { .. } => (Code::NotNow, "Nothing was changed.".to_owned()),
            Self::NoReason | Self::NoObservation => (
                Code::ReasonMissing,
                "Say it in a few words; it goes into the timeline.".to_owned(),
            ),
            Self::NoSuchOption { known, .. } => {
                (Code::NotFound, format!("There is: {}.", known.join(", ")))
            }
            Self::Ended => (Code::RunFinished, "Notes can still be added.".to_owned()),
            Self::Newer => {
                (Code::JournalNewer, "Install the newer version to drive it.".to_owned())
            }
        };
        Problem { code, chain: chain(self), hint: Some(hint) }
    }
}

impl IntoProblem for VaultError {
    fn problem(&self) -> Problem {
        let (code, hint) = match self {
            Self::Missing { name } => (
                Code::Unauthorised,
                format!(
                    "Store it with `lastgood secret set {name}`, or set {} for this session.",
                    variable(name)
                ),
            ),
            Self::Locked { name, .. } => (
                Code::Unauthorised,
                format!("Unlock the keychain, or set {} for this session.", variable(name)),
            ),
            Self::Silent { name, .. } => (
                Code::Unreachable,
                format!(
                    "It may wait for its password behind another window. Unlock it, or set {} for \
                     this session.",
                    variable(name)
                ),
            ),
            Self::Absent { name, .. } => (
                Code::Unreachable,
                format!(
                    "Set {} for this session, or start a secret service such as gnome-keyring or \
                     KWallet.",
                    variable(name)
                ),
            ),
            Self::Unfit { name, .. } => {
                (Code::InputInvalid, format!("Store it anew with `lastgood secret set {name}`."))
            }
        };
        Problem::from_error(code, self).hint(hint)
    }
}

/// All that stands against a plan, as one problem; the code is the first one's.
pub(crate) fn compile_problem(errors: &[CompileError]) -> Problem {
    let (code, hint) = match errors.first() {
        Some(CompileError::Platform { .. } | CompileError::Strategy { .. }) => (
            Code::RunbookForeign,
            "Choose a runbook that fits; `lastgood lint` lists what each is for.".to_owned(),
        ),
        Some(CompileError::SloUnknown { known, .. }) => {
            (Code::RunbookInvalid, known_names(known.iter().map(ToString::to_string)))
        }
        Some(CompileError::CheckUnknown { known, .. }) => {
            (Code::RunbookInvalid, known_names(known.iter().map(ToString::to_string)))
        }
        Some(CompileError::InputUnknown { known, .. }) => {
            (Code::InputInvalid, known_names(known.iter().cloned()))
        }
        Some(CompileError::InputMissing { name }) => {
            (Code::InputInvalid, format!("Give it with --input {name}=VALUE."))
        }
        Some(CompileError::InputUnfit { .. }) => {
            (Code::InputInvalid, "Give another value.".to_owned())
        }
        Some(
            CompileError::Template { .. }
            | CompileError::Title { .. }
            | CompileError::Unresolved { .. },
        )
        | None => {
            (Code::RunbookInvalid, "Mend the runbook; `lastgood lint` shows the place.".to_owned())
        }
    };
    let chain = std::iter::once("no plan can be made".to_owned())
        .chain(errors.iter().flat_map(|error| chain(error)))
        .collect();
    Problem { code, chain, hint: Some(hint) }
}

fn known_names(names: impl Iterator<Item = String>) -> String {
    there_is(&names.collect::<Vec<String>>())
}

/// What could have been named instead, as a hint.
pub(crate) fn there_is(names: &[impl AsRef<str>]) -> String {
    if names.is_empty() {
        return "There is none.".to_owned();
    }
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    format!("There is: {}.", names.join(", "))
}
