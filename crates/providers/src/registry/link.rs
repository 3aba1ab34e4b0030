//! One registry's requests: its token flow, its redirects and the limits of each.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use lastgood_core::catalog::RegistryConnection;
use lastgood_core::effect::Refusal;
use lastgood_core::preflight::ArtifactState;
use lastgood_core::secret::Secret;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderValue, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
};
use reqwest::{Method, Response, StatusCode, Url};
use serde_json::Value;
use tokio::sync::Mutex;

use super::auth::{Challenge, Credential, is_loopback, may_see};
use crate::client;
use crate::http::guard::Guard;

/// The forms a manifest may have. A registry may answer 404 for one that is not asked for.
const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, \
application/vnd.oci.image.manifest.v1+json, \
application/vnd.docker.distribution.manifest.list.v2+json, \
application/vnd.docker.distribution.manifest.v2+json";

/// One request, from its first byte to the last.
const REQUEST: Duration = Duration::from_secs(4);
/// The pause before a request is tried once more, where that may help.
const PAUSE: Duration = Duration::from_millis(300);
/// Registries limit manifests to four MiB (OCI distribution specification, 1.1).
const MANIFEST_AT_MOST: usize = 4 * 1024 * 1024;
/// Tokens are a few kilobytes.
const TOKEN_AT_MOST: usize = 256 * 1024;
/// A blob's storage may be one or two hosts away.
const REDIRECTS: usize = 3;

/// Why there is no answer about a part of an image.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The registry says that it does not exist.
    #[error("it does not exist")]
    Missing,
    /// It answered, and not about the image.
    #[error("the registry answered {status}{what}")]
    Status {
        /// The status.
        status: u16,
        /// What that means.
        what: String,
    },
    /// A credential is needed, or is not taken.
    #[error("{why}")]
    Unauthorised {
        /// What is the matter with it.
        why: String,
    },
    /// It answered with something else than asked for.
    #[error("{why}")]
    Odd {
        /// What came.
        why: String,
    },
    /// It was not reached.
    #[error("the registry was not reached: {why}")]
    Unreached {
        /// What happened.
        why: String,
    },
}

impl Failure {
    /// What it means for `part` of an image.
    pub(super) fn of(&self, part: &str) -> ArtifactState {
        match self {
            Self::Missing => ArtifactState::Gone { part: part.to_owned() },
            Self::Status { .. }
            | Self::Unauthorised { .. }
            | Self::Odd { .. }
            | Self::Unreached { .. } => ArtifactState::Unknown { why: format!("{self} ({part})") },
        }
    }

    /// As a no to a question of the doctor's about the registry at `host`.
    pub(crate) fn refusal(self, host: &str) -> Refusal {
        let system = format!("the registry {host}");
        match self {
            Self::Unauthorised { why } => {
                Refusal::Unauthorised { system: format!("{system} ({why})") }
            }
            Self::Status { status: 403, .. } => Refusal::Forbidden { permission: self.to_string() },
            Self::Unreached { why } => Refusal::Unreachable { system, why },
            Self::Status { status: 500.., .. } => {
                Refusal::Unreachable { system, why: self.to_string() }
            }
            Self::Missing | Self::Odd { .. } | Self::Status { .. } => {
                Refusal::Rejected { system, why: self.to_string() }
            }
        }
    }

    fn may_pass(&self) -> bool {
        match self {
            Self::Status { status, .. } => *status >= 500,
            Self::Unreached { .. } => true,
            Self::Missing | Self::Unauthorised { .. } | Self::Odd { .. } => false,
        }
    }
}

/// A way to one registry.
#[derive(Clone)]
pub(super) struct Link {
    client: reqwest::Client,
    base: Url,
    host: String,
    /// Whether the catalog allows requests without encryption.
    plain: bool,
    credential: Option<Credential>,
    /// The token server that the catalog names.
    realm: Option<String>,
    /// What is sent as `Authorization`, by repository.
    known: Arc<Mutex<BTreeMap<String, Secret<String>>>>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Link {
    pub(super) fn new(
        host: &str,
        connection: Option<&RegistryConnection>,
        secret: Option<Secret<String>>,
    ) -> Result<Self, Failure> {
        let odd = |why: String| Failure::Odd { why };
        let plain = connection.is_some_and(|connection| connection.plain_http);
        let scheme = if plain || is_loopback(host) { "http" } else { "https" };
        let base = Url::parse(&format!("{scheme}://{host}/v2/"))
            .map_err(|error| odd(format!("`{host}` is no host: {error}")))?;
        Guard::new().admits(&base).map_err(|why| odd(why.to_string()))?;
        let user = connection.and_then(|connection| connection.user.as_deref());
        let credential = match secret {
            None => None,
            Some(secret) => Some(Credential::new(user, &secret).ok_or_else(|| {
                odd("the registry's secret is not `user:password`, and no `user:` is named"
                    .to_owned())
            })?),
        };
        let client = client::builder()
            .dns_resolver(Arc::new(Guard::new()))
            .build()
            .map_err(|error| odd(client::words(error)))?;
        Ok(Self {
            client,
            base,
            host: host.to_owned(),
            plain,
            credential,
            realm: connection.and_then(|connection| connection.token_host.clone()),
            known: Arc::default(),
        })
    }

    /// The bytes of a manifest, by digest or tag.
    pub(super) async fn manifest(
        &self,
        repository: &str,
        version: &str,
    ) -> Result<Vec<u8>, Failure> {
        let path = format!("{repository}/manifests/{version}");
        let once = || async {
            let response = self.ask(&Method::GET, repository, &path, Some(MANIFESTS)).await?;
            let is_page = is_page(&response);
            let (body, more) =
                tokio::time::timeout(REQUEST, client::body(response, MANIFEST_AT_MOST))
                    .await
                    .map_err(|_| Failure::Unreached { why: "it broke off".to_owned() })?
                    .map_err(|error| Failure::Unreached { why: client::words(error) })?;
            if is_page || body.trim_ascii_start().starts_with(b"<") {
                return Err(web_page());
            }
            if more {
                return Err(Failure::Odd { why: "the manifest is larger than 4 MiB".to_owned() });
            }
            Ok(body)
        };
        again(once).await
    }

    /// Whether the registry takes what we are, and its `Date` beside that. The address with
    /// nothing behind `/v2/` is the one for this (OCI distribution specification 1.1, end-1).
    pub(super) async fn ping(&self) -> Result<Option<String>, Failure> {
        let once = || async {
            let response = self.ask(&Method::GET, "", "", None).await?;
            if is_page(&response) {
                return Err(web_page());
            }
            let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
            Ok(date.map(str::to_owned))
        };
        again(once).await
    }

    /// As whom it is asked.
    pub(super) fn user(&self) -> Option<&str> {
        self.credential.as_ref().map(|credential| credential.user.as_str())
    }

    /// Whether a blob is there.
    pub(super) async fn blob(&self, repository: &str, digest: &str) -> Result<(), Failure> {
        let path = format!("{repository}/blobs/{digest}");
        let once = || async {
            let response = self.ask(&Method::HEAD, repository, &path, None).await?;
            if is_page(&response) { Err(web_page()) } else { Ok(()) }
        };
        again(once).await
    }

    /// Asks, with a token where one is wanted; anything but success is a failure.
    async fn ask(
        &self,
        method: &Method,
        repository: &str,
        path: &str,
        accept: Option<&str>,
    ) -> Result<Response, Failure> {
        let url = self.base.join(path).map_err(|error| Failure::Odd { why: error.to_string() })?;
        let known = self.known.lock().await.get(repository).cloned();
        let response = self.follow(method, &url, accept, known.as_ref()).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return sorted(response);
        }
        let fresh = self.authorise(repository, &response).await?;
        let response = self.follow(method, &url, accept, Some(&fresh)).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            return Err(self.unauthorised("still answers 401 with what its token server gave"));
        }
        self.known.lock().await.insert(repository.to_owned(), fresh);
        sorted(response)
    }

    /// Sends, and goes after redirects by hand: no credential goes to another host.
    async fn follow(
        &self,
        method: &Method,
        url: &Url,
        accept: Option<&str>,
        authorization: Option<&Secret<String>>,
    ) -> Result<Response, Failure> {
        let mut url = url.clone();
        for _ in 0..=REDIRECTS {
            let at_home = url.origin() == self.base.origin();
            let mut request = self.client.request(method.clone(), url.clone()).timeout(REQUEST);
            if let Some(accept) = accept {
                request = request.header(ACCEPT, accept);
            }
            if let Some(authorization) = authorization.filter(|_| at_home) {
                request = request.header(AUTHORIZATION, sensitive(authorization)?);
            }
            let response = request
                .send()
                .await
                .map_err(|error| Failure::Unreached { why: client::words(error) })?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            let next = to.and_then(|to| url.join(to).ok()).ok_or_else(|| Failure::Odd {
                why: "the registry redirects to nowhere".to_owned(),
            })?;
            let safe = next.scheme() == "https" || next.scheme() == self.base.scheme();
            if !safe || Guard::new().admits(&next).is_err() {
                let why = "the registry redirects to where nothing is asked".to_owned();
                return Err(Failure::Odd { why });
            }
            url = next;
        }
        Err(Failure::Odd { why: "the registry redirects in circles".to_owned() })
    }

    /// What a 401 asks for, as the value of `Authorization`.
    async fn authorise(
        &self,
        repository: &str,
        refused: &Response,
    ) -> Result<Secret<String>, Failure> {
        let headers = refused.headers().get_all(WWW_AUTHENTICATE);
        match Challenge::read(headers.iter().filter_map(|header| header.to_str().ok())) {
            None => Err(self.unauthorised("answers 401 and does not say what it wants")),
            Some(Challenge::Basic) => match &self.credential {
                Some(credential) => Ok(basic(credential)),
                None => Err(self.unauthorised("wants a user and a password")),
            },
            Some(Challenge::Bearer { realm, service, scope }) => {
                let of_it = || format!("repository:{repository}:pull");
                let scope = scope.or_else(|| (!repository.is_empty()).then(of_it));
                self.token(&realm, service.as_deref(), scope.as_deref()).await
            }
        }
    }

    async fn token(
        &self,
        realm: &str,
        service: Option<&str>,
        scope: Option<&str>,
    ) -> Result<Secret<String>, Failure> {
        let mut url = Url::parse(realm)
            .map_err(|_| self.unauthorised("names a token server that is no address"))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let plain_is_fine = self.plain || is_loopback(&host);
        if !(url.scheme() == "https" || (url.scheme() == "http" && plain_is_fine))
            || Guard::new().admits(&url).is_err()
        {
            return Err(self.unauthorised("names a token server that is not safe to ask"));
        }
        {
            let mut query = url.query_pairs_mut();
            if let Some(service) = service {
                query.append_pair("service", service);
            }
            for scope in scope.into_iter().flat_map(|scope| scope.split(' ')) {
                query.append_pair("scope", scope);
            }
        }
        let shown =
            self.credential.as_ref().filter(|_| may_see(&self.host, &url, self.realm.as_deref()));
        let mut request = self.client.get(url).timeout(REQUEST);
        if let Some(credential) = shown {
            request = request.header(AUTHORIZATION, sensitive(&basic(credential))?);
        }
        let response = request.send().await.map_err(|error| Failure::Unreached {
            why: format!("its token server {host}: {}", client::words(error)),
        })?;
        let status = response.status();
        if !status.is_success() {
            let withheld = self.credential.is_some() && shown.is_none();
            let why = if withheld {
                format!(
                    "wants the credential shown to {host}, which the catalog does not name \
                     (`token-host`), and that answered {status}"
                )
            } else {
                format!("sends to its token server {host}, which answered {}", status.as_u16())
            };
            return Err(self.unauthorised(&why));
        }
        let (body, _) = client::body(response, TOKEN_AT_MOST)
            .await
            .map_err(|error| Failure::Unreached { why: client::words(error) })?;
        let answer: Value = serde_json::from_slice(&body)
            .map_err(|_| self.unauthorised("has a token server that answers no JSON"))?;
        let token = answer["token"].as_str().or_else(|| answer["access_token"].as_str());
        token
            .map(|token| Secret::new(format!("Bearer {token}")))
            .ok_or_else(|| self.unauthorised("has a token server that gives no token"))
    }

    fn unauthorised(&self, why: &str) -> Failure {
        let hint = if self.credential.is_some() {
            ""
        } else {
            "; name a credential for it under `connections:` in the catalog"
        };
        Failure::Unauthorised { why: format!("the registry {} {why}{hint}", self.host) }
    }
}

async fn again<T, F: Future<Output = Result<T, Failure>>>(
    once: impl Fn() -> F,
) -> Result<T, Failure> {
    match once().await {
        Err(failure) if failure.may_pass() => {
            tokio::time::sleep(PAUSE).await;
            once().await
        }
        found @ (Ok(_) | Err(_)) => found,
    }
}

fn sorted(response: Response) -> Result<Response, Failure> {
    let status = response.status();
    match status.as_u16() {
        200..=299 => Ok(response),
        // A page that says "not found" is not the registry's word about the image.
        404 | 410 if is_page(&response) => Err(web_page()),
        404 | 410 => Err(Failure::Missing),
        429 => {
            let after = response.headers().get(RETRY_AFTER).and_then(|after| after.to_str().ok());
            let after =
                after.map_or_else(String::new, |after| format!("; it says to wait {after} s"));
            Err(Failure::Status { status: 429, what: format!(": it is asked too often{after}") })
        }
        403 => Err(Failure::Status { status: 403, what: ": this user may not read it".to_owned() }),
        status => Err(Failure::Status { status, what: String::new() }),
    }
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().starts_with("text/html"))
}

fn web_page() -> Failure {
    let why = "a web page came instead of an answer, perhaps of a proxy that wants a login";
    Failure::Odd { why: why.to_owned() }
}

/// RFC 7617.
fn basic(credential: &Credential) -> Secret<String> {
    credential.password.expose(|password| {
        let text = format!("{}:{password}", credential.user);
        Secret::new(format!("Basic {}", base64(text.as_bytes())))
    })
}

/// RFC 4648, 4: with padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let all = chunk
            .iter()
            .chain([&0, &0])
            .take(3)
            .fold(0_u32, |all, byte| all << 8 | u32::from(*byte));
        for place in 0..4 {
            if place > chunk.len() {
                out.push('=');
            } else {
                let index = (all >> (18 - 6 * place)) & 63;
                out.push(char::from(ALPHABET[index as usize]));
            }
        }
    }
    out
}

fn sensitive(value: &Secret<String>) -> Result<HeaderValue, Failure> {
    let mut header = value
        .expose(|value| HeaderValue::try_from(value.as_str()))
        .map_err(|_| Failure::Unauthorised { why: "the credential cannot be sent".to_owned() })?;
    header.set_sensitive(true);
    Ok(header)
}
