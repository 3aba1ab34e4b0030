//! What a practice service answers to a synthetic check, and how a check finds it.

use lastgood_core::check::{Assertion, Check, CheckOutcome, CheckResult, Must};
use lastgood_core::drill::Behaviour;
use lastgood_core::time::Millis;
use serde_json::{Value, json};

use crate::chance::{scramble, unit};
use crate::service::{Segment, Service};

/// One made-up HTTP answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Value,
    took: Millis,
}

impl Answer {
    /// What the mix of `segment` answers, as `luck` has it.
    pub(crate) fn of(service: &Service, segment: &Segment, luck: u64) -> Self {
        let mut left = unit(luck);
        let mut serving = segment.arms.iter().filter(|arm| arm.share > 0.0 && arm.ready > 0);
        let Some(first) = serving.next() else { return Self::nobody() };
        let mut chosen = first;
        for arm in std::iter::once(first).chain(serving) {
            chosen = arm;
            left -= arm.share;
            if left < 0.0 {
                break;
            }
        }
        let failed = unit(scramble(luck)) < chosen.behaviour.error_rate;
        let (status, word) = if failed { (500, "error") } else { (200, "ok") };
        let name = service.place.service.as_str();
        Self {
            status,
            headers: vec![
                ("content-type".to_owned(), "application/json".to_owned()),
                ("x-version".to_owned(), chosen.version.clone()),
            ],
            body: json!({ "service": name, "status": word, "version": chosen.version }),
            took: latency(&chosen.behaviour, scramble(scramble(luck))),
        }
    }

    /// What a router answers when no replica is ready.
    pub(crate) fn nobody() -> Self {
        Self {
            status: 503,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: json!({ "status": "no replica is ready" }),
            took: Millis(2),
        }
    }

    /// Holds the answer against what `check` expects.
    pub(crate) fn judge(&self, check: &Check) -> CheckResult {
        let result = |outcome, took, sentence| CheckResult {
            name: check.name.clone(),
            outcome,
            took,
            sentence,
        };
        if self.took > check.timeout {
            let sentence = format!("no answer within {} ms", check.timeout.0);
            return result(CheckOutcome::Failed, check.timeout, sentence);
        }
        let body = if check.method.eq_ignore_ascii_case("HEAD") {
            String::new()
        } else {
            self.body.to_string()
        };
        for assertion in &check.expect {
            if let Some(sentence) = self.objection(assertion, &body) {
                return result(CheckOutcome::Failed, self.took, sentence);
            }
        }
        let version = self.header("x-version").map_or_else(String::new, |v| format!(" from {v}"));
        let sentence = format!("{}{version} in {} ms", self.status, self.took.0);
        result(CheckOutcome::Passed, self.took, sentence)
    }

    /// What is wrong with the answer; `None` when the assertion holds.
    fn objection(&self, assertion: &Assertion, body: &str) -> Option<String> {
        match assertion {
            Assertion::Status(ranges) => {
                let fits = ranges.iter().any(|(low, high)| (*low..=*high).contains(&self.status));
                (!fits)
                    .then(|| format!("the status is {}, {} is wanted", self.status, wanted(ranges)))
            }
            Assertion::Header { name, must } => {
                unmet(must, self.header(name)).map(|why| format!("the header {name} {why}"))
            }
            Assertion::Body(must) => unmet(must, Some(body)).map(|why| format!("the body {why}")),
            Assertion::Json { path, must } => {
                let found = serde_json::from_str::<Value>(body)
                    .ok()
                    .and_then(|value| at(&value, path).map(spoken));
                unmet(must, found.as_deref()).map(|why| format!("{path} in the body {why}"))
            }
            Assertion::Faster(limit) => (self.took >= *limit)
                .then(|| format!("it took {} ms, less than {} is wanted", self.took.0, limit.0)),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Between half of the median and twice as much.
fn latency(behaviour: &Behaviour, luck: u64) -> Millis {
    let median = behaviour.latency.0;
    Millis(median / 2 + (luck % 1_000).saturating_mul(median) * 3 / 2_000)
}

fn wanted(ranges: &[(u16, u16)]) -> String {
    let texts: Vec<String> = ranges
        .iter()
        .map(|(low, high)| if low == high { low.to_string() } else { format!("{low} to {high}") })
        .collect();
    texts.join(" or ")
}

/// What is wrong with `found`, as the end of a sentence.
fn unmet(must: &Must, found: Option<&str>) -> Option<String> {
    if must.accepts(found) {
        return None;
    }
    let seen = found.map_or_else(|| "is not there".to_owned(), |text| format!("is `{text}`"));
    Some(match must {
        Must::Equal(wanted) => format!("{seen}, `{wanted}` is wanted"),
        Must::Contain(wanted) => format!("{seen}, `{wanted}` is wanted in it"),
        Must::Exist => seen,
    })
}

/// The value at a path of the form `$.a.b[0]`.
fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let mut found = value;
    for part in path.strip_prefix('$')?.split('.').filter(|part| !part.is_empty()) {
        let mut pieces = part.split('[');
        let name = pieces.next()?;
        if !name.is_empty() {
            found = found.get(name)?;
        }
        for index in pieces {
            found = found.get(index.strip_suffix(']')?.parse::<usize>().ok()?)?;
        }
    }
    Some(found)
}

/// A value as text: strings without their quotes.
fn spoken(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

#[cfg(test)]
mod tests;
