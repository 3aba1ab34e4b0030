//! What could not be looked up at many places, as few sentences: one system that is away is
//! one doubt, and not one for each place that it serves. Pure.

use lastgood_core::catalog::Place;

/// So many places of one doubt are named; the others are counted.
const NAMED: usize = 3;

/// Doubts in the order in which they came up, each with the places that it is about.
#[derive(Default)]
pub(super) struct Doubts(Vec<(String, Vec<Place>)>);

impl Doubts {
    /// One more place that is in this doubt.
    pub(super) fn of(&mut self, place: &Place, doubt: String) {
        match self.0.iter_mut().find(|(known, _)| *known == doubt) {
            Some((_, places)) if places.contains(place) => {}
            Some((_, places)) => places.push(place.clone()),
            None => self.0.push((doubt, vec![place.clone()])),
        }
    }

    /// `checkout in production: GitHub: it was not reached`.
    pub(super) fn told(self) -> Vec<String> {
        let told = |(doubt, places): (String, Vec<Place>)| format!("{}: {doubt}", names(&places));
        self.0.into_iter().map(told).collect()
    }
}

fn names(places: &[Place]) -> String {
    let named: Vec<String> = places.iter().take(NAMED).map(Place::to_string).collect();
    let named = named.join(", ");
    // One more name is shorter than to count it.
    match places.get(NAMED..).unwrap_or_default() {
        [] => named,
        [one] => format!("{named}, {one}"),
        more => format!("{named} and {} more places", more.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(index: usize) -> Place {
        let service = format!("service-{index}");
        Place { service: service.as_str().into(), environment: "production".into() }
    }

    #[test]
    fn a_system_that_is_away_is_one_doubt_however_many_places_it_serves() {
        let mut doubts = Doubts::default();
        for index in 0..100 {
            doubts.of(&place(index), "GitHub: it was not reached".to_owned());
            doubts.of(&place(index), "GitHub: it was not reached".to_owned());
        }
        doubts.of(&place(7), "what runs is not known".to_owned());
        assert_eq!(
            doubts.told(),
            [
                "service-0 in production, service-1 in production, service-2 in production and \
                 97 more places: GitHub: it was not reached",
                "service-7 in production: what runs is not known",
            ]
        );
    }

    #[test]
    fn the_last_of_few_places_is_named() {
        let mut doubts = Doubts::default();
        (0..4).for_each(|index| doubts.of(&place(index), "no answer".to_owned()));
        let told = doubts.told();
        assert!(told[0].contains("service-3 in production: no answer"), "{told:?}");
    }
}
