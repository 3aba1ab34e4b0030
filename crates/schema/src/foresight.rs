//! What becomes of things later in the same files: a rename that is taken back or hidden
//! behind a view, an object that is dropped and made again, a table that is rebuilt.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Change, Kind, Over};
use crate::label::Label;
use crate::name::Name;

/// What is known about the end while the beginning is judged.
#[derive(Debug, Default)]
pub(crate) struct Foresight {
    /// Views that read a whole table, still there at the end.
    stand_ins: BTreeMap<Name, Name>,
    /// Tables that everybody may see all rows of, in spite of row security.
    open: BTreeSet<Name>,
    /// Tables whose sequence is put behind their largest number after all rows are there.
    followed: BTreeSet<Name>,
    /// Views on which all usual rights are given.
    granted: BTreeSet<Name>,
    /// What is made again after it was dropped.
    remade: BTreeSet<(Kind, Name)>,
    /// Tables that are made and gone again at the end.
    passing: BTreeSet<Name>,
    /// Renames of tables that are taken back.
    undone: BTreeSet<(Name, Name)>,
    /// Renames of columns that are taken back.
    undone_columns: BTreeSet<(Name, String, String)>,
    /// Tables that are dropped and replaced by a copy: old name to the copy's.
    rebuilt: BTreeMap<Name, Name>,
}

impl Foresight {
    /// Looks at all changes in turn. `path` is the schema of names without one.
    #[expect(clippy::too_many_lines, reason = "one table of the changes")]
    pub(crate) fn look<'a>(changes: impl Iterator<Item = &'a Change>, path: Vec<String>) -> Self {
        let mut found = Self::default();
        let mut path = path;
        let mut outer: Option<Vec<String>> = None;
        let mut dropped = BTreeSet::new();
        let mut made = BTreeSet::new();
        let mut filled = BTreeSet::new();
        let mut renames = BTreeSet::new();
        let mut column_renames = BTreeSet::new();
        for change in changes {
            let full = |name: &Name| name.resolved(path.first().map(String::as_str));
            match change {
                Change::Create { kind, name, over, .. } => {
                    let sure = path.len() < 2 || name.schema.is_some();
                    let name = full(name);
                    if dropped.contains(&(*kind, name.clone())) {
                        found.remade.insert((*kind, name.clone()));
                    }
                    if let Over::Whole(table) = over
                        && sure
                    {
                        found.stand_ins.insert(name, full(table));
                    }
                }
                Change::CreateFunction { name, .. } => {
                    let name = full(name);
                    if dropped.contains(&(Kind::Function, name.clone())) {
                        found.remade.insert((Kind::Function, name));
                    }
                }
                Change::Grant { on, all: true } => {
                    found.granted.extend(on.iter().map(full));
                }
                Change::CreateTable { table, .. } => {
                    made.insert(full(table));
                }
                Change::Insert { table, .. } => {
                    found.followed.remove(&full(table));
                    filled.insert(full(table));
                }
                Change::SetSequence { table, .. } => {
                    found.followed.insert(full(table));
                }
                Change::Drop { kind, name, .. } => {
                    let name = full(name);
                    match kind {
                        Kind::View => drop(found.stand_ins.remove(&name)),
                        Kind::Table => {
                            if made.contains(&name) {
                                found.passing.insert(name.clone());
                            }
                        }
                        Kind::MaterializedView
                        | Kind::Sequence
                        | Kind::Type
                        | Kind::Domain
                        | Kind::Schema
                        | Kind::Function
                        | Kind::Index
                        | Kind::Extension => {}
                    }
                    dropped.insert((*kind, name));
                }
                Change::Rename { kind: Kind::Table, from, to } => {
                    let (from, to) = (full(from), full(to));
                    if dropped.contains(&(Kind::Table, to.clone()))
                        && made.contains(&from)
                        && filled.contains(&from)
                    {
                        found.rebuilt.insert(to.clone(), from.clone());
                    }
                    let (there, back) = ((from.clone(), to.clone()), (to, from));
                    rename(&mut found.undone, &mut renames, there, back);
                }
                // Whoever moves a view takes away what stood in for the table.
                Change::Rename { kind: Kind::View, from, .. } => {
                    found.stand_ins.remove(&full(from));
                }
                Change::Fixed { label, on, .. } if *label > Label::Compatible => {
                    for (_, name) in on.iter().filter(|(kind, _)| *kind == Kind::View) {
                        found.stand_ins.remove(&full(name));
                    }
                }
                Change::RenameColumn { table, from, to } => {
                    let key = |from: &String, to: &String| (full(table), from.clone(), to.clone());
                    let (there, back) = (key(from, to), key(to, from));
                    rename(&mut found.undone_columns, &mut column_renames, there, back);
                }
                Change::AddPolicy { table, open: true } => {
                    found.open.insert(full(table));
                }
                Change::SearchPath(next) | Change::Session(next) => {
                    path.clone_from(next);
                    outer = None;
                }
                Change::LocalPath(next) => {
                    let before = std::mem::replace(&mut path, next.clone());
                    outer.get_or_insert(before);
                }
                Change::Commit => {
                    if let Some(before) = outer.take() {
                        path = before;
                    }
                }
                // What was taken back is not foreseen: nothing is taken for granted.
                Change::Rollback => return Self::default(),
                Change::Harmless(_)
                | Change::Begin
                | Change::CreateRule { .. }
                | Change::Attach { .. }
                | Change::Identity { .. }
                | Change::RenameConstraint { .. }
                | Change::RenameTrigger { .. }
                | Change::Like { .. }
                | Change::Grant { .. }
                | Change::Field(_)
                | Change::Opaque(_)
                | Change::Fixed { .. }
                | Change::AddColumn { .. }
                | Change::DropColumn { .. }
                | Change::Rename { .. }
                | Change::AlterType { .. }
                | Change::SetNotNull { .. }
                | Change::DropNotNull { .. }
                | Change::SetDefault { .. }
                | Change::DropDefault { .. }
                | Change::AddConstraint { .. }
                | Change::DropConstraint { .. }
                | Change::DropForeignKey { .. }
                | Change::RowSecurity { .. }
                | Change::AddPolicy { .. }
                | Change::CreateIndex(_)
                | Change::CreateTrigger { .. }
                | Change::DropTrigger { .. }
                | Change::AddEnumValue { .. }
                | Change::Update { .. }
                | Change::Delete { .. } => {}
            }
        }
        found
    }

    /// Whether a view under the old name reads all of the table under its new one.
    pub(crate) fn stands_in(&self, old: &Name, new: &Name) -> bool {
        self.stand_ins.get(old) == Some(new)
    }

    pub(crate) fn is_followed(&self, table: &Name) -> bool {
        self.followed.contains(table)
    }

    pub(crate) fn is_granted(&self, name: &Name) -> bool {
        self.granted.contains(name)
    }

    pub(crate) fn is_open(&self, table: &Name) -> bool {
        self.open.contains(table)
    }

    pub(crate) fn is_remade(&self, kind: Kind, name: &Name) -> bool {
        self.remade.contains(&(kind, name.clone()))
    }

    pub(crate) fn is_passing(&self, table: &Name) -> bool {
        self.passing.contains(table)
    }

    pub(crate) fn is_undone(&self, from: &Name, to: &Name) -> bool {
        self.undone.contains(&(from.clone(), to.clone()))
    }

    pub(crate) fn is_column_undone(&self, table: &Name, from: &str, to: &str) -> bool {
        self.undone_columns.contains(&(table.clone(), from.to_owned(), to.to_owned()))
    }

    /// The copy that takes the table's place.
    pub(crate) fn copy_of(&self, table: &Name) -> Option<&Name> {
        self.rebuilt.get(table)
    }
}

/// Takes a rename in. One that was there before the other way round takes that back; there, back
/// and there again stays there.
fn rename<T: Ord + Clone>(undone: &mut BTreeSet<T>, seen: &mut BTreeSet<T>, there: T, back: T) {
    if undone.contains(&there) {
        undone.remove(&there);
        undone.remove(&back);
    } else if seen.contains(&back) {
        undone.insert(there.clone());
        undone.insert(back);
    }
    seen.insert(there);
}
