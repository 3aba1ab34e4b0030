//! Why GitHub gave no usable answer, and what that means.

use jiff::Timestamp;
use lastgood_core::effect::{ApplyError, Refusal};

/// How people read times of limits.
pub(super) const TIME: &str = "%H:%M:%SZ";

/// Why GitHub gave no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// There is no credential to ask with. Nothing was sent.
    #[error("{why}")]
    Login {
        /// What is the matter with it.
        why: String,
    },
    /// It was not reached. Nothing was sent.
    #[error("it was not reached: {why}")]
    Unreached {
        /// What happened.
        why: String,
    },
    /// The request was sent, and no complete answer came.
    #[error("it gave no complete answer: {why}")]
    Broken {
        /// What happened.
        why: String,
    },
    /// It is in trouble itself; whether it did what was asked is not known.
    #[error("it answered {code}: {why}")]
    Troubled {
        /// The HTTP status.
        code: u16,
        /// What it said.
        why: String,
    },
    /// The answer is not of its protocol.
    #[error("it answered something that is not its protocol: {why}")]
    Foreign {
        /// What came instead.
        why: String,
    },
    /// The credential is not taken.
    #[error("it does not take the credential: {why}")]
    Unauthorised {
        /// What it said.
        why: String,
    },
    /// We are known and may not.
    #[error("it does not allow that: {why}")]
    Forbidden {
        /// What it said, and which permission it wants.
        why: String,
    },
    /// It does not exist, or the credential may not see it: GitHub gives one answer for both.
    #[error("{what} does not exist there, or the credential may not see it")]
    Missing {
        /// What was asked for.
        what: String,
    },
    /// The repository has another name now. Redirects are not followed.
    #[error("it has moved to {to}; write the new name into the catalog")]
    Moved {
        /// Where.
        to: String,
    },
    /// It understood and said no. Nothing was changed.
    #[error("it refused with {code}: {why}")]
    Rejected {
        /// The HTTP status.
        code: u16,
        /// What it said.
        why: String,
    },
    /// A limit is reached. Nothing is sent before it ends.
    #[error("{why}; it can be asked again at {}", until.strftime(TIME))]
    Limited {
        /// When it ends.
        until: Timestamp,
        /// Which limit.
        why: String,
    },
    /// What is left of the limit is kept for a rollback.
    #[error(
        "{remaining} requests are left until {}, and they are kept for a rollback",
        resets.strftime(TIME)
    )]
    Reserved {
        /// How many are left.
        remaining: u64,
        /// When there are more.
        resets: Timestamp,
    },
}

impl Failure {
    /// Whether asking again at once may help. Only for what changes nothing.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Unreached { .. } | Self::Broken { .. } | Self::Troubled { .. } => true,
            Self::Login { .. }
            | Self::Foreign { .. }
            | Self::Unauthorised { .. }
            | Self::Forbidden { .. }
            | Self::Missing { .. }
            | Self::Moved { .. }
            | Self::Rejected { .. }
            | Self::Limited { .. }
            | Self::Reserved { .. } => false,
        }
    }

    /// As a no to a question.
    pub(crate) fn refusal(self) -> Refusal {
        let system = || "GitHub".to_owned();
        match self {
            Self::Unauthorised { .. } | Self::Login { .. } => {
                Refusal::Unauthorised { system: format!("GitHub ({self})") }
            }
            Self::Forbidden { why } => Refusal::Forbidden { permission: why },
            Self::Missing { .. }
            | Self::Foreign { .. }
            | Self::Moved { .. }
            | Self::Rejected { .. }
            | Self::Limited { .. }
            | Self::Reserved { .. } => {
                Refusal::Rejected { system: system(), why: self.to_string() }
            }
            Self::Unreached { .. } | Self::Broken { .. } | Self::Troubled { .. } => {
                Refusal::Unreachable { system: system(), why: self.to_string() }
            }
        }
    }

    /// As the end of a change: what was sent and has no clear answer is in doubt.
    pub(super) fn of_a_change(self) -> ApplyError {
        match self {
            Self::Broken { .. } | Self::Troubled { .. } | Self::Foreign { .. } => {
                ApplyError::Lost { why: format!("GitHub: {self}") }
            }
            Self::Login { .. }
            | Self::Unreached { .. }
            | Self::Unauthorised { .. }
            | Self::Forbidden { .. }
            | Self::Missing { .. }
            | Self::Moved { .. }
            | Self::Rejected { .. }
            | Self::Limited { .. }
            | Self::Reserved { .. } => ApplyError::Refused(self.refusal()),
        }
    }
}
