//! How a registry wants to be asked, and who may see the credential. Pure.

use lastgood_core::secret::Secret;
use reqwest::Url;

/// A user and a password, or a token in the place of one.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The user.
    pub user: String,
    /// The password.
    pub password: Secret<String>,
}

impl Credential {
    /// From a secret: the password of `user`, or `user:password` where no user is named.
    pub(super) fn new(user: Option<&str>, secret: &Secret<String>) -> Option<Self> {
        if let Some(user) = user {
            let password = secret.expose(|text| Secret::new(text.trim().to_owned()));
            return Some(Self { user: user.to_owned(), password });
        }
        secret.expose(|text| {
            let (user, password) = text.trim().split_once(':')?;
            Some(Self { user: user.to_owned(), password: Secret::new(password.to_owned()) })
        })
    }
}

/// What a 401 asks for (RFC 7235, and the token flow of the distribution project).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// The credential itself.
    Basic,
    /// A token from `realm`.
    Bearer { realm: String, service: Option<String>, scope: Option<String> },
}

impl Challenge {
    /// Reads `WWW-Authenticate` headers; a token is preferred to a password.
    pub(super) fn read<'h>(headers: impl Iterator<Item = &'h str>) -> Option<Self> {
        let mut basic = None;
        for header in headers {
            let (scheme, rest) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
            if scheme.eq_ignore_ascii_case("bearer") {
                let all = parameters(rest);
                let one = |name: &str| {
                    all.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
                };
                if let Some(realm) = one("realm") {
                    return Some(Self::Bearer {
                        realm,
                        service: one("service"),
                        scope: one("scope"),
                    });
                }
            } else if scheme.eq_ignore_ascii_case("basic") {
                basic = Some(Self::Basic);
            }
        }
        basic
    }
}

/// `a="b, c",d=e`: names in lower case, quotes and backslashes taken off.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([',', ' ']).to_ascii_lowercase();
        let (value, left) = if let Some(quoted) = after.strip_prefix('"') {
            quoted_text(quoted)
        } else {
            let end = after.find(',').unwrap_or(after.len());
            (after[..end].trim().to_owned(), &after[end..])
        };
        found.push((name, value));
        rest = left;
    }
    found
}

/// The text up to its closing quote, and what follows.
fn quoted_text(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match (c, escaped) {
            ('\\', false) => escaped = true,
            ('"', false) => return (value, &text[at + 1..]),
            (other, _) => {
                value.push(other);
                escaped = false;
            }
        }
    }
    (value, "")
}

/// Whether the credential for the registry at `host` may be shown to the token server
/// `realm`: the same host, a parent domain of it (`gitlab.com` for `registry.gitlab.com`),
/// Docker Hub's own pair, or the one that the catalog names. A registry could name any
/// realm, and a credential must not follow it just anywhere.
pub(super) fn may_see(host: &str, realm: &Url, named: Option<&str>) -> bool {
    let name = host_of(host);
    let Some(asked) = realm.host_str() else { return false };
    let is_parent = asked.contains('.') && name.ends_with(&format!(".{asked}"));
    asked == name
        || is_parent
        || named == Some(asked)
        || (name == "registry-1.docker.io" && asked == "auth.docker.io")
}

/// A host without its port.
pub(super) fn host_of(host: &str) -> &str {
    if host.starts_with('[') {
        return host.rfind(']').map_or(host, |end| &host[..=end]);
    }
    host.split_once(':').map_or(host, |(name, _)| name)
}

/// Whether `host` is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let name = host_of(host);
    name == "localhost"
        || name
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
