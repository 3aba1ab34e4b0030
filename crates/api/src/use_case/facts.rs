//! Looks up what the gates ask of a release besides its deploys, artifact and schema: how it
//! kept its objectives, what became of its flags, how old it is. Every question has a limit;
//! what was not answered in time stays unknown.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use jiff::Timestamp;
use lastgood_core::catalog::{Environment, Place, Recall};
use lastgood_core::effect::Refusal;
use lastgood_core::flag::{Flag, FlagState};
use lastgood_core::name::ServiceName;
use lastgood_core::recorded::Recorded;
use lastgood_core::release::facts::{Age, FlagNeed, FlagState as Became, Flags, Tenure};
use lastgood_core::release::tenure::{kept, window};
use lastgood_core::release::{Facts, History, Release};

use crate::stage::Stage;

/// How long the questions about one release's objectives may take together.
const MEASURING: Duration = Duration::from_secs(8);

/// More objectives than this are not asked about for each candidate.
const MOST_SLOS: usize = 4;

/// How `release` kept the objectives of its place while it last served.
pub(super) async fn tenure(
    stage: &Stage,
    place: &Place,
    environment: &Environment,
    history: &History,
    release: &Release,
    now: Timestamp,
) -> Tenure {
    let Some((from, to)) = window(history, &release.id, now) else { return Tenure::default() };
    let asked = environment.slos.iter().take(MOST_SLOS);
    let looks = join_all(asked.map(|slo| async move {
        kept(slo, &release.version, &stage.world.measure(place, slo, from, to).await)
    }));
    let Ok(found) = tokio::time::timeout(MEASURING, looks).await else {
        return Tenure::default();
    };
    let counts = found.iter().find_map(|(_, counts)| *counts);
    let mut objectives: Vec<_> = found.into_iter().map(|(kept, _)| kept).collect();
    // An objective that nobody asked about is not kept in silence.
    objectives.extend(environment.slos.iter().skip(MOST_SLOS).map(|slo| {
        lastgood_core::release::facts::Kept {
            slo: slo.name.clone(),
            budget: slo.budget(),
            upper_bound_95: Recorded::NotRecorded,
            e_abs_max: Recorded::NotRecorded,
        }
    }));
    Tenure {
        requests: counts.map(|counts| counts.total).into(),
        bad: counts.map(|counts| counts.bad).into(),
        objectives,
        ..Tenure::default()
    }
}

/// The flags of `place` now; `None` where its catalog names no flag system.
pub(super) async fn flags_now(
    stage: &Stage,
    place: &Place,
    limit: Duration,
) -> Option<Result<Vec<Flag>, String>> {
    match tokio::time::timeout(limit, stage.world.flags(place)).await {
        Ok(Ok(flags)) => Some(Ok(flags)),
        Ok(Err(Refusal::Unsupported { .. })) => None,
        Ok(Err(refusal)) => Some(Err(refusal.to_string())),
        Err(_) => Some(Err(format!("no answer within {} s", limit.as_secs()))),
    }
}

/// Fills in what follows from the deploys themselves and from the flags.
pub(super) fn fill(
    facts: &mut Facts,
    environment: &Environment,
    history: &History,
    flags: Option<&Result<Vec<Flag>, String>>,
) {
    let mut first: BTreeMap<_, Timestamp> = BTreeMap::new();
    for deploy in history.deploys() {
        // Newest first, so that the oldest stays.
        first.insert(deploy.release.id.clone(), deploy.at);
    }
    let releases: Vec<Release> = history.releases().into_iter().cloned().collect();
    for (index, release) in releases.iter().enumerate() {
        let about = facts.about(&release.id);
        // It is at least as old as its first deploy.
        let built = first.get(&release.id).copied().into();
        let expires = release.promises.expires.clone();
        about.age = Recorded::Recorded(Age { built, expires, ..Age::default() });
        if let Some(Ok(now)) = flags
            && release.flags.as_option().is_some()
        {
            about.flags = Recorded::Recorded(needed(environment, &releases, index, now));
        }
    }
}

/// Fills in which releases of `service` the catalog recalls. Called after [`fill`].
pub(super) fn recalled(
    facts: &mut Facts,
    recalls: &[Recall],
    service: &ServiceName,
    history: &History,
) {
    for release in history.releases() {
        let Recorded::Recorded(age) = &mut facts.about(&release.id).age else { continue };
        for recall in recalls {
            if recall.means(service, release) {
                age.recalled = Some(recall.because.clone());
            } else if recall.may_mean(service, release) {
                age.unclear.push(format!(
                    "whether it is recalled ({}) is not known, because its {} is not recorded",
                    recall.because,
                    if recall.digest.is_some() && release.digest.as_option().is_none() {
                        "digest"
                    } else {
                        "commit"
                    }
                ));
            }
        }
    }
}

/// What became of the flags of the release at `index` of `releases`, newest first.
fn needed(environment: &Environment, releases: &[Release], index: usize, now: &[Flag]) -> Flags {
    let release = &releases[index];
    let looked_at = |name: &str| {
        environment
            .flags
            .as_ref()
            .is_none_or(|at| at.only.is_empty() || at.only.iter().any(|one| one.as_str() == name))
    };
    let names = |state: FlagState| state.as_str().to_owned();
    let needs = release.flags.as_option().into_iter().flatten().map(|(name, value)| {
        let found = now.iter().find(|flag| flag.name.as_str() == name);
        let switch = [FlagState::On, FlagState::Off].iter().any(|state| state.as_str() == value);
        FlagNeed {
            name: name.clone(),
            // A value that is neither on nor off is one of the flag system's own.
            variation: switch.then(|| value.clone()),
            found: match found {
                Some(_) => Recorded::Recorded(Became::Offers(vec![
                    names(FlagState::On),
                    names(FlagState::Off),
                ])),
                None if looked_at(name) => Recorded::Recorded(Became::Missing),
                None => Recorded::NotRecorded,
            },
            differs: found.map(|flag| names(flag.state)).filter(|state| switch && state != value),
        }
    });
    let knows = |release: &Release, name: &str| {
        release.flags.as_option().is_some_and(|flags| flags.contains_key(name))
    };
    let (newer, older) = releases.split_at(index);
    let only_newer = now
        .iter()
        .filter(|flag| flag.state == FlagState::On)
        .map(|flag| flag.name.as_str())
        .filter(|name| newer.iter().any(|release| knows(release, name)))
        .filter(|name| !older.iter().any(|release| knows(release, name)))
        .map(str::to_owned)
        .collect();
    Flags { needs: needs.collect(), only_newer }
}

#[cfg(test)]
mod tests {
    use lastgood_core::release::DeployOutcome;
    use lastgood_core::testing::{environment, release};

    use super::*;

    fn with(version: &str, flags: &[(&str, &str)]) -> Release {
        let flags = flags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Release { flags: Recorded::Recorded(flags.collect()), ..release(version) }
    }

    fn flag(name: &str, state: FlagState) -> Flag {
        Flag { name: name.into(), state, about: Recorded::NotRecorded }
    }

    #[test]
    fn a_flag_that_is_gone_changed_or_newer_is_told_apart() {
        let releases = [
            with("c", &[("fast", "on")]),
            with("b", &[("cart", "on"), ("old", "on")]),
            with("a", &[]),
        ];
        let now = [flag("fast", FlagState::On), flag("cart", FlagState::Off)];
        let flags = needed(&environment(), &releases, 1, &now);
        assert_eq!(flags.only_newer, ["fast"], "b does not know it");
        let need =
            |name: &str| flags.needs.iter().find(|need| need.name == name).expect("it needs it");
        assert_eq!(need("cart").differs.as_deref(), Some("off"));
        assert_eq!(need("old").found, Recorded::Recorded(Became::Missing));
    }

    #[test]
    fn a_flag_that_the_catalog_leaves_out_is_not_called_gone() {
        let mut environment = environment();
        environment.flags = Some(lastgood_core::catalog::FlagsAt {
            connection: "flags".into(),
            environment: "production".to_owned(),
            only: vec!["cart".into()],
        });
        let flags = needed(&environment, &[with("b", &[("other", "on")])], 0, &[]);
        assert_eq!(flags.needs[0].found, Recorded::NotRecorded);
    }

    #[test]
    fn a_recalled_release_is_told_from_one_that_might_be() {
        let recall = |commit: &str| Recall {
            service: None,
            version: None,
            commit: Some(commit.to_owned()),
            digest: None,
            because: "CVE-2026-1234".to_owned(),
        };
        let mut known = lastgood_core::testing::deploy("a", 0, DeployOutcome::Completed);
        known.release.commit = Recorded::Recorded("8f3c1d0aa".to_owned());
        let mut silent = lastgood_core::testing::deploy("b", 10, DeployOutcome::Completed);
        silent.release.commit = Recorded::NotRecorded;
        let history = History::new(vec![known.clone(), silent.clone()]);
        let mut facts = Facts::default();
        fill(&mut facts, &environment(), &history, None);
        recalled(&mut facts, &[recall("8f3c1d0")], &known.place.service, &history);
        let age = |release: &Release| {
            let facts = facts.of(&release.id).expect("it was looked at");
            facts.age.as_option().expect("its age is known").clone()
        };
        assert_eq!(age(&known.release).recalled.as_deref(), Some("CVE-2026-1234"));
        assert_eq!(age(&silent.release).recalled, None, "nobody knows its commit");
        assert!(age(&silent.release).unclear[0].contains("its commit is not recorded"));
    }
}
