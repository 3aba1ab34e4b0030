//! What people and runs said of releases.

use serde::{Deserialize, Serialize};

use super::LockView;
use crate::catalog::Place;
use crate::name::Person;
use crate::release::lock::locks;
use crate::release::{Ground, Lift, Marks, Named, Remark, Saying};
use crate::time::EpochMs;

/// What was said, place by place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct MarksView {
    /// The places of which anything was said.
    pub places: Vec<PlaceMarks>,
    /// What could not be read, as sentences.
    pub doubts: Vec<String>,
}

/// What was said of the releases of one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct PlaceMarks {
    /// Which place.
    pub place: Place,
    /// The world that it is part of: a platform's coordinates, or a practice world.
    pub world: String,
    /// The locks that hold.
    pub locks: Vec<HeldLock>,
    /// Everything that was ever said, newest first.
    pub remarks: Vec<RemarkRow>,
}

/// A release that is kept out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct HeldLock {
    /// Which release.
    pub release: Named,
    /// Why, by whom, and what would bring it back.
    pub lock: LockView,
}

/// One remark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct RemarkRow {
    /// When it was said, in the world that it is about.
    pub at: EpochMs,
    /// When it was recorded, on the wall.
    pub recorded_at: EpochMs,
    /// Who said it, or who started the run that did.
    pub by: Person,
    /// Of which release.
    pub release: Named,
    /// What.
    pub says: Saying,
    /// The same in words.
    pub sentence: String,
}

impl PlaceMarks {
    /// The view of everything that was said on one ground.
    #[must_use]
    pub fn new(ground: &Ground, marks: &Marks) -> Self {
        let held = |remark: &Remark| HeldLock {
            release: remark.release.clone(),
            lock: LockView::of(remark),
        };
        Self {
            place: ground.place.clone(),
            world: ground.world.clone(),
            locks: locks(marks).into_iter().map(held).collect(),
            remarks: marks.remarks().iter().rev().map(RemarkRow::new).collect(),
        }
    }
}

impl RemarkRow {
    fn new(remark: &Remark) -> Self {
        Self {
            at: remark.at.into(),
            recorded_at: remark.recorded_at.into(),
            by: remark.by.clone(),
            release: remark.release.clone(),
            says: remark.says.clone(),
            sentence: sentence(&remark.says),
        }
    }
}

fn sentence(says: &Saying) -> String {
    match says {
        Saying::MarkedGood { reason } => format!("marked good: {reason}"),
        Saying::MarkedFaulty { reason } => format!("marked faulty: {reason}"),
        Saying::Unmarked { reason, run: None } => format!("marks taken back: {reason}"),
        Saying::Unmarked { reason, run: Some(run) } => {
            format!("what run {run} said is taken back: {reason}")
        }
        Saying::RolledBack { run, to } => format!("rolled back to {to} by run {run}"),
        Saying::Culprit { run, why } => format!("found to be the culprit by run {run}: {why}"),
        Saying::Verified { run } => format!("recovery with it was proven by run {run}"),
        Saying::Locked { reason, .. } => format!("locked out: {reason}"),
        Saying::LockLifted { lift: Lift::Reason { reason } } => format!("lock lifted: {reason}"),
        Saying::LockLifted { lift: Lift::Fix { fix, candidate, proof } } => {
            format!("lock lifted: the fix {fix} is inside {candidate} ({proof})")
        }
        Saying::Unknown => "something that only a newer version understands".to_owned(),
    }
}
