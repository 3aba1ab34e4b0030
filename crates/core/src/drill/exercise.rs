//! Drills on a real system: the real providers, the real calls, and the mark of a drill on
//! everything. What such a drill does is real, so it is refused where users are, unless
//! somebody says that they mean it.

use serde::{Deserialize, Serialize};

use crate::catalog::{Place, Tier};

/// What makes a run on a real system a drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exercise {
    /// What is rehearsed, in the words of whoever ordered it.
    pub why: String,
}

/// Why there is no drill on a real system.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoExercise {
    /// The catalog says that users are there.
    #[error("the catalog calls {place} production, and a drill there hurts real users")]
    Production {
        /// Where.
        place: Place,
    },
    /// The catalog says nothing, which is not the same as saying that nobody is there.
    #[error("the catalog does not say that {place} is no production")]
    NotSaid {
        /// Where.
        place: Place,
    },
    /// Nothing there is real.
    #[error("everything at {place} is simulated already")]
    Simulated {
        /// Where.
        place: Place,
    },
    /// Nobody will know what it was for.
    #[error("a drill on a real system says what it rehearses")]
    NoReason,
}

impl Exercise {
    /// A drill called `why` at `place`, which the catalog says to be of `tier`. Where that
    /// may be production it needs `on_production`: that somebody means it.
    pub fn at(
        place: &Place,
        tier: Option<Tier>,
        why: &str,
        on_production: bool,
    ) -> Result<Self, NoExercise> {
        if why.trim().is_empty() {
            return Err(NoExercise::NoReason);
        }
        match tier {
            Some(Tier::Staging | Tier::Development) => {}
            Some(Tier::Production) | None if on_production => {}
            Some(Tier::Production) => {
                return Err(NoExercise::Production { place: place.clone() });
            }
            None => return Err(NoExercise::NotSaid { place: place.clone() }),
        }
        Ok(Self { why: why.trim().to_owned() })
    }

    /// The title of a plan that is a drill: it says so wherever only a title is shown.
    #[must_use]
    pub fn title(plain: &str) -> String {
        format!("Drill: {plain}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::place;

    #[test]
    fn a_drill_where_users_may_be_needs_somebody_who_means_it() {
        let asked =
            |tier, on_production| Exercise::at(&place(), tier, "  quarterly ", on_production);
        let granted = Ok(Exercise { why: "quarterly".to_owned() });
        for tier in [Tier::Staging, Tier::Development] {
            assert_eq!(asked(Some(tier), false), granted, "{tier:?}");
        }
        let production = NoExercise::Production { place: place() };
        assert_eq!(asked(Some(Tier::Production), false), Err(production));
        assert_eq!(asked(None, false), Err(NoExercise::NotSaid { place: place() }));
        for tier in [Some(Tier::Production), None] {
            assert_eq!(asked(tier, true), granted, "{tier:?}");
        }
    }

    #[test]
    fn a_drill_that_nobody_can_name_later_is_refused() {
        let asked = Exercise::at(&place(), Some(Tier::Staging), " ", true);
        assert_eq!(asked, Err(NoExercise::NoReason));
    }
}
