//! What a host tells the app at the start.

use std::path::PathBuf;

use lastgood_core::name::Person;

/// What a host tells the app at the start.
#[derive(Clone, Debug)]
pub struct Config {
    /// The team's workspace; the embedded practice workspace when absent.
    pub workspace: Option<PathBuf>,
    /// Where the journal and the practice worlds are kept.
    pub data: PathBuf,
    /// Who acts.
    pub person: Person,
}

/// How fast a practice world goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// As fast as it can; time passes only while something waits for it.
    Stepped,
    /// This many seconds of the world in one second.
    Times(f64),
}

/// Where data is kept when nobody says: `lastgood` in the user's data folder.
#[must_use]
pub fn default_data() -> PathBuf {
    let home = || std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| home().map(|home| PathBuf::from(home).join(".local").join("share")))
        .unwrap_or_else(|| PathBuf::from("."))
        .join("lastgood")
}

/// Who acts when nobody says: the login name.
#[must_use]
pub fn default_person() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_else(|| "unknown".to_owned())
}
