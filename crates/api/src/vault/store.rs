//! The keychain of the operating system: the Secret Service of Linux over D-Bus, the login
//! keychain of macOS, the Credential Manager of Windows. Calls block, for as long as they like.

use std::sync::Arc;

use keyring_core::{CredentialStore, Entry, Error};
use lastgood_core::secret::Secret;

use super::keychain::Trouble;

/// What the keychain calls us; the account is the name of the secret.
const SERVICE: &str = "lastgood";

/// Where secrets are kept by their names.
pub(crate) trait Store: Send + Sync {
    /// The secret `name`, or that there is none.
    fn read(&self, name: &str) -> Result<Option<Secret<String>>, Trouble>;
    /// Stores `value`, over what was there.
    fn write(&self, name: &str, value: &Secret<String>) -> Result<(), Trouble>;
    /// Takes it out; false when it was not there.
    fn remove(&self, name: &str) -> Result<bool, Trouble>;
}

/// The operating system's own. It is connected to for each question: a connection that was
/// kept would not survive the end of the session that it was made in.
pub(crate) struct System;

impl Store for System {
    fn read(&self, name: &str) -> Result<Option<Secret<String>>, Trouble> {
        match entry(name)?.get_password() {
            Ok(value) => Ok(Some(Secret::new(value))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(trouble(&error)),
        }
    }

    fn write(&self, name: &str, value: &Secret<String>) -> Result<(), Trouble> {
        let entry = entry(name)?;
        value.expose(|value| entry.set_password(value)).map_err(|error| trouble(&error))
    }

    fn remove(&self, name: &str) -> Result<bool, Trouble> {
        match entry(name)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(error) => Err(trouble(&error)),
        }
    }
}

fn entry(name: &str) -> Result<Entry, Trouble> {
    let store = connect()?;
    store.build(SERVICE, name, None).map_err(|error| trouble(&error))
}

#[cfg(all(unix, not(target_os = "macos")))]
fn connect() -> Result<Arc<CredentialStore>, Trouble> {
    let store = zbus_secret_service_keyring_store::Store::new().map_err(|error| {
        Trouble::Absent(format!(
            "no secret service answers on this session's D-Bus ({})",
            cause(&error)
        ))
    })?;
    Ok(store)
}

#[cfg(target_os = "macos")]
fn connect() -> Result<Arc<CredentialStore>, Trouble> {
    let store =
        apple_native_keyring_store::keychain::Store::new().map_err(|error| trouble(&error))?;
    Ok(store)
}

#[cfg(windows)]
fn connect() -> Result<Arc<CredentialStore>, Trouble> {
    let store = windows_native_keyring_store::Store::new().map_err(|error| trouble(&error))?;
    Ok(store)
}

/// What an error means. Those that carry what was read are told without it.
#[expect(clippy::wildcard_enum_match_arm, reason = "the library may add others")]
fn trouble(error: &Error) -> Trouble {
    match error {
        // Its words for a service that answers and has nowhere to put anything.
        Error::NoStorageAccess(cause) if cause.to_string().contains("result not returned") => {
            Trouble::Absent("the secret service has no default keyring".to_owned())
        }
        Error::NoStorageAccess(_) => Trouble::Locked(cause(error)),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            Trouble::Unfit("what it has is no text".to_owned())
        }
        Error::Ambiguous(entries) => {
            Trouble::Unfit(format!("it has {} entries of that name", entries.len()))
        }
        Error::TooLong(what, most) => {
            Trouble::Unfit(format!("its {what} may have {most} characters at the most"))
        }
        Error::Invalid(what, why) => Trouble::Unfit(format!("its {what} {why}")),
        _ => Trouble::Absent(cause(error)),
    }
}

/// What the operating system said, in words that help.
#[expect(clippy::wildcard_enum_match_arm, reason = "all others have words of their own")]
fn cause(error: &Error) -> String {
    let said = match error {
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => cause.to_string(),
        other => other.to_string(),
    };
    if said.contains("prompt dismissed") {
        return "nobody answered its prompt, or none could be shown".to_owned();
    }
    said.strip_prefix("zbus error: ").unwrap_or(&said).to_owned()
}
