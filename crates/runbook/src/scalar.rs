//! Small things that texts mean: durations, percentages, names, status codes.

use lastgood_core::time::Millis;

const UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// `1h30m` → 90 minutes. Units from `d` to `ms`, the larger ones first, each once.
pub(crate) fn duration(text: &str) -> Option<Millis> {
    let mut rest = text;
    let mut total: u64 = 0;
    let mut allowed = &UNITS[..];
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (count, tail) = rest.split_at(digits);
        let count: u64 = count.parse().ok()?;
        let end = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let index = allowed.iter().position(|(name, _)| *name == unit)?;
        total = total.checked_add(count.checked_mul(allowed[index].1)?)?;
        allowed = &allowed[index + 1..];
        rest = tail;
    }
    (!text.is_empty()).then_some(Millis(total))
}

/// A length as it is written in files: `1h30m`.
pub(crate) fn duration_text(length: Millis) -> String {
    let mut rest = length.0;
    let mut text = String::new();
    for (unit, size) in UNITS {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            text.push_str(&count.to_string());
            text.push_str(unit);
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// `99.9%` → 0.999. The decimal point is moved in the text, so that the result is the
/// number nearest to what was written (99.9 / 100 is not).
pub(crate) fn percentage(text: &str) -> Option<f64> {
    let number = text.strip_suffix('%')?;
    let good = |c: char| c.is_ascii_digit() || c == '.';
    let begins = number.starts_with(|c: char| c.is_ascii_digit());
    if !begins || number.ends_with('.') || !number.chars().all(good) || number.len() > 20 {
        return None;
    }
    format!("{number}e-2").parse().ok()
}

/// Whether `text` can name something: letters, digits, `-`, `_`, `.`; at most 63
/// characters, the first a letter or digit.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// Whether `text` is a kebab-case id: `roll-back`; at most 63 characters.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && !text.contains("--")
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// The nearest kebab-case id to `text`, for a suggestion.
pub(crate) fn as_id(text: &str) -> Option<String> {
    let mut id = String::new();
    for c in text.chars().take(64) {
        if c.is_ascii_alphanumeric() {
            id.push(c.to_ascii_lowercase());
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    let id = id.trim_end_matches('-').trim_start_matches(|c: char| c.is_ascii_digit());
    let id = id.trim_start_matches('-');
    is_id(id).then(|| id.to_owned())
}

/// Whether `text` can be the name of an HTTP header (RFC 9110, chapter 5.1).
pub(crate) fn is_header(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 128
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
}

/// Whether `text` is a path of the form `$.a.b[0]`.
pub(crate) fn is_json_path(text: &str) -> bool {
    let Some(mut rest) = text.strip_prefix('$') else { return false };
    while !rest.is_empty() {
        if let Some(tail) = rest.strip_prefix('.') {
            let end = tail.find(['.', '[']).unwrap_or(tail.len());
            let name = &tail[..end];
            if name.is_empty()
                || !name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
            {
                return false;
            }
            rest = &tail[end..];
        } else if let Some(tail) = rest.strip_prefix('[') {
            let Some((index, tail)) = tail.split_once(']') else { return false };
            if index.parse::<u32>().is_err() {
                return false;
            }
            rest = tail;
        } else {
            return false;
        }
    }
    true
}

/// `200` → 200 to 200, `2xx` → 200 to 299.
pub(crate) fn status(text: &str) -> Option<(u16, u16)> {
    if let Some(class) = text.strip_suffix("xx") {
        let class: u16 = class.parse().ok().filter(|class| (1..=5).contains(class))?;
        return Some((class * 100, class * 100 + 99));
    }
    let code: u16 = text.parse().ok().filter(|code| (100..=599).contains(code))?;
    (text.len() == 3).then_some((code, code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_they_are_said() {
        for (text, ms) in [
            ("30s", Some(30_000)),
            ("10m", Some(600_000)),
            ("1h30m", Some(5_400_000)),
            ("800ms", Some(800)),
            ("1d", Some(86_400_000)),
            ("90m", Some(5_400_000)),
            ("0s", Some(0)),
            ("1m500ms", Some(60_500)),
            ("", None),
            ("30", None),
            ("30m1h", None),
            ("1m1m", None),
            ("-1s", None),
            ("1.5h", None),
            ("5 m", None),
            ("m", None),
            ("99999999999999999999s", None),
            ("18446744073709551615d", None),
        ] {
            assert_eq!(duration(text), ms.map(Millis), "{text}");
        }
    }

    #[test]
    fn a_duration_reads_back_as_it_was_written() {
        for text in ["30s", "1h30m", "800ms", "0s", "1d", "2m5s"] {
            let length = duration(text).expect("it is one");
            assert_eq!(duration_text(length), text);
        }
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "the point is that it is the same number")]
    fn a_percentage_is_the_number_that_was_written() {
        for (text, share) in [("99.9%", 0.999), ("6%", 0.06), ("100%", 1.0), ("0%", 0.0)] {
            assert_eq!(percentage(text).expect("it is one"), share, "{text}");
        }
        for text in ["99.9", "%", "-1%", "1.%", ".5%", "1.2.3%", "1e3%", "nan%", "+1%"] {
            assert_eq!(percentage(text), None, "{text}");
        }
    }

    #[test]
    fn ids_and_names_are_told_from_other_texts() {
        for (text, id, name) in [
            ("roll-back", true, true),
            ("v2", true, true),
            ("Roll_Back", false, true),
            ("a--b", false, true),
            ("-a", false, false),
            ("a/b", false, false),
            ("", false, false),
            ("ä", false, false),
        ] {
            assert_eq!((is_id(text), is_name(text)), (id, name), "{text}");
        }
        assert_eq!(as_id("Roll back!").as_deref(), Some("roll-back"));
        assert_eq!(as_id("2 fast"), Some("fast".to_owned()));
        assert_eq!(as_id("!!"), None);
    }

    #[test]
    fn paths_into_json_have_one_form() {
        for good in ["$", "$.status", "$.a.b[0]", "$[1].a", "$.größe", "$.x-y"] {
            assert!(is_json_path(good), "{good}");
        }
        for bad in ["", "status", "$.", "$..a", "$.a[", "$.a[x]", "$.a[*]", "$.a b", "$a"] {
            assert!(!is_json_path(bad), "{bad}");
        }
    }

    #[test]
    fn a_status_is_a_code_or_a_class() {
        assert_eq!(status("200"), Some((200, 200)));
        assert_eq!(status("4xx"), Some((400, 499)));
        for bad in ["99", "600", "xx", "6xx", "2XX", "0200", "ok", "+20"] {
            assert_eq!(status(bad), None, "{bad}");
        }
    }
}
