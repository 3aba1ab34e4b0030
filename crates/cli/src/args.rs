//! What can be said on the command line.

mod annotating;
mod exporting;
mod importing;
mod judging;
mod keeping;
mod listing;
mod migrated;
mod named;
mod presenting;
mod recording;
mod replaying;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};
use lastgood_api::wire::Override;

pub(crate) use annotating::{Annotating, AtTime, Filter, Following, Kind, Point, Status};
pub(crate) use exporting::{Exporting, Shape};
pub(crate) use importing::{Importing, Reading};
pub(crate) use judging::Judging;
pub(crate) use keeping::SecretCommand;
pub(crate) use listing::{Answered, Listing, ListingCommand};
pub(crate) use migrated::{Dialect, Migrated};
pub(crate) use named::{Marking, Named, Unlocking};
pub(crate) use presenting::{Act, Presenting};
pub(crate) use recording::{Recording, ReleaseCommand};
pub(crate) use replaying::Replaying;

/// Takes a service back to its last known good release, step by step, and proves it.
///
/// Without a workspace everything happens in the practice world: nothing there is real.
#[derive(Debug, Parser)]
#[command(name = "lastgood", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 done or recovered, 1 a problem, 2 wrong usage, 3 ended \
without recovery, 4 waiting for a person, 5 refused before any change.")]
pub(crate) struct Line {
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// The folder with your `lastgood.yaml`; found from the current folder upward if absent
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "LASTGOOD_WORKSPACE",
        conflicts_with = "practice"
    )]
    pub(crate) workspace: Option<PathBuf>,
    /// Use the practice world, also inside a workspace
    #[arg(long, global = true)]
    pub(crate) practice: bool,
    /// Where the journal is kept
    #[arg(long, global = true, value_name = "DIR", env = "LASTGOOD_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Print one JSON document on standard output and words on standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Use no colours, as where no terminal is or `NO_COLOR` is set
    #[arg(long, global = true)]
    pub(crate) no_color: bool,
    /// Who acts; the login name if absent
    #[arg(long = "as", global = true, value_name = "PERSON")]
    pub(crate) person: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look for mistakes in the workspace's files
    Lint {
        /// Tell only of these files
        files: Vec<PathBuf>,
    },
    /// List recent deploys with everything that is recorded about them
    Releases {
        /// Only this service
        #[arg(long)]
        service: Option<String>,
        /// Only this environment
        #[arg(long)]
        environment: Option<String>,
        /// How many at the most
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=500))]
        limit: Option<u32>,
    },
    /// Show a release, where to go back to from it, and why not elsewhere
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
    Release {
        /// The service
        #[arg(required = true)]
        service: Option<String>,
        /// Its environment; needed when it has several
        #[arg(long)]
        environment: Option<String>,
        /// Which release, by its id; the one in front if absent
        #[arg(long, value_name = "ID")]
        release: Option<String>,
        #[command(subcommand)]
        command: Option<ReleaseCommand>,
    },
    /// Show the release to go back to: the best three, their gates, and why not the others
    Target {
        /// The service
        service: String,
        /// Its environment; needed when it has several
        #[arg(long, visible_alias = "env")]
        environment: Option<String>,
    },
    /// Ask which change caused it: every recent one with its score and the raw numbers
    Blame {
        /// The service in breach
        #[arg(required_unless_present = "file", conflicts_with = "file")]
        service: Option<String>,
        /// Its environment; needed when it has several
        #[arg(long, visible_alias = "env", conflicts_with = "file")]
        environment: Option<String>,
        /// When it began, such as 2026-11-22T18:42:07Z; now if absent
        #[arg(long, value_name = "TIME", conflicts_with = "file")]
        at: Option<jiff::Timestamp>,
        /// A description of the incident and its changes, JSON or CSV; `-` reads standard input
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Show what people and runs said of releases: good, faulty, locked out
    Marks {
        /// Only of this service
        service: Option<String>,
        /// Only in this environment
        #[arg(long, visible_alias = "env")]
        environment: Option<String>,
        /// In the world that this run took place in, such as a drill's
        #[arg(long, value_name = "RUN", conflicts_with_all = ["service", "environment"])]
        run: Option<String>,
    },
    /// Mark a release good or faulty, or take that back with `none`
    Mark {
        /// As what
        #[arg(value_enum)]
        mark: Marking,
        #[command(flatten)]
        named: Named,
        /// Why; it is kept
        #[arg(long)]
        reason: String,
    },
    /// Keep a release out: it is never proposed as a target, and everybody sees why
    Lock {
        #[command(flatten)]
        named: Named,
        /// Why; it is kept
        #[arg(long)]
        reason: String,
    },
    /// Lift a lock, with a reason or because the fix is inside what is to be deployed
    Unlock {
        #[command(flatten)]
        named: Named,
        #[command(flatten)]
        unlocking: Unlocking,
    },
    /// Make a plan and show it; nothing happens
    Plan(Planning),
    /// Look at what stands against a rollback, and at what it would not restore
    Preflight {
        /// The runbook
        runbook: String,
        /// The service; needed when there are several
        #[arg(long)]
        service: Option<String>,
        /// Its environment; needed when it has several
        #[arg(long, visible_alias = "environment", value_name = "ENVIRONMENT")]
        env: Option<String>,
        /// The release to go back to, by its version or id
        #[arg(long, visible_alias = "target", default_value = "last-good", value_name = "VERSION")]
        to: String,
        /// What the runbook asks for
        #[arg(
            long = "input",
            value_name = "NAME=VALUE",
            value_parser = named,
            action = ArgAction::Append
        )]
        inputs: Vec<(String, String)>,
    },
    /// Make a plan, show it, and run it step by step once you say so
    Run {
        #[command(flatten)]
        planning: Planning,
        /// Start without asking if the plan is exactly this one, as `plan` named it
        #[arg(long, value_name = "HASH")]
        yes_plan: Option<String>,
        /// Override a blocking preflight finding; the reason is recorded
        #[arg(long = "override", value_name = "SUBJECT=REASON", value_parser = overriding)]
        overrides: Vec<Override>,
        /// Why roll back and nothing else; kept in the timeline and the export
        #[arg(long, value_name = "REASON")]
        because: Option<String>,
    },
    /// Take up a run that was left
    Resume {
        /// Which run; may be left out when only one is open
        run: Option<String>,
        #[command(flatten)]
        playing: Playing,
    },
    /// List all runs
    Runs,
    /// Show a run as it stands
    Show {
        /// Which run
        run: String,
    },
    /// Show what happened in a run, line by line
    Timeline {
        /// Which run
        run: String,
        #[command(flatten)]
        filter: Filter,
    },
    #[command(flatten)]
    Annotate(Annotating),
    /// Write a run's timeline for a postmortem
    Export(Exporting),
    /// Take in the export of another journal, or add what another system wrote to a timeline
    ///
    /// Without --into the file is the JSON export of another journal: a record that is read and
    /// never changed. With it, it is what a chat, a table, Alertmanager or GitHub says.
    Import(Importing),
    /// See a run again from its journal, at any speed; nothing is done and nothing changed
    Replay(Replaying),
    /// Present a drill that goes on elsewhere: let something happen, stop it, hurry it
    Present(Presenting),
    /// Tell how a run went: times, decisions, and what a good one would have been
    Debrief {
        /// Which run
        run: String,
    },
    /// Tell when each runbook was last proven, by a drill or a real run
    Rehearsals,
    /// Hold a service against its checklists: what holds, what is open, what is overdue
    Checklist(Listing),
    /// Rehearse in the practice world
    Drill {
        /// Which scenario; `list` lists them
        #[arg(required_unless_present = "list")]
        scenario: Option<String>,
        /// List the scenarios
        #[arg(long, conflicts_with_all = ["scenario", "auto", "seed", "speed", "export"])]
        list: bool,
        /// What makes it repeatable
        #[arg(long)]
        seed: Option<u64>,
        #[command(flatten)]
        playing: Playing,
        /// Export to this file at the end (`.md` for Markdown, else JSON)
        #[arg(long, value_name = "FILE")]
        export: Option<PathBuf>,
    },
    /// Tell whether an older release can run on a database after these migrations
    Schema(Migrated),
    /// Judge a rollout from a table of counts: what to do, and on what evidence
    ///
    /// Exit code 0 is an answer, whatever it says: `verdict` in the JSON tells which. The
    /// format of the table is described in docs/guide/judgement.md.
    Judge(Judging),
    /// Look after the journal
    Journal {
        #[command(subcommand)]
        command: JournalCommand,
    },
    /// Keep secrets in the keychain of the operating system
    Secret {
        #[command(subcommand)]
        command: SecretCommand,
    },
    /// Look at everything that a run would need
    Doctor,
    /// Serve the window to a browser on this machine
    Serve {
        /// The port; 0 takes a free one
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// The folder with the window's built pages
        #[arg(long, value_name = "DIR", env = "LASTGOOD_UI_DIR")]
        ui: Option<PathBuf>,
        /// End when standard input is closed
        #[arg(long)]
        until_stdin_closes: bool,
    },
    /// Explain an error code, or list them
    Errors {
        /// Which code, such as `no-target`
        code: Option<String>,
    },
}

/// What a plan is made from.
#[derive(Args, Debug)]
pub(crate) struct Planning {
    /// The service
    pub(crate) service: String,
    /// Its environment; needed when it has several
    #[arg(long)]
    pub(crate) environment: Option<String>,
    /// Which runbook; the catalog's proposal if absent
    #[arg(long)]
    pub(crate) runbook: Option<String>,
    /// The release to go back to, by its version or id
    #[arg(long, default_value = "last-good", value_name = "VERSION")]
    pub(crate) target: String,
    /// What the runbook asks for
    #[arg(long = "input", value_name = "NAME=VALUE", value_parser = named, action = ArgAction::Append)]
    inputs: Vec<(String, String)>,
    /// Make it a drill on the real system: what it does is real, and everything says what it
    /// rehearses. The catalog must call the environment `tier: staging` or `development`
    #[arg(long, value_name = "WHAT")]
    pub(crate) drill: Option<String>,
    /// Mean that drill also where users may be
    #[arg(long, requires = "drill")]
    pub(crate) on_production: bool,
}

impl Planning {
    /// The inputs by name; the last one of a name counts.
    pub(crate) fn inputs(&self) -> BTreeMap<String, String> {
        self.inputs.iter().cloned().collect()
    }
}

/// How a drill is played.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Playing {
    /// Let the drill's own script answer
    #[arg(long)]
    pub(crate) auto: bool,
    /// Seconds of the practice world in one second, 0.1 to 1000; 1 if absent, and with
    /// --auto as fast as it goes
    #[arg(long, value_parser = speed, value_name = "N")]
    pub(crate) speed: Option<f64>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// Verify that nothing in it was changed or lost
    Verify {
        /// Only this run
        run: Option<String>,
    },
    /// Copy it to a new file, also while runs are driven
    Backup {
        /// The new file; one that exists is never written over
        file: PathBuf,
    },
}

fn named(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.to_owned()))
        }
        _ => Err("it must be NAME=VALUE".to_owned()),
    }
}

fn overriding(text: &str) -> Result<Override, String> {
    match text.split_once('=') {
        Some((subject, reason)) if !subject.trim().is_empty() && !reason.trim().is_empty() => {
            Ok(Override { subject: subject.trim().to_owned(), reason: reason.trim().to_owned() })
        }
        _ => Err("it must be SUBJECT=REASON, and the reason is recorded".to_owned()),
    }
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if (0.1..=1000.0).contains(&speed) => Ok(speed),
        _ => Err("it must be a number from 0.1 to 1000".to_owned()),
    }
}

#[cfg(test)]
mod tests;
