//! Reads PostgreSQL: a syntax tree in, changes out.
//!
//! The tree covers every byte. What the parser could not read, and what no branch here knows,
//! becomes an opaque change; nothing is passed over.

mod code;
mod column;
mod data;
mod node;
mod object;
mod statement;
mod table;
#[cfg(test)]
mod tests;

use squawk_syntax::ast::{AstNode as _, SourceFile, Stmt};
use squawk_syntax::{SyntaxElement, SyntaxKind};

use crate::change::Change;
use crate::classify::Statement;

/// Reads the statements of a text.
pub(crate) fn read(text: &str) -> Vec<Statement> {
    let parse = SourceFile::parse(text);
    let errors = parse.errors();
    let mut found: Vec<Statement> = Vec::new();
    // Whether the piece before was one that could not be read; such pieces are told as one.
    let mut broken = false;
    for element in parse.syntax_node().children_with_tokens() {
        let range = node::trimmed(&element);
        let failure = errors
            .iter()
            .find(|error| {
                let error = error.range();
                usize::from(error.start()) <= range.end && usize::from(error.end()) >= range.start
            })
            .map(|error| format!("not understood: {}", error.message()));
        let statement = match &element {
            SyntaxElement::Token(token) => {
                if node::is_silent(token.kind()) || token.kind() == SyntaxKind::SEMICOLON {
                    continue;
                }
                None
            }
            SyntaxElement::Node(node) => Stmt::cast(node.clone()),
        };
        let changes = match (failure, statement) {
            (None, Some(Stmt::EmptyStmt(_))) => continue,
            (None, Some(statement)) => {
                broken = false;
                statement::changes(&statement)
            }
            (failure, _) => {
                if broken && let Some(last) = found.last_mut() {
                    last.range.end = range.end;
                    continue;
                }
                broken = true;
                vec![Change::Opaque(failure.unwrap_or_else(|| "not understood".to_owned()))]
            }
        };
        found.push(Statement { range, changes });
    }
    found
}
