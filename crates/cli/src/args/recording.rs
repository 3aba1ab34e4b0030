//! What a pipeline says of a release.

use std::collections::BTreeMap;

use clap::{ArgAction, Args, Subcommand, ValueEnum};
use lastgood_core::release::NoteState;

/// What is done with a release besides showing it.
#[derive(Debug, Subcommand)]
pub(crate) enum ReleaseCommand {
    /// Write down what is known of the release that was just deployed, for a pipeline
    ///
    /// It goes wherever the catalog says that releases are recorded (a GitHub deployment, the
    /// annotations of a Kubernetes `ReplicaSet`, the tags of an ECS task definition or of a
    /// Lambda function), and is read back from there. Exit code 1 when a system does not have
    /// it. Repeating it changes nothing more.
    Record(Box<Recording>),
}

/// What is known of a release.
#[derive(Args, Debug)]
pub(crate) struct Recording {
    /// The service
    pub(crate) service: String,
    /// Its environment; needed when it has several
    #[arg(long, visible_alias = "env")]
    pub(crate) environment: Option<String>,
    /// The commit it was built from; GitHub needs it
    #[arg(long)]
    commit: Option<String>,
    /// The version in words
    #[arg(long = "release-version", value_name = "VERSION")]
    version: Option<String>,
    /// The artifact's digest, `sha256:…`
    #[arg(long)]
    digest: Option<String>,
    /// What changed, in a line or a few
    #[arg(long)]
    changelog: Option<String>,
    /// The schema migration version that it expects
    #[arg(long, value_name = "VERSION")]
    schema_version: Option<String>,
    /// A flag that it toggled or needs; several are given one by one
    #[arg(long = "flag", value_name = "NAME=VALUE", value_parser = super::named, action = ArgAction::Append)]
    flags: Vec<(String, String)>,
    /// That it toggles and needs no flags
    #[arg(long, conflicts_with = "flags")]
    no_flags: bool,
    /// The command that goes back from it; shown, never run
    #[arg(long, value_name = "COMMAND")]
    rollback_command: Option<String>,
    /// The page that says how one goes back from it
    #[arg(long, value_name = "URL")]
    runbook: Option<String>,
    /// Money per thousand requests
    #[arg(long, value_name = "AMOUNT")]
    cost: Option<String>,
    /// A contract that it keeps, with the versions that it understands: 3, or 2..4
    #[arg(long = "provides", value_name = "CONTRACT=VERSIONS", value_parser = super::named, action = ArgAction::Append)]
    provides: Vec<(String, String)>,
    /// A contract that it needs others to keep, with the version that it speaks
    #[arg(long = "requires", value_name = "CONTRACT=VERSION", value_parser = super::named, action = ArgAction::Append)]
    requires: Vec<(String, String)>,
    /// When the first thing inside of it expires: a certificate, a base image's support
    #[arg(long, value_name = "DAY")]
    expires: Option<String>,
    /// Who deployed it
    #[arg(long, value_name = "PERSON")]
    actor: Option<String>,
    /// How the deploy goes
    #[arg(long, value_enum, default_value_t = State::Success)]
    pub(crate) state: State,
    /// Write nothing anywhere: print it as one line of 256 characters at the most, which is
    /// read back from the description of a Lambda version
    #[arg(long)]
    pub(crate) print_line: bool,
}

/// How a deploy goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum State {
    /// It has begun
    InProgress,
    /// It is complete
    Success,
    /// It did not work
    Failure,
}

impl From<State> for NoteState {
    fn from(state: State) -> Self {
        match state {
            State::InProgress => Self::InProgress,
            State::Success => Self::Success,
            State::Failure => Self::Failure,
        }
    }
}

impl Recording {
    /// What was given, by the name of its field.
    pub(crate) fn fields(&self) -> BTreeMap<String, String> {
        let flags = object(&self.flags).or_else(|| self.no_flags.then(|| "{}".to_owned()));
        [
            ("commit", self.commit.clone()),
            ("version", self.version.clone()),
            ("digest", self.digest.clone()),
            ("changelog", self.changelog.clone()),
            ("schema-version", self.schema_version.clone()),
            ("flags", flags),
            ("provides", object(&self.provides)),
            ("requires", object(&self.requires)),
            ("expires", self.expires.clone()),
            ("rollback-command", self.rollback_command.clone()),
            ("runbook", self.runbook.clone()),
            ("cost", self.cost.clone()),
            ("actor", self.actor.clone()),
        ]
        .into_iter()
        .filter_map(|(name, text)| Some((name.to_owned(), text?)))
        .collect()
    }
}

/// Pairs as a JSON object; nothing when there are none.
fn object(pairs: &[(String, String)]) -> Option<String> {
    let pairs: BTreeMap<&str, &str> =
        pairs.iter().map(|(name, to)| (name.as_str(), to.as_str())).collect();
    (!pairs.is_empty()).then(|| serde_json::to_string(&pairs).unwrap_or_default())
}
