//! One file for a browser: no scripts, nothing loaded from anywhere, charts as pictures
//! inside of it, and pages that print.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html::push_html};

use super::outline::{Block, Chart, Item, Outline, Picture, SHOWN, Span};

/// Allows the style of the page itself and pictures inside of it, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// Renders `outline`.
#[must_use]
pub fn render(outline: &Outline) -> String {
    let mut page = String::new();
    let title = text(&outline.title);
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title}</title>\n<style>\n{}{}</style>\n</head>\n<body>\n",
        include_str!("page.css"),
        outline.watermark.as_deref().map(in_the_margin).unwrap_or_default()
    );
    if let Some(watermark) = &outline.watermark {
        let _ = writeln!(page, "<p class=\"watermark\">{}</p>", text(watermark));
    }
    let _ = writeln!(page, "<main>\n<h1>{title}</h1>");
    blocks(&mut page, &outline.lead);
    for (number, section) in outline.sections.iter().enumerate() {
        let _ = writeln!(
            page,
            "<section aria-labelledby=\"s{number}\">\n<h2 id=\"s{number}\">{}</h2>",
            text(&section.title)
        );
        blocks(&mut page, &section.blocks);
        page.push_str("</section>\n");
    }
    let _ = writeln!(page, "</main>\n<footer>{}</footer>\n</body>\n</html>", words(&outline.foot));
    page
}

/// The mark of a drill in the margin of every printed page, where it covers no text. What is
/// not a letter or a digit is escaped: nothing of it ends the string.
fn in_the_margin(mark: &str) -> String {
    let mut content = String::new();
    for c in mark.chars() {
        if c.is_ascii_alphanumeric() || c == ' ' {
            content.push(c);
        } else {
            let _ = write!(content, "\\{:x} ", u32::from(c));
        }
    }
    format!("@page {{ @top-right {{ content: \"{content}\"; font-size: 8pt; color: #444; }} }}\n")
}

fn blocks(page: &mut String, blocks: &[Block]) {
    for block in blocks {
        let _ = match block {
            Block::Line(line) => writeln!(page, "<p>{}</p>", words(line)),
            Block::Banner(line) => writeln!(page, "<p class=\"banner\">{}</p>", words(line)),
            Block::Heading(title) => writeln!(page, "<h3>{}</h3>", text(title)),
            Block::List(items) => list(page, items),
            Block::Table { caption, head, rows } => table(page, caption, head, rows),
            Block::Prose(markdown) => {
                writeln!(page, "<div class=\"prose\">{}</div>", prose(markdown))
            }
            Block::Chart(one) => chart(page, one),
            Block::Picture(one) => picture(page, one),
        };
    }
}

fn list(page: &mut String, items: &[Item]) -> std::fmt::Result {
    page.push_str("<ul>\n");
    for item in items {
        write!(page, "<li>{}", words(&item.words))?;
        if !item.under.is_empty() {
            page.push_str("<ul>");
            for one in &item.under {
                write!(page, "<li>{}</li>", words(one))?;
            }
            page.push_str("</ul>");
        }
        page.push_str("</li>\n");
    }
    writeln!(page, "</ul>")
}

fn table(
    page: &mut String,
    caption: &str,
    head: &[String],
    rows: &[Vec<Vec<Span>>],
) -> std::fmt::Result {
    write!(page, "<table>\n<caption>{}</caption>\n<thead><tr>", text(caption))?;
    for cell in head {
        if cell.is_empty() {
            page.push_str("<td></td>");
        } else {
            write!(page, "<th scope=\"col\">{}</th>", text(cell))?;
        }
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        page.push_str("<tr>");
        for (index, cell) in row.iter().enumerate() {
            if index == 0 {
                write!(page, "<th scope=\"row\">{}</th>", words(cell))?;
            } else {
                write!(page, "<td>{}</td>", words(cell))?;
            }
        }
        page.push_str("</tr>\n");
    }
    writeln!(page, "</tbody>\n</table>")
}

/// A picture inside of the page. Its kind was told by its own bytes.
fn picture(page: &mut String, picture: &Picture) -> std::fmt::Result {
    if !SHOWN.contains(&picture.media_type.as_str()) {
        return Ok(());
    }
    let words = text(&picture.words());
    writeln!(
        page,
        "<figure>\n<img src=\"data:{};base64,{}\" alt=\"{words}\">\n\
         <figcaption>{words}</figcaption>\n</figure>",
        picture.media_type,
        STANDARD.encode(&picture.bytes)
    )
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 140.0;

/// The line of the rate, broken where nothing is known, over the line of the budget.
fn chart(page: &mut String, chart: &Chart) -> std::fmt::Result {
    let top = chart.top();
    let y = |share: f64| HEIGHT - share / top * HEIGHT;
    let (first, last) = match (chart.points.first(), chart.points.last()) {
        (Some(first), Some(last)) => (first.0.0, last.0.0),
        _ => return Ok(()),
    };
    #[expect(clippy::cast_precision_loss, reason = "a place on a picture")]
    let x = |at: i64| {
        let span = (last - first).max(1) as f64;
        (at - first) as f64 / span * WIDTH
    };
    let mut path = String::new();
    let mut drawing = false;
    for (at, rate) in &chart.points {
        match rate {
            Some(rate) => {
                let letter = if drawing { 'L' } else { 'M' };
                write!(path, "{letter}{:.1} {:.1}", x(at.0), y(*rate))?;
                drawing = true;
            }
            None => drawing = false,
        }
    }
    let budget = y(chart.budget);
    let percent = lastgood_core::judge::percent;
    writeln!(
        page,
        "<figure>\n<svg viewBox=\"-56 -8 {} {}\" role=\"img\" aria-label=\"{}\">\
         <line class=\"axis\" x1=\"0\" y1=\"{HEIGHT}\" x2=\"{WIDTH}\" y2=\"{HEIGHT}\"/>\
         <line class=\"budget\" x1=\"0\" y1=\"{budget:.1}\" x2=\"{WIDTH}\" y2=\"{budget:.1}\"/>\
         <path class=\"rate\" d=\"{path}\"/>\
         <text x=\"-6\" y=\"4\" text-anchor=\"end\">{}</text>\
         <text x=\"-6\" y=\"{HEIGHT}\" text-anchor=\"end\">0%</text>\
         <text class=\"of-budget\" x=\"{WIDTH}\" y=\"{:.1}\" text-anchor=\"end\">budget {}</text>\
         </svg>\n<figcaption>{}. {}</figcaption>\n</figure>",
        WIDTH + 64.0,
        HEIGHT + 16.0,
        text(&chart.twin),
        percent(top),
        (budget - 4.0).max(10.0),
        percent(chart.budget),
        text(&chart.title),
        text(&chart.twin)
    )
}

fn words(words: &[Span]) -> String {
    words
        .iter()
        .map(|span| match span {
            Span::Text(raw) => text(raw),
            Span::Strong(raw) => format!("<strong>{}</strong>", text(raw)),
            Span::Code(raw) => format!("<code>{}</code>", text(raw)),
        })
        .collect()
}

/// Text from outside, never markup.
fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Characters that turn the direction of a text hide what it says.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            c if c.is_control() && c != '\n' && c != '\t' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// What a person wrote in Markdown: HTML in it is text, links lead to web pages only, and
/// pictures are told by their words.
#[expect(clippy::wildcard_enum_match_arm, reason = "what is not named here is harmless")]
fn prose(markdown: &str) -> String {
    let mut skipped = Vec::new();
    let events =
        Parser::new_ext(markdown, Options::ENABLE_TABLES).filter_map(|event| match event {
            Event::Html(raw) | Event::InlineHtml(raw) => Some(Event::Text(raw)),
            Event::Start(Tag::Link { ref dest_url, .. }) => {
                let fine =
                    ["https://", "http://"].iter().any(|scheme| dest_url.starts_with(scheme));
                skipped.push(!fine);
                fine.then_some(event)
            }
            Event::End(TagEnd::Link) => (skipped.pop() == Some(false)).then_some(event),
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
            // The document has its own first and second headings.
            Event::Start(Tag::Heading { .. }) => Some(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::Heading(_)) => Some(Event::End(TagEnd::Paragraph)),
            event => Some(event),
        });
    let mut out = String::new();
    push_html(&mut out, events);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_of_a_drill_covers_no_printed_text_and_stands_in_every_margin() {
        let outline = Outline {
            title: "Roll back".to_owned(),
            lead: Vec::new(),
            sections: Vec::new(),
            foot: Vec::new(),
            watermark: Some("Drill: a\"};b{</style>".to_owned()),
        };
        let page = render(&outline);
        let print = page.split("@media print").nth(1).expect("pages print");
        assert!(print.contains(".watermark { position: static;"), "{print}");
        let margin = "content: \"Drill\\3a  a\\22 \\7d \\3b b\\7b \\3c \\2f style\\3e \";";
        assert!(page.contains(margin), "nothing of it ends the string: {print}");
        assert_eq!(page.matches("</style>").count(), 1);
    }
}
