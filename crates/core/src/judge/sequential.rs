//! Verdicts that may be asked for at any moment: sequential tests on counts.
//!
//! An ordinary test is valid once, at a sample size that was fixed before. Whoever looks
//! at it every ten seconds and acts on the first alarm is wrong far more often than it
//! says. The tests here are *e-processes*: the evidence `E` against a harmless canary has
//! an expectation of at most one at any time that somebody may choose to look, so that it
//! reaches `1/alpha` with a probability of at most `alpha` over the whole rollout (Ville's
//! inequality; Ramdas, Grünwald, Vovk and Shafer, "Game-theoretic statistics and safe
//! anytime-valid inference", 2023).
//!
//! Start with [`Policy`], which is fed tick by tick and decides. Its parts: [`Ratio`]
//! compares with the old release, [`Bets`] and [`Absolute`] with the objective,
//! [`Dispersion`] says how clumped the errors are. [`Recovery`] proves the opposite, that
//! a service is well again. Everything is pure: the same ticks give the same verdict.

mod absolute;
mod apart;
mod bets;
pub mod burn;
mod closed_form;
mod dispersion;
mod gathered;
mod mixture;
mod policy;
mod ratio;
mod recovery;
mod signs;
mod special;

pub use absolute::Absolute;
pub use bets::Bets;
pub use closed_form::log_bayes_factor;
pub use dispersion::{Dispersion, Spread, index_of_dispersion};
pub use mixture::LARGEST;
pub use policy::{Crossings, Decision, Policy, Settings, Statistics, Tick};
pub use ratio::Ratio;
pub use recovery::{
    Recovery, RecoverySettings, Standing, probes_needed, requests_needed, tolerated_rate,
    upper_bound,
};
pub(crate) use special::incomplete_beta;

#[cfg(test)]
mod tests;
