//! Looks at everything that a run would need, before one is needed.

use std::time::Instant;

use futures::future::join_all;
use lastgood_core::catalog::Place;
use lastgood_core::preflight::{Finding, Grade, Topic};
use lastgood_core::problem::{Code, Problem};
use lastgood_core::time::{Millis, earlier};
use lastgood_core::view::RunStatus;

use super::release::look;
use crate::App;
use crate::stage::Stage;
use crate::wire::{DoctorView, Nothing};

/// The window that the doctor measures over.
const WINDOW: Millis = Millis::minutes(5);

impl App {
    /// Looks at the files, the journal, and every system that the catalog names.
    pub async fn doctor(&self, _: Nothing) -> Result<DoctorView, Problem> {
        let began = Instant::now();
        let mut findings = vec![self.files_finding(), self.journal_finding().await];
        let stage = self.stage()?;
        let places: Vec<Place> = stage.files.catalog.places().map(|(place, _)| place).collect();
        stage.world.foresee(&places);
        let looks = join_all(places.iter().map(|place| look_at(self, &stage, place)));
        // The practice world needs none.
        let secrets =
            async { if stage.is_practice() { Vec::new() } else { self.secret_findings().await } };
        let connections = async {
            match &stage.examiner {
                Some(examiner) => examiner.examine().await,
                None => Vec::new(),
            }
        };
        let (secrets, connections, looked) = futures::join!(secrets, connections, looks);
        findings.extend(secrets);
        findings.extend(connections);
        findings.extend(looked.into_iter().flatten());
        Ok(DoctorView { findings, took: began.elapsed().into() })
    }

    fn files_finding(&self) -> Finding {
        let advice = self.files().advice.len();
        let grade = if advice == 0 { Grade::Pass } else { Grade::Warn };
        let sentence = if advice == 0 {
            "every file reads well".to_owned()
        } else {
            format!("every file reads, {advice} pieces of advice; `lastgood lint` shows them")
        };
        Finding::new("workspace files", grade, sentence)
    }

    async fn journal_finding(&self) -> Finding {
        let path = self.journal_path().display().to_string();
        match self.journal().await {
            Ok(_) => match self.damaged().await {
                Ok(damaged) if damaged.is_empty() => {
                    Finding::new("journal", Grade::Pass, format!("`{path}` can be written"))
                }
                Ok(damaged) => Finding::new(
                    "journal",
                    Grade::Warn,
                    format!("`{path}` can be written, and is damaged in: {}", damaged.join(", ")),
                )
                .mend("Keep the file as it is; `lastgood journal verify` tells more."),
                Err(problem) => Finding::new("journal", Grade::Warn, problem.chain.join(": ")),
            },
            Err(problem) => {
                let finding = Finding::new("journal", Grade::Block, problem.chain.join(": "));
                match problem.hint {
                    Some(hint) => finding.mend(hint),
                    None => finding,
                }
            }
        }
    }
}

impl App {
    /// The runs whose record cannot be read.
    async fn damaged(&self) -> Result<Vec<String>, Problem> {
        let rows = self.runs(Nothing {}).await?;
        let broken = rows.into_iter().filter(|row| row.status == RunStatus::Unreadable);
        Ok(broken.map(|row| row.run.to_string()).collect())
    }
}

/// What the platform says that we may and may not do at `place`.
async fn rights(stage: &Stage, place: &Place) -> Vec<Finding> {
    let all = stage.world.preflight(place, &[]).await;
    let told = all.into_iter().filter(|finding| finding.topic == Topic::Permission);
    told.map(|finding| {
        let subject = format!("{place}: {}", finding.subject);
        Finding { subject, ..finding }
    })
    .collect()
}

async fn look_at(app: &App, stage: &Stage, place: &Place) -> Vec<Finding> {
    let mut findings = Vec::new();
    match look(app, stage, place).await {
        Ok(looked) => {
            let grade = if looked.doubts.is_empty() { Grade::Pass } else { Grade::Warn };
            let told: Vec<String> =
                std::iter::once(looked.survey.sentence()).chain(looked.doubts).collect();
            findings.push(Finding::new(format!("{place}: platform"), grade, told.join("; ")));
            let grade = if looked.proposal.target.is_some() { Grade::Pass } else { Grade::Warn };
            findings.push(Finding::new(
                format!("{place}: last known good"),
                grade,
                looked.proposal.sentence,
            ));
            for finding in stage.world.preflight(place, &[]).await {
                let subject = format!("{place}: {}", finding.subject);
                findings.push(Finding { subject, ..finding });
            }
        }
        Err(problem) => {
            let forbidden = problem.code == Code::Forbidden;
            let finding =
                Finding::new(format!("{place}: platform"), Grade::Block, problem.chain.join(": "));
            findings.push(match problem.hint {
                Some(hint) => finding.mend(hint),
                None => finding,
            });
            if forbidden {
                // Whoever asks for one permission asks for all that are missing.
                findings.extend(rights(stage, place).await);
            }
        }
    }
    let Ok(environment) = stage.environment(place) else { return findings };
    let now = stage.clock.now();
    for slo in &environment.slos {
        let found = stage.world.measure(place, slo, earlier(now, WINDOW), now).await;
        let subject = format!("{place}: objective {}", slo.name);
        findings.push(if found.doubts.is_empty() {
            let total = found.counts.total;
            Finding::new(subject, Grade::Pass, format!("{total} requests in the last {WINDOW}"))
        } else {
            let doubts: Vec<String> =
                found.doubts.iter().map(lastgood_core::judge::Doubt::sentence).collect();
            Finding::new(subject, Grade::Unknown, doubts.join("; "))
        });
    }
    if environment.slos.is_empty() {
        findings.push(
            Finding::new(
                format!("{place}: objectives"),
                Grade::Warn,
                without_objectives(environment.checks.len()),
            )
            .mend("Add `slos` to the catalog."),
        );
    }
    findings
}

/// What can prove a recovery where no objective is declared.
fn without_objectives(checks: usize) -> String {
    let proves = match checks {
        0 => return "none is declared, so nothing can prove a recovery".to_owned(),
        1 => "its check can".to_owned(),
        more => format!("its {more} checks can"),
    };
    format!(
        "none is declared: {proves} prove that it answers as it should, and nothing that its \
         users' requests succeed"
    )
}
