//! Feature flags: what is on where, who turned what when, and how that is read back to an
//! earlier time. A flag is known by its name in the system that keeps it; its state is that
//! of one environment.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::name::FlagName;
use crate::recorded::Recorded;
use crate::time::{EpochMs, Millis};

/// Whether a flag lets anybody through in an environment. For whom it does (segments,
/// percentages) is the flag system's business, and is kept while a flag is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum FlagState {
    /// It is evaluated.
    On,
    /// Nobody is let through.
    Off,
}

impl FlagState {
    /// As written in files, and on screens.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::On => Self::Off,
            Self::Off => Self::On,
        }
    }
}

impl std::fmt::Display for FlagState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A flag as it is now in one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// Its name in the flag system.
    pub name: FlagName,
    /// Whether it is on.
    pub state: FlagState,
    /// What it is for, as its owners wrote it.
    pub about: Recorded<String>,
}

/// Somebody turned a flag on or off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toggle {
    /// Which flag.
    pub flag: FlagName,
    /// What it became.
    pub to: FlagState,
    /// When, by the flag system's clock.
    pub at: EpochMs,
    /// Who, as the flag system knows them.
    pub by: Recorded<String>,
    /// The flag system's own handle for the event.
    pub reference: String,
}

/// The toggles of one environment in a stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toggles {
    /// Newest first.
    pub toggles: Vec<Toggle>,
    /// What could not be found out, such as that the list was cut. With any of these, a flag
    /// that is not among [`Self::toggles`] may have been toggled all the same.
    pub doubts: Vec<String>,
}

impl Toggles {
    /// Those within `distance` of `at`, before or after, the nearest first.
    #[must_use]
    pub fn near(&self, at: Timestamp, distance: Millis) -> Vec<&Toggle> {
        let at = EpochMs::from(at).0;
        let apart = |toggle: &Toggle| toggle.at.0.abs_diff(at);
        let mut near: Vec<&Toggle> =
            self.toggles.iter().filter(|toggle| apart(toggle) <= distance.0).collect();
        near.sort_by_key(|toggle| (apart(toggle), toggle.flag.clone()));
        near
    }

    /// What each of `now`'s flags was at `when`, read back from what it is now; `toggles`
    /// must reach back to `when`. Not recorded where a doubt makes that a guess. A flag that
    /// was created since then is given as off, which is what code without it does.
    #[must_use]
    pub fn back_to(
        &self,
        now: &[Flag],
        when: Timestamp,
    ) -> BTreeMap<FlagName, Recorded<FlagState>> {
        let when = EpochMs::from(when);
        now.iter()
            .map(|flag| {
                let first_since = self
                    .toggles
                    .iter()
                    .filter(|toggle| toggle.flag == flag.name && toggle.at > when)
                    .min_by_key(|toggle| toggle.at);
                let then = match first_since {
                    Some(toggle) => Recorded::Recorded(toggle.to.opposite()),
                    None if self.doubts.is_empty() => Recorded::Recorded(flag.state),
                    None => Recorded::NotRecorded,
                };
                (flag.name.clone(), then)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::minute;

    fn toggle(flag: &str, to: FlagState, at: i64) -> Toggle {
        Toggle {
            flag: flag.into(),
            to,
            at: minute(at).into(),
            by: Recorded::NotRecorded,
            reference: format!("{flag}-{at}"),
        }
    }

    fn flag(name: &str, state: FlagState) -> Flag {
        Flag { name: name.into(), state, about: Recorded::NotRecorded }
    }

    fn toggles() -> Toggles {
        Toggles {
            toggles: vec![
                toggle("cart", FlagState::On, 30),
                toggle("cart", FlagState::Off, 20),
                toggle("search", FlagState::On, 12),
            ],
            doubts: Vec::new(),
        }
    }

    #[test]
    fn toggles_near_a_deploy_come_nearest_first_whichever_side_they_are_on() {
        let toggles = toggles();
        let near = toggles.near(minute(14), Millis::minutes(6));
        let names: Vec<&str> = near.iter().map(|one| one.reference.as_str()).collect();
        assert_eq!(names, ["search-12", "cart-20"], "ten minutes away is too far");
    }

    #[test]
    fn an_earlier_state_is_read_back_from_the_first_toggle_after_it() {
        let now = [
            flag("cart", FlagState::On),
            flag("search", FlagState::On),
            flag("old", FlagState::Off),
        ];
        let states = |when| {
            toggles()
                .back_to(&now, minute(when))
                .into_values()
                .map(|state| state.or_words())
                .collect::<Vec<_>>()
        };
        assert_eq!(states(40), ["on", "off", "on"], "nothing was toggled since");
        assert_eq!(states(25), ["off", "off", "on"], "cart came on again at 30");
        assert_eq!(states(10), ["on", "off", "off"], "cart was on until 20, search came on at 12");
    }

    #[test]
    fn what_a_cut_list_may_hide_is_not_recorded_rather_than_unchanged() {
        let cut = Toggles { doubts: vec!["the list was cut".to_owned()], ..toggles() };
        let now = [flag("cart", FlagState::On), flag("old", FlagState::Off)];
        let then = cut.back_to(&now, minute(10));
        assert_eq!(then.get(&FlagName::from("old")), Some(&Recorded::NotRecorded));
        assert_eq!(
            then.get(&FlagName::from("cart")),
            Some(&Recorded::Recorded(FlagState::On)),
            "a toggle that was seen still tells"
        );
    }
}
