//! What the doctor asks of a Prometheus: whether it lets us query, which version it is, and
//! what time it has.

use jiff::SignedDuration;
use lastgood_core::examination::{Examination, Held, Right};
use serde_json::Value;

use super::{Failure, Prometheus, reply};

/// One series with one sample, whatever the server has: nothing is cheaper to ask for.
const CHEAP: &str = "vector(1)[1m:1m]";

impl Prometheus {
    /// Asks two small questions, each once.
    pub async fn examine(&self) -> Result<Examination, Failure> {
        let (query, build) = futures::join!(
            self.fetch("query", &[("query", CHEAP)]),
            self.fetch("status/buildinfo", &[])
        );
        let query = query?;
        let found = reply::read(query.status, &query.body);
        found.map_err(|failure| self.told(failure, query.wait))?;
        let ahead = query.date.map(|date| date.duration_since(query.at));
        Ok(Examination {
            version: build.ok().and_then(|build| version(build.status, &build.body)),
            // What came late says nothing about a clock that is a little off.
            ahead: ahead.map(|ahead| SignedDuration::from_secs(ahead.as_secs())),
            rights: vec![Right {
                permission: "query".to_owned(),
                on: None,
                used_for: "objectives".to_owned(),
                needed: true,
                held: Held::Yes,
            }],
            ..Examination::default()
        })
    }
}

/// Servers that only answer the same queries may not have it, or have a name of their own.
fn version(status: u16, body: &[u8]) -> Option<String> {
    if status != 200 {
        return None;
    }
    let answer: Value = serde_json::from_slice(body).ok()?;
    let name = answer["data"]["application"].as_str().unwrap_or("version");
    Some(format!("{name} {}", answer["data"]["version"].as_str()?))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn a_version_is_told_where_one_is_given() {
        let prometheus = br#"{"status":"success","data":{"version":"2.42.0","branch":"HEAD"}}"#;
        assert_eq!(version(200, prometheus).as_deref(), Some("version 2.42.0"));
        let mimir =
            br#"{"status":"success","data":{"application":"Grafana Mimir","version":"2.9"}}"#;
        assert_eq!(version(200, mimir).as_deref(), Some("Grafana Mimir 2.9"));
        assert_eq!(version(404, b"404 page not found"), None);
        assert_eq!(version(200, b"<html>"), None);
    }
}
