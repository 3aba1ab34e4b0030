//! Splits an expression into words.

/// A word of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A bare word, lower case.
    Word(String),
    /// A quoted name.
    Quoted(String),
    Number(String),
    /// A string, without its quotes.
    Text(String),
    /// An operator, or a sign of punctuation.
    Sign(String),
}

/// Operators of more than one sign, the longest first.
const LONG: &[&str] = &[
    "->>", "#>>", "!~*", "::", "<=", ">=", "<>", "!=", "||", "->", "#>", "~*", "!~", "@>", "<@",
    "&&",
];

/// Splits `text`; what cannot be read becomes signs, one letter each.
pub(super) fn read(text: &str) -> Vec<Token> {
    let letters: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&letter) = letters.get(at) {
        if letter.is_whitespace() {
            at += 1;
        } else if letter == '\'' {
            let (value, next) = until(&letters, at, '\'');
            found.push(Token::Text(value));
            at = next;
        } else if letter == '"' || letter == '`' {
            let (value, next) = until(&letters, at, letter);
            found.push(Token::Quoted(value));
            at = next;
        } else if letter.is_ascii_digit()
            || (letter == '.' && letters.get(at + 1).is_some_and(char::is_ascii_digit))
        {
            let end =
                run(&letters, at, |one| one.is_ascii_alphanumeric() || one == '.' || one == '_');
            found.push(Token::Number(letters[at..end].iter().collect()));
            at = end;
        } else if letter.is_alphabetic() || letter == '_' {
            let end = run(&letters, at, |one| one.is_alphanumeric() || one == '_' || one == '$');
            found.push(Token::Word(letters[at..end].iter().collect::<String>().to_lowercase()));
            at = end;
        } else {
            let rest: String = letters[at..letters.len().min(at + 3)].iter().collect();
            let sign = LONG.iter().find(|long| rest.starts_with(**long));
            let sign = sign.map_or_else(|| letter.to_string(), |long| (*long).to_owned());
            at += sign.chars().count();
            found.push(Token::Sign(sign));
        }
    }
    found
}

fn run(letters: &[char], from: usize, fits: impl Fn(char) -> bool) -> usize {
    letters[from..].iter().position(|one| !fits(*one)).map_or(letters.len(), |length| from + length)
}

/// What stands between quotes, the doubled ones undone, and where it goes on.
fn until(letters: &[char], from: usize, quote: char) -> (String, usize) {
    let mut value = String::new();
    let mut at = from + 1;
    while let Some(&letter) = letters.get(at) {
        if letter == quote {
            if letters.get(at + 1) != Some(&quote) {
                return (value, at + 1);
            }
            at += 1;
        }
        value.push(letter);
        at += 1;
    }
    (value, at)
}
