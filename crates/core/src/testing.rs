//! Builders for tests: a small shop, its releases, a runbook with every kind of step and
//! the plan it compiles to. Everything is fixed; a test changes the one thing it is about.
//!
//! All times are counted from [`T0`]. Start with [`plan`] or [`plan_of`].

mod secrets;
mod work;
mod world;

pub use secrets::{Planted, credentials, named_credentials};
pub use work::{
    act, definition, entries, gate_rule, lease, lease_step, option, plan, plan_of, plan_with,
    planned, responses, runbook, step, subject, verify,
};
pub use world::{
    T0, ada, arm, bare, check, check_result, deploy, effect, elsewhere, environment, history,
    judgement, key, measurement, minute, place, receipt, refusal, release, replica, run_id,
    running, second, slo, survey, ticks, undo_key, verification,
};
