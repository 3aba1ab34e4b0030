//! A workspace's files, read and whole: half a catalog would show half of what runs.

use std::collections::BTreeMap;
use std::path::Path;

use lastgood_core::catalog::Catalog;
use lastgood_core::checklist::{Checklist, KnownRunbook};
use lastgood_core::drill::Scenario;
use lastgood_core::name::RunbookName;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::runbook::Runbook;
use lastgood_runbook::{Finding, Severity, Workspace};

/// The practice workspace that is part of the binary, as (path, text).
const EMBEDDED: &[(&str, &str)] = &[
    ("lastgood.yaml", include_str!("../../../runbooks/lastgood.yaml")),
    ("rollback.yaml", include_str!("../../../runbooks/rollback.yaml")),
    ("rollback-rolling.yaml", include_str!("../../../runbooks/rollback-rolling.yaml")),
    ("rollback-canary.yaml", include_str!("../../../runbooks/rollback-canary.yaml")),
    ("rollback-blue-green.yaml", include_str!("../../../runbooks/rollback-blue-green.yaml")),
    ("flag-off.yaml", include_str!("../../../runbooks/flag-off.yaml")),
    ("drills/bad-flag.yaml", include_str!("../../../runbooks/drills/bad-flag.yaml")),
    ("drills/bad-canary.yaml", include_str!("../../../runbooks/drills/bad-canary.yaml")),
    ("drills/auto-sync.yaml", include_str!("../../../runbooks/drills/auto-sync.yaml")),
    (
        "drills/blue-green-old-gone.yaml",
        include_str!("../../../runbooks/drills/blue-green-old-gone.yaml"),
    ),
    ("drills/flag-instead.yaml", include_str!("../../../runbooks/drills/flag-instead.yaml")),
    ("drills/image-missing.yaml", include_str!("../../../runbooks/drills/image-missing.yaml")),
    ("drills/lost-reply.yaml", include_str!("../../../runbooks/drills/lost-reply.yaml")),
    ("drills/low-traffic.yaml", include_str!("../../../runbooks/drills/low-traffic.yaml")),
    (
        "drills/migration-in-the-way.yaml",
        include_str!("../../../runbooks/drills/migration-in-the-way.yaml"),
    ),
    (
        "drills/rollback-of-the-rollback.yaml",
        include_str!("../../../runbooks/drills/rollback-of-the-rollback.yaml"),
    ),
    (
        "drills/rolling-never-ready.yaml",
        include_str!("../../../runbooks/drills/rolling-never-ready.yaml"),
    ),
    ("drills/shared-incident.yaml", include_str!("../../../runbooks/drills/shared-incident.yaml")),
    (
        "drills/stale-verification.yaml",
        include_str!("../../../runbooks/drills/stale-verification.yaml"),
    ),
    ("drills/two-operators.yaml", include_str!("../../../runbooks/drills/two-operators.yaml")),
    ("drills/two-suspects.yaml", include_str!("../../../runbooks/drills/two-suspects.yaml")),
    (
        "checklists/service-readiness.yaml",
        include_str!("../../../runbooks/checklists/service-readiness.yaml"),
    ),
    (
        "checklists/delivery-readiness.yaml",
        include_str!("../../../runbooks/checklists/delivery-readiness.yaml"),
    ),
];

/// A workspace without errors.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    pub(crate) catalog: Catalog,
    pub(crate) runbooks: Vec<Runbook>,
    pub(crate) scenarios: Vec<Scenario>,
    pub(crate) checklists: Vec<Checklist>,
    pub(crate) advice: Vec<Finding>,
    runbook_at: BTreeMap<RunbookName, String>,
}

/// Every finding about a workspace, rendered for a terminal.
#[derive(Clone, Debug)]
pub struct Lint {
    /// How many errors.
    pub errors: usize,
    /// How many pieces of advice.
    pub advice: usize,
    /// All of them, errors and advice, file by file.
    pub findings: Vec<Finding>,
    /// The same with the lines they are about.
    pub text: String,
}

/// Looks for mistakes and for what could be better, in the workspace in `folder` or in
/// the embedded one. Finding some is not an error of this function.
#[must_use]
pub fn lint(folder: Option<&Path>) -> Lint {
    lint_only(folder, |_| true)
}

/// The same, told only of the files that are `wanted` by their path in the workspace. All
/// of them are read: what is wrong with one can follow from another.
#[must_use]
pub fn lint_only(folder: Option<&Path>, wanted: impl Fn(&str) -> bool) -> Lint {
    let mut workspace = match folder {
        Some(folder) => Workspace::load(folder),
        None => Workspace::load_embedded(EMBEDDED),
    };
    workspace.findings.retain(|finding| wanted(&finding.file));
    let count =
        |severity| workspace.findings.iter().filter(|finding| finding.severity == severity).count();
    Lint {
        errors: count(Severity::Error),
        advice: count(Severity::Advice),
        text: workspace.explain(),
        findings: workspace.findings,
    }
}

/// The practice workspace with its mistakes, should it have any.
pub(crate) fn embedded() -> Workspace {
    Workspace::load_embedded(EMBEDDED)
}

impl Files {
    /// Reads the workspace in `folder`, or the embedded one.
    pub(crate) fn read(folder: Option<&Path>) -> Result<Self, Problem> {
        let Some(folder) = folder else { return Self::embedded() };
        if !folder.join("lastgood.yaml").is_file() {
            return Err(Problem::new(
                Code::WorkspaceMissing,
                format!("there is no `lastgood.yaml` in `{}`", folder.display()),
            )
            .hint(
                "Name a workspace folder with --workspace, or leave it out for the practice world.",
            ));
        }
        Self::whole(Workspace::load(folder))
    }

    /// The same services, objectives and runbooks with nothing real behind them: where a
    /// team's own drills play. Runbooks fit there whichever platform they are for.
    pub(crate) fn simulated(&self) -> Self {
        let runbook = |one: &Runbook| Runbook { platforms: Vec::new(), ..one.clone() };
        Self {
            catalog: self.catalog.simulated(),
            runbooks: self.runbooks.iter().map(runbook).collect(),
            ..self.clone()
        }
    }

    /// The practice workspace that is part of the binary.
    pub(crate) fn embedded() -> Result<Self, Problem> {
        Self::whole(Workspace::load_embedded(EMBEDDED))
    }

    /// Every runbook with what lint says of its file.
    pub(crate) fn known_runbooks(&self) -> Vec<KnownRunbook<'_>> {
        self.runbooks
            .iter()
            .map(|runbook| {
                let file = self.runbook_at.get(&runbook.name).map_or("", String::as_str);
                let advice = self.advice.iter().filter(|one| one.file == file).count();
                KnownRunbook { runbook, file, advice }
            })
            .collect()
    }

    fn whole(workspace: Workspace) -> Result<Self, Problem> {
        let errors: Vec<&Finding> =
            workspace.findings.iter().filter(|one| one.severity == Severity::Error).collect();
        match (errors.first(), workspace.catalog.clone()) {
            (None, Some(catalog)) => {
                let file = |name: &RunbookName| workspace.file_of(name).map(str::to_owned);
                let runbook_at = workspace
                    .runbooks
                    .iter()
                    .filter_map(|one| Some((one.name.clone(), file(&one.name)?)))
                    .collect();
                Ok(Self {
                    catalog,
                    runbooks: workspace.runbooks,
                    scenarios: workspace.scenarios,
                    checklists: workspace.checklists,
                    advice: workspace.findings,
                    runbook_at,
                })
            }
            (first, _) => Err(mistakes(first.copied(), &errors)),
        }
    }
}

fn mistakes(first: Option<&Finding>, errors: &[&Finding]) -> Problem {
    let code = match first {
        Some(first) if first.file.contains("drills/") => Code::ScenarioInvalid,
        Some(first) if first.file.contains("checklists/") => Code::ChecklistInvalid,
        Some(first) if !first.file.ends_with("lastgood.yaml") => Code::RunbookInvalid,
        Some(_) | None => Code::CatalogInvalid,
    };
    let number = errors.len();
    let noun = if number == 1 { "mistake" } else { "mistakes" };
    let mut chain = vec![format!("the workspace has {number} {noun}")];
    chain.extend(errors.iter().map(ToString::to_string));
    // What mends one of many would be read as what mends them all.
    let alone = first.filter(|_| number == 1).and_then(|first| first.suggestion.clone());
    let hint = alone.unwrap_or_else(|| {
        "`lastgood lint` shows each with its line and what to do; mend them, then try again."
            .to_owned()
    });
    Problem { code, chain, hint: Some(hint) }
}
