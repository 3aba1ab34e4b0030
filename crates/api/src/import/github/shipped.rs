//! What brings a change to users: a merge, a release, a deployment.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{Login, Told, entry, parsed, short, time, within};

#[derive(Deserialize)]
struct Deployment {
    id: u64,
    sha: String,
    #[serde(default, rename = "ref")]
    branch: Option<String>,
    environment: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    creator: Option<Login>,
    #[serde(default)]
    repository_url: Option<String>,
    created_at: String,
}

#[derive(Deserialize)]
struct Release {
    id: u64,
    tag_name: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    draft: bool,
    #[serde(default)]
    prerelease: bool,
    #[serde(default)]
    author: Option<Login>,
    published_at: Option<String>,
}

#[derive(Deserialize)]
struct PullRequest {
    number: u64,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    merged: Option<bool>,
    #[serde(default)]
    merged_at: Option<String>,
    #[serde(default)]
    merged_by: Option<Login>,
    #[serde(default)]
    merge_commit_sha: Option<String>,
    #[serde(default)]
    base: Option<Base>,
}

#[derive(Deserialize)]
struct Base {
    #[serde(rename = "ref")]
    branch: String,
}

/// Whether it is a deployment as the REST API lists it.
pub(super) fn is_deployment(one: &Value) -> bool {
    ["statuses_url", "sha", "environment"].into_iter().all(|name| one.get(name).is_some())
}

/// Whether it is a release as the REST API lists it.
pub(super) fn is_release(one: &Value) -> bool {
    one.get("tag_name").is_some() && one.get("published_at").is_some()
}

/// A deployment was asked for; how it went, its statuses tell.
pub(super) fn deployed(deployment: &Value, of: Option<&str>) -> Result<Told, String> {
    let deployment = parsed::<Deployment>(deployment)?;
    let named = deployment.repository_url.as_deref().and_then(|url| url.split_once("/repos/"));
    let of = within(of.or_else(|| named.map(|(_, name)| name)));
    let what = short(&deployment.sha);
    let branch = deployment.branch.filter(|branch| !deployment.sha.starts_with(&**branch));
    let branch = branch.map_or_else(String::new, |branch| format!(" ({branch})"));
    let mut text =
        format!("Deployment of {what}{branch} to {}{of} was asked for", deployment.environment);
    if let Some(said) = deployment.description.filter(|said| !said.trim().is_empty()) {
        text = format!("{text}: {}", said.trim());
    }
    let at = time("created_at", &deployment.created_at)?;
    let id = format!("deployment {}", deployment.id);
    let who = deployment.creator.map(|creator| creator.login);
    Ok(Told::Entries(vec![entry(at, who, text, id)]))
}

/// A release that was published; a draft is none yet.
pub(super) fn released(release: &Value, of: Option<&str>) -> Result<Told, String> {
    let release = parsed::<Release>(release)?;
    let Some(at) = release.published_at.filter(|_| !release.draft) else {
        return Ok(Told::OfAnotherKind("draft".to_owned()));
    };
    let early = if release.prerelease { "Prerelease" } else { "Release" };
    let tag = &release.tag_name;
    let mut text = format!("{early} {tag}{} was published", within(of));
    if let Some(name) = release.name.filter(|name| !name.trim().is_empty() && name != tag) {
        text = format!("{text}: {}", name.trim());
    }
    let at = time("published_at", &at)?;
    let id = format!("release {}", release.id);
    Ok(Told::Entries(vec![entry(at, release.author.map(|author| author.login), text, id)]))
}

/// A pull request that was merged; any other brings nothing to anybody. `event` says when and
/// by whom where the pull request does not.
pub(super) fn merged(
    payload: &Value,
    event: Option<(Timestamp, Option<String>)>,
    of: Option<&str>,
) -> Result<Told, String> {
    let request = parsed::<PullRequest>(payload.get("pull_request").unwrap_or(&Value::Null))?;
    let said = payload.get("action").is_some_and(|action| action == "merged");
    if !said && request.merged != Some(true) && request.merged_at.is_none() {
        return Ok(Told::OfAnotherKind("pull request that was not merged".to_owned()));
    }
    let (seen, actor) = event.map_or((None, None), |(at, who)| (Some(at), who));
    let at = match (&request.merged_at, seen) {
        (Some(at), _) => time("merged_at", at)?,
        (None, Some(at)) => at,
        (None, None) => return Err("`merged_at` is missing: it does not say when".to_owned()),
    };
    let into = request.base.map_or_else(String::new, |base| format!(" into {}", base.branch));
    let number = request.number;
    let mut text = format!("Merged #{number}{into}{}", within(of));
    if let Some(sha) = &request.merge_commit_sha {
        text = format!("{text} as {}", short(sha));
    }
    if let Some(title) = request.title.filter(|title| !title.trim().is_empty()) {
        text = format!("{text}: {}", title.trim());
    }
    let who = request.merged_by.map(|by| by.login).or(actor);
    let id = format!("pull request {} {number} merged", of.unwrap_or_default());
    Ok(Told::Entries(vec![entry(at, who, text, id)]))
}

#[cfg(test)]
mod tests {
    use super::super::read;

    fn told(text: &str) -> (Vec<String>, Vec<String>) {
        let taken = read(&serde_json::from_str(text).expect("it is JSON")).expect("it is known");
        assert!(taken.bad.is_empty(), "{:?}", taken.bad);
        let entries = taken
            .entries
            .iter()
            .map(|one| format!("{} {} {}", one.at, one.who.as_deref().unwrap_or("-"), one.text));
        (entries.collect(), taken.says)
    }

    #[test]
    fn a_release_and_a_merge_are_events_of_an_incident() {
        let (entries, says) = told(
            r#"[{"type": "ReleaseEvent", "actor": {"login": "ana"}, "repo": {"name": "acme/shop"},
                 "created_at": "2026-03-07T12:01:00Z", "payload": {"action": "published",
                 "release": {"id": 7, "tag_name": "v3", "name": "Third", "author": {"login": "ana"},
                             "published_at": "2026-03-07T12:00:00Z"}}},
                {"type": "PullRequestEvent", "actor": {"login": "ben"}, "repo": {"name": "acme/shop"},
                 "created_at": "2026-03-07T11:00:01Z", "payload": {"action": "closed", "number": 12,
                 "pull_request": {"number": 12, "title": "Fix the pool", "merged": true,
                   "merged_at": "2026-03-07T11:00:00Z", "merge_commit_sha": "acb5820ced94",
                   "base": {"ref": "main"}}}},
                {"type": "PullRequestEvent", "created_at": "2026-03-07T11:05:00Z",
                 "repo": {"name": "acme/shop"}, "actor": {"login": "eve"},
                 "payload": {"action": "merged", "pull_request": {"number": 13}}},
                {"type": "PullRequestEvent", "created_at": "2026-03-07T11:06:00Z",
                 "payload": {"action": "opened", "pull_request": {"number": 14}}}]"#,
        );
        assert_eq!(
            entries,
            [
                "2026-03-07T12:00:00Z ana Release v3 in acme/shop was published: Third",
                "2026-03-07T11:00:00Z ben Merged #12 into main in acme/shop as acb5820: Fix the pool",
                "2026-03-07T11:05:00Z eve Merged #13 in acme/shop",
            ]
        );
        assert_eq!(
            says,
            ["Events of other kinds were passed over: 1 pull request that was not merged."]
        );
    }

    #[test]
    fn a_list_of_deployments_is_known_although_each_has_a_payload() {
        let (entries, _) = told(
            r#"[{"url": "https://api.github.com/repos/acme/shop/deployments/9", "id": 9,
                 "sha": "acb5820ced94", "ref": "main", "task": "deploy", "payload": {},
                 "environment": "production", "description": "by the pipeline",
                 "creator": {"login": "deployer"}, "created_at": "2026-03-07T13:00:00Z",
                 "statuses_url": "https://api.github.com/repos/acme/shop/deployments/9/statuses",
                 "repository_url": "https://api.github.com/repos/acme/shop"}]"#,
        );
        assert_eq!(
            entries,
            [
                "2026-03-07T13:00:00Z deployer Deployment of acb5820 (main) to production in acme/shop \
              was asked for: by the pipeline"
            ]
        );
    }

    #[test]
    fn releases_as_they_are_listed_are_told_and_drafts_are_not() {
        let (entries, says) = told(
            r#"[{"id": 7, "tag_name": "v3", "published_at": "2026-03-07T12:00:00Z",
                 "prerelease": true, "author": {"login": "ana"}},
                {"id": 8, "tag_name": "v4", "published_at": null, "draft": true}]"#,
        );
        assert_eq!(entries, ["2026-03-07T12:00:00Z ana Prerelease v3 was published"]);
        assert_eq!(says, ["Events of other kinds were passed over: 1 draft."]);
    }
}
