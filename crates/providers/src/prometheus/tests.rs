//! Missing, torn, reset and odd data: each row says what must not be mistaken for health.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lastgood_core::catalog::{PrometheusConnection, Slo};
use lastgood_core::judge::{Counts, Doubt, Measurement, Verdict, judge};
use lastgood_core::secret::Secret;
use lastgood_core::time::Millis;
use serde_json::{Value, json};

use super::Prometheus;
use super::count::{Origins, Window};
use super::reply::{self, Found, Series};
use super::request::{self, Expression};
use super::weigh::{Evidence, weigh};
use crate::clock;
use crate::stub::{Reply, Stub};

/// Whether a doubt is the one that is meant.
type Is = fn(&Doubt) -> bool;

const SCRAPE: i64 = 15_000;
const WINDOW: Window = Window { from: 1_000_000, to: 1_300_000 };

/// One series, its samples every 15 s from `start` on.
fn series(labels: &[(&str, &str)], start: i64, values: &[f64]) -> Series {
    let labels: BTreeMap<String, String> =
        labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let times = (0_i64..).map(|index| start + index * SCRAPE);
    Series { labels, samples: times.zip(values.iter().copied()).collect() }
}

/// A counter that grows evenly through the window and before it.
fn steady(labels: &[(&str, &str)], by: f64) -> Series {
    let values: Vec<f64> = (0..25).map(|index| 500.0 + f64::from(index) * by).collect();
    series(labels, WINDOW.from - 60_000, &values)
}

fn found(series: Vec<Series>) -> Found {
    Found { series, ..Found::default() }
}

fn weighed(total: &Found, good: &Found) -> Measurement {
    weighed_with(total, good, &[])
}

fn weighed_with(total: &Found, good: &Found, starts: &[Series]) -> Measurement {
    let mut origins = Origins::new(total.series.iter().chain(&good.series), 3 * SCRAPE);
    origins.learn_starts(starts);
    weigh(&Evidence {
        total,
        good,
        summed: (true, true),
        origins: &origins,
        window: WINDOW,
        scrape: Millis(15_000),
        version_label: Some("version"),
    })
}

const OLD: &[(&str, &str)] = &[("instance", "a"), ("job", "j"), ("version", "v1")];
const NEW: &[(&str, &str)] = &[("instance", "b"), ("job", "j"), ("version", "v2")];

#[test]
fn a_steady_counter_is_counted_without_doubt_and_drawn() {
    let total = found(vec![steady(OLD, 10.0)]);
    let good = found(vec![steady(OLD, 9.0)]);
    let measured = weighed(&total, &good);
    assert_eq!(measured.counts, Counts { total: 200, bad: 20 }, "20 scrapes in the window");
    assert_eq!(measured.doubts, []);
    assert_eq!(measured.points.len(), 20, "one for each scrape");
    assert!(measured.points.iter().all(|point| point.rate == Some(0.1)), "{:?}", measured.points);
}

#[test]
fn every_request_is_in_one_interval_and_an_interval_without_a_scrape_is_missing() {
    let gap = |mut series: Series| {
        // Four scrapes fail: from 100 s to 160 s into the window nothing was seen.
        series.samples.retain(|(at, _)| !(100_000..160_000).contains(&(at - WINDOW.from)));
        series
    };
    let total = found(vec![gap(steady(OLD, 10.0)), gap(steady(NEW, 4.0))]);
    let good = found(vec![gap(steady(OLD, 9.0)), gap(steady(NEW, 4.0))]);
    let measured = weighed(&total, &good);
    let arms = measured.arms.iter().map(|arm| (arm.counts, &arm.ticks));
    for (counts, ticks) in arms.chain([(measured.counts, &measured.ticks)]) {
        let at: Vec<i64> = ticks.iter().map(|tick| (tick.at.0 - WINDOW.from) / 1_000).collect();
        let every = [15, 30, 45, 60, 75, 90, 165, 180, 195, 210, 225, 240, 255, 270, 285, 300];
        assert_eq!(at, every, "fifteen seconds, as it scrapes, and none for what nobody saw");
        let mut sum = Counts::default();
        for tick in ticks {
            sum.total += tick.counts.total;
            sum.bad += tick.counts.bad;
        }
        assert_eq!(sum, counts, "what happened meanwhile shows in the next one");
    }
    assert_eq!(measured.counts, Counts { total: 280, bad: 20 });
    assert_eq!(measured.arms[0].ticks[6].counts, Counts { total: 50, bad: 5 }, "five scrapes");
}

#[test]
fn good_requests_that_are_seen_late_are_not_bad_meanwhile() {
    let total = found(vec![steady(OLD, 10.0)]);
    let mut late = steady(OLD, 10.0);
    for sample in &mut late.samples {
        sample.0 += 6_000;
    }
    let measured = weighed(&total, &found(vec![late]));
    assert!(measured.counts.bad <= 10, "only the newest scrape is not complete");
    let bad: u64 = measured.ticks.iter().map(|tick| tick.counts.bad).sum();
    assert_eq!(bad, measured.counts.bad, "{:?}", measured.ticks);
}

#[test]
fn a_reset_counts_what_it_shows_and_never_less_than_nothing() {
    let total = found(vec![series(OLD, WINDOW.from - 5_000, &[100.0, 110.0, 4.0, 6.0])]);
    let measured = weighed(&total, &total);
    assert_eq!(measured.counts, Counts { total: 16, bad: 0 }, "10, then 4 and 2 after the reset");
}

#[test]
fn the_first_events_of_a_new_process_count_from_zero() {
    let total = found(vec![steady(OLD, 1.0), series(NEW, WINDOW.from + 200_000, &[1.0; 7])]);
    let good = found(vec![steady(OLD, 1.0)]);
    let unknown = weighed(&total, &good);
    assert!(unknown.doubts.contains(&Doubt::UnknownOrigin), "nobody knows how it began");
    assert_eq!(unknown.arms[1].counts.total, 0);

    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let start = (WINDOW.from + 190_000) as f64 / 1000.0;
    let starts = [series(&NEW[..2], WINDOW.to - 1_000, &[start])];
    let known = weighed_with(&total, &good, &starts);
    assert_eq!(known.doubts, []);
    assert_eq!(known.arms[1].counts, Counts { total: 1, bad: 1 }, "absent, then 1, is one");
}

#[test]
fn a_process_that_started_long_before_it_was_first_scraped_has_an_unknown_origin() {
    let total = found(vec![steady(OLD, 1.0), series(NEW, WINDOW.from + 200_000, &[90_000.0; 7])]);
    let starts = [series(&NEW[..2], WINDOW.to - 1_000, &[1.0])];
    let measured = weighed_with(&total, &found(vec![steady(OLD, 1.0)]), &starts);
    assert!(measured.doubts.contains(&Doubt::UnknownOrigin));
    assert_eq!(measured.counts.total, 20, "the 90000 are not taken for new");
}

#[test]
fn the_first_error_of_an_old_process_counts_although_its_series_is_new() {
    let ok: &[_] = &[("instance", "a"), ("job", "j"), ("code", "200"), ("version", "v1")];
    let bad: &[_] = &[("instance", "a"), ("job", "j"), ("code", "500"), ("version", "v1")];
    let good = found(vec![steady(ok, 1.0)]);
    let total = found(vec![steady(ok, 1.0), series(bad, WINDOW.from + 200_000, &[1.0; 7])]);
    let measured = weighed(&total, &good);
    assert_eq!(measured.doubts, [], "the target was scraped without the series before");
    assert_eq!(measured.counts, Counts { total: 21, bad: 1 });
}

#[test]
fn the_totals_of_a_vanished_process_are_kept() {
    let mut old = steady(OLD, 10.0);
    old.samples.truncate(12);
    let total = found(vec![old, steady(NEW, 1.0)]);
    let measured = weighed(&total, &total);
    let kept = measured.arms.iter().find(|arm| arm.version == "v1").map(|arm| arm.counts.total);
    assert_eq!(kept, Some(70), "seven scrapes before it went away");
    assert_eq!(measured.doubts, []);
}

#[test]
fn every_kind_of_missing_data_has_its_own_doubt() {
    let steady_good = found(vec![steady(OLD, 9.0)]);
    let flat = found(vec![steady(OLD, 0.0)]);
    let stale = found(vec![series(OLD, WINDOW.from - 30_000, &[1.0, 2.0, 3.0, 4.0])]);
    let mut stopped: Vec<f64> = (0..14).map(|index| f64::from(index) * 10.0).collect();
    stopped.resize(25, 130.0);
    let frozen = found(vec![series(OLD, WINDOW.from - 60_000, &stopped)]);
    let partial = Found { warnings: vec!["store b is away".to_owned()], ..steady_good.clone() };
    let nan = Found { has_nan: true, ..Found::default() };
    let cases: [(&str, &Found, &Found, Is); 7] = [
        ("M1 nothing", &Found::default(), &Found::default(), |d| *d == Doubt::NoData),
        ("M2 not a number", &nan, &nan, |d| *d == Doubt::NoTraffic),
        ("M2 no requests", &flat, &flat, |d| *d == Doubt::NoTraffic),
        ("M4 old", &stale, &stale, |d| matches!(d, Doubt::Stale { .. })),
        ("M5 frozen", &frozen, &frozen, |d| *d == Doubt::Frozen),
        ("M12 warnings", &partial, &partial, |d| matches!(d, Doubt::Partial { .. })),
        ("no good series", &steady_good, &Found::default(), |d| matches!(d, Doubt::Partial { .. })),
    ];
    for (name, total, good, is) in cases {
        let measured = weighed(total, good);
        assert!(measured.doubts.iter().any(is), "{name}: {:?}", measured.doubts);
        let verdict = judge(&slo("sum(good)"), &measured, None).verdict;
        assert!(
            matches!(verdict, Verdict::Inconclusive | Verdict::Error),
            "{name}: doubt neither passes nor fails, and this is {verdict:?}"
        );
    }
}

#[test]
fn a_quiet_service_is_not_called_frozen() {
    // One request a minute: ten scrapes without one are nothing strange.
    let mut values = vec![1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 3.0];
    values.resize(25, 3.0);
    let total = found(vec![series(OLD, WINDOW.from - 60_000, &values)]);
    assert_eq!(weighed(&total, &total).doubts, []);
}

#[test]
fn more_good_requests_than_requests_is_a_mistake_in_the_queries() {
    let measured = weighed(&found(vec![steady(OLD, 1.0)]), &found(vec![steady(OLD, 10.0)]));
    assert_eq!(measured.counts.bad, 0, "never negative");
    assert!(measured.doubts.iter().any(|doubt| matches!(doubt, Doubt::BadQuery { .. })));
}

#[test]
fn two_series_where_one_was_meant_are_ambiguous_and_named() {
    let total = found(vec![steady(OLD, 1.0), steady(NEW, 1.0)]);
    let origins = Origins::default();
    let measured = weigh(&Evidence {
        total: &total,
        good: &total,
        summed: (false, false),
        origins: &origins,
        window: WINDOW,
        scrape: Millis(15_000),
        version_label: None,
    });
    let Some(Doubt::Ambiguous { why }) = measured.doubts.first() else {
        panic!("nothing says that they are to be added: {:?}", measured.doubts);
    };
    assert!(why.contains("instance") && why.contains("sum("), "{why}");
}

fn matrix(rows: &Value) -> Vec<u8> {
    json!({ "status": "success", "data": { "resultType": "matrix", "result": rows } })
        .to_string()
        .into_bytes()
}

#[test]
fn two_servers_with_the_same_data_count_once() {
    let row = |replica: &str, values: Value| json!({ "metric": { "instance": "a", "prometheus_replica": replica }, "values": values });
    let body = matrix(&json!([
        row("0", json!([[1.0, "5"], [16.0, "7"]])),
        row("1", json!([[2.0, "5"], [17.0, "6"], [32.0, "9"]])),
    ]));
    let found = reply::read(200, &body).expect("it is Prometheus' own form");
    assert_eq!(found.series.len(), 1);
    assert_eq!(found.series[0].samples, [(2_000, 5.0), (17_000, 6.0), (32_000, 9.0)]);
}

#[test]
fn values_that_are_no_counts_are_a_bad_query_and_nan_is_no_traffic() {
    for value in ["+Inf", "-Inf", "-3"] {
        let body = matrix(&json!([{ "metric": {}, "values": [[1.0, value]] }]));
        let doubt = reply::read(200, &body).map_err(|failure| failure.doubt());
        assert!(matches!(doubt, Err(Doubt::BadQuery { .. })), "{value}: {doubt:?}");
    }
    let body = matrix(&json!([{ "metric": {}, "values": [[1.0, "NaN"]] }]));
    let found = reply::read(200, &body).expect("NaN is an answer");
    assert!(found.has_nan && found.series.is_empty());
}

#[test]
fn every_bad_answer_is_told_apart() {
    let error = |kind: &str| json!({ "status": "error", "errorType": kind, "error": "so" });
    let text = |value: Value| value.to_string();
    let is_unreachable: Is = |doubt| matches!(doubt, Doubt::Unreachable { .. });
    let is_bad: Is = |doubt| matches!(doubt, Doubt::BadQuery { why } if why == "so");
    let is_unauthorised: Is = |doubt| matches!(doubt, Doubt::Unauthorised { .. });
    let cases: [(u16, String, Is); 10] = [
        (400, text(error("bad_data")), is_bad),
        (422, text(error("execution")), is_bad),
        (503, text(error("timeout")), is_unreachable),
        (401, "no".to_owned(), is_unauthorised),
        (403, text(error("forbidden")), is_unauthorised),
        (200, "<html>Sign in</html>".to_owned(), is_unreachable),
        (200, r#"{"status":"succ"#.to_owned(), is_unreachable),
        (302, String::new(), is_unreachable),
        (404, "404 page not found".to_owned(), is_unreachable),
        (502, "<html>bad gateway</html>".to_owned(), is_unreachable),
    ];
    for (status, body, is) in cases {
        let doubt = reply::read(status, body.as_bytes()).map_err(|failure| failure.doubt());
        assert!(doubt.as_ref().is_err_and(is), "{status} {body}: {doubt:?}");
    }
}

#[test]
fn queries_are_read_for_what_can_be_counted() {
    let counters =
        |selector: &str, summed| Expression::Counters { selector: selector.to_owned(), summed };
    for (text, selector, summed) in [
        ("http_requests_total", "http_requests_total", false),
        (r#"x{a="b)",c!~"5.."}"#, r#"x{a="b)",c!~"5.."}"#, false),
        (r#"{__name__="x"}"#, r#"{__name__="x"}"#, false),
        (r#"sum(x{a="}"})"#, r#"x{a="}"}"#, true),
        ("sum by (version) ( x{} )", "x{}", true),
        ("sum(x) by (version)", "x", true),
        ("sum without(pod) (x)", "x", true),
    ] {
        assert_eq!(Expression::read(text), Ok(counters(selector, summed)), "{text}");
    }
    for text in ["sum(x) - sum(y)", "sum(x + y)", "sum(x) or vector(0)", "max(x)"] {
        assert_eq!(Expression::read(text), Ok(Expression::Opaque(text.to_owned())), "{text}");
    }
    for text in ["", "sum(rate(x[5m]))", "increase(x[1h])"] {
        assert!(Expression::read(text).is_err(), "a rate cannot be counted: {text}");
    }
    assert!(Expression::read("sum(error_rate) / 2").is_ok(), "a name is no call");
    assert_eq!(
        request::starts(&["10.0.0.1:80", "b"], Millis(1_000)),
        r#"process_start_time_seconds{instance=~"10\\.0\\.0\\.1:80|b"}[1000ms]"#
    );
}

fn slo(good: &str) -> Slo {
    Slo {
        name: "availability".into(),
        objective: 0.99,
        good: good.to_owned(),
        total: "sum(total)".to_owned(),
        version_label: None,
        min_samples: 1,
        threshold: None,
    }
}

async fn measured(stub: &Stub, token: Option<&str>) -> Measurement {
    let connection = PrometheusConnection {
        url: format!("{}/prefix/", stub.url),
        scrape: Millis(15_000),
        secret: None,
    };
    let token = token.map(|token| Secret::new(token.to_owned()));
    let prometheus = Prometheus::new(&connection, token).expect("the address is good");
    let to = clock::wall();
    let from = lastgood_core::time::earlier(to, Millis::minutes(5));
    prometheus.measure(&slo("sum(good)"), from, to).await
}

/// Ten requests for each scrape up to `end`, one of them bad.
fn answer(request: &str, end: Timestamp) -> Reply {
    let by = if request.contains("query=good") { 9 } else { 10 };
    let end = end.as_second();
    let values: Vec<Value> =
        (0..40).map(|n| json!([end - 15 * (40 - n), (n * by).to_string()])).collect();
    let rows = json!([{ "metric": { "instance": "a" }, "values": values }]);
    let body = matrix(&rows);
    Reply::status(200, &String::from_utf8_lossy(&body))
}

#[tokio::test]
async fn both_queries_are_asked_for_raw_samples_with_the_token() {
    let stub = Stub::start(|request| answer(request, clock::wall())).await;
    let found = measured(&stub, Some("hush")).await;
    assert_eq!(found.doubts, []);
    assert!((180..=200).contains(&found.counts.total), "{:?}", found.counts);
    assert_eq!(found.counts.rate(), Some(0.1));
    let requests = stub.requests();
    assert_eq!(requests.len(), 2);
    for request in &requests {
        assert!(request.starts_with("GET /prefix/api/v1/query?query="), "{request}");
        assert!(request.contains("%5B600000ms%5D"), "the window and one more: {request}");
        assert!(request.contains("authorization: Bearer hush"), "{request}");
    }
}

#[tokio::test]
async fn a_server_whose_clock_differs_is_asked_on_its_own_time() {
    let ahead = Millis::minutes(10);
    let stub = Stub::start(move |request| {
        let now = lastgood_core::time::later(clock::wall(), ahead);
        let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        match answer(request, now) {
            Reply::Http(code, _, body) => Reply::Http(code, vec![("date", date)], body),
            other @ (Reply::Truncated(_) | Reply::Trickle | Reply::Silence | Reply::Hangup) => {
                other
            }
        }
    })
    .await;
    let found = measured(&stub, None).await;
    assert_eq!(found.doubts, [], "on our own time the newest samples would lie in the future");
    assert!(found.counts.total >= 180, "{:?}", found.counts);
    assert_eq!(stub.requests().len(), 4, "asked again once the difference was seen");
}

#[tokio::test]
async fn a_server_in_trouble_is_asked_four_times_and_a_refusal_once() {
    let tried = |stub: &Stub| {
        stub.requests().iter().filter(|request| request.contains("query=total")).count()
    };
    let trouble = Stub::start(|_| Reply::status(503, "busy")).await;
    let found = measured(&trouble, None).await;
    assert!(matches!(found.doubts[..], [Doubt::Unreachable { .. }]), "{:?}", found.doubts);
    assert_eq!(tried(&trouble), 4);

    let refusal = Stub::start(|_| Reply::status(401, "token hush is unknown")).await;
    let found = measured(&refusal, Some("hush")).await;
    assert!(matches!(found.doubts[..], [Doubt::Unauthorised { .. }]), "{:?}", found.doubts);
    assert_eq!(tried(&refusal), 1, "asking again cannot help");
    assert!(!format!("{found:?}").contains("hush"), "a secret is in no doubt");
}

#[tokio::test]
async fn a_torn_answer_is_no_data_and_no_health() {
    let stub = Stub::start(|_| Reply::Truncated("{\"status\":".to_owned())).await;
    let found = measured(&stub, None).await;
    assert!(matches!(found.doubts[..], [Doubt::Unreachable { .. }]), "{:?}", found.doubts);
    assert_eq!(found.counts, Counts::default());
}
