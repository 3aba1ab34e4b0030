//! How things look in a terminal: the five roles that text can have, the width, the zone.
//!
//! Colour is never the only carrier of a meaning; without it every line reads the same.

use std::ops::{Add, AddAssign};

use jiff::tz::TimeZone;

/// The most columns that are used; longer lines are hard to read back from.
pub(crate) const WIDEST: usize = 100;

/// How things look in this terminal.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// Columns to fill.
    pub(crate) width: usize,
    /// Whether roles have colours.
    pub(crate) paint: bool,
    /// The zone of the person.
    pub(crate) zone: TimeZone,
}

/// Text that is safe to print: whatever came from elsewhere has no control characters
/// left, and only roles have put some in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text(String);

impl Look {
    /// What went well.
    pub(crate) fn good(&self, text: impl AsRef<str>) -> Text {
        self.role("32", text.as_ref())
    }

    /// What went wrong.
    pub(crate) fn bad(&self, text: impl AsRef<str>) -> Text {
        self.role("31", text.as_ref())
    }

    /// What a person must look at.
    pub(crate) fn attention(&self, text: impl AsRef<str>) -> Text {
        self.role("33", text.as_ref())
    }

    /// What can be passed over.
    pub(crate) fn quiet(&self, text: impl AsRef<str>) -> Text {
        self.role("2", text.as_ref())
    }

    /// What a line is about.
    pub(crate) fn strong(&self, text: impl AsRef<str>) -> Text {
        self.role("1", text.as_ref())
    }

    fn role(&self, code: &str, text: &str) -> Text {
        let text = tame(text);
        if self.paint && !text.is_empty() {
            Text(format!("\x1b[{code}m{text}\x1b[0m"))
        } else {
            Text(text)
        }
    }
}

impl Text {
    /// What would be printed.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// How many columns it takes.
    pub(crate) fn columns(&self) -> usize {
        textwrap::core::display_width(&self.0)
    }

    /// Filled up with spaces to `columns`.
    pub(crate) fn pad(mut self, columns: usize) -> Self {
        let missing = columns.saturating_sub(self.columns());
        self.0.push_str(&" ".repeat(missing));
        self
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(tame(text))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(tame(&text))
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Self {
        Self(tame(text))
    }
}

impl<T: Into<Self>> Add<T> for Text {
    type Output = Self;

    fn add(mut self, more: T) -> Self {
        self.0.push_str(&more.into().0);
        self
    }
}

impl<T: Into<Self>> AddAssign<T> for Text {
    fn add_assign(&mut self, more: T) {
        self.0.push_str(&more.into().0);
    }
}

/// Text from elsewhere must not steer the terminal of whoever reads it, nor change the
/// order in which it reads.
fn tame(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' | '\r' => ' ',
            c if c.is_control() => '\u{fffd}',
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                '\u{fffd}'
            }
            c => c,
        })
        .collect()
}

#[cfg(test)]
impl Look {
    /// No colours, 100 columns, UTC.
    pub(crate) fn plain() -> Self {
        Self { width: WIDEST, paint: false, zone: TimeZone::UTC }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changelog_cannot_steer_the_terminal() {
        let text = Text::from("fix\x1b[2J\u{202e}evil\x07\nnext");
        assert_eq!(text.as_str(), "fix\u{fffd}[2J\u{fffd}evil\u{fffd} next");
    }

    #[test]
    fn roles_take_no_columns_and_vanish_without_colour() {
        let painted = Look { paint: true, ..Look::plain() };
        let both = painted.good("done") + " in 0:04";
        assert_eq!(both.columns(), 12, "an escape takes no room");
        assert_eq!(painted.bad("").as_str(), "", "nothing is painted where nothing is said");
        assert_eq!((Look::plain().good("done") + " in 0:04").as_str(), "done in 0:04");
    }

    #[test]
    fn a_name_is_filled_up_and_never_cut() {
        assert_eq!(Text::from("ab").pad(4).as_str(), "ab  ");
        assert_eq!(Text::from("abcdef").pad(4).as_str(), "abcdef");
    }
}
