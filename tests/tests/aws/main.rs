//! The shipped runbook, unchanged, on AWS through the real program: detected by Prometheus,
//! stopped, restored, verified and told, and killed with `kill -9` in the worst moments in
//! between.
//!
//! AWS is a fake of `lastgood-testkit` with the fixture service behind it: every task and
//! every version answers requests, is scraped by a real Prometheus, and serves what the fake
//! says that it serves. What is not real is AWS itself. Where moto is installed, Lambda is
//! driven against that, too.

mod ecs;
mod lambda;
mod moto;

use std::collections::BTreeMap;
use std::path::PathBuf;

use lastgood_testkit::aws::{AwsBed, Serves};
use lastgood_testkit::error::BedError;
use lastgood_testkit::fixture::Behaviour;
use lastgood_testkit::peer::skipped;
use lastgood_tests::shipped::Shipped;
use lastgood_tests::terminal::program;
use serde_json::Value;

/// The share of requests that a bad version fails.
const BAD: f64 = 0.4;

/// A bed on which the version `bad` fails; `None`, which the person is told, where a real
/// system is missing. The folder holds its metrics.
async fn bed<A: Serves>(api: A, bad: &str) -> Option<(AwsBed<A>, tempfile::TempDir)> {
    let dir = tempfile::tempdir().expect("a temporary folder can be made");
    let behaviour = Behaviour { error_rate: BAD, ..Behaviour::good(bad) };
    let behaviours = BTreeMap::from([(bad.to_owned(), behaviour)]);
    match AwsBed::start(api, behaviours, dir.path()).await {
        Ok(bed) => Some((bed, dir)),
        Err(BedError::Missing(missing)) => {
            skipped(&missing);
            None
        }
        Err(error) => panic!("the bed starts when everything is installed: {error:?}"),
    }
}

/// A workspace whose one service runs on `platform`, with what the bed measures.
fn workspace<A: Serves>(bed: &AwsBed<A>, platform: &str, more: &str, connections: &str) -> Shipped {
    let (front, prometheus) = (bed.address(), bed.prometheus_url());
    let catalog = format!(
        r#"services:
  checkout:
    environments:
      production:
        platform:
          {platform}
        # Nobody wants to wait an hour for a first release that counts as good.
        bake: 1s
        bake-requests: 0
        slos:
          availability:
            objective: 99%
            good: 'sum(http_requests_total{{app="checkout",code!~"5.."}})'
            total: 'sum(http_requests_total{{app="checkout"}})'
            version-label: version
            min-samples: 20
        checks:
          - name: front-door
            get: "{front}/healthz"
            expect: {{ status: 200, header: {{ x-version: "{{{{ target.version }}}}" }} }}
        {more}
        runbook: rollback
connections:
  prometheus:
    prometheus: {{ url: "{prometheus}", scrape: 1s }}
{connections}"#
    );
    let shipped = Shipped::with(built(), &catalog).expect("a workspace can be written");
    shipped.knowing("LASTGOOD_SECRET_AWS", "id:secret")
}

fn built() -> PathBuf {
    program().expect("the build made it")
}

/// The text at `at` of a JSON document; empty when there is none.
fn word<'v>(value: &'v Value, at: &str) -> &'v str {
    value.pointer(at).and_then(Value::as_str).unwrap_or_default()
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "the fake lives beside the real program")]
fn now() -> f64 {
    jiff::Timestamp::now().as_duration().as_secs_f64()
}
