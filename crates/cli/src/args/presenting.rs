//! Presenting a drill from another terminal.

use clap::{Args, Subcommand};

/// Which drill, and what to do to it.
#[derive(Args, Debug)]
pub(crate) struct Presenting {
    /// Which run; it must be a drill that goes on in another terminal or window
    pub(crate) run: String,
    /// What to do; how it stands and what can be done, if absent
    #[command(subcommand)]
    pub(crate) act: Option<Act>,
}

/// What can be done to a drill from outside of it.
#[derive(Debug, Subcommand)]
pub(crate) enum Act {
    /// Stop the practice world; questions can be answered meanwhile
    Pause,
    /// Let it go on
    Resume,
    /// Make it faster or slower
    Speed {
        /// Seconds of the practice world in one second, 0.1 to 1000
        #[arg(value_parser = super::speed, value_name = "N")]
        times: f64,
    },
    /// Let one of the scenario's moves happen
    Inject {
        /// Its name
        name: String,
    },
}
