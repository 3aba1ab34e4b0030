//! Walks over a text and blanks what is not applied: the way back, commands to `psql`, and
//! rows that follow a `COPY … FROM stdin`.
//!
//! Strings, quoted names, dollar quotes and comments are stepped over, so that nothing in
//! them is taken for a marker.

use crate::change::Change;

use super::Applied;

/// Markers of a section by tool: goose, sql-migrate, dbmate, rambler.
const UP: &[&str] = &["+goose up", "+migrate up", "migrate:up", "rambler up"];
const DOWN: &[&str] = &["+goose down", "+migrate down", "migrate:down", "rambler down"];

/// `psql` commands that change nothing in the database.
const QUIET: &[&str] = &[
    "\\set",
    "\\unset",
    "\\echo",
    "\\qecho",
    "\\warn",
    "\\timing",
    "\\pset",
    "\\x",
    "\\encoding",
    "\\restrict",
    "\\unrestrict",
    "\\conninfo",
    "\\d",
    "\\dt",
    "\\prompt",
    "\\q",
];

pub(super) fn applied(text: &str) -> Applied {
    let mut walk = Walk {
        bytes: text.as_bytes(),
        at: 0,
        up: false,
        down: false,
        code: String::new(),
        out: Vec::new(),
        commands: Vec::new(),
    };
    walk.out.extend_from_slice(text.as_bytes());
    while walk.at < walk.bytes.len() {
        walk.step(text);
    }
    // Only ASCII spaces were put over whole pieces of text, so it is still text.
    let text = String::from_utf8_lossy(&walk.out).into_owned();
    Applied { text, commands: walk.commands }
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Whether a mark of the way forward was met: without one there is no way back, either.
    up: bool,
    /// Whether we are on the way back.
    down: bool,
    /// The words of the statement so far, without comments and strings.
    code: String,
    out: Vec<u8>,
    commands: Vec<(std::ops::Range<usize>, Change)>,
}

impl Walk<'_> {
    /// Steps over one piece: a string, a comment, a line to a client, or one letter.
    fn step(&mut self, text: &str) {
        let start = self.at;
        let rest = &self.bytes[start..];
        match rest {
            [b'-', b'-', ..] | [b'#', b' ', ..] if rest[0] == b'-' || self.first_on_line() => {
                let first_on_line = self.first_on_line();
                self.at = self.line_end();
                let line = text[start..self.at]
                    .trim_start_matches(['-', '#', ' ', '\t'])
                    .trim_end()
                    .to_ascii_lowercase();
                if first_on_line && DOWN.iter().any(|mark| is_mark(&line, mark)) {
                    self.down = self.up;
                } else if first_on_line && UP.iter().any(|mark| is_mark(&line, mark)) {
                    self.up = true;
                    self.down = false;
                }
            }
            [b'/', b'*', ..] => {
                self.at = start + comment(rest);
                self.code.push(' ');
            }
            [b'\\', ..] if self.first_on_line() => {
                self.at = self.line_end();
                self.command(text, start);
                self.blank(start);
            }
            [b'\'', ..] => {
                let escapes = start > 0 && matches!(self.bytes[start - 1], b'E' | b'e');
                self.at = start + quote(rest, b'\'', escapes);
                self.code.push(' ');
            }
            [mark @ (b'"' | b'`'), ..] => {
                self.at = start + quote(rest, *mark, false);
                self.code.push('x');
            }
            [b'$', ..] => {
                self.at = start + dollar(rest);
                self.code.push(' ');
            }
            [b';', ..] => {
                self.at += 1;
                let statement = std::mem::take(&mut self.code).to_ascii_lowercase();
                if copies_from_stdin(&statement) {
                    self.end_of_data();
                    return;
                }
            }
            [byte, ..] => {
                self.code.push(char::from(*byte));
                self.at += 1;
            }
            [] => {}
        }
        if self.down {
            self.blank(start);
        }
    }

    /// Whether nothing but space stands before it on its line.
    fn first_on_line(&self) -> bool {
        let before = self.bytes[..self.at].iter().rev();
        before.take_while(|byte| **byte != b'\n').all(u8::is_ascii_whitespace)
    }

    fn line_end(&self) -> usize {
        self.bytes[self.at..]
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(self.bytes.len(), |length| self.at + length)
    }

    fn blank(&mut self, start: usize) {
        for byte in &mut self.out[start..self.at] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }

    fn command(&mut self, text: &str, start: usize) {
        if self.down {
            return;
        }
        let line = text[start..self.at].trim_end();
        let word = line.split_whitespace().next().unwrap_or(line);
        // A backquote runs a program, and a second command may stand behind the first.
        let more = line.contains('`') || line[word.len()..].contains('\\');
        let change = if QUIET.contains(&word) && !more {
            Change::Harmless("a command to psql that changes nothing")
        } else {
            Change::Opaque(format!(
                "`{word}` is a command to psql; what it does is not in this file"
            ))
        };
        self.commands.push((start..start + line.len(), change));
    }

    /// Steps over the rows up to `\.`, or to the end.
    fn end_of_data(&mut self) {
        let start = self.at;
        let rest = &self.bytes[start..];
        let end =
            rest.windows(3).position(|three| three == b"\n\\.").map_or(rest.len(), |at| at + 3);
        self.at = start + end;
        self.blank(start);
    }
}

/// A mark stands alone but for its options: `transaction:false` of dbmate, `notransaction`.
/// Anything else is a sentence about it.
fn is_mark(line: &str, mark: &str) -> bool {
    let option = |word: &str| word.contains(':') || word == "notransaction";
    line.strip_prefix(mark).is_some_and(|rest| {
        (rest.is_empty() || rest.starts_with([' ', '\t'])) && rest.split_whitespace().all(option)
    })
}

/// Whether rows follow the statement, given without its comments and strings.
fn copies_from_stdin(statement: &str) -> bool {
    let mut words = statement.split_whitespace().peekable();
    if words.next() != Some("copy") {
        return false;
    }
    while let Some(word) = words.next() {
        if word == "from" && words.peek() == Some(&"stdin") {
            return true;
        }
    }
    false
}

/// The length of a comment; they nest.
fn comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => {
                depth += 1;
                at += 2;
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    at
}

fn quote(rest: &[u8], mark: u8, escapes: bool) -> usize {
    let mut at = 1;
    while let Some(&byte) = rest.get(at) {
        if escapes && byte == b'\\' {
            at += 2;
        } else if byte == mark {
            if rest.get(at + 1) != Some(&mark) {
                return at + 1;
            }
            at += 2;
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// The length of a dollar-quoted string, or of the sign alone.
fn dollar(rest: &[u8]) -> usize {
    let inner =
        rest[1..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    if rest.get(1 + inner) != Some(&b'$') || rest.get(1).is_some_and(u8::is_ascii_digit) {
        return 1;
    }
    let tag = &rest[..inner + 2];
    rest[tag.len()..]
        .windows(tag.len())
        .position(|part| part == tag)
        .map_or(rest.len(), |at| tag.len() + at + tag.len())
}
