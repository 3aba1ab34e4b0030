//! Commits, checks and runs behind a deploy.

use super::super::behind::undone;
use super::*;

#[test]
fn the_commits_that_a_rollback_undoes_are_named_newest_first() {
    let commit = |sha: &str, message: &str| json!({ "sha": sha, "commit": { "message": message } });
    let answer = json!({
        "total_commits": 300, "ahead_by": 300, "behind_by": 2,
        "commits": [commit("1111111aaaa", "Add taxes\n\nLong story"), commit("2222222bbbb", "Fix taxes")],
    });
    let undone = undone(&answer);
    assert_eq!(undone.commits, ["2222222 Fix taxes", "1111111 Add taxes"]);
    let difference = undone.difference();
    assert_eq!(difference.part, "code: 300 commits are undone");
    assert_eq!(difference.changes[2], "and 298 more", "what GitHub left out is counted");
    assert_eq!(difference.changes.len(), 4, "and commits that come back are said");
}

#[tokio::test]
async fn checks_and_runs_of_a_commit_are_told() {
    let stub = Stub::start(|asked| {
        if asked.contains("/check-runs") {
            let runs = json!([{ "name": "unit", "conclusion": "success" }, { "name": "e2e", "conclusion": null }]);
            return Reply::json(&json!({ "total_count": 2, "check_runs": runs }));
        }
        let run = json!({ "id": 9, "name": "Deploy", "path": ".github/workflows/deploy.yml",
                          "status": "in_progress", "html_url": "https://x/9" });
        Reply::json(&json!({ "total_count": 1, "workflow_runs": [run] }))
    })
    .await;
    let github = at(&stub.url, &Steps::new()).await;
    let checks = github.checks("acme/checkout", "8f3c1d0").await.expect("told");
    assert_eq!(
        (checks[0].conclusion.as_deref(), checks[1].conclusion.as_deref()),
        (Some("success"), None)
    );
    let runs = github.runs("acme/checkout", "8f3c1d0").await.expect("told");
    assert!(runs[0].is_open && runs[0].id == 9, "{runs:?}");
}
