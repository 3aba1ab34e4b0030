//! What an export says, in which order, before anybody decides how it looks: every form
//! that people read is made from this one outline, so that none of them says less.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lastgood_core::judge::Judgement;
use lastgood_core::time::EpochMs;
pub(super) use lastgood_core::timeline::{Span, Words};

/// A sentence of plain words.
pub(super) fn plain(text: impl Into<String>) -> Words {
    vec![Span::Text(text.into())]
}

/// One item of a list, with what belongs under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it says.
    pub words: Words,
    /// What proves or explains it.
    pub under: Vec<Words>,
}

/// The rate of bad requests over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// What is drawn.
    pub title: String,
    /// The same for whoever cannot see it.
    pub twin: String,
    /// End of each interval and the share of bad requests in it, 0 to 1; `None` where
    /// nothing is known.
    pub points: Vec<(EpochMs, Option<f64>)>,
    /// The share that the objective allows, 0 to 1.
    pub budget: f64,
}

impl Chart {
    /// The chart of a judgement; `None` when it has no points.
    #[must_use]
    pub fn of(judgement: &Judgement) -> Option<Self> {
        (!judgement.points.is_empty()).then(|| Self {
            title: format!("{}: share of bad requests", judgement.slo),
            twin: judgement.sentence.clone(),
            points: judgement.points.iter().map(|point| (point.at, point.rate)).collect(),
            budget: judgement.budget,
        })
    }

    /// The largest share to be drawn; never zero.
    #[must_use]
    pub fn top(&self) -> f64 {
        let seen = self.points.iter().filter_map(|(_, rate)| *rate).fold(0.0, f64::max);
        (seen.max(self.budget) * 1.1).max(1e-6)
    }
}

/// A picture that somebody attached, as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// What its file was called.
    pub name: String,
    /// What it shows, in the words of whoever attached it; may be empty.
    pub caption: String,
    /// One of [`SHOWN`].
    pub media_type: String,
    /// The file.
    pub bytes: Arc<[u8]>,
}

/// The kinds of pictures that pages can show.
pub const SHOWN: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

impl Picture {
    /// What it shows, for whoever cannot see it: the only words there are for it.
    #[must_use]
    pub fn words(&self) -> String {
        let caption = self.caption.trim();
        if caption.is_empty() { self.name.clone() } else { format!("{}: {caption}", self.name) }
    }
}

/// A block of a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A sentence.
    Line(Words),
    /// A sentence that must not be missed: a drill is no incident.
    Banner(Words),
    /// A heading within the section.
    Heading(String),
    /// A list.
    List(Vec<Item>),
    /// A table.
    Table {
        /// What it lists, for whoever cannot see it.
        caption: String,
        /// The names of the columns.
        head: Vec<String>,
        /// The rows; the first cell names the row.
        rows: Vec<Vec<Words>>,
    },
    /// What a person wrote, in Markdown.
    Prose(String),
    /// A chart.
    Chart(Chart),
    /// A picture; a form that cannot show it leaves it to the list of attachments.
    Picture(Picture),
}

/// A section.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// What it says; a section that says nothing is left out.
    pub blocks: Vec<Block>,
}

impl Section {
    /// With this heading.
    pub fn new(title: impl Into<String>, blocks: Vec<Block>) -> Self {
        Self { title: title.into(), blocks }
    }
}

/// The whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// The heading of all.
    pub title: String,
    /// What stands before the first section.
    pub lead: Vec<Block>,
    /// The sections in order; none is empty.
    pub sections: Vec<Section>,
    /// The last line: the journal's head, and what wrote it.
    pub foot: Words,
    /// What stands on every page of a drill.
    pub watermark: Option<String>,
}

/// The heading of the section that lists what is attached.
pub(super) const ATTACHMENTS: &str = "Attachments";

impl Outline {
    /// With `pictures` below the list of what is attached, and `untold` said of those that are
    /// not among them. Without that list there is nothing to show.
    #[must_use]
    pub fn showing(mut self, pictures: Vec<Picture>, untold: Vec<String>) -> Self {
        if let Some(section) = self.sections.iter_mut().find(|one| one.title == ATTACHMENTS) {
            section.blocks.extend(untold.into_iter().map(|text| Block::Line(plain(text))));
            section.blocks.extend(pictures.into_iter().map(Block::Picture));
        }
        self
    }

    /// The same without its pictures, which `why` explains.
    #[must_use]
    pub(super) fn without_pictures(&self, why: &str) -> Self {
        let mut bare = self.clone();
        for section in &mut bare.sections {
            let before = section.blocks.len();
            section.blocks.retain(|block| !matches!(block, Block::Picture(_)));
            if section.blocks.len() < before {
                section.blocks.push(Block::Line(plain(why)));
            }
        }
        bare
    }
}

/// How times are told.
#[derive(Clone, Debug)]
pub struct Times {
    zone: TimeZone,
    /// `UTC`, or the name of the zone.
    pub name: String,
}

impl Times {
    /// In this zone.
    #[must_use]
    pub fn of(zone: TimeZone) -> Self {
        let name = if zone == TimeZone::UTC {
            "UTC".to_owned()
        } else {
            zone.iana_name().unwrap_or("local time").to_owned()
        };
        Self { zone, name }
    }

    /// `2026-03-02 09:04:12Z`, or `2026-03-02 10:04:12+01:00`: the offset stands with every
    /// time, so that an hour that happens twice is told apart.
    #[must_use]
    pub fn tell(&self, at: Timestamp) -> String {
        if self.zone == TimeZone::UTC {
            return at.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        }
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S%:z").to_string()
    }

    /// The same for software: RFC 3339.
    #[must_use]
    pub fn exact(&self, at: Timestamp) -> String {
        if self.zone == TimeZone::UTC {
            return at.to_string();
        }
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()
    }
}
