//! Why a run cannot be driven, or has to be left.

use lastgood_core::name::RunId;
use lastgood_core::ports::{JournalError, LedgerError};
use lastgood_core::run::Misfit;

/// Why a run cannot be driven, or has to be left.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The journal refused or failed. Nothing goes on without it.
    #[error("could not journal run `{run}`")]
    Journal {
        /// Which run.
        run: RunId,
        /// What the journal said.
        #[source]
        source: JournalError,
    },
    /// What the run has to say of releases could not be kept.
    #[error("could not record what run `{run}` says of its releases")]
    Ledger {
        /// Which run.
        run: RunId,
        /// What the ledger said.
        #[source]
        source: LedgerError,
    },
    /// The journal's entries do not tell a run.
    #[error("the journal of run `{run}` does not make sense")]
    Misfit {
        /// Which run.
        run: RunId,
        /// What does not fit.
        #[source]
        source: Misfit,
    },
    /// A newer version wrote the run.
    #[error("run `{run}` was written by a newer version and can only be looked at")]
    Newer {
        /// Which run.
        run: RunId,
    },
    /// The run has ended.
    #[error("run `{run}` has ended")]
    Ended {
        /// Which run.
        run: RunId,
    },
}
