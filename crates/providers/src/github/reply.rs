//! What an answer of GitHub means. Pure.

use http::HeaderMap;
use jiff::Timestamp;
use lastgood_core::secret::redact_output;
use serde_json::Value;

use super::error::Failure;
use super::governor::Told;
use super::link::Beside;
use super::request::Request;
use crate::clock;

/// So much of a message is told.
const MESSAGE: usize = 300;

pub(super) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// What the headers say of the limits.
pub(super) fn told(headers: &HeaderMap) -> Told {
    let number = |name: &str| header(headers, name)?.parse().ok();
    let reset = header(headers, "x-ratelimit-reset")
        .and_then(|text| text.parse().ok())
        .and_then(|seconds| Timestamp::from_second(seconds).ok());
    Told {
        resource: header(headers, "x-ratelimit-resource"),
        limit: number("x-ratelimit-limit"),
        remaining: number("x-ratelimit-remaining"),
        reset,
        retry_after: header(headers, "retry-after").and_then(|text| text.parse().ok()),
    }
}

/// What the headers say of GitHub itself and of the credential.
pub(super) fn beside(headers: &HeaderMap, now: Timestamp) -> Beside {
    let date = header(headers, "date").and_then(|date| clock::of_header(&date));
    Beside {
        ahead: date.map(|date| date.duration_since(now)),
        scopes: header(headers, "x-oauth-scopes"),
        expires: header(headers, "github-authentication-token-expiration"),
        server: header(headers, "x-github-enterprise-version"),
    }
}

/// What GitHub says beside a status: its `message` with its `errors`, or the beginning of
/// whatever came.
pub(super) fn message(text: &str) -> String {
    let said = match serde_json::from_str::<Value>(text) {
        Ok(body) => {
            let mut said = body["message"].as_str().unwrap_or_default().to_owned();
            for error in body["errors"].as_array().into_iter().flatten() {
                let more = error["message"].as_str().or_else(|| error["code"].as_str());
                if let Some(more) = more.or_else(|| error.as_str()) {
                    said.extend(["; ", more]);
                }
            }
            said
        }
        Err(_) => text.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    // Masked before it is cut: half a credential has no shape.
    let said: String = redact_output(&said, &[]).chars().take(MESSAGE).collect();
    if said.is_empty() { "nothing more".to_owned() } else { said }
}

/// A status that is no success.
pub(super) fn failure(
    status: u16,
    why: String,
    permission: Option<String>,
    location: Option<String>,
    request: &Request,
) -> Failure {
    match status {
        301 | 302 | 307 | 308 => {
            Failure::Moved { to: location.unwrap_or_else(|| "somewhere else".to_owned()) }
        }
        401 => Failure::Unauthorised { why },
        403 => {
            let wants = permission.filter(|text| !text.is_empty());
            let wants = wants.map_or_else(String::new, |text| format!(" (it wants {text})"));
            Failure::Forbidden { why: format!("{why}{wants}") }
        }
        404 | 410 => Failure::Missing { what: request.about.clone() },
        408 | 500.. => Failure::Troubled { code: status, why },
        code => Failure::Rejected { code, why },
    }
}

/// What one part of a batch says: the repository's node, or why there is none.
pub(super) fn part<'a>(body: &'a Value, index: usize, about: &str) -> Result<&'a Value, Failure> {
    let name = format!("r{index}");
    let node = &body["data"][&name];
    if node.is_object() {
        return Ok(node);
    }
    let errors = body["errors"].as_array().map_or(&[][..], Vec::as_slice);
    let own = errors.iter().find(|error| error["path"][0] == name.as_str());
    let error = own.or_else(|| errors.iter().find(|error| error["path"].is_null()));
    let why = error.and_then(|error| error["message"].as_str()).unwrap_or("no data").to_owned();
    match error.and_then(|error| error["type"].as_str()) {
        Some("NOT_FOUND") => Err(Failure::Missing { what: about.to_owned() }),
        Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => Err(Failure::Forbidden { why }),
        Some(_) | None => Err(Failure::Foreign { why }),
    }
}

/// What a dispatch started, where the server tells: newer ones do, older ones answer with
/// nothing.
pub(super) fn dispatched(body: &Value) -> Option<(u64, String)> {
    let run = body["workflow_run_id"].as_u64()?;
    let page = body["html_url"].as_str().or_else(|| body["run_url"].as_str()).unwrap_or_default();
    Some((run, page.to_owned()))
}

/// The items of a list, as GitHub gives them: bare, or under a name beside their count.
pub(super) fn items<'a>(body: &'a Value, name: &str) -> &'a [Value] {
    body.as_array().or_else(|| body[name].as_array()).map_or(&[], Vec::as_slice)
}

pub(super) fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}
