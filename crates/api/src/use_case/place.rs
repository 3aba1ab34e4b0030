//! Finds the place that a person means by a service's name.

use lastgood_core::catalog::Place;
use lastgood_core::name::ServiceName;
use lastgood_core::problem::{Code, Problem};

use crate::App;

impl App {
    /// The place of `service` in `environment`. Without one there must be no choice: a
    /// place is never guessed.
    pub fn place(&self, service: &str, environment: Option<&str>) -> Result<Place, Problem> {
        let stage = self.stage()?;
        let places: Vec<Place> = stage.files.catalog.places().map(|(place, _)| place).collect();
        choose(&places, service, environment)
    }

    /// The same, where the service may be left out when there is only one.
    pub fn place_of(
        &self,
        service: Option<&str>,
        environment: Option<&str>,
    ) -> Result<Place, Problem> {
        if let Some(service) = service {
            return self.place(service, environment);
        }
        let stage = self.stage()?;
        let services = &stage.files.catalog.services;
        let names: Vec<&str> = services.keys().map(ServiceName::as_str).collect();
        if let [only] = names[..] {
            return self.place(only, environment);
        }
        let sentence = format!("the catalog has {} services", names.len());
        Err(Problem::new(Code::InputInvalid, sentence)
            .hint(format!("Name one with --service: {}.", names.join(", "))))
    }
}

fn choose(places: &[Place], service: &str, environment: Option<&str>) -> Result<Place, Problem> {
    let known = |places: &[&Place]| {
        let names: Vec<String> = places.iter().map(ToString::to_string).collect();
        format!("There is: {}.", names.join(", "))
    };
    let of_it: Vec<&Place> =
        places.iter().filter(|place| place.service.as_str() == service).collect();
    if of_it.is_empty() {
        let all: Vec<&Place> = places.iter().collect();
        return Err(Problem::new(
            Code::NotFound,
            format!("the catalog has no service `{service}`"),
        )
        .hint(known(&all)));
    }
    match (environment, &of_it[..]) {
        (None, [only]) => Ok((*only).clone()),
        (None, several) => Err(Problem::new(
            Code::InputInvalid,
            format!("`{service}` runs in {} environments", several.len()),
        )
        .hint(format!("Name one with --environment. {}", known(several)))),
        (Some(wanted), several) => several
            .iter()
            .find(|place| place.environment.as_str() == wanted)
            .map(|place| (*place).clone())
            .ok_or_else(|| {
                let sentence = format!("the catalog has no `{service}` in `{wanted}`");
                Problem::new(Code::NotFound, sentence).hint(known(several))
            }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Vec<Place> {
        [("checkout", "production"), ("checkout", "staging"), ("search", "production")]
            .map(|(service, environment)| Place {
                service: service.into(),
                environment: environment.into(),
            })
            .to_vec()
    }

    #[test]
    fn a_service_in_one_environment_needs_no_environment() {
        let place = choose(&places(), "search", None).expect("there is only one");
        assert_eq!(place.to_string(), "search in production");
    }

    #[test]
    fn production_is_never_guessed_for_a_person() {
        let problem = choose(&places(), "checkout", None).expect_err("there are two");
        assert_eq!(problem.code, Code::InputInvalid);
        let hint = problem.hint.expect("it names them");
        assert!(hint.contains("production") && hint.contains("staging"), "{hint}");
    }

    #[test]
    fn what_the_catalog_lacks_is_answered_with_what_it_has() {
        for (service, environment) in [("chekout", None), ("search", Some("staging"))] {
            let problem = choose(&places(), service, environment).expect_err("it is not there");
            assert_eq!(problem.code, Code::NotFound);
            assert!(problem.hint.is_some_and(|hint| hint.contains("search in production")));
        }
    }
}
