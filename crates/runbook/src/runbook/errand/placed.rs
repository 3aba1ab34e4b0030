//! Secrets that a request names where they belong: `{{ secret.NAME }}` in its address, behind
//! the host, and as a whole value of its body.

use std::borrow::Cow;

use lastgood_core::errand::placed::{alone, in_address};

use crate::code::Code;
use crate::finding::Report;
use crate::scalar::is_name;
use crate::tree::At;
use crate::{credential, placeholder};

/// An address: what a secret may not do there is to choose who gets it.
pub(super) fn address(at: &At<'_>, known: &[&str], report: &mut Report) {
    let Some(text) = at.scalar() else { return };
    let names: Vec<&str> = in_address(text).collect();
    for name in &names {
        credential::secret_name(at, is_name(name), name, report);
    }
    let authority = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    if in_address(authority).next().is_some() {
        report.error_with(
            Code::InvalidAddress,
            at,
            "a secret stands in the place of the host, and a plan would not show who is asked",
            "write the host out, and keep what follows behind it as the secret".to_owned(),
        );
    }
    let known = with(known, names.into_iter());
    placeholder::check(at, &strs(&known), report);
}

/// A body: a secret is a value of its own, so that nothing else can be read into it.
pub(super) fn body(at: &At<'_>, known: &[&str], report: &mut Report) {
    let mut names = Vec::new();
    placeholder::each_text(at, &mut |at, text| {
        for name in in_address(text) {
            credential::secret_name(at, is_name(name), name, report);
            if alone(text).is_none() {
                report.error_with(
                    Code::PlaceholderNotHere,
                    at,
                    "a secret is the whole of a value, and here it is a part of one",
                    "keep all of the value as the secret, and name it alone".to_owned(),
                );
            }
            names.push(name.to_owned());
        }
    });
    let known = with(known, names.iter().map(String::as_str));
    placeholder::check(at, &strs(&known), report);
}

fn with<'a>(known: &[&'a str], names: impl Iterator<Item = &'a str>) -> Vec<Cow<'a, str>> {
    let secrets = names.map(|name| Cow::Owned(format!("secret.{name}")));
    known.iter().map(|name| Cow::Borrowed(*name)).chain(secrets).collect()
}

fn strs<'a>(known: &'a [Cow<'_, str>]) -> Vec<&'a str> {
    known.iter().map(AsRef::as_ref).collect()
}
