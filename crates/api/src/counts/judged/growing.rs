//! Counters that grow, given where counts of each tick are wanted: every request would be
//! counted again at every tick after its own.

use lastgood_core::judge::Counts;

use super::Row;

/// Fewer ticks grow by chance.
const TICKS_AT_LEAST: usize = 5;

/// How many times the first value the last one is at least: traffic that grows with the day
/// grows less in one table.
const TIMES: u64 = 3;

/// Whether both columns of every arm do nothing but grow, and strongly. While a rollout goes on
/// the one arm grows because the other one shrinks; counters grow together.
pub(super) fn looks_like_counters<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> bool {
    let arms: [Vec<Counts>; 2] = [
        rows.clone().filter_map(|row| row.canary).collect(),
        rows.filter_map(|row| row.baseline).collect(),
    ];
    let mut long = arms.iter().filter(|counts| counts.len() >= TICKS_AT_LEAST).peekable();
    long.peek().is_some() && long.all(|counts| grows(counts))
}

fn grows(counts: &[Counts]) -> bool {
    let (Some(first), Some(last)) = (counts.first(), counts.last()) else { return false };
    counts.windows(2).all(|pair| pair[0].total < pair[1].total && pair[0].bad <= pair[1].bad)
        && last.total >= first.total.saturating_mul(TIMES)
        && last.bad > first.bad
}
