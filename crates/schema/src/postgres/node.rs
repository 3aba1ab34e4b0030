//! Small questions to a syntax tree.

use std::ops::Range;

use squawk_syntax::ast::AstNode;
use squawk_syntax::{SyntaxElement, SyntaxKind, SyntaxNode, SyntaxToken};

use crate::expression::Expression;
use crate::name::Name;

/// Whether a token is neither seen nor meant.
pub(super) fn is_silent(kind: SyntaxKind) -> bool {
    kind == SyntaxKind::WHITESPACE || kind == SyntaxKind::COMMENT
}

/// The tokens that mean something.
pub(super) fn tokens(node: &SyntaxNode) -> impl Iterator<Item = SyntaxToken> + use<> {
    node.descendants_with_tokens()
        .filter_map(squawk_syntax_token)
        .filter(|token| !is_silent(token.kind()))
}

fn squawk_syntax_token(element: SyntaxElement) -> Option<SyntaxToken> {
    match element {
        SyntaxElement::Token(token) => Some(token),
        SyntaxElement::Node(_) => None,
    }
}

/// The words of a node, lower case, with single spaces between them and around them, so that
/// a phrase can be looked for.
pub(super) fn words(node: &SyntaxNode) -> String {
    let mut found = String::from(" ");
    for token in tokens(node) {
        found.push_str(&token.text().to_lowercase());
        found.push(' ');
    }
    found
}

/// The text without comments, with single spaces between its words.
pub(super) fn text(node: &SyntaxNode) -> String {
    let mut found = String::new();
    for element in node.descendants_with_tokens() {
        if let SyntaxElement::Token(token) = element {
            if !is_silent(token.kind()) {
                found.push_str(token.text());
            } else if !found.is_empty() && !found.ends_with(' ') {
                found.push(' ');
            }
        }
    }
    found.truncate(found.trim_end().len());
    found
}

/// The first child of a type.
pub(super) fn child<N: AstNode>(node: &SyntaxNode) -> Option<N> {
    node.children().find_map(N::cast)
}

/// All children of a type.
pub(super) fn children<N: AstNode>(node: &SyntaxNode) -> impl Iterator<Item = N> {
    node.children().filter_map(N::cast)
}

/// The first node of a type below.
pub(super) fn below<N: AstNode>(node: &SyntaxNode) -> Option<N> {
    node.descendants().skip(1).find_map(N::cast)
}

/// A name as the database keeps it. `ONLY`, `*` and parentheses around it are left out.
pub(super) fn name(node: &SyntaxNode) -> Name {
    let parts = tokens(node)
        .map(|token| token.text().to_owned())
        .filter(|text| {
            !matches!(text.as_str(), "." | "(" | ")" | "*") && !text.eq_ignore_ascii_case("only")
        })
        .map(|text| folded(&text));
    Name::from_parts(parts.collect())
}

/// The name of the first child of a type.
pub(super) fn name_of<N: AstNode>(node: &SyntaxNode) -> Option<Name> {
    child::<N>(node).map(|found| name(found.syntax()))
}

/// The plain name of the first child of a type.
pub(super) fn plain_of<N: AstNode>(node: &SyntaxNode) -> Option<String> {
    name_of::<N>(node).map(|found| found.name)
}

/// An identifier, folded or without its quotes.
pub(super) fn folded(text: &str) -> String {
    match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => text.to_lowercase(),
    }
}

/// A string literal's text.
pub(super) fn unquoted(text: &str) -> String {
    let text = text.trim();
    match text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        Some(inner) => inner.replace("''", "'"),
        None => text.to_owned(),
    }
}

/// The expression below a node.
pub(super) fn expression(node: &SyntaxNode) -> Expression {
    let found = child::<squawk_syntax::ast::Expr>(node);
    Expression::read(&found.map_or_else(String::new, |found| text(found.syntax())))
}

/// Where an element stands, without the space around it.
pub(super) fn trimmed(element: &SyntaxElement) -> Range<usize> {
    match element {
        SyntaxElement::Token(token) => {
            let range = token.text_range();
            usize::from(range.start())..usize::from(range.end())
        }
        SyntaxElement::Node(node) => {
            let range = node.text_range();
            let start =
                tokens(node).next().map_or(range.start(), |token| token.text_range().start());
            let end = tokens(node).last().map_or(range.end(), |token| token.text_range().end());
            usize::from(start)..usize::from(end)
        }
    }
}
