//! What is shown: one file for each kind of view. These take a view and a look and give
//! text; they decide nothing and print nothing.

mod annotated;
mod backup;
mod blame;
mod debrief;
mod doctor;
mod drill;
mod imported;
mod judge;
mod marks;
mod plan;
mod preflight;
mod presented;
mod problem;
mod readiness;
mod recorded;
mod release;
mod releases;
mod replay;
mod run;
mod runs;
mod secret;
mod step;
mod target;
mod timeline;
mod verified;

pub(crate) use annotated::{annotated, follow_ups, synced};
pub(crate) use backup::backed_up;
pub(crate) use blame::blame;
pub(crate) use debrief::{debrief, lessons, rehearsals};
pub(crate) use doctor::doctor;
pub(crate) use drill::{briefing, moved, scenarios, scored};
pub(crate) use imported::{imported, imported_entries, imported_records};
pub(crate) use judge::{judged, mistakes};
pub(crate) use marks::marks;
pub(crate) use plan::{brief, plan};
pub(crate) use preflight::preflight;
pub(crate) use presented::presented;
pub(crate) use problem::problem;
pub(crate) use readiness::{attested, readiness};
pub(crate) use recorded::recorded;
pub(crate) use release::release;
pub(crate) use releases::releases;
pub(crate) use replay::{replay, replayed};
pub(crate) use run::{end, key_times, run};
pub(crate) use runs::runs;
pub(crate) use secret::{secret, secrets};
pub(crate) use step::{Numbered, card};
pub(crate) use target::target;
pub(crate) use timeline::timeline;
pub(crate) use verified::verified;

/// What stands where nobody recorded anything.
const NOT_RECORDED: &str = "not recorded";
