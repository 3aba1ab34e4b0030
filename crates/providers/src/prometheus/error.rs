//! Why a Prometheus gave no usable answer.

use std::time::Duration;

use lastgood_core::effect::Refusal;
use lastgood_core::judge::Doubt;

use crate::again;

/// Why a Prometheus gave no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It did not answer, or not in time.
    #[error("{why}")]
    Silent {
        /// What happened.
        why: String,
    },
    /// It is in trouble itself; asking again may help.
    #[error("it answered {code}: {why}{}", again::words(*wait))]
    Troubled {
        /// The HTTP status.
        code: u16,
        /// What it said.
        why: String,
        /// How long it asks to wait.
        wait: Option<Duration>,
    },
    /// The answer is not of Prometheus' protocol.
    #[error("answered something that is not its protocol: {why}")]
    Foreign {
        /// What came instead.
        why: String,
    },
    /// It does not let us ask.
    #[error("{why}")]
    Unauthorised {
        /// What it said.
        why: String,
    },
    /// It cannot make sense of the query.
    #[error("{why}")]
    BadQuery {
        /// What it said, or what we saw.
        why: String,
    },
}

impl Failure {
    /// Whether asking again may help.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Silent { .. } | Self::Troubled { .. } => true,
            Self::Foreign { .. } | Self::Unauthorised { .. } | Self::BadQuery { .. } => false,
        }
    }

    /// How long it asks to wait before it is asked again.
    pub(super) fn wait(&self) -> Option<Duration> {
        match self {
            Self::Troubled { wait, .. } => *wait,
            Self::Silent { .. }
            | Self::Foreign { .. }
            | Self::Unauthorised { .. }
            | Self::BadQuery { .. } => None,
        }
    }

    /// As a no to a question of the doctor's.
    pub(crate) fn refusal(self) -> Refusal {
        let system = || "Prometheus".to_owned();
        match self {
            Self::Silent { why } => Refusal::Unreachable { system: system(), why },
            Self::Troubled { code, why, wait } => Refusal::Unreachable {
                system: system(),
                why: format!("it answered {code}: {why}{}", again::words(wait)),
            },
            Self::Foreign { .. } | Self::BadQuery { .. } => {
                Refusal::Rejected { system: system(), why: self.to_string() }
            }
            Self::Unauthorised { why } => {
                Refusal::Unauthorised { system: format!("Prometheus ({why})") }
            }
        }
    }

    /// As what keeps a measurement from deciding.
    pub(super) fn doubt(&self) -> Doubt {
        let why = self.to_string();
        match self {
            Self::Silent { .. } | Self::Troubled { .. } | Self::Foreign { .. } => {
                Doubt::Unreachable { why }
            }
            Self::Unauthorised { .. } => Doubt::Unauthorised { why },
            Self::BadQuery { .. } => Doubt::BadQuery { why },
        }
    }
}
