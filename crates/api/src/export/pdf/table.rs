//! Tables. A row that does not fit goes on with the next sheet, under the names of the
//! columns once more.

use krilla::tagging::{TableHeaderScope, Tag};

use super::flow::{Flow, LEADING, SMALL, faced};
use super::line::Line;
use super::sheet::{Ink, MARGIN, Shape};
use super::tags::NodeId;
use crate::export::outline::{Span, Words};

const PAD: f32 = 4.0;
const STEP: f32 = SMALL * LEADING;

/// What a table says: its caption, the names of its columns, its rows.
type Said<'a> = (&'a str, &'a [String], &'a [Vec<Words>]);

pub(super) fn lay_out(flow: &mut Flow<'_>, of: Option<NodeId>, (caption, head, rows): Said<'_>) {
    let widths = widths(flow, head, rows);
    flow.sheets.gap(2.0);
    let table = flow.sheets.tags.add(of, Tag::Table.with_summary(Some(caption.to_owned())));
    let heading = flow.sheets.tags.add(Some(table), Tag::THead);
    let names: Vec<Words> = head.iter().map(|name| vec![Span::Strong(name.clone())]).collect();
    let names = cells(flow, &names, &widths);
    // The names of the columns and one row belong together.
    flow.sheets.need(STEP * 2.0 + height(&names) + 4.0 * PAD);
    let row = flow.sheets.tags.add(Some(heading), Tag::TR);
    let of_column = |flow: &mut Flow<'_>, _: usize| {
        flow.sheets.tags.add(Some(row), Tag::TH(TableHeaderScope::Column))
    };
    let nodes: Vec<Option<NodeId>> = (0..names.len()).map(|at| Some(of_column(flow, at))).collect();
    put(flow, &names, &nodes, &widths, None);
    let body = flow.sheets.tags.add(Some(table), Tag::TBody);
    for row in rows {
        let broken = cells(flow, row, &widths);
        let row = flow.sheets.tags.add(Some(body), Tag::TR);
        let nodes: Vec<Option<NodeId>> = (0..broken.len())
            .map(|at| {
                Some(if at == 0 {
                    flow.sheets.tags.add(Some(row), Tag::TH(TableHeaderScope::Row))
                } else {
                    flow.sheets.tags.add(Some(row), Tag::TD)
                })
            })
            .collect();
        put(flow, &broken, &nodes, &widths, Some(&names));
    }
    flow.sheets.gap(8.0);
}

/// The cells of a row, broken into lines.
fn cells(flow: &Flow<'_>, row: &[Words], widths: &[f32]) -> Vec<Vec<Line>> {
    let broken = row.iter().zip(widths);
    broken.map(|(cell, width)| flow.broken(cell, SMALL, width - 2.0 * PAD)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "lines of a cell")]
fn height(cells: &[Vec<Line>]) -> f32 {
    cells.iter().map(Vec::len).max().unwrap_or(0) as f32 * STEP
}

/// Puts a row down, as many of its lines as a sheet has room for at a time.
fn put(
    flow: &mut Flow<'_>,
    cells: &[Vec<Line>],
    nodes: &[Option<NodeId>],
    widths: &[f32],
    names: Option<&[Vec<Line>]>,
) {
    let count = cells.iter().map(Vec::len).max().unwrap_or(0);
    let mut from = 0;
    while from < count {
        let all = height(cells) + 2.0 * PAD;
        let fits_alone = all + height(names.unwrap_or_default()) + 2.0 * PAD <= flow.sheets.whole();
        let wanted = if from == 0 && fits_alone { all } else { STEP + 2.0 * PAD };
        if flow.sheets.need(wanted)
            && let Some(names) = names
        {
            let nobody = vec![None; names.len()];
            put(flow, names, &nobody, widths, None);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a few dozen lines on a sheet"
        )]
        let room = ((flow.sheets.left() - 2.0 * PAD) / STEP).floor().max(1.0) as usize;
        let until = count.min(from + room);
        let top = flow.sheets.y + PAD;
        let mut x = MARGIN;
        for ((lines, node), width) in cells.iter().zip(nodes).zip(widths) {
            let mut y = top;
            for line in lines.get(from..until.min(lines.len())).unwrap_or_default() {
                flow.sheets.text(*node, Ink::Text, (x + PAD, y), SMALL, line.clone());
                y += STEP;
            }
            x += width;
        }
        #[expect(clippy::cast_precision_loss, reason = "lines of a cell")]
        let bottom = top + (until - from) as f32 * STEP + PAD;
        flow.sheets.y = bottom;
        let stroke = vec![(MARGIN, bottom), (MARGIN + flow.sheets.width(), bottom)];
        let width = if names.is_none() { 1.0 } else { 0.5 };
        let shape = Shape::Strokes { strokes: vec![stroke], width, dashed: false };
        flow.sheets.put(None, Ink::Rule, shape);
        from = until;
    }
}

/// The width of each column in points: what its longest text takes when there is room for
/// all, else at least its longest word, and of the rest in proportion.
fn widths(flow: &Flow<'_>, head: &[String], rows: &[Vec<Words>]) -> Vec<f32> {
    let measure = |words: &[Span]| {
        let (mut whole, mut longest) = (0.0_f32, 0.0_f32);
        for (face, text) in words.iter().map(faced) {
            whole += flow.fonts.width(face, text) * SMALL;
            let each = text.split_whitespace();
            longest =
                each.fold(longest, |so_far, word| so_far.max(flow.fonts.width(face, word) * SMALL));
        }
        (whole + 2.0 * PAD + 1.0, longest + 2.0 * PAD + 1.0)
    };
    let mut columns: Vec<(f32, f32)> =
        head.iter().map(|name| measure(&[Span::Strong(name.clone())])).collect();
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(row) {
            let (whole, longest) = measure(cell);
            *column = (column.0.max(whole), column.1.max(longest));
        }
    }
    shares(&columns, flow.sheets.width())
}

#[expect(clippy::cast_precision_loss, reason = "a few columns")]
fn shares(columns: &[(f32, f32)], width: f32) -> Vec<f32> {
    let count = columns.len().max(1) as f32;
    let whole: f32 = columns.iter().map(|(whole, _)| whole).sum();
    if whole <= width {
        return columns.iter().map(|(own, _)| own + (width - whole) / count).collect();
    }
    // No column may starve the others with one endless word.
    let least: Vec<f32> = columns.iter().map(|(_, longest)| longest.min(width / count)).collect();
    let rest = (width - least.iter().sum::<f32>()).max(0.0);
    let wanted: Vec<f32> =
        columns.iter().zip(&least).map(|((own, _), least)| own - least).collect();
    let sum = wanted.iter().sum::<f32>().max(1.0);
    least.iter().zip(&wanted).map(|(least, wanted)| least + rest * wanted / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_share_the_width_and_none_starves() {
        for columns in [
            vec![(40.0, 20.0), (60.0, 30.0)],
            vec![(40.0, 20.0), (9000.0, 30.0), (50.0, 50.0)],
            vec![(9000.0, 9000.0), (40.0, 20.0)],
        ] {
            let widths = shares(&columns, 300.0);
            let sum: f32 = widths.iter().sum();
            assert!((sum - 300.0).abs() < 0.01, "{widths:?}");
            for ((_, longest), width) in columns.iter().zip(&widths) {
                assert!(*width >= longest.min(300.0 / 3.0) - 0.01, "{columns:?}: {widths:?}");
            }
        }
    }
}
