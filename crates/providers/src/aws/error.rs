//! Why a request to AWS has no answer that can be used.

use std::error::Error;
use std::time::Duration;

use aws_sdk_sts::config::http::HttpResponse;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use lastgood_core::effect::{ApplyError, Refusal};
use lastgood_core::problem::chain;
use lastgood_core::secret::{redact, redact_output};

use crate::again;

/// Codes of the services for "we do not know you".
const UNKNOWN_TO_THEM: [&str; 9] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "MissingAuthenticationToken",
    "InvalidAccessKeyId",
];
/// Codes for "you may not".
const FORBIDDEN: [&str; 5] = [
    "AccessDeniedException",
    "AccessDenied",
    "UnauthorizedOperation",
    "NotAuthorized",
    "KMSAccessDeniedException",
];
/// Codes for "too often"; nothing was carried out.
const TOO_OFTEN: [&str; 6] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "SlowDown",
];
/// Codes for "there is none of that name".
const GONE: [&str; 6] = [
    "ResourceNotFoundException",
    "ClusterNotFoundException",
    "ServiceNotFoundException",
    "ServiceNotActiveException",
    "ServiceDeploymentNotFoundException",
    "ProvisionedConcurrencyConfigNotFoundException",
];

/// Why a request to AWS has no answer that can be used.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Neither the catalog nor the configuration names a region.
    #[error("no region is known: say `region:` in the catalog, or set AWS_REGION")]
    NoRegion,
    /// The request could not be put together.
    #[error("{action} could not be put together: {why}")]
    Malformed {
        /// The action, as permissions name it: `ecs:UpdateService`.
        action: &'static str,
        /// What is wrong.
        why: String,
    },
    /// The credential could not be had, so nothing was sent.
    #[error("no credential for {action}: {why}")]
    NoCredential {
        /// Which action.
        action: &'static str,
        /// What happened.
        why: String,
    },
    /// Nothing was sent.
    #[error("could not connect for {action}: {why}")]
    NotSent {
        /// Which action.
        action: &'static str,
        /// What happened.
        why: String,
    },
    /// Something may have been sent and no answer came.
    #[error("no answer to {action}: {why}")]
    Silent {
        /// Which action.
        action: &'static str,
        /// What happened.
        why: String,
    },
    /// It said no.
    #[error("{action} was answered {status}{}: {message}", named(code.as_deref()))]
    Status {
        /// Which action.
        action: &'static str,
        /// The HTTP status.
        status: u16,
        /// The service's name for it, when the answer was one of the service's.
        code: Option<String>,
        /// The service's own sentence.
        message: String,
        /// How long it asks to wait.
        wait: Option<Duration>,
    },
    /// The answer is not one of the service's.
    #[error("{action} was answered {status} with something that is not AWS: {why}")]
    Unreadable {
        /// Which action.
        action: &'static str,
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        why: String,
    },
}

fn named(code: Option<&str>) -> String {
    code.map(|code| format!(" {code}")).unwrap_or_default()
}

impl Failure {
    /// What became of `action`.
    pub(crate) fn of<E>(action: &'static str, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        match error {
            SdkError::ServiceError(said) => {
                let status = said.raw().status().as_u16();
                let wait = again::wait_of(said.raw().headers().get("retry-after"));
                let said = said.into_err();
                if status < 400 {
                    // What the SDK calls an error of the service is then an answer that it
                    // cannot read: a page of a proxy, for one.
                    return Self::Unreadable { action, status, why: words(&said) };
                }
                let code = said.code().map(str::to_owned);
                let message = match said.message() {
                    Some(message) => message.to_owned(),
                    None => "it gave no reason".to_owned(),
                };
                Self::Status { action, status, code, message: redact_output(&message, &[]), wait }
            }
            SdkError::ResponseError(answer) => {
                let status = answer.raw().status().as_u16();
                let wait = again::wait_of(answer.raw().headers().get("retry-after"));
                let why = words(&SdkError::<E, HttpResponse>::ResponseError(answer));
                // A proxy that says no has passed nothing on; one that ran out of time may
                // have.
                if (400..500).contains(&status) && status != 408 {
                    let message = format!("not in the words of AWS: {why}");
                    return Self::Status { action, status, code: None, message, wait };
                }
                Self::Unreadable { action, status, why }
            }
            SdkError::TimeoutError(_) => Self::slow(action),
            SdkError::ConstructionFailure(_) => Self::Malformed { action, why: words(&error) },
            SdkError::DispatchFailure(_) => {
                let why = words(&error);
                match cause(&error) {
                    Cause::Credentials => Self::NoCredential { action, why },
                    Cause::Connecting => Self::NotSent { action, why },
                    Cause::Other => Self::Silent { action, why },
                }
            }
            _ => Self::Silent { action, why: words(&error) },
        }
    }

    /// No answer within the time there is for one.
    pub(crate) fn slow(action: &'static str) -> Self {
        Self::Silent { action, why: "it took longer than there is time for".to_owned() }
    }

    /// The service's own name for its no.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Status { code, .. } => code.as_deref(),
            Self::NoRegion
            | Self::Malformed { .. }
            | Self::NoCredential { .. }
            | Self::NotSent { .. }
            | Self::Silent { .. }
            | Self::Unreadable { .. } => None,
        }
    }

    fn is(&self, codes: &[&str]) -> bool {
        self.code().is_some_and(|code| codes.contains(&code))
    }

    /// Whether the service says that there is none of that name.
    pub(crate) fn is_gone(&self) -> bool {
        self.is(&GONE)
    }

    /// How long it asks to wait before it is asked again.
    pub(crate) fn wait(&self) -> Option<Duration> {
        match self {
            Self::Status { wait, .. } => *wait,
            Self::NoRegion
            | Self::Malformed { .. }
            | Self::NoCredential { .. }
            | Self::NotSent { .. }
            | Self::Silent { .. }
            | Self::Unreadable { .. } => None,
        }
    }

    /// Whether it was asked too often.
    fn is_too_often(&self) -> bool {
        match self {
            Self::Status { status, .. } => *status == 429 || self.is(&TOO_OFTEN),
            Self::NoRegion
            | Self::Malformed { .. }
            | Self::NoCredential { .. }
            | Self::NotSent { .. }
            | Self::Silent { .. }
            | Self::Unreadable { .. } => false,
        }
    }

    /// Whether asking again may help.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::NotSent { .. } | Self::Silent { .. } => true,
            Self::Status { status, .. } => *status >= 500 || self.is_too_often(),
            Self::Unreadable { status, .. } => *status >= 500,
            Self::NoRegion | Self::Malformed { .. } | Self::NoCredential { .. } => false,
        }
    }

    /// As the refusal of a request that was about `what`: `the service checkout`.
    pub(crate) fn refusal(self, what: &str) -> Refusal {
        let system = "AWS".to_owned();
        let sentence = redact(&chain(&self).join(": "), &[]);
        if self.is(&UNKNOWN_TO_THEM) {
            return Refusal::Unauthorised { system: format!("AWS ({sentence})") };
        }
        if self.is_gone() {
            return Refusal::Gone { what: what.to_owned() };
        }
        match self {
            Self::NoCredential { .. } | Self::Status { status: 401, .. } => {
                Refusal::Unauthorised { system: format!("AWS ({sentence})") }
            }
            Self::Status { action, ref message, status, .. }
                if status == 403 || self.is(&FORBIDDEN) =>
            {
                Refusal::Forbidden { permission: format!("{action}: {message}") }
            }
            Self::Status { status, wait, .. } if status >= 500 || self.is_too_often() => {
                Refusal::Unreachable { system, why: sentence + &again::words(wait) }
            }
            Self::Status { .. } | Self::Malformed { .. } => {
                Refusal::Rejected { system, why: sentence }
            }
            Self::NoRegion => {
                Refusal::Unusable { what: "the configuration of AWS".to_owned(), why: sentence }
            }
            Self::NotSent { .. } | Self::Silent { .. } | Self::Unreadable { .. } => {
                Refusal::Unreachable { system, why: sentence }
            }
        }
    }

    /// As the outcome of a change to `what`. Whatever may have been carried out is lost,
    /// never refused: a 5xx can come from a load balancer after the service had said yes.
    pub(crate) fn outcome(self, what: &str) -> ApplyError {
        match &self {
            Self::Silent { .. } | Self::Unreadable { .. } => {
                ApplyError::Lost { why: redact(&chain(&self).join(": "), &[]) }
            }
            Self::Status { status, .. } if *status >= 500 => {
                ApplyError::Lost { why: redact(&chain(&self).join(": "), &[]) }
            }
            Self::Status { .. }
            | Self::NoRegion
            | Self::Malformed { .. }
            | Self::NotSent { .. }
            | Self::NoCredential { .. } => ApplyError::Refused(self.refusal(what)),
        }
    }
}

/// What kept a request from being answered.
enum Cause {
    Credentials,
    Connecting,
    Other,
}

fn cause(error: &(dyn Error + 'static)) -> Cause {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<aws_credential_types::provider::error::CredentialsError>() {
            return Cause::Credentials;
        }
        if let Some(error) = error.downcast_ref::<hyper_util::client::legacy::Error>() {
            return if error.is_connect() { Cause::Connecting } else { Cause::Other };
        }
        next = error.source();
    }
    Cause::Other
}

/// The causes without the names of the SDK's own layers, each once.
fn words(error: &(dyn Error + 'static)) -> String {
    const LAYERS: [&str; 5] =
        ["dispatch failure", "response error", "client error (", "service error", "other"];
    let mut found: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        let text = text.split('\n').next().unwrap_or_default().trim().to_owned();
        let is_layer = LAYERS.iter().any(|layer| text.starts_with(layer));
        if !is_layer && !text.is_empty() && !found.contains(&text) {
            found.push(text);
        }
        next = error.source();
    }
    if found.is_empty() {
        found.push(error.to_string());
    }
    redact(&found.join(": "), &[])
}
