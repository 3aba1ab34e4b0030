//! What an address in a file may be. A file of a workspace is shared, and what it names is
//! called from the machine of whoever opens it.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::code::Code;
use crate::finding::Report;
use crate::tree::At;

/// Names under which clouds hand out credentials to whoever asks from inside.
const METADATA_NAMES: [&str; 4] =
    ["metadata.google.internal", "metadata.goog", "metadata", "instance-data"];
/// Amazon's metadata service over IPv6.
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
/// Alibaba's metadata service; it lies outside of the link-local block.
const METADATA_ALIBABA: Ipv4Addr = Ipv4Addr::new(100, 100, 100, 200);
/// Parameters of an address whose values are credentials.
const SECRET_PARAMETERS: [&str; 8] =
    ["access_token", "access-token", "api_key", "api-key", "apikey", "password", "secret", "token"];

/// Whether everybody on the way can read what is sent there: not encrypted, and not to this
/// machine itself.
pub(crate) fn is_open(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = without_port(authority.rsplit('@').next().unwrap_or_default()).to_ascii_lowercase();
    let own = host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    scheme.eq_ignore_ascii_case("http") && !own
}

/// Reports what is wrong with an address.
pub(crate) fn check(at: &At<'_>, text: &str, report: &mut Report) {
    let Some((scheme, rest)) = text.split_once("://") else {
        let suggestion = (!text.contains(':') && text.contains('.'))
            .then(|| format!("write `https://{}`", text.chars().take(80).collect::<String>()));
        report.error_with(
            Code::InvalidAddress,
            at,
            "an address begins with `https://` or `http://`",
            suggestion,
        );
        return;
    };
    if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) {
        let scheme: String = scheme.chars().take(20).collect();
        report.error_with(
            Code::InvalidAddress,
            at,
            format!("`{scheme}` addresses are not called"),
            "use `https://` or `http://`".to_owned(),
        );
        return;
    }
    if text.contains(char::is_whitespace) && !text.contains("{{") {
        report.error(Code::InvalidAddress, at, "an address holds no space");
        return;
    }
    // A backslash is a slash to browsers and a part of the name to others.
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.len() != authority.len() {
        report.error_with(
            Code::SecretInFile,
            at,
            "the address holds a name or password before `@`",
            "secrets do not belong in this file; remove the part before `@`".to_owned(),
        );
    }
    let name = without_port(host);
    if name.is_empty() || tail.starts_with('\\') {
        report.error(Code::InvalidAddress, at, "the address has no host");
        return;
    }
    if is_metadata(name) {
        report.error_with(
            Code::MetadataAddress,
            at,
            "this is the address where a cloud hands out credentials; nothing here may call it",
            "name the service's own address".to_owned(),
        );
    }
    if let Some((_, query)) = tail.split_once('?') {
        for parameter in query.split(['&', '#']) {
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            if SECRET_PARAMETERS.contains(&key.to_ascii_lowercase().as_str()) && !value.is_empty() {
                report.error_with(
                    Code::SecretInFile,
                    at,
                    format!("the parameter `{key}` of the address looks like a credential"),
                    "secrets do not belong in this file; remove the parameter".to_owned(),
                );
            }
        }
    }
}

fn without_port(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    host.split(':').next().unwrap_or_default()
}

fn is_metadata(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    if METADATA_NAMES.contains(&host.as_str()) {
        return true;
    }
    if let Ok(v6) = host.parse::<Ipv6Addr>() {
        return v6 == METADATA_V6 || v6.to_ipv4().is_some_and(is_metadata_v4);
    }
    number_host(&host).is_some_and(is_metadata_v4)
}

fn is_metadata_v4(address: Ipv4Addr) -> bool {
    address.is_link_local() || address == METADATA_ALIBABA
}

/// An IPv4 address in any of the forms that URL parsers accept: `169.254.169.254`,
/// `0xa9fea9fe`, `2852039166`, `0251.0376.43518` (WHATWG URL, "IPv4 parser").
fn number_host(host: &str) -> Option<Ipv4Addr> {
    let parts: Vec<&str> = host.split('.').collect();
    let (last, first) = parts.split_last()?;
    if first.len() > 3 {
        return None;
    }
    let mut value: u64 = 0;
    for part in first {
        let byte = number_part(part).filter(|byte| *byte < 256)?;
        value = value << 8 | byte;
    }
    let room = 8 * (4 - u32::try_from(first.len()).ok()?);
    let last = number_part(last).filter(|last| *last < 1u64 << room)?;
    u32::try_from(value << room | last).ok().map(Ipv4Addr::from)
}

fn number_part(part: &str) -> Option<u64> {
    let (digits, radix) = match part.strip_prefix("0x").or_else(|| part.strip_prefix("0X")) {
        Some(rest) => (rest, 16),
        None if part.len() > 1 && part.starts_with('0') => (&part[1..], 8),
        None => (part, 10),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_metadata_address_is_known_in_every_disguise() {
        for host in [
            "169.254.169.254",
            "169.254.170.2",
            "2852039166",
            "0xa9fea9fe",
            "0xA9.0xfe.0xa9.0xfe",
            "0251.0376.0251.0376",
            "169.16689662",
            "::ffff:169.254.169.254",
            "fd00:ec2::254",
            "100.100.100.200",
            "metadata.google.internal",
            "METADATA.google.internal.",
        ] {
            assert!(is_metadata(host), "{host}");
        }
    }

    #[test]
    fn ordinary_hosts_are_not_metadata() {
        for host in ["checkout.acme.dev", "127.0.0.1", "10.0.0.1", "::1", "localhost", "1.2.3.4.5"]
        {
            assert!(!is_metadata(host), "{host}");
        }
    }
}
