//! A runbook as written: typed steps, inputs, guards, undo. Whoever reads the files
//! builds these; [`crate::plan::compile`] turns one into a plan.

use serde::{Deserialize, Serialize};

use crate::catalog::{PlatformKind, Strategy};
use crate::errand::Errand;
use crate::flag::FlagState;
use crate::name::{CheckName, RunbookName, SloName, StepId};
use crate::time::Millis;

/// A runbook definition, valid in itself: unique step ids, branches that lead forward,
/// phases in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Runbook {
    /// Unique in its workspace.
    pub name: RunbookName,
    /// What it does, for a list.
    pub title: String,
    /// When to use it, in a sentence or a few.
    pub summary: Option<String>,
    /// The platforms it fits; empty means all.
    pub platforms: Vec<PlatformKind>,
    /// The strategies it fits; empty means all.
    pub strategies: Vec<Strategy>,
    /// What it asks for besides service, environment and target.
    pub inputs: Vec<Input>,
    /// In the order of work; never empty.
    pub steps: Vec<StepDefinition>,
    /// SHA-256 of the file it came from, in hex.
    pub digest: String,
}

impl Runbook {
    /// Whether it is meant for a service that runs like this.
    #[must_use]
    pub fn is_for(&self, platform: PlatformKind, strategy: Strategy) -> bool {
        (self.platforms.is_empty() || self.platforms.contains(&platform))
            && (self.strategies.is_empty() || self.strategies.contains(&strategy))
    }

    /// What it is meant for instead of this platform or this strategy, as a sentence without
    /// an end.
    #[must_use]
    pub fn not_for(&self, platform: PlatformKind, strategy: Strategy) -> String {
        let mut only = Vec::new();
        if !self.strategies.is_empty() && !self.strategies.contains(&strategy) {
            let words: Vec<&str> = self.strategies.iter().map(|one| one.as_str()).collect();
            only.push(format!("{} rollouts", words.join(" or ")));
        }
        if !self.platforms.is_empty() && !self.platforms.contains(&platform) {
            let words: Vec<&str> = self.platforms.iter().map(|one| one.as_str()).collect();
            only.push(words.join(" or "));
        }
        format!("`{}` is for {}", self.name, only.join(" and for "))
    }
}

/// Something that a person or the catalog supplies when the plan is made. Texts refer to
/// it as `{{ inputs.NAME }}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Unique in its runbook.
    pub name: String,
    /// What it may be.
    pub kind: InputKind,
    /// Used when nothing is given; without one the input is required.
    pub default: Option<String>,
    /// What a person reads when asked for it.
    pub help: Option<String>,
}

/// What an input may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputKind {
    /// Any text of one line.
    Text,
    /// A whole number.
    Number,
    /// One of these.
    Choice(Vec<String>),
}

/// The five phases of a rollback, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Phase {
    /// Is it hurting?
    Detect,
    /// Keep it from getting worse.
    Stop,
    /// Make the last good release serve.
    RollBack,
    /// Prove that it worked.
    Verify,
    /// Write down what happened and what follows.
    Capture,
}

impl Phase {
    /// All of them, in order.
    pub const ALL: [Self; 5] =
        [Self::Detect, Self::Stop, Self::RollBack, Self::Verify, Self::Capture];

    /// As written in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Detect => "detect",
            Self::Stop => "stop",
            Self::RollBack => "roll-back",
            Self::Verify => "verify",
            Self::Capture => "capture",
        }
    }

    /// As a person reads it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Detect => "Detect",
            Self::Stop => "Stop",
            Self::RollBack => "Roll back",
            Self::Verify => "Verify",
            Self::Capture => "Capture",
        }
    }
}

/// One step as written. Its texts may hold placeholders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepDefinition {
    /// Unique in its runbook.
    pub id: StepId,
    /// Verb and object: `Stop the rollout`.
    pub title: String,
    /// Which phase it belongs to.
    pub phase: Phase,
    /// Why one does this, for a tired person.
    pub why: Option<String>,
    /// What it does.
    pub work: Work,
    /// Must hold, or the step is passed over as not needed.
    pub when: Option<Guard>,
    /// Whether a person must confirm before it begins.
    pub confirm: bool,
    /// What the person should see afterwards.
    pub expect: Option<String>,
    /// How long it may take; `None` only where waiting has no end of its own.
    pub timeout: Option<Millis>,
    /// What happens when it fails.
    pub on_failure: OnFailure,
    /// What becomes of it where the platform has not what its act needs.
    pub where_unsupported: WhereUnsupported,
}

/// What becomes of a step whose act the platform does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhereUnsupported {
    /// No plan can be made there.
    #[default]
    Refuse,
    /// The plan says that it is left out, and why; everything else is done. Only for acts
    /// that keep things from getting worse, never for one that goes back.
    LeaveOut,
}

impl WhereUnsupported {
    /// As runbooks write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::LeaveOut => "leave-out",
        }
    }
}

/// What a step does, before inputs are filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Work {
    /// Judge objectives over a window.
    Judge {
        /// Which ones.
        slos: Selection<SloName>,
        /// How far back to look.
        window: Millis,
        /// What each verdict leads to.
        on: Responses,
    },
    /// Change the world.
    Act {
        /// What to do.
        act: Act,
        /// What takes it back.
        undo: Option<Act>,
    },
    /// Run synthetic checks once.
    Check {
        /// Which ones.
        checks: Selection<CheckName>,
    },
    /// Ask a person to choose.
    Decide {
        /// The question.
        question: String,
        /// Two or more.
        options: Vec<DecisionOption>,
    },
    /// Wait for the platform or for time to pass.
    Wait {
        /// For what.
        until: Until,
    },
    /// Prove recovery.
    Verify {
        /// Which objectives.
        slos: Selection<SloName>,
        /// Which checks.
        checks: Selection<CheckName>,
        /// Whether every ready replica must answer with the target's version.
        versions: bool,
        /// How long everything must hold.
        hold: Millis,
        /// How long requests do not count at the start.
        #[serde(default)]
        grace: Millis,
        /// The time between two looks.
        every: Millis,
        /// Looks in a row that must find everything passed.
        consecutive: u32,
    },
    /// A person does it by hand and says what they saw.
    Manual {
        /// What to do.
        instruction: String,
        /// What to write down: a value, not a tick.
        ask: Option<String>,
    },
    /// A line for the timeline.
    Note {
        /// The text.
        text: String,
    },
}

impl Work {
    /// As runbooks write it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Judge { .. } => "judge",
            Self::Act { .. } => "act",
            Self::Check { .. } => "check",
            Self::Decide { .. } => "decide",
            Self::Wait { .. } => "wait",
            Self::Verify { .. } => "verify",
            Self::Manual { .. } => "manual",
            Self::Note { .. } => "note",
        }
    }
}

/// All of something, or some by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Selection<T> {
    /// All that the environment has.
    All,
    /// These.
    Some(Vec<T>),
}

/// An operation as written; the plan knows which releases are meant, and fills texts in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum Act {
    /// `rollout.halt`
    HaltRollout,
    /// `rollout.resume`
    ResumeRollout,
    /// `release.restore`
    Restore {
        /// Which of the plan's two releases.
        release: Which,
    },
    /// `traffic.shift`
    ShiftTraffic {
        /// Which of the plan's two releases gets the share.
        release: Which,
        /// 0 to 100.
        percent: u8,
    },
    /// `flag.off` and `flag.on`
    SwitchFlag {
        /// Which flag; may hold placeholders.
        flag: String,
        /// What it is to be.
        to: FlagState,
    },
    /// `command` and `http`
    RunErrand {
        /// What, with its placeholders.
        errand: Box<Errand>,
    },
}

impl Act {
    /// As runbooks write it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::HaltRollout => "rollout.halt",
            Self::ResumeRollout => "rollout.resume",
            Self::Restore { .. } => "release.restore",
            Self::ShiftTraffic { .. } => "traffic.shift",
            Self::SwitchFlag { to: FlagState::Off, .. } => "flag.off",
            Self::SwitchFlag { to: FlagState::On, .. } => "flag.on",
            Self::RunErrand { errand } => errand.as_str(),
        }
    }
}

/// The two releases of a rollback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// The one to go back to.
    Target,
    /// The one to get away from.
    Suspect,
}

/// What a judge step leads to, by verdict. An error always asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Responses {
    /// The objective is broken: usually the reason to go on.
    pub fail: Response,
    /// The objective holds: rolling back would be an incident of its own.
    pub pass: Response,
    /// Nobody knows.
    pub inconclusive: Response,
    /// The old release is as bad.
    pub shared: Response,
}

/// What to do after a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Response {
    /// Go on with the next step.
    Proceed,
    /// A person decides, with a reason.
    Ask,
    /// End the run.
    Stop,
}

/// What must hold for a step to be needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guard {
    /// A rollout is progressing, halted or stuck.
    RolloutOpen,
    /// A rollout is halted.
    RolloutHalted,
    /// The target does not serve alone yet.
    TargetNotServing,
}

impl Guard {
    /// As runbooks write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RolloutOpen => "rollout-open",
            Self::RolloutHalted => "rollout-halted",
            Self::TargetNotServing => "target-not-serving",
        }
    }
}

/// What a wait waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Until {
    /// The target serves alone, every replica ready.
    TargetServes,
    /// No rollout is under way.
    Settled,
    /// This much time has passed.
    Elapsed(Millis),
}

/// One answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionOption {
    /// Unique in its question.
    pub id: String,
    /// What a person reads.
    pub label: String,
    /// What it leads to.
    pub then: Then,
}

/// What an answer leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Then {
    /// The next step.
    Continue,
    /// A later step; those between are passed over.
    GoTo(StepId),
    /// The run ends here.
    Stop,
}

/// What happens when a step fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnFailure {
    /// A person decides: retry, skip with a reason, abort.
    Ask,
    /// The run ends.
    Stop,
    /// Tried again by itself, at most this often in all, then a person decides. Only for
    /// steps that read.
    Retry(u32),
    /// A later step takes over; those between are passed over.
    GoTo(StepId),
}

impl Runbook {
    /// The step with this id.
    #[must_use]
    pub fn step(&self, id: &StepId) -> Option<&StepDefinition> {
        self.steps.iter().find(|step| step.id == *id)
    }
}
