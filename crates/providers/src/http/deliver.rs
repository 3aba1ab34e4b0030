//! A request that changes something: sent once, and what its answer means. What `request`
//! and `reply` are for checks, [`built`] and [`meaning`] are here: pure.

use std::time::Duration;

use lastgood_core::check::{Assertion, CheckOutcome, Must};
use lastgood_core::effect::Refusal;
use lastgood_core::errand::{HTTP, HttpProbe, HttpRequest, KEY_PLACEHOLDER, placed};
use lastgood_core::secret::{Secret, redact_output};
use lastgood_core::time::Millis;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Body, Method, Request};
use tokio::time::Instant;

use super::reply::{self, Answer};
use super::{BODY_AT_MOST, Http, NotAsked, Unanswered, request};
use crate::client;

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Delivered {
    /// It was taken, and the answer is as it must be.
    Done { reference: String, sentence: String },
    /// It was not sent, or the answer says that nothing was changed.
    Refused(Refusal),
    /// It was sent, and nobody can tell from the answer what came of it.
    Lost(String),
}

/// What a probe found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Yes(String),
    No,
    Unclear(String),
}

/// The secrets of a request, by name.
pub(crate) type Secrets = [(String, Secret<String>)];

impl Http {
    /// Sends `wanted` once.
    pub(crate) async fn deliver(
        &self,
        wanted: &HttpRequest,
        key: &str,
        secrets: &Secrets,
    ) -> Delivered {
        let method = match wanted.method.as_str() {
            "PUT" => Method::PUT,
            "PATCH" => Method::PATCH,
            "DELETE" => Method::DELETE,
            _ => Method::POST,
        };
        let rejected =
            |why: String| Delivered::Refused(Refusal::Rejected { system: HTTP.to_owned(), why });
        let request = match built(method, &wanted.url, wanted, key, secrets) {
            Ok(request) => request,
            Err(why) => return rejected(why.to_string()),
        };
        if let Err(why) = self.guard.admits(request.url()) {
            return rejected(why.to_string());
        }
        let began = Instant::now();
        let sent = self.exchanged(request, wanted.timeout.duration()).await;
        let took = Millis::from(began.elapsed());
        clean(meaning(&wanted.expect, &wanted.url, sent, took), secrets)
    }

    /// Asks whether `wanted` took place.
    pub(crate) async fn find(
        &self,
        wanted: &HttpRequest,
        probe: &HttpProbe,
        key: &str,
        secrets: &Secrets,
        limit: Duration,
    ) -> Found {
        let unclear = |why: String| Found::Unclear(redact_output(&why, &held(secrets)));
        let in_address = request::encoded(key);
        let url = probe.url.replace(KEY_PLACEHOLDER, &in_address);
        let request = match built(Method::GET, &url, wanted, key, secrets) {
            Ok(request) => request,
            Err(why) => return unclear(why.to_string()),
        };
        if let Err(why) = self.guard.admits(request.url()) {
            return unclear(why.to_string());
        }
        let began = Instant::now();
        let expect: Vec<Assertion> = probe.expect.iter().map(|one| with_key(one, key)).collect();
        match self.exchanged(request, limit).await {
            Err(Undelivered::NotSent(why)) => unclear(why.to_string()),
            Err(Undelivered::Unknown(why)) => unclear(why),
            Ok(answer) => {
                let (outcome, sentence) =
                    reply::judge(&expect, &answer, Millis::from(began.elapsed()));
                match outcome {
                    CheckOutcome::Passed => Found::Yes(redact_output(&sentence, &held(secrets))),
                    // What is not there, or is there and other than it would be, says no.
                    CheckOutcome::Failed
                        if answer.status == 404 || (200..300).contains(&answer.status) =>
                    {
                        Found::No
                    }
                    CheckOutcome::Failed | CheckOutcome::Unasked => unclear(sentence),
                }
            }
        }
    }

    /// Sends, and reads the whole answer.
    async fn exchanged(&self, request: Request, limit: Duration) -> Result<Answer, Undelivered> {
        let exchange = async {
            let response = self.client.execute(request).await.map_err(undelivered)?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let (body, more) = client::body(response, BODY_AT_MOST).await.map_err(|error| {
                Undelivered::Unknown(format!(
                    "it was answered with {status}, and the answer broke off: {}",
                    client::words(error)
                ))
            })?;
            Ok(Answer { status, headers, body, more })
        };
        tokio::time::timeout(limit, exchange).await.unwrap_or_else(|_| {
            let why = format!("no complete answer within {} ms", limit.as_millis());
            Err(Undelivered::Unknown(why))
        })
    }
}

/// Why there is no answer.
#[derive(Debug)]
enum Undelivered {
    /// Nothing left this machine.
    NotSent(NotAsked),
    /// It may have arrived.
    Unknown(String),
}

fn undelivered(error: reqwest::Error) -> Undelivered {
    if error.is_connect() || error.is_builder() {
        return Undelivered::NotSent(match reply::unanswered(error) {
            Unanswered::Failed(why) => NotAsked::Unreached { why },
            Unanswered::NotAsked(why) => why,
        });
    }
    Undelivered::Unknown(format!("no answer: {}", client::words(error)))
}

/// The request with its secrets and its key.
fn built(
    method: Method,
    url: &str,
    wanted: &HttpRequest,
    key: &str,
    secrets: &Secrets,
) -> Result<Request, NotAsked> {
    let malformed = |why: String| NotAsked::Malformed { why };
    let sends = method != Method::GET;
    let secret = |name: &str| {
        let found = secrets.iter().find(|(known, _)| known == name).map(|(_, secret)| secret);
        found.ok_or_else(|| malformed(format!("there is no secret `{name}`")))
    };
    let mut address = url.to_owned();
    for name in placed::in_address(url) {
        address = secret(name)?
            .expose(|value| placed::put_into_address(&address, name, value, request::encoded));
    }
    let mut request = Request::new(method, request::address(&address)?);
    let mut put = |name: &str, value: &str| {
        let header = HeaderName::try_from(name)
            .map_err(|_| malformed(format!("`{name}` is no header name")))?;
        // The value is not repeated; it may be a secret.
        let mut value = HeaderValue::try_from(value)
            .map_err(|_| malformed(format!("the value of header `{name}` cannot be sent")))?;
        value.set_sensitive(true);
        request.headers_mut().insert(header, value);
        Ok::<(), NotAsked>(())
    };
    for (name, value) in &wanted.headers {
        put(name, value)?;
    }
    for (header, name) in &wanted.secrets {
        secret(name)?.expose(|value| put(header, value))?;
    }
    if let Some(name) = &wanted.bearer {
        secret(name)?.expose(|value| put(AUTHORIZATION.as_str(), &format!("Bearer {value}")))?;
    }
    if sends {
        put(&wanted.key_header, key)?;
        if let Some(mut json) = wanted.json.clone() {
            put("content-type", "application/json")?;
            for (place, name) in &wanted.json_secrets {
                if !secret(name)?.expose(|value| placed::put_into_json(&mut json, place, value)) {
                    return Err(malformed(format!("the body has no place `{place}`")));
                }
            }
            *request.body_mut() = Some(Body::from(json.to_string()));
        }
    }
    Ok(request)
}

/// What an answer to a change means. Only an answer that says so means that nothing was
/// changed; whatever could stand behind a proxy's error is lost and must be looked up.
fn meaning(
    expect: &[Assertion],
    url: &str,
    answer: Result<Answer, Undelivered>,
    took: Millis,
) -> Delivered {
    let rejected = |why: String| Refusal::Rejected { system: HTTP.to_owned(), why };
    let host = || {
        let known = reqwest::Url::parse(url).ok();
        known.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| HTTP.to_owned())
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(Undelivered::NotSent(NotAsked::Unreached { why })) => {
            return Delivered::Refused(Refusal::Unreachable { system: host(), why });
        }
        Err(Undelivered::NotSent(why)) => return Delivered::Refused(rejected(why.to_string())),
        Err(Undelivered::Unknown(why)) => return Delivered::Lost(why),
    };
    let (outcome, sentence) = reply::judge(expect, &answer, took);
    let status = answer.status;
    if outcome == CheckOutcome::Passed {
        return Delivered::Done { reference: format!("status {status}"), sentence };
    }
    match status {
        401 => Delivered::Refused(Refusal::Unauthorised { system: host() }),
        403 => Delivered::Refused(Refusal::Forbidden {
            permission: format!("{} says 403 to {url}", host()),
        }),
        404 | 410 => Delivered::Refused(Refusal::Gone { what: format!("{url} ({status})") }),
        429 => {
            let wait = answer.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            let wait = wait.map_or_else(
                || "it does not say for how long".to_owned(),
                |wait| format!("it says to wait: {wait}"),
            );
            Delivered::Refused(rejected(format!("it is asked too often (429); {wait}")))
        }
        300..=499 => Delivered::Refused(rejected(sentence)),
        // 2xx that is not as it must be, and 5xx: something took the request.
        _ => Delivered::Lost(sentence),
    }
}

/// The same assertion, with the key in the place of its placeholder.
fn with_key(one: &Assertion, key: &str) -> Assertion {
    let must = |must: &Must| match must {
        Must::Equal(text) => Must::Equal(text.replace(KEY_PLACEHOLDER, key)),
        Must::Contain(text) => Must::Contain(text.replace(KEY_PLACEHOLDER, key)),
        Must::Exist => Must::Exist,
    };
    match one {
        Assertion::Header { name, must: wanted } => {
            Assertion::Header { name: name.clone(), must: must(wanted) }
        }
        Assertion::Body(wanted) => Assertion::Body(must(wanted)),
        Assertion::Json { path, must: wanted } => {
            Assertion::Json { path: path.clone(), must: must(wanted) }
        }
        Assertion::Status(_) | Assertion::Faster(_) => one.clone(),
    }
}

fn held(secrets: &Secrets) -> Vec<Secret<String>> {
    secrets.iter().map(|(_, secret)| secret.clone()).collect()
}

/// The same without anything secret that the other side may have sent back.
fn clean(delivered: Delivered, secrets: &Secrets) -> Delivered {
    let held = held(secrets);
    let clean = |text: String| redact_output(&text, &held);
    match delivered {
        Delivered::Done { reference, sentence } => {
            Delivered::Done { reference, sentence: clean(sentence) }
        }
        Delivered::Lost(why) => Delivered::Lost(clean(why)),
        Delivered::Refused(Refusal::Rejected { system, why }) => {
            Delivered::Refused(Refusal::Rejected { system, why: clean(why) })
        }
        Delivered::Refused(Refusal::Unreachable { system, why }) => {
            Delivered::Refused(Refusal::Unreachable { system, why: clean(why) })
        }
        Delivered::Refused(refusal) => Delivered::Refused(refusal),
    }
}
