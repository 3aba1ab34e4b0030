//! The fixture service as a program: settings come from the environment (`APP`, `POD`,
//! `PORT`, `VERSION`, `HEALTH`, `ERROR_RATE`, `LATENCY_MS`) or as `NAME=VALUE`
//! arguments, which win. Prints `listening PORT` when it answers.
//!
//! It ends on SIGTERM, answering what is in flight, and when its standard input
//! closes, so that it never outlives whoever started it.

use std::collections::HashMap;
use std::io::Write as _;
use std::net::Ipv4Addr;

use anyhow::{Context as _, bail};
use lastgood_testkit::fixture::{Behaviour, router};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut settings: HashMap<String, String> = std::env::vars().collect();
    for argument in std::env::args().skip(1) {
        let Some((name, value)) = argument.split_once('=') else {
            bail!("`{argument}` is not of the form NAME=VALUE");
        };
        settings.insert(name.to_owned(), value.to_owned());
    }
    let setting = |name: &str, otherwise: &str| {
        settings.get(name).cloned().unwrap_or_else(|| otherwise.to_owned())
    };
    let port: u16 = setting("PORT", "0").parse().context("`PORT` is not a port")?;
    let behaviour = Behaviour::from_variables(&settings)?;
    let mut terminate = signal(SignalKind::terminate())?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    writeln!(std::io::stdout(), "listening {}", listener.local_addr()?.port())?;

    let orphaned = async {
        // Whatever arrives is ignored; the end of it is the message.
        let mut ignored = [0; 64];
        while matches!(tokio::io::stdin().read(&mut ignored).await, Ok(1..)) {}
    };
    let app = router(&setting("APP", "fixture"), &setting("POD", "local"), behaviour);
    let serve = axum::serve(listener, app).with_graceful_shutdown(async move {
        let _ = terminate.recv().await;
    });
    tokio::select! {
        ended = async { serve.await } => ended?,
        () = orphaned => {}
    }
    // Standard input may still be read on a thread of its own, which would keep us.
    std::process::exit(0)
}
