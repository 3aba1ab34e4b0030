//! When each series was last heard of, for the question which instances are silent.

use jiff::Timestamp;
use lastgood_core::blame::{Heard, Instance, Scraped};
use lastgood_core::catalog::Slo;
use lastgood_core::time::Millis;

use super::count::{self, Origins, Window};
use super::reply::Series;
use super::request::{self, Expression};
use super::{Prometheus, SKEW, millis};

/// Labels that carry the name of an instance, as the common ways of scraping Kubernetes set
/// them.
const NAMES: [&str; 3] = ["pod", "pod_name", "kubernetes_pod_name"];

/// How far back is looked for requests.
const WINDOW: i64 = 10 * 60_000;

/// The series of requests, and the targets they are scraped from.
pub(crate) type Sounds = (Vec<Heard>, Vec<Scraped>);

impl Prometheus {
    /// How often it scrapes.
    pub(crate) const fn scrape(&self) -> Millis {
        self.scrape
    }

    /// What was heard of single instances up to `to`. `None` where the series of the
    /// objective cannot tell them apart, or nothing could be asked.
    pub(crate) async fn heard(
        &self,
        slo: &Slo,
        instances: &[Instance],
        to: Timestamp,
    ) -> Option<Sounds> {
        let to = to.as_millisecond();
        let window = Window { from: to - WINDOW, to };
        let total = Expression::read(&slo.total).ok()?;
        // What was computed has no series of single instances any more.
        if !matches!(total, Expression::Counters { .. }) {
            return None;
        }
        let answer = self.samples(&total, window).await.ok()?;
        // Ages cannot be told by two clocks that differ.
        if answer.ahead.abs() > SKEW || !answer.found.warnings.is_empty() {
            return None;
        }
        let origins = Origins::new(answer.found.series.iter(), 5_000);
        let heard = answer.found.series.iter().filter_map(|one| heard(one, window, &origins));
        Some((heard.collect(), self.scraped(instances, window).await))
    }

    /// The targets of `instances`. Not knowing them is no hindrance.
    async fn scraped(&self, instances: &[Instance], window: Window) -> Vec<Scraped> {
        let hosts: Vec<&str> = instances.iter().filter_map(|one| one.host.as_deref()).collect();
        if hosts.is_empty() {
            return Vec::new();
        }
        let query = request::targets(&hosts, millis(3 * self.scrape_ms()));
        let time = request::seconds(window.to);
        let Ok(answer) = self.ask("query", &[("query", &query), ("time", &time)]).await else {
            return Vec::new();
        };
        let origins = Origins::default();
        let series = answer.found.series.iter();
        series
            .filter_map(|one| {
                let up = one.samples.last().is_some_and(|(_, value)| *value > 0.0);
                Some(Scraped { from: heard(one, window, &origins)?, up })
            })
            .collect()
    }

    fn scrape_ms(&self) -> i64 {
        i64::try_from(self.scrape.0).unwrap_or(i64::MAX / 3).max(5_000)
    }
}

fn heard(series: &Series, window: Window, origins: &Origins) -> Option<Heard> {
    let (last, _) = series.samples.last()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of requests, never negative"
    )]
    let requests = count::events(series, window, origins).total().round() as u64;
    Some(Heard {
        name: NAMES.iter().find_map(|name| series.labels.get(*name)).cloned(),
        target: series.labels.get("instance").cloned(),
        last: Timestamp::from_millisecond(*last).ok()?,
        requests,
    })
}
