//! What the HTTP clients of this crate have in common.

use std::time::Duration;

use lastgood_core::problem::chain;
use lastgood_core::secret::redact;

/// Connecting, TLS included.
pub(crate) const CONNECT: Duration = Duration::from_secs(3);

/// A client that follows no redirects: a redirect can lead a credential to another host,
/// and a login page is not the answer that was asked for.
pub(crate) fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("lastgood/", env!("CARGO_PKG_VERSION")))
}

/// A body of at most `limit` bytes, and whether there was more.
pub(crate) async fn body(
    mut response: reqwest::Response,
    limit: usize,
) -> Result<(Vec<u8>, bool), reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            body.extend_from_slice(&chunk[..limit - body.len()]);
            return Ok((body, true));
        }
        body.extend_from_slice(&chunk);
    }
    Ok((body, false))
}

/// An error with its causes in one line, without its address and without credentials.
pub(crate) fn words(error: reqwest::Error) -> String {
    redact(&chain(&error.without_url()).join(": "), &[])
}
