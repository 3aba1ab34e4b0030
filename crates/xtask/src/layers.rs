//! Holds the architecture: who may depend on whom.
//!
//! Two tables, read top to bottom: [`ROWS`] for our own crates, [`CONFINED`] for heavy crates
//! that live in one place. A crate of ours without a row is a broken rule as well, so that a new
//! one is a decision. `deny.toml` says the same about the whole dependency graph.

#[cfg(test)]
mod tests;

use crate::metadata::{Dependency, Kind, Package};

/// What one of our crates may depend on among our crates.
struct Row {
    package: &'static str,
    /// For itself.
    may: &'static [&'static str],
    /// For its tests, in addition.
    tests_may: &'static [&'static str],
    why: &'static str,
}

const SIBLING: &str = "crates of the first layer know `lastgood-core` alone and never meet; `lastgood-api` joins them";

const ROWS: &[Row] = &[
    Row {
        package: "lastgood-core",
        may: &[],
        tests_may: &[],
        why: "the core is the bottom; arrows point down only",
    },
    Row { package: "lastgood-runbook", may: &["lastgood-core"], tests_may: &[], why: SIBLING },
    Row {
        package: "lastgood-schema",
        may: &["lastgood-core"],
        tests_may: &["lastgood-testkit"],
        why: SIBLING,
    },
    Row { package: "lastgood-engine", may: &["lastgood-core"], tests_may: &[], why: SIBLING },
    Row { package: "lastgood-journal", may: &["lastgood-core"], tests_may: &[], why: SIBLING },
    Row {
        package: "lastgood-providers",
        may: &["lastgood-core"],
        // The contract suite runs on real systems, and testkit starts those.
        tests_may: &["lastgood-testkit"],
        why: SIBLING,
    },
    Row { package: "lastgood-sim", may: &["lastgood-core"], tests_may: &[], why: SIBLING },
    Row {
        package: "lastgood-api",
        may: &[
            "lastgood-core",
            "lastgood-runbook",
            "lastgood-schema",
            "lastgood-engine",
            "lastgood-journal",
            "lastgood-providers",
            "lastgood-sim",
        ],
        tests_may: &["lastgood-testkit"],
        why: "the second layer composes what lies below it and knows no host",
    },
    Row {
        package: "lastgood-cli",
        may: &["lastgood-api", "lastgood-core"],
        tests_may: &["lastgood-testkit"],
        why: "a host parses and renders; what it does goes through `lastgood-api`",
    },
    Row {
        package: "lastgood-desktop",
        may: &["lastgood-api"],
        tests_may: &[],
        why: "the window host is thin: nothing of ours but `lastgood-api`",
    },
    Row {
        package: "lastgood-testkit",
        may: &["lastgood-core"],
        tests_may: &[],
        why: "test equipment stands beside the product, so that every layer's tests may use it",
    },
    Row {
        package: "lastgood-xtask",
        may: &["lastgood-core", "lastgood-api", "lastgood-runbook"],
        tests_may: &[],
        why: "the chores generate from the wire types and the file formats and know nothing else",
    },
    Row {
        package: "lastgood-tests",
        may: &[
            "lastgood-core",
            "lastgood-runbook",
            "lastgood-schema",
            "lastgood-engine",
            "lastgood-journal",
            "lastgood-providers",
            "lastgood-sim",
            "lastgood-api",
            "lastgood-testkit",
        ],
        tests_may: &[],
        why: "the tests meet the hosts as programs, from outside",
    },
];

/// Crates that live in one place. A name that ends in `*` stands for all that begin so.
struct Confined {
    crates: &'static [&'static str],
    to: &'static [&'static str],
    why: &'static str,
}

const CONFINED: &[Confined] = &[
    Confined {
        crates: &["tauri", "tauri-*", "wry", "tao"],
        to: &["lastgood-desktop"],
        why: "only the window host knows the window toolkit",
    },
    Confined {
        crates: &["sqlx", "sqlx-*", "rusqlite", "libsqlite3-sys", "mysql_async"],
        to: &["lastgood-journal", "lastgood-schema"],
        why: "the journal keeps our database; the schema crate reads, and never writes, an application's",
    },
    Confined {
        crates: &["kube", "kube-*", "k8s-openapi", "octocrab", "aws-*", "reqwest"],
        to: &["lastgood-providers", "lastgood-testkit"],
        why: "only providers talk to the outside world; everything else goes through a port",
    },
    Confined {
        crates: &[
            "keyring",
            "keyring-*",
            "apple-native-keyring-store",
            "windows-native-keyring-store",
            "zbus-secret-service-keyring-store",
            "secret-service",
        ],
        to: &["lastgood-api"],
        why: "secrets come through the `Vault` port, and one place knows the keychain",
    },
    Confined {
        crates: &["clap", "clap_*"],
        to: &["lastgood-cli", "lastgood-testkit", "lastgood-xtask", "lastgood-tests"],
        why: "only a terminal host parses a command line",
    },
    Confined {
        crates: &["axum", "axum-*", "tower-http"],
        to: &["lastgood-cli", "lastgood-testkit"],
        why: "only the terminal host serves HTTP, over loopback",
    },
    Confined {
        crates: &["hyper", "hyper-*"],
        to: &["lastgood-cli", "lastgood-providers", "lastgood-testkit"],
        why: "HTTP is spoken by providers, and served by the terminal host",
    },
    Confined {
        crates: &["granit-parser", "saphyr*", "serde_yaml*"],
        to: &["lastgood-runbook"],
        why: "only the runbook crate reads a person's YAML, so that every mistake has a line and \
              a column",
    },
    Confined {
        crates: &["serde-saphyr"],
        to: &["lastgood-providers"],
        why: "a provider reads the YAML that another program wrote, such as Helm's manifests",
    },
    Confined {
        crates: &["squawk-*", "sqlparser", "pg_query"],
        to: &["lastgood-schema"],
        why: "only the schema crate parses SQL, so that what is not understood has one name",
    },
    Confined {
        crates: &["anyhow", "eyre", "color-eyre"],
        to: &["lastgood-cli", "lastgood-testkit", "lastgood-xtask", "lastgood-tests"],
        why: "a library says what went wrong in an enum of its own",
    },
];

/// All that the core may take from outside, for itself. A runtime, a clock or a source of chance
/// would not be a new line here but a change of the architecture.
const CORE_MAY: &[&str] = &[
    "async-trait",
    "jiff",
    "pulldown-cmark",
    "schemars",
    "serde",
    "serde_json",
    "sha2",
    "thiserror",
    "ts-rs",
];

/// Every broken rule as a sentence, in the order of the manifests.
pub(crate) fn check(packages: &[Package]) -> Vec<String> {
    let mut broken = Vec::new();
    for package in packages {
        let Some(row) = ROWS.iter().find(|row| row.package == package.name) else {
            broken.push(format!(
                "`{}` has no row in crates/xtask/src/layers.rs: say what it may depend on, and why",
                package.name
            ));
            continue;
        };
        for dependency in &package.dependencies {
            broken.extend(check_ours(row, dependency, packages));
            broken.extend(check_confined(package, dependency));
            broken.extend(check_core(package, dependency));
        }
    }
    broken
}

fn check_ours(row: &Row, dependency: &Dependency, packages: &[Package]) -> Option<String> {
    let name = dependency.name.as_str();
    if !packages.iter().any(|package| package.name == name) {
        return None;
    }
    let for_tests = dependency.kind == Some(Kind::Dev);
    // A crate's tests name it again to turn features of its own on.
    if for_tests && row.package == name {
        return None;
    }
    if row.may.contains(&name) || (for_tests && row.tests_may.contains(&name)) {
        return None;
    }
    let what = if for_tests { "the tests of " } else { "" };
    Some(format!("{what}`{}` may not depend on `{name}`: {}", row.package, row.why))
}

fn check_confined(package: &Package, dependency: &Dependency) -> Option<String> {
    let rule =
        CONFINED.iter().find(|rule| rule.crates.iter().any(|at| matches(at, &dependency.name)))?;
    (!rule.to.contains(&package.name.as_str())).then(|| {
        format!("`{}` may not depend on `{}`: {}", package.name, dependency.name, rule.why)
    })
}

fn check_core(package: &Package, dependency: &Dependency) -> Option<String> {
    let outside = package.name == "lastgood-core"
        && dependency.kind != Some(Kind::Dev)
        && !dependency.name.starts_with("lastgood-")
        && !CORE_MAY.contains(&dependency.name.as_str());
    outside.then(|| {
        format!(
            "`lastgood-core` may not depend on `{}`: it has no I/O, no runtime, no clock and no \
             chance, and takes only what is listed in crates/xtask/src/layers.rs",
            dependency.name
        )
    })
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}
