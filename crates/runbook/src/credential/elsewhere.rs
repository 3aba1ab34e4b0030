//! Values that say where a credential is, instead of being one: files, references into a
//! store, and the names that platforms give to their secrets.

use super::settled::FILLED_IN;

/// How such values begin: files, and references as tools that look them up write them.
const BEGINNINGS: [&str; 12] =
    ["/", "./", "../", "~/", "@", "arn:", "file:", "vault:", "env:", "ssm:", "ref+", "projects/"];

/// How files end that hold credentials, or what goes with them.
const ENDINGS: [&str; 13] = [
    ".pem", ".key", ".pub", ".crt", ".p12", ".pfx", ".jks", ".json", ".yaml", ".yml", ".toml",
    ".txt", ".env",
];

/// What names a secret of Kubernetes, in small letters and without separators.
const OF_KUBERNETES: [&str; 3] = ["pullsecret", "existingsecret", "tlssecret"];

/// Programs whose `--secret` takes the name of one, or the place where it lies.
const NAMING: [&str; 6] = ["gcloud", "docker", "podman", "buildah", "kubectl", "helm"];

/// Whether `value` leads to a credential.
pub(super) fn leads(value: &str) -> bool {
    let scheme = || {
        value.split_once("://").is_some_and(|(scheme, rest)| {
            let own = |c: char| c.is_ascii_alphanumeric() || "+.-".contains(c);
            !scheme.is_empty() && scheme.chars().all(own) && !rest.contains(['?', '@'])
        })
    };
    let drive =
        || matches!(value.as_bytes(), [letter, b':', b'\\', ..] if letter.is_ascii_alphabetic());
    let file = || {
        let small = value.to_ascii_lowercase();
        let one = !value.contains(|c: char| c.is_whitespace() || "\"'=:".contains(c));
        one && ENDINGS.iter().any(|ending| small.ends_with(ending))
    };
    BEGINNINGS.iter().any(|beginning| value.starts_with(beginning)) || scheme() || drive() || file()
}

/// Whether what stands behind `name` is what a platform calls a secret: `--set-secrets`, the
/// `--secret` of `program`, `image.pullSecret`.
pub(super) fn names_a_secret(name: &str, program: &str) -> bool {
    let small: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    small.ends_with("secrets")
        || OF_KUBERNETES.iter().any(|ending| small.ends_with(ending))
        || (name == "--secret" && NAMING.contains(&base(program)))
}

/// A program without its folder.
pub(super) fn base(program: &str) -> &str {
    program.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// `text` in which every such value is as if it were filled in later.
pub(super) fn without(text: &str) -> String {
    let program =
        text.split_whitespace().find(|word| NAMING.contains(&base(word))).unwrap_or_default();
    let mut out = String::with_capacity(text.len());
    let mut before = "";
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let quoted = |c: char| "\"'".contains(c);
        let value = word.trim_matches(quoted);
        let named = value.split_once('=').filter(|(name, _)| names_a_secret(name, program));
        let behind = before.starts_with('-') && names_a_secret(before, program);
        let last = value.rsplit_once('=').map_or(value, |(_, last)| last.trim_matches(quoted));
        let hidden = match named {
            Some((_, value)) => value,
            None if behind => value,
            None if leads(last) => last,
            None => "",
        };
        match word.rfind(hidden).filter(|_| !hidden.is_empty()) {
            Some(at) => {
                out.push_str(&piece[..at]);
                out.push_str(FILLED_IN);
                out.push_str(&piece[at + hidden.len()..]);
            }
            None => out.push_str(piece),
        }
        before = word;
    }
    out
}
