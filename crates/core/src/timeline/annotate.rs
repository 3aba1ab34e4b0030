//! Whether something may be said of a record. Decided from the record as it stands, so
//! that whoever decided on an older one is refused by the journal and decides anew.

use jiff::Timestamp;

use super::curate::Record;
use super::followup::{FollowUp, FollowUpStatus};
use super::layer::{AddedLine, Attachment, Layer, LineId, Milestone};

/// What a person wants to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Something happened that the journal does not hold.
    Add(AddedLine),
    /// A line is better said like this.
    Amend {
        /// Which.
        line: LineId,
        /// How; `None` leaves the text.
        text: Option<String>,
        /// When; `None` leaves the time.
        at: Option<(Timestamp, Option<String>)>,
    },
    /// A line is left out of what people read.
    Hide {
        /// Which.
        line: LineId,
        /// Why.
        reason: String,
    },
    /// A hidden line is read again.
    Show(LineId),
    /// A line matters most.
    Star(LineId),
    /// It does not, after all.
    Unstar(LineId),
    /// A point of the incident was at this time; `None` when nobody knows, after all.
    Mark {
        /// Which point.
        milestone: Milestone,
        /// When, and the zone that it was given in.
        on: Option<(Timestamp, Option<String>)>,
    },
    /// Something is left to do.
    FollowUp {
        /// Which one is changed; a new one is made without a number.
        number: Option<u64>,
        /// What changes.
        change: FollowUpChange,
    },
    /// A part of the postmortem.
    Write {
        /// Its name.
        part: String,
        /// What it says; empty takes it away.
        text: String,
    },
    /// A picture or a text.
    Attach(Attachment),
}

/// What changes of a follow-up; `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowUpChange {
    /// What is to be done.
    pub title: Option<String>,
    /// Who does it.
    pub owner: Option<String>,
    /// Until which day.
    pub due: Option<String>,
    /// Where it is tracked.
    pub link: Option<String>,
    /// Where it stands.
    pub status: Option<FollowUpStatus>,
}

/// Why something cannot be said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsaid {
    /// There is no such line.
    #[error("the record has no line `{line}`")]
    NoSuchLine {
        /// Which.
        line: LineId,
    },
    /// There is no such follow-up.
    #[error("the record has no follow-up {number}")]
    NoSuchFollowUp {
        /// Which.
        number: u64,
    },
    /// It is blank.
    #[error("the {what} is blank")]
    Blank {
        /// What is.
        what: &'static str,
    },
    /// It is so already.
    #[error("{what} already")]
    Already {
        /// What is, as the beginning of a sentence.
        what: String,
    },
    /// It is too long to be read by anybody.
    #[error("the {what} has {length} bytes, and {most} are the most")]
    TooLong {
        /// What is.
        what: &'static str,
        /// How long it is.
        length: usize,
        /// How long it may be.
        most: usize,
    },
}

/// The longest text of a line, in bytes: some hundred pages. Half of it would cut a pasted
/// log that belongs into an attachment; twice as much nobody reads in a timeline.
pub const LONGEST_TEXT: usize = 256 * 1024;

/// What is to be written for `wish`, given the record as it stands.
pub fn annotate(record: &Record, wish: Wish) -> Result<Vec<Layer>, Unsaid> {
    Ok(match wish {
        Wish::Add(line) => {
            let text = said("text", &line.text)?;
            vec![Layer::Added { line: AddedLine { text, ..line } }]
        }
        Wish::Amend { line, text, at } => amend(record, line, text, at)?,
        Wish::Hide { line, reason } => {
            if known(record, line)?.hidden.is_some() {
                return Err(Unsaid::Already { what: format!("`{line}` is hidden") });
            }
            vec![Layer::Hidden { line, reason: said("reason", &reason)? }]
        }
        Wish::Show(line) => {
            if known(record, line)?.hidden.is_none() {
                return Err(Unsaid::Already { what: format!("`{line}` is shown") });
            }
            vec![Layer::Shown { line }]
        }
        Wish::Star(line) => {
            if known(record, line)?.starred {
                return Err(Unsaid::Already { what: format!("`{line}` has a star") });
            }
            vec![Layer::Starred { line }]
        }
        Wish::Unstar(line) => {
            if !known(record, line)?.starred {
                return Err(Unsaid::Already { what: format!("`{line}` has no star") });
            }
            vec![Layer::Unstarred { line }]
        }
        Wish::Mark { milestone, on: Some((on, zone)) } => {
            vec![Layer::Marked { milestone, on, zone }]
        }
        Wish::Mark { milestone, on: None } => {
            if record.milestone(milestone).is_none() {
                let what = format!("`{}` is not marked", milestone.as_str());
                return Err(Unsaid::Already { what });
            }
            vec![Layer::Unmarked { milestone }]
        }
        Wish::FollowUp { number, change } => {
            vec![Layer::FollowUp { item: follow_up(record, number, change)? }]
        }
        Wish::Write { part, text } => {
            let text = if text.trim().is_empty() { String::new() } else { said("text", &text)? };
            vec![Layer::Wrote { part: said("part", &part)?, text }]
        }
        Wish::Attach(attachment) => {
            if let Some(line) = attachment.line {
                known(record, line)?;
            }
            let same =
                |one: &&Attachment| one.hash == attachment.hash && one.line == attachment.line;
            if record.attachments.iter().find(same).is_some() {
                return Err(Unsaid::Already { what: format!("`{}` is attached", attachment.name) });
            }
            said("caption", &attachment.caption)?;
            vec![Layer::Attached { attachment }]
        }
    })
}

fn amend(
    record: &Record,
    id: LineId,
    text: Option<String>,
    at: Option<(Timestamp, Option<String>)>,
) -> Result<Vec<Layer>, Unsaid> {
    let line = known(record, id)?;
    let mut layers = Vec::new();
    if let Some(text) = text {
        let text = said("text", &text)?;
        if text == line.text && at.is_none() {
            return Err(Unsaid::Already { what: format!("`{id}` says that") });
        }
        layers.push(Layer::Amended { line: id, text });
    }
    if let Some((to, zone)) = at {
        if to == line.occurred_at && layers.is_empty() {
            return Err(Unsaid::Already { what: format!("`{id}` has that time") });
        }
        layers.push(Layer::Retimed { line: id, to, zone });
    }
    if layers.is_empty() { Err(Unsaid::Blank { what: "amendment" }) } else { Ok(layers) }
}

fn follow_up(
    record: &Record,
    number: Option<u64>,
    change: FollowUpChange,
) -> Result<FollowUp, Unsaid> {
    let mut item = match number {
        Some(number) => {
            record.follow_up(number).cloned().ok_or(Unsaid::NoSuchFollowUp { number })?
        }
        None => FollowUp {
            number: record.follow_ups.last().map_or(0, |last| last.number) + 1,
            title: String::new(),
            owner: None,
            due: None,
            link: None,
            status: FollowUpStatus::Open,
        },
    };
    let before = item.clone();
    if let Some(title) = change.title {
        item.title = title;
    }
    item.title = said("title", &item.title)?;
    item.owner = change.owner.or(item.owner);
    item.due = change.due.or(item.due);
    item.link = change.link.or(item.link);
    item.status = change.status.unwrap_or(item.status);
    if number.is_some() && item == before {
        return Err(Unsaid::Already { what: format!("follow-up {} is so", item.number) });
    }
    Ok(item)
}

fn known(record: &Record, line: LineId) -> Result<&super::Line, Unsaid> {
    record.line(line).ok_or(Unsaid::NoSuchLine { line })
}

fn said(what: &'static str, text: &str) -> Result<String, Unsaid> {
    let text = text.trim_end();
    if text.trim().is_empty() {
        return Err(Unsaid::Blank { what });
    }
    if text.len() > LONGEST_TEXT {
        return Err(Unsaid::TooLong { what, length: text.len(), most: LONGEST_TEXT });
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests;
