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

use squawk_lexer::TokenKind;

use crate::change::Change;
use crate::classify::Statement;
use crate::depth::{Mark, too_deep};

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    File,
    /// In a block of code; a block within a block is not read.
    Block,
}

/// Reads the statements of a file.
pub(crate) fn read(text: &str) -> Vec<Statement> {
    read_in(Place::File, text)
}

/// Parses a text that is not too deep for that; every text goes through here.
fn parse(text: &str) -> Result<squawk_syntax::Parse<SourceFile>, String> {
    let mut at = 0;
    let marks = squawk_lexer::tokenize(text).filter_map(|token| {
        let start = at;
        at += usize::try_from(token.len).unwrap_or(text.len());
        #[expect(clippy::wildcard_enum_match_arm, reason = "the lexer's enum; any other may nest")]
        Some(match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. } => {
                return None;
            }
            TokenKind::OpenParen | TokenKind::OpenBracket | TokenKind::OpenCurly => Mark::Open,
            TokenKind::CloseParen | TokenKind::CloseBracket | TokenKind::CloseCurly => Mark::Close,
            TokenKind::Comma => Mark::Comma,
            TokenKind::Semi => Mark::End,
            TokenKind::Ident => Mark::of_word(text.get(start..at).unwrap_or_default()),
            _ => Mark::Link,
        })
    });
    match too_deep(marks) {
        Some(why) => Err(why),
        None => Ok(SourceFile::parse(text)),
    }
}

fn read_in(place: Place, text: &str) -> Vec<Statement> {
    let parse = match parse(text) {
        Ok(parse) => parse,
        Err(why) => {
            return vec![Statement { range: 0..text.len(), changes: vec![Change::Opaque(why)] }];
        }
    };
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
                statement::changes(place, &statement)
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
