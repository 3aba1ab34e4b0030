//! Seeing a run again.

use clap::Args;

/// Which run, how fast, and from where to where.
#[derive(Args, Debug)]
pub(crate) struct Replaying {
    /// Which run
    pub(crate) run: String,
    /// Seconds of the run in one second; 0 is at once. 1 on a terminal and 0 elsewhere if absent
    #[arg(long, value_parser = speed, value_name = "N")]
    pub(crate) speed: Option<f64>,
    /// Begin there: `+2:10` after its start, or a time such as 18:42:07
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,
    /// End there, and show how the run stood
    #[arg(long, value_name = "TIME")]
    pub(crate) to: Option<String>,
    /// The zone of the times, such as Europe/Berlin or UTC; this machine's if absent
    #[arg(long, value_name = "ZONE")]
    pub(crate) tz: Option<String>,
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if speed == 0.0 || (0.01..=100_000.0).contains(&speed) => Ok(speed),
        _ => Err("it must be 0, for at once, or a number from 0.01 to 100000".to_owned()),
    }
}
