//! Makes the outline of a document: which sections there are, and what stands in each.

use lastgood_core::checklist::DecidedBy;
use lastgood_core::preflight::Grade;
use lastgood_core::release::Rollback;
use lastgood_core::run::Fate;
use lastgood_core::runbook::Phase;
use lastgood_core::timeline::{FollowUp, Line, Source, quiet_before, quiet_words, said};
use lastgood_core::view::ReleaseView;

use super::layout::{Layout, Slot};
use super::outline::{
    ATTACHMENTS, Block, Chart, Item, Outline, Section, Span, Times, Words, plain,
};
use super::{ChecklistItemPart, Document};

/// The outline of `document` with its times told by `times`, in the shape of `layout`.
#[must_use]
pub fn outline(document: &Document, times: &Times, layout: Layout) -> Outline {
    let run = &document.run;
    let mut sections: Vec<Section> = Vec::new();
    let mut written: Vec<&str> = Vec::new();
    for slot in layout.slots() {
        let section = match slot {
            Slot::Part { name, title, ask } => {
                written.push(name);
                part(document, name, title, ask)
            }
            Slot::KeyTimes => key_times(document, times),
            Slot::Releases => releases(document),
            Slot::Preflight => preflight(document),
            Slot::Timeline => timeline(document, times),
            Slot::Verification => verification(document),
            // An older version told it of runs that rolled nothing back as well.
            Slot::NotRestored if document.fate().leaves_something() => {
                sentences("What was not rolled back", &document.not_restored)
            }
            Slot::NotRestored => sentences("", &[]),
            Slot::Ways => ways(document),
            Slot::FollowUps(title) => follow_ups(document, title),
            Slot::Questions => sentences("Open questions", &document.open_questions),
            Slot::Readiness => readiness(document, times),
            Slot::Attachments => attachments(document),
            // Whatever a person wrote stands somewhere, also where the layout has no place.
            Slot::OtherParts => {
                let others = document.parts.iter().filter(|one| !written.contains(&&*one.name));
                sections.extend(others.map(|one| {
                    Section::new(heading(&one.name), vec![Block::Prose(one.text.clone())])
                }));
                continue;
            }
        };
        sections.push(section);
    }
    sections.retain(|section| !section.blocks.is_empty());
    Outline {
        title: format!("{}: {} in {}", run.title, run.service, run.environment),
        lead: lead(document),
        sections,
        foot: vec![
            Span::Text(format!("Journal: {} entries, head ", document.journal.entries)),
            Span::Code(document.journal.head.clone()),
            Span::Text(format!(". Written by {}.", document.generator)),
        ],
        watermark: run.marked_as().map(|what| format!("Drill: {what}")),
    }
}

/// `what-went-well` as a heading.
fn heading(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn lead(document: &Document) -> Vec<Block> {
    let run = &document.run;
    let text = |text: String| Span::Text(text);
    let code = |text: &str| Span::Code(text.to_owned());
    let item = |words: Words| Item { words, under: Vec::new() };
    let mut blocks = Vec::new();
    if let Some(drill) = &run.drill {
        blocks.push(Block::Banner(vec![
            Span::Strong("Drill.".to_owned()),
            text(" Scenario ".to_owned()),
            code(drill.scenario.as_str()),
            text(format!(", seed {}. Nothing real was touched.", drill.seed)),
        ]));
    }
    if let Some(why) = &run.exercise {
        blocks.push(Block::Banner(vec![
            Span::Strong("Drill on a real system.".to_owned()),
            text(format!(" Rehearsed: {why}. What it changed there was changed.")),
        ]));
    }
    blocks.push(Block::Line(vec![Span::Strong(run.sentence.clone())]));
    if !document.redacted.is_empty() {
        blocks.push(Block::Line(plain(format!(
            "Replaced by stand-ins in this copy: {}.",
            document.redacted.join(", ")
        ))));
    }
    blocks.push(Block::List(vec![
        item(fate(document)),
        item(plain(format!("Where: {} ({})", run.coordinates, run.strategy.as_str()))),
        item(vec![
            text(format!("Started by {}, runbook ", run.started_by)),
            code(run.runbook.as_str()),
            text(" (".to_owned()),
            code(run.runbook_digest.get(..12).unwrap_or(&run.runbook_digest)),
            text("), plan ".to_owned()),
            code(&run.plan),
        ]),
        item(vec![text("Run: ".to_owned()), code(run.id.as_str())]),
    ]));
    blocks
}

/// What became of the release in front, and why that target.
fn fate(document: &Document) -> Words {
    let fate = document.fate();
    let code = |text: &str| Span::Code(text.to_owned());
    let label = Span::Text(format!("{}: ", fate.label()));
    if fate == Fate::Stays {
        return vec![label, code(&document.from.version)];
    }
    vec![
        label,
        code(&document.from.version),
        Span::Text(" → ".to_owned()),
        code(&document.to.version),
        Span::Text(format!(", {}", document.because)),
    ]
}

fn part(document: &Document, name: &str, title: &str, ask: &str) -> Section {
    let written = document.parts.iter().find(|part| part.name == name);
    let block = written.map_or_else(
        || Block::Line(plain(format!("Not written yet: {ask}"))),
        |part| Block::Prose(part.text.clone()),
    );
    Section::new(title, vec![block])
}

fn key_times(document: &Document, times: &Times) -> Section {
    let row = |name: &str, at: String| vec![plain(name), plain(at)];
    let mut rows: Vec<Vec<Words>> = document
        .moments
        .named()
        .into_iter()
        .map(|(name, at)| {
            row(name, at.map_or_else(|| "did not happen".to_owned(), |at| times.tell(at)))
        })
        .collect();
    rows.extend(document.milestones.iter().map(|mark| {
        let said = format!("{} (marked by {})", times.tell(mark.at), mark.by);
        row(mark.milestone.title(), said)
    }));
    let mut blocks = vec![Block::Table {
        caption: "The key times".to_owned(),
        head: vec!["What".to_owned(), format!("When ({})", times.name)],
        rows,
    }];
    if !document.durations.is_empty() {
        blocks.push(Block::Table {
            caption: "How long things took".to_owned(),
            head: ["Duration", "Length", "Measured"].map(str::to_owned).into(),
            rows: document
                .durations
                .iter()
                .map(|one| {
                    vec![
                        plain(&*one.name),
                        plain(one.milliseconds.to_string()),
                        plain(&*one.explained),
                    ]
                })
                .collect(),
        });
    }
    blocks.extend(document.doubts.iter().map(|doubt| Block::Line(plain(&**doubt))));
    Section::new("Key times", blocks)
}

/// A name, and what a release says under it.
type Row = (&'static str, fn(&ReleaseView) -> String);

fn releases(document: &Document) -> Section {
    let rows: [Row; 8] = [
        ("Version", |release| release.version.clone()),
        ("Commit", |release| known(release.commit.as_deref())),
        ("Artifact", |release| release.artifact.clone()),
        ("Digest", |release| known(release.digest.as_deref())),
        ("Changelog", |release| known(release.changelog.as_deref())),
        ("Schema version", |release| known(release.schema_version.as_deref())),
        ("Flags", flags),
        ("Rollback", |release| match &release.rollback {
            Some(Rollback::Command(command)) => command.clone(),
            Some(Rollback::Runbook(url)) => url.clone(),
            None => known(None),
        }),
    ];
    let rows = rows
        .into_iter()
        .map(|(name, read)| {
            vec![plain(name), plain(read(&document.from)), plain(read(&document.to))]
        })
        .collect();
    let head = ["", "From", "To"].map(str::to_owned).into();
    Section::new(
        "Releases",
        vec![Block::Table {
            caption: if document.fate() == Fate::Done {
                "The release that was left and the one that was gone back to".to_owned()
            } else {
                "The release in front and the one that the plan names".to_owned()
            },
            head,
            rows,
        }],
    )
}

fn flags(release: &ReleaseView) -> String {
    let Some(flags) = &release.flags else { return known(None) };
    let all: Vec<String> =
        flags.iter().map(|flag| format!("{}={}", flag.name, flag.value)).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

fn known(value: Option<&str>) -> String {
    value.unwrap_or("not recorded").to_owned()
}

fn listed(title: &str, items: Vec<Item>) -> Section {
    Section::new(title, if items.is_empty() { Vec::new() } else { vec![Block::List(items)] })
}

fn sentences(title: &str, sentences: &[String]) -> Section {
    let item = |text: &String| Item { words: plain(&**text), under: Vec::new() };
    listed(title, sentences.iter().map(item).collect())
}

fn preflight(document: &Document) -> Section {
    let item = |finding: &super::FindingPart| {
        let grade = match finding.grade {
            Grade::Pass => "pass",
            Grade::Warn => "warn",
            Grade::Unknown => "unknown",
            Grade::Block => "block",
        };
        let over = finding.overridden.as_ref().map(|by| format!(" Overridden by {by}."));
        let over = over.unwrap_or_default();
        Item {
            words: plain(format!("{grade}: {}, {}{over}", finding.subject, finding.sentence)),
            under: Vec::new(),
        }
    };
    listed("Before the first change", document.preflight.iter().map(item).collect())
}

fn timeline(document: &Document, times: &Times) -> Section {
    let mut blocks: Vec<Block> = Vec::new();
    let mut phase: Option<Phase> = None;
    for (index, line) in document.timeline.iter().enumerate() {
        if line.hidden.is_some() {
            continue;
        }
        if let Some(long) = quiet_before(&document.timeline, index) {
            let item =
                Item { words: plain(format!("… {}", quiet_words(long))), under: Vec::new() };
            listed_last(&mut blocks, item);
        }
        if line.phase.is_some() && line.phase != phase {
            phase = line.phase;
            blocks.push(Block::Heading(phase.map_or("", Phase::title).to_owned()));
        }
        listed_last(&mut blocks, entry(line, times));
    }
    Section::new(format!("Timeline ({})", times.name), blocks)
}

/// Adds an item to the list that ends `blocks`, or begins one.
fn listed_last(blocks: &mut Vec<Block>, item: Item) {
    match blocks.last_mut() {
        Some(Block::List(items)) => items.push(item),
        _ => blocks.push(Block::List(vec![item])),
    }
}

fn entry(line: &Line, times: &Times) -> Item {
    let mut words = vec![Span::Text(format!("{} ", times.tell(line.occurred_at)))];
    let mut told = if line.is_markdown() { said(&line.text) } else { vec![plain(&*line.text)] };
    if told.is_empty() {
        told.push(plain(line.text.trim()));
    }
    let further = told.split_off(1);
    let first = told.into_iter().flatten();
    if line.starred {
        words.push(Span::Text("★ ".to_owned()));
        words.extend(first.map(|span| match span {
            Span::Text(text) | Span::Strong(text) => Span::Strong(text),
            Span::Code(text) => Span::Code(text),
        }));
    } else {
        words.extend(first);
    }
    if let Source::Person { name } = &line.source {
        words.push(Span::Text(format!(" ({name})")));
    }
    if let Some(reason) = &line.reason {
        words.push(Span::Text(format!(" Reason: {reason}")));
    }
    let mut under = further;
    under.extend(line.evidence.iter().map(|one| plain(&**one)));
    if let Some(original) = &line.original {
        let mut first = Vec::new();
        if original.occurred_at != line.occurred_at {
            first.push(format!("recorded at {}", times.tell(original.occurred_at)));
        }
        if original.text != line.text {
            first.push(format!("first said: {}", original.text));
        }
        let by = line.edits.last().map(|edit| format!(" (changed by {})", edit.by));
        under.push(plain(format!("{}{}", first.join("; "), by.unwrap_or_default())));
    }
    if let Some(origin) = &line.origin {
        under.push(plain(format!("taken from {}", origin.system)));
    }
    Item { words, under }
}

fn verification(document: &Document) -> Section {
    let Some(verification) = &document.verification else {
        return Section::new("Verification", Vec::new());
    };
    let mut blocks = vec![Block::Line(plain(format!(
        "{}: {} ({} looks).",
        verification.verdict.as_str(),
        verification.sentence,
        verification.looks
    )))];
    let mut items = Vec::new();
    for one in &verification.judgements {
        items.push(Item {
            words: plain(format!("{}: {}", one.slo, one.sentence)),
            under: lastgood_core::judge::statistics(one).map(plain).into_iter().collect(),
        });
    }
    for one in &verification.checks {
        let words = plain(format!("{}: {}", one.name, one.sentence));
        items.push(Item { words, under: Vec::new() });
    }
    for one in &verification.replicas {
        let answer = one.version.as_deref().or(one.doubt.as_deref()).unwrap_or("no answer");
        items.push(Item { words: plain(format!("{}: {answer}", one.replica)), under: Vec::new() });
    }
    if !items.is_empty() {
        blocks.push(Block::List(items));
    }
    blocks.extend(verification.judgements.iter().filter_map(Chart::of).map(Block::Chart));
    Section::new("Verification", blocks)
}

fn ways(document: &Document) -> Section {
    let item = |one: &lastgood_core::mitigation::Mitigation| Item {
        words: plain(format!("{}: {}", one.way.title(), one.because)),
        under: Vec::new(),
    };
    listed(
        "What could have been done, the cheapest safe way first",
        document.mitigations.iter().map(item).collect(),
    )
}

fn follow_ups(document: &Document, title: &str) -> Section {
    if document.follow_ups.is_empty() {
        return Section::new(title, Vec::new());
    }
    let or_none = |value: &Option<String>, none: &str| {
        plain(value.clone().unwrap_or_else(|| none.to_owned()))
    };
    let row = |item: &FollowUp| {
        vec![
            plain(item.number.to_string()),
            plain(&*item.title),
            or_none(&item.owner, "nobody yet"),
            or_none(&item.due, "no day"),
            plain(item.status.as_str()),
            or_none(&item.link, "not tracked"),
        ]
    };
    Section::new(
        title,
        vec![Block::Table {
            caption: "What is left to do".to_owned(),
            head: ["No.", "What", "Owner", "Due", "Status", "Tracked"].map(str::to_owned).into(),
            rows: document.follow_ups.iter().map(row).collect(),
        }],
    )
}

fn readiness(document: &Document, times: &Times) -> Section {
    const TITLE: &str = "Readiness at the time of export";
    let Some(readiness) = &document.readiness else { return Section::new(TITLE, Vec::new()) };
    let told = format!("{}: {}.", times.tell(readiness.at), readiness.sentence);
    let mut blocks = vec![Block::Line(plain(told))];
    blocks.extend(readiness.doubts.iter().map(|doubt| Block::Line(plain(&**doubt))));
    for list in &readiness.checklists {
        blocks.push(Block::Heading(list.title.clone()));
        blocks.push(Block::Table {
            caption: format!("{}: {}", list.title, list.sentence),
            head: ["What should be true", "Stands", "Because", "Whose word"]
                .map(str::to_owned)
                .into(),
            rows: list.items.iter().map(|item| row(item, times)).collect(),
        });
    }
    Section::new(TITLE, blocks)
}

fn row(item: &ChecklistItemPart, times: &Times) -> Vec<Words> {
    let whose = match (item.decided_by, item.answers.first(), &item.seen) {
        (DecidedBy::Person, Some(last), _) => {
            format!("{}, {}; due {}", last.by, times.tell(last.at), times.tell(last.due))
        }
        (DecidedBy::Fact, _, Some(seen)) => format!("seen in {seen}"),
        (DecidedBy::Person | DecidedBy::Fact | DecidedBy::Nobody, _, _) => "nobody's".to_owned(),
    };
    let words = [&*item.title, item.status.words(), &*item.sentence, &*whose];
    words.map(plain).into()
}

fn attachments(document: &Document) -> Section {
    let item = |one: &lastgood_core::timeline::Attachment| {
        let of = one.line.map(|line| format!(", of {line}")).unwrap_or_default();
        Item {
            words: vec![
                Span::Text(format!("{}: {} ", one.name, one.caption)),
                Span::Text(format!("({}, {} bytes{of}), SHA-256 ", one.media_type, one.bytes)),
                Span::Code(one.hash.clone()),
            ],
            under: Vec::new(),
        }
    };
    listed(ATTACHMENTS, document.attachments.iter().map(item).collect())
}
