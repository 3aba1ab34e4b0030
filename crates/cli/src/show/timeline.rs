//! The timeline of a run, line by line.

use lastgood_core::timeline::{LineKind, Source, Span, quiet_words};
use lastgood_core::view::{LineView, TimelineView};

use super::annotated::follow_up;
use super::drill::mark;
use super::run::moments;
use crate::look::{Look, Text};
use crate::page::Page;
use crate::times::{clock, stamp};

/// How far what belongs to a line is in.
const INDENT: usize = 16;

/// Key times and every line with its reason and evidence.
pub(crate) fn timeline(look: &Look, view: &TimelineView) -> String {
    let mut page = Page::new(look);
    page.line(look.strong(&view.title) + format!(", {}", view.place));
    mark(&mut page, look, view.drill.as_deref(), view.exercise.as_deref());
    page.at(2, format!("{}: {}", view.run, view.sentence));
    moments(&mut page, look, &view.moments);
    page.gap();
    if let Some(first) = view.lines.first() {
        page.line(
            look.strong("What happened") + look.quiet(format!(", from {}", stamp(look, first.at))),
        );
    }
    for one in &view.lines {
        if let Some(long) = one.quiet {
            page.hang(INDENT, Text::default(), look.quiet(quiet_words(long)));
        }
        line(&mut page, look, one);
    }
    rest(&mut page, look, view);
    page.finish()
}

/// What stands beside the lines.
fn rest(page: &mut Page<'_>, look: &Look, view: &TimelineView) {
    if !view.milestones.is_empty() {
        page.heading("Marked");
        for mark in &view.milestones {
            let by = format!("{}, by {}", stamp(look, mark.at), mark.by);
            page.hang(2, look.quiet(&mark.title).pad(15) + " ", by);
        }
    }
    if !view.lengths.is_empty() {
        page.heading("How long it took");
        for one in &view.lengths {
            let front = look.quiet(&one.name).pad(19) + look.strong(one.milliseconds.to_string());
            page.hang(2, front + "  ", look.quiet(&one.explained));
        }
    }
    for doubt in &view.doubts {
        page.hang(0, look.attention("◆ "), doubt);
    }
    if !view.follow_ups.is_empty() {
        page.heading("Follow-ups");
        for item in &view.follow_ups {
            follow_up(page, look, item);
        }
    }
    if !view.attachments.is_empty() {
        page.heading("Attached");
        for one in &view.attachments {
            let line = one.line.map(|line| format!(", to {line}")).unwrap_or_default();
            let kind = format!("{}, {} bytes{line}", one.media_type, one.bytes);
            page.hang(2, look.strong(&one.name) + "  ", format!("{} ({kind})", one.caption));
        }
    }
}

/// One line, with the layers over it.
pub(super) fn line(page: &mut Page<'_>, look: &Look, line: &LineView) {
    let star = if line.starred { look.attention("★") } else { Text::from(" ") };
    let name = look.quiet(format!("{:>4} ", line.id.to_string()));
    let front = name + look.quiet(clock(look, line.at)) + star + Text::from(kind(line.kind)) + " ";
    let system = line.origin.as_ref().map(|origin| &*origin.system);
    let by = match &line.source {
        Source::Machine => Text::default(),
        // A system that speaks for itself is named once, as where it comes from.
        Source::Person { name } if system == Some(name.as_str()) => Text::default(),
        Source::Person { name } => look.quiet(format!("  {name}")),
    };
    let origin = system.map(|system| look.quiet(format!("  ← {system}")));
    let hidden = match &line.hidden {
        Some(why) => look.attention(format!("  hidden: {why}")),
        None => Text::default(),
    };
    let (text, further) = match line.said.split_first() {
        Some((first, further)) => (said(look, first), further),
        None => (Text::from(&line.text), &[][..]),
    };
    page.hang(0, front, text + by + origin.unwrap_or_default() + hidden);
    for words in further {
        page.hang(INDENT, Text::default(), said(look, words));
    }
    if let Some(original) = &line.original {
        let first = look.quiet(format!("{} {}", stamp(look, original.at), original.text));
        page.hang(INDENT, look.quiet("at first: "), first);
    }
    for edit in &line.edits {
        let by = format!("{} by {}, {}", edit.what, edit.by, stamp(look, edit.at));
        page.hang(INDENT, look.quiet("✎ "), look.quiet(by));
    }
    if let Some(reason) = &line.reason {
        page.hang(INDENT, look.quiet("reason: "), reason);
    }
    for evidence in &line.evidence {
        page.hang(INDENT, look.quiet("· "), look.quiet(evidence));
    }
}

/// What a person wrote in Markdown.
fn said(look: &Look, words: &[Span]) -> Text {
    words.iter().fold(Text::default(), |before, span| {
        before
            + match span {
                Span::Text(text) => Text::from(text),
                Span::Strong(text) => look.strong(text),
                Span::Code(text) => Text::from(format!("`{text}`")),
            }
    })
}

/// The shape of who did it: a person decides, the machine measures and acts.
pub(super) const fn kind(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Run => "─",
        LineKind::Signal => "▲",
        LineKind::Decision => "◆",
        LineKind::Action => "●",
        LineKind::Note => "■",
    }
}

#[cfg(test)]
mod tests;
