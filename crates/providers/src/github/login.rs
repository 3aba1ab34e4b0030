//! As whom GitHub is asked: a token, an installation of an app, or whoever `gh` is.

use std::process::Stdio;
use std::time::Duration;

use lastgood_core::catalog::{GithubConnection, GithubLogin};
use lastgood_core::ports::Vault;
use lastgood_core::secret::Secret;
use octocrab::models::{AppId, InstallationId};
use octocrab::{Octocrab, OctocrabBuilder};

use super::error::Failure;

/// `gh` reads a file or asks the keychain; what takes longer waits for a person.
const GH: Duration = Duration::from_secs(5);
/// Connecting, TLS included; the same as every other provider's.
const CONNECT: Duration = Duration::from_secs(3);
/// No single read may take longer; the whole exchange has a limit of its own, which is at
/// most this.
const READ: Duration = Duration::from_secs(30);

/// A client that asks as `connection` says, at `base`.
pub(super) async fn client(
    connection: &GithubConnection,
    base: &str,
    vault: &dyn Vault,
) -> Result<Octocrab, Failure> {
    let stored = async |name: &str| {
        vault.secret(name).await.map_err(|error| Failure::Login { why: error.to_string() })
    };
    match &connection.login {
        GithubLogin::Token { secret } => with_token(base, &stored(secret).await?),
        GithubLogin::Gh => with_token(base, &gh(connection.url.as_deref()).await?),
        GithubLogin::App { id, installation, secret } => {
            let key = stored(secret).await?;
            let app = key
                .expose(|pem| {
                    builder(base)?.app_from_rsa_pem(AppId(*id), pem).map_err(|_| bad_key())
                })?
                .build()
                .map_err(|_| no_client())?;
            app.installation(InstallationId(*installation)).map_err(|_| no_client())
        }
    }
}

type Builder = OctocrabBuilder<
    octocrab::NoSvc,
    octocrab::DefaultOctocrabBuilderConfig,
    octocrab::NoAuth,
    octocrab::NotLayerReady,
>;

fn builder(base: &str) -> Result<Builder, Failure> {
    let builder = Octocrab::builder()
        .set_connect_timeout(Some(CONNECT))
        .set_read_timeout(Some(READ))
        .set_write_timeout(Some(READ))
        .base_uri(base)
        .map_err(|_| Failure::Login { why: format!("`{base}` is no address") })?;
    Ok(builder)
}

fn with_token(base: &str, token: &Secret<String>) -> Result<Octocrab, Failure> {
    token.expose(|token| {
        let token = token.trim();
        // The client would end the process over a token that is no header.
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let why = "the stored token has characters that no token has".to_owned();
            return Err(Failure::Login { why });
        }
        builder(base)?.personal_token(token.to_owned()).build().map_err(|_| no_client())
    })
}

/// The token that `gh` has for this host. It stays in memory.
async fn gh(url: Option<&str>) -> Result<Secret<String>, Failure> {
    let host = url
        .and_then(|url| url.split_once("://"))
        .and_then(|(_, rest)| rest.split(['/', ':']).next())
        .unwrap_or("github.com");
    let failed = |why: &str| Failure::Login {
        why: format!("`gh auth token` gave no token for {host}: {why}; try `gh auth login`"),
    };
    let child = tokio::process::Command::new("gh")
        .args(["auth", "token", "--hostname", host])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = match tokio::time::timeout(GH, child).await {
        Err(_) => return Err(failed("it did not answer within 5 s")),
        Ok(Err(_)) => return Err(failed("it is not installed")),
        Ok(Ok(output)) => output,
    };
    let token = String::from_utf8(output.stdout).unwrap_or_default();
    if !output.status.success() || token.trim().is_empty() {
        return Err(failed("it is not logged in there"));
    }
    Ok(Secret::new(token.trim().to_owned()))
}

fn bad_key() -> Failure {
    Failure::Login { why: "the stored key is no RSA private key in PEM".to_owned() }
}

fn no_client() -> Failure {
    Failure::Login { why: "no client for GitHub can be made here".to_owned() }
}
