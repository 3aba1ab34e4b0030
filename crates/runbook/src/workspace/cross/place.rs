//! Whether a runbook can become a plan at a place, as far as files can tell.

use lastgood_core::catalog::{Environment, Place, PlatformKind};

use super::library::Known;
use crate::code::Code;
use crate::finding::Report;
use crate::nearest::did_you_mean;
use crate::tree::At;

/// An environment of the catalog, as it is written.
pub(super) struct Site<'a> {
    pub(super) place: Place,
    pub(super) written: At<'a>,
    /// Where all of it could be made sense of.
    pub(super) value: Option<&'a Environment>,
}

impl<'a> Site<'a> {
    /// The platform, which is known even where the rest of it is not.
    fn platform(&self) -> Option<PlatformKind> {
        let platform = self.written.get("platform")?;
        PlatformKind::ALL.into_iter().find(|kind| {
            platform.scalar() == Some(kind.as_str()) || platform.get(kind.as_str()).is_some()
        })
    }

    fn objectives(&self) -> Vec<&'a str> {
        let slos = self.written.get("slos");
        slos.iter().flat_map(At::pairs).map(|(key, _)| &*key.text).collect()
    }

    /// The names of the checks; nothing where one has none, for then any could be meant.
    fn checks(&self) -> Option<Vec<&'a str>> {
        let checks = self.written.get("checks");
        checks.iter().flat_map(At::items).map(|check| check.get("name")?.scalar()).collect()
    }
}

/// Reports at `at` what does not fit.
pub(super) fn runbook_fits(runbook: &Known<'_>, site: &Site<'_>, at: &At<'_>, report: &mut Report) {
    suits(runbook, site, at, report);
    let (objectives, checks) = (Some(site.objectives()), site.checks());
    let mut versions = false;
    for step in runbook.steps() {
        let verify = step.get("verify");
        let judged = [step.get("judge"), verify.clone()];
        let slos = judged.iter().flatten().filter_map(|one| one.get("slos"));
        names_exist(
            slos,
            objectives.as_deref(),
            Code::UnknownObjective,
            "objective",
            &step,
            (runbook, site, at),
            report,
        );
        let own = step.get("check");
        let checked = own.into_iter().chain(verify.as_ref().and_then(|one| one.get("checks")));
        names_exist(
            checked,
            checks.as_deref(),
            Code::UnknownCheck,
            "check",
            &step,
            (runbook, site, at),
            report,
        );
        versions |= verify.is_some_and(|verify| verify.flag("versions") != Some(false));
    }
    if versions && site.written.get("replica-version").is_none() {
        let (name, place) = (runbook.name, &site.place);
        report.advice(
            Code::NoReplicaVersion,
            at,
            format!("`{name}` asks every replica for its version, and nothing says how at {place}"),
            "add `replica-version: { get: …, header: … }`".to_owned(),
        );
    }
}

/// Whether it is for this strategy and this platform.
fn suits(runbook: &Known<'_>, site: &Site<'_>, at: &At<'_>, report: &mut Report) {
    let (name, place) = (runbook.name, &site.place);
    let strategies = runbook.words("strategies");
    if let Some(strategy) = site.value.map(|value| value.strategy.as_str())
        && !strategies.is_empty()
        && !strategies.contains(&strategy)
    {
        let wanted = strategies.join(" or ");
        let message = format!("`{name}` is for {wanted} rollouts, and {place} uses {strategy}");
        report.error(Code::StrategyUnfit, at, message);
    }
    let platforms = runbook.words("platforms");
    if let Some(platform) = site.platform().map(PlatformKind::as_str)
        && !platforms.is_empty()
        && !platforms.contains(&platform)
    {
        let wanted = platforms.join(" or ");
        let message = format!("`{name}` is for {wanted}, and {place} runs on {platform}");
        report.error(Code::PlatformUnfit, at, message);
    }
}

/// Reports the names in `lists` that are not among `known`.
fn names_exist<'a>(
    lists: impl Iterator<Item = At<'a>>,
    known: Option<&[&str]>,
    code: Code,
    what: &str,
    step: &At<'_>,
    (runbook, site, at): (&Known<'_>, &Site<'_>, &At<'_>),
    report: &mut Report,
) {
    let Some(known) = known else { return };
    let id = step.get("id").as_ref().and_then(At::scalar).unwrap_or_default();
    let (name, place) = (runbook.name, &site.place);
    let named: Vec<&str> = lists
        .flat_map(|list| list.items().collect::<Vec<_>>())
        .filter_map(|one| one.scalar())
        .collect();
    for one in named.into_iter().filter(|one| !known.contains(one)) {
        let message = format!(
            "step `{id}` of `{name}` names the {what} `{one}`, which {place} does not have"
        );
        let all = format!("{what}s of {place}");
        let suggestion = did_you_mean(one, known.iter().copied(), &all);
        report.error_with(code, at, message, suggestion);
    }
}
