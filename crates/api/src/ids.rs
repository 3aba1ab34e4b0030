//! Run ids that a person can read aloud: `checkout-1122-190302-7f3c`, and for drills the
//! scenario and the seed, so that the same drill has the same name.

use std::collections::BTreeSet;

use jiff::Timestamp;
use lastgood_core::catalog::Place;
use lastgood_core::name::{RunId, ScenarioName};

/// The id of a run of `place` that begins at `at`, unlike any in `taken`.
pub(crate) fn for_place(
    place: &Place,
    at: Timestamp,
    salt: &str,
    taken: &BTreeSet<RunId>,
) -> RunId {
    let stamp = at.strftime("%m%d-%H%M%S");
    free(&format!("{}-{stamp}-{salt}", place.service), taken)
}

/// The id of a drill, unlike any in `taken`.
pub(crate) fn for_drill(scenario: &ScenarioName, seed: u64, taken: &BTreeSet<RunId>) -> RunId {
    free(&format!("{scenario}-{seed}"), taken)
}

/// `wanted`, or `wanted-2`, `wanted-3`, … The text is made safe for a file name, because
/// locks and logs are named after it.
fn free(wanted: &str, taken: &BTreeSet<RunId>) -> RunId {
    let safe: String = wanted
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' })
        .collect();
    let mut id = RunId::new(safe.clone());
    let mut number = 2;
    while taken.contains(&id) {
        id = RunId::new(format!("{safe}-{number}"));
        number += 1;
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_drill_with_the_same_seed_gets_a_name_of_its_own() {
        let scenario = ScenarioName::new("bad-canary");
        let mut taken = BTreeSet::new();
        let names: Vec<String> = (0..3)
            .map(|_| {
                let id = for_drill(&scenario, 7, &taken);
                taken.insert(id.clone());
                id.to_string()
            })
            .collect();
        assert_eq!(names, ["bad-canary-7", "bad-canary-7-2", "bad-canary-7-3"]);
    }

    #[test]
    fn a_service_name_cannot_lead_out_of_the_data_folder() {
        let place = Place { service: "../../etc".into(), environment: "prod".into() };
        let id = for_place(&place, Timestamp::UNIX_EPOCH, "7f3c", &BTreeSet::new());
        assert!(!id.as_str().contains(['/', '.']), "{id}");
    }
}
