//! Where the pieces of a line stand: in the order in which they are seen, which for Hebrew
//! and Arabic is not the one in which they are read.

use std::ops::Range;

use unicode_bidi::{Level, ParagraphBidiInfo};

use super::fonts::Fonts;
use super::line::{Line, Piece};

/// Settles the lines of one paragraph in a column of `width` points. The pieces of a line
/// stay in the order in which they are read; a paragraph that begins from right to left
/// stands at the right.
pub(super) fn settle(fonts: &Fonts, lines: &mut [Line], size: f32, width: f32) {
    let turns = |line: &Line| line.pieces.iter().any(|piece| piece.text.chars().any(is_rtl));
    if lines.iter().any(turns) {
        turn(fonts, lines, size, width);
        return;
    }
    for line in lines {
        // Letters that join take another width than each of them alone.
        if line.pieces.iter().any(|piece| piece.set.is_shaped()) {
            let order: Vec<usize> = (0..line.pieces.len()).collect();
            place(fonts, line, &order, size);
        }
    }
}

/// Whether `c` belongs to a script that runs from right to left.
pub(super) const fn is_rtl(c: char) -> bool {
    matches!(
        c,
        '\u{590}'..='\u{8ff}' | '\u{200f}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
            | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'
    )
}

/// Gives each piece its place, in the order in which they are seen.
fn place(fonts: &Fonts, line: &mut Line, order: &[usize], size: f32) {
    let mut x = 0.0;
    for at in order {
        if let Some(piece) = line.pieces.get_mut(*at) {
            piece.x = x;
            x += fonts.set_width(piece.set, &piece.text, piece.backwards) * size;
        }
    }
    line.width = x;
}

fn turn(fonts: &Fonts, lines: &mut [Line], size: f32, width: f32) {
    let pieces = lines.iter().flat_map(|line| &line.pieces);
    let text: String = pieces.map(|piece| piece.text.as_str()).collect();
    let told = ParagraphBidiInfo::new(&text, None);
    let mut from = 0;
    for line in lines {
        let until = from + line.pieces.iter().map(|piece| piece.text.len()).sum::<usize>();
        let (levels, runs) = told.visual_runs(from..until);
        let mut cut = Vec::new();
        let mut seen = Vec::new();
        for run in runs {
            let backwards = levels.get(run.start).is_some_and(Level::is_rtl);
            let first = seen.len();
            seen.extend(within(line, from, &run).map(|(start, piece)| {
                cut.push((start, Piece { backwards, ..piece }));
                start
            }));
            if backwards && let Some(run) = seen.get_mut(first..) {
                run.reverse();
            }
        }
        // Read in the order of the text, seen in the order of the runs.
        cut.sort_by_key(|(start, _)| *start);
        let at = |start: &usize| cut.binary_search_by_key(start, |(start, _)| *start).ok();
        let order: Vec<usize> = seen.iter().filter_map(at).collect();
        line.pieces = cut.into_iter().map(|(_, piece)| piece).collect();
        place(fonts, line, &order, size);
        if told.paragraph_level.is_rtl() && width.is_finite() {
            let gap = width - line.width;
            line.pieces.iter_mut().for_each(|piece| piece.x += gap);
        }
        from = until;
    }
}

/// The parts of a line's pieces that are in `run`, with the place of each in the paragraph.
/// The line begins at `from` there.
fn within<'l>(
    line: &'l Line,
    from: usize,
    run: &'l Range<usize>,
) -> impl Iterator<Item = (usize, Piece)> + 'l {
    let mut at = from;
    line.pieces.iter().filter_map(move |piece| {
        let (start, end) = (at, at + piece.text.len());
        at = end;
        let (low, high) = (start.max(run.start), end.min(run.end));
        let text = piece.text.get(low.checked_sub(start)?..high.checked_sub(start)?)?;
        let part = Piece { text: text.to_owned(), ..piece.clone() };
        (!text.is_empty()).then_some((low, part))
    })
}

#[cfg(test)]
mod tests {
    use super::super::line::lines;
    use super::*;
    use crate::export::outline::Span;

    /// The pieces of the first line from left to right.
    fn seen(words: &[Span], width: f32) -> Vec<(String, bool)> {
        let fonts = Fonts::load().expect("they are inside of this program");
        let line = lines(&fonts, words, 10.0, width).remove(0);
        let mut pieces = line.pieces;
        pieces.sort_by(|one, other| one.x.total_cmp(&other.x));
        pieces.into_iter().map(|piece| (piece.text, piece.backwards)).collect()
    }

    #[test]
    fn a_hebrew_name_in_an_english_sentence_is_turned_and_nothing_else() {
        let told = seen(&[Span::Text("By דנה at 9".to_owned())], 400.0);
        let whole: String = told.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(whole, "By דנה at 9");
        assert!(told.iter().all(|(text, back)| *back == (text == "דנה")), "{told:?}");
    }

    #[test]
    fn a_hebrew_sentence_stands_at_the_right_and_its_number_is_not_turned() {
        let fonts = Fonts::load().expect("they are inside of this program");
        let words = [Span::Text("גרסה 1.4.1 הוחזרה".to_owned())];
        let lines = lines(&fonts, &words, 10.0, 400.0);
        let told: String = lines[0].pieces.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(told, "גרסה 1.4.1 הוחזרה", "it is read as it was written");
        let first = &lines[0].pieces[0];
        let end = first.x + fonts.set_width(first.set, &first.text, true) * 10.0;
        assert!((end - 400.0).abs() < 0.1, "it ends at {end}");
        let number = lines[0].pieces.iter().find(|piece| piece.text.contains("1.4.1"));
        assert!(!number.expect("it is there").backwards);
    }

    #[test]
    fn a_note_from_right_to_left_does_not_turn_what_stands_beside_it() {
        let words = ["09:04Z ", "דנה בשעה 9", " (3 of 4)"].map(|text| Span::Text(text.to_owned()));
        let told: String = seen(&words, 400.0).into_iter().map(|(text, _)| text).collect();
        let told: String = told.chars().filter(char::is_ascii).collect();
        assert_eq!(told, "09:04Z 9   (3 of 4)", "its number is at its left end");
    }

    #[test]
    fn nothing_is_lost_where_lines_are_broken() {
        let fonts = Fonts::load().expect("they are inside of this program");
        let text = "אחת שתיים three ארבע חמש six שבע שמונה ".repeat(5);
        let lines = lines(&fonts, &[Span::Text(text.clone())], 10.0, 90.0);
        assert!(lines.len() > 5);
        let pieces = lines.iter().flat_map(|line| &line.pieces);
        let told: String = pieces.map(|piece| piece.text.as_str()).collect();
        assert_eq!(told, text);
    }
}
