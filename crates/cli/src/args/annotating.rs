//! What can be said of a run's record.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Commands that add to a run's record. Nothing in it is ever changed.
#[derive(Debug, Subcommand)]
pub(crate) enum Annotating {
    /// Write something down, now or at the time at which it happened
    Note {
        /// Which run
        run: String,
        /// What, in Markdown; `-` reads standard input
        text: String,
        #[command(flatten)]
        time: AtTime,
        /// What it is about
        #[arg(long, value_enum, default_value_t = Kind::Note)]
        kind: Kind,
        /// Who did it, when that is not you
        #[arg(long, value_name = "PERSON")]
        actor: Option<String>,
    },
    /// Say a line better, or correct its time; the original stays beside it
    Amend {
        /// Which run
        run: String,
        /// Which line, such as e12 or n3
        line: String,
        /// How it is better said, in Markdown; the text stays if absent
        #[arg(required_unless_present = "at")]
        text: Option<String>,
        #[command(flatten)]
        time: AtTime,
    },
    /// Leave a line out of what people read; it stays in the record and the JSON
    Hide {
        /// Which run
        run: String,
        /// Which line, such as e12 or n3
        line: String,
        /// Why; it is kept
        #[arg(long, required_unless_present = "undo")]
        reason: Option<String>,
        /// Read it again
        #[arg(long, conflicts_with = "reason")]
        undo: bool,
    },
    /// Mark a line as one that matters most
    Star {
        /// Which run
        run: String,
        /// Which line, such as e12 or n3
        line: String,
        /// Take the star away
        #[arg(long)]
        undo: bool,
    },
    /// Set when a point of the incident was
    Phase {
        /// Which run
        run: String,
        /// Which point
        #[arg(value_enum)]
        phase: Point,
        #[command(flatten)]
        time: AtTime,
        /// Take the mark back
        #[arg(long, conflicts_with = "at")]
        clear: bool,
    },
    /// What is left to do after a run
    Followup {
        #[command(subcommand)]
        command: Following,
    },
    /// Write a part of the postmortem, such as the summary
    Write {
        /// Which run
        run: String,
        /// Which part, such as summary; `export --lint` says which ones a layout wants
        part: String,
        /// What it says, in Markdown; `-` reads standard input, nothing takes it away
        text: String,
    },
    /// Keep a picture or a text with the record
    Attach {
        /// Which run
        run: String,
        /// The file: PNG, JPEG, GIF, WebP or UTF-8 text
        file: PathBuf,
        /// What it shows, for whoever cannot see it
        #[arg(long)]
        caption: String,
        /// The line that it belongs to; the whole record if absent
        #[arg(long)]
        line: Option<String>,
    },
}

/// When something happened.
#[derive(Args, Clone, Debug)]
pub(crate) struct AtTime {
    /// When: `2026-11-22 18:42`, `18:42:07` on the day of the run, or with an offset or Z
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The zone of that time, such as Europe/Berlin; this machine's if absent
    #[arg(long, value_name = "ZONE", requires = "at")]
    pub(crate) tz: Option<String>,
}

/// What is done with follow-ups.
#[derive(Debug, Subcommand)]
pub(crate) enum Following {
    /// Add something that is to be done
    Add {
        /// Which run
        run: String,
        /// What is to be done; begins with a verb
        title: String,
        #[command(flatten)]
        change: Change,
    },
    /// Change one
    Set {
        /// Which run
        run: String,
        /// Its number
        number: u64,
        /// What is to be done
        #[arg(long)]
        title: Option<String>,
        /// Where it stands
        #[arg(long, value_enum)]
        status: Option<Status>,
        #[command(flatten)]
        change: Change,
    },
    /// List them, and what each open one lacks
    List {
        /// Which run
        run: String,
    },
    /// Open an issue on GitHub for each that is open and tracked nowhere, and end on one side
    /// what was ended on the other
    Sync {
        /// Which run
        run: String,
    },
}

/// What can be said of a follow-up.
#[derive(Args, Clone, Debug)]
pub(crate) struct Change {
    /// Who does it
    #[arg(long)]
    pub(crate) owner: Option<String>,
    /// Until which day, such as 2026-12-01
    #[arg(long, value_name = "DAY")]
    pub(crate) due: Option<String>,
    /// Where it is tracked
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) link: Option<String>,
}

/// Where a follow-up stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Status {
    /// Nobody has finished it
    Open,
    /// It is done
    Done,
    /// It was decided not to do it
    Dropped,
}

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// The run itself began, ended, was held
    Run,
    /// Something was measured, noticed or reported
    Signal,
    /// A person decided
    Decision,
    /// Something was changed
    Action,
    /// Something was written down
    Note,
}

/// A point of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Point {
    /// Users began to be hurt
    ImpactStarted,
    /// Somebody or something noticed
    Detected,
    /// A person took it on
    Acknowledged,
    /// Users were no longer hurt
    Mitigated,
    /// It was shown that they were not
    Verified,
    /// Nothing was left to do
    Resolved,
}

/// Which lines of a timeline are shown.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Filter {
    /// The zone of the times, such as Europe/Berlin or UTC; this machine's if absent
    #[arg(long, value_name = "ZONE")]
    pub(crate) tz: Option<String>,
    /// Only these kinds
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) kind: Vec<Kind>,
    /// Only lines with this text in them
    #[arg(long, value_name = "TEXT")]
    pub(crate) grep: Option<String>,
    /// Only what this person did
    #[arg(long, value_name = "PERSON")]
    pub(crate) person: Option<String>,
    /// Only lines with a star
    #[arg(long)]
    pub(crate) starred: bool,
    /// The hidden lines too
    #[arg(long)]
    pub(crate) hidden: bool,
}
