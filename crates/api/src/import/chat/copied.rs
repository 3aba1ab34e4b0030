//! Messages as Slack and others copy them: a line with a name and a time, at least two spaces
//! between them, and the text below it. A line that is only a time begins another message of
//! the same person.

use super::{Begins, LONGEST_NAME, Reading, Stamp, begins};

/// The name and the time of a line that is nothing else: `Ana Lima  2:03 PM`.
pub(super) fn head(line: &str) -> Option<(&str, Stamp)> {
    let line = line.trim_end();
    let gap = line.char_indices().zip(line.chars().skip(1)).filter_map(|((at, one), next)| {
        let wide = one == '\t' || (one.is_whitespace() && next.is_whitespace());
        wide.then_some(at)
    });
    // A name may have a gap of its own; the last one stands before the time.
    let (who, time) = line.split_at_checked(gap.last()?)?;
    let who = who.trim();
    let named = !who.is_empty() && who.chars().count() <= LONGEST_NAME && !who.contains(':');
    only(time).filter(|_| named).map(|stamp| (who, stamp))
}

/// The time of a line that is nothing else.
fn only(line: &str) -> Option<Stamp> {
    let line = line.trim();
    let line = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(line);
    let words: Vec<&str> = line.split_whitespace().collect();
    match begins(&words) {
        Begins::With(stamp, used) if used == words.len() => Some(stamp),
        Begins::With(..) | Begins::Otherwise | Begins::Refused(_) => None,
    }
}

impl Reading<'_> {
    /// Reads what was copied with heads.
    pub(super) fn copied(&mut self, text: &str) {
        let mut who: Option<String> = None;
        for (number, line) in (1..).zip(text.lines()) {
            if let Some((name, stamp)) = head(line) {
                who = Some(name.to_owned());
                self.said(number, &stamp, name, "");
            } else if let (Some(name), Some(stamp)) = (&who, only(line)) {
                let name = name.clone();
                self.said(number, &stamp, &name, "");
            } else if !line.trim().is_empty() {
                self.go_on(line);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::import::around::testing::berlin;
    use crate::import::chat::read;

    #[test]
    fn a_name_with_a_time_is_the_head_of_what_stands_below() {
        let text = "Ana Lima  2:03 PM\nit broke at 14:00\nsince the deploy\n\nBen\t[2:04 PM]\n\
                    looking\n2:05 PM\nrolling back: now\n";
        let taken = read(text, &berlin());
        let told: Vec<String> = taken
            .entries
            .iter()
            .map(|one| {
                let who = one.who.as_deref().unwrap_or("-");
                format!("{} {} {who}: {}", one.place, one.at, one.text.replace('\n', " / "))
            })
            .collect();
        assert_eq!(
            told,
            [
                "line 1 2026-03-07T13:03:00Z Ana Lima: it broke at 14:00 / since the deploy",
                "line 5 2026-03-07T13:04:00Z Ben: looking",
                "line 7 2026-03-07T13:05:00Z Ben: rolling back: now",
            ]
        );
        assert!(taken.bad.is_empty(), "{:?}", taken.bad);
    }

    #[test]
    fn a_sentence_that_ends_with_a_time_is_no_head() {
        for line in ["it broke at 14:00", "see: this  14:00", "  14:00", "14:00", ""] {
            assert!(super::head(line).is_none(), "{line}");
        }
    }
}
