//! The whole product on real systems: a Kubernetes control plane whose pods are processes,
//! Prometheus that scrapes them, and load on the service. Everything goes through
//! `lastgood_api::App`, as hosts use it.
//!
//! A bed takes eight seconds to make, so each test below takes one bed through several
//! situations; each of them begins with a Deployment that has no history. A situation
//! that goes wrong is named, and the ones after it are still tried.
//! `LASTGOOD_SITUATION=drift` tries only those whose name contains the word.

#![expect(clippy::print_stderr, reason = "whoever runs this sees where the time goes")]

mod argo;
mod contract;
mod exercise;
mod gitops;
mod hand_over;
mod helm;
mod kills;
mod lease;
mod obstacles;
mod revisions;
mod silence;
mod situations;
mod story;
mod strategies;
mod whole;
