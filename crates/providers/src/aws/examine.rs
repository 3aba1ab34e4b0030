//! What the doctor asks of an AWS account: who we are there, and what time it has.

use std::sync::{Arc, OnceLock};

use aws_sdk_sts::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_sts::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_sts::error::BoxError;
use jiff::SignedDuration;
use lastgood_core::catalog::AwsAccess;
use lastgood_core::effect::Refusal;
use lastgood_core::examination::Examination;
use lastgood_core::preflight::{Finding, Grade, Topic};
use lastgood_core::secret::Secret;

use super::{Link, Pace};
use crate::clock;

/// Notes how far the other side's clock is ahead, as its answer tells.
#[derive(Clone, Debug, Default)]
pub(super) struct DateSeen(Arc<OnceLock<SignedDuration>>);

impl DateSeen {
    /// What was seen.
    pub(super) fn ahead(&self) -> Option<SignedDuration> {
        self.0.get().copied()
    }
}

impl Intercept for DateSeen {
    fn name(&self) -> &'static str {
        "DateSeen"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date").and_then(clock::of_header);
        if let Some(date) = date {
            // A repeat finds it noted already.
            let _ = self.0.set(date.duration_since(clock::wall()));
        }
        Ok(())
    }
}

/// Looks at the account behind `access`.
pub(crate) async fn examine(
    access: &AwsAccess,
    key: Option<&Secret<String>>,
) -> Result<Examination, Refusal> {
    let refused = |failure: super::Failure| failure.refusal("the account");
    let link = Link::open(access, key, Pace::default()).await.map_err(refused)?;
    let seen = DateSeen::default();
    let who = link.who(&seen).await.map_err(refused)?;
    let other = access.account.as_deref().filter(|wanted| *wanted != who.account);
    let remarks = other.map(|wanted| {
        let sentence = format!(
            "the catalog says account {wanted}, and these credentials lead to account {}; nothing \
             is changed there",
            who.account
        );
        Finding::new("account", Grade::Block, sentence)
            .mend("Take the credentials of the other account, or correct `account:`.")
            .on(Topic::Permission)
    });
    Ok(Examination {
        identity: Some(format!("{} in account {}", who.arn, who.account)),
        version: Some(format!("region {}", link.region())),
        ahead: seen.ahead(),
        remarks: remarks.into_iter().collect(),
        ..Examination::default()
    })
}
