//! Whether reality has moved away from a plan. The same rule tells it to whoever reads the
//! plan and refuses its start.

use super::Plan;
use crate::name::ReleaseId;
use crate::survey::Survey;

/// What has changed between the look that a plan was made from and a later one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// What the plan saw in front; `None` for nothing.
    pub saw: Option<Front>,
    /// What is there now; `None` for nothing.
    pub found: Option<Front>,
}

/// The release that is being rolled out or, when nothing moves, serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Front {
    /// Which.
    pub release: ReleaseId,
    /// The version in words.
    pub version: String,
}

impl Front {
    fn of(survey: &Survey) -> Option<Self> {
        let arm = survey.newest()?;
        Some(Self { release: arm.release.clone(), version: arm.version.clone() })
    }
}

impl Drift {
    /// Compares the look that `plan` was made from with `now`; `None` while the plan still
    /// fits. Fewer ready replicas of the same release are no other plan.
    #[must_use]
    pub fn since(plan: &Plan, now: &Survey) -> Option<Self> {
        let (saw, found) = (Front::of(&plan.survey), Front::of(now));
        let id = |front: &Option<Front>| front.as_ref().map(|one| one.release.clone());
        (id(&saw) != id(&found)).then_some(Self { saw, found })
    }

    /// One sentence, without an end. Two releases can have one version, where somebody put
    /// another image under it: then it says which.
    #[must_use]
    pub fn sentence(&self) -> String {
        let version = |front: &Option<Front>| front.as_ref().map(|one| one.version.clone());
        let alike = version(&self.saw) == version(&self.found);
        let words = |front: &Option<Front>| match front {
            None => "nothing".to_owned(),
            Some(one) if alike => format!("{} ({})", one.version, one.release),
            Some(one) => one.version.clone(),
        };
        format!("the plan saw {} in front, and now it is {}", words(&self.saw), words(&self.found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{minute, plan, survey};

    fn said(now: &Survey) -> Option<String> {
        Drift::since(&plan(), now).map(|drift| drift.sentence())
    }

    #[test]
    fn a_plan_is_outdated_once_another_release_is_in_front() {
        assert_eq!(said(&survey("v3")), None);
        let mut moved = survey("v3");
        moved.at = minute(99);
        moved.running[0].ready = 1;
        assert_eq!(said(&moved), None, "the same release, less ready");
        let newer = said(&survey("v4"));
        assert_eq!(newer.as_deref(), Some("the plan saw v3 in front, and now it is v4"));
        let mut alike = survey("v4");
        alike.running[0].version = "v3".to_owned();
        let told = said(&alike);
        assert_eq!(told.as_deref(), Some("the plan saw v3 (v3) in front, and now it is v3 (v4)"));
        moved.running.clear();
        let gone = said(&moved);
        assert_eq!(gone.as_deref(), Some("the plan saw v3 in front, and now it is nothing"));
    }
}
