//! Whether what fills a column always fits it: a default or a computed value that is refused is
//! an `INSERT` of the old release that fails.

use crate::change::{Kind, Rule};
use crate::expression::{Expression, Value};
use crate::name::Name;
use crate::types::Type;

use super::{Sight, Verdict};

/// Whether a constant default fits a type. A plain literal is read when the default is set; a length, a
/// precision, a cast and everything that is computed wait for the row.
pub(super) fn constant(sight: &Sight<'_>, ty: &Type, text: &str) -> bool {
    let read = Expression::read(text);
    let Some((value, cast)) = read.literal() else {
        return ty.array && ty.args.is_empty() && read.is_array_of_texts();
    };
    if !ty.is_known() {
        return sight.world.is_known(Kind::Type, &ty.name());
    }
    let cast = cast.map(|text| Type::read(&text));
    if cast.as_ref().is_some_and(|cast| !alike(cast, ty)) {
        return false;
    }
    if ty.array {
        return ty.args.is_empty();
    }
    let length = |text: &str| i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let number = match &value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.trim().parse::<f64>().ok(),
        Value::Truth(_) => None,
    };
    let within = |most: f64| number.is_some_and(|number| number.abs() <= most);
    match ty.base.as_str() {
        "varchar" | "char" => match (ty.args.first(), &value) {
            (None, _) => true,
            (Some(limit), Value::Text(text)) => length(text) <= *limit,
            (Some(_), Value::Number(_) | Value::Truth(_)) => false,
        },
        "smallint" => within(f64::from(i16::MAX)),
        "integer" => within(f64::from(i32::MAX)),
        "bigint" => within(9.0e18),
        "numeric" => ty.args.first().is_none_or(|precision| {
            let before = precision - ty.args.get(1).copied().unwrap_or(0);
            i32::try_from(before).is_ok_and(|before| within(10_f64.powi(before) - 1.0))
        }),
        "bit" | "varbit" => ty.args.is_empty(),
        _ => true,
    }
}

/// Whether a value of one is taken by the other, but for its size.
fn alike(cast: &Type, ty: &Type) -> bool {
    let number = |ty: &Type| {
        matches!(ty.base.as_str(), "smallint" | "integer" | "bigint" | "numeric") && !ty.array
    };
    let sized = |ty: &Type| ty.is_text() || ty.base == "char" && !ty.array;
    cast.base == ty.base && cast.array == ty.array && (cast.args == ty.args || cast.args.is_empty())
        || cast.args.is_empty() && (number(cast) && number(ty) || sized(cast) && sized(ty))
}

/// Whether what is found anew for each row fits a type.
pub(super) fn per_row(ty: &Type, call: &str) -> bool {
    let read = Expression::read(call);
    let text = call.to_lowercase();
    let only = |words: &[&str]| {
        text.split(|one: char| !one.is_alphanumeric() && one != '_' && one != '\'')
            .filter(|word| !word.is_empty() && !word.starts_with('\'') && !word.ends_with('\''))
            .all(|word| words.contains(&word) || word.chars().all(|digit| digit.is_ascii_digit()))
    };
    let unlimited = ty.is_text() && ty.args.is_empty();
    let moments = [
        "now",
        "current_timestamp",
        "current_date",
        "localtimestamp",
        "clock_timestamp",
        "statement_timestamp",
        "transaction_timestamp",
        "timezone",
        "at",
        "time",
        "zone",
        "utc",
        "interval",
        "day",
        "days",
        "hour",
        "hours",
        "month",
        "months",
        "year",
        "years",
        "minutes",
        "timestamp",
        "timestamptz",
        "date",
        "with",
        "without",
        "current_time",
        "localtime",
    ];
    match ty.base.as_str() {
        _ if ty.array => false,
        "timestamp" | "timestamptz" | "date" | "time" | "timetz" | "datetime" => {
            // A zone that is not there is missed only when a row is written.
            only(&moments) && (!text.contains("zone") || text.contains("'utc'"))
        }
        "uuid" => only(&[
            "gen_random_uuid",
            "uuid_generate_v4",
            "uuid_generate_v1",
            "uuid_generate_v1mc",
            "uuidv4",
            "uuidv7",
            "public",
            "extensions",
        ]),
        "integer" | "bigint" => read.is_next_number(),
        "double precision" => text == "random()",
        "json" | "jsonb" => matches!(
            text.as_str(),
            "json_build_object()" | "jsonb_build_object()" | "jsonb_build_array()"
        ),
        "text" | "varchar" if unlimited => {
            read.unknown_call().is_none()
                && !read.has_arithmetic()
                && text.split("::").skip(1).all(|cast| {
                    cast.trim_start().starts_with("text")
                        || cast.trim_start().starts_with("varchar")
                })
                && !text.contains("cast")
        }
        _ => false,
    }
}

/// What a default means for the rows that leave the column out.
pub(super) fn default(
    sight: &Sight<'_>,
    table: &Name,
    column: &str,
    ty: &Type,
    constant_text: Option<&str>,
    call: Option<&str>,
) -> Option<Verdict> {
    let refused = |why: String| Some(Verdict::tightens(why));
    let fits = match (constant_text, call) {
        (Some(text), _) => constant(sight, ty, text),
        (None, Some(call)) => per_row(ty, call),
        (None, None) => true,
    };
    if !fits {
        return Some(Verdict::opaque(format!(
            "whether the default of `{column}` always fits `{ty}` must be read"
        )));
    }
    let value = constant_text.and_then(|text| Expression::read(text).value());
    let state = sight.world.table(table)?;
    for (name, constraint, _) in &state.constraints {
        match &constraint.rule {
            Rule::Check(check) if check.columns().contains(&column) => {
                let passes =
                    value.as_ref().is_some_and(|value| check.lets_pass(column, Some(value)));
                if !passes {
                    return refused(format!(
                        "the check `{name}` may refuse the default of `{column}`"
                    ));
                }
            }
            Rule::Unique { columns, .. } | Rule::PrimaryKey { columns, .. }
                if call.is_none() && columns.iter().any(|one| one == column) =>
            {
                return refused(format!(
                    "a second row with the default of `{column}` meets `{name}`"
                ));
            }
            Rule::ForeignKey { columns, .. } if columns.iter().any(|one| one == column) => {
                return refused(format!(
                    "the default of `{column}` may point at nothing (`{name}`)"
                ));
            }
            Rule::Exclude => {
                return Some(Verdict::opaque(format!(
                    "whether `{name}` lets the default in must be read"
                )));
            }
            Rule::Check(_)
            | Rule::Unique { .. }
            | Rule::PrimaryKey { .. }
            | Rule::ForeignKey { .. }
            | Rule::NotNull { .. } => {}
        }
    }
    if call.is_none() && sight.world.has_unique_index(table, column) {
        return refused(format!(
            "a second row with the default of `{column}` meets a unique index"
        ));
    }
    None
}

/// Whether computing a column can fail for no row that its table takes.
pub(super) fn computes(sight: &Sight<'_>, table: &Name, ty: &Type, found: &Expression) -> bool {
    let known =
        |column: &str| sight.world.column(table, column).and_then(|known| known.ty.as_ref());
    if let Some(column) = found.column() {
        return known(column) == Some(ty);
    }
    let unlimited = ty.is_text() && ty.args.is_empty();
    if unlimited {
        return found.is_text_only();
    }
    match ty.base.as_str() {
        _ if ty.array => false,
        "boolean" => found.cannot_fail(),
        "integer" | "bigint" => found.is_length(),
        "numeric" if ty.args.is_empty() => {
            found.is_sum_or_product()
                && found
                    .columns()
                    .iter()
                    .all(|column| known(column).is_some_and(|ty| ty.base == "numeric" && !ty.array))
        }
        _ => false,
    }
}
