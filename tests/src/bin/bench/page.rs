//! The first page of 10,000 deploys: 20 services, sorted, with the standing of each
//! release on the page.

use std::time::Instant;

use lastgood_core::release::{DeployOutcome, History, Marks};
use lastgood_core::testing;
use lastgood_core::time::Millis;
use lastgood_core::view::DeployRow;

use crate::sample::Sample;

const SERVICES: usize = 20;
const DEPLOYS: usize = 500;
const PAGE: usize = 50;
const TIMES: usize = 10;

pub(crate) fn measure() {
    let sources: Vec<Vec<_>> = (0..SERVICES)
        .map(|service| {
            (0..DEPLOYS)
                .map(|number| {
                    let at = i64::try_from(number * 60 + service).unwrap_or(0) - 40_000;
                    testing::deploy(&format!("v{number}"), at, DeployOutcome::Completed)
                })
                .collect()
        })
        .collect();
    let survey = testing::survey(&format!("v{}", DEPLOYS - 1));
    let marks = Marks::default();
    let mut taken = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        let mut rows: Vec<DeployRow> = Vec::new();
        for deploys in &sources {
            let history = History::new(deploys.clone());
            let standings = history.standings(&survey, Millis::minutes(30), &marks);
            let known = Some((&survey, &standings));
            let page = history.deploys().iter().take(PAGE);
            rows.extend(page.map(|deploy| DeployRow::new(deploy, &history, known, &marks)));
        }
        rows.sort_by_key(|row| std::cmp::Reverse(row.at));
        rows.truncate(PAGE);
        taken.push(began.elapsed());
        assert_eq!(rows.len(), PAGE, "a whole page was made");
    }
    println!("first page of {} deploys ({SERVICES} services)", SERVICES * DEPLOYS);
    println!("  {PAGE} rows               {}\n", Sample::new(taken).line());
}
