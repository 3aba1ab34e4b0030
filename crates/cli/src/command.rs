//! What each command does: ask the app, show the answer, tell how it ended.

mod annotate;
mod blame;
mod checklist;
mod drill;
mod errors;
mod export;
mod good;
mod import;
mod judge;
mod lint;
mod look_up;
mod pages;
mod present;
mod record;
mod replay;
mod run;
mod schema;
mod secret;
mod start;

use lastgood_api::wire::PlanRequest;
use lastgood_core::name::RunbookName;

use crate::args::{Command, JournalCommand, Line, ReleaseCommand};
use crate::exit::{Ending, Stop};
use crate::keyboard::Keyboard;
use crate::leave::Leave;
use crate::open;
use crate::screen::Screen;
use crate::serve::{Serve, serve};

/// Does what the line says.
pub(crate) fn carry_out(line: Line, screen: &Screen) -> Result<Ending, Stop> {
    let Line { options, command } = line;
    // These need no app, and so work where none can be opened.
    if let Command::Errors { code } = &command {
        return errors::errors(screen, code.as_deref());
    }
    if let Command::Lint { files } = &command {
        return lint::lint(screen, &options, files);
    }
    if let Command::Schema(asked) = &command {
        return schema::schema(screen, asked);
    }
    if let Command::Blame { file: Some(file), .. } = &command {
        return blame::blame_file(screen, file);
    }
    if let Command::Judge(judging) = &command {
        return judge::judge(screen, judging);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(Stop::Terminal)?;
    let ending = runtime.block_on(with_an_app(command, &options, screen));
    // A driver that is at work is left to its journal, not waited for.
    runtime.shutdown_background();
    ending
}

async fn with_an_app(
    command: Command,
    options: &crate::args::Options,
    screen: &Screen,
) -> Result<Ending, Stop> {
    let app = open::app(options, screen, shows_the_workspace(&command))?;
    match command {
        Command::Releases { service, environment, limit } => {
            look_up::releases(&app, screen, service, environment, limit).await
        }
        Command::Release { command: Some(ReleaseCommand::Record(recording)), .. } => {
            record::record(&app, screen, &recording).await
        }
        Command::Release { service, environment, release, command: None } => {
            let service = service.unwrap_or_default();
            look_up::release(&app, screen, &service, environment.as_deref(), release).await
        }
        Command::Target { service, environment } => {
            good::target(&app, screen, &service, environment.as_deref()).await
        }
        Command::Blame { service: Some(service), environment, at, file: None } => {
            blame::blame(&app, screen, &service, environment.as_deref(), at).await
        }
        Command::Blame { file, .. } => {
            blame::blame_file(screen, &file.unwrap_or_else(|| "-".into()))
        }
        Command::Marks { service, environment, run } => {
            good::marks(&app, screen, service, environment, run).await
        }
        Command::Mark { mark, named, reason } => {
            good::mark(&app, screen, mark, named, reason).await
        }
        Command::Lock { named, reason } => good::lock(&app, screen, named, reason).await,
        Command::Unlock { named, unlocking } => good::unlock(&app, screen, named, unlocking).await,
        Command::Plan(planning) => look_up::plan(&app, screen, &planning).await,
        Command::Preflight { runbook, service, env, to, inputs } => {
            let place = app.place_of(service.as_deref(), env.as_deref())?;
            let request = PlanRequest {
                place,
                runbook: Some(RunbookName::new(runbook)),
                target: to,
                inputs: inputs.into_iter().collect(),
            };
            look_up::preflight(&app, screen, request).await
        }
        Command::Runs => look_up::runs(&app, screen).await,
        Command::Show { run } => look_up::show(&app, screen, &run).await,
        Command::Timeline { run, filter } => annotate::timeline(&app, screen, &run, filter).await,
        Command::Annotate(asked) => annotate::annotate(&app, screen, asked).await,
        Command::Doctor => look_up::doctor(&app, screen).await,
        Command::Secret { command } => secret::secret(&app, screen, command).await,
        Command::Journal { command: JournalCommand::Verify { run } } => {
            look_up::verify(&app, screen, run).await
        }
        Command::Journal { command: JournalCommand::Backup { file } } => {
            look_up::backup(&app, screen, &file).await
        }
        Command::Replay(asked) => replay::replay(&app, screen, asked).await,
        Command::Present(asked) => present::present(&app, screen, asked).await,
        Command::Debrief { run } => look_up::debrief(&app, screen, &run).await,
        Command::Rehearsals => look_up::rehearsals(&app, screen).await,
        Command::Checklist(asked) => checklist::checklist(&app, screen, asked).await,
        Command::Export(asked) => export::export(&app, screen, asked).await,
        Command::Import(asked) => import::import(&app, screen, asked).await,
        Command::Run { planning, yes_plan, overrides, because } => {
            let said = run::Said { overrides, because };
            let run = run::run(&app, screen, &planning, yes_plan.as_deref(), said).await;
            run.or_else(run::unseen)
        }
        Command::Resume { run, playing } => run::resume(&app, screen, run, playing).await,
        Command::Drill { list: true, .. } | Command::Drill { scenario: None, .. } => {
            drill::list(&app, screen).await
        }
        Command::Drill { scenario: Some(scenario), .. } if scenario == "list" => {
            drill::list(&app, screen).await
        }
        Command::Drill { scenario: Some(scenario), seed, playing, export, list: false } => {
            let asked = drill::Asked { scenario, seed, playing, export };
            drill::drill(&app, screen, asked).await.or_else(run::unseen)
        }
        Command::Serve { port, ui, until_stdin_closes } => {
            let asked = Serve { port, ui, until_stdin_closes };
            serve(app, screen, asked, &mut Leave::listen()).await
        }
        Command::Errors { code } => errors::errors(screen, code.as_deref()),
        Command::Lint { files } => lint::lint(screen, options, &files),
        Command::Schema(asked) => schema::schema(screen, &asked),
        Command::Judge(judging) => judge::judge(screen, &judging),
    }
}

/// Whether what a command shows is the workspace's own world. A run and a drill say
/// themselves where they take place.
const fn shows_the_workspace(command: &Command) -> bool {
    match command {
        Command::Lint { .. }
        | Command::Releases { .. }
        | Command::Release { .. }
        | Command::Target { .. }
        | Command::Blame { .. }
        | Command::Marks { .. }
        | Command::Mark { .. }
        | Command::Lock { .. }
        | Command::Unlock { .. }
        | Command::Plan(_)
        | Command::Preflight { .. }
        | Command::Run { .. }
        | Command::Checklist(_)
        | Command::Secret { .. }
        | Command::Doctor
        | Command::Serve { .. } => true,
        Command::Resume { .. }
        | Command::Runs
        | Command::Show { .. }
        | Command::Timeline { .. }
        | Command::Annotate(_)
        | Command::Export { .. }
        | Command::Import(_)
        | Command::Replay(_)
        | Command::Present(_)
        | Command::Debrief { .. }
        | Command::Rehearsals
        | Command::Drill { .. }
        | Command::Journal { .. }
        | Command::Schema(_)
        | Command::Judge(_)
        | Command::Errors { .. } => false,
    }
}

/// A keyboard and a way to leave, for what a person goes through.
fn at_hand() -> (Keyboard, Leave) {
    (Keyboard::open(), Leave::listen())
}
