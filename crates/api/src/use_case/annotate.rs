//! What people add to the record of a run. It does not matter whether the run is driven
//! here, elsewhere, or has ended: annotations have a chain of their own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use lastgood_core::name::RunId;
use lastgood_core::ports::AnnotationsError;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::secret::redact_text;
use lastgood_core::timeline::annotate::{FollowUpChange, Wish, annotate};
use lastgood_core::timeline::layer::AddedLine;
use lastgood_core::timeline::{
    Annotation, Attachment, Layer, LineId, LineKind, Record, lint_follow_ups, record, said_time,
};
use lastgood_core::view::{LineView, MilestoneView};

use super::redacting::clean_annotations;
use super::run::Told;
use crate::App;
use crate::problem::IntoProblem;
use crate::wire::{
    AnnotateRequest, AnnotatedView, AttachRequest, AttachmentQuery, AttachmentView, FollowUpsView,
    GivenTime, RunQuery, Say,
};
use crate::zone::zone_or_local;

/// The largest thing that can be attached: a screenshot of three screens. Half of it would
/// refuse those; what is larger belongs where it was made, with a link in a note.
const LARGEST: usize = 8 * 1024 * 1024;

/// How often somebody else may write first; people write seldom.
const TRIES: usize = 8;

/// What was said of a run.
pub(crate) struct Said {
    pub(crate) annotations: Vec<Annotation>,
}

impl App {
    /// Everything that was said of a run.
    pub(crate) async fn said(&self, run: &RunId) -> Result<Said, Problem> {
        let keeper = self.annotations().await?;
        let (annotations, _) = keeper.annotations(run).await.map_err(|error| error.problem())?;
        Ok(Said { annotations })
    }

    /// Says something of a run's record.
    pub async fn annotate(&self, request: AnnotateRequest) -> Result<AnnotatedView, Problem> {
        let told = self.told(&request.run).await?;
        let now = self.now_in(&told);
        let wish = wish(request.say, now, &told)?;
        self.wish(&told, now, vec![wish]).await
    }

    /// Lists what is left to do after a run, and what the open follow-ups lack today.
    pub async fn follow_ups(&self, query: RunQuery) -> Result<FollowUpsView, Problem> {
        let told = self.told(&query.run).await?;
        let said = self.said(&query.run).await?;
        let record = record(told.run.plan(), &told.entries, &said.annotations);
        let lacks = lint_follow_ups(&record.follow_ups, &today());
        Ok(FollowUpsView { items: record.follow_ups, lacks })
    }

    /// Attaches a picture or a text. A text is masked before it is hashed and kept.
    pub async fn attach(&self, request: AttachRequest) -> Result<AnnotatedView, Problem> {
        let bytes = STANDARD.decode(&request.base64).map_err(|error| {
            Problem::from_error(Code::InputInvalid, &error)
                .within("what is attached is not written in base 64")
        })?;
        if bytes.len() > LARGEST {
            return Err(Problem::new(
                Code::InputInvalid,
                format!("`{}` has {} bytes, and {LARGEST} are the most", request.name, bytes.len()),
            )
            .hint("Keep it where it is, and add a note with its address."));
        }
        let (media_type, bytes) = known_kind(&request.name, bytes)?;
        let told = self.told(&request.run).await?;
        let keeper = self.annotations().await?;
        let hash = keeper.keep(&request.run, &bytes).await.map_err(|error| error.problem())?;
        let attachment = Attachment {
            hash,
            name: request.name,
            media_type: media_type.to_owned(),
            bytes: bytes.len() as u64,
            line: request.line,
            caption: request.caption,
        };
        let now = self.now_in(&told);
        self.wish(&told, now, vec![Wish::Attach(attachment)]).await
    }

    /// Hands out something that was attached to a run.
    pub async fn attachment(&self, query: AttachmentQuery) -> Result<AttachmentView, Problem> {
        let told = self.told(&query.run).await?;
        let said = self.said(&query.run).await?;
        let record = record(told.run.plan(), &told.entries, &said.annotations);
        let attachment =
            record.attachments.into_iter().find(|one| one.hash == query.hash).ok_or_else(|| {
                Problem::new(Code::NotFound, format!("run `{}` has no such attachment", query.run))
            })?;
        let bytes = self.bytes_of(&query.run, &attachment).await?;
        Ok(AttachmentView { base64: STANDARD.encode(bytes), attachment })
    }

    /// The bytes of an attachment, held against its hash.
    pub(crate) async fn bytes_of(
        &self,
        run: &RunId,
        attachment: &Attachment,
    ) -> Result<Vec<u8>, Problem> {
        let keeper = self.annotations().await?;
        let kept = keeper.kept(run, &attachment.hash).await.map_err(|error| error.problem())?;
        kept.ok_or_else(|| {
            Problem::new(
                Code::JournalBroken,
                format!("the bytes of `{}` are not in the journal", attachment.name),
            )
            .hint("Restore the journal from a backup; the record itself is whole.")
        })
    }

    /// Decides from the record as it stands and writes; when somebody else wrote meanwhile,
    /// decides anew.
    pub(crate) async fn wish(
        &self,
        told: &Told,
        now: Timestamp,
        wishes: Vec<Wish>,
    ) -> Result<AnnotatedView, Problem> {
        self.wish_for(told, now, |_| wishes.clone()).await
    }

    /// The same, where what is wished for hangs on the record as it stands.
    pub(crate) async fn wish_for(
        &self,
        told: &Told,
        now: Timestamp,
        mut wishes: impl FnMut(&Record) -> Vec<Wish>,
    ) -> Result<AnnotatedView, Problem> {
        let run = told.run.id();
        let keeper = self.annotations().await?;
        let mut tries = 0;
        loop {
            let mut said = self.said(run).await?;
            tries += 1;
            let seen = said.annotations.len() as u64;
            let before = record(told.run.plan(), &told.entries, &said.annotations);
            let mut layers = Vec::new();
            for wish in wishes(&before) {
                layers.extend(annotate(&before, wish).map_err(|unsaid| unsaid.problem())?);
            }
            let new: Vec<Annotation> = layers
                .into_iter()
                .map(|says| Annotation {
                    at: now,
                    recorded_at: crate::system::wall(),
                    by: self.person(),
                    says,
                })
                .collect();
            // What is answered is what is kept.
            let new = clean_annotations(&new)
                .map_err(|error| Problem::from_error(Code::Internal, &error))?;
            match keeper.annotate(run, seen, &new).await {
                Ok(head) => {
                    said.annotations.extend(new.iter().cloned());
                    let after = record(told.run.plan(), &told.entries, &said.annotations);
                    return Ok(view(run, &after, &new, seen, head.seq));
                }
                Err(AnnotationsError::Moved { .. }) if tries < TRIES => {}
                Err(error) => return Err(error.problem()),
            }
        }
    }

    /// The time in a run's world: on the wall, or where the drill stands.
    pub(crate) fn now_in(&self, told: &Told) -> Timestamp {
        let driven = self.engine().driven(told.run.id()).map(|handle| handle.view().now);
        let wall = crate::system::wall();
        match (driven, &told.run.plan().drill, told.entries.last()) {
            (Some(now), _, _) => Timestamp::from_millisecond(now.0).unwrap_or(wall),
            // A drill's own time ended with it.
            (None, Some(_), Some(last)) => last.at,
            (None, _, _) => wall,
        }
    }
}

fn view(run: &RunId, after: &Record, new: &[Annotation], seen: u64, now: u64) -> AnnotatedView {
    let mut added = None;
    let mut follow_up = None;
    for (seq, annotation) in (seen + 1..).zip(new) {
        if let Layer::Added { .. } = &annotation.says {
            added = Some(LineId::Added(seq));
        } else if let Layer::FollowUp { item } = &annotation.says {
            follow_up = Some(item.clone());
        } else {
            added = annotation.says.line().or(added);
        }
    }
    AnnotatedView {
        run: run.clone(),
        line: added.and_then(|id| after.line(id)).cloned().map(LineView::from),
        follow_up,
        milestones: after.milestones.iter().cloned().map(MilestoneView::from).collect(),
        annotations: now,
    }
}

fn wish(say: Say, now: Timestamp, told: &Told) -> Result<Wish, Problem> {
    let near = told.entries.first().map(|entry| entry.at);
    let time = |given: GivenTime| -> Result<(Timestamp, Option<String>), Problem> {
        let zone = zone_or_local(given.zone.as_deref())?;
        let said = said_time(&given.text, &zone, near).map_err(|no_time| no_time.problem())?;
        Ok((said.at, Some(said.zone)))
    };
    Ok(match say {
        Say::Note { text, at, kind, actor } => {
            let (at, zone) = at.map(time).transpose()?.unwrap_or((now, None));
            let kind = kind.unwrap_or(LineKind::Note);
            let actor = actor.map(|person| person.as_str().to_owned());
            Wish::Add(AddedLine { at, zone, kind, text, actor, origin: None })
        }
        Say::Amend { line, text, at } => Wish::Amend { line, text, at: at.map(time).transpose()? },
        Say::Hide { line, reason } => Wish::Hide { line, reason },
        Say::Show { line } => Wish::Show(line),
        Say::Star { line } => Wish::Star(line),
        Say::Unstar { line } => Wish::Unstar(line),
        Say::Phase { milestone, at } => Wish::Mark { milestone, on: at.map(time).transpose()? },
        Say::FollowUp { number, title, owner, due, link, status } => {
            let change = FollowUpChange {
                title,
                owner: owner.map(|owner| owner.trim().to_owned()).filter(|owner| !owner.is_empty()),
                due: due.map(|due| day(&due)).transpose()?,
                link: link.map(|link| address(&link)).transpose()?,
                status,
            };
            Wish::FollowUp { number, change }
        }
        Say::Write { part, text } => Wish::Write { part: part_name(&part)?, text },
    })
}

/// The day on the wall, in UTC.
pub(crate) fn today() -> String {
    crate::system::wall().strftime("%Y-%m-%d").to_string()
}

/// Bytes in base 64, as they are attached.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn day(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let day: Result<jiff::civil::Date, _> = text.parse();
    match day {
        Ok(day) if text.len() == 10 => Ok(day.to_string()),
        Ok(_) | Err(_) => Err(Problem::new(Code::InputInvalid, format!("`{text}` is no day"))
            .hint("Give it like 2026-12-01.")),
    }
}

/// Links are shown in exports; anything but the web would be a trap there.
fn address(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let web = text.starts_with("https://") || text.starts_with("http://");
    if web && !text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Ok(text.to_owned());
    }
    Err(Problem::new(Code::InputInvalid, format!("`{text}` is no address of the web"))
        .hint("Give it like https://tracker.example/PAY-7."))
}

fn part_name(text: &str) -> Result<String, Problem> {
    let name = text.trim().to_lowercase().replace([' ', '_'], "-");
    if !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
        return Ok(name);
    }
    Err(Problem::new(Code::InputInvalid, format!("`{text}` is no name of a part"))
        .hint("Use letters and dashes, such as `summary` or `what-went-well`."))
}

/// What the bytes are, told by themselves and never by the name.
fn known_kind(name: &str, bytes: Vec<u8>) -> Result<(&'static str, Vec<u8>), Problem> {
    let media_type = match &bytes[..] {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        _ => "text/plain",
    };
    if media_type != "text/plain" {
        return Ok((media_type, bytes));
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') && !text.trim().is_empty() => {
            Ok((media_type, redact_text(&text).into_bytes()))
        }
        Ok(_) | Err(_) => Err(Problem::new(
            Code::InputInvalid,
            format!("`{name}` is neither a picture nor a text"),
        )
        .hint("Attach PNG, JPEG, GIF, WebP or UTF-8 text.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_attached_is_told_by_its_bytes() {
        let table: [(&[u8], Option<&str>); 6] = [
            (b"\x89PNG\r\n\x1a\n....", Some("image/png")),
            (b"\xff\xd8\xff\xe0", Some("image/jpeg")),
            (b"<svg onload=alert(1)>", Some("text/plain")),
            (b"MZ\x90\x00\x03", None),
            (b"  \n", None),
            (b"\xfe\xff\x00a", None),
        ];
        for (bytes, expected) in table {
            let found = known_kind("picture.png", bytes.to_vec());
            assert_eq!(found.ok().map(|(kind, _)| kind), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_text_is_masked_before_it_is_kept() {
        let text = b"curl https://ana:hunter2@db.example/x".to_vec();
        let (_, kept) = known_kind("log", text).expect("it is a text");
        assert!(!String::from_utf8_lossy(&kept).contains("hunter2"));
    }

    #[test]
    fn days_and_addresses_are_checked() {
        assert_eq!(day(" 2026-12-01 ").ok().as_deref(), Some("2026-12-01"));
        for text in ["2026-02-30", "soon", "2026-12-01T10:00", ""] {
            assert!(day(text).is_err(), "{text}");
        }
        assert!(address("https://tracker.example/7").is_ok());
        for text in ["javascript:alert(1)", "tracker", "https://a b", ""] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
