//! What whoever presents a drill can do to it.

use lastgood_core::name::RunId;
use serde::{Deserialize, Serialize};

/// Does something to a drill from outside of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PresentRequest {
    /// Which run; it must be a drill that goes on, here or in another process.
    pub run: RunId,
    /// What.
    pub act: PresentAct,
}

/// What can be done to a drill from outside of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum PresentAct {
    /// Let one of the scenario's moves happen now.
    Move {
        /// Its name.
        id: String,
    },
    /// Stop the clock of the practice world.
    Pause,
    /// Let it go on.
    GoOn,
    /// Make it faster or slower.
    Speed {
        /// How many seconds of the practice world go by in one second, 0.1 to 1000.
        times: f64,
    },
}

/// How a drill stands for whoever presents it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PresenterView {
    /// Which run.
    pub run: RunId,
    /// What can be made to happen.
    pub moves: Vec<MoveView>,
    /// How many seconds of the practice world go by in one second; `null` for as fast as it
    /// goes, where nothing of this can be changed.
    pub speed: Option<f64>,
    /// Whether its clock is stopped.
    pub paused: bool,
    /// What was just done, in words.
    pub done: Option<String>,
}

/// Something that can be made to happen in a drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct MoveView {
    /// Its name in the scenario.
    pub id: String,
    /// Verb and object.
    pub title: String,
    /// Whether it is for the person on call, who does it outside of Lastgood.
    pub by_hand: bool,
}
