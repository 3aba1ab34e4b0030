//! The order in which a tool applies the files of a folder.

use std::cmp::Ordering;

use super::{Source, file_name};

/// Puts sources in the order in which migration tools apply them: by the version at the
/// beginning of the name, number by number, so that `V10` follows `V9`; Flyway's repeatable
/// ones (`R__`) last. Tools that keep a folder for each migration (Prisma, Diesel) are
/// ordered by the folder's name.
pub fn in_order(mut sources: Vec<Source>) -> Vec<Source> {
    sources.sort_by(|left, right| {
        repeatable(left)
            .cmp(&repeatable(right))
            .then_with(|| by_numbers(key(left), key(right)))
            .then_with(|| left.name.cmp(&right.name))
    });
    sources
}

fn repeatable(source: &Source) -> bool {
    file_name(&source.name).starts_with("R__")
}

fn key(source: &Source) -> &str {
    let name = file_name(&source.name);
    match name {
        "migration.sql" | "up.sql" => source
            .name
            .strip_suffix(name)
            .map_or(name, |folder| file_name(folder.trim_end_matches(['/', '\\']))),
        _ => name.strip_prefix(['V', 'v', 'B']).unwrap_or(name),
    }
}

/// Compares with runs of digits as numbers.
fn by_numbers(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left, right);
    loop {
        match (left.chars().next(), right.chars().next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(one), Some(other)) if one.is_ascii_digit() && other.is_ascii_digit() => {
                let (value, rest) = number(left);
                let (against, behind) = number(right);
                let order = value.len().cmp(&against.len()).then_with(|| value.cmp(against));
                if order.is_ne() {
                    return order;
                }
                (left, right) = (rest, behind);
            }
            (Some(one), Some(other)) => {
                if one != other {
                    return one.cmp(&other);
                }
                (left, right) = (&left[one.len_utf8()..], &right[other.len_utf8()..]);
            }
        }
    }
}

/// The digits at the beginning, without zeros in front, and what follows.
fn number(text: &str) -> (&str, &str) {
    let end = text.find(|one: char| !one.is_ascii_digit()).unwrap_or(text.len());
    (text[..end].trim_start_matches('0'), &text[end..])
}
