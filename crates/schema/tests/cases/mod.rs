//! The cases: migrations on a small database, with the label that each must get.

use lastgood_schema::Label;

/// The database of the old release.
pub(crate) const BASE: &str = include_str!("base.sql");

/// Single statements; whole files as teams and their tools write them; what only looks harmless, triggers
/// apart.
const FILES: [&str; 5] = [
    include_str!("cases.sql"),
    include_str!("teams.sql"),
    include_str!("snares.sql"),
    include_str!("triggers.sql"),
    include_str!("traps.sql"),
];

/// One migration.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) number: String,
    pub(crate) label: Label,
    pub(crate) title: String,
    pub(crate) migration: String,
    /// What only the new release writes.
    pub(crate) new: Option<String>,
}

/// All cases, in the order of the file.
pub(crate) fn all() -> Vec<Case> {
    let mut found: Vec<Case> = Vec::new();
    let mut in_new = false;
    for line in FILES.iter().flat_map(|file| file.lines()) {
        if line == "-- new" {
            in_new = true;
        } else if let Some(head) =
            line.strip_prefix("-- ").filter(|head| head.as_bytes()[0].is_ascii_digit())
        {
            let mut words = head.splitn(3, ' ');
            let mut next = || words.next().expect("a number, a label, a title").to_owned();
            let (number, letter, title) = (next(), next(), next());
            let label = label(&letter);
            found.push(Case { number, label, title, migration: String::new(), new: None });
            in_new = false;
        } else if let Some(case) = found.last_mut() {
            let text = if in_new { case.new.get_or_insert_default() } else { &mut case.migration };
            text.push_str(line);
            text.push('\n');
        }
    }
    found
}

fn label(letter: &str) -> Label {
    let all = [Label::Compatible, Label::Probe, Label::Opaque, Label::Breaks, Label::Loses];
    *all.iter().find(|label| label.letter().to_string() == letter).expect("a known letter")
}
