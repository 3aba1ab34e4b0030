//! Credentials in command lines and in sentences: `-u ana:…`, `--password …`, `the password
//! is …`.

use super::super::MASK;
use super::extent::is_harmless;
use super::names::{Kind, of_name};

/// Options of command lines whose value is `USER:PASSWORD`.
const USERS: &[&str] = &["-u", "-U", "--user", "--proxy-user"];

/// What stands between a name and its value in a sentence.
const IS: &[&str] = &["is", "was", "ist", "war"];

/// Masks the values of options: the words behind `--password`, and what follows the colon in
/// the word behind `-u`.
pub(super) fn mask_options(line: &str) -> String {
    let mut before: Option<&str> = None;
    by_words(line, |word| {
        let option = before.replace(word)?;
        let (from, to) = inside(word);
        let value = &word[from..to];
        if value.starts_with('-') {
            return None;
        }
        if USERS.contains(&option) {
            let (_, password) = value.split_once(':')?;
            let harmless = is_harmless(password, Kind::Token) || password.starts_with("//");
            return (!harmless).then(|| (to - password.len(), to));
        }
        let name = option.strip_prefix("--").filter(|name| !name.contains(['=', ':', ',']))?;
        let kind = of_name(name)?;
        (!is_harmless(value, kind)).then_some((from, to))
    })
}

/// Masks what a sentence says a password is, where it looks like one: with a digit in it.
pub(super) fn mask(line: &str) -> String {
    let (mut named, mut is) = (false, false);
    by_words(line, |word| {
        let told = is;
        is = named && IS.contains(&word);
        named = of_name(word.trim_matches(['"', '\'', '`'])) == Some(Kind::Password);
        let (from, to) = inside(word);
        let value = &word[from..to];
        let credential = value.len() >= 6
            && value.chars().any(|c| c.is_ascii_digit())
            && value.chars().any(char::is_alphabetic);
        (told && credential).then_some((from, to))
    })
}

/// What a word is without the quotes and the stops around it.
fn inside(word: &str) -> (usize, usize) {
    let begun = word.trim_start_matches(['"', '\'', '`', '(']);
    let ended = begun.trim_end_matches(['"', '\'', '`', ')', '.', ',', ';', '!', '?']);
    let from = word.len() - begun.len();
    (from, from + ended.len())
}

/// Goes through the words of `line`; what `hide` returns of one is masked.
fn by_words<'a>(line: &'a str, mut hide: impl FnMut(&'a str) -> Option<(usize, usize)>) -> String {
    let mut out = String::with_capacity(line.len());
    for piece in line.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        match (!word.is_empty()).then(|| hide(word)).flatten() {
            Some((from, to)) => {
                out.push_str(&piece[..from]);
                out.push_str(MASK);
                out.push_str(&piece[to..]);
            }
            None => out.push_str(piece),
        }
    }
    out
}
