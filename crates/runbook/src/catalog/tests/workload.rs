//! Which objects of Kubernetes a place may name.

use lastgood_core::catalog::{Catalog, Platform, Strategy, Workload};

use crate::{Code, read_catalog};

/// A catalog with one place on Kubernetes, described by `kubernetes`, and `more` beside it.
fn on_kubernetes(kubernetes: &str, more: &str) -> crate::Read<Catalog> {
    let text = format!(
        "services:\n  checkout:\n    environments:\n      production:\n        platform:\n          \
         kubernetes: {{ namespace: shop, {kubernetes} }}\n{more}        checks: [{{ name: door, \
         get: http://door }}]\n"
    );
    read_catalog("lastgood.yaml", &text)
}

#[test]
fn the_objects_of_a_workload_say_how_its_traffic_moves() {
    let (stable, canary) = ("checkout".to_owned(), "checkout-canary".to_owned());
    let (blue, green) = ("checkout-blue".to_owned(), "checkout-green".to_owned());
    let colours = "service: checkout, blue: checkout-blue, green: checkout-green";
    let selector = Workload::ServiceSelector { service: "checkout".to_owned(), blue, green };
    let pair = Workload::DeploymentPair { stable: stable.clone(), canary };
    for (written, workload, strategy) in [
        ("deployment: checkout", Workload::Deployment(stable.clone()), Strategy::Rolling),
        ("statefulset: checkout", Workload::StatefulSet(stable.clone()), Strategy::Rolling),
        ("daemonset: checkout", Workload::DaemonSet(stable.clone()), Strategy::Rolling),
        ("rollout: checkout", Workload::Rollout(stable.clone()), Strategy::Canary),
        ("rollout: checkout, strategy: blue-green", Workload::Rollout(stable), Strategy::BlueGreen),
        ("deployment: checkout, canary: checkout-canary", pair.clone(), Strategy::Canary),
        ("strategy: canary, deployment: checkout, canary: checkout-canary", pair, Strategy::Canary),
        (colours, selector, Strategy::BlueGreen),
    ] {
        let read = on_kubernetes(written, "");
        let catalog = read.value.unwrap_or_else(|| panic!("{written}: {:?}", read.findings));
        let (_, environment) = catalog.places().next().expect("there is one");
        assert_eq!(environment.strategy, strategy, "{written}");
        let Platform::Kubernetes(place) = &environment.platform else { panic!("{written}") };
        assert_eq!(place.workload, workload, "{written}");
    }
}

#[test]
fn a_workload_that_is_half_said_or_said_twice_is_refused_with_its_place() {
    let colours = "service: s, blue: b, green: g";
    for (written, more, code) in [
        ("service: s, blue: b", "", Code::MissingKey),
        ("service: s, deployment: d", "", Code::ChoiceTwice),
        ("rollout: r, deployment: d", "", Code::ChoiceTwice),
        ("statefulset: s, daemonset: d", "", Code::ChoiceTwice),
        ("service: s, blue: b, green: g, canary: c", "", Code::KeyOutOfPlace),
        ("blue: b, deployment: d", "", Code::KeyOutOfPlace),
        ("container: app", "", Code::ChoiceMissing),
        (colours, "        strategy: rolling\n", Code::StrategyTwice),
    ] {
        let read = on_kubernetes(written, more);
        assert!(read.value.is_none(), "{written} says nothing that could be used");
        let codes: Vec<Code> = read.findings.iter().map(|finding| finding.code).collect();
        assert!(codes.contains(&code), "{written}: {codes:?}");
    }
}
