//! Columns and constraints as they are written.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode as _};

use crate::change::{Column, Constraint, Fill, OnDelete, Rule};
use crate::expression::Expression;
use crate::name::Name;
use crate::types::Type;

use super::node::{below, child, children, expression, name, name_of, plain_of, text, words};

/// A column from its definition: in `CREATE TABLE` or after `ADD COLUMN`.
pub(super) fn column(node: &SyntaxNode) -> Column {
    let mut column = Column {
        name: plain_of::<ast::ColumnName>(node).unwrap_or_default(),
        ty: child::<ast::Type>(node)
            .map_or_else(|| Type::read(""), |ty| Type::read(&text(ty.syntax()))),
        not_null: false,
        fill: Fill::Nothing,
        constraints: Vec::new(),
    };
    column.not_null = column.ty.serial;
    for found in children::<ast::Constraint>(node) {
        let of_column = std::slice::from_ref(&column.name);
        if let Some(constraint) = constraint(&found, of_column) {
            column.not_null |=
                matches!(constraint.rule, Rule::NotNull { .. } | Rule::PrimaryKey { .. });
            if !matches!(constraint.rule, Rule::NotNull { .. }) {
                column.constraints.push(constraint);
            }
        } else if let Some(fill) = fill_of(found.syntax()) {
            column.not_null |= words(found.syntax()).contains(" identity ");
            column.fill = fill;
        }
    }
    column
}

/// What a `DEFAULT` or `GENERATED` clause fills a column with.
fn fill_of(node: &SyntaxNode) -> Option<Fill> {
    if ast::DefaultConstraint::can_cast(node.kind()) {
        return Some(fill(&expression(node)));
    }
    if ast::GeneratedConstraint::can_cast(node.kind()) {
        return Some(match below::<ast::GeneratedStored>(node) {
            Some(stored) => Fill::Generated(expression(stored.syntax())),
            None => Fill::PerRow("nextval('identity')".to_owned()),
        });
    }
    None
}

/// What a default fills a column with.
pub(super) fn fill(default: &Expression) -> Fill {
    if default.is_null() {
        Fill::Nothing
    } else if default.is_constant() {
        Fill::Constant(default.text.clone())
    } else {
        Fill::PerRow(default.text.clone())
    }
}

/// A constraint; none for what only fills a column. `of_column` are the columns it is about
/// where it names none.
pub(super) fn constraint(found: &ast::Constraint, of_column: &[String]) -> Option<Constraint> {
    let node = found.syntax();
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the parser's enum; what fills a column is read elsewhere"
    )]
    let rule = match found {
        ast::Constraint::CheckConstraint(_) => Rule::Check(expression(node)),
        ast::Constraint::NotNullConstraint(_) => Rule::NotNull {
            column: plain_of::<ast::ColumnNameRef>(node)
                .or_else(|| of_column.first().cloned())
                .unwrap_or_default(),
        },
        ast::Constraint::UniqueConstraint(_) => Rule::Unique {
            columns: keys(node, of_column),
            nulls_equal: words(node).contains(" nulls not distinct "),
            index: index(node),
        },
        ast::Constraint::PrimaryKeyConstraint(_) => {
            Rule::PrimaryKey { columns: keys(node, of_column), index: index(node) }
        }
        ast::Constraint::ReferencesConstraint(_) => Rule::ForeignKey {
            columns: of_column.to_vec(),
            table: name_of::<ast::TableNameRef>(node).unwrap_or_default(),
            keys: pointed_at(node),
            on_delete: action(node, "delete"),
            on_update: action(node, "update"),
        },
        ast::Constraint::ForeignKeyConstraint(_) => Rule::ForeignKey {
            columns: child::<ast::ForeignKeyColumnList>(node)
                .map_or_else(Vec::new, |list| columns(list.syntax())),
            table: name_of::<ast::TableNameRef>(node).unwrap_or_default(),
            keys: pointed_at(node),
            on_delete: action(node, "delete"),
            on_update: action(node, "update"),
        },
        ast::Constraint::ExcludeConstraint(_) => Rule::Exclude,
        _ => return None,
    };
    Some(Constraint {
        name: child::<ast::ConstraintNameClause>(node)
            .and_then(|clause| plain_of::<ast::ConstraintName>(clause.syntax())),
        rule,
        not_valid: children::<ast::ConstraintOption>(node)
            .any(|option| matches!(option, ast::ConstraintOption::NotValid(_))),
    })
}

/// A constraint of a table as a whole.
pub(super) fn table_constraint(node: &SyntaxNode) -> Option<Constraint> {
    ast::Constraint::cast(node.clone()).and_then(|found| constraint(&found, &[]))
}

/// The columns below a node, by reference.
pub(super) fn columns(node: &SyntaxNode) -> Vec<String> {
    node.descendants()
        .filter_map(ast::ColumnNameRef::cast)
        .map(|column| name(column.syntax()).name)
        .collect()
}

fn keys(node: &SyntaxNode, of_column: &[String]) -> Vec<String> {
    let list = below::<ast::ConstraintColumnRefList>(node);
    list.map_or_else(|| of_column.to_vec(), |list| columns(list.syntax()))
}

fn index(node: &SyntaxNode) -> Option<String> {
    let using = child::<ast::UsingIndexName>(node)?;
    below::<ast::IndexRef>(using.syntax()).map(|found| name(found.syntax()).name)
}

/// The columns in the parentheses behind the table that a foreign key points at.
fn pointed_at(node: &SyntaxNode) -> Vec<String> {
    let words = words(node);
    let Some((_, to)) = words.split_once(" references ") else { return Vec::new() };
    let inner = to.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
    inner.map_or_else(Vec::new, |(inner, _)| {
        inner.split(',').map(|column| super::node::folded(column.trim())).collect()
    })
}

/// What happens to the rows that point at one that goes (`delete`) or is changed (`update`).
fn action(node: &SyntaxNode, when: &str) -> OnDelete {
    let found = children::<ast::ReferentialAction>(node)
        .map(|action| words(action.syntax()))
        .find(|words| words.starts_with(&format!(" on {when} ")));
    match found {
        Some(words) if words.contains(" cascade ") => OnDelete::Follows,
        Some(words) if words.contains(" set null ") => OnDelete::Empties,
        Some(words) if words.contains(" set ") => OnDelete::Resets,
        Some(_) | None => OnDelete::Refused,
    }
}

/// The table that a clause names, with its full name.
pub(super) fn table_of(node: &SyntaxNode) -> Name {
    name_of::<ast::TableRelationName>(node)
        .or_else(|| name_of::<ast::RelationName>(node))
        .or_else(|| name_of::<ast::RelationNameRef>(node))
        .or_else(|| name_of::<ast::TableNameRef>(node))
        .unwrap_or_default()
}
