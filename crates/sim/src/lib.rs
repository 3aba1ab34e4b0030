//! The practice world: simulated services with weeks of history, on a clock of their own,
//! that break as a scenario says. It implements the same ports as the real platforms and
//! passes the same contract.
//!
//! Start with [`PracticeWorld`]. Everything in it is a function of the seed, the scenario
//! and what was done to it when: how often it is looked at changes nothing, and a world
//! made again from the same [`WorldLog`] is the same world. It opens no file but its log
//! and reads no wall clock.
//!
//! What a practice place of a catalog means here: an objective whose query for good
//! requests holds `latency < 300ms` (or a bucket `le="0.3"`) counts slow requests, every
//! other one counts failed ones; series tell versions apart when `version_label` is set.
//! Checks are answered whatever their address, with `x-version` in the headers and
//! `service`, `status` and `version` in a JSON body. Faults may name an operation,
//! `survey`, `replicas`, `deploys`, `measure`, `check`, `flags`, `probe`,
//! `registry` or `schema`.
//! Commands and requests of a runbook are never carried out here: they are simulated, and
//! their plans and receipts say so.

mod act;
mod answer;
#[cfg(test)]
mod bench;
mod chance;
mod clock;
#[cfg(any(test, feature = "testing"))]
pub mod contract;
mod counts;
mod faults;
mod flags;
mod history;
mod lease;
mod log;
mod observe;
mod plan;
mod prove;
mod rollout;
pub mod schema;
mod service;
mod state;
mod world;

pub use clock::{PacedClock, SteppedClock, Wall, practice_epoch};
pub use log::{FileLog, Happening, LogError, Logged, MemoryLog, WorldLog};
pub use world::{PracticeWorld, WorldError};
