//! Machines and accounts that a text names.

use std::net::IpAddr;

/// Somebody's account, as `name@machine` or as an address of mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    /// As it is written.
    pub(super) whole: String,
    /// What stands before the sign.
    pub(super) name: String,
}

/// Last labels that only machines have, so that two labels are enough.
const INTERNAL: &[&str] = &[
    "internal",
    "local",
    "lan",
    "corp",
    "svc",
    "cluster",
    "intern",
    "intranet",
    "home",
    "localdomain",
    "private",
    "consul",
];

/// Endings of files, which stand before a line's number as a host stands before its port.
const FILES: &[&str] = &[
    "yaml", "yml", "json", "toml", "rs", "ts", "js", "tsx", "jsx", "svelte", "md", "txt", "log",
    "py", "go", "java", "kt", "sh", "sql", "html", "css", "rb", "php", "cpp", "hpp", "cs", "tf",
    "proto", "xml", "csv", "lock", "cfg", "conf", "ini", "mod",
];

/// What stands between words of addresses.
fn splits(c: char) -> bool {
    c.is_whitespace() || "\"'`()<>[]{},;|=".contains(c)
}

/// Accounts in a text: of mail, and of machines. The digest of an image and the version of a
/// package stand behind the same sign, and are none.
pub(super) fn accounts_in(text: &str) -> Vec<Account> {
    let own = |c: char| c.is_alphanumeric() || "._+-".contains(c);
    let mut found = Vec::new();
    for word in text.split(splits).filter(|word| word.contains('@') && !word.contains("://")) {
        // Behind the machine a holder of a lease names its run.
        let mut pieces = word.split('/');
        let first = pieces.next().unwrap_or_default();
        let Some((name, machine)) = first.split_once('@') else { continue };
        let machine = machine.trim_end_matches(['.', ':', '!', '?']);
        let version =
            machine.strip_prefix('v').unwrap_or(machine).starts_with(|c: char| c.is_ascii_digit());
        let fits = !name.is_empty()
            && name.chars().all(own)
            && !machine.is_empty()
            && machine.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-')
            && !version;
        if fits {
            found.push(Account { whole: format!("{name}@{machine}"), name: name.to_owned() });
        }
    }
    found
}

/// Hosts that a text names: of URLs and image references, IP addresses, names with a port, names
/// of three labels or more, and of two where the last one is only machines'.
pub(super) fn hosts_in(text: &str) -> Vec<String> {
    text.split(splits).filter(|word| word.contains(['.', ':'])).filter_map(host_of).collect()
}

fn host_of(word: &str) -> Option<String> {
    let is_url = word.contains("://");
    let rest = word.split_once("://").map_or(word, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit('@').next().unwrap_or_default();
    if let Some(address) = address(authority) {
        return Some(address.to_owned());
    }
    let has_path = rest.len() > authority.len() && rest[authority.len()..].starts_with('/');
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) => (host, port),
        Some(_) | None => (authority, ""),
    };
    let host = host.trim_end_matches(['.', ':', '!', '?']);
    let labels: Vec<&str> = host.split('.').collect();
    let name_like = labels.len() >= 2
        && labels.iter().all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        });
    let top = labels.last().copied().unwrap_or_default().to_ascii_lowercase();
    let by_letters = top.len() >= 2 && top.chars().all(|c| c.is_ascii_alphabetic());
    let has_port = port.len() >= 2 && !FILES.contains(&top.as_str());
    let internal = INTERNAL.contains(&top.as_str());
    let found = address(host).is_some()
        || (is_url && !host.is_empty())
        || (name_like && by_letters && (labels.len() >= 3 || has_path || has_port || internal));
    found.then(|| host.to_owned())
}

/// An IP address, without what ends a sentence; of version 6 also with a zone (RFC 4007).
fn address(word: &str) -> Option<&str> {
    let word = word.trim_end_matches(['.', '!', '?', '%']);
    let plain = word.split('%').next().unwrap_or_default();
    // `9:04:12` is a time; an address of version 6 has more colons, or two at once.
    plain.parse::<IpAddr>().is_ok().then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_in_addresses_images_and_names_and_versions_are_none() {
        let found = |text: &str| hosts_in(text);
        assert_eq!(found("db-1.internal:5432 refused"), ["db-1.internal"]);
        assert_eq!(found("redis.acme:6379"), ["redis.acme"]);
        assert_eq!(found("from 2001:db8::2, and fe80::1%eth0."), ["2001:db8::2", "fe80::1%eth0"]);
        assert_eq!(found("[2001:db8::2]:443"), ["2001:db8::2"]);
        assert_eq!(found("see https://ada:x@shop.example.com:8443/a?b"), ["shop.example.com"]);
        assert_eq!(found("http://localhost:9090"), ["localhost"]);
        assert_eq!(found("ghcr.io/acme/shop:1.4.2"), ["ghcr.io"]);
        assert_eq!(found("10.0.3.7:8080 answered"), ["10.0.3.7"]);
        assert_eq!(
            found("prometheus.monitoring.svc did not answer."),
            ["prometheus.monitoring.svc"]
        );
        for text in [
            "2026.11.3",
            "1.4.2",
            "see lastgood.yaml:3",
            "see lastgood.yaml:312",
            "9:04:12",
            "availability: 4.8%",
            "e.g. this",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn accounts_are_told_from_versions_and_digests() {
        let found = |text: &str| -> Vec<String> {
            accounts_in(text).into_iter().map(|account| account.whole).collect()
        };
        assert_eq!(found("noor@another-laptop/r-7 has it"), ["noor@another-laptop"]);
        assert_eq!(found("mail ana.maria@acme.dev."), ["ana.maria@acme.dev"]);
        for text in ["actions/checkout@v4", "react@18.2.0", "shop@sha256:0a1b", "@bob", "a @ b"] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }
}
