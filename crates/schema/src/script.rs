//! Reads MySQL and SQLite: a syntax tree in, changes out.
//!
//! One statement that cannot be read is opaque, and reading goes on behind it.

mod definition;
mod statement;
mod table;
#[cfg(test)]
mod tests;

use sqlparser::dialect::{Dialect as Grammar, MySqlDialect, SQLiteDialect};
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use crate::change::Change;
use crate::classify::Statement;
use crate::depth::{Mark, too_deep};
use crate::label::Dialect;

/// Reads the statements of a text.
pub(crate) fn read(dialect: Dialect, text: &str) -> Vec<Statement> {
    let grammar: Box<dyn Grammar> = match dialect {
        Dialect::Sqlite => Box::new(SQLiteDialect {}),
        Dialect::Mysql | Dialect::Postgres => Box::new(MySqlDialect {}),
    };
    let tokens = match Tokenizer::new(&*grammar, text).tokenize_with_location() {
        Ok(tokens) => tokens,
        Err(error) => {
            let reason = format!("not understood: {}", error.message);
            return vec![Statement { range: 0..text.len(), changes: vec![Change::Opaque(reason)] }];
        }
    };
    if let Some(why) = too_deep(tokens.iter().filter_map(|one| mark(&one.token))) {
        return vec![Statement { range: 0..text.len(), changes: vec![Change::Opaque(why)] }];
    }
    let places = Places::of(text);
    let mut parser = Parser::new(&*grammar).with_tokens_with_locations(tokens);
    let mut found = Vec::new();
    loop {
        let first = parser.peek_token();
        if first.token == Token::EOF {
            return found;
        }
        if first.token == Token::SemiColon {
            parser.next_token();
            continue;
        }
        let start = places.byte(first.span.start);
        if first.token.to_string().eq_ignore_ascii_case("pragma") {
            let end = until_semicolon(&mut parser, &places, text.len());
            let words = text.get(start..end).unwrap_or_default().trim_end();
            let changes = vec![pragma(words)];
            found.push(Statement { range: start..start + words.len(), changes });
            continue;
        }
        let parsed = parser.parse_statement();
        let next = parser.peek_token();
        let complete = matches!(next.token, Token::EOF | Token::SemiColon);
        let changes = match parsed {
            Ok(statement) if complete => statement::changes(dialect, &statement),
            Ok(_) => vec![Change::Opaque(format!("not understood from `{}` on", next.token))],
            Err(ParserError::ParserError(why) | ParserError::TokenizerError(why)) => {
                vec![Change::Opaque(format!("not understood: {why}"))]
            }
            Err(ParserError::RecursionLimitExceeded) => {
                vec![Change::Opaque("not understood: it is nested too deeply".to_owned())]
            }
        };
        let end = until_semicolon(&mut parser, &places, text.len());
        let end = start + text.get(start..end).map_or(0, |text| text.trim_end().len());
        found.push(Statement { range: start..end, changes });
    }
}

fn mark(token: &Token) -> Option<Mark> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the parser's enum; any other may nest")]
    Some(match token {
        Token::Whitespace(_) | Token::EOF => return None,
        Token::LParen | Token::LBracket | Token::LBrace => Mark::Open,
        Token::RParen | Token::RBracket | Token::RBrace => Mark::Close,
        Token::Comma => Mark::Comma,
        Token::SemiColon => Mark::End,
        Token::Word(word) => Mark::of_word(&word.value),
        _ => Mark::Link,
    })
}

/// A setting of SQLite, whose values the parser does not all know.
fn pragma(words: &str) -> Change {
    if words.to_lowercase().contains("writable_schema") {
        Change::Opaque("the schema itself may be written to".to_owned())
    } else {
        Change::Harmless("a setting")
    }
}

/// Steps over what is left of a statement; where it ends.
fn until_semicolon(parser: &mut Parser<'_>, places: &Places, length: usize) -> usize {
    loop {
        let TokenWithSpan { token, span } = parser.peek_token();
        if token == Token::EOF {
            return length;
        }
        if token == Token::SemiColon {
            return places.byte(span.start);
        }
        parser.next_token();
    }
}

/// From lines and columns to bytes.
struct Places(Vec<Vec<usize>>);

impl Places {
    fn of(text: &str) -> Self {
        let mut lines = vec![Vec::new()];
        for (at, letter) in text.char_indices() {
            if let Some(line) = lines.last_mut() {
                line.push(at);
            }
            if letter == '\n' {
                lines.push(Vec::new());
            }
        }
        if let Some(line) = lines.last_mut() {
            line.push(text.len());
        }
        Self(lines)
    }

    /// The byte of a place; the parser counts lines and letters from 1.
    fn byte(&self, place: Location) -> usize {
        let at = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1);
        let line = self.0.get(at(place.line));
        line.and_then(|line| line.get(at(place.column)).or(line.last())).copied().unwrap_or(0)
    }
}
