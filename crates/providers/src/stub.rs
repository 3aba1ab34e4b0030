//! A tiny HTTP server for tests: it gives prepared answers and remembers the requests.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// One prepared answer, as bytes on the wire.
#[derive(Clone)]
pub(crate) enum Reply {
    /// Status line, headers, body; `Content-Length` is added.
    Http(u16, Vec<(&'static str, String)>, String),
    /// Claims more bytes than it sends, then closes.
    Truncated(String),
    /// Claims more than it will ever send, and sends it letter by letter.
    Trickle,
    /// Takes the request and never answers.
    Silence,
    /// Closes at once.
    Hangup,
}

impl Reply {
    pub(crate) fn json(body: &serde_json::Value) -> Self {
        Self::Http(200, vec![("content-type", "application/json".to_owned())], body.to_string())
    }

    pub(crate) fn status(code: u16, body: &str) -> Self {
        Self::Http(code, Vec::new(), body.to_owned())
    }
}

type Answer = Arc<dyn Fn(&str) -> Reply + Send + Sync>;

/// A running stub; it ends with the test's runtime.
pub(crate) struct Stub {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    /// Answers each request, given as its head and body, with `answer`.
    pub(crate) async fn start(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let address = listener.local_addr().expect("it is bound");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let answer: Answer = Arc::new(answer);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&answer), Arc::clone(&seen)));
            }
        });
        Self { url: format!("http://{address}"), requests }
    }

    /// An address where nobody answers.
    pub(crate) fn named(url: String) -> Self {
        Self { url, requests: Arc::default() }
    }

    /// What was asked so far: each request's head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no test panics while it holds this").clone()
    }
}

async fn serve(mut stream: tokio::net::TcpStream, answer: Answer, seen: Arc<Mutex<Vec<String>>>) {
    let mut held = Vec::new();
    loop {
        let Some(request) = read(&mut stream, &mut held).await else { return };
        seen.lock().expect("no test panics while it holds this").push(request.clone());
        let text = match answer(&request) {
            Reply::Http(code, headers, body) => {
                let mut lines = String::new();
                for (name, value) in headers {
                    lines.extend([name, ": ", &value, "\r\n"]);
                }
                let body_sent = if request.starts_with("HEAD") { "" } else { body.as_str() };
                let length = body.len();
                format!("HTTP/1.1 {code} X\r\n{lines}content-length: {length}\r\n\r\n{body_sent}")
            }
            Reply::Truncated(body) => {
                let length = body.len() + 100;
                let text = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
                let _ = stream.write_all(text.as_bytes()).await;
                return;
            }
            Reply::Trickle => {
                let begin = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n[";
                let mut text = begin.as_bytes();
                while stream.write_all(text).await.is_ok() {
                    text = b" ";
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
                return;
            }
            Reply::Silence => {
                std::future::pending::<()>().await;
                return;
            }
            Reply::Hangup => return,
        };
        if stream.write_all(text.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn read(stream: &mut tokio::net::TcpStream, held: &mut Vec<u8>) -> Option<String> {
    let mut buffer = [0; 8192];
    loop {
        if let Some(end) = held.windows(4).position(|window| window == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&held[..end]).into_owned();
            let length = text
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .and_then(|(_, value)| value.trim().parse::<usize>().ok())
                .unwrap_or(0);
            if held.len() >= end + 4 + length {
                let request = String::from_utf8_lossy(&held[..end + 4 + length]).into_owned();
                held.drain(..end + 4 + length);
                return Some(request);
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => held.extend_from_slice(&buffer[..count]),
        }
    }
}
