//! Secrets that a host hands over for this session; nothing here is ever written to a file.

use lastgood_core::ports::{Vault, VaultError};
use lastgood_core::secret::Secret;

/// Reads secrets from the environment of this session, as `LASTGOOD_SECRET_<NAME>` with
/// the name in capitals and `_` for everything else. Nothing is ever written to a file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SessionVault;

impl Vault for SessionVault {
    fn secret(&self, name: &str) -> Result<Secret<String>, VaultError> {
        let variable = format!("LASTGOOD_SECRET_{}", shout(name));
        match std::env::var(&variable) {
            Ok(value) if !value.is_empty() => Ok(Secret::new(value)),
            _ => Err(VaultError::Missing { name: name.to_owned() }),
        }
    }
}

fn shout(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
        .collect()
}
