//! Rows: written, changed, deleted.

use crate::change::{Fill, Kind};
use crate::name::Name;

use super::table::new_table;
use super::{Sight, Verdict};

pub(super) fn insert(
    sight: &Sight<'_>,
    table: &Name,
    columns: &[String],
    overwrites: bool,
) -> Verdict {
    if sight.world.is_born(Kind::Table, table) {
        return new_table(table);
    }
    if overwrites {
        return Verdict::loses(format!("rows of `{table}` that were there are overwritten"));
    }
    let numbered = |column: &String| match sight.world.column(table, column) {
        Some(known) => {
            matches!(known.fill, Fill::PerRow(_)) || known.ty.as_ref().is_some_and(|ty| ty.serial)
        }
        None => column == "id",
    };
    if columns.is_empty() || columns.iter().any(numbered) {
        return Verdict::opaque(format!(
            "rows for `{table}` bring their own numbers, which the next ones of the old release may meet"
        ));
    }
    Verdict::compatible(format!("rows are added to `{table}`; none is changed"))
}

pub(super) fn update(sight: &Sight<'_>, table: &Name, columns: &[String]) -> Verdict {
    let new = !columns.is_empty()
        && columns.iter().all(|column| sight.world.is_new_column(table, column));
    if new || sight.world.is_born(Kind::Table, table) {
        return Verdict::compatible(format!(
            "only columns of `{table}` that these migrations made are filled"
        ));
    }
    let which: Vec<_> = columns
        .iter()
        .filter(|column| !sight.world.is_new_column(table, column))
        .map(String::as_str)
        .collect();
    if which.is_empty() {
        return Verdict::loses(format!("values in `{table}` are overwritten"));
    }
    Verdict::loses(format!("the old values of `{table}.{}` are overwritten", which.join("`, `")))
}

pub(super) fn delete(sight: &Sight<'_>, table: &Name, what: &str) -> Verdict {
    if sight.world.is_born(Kind::Table, table) {
        return new_table(table);
    }
    Verdict::loses(format!("rows of `{table}` are {what}"))
}
