//! Judges a table of counts that a host hands over as text.

use lastgood_core::problem::{Code, Problem};

use crate::App;
use crate::counts::{Asked, judge};
use crate::wire::{JudgeAnswer, JudgeRequest};

impl App {
    /// The same verdict as from a file. Asks nobody and keeps nothing.
    pub async fn judge(&self, request: JudgeRequest) -> Result<JudgeAnswer, Problem> {
        let asked = asked(&request)?;
        // A large table is work for a processor, and other commands wait for this thread.
        let work = move || judge(&request.counts, asked);
        let judged = tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| Problem::from_error(Code::Internal, &error))?;
        Ok(match judged {
            Ok(judged) => JudgeAnswer::Judged { judged: Box::new(judged) },
            Err(mistakes) => JudgeAnswer::Unreadable { mistakes },
        })
    }
}

/// What the table is held against, within the limits that the command line has too.
fn asked(request: &JudgeRequest) -> Result<Asked, Problem> {
    let share = |name: &str, value: f64| {
        if value > 0.0 && value < 1.0 {
            return Ok(value);
        }
        Err(Problem::new(Code::InputInvalid, format!("`{name}` is no share between 0 and 1"))
            .hint("Write 99.9 % as 0.999."))
    };
    let r0 = match request.r0 {
        Some(times) if !(1.0..=100.0).contains(&times) => {
            let what = "how many times worse the new release may be is a number from 1 to 100";
            return Err(Problem::new(Code::InputInvalid, what));
        }
        times => times,
    };
    Ok(Asked {
        objective: share("objective", request.objective)?,
        r0,
        exclude: request.exclude.map(|value| share("exclude", value)).transpose()?,
        min_requests: request.min_requests,
        latency: request.latency,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(objective: f64, r0: Option<f64>, exclude: Option<f64>) -> JudgeRequest {
        let counts = String::new();
        JudgeRequest { counts, objective, r0, exclude, min_requests: None, latency: false }
    }

    #[test]
    fn what_is_no_share_and_no_factor_is_refused() {
        let cases = [
            (request(99.9, None, None), "a percentage is no share"),
            (request(f64::NAN, None, None), "not a number"),
            (request(0.999, Some(0.5), None), "less than one time worse is better"),
            (request(0.999, None, Some(1.0)), "everything bad excludes nothing"),
        ];
        for (request, why) in cases {
            let problem = asked(&request).expect_err(why);
            assert_eq!(problem.code, Code::InputInvalid, "{why}");
        }
        assert!(asked(&request(0.999, Some(2.0), Some(0.002))).is_ok());
    }
}
