//! What a person meets when something that was given, or something that should answer, is
//! wrong: always a code, a chain of sentences, and what to try next. No real system is
//! started; what must answer oddly is a socket of our own.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use lastgood_api::core::catalog::Place;
use lastgood_api::core::name::Person;
use lastgood_api::core::preflight::Grade;
use lastgood_api::core::problem::{Code, Problem};
use lastgood_api::wire::{Nothing, PlanRequest, RunQuery, StartRequest};
use lastgood_api::{App, Config};
use tempfile::TempDir;

/// What a test server sends to whoever connects.
const UNAUTHORISED: &str = "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n\
    Connection: close\r\n\r\n{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\
    \"message\":\"Unauthorized\",\"reason\":\"Unauthorized\",\"code\":401}";
const LOGIN_PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n\
    <!doctype html><html><body>Please sign in</body></html>";

/// A server on loopback that gives everybody the same answer, as long as the test runs.
fn stub(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            // The request is of no interest, but it has to be taken before the answer.
            let _ = stream.read(&mut [0; 8192]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    format!("http://{address}")
}

/// Where nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    let address = listener.local_addr().expect("it is bound");
    format!("http://{address}")
}

fn app(workspace: Option<&Path>, data: &Path) -> Result<App, Problem> {
    App::open(Config {
        workspace: workspace.map(Path::to_owned),
        data: data.to_owned(),
        person: Person::new("ana"),
    })
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}

/// A workspace about one Deployment in the cluster at `server`, measured by `metrics`.
fn cluster(server: &str, metrics: &str) -> TempDir {
    let dir = folder();
    let kubeconfig = format!(
        r#"{{"apiVersion":"v1","kind":"Config","current-context":"test",
            "clusters":[{{"name":"test","cluster":{{"server":"{server}"}}}}],
            "users":[{{"name":"test","user":{{"token":"expired"}}}}],
            "contexts":[{{"name":"test","context":{{"cluster":"test","user":"test"}}}}]}}"#
    );
    write(dir.path(), "kubeconfig", &kubeconfig);
    write(
        dir.path(),
        "lastgood.yaml",
        &format!(
            "services:
  checkout:
    owner: team-payments
    environments:
      production:
        platform:
          kubernetes: {{ kubeconfig: kubeconfig, namespace: shop, deployment: checkout }}
        slos:
          availability:
            objective: 99%
            good: 'sum(requests{{code!~\"5..\"}})'
            total: 'sum(requests)'
connections:
  prometheus:
    prometheus: {{ url: \"{metrics}\" }}
"
        ),
    );
    let shipped = lastgood_testkit::peer::workspace_root().join("runbooks/rollback-rolling.yaml");
    let shipped = std::fs::read_to_string(shipped).expect("the library is in the repository");
    write(dir.path(), "runbooks/rollback-rolling.yaml", &shipped);
    dir
}

/// A workspace about one service in the practice world.
fn practice(runbook: &str) -> TempDir {
    let dir = folder();
    let library = lastgood_testkit::peer::workspace_root().join("runbooks");
    let catalog = std::fs::read_to_string(library.join("lastgood.yaml")).expect("it is shipped");
    write(dir.path(), "lastgood.yaml", &catalog);
    for name in ["rollback-rolling", "rollback-canary", "rollback-blue-green"] {
        let name = format!("{name}.yaml");
        let text = std::fs::read_to_string(library.join(&name)).expect("it is shipped");
        write(dir.path(), &format!("runbooks/{name}"), &text);
    }
    write(dir.path(), "runbooks/own.yaml", runbook);
    dir
}

fn write(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("it is writable");
    std::fs::write(path, text).expect("the folder is writable");
}

fn place(service: &str) -> Place {
    Place { service: service.into(), environment: "production".into() }
}

fn wanted(service: &str, runbook: Option<&str>) -> PlanRequest {
    PlanRequest {
        place: place(service),
        runbook: runbook.map(Into::into),
        target: "last-good".to_owned(),
        inputs: BTreeMap::new(),
    }
}

/// Holds a problem to what every problem promises, and to what this one says.
fn meets(what: &str, problem: &Problem, code: Code, says: &str) {
    assert_eq!(problem.code, code, "{what}: {problem:?}");
    assert!(problem.chain.iter().all(|one| !one.trim().is_empty()), "{what}: {problem:?}");
    assert!(
        problem.chain.iter().any(|one| one.contains(says)),
        "{what}: the chain says `{says}`: {:#?}",
        problem.chain
    );
    let hint = problem.hint.as_deref().unwrap_or_default();
    assert!(hint.contains(' '), "{what}: a hint says in words what to try next: {problem:?}");
}

#[tokio::test]
async fn a_cluster_that_cannot_be_asked_is_a_problem_of_the_world_with_its_address() {
    let data = folder();
    for (what, server, code, says) in [
        ("a closed port", nobody(), Code::Unreachable, "127.0.0.1"),
        ("an expired token", stub(UNAUTHORISED), Code::Unauthorised, "credential"),
        ("a login page", stub(LOGIN_PAGE), Code::Unreachable, "web page"),
    ] {
        let workspace = cluster(&server, &nobody());
        let app = app(Some(workspace.path()), data.path()).expect("the files are whole");
        let problem = app.plan(wanted("checkout", None)).await.expect_err("nothing was seen");
        meets(what, &problem, code, says);
        let seen = app.releases(lastgood_api::wire::ReleasesQuery::default()).await;
        let seen = seen.expect("one dead cluster does not hide the others");
        assert!(!seen.doubts.is_empty(), "{what}: what could not be looked at is a doubt");
        assert!(seen.running[0].version.is_none(), "{what}: nothing is made up");
    }
}

/// What Kubernetes says of a Deployment that is not there.
const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n\
    Connection: close\r\n\r\n{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\
    \"message\":\"deployments.apps \\\"checkout\\\" not found\",\"reason\":\"NotFound\",\"code\":404}";

#[tokio::test]
async fn a_name_that_nothing_has_is_looked_for_in_the_catalog_and_not_in_the_network() {
    let data = folder();
    let workspace = cluster(&stub(NOT_FOUND), &nobody());
    let app = app(Some(workspace.path()), data.path()).expect("the files are whole");
    let problem = app.plan(wanted("checkout", None)).await.expect_err("nothing was seen");
    meets(
        "no such Deployment",
        &problem,
        Code::NotFound,
        "the deployment checkout in namespace shop",
    );
    assert!(problem.hint.as_deref().is_some_and(|hint| hint.contains("catalog")), "{problem:?}");
}

#[tokio::test]
async fn a_kubeconfig_that_cannot_be_used_is_said_and_nothing_is_asked() {
    let data = folder();
    for (what, text, says) in [
        ("no such file", None, "No such file"),
        ("no such context", Some("{\"apiVersion\":\"v1\",\"kind\":\"Config\"}"), "kubeconfig"),
    ] {
        let workspace = cluster(&nobody(), &nobody());
        std::fs::remove_file(workspace.path().join("kubeconfig")).expect("it was written");
        if let Some(text) = text {
            write(workspace.path(), "kubeconfig", text);
        }
        let app = app(Some(workspace.path()), data.path()).expect("the files are whole");
        let problem = app.plan(wanted("checkout", None)).await.expect_err("nothing was seen");
        meets(what, &problem, Code::ConnectionUnusable, says);
    }
}

#[tokio::test]
async fn a_login_page_instead_of_metrics_is_no_proof_of_health() {
    let (data, workspace) = (folder(), cluster(&stub(UNAUTHORISED), &stub(LOGIN_PAGE)));
    let app = app(Some(workspace.path()), data.path()).expect("the files are whole");
    let doctor = app.doctor(Nothing {}).await.expect("the doctor always answers");
    let objective = doctor.findings.iter().find(|one| one.subject.contains("availability"));
    let objective = objective.expect("every objective is looked at");
    assert_eq!(objective.grade, Grade::Unknown, "{}", objective.sentence);
    assert!(objective.sentence.contains("web page"), "{}", objective.sentence);
}

#[tokio::test]
async fn files_with_mistakes_are_refused_whole_and_each_mistake_has_its_place() {
    let data = folder();
    let nothing = folder();
    let catalog = folder();
    write(catalog.path(), "lastgood.yaml", "services:\n  checkout:\n    enviroments: {}\n");
    let runbook = practice("runbook: own\ntitle: Own\nsteps:\n  - id: a\n    phase: detekt\n");
    for (what, workspace, code, says) in [
        ("no catalog", nothing.path(), Code::WorkspaceMissing, "lastgood.yaml"),
        ("a catalog with mistakes", catalog.path(), Code::CatalogInvalid, "lastgood.yaml:3"),
        ("a runbook with mistakes", runbook.path(), Code::RunbookInvalid, "own.yaml:5"),
    ] {
        let Err(problem) = app(Some(workspace), data.path()) else {
            panic!("{what}: half a workspace would show half of what runs");
        };
        meets(what, &problem, code, says);
    }
}

#[tokio::test]
async fn a_plan_that_cannot_be_made_says_what_to_choose_instead() {
    let data = folder();
    let own = practice(
        "runbook: own\ntitle: Own\nstrategies: [rolling]\ninputs:\n  ticket: { type: number }\n\
         steps:\n  - id: write\n    phase: capture\n    note: Ticket {{ inputs.ticket }}.\n",
    );
    let app = app(Some(own.path()), data.path()).expect("the files are whole");
    let without_ticket = wanted("search", Some("own"));
    let mut wrong_ticket = without_ticket.clone();
    wrong_ticket.inputs.insert("ticket".to_owned(), "soon".to_owned());
    let mut unknown_input = without_ticket.clone();
    unknown_input.inputs.insert("tikcet".to_owned(), "7".to_owned());
    let unknown_target =
        PlanRequest { target: "v99".to_owned(), ..wanted("search", Some("rollback-rolling")) };
    for (what, request, code, says) in [
        ("an unknown service", wanted("serach", None), Code::NotFound, "serach"),
        ("an unknown runbook", wanted("search", Some("rolback")), Code::NotFound, "rolback"),
        ("another strategy", wanted("payments", Some("own")), Code::RunbookForeign, "rolling"),
        ("no input", without_ticket, Code::InputInvalid, "ticket"),
        ("an unfit input", wrong_ticket, Code::InputInvalid, "ticket"),
        ("an unknown input", unknown_input, Code::InputInvalid, "tikcet"),
        ("an unknown target", unknown_target, Code::NotFound, "v99"),
    ] {
        let problem = app.plan(request).await.expect_err("there is no such plan");
        meets(what, &problem, code, says);
    }
    let unseen =
        StartRequest { hash: "0123456789ab".to_owned(), overrides: Vec::new(), choice: None };
    let problem = app.start(unseen).await.expect_err("nobody has seen this plan");
    meets("a plan that nobody has seen", &problem, Code::NotFound, "0123456789ab");
    let problem = app.run(RunQuery { run: "nobody-1".into() }).await.expect_err("there is none");
    meets("an unknown run", &problem, Code::NotFound, "nobody-1");
}

#[tokio::test]
async fn what_a_runbook_is_for_and_asks_for_is_told_before_any_system_is_asked() {
    let (data, workspace) = (folder(), cluster(&stub(UNAUTHORISED), &stub(LOGIN_PAGE)));
    write(
        workspace.path(),
        "runbooks/own.yaml",
        "runbook: own\ntitle: Own\nplatforms: [lambda]\ninputs:\n  ticket: { type: number }\n\
         steps:\n  - id: write\n    phase: capture\n    note: Ticket {{ inputs.ticket }}.\n",
    );
    let app = app(Some(workspace.path()), data.path()).expect("the files are whole");
    let problem = app.plan(wanted("checkout", Some("own"))).await.expect_err("it is for Lambda");
    meets("another platform", &problem, Code::RunbookForeign, "lambda");
    assert!(problem.chain.iter().any(|one| one.contains("ticket")), "all at once: {problem:?}");
}

/// Makes the plan of a drill and starts it; the journal is opened on the way.
async fn start(data: PathBuf) -> Result<(), Problem> {
    let app = app(None, &data)?;
    let plan = app.plan_drill(None).await?;
    app.start(StartRequest { hash: plan.hash, overrides: Vec::new(), choice: None })
        .await
        .map(|_| ())
}

#[tokio::test]
async fn without_a_journal_no_run_begins() {
    let dir = folder();
    let file = dir.path().join("file");
    std::fs::write(&file, "not a folder").expect("the folder is writable");
    let foreign = dir.path().join("foreign");
    write(&foreign, "journal.db", "Dear diary, this is no database at all.");
    let mut cases = vec![("below a file", file.join("data")), ("a foreign file", foreign)];
    if cfg!(target_os = "linux") {
        // Nobody may make folders there, not even an administrator.
        cases.push(("a folder that cannot be written", PathBuf::from("/sys/lastgood")));
    }
    for (what, data) in cases {
        let problem = start(data.clone()).await.expect_err("a run without a journal never was");
        let says = if what == "a foreign file" { "journal.db" } else { "journal" };
        assert!(
            matches!(problem.code, Code::JournalUnwritable | Code::JournalBroken),
            "{what}: {problem:?}"
        );
        meets(what, &problem, problem.code, says);
    }
    let absent = dir.path().join("not/there/yet");
    start(absent.clone()).await.expect("a data folder that is not there is made");
    assert!(absent.join("journal.db").is_file(), "and the journal is in it");
}

#[tokio::test]
async fn a_journal_of_a_newer_version_is_left_as_it_is() {
    let dir = folder();
    let path = dir.path().join("journal.db");
    // Whoever finds such a header touches nothing below it:
    // https://www.sqlite.org/fileformat2.html#the_database_header
    let mut file = vec![0; 4096];
    file[..16].copy_from_slice(b"SQLite format 3\0");
    file[60..64].copy_from_slice(&99_u32.to_be_bytes());
    file[68..72].copy_from_slice(b"LGjl");
    std::fs::write(&path, &file).expect("the folder is writable");
    let app = app(None, dir.path()).expect("the embedded workspace is whole");
    for (what, problem) in [
        ("listing runs", app.runs(Nothing {}).await.map(|_| ())),
        ("starting a run", start(dir.path().to_owned()).await),
        ("verifying", app.verify_journal(None).await.map(|_| ())),
    ] {
        let problem = problem.expect_err("this version does not know that format");
        meets(what, &problem, Code::JournalNewer, "99");
    }
    assert_eq!(std::fs::read(&path).expect("it is there"), file, "not a byte was changed");
}
