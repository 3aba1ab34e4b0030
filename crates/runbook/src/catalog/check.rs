//! Reads the checks of an environment.

use std::collections::{BTreeMap, BTreeSet};

use lastgood_core::check::{Assertion, Check, Must};

use super::shape::DEFAULT_CHECK_TIMEOUT;
use crate::code::Code;
use crate::credential;
use crate::finding::Report;
use crate::placeholder;
use crate::scalar;
use crate::tree::{At, Value};

/// Headers whose values are credentials.
const SECRET_HEADERS: [&str; 8] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "api-key",
    "x-auth-token",
    "x-access-token",
    "private-token",
];
/// How values begin that are credentials, whatever their header is called.
const SECRET_BEGINNINGS: [&str; 9] =
    ["bearer ", "basic ", "ghp_", "gho_", "glpat-", "sk-", "xoxb-", "akia", "eyj"];

pub(super) fn checks(environment: &At<'_>, report: &mut Report) -> Option<Vec<Check>> {
    let Some(list) = environment.get("checks") else { return Some(Vec::new()) };
    let mut names = BTreeSet::new();
    let mut all = Some(Vec::new());
    for at in list.items() {
        placeholder::check(&at, &placeholder::OF_A_PLAN, report);
        headers_are_harmless(
            &at,
            "checks cannot use the vault in this version; check an address that needs none",
            report,
        );
        if let Some(body) = at.get("body") {
            credential::text(&body, report);
        }
        if let Some(name) = at.get("name") {
            let text = name.scalar().unwrap_or_default();
            if !names.insert(text) {
                let message = format!("there is a check `{text}` already");
                report.error(Code::DuplicateName, &name, message);
            }
        }
        match (check(&at, report), &mut all) {
            (Some(check), Some(checks)) => checks.push(check),
            (None, _) => all = None,
            (Some(_), None) => {}
        }
    }
    all
}

fn check(at: &At<'_>, report: &mut Report) -> Option<Check> {
    let (method, url) =
        ["get", "head", "post"].iter().find_map(|key| Some((key.to_uppercase(), at.text(key)?)))?;
    let headers: Option<BTreeMap<String, String>> = at
        .get("headers")
        .iter()
        .flat_map(At::entries)
        .map(|(key, at)| Some((key.text.to_string(), at.scalar()?.to_owned())))
        .collect();
    Some(Check {
        name: at.text("name")?.as_str().into(),
        method,
        url,
        headers: headers?,
        body: at.text("body"),
        expect: assertions(at.get("expect").as_ref(), report)?,
        timeout: at.duration_or("timeout", DEFAULT_CHECK_TIMEOUT)?,
    })
}

/// What must hold. An answer that says it failed is never good by omission: a status is
/// always expected.
pub(crate) fn assertions(at: Option<&At<'_>>, report: &mut Report) -> Option<Vec<Assertion>> {
    let mut all = vec![Assertion::Status(match at.and_then(|at| at.get("status")) {
        Some(status) => match &status.node().value {
            Value::List(_) => status
                .items()
                .map(|one| scalar::status(one.scalar()?))
                .collect::<Option<Vec<_>>>()?,
            Value::Scalar { .. } | Value::Map(_) => vec![scalar::status(status.scalar()?)?],
        },
        None => vec![(200, 299)],
    })];
    let Some(at) = at else { return Some(all) };
    for (key, value) in at.get("header").iter().flat_map(At::entries) {
        all.push(Assertion::Header {
            name: key.text.to_string(),
            must: must(&value, Must::Equal, report)?,
        });
    }
    if let Some(body) = at.get("body") {
        all.push(Assertion::Body(must(&body, Must::Contain, report)?));
    }
    for (key, value) in at.get("json").iter().flat_map(At::entries) {
        all.push(Assertion::Json {
            path: key.text.to_string(),
            must: must(&value, Must::Equal, report)?,
        });
    }
    if at.get("faster-than").is_some() {
        all.push(Assertion::Faster(at.duration("faster-than")?));
    }
    Some(all)
}

/// A comparison; a bare value means what `bare` says.
fn must(at: &At<'_>, bare: impl Fn(String) -> Must, report: &mut Report) -> Option<Must> {
    if let Some(text) = at.scalar() {
        return Some(bare(text.to_owned()));
    }
    if let Some(exist) = at.get("exist").filter(|_| at.flag("exist") == Some(false)) {
        report.error(Code::OutOfRange, &exist, "that something is absent cannot be checked");
    }
    at.text("equal")
        .map(Must::Equal)
        .or_else(|| at.text("contain").map(Must::Contain))
        .or_else(|| at.flag("exist").map(|_| Must::Exist))
}

/// Reports every header that holds what looks like a credential, with what to do instead.
pub(crate) fn headers_are_harmless(check: &At<'_>, instead: &str, report: &mut Report) {
    for (key, at) in check.get("headers").iter().flat_map(At::entries) {
        let value = at.scalar().unwrap_or_default().trim_start().to_ascii_lowercase();
        let telling = SECRET_HEADERS.contains(&key.text.to_ascii_lowercase().as_str())
            || SECRET_BEGINNINGS.iter().any(|beginning| value.starts_with(beginning));
        if telling {
            // The value is not repeated: findings are printed and pasted.
            report.error_with(
                Code::SecretInFile,
                &check.get("headers").unwrap_or_else(|| check.clone()).key(key),
                format!("the header `{}` holds what looks like a credential", key.text),
                format!("secrets do not belong in this file; {instead}"),
            );
        }
    }
}
