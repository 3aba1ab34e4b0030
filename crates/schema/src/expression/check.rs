//! Whether a simple check holds for one known value of one column.

use super::token::Token;

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Number(f64),
    Text(String),
    Truth(bool),
}

/// The constant that the tokens are, without a cast behind it.
pub(super) fn value(tokens: &[Token]) -> Option<Value> {
    let (negative, rest) = match tokens {
        [Token::Sign(sign), rest @ ..] if sign == "-" => (true, rest),
        other => (false, other),
    };
    let rest = match rest {
        [first, Token::Sign(sign), Token::Word(_), ..] if sign == "::" => {
            std::slice::from_ref(first)
        }
        other => other,
    };
    match rest {
        [Token::Number(text)] => {
            let number: f64 = text.parse().ok()?;
            Some(Value::Number(if negative { -number } else { number }))
        }
        [Token::Text(text)] if !negative => Some(Value::Text(text.clone())),
        [Token::Word(word)] if !negative && word == "true" => Some(Value::Truth(true)),
        [Token::Word(word)] if !negative && word == "false" => Some(Value::Truth(false)),
        _ => None,
    }
}

/// The constant that the tokens are, and the type it is cast to: `'x'`, `-1::bigint`, `('x')`,
/// `DATE '2024-01-01'`, `CAST('x' AS text)`. None where there is anything else.
pub(super) fn literal(tokens: &[Token]) -> Option<(Value, Option<String>)> {
    let tokens = stripped(tokens);
    match tokens {
        [Token::Word(cast), Token::Sign(open), inner @ .., Token::Sign(close)]
            if cast == "cast" && open == "(" && close == ")" =>
        {
            let at =
                inner.iter().position(|one| matches!(one, Token::Word(word) if word == "as"))?;
            return Some((value(&inner[..at])?, Some(type_of(&inner[at + 1..])?)));
        }
        [Token::Word(ty), Token::Text(text)]
            if matches!(
                ty.as_str(),
                "date" | "timestamp" | "timestamptz" | "time" | "interval"
            ) =>
        {
            return Some((Value::Text(text.clone()), Some(ty.clone())));
        }
        _ => {}
    }
    let at = tokens.iter().position(|one| matches!(one, Token::Sign(sign) if sign == "::"));
    match at {
        None => Some((value(tokens)?, None)),
        Some(at) => Some((value(stripped(&tokens[..at]))?, Some(type_of(&tokens[at + 1..])?))),
    }
}

/// A type as it is written; none where something else follows.
fn type_of(tokens: &[Token]) -> Option<String> {
    let mut text = String::new();
    for token in tokens {
        match token {
            Token::Word(word) => {
                if text.ends_with(|one: char| one.is_alphanumeric()) {
                    text.push(' ');
                }
                text.push_str(word);
            }
            Token::Quoted(name) => text.extend(["\"", name, "\""]),
            Token::Number(number) => text.push_str(number),
            Token::Sign(sign) if matches!(sign.as_str(), "(" | ")" | "[" | "]" | "." | ",") => {
                text.push_str(sign);
            }
            Token::Sign(_) | Token::Text(_) => return None,
        }
    }
    (!text.is_empty()).then_some(text)
}

/// Whether `tokens` as a check on `column` lets the value pass; `NULL` where there is none.
/// A check lets pass what is not false, so `NULL` passes every plain comparison.
pub(super) fn holds(tokens: &[Token], column: &str, value: Option<&Value>) -> bool {
    let plain = without_text_casts(tokens);
    let tokens = stripped(&plain);
    if let Some(parts) = split(tokens, "and") {
        return parts.iter().all(|part| holds(part, column, value));
    }
    if let Some(parts) = split(tokens, "or") {
        // Each must be understood; one that holds is enough.
        return parts.iter().any(|part| holds(part, column, value))
            && parts.iter().all(|part| comparison(stripped(part), column).is_some());
    }
    let Some(found) = comparison(tokens, column) else { return false };
    if let Comparison::Present = found {
        return value.is_some();
    }
    let Some(value) = value else { return true };
    match found {
        Comparison::Present => true,
        Comparison::Between(low, high) => compare(value, ">=", &low) && compare(value, "<=", &high),
        Comparison::In(list) => list.contains(value),
        Comparison::Is(sign, against) => compare(value, sign, &against),
        Comparison::Length(sign, length) => match value {
            Value::Text(text) => {
                let count = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
                compare(&Value::Number(f64::from(count)), sign, &Value::Number(length))
            }
            Value::Number(_) | Value::Truth(_) => false,
        },
    }
}

enum Comparison<'a> {
    Present,
    Between(Value, Value),
    In(Vec<Value>),
    Is(&'a str, Value),
    Length(&'a str, f64),
}

fn comparison<'a>(tokens: &'a [Token], column: &str) -> Option<Comparison<'a>> {
    let is_column =
        |token: &Token| matches!(token, Token::Word(name) | Token::Quoted(name) if name == column);
    match tokens {
        [first, Token::Word(word), Token::Sign(open), list @ .., Token::Sign(close)]
            if is_column(first) && word == "in" && open == "(" && close == ")" =>
        {
            let items = list.split(|token| matches!(token, Token::Sign(sign) if sign == ","));
            items.map(value).collect::<Option<Vec<_>>>().map(Comparison::In)
        }
        [first, Token::Word(is), Token::Word(not), Token::Word(null)]
            if is_column(first) && is == "is" && not == "not" && null == "null" =>
        {
            Some(Comparison::Present)
        }
        [first, Token::Word(word), rest @ ..] if is_column(first) && word == "between" => {
            let at = rest
                .iter()
                .position(|token| matches!(token, Token::Word(word) if word == "and"))?;
            Some(Comparison::Between(value(&rest[..at])?, value(&rest[at + 1..])?))
        }
        [first, Token::Sign(sign), Token::Word(any), rest @ ..]
            if is_column(first) && sign == "=" && any == "any" =>
        {
            let [Token::Word(array), Token::Sign(open), list @ .., Token::Sign(close)] =
                stripped(rest)
            else {
                return None;
            };
            if array != "array" || open != "[" || close != "]" {
                return None;
            }
            let items = list.split(|token| matches!(token, Token::Sign(sign) if sign == ","));
            items.map(value).collect::<Option<Vec<_>>>().map(Comparison::In)
        }
        [first, Token::Sign(sign), rest @ ..] if is_column(first) && is_order(sign) => {
            value(rest).map(|against| Comparison::Is(sign, against))
        }
        [
            Token::Word(call),
            Token::Sign(open),
            first,
            Token::Sign(close),
            Token::Sign(sign),
            rest @ ..,
        ] if matches!(call.as_str(), "length" | "char_length")
            && open == "("
            && close == ")"
            && is_column(first)
            && is_order(sign) =>
        {
            match value(rest)? {
                Value::Number(length) => Some(Comparison::Length(sign, length)),
                Value::Text(_) | Value::Truth(_) => None,
            }
        }
        _ => None,
    }
}

/// Without casts to text, which every dump writes and which change no text.
fn without_text_casts(tokens: &[Token]) -> Vec<Token> {
    let word = |at: usize| match tokens.get(at) {
        Some(Token::Word(word)) => word.as_str(),
        _ => "",
    };
    let sign = |at: usize, wanted: &str| matches!(tokens.get(at), Some(Token::Sign(sign)) if sign == wanted);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if sign(at, "::") {
            let mut end = match word(at + 1) {
                "text" | "varchar" => at + 2,
                "character" if word(at + 2) == "varying" => at + 3,
                _ => 0,
            };
            if end > 0 && sign(end, "[") && sign(end + 1, "]") {
                end += 2;
            }
            if end > 0 && !sign(end, "(") {
                at = end;
                continue;
            }
        }
        found.push(token.clone());
        at += 1;
    }
    // `(name) = …` is `name = …`.
    let mut at = 0;
    while at + 2 < found.len() {
        let alone = matches!((&found[at], &found[at + 2]), (Token::Sign(open), Token::Sign(close)) if open == "(" && close == ")")
            && matches!(found[at + 1], Token::Word(_) | Token::Quoted(_))
            && (at == 0 || matches!(&found[at - 1], Token::Sign(_)));
        if alone {
            found.remove(at + 2);
            found.remove(at);
        }
        at += 1;
    }
    found
}

fn is_order(sign: &str) -> bool {
    matches!(sign, "<" | "<=" | ">" | ">=" | "=" | "<>" | "!=")
}

fn compare(left: &Value, sign: &str, right: &Value) -> bool {
    let order = match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.partial_cmp(right),
        // Texts are told apart; which comes first is for a collation to say.
        (Value::Text(left), Value::Text(right)) if matches!(sign, "=" | "<>" | "!=") => {
            Some(left.cmp(right))
        }
        (Value::Truth(left), Value::Truth(right)) => Some(left.cmp(right)),
        (Value::Number(_) | Value::Text(_) | Value::Truth(_), _) => None,
    };
    let Some(order) = order else { return false };
    match sign {
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        "=" => order.is_eq(),
        "<>" | "!=" => order.is_ne(),
        _ => false,
    }
}

/// Without parentheses around the whole.
fn stripped(mut tokens: &[Token]) -> &[Token] {
    while let [Token::Sign(open), inner @ .., Token::Sign(close)] = tokens {
        if open != "(" || close != ")" || !balanced(inner) {
            break;
        }
        tokens = inner;
    }
    tokens
}

fn balanced(tokens: &[Token]) -> bool {
    let mut depth = 0_i32;
    for token in tokens {
        depth += depth_of(token);
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

fn depth_of(token: &Token) -> i32 {
    match token {
        Token::Sign(sign) if sign == "(" => 1,
        Token::Sign(sign) if sign == ")" => -1,
        Token::Sign(_) | Token::Word(_) | Token::Quoted(_) | Token::Number(_) | Token::Text(_) => 0,
    }
}

/// The parts between a word outside parentheses; none where the word does not stand there.
/// A `BETWEEN` has an `AND` of its own, so an expression with one is not split.
fn split<'a>(tokens: &'a [Token], word: &str) -> Option<Vec<&'a [Token]>> {
    let is = |token: &Token, word: &str| matches!(token, Token::Word(found) if found == word);
    if tokens.iter().any(|token| is(token, "between") || is(token, "not") || is(token, "case")) {
        return None;
    }
    let mut depth = 0;
    let mut parts = Vec::new();
    let mut start = 0;
    // `AND` binds closer: a whole with an `OR` outside parentheses is split there first.
    let mut has_or = false;
    for (at, token) in tokens.iter().enumerate() {
        depth += depth_of(token);
        if depth == 0 && is(token, "or") {
            has_or = true;
        }
        if depth == 0 && is(token, word) {
            parts.push(&tokens[start..at]);
            start = at + 1;
        }
    }
    if parts.is_empty() || (word == "and" && has_or) {
        return None;
    }
    parts.push(&tokens[start..]);
    Some(parts)
}
