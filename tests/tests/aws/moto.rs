//! The same alias with the same canary on moto: what we send is read by a program that was not
//! written for us.

use std::time::Duration;

use lastgood_testkit::aws::{ACCOUNT, Fault, Moto};
use lastgood_testkit::crash::Moment;
use lastgood_testkit::error::BedError;
use lastgood_testkit::peer::skipped;
use lastgood_tests::shipped::Shipped;
use serde_json::Value;

use super::{bed, word, workspace};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_canary_is_taken_back_on_moto_over_deaths_and_nothing_happens_twice() {
    let logs = tempfile::tempdir().expect("a temporary folder can be made");
    let moto = match Moto::start(logs.path(), 7).await {
        Ok(moto) => moto,
        Err(BedError::Missing(missing)) => return skipped(&missing),
        Err(error) => panic!("moto starts when it is installed: {error:?}"),
    };
    let Some((bed, _kept)) = bed(moto, "8").await else { return };
    bed.fake.with(|one| {
        one.described("the shop").expect("moto takes it");
        one.canary(0.25).expect("moto takes it");
    });
    let _load = bed.load(80, Duration::from_mins(10)).expect("a client can be made");
    let platform = format!(
        "lambda: {{ function: checkout, alias: live, region: eu-central-1, secret: aws, \
         account: \"{ACCOUNT}\", endpoint: \"{}\" }}\n        strategy: canary",
        bed.fake.url()
    );
    let shipped = workspace(&bed, &platform, "", "");

    let plan = planned(&shipped).await;
    assert_eq!(word(&plan, "/from/version"), "8", "{plan}");
    assert!(plan.to_string().contains("UpdateAlias"), "the plan names its exact calls");
    assert_eq!(bed.fake.with(|one| one.updates()), 0, "and changes nothing");

    // The first change lands and nobody is told; the second one is cut off before it lands.
    let deaths = [Fault::Hang, Fault::Silence]
        .map(|fault| Moment::Rings(bed.fake.ring("UpdateAlias", fault)));
    let run = shipped.drive(deaths).await.expect("it ends well");

    let (primary, weights) = bed.fake.with(|one| one.leads_to()).expect("moto tells it");
    assert_eq!((primary.as_str(), weights.len()), ("7", 0), "the alias leads to 7 alone");
    assert_eq!(bed.fake.with(|one| one.updates()), 2, "a halt and a restore, once each");
    let description = bed.fake.with(|one| one.description()).expect("moto tells it");
    assert!(description.starts_with("the shop ["), "people's words stay: {description}");
    shipped.did_its_part(&run, &[]).await.expect("every step did");
    shipped.is_told(&run, "7", &[]).await.expect("the timeline tells it");
}

/// moto dates a version when it is published: version 7 counts as good a second after that.
async fn planned(shipped: &Shipped) -> Value {
    let good = async {
        let mut pace = tokio::time::interval(Duration::from_millis(500));
        loop {
            pace.tick().await;
            match shipped.plan().await {
                Ok(plan) if word(&plan, "/to/version") == "7" => return plan,
                Ok(_) | Err(_) => {}
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(1), good).await.expect("version 7 becomes good")
}
