//! The report: what was simulated, what came of it, where it is lost.

use std::fmt::Write as _;

use super::cell::{Fault, RATES, STRESSES, Stress, WEIGHTS};
use super::goals::Goal;
use super::outcome::{KAYENTA_RUNS, Outcome, Rule, SEEDS, Tally, float, wilson};
use super::picture;

/// The files of the report by name.
pub(super) fn files(
    outcomes: &[Outcome],
    goals: &[Goal],
    gate: u64,
    other: u64,
) -> Vec<(&'static str, String)> {
    vec![
        ("report.md", report(outcomes, goals, gate, other)),
        ("found.svg", picture::found(outcomes)),
        ("false-alarms.svg", picture::false_alarms(outcomes)),
        ("cells.csv", cells(outcomes)),
    ]
}

fn report(outcomes: &[Outcome], goals: &[Goal], gate: u64, other: u64) -> String {
    let mut text = format!(
        "# What the verdicts are worth\n\n\
         <!-- Made by `./dev bench judge`. -->\n\n\
         Simulated rollouts of an hour in ticks of ten seconds, judged at every tick. The \
         objective is 99.9 %, and the old release fails 0.1 % (±30 % over the day): a good canary \
         lives at the very edge of what is allowed. Traffic moves by ±50 % over the day and 20 % \
         from minute to minute. An incident that both share is 5 % errors for five minutes. \
         Seeds {SEEDS:?}; R = {gate} rollouts in each cell that a goal rests on, {other} in every \
         other, {KAYENTA_RUNS} for Kayenta. `cells.csv` has every cell.\n\n\
         *Found* is the share of rollouts taken back within the hour; for a good canary that is a \
         false alarm. *Mean* is the restricted mean time in minutes: a rollout that is not taken \
         back counts as 60. *Bad* is the bad requests that the canary served until then, for one \
         rollout. Intervals are Wilson's, 95 %.\n\n## Goals\n\n"
    );
    for goal in goals {
        let _ =
            writeln!(text, "- **{}** {}", if goal.met { "Met." } else { "Missed." }, goal.sentence);
    }
    text += "\n## False alarms beside others\n\n\
             ![False alarms of each rule](false-alarms.svg)\n\n";
    beside(&mut text, outcomes, Fault::Nothing);
    text +=
        "\nThe same while both share an incident, where going back is a false alarm as well:\n\n";
    beside(&mut text, outcomes, Fault::Shared);
    text += "\n## How soon a bad canary is found\n\n\
             ![Share found over time](found.svg)\n\n\
             10 % canary. A rule that alarms on good canaries is quick by accident: read this \
             beside the table above.\n\n";
    detection(&mut text, outcomes);
    text += "\n## Under stress\n\nFalse alarms of Lastgood in percent, the worst of the canary's \
             weights, and beside it what the textbook rule makes of the same rollouts; then what \
             is found of 5 % errors with a 10 % canary.\n\n";
    stress(&mut text, outcomes);
    text += "\n## Saying *shared*\n\n";
    shared(&mut text, outcomes);
    text += "\n## Latency\n\nSlow requests beyond the old release's 95th percentile, 10 % canary, \
             Lastgood: found %, mean.\n\n";
    latency(&mut text, outcomes);
    text += "\n## Where it is lost\n\n\
             - With a request or two of the canary in a minute, small faults are not found within \
             an hour, by any rule that is not wrong just as often on good ones. Send synthetic \
             requests.\n\
             - A canary that is at most twice as bad as the old release is left alone on purpose: \
             pods of one release differ by as much. That includes latency of up to ×1.25.\n\
             - Errors in clumps at low traffic are found late: three errors of one cause are one \
             piece of evidence.\n\
             - Without a history, and at even shares, a rollback takes eight ticks in which the \
             canary alone went wrong, or so many errors that clumps of twenty do not explain \
             them: until then the rollout is stopped and a person is asked.\n\
             - Pods that differ by more than a deviation of 0.5 need a larger `r0`.\n\
             - Nothing here is real traffic. Rates, clumps and pods are ours.\n\
             - These numbers are not out of sample: the settings (the support that a rollback needs and what counts as hardly worse, the least number of ticks with errors, the weights of bets, votes and signs, the assumed clump, the margin of latency) were chosen with this simulator, partly with these seeds, and the spread of latency between pods was halved to a tenth of the spread of their errors, because twice of that gives false alarms in a third of the rollouts with unequal pods. \
             The peers run in calm cells only, and Kayenta is simplified.\n";
    lost(&mut text, outcomes);
    text
}

/// Where the numbers themselves say so.
fn lost(text: &mut String, outcomes: &[Outcome]) {
    let calm = || outcomes.iter().filter(|one| one.cell.stress == Stress::Nothing);
    let severe = |fault: Fault| matches!(fault, Fault::Step(share) if share >= 0.05);
    let slow: Vec<String> = calm()
        .filter(|one| severe(one.cell.fault))
        .filter(|one| {
            let mean = |rule| one.tally(rule).restricted_mean();
            mean(Rule::Ours) > 0.5 * mean(Rule::Argo)
        })
        .map(|one| one.cell.to_string())
        .collect();
    if !slow.is_empty() {
        let _ = writeln!(
            text,
            "- With 5 % errors and more the mean is not below half of documented Argo's in: {}.",
            slow.join("; ")
        );
    }
    let early = calm()
        .filter(|one| matches!(one.cell.fault, Fault::Blip | Fault::Leak))
        .map(|one| float(one.passed) / float(one.cell.runs).max(1.0))
        .fold(0.0, f64::max);
    let _ = writeln!(
        text,
        "- A pass speaks of the requests that it has seen. With much traffic a canary whose fault \
         begins later has passed before, in up to {:.1} % of such rollouts: a bake time is needed \
         beside the counts.",
        100.0 * early
    );
}

fn at(
    outcomes: &[Outcome],
    rate: f64,
    weight: f64,
    fault: Fault,
    stress: Stress,
) -> Option<&Outcome> {
    outcomes.iter().find(|one| {
        (one.cell.rate - rate).abs() < 1e-9
            && (one.cell.weight - weight).abs() < 1e-9
            && one.cell.fault == fault
            && one.cell.stress == stress
    })
}

fn header(text: &mut String, names: impl IntoIterator<Item = String>) {
    let names: Vec<String> = names.into_iter().collect();
    let _ = writeln!(text, "| {} |", names.join(" | "));
    let _ = writeln!(text, "|{}", "---|".repeat(names.len()));
}

fn percent(tally: &Tally) -> String {
    let (low, high) = tally.interval();
    format!("{:.1} ({:.1}–{:.1})", 100.0 * tally.share(), 100.0 * low, 100.0 * high)
}

fn beside(text: &mut String, outcomes: &[Outcome], fault: Fault) {
    let names = Rule::ALL.iter().map(|rule| rule.name().to_owned());
    header(text, ["req/s, canary; %".to_owned()].into_iter().chain(names));
    for rate in RATES {
        for weight in WEIGHTS {
            let Some(outcome) = at(outcomes, rate, weight, fault, Stress::Nothing) else {
                continue;
            };
            let _ = write!(text, "| {rate}, {} % |", weight * 100.0);
            for rule in Rule::ALL {
                let _ = write!(text, " {} |", percent(outcome.tally(rule)));
            }
            text.push('\n');
        }
    }
}

fn detection(text: &mut String, outcomes: &[Outcome]) {
    let names = Rule::ALL.iter().map(|rule| rule.name().to_owned());
    header(text, ["found % / median / mean / bad".to_owned()].into_iter().chain(names));
    for rate in RATES {
        for fault in super::cell::FAULTS {
            if !fault.is_canarys() || fault.is_latency() {
                continue;
            }
            let Some(outcome) = at(outcomes, rate, 0.10, fault, Stress::Nothing) else { continue };
            let _ = write!(text, "| {rate} req/s, {fault} |");
            for rule in Rule::ALL {
                let tally = outcome.tally(rule);
                let median =
                    tally.median().map_or_else(|| "–".to_owned(), |median| format!("{median:.1}"));
                let _ = write!(
                    text,
                    " {:.0} / {median} / {:.1} / {:.1} |",
                    100.0 * tally.share(),
                    tally.restricted_mean(),
                    tally.bad_per_run()
                );
            }
            text.push('\n');
        }
    }
}

fn worst(outcomes: &[Outcome], rate: f64, fault: Fault, stress: Stress, rule: Rule) -> f64 {
    WEIGHTS
        .iter()
        .filter_map(|weight| at(outcomes, rate, *weight, fault, stress))
        .map(|one| one.tally(rule).share())
        .fold(0.0, f64::max)
}

fn stress(text: &mut String, outcomes: &[Outcome]) {
    header(
        text,
        ["stress", "req/s", "good", "textbook", "shared", "textbook", "5 % errors: found, median"]
            .map(str::to_owned),
    );
    for stress in STRESSES {
        if stress == Stress::NoData {
            continue;
        }
        for rate in RATES {
            let share = |fault, rule| 100.0 * worst(outcomes, rate, fault, stress, rule);
            let found = at(outcomes, rate, 0.10, Fault::Step(0.05), stress).map_or_else(
                String::new,
                |one| {
                    let tally = one.tally(Rule::Ours);
                    let median = tally
                        .median()
                        .map_or_else(|| "–".to_owned(), |median| format!("{median:.1} min"));
                    format!("{:.0} %, {median}", 100.0 * tally.share())
                },
            );
            let _ = writeln!(
                text,
                "| {stress} | {rate} | {:.2} | {:.2} | {:.2} | {:.2} | {found} |",
                share(Fault::Nothing, Rule::Ours),
                share(Fault::Nothing, Rule::Textbook),
                share(Fault::Shared, Rule::Ours),
                share(Fault::Shared, Rule::Textbook),
            );
        }
    }
}

fn shared(text: &mut String, outcomes: &[Outcome]) {
    header(text, ["req/s, canary", "said shared, %", "taken back, %"].map(str::to_owned));
    for rate in RATES {
        for weight in WEIGHTS {
            let Some(one) = at(outcomes, rate, weight, Fault::Shared, Stress::Nothing) else {
                continue;
            };
            let (low, high) = wilson(one.shared, one.cell.runs);
            let _ = writeln!(
                text,
                "| {rate}, {} % | {:.1} ({:.1}–{:.1}) | {} |",
                weight * 100.0,
                100.0 * float(one.shared) / float(one.cell.runs),
                100.0 * low,
                100.0 * high,
                percent(one.tally(Rule::Ours)),
            );
        }
    }
    text.push_str(
        "\nWith few requests the incident is over before five minutes of it prove anything, and \
         nothing is said at all; that is no wrong verdict.\n",
    );
}

fn latency(text: &mut String, outcomes: &[Outcome]) {
    let faults = super::cell::FAULTS.into_iter().filter(|fault| fault.is_latency());
    let faults: Vec<Fault> = faults.collect();
    header(text, ["req/s".to_owned()].into_iter().chain(faults.iter().map(ToString::to_string)));
    for rate in RATES {
        let _ = write!(text, "| {rate} |");
        for fault in &faults {
            let Some(one) = at(outcomes, rate, 0.10, *fault, Stress::Nothing) else { continue };
            let tally = one.tally(Rule::Ours);
            let _ = write!(text, " {:.1}, {:.1} |", 100.0 * tally.share(), tally.restricted_mean());
        }
        text.push('\n');
    }
}

fn cells(outcomes: &[Outcome]) -> String {
    let mut text =
        "rate,weight,fault,stress,rule,runs,found,low,high,median,mean,bad,paused,shared,passed\n"
            .to_owned();
    for one in outcomes {
        for rule in Rule::ALL {
            let tally = one.tally(rule);
            if tally.runs == 0 {
                continue;
            }
            let (low, high) = tally.interval();
            let own = if rule == Rule::Ours {
                format!("{},{},{}", one.paused, one.shared, one.passed)
            } else {
                ",,".to_owned()
            };
            let median = tally.median().map_or_else(String::new, |median| format!("{median:.2}"));
            let _ = writeln!(
                text,
                "{},{},{},\"{}\",\"{}\",{},{},{low:.4},{high:.4},{median},{:.2},{:.2},{own}",
                one.cell.rate,
                one.cell.weight,
                one.cell.fault,
                one.cell.stress,
                rule.name(),
                tally.runs,
                tally.minutes.len(),
                tally.restricted_mean(),
                tally.bad_per_run(),
            );
        }
    }
    text
}
