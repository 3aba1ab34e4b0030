//! The shapes that postmortems have, and what is missing in one. The shapes follow the
//! published templates of Google's SRE book ("Example Postmortem"), `PagerDuty`'s guide
//! ("Postmortem Template") and the Howie guide of Jeli, in our own words.

use serde::{Deserialize, Serialize};

use super::Document;

/// The shape of an export that people read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Layout {
    /// What the run knows, then what people wrote.
    #[default]
    Standard,
    /// Like the example of Google's SRE book.
    Google,
    /// Like `PagerDuty`'s template.
    Pagerduty,
    /// Like the Howie guide: a story that people learn from.
    Howie,
}

/// What stands at one place of a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// A part that a person writes.
    Part {
        /// Its name in the record.
        name: &'static str,
        /// Its heading.
        title: &'static str,
        /// What it should answer.
        ask: &'static str,
    },
    KeyTimes,
    Releases,
    Preflight,
    Timeline,
    Verification,
    NotRestored,
    Ways,
    FollowUps(&'static str),
    Questions,
    Readiness,
    Attachments,
    OtherParts,
}

const fn part(name: &'static str, title: &'static str, ask: &'static str) -> Slot {
    Slot::Part { name, title, ask }
}

const SUMMARY: Slot = part("summary", "Summary", "what happened, in three sentences");
const IMPACT: Slot = part("impact", "Impact", "who was hurt, how badly, for how long");
const CAUSE: Slot = part("root-cause", "Root causes", "what made it possible");
const WELL: Slot = part("went-well", "What went well", "what helped");
const WRONG: Slot = part("went-wrong", "What went wrong", "what hindered");

const STANDARD: &[Slot] = &[
    Slot::KeyTimes,
    Slot::Releases,
    Slot::Preflight,
    Slot::Timeline,
    Slot::Verification,
    Slot::NotRestored,
    Slot::Ways,
    Slot::OtherParts,
    Slot::FollowUps("Follow-ups"),
    Slot::Questions,
    Slot::Readiness,
    Slot::Attachments,
];

const GOOGLE: &[Slot] = &[
    SUMMARY,
    IMPACT,
    CAUSE,
    part("trigger", "Trigger", "what set it off"),
    part("resolution", "Resolution", "what ended it"),
    part("detection", "Detection", "who or what noticed, and how"),
    Slot::FollowUps("Action items"),
    WELL,
    WRONG,
    part("lucky", "Where we got lucky", "what could have made it worse"),
    Slot::OtherParts,
    Slot::KeyTimes,
    Slot::Timeline,
    Slot::Releases,
    Slot::Preflight,
    Slot::Verification,
    Slot::NotRestored,
    Slot::Ways,
    Slot::Questions,
    Slot::Readiness,
    Slot::Attachments,
];

const PAGERDUTY: &[Slot] = &[
    SUMMARY,
    part("what-happened", "What happened", "the incident as a short story"),
    CAUSE,
    part("resolution", "Resolution", "what ended it, and what was tried before"),
    IMPACT,
    Slot::KeyTimes,
    Slot::Timeline,
    WELL,
    WRONG,
    Slot::FollowUps("Action items"),
    part("messaging", "Messaging", "what was told to users and to the company"),
    Slot::OtherParts,
    Slot::Releases,
    Slot::Preflight,
    Slot::Verification,
    Slot::NotRestored,
    Slot::Ways,
    Slot::Questions,
    Slot::Readiness,
    Slot::Attachments,
];

const HOWIE: &[Slot] = &[
    SUMMARY,
    part("background", "Background", "what one needs to know to follow the story"),
    part("narrative", "What happened", "the story from the view of those who were in it"),
    Slot::Timeline,
    Slot::KeyTimes,
    part("themes", "Themes", "what keeps coming back, here and elsewhere"),
    part("contributors", "Contributors and enablers", "what made it possible"),
    part("mitigators", "Mitigators", "what kept it from being worse"),
    part("risks", "Risks", "what can still happen"),
    Slot::FollowUps("Follow-ups"),
    Slot::Questions,
    Slot::OtherParts,
    Slot::Releases,
    Slot::Preflight,
    Slot::Verification,
    Slot::NotRestored,
    Slot::Ways,
    Slot::Readiness,
    Slot::Attachments,
];

impl Layout {
    /// Every shape there is.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Google, Self::Pagerduty, Self::Howie];

    /// As written on a command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Google => "google",
            Self::Pagerduty => "pagerduty",
            Self::Howie => "howie",
        }
    }

    pub(super) const fn slots(self) -> &'static [Slot] {
        match self {
            Self::Standard => STANDARD,
            Self::Google => GOOGLE,
            Self::Pagerduty => PAGERDUTY,
            Self::Howie => HOWIE,
        }
    }
}

/// What a postmortem of this shape lacks, one sentence each. Follow-ups are looked at by
/// [`lastgood_core::timeline::lint_follow_ups`].
#[must_use]
pub fn lint(document: &Document, layout: Layout) -> Vec<String> {
    let written = |name: &str| {
        document.parts.iter().any(|part| part.name == name && !part.text.trim().is_empty())
    };
    let mut lacks: Vec<String> = layout
        .slots()
        .iter()
        .filter_map(|slot| match slot {
            Slot::Part { name, title, ask } if !written(name) => Some(format!(
                "`{title}` is not written: {ask}. Write it with `lastgood write RUN {name} TEXT`."
            )),
            Slot::Part { .. }
            | Slot::KeyTimes
            | Slot::Releases
            | Slot::Preflight
            | Slot::Timeline
            | Slot::Verification
            | Slot::NotRestored
            | Slot::Ways
            | Slot::FollowUps(_)
            | Slot::Questions
            | Slot::Readiness
            | Slot::Attachments
            | Slot::OtherParts => None,
        })
        .collect();
    if document.follow_ups.is_empty() {
        lacks.push("There is no follow-up. Nothing left to do is rare.".to_owned());
    }
    if document.milestones.is_empty() {
        lacks.push(
            "Nobody marked when users began to be hurt; durations begin with the run.".to_owned(),
        );
    }
    lacks
}
