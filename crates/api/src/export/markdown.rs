//! What a team pastes into its postmortem as it is.

use super::harmless;
use super::outline::{Block, Chart, Item, Outline, Span};

/// Renders `outline`. What others wrote is text and never markup; what a person wrote in
/// Markdown stays as it is.
#[must_use]
pub fn render(outline: &Outline) -> String {
    let mut page = Page::default();
    page.line(&format!("# {}", text(&outline.title)));
    page.gap();
    page.blocks(&outline.lead);
    for section in &outline.sections {
        page.line(&format!("## {}", text(&section.title)));
        page.gap();
        page.blocks(&section.blocks);
    }
    page.line(&words(&outline.foot));
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn gap(&mut self) {
        self.0.push('\n');
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Line(line) => self.line(&words(line)),
                Block::Banner(line) => self.line(&format!("> {}", words(line))),
                Block::Heading(title) => self.line(&format!("**{}**", text(title))),
                Block::List(items) => items.iter().for_each(|item| self.item(item)),
                Block::Table { head, rows, .. } => self.table(head, rows),
                Block::Prose(markdown) => {
                    self.line(&markdown.trim().chars().map(harmless).collect::<String>());
                }
                Block::Chart(chart) => self.line(&sparkline(chart)),
                // One text cannot hold it; the list of attachments names it.
                Block::Picture(_) => continue,
            }
            self.gap();
        }
    }

    fn item(&mut self, item: &Item) {
        self.line(&format!("- {}", words(&item.words)));
        for one in &item.under {
            self.line(&format!("  - {}", words(one)));
        }
    }

    fn table(&mut self, head: &[String], rows: &[Vec<Vec<Span>>]) {
        let mut row = |cells: Vec<String>| {
            let cells: Vec<String> =
                cells.into_iter().map(|cell| cell.replace('|', "\\|")).collect();
            self.line(&format!("| {} |", cells.join(" | ")));
        };
        row(head.iter().map(|cell| text(cell)).collect());
        row(head.iter().map(|_| "---".to_owned()).collect());
        for cells in rows {
            row(cells.iter().map(|cell| words(cell)).collect());
        }
    }
}

fn words(words: &[Span]) -> String {
    words
        .iter()
        .map(|span| match span {
            Span::Text(raw) => text(raw),
            Span::Strong(raw) => format!("**{}**", text(raw)),
            Span::Code(raw) => code(raw),
        })
        .collect()
}

/// Text from outside as Markdown text: on one line, and with nothing in it that a
/// renderer would take for markup, a link or HTML.
fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(harmless(c)),
        }
    }
    out
}

/// A name or an identifier as code.
fn code(raw: &str) -> String {
    let clean: String =
        raw.chars().map(|c| if c == '`' || c == '\n' { ' ' } else { harmless(c) }).collect();
    format!("`{clean}`")
}

/// The rate over time as one line of blocks; a gap where nothing is known.
fn sparkline(chart: &Chart) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    const WIDTH: usize = 60;
    let each = chart.points.len().div_ceil(WIDTH).max(1);
    let bars: String = chart
        .points
        .chunks(each)
        .map(|chunk| {
            let worst = chunk.iter().filter_map(|(_, rate)| *rate).reduce(f64::max);
            worst.map_or(' ', |rate| {
                let level = (rate / chart.top() * 8.0).floor().clamp(0.0, 7.0);
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "between 0 and 7"
                )]
                let level = level as usize;
                BARS[level]
            })
        })
        .collect();
    format!(
        "{}, `{bars}` (top {}, budget {}): {}",
        text(&chart.title),
        lastgood_core::judge::percent(chart.top()),
        lastgood_core::judge::percent(chart.budget),
        text(&chart.twin)
    )
}
