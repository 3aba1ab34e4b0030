//! Expressions as far as a rule needs them: which columns they read, whether evaluating one
//! can fail, and whether a simple check holds for a known value.
//!
//! Only words are looked at, so that one reader serves every dialect. What is not understood
//! counts as able to fail and as not known to hold.

mod check;
mod row;
#[cfg(test)]
mod tests;
mod token;

pub(crate) use check::Value;
pub(crate) use row::Field;
use token::Token;

/// Functions that fail for no value of the right type and change nothing.
const HARMLESS: &[&str] = &[
    "abs",
    "btrim",
    "ceil",
    "char_length",
    "character_length",
    "clock_timestamp",
    "coalesce",
    "concat",
    "concat_ws",
    "count",
    "date_trunc",
    "floor",
    "gen_random_uuid",
    "greatest",
    "ifnull",
    "initcap",
    "jsonb_build_object",
    "jsonb_typeof",
    "json_typeof",
    "least",
    "left",
    "length",
    "lower",
    "ltrim",
    "max",
    "md5",
    "min",
    "newid",
    "now",
    "nullif",
    "octet_length",
    "position",
    "random",
    "regexp_replace",
    "replace",
    "reverse",
    "right",
    "round",
    "row_number",
    "rtrim",
    "statement_timestamp",
    "string_agg",
    "strpos",
    "substr",
    "substring",
    "sum",
    "timeofday",
    "to_tsvector",
    "transaction_timestamp",
    "translate",
    "trim",
    "unistr",
    "upper",
    "uuid",
    "uuid_generate_v1",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
    "version",
];

/// Functions beside those that a migration's data statements may call without changing what
/// the old release meets.
const HARMLESS_IN_DATA: &[&str] = &[
    "any",
    "array",
    "array_agg",
    "array_length",
    "avg",
    "bool_and",
    "bool_or",
    "cardinality",
    "cast",
    "current_setting",
    "dense_rank",
    "exists",
    "extract",
    "first_value",
    "format",
    "generate_series",
    "in",
    "jsonb_agg",
    "jsonb_array_elements",
    "jsonb_each",
    "jsonb_object_agg",
    "jsonb_set",
    "json_agg",
    "json_build_object",
    "lag",
    "last_value",
    "lead",
    "nextval",
    "pg_get_serial_sequence",
    "over",
    "rank",
    "row",
    "row_to_json",
    "select",
    "some",
    "all",
    "string_to_array",
    "to_char",
    "to_date",
    "to_json",
    "to_jsonb",
    "to_timestamp",
    "unnest",
    "values",
    "using",
    "filter",
    "not",
    "and",
    "or",
    "on",
    "from",
    "where",
    "as",
    "then",
    "when",
    "else",
    "case",
    "by",
    "union",
    "with",
    "returning",
    "default",
    "into",
    "order",
    "partition",
];

/// Words that are no column.
const KEYWORDS: &[&str] = &[
    "and",
    "as",
    "at",
    "between",
    "case",
    "cast",
    "collate",
    "current_date",
    "current_time",
    "current_timestamp",
    "distinct",
    "else",
    "end",
    "false",
    "from",
    "ilike",
    "in",
    "is",
    "isnull",
    "like",
    "localtime",
    "localtimestamp",
    "not",
    "notnull",
    "null",
    "or",
    "similar",
    "then",
    "time",
    "to",
    "true",
    "value",
    "when",
    "zone",
    "asc",
    "desc",
    "nulls",
    "array",
    "any",
    "all",
    "for",
    "interval",
];

/// An expression, read as words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expression {
    /// As written, with single spaces.
    pub(crate) text: String,
    tokens: Vec<Token>,
}

impl Expression {
    pub(crate) fn read(text: &str) -> Self {
        let tokens = token::read(text);
        // What stands in a string stays as it is.
        let mut quoted = false;
        let mut joined = String::with_capacity(text.len());
        for letter in text.trim().chars() {
            quoted ^= letter == '\'';
            if quoted || !letter.is_whitespace() {
                joined.push(letter);
            } else if !joined.ends_with(' ') {
                joined.push(' ');
            }
        }
        Self { text: joined, tokens }
    }

    /// The one column that the expression is, if it is nothing else.
    pub(crate) fn column(&self) -> Option<&str> {
        match self.tokens.as_slice() {
            [Token::Word(word)] if !KEYWORDS.contains(&word.as_str()) => Some(word),
            [Token::Quoted(name)] => Some(name),
            _ => None,
        }
    }

    /// The columns it reads. A name with a table in front counts by its last part.
    pub(crate) fn columns(&self) -> Vec<&str> {
        let mut found = Vec::new();
        for (at, token) in self.tokens.iter().enumerate() {
            let after = self.tokens.get(at + 1);
            let part = matches!(after, Some(Token::Sign(sign)) if sign == ".");
            let call = matches!(after, Some(Token::Sign(sign)) if sign == "(");
            let ty = at > 0 && matches!(&self.tokens[at - 1], Token::Sign(sign) if sign == "::");
            match token {
                Token::Word(word)
                    if !part && !call && !ty && !KEYWORDS.contains(&word.as_str()) =>
                {
                    found.push(word.as_str());
                }
                Token::Quoted(name) if !part && !call && !ty => found.push(name.as_str()),
                Token::Word(_)
                | Token::Quoted(_)
                | Token::Number(_)
                | Token::Text(_)
                | Token::Sign(_) => {}
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether a name stands anywhere in it, as whatever.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        self.tokens
            .iter()
            .any(|token| matches!(token, Token::Word(word) | Token::Quoted(word) if word == name))
    }

    /// Whether no value of the columns makes its evaluation fail.
    ///
    /// A sum or a product overflows, a division meets zero, a cast meets what it cannot read.
    pub(crate) fn cannot_fail(&self) -> bool {
        let signs = self.tokens.iter().enumerate().all(|(at, token)| match token {
            Token::Sign(sign) => match sign.as_str() {
                // A literal is cast when it is read, not for each row.
                "::" => at > 0 && matches!(self.tokens[at - 1], Token::Text(_)),
                // A sign in front of a number.
                "-" => {
                    matches!(self.tokens.get(at + 1), Some(Token::Number(_)))
                        && (at == 0
                            || matches!(&self.tokens[at - 1], Token::Sign(before) if before != ")"))
                }
                "/" | "%" | "+" | "*" | "^" | "#>" | "#>>" | "[" => false,
                _ => true,
            },
            Token::Word(word) => word != "cast",
            Token::Quoted(_) | Token::Number(_) | Token::Text(_) => true,
        });
        signs && self.calls().all(|name| HARMLESS.contains(&name) || KEYWORDS.contains(&name))
    }

    /// Whether it puts texts together, and nothing of it depends on a number.
    pub(crate) fn is_text_only(&self) -> bool {
        const CALLS: &[&str] = &[
            "lower", "upper", "trim", "btrim", "ltrim", "rtrim", "coalesce", "nullif", "initcap",
            "md5", "replace", "reverse",
        ];
        self.cannot_fail()
            && self.calls().all(|name| CALLS.contains(&name))
            && !self.tokens.iter().any(|token| matches!(token, Token::Word(word) if word == "case"))
    }

    /// Whether it is the length of a column.
    pub(crate) fn is_length(&self) -> bool {
        matches!(self.tokens.as_slice(),
            [Token::Word(call), Token::Sign(open), Token::Word(_) | Token::Quoted(_), Token::Sign(close)]
            if matches!(call.as_str(), "length" | "char_length" | "octet_length") && open == "(" && close == ")")
    }

    /// Whether it only adds, subtracts and multiplies columns and numbers.
    pub(crate) fn is_sum_or_product(&self) -> bool {
        self.calls().next().is_none()
            && self.tokens.iter().all(|token| match token {
                Token::Sign(sign) => matches!(sign.as_str(), "+" | "-" | "*" | "(" | ")"),
                Token::Word(word) => !KEYWORDS.contains(&word.as_str()),
                Token::Quoted(_) | Token::Number(_) => true,
                Token::Text(_) => false,
            })
    }

    /// A function it calls that may do anything.
    pub(crate) fn unknown_call(&self) -> Option<&str> {
        self.calls().find(|name| {
            // What a session sets, another does not: the old release's has it not.
            *name == "current_setting"
                || (!HARMLESS.contains(name)
                    && !HARMLESS_IN_DATA.contains(name)
                    && !KEYWORDS.contains(name))
        })
    }

    fn calls(&self) -> impl Iterator<Item = &str> {
        self.tokens.windows(2).filter_map(|pair| match pair {
            [Token::Word(word) | Token::Quoted(word), Token::Sign(sign)] if sign == "(" => {
                Some(word.as_str())
            }
            _ => None,
        })
    }

    /// Whether it is a constant: the same for every row and at every time.
    pub(crate) fn is_constant(&self) -> bool {
        self.calls().next().is_none()
            && self.tokens.iter().all(|token| match token {
                Token::Number(_) | Token::Text(_) | Token::Sign(_) => true,
                Token::Word(word) => !word.starts_with("current_") && !word.starts_with("local"),
                Token::Quoted(_) => false,
            })
    }

    /// Whether what is no column in it may yet come out as `NULL`.
    pub(crate) fn may_be_null(&self) -> bool {
        self.tokens.iter().any(|token| match token {
            Token::Word(word) => matches!(
                word.as_str(),
                "null"
                    | "nullif"
                    | "case"
                    | "select"
                    | "substring"
                    | "max"
                    | "min"
                    | "sum"
                    | "string_agg"
                    | "array_agg"
                    | "current_setting"
            ),
            Token::Sign(sign) => matches!(sign.as_str(), "[" | "->" | "->>" | "#>" | "#>>"),
            Token::Quoted(_) | Token::Number(_) | Token::Text(_) => false,
        })
    }

    /// Whether it is `NULL`, with or without a cast.
    pub(crate) fn is_null(&self) -> bool {
        let wraps = |token: &Token| match token {
            Token::Sign(sign) => sign == "(",
            Token::Word(word) => word == "cast",
            Token::Quoted(_) | Token::Number(_) | Token::Text(_) => false,
        };
        let mut inner = self.tokens.iter().skip_while(|token| wraps(token));
        matches!(inner.next(), Some(Token::Word(word)) if word == "null")
            && match inner.next() {
                None => true,
                Some(Token::Sign(sign)) => sign == "::" || sign == ")",
                Some(Token::Word(word)) => word == "as",
                Some(Token::Quoted(_) | Token::Number(_) | Token::Text(_)) => false,
            }
    }

    /// The value, where it is a plain number, a string or a truth value.
    pub(crate) fn value(&self) -> Option<Value> {
        check::value(&self.tokens)
    }

    /// The value, and the type that it is cast to, where it is one literal and nothing else.
    pub(crate) fn literal(&self) -> Option<(Value, Option<String>)> {
        check::literal(&self.tokens)
    }

    /// Whether it is `ARRAY[…]` of plain texts, with at most one cast behind it.
    pub(crate) fn is_array_of_texts(&self) -> bool {
        let [Token::Word(array), Token::Sign(open), inner @ ..] = self.tokens.as_slice() else {
            return false;
        };
        let Some(end) =
            inner.iter().position(|token| matches!(token, Token::Sign(sign) if sign == "]"))
        else {
            return false;
        };
        let texts = inner[..end].iter().all(|token| match token {
            Token::Text(_) => true,
            Token::Sign(sign) => sign == ",",
            Token::Word(_) | Token::Quoted(_) | Token::Number(_) => false,
        });
        let casts =
            inner[end..].iter().filter(|token| matches!(token, Token::Sign(sign) if sign == "::"));
        let cast_to_text = inner[end + 1..].is_empty()
            || matches!(&inner[end + 1..],
                [Token::Sign(cast), Token::Word(ty), Token::Sign(open), Token::Sign(close)]
                    if cast == "::" && matches!(ty.as_str(), "text" | "varchar") && open == "[" && close == "]");
        array == "array" && open == "[" && texts && casts.count() < 2 && cast_to_text
    }

    /// Whether it draws the next number of a sequence, and nothing else.
    pub(crate) fn is_next_number(&self) -> bool {
        let sign =
            |token: &Token, wanted: &str| matches!(token, Token::Sign(sign) if sign == wanted);
        let word =
            |token: &Token, wanted: &str| matches!(token, Token::Word(word) if word == wanted);
        let rest = match self.tokens.as_slice() {
            [catalog, point, rest @ ..] if word(catalog, "pg_catalog") && sign(point, ".") => rest,
            rest => rest,
        };
        match rest {
            [call, open, Token::Text(_), close] => {
                word(call, "nextval") && sign(open, "(") && sign(close, ")")
            }
            [call, open, Token::Text(_), cast, ty, close] => {
                word(call, "nextval")
                    && sign(open, "(")
                    && sign(cast, "::")
                    && word(ty, "regclass")
                    && sign(close, ")")
            }
            _ => false,
        }
    }

    /// Whether numbers are computed, or a part of an array is taken.
    pub(crate) fn has_arithmetic(&self) -> bool {
        self.tokens.iter().any(|token| {
            matches!(token, Token::Sign(sign) if matches!(sign.as_str(), "/" | "%" | "+" | "-" | "*" | "^" | "["))
        })
    }

    /// Whether the expression, taken as a check, lets `value` of `column` pass. False where
    /// that cannot be told.
    pub(crate) fn lets_pass(&self, column: &str, value: Option<&Value>) -> bool {
        check::holds(&self.tokens, column, value)
    }

    /// Whether it is `column::type` or the column itself, and nothing else.
    pub(crate) fn is_plain_cast_of(&self, column: &str) -> bool {
        let named = matches!(self.tokens.first(), Some(Token::Word(name) | Token::Quoted(name)) if name == column);
        named
            && match self.tokens.get(1) {
                None => true,
                Some(Token::Sign(sign)) => {
                    sign == "::"
                        && self.tokens[2..].iter().all(|token| match token {
                            Token::Word(_) | Token::Quoted(_) | Token::Number(_) => true,
                            Token::Sign(sign) => {
                                sign != "::" && sign.len() == 1 && "().,[]".contains(sign.as_str())
                            }
                            Token::Text(_) => false,
                        })
                }
                Some(Token::Word(_) | Token::Quoted(_) | Token::Number(_) | Token::Text(_)) => {
                    false
                }
            }
    }
}

/// Whether a function, called in a statement about rows, leaves alone what the old release
/// meets.
pub(crate) fn is_harmless_call(name: &str) -> bool {
    HARMLESS.contains(&name) || HARMLESS_IN_DATA.contains(&name) || KEYWORDS.contains(&name)
}
