//! Who may ask at all, and what every answer says to the browser.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use lastgood_core::problem::{Code, Problem};

use super::Host;
use super::answer::turned_away;

/// The window's own rules: nothing from elsewhere, and nobody may frame it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; \
form-action 'none'; frame-ancestors 'none'; object-src 'none'; \
require-trusted-types-for 'script'; trusted-types svelte-trusted-html";

/// Lets a request through that comes from our own window, and marks every answer.
pub(super) async fn guard(State(host): State<Arc<Host>>, request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let mut response = match turn_away(&host, &request, api) {
        Some(response) => response,
        None => next.run(request).await,
    };
    let caching = if api { "no-store" } else { "no-cache" };
    let marks: [(HeaderName, &'static str); 6] = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, caching),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in marks {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn turn_away(host: &Host, request: &Request, api: bool) -> Option<Response> {
    if !named_as_us(host.port, request) {
        // A foreign name that leads here is how a foreign page would reach us.
        let problem = Problem::new(Code::Forbidden, "this server has another name")
            .hint("Use the address that `lastgood serve` printed.");
        return Some(turned_away(StatusCode::FORBIDDEN, &problem));
    }
    if !from_our_own_page(host.port, request) {
        let problem = Problem::new(Code::Forbidden, "another site's page asked");
        return Some(turned_away(StatusCode::FORBIDDEN, &problem));
    }
    if api && !signed_in(host, request) {
        let problem =
            Problem::new(Code::Unauthorised, "the token is missing or not of this server")
                .hint("Open the address that `lastgood serve` printed, with its token.");
        return Some(turned_away(StatusCode::UNAUTHORIZED, &problem));
    }
    None
}

fn names(port: u16) -> [String; 2] {
    [format!("127.0.0.1:{port}"), format!("localhost:{port}")]
}

/// Whether every name that the request gives us is ours, and it gives one.
fn named_as_us(port: u16, request: &Request) -> bool {
    let ours = names(port);
    let is_ours = |name: &str| ours.iter().any(|one| one.eq_ignore_ascii_case(name));
    let mut hosts = request.headers().get_all(HOST).iter();
    let (Some(named), None) = (hosts.next(), hosts.next()) else { return false };
    named.to_str().is_ok_and(is_ours)
        && request.uri().authority().is_none_or(|authority| is_ours(authority.as_str()))
}

/// Whether the request names no origin or ours alone.
fn from_our_own_page(port: u16, request: &Request) -> bool {
    let ours = names(port).map(|name| format!("http://{name}"));
    request
        .headers()
        .get_all(ORIGIN)
        .iter()
        .all(|origin| origin.to_str().is_ok_and(|origin| ours.iter().any(|one| one == origin)))
}

fn signed_in(host: &Host, request: &Request) -> bool {
    request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .is_some_and(|shown| host.token.is(shown))
}
