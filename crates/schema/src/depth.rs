//! How deep a text nests, before a parser sees it.
//!
//! Parsers, and whatever walks or drops their trees, call themselves once for each level; a chain of
//! operators is a level for each operator. So what could become a level is counted in the tokens first.

/// Brackets within brackets that are still read; no migration that a person wrote comes near.
const BRACKETS: usize = 256;
/// Tokens that may each be a level below the one before.
const TOKENS: usize = 2_500;

/// The stack that a text is read on, in bytes. It holds `TOKENS` levels of the parser that takes the most
/// for one (`EXPLAIN EXPLAIN …`, in a build that is not optimized); what is not used is never allotted.
const ROOM: usize = 256 * 1024 * 1024;

/// Reads on a stack that is large enough for what `too_deep` lets through, and drops the trees there.
pub(crate) fn with_room<T>(read: impl FnOnce() -> T) -> T {
    stacker::grow(ROOM, read)
}

/// What a token means for the depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Open,
    Close,
    /// What stands before and behind it are siblings.
    Comma,
    /// The end of a statement.
    End,
    /// Any other token: it may nest as long as no comma comes.
    Link,
    /// A word that nests across commas: `UNION`, `JOIN`, `CASE`.
    Word,
}

impl Mark {
    pub(crate) fn of_word(word: &str) -> Self {
        const LASTING: &[&str] = &[
            "begin",
            "case",
            "do",
            "else",
            "except",
            "execute",
            "explain",
            "if",
            "intersect",
            "join",
            "minus",
            "prepare",
            "select",
            "table",
            "then",
            "union",
            "values",
            "when",
            "with",
        ];
        if LASTING.iter().any(|one| one.eq_ignore_ascii_case(word)) {
            Self::Word
        } else {
            Self::Link
        }
    }
}

/// What was counted at one level of brackets: up to the last comma, and in spite of commas.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    links: usize,
    words: usize,
}

/// Why the text is not parsed; none where it is flat enough.
pub(crate) fn too_deep(marks: impl Iterator<Item = Mark>) -> Option<String> {
    let mut levels = vec![Level::default()];
    let mut total = 0;
    for mark in marks {
        let alone = levels.len() == 1;
        let Some(level) = levels.last_mut() else { break };
        match mark {
            Mark::Open => levels.push(Level::default()),
            // A parser looks for the sense of each anew.
            Mark::Close if alone => {
                level.links += 1;
                total += 1;
            }
            Mark::Close => {
                total -= level.links + level.words;
                levels.pop();
                // What follows a bracket hangs on it: `a[1][1]`, `f(1)(1)`.
                if let Some(outer) = levels.last_mut() {
                    outer.links += 1;
                    total += 1;
                }
            }
            Mark::End if alone => {
                total = 0;
                *level = Level::default();
            }
            Mark::Comma => {
                total -= level.links;
                level.links = 0;
            }
            Mark::Word => {
                level.words += 1;
                total += 1;
            }
            Mark::Link | Mark::End => {
                level.links += 1;
                total += 1;
            }
        }
        if levels.len() > BRACKETS {
            return Some(format!("brackets more than {BRACKETS} deep are not read"));
        }
        if total > TOKENS {
            return Some(format!(
                "an expression or query of more than {TOKENS} words without a comma is not read"
            ));
        }
    }
    None
}
