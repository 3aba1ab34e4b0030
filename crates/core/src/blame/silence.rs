//! Which single instances say nothing, from what the metrics last heard of each. Pure.
//!
//! Silence is a strong sign, so it is claimed only where it can be told: some instance must
//! have been heard, or else the series may not name instances at all; one that was never heard
//! must have been missed by the scrapes, or have had requests to expect.

use jiff::Timestamp;

use super::Instances;
use crate::name::ReleaseId;
use crate::time::Millis;

/// How long an instance must have been ready before its silence says something, and in scrapes
/// where those are seldom: it has to be discovered, and then be missed three times.
const SETTLED: Millis = Millis::minutes(1);
const SETTLED_SCRAPES: u64 = 6;

/// So many scrapes without a sample are silence; one may be lost.
const SCRAPES: u64 = 3;

/// No silence is shorter than this, however often is scraped.
const SHORTEST: Millis = Millis::seconds(45);

/// One that is scraped and has no series is silent when it should have answered this many
/// requests: by the Poisson law ten stay away by chance once in 22,000 times.
const EXPECTED: u64 = 10;

/// An instance that is ready, as the platform lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its name on the platform.
    pub name: String,
    /// Of which release it is.
    pub release: ReleaseId,
    /// Where it is reached: `10.0.0.7`, without a port.
    pub host: Option<String>,
    /// Its ports, as text.
    pub ports: Vec<String>,
    /// Since when it is ready; `None` where the platform does not say, and then nothing is
    /// said of its silence.
    pub ready_since: Option<Timestamp>,
}

/// A series, as far as it tells where it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// The name of the instance, where the series has it.
    pub name: Option<String>,
    /// The target that was scraped: `10.0.0.7:8080`.
    pub target: Option<String>,
    /// When its newest sample was taken.
    pub last: Timestamp,
    /// The requests that were counted in the window.
    pub requests: u64,
}

/// Whether the target of an instance could be scraped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scraped {
    /// Where from; its counts mean nothing.
    pub from: Heard,
    /// Whether the newest scrape got an answer.
    pub up: bool,
}

/// What one look at platform and metrics found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hearing {
    /// How often is scraped.
    pub scrape: Millis,
    /// The instances that are ready.
    pub instances: Vec<Instance>,
    /// The series of requests.
    pub heard: Vec<Heard>,
    /// The targets that are scraped; empty where the metrics do not say.
    pub scraped: Vec<Scraped>,
}

/// The instances of one release, and those of all others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// Its own.
    pub released: Instances,
    /// The others.
    pub others: Instances,
    /// The names of its silent ones.
    pub names: Vec<String>,
}

impl Hearing {
    /// Which instances of `release` were silent at `until`, and which others; `None` where
    /// that cannot be told.
    #[must_use]
    pub fn silence(&self, release: &ReleaseId, until: Timestamp) -> Option<Silence> {
        let known: Vec<(&Instance, Option<Millis>, u64)> =
            self.instances.iter().map(|one| self.newest(one, until)).collect();
        let heard: Vec<u64> =
            known.iter().filter(|(_, age, _)| self.is_fresh(*age)).map(|one| one.2).collect();
        let usual = heard.iter().sum::<u64>().checked_div(heard.len() as u64)?;
        let mut silence = Silence {
            released: Instances { all: 0, silent: 0 },
            others: Instances { all: 0, silent: 0 },
            names: Vec::new(),
        };
        for (instance, age, _) in known {
            let Some(silent) = self.is_silent(instance, age, usual, until) else { continue };
            let own = instance.release == *release;
            let count = if own { &mut silence.released } else { &mut silence.others };
            count.all += 1;
            count.silent += u32::from(silent);
            if own && silent {
                silence.names.push(instance.name.clone());
            }
        }
        silence.names.sort();
        (silence.released.all > 0).then_some(silence)
    }

    /// How old the newest sample of an instance is, if there is one, and what it answered.
    fn newest<'a>(
        &self,
        one: &'a Instance,
        until: Timestamp,
    ) -> (&'a Instance, Option<Millis>, u64) {
        let own = || self.heard.iter().filter(|heard| self.is_of(heard, one));
        let age = own().map(|heard| heard.last).max().map(|last| Millis::between(last, until));
        (one, age, own().map(|heard| heard.requests).sum())
    }

    fn is_fresh(&self, age: Option<Millis>) -> bool {
        let patience = Millis(self.scrape.0.saturating_mul(SCRAPES)).max(SHORTEST);
        age.is_some_and(|age| age <= patience)
    }

    /// `None` where it cannot be told.
    fn is_silent(
        &self,
        one: &Instance,
        age: Option<Millis>,
        usual: u64,
        until: Timestamp,
    ) -> Option<bool> {
        let ready = one.ready_since.filter(|since| *since <= until)?;
        let patience = SETTLED.max(Millis(self.scrape.0.saturating_mul(SETTLED_SCRAPES)));
        if Millis::between(ready, until) <= patience {
            return None;
        }
        if age.is_some() {
            return Some(!self.is_fresh(age));
        }
        let target = self.scraped.iter().filter(|target| self.is_of(&target.from, one));
        let up = target.map(|target| target.up).reduce(|a, b| a || b);
        // Where targets are listed, one that is not among them is not scraped.
        let missed = !self.scraped.is_empty() && up != Some(true);
        (missed || usual >= EXPECTED).then_some(true)
    }

    /// Whether a series comes from this instance: by its name, or by its address. An address
    /// that several share tells them apart only with its port.
    fn is_of(&self, heard: &Heard, one: &Instance) -> bool {
        if let Some(name) = &heard.name {
            return *name == one.name;
        }
        let (Some(target), Some(host)) = (&heard.target, &one.host) else { return false };
        let (at, port) = split(target);
        if at != host {
            return false;
        }
        let sharing = self.instances.iter().filter(|other| other.host.as_ref() == Some(host));
        port.is_some_and(|port| one.ports.iter().any(|own| own == port)) || sharing.count() == 1
    }
}

/// The host and the port of a target; an IPv6 address is in brackets where a port follows.
fn split(target: &str) -> (&str, Option<&str>) {
    match target.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
            (host.trim_start_matches('[').trim_end_matches(']'), Some(port))
        }
        _ => (target.trim_start_matches('[').trim_end_matches(']'), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{earlier, later};

    fn now() -> Timestamp {
        "2026-11-22T18:10:00Z".parse().expect("a time")
    }

    fn ago(seconds: u64) -> Timestamp {
        earlier(now(), Millis::seconds(seconds))
    }

    fn pod(name: &str, release: &str, host: &str) -> Instance {
        Instance {
            name: name.to_owned(),
            release: release.into(),
            host: Some(host.to_owned()),
            ports: vec!["8080".to_owned()],
            ready_since: Some(ago(600)),
        }
    }

    fn heard(target: &str, seconds: u64, requests: u64) -> Heard {
        Heard { name: None, target: Some(target.to_owned()), last: ago(seconds), requests }
    }

    /// Two old pods and two new ones; the second new one says nothing.
    fn hearing() -> Hearing {
        Hearing {
            scrape: Millis::seconds(15),
            instances: vec![
                pod("old-a", "1", "10.0.0.1"),
                pod("old-b", "1", "10.0.0.2"),
                pod("new-a", "2", "10.0.0.3"),
                pod("new-b", "2", "fd00::4"),
            ],
            heard: vec![
                heard("10.0.0.1:8080", 5, 100),
                heard("10.0.0.2:9090", 5, 100),
                heard("10.0.0.3", 20, 40),
            ],
            scraped: Vec::new(),
        }
    }

    fn silent(hearing: &Hearing) -> Option<(u32, u32, u32, u32)> {
        let found = hearing.silence(&"2".into(), now())?;
        let (own, others) = (found.released, found.others);
        Some((own.silent, own.all, others.silent, others.all))
    }

    #[test]
    fn one_silent_instance_among_others_is_found_and_named() {
        let found = hearing().silence(&"2".into(), now()).expect("it can be told");
        assert_eq!(found.names, ["new-b"]);
        assert_eq!(silent(&hearing()), Some((1, 2, 0, 2)));
        let mut stale = hearing();
        stale.heard.push(heard("[fd00::4]:8080", 50, 3));
        assert_eq!(silent(&stale), Some((1, 2, 0, 2)), "its last word was four scrapes ago");
        stale.heard.push(heard("[fd00::4]:8080", 10, 3));
        assert_eq!(silent(&stale), Some((0, 2, 0, 2)), "and now it speaks");
    }

    #[test]
    fn where_nobody_is_heard_nobody_is_silent() {
        let none = Hearing { heard: Vec::new(), ..hearing() };
        assert_eq!(silent(&none), None, "the series may not name instances at all");
        let others = Hearing { instances: hearing().instances[..2].to_vec(), ..hearing() };
        assert_eq!(silent(&others), None, "and what has no instance is not silent");
    }

    #[test]
    fn a_series_that_begins_with_the_first_request_is_not_missed_for_lack_of_requests() {
        let mut quiet = hearing();
        quiet.heard.iter_mut().for_each(|one| one.requests = 2);
        assert_eq!(silent(&quiet), Some((0, 1, 0, 2)), "it may have had none to answer");
        let target = |host: &str, up| Scraped { from: heard(host, 5, 0), up };
        quiet.scraped = vec![target("10.0.0.3:8080", true), target("[fd00::4]:8080", true)];
        assert_eq!(silent(&quiet), Some((0, 1, 0, 2)), "it is scraped, and says nothing yet");
        quiet.scraped[1].up = false;
        assert_eq!(silent(&quiet), Some((1, 2, 0, 2)), "its scrapes fail");
        quiet.scraped.pop();
        assert_eq!(silent(&quiet), Some((1, 2, 0, 2)), "it is not scraped at all");
    }

    #[test]
    fn an_instance_that_is_not_ready_for_long_has_time() {
        let mut young = hearing();
        young.instances[3].ready_since = Some(ago(80));
        assert_eq!(silent(&young), Some((0, 1, 0, 2)));
        young.instances[3].ready_since = Some(later(now(), Millis::seconds(5)));
        assert_eq!(silent(&young), Some((0, 1, 0, 2)), "it came after the incident");
        young.instances[3].ready_since = None;
        assert_eq!(silent(&young), Some((0, 1, 0, 2)), "nobody says since when");
    }

    #[test]
    fn instances_that_share_an_address_are_told_apart_by_their_ports() {
        let mut shared = hearing();
        for (at, one) in shared.instances.iter_mut().enumerate() {
            one.host = Some("127.0.0.1".to_owned());
            one.ports = vec![format!("808{at}")];
        }
        shared.heard = vec![
            heard("127.0.0.1:8080", 5, 100),
            heard("127.0.0.1:8081", 5, 100),
            heard("127.0.0.1:8082", 5, 100),
            heard("127.0.0.1:9999", 5, 100),
        ];
        assert_eq!(silent(&shared), Some((1, 2, 0, 2)));
        let named = Heard { name: Some("new-b".to_owned()), ..heard("127.0.0.1:8080", 5, 9) };
        shared.heard.push(named);
        assert_eq!(silent(&shared), Some((0, 2, 0, 2)), "a name is surer than an address");
    }
}
