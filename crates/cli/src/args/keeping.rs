//! Secrets by name. A value is never an argument: the shell would remember it, and every
//! process of the machine could read it.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum SecretCommand {
    /// Store a secret in the keychain; its value is typed without being shown, or piped in
    Set {
        /// Its name, as the files of the workspace write it
        name: String,
        /// Taken only to be refused in words that do not repeat it
        #[arg(hide = true, allow_hyphen_values = true, num_args = 0.., trailing_var_arg = true)]
        value: Vec<String>,
    },
    /// List the secrets that the workspace names, and where each is found
    List,
    /// Take a secret out of the keychain
    Remove {
        /// Its name
        name: String,
    },
}
