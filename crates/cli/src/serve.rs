//! Serves the window to a browser on this machine, and to nobody else.
//!
//! Loopback alone is no protection: any page that a browser shows can send requests to
//! it. So the host must be ours by name, an origin must be ours, and every command needs
//! the token that was printed.

mod answer;
mod guard;
mod pages;
mod token;
mod watch;

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use lastgood_api::App;
use lastgood_api::command::dispatch;
use lastgood_core::problem::{Code, Problem};
use serde_json::json;
use tokio::net::TcpListener;

use crate::exit::{Ending, Stop};
use crate::keyboard::Keyboard;
use crate::leave::Leave;
use crate::screen::Screen;
use answer::{Body, refused, turned_away};
use token::Token;

/// The largest request that is read. A plan's inputs and a note are far smaller.
const BODY_LIMIT: usize = 1024 * 1024;

/// What was asked for.
pub(crate) struct Serve {
    pub(crate) port: u16,
    pub(crate) ui: Option<PathBuf>,
    pub(crate) until_stdin_closes: bool,
}

/// What every request may need.
struct Host {
    app: Arc<App>,
    token: Token,
    port: u16,
    pages: Option<PathBuf>,
}

/// Serves until somebody wishes to leave. Runs that are driven are left to their journal.
pub(crate) async fn serve(
    app: Arc<App>,
    screen: &Screen,
    asked: Serve,
    leave: &mut Leave,
) -> Result<Ending, Stop> {
    let (listener, host) = listen(app, asked.port, pages::find(asked.ui)?).await?;
    if host.pages.is_none() {
        screen.aside(
            "The window's pages are not here: `npm ci` and `npm run build` in the folder `ui` of the \
             repository make them, and --ui DIR names them. Commands are answered without them.\n",
        )?;
    }
    let address = format!("http://127.0.0.1:{}/", host.port);
    let url = host.token.expose(|token| format!("{address}#token={token}"));
    screen.answer(&json!({ "url": url }), |look| {
        let quiet =
            look.quiet("Open it on this machine. Whoever has the address can act; Ctrl-C ends it.");
        format!("{url}\n{}\n", quiet.as_str())
    })?;
    let server = axum::serve(listener, router(Arc::new(host)));
    let closed = async {
        if asked.until_stdin_closes {
            Keyboard::open().closed().await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = server.into_future() => ended.map_err(Stop::Terminal)?,
        () = leave.wished() => {}
        () = closed => {}
    }
    Ok(Ending::Done)
}

async fn listen(
    app: Arc<App>,
    port: u16,
    pages: Option<PathBuf>,
) -> Result<(TcpListener, Host), Problem> {
    let unbound = |error: std::io::Error| {
        Problem::from_error(Code::InputInvalid, &error)
            .within(format!("could not listen on port {port} of this machine"))
            .hint("Name another with --port, or leave it out for a free one.")
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(unbound)?;
    let port = listener.local_addr().map_err(unbound)?.port();
    Ok((listener, Host { app, token: Token::make()?, port, pages }))
}

fn router(host: Arc<Host>) -> Router {
    let api = Router::new()
        .route("/watch/run", get(watch::run))
        .route("/{command}", post(command))
        .fallback(unknown);
    Router::new()
        .nest("/api", api)
        .fallback(pages::page)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(host.clone(), guard::guard))
        .with_state(host)
}

/// Carries out one command of the table.
async fn command(State(host): State<Arc<Host>>, Path(name): Path<String>, body: Body) -> Response {
    let request = match body.json() {
        Ok(request) => request,
        Err(problem) => return refused(&problem),
    };
    // A browser that goes away must not leave a command half done.
    let work = tokio::spawn(async move { dispatch(&host.app, &name, request).await });
    match work.await {
        Ok(Ok(answer)) => axum::Json(answer).into_response(),
        Ok(Err(problem)) => refused(&problem),
        Err(error) => refused(&Problem::from_error(Code::Internal, &error)),
    }
}

async fn unknown() -> Response {
    let problem = Problem::new(Code::NotFound, "there is nothing at this address");
    turned_away(StatusCode::NOT_FOUND, &problem)
}

#[cfg(test)]
mod tests;
