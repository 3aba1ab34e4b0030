//! The terminal host: parses, asks the app, renders. What it would have to decide is
//! decided below.

mod args;
mod auto;
mod command;
mod exit;
mod glyph;
mod guided;
mod keyboard;
mod leave;
mod look;
mod open;
mod page;
mod screen;
mod serve;
mod show;
#[cfg(test)]
mod testing;
mod times;

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use clap::Parser as _;
use lastgood_core::problem::{Code, Problem};
use serde_json::json;
use tracing_subscriber::EnvFilter;

use crate::args::Line;
use crate::exit::{Ending, Stop};
use crate::screen::Screen;

/// What to log, such as `info` or `lastgood_engine=debug`; nothing is logged without it.
const LOG: &str = "LASTGOOD_LOG";

fn main() -> ExitCode {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(error) => {
            // Nobody may be reading; the exit code says it too.
            let _ = error.print();
            if !error.use_stderr() {
                return ExitCode::SUCCESS;
            }
            if wants_a_document(std::env::args_os()) {
                let _ = Screen::find(true, true).document(&json!({ "problem": misused(&error) }));
            }
            return ExitCode::from(2);
        }
    };
    log();
    let screen = Screen::find(line.options.json, line.options.no_color);
    let ending = command::carry_out(line, &screen).unwrap_or_else(|stop| stopped(&screen, &stop));
    ExitCode::from(ending.code())
}

/// Whether a line that cannot be understood asks for JSON.
fn wants_a_document(line: impl Iterator<Item = OsString>) -> bool {
    line.take_while(|word| word != "--").any(|word| word == "--json")
}

/// What is wrong with a line, as the document says it: the first words of what a person reads.
fn misused(error: &clap::Error) -> Problem {
    let text = error.render().to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    let sentence = first.trim_start_matches("error: ").split_whitespace();
    Problem::new(Code::UsageWrong, sentence.collect::<Vec<_>>().join(" "))
        .hint("`lastgood help COMMAND` tells what a command takes.")
}

/// Tells why a command could not go on.
fn stopped(screen: &Screen, stop: &Stop) -> Ending {
    let (problem, ending) = match stop {
        Stop::Problem(problem) => (problem, Ending::Stopped(problem.code)),
        Stop::Left(problem) => (problem, Ending::Left(problem.code)),
        Stop::Terminal(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            tracing::debug!(%error, "nobody reads any more");
            return Ending::Unread;
        }
        Stop::Terminal(error) => {
            let problem = unwritten(error);
            // Standard output is what failed; a document there would be the half of one.
            let _ = screen.words_of(&problem);
            return Ending::Stopped(problem.code);
        }
    };
    // The exit code says it too.
    let _ = screen.problem(problem);
    ending
}

/// What was written is not whole, and whoever reads the file would not notice.
fn unwritten(error: &io::Error) -> Problem {
    let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    let code = if full { Code::DiskFull } else { Code::FileUnwritable };
    Problem::from_error(code, error)
        .within("the answer could not be written to standard output in full")
        .hint("Do not use what was written; make room, or write elsewhere, and ask again.")
}

fn log() {
    let Ok(filter) = EnvFilter::try_from_env(LOG) else { return };
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
}
