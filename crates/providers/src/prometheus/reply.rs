//! What an answer of Prometheus means. Pure.
//!
//! Format: <https://prometheus.io/docs/prometheus/latest/querying/api/>.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error::Failure;

/// Labels that tell two servers with the same data apart (high availability pairs).
const REPLICA_LABELS: [&str; 2] = ["prometheus_replica", "replica"];

/// A series with its samples, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Series {
    pub(super) labels: BTreeMap<String, String>,
    /// Milliseconds and value. Never infinite, negative or not a number.
    pub(super) samples: Vec<(i64, f64)>,
}

/// What a query found.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Found {
    pub(super) series: Vec<Series>,
    pub(super) warnings: Vec<String>,
    /// Whether some value was not a number: a division by no traffic.
    pub(super) has_nan: bool,
}

#[derive(Deserialize)]
struct Envelope {
    status: String,
    data: Option<Data>,
    #[serde(rename = "errorType")]
    error_type: Option<String>,
    error: Option<String>,
    #[serde(default)]
    warnings: Vec<String>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "resultType")]
    result_type: String,
    result: serde_json::Value,
}

#[derive(Deserialize)]
struct Row {
    metric: BTreeMap<String, String>,
    values: Vec<(f64, String)>,
}

/// Reads an answer with its HTTP status.
pub(super) fn read(status: u16, body: &[u8]) -> Result<Found, Failure> {
    let parsed: Result<Envelope, _> = serde_json::from_slice(body);
    if matches!(status, 401 | 403) {
        let said = parsed.ok().and_then(|envelope| envelope.error);
        let why = said.unwrap_or_else(|| format!("it answered {status}"));
        return Err(Failure::Unauthorised { why });
    }
    let envelope = match parsed {
        Ok(envelope) => envelope,
        Err(_) if status == 429 || status >= 500 => {
            return Err(Failure::Troubled { code: status, why: start_of(body), wait: None });
        }
        Err(_) if (300..400).contains(&status) => {
            let why = format!("a redirect ({status}), perhaps to a login");
            return Err(Failure::Foreign { why });
        }
        Err(_) if status == 404 => {
            let why = "there is no /api/v1/query at this address (404)".to_owned();
            return Err(Failure::Foreign { why });
        }
        Err(error) => {
            let start = start_of(body);
            let why = if start.starts_with('<') {
                "a web page, perhaps of a proxy that wants a login".to_owned()
            } else {
                format!("{error} in an answer that begins with `{start}`")
            };
            return Err(Failure::Foreign { why });
        }
    };
    if envelope.status != "success" {
        return Err(refused(status, envelope));
    }
    let Some(data) = envelope.data else {
        return Err(Failure::Foreign { why: "a success without data".to_owned() });
    };
    if data.result_type != "matrix" {
        let why = format!("a {} where samples over time were asked for", data.result_type);
        return Err(Failure::BadQuery { why });
    }
    let rows: Vec<Row> = serde_json::from_value(data.result)
        .map_err(|error| Failure::Foreign { why: error.to_string() })?;
    collect(rows, envelope.warnings)
}

fn refused(status: u16, envelope: Envelope) -> Failure {
    let why = envelope.error.unwrap_or_else(|| format!("it answered {status}"));
    match envelope.error_type.as_deref() {
        // `execution` is what the engine says of a query that it cannot carry out.
        Some("bad_data" | "execution") => Failure::BadQuery { why },
        Some("timeout" | "canceled" | "internal" | "unavailable") => {
            Failure::Troubled { code: status, why, wait: None }
        }
        Some(_) | None if status >= 500 || status == 429 => {
            Failure::Troubled { code: status, why, wait: None }
        }
        Some(_) | None => Failure::BadQuery { why },
    }
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit in 64 bits")]
fn collect(rows: Vec<Row>, warnings: Vec<String>) -> Result<Found, Failure> {
    let mut by_labels: BTreeMap<BTreeMap<String, String>, Vec<(i64, f64)>> = BTreeMap::new();
    let mut has_nan = false;
    for mut row in rows {
        for label in REPLICA_LABELS {
            row.metric.remove(label);
        }
        let mut samples = Vec::with_capacity(row.values.len());
        for (at, text) in row.values {
            let value: f64 = text.parse().map_err(|_| Failure::Foreign {
                why: format!("`{text}` where a number belongs"),
            })?;
            if value.is_nan() {
                has_nan = true;
                continue;
            }
            if value.is_infinite() || value < 0.0 {
                let why = format!("{text} is no count of requests");
                return Err(Failure::BadQuery { why });
            }
            samples.push(((at * 1000.0).round() as i64, value));
        }
        // Two servers scrape at different moments: mixing their samples would make resets
        // out of nothing. The fuller one counts.
        let known = by_labels.entry(row.metric).or_default();
        if samples.len() > known.len() {
            *known = samples;
        }
    }
    let series = by_labels
        .into_iter()
        .filter(|(_, samples)| !samples.is_empty())
        .map(|(labels, samples)| Series { labels, samples })
        .collect();
    Ok(Found { series, warnings, has_nan })
}

fn start_of(body: &[u8]) -> String {
    // Masked before it is cut: half a credential has no shape.
    let start = String::from_utf8_lossy(&body[..body.len().min(4_096)]);
    let clean = lastgood_core::secret::redact_output(start.trim(), &[]);
    clean.chars().take(60).collect()
}
