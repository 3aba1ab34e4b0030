//! Why the bed, or a part of it, could not do what it was asked.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::peer::Missing;

/// Why the bed, or a part of it, could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum BedError {
    /// A real system is not installed: skip, do not fail.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// A program did not start.
    #[error("could not start `{program}`")]
    Start {
        /// The program's name.
        program: String,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// A program started and ended, or never answered.
    #[error("`{program}` was not ready within {} s; its log ends with: {log}", after.as_secs())]
    NotReady {
        /// The program's name.
        program: String,
        /// How long it had.
        after: Duration,
        /// The last lines of its log.
        log: String,
    },
    /// A command was to end by itself and did not.
    #[error("`{program}` did not end within {} s; it wrote:\n{}", after.as_secs(), lines.join("\n"))]
    Endless {
        /// The program's path.
        program: String,
        /// How long it had.
        after: Duration,
        /// All that it wrote until it was killed.
        lines: Vec<String>,
    },
    /// A file of the bed could not be read or written.
    #[error("could not use `{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The folder given to the bed holds something else.
    #[error("`{}` cannot become a bed: {why}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What stands in the way.
        why: String,
    },
    /// No loopback port was to be had.
    #[error("could not listen on a loopback port")]
    Listen(#[source] io::Error),
    /// A kubeconfig is not one.
    #[error("could not use the kubeconfig `{}`", path.display())]
    Kubeconfig {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: Box<kube::config::KubeconfigError>,
    },
    /// The API server refused, or could not be reached.
    #[error("could not {operation}")]
    Kubernetes {
        /// What was attempted, as in "create the namespace `shop`".
        operation: String,
        /// What the client said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Something that should have happened has not.
    #[error("{what} did not happen within {} s", after.as_secs())]
    TookTooLong {
        /// What was waited for.
        what: String,
        /// How long.
        after: Duration,
    },
    /// An HTTP client could not be made.
    #[error("could not make an HTTP client")]
    HttpClient(#[source] reqwest::Error),
}

impl BedError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    pub(crate) fn kubernetes<E>(operation: impl Into<String>) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let operation = operation.into();
        move |source| Self::Kubernetes { operation, source: source.into() }
    }

    /// The missing peer, when that is all that is wrong: the test is skipped.
    pub fn missing(&self) -> Option<&Missing> {
        if let Self::Missing(missing) = self { Some(missing) } else { None }
    }
}
