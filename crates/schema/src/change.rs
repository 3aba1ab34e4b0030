//! What a statement does, in words that every dialect shares.
//!
//! A dialect's reader makes these from its syntax tree; the rules know nothing else. What a
//! reader does not understand is [`Change::Opaque`], never silence.

use crate::expression::Expression;
use crate::label::{Label, Lock};
use crate::name::Name;
use crate::types::Type;

/// Kinds of things that have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Table,
    View,
    MaterializedView,
    Sequence,
    Type,
    Domain,
    Schema,
    Function,
    Index,
    Extension,
}

impl Kind {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Sequence => "sequence",
            Self::Type => "type",
            Self::Domain => "domain",
            Self::Schema => "schema",
            Self::Function => "function",
            Self::Index => "index",
            Self::Extension => "extension",
        }
    }
}

/// What a column holds when nobody gives a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    /// `NULL`.
    Nothing,
    /// The same for every row.
    Constant(String),
    /// Found anew for each row: a sequence, a function.
    PerRow(String),
    /// Computed from the row's other columns.
    Generated(Expression),
}

/// A column as it is created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) not_null: bool,
    pub(crate) fill: Fill,
    pub(crate) constraints: Vec<Constraint>,
}

/// What happens to the rows that point at a row which goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnDelete {
    /// The deletion is refused.
    Refused,
    /// They go as well.
    Follows,
    /// They let go: the column becomes `NULL`.
    Empties,
    /// They point at the default from then on, which may point at nothing.
    Resets,
}

/// A trigger, as far as it matters when it fires.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "events do not exclude each other")]
pub(crate) struct Trigger {
    pub(crate) name: String,
    pub(crate) on_insert: bool,
    pub(crate) on_update: bool,
    pub(crate) on_delete: bool,
    /// `UPDATE OF` these alone; empty for all.
    pub(crate) columns: Vec<String>,
    /// Before each row: only such a one can set what is stored.
    pub(crate) before_row: bool,
    /// The function; none for a rule, and where a dialect puts the code into the trigger.
    pub(crate) function: Option<Name>,
}

impl Trigger {
    /// One of which no more is known than its name: it may fire on everything.
    pub(crate) const fn on_everything(name: String) -> Self {
        Self {
            name,
            on_insert: true,
            on_update: true,
            on_delete: true,
            columns: Vec::new(),
            before_row: false,
            function: None,
        }
    }
}

/// What is known of a function's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// Nothing.
    Unknown,
    /// It only sets columns of the row at hand, and hands that on.
    Sets {
        columns: Vec<(String, Expression)>,
        /// What stands between its `IF` and `THEN`.
        conditions: Vec<Expression>,
    },
    /// It only tells listeners, or writes rows nowhere.
    Quiet,
}

/// A constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Constraint {
    pub(crate) name: Option<String>,
    pub(crate) rule: Rule,
    /// Existing rows are not looked at (`NOT VALID`).
    pub(crate) not_valid: bool,
}

impl Constraint {
    /// Whether it is about a column.
    pub(crate) fn names(&self, column: &str) -> bool {
        let among = |columns: &[String]| columns.iter().any(|one| one == column);
        match &self.rule {
            Rule::Check(check) => check.mentions(column),
            Rule::Unique { columns, .. }
            | Rule::PrimaryKey { columns, .. }
            | Rule::ForeignKey { columns, .. } => among(columns),
            Rule::NotNull { column: one } => one == column,
            Rule::Exclude => true,
        }
    }
}

/// What a constraint asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Check(Expression),
    Unique {
        columns: Vec<String>,
        nulls_equal: bool,
        index: Option<String>,
    },
    PrimaryKey {
        columns: Vec<String>,
        index: Option<String>,
    },
    ForeignKey {
        columns: Vec<String>,
        table: Name,
        /// What they point at; empty for the primary key.
        keys: Vec<String>,
        on_delete: OnDelete,
        /// Whether they go along when the key itself is changed.
        on_update: OnDelete,
    },
    NotNull {
        column: String,
    },
    Exclude,
}

/// What a unique index makes of rows without a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// They never meet.
    Differ,
    /// Two of them are the same: `NULLS NOT DISTINCT`.
    Equal,
}

/// An index as it is created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Index {
    pub(crate) name: Option<Name>,
    pub(crate) table: Name,
    /// How it takes missing values, when it is unique.
    pub(crate) unique: Option<Nulls>,
    /// The keys; those that are plain columns count as columns.
    pub(crate) keys: Vec<Expression>,
    pub(crate) predicate: Option<Expression>,
    pub(crate) concurrently: bool,
    pub(crate) if_not_exists: bool,
}

/// A query behind a view, as far as it matters whether a view can stand in for a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// `SELECT *` from one table and nothing else: reads and writes go through.
    Whole(Name),
    /// Anything else.
    Other,
}

/// One thing that a statement does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Nothing that the old release could notice.
    Harmless(&'static str),
    /// The text does not tell; why.
    Opaque(String),
    /// Decided by what is written there alone; compatible where `on` was born in the same files.
    Fixed {
        label: Label,
        tighten: bool,
        reason: String,
        on: Vec<(Kind, Name)>,
        lock: Option<Lock>,
    },
    CreateTable {
        table: Name,
        columns: Vec<Column>,
        constraints: Vec<Constraint>,
        temporary: bool,
        if_not_exists: bool,
        /// Takes its columns from elsewhere: a query, `LIKE`, a partition's parent.
        derived: bool,
        /// The table that it becomes a part of.
        part_of: Option<Name>,
    },
    AddColumn {
        table: Name,
        column: Column,
        if_not_exists: bool,
    },
    DropColumn {
        table: Name,
        column: String,
        cascade: bool,
    },
    RenameColumn {
        table: Name,
        from: String,
        to: String,
    },
    Rename {
        kind: Kind,
        from: Name,
        to: Name,
    },
    AlterType {
        table: Name,
        column: String,
        to: Type,
        using: Option<Expression>,
    },
    SetNotNull {
        table: Name,
        column: String,
    },
    DropNotNull {
        table: Name,
        column: String,
    },
    SetDefault {
        table: Name,
        column: String,
        fill: Fill,
    },
    DropDefault {
        table: Name,
        column: String,
    },
    AddConstraint {
        table: Name,
        constraint: Constraint,
    },
    DropConstraint {
        table: Name,
        name: String,
        cascade: bool,
    },
    /// What MySQL drops by this name is a foreign key and nothing else.
    DropForeignKey {
        table: Name,
        name: String,
    },
    RowSecurity {
        table: Name,
        forced: bool,
    },
    /// A policy that lets rows through; `open` when it lets all of them through for everybody.
    AddPolicy {
        table: Name,
        open: bool,
    },
    CreateIndex(Index),
    Create {
        kind: Kind,
        name: Name,
        replace: bool,
        over: Over,
        if_not_exists: bool,
        /// What it is made of, where that can be compared.
        text: Option<String>,
    },
    /// A function, with its parameters in its name.
    CreateFunction {
        name: Name,
        /// The name alone.
        base: Name,
        /// The type of the only parameter, if it takes one.
        takes: Option<Name>,
        /// Called by triggers and by nobody else.
        of_trigger: bool,
        replace: bool,
        text: String,
        code: Code,
    },
    CreateTrigger {
        trigger: Trigger,
        table: Name,
        replace: bool,
    },
    /// A rule that makes other statements of those on a table.
    CreateRule {
        table: Name,
    },
    /// A table becomes a part of another: a partition, or a child.
    Attach {
        table: Name,
        part: Name,
        partition: bool,
    },
    /// A column begins to fill itself.
    Identity {
        table: Name,
        column: String,
        always: bool,
    },
    RenameConstraint {
        table: Name,
        from: String,
        to: String,
    },
    RenameTrigger {
        table: Name,
        from: String,
        to: String,
    },
    /// A new table has the columns of another and nothing else.
    Like {
        table: Name,
        of: Name,
    },
    /// Rights on a table or view are given; `all` of those that a program uses.
    Grant {
        on: Vec<Name>,
        all: bool,
    },
    /// A word behind a point, in a statement about rows: a column, or a function of the row.
    Field(String),
    /// A sequence is set to follow the numbers of a column.
    SetSequence {
        sequence: Name,
        table: Name,
    },
    Drop {
        kind: Kind,
        name: Name,
        cascade: bool,
    },
    DropTrigger {
        name: Name,
        table: Name,
    },
    AddEnumValue {
        ty: Name,
        value: String,
    },
    Insert {
        table: Name,
        columns: Vec<String>,
        overwrites: bool,
    },
    Update {
        table: Name,
        columns: Vec<String>,
    },
    Delete {
        table: Name,
        what: &'static str,
    },
    SearchPath(Vec<String>),
    /// The same until the transaction ends.
    LocalPath(Vec<String>),
    /// A transaction begins.
    Begin,
    /// It ends, and is kept.
    Commit,
    /// A file begins, with the usual schema: most tools give each a session of its own.
    Session(Vec<String>),
    /// The transaction, or a part of it, was taken back.
    Rollback,
}
