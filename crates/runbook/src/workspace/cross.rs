//! One file against another: names that must exist elsewhere, and things that must fit. All of
//! it is asked of the files as they are written, so that an error in one of them hides nothing
//! that is wrong between them.

mod estate;
mod library;
mod place;
mod scenario;

use std::collections::BTreeMap;

use lastgood_core::catalog::Catalog;
use lastgood_core::checklist::Checklist;
use lastgood_core::drill::Scenario;
use lastgood_core::runbook::Runbook;

use estate::Estate;
use library::Library;

use crate::code::Code;
use crate::read::Draft;
use crate::tree::At;

type Named<'a, T> = (&'a str, Draft<T>);

pub(super) fn check(
    catalog: &mut Option<Draft<Catalog>>,
    runbooks: &mut [Named<'_, Runbook>],
    scenarios: &mut [Named<'_, Scenario>],
) {
    names_are_free(runbooks, "runbook");
    names_are_free(scenarios, "drill");
    let library = Library::of(runbooks);
    let mut estate = None;
    if let Some(Draft { value, tree: Some(tree), report, .. }) = catalog {
        let known = Estate::of(tree, value.as_ref());
        known.check(&library, report);
        estate = Some(known);
    }
    for (_, draft) in scenarios {
        if let Some(tree) = &draft.tree {
            scenario::fits(&At::root(tree), estate.as_ref(), &library, &mut draft.report);
        }
    }
}

/// Names and items of checklists: answers are kept under an item's id, whichever file it is in.
pub(super) fn checklists(lists: &mut [Named<'_, Checklist>]) {
    names_are_free(lists, "checklist");
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for (file, draft) in lists {
        let Draft { tree: Some(tree), report, .. } = draft else { continue };
        for item in At::root(tree).get("items").iter().flat_map(At::items) {
            let Some(at) = item.get("id") else { continue };
            let Some(id) = at.scalar() else { continue };
            let other = taken.entry(id.to_owned()).or_insert_with(|| (*file).to_owned());
            if other != file {
                let message = format!("an item in {other} is called `{id}` already");
                let advice = "answers are kept under the id; give each item its own".to_owned();
                report.error_with(Code::DuplicateId, &at, message, advice);
            }
        }
    }
}

fn names_are_free<T>(files: &mut [Named<'_, T>], key: &str) {
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for (file, draft) in files {
        let Some(at) = draft.tree.as_ref().and_then(|tree| At::root(tree).get(key)) else {
            continue;
        };
        let Some(name) = at.scalar() else { continue };
        match taken.get(name) {
            Some(other) => {
                let message = format!("the {key} in {other} is called `{name}` already");
                draft.report.error(Code::DuplicateName, &at, message);
            }
            None => {
                taken.insert(name.to_owned(), (*file).to_owned());
            }
        }
    }
}
