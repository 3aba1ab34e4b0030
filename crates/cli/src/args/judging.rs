//! What a table of counts is held against.

use std::path::PathBuf;

use clap::Args;

/// What a table of counts is held against.
#[derive(Args, Clone, Debug)]
pub(crate) struct Judging {
    /// The table, with the columns tick, arm, total and bad; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) counts: PathBuf,
    /// The share of good requests that is promised, in percent
    #[arg(long, value_name = "PERCENT", default_value = "99.9", value_parser = share)]
    pub(crate) slo: f64,
    /// How many times worse than the old release the new one may be, 1 to 100 [default: 2]
    #[arg(long, value_name = "N", value_parser = times)]
    pub(crate) r0: Option<f64>,
    /// The rate of bad requests that a pass must exclude, in percent [default: twice what the
    /// objective allows]
    #[arg(long, value_name = "PERCENT", value_parser = share)]
    pub(crate) exclude: Option<f64>,
    /// Fewer requests of the new release than this prove nothing [default: 30]
    #[arg(long, value_name = "N")]
    pub(crate) min_requests: Option<u64>,
    /// The counts are of slow requests, not of failed ones
    #[arg(long)]
    pub(crate) latency: bool,
}

/// A percentage, with or without its sign, as a share.
fn share(text: &str) -> Result<f64, String> {
    /// Enough for ten nines, and free of what binary makes of a percentage.
    const PLACES: f64 = 1e12;
    match text.trim().trim_end_matches('%').trim_end().parse::<f64>() {
        Ok(percent) if percent > 0.0 && percent < 100.0 => {
            Ok((percent / 100.0 * PLACES).round() / PLACES)
        }
        _ => Err("it must be a percentage between 0 and 100, such as 99.9".to_owned()),
    }
}

fn times(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(times) if (1.0..=100.0).contains(&times) => Ok(times),
        _ => Err("it must be a number from 1 to 100".to_owned()),
    }
}
