//! Where secrets come from: the variables of this session first, then the keychain of the
//! operating system. Nothing is ever written to a file of ours.

mod keychain;
mod store;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use lastgood_core::ports::{Vault, VaultError};
use lastgood_core::secret::Secret;

pub(crate) use keychain::{Keychain, Trouble};

/// Reads a variable of the session; absent and empty are the same.
type Session = fn(&str) -> Option<String>;

/// The secrets of this machine: `LASTGOOD_SECRET_<NAME>` of this session, then the keychain.
pub(crate) struct LocalVault {
    session: Session,
    keychain: Keychain,
}

impl Default for LocalVault {
    fn default() -> Self {
        Self { session: |variable| std::env::var(variable).ok(), keychain: Keychain::default() }
    }
}

impl LocalVault {
    /// What this session says for `name`; an empty variable says nothing.
    pub(crate) fn in_session(&self, name: &str) -> Option<Secret<String>> {
        (self.session)(&variable(name)).filter(|value| !value.is_empty()).map(Secret::new)
    }

    /// The keychain behind it.
    pub(crate) const fn keychain(&self) -> &Keychain {
        &self.keychain
    }
}

#[async_trait]
impl Vault for LocalVault {
    async fn secret(&self, name: &str) -> Result<Secret<String>, VaultError> {
        if let Some(secret) = self.in_session(name) {
            return Ok(secret);
        }
        match self.keychain.read(name).await {
            Ok(Some(secret)) => Ok(secret),
            Ok(None) => Err(VaultError::Missing { name: name.to_owned() }),
            Err(trouble) => Err(trouble.with(name)),
        }
    }
}

/// The variable that holds a secret for one session: capitals, and `_` for everything that
/// is neither letter nor digit.
pub(crate) fn variable(name: &str) -> String {
    let shout = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("LASTGOOD_SECRET_{}", name.chars().map(shout).collect::<String>())
}
