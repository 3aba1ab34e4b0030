//! The choice of a target among 10,000 deploys of one service, with every gate asked of
//! every release.

use lastgood_core::catalog::Bake;
use std::time::Instant;

use lastgood_core::release::{DeployOutcome, Facts, History, propose};
use lastgood_core::testing;
use lastgood_core::time::Millis;

use crate::sample::Sample;

const DEPLOYS: i64 = 10_000;
const TIMES: usize = 20;

pub(crate) fn measure() {
    let deploys: Vec<_> = (0..DEPLOYS)
        .map(|number| {
            // Every seventh release is rolled back, and the one before it serves again.
            let (version, outcome) = match number % 7 {
                5 => (number, DeployOutcome::RolledBack),
                6 => (number - 2, DeployOutcome::Completed),
                _ => (number, DeployOutcome::Completed),
            };
            testing::deploy(&format!("v{version}"), (number - DEPLOYS) * 120, outcome)
        })
        .collect();
    let survey = testing::survey(&format!("v{}", DEPLOYS - 1));
    let history = History::new(deploys);
    let facts = Facts::default();
    let mut taken = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        let proposal = propose(&history, &survey, Bake::of(Millis::minutes(30)), &facts);
        taken.push(began.elapsed());
        assert!(proposal.target.is_some(), "there is one to go back to");
    }
    println!("choice of a target among {DEPLOYS} deploys, 12 gates each");
    println!("  choose                {}\n", Sample::new(taken).line());
}
