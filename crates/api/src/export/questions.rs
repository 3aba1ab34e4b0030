//! What is left to find out after a run, as far as the run itself shows it.

use lastgood_core::run::{Entry, Event, Fate, Run};

/// What the run itself shows to be unfinished: skipped, accepted and unclear things, and
/// what nobody recorded.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "three events leave a question; every other one leaves none"
)]
pub(super) fn open(run: &Run, entries: &[Entry]) -> Vec<String> {
    let plan = run.plan();
    let title = |step| plan.step(step).map_or_else(String::new, |step| step.title.clone());
    let mut questions: Vec<String> = entries
        .iter()
        .filter_map(|entry| match &entry.event {
            Event::Skipped { step, by, reason } => {
                Some(format!("`{}` was skipped by {by}: {reason}", title(step)))
            }
            Event::Accepted { step, by, reason } => {
                Some(format!("`{}` was accepted by {by}: {reason}", title(step)))
            }
            Event::Ruled { key, by, reason, .. } => Some(format!(
                "Whether `{}` took place rests on the word of {by}: {reason}",
                title(&key.step)
            )),
            _ => None,
        })
        .collect();
    let fate = run.fate();
    let roles = match fate {
        Fate::Done => [
            ("the release that was left", Some(&plan.from)),
            ("the release that was restored", Some(&plan.to)),
        ],
        Fate::Stays => [("the release in front", Some(&plan.from)), ("", None)],
        Fate::Planned | Fate::Begun | Fate::Unclear | Fate::NotDone | Fate::TakenBack => {
            [("the release in front", Some(&plan.from)), ("the target", Some(&plan.to))]
        }
    };
    for (role, release) in roles {
        let Some(release) = release else { continue };
        let missing: Vec<&str> = [
            ("commit", release.commit.as_option().is_none()),
            ("changelog", release.changelog.as_option().is_none()),
            ("schema version", release.schema_version.as_option().is_none()),
            ("digest", release.digest.as_option().is_none()),
        ]
        .into_iter()
        .filter_map(|(name, missing)| missing.then_some(name))
        .collect();
        if !missing.is_empty() {
            questions.push(format!(
                "Not recorded for {}, {role}: {}",
                release.version,
                missing.join(", ")
            ));
        }
    }
    // What was never left, or came back, needs no keeping out.
    if fate.leaves_something() {
        questions.push(format!(
            "What keeps {} from being deployed again before its fix?",
            plan.from.version
        ));
    }
    questions
}
