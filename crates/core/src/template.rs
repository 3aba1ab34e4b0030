//! Typed substitutions in runbooks and catalogs: `{{ target.version }}`. There are no
//! expressions and no string pasting into commands; an unknown name is an error.

use std::collections::BTreeMap;

/// The values that a text may refer to, by dotted name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bindings(BTreeMap<String, String>);

/// Why a text could not be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A name that nothing is bound to.
    #[error("`{name}` is not known here")]
    Unknown {
        /// The name as written.
        name: String,
        /// What could have been meant.
        known: Vec<String>,
    },
    /// An opening `{{` without its end.
    #[error("`{{{{` is never closed")]
    Unclosed,
}

impl Bindings {
    /// Adds or replaces one value.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// The names that are bound, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Fills `text` in.
    pub fn render(&self, text: &str) -> Result<String, TemplateError> {
        self.render_with(text, |_, value| value.to_owned())
    }

    /// Fills `text` in with what `encode` makes of each name's value, where a bare value
    /// could be misread.
    pub fn render_with(
        &self,
        text: &str,
        encode: impl Fn(&str, &str) -> String,
    ) -> Result<String, TemplateError> {
        let mut out = String::with_capacity(text.len());
        for piece in pieces(text)? {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Name(name) => match self.0.get(name) {
                    Some(value) => out.push_str(&encode(name, value)),
                    None => {
                        return Err(TemplateError::Unknown {
                            name: name.to_owned(),
                            known: self.0.keys().cloned().collect(),
                        });
                    }
                },
            }
        }
        Ok(out)
    }
}

/// The names that `text` refers to, in order of appearance.
pub fn references(text: &str) -> Result<Vec<&str>, TemplateError> {
    Ok(pieces(text)?
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Name(name) => Some(name),
            Piece::Text(_) => None,
        })
        .collect())
}

enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
}

fn pieces(text: &str) -> Result<Vec<Piece<'_>>, TemplateError> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        found.push(Piece::Text(&rest[..open]));
        let tail = &rest[open + 2..];
        let close = tail.find("}}").ok_or(TemplateError::Unclosed)?;
        found.push(Piece::Name(tail[..close].trim()));
        rest = &tail[close + 2..];
    }
    found.push(Piece::Text(rest));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_filled_in_with_what_is_bound() {
        let bindings = Bindings::default().with("target.version", "v1").with("service", "shop");
        let text = bindings.render("{{service}} back to {{ target.version }}").expect("both known");
        assert_eq!(text, "shop back to v1");
    }

    #[test]
    fn an_unknown_name_is_refused_rather_than_left_blank() {
        let bindings = Bindings::default().with("service", "shop");
        assert!(
            matches!(bindings.render("{{ servce }}"), Err(TemplateError::Unknown { name, .. }) if name == "servce")
        );
        assert_eq!(bindings.render("{{ service"), Err(TemplateError::Unclosed));
    }

    #[test]
    fn values_are_not_expanded_again() {
        let bindings = Bindings::default().with("a", "{{ b }}").with("b", "x");
        assert_eq!(
            bindings.render("{{ a }}").expect("known"),
            "{{ b }}",
            "text from outside is data"
        );
    }
}
