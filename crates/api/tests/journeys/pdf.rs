//! The PDF, looked at by a reader that is not ours: poppler's programs.

use std::io::Write as _;
use std::process::Command;

use jiff::tz::TimeZone;
use lastgood_api::export::{
    self, Document, Layout, Lettering, NoFonts, Outline, Paper, Picture, Times, outline,
};
use lastgood_core::judge::{Point, Verdict, Verification};
use lastgood_core::name::ScenarioName;
use lastgood_core::problem::Problem;
use lastgood_core::run::{Event, Outcome, Run};
use lastgood_core::testing;
use lastgood_core::time::EpochMs;
use lastgood_core::timeline::{Attachment, Line};

/// What one of poppler's programs says of a PDF; `None` where poppler is not installed.
#[expect(clippy::print_stderr, reason = "a test that does not test says so")]
fn poppler(program: &str, options: &[&str], file: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("a.pdf");
    std::fs::File::create(&path).and_then(|mut to| to.write_all(file)).expect("it is written");
    let mut command = Command::new(program);
    command.args(options).arg(&path);
    if program == "pdftotext" {
        command.arg("-");
    }
    let Ok(output) = command.output() else {
        eprintln!("SKIPPED: there is no {program} here; ./dev install peers");
        return None;
    };
    let complaints = String::from_utf8_lossy(&output.stderr);
    // Poppler before 23 takes `Suspects: false`, which PDF/UA-1 asks for, for a wrong type.
    let ours = |line: &&str| !line.contains("Suspects object is wrong type (boolean)");
    let complaints: String = complaints.lines().filter(ours).collect::<String>().trim().to_owned();
    assert!(output.status.success() && complaints.is_empty(), "{program}: {complaints}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A run with texts that are not ours, and with characters that the fonts lack.
fn document() -> Document {
    let by = testing::ada();
    let mut plan = testing::plan_with(vec![testing::act("halt", true)]);
    plan.from.changelog = Some("a long changelog, again and again. ".repeat(300)).into();
    let mut events = vec![
        testing::planned(plan),
        Event::Intended { key: testing::key("halt", 1) },
        Event::Landed { key: testing::key("halt", 1), receipt: testing::receipt() },
        Event::Noted { by: by.clone(), text: "Größe ← 日本 ★ \u{202e}desrever".to_owned() },
        Event::Noted { by: by.clone(), text: "a-path/".repeat(60) },
    ];
    events.extend((0..200).map(|number| Event::Noted {
        by: by.clone(),
        text: format!("Note number {number} says that the rate of bad requests is still high."),
    }));
    events.push(Event::Finished { outcome: Outcome::Unproven { why: "nobody looked".to_owned() } });
    let entries = testing::entries(events);
    let run = Run::replay(&testing::run_id(), &entries).expect("the events fit");
    Document::new(&run, &entries, &[], &"0f".repeat(32))
}

fn drill() -> Document {
    let mut document = document();
    let scenario = ScenarioName::from("bad-release");
    document.run.drill = Some(lastgood_api::export::DrillPart { scenario, seed: 7 });
    document
}

fn shaped(document: &Document) -> Outline {
    outline(document, &Times::of(TimeZone::UTC), Layout::Standard)
}

/// With our fonts only: these tests say the same on every machine.
fn pdf(outline: &Outline, paper: Paper) -> Result<Vec<u8>, Problem> {
    export::pdf(outline, paper, &NoFonts)
}

/// Letters and digits only: where lines are broken is no matter.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn visible(document: &Document) -> impl Iterator<Item = &Line> {
    document.timeline.iter().filter(|line| line.hidden.is_none())
}

#[test]
fn every_visible_entry_is_inside_on_both_papers() {
    let document = document();
    for paper in [Paper::A4, Paper::Letter] {
        let file = pdf(&shaped(&document), paper).expect("it is PDF/UA-1");
        let Some(told) = poppler("pdftotext", &["-raw"], &file) else { return };
        let told: Vec<&str> = told.lines().filter(|line| !is_of_the_sheet(line)).collect();
        let told = letters(&told.concat());
        for line in visible(&document) {
            let text = line.text.replace('\u{202e}', "");
            assert!(told.contains(&letters(&text)), "{paper:?} lacks {text:?}");
        }
        // What stands in the cell beside it, and a new sheet, each cut one of them in two.
        let times = told.matches(&letters("a long changelog, again and again.")).count();
        assert!(times >= 300 - 2 * 3, "{paper:?} has only {times} of 300 parts of the changelog");
    }
}

/// What stands on every sheet, or again on the next one, and cuts a text in two.
fn is_of_the_sheet(line: &str) -> bool {
    let line = line.trim_start_matches('\u{c}');
    line.starts_with("Journal: ") || line.contains("Page ") || line.trim() == "From To"
}

#[test]
fn a_pdf_is_tagged_and_names_itself_and_every_sheet_names_the_head() {
    let document = drill();
    let file = pdf(&shaped(&document), Paper::Letter).expect("it is PDF/UA-1");
    let Some(told) = poppler("pdfinfo", &[], &file) else { return };
    let field = |name: &str| {
        let line = told.lines().find(|line| line.starts_with(&format!("{name}:")));
        line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
    };
    assert_eq!(field("Tagged").as_deref(), Some("yes"), "{told}");
    assert_eq!(field("Title").as_deref(), Some(shaped(&document).title.as_str()), "{told}");
    assert_eq!(field("Page size").as_deref(), Some("612 x 792 pts (letter)"), "{told}");
    assert_eq!(field("JavaScript").as_deref(), Some("no"), "{told}");
    let pages = field("Pages").expect("it has pages");
    let Some(text) = poppler("pdftotext", &[], &file) else { return };
    let sheets: Vec<&str> = text.split('\u{c}').filter(|sheet| !sheet.is_empty()).collect();
    assert_eq!(sheets.len().to_string(), pages);
    for (at, sheet) in sheets.iter().enumerate() {
        assert!(sheet.contains(&"0f".repeat(32)), "sheet {at} names no head:\n{sheet}");
        assert!(sheet.contains(&format!("Page {} of {pages}", at + 1)), "{sheet}");
        assert!(sheet.contains("Drill: bad-release"), "sheet {at} looks like an incident");
    }
}

#[test]
fn whoever_listens_hears_headings_lists_tables_with_headers_and_the_chart() {
    let mut document = drill();
    document.verification = Some(verification());
    let file = pdf(&shaped(&document), Paper::A4).expect("it is PDF/UA-1");
    let Some(tree) = poppler("pdfinfo", &["-struct-text"], &file) else { return };
    for kind in ["H1", "H2", "H3", "L", "LI", "Table", "THead", "TH", "TD", "Figure", "Caption"] {
        let line = |line: &str| line.trim().split([' ', ':']).next() == Some(kind);
        assert!(tree.lines().any(line), "there is no {kind}:\n{}", tree.get(..4000).unwrap_or(""));
    }
    assert!(!tree.contains("Page 1 of"), "what stands on every sheet is no part of the text");
}

/// A verification whose objective was measured with gaps.
fn verification() -> Verification {
    let mut verification = testing::verification(Verdict::Pass);
    let points = (0..60_u8).map(|at| Point {
        at: EpochMs(i64::from(at) * 10_000),
        rate: (at % 7 != 3).then(|| 0.04 / f64::from(at + 1)),
    });
    verification.judgements[0].points = points.collect();
    verification
}

#[test]
fn the_same_record_gives_the_same_bytes() {
    let outline = shaped(&document());
    let twice = [pdf(&outline, Paper::A4), pdf(&outline, Paper::A4)].map(|one| one.expect("it is"));
    assert_eq!(twice[0], twice[1]);
    assert!(twice[0].starts_with(b"%PDF-1.7"));
}

#[test]
fn an_attached_picture_is_a_figure_with_words() {
    let bytes = include_bytes!("../../../../docs/guide/images/board-dark.png");
    let mut document = document();
    document.attachments = vec![Attachment {
        hash: "00".repeat(32),
        name: "board.png".to_owned(),
        media_type: "image/png".to_owned(),
        bytes: u64::try_from(bytes.len()).expect("it is small"),
        line: None,
        caption: "Checkout is the worst".to_owned(),
    }];
    let picture = Picture {
        name: "board.png".to_owned(),
        caption: "Checkout is the worst".to_owned(),
        media_type: "image/png".to_owned(),
        bytes: bytes.as_slice().into(),
    };
    for paper in [Paper::A4, Paper::Letter] {
        let shown = shaped(&document).showing(vec![picture.clone()], Vec::new());
        let file = pdf(&shown, paper).expect("it is PDF/UA-1");
        let Some(images) = poppler("pdfimages", &["-list"], &file) else { return };
        assert!(images.lines().any(|line| line.contains(" image ")), "{images}");
        let tree = poppler("pdfinfo", &["-struct-text"], &file).unwrap_or_default();
        assert!(tree.lines().any(|line| line.trim().starts_with("Figure")), "{tree}");
        assert!(tree.contains("board.png: Checkout is the worst"), "{tree}");
    }
    let broken = Picture { bytes: bytes[..bytes.len() / 2].into(), ..picture };
    let shown = shaped(&document).showing(vec![broken], Vec::new());
    let file = pdf(&shown, Paper::A4).expect("the record is worth more than its pictures");
    let Some(told) = poppler("pdftotext", &["-raw"], &file) else { return };
    assert!(told.contains("one of them is damaged"), "{told}");
}

/// Not a claim about time: what is written grows with what is said, and all of it is there.
#[test]
fn a_long_record_is_set_whole() {
    let mut document = document();
    let line = visible(&document).last().cloned().expect("there is one");
    document.timeline.extend((0..5_000).map(|_| line.clone()));
    let file = pdf(&shaped(&document), Paper::A4).expect("it is PDF/UA-1");
    let Some(told) = poppler("pdftotext", &["-raw"], &file) else { return };
    assert!(told.matches(line.text.as_str()).count() >= 5_000);
}

/// Names and notes of a team that does not write English only.
const TOLD: [&str; 7] = [
    "Ольга вернула версию 1.4.1",
    "Η Ελένη επανέφερε την έκδοση",
    "דנה החזירה את הגרסה 1.4.1 בשעה 9",
    "أعادت مريم 1.4.1",
    "旧版本已恢复。",
    "旧バージョンに戻しました",
    "이전 버전으로 되돌렸습니다",
];

fn manifold(told: &[&str]) -> Outline {
    let by = testing::ada();
    let mut events = vec![
        testing::planned(testing::plan_with(vec![testing::act("halt", true)])),
        Event::Intended { key: testing::key("halt", 1) },
        Event::Landed { key: testing::key("halt", 1), receipt: testing::receipt() },
    ];
    events
        .extend(told.iter().map(|text| Event::Noted { by: by.clone(), text: (*text).to_owned() }));
    events.push(Event::Finished { outcome: Outcome::Unproven { why: "nobody looked".to_owned() } });
    let entries = testing::entries(events);
    let run = Run::replay(&testing::run_id(), &entries).expect("the events fit");
    shaped(&Document::new(&run, &entries, &[], &"0f".repeat(32)))
}

#[test]
fn alphabets_from_right_to_left_and_others_are_read_back_as_they_were_written() {
    let (inside, outside) = TOLD.split_at(4);
    let file = pdf(&manifold(inside), Paper::A4).expect("it is PDF/UA-1");
    let Some(text) = poppler("pdftotext", &["-raw"], &file) else { return };
    for told in inside {
        for word in told.split(' ') {
            assert!(text.contains(word), "{word} is not in it:\n{text}");
        }
    }
    assert!(!text.contains("¤"), "our own fonts have these:\n{text}");
    let file = pdf(&manifold(outside), Paper::Letter).expect("it is PDF/UA-1");
    let Some(text) = poppler("pdftotext", &["-raw"], &file) else { return };
    let text: String = text.split_whitespace().collect();
    for told in outside {
        assert!(text.contains(&told.replace(' ', "")), "{told} is not in it:\n{text}");
    }
    assert!(text.contains("charactersherearedrawnas¤"), "it is said at the top:\n{text}");
    assert!(text.contains("U+65E7"), "and which ones at the end:\n{text}");
}

/// What is installed differs; what is said of it must fit what is drawn.
#[test]
fn letters_that_no_font_of_ours_has_are_drawn_with_those_of_the_machine() {
    let wanted: std::collections::BTreeSet<char> =
        TOLD[4..].concat().chars().filter(|c| *c != ' ').collect();
    let found = Lettering::Machine.source().having(&wanted);
    let outline = manifold(&TOLD);
    let twice = [Paper::A4, Paper::A4]
        .map(|paper| export::pdf(&outline, paper, Lettering::Machine.source()).expect("PDF/UA-1"));
    assert_eq!(twice[0], twice[1], "the same machine gives the same bytes");
    let Some(text) = poppler("pdftotext", &["-raw"], &twice[0]) else { return };
    let flat: String = text.split_whitespace().collect();
    for told in TOLD {
        for word in told.split(' ') {
            assert!(flat.contains(word), "{word} is not in it:\n{text}");
        }
    }
    for font in &found {
        let name: String = font.name.split_whitespace().collect();
        assert!(flat.contains(&name), "the font {} is not named:\n{text}", font.name);
    }
    assert_eq!(found.is_empty(), !flat.contains("fontsofthemachine"), "{text}");
}
