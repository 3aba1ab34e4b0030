//! A fake of AWS with something behind it: every task or version that serves is the fixture
//! service on an address of its own, a balancer shares the requests out among them, and a
//! real Prometheus scrapes them. So a change through the API is met by whoever calls the
//! service, and by its metrics.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::fake::held;
use super::{Api, Fake};
use crate::endpoints::{Board, Endpoint};
use crate::error::BedError;
use crate::fixture::{Behaviour, router};
use crate::load::Load;
use crate::peer::Program;
use crate::port;
use crate::prometheus::Prometheus;
use crate::serve::{Cut, Server, forward, relay, serve};
use crate::task::Held;

/// What serves follows the fake within this; a request that comes in between meets what
/// served before, as behind a real balancer.
const FOLLOW: Duration = Duration::from_millis(50);
/// Longer than anything here takes.
const UPSTREAM: Duration = Duration::from_secs(10);
/// The label `app` of its metrics.
const APP: &str = "checkout";

/// One thing that answers requests: a task, or a version behind an alias.
#[derive(Clone, Debug, PartialEq)]
pub struct Serving {
    /// Its name, unlike every other's.
    pub name: String,
    /// The version that it is.
    pub version: String,
    /// Where it listens; every one has an address of its own in 127.0.0.0/8.
    pub host: Ipv4Addr,
    /// Its share of the requests, 0 to 1; all of them together are 1.
    pub share: f64,
}

/// A fake that can say what answers requests now.
pub trait Serves: Api {
    /// All of it.
    fn serving(&mut self) -> Vec<Serving>;
}

/// A fake, what it runs, the way to it, and its metrics. All of it ends with this value.
#[derive(Debug)]
pub struct AwsBed<A> {
    /// Calls what the rest is, so that it ends first.
    balancer: Server,
    prometheus: Prometheus,
    /// AWS.
    pub fake: Fake<A>,
    port: u16,
    _follows: Held,
}

impl<A: Serves> AwsBed<A> {
    /// Starts everything; metrics are kept in `dir`. A version behaves as `behaviours` says,
    /// and well when they do not name it.
    ///
    /// Fails with [`BedError::Missing`] when Prometheus is not installed.
    pub async fn start(
        api: A,
        behaviours: BTreeMap<String, Behaviour>,
        dir: &Path,
    ) -> Result<Self, BedError> {
        Program::Prometheus.find()?;
        let fake = Fake::start(api).await?;
        let port = port::one()?;
        let board = Board::new();
        let mut crew = Crew { running: BTreeMap::new(), board: board.clone(), behaviours, port };
        let serving = held(&fake.api).serving();
        crew.follow(&serving).await?;
        let prometheus = Prometheus::start(dir, board.subscribe()).await?;
        let (balancer, shares) = balancer(port).await?;
        let api = Arc::clone(&fake.api);
        let follows = tokio::spawn(async move {
            let mut pace = tokio::time::interval(FOLLOW);
            loop {
                pace.tick().await;
                let serving = held(&api).serving();
                if let Err(error) = crew.follow(&serving).await {
                    tracing::warn!(%error, "a task of the bed does not start");
                }
                shares.send_replace(serving);
            }
        });
        Ok(Self { balancer, prometheus, fake, port, _follows: follows.into() })
    }

    /// The service's address, `http://127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.balancer.port)
    }

    /// The port that every task listens on, at its own address.
    pub fn task_port(&self) -> u16 {
        self.port
    }

    /// Where Prometheus answers, `http://127.0.0.1:PORT`.
    pub fn prometheus_url(&self) -> String {
        self.prometheus.url()
    }

    /// Sends load to the service's address for no longer than `at_most`.
    pub fn load(&self, per_second: u32, at_most: Duration) -> Result<Load, BedError> {
        Load::start(&format!("{}/", self.address()), per_second, at_most)
    }
}

/// What runs, by name.
struct Crew {
    running: BTreeMap<String, Held>,
    board: Board,
    behaviours: BTreeMap<String, Behaviour>,
    port: u16,
}

impl Crew {
    /// Starts what is new and ends what is gone.
    async fn follow(&mut self, serving: &[Serving]) -> Result<(), BedError> {
        let gone = |name: &String| !serving.iter().any(|one| one.name == *name);
        for name in self.running.keys().filter(|name| gone(name)).cloned().collect::<Vec<_>>() {
            self.board.remove(&name);
            self.running.remove(&name);
        }
        for one in serving {
            if !self.running.contains_key(&one.name) {
                let task = self.begin(one).await?;
                self.running.insert(one.name.clone(), task);
                self.board.put(&one.name, self.endpoint(one));
            }
        }
        Ok(())
    }

    async fn begin(&self, one: &Serving) -> Result<Held, BedError> {
        let known = self.behaviours.get(&one.version).cloned();
        let behaviour = known.unwrap_or_else(|| Behaviour::good(&one.version));
        let app = router(APP, &one.name, behaviour);
        let listener = TcpListener::bind((one.host, self.port)).await.map_err(BedError::Listen)?;
        Ok(tokio::spawn(async move { axum::serve(listener, app).await }).into())
    }

    fn endpoint(&self, one: &Serving) -> Endpoint {
        Endpoint {
            namespace: "aws".to_owned(),
            pod: one.name.clone(),
            app: APP.to_owned(),
            labels: BTreeMap::new(),
            version: one.version.clone(),
            host: one.host,
            port: self.port,
            process: 0,
            ready: true,
        }
    }
}

/// A balancer, and where it is told what serves.
async fn balancer(port: u16) -> Result<(Server, watch::Sender<Vec<Serving>>), BedError> {
    let http = reqwest::Client::builder()
        .timeout(UPSTREAM)
        .no_proxy()
        // A kept connection may lead to a task that has just ended.
        .pool_max_idle_per_host(0)
        .build()
        .map_err(BedError::HttpClient)?;
    let (shares, serving) = watch::channel(Vec::new());
    let turns = Arc::new(Mutex::new(BTreeMap::new()));
    let server = serve(0, move |request| {
        let next = next(&serving.borrow(), &mut held(&turns));
        pass(http.clone(), next.map(|host| format!("http://{host}:{port}")), request)
    })
    .await?;
    Ok((server, shares))
}

async fn pass(
    http: reqwest::Client,
    base: Option<String>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Cut> {
    let Some(base) = base else {
        return Ok(answer(StatusCode::SERVICE_UNAVAILABLE, "nothing serves\n"));
    };
    Ok(match forward(&http, &base, request).await {
        Ok(upstream) => relay(upstream),
        Err(_) => answer(StatusCode::BAD_GATEWAY, "it did not answer\n"),
    })
}

/// Whose turn it is: everybody gains by their share, whoever has most is asked and pays
/// one. So ten requests at a share of 0.1 are one, and no chance is in it.
fn next(serving: &[Serving], turns: &mut BTreeMap<Ipv4Addr, f64>) -> Option<Ipv4Addr> {
    turns.retain(|host, _| serving.iter().any(|one| one.host == *host));
    for one in serving {
        *turns.entry(one.host).or_default() += one.share;
    }
    let (host, due) = turns.iter_mut().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    *due -= 1.0;
    Some(*host)
}

fn answer(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_shared_out_as_the_weights_say() {
        let one = |number: u8, share: f64| Serving {
            name: number.to_string(),
            version: number.to_string(),
            host: Ipv4Addr::new(127, 2, 0, number),
            share,
        };
        let (both, mut turns) = ([one(7, 0.75), one(8, 0.25)], BTreeMap::new());
        let eighth = Some(both[1].host);
        let asked = (0..100).filter(|_| next(&both, &mut turns) == eighth).count();
        assert_eq!(asked, 25);
        assert_eq!(next(&[one(7, 1.0)], &mut turns), Some(both[0].host), "8 is gone at once");
        assert_eq!(next(&[], &mut turns), None, "nobody is there");
    }
}
