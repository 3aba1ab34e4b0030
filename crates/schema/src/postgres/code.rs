//! Code in a migration: blocks (`DO`) of well-known shapes, and what a trigger's function does.
//!
//! Only a sequence of plain statements, guards (`IF … THEN`) and swallowed errors are read. A
//! variable, a loop or a text that is put together makes the whole opaque. Whatever stands in a
//! block may or may not have happened, so nothing in it is taken for granted afterwards.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode as _};

use crate::change::{Change, Code, Over};
use crate::expression::Expression;

use super::node::{below, folded, words};

/// What a block does.
pub(super) fn block(block: &ast::Do) -> Vec<Change> {
    let unread = |why: &str| vec![Change::Opaque(format!("a block of code; {why} must be read"))];
    let phrase = words(block.syntax());
    if phrase.contains(" language ") && !phrase.contains(" plpgsql ") {
        return unread("what it does");
    }
    let Some(body) = block.body().and_then(|body| body.decoded_value()) else {
        return unread("what it does");
    };
    let Some(pieces) = pieces(body.text()) else { return unread("what it does") };
    let mut changes = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Condition(text) => changes.extend(read(&format!("SELECT ({text})"))),
            Piece::Opens | Piece::Closes | Piece::Handler => {}
            Piece::Statement(text) => match carried_out(&text) {
                Some(found) => changes.extend(found),
                None => return unread("what it does"),
            },
        }
    }
    let mut maybe: Vec<Change> = changes.into_iter().map(uncertain).collect();
    if maybe.is_empty() {
        maybe.push(Change::Harmless("does nothing"));
    }
    maybe
}

/// What one statement of a block does; none where it is not understood.
fn carried_out(text: &str) -> Option<Vec<Change>> {
    let (first, rest) = first_word(text);
    match first.as_str() {
        "null" | "return" if rest.is_empty() => Some(Vec::new()),
        "raise" => match Expression::read(rest).unknown_call() {
            None => Some(Vec::new()),
            Some(_) => None,
        },
        "perform" => Some(read(&format!("SELECT {rest}"))),
        "execute" => {
            let parse = super::parse(&format!("SELECT {rest}")).ok()?;
            let node = parse.syntax_node();
            let literal = below::<ast::Literal>(&node)?;
            // The literal and nothing beside it.
            let alone = words(&node).trim() == format!("select {}", words(literal.syntax()).trim());
            let value = literal.decoded_value()?;
            alone.then(|| read(value.text()))
        }
        "declare" | "loop" | "for" | "foreach" | "while" | "case" | "get" | "open" | "exit"
        | "continue" | "return" | "begin" | "commit" | "rollback" => None,
        _ if assigns(text) => None,
        _ => Some(read(text)),
    }
}

fn read(text: &str) -> Vec<Change> {
    super::read_in(super::Place::Block, text)
        .into_iter()
        .flat_map(|statement| statement.changes)
        .collect()
}

/// `name := …`, which no statement of SQL begins with.
fn assigns(text: &str) -> bool {
    let (_, rest) = first_word(text);
    rest.starts_with(":=") || rest.starts_with('=') || rest.starts_with('[')
}

/// The same change where it may not have happened.
fn uncertain(change: Change) -> Change {
    match change {
        Change::CreateTable {
            table, columns, constraints, temporary, derived, part_of, ..
        } => Change::CreateTable {
            table,
            columns,
            constraints,
            temporary,
            if_not_exists: true,
            derived,
            part_of,
        },
        Change::AddColumn { table, column, .. } => {
            Change::AddColumn { table, column, if_not_exists: true }
        }
        Change::CreateIndex(mut index) => {
            index.if_not_exists = true;
            Change::CreateIndex(index)
        }
        Change::Create { kind, name, replace, .. } => Change::Create {
            kind,
            name,
            replace,
            over: Over::Other,
            if_not_exists: true,
            text: None,
        },
        Change::Grant { on, .. } => Change::Grant { on, all: false },
        Change::CreateFunction { name, base, takes, of_trigger, replace, text, .. } => {
            Change::CreateFunction {
                name,
                base,
                takes,
                of_trigger,
                replace,
                text,
                code: Code::Unknown,
            }
        }
        kept @ (Change::Harmless(_)
        | Change::Opaque(_)
        | Change::Fixed { .. }
        | Change::DropColumn { .. }
        | Change::SetNotNull { .. }
        | Change::AddConstraint { .. }
        | Change::CreateTrigger { .. }
        | Change::Like { .. }
        | Change::CreateRule { .. }
        | Change::Drop { .. }
        | Change::AddEnumValue { .. }
        | Change::Insert { .. }
        | Change::Update { .. }
        | Change::Delete { .. }
        | Change::Field(_)) => kept,
        Change::RenameColumn { .. }
        | Change::Rename { .. }
        | Change::AlterType { .. }
        | Change::DropNotNull { .. }
        | Change::SetDefault { .. }
        | Change::DropDefault { .. }
        | Change::DropConstraint { .. }
        | Change::DropForeignKey { .. }
        | Change::RowSecurity { .. }
        | Change::AddPolicy { .. }
        | Change::Attach { .. }
        | Change::Identity { .. }
        | Change::RenameConstraint { .. }
        | Change::RenameTrigger { .. }
        | Change::SetSequence { .. }
        | Change::DropTrigger { .. }
        | Change::SearchPath(_)
        | Change::LocalPath(_)
        | Change::Begin
        | Change::Commit
        | Change::Session(_)
        | Change::Rollback => Change::Opaque(
            "whether a change inside a block of code happens must be read".to_owned(),
        ),
    }
}

/// What a function of triggers does.
pub(super) fn of_function(node: &SyntaxNode) -> Code {
    let language = below::<ast::LanguageFuncOption>(node).map(|option| words(option.syntax()));
    let plpgsql = language
        .is_some_and(|phrase| matches!(phrase.trim(), "language plpgsql" | "language 'plpgsql'"));
    // A setting of its own may be one that the old release has no right to.
    if !plpgsql || below::<ast::SetFuncOption>(node).is_some() {
        return Code::Unknown;
    }
    let body = below::<ast::AsFuncOption>(node)
        .and_then(|option| below::<ast::Literal>(option.syntax()))
        .and_then(|body| body.decoded_value());
    let Some(pieces) = body.and_then(|body| pieces(body.text())) else { return Code::Unknown };
    let (mut columns, mut conditions) = (Vec::new(), Vec::new());
    // Whether the last word of all is to hand the row on: a block that ends without it fails.
    let mut returns = false;
    let mut inside = 0_usize;
    for piece in pieces {
        let text = match piece {
            Piece::Condition(text) => {
                conditions.push(Expression::read(&text));
                continue;
            }
            Piece::Opens => {
                inside += 1;
                continue;
            }
            Piece::Closes => {
                inside = inside.saturating_sub(1);
                continue;
            }
            Piece::Handler => return Code::Unknown,
            Piece::Statement(text) => text,
        };
        returns = false;
        let (first, rest) = first_word(&text);
        match first.as_str() {
            "null" if rest.is_empty() => {}
            "return" if rest.eq_ignore_ascii_case("new") => returns = inside == 0,
            "perform" if first_word(rest).0 == "pg_notify" => {}
            "new" => {
                let assigned = rest.strip_prefix('.').map(first_word).and_then(|(column, rest)| {
                    let value = rest.strip_prefix(":=").or_else(|| rest.strip_prefix('='))?;
                    Some((column, Expression::read(value)))
                });
                match assigned {
                    Some(assigned) => columns.push(assigned),
                    None => return Code::Unknown,
                }
            }
            _ => return Code::Unknown,
        }
    }
    match (returns, columns.is_empty()) {
        (false, _) => Code::Unknown,
        (true, true) if conditions.is_empty() => Code::Quiet,
        (true, _) => Code::Sets { columns, conditions },
    }
}

/// What a block consists of.
enum Piece {
    /// What stands between `IF` and `THEN`.
    Condition(String),
    Statement(String),
    /// An `IF` begins, or ends.
    Opens,
    Closes,
    /// What is done about an error begins.
    Handler,
}

/// Splits the text of a block; none where its shape is another.
fn pieces(text: &str) -> Option<Vec<Piece>> {
    let mut found = Vec::new();
    let mut begun = false;
    for piece in split(text, ';')? {
        let mut rest = piece.trim();
        loop {
            let (word, behind) = first_word(rest);
            match word.as_str() {
                "begin" if !begun => {
                    begun = true;
                    rest = behind;
                }
                "if" | "elsif" | "elseif" if begun => {
                    let (condition, next) = until_then(behind)?;
                    if word == "if" {
                        found.push(Piece::Opens);
                    }
                    found.push(Piece::Condition(condition.to_owned()));
                    rest = next;
                }
                "else" if begun => rest = behind,
                "exception" if begun => {
                    found.push(Piece::Handler);
                    rest = behind;
                }
                "when" if begun => {
                    let (_, next) = until_then(behind)?;
                    rest = next;
                }
                "end" => {
                    if first_word(behind).0 == "if" {
                        found.push(Piece::Closes);
                    }
                    break;
                }
                "" if rest.is_empty() => break,
                _ if !begun => return None,
                _ => {
                    found.push(Piece::Statement(rest.to_owned()));
                    break;
                }
            }
        }
    }
    begun.then_some(found)
}

/// What stands before and behind the first `THEN`.
fn until_then(text: &str) -> Option<(&str, &str)> {
    let is_then = |four: &[u8]| four.eq_ignore_ascii_case(b"then");
    let mut found = text.as_bytes().windows(4).enumerate().filter(|(_, four)| is_then(four));
    let (at, _) = found.find(|(at, _)| {
        let alone = |one: Option<char>| one.is_none_or(|one| !one.is_alphanumeric() && one != '_');
        alone(text[..*at].chars().next_back()) && alone(text[at + 4..].chars().next())
    })?;
    // A `CASE` has a `THEN` of its own.
    if text[..at].to_ascii_lowercase().contains("case") {
        return None;
    }
    // Not inside a string.
    text[..at]
        .matches('\'')
        .count()
        .is_multiple_of(2)
        .then(|| (text[..at].trim(), text[at + 4..].trim()))
}

/// The first word, folded, and what follows it.
fn first_word(text: &str) -> (String, &str) {
    let text = text.trim_start();
    if let Some(inner) = text.strip_prefix('"') {
        let end = inner.find('"').map_or(text.len(), |at| at + 2);
        return (folded(&text[..end]), text[end..].trim());
    }
    let end = text.find(|one: char| !one.is_alphanumeric() && one != '_').unwrap_or(text.len());
    (text[..end].to_lowercase(), text[end..].trim())
}

/// The parts between a sign outside strings and names; comments are blanked.
fn split(text: &str, sign: char) -> Option<Vec<String>> {
    let mut parts = vec![String::new()];
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '-' if rest.starts_with("--") => {
                rest = rest.find('\n').map_or("", |at| &rest[at..]);
                continue;
            }
            '/' if rest.starts_with("/*") => {
                rest = &rest[rest.find("*/")? + 2..];
                continue;
            }
            '\'' | '"' => {
                // A backslash may hide a quote; such a string is not read.
                let end = rest[1..].find(first)? + 2;
                if rest[..end].contains('\\') {
                    return None;
                }
                end
            }
            '$' => {
                let tag = rest[1..].find('$').map(|at| &rest[..at + 2]);
                let tag = tag.filter(|tag| {
                    tag[1..tag.len() - 1].chars().all(|one| one.is_alphanumeric() || one == '_')
                });
                match tag {
                    Some(tag) => rest[tag.len()..].find(tag)? + 2 * tag.len(),
                    None => 1,
                }
            }
            _ => first.len_utf8(),
        };
        if first == sign {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push_str(&rest[..taken]);
        }
        rest = &rest[taken..];
    }
    Some(parts)
}
