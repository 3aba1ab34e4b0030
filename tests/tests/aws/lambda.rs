//! An alias of Lambda with a canary.

use std::time::Duration;

use lastgood_testkit::aws::{ACCOUNT, Fault, Lambda};
use lastgood_testkit::crash::Moment;
use lastgood_testkit::github::{Github, REPOSITORY};
use lastgood_tests::shipped::Shipped;

use super::{bed, now, word, workspace};

/// The share of requests that the canary has.
const SHARE: f64 = 0.25;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_canary_is_taken_back_over_four_deaths_and_nothing_happens_twice() {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of this century")]
    let at = (now() * 1_000.0) as i64;
    let Some((bed, _kept)) = bed(Lambda::new(7, at), "8").await else { return };
    bed.fake.with(|one| {
        one.described("the shop");
        one.canary(SHARE, at)
    });
    let _load = bed.load(80, Duration::from_mins(10)).expect("a client can be made");
    let platform = format!(
        "lambda: {{ function: checkout, alias: live, region: eu-central-1, secret: aws, \
         account: \"{ACCOUNT}\", endpoint: \"{}\" }}\n        strategy: canary",
        bed.fake.url()
    );
    let github = Github::start().await.expect("a free port");
    let releases =
        format!("releases: {{ github: {{ repository: {REPOSITORY}, environment: production }} }}");
    let connection =
        format!("  github:\n    github: {{ secret: github-token, url: \"{}\" }}\n", github.url());
    let shipped = workspace(&bed, &platform, &releases, &connection)
        .knowing("LASTGOOD_SECRET_GITHUB_TOKEN", "token");

    let plan = shipped.plan().await.expect("it can be planned");
    assert_eq!((word(&plan, "/from/version"), word(&plan, "/to/version")), ("8", "7"));
    assert!(plan.to_string().contains("UpdateAlias"), "the plan names its exact calls");
    assert_eq!(bed.fake.with(|one| one.updates()), 0, "and changes nothing");

    // The first change lands and nobody is told; the second one is cut off before it lands,
    // then lands untold. Each time the program dies right there.
    let deaths = [Fault::Hang, Fault::Silence, Fault::Hang]
        .map(|fault| Moment::Rings(bed.fake.ring("UpdateAlias", fault)));
    let waiting = Moment::After(Duration::from_secs(8));
    let run = shipped.drive(deaths.into_iter().chain([waiting])).await.expect("it ends well");

    let (primary, weights) = bed.fake.with(|one| one.leads_to());
    assert_eq!((primary.as_str(), weights.len()), ("7", 0), "the alias leads to 7 alone");
    assert_eq!(bed.fake.with(|one| one.updates()), 2, "a halt and a restore, once each");
    let description = bed.fake.with(|one| one.description());
    assert!(description.starts_with("the shop ["), "people's words stay: {description}");
    shipped.did_its_part(&run, &[]).await.expect("every step did");
    shipped.is_told(&run, "7", &[]).await.expect("the timeline tells it");
    follow_ups_and_issues_stay_in_step(&shipped, &github, run.as_str()).await;
}

/// What is left to do becomes issues, once; what is ended on one side is ended on the other.
async fn follow_ups_and_issues_stay_in_step(shipped: &Shipped, github: &Github, run: &str) {
    let say = async |words: &[&str]| {
        let words: Vec<&str> = words.iter().copied().chain(["--json"]).collect();
        shipped.answer(&words).await.expect("it can be said")
    };
    say(&["followup", "add", run, "Alert on the canary", "--owner", "mara"]).await;
    say(&["followup", "add", run, "Try the canary in staging"]).await;
    for _ in 0..2 {
        let synced = say(&["followup", "sync", run]).await;
        assert_eq!(synced["complete"], true, "{synced}");
        assert_eq!(github.with(|kept| kept.issues.len()), 2, "each is opened once");
    }
    github.with(|kept| {
        assert!(kept.issues[0].body.contains("| owner | mara |"), "{}", kept.issues[0].body);
        kept.issues[0].is_open = false;
        kept.issues[0].reason = Some("not_planned".to_owned());
    });
    say(&["followup", "set", run, "2", "--status", "done"]).await;
    let synced = say(&["followup", "sync", run]).await;
    assert_eq!(synced["complete"], true, "{synced}");
    let list = say(&["followup", "list", run]).await;
    assert_eq!(
        (word(&list, "/items/0/status"), word(&list, "/items/1/status")),
        ("dropped", "done")
    );
    assert_eq!(word(&list, "/items/0/link"), "https://github.com/acme/checkout/issues/1");
    github.with(|kept| {
        let second = &kept.issues[1];
        assert_eq!((second.is_open, second.reason.as_deref()), (false, Some("completed")));
        assert_eq!(second.comments.len(), 1, "it says who ended it: {:?}", second.comments);
    });
}
