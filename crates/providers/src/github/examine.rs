//! What the doctor asks of GitHub: as whom we ask, what we may read where the catalog reads,
//! when the credential ends, and what is left of the limits.

use futures::future::join_all;
use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use lastgood_core::catalog::GithubLogin;
use lastgood_core::examination::{Examination, Held, Right};
use lastgood_core::preflight::{Finding, Grade, Topic};

use super::Github;
use super::error::Failure;
use super::governor::Purpose;
use super::link::{Answer, Beside};
use super::request::{self, Request};

/// With fewer requests left than this the doctor warns.
const SCARCE: u64 = 400;
/// A token that ends within this is to be renewed now, and not in an incident.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Scopes that no request of ours needs, by how they begin.
const TOO_MUCH: [&str; 5] = ["admin:", "delete_repo", "delete:", "site_admin", "user"];

impl Github {
    /// Looks, as `login`, at what the catalog reads: repositories with the name of an
    /// environment there. Costs a request, and two for each repository.
    pub async fn examine(
        &self,
        login: &GithubLogin,
        read: &[(String, String)],
    ) -> Result<Examination, Failure> {
        let question = match login {
            GithubLogin::Token { .. } | GithubLogin::Gh => request::user(),
            GithubLogin::App { .. } => request::installation(),
        };
        let who = self.link.ask(&question, Purpose::Rescue).await?;
        let rights = join_all(read.iter().flat_map(|(repository, environment)| {
            [
                self.right(
                    request::deployments(repository, environment, 1),
                    ("deployments: read", repository),
                    "recent deploys",
                    true,
                ),
                self.right(
                    request::commits(repository),
                    ("contents: read", repository),
                    "the commits that a rollback undoes",
                    false,
                ),
            ]
        }))
        .await;
        let now = self.link.now();
        let left = self.link.left();
        let scarce = left.iter().any(|left| left.remaining < SCARCE.min(left.limit / 2));
        Ok(Examination {
            identity: Some(identity(login, &who)),
            version: who.beside.server.as_ref().map(|it| format!("GitHub Enterprise Server {it}")),
            ahead: who.beside.ahead,
            rights,
            left: left.iter().map(|left| left.sentence(now)).collect(),
            scarce,
            remarks: remarks(&who.beside, now),
        })
    }

    async fn right(
        &self,
        request: Request,
        (permission, on): (&str, &str),
        used_for: &str,
        needed: bool,
    ) -> Right {
        let held = match self.link.ask(&request, Purpose::Rescue).await {
            Ok(_) => Held::Yes,
            Err(
                no @ (Failure::Forbidden { .. }
                | Failure::Unauthorised { .. }
                | Failure::Missing { .. }
                | Failure::Moved { .. }),
            ) => Held::No { why: no.to_string() },
            Err(failure) => Held::Unknown { why: failure.to_string() },
        };
        let (permission, on) = (permission.to_owned(), Some(on.to_owned()));
        Right { permission, on, used_for: used_for.to_owned(), needed, held }
    }
}

/// As whom, in words.
fn identity(login: &GithubLogin, who: &Answer) -> String {
    let name = who.body["login"].as_str().unwrap_or("somebody without a name");
    match login {
        GithubLogin::Token { .. } => format!("{name}{}", scopes(&who.beside)),
        GithubLogin::Gh => format!("{name}, as whom `gh` is logged in{}", scopes(&who.beside)),
        GithubLogin::App { id, installation, .. } => {
            let sees = who.body["total_count"].as_u64().unwrap_or_default();
            format!("app {id}, installation {installation}, which sees {sees} repositories")
        }
    }
}

/// A classic token has scopes; a fine-grained one has permissions, and does not tell them.
fn scopes(beside: &Beside) -> String {
    match beside.scopes.as_deref().map(str::trim) {
        None => String::new(),
        Some("") => " (no scopes)".to_owned(),
        Some(scopes) => format!(" (scopes {scopes})"),
    }
}

fn remarks(beside: &Beside, now: Timestamp) -> Vec<Finding> {
    let mut remarks = Vec::new();
    if let Some(ends) = beside.expires.as_deref().and_then(expiry) {
        let day = ends.strftime("%Y-%m-%d");
        let days = ends.duration_since(now).as_hours() / 24;
        let sentence = format!("the token ends on {day}, in {days} days");
        remarks.push(if ends.duration_since(now) < SOON {
            Finding::new("token", Grade::Warn, sentence)
                .mend("Renew it now; in an incident there is no time for that.")
        } else {
            Finding::new("token", Grade::Pass, sentence)
        });
    }
    let too_much: Vec<&str> = beside
        .scopes
        .iter()
        .flat_map(|scopes| scopes.split(','))
        .map(str::trim)
        .filter(|scope| TOO_MUCH.iter().any(|start| scope.starts_with(start)))
        .collect();
    if !too_much.is_empty() {
        let told = format!("the token may do more than is needed: {}", too_much.join(", "));
        remarks.push(
            Finding::new("least privilege", Grade::Warn, told)
                .mend(
                    "Take a fine-grained token for these repositories, with deployments: read and \
                     contents: read.",
                )
                .on(Topic::Permission),
        );
    }
    remarks
}

/// `GitHub-Authentication-Token-Expiration`: `2026-12-01 12:00:00 UTC`, or with `+0000`.
fn expiry(text: &str) -> Option<Timestamp> {
    const CIVIL: &str = "%Y-%m-%d %H:%M:%S";
    if let Some(utc) = text.trim().strip_suffix(" UTC") {
        let civil: DateTime = strtime::parse(CIVIL, utc).ok()?.to_datetime().ok()?;
        return civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    }
    strtime::parse(format!("{CIVIL} %z"), text.trim()).ok()?.to_timestamp().ok()
}
