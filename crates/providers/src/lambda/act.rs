//! Making a change exactly once, and finding it again.

use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Receipt, Refusal};
use lastgood_core::name::EffectKey;

use super::Lambda;
use super::effect::{holds, is_so, ready};
use super::marks::receipt;
use crate::clock;

/// How often a change is tried when the alias moved in between without drifting: somebody
/// edited its description.
const TRIES: u32 = 3;

impl Lambda {
    pub(super) async fn apply_once(
        &self,
        key: &EffectKey,
        effect: &PlannedEffect,
    ) -> Result<Receipt, ApplyError> {
        let what = self.name();
        self.link.holds(&effect.expects).await?;
        for _ in 0..TRIES {
            let alias = self.alias().await.map_err(|failure| failure.refusal(&what))?;
            if let Some(mark) = alias.mark().filter(|mark| mark.key.same_intention(key))
                && (mark.key == *key || is_so(&effect.operation, &alias))
            {
                return Ok(receipt(&mark.key, &alias));
            }
            let target = match &effect.operation {
                Operation::RestoreRelease { release } | Operation::ShiftTraffic { release, .. } => {
                    let found = self.version(release.as_str()).await;
                    found.map_err(|failure| failure.refusal(&format!("version {release}")))?
                }
                Operation::HaltRollout
                | Operation::ResumeRollout
                | Operation::SwitchFlag { .. }
                | Operation::SwitchLease { .. }
                | Operation::SwitchSync { .. }
                | Operation::RunErrand { .. } => None,
            };
            holds(key, effect, &alias, target.as_ref())?;
            let change = ready(key, effect, &alias, clock::wall())?;
            match self.update(&change).await {
                Ok(changed) => return Ok(receipt(key, &changed)),
                // Nothing landed: the condition is on the very revision that was read.
                Err(failure)
                    if matches!(
                        failure.code(),
                        Some("PreconditionFailedException" | "ResourceConflictException")
                    ) =>
                {
                    tracing::debug!(%key, "the alias moved in between; looking again");
                }
                Err(failure) => return Err(failure.outcome(&what)),
            }
        }
        Err(ApplyError::Refused(Refusal::Rejected {
            system: "AWS Lambda".to_owned(),
            why: format!("{what} moved on each of {TRIES} tries; nothing was changed"),
        }))
    }

    pub(super) async fn probe_for(&self, key: &EffectKey) -> Presence {
        match self.alias().await {
            Ok(alias) => match alias.mark().filter(|mark| mark.key.same_intention(key)) {
                Some(mark) => Presence::Present(receipt(&mark.key, &alias)),
                None => Presence::Absent,
            },
            Err(failure) => Presence::Unclear { why: failure.refusal(&self.name()).to_string() },
        }
    }
}
