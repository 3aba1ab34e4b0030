//! What may be asked of the world; nothing here changes it.

use std::collections::BTreeSet;

use crate::change::{Code, Constraint, Kind, OnDelete, Rule, Trigger};
use crate::name::Name;

use super::{ColumnState, IndexState, TableState, World};

impl World {
    /// Whether what is not known here was not there.
    pub(crate) const fn is_complete(&self) -> bool {
        self.complete
    }

    pub(crate) const fn is_in_transaction(&self) -> bool {
        self.in_transaction
    }

    pub(crate) fn is_path(&self, path: &[String]) -> bool {
        self.path == path
    }

    /// An index lives in the schema of its table.
    pub(super) fn index_name(&self, table: &Name, index: &Name) -> Name {
        let schema = self.full(table).schema.filter(|_| !self.path.is_empty());
        Name { schema: index.schema.clone().or(schema), name: index.name.clone() }
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

    pub(crate) fn index(&self, name: &Name) -> Option<&IndexState> {
        self.indexes.get(&self.full(name))
    }

    /// Whether a type or domain is used by a table that was there before.
    pub(crate) fn is_in_old_table(&self, kind: Kind, name: &Name) -> bool {
        matches!(kind, Kind::Type | Kind::Domain)
            && self.columns_of(name).iter().any(|(table, _, _)| !self.is_born(Kind::Table, table))
    }

    pub(crate) fn has_unique_index_on(&self, table: &Name) -> bool {
        let table = self.full(table);
        self.indexes.values().any(|index| index.unique && index.table == table)
    }

    /// Whether a unique index reads the column.
    pub(crate) fn has_unique_index(&self, table: &Name, column: &str) -> bool {
        let table = self.full(table);
        self.indexes.values().any(|index| {
            index.unique && index.table == table && index.columns.iter().any(|one| one == column)
        })
    }

    /// Whether any index reads the column.
    pub(crate) fn has_index(&self, table: &Name, column: &str) -> bool {
        let table = self.full(table);
        self.indexes
            .values()
            .any(|index| index.table == table && index.columns.iter().any(|one| one == column))
    }

    /// The columns that triggers of a table set or read.
    pub(crate) fn in_triggers(&self, table: &Name) -> BTreeSet<&str> {
        let triggers = self.table(table).into_iter().flat_map(|state| &state.triggers);
        let codes = triggers.filter_map(|(trigger, _)| Some(self.code(trigger.function.as_ref()?)));
        codes
            .flat_map(|code| match code {
                Code::Sets { columns, conditions } => {
                    let read = columns.iter().map(|(_, value)| value).chain(conditions);
                    let set = columns.iter().map(|(name, _)| name.as_str());
                    read.flat_map(|one| one.fields()).chain(set).collect()
                }
                Code::Quiet | Code::Unknown => Vec::new(),
            })
            .collect()
    }

    /// A table that was there before and has a trigger which calls the function. A function that is
    /// replaced without its parameters being written is found, too.
    pub(crate) fn fires_on_old(&self, function: &Name) -> Option<&Name> {
        let full = self.full(function);
        let base = full.renamed(full.name.split('(').next().unwrap_or_default());
        let calls = |trigger: &Trigger| {
            trigger.function.as_ref().is_some_and(|called| self.called(called) == base)
        };
        self.tables
            .iter()
            .find(|(_, state)| !state.born && state.triggers.iter().any(|(one, _)| calls(one)))
            .map(|(name, _)| name)
    }

    /// The full name of a function of triggers, without its empty parentheses.
    fn called(&self, function: &Name) -> Name {
        let full = self.full(&function.renamed(format!("{}()", function.name)));
        full.renamed(function.name.clone())
    }

    pub(crate) fn index_on(&self, table: &Name, name: &str) -> Option<&IndexState> {
        self.indexes.get(&self.index_name(table, &Name::plain(name)))
    }

    /// Whether a constraint of any table has the name.
    pub(crate) fn has_constraint(&self, name: &str) -> bool {
        self.tables
            .values()
            .any(|table| table.constraints.iter().any(|(known, _, _)| known == name))
    }

    /// The tables with a foreign key to `table`, and that key.
    pub(crate) fn pointing_at(&self, table: &Name) -> impl Iterator<Item = (&Name, &Constraint)> {
        let wanted = self.full(table);
        self.tables.iter().flat_map(move |(from, state)| {
            let wanted = wanted.clone();
            state.constraints.iter().filter_map(move |(_, constraint, _)| match &constraint.rule {
                Rule::ForeignKey { table: to, .. } if self.full(to) == wanted => {
                    Some((from, constraint))
                }
                Rule::Check(_)
                | Rule::Unique { .. }
                | Rule::PrimaryKey { .. }
                | Rule::ForeignKey { .. }
                | Rule::NotNull { .. }
                | Rule::Exclude => None,
            })
        })
    }

    /// Whether rows of a table go, or change, when those of an old one do.
    pub(crate) fn follows_old(&self, table: &Name) -> bool {
        let mut seen = BTreeSet::new();
        let mut todo = vec![self.full(table)];
        while let Some(next) = todo.pop() {
            let Some(state) = self.tables.get(&next) else { continue };
            if !seen.insert(next) {
                continue;
            }
            for (_, constraint, _) in &state.constraints {
                if let Rule::ForeignKey { table: to, on_delete, on_update, .. } = &constraint.rule
                    && (*on_delete != OnDelete::Refused || *on_update != OnDelete::Refused)
                {
                    if !self.is_born(Kind::Table, to) {
                        return true;
                    }
                    todo.push(self.full(to));
                }
            }
        }
        false
    }

    /// What is known of the code of a function that takes nothing.
    pub(crate) fn code(&self, function: &Name) -> &Code {
        let key = (Kind::Function, self.full(&function.renamed(format!("{}()", function.name))));
        self.objects.get(&key).map_or(&Code::Unknown, |known| &known.code)
    }

    /// Functions of a name, whatever they take.
    pub(crate) fn has_function(&self, name: &str) -> bool {
        self.objects.keys().any(|(kind, known)| {
            *kind == Kind::Function && known.name.split('(').next() == Some(name)
        })
    }

    /// What something of the name was made of.
    pub(crate) fn text(&self, kind: Kind, name: &Name) -> Option<&str> {
        self.objects.get(&(kind, self.full(name)))?.text.as_deref()
    }

    /// Whether a table or view of the same name is known in another schema.
    pub(crate) fn has_table_elsewhere(&self, name: &Name) -> bool {
        let full = self.placed(name);
        let elsewhere = |known: &Name, born: bool| {
            !born && known.name == full.name && known.schema != full.schema
        };
        self.tables.iter().any(|(known, state)| elsewhere(known, state.born))
            || self.objects.iter().any(|((kind, known), state)| {
                matches!(kind, Kind::View | Kind::MaterializedView) && elsewhere(known, state.born)
            })
    }

    pub(crate) fn is_born(&self, kind: Kind, name: &Name) -> bool {
        match kind {
            Kind::Table => self.table(name).is_some_and(|table| table.born),
            Kind::Index => self.index(name).is_some_and(|index| index.born),
            Kind::View
            | Kind::MaterializedView
            | Kind::Sequence
            | Kind::Type
            | Kind::Domain
            | Kind::Schema
            | Kind::Function
            | Kind::Extension => {
                self.objects.get(&(kind, self.full(name))).is_some_and(|object| object.born)
            }
        }
    }

    /// Whether another function has the name and other parameters.
    pub(crate) fn has_namesake(&self, function: &Name) -> bool {
        let base = |name: &str| name.split('(').next().unwrap_or(name).to_owned();
        let wanted = self.full(function);
        self.objects.iter().any(|((kind, name), object)| {
            *kind == Kind::Function
                && !object.born
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
    pub(crate) fn columns_of(&self, ty: &Name) -> Vec<(&Name, &str, bool)> {
        self.tables
            .iter()
            .flat_map(|(table, state)| {
                state.columns.iter().map(move |(name, column)| (table, name, column))
            })
            .filter(|(_, _, column)| {
                column.ty.as_ref().is_some_and(|known| known.name().name == ty.name)
            })
            .map(|(table, name, column)| {
                (table, name.as_str(), column.ty.as_ref().is_some_and(|ty| ty.array))
            })
            .collect()
    }
}
