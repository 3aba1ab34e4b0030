//! The runbooks of a workspace, as other files see them.

use std::collections::BTreeMap;

use lastgood_core::runbook::Runbook;

use super::Named;
use crate::code::Code;
use crate::finding::Report;
use crate::nearest::did_you_mean;
use crate::tree::At;

/// All runbooks. One that is not even YAML is known by its name alone, so that nobody is told
/// that it does not exist.
pub(super) struct Library<'a> {
    names: Vec<&'a str>,
    read: BTreeMap<&'a str, Known<'a>>,
}

/// A runbook as it is written, whatever else is wrong with it.
#[derive(Clone)]
pub(super) struct Known<'a> {
    pub(super) name: &'a str,
    pub(super) root: At<'a>,
    /// Where all of it could be made sense of.
    pub(super) value: Option<&'a Runbook>,
}

impl<'a> Library<'a> {
    pub(super) fn of(runbooks: &'a [Named<'_, Runbook>]) -> Self {
        let mut library = Self { names: Vec::new(), read: BTreeMap::new() };
        for (_, draft) in runbooks {
            library.names.extend(draft.declared.as_deref());
            let Some(root) = draft.tree.as_ref().map(At::root) else { continue };
            let Some(name) = root.get("runbook").as_ref().and_then(At::scalar) else { continue };
            library.names.push(name);
            let known = Known { name, root, value: draft.value.as_ref() };
            library.read.entry(name).or_insert(known);
        }
        library
    }

    /// The runbook that `at` names, when it exists and could be read.
    pub(super) fn named(&self, at: &At<'_>, report: &mut Report) -> Option<&Known<'a>> {
        let name = at.scalar()?;
        if !self.names.contains(&name) {
            let suggestion = did_you_mean(name, self.names.iter().copied(), "runbooks");
            let message = format!("there is no runbook `{name}` in this workspace");
            report.error_with(Code::UnknownRunbook, at, message, suggestion);
        }
        self.read.get(name)
    }
}

impl<'a> Known<'a> {
    pub(super) fn steps(&self) -> Vec<At<'a>> {
        self.root.get("steps").iter().flat_map(At::items).collect()
    }

    /// The ids of the steps; nothing where one has none, for then any could be meant.
    pub(super) fn step_ids(&self) -> Option<Vec<&'a str>> {
        self.steps().iter().map(|step| step.get("id")?.scalar()).collect()
    }

    /// The ids of what can be chosen in `step`, or anywhere; nothing where one has none.
    pub(super) fn options(&self, step: Option<&str>) -> Option<Vec<&'a str>> {
        self.steps()
            .iter()
            .filter(|one| step.is_none() || one.get("id").as_ref().and_then(At::scalar) == step)
            .filter_map(|one| one.get("decide"))
            .flat_map(|decide| decide.get("options").iter().flat_map(At::items).collect::<Vec<_>>())
            .map(|option| option.get("id")?.scalar())
            .collect()
    }

    /// What `key` lists as words.
    pub(super) fn words(&self, key: &str) -> Vec<&'a str> {
        let listed = self.root.get(key);
        listed.iter().flat_map(At::items).filter_map(|word| word.scalar()).collect()
    }
}
