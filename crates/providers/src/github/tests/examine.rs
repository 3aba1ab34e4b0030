use lastgood_core::examination::Held;
use lastgood_core::preflight::Grade;

use super::*;

fn token() -> GithubLogin {
    GithubLogin::Token { secret: "github-token".to_owned() }
}

fn read() -> Vec<(String, String)> {
    vec![("acme/checkout".to_owned(), "production".to_owned())]
}

/// An answer with what a classic token's answers say beside it.
fn beside(body: &Value, more: &[(&'static str, &str)]) -> Reply {
    let mut headers = limits(4812, "core");
    headers.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Reply::Http(200, headers, body.to_string())
}

#[tokio::test]
async fn the_doctor_is_told_who_we_are_what_we_may_and_when_the_token_ends() {
    let stub = Stub::start(|request| {
        if request.starts_with("GET /user ") {
            beside(
                &json!({ "login": "ana" }),
                &[
                    ("date", "Sun, 22 Nov 2026 21:02:00 GMT"),
                    ("x-oauth-scopes", "repo, admin:org"),
                    ("x-github-enterprise-version", "3.14.2"),
                    ("github-authentication-token-expiration", "2026-12-01 21:00:00 UTC"),
                ],
            )
        } else if request.contains("/commits?") {
            let wants = ("x-accepted-github-permissions", "contents=read".to_owned());
            let mut headers = limits(4811, "core");
            headers.push(wants);
            let body = json!({ "message": "Resource not accessible by personal access token" });
            Reply::Http(403, headers, body.to_string())
        } else {
            counted(200, 4810, &json!([]))
        }
    })
    .await;
    let github = at(&stub.url, &Steps::new()).await;
    let found = github.examine(&token(), &read()).await.expect("it answers");
    assert_eq!(found.identity.as_deref(), Some("ana (scopes repo, admin:org)"));
    assert_eq!(found.version.as_deref(), Some("GitHub Enterprise Server 3.14.2"));
    assert_eq!(found.ahead, Some(SignedDuration::from_mins(2)));
    assert!(found.left[0].contains("of 5000 requests left"), "{:?}", found.left);
    assert!(!found.scarce);
    assert_eq!(found.rights[0].held, Held::Yes);
    let Held::No { why } = &found.rights[1].held else { panic!("{:?}", found.rights[1]) };
    assert!(why.contains("contents=read"), "{why}");
    let told: Vec<(Grade, &str)> =
        found.remarks.iter().map(|one| (one.grade, one.sentence.as_str())).collect();
    assert_eq!(
        told,
        [
            (Grade::Warn, "the token ends on 2026-12-01, in 9 days"),
            (Grade::Warn, "the token may do more than is needed: admin:org"),
        ]
    );
}

#[tokio::test]
async fn a_fine_grained_token_tells_no_scopes_and_none_are_made_up() {
    let stub = Stub::start(|request| {
        if request.starts_with("GET /user ") {
            beside(
                &json!({ "login": "ana" }),
                &[("github-authentication-token-expiration", "2027-11-22 21:00:00 +0000")],
            )
        } else {
            counted(200, 399, &json!([]))
        }
    })
    .await;
    let github = at(&stub.url, &Steps::new()).await;
    let found = github.examine(&token(), &read()).await.expect("it answers");
    assert_eq!(found.identity.as_deref(), Some("ana"));
    assert_eq!((found.version, found.ahead), (None, None), "nothing was said of these");
    assert!(found.scarce, "399 of 5000 are few");
    let told: Vec<(Grade, &str)> =
        found.remarks.iter().map(|one| (one.grade, one.sentence.as_str())).collect();
    assert_eq!(told, [(Grade::Pass, "the token ends on 2027-11-22, in 365 days")]);
}

#[tokio::test]
async fn a_token_that_is_not_taken_is_no_examination() {
    let stub = Stub::start(|_| counted(401, 59, &json!({ "message": "Bad credentials" }))).await;
    let github = at(&stub.url, &Steps::new()).await;
    let failure = github.examine(&token(), &read()).await.expect_err("it is not taken");
    assert_eq!(failure, Failure::Unauthorised { why: "Bad credentials".to_owned() });
    assert_eq!(stub.requests().len(), 1, "nothing more is asked as nobody");
}

#[tokio::test]
async fn a_repository_that_is_not_seen_is_a_missing_right_and_silence_is_not() {
    let stub = Stub::start(|request| {
        if request.starts_with("GET /user ") {
            counted(200, 4000, &json!({ "login": "ana" }))
        } else if request.contains("/commits?") {
            counted(500, 4000, &json!({ "message": "oops" }))
        } else {
            counted(404, 4000, &json!({ "message": "Not Found" }))
        }
    })
    .await;
    let github = at(&stub.url, &Steps::new()).await;
    let found = github.examine(&token(), &read()).await.expect("it answers");
    assert!(matches!(found.rights[0].held, Held::No { .. }), "{:?}", found.rights);
    assert!(matches!(found.rights[1].held, Held::Unknown { .. }), "{:?}", found.rights);
}
