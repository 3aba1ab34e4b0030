//! A pod that works and says nothing: what the cluster lists beside what Prometheus heard.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use lastgood_api::App;
use lastgood_api::core::blame::{Blame, BlameVerdict, Suspect};
use lastgood_api::wire::BlameRequest;
use lastgood_testkit::endpoints::Endpoint;
use lastgood_testkit::release::Release;
use lastgood_tests::field::{Field, LIMIT, place};

use crate::situations::Situations;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pod_that_sends_no_data_speaks_against_its_release() {
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("blame: one silent pod among others", one_silent_pod).await;
    on.end();
}

async fn one_silent_pod(field: &Field) {
    let app = field.app().expect("the workspace is whole");
    field.afresh(&app).await.expect("v1 serves");
    let _load = field.load().expect("a client can be made");
    field.bed.deploy_release(&Release::of_tag("v3")).await.expect("a release begins");
    field.bed.wait_rollout().await.expect("it is rolled out");
    let pods = field.bed.kubelet().endpoints().borrow().clone();
    let of_v3: Vec<&Endpoint> = pods.values().filter(|pod| pod.version == "v3").collect();
    assert!(of_v3.len() > 1, "others go on speaking: {of_v3:?}");
    let told = until(&app, |suspect| absent(suspect) == Some(0.0)).await;
    assert_ne!(told.verdict, BlameVerdict::Culprit, "all of them speak: {}", told.sentence);

    mute(of_v3[0]);
    let told = until(&app, |suspect| absent(suspect).is_some_and(|share| share > 0.0)).await;
    let suspect = newest(&told).expect("it was deployed");
    let term = suspect.terms.iter().find(|term| term.name == "absent").expect("it is a term");
    let all = of_v3.len();
    let said = format!("1 of {all} new instances are silent ({})", of_v3[0].pod);
    assert!(term.sentence.starts_with(&said), "{}", term.sentence);
    assert!(suspect.score >= 0.3 / f64::from(u16::try_from(all).expect("a handful")));
    assert_ne!(told.verdict, BlameVerdict::NoneExplains, "{}", told.sentence);
}

/// Asks until the newest release is as `wanted`.
async fn until(app: &App, wanted: impl Fn(&Suspect) -> bool) -> Blame {
    let mut pace = tokio::time::interval(Duration::from_secs(1));
    let asked = async {
        loop {
            pace.tick().await;
            let request = BlameRequest { place: place(), at: None };
            let told = app.blame(request).await.expect("it can be asked");
            if newest(&told).is_some_and(&wanted) {
                return told;
            }
        }
    };
    tokio::time::timeout(LIMIT, asked).await.expect("it is told in time")
}

fn newest(told: &Blame) -> Option<&Suspect> {
    told.suspects.iter().find(|suspect| suspect.name == "checkout v3")
}

fn absent(suspect: &Suspect) -> Option<f64> {
    suspect.terms.iter().find(|term| term.name == "absent")?.value
}

/// Lets a pod say nothing any more.
fn mute(pod: &Endpoint) {
    let mut line = TcpStream::connect((pod.host, pod.port)).expect("it listens");
    let asked = b"GET /mute HTTP/1.1\r\nHost: pod\r\nConnection: close\r\n\r\n";
    line.write_all(asked).expect("it takes it");
    let mut answer = String::new();
    line.read_to_string(&mut answer).expect("it answers");
    assert!(answer.ends_with("mute\n"), "{answer}");
}
