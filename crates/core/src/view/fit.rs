//! Whether a plan that somebody reads still fits what runs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::name::ReleaseId;
use crate::plan::{Drift, Plan};
use crate::release::Deploy;
use crate::survey::Survey;
use crate::time::EpochMs;

/// A plan held against what runs now, by the rule that its start is refused by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct FitView {
    /// The short name of the plan.
    pub hash: String,
    /// When it was looked at.
    pub at: EpochMs,
    /// What came of it.
    pub fit: Fit,
}

/// Whether a plan still fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Fit {
    /// What the plan saw in front is still in front.
    Fits,
    /// It was made for something else; its start would be refused.
    Outdated {
        /// What changed, as a sentence without an end.
        why: String,
        /// What is in front now; `null` for nothing.
        front: Option<FrontView>,
    },
    /// What runs could not be looked up. That is no sign that the plan fits.
    Unknown {
        /// Why not.
        why: String,
    },
}

/// The release that is in front now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct FrontView {
    /// Which.
    pub release: ReleaseId,
    /// The version in words.
    pub version: String,
    /// When its deploy began; `null` where no deploy of it is known.
    pub since: Option<EpochMs>,
    /// Who deployed it, where that is recorded.
    pub by: Option<String>,
}

impl FitView {
    /// Holds `plan` against `look`. `landed` is the newest deploy of what is in front now,
    /// where one is known.
    #[must_use]
    pub fn new(
        plan: &Plan,
        look: Result<&Survey, String>,
        landed: Option<&Deploy>,
        now: Timestamp,
    ) -> Self {
        let fit = match look.map(|survey| Drift::since(plan, survey)) {
            Err(why) => Fit::Unknown { why },
            Ok(None) => Fit::Fits,
            Ok(Some(drift)) => Fit::Outdated {
                why: drift.sentence(),
                front: drift.found.map(|front| {
                    let landed = landed.filter(|deploy| deploy.release.id == front.release);
                    FrontView {
                        since: landed.map(|deploy| deploy.at.into()),
                        by: landed.and_then(|deploy| deploy.actor.as_option().cloned()),
                        release: front.release,
                        version: front.version,
                    }
                }),
            },
        };
        Self { hash: plan.hash(), at: now.into(), fit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::DeployOutcome;
    use crate::testing::{deploy, minute, plan, survey};

    fn fit(look: Result<&Survey, String>, landed: Option<&Deploy>) -> Fit {
        FitView::new(&plan(), look, landed, minute(30)).fit
    }

    #[test]
    fn an_outdated_plan_says_what_landed_and_when() {
        let landed = deploy("v4", 20, DeployOutcome::InProgress);
        let Fit::Outdated { front: Some(front), .. } = fit(Ok(&survey("v4")), Some(&landed)) else {
            panic!("v4 is in front of a plan that saw v3");
        };
        assert_eq!((front.version.as_str(), front.since), ("v4", Some(minute(20).into())));
    }

    #[test]
    fn a_deploy_of_something_else_lends_no_time() {
        let other = deploy("v5", 20, DeployOutcome::Completed);
        let Fit::Outdated { front: Some(front), .. } = fit(Ok(&survey("v4")), Some(&other)) else {
            panic!("v4 is in front of a plan that saw v3");
        };
        assert_eq!(
            (front.since, front.by),
            (None, None),
            "that v5 was deployed says nothing of v4"
        );
    }

    #[test]
    fn a_look_that_failed_is_no_fit() {
        let why = "no answer within 12 s".to_owned();
        assert_eq!(fit(Err(why.clone()), None), Fit::Unknown { why });
        assert_eq!(fit(Ok(&survey("v3")), None), Fit::Fits);
    }
}
