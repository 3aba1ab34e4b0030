//! Talks raw HTTP/1.1 to a server on a free port, as any program on this machine could.

use lastgood_api::Config;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;

/// A server on the practice world.
struct Served {
    port: u16,
    token: String,
    app: Arc<App>,
    /// The journal and the pages; gone with the test.
    folder: tempfile::TempDir,
}

async fn served() -> Served {
    let folder = tempfile::tempdir().expect("a folder");
    let pages = folder.path().join("ui");
    std::fs::create_dir_all(pages.join("assets")).expect("folders");
    std::fs::write(pages.join("index.html"), "<!doctype html>front").expect("a page");
    std::fs::write(pages.join("assets/a.js"), "script").expect("a script");
    std::fs::write(folder.path().join("secret.txt"), "secret").expect("a file outside");
    let config = Config { workspace: None, data: folder.path().join("data"), person: "ana".into() };
    let app = Arc::new(App::open(config).expect("the practice world opens"));
    let (listener, host) = listen(app.clone(), 0, Some(pages)).await.expect("a free port");
    let port = host.port;
    let token = host.token.expose(str::to_owned);
    tokio::spawn(axum::serve(listener, router(Arc::new(host))).into_future());
    Served { port, token, app, folder }
}

/// What came back.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Served {
    /// Sends a request line and headers as they are, and reads to the end.
    async fn raw(&self, request: &str) -> Answer {
        let mut stream =
            TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await.expect("it listens");
        stream.write_all(request.as_bytes()).await.expect("it takes a request");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.expect("it answers and closes");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    async fn ask(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let own = ("host", format!("127.0.0.1:{}", self.port));
        let named = headers.iter().any(|(name, _)| *name == "host");
        let own = (!named).then_some((own.0, own.1.as_str()));
        let lines: Vec<String> = headers
            .iter()
            .copied()
            .chain(own)
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let request = format!(
            "{line} HTTP/1.1\r\nconnection: close\r\n{}content-length: {}\r\n\r\n{body}",
            lines.concat(),
            body.len()
        );
        self.raw(&request).await
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// A command with the token.
    async fn command(&self, name: &str, body: &str) -> Answer {
        let bearer = self.bearer();
        self.ask(&format!("POST /api/{name}"), &[("authorization", &bearer)], body).await
    }
}

fn code(answer: &Answer) -> String {
    let body: serde_json::Value = serde_json::from_str(&answer.body).expect("a refusal is JSON");
    body["problem"]["code"].as_str().expect("it carries a problem").to_owned()
}

#[tokio::test]
async fn a_command_with_the_token_is_carried_out() {
    let served = served().await;
    let answer = served.command("workspace", "{}").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("\"practice\":true"), "{}", answer.body);
    assert!(answer.head.contains("cache-control: no-store"), "{}", answer.head);
    let empty = served.command("runs", "").await;
    assert_eq!((empty.status, empty.body.as_str()), (200, "[]"), "nothing asks for nothing");
}

#[tokio::test]
async fn without_the_token_nothing_is_told_or_done() {
    let served = served().await;
    let half = format!("Bearer {}", &served.token[..32]);
    let other = format!("Basic {}", served.token);
    let attempts: [&[(&str, &str)]; 5] = [
        &[],
        &[("authorization", "Bearer ")],
        &[("authorization", &half)],
        &[("authorization", &other)],
        &[("cookie", &served.token)],
    ];
    for headers in attempts {
        for line in ["POST /api/runs", "GET /api/watch/run?id=x", "POST /api/nope/deeper"] {
            let answer = served.ask(line, headers, "{}").await;
            assert_eq!(answer.status, 401, "{line} {headers:?}");
            assert_eq!(code(&answer), "unauthorised");
        }
    }
    let query = format!("POST /api/runs?token={}", served.token);
    assert_eq!(served.ask(&query, &[], "{}").await.status, 401, "an address ends up in logs");
}

#[tokio::test]
async fn a_foreign_name_for_this_machine_is_refused() {
    let served = served().await;
    let bearer = served.bearer();
    let port = served.port;
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1:{}", port ^ 1),
        format!("localhost.evil.example:{port}"),
        String::new(),
    ] {
        for line in ["POST /api/runs", "GET /"] {
            let headers = [("host", host.as_str()), ("authorization", &bearer)];
            let answer = served.ask(line, &headers, "{}").await;
            assert!(matches!(answer.status, 400 | 403), "{line} {host}: {}", answer.status);
        }
    }
    let twice = format!(
        "GET / HTTP/1.1\r\nconnection: close\r\nhost: 127.0.0.1:{port}\r\nhost: evil.example\r\n\r\n"
    );
    assert!(matches!(served.raw(&twice).await.status, 400 | 403), "two names are one too many");
    let local = format!("LOCALHOST:{port}");
    let headers = [("host", local.as_str()), ("authorization", &bearer)];
    assert_eq!(served.ask("POST /api/runs", &headers, "{}").await.status, 200, "ours by name");
}

#[tokio::test]
async fn another_sites_page_is_refused_even_with_the_token() {
    let served = served().await;
    let bearer = served.bearer();
    let port = served.port;
    for origin in
        ["https://evil.example".to_owned(), "null".to_owned(), format!("https://127.0.0.1:{port}")]
    {
        let headers = [("origin", origin.as_str()), ("authorization", &bearer)];
        let answer = served.ask("POST /api/runs", &headers, "{}").await;
        assert_eq!((answer.status, code(&answer).as_str()), (403, "forbidden"), "{origin}");
        assert!(!answer.head.contains("access-control"), "nothing is opened to others");
    }
    let ours = format!("http://localhost:{port}");
    let headers = [("origin", ours.as_str()), ("authorization", &bearer)];
    assert_eq!(served.ask("POST /api/runs", &headers, "{}").await.status, 200);
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_with_a_problem() {
    let served = served().await;
    for (name, body, status, expected) in [
        ("nope", "{}", 400, "not-found"),
        ("runs", "{", 400, "input-invalid"),
        ("run", "{\"nope\": 1}", 400, "input-invalid"),
        ("run", "{\"run\": \"nope\"}", 400, "not-found"),
        ("start", "{\"hash\": \"nope\"}", 400, "not-found"),
        ("answer", "{\"run\": \"nope\", \"step\": \"x\", \"kind\": \"confirm\"}", 409, "not-now"),
        ("drill", "{\"scenario\": \"nope\"}", 400, "not-found"),
    ] {
        let answer = served.command(name, body).await;
        assert_eq!((answer.status, code(&answer).as_str()), (status, expected), "{name} {body}");
    }
    let bearer = served.bearer();
    let lost = served.ask("GET /api/a/b/c", &[("authorization", &bearer)], "").await;
    assert_eq!(lost.status, 404);
    let large = served.command("runs", &" ".repeat(BODY_LIMIT + 1)).await;
    assert_eq!((large.status, code(&large).as_str()), (400, "input-invalid"), "it is not read");
}

#[tokio::test]
async fn only_files_of_the_window_are_given() {
    let served = served().await;
    let front = served.ask("GET /", &[], "").await;
    assert_eq!((front.status, front.body.as_str()), (200, "<!doctype html>front"));
    assert!(front.head.contains("content-type: text/html"), "{}", front.head);
    let script = served.ask("GET /assets/a.js", &[], "").await;
    assert!(script.head.contains("content-type: text/javascript"), "{}", script.head);
    std::os::unix::fs::symlink(
        served.folder.path().join("secret.txt"),
        served.folder.path().join("ui/link.txt"),
    )
    .expect("a link");
    for path in [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%5csecret.txt",
        "//etc/passwd",
        "/link.txt",
        "/assets",
        "/nope.js",
    ] {
        let answer = served.ask(&format!("GET {path}"), &[], "").await;
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(!answer.body.contains("secret"), "{path} led outside");
    }
    assert_eq!(served.ask("POST /", &[], "").await.status, 405);
}

#[tokio::test]
async fn every_answer_tells_the_browser_to_trust_nobody_else() {
    let served = served().await;
    for line in ["GET /", "GET /nope", "POST /api/runs"] {
        let answer = served.ask(line, &[], "{}").await;
        for mark in [
            "content-security-policy: default-src 'none'; script-src 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'; trusted-types svelte-trusted-html",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
        ] {
            assert!(answer.head.contains(mark), "{line}: {mark} is missing in {}", answer.head);
        }
    }
}

#[tokio::test]
async fn a_watched_run_is_told_view_by_view_to_its_end() {
    use lastgood_api::wire::{DrillRequest, StartRequest};
    use lastgood_api::{Pace, play};

    let served = served().await;
    let app = &served.app;
    let request = DrillRequest { scenario: "bad-canary".into(), seed: Some(7), speed: None };
    app.set_up(&request, Pace::Stepped).await.expect("it is shipped");
    let plan = app.plan_drill(None).await.expect("it can be planned");
    let start = StartRequest { hash: plan.hash, overrides: Vec::new(), choice: None };
    let handle = app.launch(start).await.expect("nothing blocks it");
    let operator = app.operator().expect("a stage").expect("a script");
    let bearer = served.bearer();
    let line = format!("GET /api/watch/run?id={}", handle.run());
    let headers = [("authorization", bearer.as_str())];
    // The stream ends by itself with the run, or this would not return.
    let (answer, last) =
        tokio::join!(served.ask(&line, &headers, ""), play(handle, &operator, |_| {}));
    let last = last.expect("it plays to its end");
    assert_eq!(answer.status, 200);
    assert!(answer.head.contains("application/x-ndjson"), "{}", answer.head);
    let views: Vec<lastgood_core::view::RunView> = answer
        .body
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).expect("each line is a view"))
        .collect();
    assert!(views.is_sorted_by_key(|view| view.revision), "newer ones come later");
    assert_eq!(
        views.last().and_then(|view| view.outcome.clone()),
        last.outcome,
        "the last is told"
    );
    let over = served.ask(&line, &headers, "").await;
    assert_eq!(
        over.body.lines().filter(|line| line.starts_with('{')).count(),
        1,
        "and then only it"
    );
}

#[tokio::test]
async fn a_run_that_is_not_there_cannot_be_watched() {
    let served = served().await;
    let bearer = served.bearer();
    let headers = [("authorization", bearer.as_str())];
    let answer = served.ask("GET /api/watch/run?id=nope", &headers, "").await;
    assert_eq!((answer.status, code(&answer).as_str()), (400, "not-found"));
}
