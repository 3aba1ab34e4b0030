//! A loopback HTTP server whose handler may also answer by cutting the connection.

use std::future::Future;
use std::net::Ipv4Addr;

use axum::body::Body;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, TRANSFER_ENCODING};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::error::BedError;
use crate::task::Held;

/// The handler's way to give no answer: the connection is closed instead.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut on purpose")]
pub(crate) struct Cut;

/// A server that listens until it is dropped; its open connections end with it.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) port: u16,
    _task: Held,
}

/// Serves on a free port with TLS. The handler finds the port in the request's extensions.
pub(crate) async fn serve_tls<H, F>(tls: TlsAcceptor, handle: H) -> Result<Server, BedError>
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Response<Body>, Cut>> + Send + 'static,
{
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(BedError::Listen)?;
    let port = listener.local_addr().map_err(BedError::Listen)?.port();
    let task = tokio::spawn(accept(listener, move |stream| {
        let (tls, handle) = (tls.clone(), handle.clone());
        async move {
            // Who cannot shake hands is gone already.
            let Ok(stream) = tls.accept(stream).await else { return };
            let service = service_fn(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(port);
                handle(request)
            });
            let served = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service);
            // How a connection ended is the client's.
            let _ = served.await;
        }
    }));
    Ok(Server { port, _task: task.into() })
}

/// Accepts connections for ever; those that are open end with this.
async fn accept<S, F>(listener: TcpListener, serve: S)
where
    S: Fn(TcpStream) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                connections.spawn(serve(stream));
            }
            // Takes finished connections off the list.
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Serves on `port`, or on a free one when it is 0.
pub(crate) async fn serve<H, F>(port: u16, handle: H) -> Result<Server, BedError>
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Response<Body>, Cut>> + Send + 'static,
{
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(BedError::Listen)?;
    let port = listener.local_addr().map_err(BedError::Listen)?.port();
    let task = tokio::spawn(accept(listener, move |stream| {
        let service = service_fn(handle.clone());
        let served = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service);
        async move {
            // How a connection ended is the client's.
            let _ = served.await;
        }
    }));
    Ok(Server { port, _task: task.into() })
}

/// Sends a request on to `base` (scheme and authority) and gives the answer back as it
/// streams in.
pub(crate) async fn forward(
    http: &reqwest::Client,
    base: &str,
    request: Request<Incoming>,
) -> Result<reqwest::Response, reqwest::Error> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut headers = parts.headers;
    strip_hop_headers(&mut headers);
    headers.remove(HOST);
    let body = reqwest::Body::wrap_stream(Body::new(body).into_data_stream());
    let url = format!("{base}{path}");
    let has_body = headers.remove(CONTENT_LENGTH).is_some_and(|length| length != "0");
    let mut onward = http.request(parts.method.clone(), url).headers(headers);
    // A body of unknown length on a GET would make it a chunked one, which some refuse.
    if has_body || !matches!(parts.method.as_str(), "GET" | "HEAD" | "DELETE") {
        onward = onward.body(body);
    }
    onward.send().await
}

/// Turns an upstream answer into ours, body still streaming.
pub(crate) fn relay(upstream: reqwest::Response) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = upstream.status();
    *response.headers_mut() = upstream.headers().clone();
    strip_hop_headers(response.headers_mut());
    *response.body_mut() = Body::from_stream(upstream.bytes_stream());
    response
}

/// Headers that speak of one connection only.
fn strip_hop_headers(headers: &mut HeaderMap) {
    for name in [CONNECTION, TRANSFER_ENCODING] {
        headers.remove(name);
    }
}
