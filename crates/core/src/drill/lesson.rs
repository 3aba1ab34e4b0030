//! What a good decision is, and why: the part of a scenario that is shown afterwards.

use serde::{Deserialize, Serialize};

use crate::mitigation::Way;

/// What to do, and what not, where a person has to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lesson {
    /// Where it is decided.
    pub at: Juncture,
    /// What is good to do there.
    pub good: Vec<Deed>,
    /// What is not. A deed in neither list is neither.
    pub poor: Vec<Deed>,
    /// Why, in a sentence or two.
    pub because: String,
}

/// Where in a drill something is decided.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Juncture {
    /// With the plan in front of one: to run it or not.
    Start,
    /// In the step with this id.
    Step(String),
    /// When the run is being ended: to abort it, and what becomes of what was done.
    End,
}

macro_rules! deeds {
    ($($(#[$doc:meta])* $Name:ident => $text:literal, $words:literal;)*) => {
        /// Something that a person can decide. Names are never changed or used again.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
        pub enum Deed {
            $($(#[$doc])* $Name,)*
        }

        impl Deed {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$Name,)*];

            /// As scenarios write it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$Name => $text,)*
                }
            }

            /// What somebody did, after their name: `looked again`.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self {
                    $(Self::$Name => $words,)*
                }
            }
        }
    };
}

deeds! {
    /// Run the plan.
    RollBack => "roll-back", "ran the plan";
    /// Turn a flag off instead.
    FlagOff => "flag-off", "turned a flag off instead";
    /// Shift the traffic instead.
    ShiftTraffic => "shift-traffic", "shifted the traffic instead";
    /// Deploy a fix instead.
    RollForward => "roll-forward", "chose to roll forward instead";
    /// Change nothing.
    Wait => "wait", "changed nothing";
    /// Go on in spite of a finding that forbids it.
    Override => "override", "overrode a preflight finding";
    /// Confirm, accept a verdict, do what was asked.
    GoOn => "go-on", "went on";
    /// Look or try again.
    Again => "again", "looked again";
    /// Pass a step over.
    Skip => "skip", "skipped the step";
    /// Choose an option.
    Choose => "choose", "chose an option";
    /// Say that the effect took place.
    Happened => "happened", "said that it had happened";
    /// Say that it did not.
    DidNotHappen => "did-not-happen", "said that it had not happened";
    /// End the run without a rollback.
    Decline => "decline", "ended it without a rollback";
    /// End the run.
    Abort => "abort", "aborted the run";
    /// Take back what was done.
    Undo => "undo", "took back what was done";
    /// Leave what was done.
    Leave => "leave", "left what was done as it was";
}

impl From<Way> for Deed {
    fn from(way: Way) -> Self {
        match way {
            Way::FlagOff => Self::FlagOff,
            Way::ShiftTraffic => Self::ShiftTraffic,
            Way::RollBack => Self::RollBack,
            Way::RollForward => Self::RollForward,
            Way::Wait => Self::Wait,
        }
    }
}
