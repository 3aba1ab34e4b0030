//! What people add to a run's record.

use std::io::Read as _;
use std::path::Path;

use lastgood_api::App;
use lastgood_api::wire::{
    AnnotateRequest, AnnotatedView, AttachRequest, GivenTime, RunQuery, Say, TimelineQuery,
};
use lastgood_core::name::{Person, RunId};
use lastgood_core::problem::{Code, Problem};
use lastgood_core::timeline::{FollowUpStatus, LineId, LineKind, Milestone};
use lastgood_core::view::TimelineFilter;

use crate::args::{Annotating, AtTime, Filter, Following, Kind, Point, Status};
use crate::exit::{Ending, Stop};
use crate::screen::Screen;
use crate::show;

pub(super) async fn annotate(
    app: &App,
    screen: &Screen,
    asked: Annotating,
) -> Result<Ending, Stop> {
    let (run, say) = match asked {
        Annotating::Note { run, text, time, kind, actor } => {
            let actor = actor.map(Person::new);
            (run, Say::Note { text: words(text)?, at: given(time), kind: Some(wire(kind)), actor })
        }
        Annotating::Amend { run, line, text, time } => {
            let text = text.map(words).transpose()?;
            (run, Say::Amend { line: named(line)?, text, at: given(time) })
        }
        Annotating::Hide { run, line, reason, undo: false } => {
            (run, Say::Hide { line: named(line)?, reason: reason.unwrap_or_default() })
        }
        Annotating::Hide { run, line, undo: true, .. } => (run, Say::Show { line: named(line)? }),
        Annotating::Star { run, line, undo: false } => (run, Say::Star { line: named(line)? }),
        Annotating::Star { run, line, undo: true } => (run, Say::Unstar { line: named(line)? }),
        Annotating::Phase { run, phase, time, clear } => {
            let milestone = point(phase);
            match (given(time), clear) {
                (None, false) => {
                    let sentence = format!("nobody said when `{}` was", milestone.as_str());
                    return Err(Problem::new(Code::InputInvalid, sentence)
                        .hint("Give it with --at, or take the mark back with --clear.")
                        .into());
                }
                (at, _) => (run, Say::Phase { milestone, at }),
            }
        }
        Annotating::Followup { command: Following::List { run } } => {
            return list(app, screen, run).await;
        }
        Annotating::Followup { command: Following::Sync { run } } => {
            return sync(app, screen, run).await;
        }
        Annotating::Followup { command: Following::Add { run, title, change } } => (
            run,
            Say::FollowUp {
                number: None,
                title: Some(title),
                owner: change.owner,
                due: change.due,
                link: change.link,
                status: None,
            },
        ),
        Annotating::Followup { command: Following::Set { run, number, title, status, change } } => {
            (
                run,
                Say::FollowUp {
                    number: Some(number),
                    title,
                    owner: change.owner,
                    due: change.due,
                    link: change.link,
                    status: status.map(stands),
                },
            )
        }
        Annotating::Write { run, part, text } => (run, Say::Write { part, text: words(text)? }),
        Annotating::Attach { run, file, caption, line } => {
            return attach(app, screen, run, &file, caption, line).await;
        }
    };
    let request = AnnotateRequest { run: RunId::new(run), say };
    let view = app.annotate(request).await?;
    tell(screen, &view)
}

fn tell(screen: &Screen, view: &AnnotatedView) -> Result<Ending, Stop> {
    screen.answer(view, |look| show::annotated(look, view))?;
    Ok(Ending::Done)
}

const fn stands(status: Status) -> FollowUpStatus {
    match status {
        Status::Open => FollowUpStatus::Open,
        Status::Done => FollowUpStatus::Done,
        Status::Dropped => FollowUpStatus::Dropped,
    }
}

/// Brings the follow-ups and their issues in step. What could not be done is told, and found
/// by the exit code.
async fn sync(app: &App, screen: &Screen, run: String) -> Result<Ending, Stop> {
    let view = app.sync_follow_ups(&RunId::new(run)).await?;
    screen.answer(&view, |look| show::synced(look, &view))?;
    Ok(if view.complete { Ending::Done } else { Ending::Found })
}

async fn list(app: &App, screen: &Screen, run: String) -> Result<Ending, Stop> {
    let view = app.follow_ups(RunQuery { run: RunId::new(run) }).await?;
    screen.answer(&view, |look| show::follow_ups(look, &view))?;
    Ok(Ending::Done)
}

async fn attach(
    app: &App,
    screen: &Screen,
    run: String,
    file: &Path,
    caption: String,
    line: Option<String>,
) -> Result<Ending, Stop> {
    let bytes = std::fs::read(file).map_err(|error| {
        Problem::from_error(Code::FileUnreadable, &error)
            .within(format!("could not read `{}`", file.display()))
            .hint("Name a file that exists and that you may read.")
    })?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let line = line.map(named).transpose()?;
    let request = AttachRequest {
        run: RunId::new(run),
        line,
        name,
        caption,
        base64: lastgood_api::base64(&bytes),
    };
    tell(screen, &app.attach(request).await?)
}

pub(super) async fn timeline(
    app: &App,
    screen: &Screen,
    run: &str,
    asked: Filter,
) -> Result<Ending, Stop> {
    let kinds: Vec<LineKind> = asked.kind.into_iter().map(wire).collect();
    let filter = TimelineFilter {
        kinds: Some(kinds).filter(|kinds| !kinds.is_empty()),
        person: asked.person.map(Person::new),
        starred: asked.starred,
        hidden: asked.hidden,
        text: asked.grep,
        ..TimelineFilter::default()
    };
    let view = app.timeline(TimelineQuery { run: RunId::new(run), filter }).await?;
    let zone = asked.tz.as_deref().map(lastgood_api::zone).transpose()?;
    screen.answer(&view, |look| {
        let zone = zone.unwrap_or_else(|| look.zone.clone());
        show::timeline(&crate::look::Look { zone, ..look.clone() }, &view)
    })?;
    Ok(Ending::Done)
}

fn given(time: AtTime) -> Option<GivenTime> {
    time.at.map(|text| GivenTime { text, zone: time.tz })
}

fn named(text: String) -> Result<LineId, Stop> {
    LineId::try_from(text).map_err(|error| {
        Problem::from_error(Code::InputInvalid, &error)
            .hint("`lastgood timeline RUN` shows the names of all lines.")
            .into()
    })
}

/// The words, or standard input for `-`.
fn words(text: String) -> Result<String, Stop> {
    if text != "-" {
        return Ok(text);
    }
    let mut read = String::new();
    std::io::stdin().read_to_string(&mut read).map_err(|error| {
        Problem::from_error(Code::FileUnreadable, &error).within("could not read standard input")
    })?;
    Ok(read)
}

const fn wire(kind: Kind) -> LineKind {
    match kind {
        Kind::Run => LineKind::Run,
        Kind::Signal => LineKind::Signal,
        Kind::Decision => LineKind::Decision,
        Kind::Action => LineKind::Action,
        Kind::Note => LineKind::Note,
    }
}

const fn point(point: Point) -> Milestone {
    match point {
        Point::ImpactStarted => Milestone::ImpactStarted,
        Point::Detected => Milestone::Detected,
        Point::Acknowledged => Milestone::Acknowledged,
        Point::Mitigated => Milestone::Mitigated,
        Point::Verified => Milestone::Verified,
        Point::Resolved => Milestone::Resolved,
    }
}
