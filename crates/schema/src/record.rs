//! What a database itself says has been applied: the tables that migration tools keep.
//!
//! Pure. [`tables_query`] is the one question by which such tables are found, [`recognise`]
//! reads its answer, [`Table::query`] is the one `SELECT` for a table, and [`Table::read`] gives
//! its rows their meaning. Nothing here ever writes, and no tool's lock is taken.

mod files;
mod rows;
#[cfg(test)]
mod tests;
mod tool;

use std::collections::BTreeSet;

use crate::assess::{Applied, Migration, Outcome};
use crate::label::Dialect;

pub use tool::Tool;
use tool::{Form, SHAPES, Shape};

/// A row of an answer: every value as text, none for `NULL`.
pub type Row = Vec<Option<String>>;

/// A longer answer is not the record of a migration tool.
pub const MOST_ROWS: usize = 50_000;

/// A table in which a tool keeps what it applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Whose it is.
    pub tool: Tool,
    /// The schema it is in; `main` on SQLite.
    pub schema: String,
    /// Its name, as the database spells it.
    pub name: String,
    /// Its columns, as the database spells them.
    columns: Vec<String>,
}

/// What was found of tables with the names that tools use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Those that can be read.
    pub tables: Vec<Table>,
    /// What stands in the way of reading the others; each a sentence.
    pub doubts: Vec<String>,
}

/// What a tool's table says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whose it is.
    pub tool: Tool,
    /// The table, with its schema.
    pub table: String,
    /// What it names one by one, in the order in which it was applied.
    pub named: Vec<Applied>,
    /// What it says without naming each.
    pub reach: Vec<Reach>,
}

/// A row that stands for more than one migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This one and everything with a smaller version.
    Through(Applied),
    /// This revision and everything that leads to it.
    Head(Applied),
}

/// The question by which the tables of all tools are found, in every schema. Its answer has four
/// columns: schema, table, column, and whether this role may read it. PostgreSQL's
/// `information_schema` does not show what a role may not read, and a table that is hidden
/// would look like one that is not there; its catalog tells them apart. MySQL has nothing else to
/// ask, and what it hides stays unseen; it is asked about the database that the URL names, because a
/// server keeps those of many applications.
pub fn tables_query(dialect: Dialect) -> String {
    let names: BTreeSet<String> = SHAPES.iter().map(|shape| shape.table.to_lowercase()).collect();
    let names = names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    match dialect {
        Dialect::Postgres => format!(
            "SELECT CAST(n.nspname AS text), CAST(c.relname AS text), CAST(a.attname AS text), \
             CAST(has_schema_privilege(n.oid, 'USAGE') AND \
             has_column_privilege(c.oid, a.attnum, 'SELECT') AS text) \
             FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid \
             WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 \
             AND NOT a.attisdropped AND n.nspname NOT IN ('pg_catalog', 'information_schema') \
             AND lower(c.relname) IN ({names}) ORDER BY n.nspname, c.relname, a.attnum"
        ),
        Dialect::Mysql => format!(
            "SELECT CAST(table_schema AS CHAR), CAST(table_name AS CHAR), \
             CAST(column_name AS CHAR), IF(FIND_IN_SET('select', privileges), 'true', 'false') \
             FROM information_schema.columns WHERE lower(table_name) IN ({names}) \
             AND table_schema = COALESCE(DATABASE(), table_schema) \
             ORDER BY table_schema, table_name, ordinal_position"
        ),
        Dialect::Sqlite => format!(
            "SELECT 'main', m.name, p.name, 'true' FROM sqlite_master m \
             JOIN pragma_table_info(m.name) p WHERE m.type IN ('table', 'view') \
             AND lower(m.name) IN ({names}) ORDER BY m.name, p.cid"
        ),
    }
}

/// Reads the answer to [`tables_query`].
pub fn recognise(rows: &[Row]) -> Found {
    let mut seen: Vec<(Table, bool)> = Vec::new();
    for row in rows {
        let [Some(schema), Some(name), Some(column), may] = row.as_slice() else { continue };
        let may = may.as_deref().and_then(rows::truth).unwrap_or(false);
        let new = seen.last().is_none_or(|(last, _)| (&last.schema, &last.name) != (schema, name));
        if new {
            let (schema, name) = (schema.clone(), name.clone());
            // The tool is set when all columns are known.
            seen.push((Table { tool: Tool::Rails, schema, name, columns: Vec::new() }, true));
        }
        if let Some((last, all)) = seen.last_mut() {
            last.columns.push(column.clone());
            *all &= may;
        }
    }
    let mut found = Found::default();
    for (mut table, may) in seen {
        match SHAPES.iter().find(|shape| shape.fits(&table)) {
            None => found.doubts.push(format!(
                "the table `{}` has a migration tool's name, but no known tool's columns",
                table.full_name()
            )),
            Some(_) if !may => found
                .doubts
                .push(format!("this role may not read the table `{}`", table.full_name())),
            Some(shape) => {
                table.tool = shape.tool;
                found.tables.push(table);
            }
        }
    }
    found
}

impl Shape {
    fn fits(&self, table: &Table) -> bool {
        self.table.eq_ignore_ascii_case(&table.name)
            && self.needs.iter().all(|column| table.column(column).is_some())
            && (!self.alone || table.columns.len() == self.needs.len())
            && self.schema.is_none_or(|schema| schema == table.schema)
    }
}

impl Table {
    /// The schema and the name.
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    fn column(&self, name: &str) -> Option<&str> {
        self.columns.iter().map(String::as_str).find(|one| one.eq_ignore_ascii_case(name))
    }

    fn shape(&self) -> Option<&'static Shape> {
        SHAPES.iter().find(|shape| shape.tool == self.tool)
    }

    /// The one `SELECT` that reads it, every value as text. A column that older versions of a tool
    /// do not have is read as `NULL`.
    pub fn query(&self, dialect: Dialect) -> String {
        let (reads, order) =
            self.shape().map_or((&[][..], &[][..]), |shape| (shape.reads, shape.order));
        let reads: Vec<String> = reads
            .iter()
            .map(|(column, form)| match self.column(column) {
                Some(column) => value(dialect, &quoted(dialect, column), *form),
                None => "NULL".to_owned(),
            })
            .collect();
        let order: Vec<String> = order
            .iter()
            .filter_map(|column| self.column(column))
            .map(|column| quoted(dialect, column))
            .collect();
        format!(
            "SELECT {} FROM {}.{} ORDER BY {} LIMIT {MOST_ROWS}",
            reads.join(", "),
            quoted(dialect, &self.schema),
            quoted(dialect, &self.name),
            order.join(", "),
        )
    }

    /// Gives the rows of [`Table::query`] their meaning.
    pub fn read(&self, rows: &[Row]) -> Record {
        let mut record = Record {
            tool: self.tool,
            table: self.full_name(),
            named: Vec::new(),
            reach: Vec::new(),
        };
        rows::read(&mut record, rows);
        record
    }
}

impl Record {
    /// Everything that has been applied, in order. `known` are all migrations whose texts
    /// are at hand: what the record does not name one by one is told by them.
    pub fn applied(&self, known: &[Migration]) -> Vec<Applied> {
        let mut all: Vec<Applied> = Vec::new();
        for reach in &self.reach {
            let (last, more) = match reach {
                Reach::Through(last) => (last, files::through(&last.version, known)),
                Reach::Head(last) => (last, files::leading_to(&last.version, known)),
            };
            let more = more.into_iter().filter(|version| *version != last.version);
            let more = more.map(Applied::done);
            for one in more.chain([last.clone()]) {
                if !all.iter().any(|other| other.version == one.version) {
                    all.push(one);
                }
            }
        }
        all.retain(|one| !self.named.iter().any(|other| other.version == one.version));
        all.extend(self.named.iter().cloned());
        all
    }

    /// Whether a migration is unfinished or its tool calls the database dirty.
    pub fn is_unfinished(&self) -> bool {
        let reach = self.reach.iter().map(|reach| match reach {
            Reach::Through(one) | Reach::Head(one) => one,
        });
        self.named.iter().chain(reach).any(|one| one.outcome == Outcome::Unfinished)
    }
}

fn quoted(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Postgres | Dialect::Sqlite => format!("\"{}\"", name.replace('"', "\"\"")),
        Dialect::Mysql => format!("`{}`", name.replace('`', "``")),
    }
}

fn value(dialect: Dialect, column: &str, form: Form) -> String {
    match (form, dialect) {
        (Form::Text, Dialect::Postgres | Dialect::Sqlite) => format!("CAST({column} AS text)"),
        (Form::Text, Dialect::Mysql) => format!("CAST({column} AS CHAR)"),
        (Form::Bytes, Dialect::Postgres) => format!("encode({column}, 'hex')"),
        (Form::Bytes, Dialect::Sqlite | Dialect::Mysql) => format!("hex({column})"),
    }
}
