//! Who works with which machine, for systems that show it to whoever comes second.

/// `ana@laptop`; the login name stands in where nobody said who acts.
pub(crate) fn at_this_machine(person: Option<&str>) -> String {
    let login = || {
        ["USER", "LOGNAME", "USERNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
            .unwrap_or_else(|| "somebody".to_owned())
    };
    format!("{}@{}", person.map_or_else(login, str::to_owned), machine())
}

#[cfg(unix)]
fn machine() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn machine() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_else(|_| "unknown".to_owned())
}
