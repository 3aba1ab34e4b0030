//! From a check to a request. Pure.

use lastgood_core::check::{Assertion, Check};
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Body, Method, Request, Url};

use super::NotAsked;
use crate::json_path;

/// The request of `check`.
pub(super) fn of(check: &Check) -> Result<Request, NotAsked> {
    let method = match check.method.to_ascii_uppercase().as_str() {
        "GET" => Method::GET,
        "HEAD" => Method::HEAD,
        "POST" => Method::POST,
        other => return malformed(format!("`{other}` is none of GET, HEAD and POST")),
    };
    for assertion in &check.expect {
        if let Assertion::Json { path, .. } = assertion
            && !json_path::is_path(path)
        {
            return malformed(format!("`{path}` is not a path of the form $.a.b[0]"));
        }
    }
    let mut request = Request::new(method.clone(), address(&check.url)?);
    for (name, value) in &check.headers {
        let Ok(header) = HeaderName::try_from(name.as_str()) else {
            return malformed(format!("`{name}` is no header name"));
        };
        let Ok(mut value) = HeaderValue::try_from(value.as_str()) else {
            return malformed(format!("the value of header `{name}` cannot be sent"));
        };
        value.set_sensitive(true);
        request.headers_mut().insert(header, value);
    }
    if let Some(body) = &check.body {
        if method != Method::POST {
            return malformed(format!("a {method} has no body"));
        }
        *request.body_mut() = Some(Body::from(body.clone()));
    }
    Ok(request)
}

/// A plain GET.
pub(super) fn get(url: &str) -> Result<Request, NotAsked> {
    Ok(Request::new(Method::GET, address(url)?))
}

pub(super) fn address(text: &str) -> Result<Url, NotAsked> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        Ok(_) => malformed("the address must begin with http:// or https://".to_owned()),
        Err(error) => malformed(format!("the address cannot be read: {error}")),
    }
}

fn malformed<T>(why: String) -> Result<T, NotAsked> {
    Err(NotAsked::Malformed { why })
}

/// `text` as one piece of an address.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for half in [byte >> 4, byte & 15] {
                out.extend(char::from_digit(u32::from(half), 16).map(|c| c.to_ascii_uppercase()));
            }
        }
    }
    out
}
