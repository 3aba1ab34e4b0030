//! What is asked of a Prometheus. Pure.

use lastgood_core::time::Millis;

/// How an expression can be counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    /// A selector of counters, alone or inside a `sum`: its raw samples are counted by
    /// us. A range function would lose the first events of every new series.
    Counters {
        /// The selector: `http_requests_total{app="checkout"}`.
        selector: String,
        /// Whether it was summed; alone it must be one series.
        summed: bool,
    },
    /// Anything else. It is evaluated at every scrape and its value taken for a counter:
    /// what goes down is a reset, and a series that vanishes makes the sum go down. Good
    /// enough for one long-lived process, no more; write a `sum` of a selector instead.
    Opaque(String),
}

/// Functions that make a rate of a counter. A rate cannot be counted.
const RATES: [&str; 5] = ["rate", "irate", "increase", "delta", "deriv"];

impl Expression {
    /// Reads an objective's query; the error says what is wrong with it.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("it is empty".to_owned());
        }
        if let Some(selector) = selector(text) {
            return Ok(Self::Counters { selector, summed: false });
        }
        if let Some(inside) = summed(text)
            && let Some(selector) = selector(inside)
        {
            return Ok(Self::Counters { selector, summed: true });
        }
        if let Some(function) = RATES.iter().find(|function| calls(text, function)) {
            return Err(format!(
                "`{function}(…)` makes a rate of the counter; give the counter itself, such as \
                 `sum(http_requests_total{{…}})`"
            ));
        }
        Ok(Self::Opaque(text.to_owned()))
    }
}

/// The samples of `selector` over the `range` before the time of the query.
pub(super) fn samples(selector: &str, range: Millis) -> String {
    format!("{selector}[{}ms]", range.0.max(1))
}

/// Whether the targets at these hosts could be scraped, over the last `range`.
pub(super) fn targets(hosts: &[&str], range: Millis) -> String {
    let pattern: Vec<String> = hosts.iter().map(|host| escape(host)).collect();
    let matcher = format!("up{{instance=~\"\\\\[?({})\\\\]?(:[0-9]+)?\"}}", pattern.join("|"));
    samples(&matcher, range)
}

/// When the processes behind these targets started.
pub(super) fn starts(instances: &[&str], range: Millis) -> String {
    let pattern: Vec<String> = instances.iter().map(|instance| escape(instance)).collect();
    let matcher = format!("process_start_time_seconds{{instance=~\"{}\"}}", pattern.join("|"));
    samples(&matcher, range)
}

/// As seconds with milliseconds, which the API takes for a time and a step.
pub(super) fn seconds(milliseconds: i64) -> String {
    format!("{}.{:03}", milliseconds.div_euclid(1000), milliseconds.rem_euclid(1000))
}

/// Quotes what a regular expression or a string of `PromQL` would take as its own.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    for char in text.chars() {
        if !char.is_alphanumeric() && !matches!(char, '_' | ':' | '-' | '/') {
            out.push_str("\\\\");
        }
        out.push(char);
    }
    out
}

/// Whether `text` calls `function`.
fn calls(text: &str, function: &str) -> bool {
    text.match_indices(function).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + function.len()..].trim_start();
        after.starts_with('(')
            && !before.is_some_and(|char| char.is_alphanumeric() || char == '_' || char == ':')
    })
}

/// The text when it is a selector and nothing else.
fn selector(text: &str) -> Option<String> {
    let text = text.trim();
    let end = text
        .find(|char: char| !(char.is_ascii_alphanumeric() || char == '_' || char == ':'))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.starts_with(|char: char| char.is_ascii_digit()) {
        return None;
    }
    let rest = rest.trim();
    if rest.is_empty() {
        return (!name.is_empty()).then(|| text.to_owned());
    }
    (rest.starts_with('{') && closes_at_end(rest)).then(|| text.to_owned())
}

/// What is inside `sum(…)`, `sum by (…) (…)` or `sum(…) by (…)`.
fn summed(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("sum")?.trim_start();
    let rest = grouping(rest).unwrap_or(rest);
    let inside = rest.strip_prefix('(')?;
    let end = closing(inside)?;
    let after = inside[end + 1..].trim();
    if !after.is_empty() && !grouping(after)?.is_empty() {
        return None;
    }
    Some(inside[..end].trim())
}

/// What follows `by (…)` or `without (…)`.
fn grouping(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("by").or_else(|| text.strip_prefix("without"))?.trim_start();
    let labels = rest.strip_prefix('(')?;
    Some(labels[closing(labels)? + 1..].trim_start())
}

/// Whether the brace that opens `text` closes at its very end.
fn closes_at_end(text: &str) -> bool {
    closing(&text[1..]).is_some_and(|end| end + 2 == text.len())
}

/// Where the bracket that was opened before `text` closes. Strings are skipped.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    let mut quote = None;
    let mut escaped = false;
    for (at, char) in text.char_indices() {
        match (quote, char) {
            (Some(_), _) if escaped => escaped = false,
            (Some('"' | '\''), '\\') => escaped = true,
            (Some(open), _) => {
                if char == open {
                    quote = None;
                }
            }
            (None, '"' | '\'' | '`') => quote = Some(char),
            (None, '(' | '{' | '[') => depth += 1,
            (None, ')' | '}' | ']') if depth == 0 => return Some(at),
            (None, ')' | '}' | ']') => depth -= 1,
            (None, _) => {}
        }
    }
    None
}
