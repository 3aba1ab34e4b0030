use super::*;
use crate::metadata;

/// `cargo metadata` of one crate with one dependency, beside all our other crates.
fn workspace(package: &str, dependency: &str, kind: &str) -> Vec<Package> {
    let others: Vec<String> = ROWS
        .iter()
        .filter(|row| row.package != package)
        .map(|row| format!(r#"{{"name":"{}","dependencies":[]}}"#, row.package))
        .collect();
    let json = format!(
        r#"{{"packages":[{{"name":"{package}","version":"0.1.0","dependencies":[
            {{"name":"{dependency}","kind":{kind},"optional":true,"rename":"alias"}}
        ]}},{}],"version":1}}"#,
        others.join(",")
    );
    metadata::parse(json.as_bytes()).expect("this is the shape that cargo prints")
}

#[test]
fn every_rule_is_told_when_it_is_broken() {
    let cases = [
        ("lastgood-core", "lastgood-runbook", "null", "arrows point down only"),
        ("lastgood-engine", "lastgood-journal", "null", "never meet"),
        ("lastgood-sim", "lastgood-providers", "\"dev\"", "never meet"),
        ("lastgood-runbook", "lastgood-testkit", "\"dev\"", "never meet"),
        ("lastgood-api", "lastgood-cli", "null", "knows no host"),
        ("lastgood-cli", "lastgood-engine", "null", "goes through `lastgood-api`"),
        ("lastgood-desktop", "lastgood-core", "null", "nothing of ours but"),
        ("lastgood-providers", "lastgood-testkit", "null", "never meet"),
        ("lastgood-testkit", "lastgood-api", "null", "beside the product"),
        ("lastgood-xtask", "lastgood-sim", "null", "know nothing else"),
        ("lastgood-tests", "lastgood-desktop", "null", "from outside"),
        ("lastgood-cli", "tauri", "null", "window toolkit"),
        ("lastgood-api", "tauri-build", "\"build\"", "window toolkit"),
        ("lastgood-api", "sqlx", "null", "our database"),
        ("lastgood-engine", "kube", "null", "outside world"),
        ("lastgood-api", "reqwest", "\"dev\"", "outside world"),
        ("lastgood-api", "aws-sdk-ecs", "null", "outside world"),
        ("lastgood-tests", "octocrab", "null", "outside world"),
        ("lastgood-api", "clap", "null", "command line"),
        ("lastgood-desktop", "axum", "null", "serves HTTP"),
        ("lastgood-providers", "axum", "null", "serves HTTP"),
        ("lastgood-engine", "hyper-util", "null", "HTTP is spoken by providers"),
        ("lastgood-api", "granit-parser", "null", "reads a person's YAML"),
        ("lastgood-cli", "serde_yaml_ng", "null", "reads a person's YAML"),
        ("lastgood-journal", "anyhow", "null", "enum of its own"),
        ("lastgood-core", "tokio", "null", "no runtime"),
        ("lastgood-core", "rand", "\"build\"", "no chance"),
    ];
    for (package, dependency, kind, reason) in cases {
        let broken = check(&workspace(package, dependency, kind));
        assert_eq!(broken.len(), 1, "{package} -> {dependency} breaks one rule: {broken:?}");
        let sentence = &broken[0];
        assert!(
            sentence.contains(package) && sentence.contains(dependency),
            "the sentence names both crates: {sentence}"
        );
        assert!(sentence.contains(reason), "the sentence says why: {sentence}");
    }
}

#[test]
fn what_the_tables_allow_is_not_mentioned() {
    let cases = [
        ("lastgood-engine", "lastgood-core", "null"),
        ("lastgood-api", "lastgood-journal", "null"),
        ("lastgood-providers", "lastgood-testkit", "\"dev\""),
        ("lastgood-providers", "kube", "null"),
        ("lastgood-desktop", "tauri", "null"),
        ("lastgood-desktop", "tauri-build", "\"build\""),
        ("lastgood-core", "serde", "null"),
        ("lastgood-core", "proptest", "\"dev\""),
        ("lastgood-engine", "tokio", "null"),
    ];
    for (package, dependency, kind) in cases {
        assert_eq!(
            check(&workspace(package, dependency, kind)),
            Vec::<String>::new(),
            "{package} -> {dependency} is allowed"
        );
    }
}

#[test]
fn a_crate_without_a_row_is_a_broken_rule() {
    let broken = check(&workspace("lastgood-extra", "serde", "null"));
    assert_eq!(broken.len(), 1, "one crate has no row");
    assert!(broken[0].contains("`lastgood-extra` has no row"), "{broken:?}");
}

#[test]
fn every_row_names_crates_that_exist() {
    let packages = metadata::read().expect("the workspace has manifests");
    let known = |name: &str| packages.iter().any(|package| package.name == name);
    for row in ROWS {
        for name in row.may.iter().chain(row.tests_may).chain([&row.package]) {
            assert!(known(name), "`{name}` in the row of `{}` is no crate of ours", row.package);
        }
    }
}

#[test]
fn this_workspace_keeps_to_the_layers() {
    let packages = metadata::read().expect("the workspace has manifests");
    let broken = check(&packages);
    assert!(broken.is_empty(), "rules of the layers are broken:\n{}", broken.join("\n"));
}
