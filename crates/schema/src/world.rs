//! What is known about the database while the statements are read in turn: what was there
//! before them, and what they have made.

mod look;

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Change, Code, Column, Constraint, Fill, Kind, Rule, Trigger};
use crate::name::Name;
use crate::types::Type;

/// The schema that PostgreSQL keeps a session's own tables in.
const TEMPORARY: &str = "pg_temp";

/// A column as far as it is known.
#[derive(Clone, Debug)]
pub(crate) struct ColumnState {
    /// Made by the statements themselves: no old release knows it.
    pub(crate) born: bool,
    pub(crate) ty: Option<Type>,
    pub(crate) not_null: bool,
    pub(crate) fill: Fill,
}

/// A table as far as it is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct TableState {
    pub(crate) born: bool,
    pub(crate) columns: BTreeMap<String, ColumnState>,
    /// With their names, given or made by the database.
    pub(crate) constraints: Vec<(String, Constraint, bool)>,
    /// With rules, which are triggers without a name, and whether each is new.
    pub(crate) triggers: Vec<(Trigger, bool)>,
    /// Whether all that it was made with is known.
    pub(crate) whole: bool,
    /// Whether rows were put into it by what is read.
    pub(crate) filled: bool,
    /// The table whose columns it was made with, and nothing else.
    pub(crate) like: Option<Name>,
    /// Row security: none as long as it is off, then whether it is new.
    pub(crate) security: Option<bool>,
}

/// What has a name and is neither a table nor an index.
#[derive(Clone, Debug)]
struct ObjectState {
    born: bool,
    text: Option<String>,
    code: Code,
}

/// An index as far as it is known.
#[derive(Clone, Debug)]
pub(crate) struct IndexState {
    pub(crate) born: bool,
    pub(crate) unique: bool,
    table: Name,
    columns: Vec<String>,
}

/// Everything that is known.
#[derive(Clone, Debug)]
pub(crate) struct World {
    tables: BTreeMap<Name, TableState>,
    /// By their full names: two schemas may have one of the same name each.
    indexes: BTreeMap<Name, IndexState>,
    objects: BTreeMap<(Kind, Name), ObjectState>,
    /// Tables of the session alone. Their names come before all others.
    temporary: BTreeSet<String>,
    /// The schemas in which a name without one is looked for; new things go to the first.
    path: Vec<String>,
    /// What it will be when the transaction ends.
    outer: Option<Vec<String>>,
    in_transaction: bool,
    /// Whether something was read that may have made anything.
    unseen: bool,
    /// Whether what was there before is known in full, so that what is not here was not there.
    complete: bool,
}

impl World {
    pub(crate) fn new(path: Vec<String>) -> Self {
        Self {
            tables: BTreeMap::new(),
            indexes: BTreeMap::new(),
            objects: BTreeMap::new(),
            temporary: BTreeSet::new(),
            path,
            outer: None,
            in_transaction: false,
            unseen: false,
            complete: false,
        }
    }

    /// Takes everything as having been there before.
    pub(crate) fn settle(&mut self, path: Vec<String>) {
        self.complete = !self.tables.is_empty() && !self.unseen;
        self.path = path;
        self.in_transaction = false;
        self.outer = None;
        self.each_birth(|born| *born = false);
    }

    fn each_birth(&mut self, mut then: impl FnMut(&mut bool)) {
        for table in self.tables.values_mut() {
            then(&mut table.born);
            table.columns.values_mut().for_each(|column| then(&mut column.born));
            table.constraints.iter_mut().for_each(|(_, _, born)| then(born));
            table.triggers.iter_mut().for_each(|(_, born)| then(born));
            table.security.iter_mut().for_each(&mut then);
        }
        self.indexes.values_mut().for_each(|index| then(&mut index.born));
        self.objects.values_mut().for_each(|object| then(&mut object.born));
    }

    pub(crate) fn full(&self, name: &Name) -> Name {
        if name.schema.is_none() && self.temporary.contains(&name.name) {
            return name.resolved(Some(TEMPORARY));
        }
        if name.schema.is_none() && self.path.len() > 1 {
            let known = self.path.iter().map(|schema| name.resolved(Some(schema))).find(|name| {
                self.tables.contains_key(name)
                    || self.indexes.contains_key(name)
                    || self.objects.keys().any(|(_, known)| known == name)
            });
            if let Some(known) = known {
                return known;
            }
        }
        self.placed(name)
    }

    /// Where something new of this name goes.
    fn placed(&self, name: &Name) -> Name {
        name.resolved(self.path.first().map(String::as_str))
    }

    /// Whether something is new for certain, when its statement also succeeds where it is there.
    fn certain(&self, maybe_there: bool, known: bool) -> bool {
        !known && (!maybe_there || self.complete)
    }

    #[expect(clippy::too_many_lines, reason = "one table of the changes")]
    pub(crate) fn apply(&mut self, change: &Change) {
        match change {
            Change::CreateTable {
                table,
                columns,
                constraints,
                if_not_exists,
                temporary,
                derived,
                part_of,
            } => {
                if *temporary && !self.path.is_empty() && table.schema.is_none() {
                    self.temporary.insert(table.name.clone());
                }
                self.create_table(table, columns, constraints, *if_not_exists);
                let old = part_of.as_ref().is_some_and(|to| !self.is_born(Kind::Table, to));
                if let Some(state) = self.known_table(table) {
                    state.whole = !derived && part_of.is_none();
                    // What belongs to an old table is met by whoever uses that.
                    state.born &= !old;
                }
            }
            Change::Attach { table, part, .. } => {
                if !self.is_born(Kind::Table, table)
                    && let Some(state) = self.known_table(part)
                {
                    state.born = false;
                }
            }
            Change::Identity { table, column, .. } => {
                self.with_column(table, column, |state| {
                    state.fill = Fill::PerRow("nextval('identity')".to_owned());
                    state.not_null = true;
                });
            }
            Change::RenameConstraint { table, from, to } => {
                if let Some(state) = self.known_table(table) {
                    for (name, _, _) in &mut state.constraints {
                        if name == from {
                            name.clone_from(to);
                        }
                    }
                }
            }
            Change::RenameTrigger { table, from, to } => {
                if let Some(state) = self.known_table(table) {
                    for (trigger, _) in &mut state.triggers {
                        if trigger.name == *from {
                            trigger.name.clone_from(to);
                        }
                    }
                }
            }
            Change::Like { table, of } => {
                let of = self.full(of);
                if let Some(state) = self.known_table(table) {
                    state.like = Some(of);
                }
            }
            // What a domain takes may be another thing now.
            Change::Fixed { on, .. } => {
                for (kind, name) in on.iter().filter(|(kind, _)| *kind == Kind::Domain) {
                    let key = (*kind, self.full(name));
                    if let Some(object) = self.objects.get_mut(&key) {
                        object.text = None;
                    }
                }
            }
            Change::RowSecurity { table, .. } => {
                let name = self.full(table);
                let state = self.tables.entry(name).or_default();
                let born = state.whole && self.complete || state.born;
                state.security.get_or_insert(born);
            }
            Change::Insert { table, .. } => {
                if let Some(state) = self.known_table(table) {
                    state.filled = true;
                }
            }
            Change::CreateRule { table } => {
                let name = self.full(table);
                let every = Trigger::on_everything(String::new());
                self.tables.entry(name).or_default().triggers.push((every, true));
            }
            Change::AddColumn { table, column, if_not_exists } => {
                let known = self.column(table, &column.name).is_some();
                let born = self.certain(*if_not_exists, known);
                self.add_column(table, column, born);
            }
            Change::DropColumn { table, column, .. } => {
                if let Some(state) = self.known_table(table) {
                    state.columns.remove(column);
                }
            }
            Change::RenameColumn { table, from, to } => {
                if let Some(state) = self.known_table(table)
                    && let Some(column) = state.columns.remove(from)
                {
                    state.columns.insert(to.clone(), column);
                }
            }
            Change::Rename { kind, from, to } => self.rename(*kind, from, to),
            Change::AlterType { table, column, to, .. } => {
                self.with_column(table, column, |state| state.ty = Some(to.clone()));
            }
            Change::SetNotNull { table, column } => {
                self.with_column(table, column, |state| state.not_null = true);
            }
            Change::DropNotNull { table, column } => {
                self.with_column(table, column, |state| state.not_null = false);
            }
            Change::SetDefault { table, column, fill } => {
                self.with_column(table, column, |state| state.fill = fill.clone());
            }
            Change::DropDefault { table, column } => {
                self.with_column(table, column, |state| state.fill = Fill::Nothing);
            }
            Change::AddConstraint { table, constraint } => self.constrain(table, constraint, true),
            Change::DropConstraint { table, name, .. } | Change::DropForeignKey { table, name } => {
                if let Some(state) = self.known_table(table) {
                    state.constraints.retain(|(known, _, _)| known != name);
                }
            }
            Change::CreateIndex(index) => {
                if let Some(name) = &index.name {
                    let name = self.index_name(&index.table, name);
                    let known = self.indexes.contains_key(&name);
                    let born = self.certain(index.if_not_exists, known);
                    let state = IndexState {
                        born,
                        unique: index.unique.is_some(),
                        table: self.full(&index.table),
                        columns: index
                            .keys
                            .iter()
                            .flat_map(|key| key.columns())
                            .map(str::to_owned)
                            .collect(),
                    };
                    self.indexes.entry(name).or_insert(state);
                }
            }
            Change::Create { kind, name, if_not_exists, replace, text, .. } => {
                // What is replaced where it is there may have been there, too.
                let maybe_there = *if_not_exists || *replace;
                self.create_object(*kind, name, maybe_there, text.clone(), Code::Unknown);
            }
            Change::CreateFunction { name, replace, text, code, .. } => {
                self.create_object(
                    Kind::Function,
                    name,
                    *replace,
                    Some(text.clone()),
                    code.clone(),
                );
            }
            Change::CreateTrigger { trigger, table, replace } => {
                let full = self.full(table);
                let known = self.is_known_trigger(&trigger.name, table);
                let born = self.certain(*replace, known);
                let state = self.tables.entry(full).or_default();
                state.triggers.retain(|(known, _)| known.name != trigger.name);
                state.triggers.push((trigger.clone(), born));
            }
            Change::Drop { kind, name, .. } => self.forget(*kind, name),
            Change::DropTrigger { name, table } => {
                if let Some(state) = self.known_table(table) {
                    state.triggers.retain(|(known, _)| known.name != name.name);
                }
            }
            Change::SearchPath(path) => {
                self.path.clone_from(path);
                self.outer = None;
            }
            Change::LocalPath(path) => {
                let before = std::mem::replace(&mut self.path, path.clone());
                self.outer.get_or_insert(before);
            }
            Change::Begin => self.in_transaction = true,
            Change::Commit => {
                self.in_transaction = false;
                if let Some(path) = self.outer.take() {
                    self.path = path;
                }
            }
            Change::Session(path) => {
                self.path.clone_from(path);
                self.outer = None;
                self.in_transaction = false;
                self.temporary.clear();
            }
            // What was made since may be gone; nothing counts as new any more.
            Change::Rollback => self.each_birth(|born| *born = false),
            Change::Opaque(_) => self.unseen = true,
            Change::Harmless(_)
            | Change::AddPolicy { .. }
            | Change::AddEnumValue { .. }
            | Change::Grant { .. }
            | Change::Field(_)
            | Change::SetSequence { .. }
            | Change::Update { .. }
            | Change::Delete { .. } => {}
        }
    }

    pub(crate) fn is_new_trigger(&self, name: &Name, table: &Name) -> bool {
        self.table(table).is_some_and(|state| {
            state.triggers.iter().any(|(known, born)| known.name == name.name && *born)
        })
    }

    fn is_known_trigger(&self, name: &str, table: &Name) -> bool {
        self.table(table)
            .is_some_and(|state| state.triggers.iter().any(|(known, _)| known.name == name))
    }

    fn create_object(
        &mut self,
        kind: Kind,
        name: &Name,
        maybe_there: bool,
        text: Option<String>,
        code: Code,
    ) {
        let there = self.objects.contains_key(&(kind, self.full(name)));
        let key = (kind, if there { self.full(name) } else { self.placed(name) });
        let known = self.objects.get(&key).map(|object| object.born);
        let born = known.unwrap_or_else(|| self.certain(maybe_there, false));
        self.objects.insert(key, ObjectState { born, text, code });
    }

    fn create_table(
        &mut self,
        table: &Name,
        columns: &[Column],
        constraints: &[Constraint],
        if_not_exists: bool,
    ) {
        if self.table(table).is_some() && if_not_exists {
            return;
        }
        let name = if table.schema.is_none() && self.temporary.contains(&table.name) {
            self.full(table)
        } else {
            self.placed(table)
        };
        let known = self.tables.contains_key(&name);
        let born = self.certain(if_not_exists, known);
        self.tables.insert(name, TableState { born, ..TableState::default() });
        for column in columns {
            self.add_column(table, column, born);
        }
        for constraint in constraints {
            self.constrain(table, constraint, born);
        }
    }

    fn add_column(&mut self, table: &Name, column: &Column, born: bool) {
        let name = self.full(table);
        let state = self.tables.entry(name).or_default();
        let made = ColumnState {
            born,
            ty: Some(column.ty.clone()),
            not_null: column.not_null,
            fill: column.fill.clone(),
        };
        state.columns.entry(column.name.clone()).or_insert(made);
        for constraint in &column.constraints {
            self.constrain(table, constraint, born);
        }
    }

    fn constrain(&mut self, table: &Name, constraint: &Constraint, born: bool) {
        let full = self.full(table);
        let state = self.tables.entry(full).or_default();
        if let Rule::PrimaryKey { columns, .. } = &constraint.rule {
            for column in columns {
                if let Some(known) = state.columns.get_mut(column) {
                    known.not_null = true;
                }
            }
        }
        let name =
            constraint.name.clone().unwrap_or_else(|| given_name(&table.name, &constraint.rule));
        state.constraints.push((name, constraint.clone(), born));
    }

    fn rename(&mut self, kind: Kind, from: &Name, to: &Name) {
        let old = self.full(from);
        let new = to.resolved(old.schema.as_deref());
        match kind {
            Kind::Table => {
                if let Some(state) = self.tables.remove(&old) {
                    self.tables.insert(new, state);
                }
            }
            Kind::Index => {
                if let Some(state) = self.indexes.remove(&old) {
                    self.indexes.insert(new, state);
                }
            }
            Kind::View
            | Kind::MaterializedView
            | Kind::Sequence
            | Kind::Type
            | Kind::Domain
            | Kind::Schema
            | Kind::Function
            | Kind::Extension => {
                if let Some(object) = self.objects.remove(&(kind, old)) {
                    self.objects.insert((kind, new), object);
                }
            }
        }
    }

    fn forget(&mut self, kind: Kind, name: &Name) {
        let full = self.full(name);
        match kind {
            Kind::Table => {
                self.tables.remove(&full);
                if full.schema.as_deref() == Some(TEMPORARY) {
                    self.temporary.remove(&full.name);
                }
            }
            Kind::Index => drop(self.indexes.remove(&full)),
            Kind::View
            | Kind::MaterializedView
            | Kind::Sequence
            | Kind::Type
            | Kind::Domain
            | Kind::Schema
            | Kind::Function
            | Kind::Extension => drop(self.objects.remove(&(kind, full))),
        }
    }

    fn known_table(&mut self, name: &Name) -> Option<&mut TableState> {
        let name = self.full(name);
        self.tables.get_mut(&name)
    }

    fn with_column(&mut self, table: &Name, column: &str, then: impl FnOnce(&mut ColumnState)) {
        if let Some(state) = self.known_table(table).and_then(|table| table.columns.get_mut(column))
        {
            then(state);
        }
    }
}

/// The name that PostgreSQL gives a constraint without one.
fn given_name(table: &str, rule: &Rule) -> String {
    let with = |columns: &[String], end: &str| format!("{table}_{}_{end}", columns.join("_"));
    match rule {
        Rule::PrimaryKey { .. } => format!("{table}_pkey"),
        Rule::Unique { columns, .. } => with(columns, "key"),
        Rule::ForeignKey { columns, .. } => with(columns, "fkey"),
        Rule::Check(check) => match check.columns().as_slice() {
            [column] => format!("{table}_{column}_check"),
            _ => format!("{table}_check"),
        },
        Rule::NotNull { column } => format!("{table}_{column}_not_null"),
        Rule::Exclude => format!("{table}_excl"),
    }
}
