//! Judges a rollout from a table of counts.

use std::io::Read as _;
use std::path::Path;

use lastgood_api::counts::{Asked, Mistake, judge as judge_counts};
use lastgood_core::problem::{Code, Problem};
use serde_json::json;

use crate::args::Judging;
use crate::exit::{Ending, Stop};
use crate::screen::Screen;
use crate::show;

/// The name that stands for standard input.
const STANDARD_INPUT: &str = "-";

pub(super) fn judge(screen: &Screen, judging: &Judging) -> Result<Ending, Stop> {
    let text = read(&judging.counts)?;
    let asked = Asked {
        objective: judging.slo,
        r0: judging.r0,
        exclude: judging.exclude,
        min_requests: judging.min_requests,
        latency: judging.latency,
    };
    match judge_counts(&text, asked) {
        Ok(judged) => {
            screen.answer(&judged, |look| show::judged(look, &judged))?;
            Ok(Ending::Done)
        }
        Err(mistakes) => {
            let problem = invalid(&judging.counts, &mistakes);
            screen.aside(&show::mistakes(&screen.look, &problem, &mistakes))?;
            screen.document(&json!({ "problem": problem, "mistakes": mistakes }))?;
            Ok(Ending::Stopped(Code::CountsInvalid))
        }
    }
}

fn read(path: &Path) -> Result<String, Problem> {
    let read = if path.as_os_str() == STANDARD_INPUT {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    read.map_err(|error| {
        Problem::from_error(Code::FileUnreadable, &error)
            .within(format!("could not read the counts from `{}`", path.display()))
            .hint("Name a text file with commas, or `-` for standard input.")
    })
}

fn invalid(path: &Path, mistakes: &[Mistake]) -> Problem {
    let number = mistakes.len();
    let plural = if number == 1 { "mistake" } else { "mistakes" };
    Problem::new(
        Code::CountsInvalid,
        format!("the counts in `{}` have {number} {plural}", path.display()),
    )
    .hint("Nothing was judged. Mend the lines that are named and ask again.")
}
