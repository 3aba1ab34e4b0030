//! The sentence for each event. The same words appear in the window, the terminal and
//! every export.

use super::LineKind;
use crate::effect::PlannedEffect;
use crate::judge::{Judgement, statistics};
use crate::lease::leased;
use crate::name::{EffectKey, Person, StepId};
use crate::plan::{Plan, Task};
use crate::run::Event;

/// An event in words.
pub(super) struct Told {
    pub(super) kind: LineKind,
    pub(super) by: Option<Person>,
    pub(super) text: String,
    pub(super) reason: Option<String>,
    pub(super) evidence: Vec<String>,
}

impl Told {
    fn new(kind: LineKind, text: impl Into<String>) -> Self {
        Self { kind, by: None, text: text.into(), reason: None, evidence: Vec::new() }
    }

    fn by(mut self, by: &Person) -> Self {
        self.by = Some(by.clone());
        self
    }

    fn because(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self
    }

    fn shown(mut self, evidence: impl IntoIterator<Item = String>) -> Self {
        self.evidence.extend(evidence);
        self
    }
}

/// The step that an event belongs to.
pub(crate) fn step(event: &Event) -> Option<&StepId> {
    match event {
        Event::Needed { step }
        | Event::NotNeeded { step, .. }
        | Event::LeftOut { step, .. }
        | Event::GuardUnclear { step, .. }
        | Event::Confirmed { step, .. }
        | Event::Began { step, .. }
        | Event::Judged { step, .. }
        | Event::Checked { step, .. }
        | Event::Waited { step, .. }
        | Event::Verified { step, .. }
        | Event::Recorded { step, .. }
        | Event::Failed { step, .. }
        | Event::Chosen { step, .. }
        | Event::Performed { step, .. }
        | Event::Accepted { step, .. }
        | Event::Again { step, .. }
        | Event::Skipped { step, .. }
        | Event::Declined { step, .. } => Some(step),
        Event::Intended { key }
        | Event::Landed { key, .. }
        | Event::Refused { key, .. }
        | Event::Lost { key, .. }
        | Event::Displaced { key, .. }
        | Event::Lapsed { key, .. }
        | Event::Unclear { key, .. }
        | Event::Ruled { key, .. } => Some(&key.step),
        Event::Planned { .. }
        | Event::Noted { .. }
        | Event::Overridden { .. }
        | Event::Preferred { .. }
        | Event::Presented { .. }
        | Event::Held { .. }
        | Event::Released { .. }
        | Event::Aborted { .. }
        | Event::UndoBegan { .. }
        | Event::Left { .. }
        | Event::Resumed { .. }
        | Event::Finished { .. }
        | Event::Unknown => None,
    }
}

/// An event in words; `None` for what nobody needs to read.
#[expect(clippy::too_many_lines, reason = "one arm for each event, nothing else")]
pub(super) fn tell(plan: &Plan, event: &Event) -> Option<Told> {
    use LineKind::{Action, Decision, Note, Run, Signal};
    let title = |step: &StepId| title(plan, step);
    Some(match event {
        Event::Planned { plan, by } => {
            let drill = match (&plan.drill, &plan.exercise) {
                (Some(_), _) => "Drill: started".to_owned(),
                (None, Some(exercise)) => {
                    format!("Drill on the real system ({}): started", exercise.why)
                }
                (None, None) => "Started".to_owned(),
            };
            Told::new(
                Run,
                format!(
                    "{drill} `{}` for {}: {}",
                    plan.title,
                    plan.place,
                    plan.fate_told().sentence
                ),
            )
            .by(by)
            .shown([
                format!("target: {}", plan.because),
                format!("running: {}", plan.survey.sentence()),
            ])
        }
        Event::Needed { .. } | Event::Began { .. } => return None,
        Event::NotNeeded { step, why } => {
            Told::new(Run, format!("{}: not needed, {why}", title(step)))
        }
        Event::LeftOut { step, why } => {
            Told::new(Run, format!("{}: not done here, {why}", title(step)))
        }
        Event::GuardUnclear { step, why } => {
            Told::new(Signal, format!("{}: cannot tell whether it is needed, {why}", title(step)))
        }
        Event::Confirmed { step, by } => {
            Told::new(Decision, format!("Confirmed: {}", title(step))).by(by)
        }
        Event::Intended { key } => Told::new(Action, format!("{}: sent", act(plan, key)))
            .shown(effect(plan, key).map(call)),
        Event::Landed { key, receipt } => Told::new(Action, format!("{}: done", act(plan, key)))
            .shown(effect(plan, key).map(changes).unwrap_or_default())
            .shown([receipt.sentence.clone()]),
        Event::Refused { key, why } => {
            Told::new(Action, format!("{}: refused, nothing was changed", act(plan, key)))
                .shown([why.to_string()])
        }
        Event::Lost { key, why } => Told::new(
            Action,
            format!("{}: the answer was lost; looking whether it took place", act(plan, key)),
        )
        .shown([why.clone()]),
        Event::Displaced { key, why } => {
            Told::new(Signal, format!("{}: not this run's any more", title(&key.step)))
                .shown([why.clone()])
        }
        Event::Lapsed { key, why } => Told::new(
            Signal,
            format!("{}: not renewed in time, anybody may take it", title(&key.step)),
        )
        .shown([why.clone()]),
        Event::Unclear { key, why } => {
            Told::new(Action, format!("{}: outcome unknown", act(plan, key))).shown([why.clone()])
        }
        Event::Ruled { key, happened, by, reason } => {
            let word = if *happened { "it happened" } else { "it did not happen" };
            Told::new(Decision, format!("{}: ruled that {word}", act(plan, key)))
                .by(by)
                .because(reason)
        }
        Event::Judged { step, verdict, judgements } => {
            Told::new(Signal, format!("{}: {}", title(step), verdict.as_str()))
                .shown(judgements.iter().flat_map(judged))
        }
        Event::Checked { step, results } => {
            let passed = results
                .iter()
                .filter(|one| one.outcome == crate::check::CheckOutcome::Passed)
                .count();
            Told::new(
                Signal,
                format!("{}: {passed} of {} checks passed", title(step), results.len()),
            )
            .shown(results.iter().map(|one| format!("{}: {}", one.name, one.sentence)))
        }
        Event::Waited { step, sentence } => {
            Told::new(Signal, format!("{}: {sentence}", title(step)))
        }
        Event::Verified { step, verification } => Told::new(
            Signal,
            format!(
                "{}: {}, {}",
                title(step),
                verification.verdict.as_str(),
                verification.sentence
            ),
        )
        .shown(verification.judgements.iter().flat_map(judged))
        .shown(verification.checks.iter().map(|one| format!("{}: {}", one.name, one.sentence)))
        .shown(verification.replicas.iter().map(|one| {
            let answer = one.version.as_deref().or(one.doubt.as_deref()).unwrap_or("no answer");
            format!("{}: {answer}", one.replica)
        })),
        Event::Recorded { text, .. } => Told::new(Note, text.clone()),
        Event::Failed { step, why } => Told::new(Signal, format!("{}: failed, {why}", title(step))),
        Event::Chosen { step, option, by, reason } => {
            let label = option_label(plan, step, option);
            let told = Told::new(Decision, format!("{}: {label}", title(step))).by(by);
            match reason {
                Some(reason) => told.because(reason),
                None => told,
            }
        }
        Event::Performed { step, observed, by } => {
            let told = Told::new(Decision, format!("Done by hand: {}", title(step))).by(by);
            if observed.is_empty() { told } else { told.shown([observed.clone()]) }
        }
        Event::Accepted { step, by, reason } => {
            Told::new(Decision, format!("Went on in spite of it: {}", title(step)))
                .by(by)
                .because(reason)
        }
        Event::Again { step, by, reason } => {
            let told = Told::new(Decision, format!("Once more: {}", title(step))).by(by);
            match reason {
                Some(reason) => told.because(reason),
                None => told,
            }
        }
        Event::Skipped { step, by, reason } => {
            Told::new(Decision, format!("Skipped: {}", title(step))).by(by).because(reason)
        }
        Event::Declined { by, reason, .. } => {
            Told::new(Decision, "Decided against a rollback").by(by).because(reason)
        }
        Event::Noted { by, text } => Told::new(Note, text.clone()).by(by),
        Event::Overridden { subject, by, reason } => {
            Told::new(Decision, format!("Overrode the preflight finding `{subject}`"))
                .by(by)
                .because(reason)
        }
        Event::Preferred { way, by, reason } => {
            Told::new(Decision, format!("Chose to {}", way.title())).by(by).because(reason)
        }
        Event::Presented { by, act } => Told::new(Run, act.words()).by(by),
        Event::Held { by } => Told::new(Run, "Held: nothing new begins").by(by),
        Event::Released { by } => Told::new(Run, "Goes on").by(by),
        Event::Aborted { by, reason } => Told::new(Decision, "Aborted").by(by).because(reason),
        Event::UndoBegan { by, steps } => {
            let steps: Vec<String> = steps.iter().map(title).collect();
            Told::new(Decision, format!("Takes back: {}", steps.join(", "))).by(by)
        }
        Event::Left { by, reason } => {
            Told::new(Decision, "Leaves what was done as it is").by(by).because(reason)
        }
        Event::Resumed { by } => Told::new(Run, "Taken up again").by(by),
        Event::Finished { outcome } => Told::new(Run, outcome.sentence()),
        Event::Unknown => Told::new(Run, "Something that a newer version of Lastgood wrote"),
    })
}

fn title(plan: &Plan, step: &StepId) -> String {
    plan.step(step).map_or_else(|| step.to_string(), |step| step.title.clone())
}

fn act(plan: &Plan, key: &EffectKey) -> String {
    let title = title(plan, &key.step);
    if key.undo { taken_back(plan, &key.step, &title) } else { title }
}

/// The title of a step on the way back; what a step held is given back, and nothing that it
/// did is undone by that.
pub(crate) fn taken_back(plan: &Plan, step: &StepId, title: &str) -> String {
    let forward = plan.step(step).and_then(|step| step.task.effect(false));
    let held = forward.and_then(|effect| leased(&effect.operation));
    match held {
        Some((lease, _)) => format!("Give back {lease}"),
        None => format!("Take back `{title}`"),
    }
}

fn effect<'a>(plan: &'a Plan, key: &EffectKey) -> Option<&'a PlannedEffect> {
    plan.step(&key.step)?.task.effect(key.undo)
}

fn call(effect: &PlannedEffect) -> String {
    format!(
        "{} {} on {} ({})",
        effect.call.verb, effect.call.target, effect.call.system, effect.call.scope
    )
}

fn changes(effect: &PlannedEffect) -> Vec<String> {
    effect
        .changes
        .iter()
        .map(|change| format!("{}: {} → {}", change.what, change.before, change.after))
        .collect()
}

fn option_label(plan: &Plan, step: &StepId, option: &str) -> String {
    match plan.step(step).map(|step| &step.task) {
        Some(Task::Decide { options, .. }) => options
            .iter()
            .find(|known| known.id == option)
            .map_or_else(|| option.to_owned(), |known| known.label.clone()),
        _ => option.to_owned(),
    }
}

/// A judgement in its sentence, and in the numbers behind it.
fn judged(one: &Judgement) -> impl Iterator<Item = String> {
    let numbers = statistics(one).map(|numbers| format!("{}: {numbers}", one.slo));
    std::iter::once(format!("{}: {}", one.slo, one.sentence)).chain(numbers)
}
