//! Issues in a team's tracker: where follow-ups live once the incident is over.
//!
//! An issue is found again by a marker that its text carries, so that a repeat after a
//! crash opens no second one. Trackers are reached through
//! [`IssueTracker`](crate::ports::IssueTracker).

use serde::{Deserialize, Serialize};

use crate::timeline::{FollowUp, FollowUpStatus};

/// What tells one of our issues or comments from every other: derived from what it is
/// about (`RUN/follow-up/2`), never generated, so that a restarted process names the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Marker(String);

impl Marker {
    /// From what the issue is about. Letters, digits and `-_./` are kept; everything else
    /// becomes `-`, because the marker stands in a comment that must not end early.
    #[must_use]
    pub fn new(about: &str) -> Self {
        let keep = |c: char| if c.is_ascii_alphanumeric() || "-_./".contains(c) { c } else { '-' };
        // Two dashes end the comment in some readers.
        let mut text: String = about.chars().map(keep).collect();
        while text.contains("--") {
            text = text.replace("--", "-");
        }
        Self(text)
    }

    /// As it is searched for.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `body` with the marker at its end, where no reader sees it.
    #[must_use]
    pub fn put(&self, body: &str) -> String {
        format!("{}\n\n{}\n", body.trim_end(), self.comment())
    }

    /// Whether `body` carries the marker.
    #[must_use]
    pub fn is_in(&self, body: &str) -> bool {
        body.contains(&self.comment())
    }

    fn comment(&self) -> String {
        format!("<!-- lastgood {} -->", self.0)
    }
}

/// An issue to be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What it is found again by.
    pub marker: Marker,
    /// One line.
    pub title: String,
    /// Markdown, without the marker.
    pub body: String,
    /// Labels that exist in the tracker; may be empty.
    pub labels: Vec<String>,
}

/// A comment to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// What it is found again by.
    pub marker: Marker,
    /// Markdown, without the marker.
    pub body: String,
}

/// An issue that exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Issue {
    /// The tracker's own handle: `acme/checkout#17`.
    pub reference: String,
    /// The page of it.
    pub url: String,
    /// Its title, as it is now.
    pub title: String,
    /// Where it stands: done where it was closed as completed, dropped where it was closed as
    /// not planned.
    pub status: FollowUpStatus,
}

/// What brings a follow-up and its issue in step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// They are.
    Nothing,
    /// It is tracked elsewhere, by a link that somebody gave.
    Elsewhere,
    /// An issue is opened.
    Open,
    /// The issue is closed, because the follow-up has ended.
    Close(FollowUpStatus),
    /// The follow-up has ended, because the issue was closed.
    End(FollowUpStatus),
}

/// What brings `item` and the issue that carries its marker in step. Whichever was ended ends
/// the other; to open one again is left to people, who do it on both sides: nobody can tell
/// from two states which of them is the newer one.
#[must_use]
pub fn step(item: &FollowUp, issue: Option<&Issue>) -> Step {
    use FollowUpStatus::{Done, Dropped, Open};

    match (item.status, issue.map(|issue| issue.status)) {
        (Open, None) if item.link.is_some() => Step::Elsewhere,
        (Open, None) => Step::Open,
        (Open, Some(ended @ (Done | Dropped))) => Step::End(ended),
        (ended @ (Done | Dropped), Some(Open)) => Step::Close(ended),
        (Open, Some(Open)) | (Done | Dropped, None | Some(Done | Dropped)) => Step::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_found_in_what_it_was_put_in_and_in_nothing_else() {
        let marker = Marker::new("r-1/follow-up/2");
        let body = marker.put("Add an alert for the queue.\n");
        assert!(marker.is_in(&body), "{body}");
        assert!(!Marker::new("r-1/follow-up/1").is_in(&body), "another follow-up");
        assert!(!Marker::new("r-1/follow-up").is_in(&body), "a part of a marker is none");
        assert!(body.starts_with("Add an alert"), "people read the text first");
    }

    #[test]
    fn whichever_was_ended_ends_the_other_and_nothing_is_opened_twice() {
        use FollowUpStatus::{Done, Dropped, Open};

        let item = |status, link: Option<&str>| FollowUp {
            number: 1,
            title: "Alert on the queue".to_owned(),
            owner: None,
            due: None,
            link: link.map(str::to_owned),
            status,
        };
        let issue = |status| Issue {
            reference: "acme/checkout#1".to_owned(),
            url: "https://github.com/acme/checkout/issues/1".to_owned(),
            title: String::new(),
            status,
        };
        for (status, link, of_issue, wanted) in [
            (Open, None, None, Step::Open),
            (Open, Some("https://tracker/7"), None, Step::Elsewhere),
            (Open, Some("https://x/1"), Some(Open), Step::Nothing),
            (Open, None, Some(Open), Step::Nothing),
            (Open, None, Some(Done), Step::End(Done)),
            (Open, None, Some(Dropped), Step::End(Dropped)),
            (Done, None, None, Step::Nothing),
            (Done, None, Some(Open), Step::Close(Done)),
            (Dropped, None, Some(Open), Step::Close(Dropped)),
            (Dropped, None, Some(Done), Step::Nothing),
        ] {
            let found = step(&item(status, link), of_issue.map(issue).as_ref());
            assert_eq!(found, wanted, "{status:?} with {link:?} and an issue {of_issue:?}");
        }
    }

    #[test]
    fn a_marker_cannot_end_its_comment_early() {
        let marker = Marker::new("x --> <script> -- y");
        assert!(!marker.as_str().contains("--"), "{}", marker.as_str());
        assert!(!marker.as_str().contains('>'), "{}", marker.as_str());
    }
}
