//! What must hold before this rule may tell a person to go back.

use super::cell::{Cell, Fault, Stress};
use super::outcome::{Outcome, Rule, float};

/// A claim, and whether it held.
pub(super) struct Goal {
    pub(super) met: bool,
    pub(super) sentence: String,
}

/// The most false alarms in a good rollout of an hour.
const FALSE_ALARMS: f64 = 0.01;

pub(super) fn goals(outcomes: &[Outcome]) -> Vec<Goal> {
    let mut goals = Vec::new();
    let calm = |outcome: &&Outcome| outcome.cell.stress != Stress::NoData;
    for (name, fault) in [
        ("a good canary", Fault::Nothing),
        ("an incident that both share", Fault::Shared),
        ("latency as before", Fault::Slower(1.0)),
    ] {
        let cells: Vec<&Outcome> =
            outcomes.iter().filter(calm).filter(|one| one.cell.fault == fault).collect();
        let worst = cells.iter().max_by(|one, other| {
            let share = |outcome: &Outcome| outcome.tally(Rule::Ours).share();
            share(one).total_cmp(&share(other))
        });
        let Some(worst) = worst else { continue };
        let over: Vec<String> = cells
            .iter()
            .filter(|one| one.tally(Rule::Ours).share() > limit(one.cell.runs))
            .map(|one| one.cell.to_string())
            .collect();
        let missed =
            if over.is_empty() { String::new() } else { format!(" Missed: {}.", over.join("; ")) };
        goals.push(Goal {
            met: over.is_empty(),
            sentence: format!(
                "False alarms of at most 1 % (within two standard errors) with {name}, in each of \
                 {} cells; the worst has {:.2} % ({}).{missed}",
                cells.len(),
                100.0 * worst.tally(Rule::Ours).share(),
                worst.cell
            ),
        });
    }
    goals.extend(
        [(1.0, 0.98, 8.0), (10.0, 0.98, 1.2)]
            .into_iter()
            .filter_map(|(rate, share, minutes)| found(outcomes, rate, share, minutes)),
    );
    let silent: Vec<&Outcome> =
        outcomes.iter().filter(|one| one.cell.stress == Stress::NoData).collect();
    let passed: u64 = silent.iter().map(|one| one.passed).sum();
    let back: usize = silent.iter().map(|one| one.tally(Rule::Ours).minutes.len()).sum();
    goals.push(Goal {
        met: passed == 0 && back == 0 && !silent.is_empty(),
        sentence: format!(
            "Never a pass, and never a rollback, without data of the canary: {passed} and {back} \
             of {} rollouts that were half broken.",
            silent.iter().map(|one| one.cell.runs).sum::<u64>()
        ),
    });
    goals
}

/// One in a hundred, and what chance adds to it.
fn limit(runs: u64) -> f64 {
    FALSE_ALARMS + 2.0 * (FALSE_ALARMS * (1.0 - FALSE_ALARMS) / float(runs)).sqrt()
}

fn found(outcomes: &[Outcome], rate: f64, share: f64, minutes: f64) -> Option<Goal> {
    let outcome = outcomes.iter().find(|one| {
        let Cell { rate: its, weight, fault, stress, runs: _ } = one.cell;
        (its - rate).abs() < 1e-9
            && (weight - 0.10).abs() < 1e-9
            && fault == Fault::Step(0.05)
            && stress == Stress::Nothing
    })?;
    let tally = outcome.tally(Rule::Ours);
    let median = tally.median().unwrap_or(60.0);
    let met = tally.share() >= share && median <= minutes;
    Some(Goal {
        met,
        sentence: format!(
            "{rate} req/s, 10 % canary, 5 % errors: at least {} % found, half of them within \
             {minutes} min; it is {:.1} % and {median:.1} min.",
            share * 100.0,
            tally.share() * 100.0
        ),
    })
}
