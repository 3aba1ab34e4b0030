//! Reads one objective: by two queries, or by a histogram and a threshold.

use lastgood_core::catalog::Slo;
use lastgood_core::time::Millis;

use super::shape;
use crate::code::Code;
use crate::finding::Report;
use crate::tree::At;

/// The objective, unless something in it has been reported.
pub(super) fn read(name: &str, at: &At<'_>, report: &mut Report) -> Option<Slo> {
    let threshold = match at.get("threshold") {
        Some(_) => Some(at.duration("threshold")?),
        None => None,
    };
    let (good, total) = match at.get("histogram") {
        Some(histogram) => of_histogram(&histogram, at, threshold, report)?,
        None => of_queries(at, threshold, report)?,
    };
    Some(Slo {
        name: name.into(),
        objective: at.percentage("objective")?,
        good,
        total,
        version_label: at.text("version-label"),
        min_samples: match at.get("min-samples") {
            Some(_) => at.whole("min-samples")?,
            None => shape::DEFAULT_MIN_SAMPLES,
        },
        threshold,
    })
}

fn of_queries(
    at: &At<'_>,
    threshold: Option<Millis>,
    report: &mut Report,
) -> Option<(String, String)> {
    let written = at.get("good")?;
    let good = at.text("good")?;
    if at.get("total").is_none() {
        report.error_with(
            Code::MissingKey,
            at,
            "`total` is missing: the share of good requests needs both",
            "add `total:` with the query for all requests".to_owned(),
        );
        return None;
    }
    match (threshold, boundary(&good)) {
        (Some(said), Some(found)) if !matches(&good, said) => report.error_with(
            Code::ThresholdMismatch,
            &written,
            format!("the threshold is {} ms, and this counts at `le=\"{found}\"`", said.0),
            "make them the same; the boundary is in the unit of the histogram".to_owned(),
        ),
        (None, Some(found)) => report.advice(
            Code::ThresholdMissing,
            &written,
            format!("this counts slow requests at `le=\"{found}\"`, and nothing says so"),
            "add `threshold:`, so that verdicts speak of slow requests".to_owned(),
        ),
        (Some(_) | None, _) => {}
    }
    Some((good, at.text("total")?))
}

/// `name{labels}` → the bucket up to the threshold, and the count of all.
fn of_histogram(
    written: &At<'_>,
    at: &At<'_>,
    threshold: Option<Millis>,
    report: &mut Report,
) -> Option<(String, String)> {
    let Some(threshold) = threshold else {
        if at.get("threshold").is_none() {
            report.error_with(
                Code::MissingKey,
                at,
                "`threshold` is missing: nothing says which requests are slow",
                "add `threshold: 500ms`, or another boundary of the histogram".to_owned(),
            );
        }
        return None;
    };
    let text = written.scalar()?.trim();
    let (name, labels) = match text.split_once('{') {
        Some((name, rest)) => (name.trim(), rest.trim_end().strip_suffix('}').map(str::trim)),
        None => (text, Some("")),
    };
    let is_name = |name: &str| {
        name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))
            && name.starts_with(|c: char| !c.is_ascii_digit())
    };
    let name = ["_bucket", "_count", "_sum"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(name);
    let Some(labels) = labels.filter(|_| is_name(name)) else {
        report.error_with(
            Code::InvalidName,
            written,
            "this is no histogram",
            "write its name, and labels if need be: `http_request_duration_seconds{app=\"x\"}`"
                .to_owned(),
        );
        return None;
    };
    let labels = labels.trim_end_matches(',').trim_end();
    let also = if labels.is_empty() { String::new() } else { format!("{labels},") };
    let good = format!("sum({name}_bucket{{{also}le=~\"{}\"}})", le(name, threshold));
    let total = format!("sum({name}_count{{{labels}}})");
    Some((good, total))
}

/// The boundary as any client library writes it: `0.5`, `0.50`, `1`, `1.0`.
fn le(name: &str, threshold: Millis) -> String {
    let (whole, thousandths) = in_unit(name, threshold);
    if thousandths == 0 {
        return format!("{whole}([.]0+)?");
    }
    let digits = format!("{thousandths:03}");
    format!("{whole}[.]{}0*", digits.trim_end_matches('0'))
}

/// The threshold in the unit of the histogram, as whole ones and thousandths. By convention
/// a name says its unit, and seconds are the usual one.
fn in_unit(name: &str, threshold: Millis) -> (u64, u64) {
    let in_milliseconds =
        ["_milliseconds", "_millis", "_ms"].iter().any(|unit| name.ends_with(unit));
    if in_milliseconds { (threshold.0, 0) } else { (threshold.0 / 1_000, threshold.0 % 1_000) }
}

/// The `le` that a query asks for, when it asks for one value.
fn boundary(query: &str) -> Option<&str> {
    let (_, tail) = query.split_once("le=\"")?;
    tail.split('"').next()
}

/// Whether a query counts at this threshold, in seconds or in milliseconds.
fn matches(query: &str, threshold: Millis) -> bool {
    let Some(found) = boundary(query).and_then(|text| text.parse::<f64>().ok()) else {
        return false;
    };
    let seconds = threshold.duration().as_secs_f64();
    [seconds, seconds * 1_000.0].iter().any(|wanted| (found - wanted).abs() <= 1e-9 * wanted)
}
