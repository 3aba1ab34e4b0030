//! The window's built pages, from a folder.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use lastgood_core::problem::{Code, Problem};

use super::Host;

/// What is shown where nobody has built the window.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
<title>Lastgood</title><h1>The window is not built</h1>\
<p>Commands are answered; only the pages are missing. In a clone of the repository, \
<code>npm ci</code> and <code>npm run build</code> in the folder <code>ui</code> make them. \
Elsewhere, <code>lastgood serve --ui DIR</code> names the folder that holds them.</p></html>";

/// The folder with the pages: the one that was named (an error if it holds none), else
/// beside the executable, else in the repository around the current folder.
pub(super) fn find(named: Option<PathBuf>) -> Result<Option<PathBuf>, Problem> {
    if let Some(folder) = named {
        if !holds_pages(&folder) {
            return Err(Problem::new(
                Code::FileUnreadable,
                format!("there is no `index.html` in `{}`", folder.display()),
            )
            .hint("Name the folder that the window was built into, such as `ui/dist`."));
        }
        return Ok(Some(folder));
    }
    let beside = std::env::current_exe()
        .ok()
        .and_then(|program| program.parent().map(|folder| folder.join("ui")));
    let here = std::env::current_dir().ok();
    let around = here.iter().flat_map(|here| here.ancestors()).map(|folder| folder.join("ui/dist"));
    Ok(beside.into_iter().chain(around).find(|folder| holds_pages(folder)))
}

fn holds_pages(folder: &Path) -> bool {
    folder.join("index.html").is_file()
}

/// Gives a page, or a file that it needs.
pub(super) async fn page(State(host): State<Arc<Host>>, request: Request) -> Response {
    let method = request.method();
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let Some(path) = safe(request.uri().path()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let front = path.as_os_str().is_empty();
    let Some(folder) = &host.pages else {
        let status = if front { StatusCode::OK } else { StatusCode::NOT_FOUND };
        return (status, Html(NOT_BUILT)).into_response();
    };
    let path = if front { PathBuf::from("index.html") } else { path };
    match read(folder, &path).await {
        Some(bytes) => ([(CONTENT_TYPE, kind(&path))], Body::from(bytes)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The file, if it lies inside of the folder, links followed.
async fn read(folder: &Path, path: &Path) -> Option<Vec<u8>> {
    let folder = tokio::fs::canonicalize(folder).await.ok()?;
    let file = tokio::fs::canonicalize(folder.join(path)).await.ok()?;
    if !file.starts_with(&folder) {
        return None;
    }
    tokio::fs::read(file).await.ok()
}

/// The path of a file from the folder on; `None` for one that could lead elsewhere.
fn safe(path: &str) -> Option<PathBuf> {
    let text = decoded(path.strip_prefix('/')?)?;
    if text.contains(['\\', '\0', ':']) {
        return None;
    }
    let path = PathBuf::from(text);
    path.components().all(|part| matches!(part, Component::Normal(_))).then_some(path)
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let value = digit()? * 16 + digit()?;
            bytes.push(u8::try_from(value).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn kind(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_lead_to_files() {
        for good in ["/", "/assets/index-a.js", "/a%20b.css"] {
            assert!(safe(good).is_some(), "{good}");
        }
        for bad in [
            "/..",
            "/../x",
            "/a/../../x",
            "/%2e%2e/x",
            "/a/%2e%2e%2fx",
            "/%2fetc/passwd",
            "//etc/passwd",
            "/a%00b",
            "/c:%5cx",
            "/..%5cx",
            "/%zz",
            "/%2",
            "relative",
        ] {
            assert!(safe(bad).is_none(), "{bad} could lead elsewhere");
        }
    }
}
