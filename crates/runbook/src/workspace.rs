//! A folder with everything a team keeps, read and compared.
//!
//! `lastgood.yaml` is the catalog. Runbooks are `runbooks/*.yaml`, and files beside the
//! catalog that begin with `runbook:`. Drills are `drills/*.yaml`, and checklists are
//! `checklists/*.yaml`.

mod cross;
mod folder;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use lastgood_core::catalog::{Catalog, Platform};
use lastgood_core::checklist::Checklist;
use lastgood_core::drill::Scenario;
use lastgood_core::name::{RunbookName, ScenarioName};
use lastgood_core::runbook::Runbook;

use crate::catalog::draft_catalog;
use crate::checklist::draft_checklist;
use crate::code::Code;
use crate::explain::explain;
use crate::finding::{Finding, Report, Severity};
use crate::read::Draft;
use crate::runbook::draft_runbook;
use crate::scenario::draft_scenario;
use crate::tree::Span;

/// What the catalog's file is called.
const CATALOG_FILE: &str = "lastgood.yaml";

/// What a folder holds. A file with an error is left out, and its findings say why.
#[derive(Clone, Debug, PartialEq)]
pub struct Workspace {
    /// What exists; `None` when it is missing or has an error.
    pub catalog: Option<Catalog>,
    /// In order of their files.
    pub runbooks: Vec<Runbook>,
    /// In order of their files.
    pub scenarios: Vec<Scenario>,
    /// In order of their files.
    pub checklists: Vec<Checklist>,
    /// File by file, each in its order.
    pub findings: Vec<Finding>,
    /// What was read, by file, to show the lines that findings are about.
    sources: BTreeMap<String, String>,
    /// Which file a runbook is in.
    runbook_files: BTreeMap<RunbookName, String>,
}

/// A file with its path from the folder on, with `/` everywhere.
struct Source {
    path: String,
    bytes: Vec<u8>,
}

/// What a file is, by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Catalog,
    Runbook,
    Drill,
    Checklist,
}

impl Workspace {
    /// Reads a folder. What cannot be read is a finding; the paths of
    /// kubeconfigs and migrations in the result are those of the catalog taken from `dir` on.
    #[must_use]
    pub fn load(dir: &Path) -> Self {
        let mut findings = Vec::new();
        let sources = folder::read(dir, &mut findings);
        let mut workspace = Self::assemble(&sources, findings);
        for service in
            workspace.catalog.iter_mut().flat_map(|catalog| catalog.services.values_mut())
        {
            for environment in service.environments.values_mut() {
                if let Platform::Kubernetes(place) = &mut environment.platform {
                    // Joining an absolute path replaces the folder.
                    place.kubeconfig = place.kubeconfig.take().map(|path| dir.join(path));
                }
                if let Some(schema) = &mut environment.schema {
                    schema.migrations = dir.join(&schema.migrations);
                }
            }
        }
        workspace
    }

    /// The same from memory: paths as in a folder, and texts.
    #[must_use]
    pub fn load_embedded(files: &[(&str, &str)]) -> Self {
        let mut sources: Vec<Source> = files
            .iter()
            .map(|(path, text)| Source {
                path: (*path).to_owned(),
                bytes: text.as_bytes().to_vec(),
            })
            .collect();
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        Self::assemble(&sources, Vec::new())
    }

    /// The runbook of this name.
    #[must_use]
    pub fn runbook(&self, name: &RunbookName) -> Option<&Runbook> {
        self.runbooks.iter().find(|runbook| runbook.name == *name)
    }

    /// The file of the runbook of this name, as findings call it.
    #[must_use]
    pub fn file_of(&self, name: &RunbookName) -> Option<&str> {
        self.runbook_files.get(name).map(String::as_str)
    }

    /// The scenario of this name.
    #[must_use]
    pub fn scenario(&self, name: &ScenarioName) -> Option<&Scenario> {
        self.scenarios.iter().find(|scenario| scenario.name == *name)
    }

    /// What was read, as (path, text), in order of the paths.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sources.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Whether any file was left out.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// All findings as a terminal shows them.
    #[must_use]
    pub fn explain(&self) -> String {
        let parts: Vec<String> = self
            .findings
            .chunk_by(|a, b| a.file == b.file)
            .map(|findings| {
                let file = findings.first().map(|one| one.file.as_str()).unwrap_or_default();
                explain(findings, self.sources.get(file).map_or("", String::as_str))
            })
            .collect();
        parts.join("\n")
    }

    fn assemble(sources: &[Source], mut findings: Vec<Finding>) -> Self {
        let mut catalog: Option<Draft<Catalog>> = None;
        let mut runbooks = Vec::new();
        let mut scenarios = Vec::new();
        let mut checklists = Vec::new();
        let mut kept = BTreeMap::new();
        for source in sources {
            let Source { path, bytes } = source;
            match role(path, bytes) {
                Some(Role::Catalog) => catalog = Some(draft_catalog(path, bytes)),
                Some(Role::Runbook) => runbooks.push((path.as_str(), draft_runbook(path, bytes))),
                Some(Role::Drill) => scenarios.push((path.as_str(), draft_scenario(path, bytes))),
                Some(Role::Checklist) => {
                    checklists.push((path.as_str(), draft_checklist(path, bytes)));
                }
                None => continue,
            }
            kept.insert(path.clone(), String::from_utf8_lossy(bytes).into_owned());
        }
        let refused = findings.iter().any(|one| one.file == CATALOG_FILE || one.file.is_empty());
        if catalog.is_none() && !refused {
            findings.push(alone(
                CATALOG_FILE,
                Code::CatalogMissing,
                "there is no lastgood.yaml, which says what services exist",
                "`docs/guide/files.md` has one to begin with",
            ));
        }
        cross::check(&mut catalog, &mut runbooks, &mut scenarios);
        cross::checklists(&mut checklists);

        let mut workspace = Self {
            catalog: None,
            runbooks: Vec::new(),
            scenarios: Vec::new(),
            checklists: Vec::new(),
            findings,
            sources: kept,
            runbook_files: BTreeMap::new(),
        };
        if let Some(draft) = catalog {
            let read = draft.finish();
            workspace.catalog = read.value;
            workspace.findings.extend(read.findings);
        }
        for (path, draft) in runbooks {
            let read = draft.finish();
            if let Some(runbook) = &read.value {
                workspace.runbook_files.insert(runbook.name.clone(), path.to_owned());
            }
            workspace.runbooks.extend(read.value);
            workspace.findings.extend(read.findings);
        }
        for (_, draft) in scenarios {
            let read = draft.finish();
            workspace.scenarios.extend(read.value);
            workspace.findings.extend(read.findings);
        }
        for (_, draft) in checklists {
            let read = draft.finish();
            workspace.checklists.extend(read.value);
            workspace.findings.extend(read.findings);
        }
        workspace
    }
}

/// What a file is. Beside the catalog lie files of others, so there a runbook must say
/// that it is one.
fn role(path: &str, bytes: &[u8]) -> Option<Role> {
    if path == CATALOG_FILE {
        return Some(Role::Catalog);
    }
    if !is_yaml(path) {
        return None;
    }
    match path.split_once('/') {
        Some(("runbooks", name)) if !name.contains('/') => Some(Role::Runbook),
        Some(("drills", name)) if !name.contains('/') => Some(Role::Drill),
        Some(("checklists", name)) if !name.contains('/') => Some(Role::Checklist),
        Some(_) => None,
        None => begins_with_runbook(bytes).then_some(Role::Runbook),
    }
}

fn is_yaml(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(name, end)| !name.is_empty() && matches!(end, "yaml" | "yml"))
}

fn begins_with_runbook(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii_end)
        .find(|line| !line.is_empty() && !line.starts_with(b"#") && *line != b"---")
        .is_some_and(|line| line.starts_with(b"runbook:"))
}

/// A finding about a file that has no places, because it is not there.
fn alone(file: &str, code: Code, message: &str, suggestion: &str) -> Finding {
    let mut report = Report::new(file);
    report.add(
        Severity::Error,
        code,
        Span::START,
        "",
        message.to_owned(),
        Some(suggestion.to_owned()),
    );
    report.finish().swap_remove(0)
}
