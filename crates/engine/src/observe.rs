//! The steps that read: judge, check, wait, verify, note. They change nothing, so they
//! may be dropped at any moment and begun again.

use std::sync::Arc;

use futures::future::join_all;
use jiff::Timestamp;
use lastgood_core::catalog::{Place, Slo};
use lastgood_core::check::Check;
use lastgood_core::judge::{
    Doubt, Gate, GateRule, GateState, Judgement, Look, Since, Verdict, judge_recovery,
    judge_with_history, worst,
};
use lastgood_core::name::{SloName, StepId};
use lastgood_core::plan::{Plan, PlannedStep, Task};
use lastgood_core::ports::{Clock, World};
use lastgood_core::run::{Entry, Event};
use lastgood_core::runbook::Until;
use lastgood_core::survey::{RolloutState, Survey};
use lastgood_core::time::{Millis, earlier, later};
use lastgood_core::view::{Activity, Holding};
use tokio::sync::mpsc;

/// How long a wait watches before it looks at its own deadline again.
const PATIENCE: Millis = Millis::seconds(5);

/// How long a wait without a timeout goes on. Runbooks are advised to name one.
const LONGEST_WAIT: Millis = Millis::minutes(60);

/// How far back before the window of a judgement is looked, to see how clumped errors
/// arrive here. A day would be better and is a question that a busy Prometheus refuses.
const HISTORY: Millis = Millis::minutes(60);

/// The pause after a look that could not be taken.
const AFTER_REFUSAL: Millis = Millis::seconds(2);

/// What an observation needs; owned, so that the driver can go on listening meanwhile.
pub(crate) struct Observation {
    pub(crate) world: Arc<dyn World>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) place: Place,
    pub(crate) target: lastgood_core::name::ReleaseId,
    pub(crate) target_version: String,
    pub(crate) suspect_version: String,
    pub(crate) step: PlannedStep,
    /// How bad each objective was when the run judged it, 0 to 1.
    pub(crate) incidents: Vec<(SloName, f64)>,
    pub(crate) progress: mpsc::Sender<Activity>,
}

impl Observation {
    pub(crate) fn new(
        world: Arc<dyn World>,
        clock: Arc<dyn Clock>,
        plan: &Plan,
        step: &PlannedStep,
        entries: &[Entry],
        progress: mpsc::Sender<Activity>,
    ) -> Self {
        Self {
            world,
            clock,
            place: plan.place.clone(),
            target: plan.to.id.clone(),
            target_version: plan.to.version.clone(),
            suspect_version: plan.from.version.clone(),
            step: step.clone(),
            incidents: incidents(entries),
            progress,
        }
    }

    /// Does what the step says and returns what is to be journalled.
    pub(crate) async fn observe(self) -> Event {
        let step = self.step.id.clone();
        match self.step.task.clone() {
            Task::Judge { slos, window, .. } => self.judge(step, &slos, window).await,
            Task::Check { checks } => self.check(step, &checks).await,
            Task::Wait { until } => self.wait(step, until).await,
            Task::Verify { slos, checks, rule } => self.verify(step, &slos, &checks, rule).await,
            Task::Note { text } => Event::Recorded { step, text },
            // The machine asks for these instead of observing them.
            Task::Act { .. } | Task::Decide { .. } | Task::Manual { .. } | Task::LeftOut { .. } => {
                Event::Failed { step, why: "there is nothing to observe in this step".to_owned() }
            }
        }
    }

    async fn judge(&self, step: StepId, slos: &[Slo], window: Millis) -> Event {
        let now = self.clock.now();
        self.say(now, None, format!("asking for the last {window}"), &Look::default()).await;
        let from = earlier(now, window);
        let judgements = join_all(slos.iter().map(|slo| async move {
            let (found, before) = futures::join!(
                self.world.measure(&self.place, slo, from, now),
                self.world.measure(&self.place, slo, earlier(from, HISTORY), from),
            );
            judge_with_history(slo, &found, Some(&before), Some(&self.suspect_version))
        }))
        .await;
        let verdict = worst(judgements.iter().map(|one| one.verdict));
        Event::Judged { step, verdict, judgements }
    }

    async fn check(&self, step: StepId, checks: &[Check]) -> Event {
        let results =
            join_all(checks.iter().map(|check| self.world.check(&self.place, check))).await;
        Event::Checked { step, results }
    }

    async fn wait(&self, step: StepId, until: Until) -> Event {
        let began = self.clock.now();
        let limit = self.step.timeout.unwrap_or(LONGEST_WAIT);
        if let Until::Elapsed(length) = until {
            let end = later(began, length);
            self.say(began, Some(end), format!("waiting {length}"), &Look::default()).await;
            self.clock.sleep_until(end).await;
            return Event::Waited { step, sentence: format!("waited {length}") };
        }
        let deadline = later(began, limit);
        let mut last: Option<Survey> = None;
        loop {
            let looked = match &last {
                Some(seen) => self.world.changed(&self.place, seen, PATIENCE).await,
                None => self.world.survey(&self.place).await,
            };
            let now = self.clock.now();
            let sentence = match looked {
                Ok(survey) => {
                    if self.is_there(until, &survey) {
                        return Event::Waited { step, sentence: survey.sentence() };
                    }
                    if let RolloutState::Stuck { why } = &survey.rollout {
                        let why = format!("{why} ({})", survey.sentence());
                        return Event::Failed { step, why };
                    }
                    let sentence = survey.sentence();
                    last = Some(survey);
                    sentence
                }
                Err(refusal) => {
                    // Not being able to look says nothing about the rollout.
                    last = None;
                    self.clock.sleep_until(later(now, AFTER_REFUSAL)).await;
                    format!("cannot look: {refusal}")
                }
            };
            if self.clock.now() >= deadline {
                return Event::Failed { step, why: format!("not within {limit}: {sentence}") };
            }
            self.say(began, Some(deadline), sentence, &Look::default()).await;
        }
    }

    fn is_there(&self, until: Until, survey: &Survey) -> bool {
        match until {
            Until::TargetServes => survey.serves_only(&self.target),
            Until::Settled => survey.rollout == RolloutState::Settled,
            Until::Elapsed(_) => true,
        }
    }

    async fn verify(&self, step: StepId, slos: &[Slo], checks: &[Check], rule: GateRule) -> Event {
        let began = self.clock.now();
        let every = rule.every.max(Millis(100));
        let give_up = later(began, rule.give_up);
        let counted = later(began, rule.grace);
        let wants_versions = rule.version.is_some();
        let wanted = rule.hold;
        let mut gate = Gate::new(rule, began);
        let mut from = began;
        loop {
            let now = self.clock.now();
            let counted = counted.max(from);
            let look = self.look(slos, checks, wants_versions, (from, counted), now).await;
            let seen = look.clone();
            if has_unknown_origin(&look) {
                // What began at an unknown value stays in doubt as long as the window
                // holds its beginning. Counted from here on it does not, and the gate
                // has to hold anew.
                from = now;
            }
            match gate.take(look, self.clock.now()) {
                GateState::Ended(verification) => return Event::Verified { step, verification },
                GateState::Looking { sentence, held } => {
                    let holding = Holding { held, wanted };
                    self.tell(began, Some(give_up), sentence, &seen, Some(holding)).await;
                }
            }
            self.clock.sleep_until(later(now, every)).await;
        }
    }

    async fn look(
        &self,
        slos: &[Slo],
        checks: &[Check],
        wants_versions: bool,
        (from, counted): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Look {
        let checks = join_all(checks.iter().map(|check| self.world.check(&self.place, check)));
        let judgements = self.recoveries(slos, wants_versions, (from, counted), now);
        let replicas = async {
            if wants_versions {
                // Unanswered is not "none": the gate finds no ready replica and waits.
                self.world.replicas(&self.place).await.unwrap_or_default()
            } else {
                Vec::new()
            }
        };
        let (judgements, checks, replicas) = futures::join!(judgements, checks, replicas);
        Look { judgements, checks, replicas }
    }

    async fn recoveries(
        &self,
        slos: &[Slo],
        of_target: bool,
        (from, counted): (Timestamp, Timestamp),
        to: Timestamp,
    ) -> Vec<Judgement> {
        join_all(slos.iter().map(|slo| async move {
            let mut found = self.world.measure(&self.place, slo, from, to).await;
            if !of_target {
                // Where no version is to be proven, no release was brought back: what
                // serves has to be well, whichever it is.
                found.arms.clear();
            }
            let incident = self.incidents.iter().find(|(name, _)| *name == slo.name);
            let since =
                Since { counted: counted.into(), incident: incident.map(|(_, rate)| *rate) };
            judge_recovery(slo, &found, &self.target_version, since)
        }))
        .await
    }

    async fn say(&self, since: Timestamp, until: Option<Timestamp>, sentence: String, look: &Look) {
        self.tell(since, until, sentence, look, None).await;
    }

    async fn tell(
        &self,
        since: Timestamp,
        until: Option<Timestamp>,
        sentence: String,
        look: &Look,
        holding: Option<Holding>,
    ) {
        let activity = Activity {
            sentence,
            since: since.into(),
            until: until.map(Into::into),
            holding,
            judgements: look.judgements.clone(),
            checks: look.checks.clone(),
            replicas: look.replicas.clone(),
        };
        // Nobody listening is no reason to stop looking.
        let _ = self.progress.send(activity).await;
    }
}

fn has_unknown_origin(look: &Look) -> bool {
    look.judgements.iter().any(|judgement| judgement.doubts.contains(&Doubt::UnknownOrigin))
}

/// The share of bad requests in the incident, by objective, where the run has found one
/// broken. The newest judgement counts.
#[expect(clippy::wildcard_enum_match_arm, reason = "one event judges; every other one does not")]
fn incidents(entries: &[Entry]) -> Vec<(SloName, f64)> {
    let judged = entries.iter().rev().find_map(|entry| match &entry.event {
        Event::Judged { judgements, .. } => Some(judgements),
        _ => None,
    });
    judged
        .into_iter()
        .flatten()
        .filter(|one| matches!(one.verdict, Verdict::Fail | Verdict::Shared))
        .filter_map(|one| Some((one.slo.clone(), one.counts.rate()?)))
        .collect()
}
