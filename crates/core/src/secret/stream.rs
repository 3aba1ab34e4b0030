//! Redaction of output that comes in pieces, so that nothing leaks where two pieces meet.
//!
//! What was taken in is given out again only up to an end of line behind which no held
//! secret can still be in the making. A line that never ends is left out, and that is said.

use super::{Forms, MASK, Secret, fields, looks_like_one};

/// How much is held back while no line ends. Beyond it the line is left out: to give a part
/// of it out could give a part of a secret out.
const LINE_AT_MOST: usize = 64 * 1024;

/// The beginning and the end of a key in PEM (RFC 7468).
pub(super) const KEY_BEGINS: &str = "-----BEGIN ";
pub(super) const KEY_ENDS: &str = "-----END ";
pub(super) const KEY: &str = "PRIVATE KEY";

/// Masks credentials in output that comes in pieces.
#[derive(Debug)]
pub struct Redactor {
    forms: Forms,
    waiting: Vec<u8>,
    /// How many bytes of a line without an end were left out so far.
    left_out: usize,
    in_key: bool,
}

impl Redactor {
    /// Masks `held` in all their forms, and everything that looks like a credential.
    #[must_use]
    pub fn new(held: &[Secret<String>]) -> Self {
        Self { forms: Forms::of(held), waiting: Vec::new(), left_out: 0, in_key: false }
    }

    /// Takes a piece in, and gives out what is safe by now: whole lines.
    pub fn push(&mut self, piece: &[u8]) -> String {
        let mut piece = piece;
        let mut out = String::new();
        if self.left_out > 0 {
            let Some(end) = piece.iter().position(|byte| *byte == b'\n') else {
                self.left_out += piece.len();
                return out;
            };
            out.push_str(&self.told_left_out(end));
            out.push('\n');
            piece = &piece[end + 1..];
        }
        self.waiting.extend_from_slice(piece);
        let cut = self.safe();
        let ready: Vec<u8> = self.waiting.drain(..cut).collect();
        out.push_str(&self.clean(&ready));
        if self.waiting.len() > LINE_AT_MOST.max(4 * self.forms.longest()) {
            self.left_out = self.waiting.len();
            self.waiting.clear();
        }
        out
    }

    /// Gives out the rest.
    #[must_use]
    pub fn finish(mut self) -> String {
        if self.left_out > 0 {
            return self.told_left_out(0);
        }
        let rest = std::mem::take(&mut self.waiting);
        self.clean(&rest)
    }

    fn told_left_out(&mut self, more: usize) -> String {
        let bytes = std::mem::take(&mut self.left_out) + more;
        format!("[a line of {bytes} bytes is left out]")
    }

    /// How much of what waits may be given out: up to behind an end of line that no secret
    /// lies across, neither one that is there nor one that is still to come.
    fn safe(&self) -> usize {
        let known = self.waiting.len().saturating_sub(self.forms.longest().saturating_sub(1));
        let line_before = |end: usize| {
            self.waiting[..end].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
        };
        let mut cut = line_before(known);
        while cut > 0 {
            match self.forms.across(&self.waiting, cut) {
                None => break,
                Some(at) => cut = line_before(at),
            }
        }
        cut
    }

    fn clean(&mut self, bytes: &[u8]) -> String {
        if bytes.is_empty() {
            return String::new();
        }
        let text = self.forms.mask(&String::from_utf8_lossy(bytes));
        let mut out = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            self.line(line, &mut out);
        }
        out
    }

    fn line(&mut self, line: &str, out: &mut String) {
        if self.in_key {
            self.in_key = !line.contains(KEY_ENDS);
            return;
        }
        if let Some(at) = line.find(KEY_BEGINS).filter(|at| line[*at..].contains(KEY)) {
            out.push_str(&looks_like_one(&line[..at]));
            out.push_str(MASK);
            self.in_key = !line[at..].contains(KEY_ENDS);
            if line.ends_with('\n') {
                out.push('\n');
            }
            return;
        }
        out.push_str(&looks_like_one(&fields::mask(line)));
    }
}

/// The same for a text that is there as a whole.
#[must_use]
pub fn redact_output(text: &str, held: &[Secret<String>]) -> String {
    let mut redactor = Redactor::new(held);
    let mut out = redactor.push(text.as_bytes());
    out.push_str(&redactor.finish());
    out
}

/// The same for a text of others that a person hands over, such as a log: no line of it is too
/// long to be looked at.
#[must_use]
pub fn redact_text(text: &str) -> String {
    Redactor::new(&[]).clean(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn held(values: &[&str]) -> Vec<Secret<String>> {
        values.iter().map(|value| Secret::new((*value).to_owned())).collect()
    }

    /// `text` in pieces that end at `cuts`.
    fn in_pieces(text: &[u8], cuts: &[usize], held: &[Secret<String>]) -> String {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (text.len() + 1)).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let mut redactor = Redactor::new(held);
        let mut out = String::new();
        for pair in cuts.windows(2) {
            out.push_str(&redactor.push(&text[pair[0]..pair[1]]));
        }
        out + &redactor.finish()
    }

    #[test]
    fn a_private_key_is_left_out_from_its_first_line_to_its_last() {
        let text =
            "key:\n-----BEGIN RSA PRIVATE KEY-----\nabc\ndef\n-----END RSA PRIVATE KEY-----\nok\n";
        assert_eq!(redact_output(text, &[]), "key:\n[secret]\nok\n");
    }

    #[test]
    fn a_line_without_an_end_is_left_out_and_that_is_said() {
        let mut redactor = Redactor::new(&held(&["hunter2"]));
        let mut out = redactor.push(b"before\n");
        for _ in 0..40 {
            out.push_str(&redactor.push(&[b'x'; 4096]));
        }
        out.push_str(&redactor.push(b"hunter2 at its end\nafter\n"));
        out.push_str(&redactor.finish());
        assert_eq!(out, "before\n[a line of 163858 bytes is left out]\nafter\n");
    }

    #[test]
    fn ordinary_output_comes_through_as_it_was() {
        let text = "rolled back to v2\n\tdeployment.apps/checkout configured\r\ndone, 3 of 3\n";
        assert_eq!(redact_output(text, &held(&["hunter2"])), text);
    }

    proptest! {
        #[test]
        fn however_output_is_cut_no_secret_comes_through(
            secret in "[ -~]{6,24}(\n[ -~]{8,20})?",
            before in "([ -~]{0,30}\n){0,4}[ -~]{0,12}",
            after in "[ -~]{0,12}(\n[ -~]{0,30}){0,4}",
            cuts in proptest::collection::vec(0_usize..400, 0..12),
        ) {
            let secret = secret.trim().to_owned();
            prop_assume!(secret.len() >= 6 && !MASK.contains(&secret));
            // What stands around it must not make another one of it by chance.
            prop_assume!(!before.contains(&secret) && !after.contains(&secret));
            let held = held(&[&secret]);
            let text = format!("{before}{secret}{after}");
            let out = in_pieces(text.as_bytes(), &cuts, &held);
            prop_assert!(!out.contains(&secret), "{out:?}");
        }

        #[test]
        fn pieces_and_the_whole_are_masked_alike(
            text in "([ -~]{0,40}\n){0,6}(token=[a-z]{8}|ghp_[A-Za-z0-9]{36}|hunter2)?([ -~]{0,20}\n)?",
            cuts in proptest::collection::vec(0_usize..400, 0..12),
        ) {
            let held = held(&["hunter2"]);
            prop_assert_eq!(in_pieces(text.as_bytes(), &cuts, &held), redact_output(&text, &held));
        }
    }
}
