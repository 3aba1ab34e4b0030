//! Column types, and what changing one means for a release that knows the old one.

pub(crate) mod mysql;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::label::Dialect;
use crate::name::Name;

/// A type as written, with the many spellings of one type made one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Type {
    /// The name without a schema, folded where it was written without quotes.
    pub(crate) base: String,
    /// What stands in its parentheses: a length, precision and scale.
    pub(crate) args: Vec<i64>,
    pub(crate) array: bool,
    /// Whether the database fills the column from a sequence (`serial`).
    pub(crate) serial: bool,
}

impl Type {
    /// Reads a type as it is written in SQL.
    pub(crate) fn read(text: &str) -> Self {
        let lower = folded(text);
        let (head, rest) = lower.split_once('(').unwrap_or((&lower, ""));
        let (inner, tail) = rest.split_once(')').unwrap_or((rest, ""));
        let args = inner.split(',').filter_map(|part| part.trim().parse().ok()).collect();
        let array = head.contains('[')
            || tail.contains('[')
            || head.split_whitespace().any(|word| word == "array");
        let words = format!("{head} {tail}").replace("[]", " ");
        let mut words: Vec<&str> = words
            .split_whitespace()
            .map(in_its_schema)
            .filter(|word| !word.is_empty() && !word.starts_with('[') && *word != "array")
            .collect();
        // `integer collate x` and the like never reach here; what a dialect adds does.
        words.retain(|word| {
            !matches!(*word, "unsigned" | "zerofill" | "signed") || lower.starts_with("unsigned")
        });
        let unsigned = lower.split_whitespace().any(|word| word == "unsigned");
        let joined = words.join(" ");
        let (mut base, serial) = canonical(&joined);
        if unsigned {
            base.push_str(" unsigned");
        }
        Self { base, args, array, serial }
    }

    /// Its name, for what the files make themselves.
    pub(crate) fn name(&self) -> Name {
        match self.base.split_once('.') {
            Some((schema, name)) => Name { schema: Some(schema.to_owned()), name: name.to_owned() },
            None => Name::plain(self.base.clone()),
        }
    }

    /// A type that is the list of its values: another list is another type.
    pub(crate) fn of_values(text: String) -> Self {
        Self { base: text, args: Vec::new(), array: false, serial: false }
    }

    /// Whether the database itself knows the type, or an extension that refuses no `NULL`.
    pub(crate) fn is_known(&self) -> bool {
        let values = ["enum", "set"].iter().any(|list| {
            self.base.get(..list.len()).is_some_and(|start| start.eq_ignore_ascii_case(list))
        });
        values || KNOWN.contains(&self.base.trim_end_matches(" unsigned"))
    }

    pub(crate) fn is_text(&self) -> bool {
        !self.array && matches!(self.base.as_str(), "text" | "varchar")
    }

    /// Whether an explicit cast to it cuts what is too long without a word.
    pub(crate) fn may_cut(&self) -> bool {
        matches!(self.base.as_str(), "varchar" | "char") && !self.args.is_empty()
    }

    /// Whether a value of a like type is rounded to fit.
    pub(crate) fn may_round(&self) -> bool {
        match self.base.as_str() {
            "numeric" | "timestamp" | "timestamptz" | "time" | "timetz" => !self.args.is_empty(),
            "real" | "date" => true,
            _ => false,
        }
    }

    /// The longest text it holds; none where there is no limit.
    fn limit(&self) -> Option<i64> {
        if self.base == "varchar" { self.args.first().copied() } else { None }
    }

    /// The range of whole numbers it holds.
    fn whole(&self) -> Option<(i128, i128)> {
        if self.array {
            return None;
        }
        let bits = match self.base.trim_end_matches(" unsigned") {
            "tinyint" => 8,
            "smallint" => 16,
            "mediumint" => 24,
            "integer" => 32,
            "bigint" => 64,
            _ => return None,
        };
        Some(if self.base.ends_with("unsigned") {
            (0, (1_i128 << bits) - 1)
        } else {
            (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1)
        })
    }

    /// Digits before and after the point; none where there is no limit.
    fn digits(&self) -> Option<(i64, i64)> {
        let precision = self.args.first().copied()?;
        let scale = self.args.get(1).copied().unwrap_or(0);
        Some((precision - scale, scale))
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)?;
        if !self.args.is_empty() {
            let args: Vec<_> = self.args.iter().map(i64::to_string).collect();
            write!(f, "({})", args.join(","))?;
        }
        if self.array { f.write_str("[]") } else { Ok(()) }
    }
}

/// The name without a schema that is the usual one. The database's own types are in none of those: a
/// `text` in another schema is another type.
fn in_its_schema(word: &str) -> &str {
    let Some((schema, name)) = word.rsplit_once('.') else { return word.trim_matches('"') };
    let schema = schema.trim_matches('"');
    let plain = name.trim_matches('"');
    let of_extension =
        ["citext", "geography", "geometry", "hstore", "ltree", "vector"].contains(&plain);
    let own = KNOWN.contains(&canonical(plain).0.as_str()) && !of_extension;
    let usual = matches!(schema, "public" | "extensions");
    if schema == "pg_catalog" || usual && !own { plain } else { word }
}

/// Lower case outside of double quotes: `"Role"` is another type than `role`.
fn folded(text: &str) -> String {
    let (mut out, mut quoted) = (String::with_capacity(text.len()), false);
    for c in text.chars() {
        quoted ^= c == '"';
        if quoted {
            out.push(c);
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out
}

fn canonical(name: &str) -> (String, bool) {
    let (base, serial) = match name {
        "int" | "int4" | "integer" => ("integer", false),
        "int8" | "bigint" => ("bigint", false),
        "int2" | "smallint" => ("smallint", false),
        "serial" | "serial4" => ("integer", true),
        "bigserial" | "serial8" => ("bigint", true),
        "smallserial" | "serial2" => ("smallint", true),
        "varchar" | "character varying" | "char varying" | "nvarchar" => ("varchar", false),
        "char" | "character" | "bpchar" => ("char", false),
        "decimal" | "numeric" | "dec" => ("numeric", false),
        "float4" | "real" => ("real", false),
        "float8" | "double precision" | "float" | "double" => ("double precision", false),
        "bool" | "boolean" => ("boolean", false),
        "timestamptz" | "timestamp with time zone" => ("timestamptz", false),
        "timestamp" | "timestamp without time zone" => ("timestamp", false),
        "timetz" | "time with time zone" => ("timetz", false),
        "time" | "time without time zone" => ("time", false),
        "bit varying" | "varbit" => ("varbit", false),
        other => (other, false),
    };
    (base.to_owned(), serial)
}

const KNOWN: &[&str] = &[
    "bigint",
    "bit",
    "blob",
    "boolean",
    "box",
    "bytea",
    "char",
    "cidr",
    "circle",
    "citext",
    "date",
    "datemultirange",
    "daterange",
    "datetime",
    "double precision",
    "enum",
    "geography",
    "geometry",
    "hstore",
    "inet",
    "int4multirange",
    "int4range",
    "int8multirange",
    "int8range",
    "integer",
    "interval",
    "json",
    "jsonb",
    "line",
    "longblob",
    "longtext",
    "lseg",
    "ltree",
    "macaddr",
    "macaddr8",
    "mediumblob",
    "mediumint",
    "mediumtext",
    "money",
    "name",
    "numeric",
    "nummultirange",
    "numrange",
    "oid",
    "path",
    "pg_lsn",
    "point",
    "polygon",
    "real",
    "regclass",
    "regtype",
    "smallint",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "tinyblob",
    "tinyint",
    "tinytext",
    "tsmultirange",
    "tsquery",
    "tsrange",
    "tstzmultirange",
    "tstzrange",
    "tsvector",
    "uuid",
    "varbinary",
    "varbit",
    "varchar",
    "vector",
    "xml",
    "year",
    "",
];

/// What a change of type means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Every value of one is a value of the other, and looks the same.
    Same,
    /// The new one holds more. With `{}` for the column: a condition that is true for a
    /// value which the old type cannot hold.
    Wider(String),
    /// The old release may write what the new type refuses.
    Narrower,
    /// Values were rounded or cut.
    Lossy,
    /// Another type: comparisons, parameters and what a driver makes of it differ.
    Other,
}

/// Judges a change from one type to another. After `strong_migrations`' table of safe changes
/// for PostgreSQL, turned round: safe to apply is not the same as safe to go back from.
pub(crate) fn step(from: &Type, to: &Type, dialect: Dialect) -> Step {
    if dialect == Dialect::Mysql
        && let Some(step) = mysql::step(from, to)
    {
        return step;
    }
    if from.base == to.base && from.args == to.args && from.array == to.array {
        return Step::Same;
    }
    if from.array || to.array {
        return Step::Other;
    }
    if let (Some((low, high)), Some((new_low, new_high))) = (from.whole(), to.whole()) {
        return if new_low <= low && new_high >= high {
            Step::Wider(format!("{{}} > {high} OR {{}} < {low}"))
        } else {
            Step::Narrower
        };
    }
    if from.is_text() && to.is_text() {
        return match (from.limit(), to.limit()) {
            (None, None) => Step::Same,
            (Some(old), Some(new)) if new < old => Step::Narrower,
            (None, Some(_)) => Step::Narrower,
            (Some(old), _) => {
                // MySQL's `length` counts bytes; SQLite does not know the other name.
                let count = if dialect == Dialect::Mysql { "char_length" } else { "length" };
                Step::Wider(format!("{count}({{}}) > {old}"))
            }
        };
    }
    if from.base == to.base {
        return same_base(from, to);
    }
    Step::Other
}

fn same_base(from: &Type, to: &Type) -> Step {
    match from.base.as_str() {
        "numeric" => match (from.digits(), to.digits()) {
            (Some((before, after)), Some((new_before, new_after))) => {
                if new_after < after {
                    Step::Lossy
                } else if new_before < before {
                    Step::Narrower
                } else {
                    Step::Wider(beyond(before, after))
                }
            }
            (Some((before, after)), None) => Step::Wider(beyond(before, after)),
            (None, Some(_)) => Step::Lossy,
            (None, None) => Step::Same,
        },
        // More digits of a second than the old release writes; it reads them.
        "timestamp" | "timestamptz" | "time" | "timetz" => {
            let digits = |ty: &Type| ty.args.first().copied().unwrap_or(6);
            if digits(to) >= digits(from) { Step::Same } else { Step::Lossy }
        }
        "varbit" => match (from.args.first(), to.args.first()) {
            (Some(old), Some(new)) if new < old => Step::Narrower,
            (None, Some(_)) => Step::Narrower,
            (Some(old), _) => Step::Wider(format!("length({{}}) > {old}")),
            (None, None) => Step::Same,
        },
        _ => Step::Other,
    }
}

/// True for a number with more digits than these.
fn beyond(before: i64, after: i64) -> String {
    let bound = format!("1{}", "0".repeat(usize::try_from(before).unwrap_or(0)));
    format!("abs({{}}) >= {bound} OR {{}} <> round({{}}, {after})")
}
