//! Asks whose turn it is, takes it, renews it and gives it back: each one conditional write of
//! the Lease.

use futures::future::join_all;
use jiff::Timestamp;
use lastgood_core::catalog::Place;
use lastgood_core::effect::{
    ApplyError, Call, Change, Operation, PlannedEffect, Presence, Receipt, Refusal, Reversibility,
};
use lastgood_core::lease::{Holder, LeaseState, Leasing, PlaceLease, TERM, Tenure, Turn};
use lastgood_core::name::{EffectKey, RunId};
use lastgood_core::preflight::{Finding, Grade, Topic};
use serde_json::{Value, json};

use super::super::act::TRIES;
use super::super::error::Failure;
use super::super::{Kubernetes, reply, request};
use super::{GROUP, PLURAL, free, held, home, over, path, turn};

/// Why a lease is not held.
enum NotHeld {
    /// It is somebody else's turn.
    Theirs(Holder),
    /// The API server did not do it, or did not say.
    Failed(ApplyError),
}

/// When a lease that is ours already is written again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Renew {
    /// Once it ran out.
    InTime,
    /// Before every change, which may take a while.
    Now,
}

/// Without a clock of its own the API server still dates this answer for everybody.
const DATED: &str = "/version";

impl Kubernetes {
    /// The lease, and why it cannot be taken with the rights of this user.
    pub(in super::super) async fn taking(&self, lease: PlaceLease) -> Leasing {
        let hindrance = self.may_not_lease(&lease).await;
        Leasing { lease, hindrance }
    }

    /// What is to be said of the lease before anything changes.
    pub(in super::super) async fn lease_findings(&self, lease: &PlaceLease) -> Vec<Finding> {
        let (hindrance, found) = futures::join!(self.may_not_lease(lease), self.lease_now(lease));
        let turn = found.map(|(object, now)| turn(object.as_ref(), None, now));
        let Some(why) = hindrance else {
            return vec![match turn {
                Ok(turn) => lease.finding(&turn, &over(lease)),
                Err(failure) => {
                    let why = failure.refusal(&lease.to_string()).to_string();
                    Finding::new("another operator", Grade::Unknown, why).on(Topic::Freeze)
                }
            }];
        };
        let grant = format!("grant `get`, `create` and `update` on `{PLURAL}` of {GROUP} there");
        let missing = Finding::new("permission to hold a lease", Grade::Warn, why).mend(grant);
        let mut findings = vec![missing.on(Topic::Permission)];
        // Whoever may look sees it all the same.
        if let Ok(theirs @ Turn::Theirs(_)) = turn {
            findings.push(lease.finding(&theirs, &over(lease)));
        }
        findings
    }

    /// Which right is missing. What could not be found out is no hindrance: the step is
    /// planned then, and fails aloud where it cannot be done.
    async fn may_not_lease(&self, lease: &PlaceLease) -> Option<String> {
        let asked = ["get", "create", "update"].map(|verb| async move {
            // Nobody can be allowed to make an object of one name only.
            let name = if verb == "create" { "" } else { lease.name.as_str() };
            let mut body = request::may_i_at(&lease.namespace, verb, GROUP, PLURAL);
            body["spec"]["resourceAttributes"]["name"] = json!(name);
            let answer = self.link.ask(request::MAY_I, &body).await.ok()?;
            (reply::allowed(&answer.value) == Some(false)).then_some(verb)
        });
        let missing: Vec<&str> = join_all(asked).await.into_iter().flatten().collect();
        (!missing.is_empty()).then(|| {
            format!(
                "this user may not {} {PLURAL} in namespace {}: nothing keeps a second operator \
                 from going back at the same time",
                missing.join(", "),
                lease.namespace
            )
        })
    }

    /// The object, where there is one, and the API server's time.
    async fn lease_now(&self, lease: &PlaceLease) -> Result<(Option<Value>, Timestamp), Failure> {
        match self.link.get(&path(lease)).await {
            Ok(answer) => {
                let at = answer.at();
                Ok((Some(answer.value), at))
            }
            Err(Failure::Status { code: 404, .. }) => Ok((None, self.link.get(DATED).await?.at())),
            Err(failure) => Err(failure),
        }
    }

    /// Resolves what takes the lease, or gives it back.
    pub(in super::super) async fn plan_lease(
        &self,
        place: &Place,
        operation: &Operation,
        lease: &PlaceLease,
        to: LeaseState,
    ) -> Result<PlannedEffect, Refusal> {
        let found = self.lease_now(lease).await;
        let (object, now) = found.map_err(|failure| failure.refusal(&lease.to_string()))?;
        let ours = format!("this run, for {TERM} at a time");
        let (before, after) = match to {
            LeaseState::Held => (told(&turn(object.as_ref(), None, now)), ours),
            LeaseState::Free => (ours, told(&Turn::Free)),
        };
        let (verb, target) = match (&object, to) {
            (None, LeaseState::Held) => ("POST", home(lease)),
            (Some(_), _) | (None, LeaseState::Free) => ("PUT", path(lease)),
        };
        let body = match to {
            LeaseState::Held => json!({
                "holderIdentity": format!("{}/(this run)", self.operator()),
                "leaseDurationSeconds": TERM.0 / 1000,
            }),
            LeaseState::Free => json!({ "holderIdentity": null }),
        };
        Ok(PlannedEffect {
            operation: operation.clone(),
            place: place.clone(),
            call: Call {
                system: "kubernetes".to_owned(),
                scope: format!(
                    "cluster {}, context {}, namespace {}",
                    self.link.server, self.link.context, lease.namespace
                ),
                verb: verb.to_owned(),
                target,
                body: serde_json::to_string_pretty(&json!({ "spec": body })).ok(),
            },
            changes: vec![Change { what: lease.holder(), before, after }],
            expects: Vec::new(),
            reversibility: Reversibility::Reversible,
        })
    }

    /// Takes the lease or gives it back, once.
    pub(in super::super) async fn switch_lease(
        &self,
        key: &EffectKey,
        lease: &PlaceLease,
        to: LeaseState,
    ) -> Result<Receipt, ApplyError> {
        match to {
            LeaseState::Held => {
                self.hold(&key.run, lease, Renew::InTime).await.map_err(|why| match why {
                    NotHeld::Theirs(holder) => lease.taken_by(&holder, &over(lease)).into(),
                    NotHeld::Failed(error) => error,
                })
            }
            LeaseState::Free => self.give_back(&key.run, lease).await,
        }
    }

    /// The effect without its reliance on `lease`, which is held for longer by this. Refused
    /// when somebody else has it by now.
    pub(in super::super) async fn in_turn(
        &self,
        key: &EffectKey,
        lease: &PlaceLease,
        effect: &PlannedEffect,
    ) -> Result<PlannedEffect, ApplyError> {
        let (effect, relies) = lease.apart(effect);
        if relies {
            self.hold(&key.run, lease, Renew::Now).await.map_err(|why| match why {
                NotHeld::Theirs(holder) => lease.lost_to(&holder).into(),
                NotHeld::Failed(error) => error,
            })?;
        }
        Ok(effect)
    }

    /// Whether the run of `key` holds the lease, or does not, as the effect wants it.
    pub(in super::super) async fn probe_lease(
        &self,
        key: &EffectKey,
        lease: &PlaceLease,
        to: LeaseState,
    ) -> Presence {
        let (object, now) = match self.lease_now(lease).await {
            Ok(found) => found,
            Err(failure) => {
                return Presence::Unclear { why: failure.refusal(&lease.to_string()).to_string() };
            }
        };
        match (turn(object.as_ref(), Some(&key.run), now), to) {
            (Turn::Ours(holder), LeaseState::Held) => {
                Presence::Present(receipt(object.as_ref(), format!("{lease} is held by {holder}")))
            }
            (Turn::Free | Turn::Left(_) | Turn::Theirs(_), LeaseState::Free) => Presence::Present(
                receipt(object.as_ref(), format!("{lease} is not held by this run")),
            ),
            (Turn::Ours(_), LeaseState::Free)
            | (Turn::Free | Turn::Left(_) | Turn::Theirs(_), LeaseState::Held) => Presence::Absent,
        }
    }

    /// Takes or renews.
    async fn hold(
        &self,
        run: &RunId,
        lease: &PlaceLease,
        renew: Renew,
    ) -> Result<Receipt, NotHeld> {
        let what = lease.to_string();
        for _ in 0..TRIES {
            let (object, now) = self
                .lease_now(lease)
                .await
                .map_err(|failure| NotHeld::Failed(failure.refusal(&what).into()))?;
            let turn = turn(object.as_ref(), Some(run), now);
            let is_good = |holder: &Holder| holder.until.is_some_and(|until| until > now);
            match turn {
                Turn::Theirs(holder) => return Err(NotHeld::Theirs(holder)),
                // A repeat of what took place changes nothing.
                Turn::Ours(ref holder) if renew == Renew::InTime && is_good(holder) => {
                    return Ok(receipt(object.as_ref(), won(lease, &turn)));
                }
                Turn::Ours(_) | Turn::Free | Turn::Left(_) => {}
            }
            let body = held(object.as_ref(), lease, (&self.operator(), run), now);
            let sent = match &object {
                Some(_) => self.link.put(&path(lease), &body).await,
                None => self.link.create(&home(lease), &body).await,
            };
            match sent {
                Ok(answer) => return Ok(receipt(Some(&answer.value), won(lease, &turn))),
                // Nothing landed: somebody was there between the look and the write.
                Err(failure) if failure.code() == Some(409) => {
                    tracing::debug!(%run, "the lease moved in between; looking again");
                }
                Err(failure) => return Err(NotHeld::Failed(failure.outcome(&what))),
            }
        }
        Err(NotHeld::Failed(moved(lease)))
    }

    /// Renews what is ours, and takes nothing: whoever ended a lease that was ours, or took
    /// it, did so knowingly, and whoever drives this run has to hear of it.
    pub(in super::super) async fn keep_lease(&self, run: &RunId, lease: &PlaceLease) -> Tenure {
        let what = lease.to_string();
        let unclear = |why: String| Tenure::Unclear { why };
        for _ in 0..TRIES {
            let (object, now) = match self.lease_now(lease).await {
                Ok(found) => found,
                Err(failure) => return unclear(failure.refusal(&what).to_string()),
            };
            let turn = turn(object.as_ref(), Some(run), now);
            if let Some(why) = lease.gone(&turn, &over(lease)) {
                return Tenure::Lost { why };
            }
            let body = held(object.as_ref(), lease, (&self.operator(), run), now);
            match self.link.put(&path(lease), &body).await {
                Ok(_) => return Tenure::Kept,
                // Somebody was there between the look and the write, or deleted it.
                Err(failure) if matches!(failure.code(), Some(404 | 409)) => {}
                Err(failure) => return unclear(failure.outcome(&what).to_string()),
            }
        }
        unclear(moved(lease).to_string())
    }

    async fn give_back(&self, run: &RunId, lease: &PlaceLease) -> Result<Receipt, ApplyError> {
        let what = lease.to_string();
        for _ in 0..TRIES {
            let found = self.lease_now(lease).await;
            let (object, now) = found.map_err(|failure| failure.refusal(&what))?;
            let (Turn::Ours(_), Some(object)) = (turn(object.as_ref(), Some(run), now), &object)
            else {
                return Ok(receipt(object.as_ref(), format!("{lease} is not held by this run")));
            };
            match self.link.put(&path(lease), &free(object)).await {
                Ok(answer) => {
                    return Ok(receipt(Some(&answer.value), format!("nobody holds {lease}")));
                }
                Err(failure) if failure.code() == Some(409) => {}
                Err(failure) => return Err(failure.outcome(&what)),
            }
        }
        Err(moved(lease))
    }
}

/// Who has it, for a plan.
fn told(turn: &Turn) -> String {
    match turn {
        Turn::Free => "nobody".to_owned(),
        Turn::Left(holder) => format!("{}, who did not give it back in time", holder.who),
        Turn::Ours(holder) | Turn::Theirs(holder) => holder.to_string(),
    }
}

/// How it came to be held.
fn won(lease: &PlaceLease, before: &Turn) -> String {
    match before {
        Turn::Left(holder) => {
            format!("{lease} is taken over from {}, who did not give it back in time", holder.who)
        }
        Turn::Free | Turn::Ours(_) | Turn::Theirs(_) => {
            format!("{lease} is held by this run, for {TERM} at a time")
        }
    }
}

fn moved(lease: &PlaceLease) -> ApplyError {
    let why = format!("it moved on each of {TRIES} tries; nothing was changed");
    Refusal::Rejected { system: lease.to_string(), why }.into()
}

fn receipt(object: Option<&Value>, sentence: String) -> Receipt {
    let version = object.and_then(|object| object["metadata"]["resourceVersion"].as_str());
    let version = version.unwrap_or("unknown");
    Receipt { reference: format!("resourceVersion {version}"), sentence }
}
