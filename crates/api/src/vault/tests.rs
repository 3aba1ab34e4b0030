use std::collections::BTreeMap;
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};

use lastgood_core::ports::{Vault, VaultError};
use lastgood_core::secret::Secret;
use lastgood_core::time::Millis;

use super::keychain::{Keychain, Trouble};
use super::store::Store;
use super::{LocalVault, variable};

/// A keychain in memory. It imitates one that keeps what it is given, and one that is locked
/// and waits for a password, for as long as somebody holds the other end of its latch.
#[derive(Default)]
struct Memory {
    kept: Mutex<BTreeMap<String, String>>,
    latch: Option<Mutex<mpsc::Receiver<()>>>,
}

impl Memory {
    fn with(name: &str, value: &str) -> Self {
        let kept = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        Self { kept: Mutex::new(kept), latch: None }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        if let Some(latch) = &self.latch {
            let latch = latch.lock().unwrap_or_else(PoisonError::into_inner);
            // An error means that whoever held it let go.
            let _ = latch.recv();
        }
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Memory {
    fn read(&self, name: &str) -> Result<Option<Secret<String>>, Trouble> {
        Ok(self.kept().get(name).cloned().map(Secret::new))
    }

    fn write(&self, name: &str, value: &Secret<String>) -> Result<(), Trouble> {
        let value = value.expose(Clone::clone);
        self.kept().insert(name.to_owned(), value);
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<bool, Trouble> {
        Ok(self.kept().remove(name).is_some())
    }
}

fn vault(store: impl Store + 'static) -> LocalVault {
    let session = |variable: &str| match variable {
        "LASTGOOD_SECRET_BOTH" => Some("from the session".to_owned()),
        "LASTGOOD_SECRET_EMPTY" => Some(String::new()),
        _ => None,
    };
    LocalVault { session, keychain: Keychain::new(Arc::new(store)) }
}

#[test]
fn a_name_becomes_a_variable_of_capitals_digits_and_underscores() {
    assert_eq!(variable("unleash-token"), "LASTGOOD_SECRET_UNLEASH_TOKEN");
    assert_eq!(variable("db.1/é"), "LASTGOOD_SECRET_DB_1__");
}

#[tokio::test]
async fn the_session_goes_before_the_keychain() {
    let vault = vault(Memory::with("both", "from the keychain"));
    let secret = vault.secret("both").await.expect("both have it");
    assert_eq!(secret.expose(String::clone), "from the session");
}

#[tokio::test]
async fn an_empty_variable_hides_nothing() {
    let vault = vault(Memory::with("empty", "from the keychain"));
    let secret = vault.secret("empty").await.expect("the keychain has it");
    assert_eq!(secret.expose(String::clone), "from the keychain");
}

#[tokio::test]
async fn what_nobody_has_is_missing() {
    let error = vault(Memory::default()).secret("other").await.expect_err("nobody has it");
    assert_eq!(error, VaultError::Missing { name: "other".to_owned() });
}

#[tokio::test]
async fn what_is_stored_is_read_until_it_is_removed() {
    let vault = vault(Memory::default());
    vault.keychain().write("a", Secret::new("1".to_owned())).await.expect("it is kept");
    let secret = vault.secret("a").await.expect("it was stored");
    assert_eq!(secret.expose(String::clone), "1");
    assert!(vault.keychain().remove("a").await.expect("it answers"));
    assert!(!vault.keychain().remove("a").await.expect("it answers"));
    assert!(vault.secret("a").await.is_err());
}

/// A keychain that takes a secret and has another one afterwards.
struct Forgetful;

impl Store for Forgetful {
    fn read(&self, _: &str) -> Result<Option<Secret<String>>, Trouble> {
        Ok(Some(Secret::new("cut".to_owned())))
    }

    fn write(&self, _: &str, _: &Secret<String>) -> Result<(), Trouble> {
        Ok(())
    }

    fn remove(&self, _: &str) -> Result<bool, Trouble> {
        Ok(true)
    }
}

#[tokio::test]
async fn what_reads_back_differently_is_not_stored() {
    let written = vault(Forgetful).keychain().write("a", Secret::new("cut off".to_owned())).await;
    assert_eq!(written, Err(Trouble::Unfit("it reads back differently".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn a_keychain_that_waits_for_a_password_keeps_nobody_waiting() {
    let (unlock, latch) = mpsc::channel::<()>();
    let store = Memory { latch: Some(Mutex::new(latch)), ..Memory::with("a", "1") };
    let vault = vault(store);
    let silent =
        |name: &str| VaultError::Silent { name: name.to_owned(), limit: Millis::seconds(10) };
    let began = tokio::time::Instant::now();
    assert_eq!(vault.secret("a").await.expect_err("it waits"), silent("a"));
    assert_eq!(began.elapsed(), std::time::Duration::from_secs(10));
    // The next one does not wait for what the last one has waited for.
    assert_eq!(vault.secret("b").await.expect_err("it still waits"), silent("b"));
    assert_eq!(began.elapsed(), std::time::Duration::from_secs(10));
    drop(unlock);
}

#[tokio::test]
async fn a_keychain_that_was_unlocked_later_answers_again() {
    let (unlock, latch) = mpsc::channel::<()>();
    let keychain = {
        let store = Memory { latch: Some(Mutex::new(latch)), ..Memory::with("a", "1") };
        Arc::new(Keychain::new(Arc::new(store)))
    };
    let asking = tokio::spawn({
        let keychain = Arc::clone(&keychain);
        async move { keychain.read("a").await }
    });
    drop(unlock);
    let found = asking.await.expect("it ends").expect("it answers").expect("it has it");
    assert_eq!(found.expose(String::clone), "1");
    assert!(keychain.read("a").await.expect("it answers").is_some());
}
