//! The rules: one change and what is known, a label out.
//!
//! Every rule answers one question: can the release before this change run after it, and is
//! anything gone? What locks a table is told beside that and never mixed in.

mod column;
mod constraint;
mod data;
mod fit;
mod object;
mod table;
mod trigger;

use crate::change::Change;
use crate::foresight::Foresight;
use crate::label::{Dialect, Label, Lock, Probe};
use crate::world::World;

/// What a rule may look at.
pub(crate) struct Sight<'a> {
    pub(crate) world: &'a World,
    pub(crate) foresight: &'a Foresight,
    pub(crate) dialect: Dialect,
}

/// What is said about one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) label: Label,
    pub(crate) tighten: bool,
    pub(crate) reason: String,
    pub(crate) probes: Vec<Probe>,
    pub(crate) lock: Option<Lock>,
}

impl Verdict {
    fn new(label: Label, reason: impl Into<String>) -> Self {
        Self { label, tighten: false, reason: reason.into(), probes: Vec::new(), lock: None }
    }

    fn compatible(reason: impl Into<String>) -> Self {
        Self::new(Label::Compatible, reason)
    }

    fn opaque(reason: impl Into<String>) -> Self {
        Self::new(Label::Opaque, reason)
    }

    fn breaks(reason: impl Into<String>) -> Self {
        Self::new(Label::Breaks, reason)
    }

    fn loses(reason: impl Into<String>) -> Self {
        Self::new(Label::Loses, reason)
    }

    /// The old release may write what is rejected now.
    fn tightens(reason: impl Into<String>) -> Self {
        Self { tighten: true, ..Self::breaks(reason) }
    }

    fn probe(reason: impl Into<String>, sql: String, finds: impl Into<String>) -> Self {
        let probes = vec![Probe { sql, finds: finds.into() }];
        Self { probes, ..Self::new(Label::Probe, reason) }
    }

    fn locking(self, lock: Lock) -> Self {
        Self { lock: Some(lock), ..self }
    }

    /// Both: the worse label speaks, probes and locks of both stay.
    pub(crate) fn and(self, other: Self) -> Self {
        let lock = self.lock.max(other.lock);
        let (mut worse, better) =
            if other.label > self.label { (other, self) } else { (self, other) };
        worse.lock = lock;
        for probe in better.probes {
            if !worse.probes.contains(&probe) {
                worse.probes.push(probe);
            }
        }
        worse
    }
}

/// Says what a change means for the release before it.
pub(crate) fn judge(change: &Change, sight: &Sight<'_>) -> Verdict {
    let verdict = alone(change, sight);
    match trigger::beneath(sight, change) {
        Some(found) => verdict.and(found),
        None => verdict,
    }
}

/// The same by the change's own rule.
fn alone(change: &Change, sight: &Sight<'_>) -> Verdict {
    match change {
        Change::Harmless(reason) => Verdict::compatible(*reason),
        Change::Opaque(reason) => Verdict::opaque(reason.clone()),
        Change::Fixed { label, tighten, reason, on, lock } => {
            let new = !on.is_empty()
                && on.iter().all(|(kind, name)| {
                    sight.world.is_born(*kind, name) && !sight.world.is_in_old_table(*kind, name)
                });
            if new {
                return Verdict::compatible(
                    "only what these migrations made themselves is concerned",
                );
            }
            Verdict { tighten: *tighten, lock: *lock, ..Verdict::new(*label, reason.clone()) }
        }
        Change::CreateTable { table, columns, constraints, temporary, .. } => {
            table::create(sight, table, columns, constraints, *temporary)
        }
        Change::AddColumn { table, column, .. } => table::add_column(sight, table, column),
        Change::DropColumn { table, column, cascade } => {
            table::drop_column(sight, table, column, *cascade)
        }
        Change::RenameColumn { table, from, to } => table::rename_column(sight, table, from, to),
        Change::Rename { kind, from, to } => object::rename(sight, *kind, from, to),
        Change::AlterType { table, column, to, using } => {
            column::alter_type(sight, table, column, to, using.as_ref())
        }
        Change::SetNotNull { table, column } => column::set_not_null(sight, table, column),
        Change::DropNotNull { table, column } => column::drop_not_null(sight, table, column),
        Change::SetDefault { table, column, fill } => {
            column::set_default(sight, table, column, fill)
        }
        Change::DropDefault { table, column } => column::drop_default(sight, table, column),
        Change::AddConstraint { table, constraint } => constraint::add(sight, table, constraint),
        Change::DropConstraint { table, name, cascade } => {
            constraint::drop(sight, table, name, *cascade)
        }
        Change::DropForeignKey { table, name } => constraint::drop_key(sight, table, name),
        Change::RowSecurity { table, forced } => constraint::row_security(sight, table, *forced),
        Change::AddPolicy { table, .. } => constraint::add_policy(sight, table),
        Change::CreateIndex(index) => constraint::index(sight, index),
        Change::Create { kind, name, replace, text, .. } => {
            object::create(sight, *kind, name, *replace, text.as_deref())
        }
        Change::CreateFunction { name, base, takes, of_trigger, replace, text, .. } => {
            let made = object::Made {
                name,
                base,
                takes: takes.as_ref(),
                of_trigger: *of_trigger,
                replace: *replace,
                text,
            };
            object::create_function(sight, &made)
        }
        Change::CreateTrigger { table, trigger, .. } => trigger::create(sight, table, trigger),
        Change::CreateRule { table } => {
            Verdict::compatible(format!("told with the rule on `{table}`"))
        }
        Change::Attach { table, part, partition } => object::attach(sight, table, part, *partition),
        Change::Identity { table, column, always } => {
            column::identity(sight, table, column, *always)
        }
        Change::RenameConstraint { table, from, .. } => constraint::rename(sight, table, from),
        Change::RenameTrigger { table, .. } => trigger::rename(sight, table),
        Change::Like { table, of } => {
            Verdict::compatible(format!("`{table}` has the columns of `{of}`"))
        }
        Change::Grant { .. } => Verdict::compatible("more is allowed"),
        Change::Field(name) => data::field(sight, name),
        Change::SetSequence { sequence, table } => data::set_sequence(sight, table, sequence),
        Change::Begin | Change::Commit => Verdict::compatible("a transaction's bounds"),
        Change::LocalPath(path) if sight.world.is_in_transaction() || sight.world.is_path(path) => {
            Verdict::compatible("a setting of this transaction only")
        }
        Change::LocalPath(_) => {
            Verdict::opaque("which names are meant changes again when the transaction ends")
        }
        Change::Drop { kind, name, cascade } => object::drop(sight, *kind, name, *cascade),
        Change::DropTrigger { name, table } => trigger::drop(sight, name, table),
        Change::AddEnumValue { ty, value } => object::add_enum_value(sight, ty, value),
        Change::Insert { table, columns, overwrites } => {
            data::insert(sight, table, columns, *overwrites)
        }
        Change::Update { table, columns } => data::update(sight, table, columns),
        Change::Delete { table, what } => data::delete(sight, table, what),
        Change::SearchPath(_) | Change::Session(_) => {
            Verdict::compatible("a setting of this session only")
        }
        Change::Rollback => Verdict::opaque(
            "a part of these statements is taken back; what remains is not told apart",
        ),
    }
}
