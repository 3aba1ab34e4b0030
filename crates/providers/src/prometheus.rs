//! A Prometheus, or anything that answers its query API.
//!
//! Requests are counted from the raw samples of counters, never through `rate()` or
//! `increase()`: those lose the first events of every new series, and a new release is
//! nothing but new series. Whatever keeps the counts from deciding comes back as a doubt.

mod count;
mod error;
mod examine;
mod heard;
mod reply;
mod request;
mod ticks;
mod weigh;

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use jiff::Timestamp;
use lastgood_core::catalog::{PrometheusConnection, Slo};
use lastgood_core::judge::{Doubt, Measurement};
use lastgood_core::secret::Secret;
use lastgood_core::time::Millis;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, DATE, HeaderValue, RETRY_AFTER};

pub use error::Failure;

use crate::{again, client, clock};
use count::{Origins, Window};
use reply::Found;
use request::Expression;
use weigh::Evidence;

const TOTAL: Duration = Duration::from_secs(10);
const BODY_AT_MOST: usize = 8 * 1024 * 1024;
/// A clock that is off by more than this is corrected for.
const SKEW: i64 = 30_000;
/// How far before the window is looked at least, to know whether a series is new.
const LOOK_BACK: i64 = 60_000;
/// And at most: a long window needs no second one of its length.
const LOOK_BACK_AT_MOST: i64 = 30 * 60_000;

/// One Prometheus.
#[derive(Clone, Debug)]
pub struct Prometheus {
    client: reqwest::Client,
    base: Url,
    scrape: Millis,
    token: Option<Secret<String>>,
}

/// An answer with the difference between the server's clock and ours.
struct Answer {
    found: Found,
    ahead: i64,
}

/// An answer as it came.
struct Raw {
    status: u16,
    body: Vec<u8>,
    /// The server's time, where it sent one.
    date: Option<Timestamp>,
    /// Ours, when its headers were there.
    at: Timestamp,
    /// How long it asks to wait.
    wait: Option<Duration>,
}

impl Prometheus {
    /// Sends nothing.
    pub fn new(
        connection: &PrometheusConnection,
        token: Option<Secret<String>>,
    ) -> Result<Self, Failure> {
        let mut base = Url::parse(&connection.url).map_err(|error| Failure::Foreign {
            why: format!("its address cannot be read: {error}"),
        })?;
        if !matches!(base.scheme(), "http" | "https") {
            let why = "its address must begin with http:// or https://".to_owned();
            return Err(Failure::Foreign { why });
        }
        let path = format!("{}/", base.path().trim_end_matches('/'));
        base.set_path(&path);
        let client = client::builder()
            .build()
            .map_err(|error| Failure::Silent { why: client::words(error) })?;
        Ok(Self { client, base, scrape: connection.scrape, token })
    }

    /// Counts the requests of one objective after `from`, up to and including `to`.
    pub async fn measure(&self, slo: &Slo, from: Timestamp, to: Timestamp) -> Measurement {
        let window = Window { from: from.as_millisecond(), to: to.as_millisecond() };
        match self.try_measure(slo, window).await {
            Ok(measurement) => measurement,
            Err(doubts) => weigh::nothing(window, doubts),
        }
    }

    async fn try_measure(&self, slo: &Slo, window: Window) -> Result<Measurement, Vec<Doubt>> {
        let read = |which: &str, text: &str| {
            Expression::read(text)
                .map_err(|why| vec![Doubt::BadQuery { why: format!("`{which}`: {why}") }])
        };
        let expressions = (read("total", &slo.total)?, read("good", &slo.good)?);
        let (total, good) = self.both(&expressions, window).await?;
        let ahead = total.ahead;
        let (total, good, shifted) = if ahead.abs() > SKEW {
            tracing::warn!(
                seconds = ahead / 1000,
                "the clocks of this machine and of Prometheus differ; its own is used"
            );
            let shifted = Window { from: window.from + ahead, to: window.to + ahead };
            let (total, good) = self.both(&expressions, shifted).await?;
            (total.found, good.found, shifted)
        } else {
            (total.found, good.found, window)
        };
        let slack = i64::try_from(self.scrape.0).unwrap_or(i64::MAX).saturating_mul(3);
        let mut origins = Origins::new(total.series.iter().chain(&good.series), slack.max(5_000));
        self.learn_starts(&mut origins, &total, &good, shifted).await;
        let measured = weigh::weigh(&Evidence {
            total: &total,
            good: &good,
            summed: (is_summed(&expressions.0), is_summed(&expressions.1)),
            origins: &origins,
            window: shifted,
            scrape: self.scrape,
            version_label: slo.version_label.as_deref(),
        });
        Ok(on_our_clock(measured, window, shifted.to - window.to))
    }

    async fn both(
        &self,
        expressions: &(Expression, Expression),
        window: Window,
    ) -> Result<(Answer, Answer), Vec<Doubt>> {
        let (total, good) = futures::join!(
            self.samples(&expressions.0, window),
            self.samples(&expressions.1, window)
        );
        match (total, good) {
            (Ok(total), Ok(good)) => Ok((total, good)),
            (Err(failure), _) | (_, Err(failure)) => Err(vec![failure.doubt()]),
        }
    }

    async fn samples(&self, expression: &Expression, window: Window) -> Result<Answer, Failure> {
        let range = window.length() + window.length().clamp(LOOK_BACK, LOOK_BACK_AT_MOST);
        match expression {
            Expression::Counters { selector, .. } => {
                let query = request::samples(selector, millis(range));
                let time = request::seconds(window.to);
                self.ask("query", &[("query", &query), ("time", &time)]).await
            }
            Expression::Opaque(text) => {
                // The API gives at most 11,000 points for each series.
                let scrape = i64::try_from(self.scrape.0).unwrap_or(i64::MAX);
                let step = scrape.max(window.length() / 5_000).max(1_000);
                let (start, end) = (window.from - step, window.to);
                let (start, end) = (request::seconds(start), request::seconds(end));
                let step = request::seconds(step);
                let query =
                    [("query", text.as_str()), ("start", &start), ("end", &end), ("step", &step)];
                self.ask("query_range", &query).await
            }
        }
    }

    /// Looks the start of new processes up, where that decides how a series began. Not
    /// knowing it is a doubt already, so a failure here adds nothing.
    async fn learn_starts(
        &self,
        origins: &mut Origins,
        total: &Found,
        good: &Found,
        window: Window,
    ) {
        let series = || total.series.iter().chain(&good.series);
        let unsettled = origins.unsettled(series(), window);
        if unsettled.is_empty() {
            return;
        }
        let instances: Vec<&str> =
            unsettled.iter().map(|(_, instance)| instance.as_str()).collect();
        let query = request::starts(&instances, millis(window.length()));
        let time = request::seconds(window.to);
        match self.ask("query", &[("query", &query), ("time", &time)]).await {
            Ok(answer) => origins.learn_starts(&answer.found.series),
            Err(failure) => tracing::debug!(%failure, "no process start times"),
        }
    }

    async fn ask(&self, what: &str, query: &[(&str, &str)]) -> Result<Answer, Failure> {
        let once = || async {
            let Raw { status, body, date, at, wait } = self.fetch(what, query).await?;
            let ahead = date.map_or(0, |date| date.as_millisecond() - at.as_millisecond());
            let found = reply::read(status, &body).map_err(|failure| self.told(failure, wait))?;
            Ok(Answer { found, ahead })
        };
        let ease = |failure: &Failure, ours| again::pause(failure.wait(), ours);
        let asked = once.retry(pauses()).when(Failure::is_passing).adjust(ease);
        // The retries share one limit: a gate that looks every few seconds cannot wait.
        tokio::time::timeout(TOTAL, asked).await.unwrap_or_else(|_| {
            Err(Failure::Silent { why: format!("nothing came within {} s", TOTAL.as_secs()) })
        })
    }

    /// Asks once, within the limit of one question.
    async fn fetch(&self, what: &str, query: &[(&str, &str)]) -> Result<Raw, Failure> {
        let mut url = self
            .base
            .join(&format!("api/v1/{what}"))
            .map_err(|error| Failure::Foreign { why: error.to_string() })?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        tokio::time::timeout(TOTAL, self.exchange(url)).await.unwrap_or_else(|_| {
            Err(Failure::Silent { why: format!("nothing came within {} s", TOTAL.as_secs()) })
        })
    }

    async fn exchange(&self, url: Url) -> Result<Raw, Failure> {
        let mut request = self.client.get(url);
        if let Some(token) = &self.token {
            let header = token.expose(|token| HeaderValue::try_from(format!("Bearer {token}")));
            let mut header = header.map_err(|_| Failure::Unauthorised {
                why: "the stored token cannot be sent in a header".to_owned(),
            })?;
            header.set_sensitive(true);
            request = request.header(AUTHORIZATION, header);
        }
        let silent = |error| Failure::Silent { why: client::words(error) };
        let response = request.send().await.map_err(silent)?;
        let status = response.status().as_u16();
        let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
        let date = date.and_then(clock::of_header);
        let wait = response.headers().get(RETRY_AFTER).and_then(|wait| wait.to_str().ok());
        let wait = again::wait_of(wait);
        let at = clock::wall();
        let (body, more) = client::body(response, BODY_AT_MOST).await.map_err(|error| {
            Failure::Silent { why: format!("the answer broke off: {}", client::words(error)) }
        })?;
        if more {
            let why = "more than 8 MiB of samples; choose fewer series or a shorter window";
            return Err(Failure::BadQuery { why: why.to_owned() });
        }
        Ok(Raw { status, body, date, at, wait })
    }

    /// With the wait that it asks for. A server may repeat the token in its complaint.
    fn told(&self, failure: Failure, asked: Option<Duration>) -> Failure {
        let held: Vec<Secret<String>> = self.token.iter().cloned().collect();
        let clean = |why: String| lastgood_core::secret::redact_output(&why, &held);
        match failure {
            Failure::Silent { why } => Failure::Silent { why: clean(why) },
            Failure::Troubled { code, why, wait } => {
                Failure::Troubled { code, why: clean(why), wait: wait.or(asked) }
            }
            Failure::Foreign { why } => Failure::Foreign { why: clean(why) },
            Failure::Unauthorised { why } => Failure::Unauthorised { why: clean(why) },
            Failure::BadQuery { why } => Failure::BadQuery { why: clean(why) },
        }
    }
}

fn is_summed(expression: &Expression) -> bool {
    match expression {
        Expression::Counters { summed, .. } => *summed,
        Expression::Opaque(_) => false,
    }
}

/// Counted on the server's clock, told on ours.
fn on_our_clock(mut measured: Measurement, window: Window, ahead: i64) -> Measurement {
    measured.from.0 = window.from;
    measured.to.0 = window.to;
    for point in &mut measured.points {
        point.at.0 -= ahead;
    }
    let arms = measured.arms.iter_mut().flat_map(|arm| &mut arm.ticks);
    for tick in measured.ticks.iter_mut().chain(arms) {
        tick.at.0 -= ahead;
    }
    measured
}

/// Full jitter: three more attempts, on transport errors and 5xx only.
fn pauses() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(250))
        .with_factor(2.0)
        .with_max_delay(Duration::from_secs(2))
        .with_max_times(3)
        .with_jitter()
}

fn millis(length: i64) -> Millis {
    Millis(u64::try_from(length).unwrap_or(0))
}

#[cfg(test)]
mod tests;
