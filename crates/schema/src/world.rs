//! What is known about the database while the statements are read in turn: what was there
//! before them, and what they have made.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Change, Column, Constraint, Fill, Kind, Rule};
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
}

/// An index as far as it is known.
#[derive(Clone, Debug)]
pub(crate) struct IndexState {
    pub(crate) born: bool,
    pub(crate) unique: bool,
}

/// Everything that is known.
#[derive(Clone, Debug)]
pub(crate) struct World {
    tables: BTreeMap<Name, TableState>,
    indexes: BTreeMap<String, IndexState>,
    objects: BTreeMap<(Kind, Name), bool>,
    /// Tables of the session alone. Their names come before all others.
    temporary: BTreeSet<String>,
    /// The schema that a name without one belongs to.
    path: Option<String>,
    /// Whether what was there before is known in full, so that what is not here was not there.
    complete: bool,
}

impl World {
    pub(crate) fn new(path: Option<&str>) -> Self {
        Self {
            tables: BTreeMap::new(),
            indexes: BTreeMap::new(),
            objects: BTreeMap::new(),
            temporary: BTreeSet::new(),
            path: path.map(str::to_owned),
            complete: false,
        }
    }

    /// Takes everything as having been there before.
    pub(crate) fn settle(&mut self, path: Option<&str>) {
        self.complete = !self.tables.is_empty();
        self.path = path.map(str::to_owned);
        self.each_birth(|born| *born = false);
    }

    fn each_birth(&mut self, mut then: impl FnMut(&mut bool)) {
        for table in self.tables.values_mut() {
            then(&mut table.born);
            table.columns.values_mut().for_each(|column| then(&mut column.born));
            table.constraints.iter_mut().for_each(|(_, _, born)| then(born));
        }
        self.indexes.values_mut().for_each(|index| then(&mut index.born));
        self.objects.values_mut().for_each(then);
    }

    pub(crate) fn full(&self, name: &Name) -> Name {
        if name.schema.is_none() && self.temporary.contains(&name.name) {
            return name.resolved(Some(TEMPORARY));
        }
        name.resolved(self.path.as_deref())
    }

    pub(crate) fn table(&self, name: &Name) -> Option<&TableState> {
        self.tables.get(&self.full(name))
    }

    pub(crate) fn column(&self, table: &Name, column: &str) -> Option<&ColumnState> {
        self.table(table)?.columns.get(column)
    }

    /// The constraint and whether it was born here.
    pub(crate) fn constraint(&self, table: &Name, name: &str) -> Option<(&Constraint, bool)> {
        self.table(table)?
            .constraints
            .iter()
            .find(|(known, _, _)| known == name)
            .map(|(_, constraint, born)| (constraint, *born))
    }

    pub(crate) fn index(&self, name: &str) -> Option<&IndexState> {
        self.indexes.get(name)
    }

    pub(crate) fn is_born(&self, kind: Kind, name: &Name) -> bool {
        match kind {
            Kind::Table => self.table(name).is_some_and(|table| table.born),
            Kind::Index => self.indexes.get(&name.name).is_some_and(|index| index.born),
            Kind::View
            | Kind::MaterializedView
            | Kind::Sequence
            | Kind::Type
            | Kind::Domain
            | Kind::Schema
            | Kind::Function
            | Kind::Trigger
            | Kind::Extension => {
                self.objects.get(&(kind, self.full(name))).copied().unwrap_or(false)
            }
        }
    }

    /// Whether another function has the name and other parameters.
    pub(crate) fn has_namesake(&self, function: &Name) -> bool {
        let base = |name: &str| name.split('(').next().unwrap_or(name).to_owned();
        let wanted = self.full(function);
        self.objects.iter().any(|((kind, name), born)| {
            *kind == Kind::Function
                && !born
                && name.schema == wanted.schema
                && base(&name.name) == base(&wanted.name)
        })
    }

    pub(crate) fn is_known(&self, kind: Kind, name: &Name) -> bool {
        self.objects.contains_key(&(kind, self.full(name)))
    }

    pub(crate) fn is_new_column(&self, table: &Name, column: &str) -> bool {
        self.is_born(Kind::Table, table)
            || self.column(table, column).is_some_and(|known| known.born)
    }

    /// The columns that have a type, for a probe on its values.
    pub(crate) fn columns_of(&self, ty: &Name) -> Vec<(&Name, &str)> {
        self.tables
            .iter()
            .flat_map(|(table, state)| {
                state.columns.iter().map(move |(name, column)| (table, name, column))
            })
            .filter(|(_, _, column)| {
                column
                    .ty
                    .as_ref()
                    .is_some_and(|known| known.base == ty.name.to_lowercase() && !known.array)
            })
            .map(|(table, name, _)| (table, name.as_str()))
            .collect()
    }

    /// Whether something is new for certain, when its statement also succeeds where it is there.
    fn certain(&self, maybe_there: bool, known: bool) -> bool {
        !known && (!maybe_there || self.complete)
    }

    pub(crate) fn apply(&mut self, change: &Change) {
        match change {
            Change::CreateTable {
                table, columns, constraints, if_not_exists, temporary, ..
            } => {
                if *temporary && self.path.is_some() && table.schema.is_none() {
                    self.temporary.insert(table.name.clone());
                }
                self.create_table(table, columns, constraints, *if_not_exists);
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
                    let known = self.indexes.contains_key(&name.name);
                    let born = self.certain(index.if_not_exists, known);
                    let state = IndexState { born, unique: index.unique.is_some() };
                    self.indexes.entry(name.name.clone()).or_insert(state);
                }
            }
            Change::Create { kind, name, if_not_exists, replace, .. } => {
                let key = (*kind, self.full(name));
                // What is replaced where it is there may have been there, too.
                let maybe_there = *if_not_exists || *replace;
                let born = self.certain(maybe_there, self.objects.contains_key(&key));
                self.objects.entry(key).or_insert(born);
            }
            Change::CreateTrigger { name, table, replace } => {
                let key = (
                    Kind::Trigger,
                    self.full(table).renamed(format!("{}.{}", table.name, name.name)),
                );
                let born = self.certain(*replace, self.objects.contains_key(&key));
                self.objects.entry(key).or_insert(born);
            }
            Change::Drop { kind, name, .. } => self.forget(*kind, name),
            Change::DropTrigger { name, table } => {
                let key = (
                    Kind::Trigger,
                    self.full(table).renamed(format!("{}.{}", table.name, name.name)),
                );
                self.objects.remove(&key);
            }
            Change::SearchPath(path) => self.path.clone_from(path),
            Change::Session(path) => {
                self.path.clone_from(path);
                self.temporary.clear();
            }
            // What was made since may be gone; nothing counts as new any more.
            Change::Rollback => self.each_birth(|born| *born = false),
            Change::Harmless(_)
            | Change::Opaque(_)
            | Change::Fixed { .. }
            | Change::RowSecurity { .. }
            | Change::AddPolicy { .. }
            | Change::AddEnumValue { .. }
            | Change::Insert { .. }
            | Change::Update { .. }
            | Change::Delete { .. } => {}
        }
    }

    pub(crate) fn is_new_trigger(&self, name: &Name, table: &Name) -> bool {
        let key =
            (Kind::Trigger, self.full(table).renamed(format!("{}.{}", table.name, name.name)));
        self.objects.get(&key).copied().unwrap_or(false)
    }

    fn create_table(
        &mut self,
        table: &Name,
        columns: &[Column],
        constraints: &[Constraint],
        if_not_exists: bool,
    ) {
        let name = self.full(table);
        let known = self.tables.contains_key(&name);
        if known && if_not_exists {
            return;
        }
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
        let (old, new) = (self.full(from), self.full(to));
        match kind {
            Kind::Table => {
                if let Some(state) = self.tables.remove(&old) {
                    self.tables.insert(new, state);
                }
            }
            Kind::Index => {
                if let Some(state) = self.indexes.remove(&from.name) {
                    self.indexes.insert(to.name.clone(), state);
                }
            }
            Kind::View
            | Kind::MaterializedView
            | Kind::Sequence
            | Kind::Type
            | Kind::Domain
            | Kind::Schema
            | Kind::Function
            | Kind::Trigger
            | Kind::Extension => {
                if let Some(born) = self.objects.remove(&(kind, old)) {
                    self.objects.insert((kind, new), born);
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
            Kind::Index => drop(self.indexes.remove(&name.name)),
            Kind::View
            | Kind::MaterializedView
            | Kind::Sequence
            | Kind::Type
            | Kind::Domain
            | Kind::Schema
            | Kind::Function
            | Kind::Trigger
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
