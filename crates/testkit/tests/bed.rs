//! The bed does what tests of Lastgood rely on.
//!
//! One bed, because it takes ten seconds to make: the phases below run in order, each
//! from the state that the one before left behind.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use futures::{StreamExt as _, pin_mut};
use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet};
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::api::{ListParams, Patch, PatchParams};
use kube::runtime::wait::await_condition;
use kube::runtime::{WatchStreamExt as _, watcher};
use lastgood_testkit::bed::{Bed, BedOptions, NAMESPACE, SERVICE, is_rolled_out, wait_for};
use lastgood_testkit::control_plane::client;
use lastgood_testkit::crash::{Moment, crash};
use lastgood_testkit::error::BedError;
use lastgood_testkit::fixture::VERSION_HEADER;
use lastgood_testkit::load::Tally;
use lastgood_testkit::peer::{Program, control_plane, skipped};
use lastgood_testkit::proxy::{Fault, Rule};
use lastgood_testkit::release::Release;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::process::Command;

/// A bed took 40 s to come up on a machine with three times more to do than it can.
const LIMIT: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bed_carries_a_service_through_good_and_bad_releases() {
    let began = Instant::now();
    let options = BedOptions { progress_deadline: Duration::from_secs(6), ..BedOptions::default() };
    let bed = match Bed::start(options).await {
        Ok(bed) => bed,
        Err(BedError::Missing(missing)) => return skipped(&missing),
        Err(error) => panic!("the bed starts when everything is installed: {error:?}"),
    };
    eprintln!("bed ready after {:.1} s", began.elapsed().as_secs_f64());
    let phases = Instant::now();
    let step = |name: &str| eprintln!("{:>5.1} s  {name}", phases.elapsed().as_secs_f64());

    the_first_release_serves_through_the_address(&bed).await;
    step("the first release serves");
    pods_are_reported_with_digest_and_port(&bed).await;
    step("pods are reported");
    prometheus_counts_requests_by_version(&bed).await;
    step("prometheus counts");
    a_paused_rollout_stops_between_versions_and_a_resumed_one_ends_without_an_error(&bed).await;
    step("pause and resume");
    a_bad_release_fails_the_share_of_requests_that_its_image_says(&bed).await;
    step("bad release");
    an_undo_brings_the_release_before_back(&bed).await;
    step("undo");
    a_release_that_never_gets_ready_never_becomes_available(&bed).await;
    step("never ready");
    an_image_that_nobody_pushed_cannot_be_pulled(&bed).await;
    step("unknown image");
    a_lost_reply_was_carried_out_all_the_same(&bed).await;
    step("lost reply");
    a_process_that_dies_is_restarted_in_its_pod(&bed).await;
    step("restart");
    a_viewer_is_refused(&bed).await;
    a_workspace_names_the_bed(&bed);
    step("everything");
}

#[tokio::test]
async fn a_bed_that_is_killed_leaves_nothing_running() {
    if let Err(missing) = control_plane().and(Program::Prometheus.find()) {
        return skipped(&missing);
    }
    let dir = tempfile::tempdir().expect("a temporary folder can be made");
    let mut command = Command::new(env!("CARGO_BIN_EXE_lastgood-bed"));
    command.arg("--dir").arg(dir.path());
    let moment = Moment::Line("takes everything down".to_owned());
    let remains = crash(command, moment, LIMIT).await.expect("the bed comes up");
    assert!(remains.killed, "it was up: {:#?}", remains.lines);
    let url = |label: &str| {
        let line = remains.lines.iter().find_map(|line| line.trim().strip_prefix(label));
        line.expect("the bed says it").trim().to_owned()
    };
    let kubeconfig = std::fs::read_to_string(url("kubeconfig")).expect("files stay");
    let api = kubeconfig.split('"').find(|word| word.starts_with("https://")).expect("a server");
    for url in [api.to_owned(), url("prometheus"), url("service")] {
        let address = url.split("//").nth(1).expect("it is a URL");
        gone(&url, async || TcpStream::connect(address).await.is_err()).await;
    }
    for name in ["etcd", "apiserver", "controller-manager"] {
        let file = dir.path().join(format!("control-plane/{name}.pid"));
        let id = std::fs::read_to_string(file).expect("files stay");
        let words = format!("/proc/{}/cmdline", id.trim());
        // Empty for one that is dead and waits for its parent to notice.
        gone(name, async || std::fs::read(&words).unwrap_or_default().is_empty()).await;
    }
}

/// Waits for what is killed to be dead; the kernel takes its time.
async fn gone(what: &str, is_gone: impl AsyncFn() -> bool) {
    let waited = async {
        let mut pace = tokio::time::interval(Duration::from_millis(20));
        while !is_gone().await {
            pace.tick().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(10), waited).await;
    waited.unwrap_or_else(|_| panic!("{what} is still there"));
}

async fn the_first_release_serves_through_the_address(bed: &Bed) {
    assert_eq!(versions_that_answer(bed).await, ["v1"], "only one release was ever deployed");
    let reply = http().get(format!("{}/healthz", bed.address())).send().await;
    let reply = reply.expect("four pods are ready");
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.headers()[VERSION_HEADER], "v1", "a check can tell which version answers");
}

async fn pods_are_reported_with_digest_and_port(bed: &Bed) {
    for pod in pods(bed).await {
        let status = pod.status.expect("the kubelet reported it");
        let container = &status.container_statuses.expect("it has a container")[0];
        let pulled = "docker-pullable://registry.local/checkout@sha256:";
        let digest = container.image_id.strip_prefix(pulled).expect("the image was pulled");
        assert_eq!(digest.len(), 64, "a digest is 32 bytes: {digest}");
        let port = &pod.metadata.annotations.expect("it is annotated")["lastgood.dev/port"];
        let reply = http().get(format!("http://127.0.0.1:{port}/version")).send().await;
        let body: Value = reply.expect("the pod listens").json().await.expect("it says JSON");
        assert_eq!(body["version"], "v1");
    }
}

async fn prometheus_counts_requests_by_version(bed: &Bed) {
    let load = bed.load(40, Duration::from_secs(3)).expect("a client can be made");
    let sum = r#"sum(http_requests_total{app="checkout",version="v1",code="200"})"#;
    let counted = query_until(bed, sum, |count| count >= 20.0).await;
    assert!(counted >= 20.0);
    let instances = r#"count(up{app="checkout",version="v1"} == 1)"#;
    query_until(bed, instances, |count| count > 3.5).await;
    while !load.is_over() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let Tally { good, bad, withheld } = load.tally();
    assert_eq!((bad, withheld), (0, 0), "v1 makes no errors and is quick");
    assert!(good <= 125, "the load keeps to its pace and its time: {good} requests");
}

async fn a_paused_rollout_stops_between_versions_and_a_resumed_one_ends_without_an_error(
    bed: &Bed,
) {
    let deployments = bed.deployments();
    let watched = tokio::spawn(fewest_available_until_v3_is_out(deployments.clone()));
    let load = bed.load(40, LIMIT).expect("a client can be made");
    bed.deploy_release(&Release::of_tag("v3")).await.expect("the API server accepts it");
    wait_for(&deployments, "a first new pod", LIMIT, |deployment| updated(deployment) >= 1)
        .await
        .expect("a rollout begins");
    set_paused(bed, true).await;
    wait_for(&deployments, "the pause", LIMIT, |deployment| {
        observed(deployment) && progressing_reason(deployment) == Some("DeploymentPaused")
    })
    .await
    .expect("the controller sees the pause");
    let (old, new) = (wanted(bed, "v1").await, wanted(bed, "v3").await);
    assert!((1..4).contains(&new), "it stopped on the way: {new} of 4 are new");
    assert!(old + new <= 5, "never more than one pod above four: {old} + {new}");
    bed.wait_ready(old + new).await.expect("what was started gets ready");
    assert_eq!(wanted(bed, "v3").await, new, "no further pod was replaced");
    assert_eq!(versions_that_answer(bed).await, ["v1", "v3"], "both versions serve");

    set_paused(bed, false).await;
    bed.wait_rollout().await.expect("a resumed rollout ends");
    assert_eq!(versions_that_answer(bed).await, ["v3"], "only the new version serves");
    let fewest_available = watched.await.expect("the watch ends with the rollout");
    assert!(fewest_available >= 4, "never fewer than four available: {fewest_available}");
    let tally = load.tally();
    assert_eq!(tally.bad, 0, "nobody notices a rollout between good versions: {tally:?}");
}

async fn a_bad_release_fails_the_share_of_requests_that_its_image_says(bed: &Bed) {
    bed.deploy_release(&Release::of_tag("v2-bad")).await.expect("the API server accepts it");
    bed.wait_rollout().await.expect("it is healthy, so it rolls out");
    let _load = bed.load(50, LIMIT).expect("a client can be made");
    let of = |code: &str| {
        let labels = format!(r#"app="checkout",version="v2-bad",code=~"{code}""#);
        format!("sum(increase(http_requests_total{{{labels}}}[10s]))")
    };
    query_until(bed, &of(".*"), |count| count > 60.0).await;
    let share = query_until(bed, &format!("{} / {}", of("5.."), of(".*")), f64::is_finite).await;
    assert!((0.3..0.5).contains(&share), "two of every five fail: {share}");
}

async fn an_undo_brings_the_release_before_back(bed: &Bed) {
    let target = format!("deployment/{SERVICE}");
    kubectl(bed, &bed.kubeconfig(), &["rollout", "undo", &target]).await;
    kubectl(bed, &bed.kubeconfig(), &["rollout", "status", &target, "--timeout=60s"]).await;
    assert_eq!(versions_that_answer(bed).await, ["v3"], "the release before the bad one");
}

async fn a_release_that_never_gets_ready_never_becomes_available(bed: &Bed) {
    bed.deploy_release(&Release::of_tag("v2-never-ready")).await.expect("it is accepted");
    let stuck = wait_for(&bed.deployments(), "the deadline", LIMIT, |deployment| {
        observed(deployment) && progressing_reason(deployment) == Some("ProgressDeadlineExceeded")
    })
    .await
    .expect("the controller gives up on it");
    let status = stuck.status.clone().unwrap_or_default();
    assert_eq!(status.available_replicas, Some(4), "the old pods all stay");
    assert_eq!(status.unavailable_replicas, Some(1), "the new one is not available");
    assert!(!is_rolled_out(&stuck), "a stuck rollout is not a finished one");
    assert_eq!(versions_that_answer(bed).await, ["v3"], "traffic never reaches it");
    undo(bed).await;
}

async fn an_image_that_nobody_pushed_cannot_be_pulled(bed: &Bed) {
    let release = Release::of_tag("v9");
    bed.deploy(&release.image, &release.annotations).await.expect("the API server cannot know");
    let all: Api<Pod> = Api::namespaced(bed.client(), NAMESPACE);
    let waiting = |pod: &Pod| {
        let statuses = pod.status.as_ref()?.container_statuses.as_ref()?;
        let state = statuses.first()?.state.as_ref()?;
        state.waiting.as_ref()?.reason.clone()
    };
    let changes = watcher(all, watcher::Config::default()).default_backoff().applied_objects();
    let reasons = changes.filter_map(async |pod| waiting(&pod.ok()?));
    pin_mut!(reasons);
    let found = async {
        let mut seen = BTreeSet::new();
        while seen.len() < 2 {
            seen.extend(reasons.next().await);
        }
        seen
    };
    let seen = tokio::time::timeout(LIMIT, found).await.expect("the kubelet reports it");
    let expected = ["ErrImagePull", "ImagePullBackOff"].map(str::to_owned);
    assert_eq!(seen, BTreeSet::from(expected), "as a real kubelet would say it");
    undo(bed).await;
}

async fn a_lost_reply_was_carried_out_all_the_same(bed: &Bed) {
    let proxy = bed.fault_proxy().await.expect("a loopback port is free");
    let through_proxy = client(proxy.kubeconfig()).await.expect("it is a kubeconfig");
    let through: Api<Deployment> = Api::namespaced(through_proxy, NAMESPACE);
    // A watch through the proxy hears of it: streams pass too.
    let heard = tokio::spawn({
        let through = through.clone();
        async move { wait_for(&through, "the mark", LIMIT, |found| mark(found) == Some("1")).await }
    });
    let annotate = |value: &str| {
        Patch::Merge(json!({ "metadata": { "annotations": { "lastgood.dev/mark": value } } }))
    };
    let plain = PatchParams::default();

    proxy.inject(Rule::next("PATCH".parse().expect("a method"), SERVICE, Fault::LoseReply));
    let lost = through.patch(SERVICE, &plain, &annotate("1")).await;
    assert!(lost.is_err(), "the client hears nothing");
    let found = bed.deployments().get(SERVICE).await.expect("the way without proxy is open");
    assert_eq!(mark(&found), Some("1"), "and yet it happened");
    heard.await.expect("the watch does not panic").expect("the watch hears of it");

    proxy.inject(Rule::next("PATCH".parse().expect("a method"), SERVICE, Fault::Refuse));
    let refused = through.patch(SERVICE, &plain, &annotate("2")).await;
    assert!(refused.is_err(), "the client hears nothing, again");
    let found = bed.deployments().get(SERVICE).await.expect("the way without proxy is open");
    assert_eq!(mark(&found), Some("1"), "and this time nothing happened");

    // Not 503: the client would ask again by itself and hide it.
    let answer = Fault::Answer { status: 500, retry_after: None };
    proxy.inject(Rule::next("PATCH".parse().expect("a method"), SERVICE, answer));
    let error =
        through.patch(SERVICE, &plain, &annotate("3")).await.expect_err("the proxy said 500");
    assert!(matches!(&error, kube::Error::Api(status) if status.code == 500), "{error:?}");
    through.patch(SERVICE, &plain, &annotate("4")).await.expect("the fault is spent");
    kubectl(bed, proxy.kubeconfig(), &["get", "deployment", SERVICE]).await;
}

async fn a_process_that_dies_is_restarted_in_its_pod(bed: &Bed) {
    let victim = bed.kubelet().endpoints().borrow().values().next().cloned();
    let victim = victim.expect("four pods run");
    let process = Pid::from_raw(victim.process).expect("a process id is not zero");
    kill_process_group(process, Signal::KILL).expect("it runs");
    let pods: Api<Pod> = Api::namespaced(bed.client(), NAMESPACE);
    let restarted = |pod: Option<&Pod>| {
        let statuses = pod?.status.as_ref()?.container_statuses.as_ref()?;
        statuses.first().map(|container| container.restart_count == 1 && container.ready)
    };
    let again =
        await_condition(pods, &victim.pod, |pod: Option<&Pod>| restarted(pod) == Some(true));
    let again = tokio::time::timeout(LIMIT, again).await.expect("it is started again");
    again.expect("the watch holds");
    bed.wait_ready(4).await.expect("all four serve again");
}

async fn a_viewer_is_refused(bed: &Bed) {
    let viewer = client(&bed.viewer_kubeconfig()).await.expect("a kubeconfig");
    let deployments: Api<Deployment> = Api::namespaced(viewer, NAMESPACE);
    let error = deployments.get(SERVICE).await.expect_err("the viewer has no rights");
    assert!(matches!(&error, kube::Error::Api(status) if status.code == 403), "{error:?}");
}

fn a_workspace_names_the_bed(bed: &Bed) {
    let dir = bed.dir().join("workspace");
    bed.write_workspace(&dir).expect("the bed's folder is writable");
    let catalog = std::fs::read_to_string(dir.join("lastgood.yaml")).expect("it was written");
    for value in [bed.prometheus_url(), bed.address(), bed.kubeconfig().display().to_string()] {
        assert!(catalog.contains(&value), "`{value}` is in the catalog:\n{catalog}");
    }
}

fn http() -> reqwest::Client {
    let built = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build();
    built.expect("a client can be made")
}

/// The versions behind the address, each once, in order.
async fn versions_that_answer(bed: &Bed) -> Vec<String> {
    let mut versions = BTreeSet::new();
    for _ in 0..10 {
        let reply = http().get(format!("{}/version", bed.address())).send().await;
        let body: Value = reply.expect("a pod is ready").json().await.expect("it says JSON");
        versions.extend(body["version"].as_str().map(str::to_owned));
    }
    versions.into_iter().collect()
}

async fn pods(bed: &Bed) -> Vec<Pod> {
    let all: Api<Pod> = Api::namespaced(bed.client(), NAMESPACE);
    let found = all.list(&ListParams::default().labels("app=checkout")).await;
    let found = found.expect("the API server lists pods").items;
    assert_eq!(found.len(), 4, "the Deployment has four replicas");
    found
}

/// Asks until the first value satisfies `holds`; a scrape is a second away at most.
async fn query_until(bed: &Bed, query: &str, holds: impl Fn(f64) -> bool) -> f64 {
    let url = format!("{}/api/v1/query", bed.prometheus_url());
    let url = reqwest::Url::parse_with_params(&url, [("query", query)]).expect("it is a URL");
    let http = http();
    let asked = async {
        let mut pace = tokio::time::interval(Duration::from_millis(200));
        loop {
            pace.tick().await;
            let reply = http.get(url.clone()).send().await;
            let body: Value =
                reply.expect("Prometheus answers").json().await.expect("it says JSON");
            let value = body["data"]["result"][0]["value"][1].as_str();
            if let Some(value) = value.and_then(|value| value.parse().ok()).filter(|v| holds(*v)) {
                return value;
            }
        }
    };
    tokio::time::timeout(LIMIT, asked).await.unwrap_or_else(|_| panic!("`{query}` never held"))
}

/// How many pods of a version the Deployment's controller asks for.
async fn wanted(bed: &Bed, tag: &str) -> i32 {
    let sets: Api<ReplicaSet> = Api::namespaced(bed.client(), NAMESPACE);
    let sets = sets.list(&ListParams::default()).await.expect("the API server lists them");
    let image = Release::of_tag(tag).image;
    let specs = sets.iter().map(|set| serde_json::to_value(&set.spec).expect("it came as JSON"));
    let of_version =
        specs.filter(|spec| spec["template"]["spec"]["containers"][0]["image"] == image);
    let count = of_version.filter_map(|spec| spec["replicas"].as_i64()).sum::<i64>();
    i32::try_from(count).expect("a handful")
}

async fn fewest_available_until_v3_is_out(deployments: Api<Deployment>) -> i32 {
    let mut fewest = i32::MAX;
    let changes = watcher(deployments, watcher::Config::default()).applied_objects();
    pin_mut!(changes);
    while let Some(change) = changes.next().await {
        let deployment = change.expect("the watch holds");
        let status = deployment.status.clone().unwrap_or_default();
        fewest = fewest.min(status.available_replicas.unwrap_or(0));
        let spec = serde_json::to_string(&deployment.spec).expect("it came as JSON");
        if spec.contains("checkout:v3") && is_rolled_out(&deployment) {
            break;
        }
    }
    fewest
}

async fn set_paused(bed: &Bed, paused: bool) {
    let patch = Patch::Merge(json!({ "spec": { "paused": paused } }));
    let patched = bed.deployments().patch(SERVICE, &PatchParams::default(), &patch).await;
    patched.expect("the API server accepts it");
}

async fn undo(bed: &Bed) {
    let target = format!("deployment/{SERVICE}");
    kubectl(bed, &bed.kubeconfig(), &["rollout", "undo", &target]).await;
    bed.wait_rollout().await.expect("the release before was running all along");
}

async fn kubectl(bed: &Bed, kubeconfig: &Path, arguments: &[&str]) {
    let mut command = Command::new(bed.kubectl().expect("kubectl is installed with the peers"));
    command.arg("--kubeconfig").arg(kubeconfig).args(["--namespace", NAMESPACE]).args(arguments);
    let output = command.output().await.expect("kubectl starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "kubectl {arguments:?}: {errors}");
}

fn updated(deployment: &Deployment) -> i32 {
    let current = if observed(deployment) { deployment.status.as_ref() } else { None };
    current.and_then(|status| status.updated_replicas).unwrap_or(0)
}

fn observed(deployment: &Deployment) -> bool {
    let seen = deployment.status.as_ref().and_then(|status| status.observed_generation);
    seen >= deployment.metadata.generation
}

fn progressing_reason(deployment: &Deployment) -> Option<&str> {
    let conditions = deployment.status.as_ref()?.conditions.as_ref()?;
    conditions
        .iter()
        .find(|condition| condition.type_.as_deref() == Some("Progressing"))?
        .reason
        .as_deref()
}

fn mark(deployment: &Deployment) -> Option<&str> {
    deployment.metadata.annotations.as_ref()?.get("lastgood.dev/mark").map(String::as_str)
}
