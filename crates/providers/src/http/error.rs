//! Why a service could not be asked. It says nothing about the service.

/// Why a service could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum NotAsked {
    /// No client can be made on this machine.
    #[error("no HTTP client can be made")]
    Client {
        /// What is wrong.
        #[source]
        source: reqwest::Error,
    },
    /// The check is not a request.
    #[error("the check is at fault: {why}")]
    Malformed {
        /// What is wrong with it.
        why: String,
    },
    /// The address is one that must not be asked.
    #[error("{address} is link-local; such addresses hold cloud credentials and are not asked")]
    Forbidden {
        /// Which.
        address: String,
    },
    /// The service was not reached.
    #[error("could not get there: {why}")]
    Unreached {
        /// What happened.
        why: String,
    },
}
