//! Reads `checklists/*.yaml`.

mod shape;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use lastgood_core::checklist::{Checklist, Fact, Item};

pub(crate) use shape::CHECKLIST;

use crate::code::Code;
use crate::finding::Report;
use crate::placeholder;
use crate::read::{Draft, Read, draft};
use crate::tree::At;

/// Reads a checklist. `file` is what findings call it.
#[must_use]
pub fn read_checklist(file: &str, text: &str) -> Read<Checklist> {
    draft_checklist(file, text.as_bytes()).finish()
}

pub(crate) fn draft_checklist(file: &str, bytes: &[u8]) -> Draft<Checklist> {
    draft(file, bytes, &CHECKLIST, checklist)
}

fn checklist(root: &At<'_>, report: &mut Report) -> Option<Checklist> {
    placeholder::refuse(root, report);
    ids_are_free(root, report);
    let items: Option<Vec<Item>> = root.get("items")?.items().map(|at| item(&at)).collect();
    Some(Checklist {
        name: root.text("checklist")?.as_str().into(),
        title: root.text("title")?,
        summary: root.text("summary"),
        items: items?,
    })
}

fn item(at: &At<'_>) -> Option<Item> {
    let answered_by = match at.get("answered-by") {
        Some(_) => Some(at.word("answered-by", Fact::ALL, Fact::as_str)?),
        None => None,
    };
    Some(Item {
        id: at.text("id")?.as_str().into(),
        title: at.text("title")?,
        why: at.text("why")?,
        due_again_after: at.duration("due-again-after")?,
        answered_by,
    })
}

fn ids_are_free(root: &At<'_>, report: &mut Report) {
    let mut taken = BTreeSet::new();
    for item in root.get("items").iter().flat_map(At::items) {
        let Some(at) = item.get("id") else { continue };
        let Some(id) = at.scalar() else { continue };
        if !taken.insert(id.to_owned()) {
            let message = format!("another item is called `{id}` already");
            let advice = "answers are kept under the id; give each item its own".to_owned();
            report.error_with(Code::DuplicateId, &at, message, advice);
        }
    }
}
