//! What a trigger computes from the row at hand (`NEW.name`), as far as it is certain that it works.
//!
//! Types are looked at, too: an operator that the types do not have fails when the row is written,
//! not when the function is made.

use super::Expression;
use super::token::Token;

/// A column of the row, as far as it matters here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// A text without padding.
    pub(crate) text: bool,
    /// Of a type whose values can be told apart.
    pub(crate) comparable: bool,
    pub(crate) nullable: bool,
}

/// Finds a column; none where the row has none of that name.
pub(crate) type Fields<'a> = &'a dyn Fn(&str) -> Option<Field>;

impl Expression {
    /// The column, where the expression is one of the new row (`NEW.name`) and nothing else.
    pub(crate) fn field(&self) -> Option<&str> {
        let mut reader = Reader::new(&self.tokens, &|_| None);
        let found = reader.column("new")?;
        reader.rest.is_empty().then_some(found)
    }

    /// The columns it reads of the row at hand.
    pub(crate) fn fields(&self) -> Vec<&str> {
        let of_row = self.tokens.windows(3).filter_map(|three| match three {
            [Token::Word(row), Token::Sign(point), Token::Word(name) | Token::Quoted(name)]
                if point == "." && matches!(row.as_str(), "new" | "old") =>
            {
                Some(name.as_str())
            }
            _ => None,
        });
        of_row.collect()
    }

    /// Whether it is a text put together from texts of the row, which never fails; then whether it may
    /// be `NULL`.
    pub(crate) fn text_of_row(&self, fields: Fields<'_>) -> Option<bool> {
        let mut reader = Reader::new(&self.tokens, fields);
        let nullable = reader.text()?;
        reader.rest.is_empty().then_some(nullable)
    }

    /// Whether it is the present moment.
    pub(crate) fn is_now(&self) -> bool {
        let words: Vec<&str> = self
            .tokens
            .iter()
            .map(|token| match token {
                Token::Word(text) | Token::Sign(text) => text.as_str(),
                Token::Text(text) if text.eq_ignore_ascii_case("utc") => "'utc'",
                Token::Text(_) | Token::Quoted(_) | Token::Number(_) => "?",
            })
            .collect();
        matches!(
            words.as_slice(),
            ["now" | "clock_timestamp" | "statement_timestamp" | "transaction_timestamp", "(", ")"]
                | ["current_timestamp" | "localtimestamp" | "current_date"]
                | ["now", "(", ")", "at", "time", "zone", "'utc'"]
                | ["current_timestamp", "at", "time", "zone", "'utc'"]
        )
    }

    /// Whether it is a new random identifier.
    pub(crate) fn is_new_uuid(&self) -> bool {
        matches!(self.tokens.as_slice(),
            [Token::Word(call), Token::Sign(open), Token::Sign(close)]
                if call == "gen_random_uuid" && open == "(" && close == ")")
    }

    /// Whether it is a question to the row that never fails. `old`: whether there is an old row.
    pub(crate) fn is_question_to_row(&self, fields: Fields<'_>, old: bool) -> bool {
        let mut reader = Reader::new(&self.tokens, fields);
        reader.question(old).is_some() && reader.rest.is_empty()
    }
}

/// Brackets within brackets that are still followed: each is a call of the reader to itself.
const BRACKETS: usize = 64;

struct Reader<'a> {
    rest: &'a [Token],
    fields: Fields<'a>,
    /// How many brackets are open.
    open: usize,
}

impl<'a> Reader<'a> {
    fn new(rest: &'a [Token], fields: Fields<'a>) -> Self {
        Self { rest, fields, open: 0 }
    }

    /// Goes into a bracket that was just read; none where that is too deep.
    fn enter(&mut self) -> Option<()> {
        self.open += 1;
        (self.open <= BRACKETS).then_some(())
    }

    fn leave(&mut self) -> Option<()> {
        self.open -= 1;
        self.sign(")")
    }

    fn sign(&mut self, wanted: &str) -> Option<()> {
        match self.rest {
            [Token::Sign(sign), rest @ ..] if sign == wanted => {
                self.rest = rest;
                Some(())
            }
            _ => None,
        }
    }

    fn word(&mut self, wanted: &str) -> Option<()> {
        match self.rest {
            [Token::Word(word), rest @ ..] if word == wanted => {
                self.rest = rest;
                Some(())
            }
            _ => None,
        }
    }

    fn words(&mut self, wanted: &[&str]) -> Option<()> {
        let before = self.rest;
        for word in wanted {
            if self.word(word).is_none() {
                self.rest = before;
                return None;
            }
        }
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        match self.rest {
            [Token::Text(_), rest @ ..] => {
                self.rest = rest;
                Some(())
            }
            _ => None,
        }
    }

    /// `NEW.name`, or `OLD.name`.
    fn column(&mut self, row: &str) -> Option<&'a str> {
        match self.rest {
            [
                Token::Word(first),
                Token::Sign(point),
                Token::Word(name) | Token::Quoted(name),
                rest @ ..,
            ] if first == row && point == "." => {
                self.rest = rest;
                Some(name)
            }
            _ => None,
        }
    }

    /// Texts, put together; whether the whole may be `NULL`.
    fn text(&mut self) -> Option<bool> {
        let mut nullable = self.part()?;
        while self.sign("||").is_some() {
            nullable |= self.part()?;
        }
        Some(nullable)
    }

    fn part(&mut self) -> Option<bool> {
        const ONE: &[&str] =
            &["lower", "upper", "trim", "btrim", "ltrim", "rtrim", "initcap", "md5", "reverse"];
        if self.sign("(").is_some() {
            self.enter()?;
            let nullable = self.text()?;
            self.leave()?;
            return Some(nullable);
        }
        if self.string().is_some() {
            return Some(false);
        }
        if let Some(name) = self.column("new") {
            let field = (self.fields)(name)?;
            return field.text.then_some(field.nullable);
        }
        let [Token::Word(call), Token::Sign(open), ..] = self.rest else { return None };
        if open != "(" {
            return None;
        }
        let call = call.as_str();
        self.rest = self.rest.get(2..)?;
        self.enter()?;
        let mut all = vec![self.text()?];
        while self.sign(",").is_some() {
            all.push(self.text()?);
        }
        self.leave()?;
        match call {
            "coalesce" => Some(all.iter().all(|nullable| *nullable)),
            "concat" => Some(false),
            _ if ONE.contains(&call) && all.len() == 1 => all.first().copied(),
            _ => None,
        }
    }

    fn question(&mut self, old: bool) -> Option<()> {
        loop {
            while self.word("not").is_some() {}
            if self.sign("(").is_some() {
                self.enter()?;
                self.question(old)?;
                self.leave()?;
            } else if self.word("tg_op").is_some() {
                self.sign("=")?;
                self.string()?;
            } else {
                self.of_field(old)?;
            }
            if self.word("and").is_none() && self.word("or").is_none() {
                return Some(());
            }
        }
    }

    fn of_field(&mut self, old: bool) -> Option<()> {
        let name = match self.column("new") {
            Some(name) => name,
            None if old => self.column("old")?,
            None => return None,
        };
        let field = (self.fields)(name)?;
        if self.words(&["is", "null"]).is_some() || self.words(&["is", "not", "null"]).is_some() {
            return Some(());
        }
        let differs = self.words(&["is", "distinct", "from"]).is_some()
            || self.words(&["is", "not", "distinct", "from"]).is_some();
        if !differs || !old || !field.comparable {
            return None;
        }
        let other = self.column("old").or_else(|| self.column("new"))?;
        (other == name).then_some(())
    }
}
