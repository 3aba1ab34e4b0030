//! `CREATE TABLE`, `ALTER TABLE` and indexes.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode as _};

use crate::change::{Change, Fill, Index, Kind, Nulls};
use crate::expression::Expression;
use crate::label::{Label, Lock};
use crate::name::Name;
use crate::types::Type;

use super::column::{column, columns, constraint, fill, table_constraint, table_of};
use super::node::{below, child, children, expression, name, name_of, plain_of, text, words};

/// A rule that needs no more than the text: compatible where all of `on` is new.
pub(super) fn fixed(label: Label, reason: impl Into<String>, on: Vec<(Kind, Name)>) -> Change {
    Change::Fixed { label, tighten: false, reason: reason.into(), on, lock: None }
}

/// The same for what makes the database stricter.
pub(super) fn tighter(reason: impl Into<String>, on: Vec<(Kind, Name)>) -> Change {
    Change::Fixed { label: Label::Breaks, tighten: true, reason: reason.into(), on, lock: None }
}

pub(super) fn create(node: &SyntaxNode) -> Vec<Change> {
    let Some(table) = name_of::<ast::TableName>(node) else {
        return vec![Change::Opaque("the new table has no name".to_owned())];
    };
    let words = words(node);
    let mut columns = Vec::new();
    let mut constraints = Vec::new();
    let mut derived = ast::CreateTableAs::can_cast(node.kind());
    let mut changes = Vec::new();
    if let Some(list) = child::<ast::TableArgList>(node) {
        for part in children::<ast::TableArg>(list.syntax()) {
            match &part {
                ast::TableArg::Column(found) => columns.push(column(found.syntax())),
                ast::TableArg::TableConstraint(found) => {
                    constraints.extend(table_constraint(found.syntax()));
                }
                ast::TableArg::LikeClause(_) => derived = true,
            }
        }
    }
    let part_of = child::<ast::PartitionOf>(node)
        .and_then(|of| name_of::<ast::TableNameRef>(of.syntax()))
        .or_else(|| {
            child::<ast::Inherits>(node)
                .and_then(|from| name_of::<ast::TableNameRef>(from.syntax()))
        });
    derived |= child::<ast::PartitionOf>(node).is_some();
    if part_of.is_some() && child::<ast::PartitionOf>(node).is_some() {
        // `v NOT NULL`: what the new part refuses and the whole does not.
        if child::<ast::TableArgList>(node).is_some() {
            changes.push(fixed(
                Label::Opaque,
                "the partition has rules of its own, and rows for it are refused by them",
                part_of.iter().map(|of| (Kind::Table, of.clone())).collect(),
            ));
        }
    }
    if child::<ast::PartitionOf>(node).is_some()
        && (words.contains(" partition by ") || ast::CreateForeignTable::can_cast(node.kind()))
    {
        changes.push(fixed(
            Label::Opaque,
            "whether the new part takes the rows that another part took before must be read",
            part_of.iter().map(|of| (Kind::Table, of.clone())).collect(),
        ));
    }
    let temporary = child::<ast::Persistence>(node)
        .is_some_and(|found| matches!(found, ast::Persistence::Temp(_)));
    if child::<ast::Inherits>(node).is_some() {
        changes.push(Change::Opaque(
            "rows of the new table show in the table that it inherits from".to_owned(),
        ));
        derived = true;
    }
    if derived && ast::CreateTableAs::can_cast(node.kind()) {
        changes.extend(super::data::within(node));
    }
    let likes: Vec<Name> = child::<ast::TableArgList>(node).map_or_else(Vec::new, |list| {
        children::<ast::LikeClause>(list.syntax()).map(|like| table_of(like.syntax())).collect()
    });
    let like = match likes.as_slice() {
        [of] if !words.contains(" partition by ") => Some((table.clone(), of.clone())),
        _ => None,
    };
    changes.push(Change::CreateTable {
        table,
        columns,
        constraints,
        temporary,
        if_not_exists: words.contains(" if not exists "),
        derived,
        part_of,
    });
    changes.extend(like.map(|(table, of)| Change::Like { table, of }));
    changes
}

pub(super) fn index(node: &SyntaxNode) -> Vec<Change> {
    let words = words(node);
    let keys = child::<ast::PartitionItemList>(node).map_or_else(Vec::new, |list| {
        children::<ast::PartitionItem>(list.syntax())
            .map(|item| expression(item.syntax()))
            .collect()
    });
    vec![Change::CreateIndex(Index {
        name: name_of::<ast::Index>(node),
        table: table_of(node),
        unique: words.starts_with(" create unique ").then(|| {
            if words.contains(" nulls not distinct ") { Nulls::Equal } else { Nulls::Differ }
        }),
        keys,
        predicate: child::<ast::WhereClause>(node).map(|clause| expression(clause.syntax())),
        concurrently: words.contains(" concurrently "),
        if_not_exists: words.contains(" if not exists "),
    })]
}

pub(super) fn alter(node: &SyntaxNode) -> Vec<Change> {
    let table = table_of(node);
    if table.name.is_empty() {
        return vec![fixed(Label::Compatible, "where a table is stored is not seen", Vec::new())];
    }
    let changes: Vec<Change> =
        children::<ast::AlterTableAction>(node).flat_map(|found| action(&table, &found)).collect();
    if changes.is_empty() {
        vec![Change::Opaque("no action is understood".to_owned())]
    } else {
        changes
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    clippy::too_many_lines,
    reason = "one table of the parser's actions; what is not listed is opaque"
)]
fn action(table: &Name, found: &ast::AlterTableAction) -> Vec<Change> {
    use ast::AlterTableAction as Action;
    let node = found.syntax();
    let on = || vec![(Kind::Table, table.clone())];
    let plain = |label, reason: &str| fixed(label, format!("`{table}` {reason}"), on());
    let change = match found {
        Action::AddColumn(_) => Change::AddColumn {
            table: table.clone(),
            column: column(node),
            if_not_exists: child::<ast::IfNotExists>(node).is_some(),
        },
        Action::DropColumn(_) => Change::DropColumn {
            table: table.clone(),
            column: plain_of::<ast::ColumnNameRef>(node).unwrap_or_default(),
            cascade: words(node).contains(" cascade "),
        },
        Action::RenameColumn(_) => Change::RenameColumn {
            table: table.clone(),
            from: plain_of::<ast::ColumnNameRef>(node).unwrap_or_default(),
            to: plain_of::<ast::ColumnName>(node).unwrap_or_default(),
        },
        Action::TableRenameTo(_) => Change::Rename {
            kind: Kind::Table,
            from: table.clone(),
            to: table.renamed(plain_of::<ast::TableName>(node).unwrap_or_default()),
        },
        Action::AlterColumn(_) => {
            let column = plain_of::<ast::ColumnNameRef>(node).unwrap_or_default();
            return alter_column(table, &column, node);
        }
        Action::AddConstraint(_) => {
            return match child::<ast::Constraint>(node).and_then(|found| constraint(&found, &[])) {
                Some(constraint) => {
                    vec![Change::AddConstraint { table: table.clone(), constraint }]
                }
                None => vec![Change::Opaque("the new constraint is not understood".to_owned())],
            };
        }
        Action::DropConstraint(_) => Change::DropConstraint {
            table: table.clone(),
            name: plain_of::<ast::ConstraintNameRef>(node).unwrap_or_default(),
            cascade: words(node).contains(" cascade "),
        },
        Action::RenameConstraint(_) => Change::RenameConstraint {
            table: table.clone(),
            from: plain_of::<ast::ConstraintNameRef>(node).unwrap_or_default(),
            to: plain_of::<ast::ConstraintName>(node).unwrap_or_default(),
        },
        Action::AlterConstraint(_) => {
            if words(node).contains(" not deferrable ") || words(node).contains(" enforced ") {
                tighter(
                    format!("`{table}` checks a constraint sooner than the old release expects"),
                    on(),
                )
            } else {
                plain(Label::Compatible, "checks a constraint later, not differently")
            }
        }
        Action::ValidateConstraint(_) => Change::Fixed {
            label: Label::Compatible,
            tighten: false,
            reason: "the constraint held for new rows before; now it is proven for old ones"
                .to_owned(),
            on: on(),
            lock: None,
        },
        Action::EnableRls(_) => Change::RowSecurity { table: table.clone(), forced: false },
        Action::ForceRls(_) => Change::RowSecurity { table: table.clone(), forced: true },
        Action::DisableRls(_) | Action::NoForceRls(_) => {
            plain(Label::Opaque, "shows rows that policies hid from the old release")
        }
        Action::SetSchema(_) => {
            plain(Label::Breaks, "is in another schema; the old release asks for it in this one")
        }
        Action::OwnerTo(_) => plain(
            Label::Opaque,
            "has another owner; an old release that connects as the owner loses its rights",
        ),
        Action::DetachPartition(_) => {
            plain(Label::Breaks, "shows the rows of the detached partition no longer")
        }
        Action::AttachPartition(_) => {
            let part = name_of::<ast::TableNameRef>(node).unwrap_or_default();
            Change::Attach { table: table.clone(), part, partition: true }
        }
        Action::InheritTable(_) => Change::Attach {
            table: name_of::<ast::TableNameRef>(node).unwrap_or_default(),
            part: table.clone(),
            partition: false,
        },
        Action::NoInheritTable(_) => plain(Label::Breaks, "shows its rows in its parent no longer"),
        Action::DisableTrigger(_) | Action::DisableRule(_) => plain(
            Label::Breaks,
            "does no longer what a trigger or a rule did for the old release's writes",
        ),
        Action::EnableTrigger(_)
        | Action::EnableAlwaysTrigger(_)
        | Action::EnableReplicaTrigger(_)
        | Action::EnableRule(_)
        | Action::EnableAlwaysRule(_)
        | Action::EnableReplicaRule(_) => {
            plain(Label::Opaque, "does more on a write; what the trigger or rule does must be read")
        }
        Action::SetWithoutOids(_) => plain(Label::Breaks, "has no row numbers (OIDs) any more"),
        Action::SetUnlogged(_) => {
            plain(Label::Compatible, "is emptied by a crash from now on; statements work as before")
        }
        Action::SetAccessMethod(_) => plain(
            Label::Opaque,
            "is kept by another access method, which may not know every statement",
        ),
        Action::ReplicaIdentity(_) => plain(
            Label::Opaque,
            "is told apart differently where it is published, and changes to it may be refused",
        ),
        Action::SetLogged(_) | Action::SetTablespace(_) => Change::Fixed {
            label: Label::Compatible,
            tighten: false,
            reason: format!("how `{table}` is stored is not seen"),
            on: on(),
            lock: Some(Lock::Rewrite),
        },
        Action::ClusterOn(_)
        | Action::SetWithoutCluster(_)
        | Action::SetOptions(_)
        | Action::ResetOptions(_) => {
            plain(Label::Compatible, "is stored or replicated differently; no statement sees it")
        }
        _ => {
            Change::Opaque(format!("what `{}` means for the old release is not known", text(node)))
        }
    };
    vec![change]
}

fn alter_column(table: &Name, column: &str, node: &SyntaxNode) -> Vec<Change> {
    use ast::AlterColumnOption as Step;
    let Some(found) = child::<ast::AlterColumnOption>(node) else {
        return vec![Change::Opaque("the change of the column is not understood".to_owned())];
    };
    let node = found.syntax();
    let (table, column) = (table.clone(), column.to_owned());
    let on = || vec![(Kind::Table, table.clone())];
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the parser's enum; what is not listed is opaque"
    )]
    let change = match &found {
        Step::SetType(_) if words(node).contains(" collate ") => fixed(
            Label::Opaque,
            format!("`{column}` is compared and sorted by another collation"),
            on(),
        ),
        Step::SetType(_) => Change::AlterType {
            to: child::<ast::Type>(node)
                .map_or_else(|| Type::read(""), |ty| Type::read(&text(ty.syntax()))),
            using: child::<ast::UsingExpr>(node).map(|using| expression(using.syntax())),
            table,
            column,
        },
        Step::SetNotNull(_) => Change::SetNotNull { table, column },
        Step::DropNotNull(_) => Change::DropNotNull { table, column },
        Step::SetDefault(_) => match fill(&expression(node)) {
            Fill::Nothing => Change::DropDefault { table, column },
            fill => Change::SetDefault { table, column, fill },
        },
        Step::DropDefault(_) => Change::DropDefault { table, column },
        Step::DropExpression(_) => tighter(
            format!("`{column}` is computed no longer, and the old release does not fill it"),
            on(),
        ),
        Step::SetExpression(_) => fixed(
            Label::Loses,
            format!("`{column}` was computed anew; its old values are gone"),
            on(),
        ),
        Step::AddGenerated(_) => {
            Change::Identity { always: words(node).contains(" always "), table, column }
        }
        Step::DropIdentity(_) => tighter(
            format!("`{column}` fills itself no longer, and the old release leaves it out"),
            on(),
        ),
        Step::SetGenerated(_)
        | Step::SetGeneratedOptions(_)
        | Step::SetSequenceOption(_)
        | Step::Restart(_) => {
            let words = words(node);
            if words.contains(" always ") {
                tighter(
                    format!("the old release may give `{column}` a value, which is refused now"),
                    on(),
                )
            } else if words.trim() == "set generated by default" {
                fixed(
                    Label::Compatible,
                    format!("a value for `{column}` is taken, not refused"),
                    on(),
                )
            } else {
                tighter(
                    format!("`{column}` is numbered differently; the next numbers may be taken"),
                    on(),
                )
            }
        }
        Step::SetStatistics(_)
        | Step::SetStorage(_)
        | Step::SetCompression(_)
        | Step::SetOptions(_)
        | Step::SetOptionsList(_)
        | Step::ResetOptions(_) => fixed(
            Label::Compatible,
            format!("how `{column}` is stored or planned is not seen"),
            on(),
        ),
        _ => {
            Change::Opaque(format!("what `{}` means for the old release is not known", text(node)))
        }
    };
    vec![change]
}

/// `CREATE POLICY`: one that lets rows through only ever widens; one that restricts hides.
pub(super) fn policy(node: &SyntaxNode) -> Vec<Change> {
    let words = words(node);
    let table = below::<ast::OnTable>(node).map_or_else(Name::default, |on| table_of(on.syntax()));
    if words.contains(" as restrictive ") {
        return vec![fixed(
            Label::Breaks,
            format!("a restrictive policy hides rows of `{table}`"),
            vec![(Kind::Table, table)],
        )];
    }
    let through = |clause: Option<SyntaxNode>| {
        clause
            .map(|clause| Expression::read(&text(&clause)).text.to_lowercase().ends_with("(true)"))
    };
    let all = !words.contains(" for ") || words.contains(" for all ");
    let everybody = !words.contains(" to ") || words.contains(" to public ");
    let reads = through(child::<ast::UsingExprClause>(node).map(|found| found.syntax().clone()));
    let writes =
        through(child::<ast::WithCheckExprClause>(node).map(|found| found.syntax().clone()));
    let open = all && everybody && reads == Some(true) && writes.unwrap_or(true);
    vec![Change::AddPolicy { table, open }]
}

/// The columns that a list of assignments sets.
pub(super) fn assigned(node: &SyntaxNode) -> Vec<String> {
    node.descendants()
        .filter_map(ast::ColumnTarget::cast)
        .flat_map(|target| columns(target.syntax()))
        .collect()
}

/// The name below the first node of a type.
pub(super) fn first_name<N: ast::AstNode>(node: &SyntaxNode) -> Option<Name> {
    below::<N>(node).map(|found| name(found.syntax()))
}
