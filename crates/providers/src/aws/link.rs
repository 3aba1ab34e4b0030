//! One account, its credentials and the time limits of each kind of request.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sts::config::http::HttpResponse;
use aws_sdk_sts::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use backon::{ExponentialBuilder, Retryable as _};
use lastgood_core::catalog::AwsAccess;
use lastgood_core::effect::{ApplyError, Expectation, Refusal};
use lastgood_core::secret::Secret;
use lastgood_core::survey::Survey;
use lastgood_core::time::Millis;
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout_at};

use super::Failure;
use super::examine::DateSeen;
use crate::again;

/// Connecting, for a read and for a change.
const CONNECT: (Duration, Duration) = (Duration::from_secs(3), Duration::from_secs(5));
/// A whole read. A change gets three times as long, because giving up on it early leaves
/// its outcome open.
const READ: Duration = Duration::from_secs(10);
const CHANGE: Duration = Duration::from_secs(30);
/// How often a change is awaited by looking. The APIs have no watch, and at one look in
/// two seconds a run stays far below their limits.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The name of the expectation that the account is the one of the plan.
const ACCOUNT: &str = "account";

/// How long requests may take, and how often what is awaited is looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) read: Duration,
    pub(crate) change: Duration,
    pub(crate) look_every: Duration,
    /// Before the first repeat of a read; each further one waits about twice as long.
    pub(crate) pause: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            read: READ,
            change: CHANGE,
            look_every: LOOK_EVERY,
            pause: Duration::from_millis(250),
        }
    }
}

/// Who we are to AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) account: String,
    pub(crate) arn: String,
}

/// A way to one account as one identity.
#[derive(Clone)]
pub(crate) struct Link {
    /// For requests that change nothing.
    pub(crate) reads: SdkConfig,
    /// For requests that do.
    pub(crate) changes: SdkConfig,
    pub(crate) pace: Pace,
    access: AwsAccess,
    identity: Arc<OnceCell<Identity>>,
}

impl Link {
    /// Reads the shared configuration. Credentials are fetched with the first request.
    pub(crate) async fn open(
        access: &AwsAccess,
        key: Option<&Secret<String>>,
        pace: Pace,
    ) -> Result<Self, Failure> {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            // One place decides about repeats, and it never repeats a change.
            .retry_config(RetryConfig::disabled())
            .timeout_config(limits(CONNECT.0, pace.read));
        if let Some(region) = &access.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(profile) = &access.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(endpoint) = &access.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        if let Some(profile) = &access.profile {
            // As the AWS command line does: a profile that is named comes before keys
            // that happen to be in the environment.
            let named = ProfileFileCredentialsProvider::builder().profile_name(profile).build();
            loader = loader.credentials_provider(named);
        }
        if let Some(key) = key {
            loader = loader.credentials_provider(credentials(key)?);
        }
        let base = loader.load().await;
        if base.region().is_none() {
            return Err(Failure::NoRegion);
        }
        let base = match &access.role {
            None => base,
            Some(role) => assumed(base, role).await,
        };
        Ok(Self::with(&base, access.clone(), pace))
    }

    /// With a configuration that is complete already.
    pub(crate) fn with(base: &SdkConfig, access: AwsAccess, pace: Pace) -> Self {
        let paced = |limits| base.clone().into_builder().timeout_config(limits).build();
        Self {
            reads: paced(limits(CONNECT.0, pace.read)),
            changes: paced(limits(CONNECT.1, pace.change)),
            pace,
            access,
            identity: Arc::default(),
        }
    }

    /// The region that is asked.
    pub(crate) fn region(&self) -> &str {
        self.reads.region().map_or("(none)", Region::as_ref)
    }

    /// Reads, again with growing random pauses when that may help.
    pub(crate) async fn read<T, E, F, G>(&self, action: &'static str, send: F) -> Result<T, Failure>
    where
        F: Fn() -> G,
        G: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let once = || async {
            // The SDK's limit ends with the last header where a body trickles in.
            match tokio::time::timeout(self.pace.read, send()).await {
                Ok(answer) => answer.map_err(|error| Failure::of(action, error)),
                Err(_) => Err(Failure::slow(action)),
            }
        };
        let ease = |failure: &Failure, ours| again::pause(failure.wait(), ours);
        once.retry(self.pauses()).when(Failure::is_passing).adjust(ease).await
    }

    /// Changes something, once.
    pub(crate) async fn change<T, E, G>(&self, action: &'static str, sent: G) -> Result<T, Failure>
    where
        G: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        match tokio::time::timeout(self.pace.change, sent).await {
            Ok(answer) => answer.map_err(|error| Failure::of(action, error)),
            Err(_) => Err(Failure::slow(action)),
        }
    }

    fn pauses(&self) -> ExponentialBuilder {
        ExponentialBuilder::default()
            .with_min_delay(self.pace.pause)
            .with_factor(2.0)
            .with_max_delay(Duration::from_secs(8))
            .with_max_times(3)
            .with_jitter()
    }

    /// Who we are. Asked once for as long as this link lives.
    pub(crate) async fn identity(&self) -> Result<&Identity, Failure> {
        self.identity.get_or_try_init(|| async { self.who(&DateSeen::default()).await }).await
    }

    /// Who we are, asked now, with the time that AWS has.
    pub(super) async fn who(&self, seen: &DateSeen) -> Result<Identity, Failure> {
        let client = aws_sdk_sts::Client::new(&self.reads);
        let ask = || client.get_caller_identity().customize().interceptor(seen.clone()).send();
        let found = self.read("sts:GetCallerIdentity", ask).await?;
        match (found.account(), found.arn()) {
            (Some(account), Some(arn)) => {
                Ok(Identity { account: account.to_owned(), arn: arn.to_owned() })
            }
            _ => Err(Failure::Unreadable {
                action: "sts:GetCallerIdentity",
                status: 200,
                why: "it names no account".to_owned(),
            }),
        }
    }

    /// Where a call goes, for a plan, and what it relies on of that; refuses an account
    /// that is not the catalog's.
    pub(crate) async fn scope(&self) -> Result<(String, Option<Expectation>), Refusal> {
        let region = self.region();
        match self.identity().await {
            Ok(who) => {
                self.is_right(&who.account)?;
                let scope = format!("account {} as {}, region {region}", who.account, who.arn);
                let value = who.account.clone();
                Ok((scope, Some(Expectation { what: ACCOUNT.to_owned(), value })))
            }
            Err(failure) => {
                let why = failure.refusal("the account");
                if self.access.account.is_some() {
                    // It is to be that account, and whether it is cannot be found out.
                    return Err(why);
                }
                Ok((format!("account not known ({why}), region {region}"), None))
            }
        }
    }

    /// Whether the account is still the one that the plan was made for.
    pub(crate) async fn holds(&self, expects: &[Expectation]) -> Result<(), ApplyError> {
        let planned = expects.iter().find(|one| one.what == ACCOUNT);
        if planned.is_none() && self.access.account.is_none() {
            return Ok(());
        }
        // Nothing of ours was sent to be changed, so that silence is a refusal here.
        let who = self.identity().await.map_err(|failure| failure.refusal("the account"))?;
        self.is_right(&who.account)?;
        match planned.filter(|planned| planned.value != who.account) {
            None => Ok(()),
            Some(planned) => Err(ApplyError::Refused(Refusal::Drifted {
                what: "the account".to_owned(),
                planned: planned.value.clone(),
                found: who.account.clone(),
            })),
        }
    }

    fn is_right(&self, found: &str) -> Result<(), Refusal> {
        match self.access.account.as_deref().filter(|wanted| *wanted != found) {
            None => Ok(()),
            Some(wanted) => Err(Refusal::Rejected {
                system: "the catalog".to_owned(),
                why: format!(
                    "it says account {wanted}, and these credentials lead to account {found}"
                ),
            }),
        }
    }

    /// Whether an expectation is about the account, which is looked at apart.
    pub(crate) fn is_about_account(expected: &Expectation) -> bool {
        expected.what == ACCOUNT
    }
}

/// An access key as the vault keeps it: `id:secret`, or `id:secret:token`.
fn credentials(key: &Secret<String>) -> Result<Credentials, Failure> {
    let parts: Vec<String> =
        key.expose(|key| key.trim().splitn(3, ':').map(str::to_owned).collect());
    let mut parts = parts.into_iter();
    match (parts.next(), parts.next(), parts.next()) {
        (Some(id), Some(secret), token) if !id.is_empty() && !secret.is_empty() => {
            Ok(Credentials::new(id, secret, token, None, "the vault of Lastgood"))
        }
        _ => Err(Failure::NoCredential {
            action: "any request",
            why: "the access key in the vault is not of the form `id:secret`".to_owned(),
        }),
    }
}

fn limits(connect: Duration, whole: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(connect)
        .read_timeout(whole)
        .operation_attempt_timeout(whole)
        .operation_timeout(whole)
        .build()
}

async fn assumed(base: SdkConfig, role: &str) -> SdkConfig {
    let held = match base.credentials_provider() {
        Some(held) => held,
        None => SharedCredentialsProvider::new(DefaultCredentialsChain::builder().build().await),
    };
    let provider = AssumeRoleProvider::builder(role)
        .configure(&base)
        .session_name("lastgood")
        .build_from_provider(held)
        .await;
    base.into_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build()
}

/// Whether two surveys differ in anything but their time.
fn differs(a: &Survey, b: &Survey) -> bool {
    a.rollout != b.rollout || a.running != b.running
}

/// The first survey of `look` that differs from `seen`, or the same after `patience`.
///
/// Silence is not "unchanged": the survey is given back only when a look in this wait has
/// found it so.
pub(crate) async fn wait_for_change<F, G>(
    pace: Pace,
    seen: &Survey,
    patience: Millis,
    look: F,
) -> Result<Survey, Refusal>
where
    F: Fn() -> G,
    G: Future<Output = Result<Survey, Refusal>>,
{
    let until = Instant::now() + patience.duration();
    let mut unknown = Some(Refusal::Unreachable {
        system: "AWS".to_owned(),
        why: format!("no look was possible within {patience}"),
    });
    loop {
        match timeout_at(until, look()).await {
            Err(_) => break,
            Ok(Ok(survey)) if differs(&survey, seen) => return Ok(survey),
            Ok(Ok(_)) => unknown = None,
            // A rollback must survive a service that is away for a moment.
            Ok(Err(refusal @ Refusal::Unreachable { .. })) => unknown = Some(refusal),
            Ok(Err(refusal)) => return Err(refusal),
        }
        if timeout_at(until, tokio::time::sleep(pace.look_every)).await.is_err() {
            break;
        }
    }
    unknown.map_or_else(|| Ok(seen.clone()), Err)
}
