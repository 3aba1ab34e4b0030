//! MySQL's own types: what a word means there that means something else elsewhere, and which
//! changes keep what was stored.

use std::cmp::Ordering;

use super::{Step, Type};

/// Reads a type as MySQL understands it, with what it fills in where nothing is said.
pub(crate) fn read(text: &str) -> Type {
    let lower = text.trim().to_lowercase();
    if is_list(&lower) {
        // Its values are the type.
        return Type::of_values(text.to_owned());
    }
    let mut ty = Type::read(text);
    let word = lower.split(|one: char| !one.is_ascii_alphabetic()).next().unwrap_or_default();
    match word {
        // A number alone is bits; two are digits, and round.
        "float" => {
            if !matches!(ty.args.as_slice(), [bits] if *bits > 24) {
                ty.base = ty.base.replace("double precision", "real");
            }
            if ty.args.len() == 1 {
                ty.args.clear();
            }
        }
        "real" => ty.base = ty.base.replace("real", "double precision"),
        "serial" => {
            "bigint unsigned".clone_into(&mut ty.base);
            ty.serial = true;
        }
        "bool" | "boolean" => "tinyint".clone_into(&mut ty.base),
        "decimal" | "dec" | "numeric" | "fixed" => {
            ty.base = ty.base.replace("fixed", "numeric");
            let mut said = ty.args.iter().copied();
            ty.args = vec![said.next().unwrap_or(10), said.next().unwrap_or(0)];
        }
        "timestamp" | "datetime" | "time" if ty.args.is_empty() => ty.args = vec![0],
        "char" | "character" | "binary" | "bit" if ty.args.is_empty() && ty.base != "varchar" => {
            ty.args = vec![1];
        }
        "year" => ty.args.clear(),
        _ => {}
    }
    if ty.whole().is_some() {
        // How wide a number is shown.
        ty.args.clear();
    }
    ty
}

/// Judges a change that only MySQL knows, or knows better.
pub(super) fn step(from: &Type, to: &Type) -> Option<Step> {
    if let Some(step) = list_step(&from.base, &to.base) {
        return Some(step);
    }
    if let (Some((texts, old)), Some((still, new))) = (room(from), room(to))
        && texts == still
    {
        return Some(match new.cmp(&old) {
            Ordering::Less => Step::Narrower,
            Ordering::Equal => Step::Same,
            Ordering::Greater => Step::Wider(format!("octet_length({{}}) > {old}")),
        });
    }
    if let (Some(old), Some((true, new))) = (from.limit(), room(to)) {
        // Four bytes for a letter, at the most.
        return Some(if new / 4 < old {
            Step::Narrower
        } else {
            Step::Wider(format!("char_length({{}}) > {old}"))
        });
    }
    let bare = |ty: &Type| ty.base.trim_end_matches(" unsigned").to_owned();
    let (old, new) = (bare(from), bare(to));
    let broken = matches!(old.as_str(), "numeric" | "real" | "double precision");
    let moment = matches!(old.as_str(), "datetime" | "timestamp");
    let rounded = (old == "double precision" && new == "real")
        || (broken && to.whole().is_some())
        || (moment && matches!(new.as_str(), "date" | "time" | "year"));
    if rounded {
        return Some(Step::Lossy);
    }
    if old == "datetime" && new == "datetime" {
        return Some(if to.args < from.args { Step::Lossy } else { Step::Same });
    }
    None
}

fn is_list(lower: &str) -> bool {
    ["enum", "set"]
        .iter()
        .any(|word| lower.strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with('(')))
}

/// Whether it is a text, and the most bytes that it holds.
fn room(ty: &Type) -> Option<(bool, i64)> {
    match ty.base.as_str() {
        "tinytext" => Some((true, 0xFF)),
        "text" if ty.args.is_empty() => Some((true, 0xFFFF)),
        "mediumtext" => Some((true, 0xFF_FFFF)),
        "longtext" => Some((true, 0xFFFF_FFFF)),
        "tinyblob" => Some((false, 0xFF)),
        "blob" if ty.args.is_empty() => Some((false, 0xFFFF)),
        "mediumblob" => Some((false, 0xFF_FFFF)),
        "longblob" => Some((false, 0xFFFF_FFFF)),
        "varbinary" => ty.args.first().map(|most| (false, *most)),
        _ => None,
    }
}

/// A list that has become longer at its end keeps every value and every number of one.
fn list_step(from: &str, to: &str) -> Option<Step> {
    let (old, new) = (values(from)?, values(to)?);
    let is_set = from.to_lowercase().starts_with("set");
    if is_set != to.to_lowercase().starts_with("set") {
        return None;
    }
    let more = new.strip_prefix(old.as_slice())?;
    if more.is_empty() {
        return Some(Step::Same);
    }
    let found: Vec<String> = more
        .iter()
        .map(|value| {
            let value = crate::name::literal(value);
            if is_set {
                format!("FIND_IN_SET({value}, {{}}) > 0")
            } else {
                format!("{{}} = {value}")
            }
        })
        .collect();
    Some(Step::Wider(found.join(" OR ")))
}

/// The values of a list, in order. None for what is not a list, or not only one of plain strings.
fn values(text: &str) -> Option<Vec<String>> {
    let lower = text.to_lowercase();
    if !is_list(&lower) || text.contains(['\\', '"', '{']) {
        return None;
    }
    let (_, inner) = text.split_once('(')?;
    let inner = inner.trim_end().strip_suffix(')')?;
    let mut found = Vec::new();
    let mut rest = inner.trim();
    loop {
        rest = rest.strip_prefix('\'')?;
        let mut value = String::new();
        loop {
            let (part, after) = rest.split_once('\'')?;
            value.push_str(part);
            rest = after;
            let Some(after) = rest.strip_prefix('\'') else { break };
            value.push('\'');
            rest = after;
        }
        found.push(value);
        rest = rest.trim_start();
        if rest.is_empty() {
            return Some(found);
        }
        rest = rest.strip_prefix(',')?.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::super::step;
    use super::*;
    use crate::label::Dialect;

    fn change(from: &str, to: &str) -> Step {
        step(&read(from), &read(to), Dialect::Mysql)
    }

    #[test]
    fn what_mysql_fills_in_is_known() {
        for (short, long) in [
            ("DECIMAL", "NUMERIC(10,0)"),
            ("DECIMAL(5)", "DEC(5,0)"),
            ("TIMESTAMP", "timestamp(0)"),
            ("BOOL", "TINYINT(1)"),
            ("INT(11)", "INTEGER"),
            ("CHAR", "CHARACTER(1)"),
            ("REAL", "DOUBLE"),
            ("FLOAT(53)", "DOUBLE"),
        ] {
            assert_eq!(read(short), read(long), "{short} is {long}");
        }
        assert_ne!(read("FLOAT"), read("DOUBLE"), "one is half as long");
    }

    #[test]
    fn what_is_rounded_away_is_lost() {
        for (from, to) in [
            ("DECIMAL(10,2)", "DECIMAL"),
            ("DECIMAL(10,2)", "INT"),
            ("DOUBLE", "FLOAT"),
            ("DATETIME(6)", "DATETIME"),
            ("TIMESTAMP(3)", "TIMESTAMP"),
            ("TIME(6)", "TIME"),
            ("DATETIME", "DATE"),
        ] {
            assert_eq!(change(from, to), Step::Lossy, "{from} to {to}");
        }
        assert_eq!(change("DATETIME", "DATETIME(6)"), Step::Same, "the old release writes fewer");
    }

    #[test]
    fn what_became_longer_is_asked_about() {
        let wider = |condition: &str| Step::Wider(condition.to_owned());
        assert_eq!(change("TEXT", "LONGTEXT"), wider("octet_length({}) > 65535"));
        assert_eq!(change("VARCHAR(50)", "MEDIUMTEXT"), wider("char_length({}) > 50"));
        assert_eq!(change("VARCHAR(50)", "VARCHAR(60)"), wider("char_length({}) > 50"));
        assert_eq!(change("VARCHAR(100)", "TINYTEXT"), Step::Narrower, "four bytes for a letter");
        assert_eq!(change("LONGTEXT", "TEXT"), Step::Narrower);
        assert_eq!(change("VARBINARY(9)", "BLOB"), wider("octet_length({}) > 9"));
        assert_eq!(change("TEXT", "LONGBLOB"), Step::Other);
        assert_eq!(change("ENUM('a', 'b')", "ENUM('a','b','it''s')"), wider("{} = 'it''s'"));
        assert_eq!(change("SET('a')", "SET('a','b')"), wider("FIND_IN_SET('b', {}) > 0"));
    }

    #[test]
    fn a_list_in_another_order_is_another_type() {
        for to in ["ENUM('b','a')", "ENUM('a')", "ENUM('x','a','b')", "SET('a','b','c')"] {
            assert_eq!(change("ENUM('a','b')", to), Step::Other, "{to}");
        }
        assert_eq!(change("ENUM('a','b')", "enum('a', 'b')"), Step::Same);
    }
}
