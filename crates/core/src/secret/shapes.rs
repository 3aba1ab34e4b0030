//! Credentials by their shape: a beginning that its issuer chose so that it can be
//! recognised, and enough characters behind it. The issuers document these beginnings for
//! the very purpose of being scanned for.

use super::MASK;

/// Which characters follow a beginning.
#[derive(Clone, Copy)]
enum Of {
    /// Letters and digits.
    Alphanumeric,
    /// Letters, digits, `_` and `-`.
    Url,
    /// Letters, digits, `_`, `-` and `.`.
    Dotted,
    /// Capitals and digits.
    Capitals,
    /// Hexadecimal digits and `-`.
    Hex,
    /// A UUID (RFC 9562): a commit has as many digits and no hyphens.
    Uuid,
    /// The rest of the path of an address.
    Path,
}

impl Of {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Url => byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-',
            Self::Dotted => {
                byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || byte == b'.'
            }
            Self::Capitals => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Hex | Self::Uuid => byte.is_ascii_hexdigit() || byte == b'-',
            Self::Path => byte.is_ascii_alphanumeric() || b"_-.~%@:/".contains(&byte),
        }
    }
}

impl Of {
    /// Whether `run`, all of such characters, is arranged as it must be.
    fn is_arranged(self, run: &str) -> bool {
        match self {
            Self::Uuid => [8, 13, 18, 23].iter().all(|at| run.as_bytes().get(*at) == Some(&b'-')),
            Self::Alphanumeric
            | Self::Url
            | Self::Dotted
            | Self::Capitals
            | Self::Hex
            | Self::Path => true,
        }
    }
}

/// Beginning, what follows, and how many of that at least. Where a beginning is a common
/// word, more must follow.
const SHAPES: &[(&str, Of, usize)] = &[
    // GitHub: personal, OAuth, app user, app installation, refresh; fine-grained.
    ("ghp_", Of::Alphanumeric, 30),
    ("gho_", Of::Alphanumeric, 30),
    ("ghu_", Of::Alphanumeric, 30),
    ("ghs_", Of::Alphanumeric, 30),
    ("ghr_", Of::Alphanumeric, 30),
    ("github_pat_", Of::Url, 22),
    // GitLab: personal, pipeline trigger, runner, deploy, CI job, feed.
    ("glpat-", Of::Dotted, 20),
    ("glptt-", Of::Url, 20),
    ("glrt-", Of::Dotted, 20),
    ("gldt-", Of::Url, 20),
    ("glcbt-", Of::Url, 20),
    ("glft-", Of::Url, 20),
    // Slack: bot, user, app, refresh, configuration.
    ("xoxb-", Of::Url, 10),
    ("xoxp-", Of::Url, 10),
    ("xoxa-", Of::Url, 10),
    ("xoxr-", Of::Url, 10),
    ("xoxs-", Of::Url, 10),
    ("xoxe-", Of::Url, 10),
    ("xoxe.", Of::Dotted, 10),
    ("xapp-", Of::Url, 10),
    // Addresses that whoever has them may post to: Slack, Discord, Teams, Telegram.
    ("hooks.slack.com/services/", Of::Path, 9),
    ("hooks.slack.com/workflows/", Of::Path, 9),
    ("hooks.slack.com/triggers/", Of::Path, 9),
    ("discord.com/api/webhooks/", Of::Path, 9),
    ("discordapp.com/api/webhooks/", Of::Path, 9),
    ("webhook.office.com/webhookb2/", Of::Path, 9),
    ("outlook.office.com/webhook/", Of::Path, 9),
    ("api.telegram.org/bot", Of::Path, 20),
    // AWS: long-lived and temporary access key ids, and bearer keys of one service.
    ("AKIA", Of::Capitals, 16),
    ("ASIA", Of::Capitals, 16),
    ("ABIA", Of::Capitals, 16),
    ("ACCA", Of::Capitals, 16),
    ("ABSK", Of::Alphanumeric, 40),
    // Google: API key, OAuth access token, OAuth client secret.
    ("AIza", Of::Url, 35),
    ("ya29.", Of::Dotted, 20),
    ("GOCSPX-", Of::Url, 20),
    // Model providers.
    ("sk-ant-", Of::Url, 20),
    ("sk-proj-", Of::Url, 20),
    ("sk-svcacct-", Of::Url, 20),
    ("sk-", Of::Alphanumeric, 32),
    ("hf_", Of::Alphanumeric, 30),
    ("gsk_", Of::Alphanumeric, 40),
    // Payment.
    ("sk_live_", Of::Alphanumeric, 10),
    ("sk_test_", Of::Alphanumeric, 10),
    ("rk_live_", Of::Alphanumeric, 10),
    ("rk_test_", Of::Alphanumeric, 10),
    ("whsec_", Of::Alphanumeric, 20),
    ("sq0csp-", Of::Url, 22),
    ("sq0atp-", Of::Url, 22),
    // Registries.
    ("npm_", Of::Alphanumeric, 30),
    ("pypi-AgE", Of::Url, 50),
    ("dckr_pat_", Of::Url, 20),
    ("dckr_oat_", Of::Url, 20),
    ("rubygems_", Of::Hex, 40),
    // Clouds and hosting.
    ("dop_v1_", Of::Hex, 60),
    ("doo_v1_", Of::Hex, 60),
    ("dor_v1_", Of::Hex, 60),
    ("fo1_", Of::Url, 30),
    ("FlyV1 ", Of::Url, 30),
    ("HRKU-", Of::Url, 30),
    ("pscale_tkn_", Of::Dotted, 30),
    ("pscale_pw_", Of::Dotted, 30),
    ("tskey-", Of::Url, 20),
    ("dapi", Of::Hex, 32),
    ("pul-", Of::Hex, 40),
    ("cf-aig-", Of::Url, 30),
    // Vault and its like.
    ("hvs.", Of::Url, 24),
    ("hvb.", Of::Url, 24),
    ("hvr.", Of::Url, 24),
    ("ops_eyJ", Of::Dotted, 50),
    ("AGE-SECRET-KEY-1", Of::Capitals, 50),
    ("dp.st.", Of::Dotted, 40),
    ("dp.pt.", Of::Dotted, 40),
    // Mail and chat.
    ("SG.", Of::Dotted, 50),
    ("xkeysib-", Of::Url, 60),
    ("key-", Of::Hex, 32),
    // Watching.
    ("glc_", Of::Alphanumeric, 30),
    ("glsa_", Of::Url, 30),
    ("NRAK-", Of::Capitals, 27),
    ("NRJS-", Of::Hex, 19),
    ("sntrys_", Of::Url, 40),
    ("sntryu_", Of::Hex, 60),
    ("dt0c01.", Of::Dotted, 60),
    // Feature flags.
    ("sdk-", Of::Uuid, 36),
    ("mob-", Of::Uuid, 36),
    ("api-", Of::Uuid, 36),
    // Work.
    ("lin_api_", Of::Alphanumeric, 30),
    ("ntn_", Of::Alphanumeric, 40),
    ("PMAK-", Of::Hex, 50),
    ("ATATT3", Of::Url, 100),
    ("shpat_", Of::Hex, 32),
    ("shpss_", Of::Hex, 32),
    ("figd_", Of::Url, 38),
];

/// Masks everything of these shapes, JSON Web Tokens, and the tokens of Unleash.
pub(super) fn mask(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let (mut done, mut at) = (0, 0);
    while at < bytes.len() {
        let Some(end) = begins_here(bytes, at).then(|| shape(text, at)).flatten() else {
            at += 1;
            continue;
        };
        out.push_str(&text[done..at]);
        out.push_str(MASK);
        (done, at) = (end, end);
    }
    out.push_str(&text[done..]);
    out
}

/// A beginning is none in the middle of a word.
fn begins_here(bytes: &[u8], at: usize) -> bool {
    let first = bytes[at].is_ascii_alphabetic() || bytes[at] == b'*';
    let (before, rest) = bytes.split_at(at);
    first
        && !rest.is_empty()
        && (!before.last().is_some_and(u8::is_ascii_alphanumeric) || behind_an_escape(before))
}

/// Whether the letter before a beginning is the end of an escape and no word: `\nghp_…` in a
/// JSON text, or the colour of a terminal (ECMA-48, "Control sequences").
fn behind_an_escape(before: &[u8]) -> bool {
    if let [.., b'\\', b'n' | b't' | b'r' | b'b' | b'f'] = before {
        return true;
    }
    let [colour @ .., b'm'] = before else { return false };
    let numbers = colour.iter().rev().take_while(|byte| byte.is_ascii_digit() || **byte == b';');
    let [escape @ .., b'['] = &colour[..colour.len() - numbers.count()] else { return false };
    [&b"\x1b"[..], b"u001b", b"u001B", b"x1b", b"033", b"\\e"]
        .iter()
        .any(|beginning| escape.ends_with(beginning))
}

/// One credential of every shape, for tests of whatever lets text in.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn examples() -> Vec<String> {
    let mut found: Vec<String> = SHAPES
        .iter()
        .map(|(beginning, of, least)| format!("{beginning}{}", filler(*of, *least)))
        .collect();
    found.extend(
        [
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
            "*:production.0123456789abcdef0123456789abcdef01234567",
            "default:development.0123456789abcdef0123456789abcdef",
        ]
        .map(str::to_owned),
    );
    found
}

/// So many harmless characters of a kind.
#[cfg(any(test, feature = "testing"))]
fn filler(of: Of, count: usize) -> String {
    let from: &[u8] = match of {
        Of::Alphanumeric | Of::Url | Of::Dotted => b"a1B2c3D4e5F6g7H8",
        Of::Path => b"a1B2/c3D4@e5F6/",
        Of::Capitals => b"A2B3C4D5E6F7G2H3",
        Of::Hex => b"a1b2c3d4e5f60718",
        Of::Uuid => b"a1b2c3d4-e5f6-0718-a1b2-c3d4e5f60718",
    };
    (0..count).map(|index| char::from(from[index % from.len()])).collect()
}

/// Where the credential ends that begins at `at`, if one does.
fn shape(text: &str, at: usize) -> Option<usize> {
    // What is looked at begins with an ASCII character, so it is a border of characters.
    let rest = text.get(at..)?;
    SHAPES
        .iter()
        .find_map(|(beginning, of, least)| {
            let tail = rest.strip_prefix(beginning)?;
            let run = tail.bytes().take_while(|byte| of.has(*byte)).count();
            (run >= *least && of.is_arranged(&tail[..run]))
                .then(|| beginning.len() + token(&tail[run..], run))
        })
        .or_else(|| web_token(rest))
        .or_else(|| unleash(rest))
        .map(|length| at + length)
}

/// A credential goes on as long as its characters do, also past what its shape promises.
fn token(rest: &str, run: usize) -> usize {
    let more = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-/+=.".contains(byte);
    let tail = rest.bytes().take_while(more).count();
    // A full stop behind a token ends a sentence.
    let stops = rest[..tail].bytes().rev().take_while(|byte| *byte == b'.').count();
    run + tail - stops
}

/// `eyJ….eyJ….signature` (RFC 7519): header and body are JSON objects in base64.
fn web_token(rest: &str) -> Option<usize> {
    if !rest.starts_with("eyJ") {
        return None;
    }
    let length = rest.bytes().take_while(|byte| Of::Dotted.has(*byte)).count();
    let mut parts = rest[..length].split('.');
    let (header, body) = (parts.next()?, parts.next()?);
    (header.len() >= 10 && body.len() >= 10).then_some(length)
}

/// `project:environment.secret`, with `*` for all projects; the secret is long and of
/// letters and digits.
fn unleash(rest: &str) -> Option<usize> {
    let of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-*[]".contains(byte);
    let project = rest.bytes().take_while(of_name).count();
    let tail = rest[project..].strip_prefix(':')?;
    let environment = tail.bytes().take_while(of_name).count();
    let secret = tail[environment..].strip_prefix('.')?;
    let run = secret.bytes().take_while(u8::is_ascii_alphanumeric).count();
    (project > 0 && environment > 0 && run >= 32).then_some(project + environment + run + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_masked_wherever_it_stands() {
        for token in examples() {
            for text in [
                token.clone(),
                format!("a word\n{token}\n"),
                format!("{{\"said\":\"a word\\n{token}\"}}"),
                format!("\x1b[31m{token}\x1b[0m"),
                format!("{{\"said\":\"\\u001b[1;31m{token}\"}}"),
                format!("token is {token}."),
                format!("{{\"x\":\"{token}\"}}"),
                format!("A={token}&b=c"),
            ] {
                let clean = mask(&text);
                assert!(!clean.contains(&token) && clean.contains(MASK), "{text} became {clean}");
            }
        }
    }

    #[test]
    fn what_only_begins_like_one_is_left_alone() {
        for text in [
            "api-gateway restarted, sdk-core 1.2.3 and key-value store",
            "AKIA is a beginning, sk-learn is a library, dapi is a word",
            "ghp_short and glpat- alone",
            "npm_config_registry is a variable, hf_hub_download a function",
            "deployment:production.checkout is no token",
            "registry.dev/shop:api-0123456789abcdef0123456789abcdef01234567",
            "eyJ is how JSON begins in base64",
            "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "2026-03-02T10:00:00.123Z commit 0123456789abcdef0123456789abcdef01234567",
        ] {
            assert_eq!(mask(text), text);
        }
    }
}
