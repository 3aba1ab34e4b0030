//! Vocabulary and decisions of Lastgood.
//!
//! Everything here is a value or a pure function: no I/O, no clock, no chance. What the
//! outside world must supply arrives through [`ports`]. Start with [`plan`] (what will
//! be done), [`run`] (what was done, and the one thing to do next) and [`view`] (what a
//! person sees of it).

pub mod blame;
pub mod catalog;
pub mod check;
pub mod checklist;
pub mod drill;
pub mod effect;
pub mod errand;
pub mod examination;
pub mod flag;
pub mod governor;
pub mod issue;
pub mod judge;
pub mod ladder;
pub mod lease;
pub mod mitigation;
pub mod name;
pub mod plan;
pub mod ports;
pub mod preflight;
pub mod problem;
pub mod recorded;
pub mod release;
pub mod run;
pub mod runbook;
pub mod secret;
pub mod survey;
pub mod template;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod time;
pub mod timeline;
pub mod view;
