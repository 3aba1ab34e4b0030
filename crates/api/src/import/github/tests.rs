use super::*;

fn told(text: &str) -> Vec<String> {
    let taken = read(&serde_json::from_str(text).expect("it is JSON")).expect("it is read");
    let entries = taken.entries.iter().map(|one| {
        let who = one.who.as_deref().unwrap_or("-");
        format!("{} {} {who}: {}", one.place, one.at, one.text)
    });
    let bad = taken.bad.iter().map(|bad| format!("{}: {}", bad.place, bad.why));
    entries.chain(bad).chain(taken.says.clone()).collect()
}

const RUN: &str = r#"{"id": 30433642, "name": "Build", "run_number": 562, "run_attempt": 2,
    "head_branch": "main", "head_sha": "acb5820ced9479c074f688cc328bf03f341a511d",
    "status": "completed", "conclusion": "failure", "actor": {"login": "ana"},
    "triggering_actor": {"login": "ben"}, "created_at": "2026-03-07T13:00:00Z",
    "run_started_at": "2026-03-07T13:03:00Z", "updated_at": "2026-03-07T13:09:00Z"}"#;

const STATUS: &str = r#"{"id": 42, "state": "success", "creator": {"login": "deployer"},
    "environment": "production", "description": "Deployed in 42 s.",
    "created_at": "2026-03-07T13:10:00Z", "deployment_url": "https://github.example/1"}"#;

#[test]
fn the_events_of_a_repository_are_told_and_others_are_counted() {
    let text = r#"[
      {"id": "22249084964", "type": "PushEvent", "actor": {"login": "ana"},
       "repo": {"name": "acme/shop"}, "public": true, "created_at": "2026-03-07T12:00:00Z",
       "payload": {"push_id": 1, "ref": "refs/heads/main",
                   "head": "6dcb09b5b57875f334f61aebed695e2e4193db5e", "before": "00"}},
      {"id": "2", "type": "WatchEvent", "payload": {"action": "started"},
       "created_at": "2026-03-07T12:01:00Z"},
      {"id": "3", "type": "WatchEvent", "payload": {"action": "started"},
       "created_at": "2026-03-07T12:02:00Z"}]"#;
    assert_eq!(
        told(text),
        [
            "item 1 2026-03-07T12:00:00Z ana: Pushed to main in acme/shop: 6dcb09b",
            "Events of other kinds were passed over: 2 WatchEvent.",
        ]
    );
}

#[test]
fn a_workflow_run_has_a_beginning_and_an_end() {
    let expected = [
        "item 1 2026-03-07T13:03:00Z ben: Workflow Build #562 in acme/shop began on main at acb5820",
        "item 1 2026-03-07T13:09:00Z ben: Workflow Build #562 in acme/shop ended: failure",
    ];
    let hook = format!(
        r#"{{"action": "completed", "workflow_run": {RUN}, "repository": {{"full_name": "acme/shop"}}}}"#
    );
    assert_eq!(told(&hook), expected);
    let listed = told(&format!(r#"{{"total_count": 1, "workflow_runs": [{RUN}]}}"#));
    assert_eq!(listed.len(), 2, "{listed:?}");
    let running = RUN.replace("completed", "in_progress");
    assert_eq!(told(&format!("[{running}]")).len(), 1, "it has not ended");
}

#[test]
fn a_deployment_status_says_where_and_how() {
    let hook = format!(
        r#"{{"deployment_status": {STATUS}, "deployment": {{"sha": "acb5820ced94"}},
            "repository": {{"full_name": "acme/shop"}}}}"#
    );
    assert_eq!(
        told(&hook),
        [
            "item 1 2026-03-07T13:10:00Z deployer: Deployment of acb5820 to production in acme/shop: \
          success, Deployed in 42 s."
        ]
    );
    let event = format!(
        r#"[{{"type": "DeploymentStatusEvent", "created_at": "2026-03-07T13:10:00Z",
             "payload": {{"deployment_status": {STATUS}}}}}, {STATUS}]"#
    );
    let taken = read(&serde_json::from_str(&event).expect("it is JSON")).expect("it is read");
    assert_eq!(taken.entries[0].id, taken.entries[1].id, "both tell of the same status");
}

#[test]
fn a_push_is_told_with_its_time_and_not_with_that_of_its_commit() {
    let push = |pushed_at: &str| {
        format!(
            r#"{{"ref": "refs/heads/main", "before": "00", "after": "6dcb09b5b578",
                "commits": [{{"message": "one"}}, {{"message": "Fix the pool\n\nmore"}}],
                "head_commit": {{"message": "Fix the pool\n\nmore", "timestamp": "x"}},
                "pusher": {{"name": "ana"}},
                "repository": {{"full_name": "acme/shop"{pushed_at}}}}}"#
        )
    };
    assert_eq!(
        told(&push(r#", "pushed_at": 1772888400"#)),
        [
            "item 1 2026-03-07T13:00:00Z ana: Pushed 2 commits to main in acme/shop: 6dcb09b Fix the \
          pool"
        ]
    );
    assert_eq!(
        told(&push("")),
        ["item 1: `repository.pushed_at` is missing: it does not say when"]
    );
}

#[test]
fn what_cannot_be_read_is_told_with_its_place_and_cause() {
    let text = r#"[{"type": "PushEvent", "payload": {}, "created_at": "2026-03-07T12:00:00Z"},
        {"type": "PushEvent", "payload": {"ref": "x", "head": "y"}, "created_at": "noon"},
        {"type": "WorkflowRunEvent", "payload": {}, "created_at": "2026-03-07T12:00:00Z"},
        {"workflow_run": {"id": "x"}}, {"hello": 1}, 7]"#;
    let told = told(text);
    assert_eq!(told[0], "item 1: missing field `ref`");
    assert_eq!(told[1], "item 2: `created_at` is `noon`, which is no time");
    assert!(told[2].starts_with("item 3: invalid type: null"), "{told:?}");
    assert!(told[3].starts_with("item 4: "), "{told:?}");
    assert!(told[4].starts_with("item 5: it is nothing that GitHub tells"), "{told:?}");
    assert_eq!(told.len(), 6);
    assert!(read(&serde_json::json!({"hello": 1})).is_err());
}
