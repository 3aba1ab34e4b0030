//! A build without GitHub.

use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Receipt, Refusal};
use lastgood_core::errand::GithubErrand;
use lastgood_core::name::EffectKey;
use lastgood_core::preflight::{Finding, Grade};

use super::{LiveWorld, Place, not_built};

#[expect(clippy::unused_async, reason = "where there is GitHub it has to be waited for")]
impl LiveWorld {
    pub(super) async fn resolve_on_github(
        &self,
        _: &Place,
        _: &Operation,
        errand: &GithubErrand,
    ) -> Result<PlannedEffect, Refusal> {
        Err(not_built(errand.as_str()))
    }

    pub(super) async fn preflight_on_github(&self, _: &Place) -> Finding {
        Finding::new("steps on GitHub", Grade::Block, not_built("GitHub").to_string())
    }

    pub(super) async fn probe_on_github(
        &self,
        _: &EffectKey,
        _: &PlannedEffect,
        errand: &GithubErrand,
    ) -> Presence {
        Presence::Unclear { why: not_built(errand.as_str()).to_string() }
    }

    pub(super) async fn apply_on_github(
        &self,
        _: &EffectKey,
        _: &PlannedEffect,
        errand: &GithubErrand,
    ) -> Result<Receipt, ApplyError> {
        Err(not_built(errand.as_str()).into())
    }
}
