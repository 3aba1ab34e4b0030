use std::path::PathBuf;

use lastgood_core::catalog::{
    Bake, Catalog, Connection, GithubConnection, GithubLogin, GithubReleases, KubernetesPlace,
    Link, Platform, PrometheusConnection, ReplicaVersion, Slo, Strategy, VersionAt, Workload,
};
use lastgood_core::check::{Assertion, Check, Must};
use lastgood_core::recorded::Recorded;
use lastgood_core::time::Millis;

use crate::{Code, read_catalog};

mod place;
mod workload;

const FULL: &str = r##"
services:
  checkout:
    owner: team-payments
    escalation: "#payments-oncall, then @payments-lead"
    environments:
      production:
        platform:
          kubernetes:
            kubeconfig: clusters/prod.yaml
            context: prod
            namespace: shop
            deployment: checkout
            container: app
            strategy: canary
        bake: 2h
        metrics: main
        slos:
          availability:
            objective: 99.9%
            good: 'sum(http_requests_total{app="checkout",code!~"5.."})'
            total: 'sum(http_requests_total{app="checkout"})'
            version-label: version
            min-samples: 100
          speed: { objective: 95%, good: g, total: t }
        checks:
          - name: pay
            post: https://checkout.acme.dev/pay
            headers: { accept: application/json, x-try: 1 }
            body: '{"amount": 1}'
            expect:
              status: [200, 3xx]
              header: { x-version: "{{ target.version }}", date: { exist: true } }
              body: paid
              json: { "$.status": ok, "$.items[0].name": { contain: pen } }
              faster-than: 800ms
            timeout: 5s
          - { name: front, head: http://checkout.acme.dev/ }
        replica-version:
          get: http://{{ replica.address }}:{{ replica.port }}/version
          json: $.version
        dashboards: [ { title: Checkout, url: "https://grafana.acme.dev/d/checkout" } ]
        runbook: rollback
      practice: { platform: practice, checks: [ { name: a, get: http://a } ] }
connections:
  main: { prometheus: { url: http://prometheus:9090, scrape: 30s, secret: prometheus-token } }
  other: { prometheus: { url: http://other:9090 } }
"##;

fn full() -> Catalog {
    let read = read_catalog("lastgood.yaml", FULL);
    assert_eq!(read.findings, [], "nothing is wrong with it");
    read.value.expect("without errors there is a value")
}

#[test]
fn a_service_of_ecs_and_an_alias_of_lambda_are_read_with_their_account() {
    let read = read_catalog(
        "lastgood.yaml",
        r#"
services:
  checkout:
    environments:
      fargate:
        platform:
          ecs: { cluster: shop, service: checkout, container: app, region: eu-central-1,
                 profile: prod, account: "012345678901", strategy: blue-green }
        checks: [ { name: a, get: http://a } ]
      plain: { platform: { ecs: { service: checkout } }, checks: [ { name: a, get: http://a } ] }
      function:
        platform:
          lambda: { function: checkout, alias: live, role: "arn:aws:iam::012345678901:role/x",
                    endpoint: "http://127.0.0.1:4566", strategy: canary }
        checks: [ { name: a, get: http://a } ]
"#,
    );
    assert_eq!(read.findings, [], "nothing is wrong with it");
    let catalog = read.value.expect("without errors there is a value");
    let at = |name: &str| {
        let found = &catalog.services[&"checkout".into()].environments[&name.into()];
        (found.platform.coordinates(), found.strategy)
    };
    let (place, strategy) = at("fargate");
    assert_eq!(
        place,
        "account 012345678901, region eu-central-1, profile prod, cluster shop, service checkout"
    );
    assert_eq!(strategy, Strategy::BlueGreen);
    assert_eq!(
        at("plain"),
        ("region (configured), cluster default, service checkout".to_owned(), Strategy::Rolling)
    );
    let (place, strategy) = at("function");
    assert!(place.ends_with("endpoint http://127.0.0.1:4566, function checkout, alias live"));
    assert_eq!(strategy, Strategy::Canary);
}

#[test]
fn an_environment_is_read_in_full() {
    let catalog = full();
    let service = &catalog.services[&"checkout".into()];
    assert_eq!(service.owner, Recorded::Recorded("team-payments".to_owned()));
    let environment = &service.environments[&"production".into()];
    let place = KubernetesPlace {
        kubeconfig: Some(PathBuf::from("clusters/prod.yaml")),
        context: Some("prod".to_owned()),
        namespace: "shop".to_owned(),
        workload: Workload::Deployment("checkout".to_owned()),
        container: Some("app".to_owned()),
    };
    assert_eq!(environment.platform, Platform::Kubernetes(place));
    assert_eq!(environment.strategy, Strategy::Canary, "also when it is said by the platform");
    assert_eq!(environment.bake, Bake::of(Millis::minutes(120)));
    assert_eq!(environment.metrics, Some("main".into()));
    assert_eq!(
        environment.slos[0],
        Slo {
            name: "availability".into(),
            objective: 0.999,
            good: r#"sum(http_requests_total{app="checkout",code!~"5.."})"#.to_owned(),
            total: r#"sum(http_requests_total{app="checkout"})"#.to_owned(),
            version_label: Some("version".to_owned()),
            min_samples: 100,
            threshold: None,
        }
    );
    assert_eq!(environment.slos[1].min_samples, 30, "what decides when nothing is said");
    let version = ReplicaVersion {
        url: "http://{{ replica.address }}:{{ replica.port }}/version".to_owned(),
        read: VersionAt::Json("$.version".to_owned()),
    };
    assert_eq!(environment.replica_version, Some(version));
    let link = Link {
        title: "Checkout".to_owned(),
        url: "https://grafana.acme.dev/d/checkout".to_owned(),
    };
    assert_eq!(environment.dashboards, [link]);
    assert_eq!(environment.runbook, Some("rollback".into()));
}

#[test]
fn an_objective_on_latency_is_counted_at_a_boundary_of_its_histogram() {
    for (written, good, total, threshold) in [
        (
            "histogram: 'http_seconds{app=\"a\"}', threshold: 500ms",
            r#"sum(http_seconds_bucket{app="a",le=~"0[.]50*"})"#,
            r#"sum(http_seconds_count{app="a"})"#,
            Some(500),
        ),
        (
            "histogram: http_seconds_bucket, threshold: 2s",
            r#"sum(http_seconds_bucket{le=~"2([.]0+)?"})"#,
            "sum(http_seconds_count{})",
            Some(2_000),
        ),
        (
            "histogram: 'http_milliseconds{}', threshold: 250ms",
            r#"sum(http_milliseconds_bucket{le=~"250([.]0+)?"})"#,
            "sum(http_milliseconds_count{})",
            Some(250),
        ),
        (
            "histogram: 'http_seconds{a=\"b\", }', threshold: 1025ms",
            r#"sum(http_seconds_bucket{a="b",le=~"1[.]0250*"})"#,
            r#"sum(http_seconds_count{a="b"})"#,
            Some(1_025),
        ),
        (
            "good: 'sum(h_bucket{le=\"0.25\"})', total: sum(h_count), threshold: 250ms",
            r#"sum(h_bucket{le="0.25"})"#,
            "sum(h_count)",
            Some(250),
        ),
        ("good: g, total: t", "g", "t", None),
    ] {
        let text = format!(
            "services: {{ a: {{ environments: {{ p: {{ platform: practice, slos: {{ s: {{ \
             objective: 95%, {written} }} }} }} }} }} }}"
        );
        let read = read_catalog("lastgood.yaml", &text);
        assert_eq!(read.findings, [], "{written}");
        let catalog = read.value.expect("nothing is wrong with it");
        let slo = &catalog.services[&"a".into()].environments[&"p".into()].slos[0];
        assert_eq!((slo.good.as_str(), slo.total.as_str()), (good, total), "{written}");
        assert_eq!(slo.threshold, threshold.map(Millis), "{written}");
    }
}

#[test]
fn checks_are_read_in_full() {
    let catalog = full();
    let checks = &catalog.services[&"checkout".into()].environments[&"production".into()].checks;
    let header = |name: &str, must| Assertion::Header { name: name.to_owned(), must };
    let json = |path: &str, must| Assertion::Json { path: path.to_owned(), must };
    assert_eq!(
        checks[0],
        Check {
            name: "pay".into(),
            method: "POST".to_owned(),
            url: "https://checkout.acme.dev/pay".to_owned(),
            headers: [("accept", "application/json"), ("x-try", "1")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            body: Some(r#"{"amount": 1}"#.to_owned()),
            expect: vec![
                Assertion::Status(vec![(200, 200), (300, 399)]),
                header("x-version", Must::Equal("{{ target.version }}".to_owned())),
                header("date", Must::Exist),
                Assertion::Body(Must::Contain("paid".to_owned())),
                json("$.status", Must::Equal("ok".to_owned())),
                json("$.items[0].name", Must::Contain("pen".to_owned())),
                Assertion::Faster(Millis(800)),
            ],
            timeout: Millis::seconds(5),
        }
    );
    assert_eq!(checks[1].method, "HEAD");
    assert_eq!(
        checks[1].expect,
        [Assertion::Status(vec![(200, 299)])],
        "an answer that reports a failure is never good because nobody said so"
    );
    assert_eq!(checks[1].timeout, Millis::seconds(10));
}

#[test]
fn connections_are_read_in_full() {
    let catalog = full();
    let connection = |url: &str, scrape, secret: Option<&str>| {
        Connection::Prometheus(PrometheusConnection {
            url: url.to_owned(),
            scrape: Millis::seconds(scrape),
            secret: secret.map(str::to_owned),
        })
    };
    assert_eq!(
        catalog.connections[&"main".into()],
        connection("http://prometheus:9090", 30, Some("prometheus-token"))
    );
    assert_eq!(catalog.connections[&"other".into()], connection("http://other:9090", 15, None));
}

#[test]
fn the_only_connection_is_the_one_that_is_meant() {
    let text = "\
services:
  a:
    environments:
      p:
        platform: { kubernetes: { namespace: n, deployment: d } }
        slos: { s: { objective: 99%, good: g, total: t } }
connections:
  prometheus: { prometheus: { url: http://p } }
  warehouse: { postgres: { secret: warehouse } }
";
    let read = read_catalog("f", text);
    let codes: Vec<Code> = read.findings.iter().map(|one| one.code).collect();
    assert_eq!(codes, [Code::NotInThisVersion], "a connection of a later version is no error");
    let catalog = read.value.expect("advice alone");
    let environment = &catalog.services[&"a".into()].environments[&"p".into()];
    assert_eq!(environment.metrics, Some("prometheus".into()));
    assert_eq!(environment.strategy, Strategy::Rolling, "what a Deployment does by itself");
    assert_eq!(environment.bake, Bake::of(Millis::minutes(60)));
    assert_eq!(catalog.services[&"a".into()].owner, Recorded::NotRecorded);
    assert_eq!(catalog.connections.len(), 1, "what this version cannot use is left out");
}

const ON_GITHUB: &str = "\
services:
  checkout:
    environments:
      production:
        platform: { kubernetes: { namespace: n, deployment: d } }
        checks: [ { name: a, get: http://a } ]
        releases: { github: { repository: acme/checkout } }
connections:
  github: { github: { secret: github-token } }
";

#[test]
fn releases_on_github_are_read_in_full() {
    let read = read_catalog("f", ON_GITHUB);
    assert_eq!(read.findings, []);
    let catalog = read.value.expect("nothing is wrong with it");
    let environment = &catalog.services[&"checkout".into()].environments[&"production".into()];
    let recorded = GithubReleases {
        connection: "github".into(),
        repository: "acme/checkout".to_owned(),
        environment: "production".to_owned(),
    };
    assert_eq!(environment.releases, Some(recorded), "the only connection, and the same name");
    let token = |secret: &str| GithubLogin::Token { secret: secret.to_owned() };
    for (written, url, login) in [
        ("{ secret: github-token }", None, token("github-token")),
        (
            "{ url: https://github.acme.dev, secret: s }",
            Some("https://github.acme.dev"),
            token("s"),
        ),
        ("{ gh-login: true }", None, GithubLogin::Gh),
        (
            "{ secret: key, app: { id: 7, installation: 8 } }",
            None,
            GithubLogin::App { id: 7, installation: 8, secret: "key".to_owned() },
        ),
    ] {
        let text = ON_GITHUB.replace("{ secret: github-token }", written);
        let read = read_catalog("f", &text);
        assert_eq!(read.findings, [], "{written}");
        let catalog = read.value.expect("nothing is wrong with it");
        let expected = GithubConnection { url: url.map(str::to_owned), login };
        assert_eq!(
            catalog.connections[&"github".into()],
            Connection::Github(expected),
            "{written}"
        );
    }
}

#[test]
fn what_is_wrong_with_releases_on_github_is_told() {
    for (from, to, code) in [
        ("{ secret: github-token }", "{}", Code::ChoiceMissing),
        ("{ secret: github-token }", "{ secret: s, gh-login: true }", Code::ChoiceTwice),
        ("acme/checkout", "checkout", Code::InvalidName),
        ("acme/checkout", "acme/checkout/x", Code::InvalidName),
        (
            "repository: acme/checkout",
            "repository: a/b, connection: other",
            Code::UnknownConnection,
        ),
        (
            "github: { github: { secret: github-token } }",
            "p: { prometheus: { url: http://p } }",
            Code::NoConnection,
        ),
        (
            "github: { github: { secret: github-token } }",
            "a: { github: { secret: s } }\n  b: { github: { secret: s } }",
            Code::AmbiguousConnection,
        ),
    ] {
        let read = read_catalog("f", &ON_GITHUB.replace(from, to));
        let codes: Vec<Code> = read.findings.iter().map(|one| one.code).collect();
        assert!(codes.contains(&code), "{to}: {:?}", read.findings);
        assert_eq!(read.value, None, "{to}");
    }
}

#[test]
fn neighbours_and_recalls_are_read() {
    let text = |recall: &str| {
        format!(
            "services:\n  shop:\n    depends-on: [stock]\n    environments: {{ production: {{ platform: \
             practice, checks: [ {{ name: a, get: http://a }} ] }} }}\n  stock:\n    environments: {{ \
             production: {{ platform: practice, checks: [ {{ name: a, get: http://a }} ] }} }}\nrecalls:\n  \
             - {recall}\n"
        )
    };
    let read = read_catalog(
        "lastgood.yaml",
        &text("{ service: shop, version: 1.4.0, because: CVE-2026-1234 }"),
    );
    assert_eq!(read.findings, [], "nothing is wrong with it");
    let catalog = read.value.expect("without errors there is a value");
    let at = |service: &str| lastgood_core::catalog::Place {
        service: service.into(),
        environment: "production".into(),
    };
    assert_eq!(catalog.consumers(&at("stock")), [&"shop".into()]);
    assert_eq!(catalog.providers(&at("shop")), [&"stock".into()]);
    assert!(catalog.consumers(&at("shop")).is_empty());
    assert_eq!(catalog.recalls[0].version.as_deref(), Some("1.4.0"));
    for (recall, code) in [
        ("{ because: why }", Code::ChoiceMissing),
        ("{ version: 1.4.0, because: why }", Code::ChoiceMissing),
        ("{ commit: 8f3, because: why }", Code::OutOfRange),
        ("{ commit: 8f3c1d0 }", Code::MissingKey),
    ] {
        let read = read_catalog("lastgood.yaml", &text(recall));
        let codes: Vec<Code> = read.findings.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [code], "{recall}");
    }
}
