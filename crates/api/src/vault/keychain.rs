//! The keychain with a limit of time: a locked one may wait for a password that nobody is
//! asked for, and nothing may hang on that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lastgood_core::ports::VaultError;
use lastgood_core::secret::Secret;
use lastgood_core::time::Millis;
use tokio::sync::{Semaphore, oneshot};

use super::store::{self, Store};

/// Reading takes milliseconds; what takes longer waits for a person to unlock it.
const READ: Duration = Duration::from_secs(10);

/// Whoever stores a secret sits in front of the machine and may have a password to type.
const WRITE: Duration = Duration::from_mins(1);

/// Why the keychain gives or takes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// It is locked.
    #[error("the keychain is locked ({0})")]
    Locked(String),
    /// It did not answer in time. Whether it did what it was asked is not known.
    #[error("the keychain did not answer within {0}")]
    Silent(Millis),
    /// There is none.
    #[error("there is no keychain: {0}")]
    Absent(String),
    /// It has no use for this, or we have none for what it has.
    #[error("the keychain cannot be used for it: {0}")]
    Unfit(String),
}

impl Trouble {
    /// As the vault tells it of the secret `name`.
    pub(crate) fn with(self, name: &str) -> VaultError {
        let name = name.to_owned();
        match self {
            Self::Locked(why) => VaultError::Locked { name, why },
            Self::Silent(limit) => VaultError::Silent { name, limit },
            Self::Absent(why) => VaultError::Absent { name, why },
            Self::Unfit(why) => VaultError::Unfit { name, why },
        }
    }
}

/// The keychain, asked one question at a time, so that it shows one prompt and not five.
pub(crate) struct Keychain {
    store: Arc<dyn Store>,
    turn: Arc<Semaphore>,
    /// Whether the question that it works on has been given up.
    given_up: Arc<AtomicBool>,
}

impl Default for Keychain {
    fn default() -> Self {
        Self::new(Arc::new(store::System))
    }
}

impl Keychain {
    /// In front of `store`; asks nothing yet.
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, turn: Arc::new(Semaphore::new(1)), given_up: Arc::default() }
    }

    /// The secret `name`, or that there is none.
    pub(crate) async fn read(&self, name: &str) -> Result<Option<Secret<String>>, Trouble> {
        let name = name.to_owned();
        self.ask(READ, move |store| store.read(&name)).await
    }

    /// Stores `value`, and reads it back: only then is it stored.
    pub(crate) async fn write(&self, name: &str, value: Secret<String>) -> Result<(), Trouble> {
        let name = name.to_owned();
        self.ask(WRITE, move |store| {
            store.write(&name, &value)?;
            let kept = store.read(&name)?;
            let same = kept.is_some_and(|kept| kept.expose(|kept| value.expose(|it| kept == it)));
            if same { Ok(()) } else { Err(Trouble::Unfit("it reads back differently".to_owned())) }
        })
        .await
    }

    /// Takes the secret out; false when it was not there.
    pub(crate) async fn remove(&self, name: &str) -> Result<bool, Trouble> {
        let name = name.to_owned();
        self.ask(WRITE, move |store| store.remove(&name)).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        limit: Duration,
        question: impl FnOnce(&dyn Store) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        let silent = Trouble::Silent(Millis::from(limit));
        // Whoever comes while it still hangs has waited enough: the last one did.
        if self.turn.available_permits() == 0 && self.given_up.load(Ordering::SeqCst) {
            return Err(silent);
        }
        tokio::time::timeout(limit, self.answer(question)).await.unwrap_or_else(|_| {
            self.given_up.store(true, Ordering::SeqCst);
            Err(silent)
        })
    }

    async fn answer<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Store) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        let gone = || Trouble::Absent("the thread that asks it ended".to_owned());
        let turn = Arc::clone(&self.turn).acquire_owned().await.map_err(|_| gone())?;
        self.given_up.store(false, Ordering::SeqCst);
        let store = Arc::clone(&self.store);
        let (send, receive) = oneshot::channel();
        // A thread of its own and not one of the runtime's: a call to the keychain cannot be
        // called off, and the runtime waits for its threads when the process wants to end.
        std::thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || {
                let answer = question(store.as_ref());
                drop(turn);
                // Nobody listens any more when it took too long.
                let _ = send.send(answer);
            })
            .map_err(|error| Trouble::Absent(format!("no thread can be started ({error})")))?;
        receive.await.unwrap_or_else(|_| Err(gone()))
    }
}
