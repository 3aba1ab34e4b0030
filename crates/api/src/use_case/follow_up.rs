//! Keeps what is left to do in step with the issues where a team works on it.
//!
//! The follow-up in the record is the intent, and is durable before anything is sent. The
//! marker in the issue's text is what a repeat finds, after a crash or a lost reply too. What
//! came of it, the address, is written into the record last.

use lastgood_core::catalog::Place;
use lastgood_core::effect::{ApplyError, Refusal};
use lastgood_core::issue::{Comment, Draft, Issue, Marker, Step, step};
use lastgood_core::name::RunId;
use lastgood_core::ports::IssueTracker;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::timeline::annotate::{FollowUpChange, Wish};
use lastgood_core::timeline::{FollowUp, FollowUpStatus, record};
use lastgood_providers::LiveWorld;
use serde::Serialize;

use super::run::Told;
use crate::App;
use crate::problem::IntoProblem as _;

/// The label of every issue that is opened here; GitHub makes it where there is none.
const LABEL: &str = "follow-up";

/// How the follow-ups of a run stand against their issues.
#[derive(Clone, Debug, Serialize)]
pub struct SyncedView {
    /// Which run.
    pub run: RunId,
    /// Every follow-up, by its number.
    pub items: Vec<InStep>,
    /// Whether each of them is in step.
    pub complete: bool,
}

/// One follow-up.
#[derive(Clone, Debug, Serialize)]
pub struct InStep {
    /// Its number.
    pub number: u64,
    /// What is to be done.
    pub title: String,
    /// Where it is tracked, as far as is known.
    pub link: Option<String>,
    /// Whether it is in step now.
    pub done: bool,
    /// What was done, or why it could not be.
    pub sentence: String,
}

/// What came of one follow-up: a sentence, its issue, and what changes in the record.
struct Came {
    sentence: String,
    issue: Option<Issue>,
    change: FollowUpChange,
}

impl App {
    /// Opens an issue for each follow-up that is open and tracked nowhere, and ends on one
    /// side what was ended on the other. Doing it again changes nothing more.
    pub async fn sync_follow_ups(&self, run: &RunId) -> Result<SyncedView, Problem> {
        let told = self.told(run).await?;
        if told.run.plan().drill.is_some() {
            let why = format!("run `{run}` is a drill, and nobody works on issues of a drill");
            return Err(Problem::new(Code::NotNow, why));
        }
        let stage = self.stage()?;
        let place = told.run.plan().place.clone();
        stage.environment(&place)?;
        let world = LiveWorld::new(stage.files.catalog.clone(), self.vault());
        let said = self.said(run).await?;
        let items = record(told.run.plan(), &told.entries, &said.annotations).follow_ups;
        let mut view = SyncedView { run: run.clone(), items: Vec::new(), complete: true };
        for item in items {
            let came = in_step(&world, &place, run, &item, self.person().as_str()).await;
            let kept = match came {
                Ok(came) => self.noted(&told, &item, came).await?,
                Err(error) => missed(&item, &error),
            };
            view.complete &= kept.done;
            view.items.push(kept);
        }
        Ok(view)
    }

    /// Writes what came of it into the record.
    async fn noted(&self, told: &Told, item: &FollowUp, came: Came) -> Result<InStep, Problem> {
        let Came { sentence, issue, change } = came;
        if change.link.is_some() || change.status.is_some() {
            let wish = Wish::FollowUp { number: Some(item.number), change };
            self.wish(told, self.now_in(told), vec![wish]).await?;
        }
        Ok(InStep {
            number: item.number,
            title: item.title.clone(),
            link: issue.map(|issue| issue.url).or_else(|| item.link.clone()),
            done: true,
            sentence,
        })
    }
}

fn missed(item: &FollowUp, error: &ApplyError) -> InStep {
    let sentence = match error {
        ApplyError::Refused(refusal) => refusal.problem().chain.join(": "),
        ApplyError::Lost { why } => {
            format!("whether it arrived is not known ({why}); repeat it, and what arrived is found")
        }
    };
    InStep {
        number: item.number,
        title: item.title.clone(),
        link: item.link.clone(),
        done: false,
        sentence,
    }
}

/// Does what is to be done for one follow-up.
async fn in_step(
    tracker: &dyn IssueTracker,
    place: &Place,
    run: &RunId,
    item: &FollowUp,
    person: &str,
) -> Result<Came, ApplyError> {
    let marker = Marker::new(&format!("{run}/follow-up/{}", item.number));
    let found = tracker.find(place, &marker).await?;
    let linked =
        |issue: &Issue| (item.link.as_ref() != Some(&issue.url)).then(|| issue.url.clone());
    let came = |sentence: String, issue: Option<Issue>, status: Option<FollowUpStatus>| {
        let link = issue.as_ref().and_then(linked);
        Came {
            sentence,
            issue,
            change: FollowUpChange { link, status, ..FollowUpChange::default() },
        }
    };
    let known = |issue: &Option<Issue>| {
        issue.as_ref().map_or_else(|| "its issue".to_owned(), |issue| issue.reference.clone())
    };
    Ok(match step(item, found.as_ref()) {
        Step::Open => {
            let issue = tracker.open(place, &draft(marker, place, run, item)).await?;
            came(format!("opened as {}", issue.reference), Some(issue), None)
        }
        Step::Close(ended) => {
            let issue = found.ok_or_else(|| gone(item))?;
            let comment = Comment {
                marker: Marker::new(&format!("{}/{}", marker.as_str(), ended.as_str())),
                body: format!(
                    "Follow-up {} of run `{run}` is {}; {person} says so.",
                    item.number,
                    ended.as_str()
                ),
            };
            tracker.comment(place, &issue, &comment).await?;
            let issue = tracker.close(place, &issue, ended).await?;
            came(format!("{} is closed as {}", issue.reference, ended.as_str()), Some(issue), None)
        }
        Step::End(ended) => {
            let sentence =
                format!("{} was closed, so that it is {} here", known(&found), ended.as_str());
            came(sentence, found, Some(ended))
        }
        Step::Elsewhere => {
            let link = item.link.as_deref().unwrap_or_default();
            came(format!("it is tracked elsewhere: {link}"), None, None)
        }
        Step::Nothing => match &found {
            Some(issue) => came(format!("in step with {}", issue.reference), found.clone(), None),
            None => {
                came(format!("it is {} and was never an issue", item.status.as_str()), None, None)
            }
        },
    })
}

fn gone(item: &FollowUp) -> Refusal {
    Refusal::Gone { what: format!("the issue of follow-up {}", item.number) }
}

/// The issue, as it is opened.
fn draft(marker: Marker, place: &Place, run: &RunId, item: &FollowUp) -> Draft {
    let owner = item.owner.as_deref().unwrap_or("nobody yet");
    let due = item.due.as_deref().unwrap_or("no day");
    let body = format!(
        "{}\n\n| | |\n|---|---|\n| follow-up | {} of run `{run}` |\n| where | {place} |\n\
         | owner | {owner} |\n| due | {due} |\n\n`lastgood timeline {run}` tells what happened.",
        item.title, item.number
    );
    Draft { marker, title: item.title.clone(), body, labels: vec![LABEL.to_owned()] }
}
