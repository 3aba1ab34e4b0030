//! Rolling back through Helm exactly once, and finding it again.
//!
//! Two things happen: `helm rollback`, and a mark on the object with the effect's key. A crash
//! between the two leaves a newer revision that says what it is, and no mark; the next
//! attempt finds it and writes only the mark. Helm knows no precondition: whether somebody
//! moved the release is looked at right before, and told right after.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Receipt, Refusal};
use lastgood_core::errand::EFFECT_KEY_VARIABLE;
use lastgood_core::name::EffectKey;

use super::super::Kubernetes;
use super::super::act::TRIES;
use super::super::effect::holds;
use super::super::marks::{Effects, receipt};
use super::super::objects::{Seen, hash};
use super::super::request::{self, JSON_PATCH};
use super::effect::{Stand, argv, mark, planned, stand};
use super::revision::Revision;
use super::{NEWEST, Owner, SYSTEM, TARGET, owner};
use crate::errand::{Ended, Group, Output, on_path};

/// Helm waits for its own hooks, and no longer than it is told to.
const LIMIT: Duration = Duration::from_secs(110);

/// Our own settings, and what may be secret in them, are nobody else's.
const OURS: &str = "LASTGOOD_";

impl Kubernetes {
    /// Resolves a restore of what Helm installed.
    pub(in crate::kubernetes) async fn plan_helm(
        &self,
        effect: PlannedEffect,
        owner: &Owner,
        seen: &Seen,
    ) -> Result<PlannedEffect, Refusal> {
        let revisions = self.helm_revisions(owner).await?;
        let context = &self.link.context;
        super::effect::through_helm(effect, &self.place, context, (owner, seen), &revisions)
    }

    pub(in crate::kubernetes) async fn helm_once(
        &self,
        key: &EffectKey,
        effect: &PlannedEffect,
    ) -> Result<Receipt, ApplyError> {
        let target = planned(effect, TARGET)?;
        let mut ran = false;
        for _ in 0..=TRIES {
            let seen = self.seen().await.map_err(|refusal| told(ran, refusal))?;
            if let Some(done) = Effects::of(&seen.deployment).find(key) {
                return Ok(receipt(done, &seen.deployment));
            }
            let owner = owner(&seen.deployment).ok_or_else(|| told(ran, no_owner()))?;
            let revisions =
                self.helm_revisions(&owner).await.map_err(|refusal| told(ran, refusal))?;
            match self.stands(key, effect, &seen, revisions.first())? {
                Stand::Done => {
                    if let Some(receipt) = self.end(key, effect, &seen).await? {
                        return Ok(receipt);
                    }
                }
                Stand::Pending(why) => return Err(ApplyError::Lost { why }),
                Stand::Moved(found) => {
                    let planned = planned(effect, NEWEST)?.to_string();
                    let what = NEWEST.to_owned();
                    return Err(told(ran, Refusal::Drifted { what, planned, found }));
                }
                Stand::Untouched if ran => {
                    let why = "Helm ended well, and its release does not show it".to_owned();
                    return Err(ApplyError::Lost { why });
                }
                Stand::Untouched => {
                    holds(key, effect, &seen, self.place.container.as_deref())?;
                    self.still_fits(effect, &seen, &revisions, target)?;
                    let argv = argv(&owner, target, &self.place, &self.link.context);
                    if let Err(why) = self.run_helm(key, &argv).await? {
                        return Err(self.failed(key, effect, &owner, why).await);
                    }
                    ran = true;
                }
            }
        }
        let why = format!("{} moved on each of {TRIES} tries; Helm has done its part", self.name());
        Err(ApplyError::Lost { why })
    }

    /// Whether it took place: by the key, or by a revision that Helm has not ended.
    pub(in crate::kubernetes) async fn probe_helm(
        &self,
        key: &EffectKey,
        effect: &PlannedEffect,
    ) -> Presence {
        let unclear = |why: String| Presence::Unclear { why };
        let seen = match self.seen().await {
            Ok(seen) => seen,
            Err(refusal) => return unclear(refusal.to_string()),
        };
        if let Some(done) = Effects::of(&seen.deployment).find(key) {
            return Presence::Present(receipt(done, &seen.deployment));
        }
        let Some(owner) = owner(&seen.deployment) else {
            return unclear(no_owner().to_string());
        };
        let revisions = match self.helm_revisions(&owner).await {
            Ok(revisions) => revisions,
            Err(refusal) => return unclear(refusal.to_string()),
        };
        match self.stands(key, effect, &seen, revisions.first()) {
            // What Helm has done is found again by the next attempt, which only marks it.
            Ok(Stand::Untouched | Stand::Done | Stand::Moved(_)) => Presence::Absent,
            Ok(Stand::Pending(why)) => unclear(why),
            Err(refusal) => unclear(refusal.to_string()),
        }
    }

    fn stands(
        &self,
        key: &EffectKey,
        effect: &PlannedEffect,
        seen: &Seen,
        newest: Option<&Revision>,
    ) -> Result<Stand, Refusal> {
        let newest = newest.ok_or_else(|| Refusal::Gone { what: self.name() })?;
        let left = Effects::of(&seen.deployment);
        let ours = left.left_by(&key.run) == Some(hash(seen.template()).as_str());
        Ok(stand(newest, planned(effect, NEWEST)?, planned(effect, TARGET)?, ours))
    }

    /// Whether the revision still has the template that the plan shows.
    fn still_fits(
        &self,
        effect: &PlannedEffect,
        seen: &Seen,
        revisions: &[Revision],
        target: u64,
    ) -> Result<(), Refusal> {
        let Operation::RestoreRelease { release } = &effect.operation else { return Ok(()) };
        let name = self.place.workload.name();
        let fits = seen.set(release.as_str()).is_some_and(|set| {
            let revision = revisions.iter().find(|one| one.number == target);
            revision.is_some_and(|one| one.was_applied() && one.fits(seen.kind(), name, set))
        });
        if fits {
            return Ok(());
        }
        Err(Refusal::Gone { what: format!("revision {target} of the Helm release, as planned") })
    }

    /// Writes the mark; `None` when the object moved meanwhile.
    async fn end(
        &self,
        key: &EffectKey,
        effect: &PlannedEffect,
        seen: &Seen,
    ) -> Result<Option<Receipt>, ApplyError> {
        let Operation::RestoreRelease { release } = &effect.operation else { return Ok(None) };
        let Some(set) = seen.set(release.as_str()) else {
            let why = format!("Helm has done its part, and release {release} is gone");
            return Err(ApplyError::Lost { why });
        };
        let left = seen.sets.iter().find(|other| other.uid != set.uid);
        let leaves = left.map(|left| (left.name.clone(), left.revision));
        let path = request::deployment(&self.place);
        let body = mark(key, &effect.operation, set, seen);
        match self.link.patch(&path, JSON_PATCH, &body).await {
            Ok(answer) => {
                self.mark_left(key, effect, seen, leaves).await;
                Ok(Some(receipt(key, &answer.value)))
            }
            Err(failure) if failure.code() == Some(409) => Ok(None),
            Err(failure) => Err(ApplyError::Lost {
                why: format!("Helm has done its part, and it could not be marked: {failure}"),
            }),
        }
    }

    /// What a Helm that failed has done: nothing, when its release is as it was.
    async fn failed(
        &self,
        key: &EffectKey,
        effect: &PlannedEffect,
        owner: &Owner,
        why: String,
    ) -> ApplyError {
        let untouched = async {
            let seen = self.seen().await.ok()?;
            let revisions = self.helm_revisions(owner).await.ok()?;
            let newest = revisions.first().filter(|newest| !newest.is_pending())?;
            let stand = self.stands(key, effect, &seen, Some(newest)).ok()?;
            (stand == Stand::Untouched).then_some(())
        };
        match untouched.await {
            Some(()) => Refusal::Rejected { system: "Helm".to_owned(), why }.into(),
            None => ApplyError::Lost { why },
        }
    }

    /// Runs Helm, as a group of processes that does not outlive us. The inner error says how it
    /// failed once it was started.
    async fn run_helm(
        &self,
        key: &EffectKey,
        argv: &[String],
    ) -> Result<Result<(), String>, ApplyError> {
        let rejected = |why: String| Refusal::Rejected { system: "Helm".to_owned(), why };
        let program = program()?;
        let mut command = tokio::process::Command::new(program);
        // The person's own Helm, with whatever their credential plugins need.
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_ours(name)) {
            command.env_remove(name);
        }
        command.args(argv.iter().skip(1)).env(EFFECT_KEY_VARIABLE, key.to_string());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let (group, child) = Group::spawn(command)
            .map_err(|error| rejected(format!("it cannot be started: {error}")))?;
        let (ended, output) = group.attend(child, LIMIT, Output::unkept(&[])).await;
        let said = output.sentence();
        // From here on it may have changed something; the next look at its release tells.
        let why = match ended {
            Ended::Exit(0) => return Ok(Ok(())),
            Ended::Exit(code) => format!("ended with exit code {code}"),
            Ended::Signal => "was ended by a signal".to_owned(),
            Ended::Killed => format!("took longer than {} s", LIMIT.as_secs()),
            Ended::Unknown { why } => format!("could not be attended: {why}"),
        };
        Ok(Err(format!("helm {why}{said}")))
    }
}

/// Where Helm is on this machine.
pub(super) fn program() -> Result<PathBuf, Refusal> {
    on_path(SYSTEM).ok_or_else(|| Refusal::Gone {
        what: "the program `helm` (it is not on the PATH of this machine)".to_owned(),
    })
}

fn is_ours(name: &std::ffi::OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(OURS))
}

fn no_owner() -> Refusal {
    Refusal::Drifted {
        what: "the owner".to_owned(),
        planned: "a Helm release".to_owned(),
        found: "none that its annotations name".to_owned(),
    }
}

/// A refusal is one only while nothing was changed.
fn told(ran: bool, refusal: Refusal) -> ApplyError {
    if ran {
        ApplyError::Lost { why: format!("Helm has done its part: {refusal}") }
    } else {
        ApplyError::Refused(refusal)
    }
}
