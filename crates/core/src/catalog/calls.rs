//! How far apart two services are.

use std::collections::{BTreeSet, VecDeque};

use super::Catalog;
use crate::name::ServiceName;

impl Catalog {
    /// The fewest calls between two services, whichever of the two is called; 0 for a service
    /// and itself, `None` when what services say they depend on leads no way from one to the
    /// other. A fault travels to whoever calls, and load travels to whoever is called, so the
    /// direction does not count.
    #[must_use]
    pub fn calls_between(&self, one: &ServiceName, other: &ServiceName) -> Option<u32> {
        let mut seen = BTreeSet::from([one]);
        let mut next = VecDeque::from([(one, 0)]);
        while let Some((here, calls)) = next.pop_front() {
            if here == other {
                return Some(calls);
            }
            for service in self.beside(here) {
                if seen.insert(service) {
                    next.push_back((service, calls + 1));
                }
            }
        }
        None
    }

    /// The services that call `service` or are called by it.
    fn beside<'a>(&'a self, service: &'a ServiceName) -> impl Iterator<Item = &'a ServiceName> {
        let called = self.services.get(service).map(|entry| &entry.depends_on[..]);
        let callers = self.services.iter().filter(|(_, entry)| entry.depends_on.contains(service));
        called.unwrap_or_default().iter().chain(callers.map(|(name, _)| name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Service;
    use crate::recorded::Recorded;

    fn catalog(calls: &[(&str, &[&str])]) -> Catalog {
        let service = |called: &[&str]| Service {
            owner: Recorded::NotRecorded,
            escalation: Recorded::NotRecorded,
            depends_on: called.iter().map(|name| (*name).into()).collect(),
            environments: std::collections::BTreeMap::new(),
        };
        let services = calls.iter().map(|(name, called)| ((*name).into(), service(called)));
        Catalog { services: services.collect(), ..Catalog::default() }
    }

    #[test]
    fn calls_are_counted_both_ways_by_the_shortest_and_rings_end() {
        let catalog = catalog(&[
            ("web", &["cart", "search"]),
            ("cart", &["stock"]),
            ("search", &["stock", "web"]),
            ("stock", &["ledger"]),
            ("mail", &[]),
        ]);
        for (one, other, calls) in [
            ("web", "web", Some(0)),
            ("web", "stock", Some(2)),
            ("stock", "web", Some(2)),
            ("cart", "search", Some(2)),
            // It is called, and has no entry of its own.
            ("ledger", "web", Some(3)),
            ("mail", "web", None),
            ("nobody", "web", None),
        ] {
            assert_eq!(catalog.calls_between(&one.into(), &other.into()), calls, "{one}, {other}");
        }
    }
}
