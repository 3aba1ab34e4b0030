//! Why a request to Kubernetes has no answer that can be used.

use std::time::Duration;

use lastgood_core::effect::{ApplyError, Refusal};
use lastgood_core::problem::chain;
use lastgood_core::secret::redact;

use crate::again;

/// Why a request to Kubernetes has no answer that can be used.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The kubeconfig does not lead anywhere.
    #[error("the kubeconfig cannot be used")]
    Kubeconfig {
        /// What is wrong with it.
        #[source]
        source: kube::config::KubeconfigError,
    },
    /// No client could be made of it.
    #[error("no client can be made for `{server}`")]
    Client {
        /// Which API server.
        server: String,
        /// What is wrong.
        #[source]
        source: Box<kube::Error>,
    },
    /// Nothing was sent.
    #[error("could not connect to `{server}`")]
    NotSent {
        /// Which API server.
        server: String,
        /// What happened.
        #[source]
        source: Box<kube::Error>,
    },
    /// The credential could not be had, so nothing was sent.
    #[error("no credential for `{server}`")]
    NoCredential {
        /// Which API server.
        server: String,
        /// What happened.
        #[source]
        source: Box<kube::Error>,
    },
    /// Something may have been sent and no answer came.
    #[error("no answer from `{server}`: {why}")]
    Silent {
        /// Which API server.
        server: String,
        /// What happened.
        why: String,
    },
    /// It said no.
    #[error("`{server}` answered {code}: {message}")]
    Status {
        /// Which API server.
        server: String,
        /// The HTTP status.
        code: u16,
        /// Kubernetes' own sentence.
        message: String,
        /// How long it asks to wait.
        wait: Option<Duration>,
    },
    /// The answer is not one of Kubernetes.
    #[error("`{server}` answered something that is not Kubernetes: {why}")]
    Unreadable {
        /// Which API server.
        server: String,
        /// What is wrong with it.
        why: String,
    },
}

impl Failure {
    /// Whether asking again may help.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::NotSent { .. } | Self::Silent { .. } => true,
            Self::Status { code, .. } => *code == 429 || *code >= 500,
            Self::Kubeconfig { .. }
            | Self::Client { .. }
            | Self::NoCredential { .. }
            | Self::Unreadable { .. } => false,
        }
    }

    /// How long it asks to wait before it is asked again.
    pub(super) fn wait(&self) -> Option<Duration> {
        match self {
            Self::Status { wait, .. } => *wait,
            Self::Kubeconfig { .. }
            | Self::Client { .. }
            | Self::NotSent { .. }
            | Self::NoCredential { .. }
            | Self::Silent { .. }
            | Self::Unreadable { .. } => None,
        }
    }

    /// The HTTP status, if it came to one.
    pub(super) fn code(&self) -> Option<u16> {
        match self {
            Self::Status { code, .. } => Some(*code),
            Self::Kubeconfig { .. }
            | Self::Client { .. }
            | Self::NotSent { .. }
            | Self::NoCredential { .. }
            | Self::Silent { .. }
            | Self::Unreadable { .. } => None,
        }
    }

    /// As the refusal of a request that was asking for `what`: `the deployment checkout`.
    pub(super) fn refusal(self, what: &str) -> Refusal {
        let sentence = redact(&chain(&self).join(": "), &[]);
        match self {
            Self::Status { code: 401, server, .. } => {
                Refusal::Unauthorised { system: format!("Kubernetes at {server}") }
            }
            Self::NoCredential { server, .. } => {
                Refusal::Unauthorised { system: format!("Kubernetes at {server} ({sentence})") }
            }
            Self::Status { code: 403, message, .. } => Refusal::Forbidden { permission: message },
            Self::Status { code: 404, .. } => Refusal::Gone { what: what.to_owned() },
            Self::Status { code, server, message, wait } if code == 429 || code >= 500 => {
                Refusal::Unreachable {
                    system: format!("Kubernetes at {server}"),
                    why: format!("it answered {code}: {message}{}", again::words(wait)),
                }
            }
            Self::Status { message, .. } => {
                Refusal::Rejected { system: "Kubernetes".to_owned(), why: message }
            }
            Self::Kubeconfig { ref source } => Refusal::Unusable {
                what: "the kubeconfig".to_owned(),
                why: redact(&chain(source).join(": "), &[]),
            },
            Self::Client { server, source } => Refusal::Unusable {
                what: format!("what the kubeconfig says of `{server}`"),
                why: redact(&chain(&*source).join(": "), &[]),
            },
            Self::NotSent { server, .. }
            | Self::Silent { server, .. }
            | Self::Unreadable { server, .. } => {
                Refusal::Unreachable { system: format!("Kubernetes at {server}"), why: sentence }
            }
        }
    }

    /// As the outcome of a change to `what`. Whatever may have been carried out is lost,
    /// never refused: a 5xx can come from a proxy after the API server had said yes.
    pub(super) fn outcome(self, what: &str) -> ApplyError {
        match &self {
            Self::Silent { .. } | Self::Unreadable { .. } => {
                ApplyError::Lost { why: redact(&chain(&self).join(": "), &[]) }
            }
            Self::Status { code, .. } if *code == 408 || *code >= 500 => {
                ApplyError::Lost { why: redact(&chain(&self).join(": "), &[]) }
            }
            Self::Status { .. }
            | Self::Kubeconfig { .. }
            | Self::Client { .. }
            | Self::NotSent { .. }
            | Self::NoCredential { .. } => ApplyError::Refused(self.refusal(what)),
        }
    }
}
