//! Breaks words into lines.

use super::direction;
use super::flow::faced;
use super::fonts::{Face, Fonts, Type, clean};
use crate::export::outline::Span;

/// Text that is set with one font in one direction.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Its place from the line's beginning in points.
    pub(super) x: f32,
    pub(super) set: Type,
    pub(super) text: String,
    /// Whether it runs from right to left.
    pub(super) backwards: bool,
}

/// A line of text in pieces, in the order in which they are read.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub(super) pieces: Vec<Piece>,
    pub(super) width: f32,
}

impl Line {
    /// A line that is not broken, of letters that every face has.
    pub(super) fn plain(face: Face, text: &str) -> Self {
        let mut line = Self::default();
        line.add(Type::own(face), &clean(text), 0.0);
        line
    }

    fn add(&mut self, set: Type, text: &str, advance: f32) {
        match self.pieces.last_mut() {
            Some(last) if last.set == set => last.text.push_str(text),
            _ => {
                let text = text.to_owned();
                self.pieces.push(Piece { x: self.width, set, text, backwards: false });
            }
        }
        self.width += advance;
    }

    fn append(&mut self, other: &mut Self) {
        for piece in other.pieces.drain(..) {
            match self.pieces.last_mut() {
                Some(last) if last.set == piece.set => last.text.push_str(&piece.text),
                _ => self.pieces.push(Piece { x: self.width + piece.x, ..piece }),
            }
        }
        self.width += std::mem::take(&mut other.width);
    }

    const fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    fn ends_with(&self) -> Option<char> {
        self.pieces.last()?.text.chars().last()
    }
}

/// Breaks `words` into lines of at most `width` points: at spaces, between the characters
/// of scripts that have none, and within a word that is longer than a line. There is at
/// least one line.
pub(super) fn lines(fonts: &Fonts, words: &[Span], size: f32, width: f32) -> Vec<Line> {
    let mut broken = Broken {
        fonts,
        size,
        width,
        done: Vec::new(),
        line: Line::default(),
        word: Line::default(),
    };
    let mut first = 0;
    for span in words {
        let (face, text) = faced(span);
        let mut text = clean(text);
        if words.len() > 1 && text.chars().any(direction::is_rtl) {
            text = apart(&text);
        }
        fonts.units(face, &text, |set, unit| match unit {
            "\n" => {
                broken.end_of_line();
                direction::settle(
                    fonts,
                    broken.done.get_mut(first..).unwrap_or_default(),
                    size,
                    width,
                );
                first = broken.done.len();
            }
            _ => broken.take(set, unit),
        });
    }
    broken.commit();
    if !broken.line.is_empty() || broken.done.is_empty() {
        broken.end_of_line();
    }
    direction::settle(fonts, broken.done.get_mut(first..).unwrap_or_default(), size, width);
    broken.done
}

/// Keeps the direction of what one span says from its neighbours, and theirs from it: "first
/// strong isolate" and its end, as Unicode has them, which are not seen.
fn apart(text: &str) -> String {
    let lines = text.split('\n').map(|line| format!("\u{2068}{line}\u{2069}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// A single line of `words`, however long; what ends a line in them is a space.
pub(super) fn unbroken(fonts: &Fonts, words: &[Span], size: f32) -> Line {
    let one: Vec<Span> = words.iter().map(on_one_line).collect();
    lines(fonts, &one, size, f32::INFINITY).into_iter().next().unwrap_or_default()
}

fn on_one_line(span: &Span) -> Span {
    let flat = |text: &str| clean(text).replace('\n', " ");
    match span {
        Span::Text(text) => Span::Text(flat(text)),
        Span::Strong(text) => Span::Strong(flat(text)),
        Span::Code(text) => Span::Code(flat(text)),
    }
}

/// What is broken so far.
struct Broken<'a> {
    fonts: &'a Fonts,
    size: f32,
    width: f32,
    done: Vec<Line>,
    line: Line,
    word: Line,
}

impl Broken<'_> {
    fn take(&mut self, set: Type, unit: &str) {
        let advance = self.fonts.advance(set, unit) * self.size;
        if unit == " " {
            self.commit();
            // It hangs over the margin at the end of a line, and keeps words apart.
            self.line.add(set, unit, advance);
            return;
        }
        let next = unit.chars().next();
        if let (Some(last), Some(next)) = (self.word.ends_with(), next)
            && may_part(last, next)
        {
            self.commit();
        }
        self.word.add(set, unit, advance);
    }

    fn end_of_line(&mut self) {
        self.commit();
        let line = std::mem::take(&mut self.line);
        self.done.push(spoken(line));
    }

    /// Puts the word on the line, or on the next.
    fn commit(&mut self) {
        // Letters that join take less room than each of them alone.
        if self.word.pieces.iter().any(|piece| piece.set.is_shaped()) {
            let joined = self.word.pieces.iter().map(|piece| {
                let backwards = piece.text.chars().any(direction::is_rtl);
                self.fonts.set_width(piece.set, &piece.text, backwards) * self.size
            });
            self.word.width = joined.sum();
        }
        if self.line.width + self.word.width > self.width
            && !self.line.is_empty()
            && !self.word.is_empty()
        {
            self.done.push(std::mem::take(&mut self.line));
        }
        if self.word.width <= self.width {
            self.line.append(&mut self.word);
            return;
        }
        for piece in std::mem::take(&mut self.word).pieces {
            Fonts::units_of(&piece.text, |unit| {
                let advance = self.fonts.advance(piece.set, unit) * self.size;
                if self.line.width + advance > self.width && !self.line.is_empty() {
                    self.done.push(std::mem::take(&mut self.line));
                }
                self.line.add(piece.set, unit, advance);
            });
        }
    }
}

/// A line of nothing is a space: what is tagged must have something in it.
fn spoken(line: Line) -> Line {
    if line.is_empty() { Line::plain(Face::Regular, " ") } else { line }
}

/// Whether a line may end between two characters that have no space between them: where
/// one of them is Chinese or Japanese, but not before what closes or after what opens.
fn may_part(last: char, next: char) -> bool {
    const CLOSES: &str = "、。，．・：；？！」』）］｝〉》】〕〙〗ー々ゝゞヽヾぁぃぅぇぉっゃゅょァィゥェォッャュョ”’),.:;?!]}%";
    const OPENS: &str = "「『（［｛〈《【〔〘〖“‘([{";
    (is_wide(last) || is_wide(next)) && !CLOSES.contains(next) && !OPENS.contains(last)
}

/// Whether `c` belongs to a script that is written without spaces in full squares.
const fn is_wide(c: char) -> bool {
    matches!(
        c,
        '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{33ff}' | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}'
            | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3fffd}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(words: &[Span], width: f32) -> Vec<String> {
        let fonts = Fonts::load().expect("they are inside of this program");
        lines(&fonts, words, 10.0, width)
            .into_iter()
            .map(|line| line.pieces.into_iter().map(|piece| piece.text).collect())
            .collect()
    }

    #[test]
    fn lines_are_broken_at_spaces_and_within_a_word_that_is_too_long() {
        let words = [Span::Text("one two ".to_owned()), Span::Code("a".repeat(12))];
        let told = texts(&words, 40.0);
        assert_eq!(told.concat(), format!("one two {}", "a".repeat(12)), "nothing is lost");
        assert_eq!(told[0], "one two ");
        assert!(told.len() > 2, "{told:?}");
    }

    #[test]
    fn the_end_of_a_line_stays_one_and_nothing_is_a_space() {
        assert_eq!(texts(&[Span::Text("a\n\nb".to_owned())], 400.0), ["a", " ", "b"]);
        assert_eq!(texts(&[], 400.0), [" "]);
    }

    #[test]
    fn no_line_is_wider_than_it_may_be() {
        let fonts = Fonts::load().expect("they are inside of this program");
        let text = "Rolled back to 1.4.1, every objective kept, and a-very-long-name/of/a/path.";
        for line in lines(&fonts, &[Span::Text(text.to_owned())], 10.0, 90.0) {
            let told: String = line.pieces.iter().map(|piece| piece.text.as_str()).collect();
            let seen = fonts.width(Face::Regular, told.trim_end()) * 10.0;
            assert!(seen <= 90.01, "{told:?} is {seen} points wide");
        }
    }

    #[test]
    fn what_closes_a_chinese_clause_stays_on_its_line() {
        for (last, next, parted) in
            [('回', '滚', true), ('滚', '。', false), ('「', '旧', false), ('a', 'b', false)]
        {
            assert_eq!(may_part(last, next), parted, "{last}{next}");
        }
    }
}
