//! The only ways out. Ports are named for a capability and kept small; every provider
//! and the practice world pass the same contract suite behind them. The core never
//! awaits: it only says what must be offered.

mod annotations;
mod archive;
mod attestations;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use annotations::{Annotations, AnnotationsError};
pub use archive::{Archive, ArchiveError, Filed};
pub use attestations::Attestations;

use crate::blame::Hearing;
use crate::catalog::{Environment, Place, Slo};
use crate::check::{Check, CheckResult, ReplicaAnswer};
use crate::effect::{ApplyError, Operation, PlannedEffect, Presence, Receipt, Refusal};
use crate::flag::{Flag, Toggles};
use crate::governor::Governing;
use crate::issue::{Comment, Draft, Issue, Marker};
use crate::judge::Measurement;
use crate::lease::{Leasing, PlaceLease, Tenure};
use crate::name::{EffectKey, RunId};
use crate::preflight::{Comparison, Finding, Proof};
use crate::release::{DeployPage, Ground, Kept, Note, Release, Remark};
use crate::run::{Entry, Event};
use crate::survey::Survey;
use crate::time::Millis;
use crate::timeline::FollowUpStatus;

/// Tells the time of a run and waits in it. A drill's clock may be virtual.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time in the run's world.
    fn now(&self) -> Timestamp;
    /// The time on the wall, for recording; equal to [`Clock::now`] outside drills.
    fn wall(&self) -> Timestamp;
    /// Returns when the run's world has reached `at`; at once when it already has.
    async fn sleep_until(&self, at: Timestamp);
}

/// Makes identifiers.
pub trait Ids: Send + Sync {
    /// A run id that no other run has.
    fn run(&self, place: &Place, at: Timestamp) -> RunId;
}

/// Looks at the platform. It has no way to change anything.
#[async_trait]
pub trait Surveyor: Send + Sync {
    /// What runs now.
    async fn survey(&self, place: &Place) -> Result<Survey, Refusal>;

    /// Returns once the survey differs from `seen` in anything but its time, with the
    /// new one; by watching, not by polling, where the platform allows it. Returns the
    /// unchanged survey when `patience` has gone by.
    async fn changed(
        &self,
        place: &Place,
        seen: &Survey,
        patience: Millis,
    ) -> Result<Survey, Refusal>;

    /// Asks every replica which version it is.
    async fn replicas(&self, place: &Place) -> Result<Vec<ReplicaAnswer>, Refusal>;
}

/// Knows which deploys there were.
#[async_trait]
pub trait ReleaseSource: Send + Sync {
    /// The newest `limit` deploys of `place` that began before `before` (all when
    /// `None`), newest first.
    async fn deploys(
        &self,
        place: &Place,
        before: Option<Timestamp>,
        limit: usize,
    ) -> Result<DeployPage, Refusal>;
}

/// Measures. It has no way to change anything, and what it cannot find out comes back as
/// doubt inside the answer, never as an error that a caller might take for health.
#[async_trait]
pub trait Observer: Send + Sync {
    /// Counts the requests of one objective between `from` and `to`.
    async fn measure(
        &self,
        place: &Place,
        slo: &Slo,
        from: Timestamp,
        to: Timestamp,
    ) -> Measurement;

    /// Runs one synthetic check.
    async fn check(&self, place: &Place, check: &Check) -> CheckResult;
}

/// Changes the world, and can say whether an earlier change took place.
#[async_trait]
pub trait Actor: Send + Sync {
    /// Resolves an operation into the exact call, given what runs now. Changes nothing.
    async fn resolve(
        &self,
        place: &Place,
        operation: &Operation,
        survey: &Survey,
    ) -> Result<PlannedEffect, Refusal>;

    /// Checks what could be checked before the first of `effects`: permissions, whether
    /// the target still exists, what is in flight. Changes nothing.
    async fn preflight(&self, place: &Place, effects: &[PlannedEffect]) -> Vec<Finding>;

    /// Whether the effect with this key took place, in this or an earlier attempt.
    async fn probe(&self, key: &EffectKey, effect: &PlannedEffect) -> Presence;

    /// Makes the call, once. Refuses when what the plan expects no longer holds. A
    /// repeat of a key that already took place changes nothing and gives its receipt.
    async fn apply(&self, key: &EffectKey, effect: &PlannedEffect) -> Result<Receipt, ApplyError>;
}

/// Holds releases against what is there now, before anything changes. It has no way to
/// change anything, and what it cannot find out comes back as doubt inside the answer.
#[async_trait]
pub trait Prover: Send + Sync {
    /// Whether what `release` needs in order to run again is still there: its artifact,
    /// and what its configuration refers to.
    async fn prove(&self, place: &Place, release: &Release) -> Proof;

    /// What going back from `from` to `to` changes besides the artifact, and what it does
    /// not touch.
    async fn compare(&self, place: &Place, from: &Release, to: &Release) -> Comparison;
}

/// Writes down what is known of the release that was just deployed, wherever the catalog
/// says that releases are recorded, and reads it back. Repeating it changes nothing more.
#[async_trait]
pub trait ReleaseRecorder: Send + Sync {
    /// One answer for each system. A system that failed does not keep the others from being
    /// written; [`Refusal`] is for a place that is not in the catalog.
    async fn record(&self, place: &Place, note: &Note) -> Result<Vec<Kept>, Refusal>;
}

/// Keeps a team's issues. Opening and commenting are looked up by their marker first, so
/// that a repeat, also after a crash, changes nothing.
#[async_trait]
pub trait IssueTracker: Send + Sync {
    /// The issue that carries the draft's marker, open or closed; `None` when the tracker
    /// says that there is none.
    async fn find(&self, place: &Place, marker: &Marker) -> Result<Option<Issue>, Refusal>;

    /// Opens an issue, or gives the one that carries the draft's marker already.
    ///
    /// [`ApplyError::Lost`] when it was sent and nobody knows whether it arrived: ask
    /// [`IssueTracker::find`], which trackers answer a little later than they write.
    async fn open(&self, place: &Place, draft: &Draft) -> Result<Issue, ApplyError>;

    /// Comments on an issue that [`IssueTracker::find`] or [`IssueTracker::open`] gave;
    /// does nothing when it has a comment with this marker already.
    async fn comment(
        &self,
        place: &Place,
        issue: &Issue,
        comment: &Comment,
    ) -> Result<(), ApplyError>;

    /// Closes an issue that [`IssueTracker::find`] gave, as done or as dropped, and gives it
    /// as it is then. One that is closed already stays as it is.
    async fn close(
        &self,
        place: &Place,
        issue: &Issue,
        ended: FollowUpStatus,
    ) -> Result<Issue, ApplyError>;
}

/// Knows feature flags: which are on where a place runs, and who turned what when. It has
/// no way to change anything; a flag is switched by an [`Actor`] that knows
/// [`Operation::SwitchFlag`]. A flag system is both, and nothing else: see
/// `docs/guide/flags.md` for how to add one.
///
/// A place whose catalog names no flag system answers [`Refusal::Unsupported`]; every other
/// refusal means that flags exist and could not be looked up.
#[async_trait]
pub trait FlagSource: Send + Sync {
    /// The flags that matter to `place`, as they are now in its environment, by name.
    async fn flags(&self, place: &Place) -> Result<Vec<Flag>, Refusal>;

    /// What was toggled after `from` and up to `to`, newest first. A list that the system
    /// cut, or whose times it does not know, carries a doubt.
    async fn toggles(
        &self,
        place: &Place,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Toggles, Refusal>;
}

/// Knows who puts a place back to what a repository says. It has no way to change anything;
/// a governor is suspended by an [`Actor`] that knows [`Operation::SwitchSync`].
#[async_trait]
pub trait GovernorSource: Send + Sync {
    /// Who governs `place`, as far as could be found out; what could not is a finding of
    /// [`Actor::preflight`]. A platform without such controllers has none.
    async fn governors(&self, _place: &Place) -> Vec<Governing> {
        Vec::new()
    }
}

/// Knows the lease under which one run at a time changes a place. It has no way to change
/// anything; a lease is taken by an [`Actor`] that knows [`Operation::SwitchLease`], and one
/// that somebody else holds is a finding of [`Actor::preflight`].
#[async_trait]
pub trait LeaseSource: Send + Sync {
    /// The lease of `place`. `None` on a platform that keeps none.
    async fn leasing(&self, _place: &Place) -> Option<Leasing> {
        None
    }
}

/// Keeps the lease that a run took. It changes nothing but when that lease ends, and takes
/// nothing that somebody else has or that nobody has.
#[async_trait]
pub trait LeaseKeeper: Send + Sync {
    /// Puts off the end of `lease` of `place`, once, where `run` holds it.
    ///
    /// There is no usual answer: a platform that keeps leases and forgets this would lose each
    /// of them in the middle of a run. One that keeps none answers [`Tenure::none_kept`].
    async fn renew(&self, place: &Place, run: &RunId, lease: &PlaceLease) -> Tenure;
}

/// Knows which single instances there are, and when the metrics last heard of each. It has no
/// way to change anything.
#[async_trait]
pub trait InstanceSource: Send + Sync {
    /// The instances of `place` that are ready now, with what the series of `slo` had heard of
    /// them at `to`. `None` where either is not told apart by instance, or did not answer.
    async fn hearing(&self, _place: &Place, _slo: &Slo, _to: Timestamp) -> Option<Hearing> {
        None
    }
}

/// Everything that a run needs of one place. A real platform, or the practice world.
pub trait World:
    Surveyor
    + ReleaseSource
    + Observer
    + Actor
    + Prover
    + FlagSource
    + GovernorSource
    + LeaseSource
    + LeaseKeeper
    + InstanceSource
{
    /// What the catalog says of the place that this world serves.
    fn environment(&self, place: &Place) -> Option<Environment>;

    /// Says which places will be asked about at once, before the first of them is: what many
    /// of them share can then be asked for together. Sends nothing and waits for nothing.
    fn foresee(&self, places: &[Place]);
}

/// The right to append to a run. Only the newest lease of a run may append; an older one
/// is fenced off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Which run.
    pub run: RunId,
    /// Grows with every lease of the run.
    pub token: u64,
}

/// Where a run's chain of entries stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The number of the last entry; 0 for none.
    pub seq: u64,
    /// The chain's hash there, in hex.
    pub hash: String,
}

/// A run as a list shows it, without reading its entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Which run.
    pub run: RunId,
    /// When it was created, on the wall.
    pub created_at: Timestamp,
    /// Where its chain stands.
    pub head: Head,
    /// Whether a process drives it at this moment.
    pub driven: bool,
}

/// Why the journal could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another process drives the run.
    #[error("run `{run}` is driven by another process")]
    Held {
        /// Which run.
        run: RunId,
    },
    /// A newer lease exists; this process must stop driving.
    #[error("run `{run}` was taken over by another process")]
    Fenced {
        /// Which run.
        run: RunId,
    },
    /// There is no such run.
    #[error("there is no run `{run}`")]
    NoSuchRun {
        /// Which run.
        run: RunId,
    },
    /// The run exists already.
    #[error("run `{run}` exists already")]
    Exists {
        /// Which run.
        run: RunId,
    },
    /// The file was written by a newer version.
    #[error("the journal `{path}` has format {found}; this version knows up to {known}")]
    Newer {
        /// The file.
        path: String,
        /// Its format.
        found: u32,
        /// The newest format that is known here.
        known: u32,
    },
    /// The chain does not hold.
    #[error("the journal does not hold at entry {seq} of run `{run}`: {why}")]
    Broken {
        /// Which run.
        run: RunId,
        /// The first entry that is wrong.
        seq: u64,
        /// What is wrong.
        why: String,
    },
    /// The file itself is damaged, so that not even its tables can be read.
    #[error("the journal `{path}` is damaged")]
    Spoilt {
        /// The file.
        path: String,
        /// What was found.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No space is left.
    #[error("there is no space left for the journal `{path}`")]
    Full {
        /// The file.
        path: String,
    },
    /// The file or its folder cannot be written.
    #[error("the journal `{path}` cannot be written")]
    ReadOnly {
        /// The file.
        path: String,
        /// What the system said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Anything else that storage can say.
    #[error("could not {doing} the journal `{path}`")]
    Storage {
        /// The file.
        path: String,
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Keeps what happened, durably and in order.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Creates a run with its first entries and leases it.
    async fn create(&self, run: &RunId, first: &[Stamped]) -> Result<(Lease, Head), JournalError>;

    /// Leases a run that exists. Fails while another process drives it.
    async fn lease(&self, run: &RunId) -> Result<Lease, JournalError>;

    /// Gives a lease back; a process that dies gives all of its leases back.
    async fn release(&self, lease: Lease) -> Result<(), JournalError>;

    /// Appends all of `events` in one durable step, or none of them.
    async fn append(&self, lease: &Lease, events: &[Stamped]) -> Result<Head, JournalError>;

    /// The entries of a run after number `after`, in order, with their chain verified.
    async fn read(&self, run: &RunId, after: u64) -> Result<Vec<Entry>, JournalError>;

    /// All runs, newest first.
    async fn runs(&self) -> Result<Vec<RunRecord>, JournalError>;
}

/// Why a ledger could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Somebody else wrote a remark meanwhile; read again and decide again.
    #[error("somebody else wrote a remark about {of} meanwhile")]
    Moved {
        /// Where.
        of: String,
        /// How many remarks there are now.
        found: u64,
    },
    /// The chain does not hold.
    #[error("the remarks about {of} do not hold at number {seq}: {why}")]
    Broken {
        /// Where.
        of: String,
        /// The first remark that is wrong.
        seq: u64,
        /// What is wrong.
        why: String,
    },
    /// The file cannot be used.
    #[error("the remarks about {of} cannot be used")]
    Storage {
        /// Where.
        of: String,
        /// What the journal said.
        #[source]
        source: JournalError,
    },
}

/// Keeps what people and runs say of releases, durably and in order. It only grows.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Appends all of `remarks` in one durable step, or none of them, and tells how many
    /// there are then. `seen` is how many the caller has read: when there are more by
    /// now, the caller decided on old grounds and is refused.
    async fn remark(
        &self,
        ground: &Ground,
        seen: u64,
        remarks: &[Remark],
    ) -> Result<u64, LedgerError>;

    /// All remarks about one ground, oldest first, with their chain verified. None for a
    /// ground that nobody ever said anything about.
    async fn remarks(&self, ground: &Ground) -> Result<Vec<Remark>, LedgerError>;

    /// Every ground that somebody said something about, in order.
    async fn grounds(&self) -> Result<Vec<Ground>, LedgerError>;
}

/// An event with its two times, ready to be appended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamped {
    /// When it happened, in the run's world.
    pub at: Timestamp,
    /// When it is recorded, on the wall.
    pub recorded_at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// Looks at everything that a catalog connects to, for the doctor.
#[async_trait]
pub trait Examiner: Send + Sync {
    /// Asks each system once, all at the same time, each within a limit of time. Changes
    /// nothing.
    async fn examine(&self) -> Vec<Finding>;
}

/// Where secrets are kept; they go in and are used, and never come back to a screen.
#[async_trait]
pub trait Vault: Send + Sync {
    /// The secret with this name. Answers within a limit of time of its own.
    async fn secret(&self, name: &str) -> Result<crate::secret::Secret<String>, VaultError>;
}

/// Why a secret is not to be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Nobody stored it.
    #[error("there is no secret `{name}`")]
    Missing {
        /// Its name.
        name: String,
    },
    /// The session does not have it, and the keychain is locked.
    #[error("the secret `{name}` cannot be read: the keychain is locked ({why})")]
    Locked {
        /// Its name.
        name: String,
        /// What the system said.
        why: String,
    },
    /// The session does not have it, and the keychain is waiting for something.
    #[error("the secret `{name}` cannot be read: the keychain did not answer within {limit}")]
    Silent {
        /// Its name.
        name: String,
        /// How long it was waited for.
        limit: Millis,
    },
    /// The session does not have it, and there is no keychain.
    #[error("the secret `{name}` is not set for this session, and there is no keychain: {why}")]
    Absent {
        /// Its name.
        name: String,
        /// What the system said.
        why: String,
    },
    /// It is there and is no text, or is there twice, or the keychain refuses it.
    #[error("the keychain cannot be used for the secret `{name}`: {why}")]
    Unfit {
        /// Its name.
        name: String,
        /// What is wrong with it.
        why: String,
    },
}
