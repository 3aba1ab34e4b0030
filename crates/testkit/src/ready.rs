//! Waits for a program that serves HTTP.

use std::path::Path;
use std::time::Duration;

use crate::error::BedError;
use crate::process::ProcessGroup;

/// The slowest takes two seconds when the machine has nothing else to do.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// Returns when `url` answers with success. What the program wrote to `log` last says why it
/// never does.
pub(crate) async fn ready(
    process: &mut ProcessGroup,
    program: &str,
    url: &str,
    log: &Path,
) -> Result<(), BedError> {
    let http = reqwest::Client::builder()
        .timeout(Duration::from_secs(1))
        .no_proxy()
        .build()
        .map_err(BedError::HttpClient)?;
    let answers = async {
        let mut pace = tokio::time::interval(Duration::from_millis(50));
        loop {
            pace.tick().await;
            if http.get(url).send().await.is_ok_and(|reply| reply.status().is_success()) {
                return;
            }
        }
    };
    let ready = tokio::select! {
        () = answers => true,
        _ = process.ended() => false,
        () = tokio::time::sleep(READY_WITHIN) => false,
    };
    if ready {
        return Ok(());
    }
    let text = std::fs::read_to_string(log).unwrap_or_default();
    Err(BedError::NotReady {
        program: program.to_owned(),
        after: READY_WITHIN,
        log: text.lines().last().unwrap_or("(nothing)").to_owned(),
    })
}
