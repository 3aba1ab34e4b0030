//! What an answer means for a check. Pure.

use std::error::Error as _;
use std::io::ErrorKind;

use lastgood_core::catalog::VersionAt;
use lastgood_core::check::{Assertion, CheckOutcome, Must};
use lastgood_core::secret::redact_output;
use lastgood_core::time::Millis;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::{NotAsked, Unanswered};
use crate::{client, json_path};

/// More of a value than this does not fit into a sentence.
const SHOWN: usize = 80;

/// An HTTP answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// Whether the body is longer than what is here.
    pub(super) more: bool,
}

impl Answer {
    fn header(&self, name: &str) -> Option<String> {
        let value = self.headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Judges an answer: the first assertion that does not hold decides.
pub(super) fn judge(expect: &[Assertion], answer: &Answer, took: Millis) -> (CheckOutcome, String) {
    let status = answer.status;
    let mut unread = None;
    for assertion in expect {
        match holds(assertion, answer, took) {
            Held::Yes => {}
            Held::No(why) => return (CheckOutcome::Failed, format!("answered {status}: {why}")),
            // Another assertion may still fail, and that is worth more.
            Held::Unread => unread = Some(()),
        }
    }
    if unread.is_some() {
        let why = format!("answered {status} with more than 1 MiB, which is not read to its end");
        return (CheckOutcome::Unasked, why);
    }
    if expect.is_empty() && !(200..300).contains(&status) {
        return (
            CheckOutcome::Failed,
            format!("answered {status}, 2xx is wanted{}", leads(answer)),
        );
    }
    (CheckOutcome::Passed, format!("answered {status} in {} ms", took.0))
}

enum Held {
    Yes,
    No(String),
    /// It cannot be told, because not all of the body was read.
    Unread,
}

fn holds(assertion: &Assertion, answer: &Answer, took: Millis) -> Held {
    match assertion {
        Assertion::Status(ranges) => {
            if ranges.iter().any(|(low, high)| (*low..=*high).contains(&answer.status)) {
                return Held::Yes;
            }
            let wanted: Vec<String> = ranges
                .iter()
                .map(
                    |(low, high)| {
                        if low == high { low.to_string() } else { format!("{low} to {high}") }
                    },
                )
                .collect();
            Held::No(format!("status {} is wanted{}", wanted.join(" or "), leads(answer)))
        }
        Assertion::Header { name, must } => {
            compare(&format!("header {name}"), must, answer.header(name).as_deref())
        }
        Assertion::Body(must) => {
            let text = String::from_utf8_lossy(&answer.body);
            match must {
                // What was found in the part that was read stays found.
                Must::Contain(_) | Must::Exist if must.accepts(Some(&text)) => Held::Yes,
                Must::Contain(_) | Must::Exist | Must::Equal(_) if answer.more => Held::Unread,
                Must::Contain(_) | Must::Exist | Must::Equal(_) => {
                    compare("the body", must, Some(&text))
                }
            }
        }
        Assertion::Json { path, must } => {
            if answer.more {
                return Held::Unread;
            }
            match answer.json() {
                Some(document) => {
                    compare(path, must, json_path::text_at(&document, path).as_deref())
                }
                None => Held::No("the body is not JSON".to_owned()),
            }
        }
        Assertion::Faster(limit) => {
            if took < *limit {
                Held::Yes
            } else {
                Held::No(format!("it took {} ms, less than {} ms is wanted", took.0, limit.0))
            }
        }
    }
}

fn compare(what: &str, must: &Must, found: Option<&str>) -> Held {
    if must.accepts(found) {
        return Held::Yes;
    }
    let found =
        found.map_or_else(|| "is not there".to_owned(), |text| format!("is `{}`", shown(text)));
    Held::No(match must {
        Must::Equal(wanted) => format!("{what} {found}, `{}` is wanted", shown(wanted)),
        Must::Contain(part) => format!("{what} {found} and has no `{}` in it", shown(part)),
        Must::Exist => format!("{what} {found}"),
    })
}

/// Where a redirect leads, since none is followed.
fn leads(answer: &Answer) -> String {
    match answer.header("location") {
        Some(to) if (300..400).contains(&answer.status) => {
            format!(" (it leads to {}, and redirects are not followed)", shown(&to))
        }
        Some(_) | None => String::new(),
    }
}

fn shown(text: &str) -> String {
    let clean = redact_output(text, &[]);
    let mut short: String = clean.chars().take(SHOWN).collect();
    if short.len() < clean.len() {
        short.push('…');
    }
    short
}

/// The version in an answer. A failing replica still says truly which version it is, so
/// the status does not matter.
pub(super) fn version(answer: &Answer, read: &VersionAt) -> Result<String, String> {
    let (found, place) = match read {
        VersionAt::Header(name) => (answer.header(name), format!("the header {name}")),
        VersionAt::Json(path) => (
            answer.json().and_then(|document| json_path::text_at(&document, path)),
            format!("{path} in a JSON body"),
        ),
    };
    found
        .filter(|version| !version.is_empty())
        .ok_or_else(|| format!("it answered {} without {place}", answer.status))
}

/// Tells a service that answers badly from one that could not be asked.
pub(super) fn unanswered(error: reqwest::Error) -> Unanswered {
    let kind = io_kind(&error);
    if let Some(address) = forbidden(&error) {
        return Unanswered::NotAsked(NotAsked::Forbidden { address });
    }
    let is_connect = error.is_connect();
    let is_timeout = error.is_timeout();
    let why = client::words(error);
    if !is_connect {
        return Unanswered::Failed(format!("no answer: {why}"));
    }
    match kind {
        Some(ErrorKind::ConnectionRefused) => {
            Unanswered::Failed("the connection is refused".into())
        }
        Some(ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe) => {
            Unanswered::Failed("the connection is reset".into())
        }
        // How rustls reports a certificate that does not hold.
        Some(ErrorKind::InvalidData) if !is_timeout => {
            Unanswered::Failed(format!("TLS does not hold: {why}"))
        }
        Some(_) | None => Unanswered::NotAsked(NotAsked::Unreached { why }),
    }
}

fn io_kind(error: &reqwest::Error) -> Option<ErrorKind> {
    let mut cause = error.source();
    let mut found = None;
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            found = Some(error.kind());
        }
        cause = error.source();
    }
    found
}

fn forbidden(error: &reqwest::Error) -> Option<String> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(NotAsked::Forbidden { address }) = error.downcast_ref::<NotAsked>() {
            return Some(address.clone());
        }
        cause = error.source();
    }
    None
}
