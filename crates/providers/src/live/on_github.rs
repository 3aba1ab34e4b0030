//! What a step does on GitHub, in the repository that the place's releases come from.
//!
//! Every change is looked up before and after: a workflow's run by the effect's key in its
//! name, a deployment by the key in its payload, a cancellation by whether any run goes on.

use std::collections::BTreeMap;

use lastgood_core::catalog::GithubReleases;
use lastgood_core::effect::{
    ApplyError, Change, Expectation, Operation, PlannedEffect, Presence, Receipt, Refusal,
    Reversibility,
};
use lastgood_core::errand::{DeploymentState, Errand, GithubErrand};
use lastgood_core::name::EffectKey;
use lastgood_core::preflight::{Finding, Grade, Topic};
use lastgood_core::recorded::Recorded;
use lastgood_core::release::Metadata;

use super::{LiveWorld, Place, Timestamp};
use crate::clock;
use crate::github::{Deployment, Dispatch, Failure, Github};

/// The runs that a cancellation is about.
const RUNS: &str = "runs that go on";
/// No run from before this is taken for one that was dispatched.
const SINCE: &str = "no run from before";
const NONE: &str = "none";
/// A clock that is ahead of GitHub's by less than this loses no run.
const SKEW: i64 = 120;
/// A commit that is shorter names none.
const SHORTEST: usize = 7;

impl LiveWorld {
    async fn on_github(&self, place: &Place) -> Result<(Github, &GithubReleases), Refusal> {
        let Some(releases) = &self.settings(place)?.releases else {
            return Err(Refusal::Unsupported {
                what: "a step on GitHub".to_owned(),
                why: format!(
                    "the catalog names no repository for {place}; add `releases: {{ github: … }}`"
                ),
            });
        };
        let github = self.github(&releases.connection).await.map_err(Failure::refusal)?;
        Ok((github, releases))
    }

    pub(super) async fn resolve_on_github(
        &self,
        place: &Place,
        operation: &Operation,
        errand: &GithubErrand,
    ) -> Result<PlannedEffect, Refusal> {
        let (github, releases) = self.on_github(place).await?;
        let repository = &releases.repository;
        let mut effect = plain(place, operation, errand);
        effect.call.scope = format!("repository {repository}");
        effect.call.target = format!("/repos/{repository}/{}", effect.call.target);
        match errand {
            GithubErrand::Dispatch { .. } => {
                let since = Timestamp::from_second(clock::wall().as_second() - SKEW);
                let value = since.unwrap_or_default().to_string();
                effect.expects.push(Expectation { what: SINCE.to_owned(), value });
            }
            GithubErrand::Cancel { workflow } => {
                let runs =
                    github.open_runs(repository, workflow).await.map_err(Failure::refusal)?;
                let value = named(&runs);
                effect.changes = vec![Change {
                    what: format!("runs of {workflow}"),
                    before: if runs.is_empty() { "none goes on".to_owned() } else { value.clone() },
                    after: "none goes on".to_owned(),
                }];
                effect.expects.push(Expectation { what: RUNS.to_owned(), value });
                effect.reversibility = Reversibility::Irreversible;
            }
            GithubErrand::Deployment { commit, .. } => {
                let is_one = commit.len() >= SHORTEST
                    && commit.chars().all(|digit| digit.is_ascii_hexdigit());
                if !is_one {
                    return Err(Refusal::Unsupported {
                        what: errand.as_str().to_owned(),
                        why: format!(
                            "GitHub records deployments of commits, and the release has none: \
                             `{commit}`"
                        ),
                    });
                }
                for change in &mut effect.changes {
                    change.before = format!("as {repository} tells it now");
                }
                effect.reversibility = Reversibility::Irreversible;
            }
        }
        Ok(effect)
    }

    pub(super) async fn preflight_on_github(&self, place: &Place) -> Finding {
        let subject = "steps on GitHub";
        let finding = match self.on_github(place).await {
            Ok((_, releases)) => Finding::new(
                subject,
                Grade::Unknown,
                format!(
                    "whether this credential may change {} shows when it does: GitHub has no way \
                     to ask",
                    releases.repository
                ),
            )
            .mend("grant it Actions: write and Deployments: write on the repository"),
            Err(refusal) => Finding::new(subject, Grade::Block, refusal.to_string()),
        };
        finding.on(Topic::Permission)
    }

    pub(super) async fn probe_on_github(
        &self,
        key: &EffectKey,
        effect: &PlannedEffect,
        errand: &GithubErrand,
    ) -> Presence {
        let (github, releases) = match self.on_github(&effect.place).await {
            Ok(found) => found,
            Err(refusal) => return Presence::Unclear { why: refusal.to_string() },
        };
        match errand {
            GithubErrand::Dispatch { workflow, on, inputs } => {
                match dispatch(effect, releases, workflow, (on, inputs)) {
                    Ok(dispatch) => github.is_dispatched(key, &dispatch).await,
                    Err(refusal) => Presence::Unclear { why: refusal.to_string() },
                }
            }
            GithubErrand::Cancel { workflow } => {
                match github.open_runs(&releases.repository, workflow).await {
                    Ok(runs) if runs.is_empty() => Presence::Present(settled(workflow)),
                    Ok(_) => Presence::Absent,
                    Err(failure) => Presence::Unclear { why: failure.refusal().to_string() },
                }
            }
            GithubErrand::Deployment { commit, version, state, description } => {
                let recorded = deployment(releases, (commit, version), *state, description);
                github.is_recorded(key, &recorded).await
            }
        }
    }

    pub(super) async fn apply_on_github(
        &self,
        key: &EffectKey,
        effect: &PlannedEffect,
        errand: &GithubErrand,
    ) -> Result<Receipt, ApplyError> {
        let (github, releases) = self.on_github(&effect.place).await?;
        match errand {
            GithubErrand::Dispatch { workflow, on, inputs } => {
                github.dispatch(key, &dispatch(effect, releases, workflow, (on, inputs))?).await
            }
            GithubErrand::Cancel { workflow } => {
                let repository = &releases.repository;
                let runs =
                    github.open_runs(repository, workflow).await.map_err(Failure::refusal)?;
                let planned = expected(effect, RUNS).unwrap_or(NONE);
                // A run that nobody saw when the plan was made is somebody else's deploy.
                let known = |run: &u64| planned.split(", ").any(|one| one == run.to_string());
                if !runs.iter().all(known) {
                    return Err(Refusal::Drifted {
                        what: format!("which runs of {workflow} go on"),
                        planned: planned.to_owned(),
                        found: named(&runs),
                    }
                    .into());
                }
                for (before, run) in runs.into_iter().enumerate() {
                    github.cancel(repository, run).await.map_err(|end| after(before, end))?;
                }
                github.until_none_goes_on(repository, workflow).await?;
                Ok(settled(workflow))
            }
            GithubErrand::Deployment { commit, version, state, description } => {
                let recorded = deployment(releases, (commit, version), *state, description);
                github.record(key, &recorded).await
            }
        }
    }
}

/// A step on GitHub before GitHub was asked.
fn plain(place: &Place, operation: &Operation, errand: &GithubErrand) -> PlannedEffect {
    let errand = Errand::Github(errand.clone());
    PlannedEffect {
        operation: operation.clone(),
        place: place.clone(),
        call: errand.call(),
        changes: errand.changes(),
        expects: errand.expects(),
        // Whether there is a way back, the runbook says with its undo.
        reversibility: Reversibility::Reversible,
    }
}

/// The end of one of several changes: a no is one only while none of them was made.
fn after(before: usize, end: ApplyError) -> ApplyError {
    match end {
        ApplyError::Refused(refusal) if before > 0 => ApplyError::Lost {
            why: format!("{before} of the runs were told to end, and then: {refusal}"),
        },
        end @ (ApplyError::Refused(_) | ApplyError::Lost { .. }) => end,
    }
}

fn named(runs: &[u64]) -> String {
    if runs.is_empty() {
        return NONE.to_owned();
    }
    runs.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}

fn settled(workflow: &str) -> Receipt {
    Receipt {
        reference: format!("no run of {workflow}"),
        sentence: format!("no run of {workflow} goes on"),
    }
}

fn expected<'e>(effect: &'e PlannedEffect, what: &str) -> Option<&'e str> {
    effect.expects.iter().find(|one| one.what == what).map(|one| one.value.as_str())
}

fn dispatch(
    effect: &PlannedEffect,
    releases: &GithubReleases,
    workflow: &str,
    (on, inputs): (&str, &BTreeMap<String, String>),
) -> Result<Dispatch, Refusal> {
    let since = expected(effect, SINCE).and_then(|since| since.parse().ok());
    let since = since.ok_or_else(|| Refusal::Rejected {
        system: "the plan".to_owned(),
        why: "it does not say since when a run may be the one that it starts".to_owned(),
    })?;
    Ok(Dispatch {
        repository: releases.repository.clone(),
        workflow: workflow.to_owned(),
        on: on.to_owned(),
        inputs: inputs.clone(),
        since,
    })
}

fn deployment(
    releases: &GithubReleases,
    (commit, version): (&str, &str),
    state: DeploymentState,
    description: &str,
) -> Deployment {
    let text = |text: &str| Recorded::Recorded(text.to_owned());
    let metadata = Metadata { commit: text(commit), version: text(version), ..Metadata::default() };
    let state = match state {
        DeploymentState::InProgress => "in_progress",
        DeploymentState::Success => "success",
        DeploymentState::Failure => "failure",
    };
    Deployment {
        repository: releases.repository.clone(),
        environment: releases.environment.clone(),
        commit: commit.to_owned(),
        task: "rollback".to_owned(),
        description: description.to_owned(),
        metadata,
        state: state.to_owned(),
    }
}
