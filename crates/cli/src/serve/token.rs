//! The token that a browser must show: made for one server, gone with it.

use std::fmt::Write as _;

use lastgood_core::problem::{Code, Problem};
use subtle::ConstantTimeEq as _;

/// A secret of this server. It has no `Debug` and no `Display`.
pub(super) struct Token(String);

impl Token {
    /// 32 bytes of the system's randomness, in hex.
    pub(super) fn make() -> Result<Self, Problem> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| {
            Problem::from_error(Code::Internal, &error).within("this system gives no randomness")
        })?;
        let mut text = String::with_capacity(64);
        for byte in bytes {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Ok(Self(text))
    }

    /// Gives the token to `use_it`; the only way to read it.
    pub(super) fn expose<R>(&self, use_it: impl FnOnce(&str) -> R) -> R {
        use_it(&self.0)
    }

    /// Whether `shown` is the token, in a time that does not tell how much of it is right.
    pub(super) fn is(&self, shown: &str) -> bool {
        self.0.as_bytes().ct_eq(shown.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_new_each_time_and_only_itself() {
        let (one, other) = (Token::make().expect("randomness"), Token::make().expect("randomness"));
        let text = one.expose(str::to_owned);
        assert_eq!(text.len(), 64, "32 bytes in hex");
        assert!(one.is(&text));
        assert!(!other.is(&text), "each server has its own");
        for wrong in ["", &text[..63], &text.to_uppercase().replace('0', "O")] {
            assert!(!one.is(wrong), "{wrong}");
        }
    }
}
