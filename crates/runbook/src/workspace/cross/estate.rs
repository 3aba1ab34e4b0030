//! What the catalog says exists, as other files see it.

use std::collections::BTreeMap;

use lastgood_core::catalog::{Catalog, Place};

use super::library::Library;
use super::place::{Site, runbook_fits};
use crate::code::Code;
use crate::finding::Report;
use crate::nearest::did_you_mean;
use crate::tree::{At, Node};

/// The catalog as it is written, whatever else is wrong with it.
pub(super) struct Estate<'a> {
    root: At<'a>,
    /// What could be made sense of.
    value: Option<&'a Catalog>,
}

impl<'a> Estate<'a> {
    pub(super) fn of(tree: &'a Node, value: Option<&'a Catalog>) -> Self {
        Self { root: At::root(tree), value }
    }

    /// Whether everything exists that the catalog itself names.
    pub(super) fn check(&self, library: &Library<'_>, report: &mut Report) {
        for site in self.sites() {
            let Some(at) = site.written.get("runbook") else { continue };
            if let Some(runbook) = library.named(&at, report) {
                runbook_fits(runbook, &site, &at, report);
            }
        }
        self.neighbours_exist(report);
        self.nobody_depends_on_itself(report);
    }

    /// The environment of this name.
    pub(super) fn site(&self, place: &Place) -> Option<Site<'a>> {
        self.sites().find(|site| site.place == *place)
    }

    fn sites(&self) -> impl Iterator<Item = Site<'a>> {
        self.services().into_iter().flat_map(|(name, service)| {
            let value = self.value;
            let environments = service.get("environments");
            let written: Vec<_> = environments.iter().flat_map(At::entries).collect();
            written.into_iter().map(move |(key, written)| {
                let place = Place { service: name.into(), environment: (*key.text).into() };
                let value = value.and_then(|catalog| catalog.environment(&place));
                Site { place, written, value }
            })
        })
    }

    fn services(&self) -> Vec<(&'a str, At<'a>)> {
        let services = self.root.get("services");
        services.iter().flat_map(At::entries).map(|(key, at)| (&*key.text, at)).collect()
    }

    /// Reports a service or an environment that the catalog does not have. `at` is what names
    /// them, in keys of its own or as a whole.
    pub(super) fn place_exists(&self, place: &Place, at: &At<'_>, report: &mut Report) {
        let at_key = |key| at.get(key).unwrap_or_else(|| at.clone());
        let (service, environment) = (place.service.as_str(), place.environment.as_str());
        let services = self.services();
        let Some((_, found)) = services.iter().find(|(name, _)| *name == service) else {
            self.service_is_unknown(service, &at_key("service"), report);
            return;
        };
        let environments = found.get("environments");
        let known: Vec<&str> =
            environments.iter().flat_map(At::pairs).map(|(key, _)| &*key.text).collect();
        if !known.contains(&environment) {
            let message = format!("`{service}` has no environment `{environment}`");
            let suggestion = did_you_mean(environment, known.iter().copied(), "environments");
            let here = at_key("environment");
            report.error_with(Code::UnknownEnvironment, &here, message, suggestion);
        }
    }

    fn service_is_unknown(&self, service: &str, at: &At<'_>, report: &mut Report) {
        let known: Vec<&str> = self.services().iter().map(|(name, _)| *name).collect();
        let message = format!("there is no service `{service}` in the catalog");
        let suggestion = did_you_mean(service, known.iter().copied(), "services");
        report.error_with(Code::UnknownService, at, message, suggestion);
    }

    /// Whether every service that another one depends on, or that is recalled, is there.
    fn neighbours_exist(&self, report: &mut Report) {
        let services = self.services();
        let mut exists = |at: &At<'_>| {
            let Some(service) = at.scalar() else { return };
            if !services.iter().any(|(name, _)| *name == service) {
                self.service_is_unknown(service, at, report);
            }
        };
        for (_, service) in &services {
            service.get("depends-on").iter().flat_map(At::items).for_each(|at| exists(&at));
        }
        for recall in self.root.get("recalls").iter().flat_map(At::items) {
            recall.get("service").iter().for_each(&mut exists);
        }
    }

    /// A circle is no error, for services do call each other; it is said, because within it
    /// everything is upstream of everything, and nearness tells no suspect from another.
    fn nobody_depends_on_itself(&self, report: &mut Report) {
        let services = self.services();
        let needs: BTreeMap<&str, Vec<At<'_>>> = services
            .iter()
            .map(|(name, at)| {
                (*name, at.get("depends-on").iter().flat_map(At::items).collect::<Vec<_>>())
            })
            .collect();
        let mut done: Vec<&str> = Vec::new();
        for (name, _) in &services {
            let Some((way, at)) = circle(name, &needs, &done) else { continue };
            let message = if way.len() == 1 {
                format!("`{name}` depends on itself")
            } else {
                let names: Vec<String> = way.iter().map(|one| format!("`{one}`")).collect();
                format!("{} and `{name}` again depend on each other in a circle", names.join(", "))
            };
            let advice = "keep the direction in which requests go".to_owned();
            report.advice(Code::DependsOnItself, &at, message, advice);
            done.extend(way);
        }
    }
}

/// The shortest way from `start` back to itself past none of `done`, and where it is closed.
fn circle<'a>(
    start: &'a str,
    needs: &BTreeMap<&'a str, Vec<At<'a>>>,
    done: &[&str],
) -> Option<(Vec<&'a str>, At<'a>)> {
    if done.contains(&start) {
        return None;
    }
    let mut before: BTreeMap<&str, &str> = BTreeMap::new();
    let mut waiting = std::collections::VecDeque::from([start]);
    while let Some(here) = waiting.pop_front() {
        for at in needs.get(here).into_iter().flatten() {
            let Some(next) = at.scalar() else { continue };
            if next == start {
                let mut way = vec![here];
                while let Some(last) = way.last().and_then(|one| before.get(one)) {
                    way.push(last);
                }
                way.reverse();
                return Some((way, at.clone()));
            }
            if !done.contains(&next) && !before.contains_key(next) {
                before.insert(next, here);
                waiting.push_back(next);
            }
        }
    }
    None
}
