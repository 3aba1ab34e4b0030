//! Statements about rows, and the functions that they call.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode as _};

use crate::change::{Change, Kind};
use crate::expression::is_harmless_call;
use crate::label::Label;
use crate::name::Name;

use super::column::{columns, table_of};
use super::node::{below, child, name, name_of, text, words};
use super::table::{assigned, fixed};

/// What a statement about rows does, with all that stands in its `WITH`.
pub(super) fn rows(node: &SyntaxNode) -> Vec<Change> {
    let mut changes = within(node);
    if changes.is_empty() {
        changes.push(Change::Harmless("reads and changes nothing"));
    }
    changes
}

/// What a query does besides reading: rows changed in its `WITH`, functions that it calls.
pub(super) fn within(node: &SyntaxNode) -> Vec<Change> {
    let mut changes: Vec<Change> =
        node.descendants().filter_map(|found| one(&found)).flatten().collect();
    changes.extend(calls(node));
    changes.extend(fields(node));
    changes
}

fn one(node: &SyntaxNode) -> Option<Vec<Change>> {
    if ast::Insert::can_cast(node.kind()) {
        let overwrites = below::<ast::ConflictDoUpdateSet>(node).is_some();
        return Some(vec![Change::Insert {
            table: name_of::<ast::RelationNameRef>(node).unwrap_or_default(),
            columns: child::<ast::ColumnTargetList>(node)
                .map_or_else(Vec::new, |list| columns(list.syntax())),
            overwrites,
        }]);
    }
    if ast::Update::can_cast(node.kind()) {
        let set =
            child::<ast::SetClause>(node).map_or_else(Vec::new, |clause| assigned(clause.syntax()));
        return Some(vec![Change::Update { table: table_of(node), columns: set }]);
    }
    if ast::Delete::can_cast(node.kind()) {
        return Some(vec![Change::Delete { table: table_of(node), what: "deleted" }]);
    }
    if ast::Merge::can_cast(node.kind()) {
        return Some(merge(node));
    }
    if ast::SelectInto::can_cast(node.kind()) {
        return Some(select_into(node));
    }
    None
}

fn merge(node: &SyntaxNode) -> Vec<Change> {
    let table = table_of(node);
    let mut changes = Vec::new();
    for action in node.descendants().filter_map(ast::MergeAction::cast) {
        let words = words(action.syntax());
        let action = action.syntax();
        if words.starts_with(" update ") {
            changes.push(Change::Update { table: table.clone(), columns: assigned(action) });
        } else if words.starts_with(" delete ") {
            changes.push(Change::Delete { table: table.clone(), what: "deleted" });
        } else if words.starts_with(" insert ") {
            let list = below::<ast::ColumnTargetList>(action).map(|list| columns(list.syntax()));
            let list = list
                .or_else(|| below::<ast::ColumnRefList>(action).map(|list| columns(list.syntax())));
            changes.push(Change::Insert {
                table: table.clone(),
                columns: list.unwrap_or_default(),
                overwrites: false,
            });
        }
    }
    if changes.is_empty() {
        changes.push(Change::Opaque("what the MERGE does is not understood".to_owned()));
    }
    changes
}

/// `SELECT … INTO` makes a table.
fn select_into(node: &SyntaxNode) -> Vec<Change> {
    let Some(clause) = below::<ast::IntoClause>(node) else {
        return vec![Change::Opaque("what the SELECT makes is not understood".to_owned())];
    };
    let words = words(clause.syntax());
    let table = clause
        .syntax()
        .descendants()
        .find_map(ast::Path::cast)
        .map(|path| name(path.syntax()))
        .or_else(|| name_of::<ast::TableName>(clause.syntax()));
    let Some(table) = table else {
        return vec![Change::Opaque("what the SELECT makes is not understood".to_owned())];
    };
    vec![Change::CreateTable {
        table,
        columns: Vec::new(),
        constraints: Vec::new(),
        temporary: words.contains(" temp ") || words.contains(" temporary "),
        if_not_exists: false,
        derived: true,
        part_of: None,
    }]
}

/// Calls of functions that may do anything.
pub(super) fn calls(node: &SyntaxNode) -> Vec<Change> {
    let mut found = Vec::new();
    for call in node.descendants().filter_map(ast::CallExpr::cast) {
        // The special forms of the grammar have a node of their own in front of no list.
        if child::<ast::ArgList>(call.syntax()).is_none() {
            continue;
        }
        let Some(callee) = call.syntax().children().next() else { continue };
        let whole = name(&callee);
        let of_postgres = whole.schema.as_deref().is_none_or(|schema| schema == "pg_catalog");
        let function = whole.name;
        let arguments = words(call.syntax());
        if function == "set_config" && arguments.contains("'search_path'") {
            // The dump's way to have no path; any other is one that only the call knows.
            if !arguments.contains("''") {
                found.push(Change::Opaque("which names are meant is set by a call".to_owned()));
            }
            found.push(Change::SearchPath(vec![String::new()]));
        } else if of_postgres && function == "setval" {
            found.push(followed(node).unwrap_or_else(|| {
                Change::Opaque("where a sequence stands is set by a call".to_owned())
            }));
        } else if !of_postgres || !is_harmless_call(&function) {
            found.push(Change::Opaque(format!(
                "`{function}()` is called; what it does is not in the text"
            )));
        }
    }
    found
}

pub(super) fn truncate(node: &SyntaxNode) -> Vec<Change> {
    let cascade = words(node).contains(" cascade ");
    let mut changes = Vec::new();
    for table in node.descendants().filter_map(ast::TableRelationName::cast) {
        let table = name(table.syntax());
        changes.push(Change::Delete { table, what: "deleted" });
    }
    if cascade {
        changes.push(fixed(
            Label::Loses,
            "rows of every table that points at it are deleted as well",
            Vec::new(),
        ));
    }
    if changes.is_empty() {
        changes.push(Change::Opaque("what is emptied is not understood".to_owned()));
    }
    changes
}

pub(super) fn copy(node: &SyntaxNode) -> Vec<Change> {
    let words = words(node);
    if words.contains(" program ") {
        return vec![Change::Opaque(
            "a program is run; what it does is not in the text".to_owned(),
        )];
    }
    let reads = child::<ast::CopyDirection>(node)
        .is_some_and(|way| matches!(way, ast::CopyDirection::CopyFrom(_)));
    if !reads {
        return rows(node);
    }
    match child::<ast::CopyTable>(node) {
        Some(table) => vec![Change::Insert {
            columns: columns(table.syntax()),
            table: table_of(table.syntax()),
            overwrites: false,
        }],
        None => vec![Change::Opaque("where the rows go is not understood".to_owned())],
    }
}

/// `EXPLAIN` shows; with `ANALYZE` it does.
pub(super) fn explain(node: &SyntaxNode) -> Vec<Change> {
    if words(node).contains(" analyze ") || words(node).contains(" analyse ") {
        rows(node)
    } else {
        vec![Change::Harmless("shows how a statement would run")]
    }
}

/// Rules and triggers of a table, which run on every write.
pub(super) fn rule(node: &SyntaxNode) -> Vec<Change> {
    let table =
        below::<ast::RelationNameRef>(node).map(|found| name(found.syntax())).unwrap_or_default();
    vec![
        fixed(
            Label::Opaque,
            format!(
                "what the rule makes of statements on `{table}` must be read: {}",
                short(&text(node))
            ),
            vec![(Kind::Table, table.clone())],
        ),
        Change::CreateRule { table },
    ]
}

/// `setval` that puts a sequence behind the largest number of its own column, as seeds do.
fn followed(node: &SyntaxNode) -> Option<Change> {
    let phrase = words(node).replace(['"', ';'], "");
    let phrase = phrase.split_whitespace().collect::<Vec<_>>().join(" ");
    let phrase = phrase.replace(" . ", ".").replace("pg_catalog.", "");
    let once = |what: &str| phrase.matches(what).count() == 1;
    let plain = once("setval (") && phrase.matches("max (").count() < 3 && once(" from ");
    if !plain || ["-", "where", "limit", "join", "offset"].iter().any(|word| phrase.contains(word))
    {
        return None;
    }
    let numbers = phrase
        .split(|one: char| !one.is_alphanumeric() && one != '_' && one != '\'')
        .filter(|word| word.starts_with(|one: char| one.is_ascii_digit()));
    if numbers.clone().any(|number| number != "0" && number != "1") {
        return None;
    }
    // With `false` the next number is the one that is given.
    if phrase.contains(", false )") && !phrase.contains("+ 1") {
        return None;
    }
    let column = phrase.split_once("max ( ")?.1.split(' ').next()?.to_owned();
    let column = column.rsplit('.').next()?.to_owned();
    let table = phrase.split_once(" from ")?.1.split(' ').next()?.to_owned();
    let first = phrase.split_once("setval ( ")?.1;
    let name = |text: &str| Name::from_parts(text.split('.').map(str::to_owned).collect());
    let of = name(&table);
    let sequence = if let Some(named) = first.strip_prefix("pg_get_serial_sequence ( '") {
        let (on, rest) = named.split_once("' , '")?;
        let same = name(on).name == of.name && rest.split('\'').next()? == column;
        same.then(|| of.renamed(format!("{}_{column}_seq", of.name)))?
    } else {
        let named = name(first.strip_prefix('\'')?.split('\'').next()?);
        (named.name == format!("{}_{column}_seq", of.name)).then_some(named)?
    };
    Some(Change::SetSequence { sequence, table: of })
}

/// Words behind a point that are no calls: columns, or functions of the row.
fn fields(node: &SyntaxNode) -> Vec<Change> {
    let mut found: Vec<String> = node
        .descendants()
        .filter_map(ast::FieldExpr::cast)
        .filter(|field| {
            let called = |parent: SyntaxNode| {
                ast::CallExpr::can_cast(parent.kind())
                    && parent.children().next().as_ref() == Some(field.syntax())
            };
            field.star_token().is_none() && !field.syntax().parent().is_some_and(called)
        })
        .map(|field| name(field.syntax()).name)
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(Change::Field).collect()
}

fn short(text: &str) -> String {
    const WIDTH: usize = 60;
    if text.chars().count() <= WIDTH {
        text.to_owned()
    } else {
        text.chars().take(WIDTH).chain(['…']).collect()
    }
}
