//! What a step does that its shape allows and nobody would want: to hand secrets out, to leave
//! the workspace, to set what Lastgood sets itself.

use std::path::{Component, Path};

use lastgood_core::errand::placed::in_address;

use crate::code::Code;
use crate::finding::Report;
use crate::tree::At;
use crate::{address, credential, placeholder};

/// How the variables begin in which a session keeps secrets.
const SESSION_SECRETS: &str = "LASTGOOD_SECRET_";

/// The input by which a dispatched run is found again. The same name as in the provider.
const ROLLBACK_ID: &str = "rollback_id";

pub(super) fn command(command: &At<'_>, report: &mut Report) {
    for key in ["run", "probe"] {
        if let Some(argv) = command.get(key) {
            credential::argv(&argv, report);
        }
    }
    if let Some(set) = command.get("set") {
        credential::named(&set, report);
    }
    for name in command.get("env").iter().flat_map(At::items) {
        let is_secret = |text: &str| text.to_ascii_uppercase().starts_with(SESSION_SECRETS);
        if name.scalar().is_some_and(is_secret) {
            report.error_with(
                Code::SecretUnguarded,
                &name,
                "this variable of our own environment holds a secret for Lastgood alone",
                "name the secret under `secrets:`, as `secrets: { VARIABLE: NAME }`".to_owned(),
            );
        }
    }
    if let Some(folder) = command.get("in") {
        let inside = |text: &str| {
            let mut parts = Path::new(text).components();
            // `C:` and `\` lead out elsewhere, and one file is for all machines.
            !text.contains('\\')
                && parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
        };
        if folder.scalar().is_some_and(|text| !inside(text)) {
            report.error_with(
                Code::FolderOutside,
                &folder,
                "this folder lies outside of the workspace, and no command runs there",
                "name a folder from the workspace on, such as `scripts`".to_owned(),
            );
        }
    }
}

pub(super) fn http(http: &At<'_>, report: &mut Report) {
    if let Some(json) = http.get("json") {
        credential::named(&json, report);
    }
    let of_request = ["post", "put", "patch", "delete"].into_iter().map(|key| http.get(key));
    let addresses = of_request.chain([http.find(&["probe", "get"])]).flatten();
    if !addresses.clone().any(|at| at.scalar().is_some_and(address::is_open)) {
        return;
    }
    let secrets = http
        .get("secrets")
        .into_iter()
        .flat_map(|at| at.entries().map(|(_, value)| value).collect::<Vec<_>>());
    for secret in http.get("bearer").into_iter().chain(secrets) {
        unguarded(&secret, report);
    }
    for place in addresses.chain(http.get("json")) {
        placeholder::each_text(&place, &mut |at, text| {
            if in_address(text).next().is_some() {
                unguarded(at, report);
            }
        });
    }
}

fn unguarded(secret: &At<'_>, report: &mut Report) {
    report.error_with(
        Code::SecretUnguarded,
        secret,
        "this secret would be sent without encryption, for everybody on the way to read",
        "write `https://`, or ask an address of this machine".to_owned(),
    );
}

/// `github.dispatch` and `github.cancel`.
pub(super) fn workflow(at: &At<'_>, report: &mut Report) {
    if let Some(inputs) = at.get("inputs") {
        credential::named(&inputs, report);
        for (key, _) in inputs.entries().filter(|(key, _)| &*key.text == ROLLBACK_ID) {
            report.error_with(
                Code::DuplicateName,
                &inputs.key(key),
                format!("`{ROLLBACK_ID}` is set by Lastgood, to find the run again"),
                format!("remove `{ROLLBACK_ID}`, or call the input something else"),
            );
        }
    }
    let Some(workflow) = at.get("workflow") else { return };
    let is_file = |text: &str| {
        let yaml = matches!(text.rsplit_once('.'), Some((_, "yml" | "yaml")));
        let id = text.chars().all(|c| c.is_ascii_digit());
        text.contains("{{") || ((yaml || id) && !text.contains(['/', '\\']))
    };
    if let Some(text) = workflow.scalar().filter(|text| !is_file(text)) {
        let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = if is_file(name) { name } else { "rollback.yml" };
        report.error_with(
            Code::InvalidName,
            &workflow,
            "this is not the file of a workflow, which lies in `.github/workflows`",
            format!("write the file's name alone, such as `{name}`"),
        );
    }
}
