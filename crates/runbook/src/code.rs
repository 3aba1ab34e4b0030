//! What kinds of findings there are: the code that a person can look up and a host can
//! act on.

use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($(#[$doc:meta])* $Name:ident => $text:literal,)*) => {
        /// The kind of a [`crate::Finding`]. Codes are never reused for something else.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])* $Name,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$Name,)*];

            /// As printed: `unknown-key`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$Name => $text,)*
                }
            }
        }
    };
}

codes! {
    // The file as text.
    /// The folder is not there.
    WorkspaceMissing => "workspace-missing",
    /// The folder has no catalog.
    CatalogMissing => "catalog-missing",
    /// The file could not be read.
    FileUnreadable => "file-unreadable",
    /// More files than anybody reads.
    TooManyFiles => "too-many-files",
    /// The file is larger than a file written by a person.
    FileTooLarge => "file-too-large",
    /// The file is not UTF-8.
    NotUtf8 => "not-utf8",
    /// The file begins with an invisible mark.
    ByteOrderMark => "byte-order-mark",
    /// Lines end with CR LF.
    WindowsLineEnds => "windows-line-ends",
    /// There is nothing in the file.
    EmptyFile => "empty-file",

    // The text as YAML.
    /// It is not YAML.
    YamlSyntax => "yaml-syntax",
    /// A tab where YAML wants spaces.
    TabIndent => "tab-indent",
    /// More than one document in a file.
    SeveralDocuments => "several-documents",
    /// Lists in lists in lists.
    TooDeep => "too-deep",
    /// More values than a file written by a person has.
    TooManyValues => "too-many-values",
    /// One value is too long.
    TextTooLong => "text-too-long",
    /// An alias inside of what it stands for.
    AliasInItself => "alias-in-itself",
    /// `<<`.
    MergeKey => "merge-key",
    /// `!something`.
    Tag => "tag",
    /// The same key twice in a mapping.
    DuplicateKey => "duplicate-key",
    /// A list or a mapping as a key.
    KeyNotText => "key-not-text",
    /// A character that a reader does not see, or that moves what a reader sees.
    HiddenCharacter => "hidden-character",
    /// There were more findings than are told.
    TooManyFindings => "too-many-findings",

    // The YAML as one of our files.
    /// A key that means nothing here.
    UnknownKey => "unknown-key",
    /// A key that must be there.
    MissingKey => "missing-key",
    /// A key without a value.
    EmptyValue => "empty-value",
    /// A list where a text is expected, and the like.
    WrongType => "wrong-type",
    /// Not one of the words that are possible.
    UnknownWord => "unknown-word",
    /// Not a name.
    InvalidName => "invalid-name",
    /// Not a duration.
    InvalidDuration => "invalid-duration",
    /// Not a percentage.
    InvalidPercentage => "invalid-percentage",
    /// Too small or too large.
    OutOfRange => "out-of-range",
    /// A list or mapping with too little in it.
    TooFew => "too-few",
    /// One of several keys is needed, and none is there.
    ChoiceMissing => "choice-missing",
    /// One of several keys is needed, and more are there.
    ChoiceTwice => "choice-twice",
    /// A step of a kind that does not exist.
    UnknownStepKind => "unknown-step-kind",
    /// A key that belongs to another one which is not there.
    KeyOutOfPlace => "key-out-of-place",
    /// Something that another version may know.
    NotInThisVersion => "not-in-this-version",
    /// Not an address.
    InvalidAddress => "invalid-address",
    /// The address of a cloud's metadata, where credentials are handed out.
    MetadataAddress => "metadata-address",
    /// A credential in a file that is shared.
    SecretInFile => "secret-in-file",
    /// A secret would go where others can read it.
    SecretUnguarded => "secret-unguarded",
    /// Not a path into a JSON document.
    InvalidJsonPath => "invalid-json-path",
    /// Not a status code.
    InvalidStatus => "invalid-status",
    /// A file name that nothing expands.
    HomePath => "home-path",
    /// A folder that leads out of the workspace.
    FolderOutside => "folder-outside",

    // Placeholders.
    /// A placeholder that nothing fills in.
    UnknownPlaceholder => "unknown-placeholder",
    /// `{{` without its end.
    PlaceholderUnclosed => "placeholder-unclosed",
    /// A placeholder in a text that is taken as it is.
    PlaceholderNotHere => "placeholder-not-here",

    // Catalogs.
    /// Two things of the same name.
    DuplicateName => "duplicate-name",
    /// A connection that does not exist.
    UnknownConnection => "unknown-connection",
    /// Several connections could be meant.
    AmbiguousConnection => "ambiguous-connection",
    /// Objectives, and nobody to ask about them.
    NoConnection => "no-connection",
    /// The strategy is said twice, and not the same.
    StrategyTwice => "strategy-twice",
    /// The threshold is not the boundary that the query counts at.
    ThresholdMismatch => "threshold-mismatch",
    /// Slow requests are counted, and nothing says so.
    ThresholdMissing => "threshold-missing",
    /// Nothing can prove recovery.
    NothingToProve => "nothing-to-prove",

    // Runbooks.
    /// Two steps or options with the same id.
    DuplicateId => "duplicate-id",
    /// An id that means something else.
    ReservedId => "reserved-id",
    /// A phase after a later one.
    PhaseOutOfOrder => "phase-out-of-order",
    /// A step that does not exist.
    UnknownStep => "unknown-step",
    /// A branch that leads back.
    StepNotAhead => "step-not-ahead",
    /// A retry of something that changes the world.
    RetryChangesWorld => "retry-changes-world",
    /// A step that a rollback cannot do without would be left out.
    LeftOutTooMuch => "left-out-too-much",
    /// A default that the input itself refuses.
    DefaultUnfit => "default-unfit",
    /// `options` that do not belong to the input's type.
    OptionsUnfit => "options-unfit",

    // Runbooks that work and could be better.
    /// A change that does not ask whether it is needed.
    ActWithoutGuard => "act-without-guard",
    /// A change without a way back.
    ActWithoutUndo => "act-without-undo",
    /// A change that nobody confirms.
    ActUnconfirmed => "act-unconfirmed",
    /// Waiting without an end.
    NoTimeLimit => "no-time-limit",
    /// Nothing proves recovery.
    NoVerification => "no-verification",
    /// The version that answers is not looked at.
    VersionsUnchecked => "versions-unchecked",
    /// A shell reads a text.
    ShellUsed => "shell-used",
    /// Nothing can tell whether a command or a request took place.
    NoProbe => "no-probe",
    /// One of the five phases has no step.
    PhaseMissing => "phase-missing",
    /// A healthy release is rolled back.
    PassProceeds => "pass-proceeds",
    /// Doubt is taken for proof.
    DoubtProceeds => "doubt-proceeds",

    // Scenarios.
    /// Events that are not in order of time.
    EventsOutOfOrder => "events-out-of-order",
    /// A fault that hits nothing.
    FaultWithoutEffect => "fault-without-effect",
    /// A move that a scenario does not describe.
    UnknownMove => "unknown-move",
    /// Something that waits for a call which the runbook never makes.
    NeverHappens => "never-happens",
    /// Nothing says what a good decision is.
    LessonMissing => "lesson-missing",
    /// Something is called good and poor at once.
    LessonContradicts => "lesson-contradicts",
    /// The scripted operator cannot end a drill as it should end.
    ScriptCannotSucceed => "script-cannot-succeed",

    // One file against another.
    /// A runbook that does not exist.
    UnknownRunbook => "unknown-runbook",
    /// A service that does not exist.
    UnknownService => "unknown-service",
    /// An environment that does not exist.
    UnknownEnvironment => "unknown-environment",
    /// Services that depend on each other in a circle.
    DependsOnItself => "depends-on-itself",
    /// An objective that does not exist.
    UnknownObjective => "unknown-objective",
    /// A check that does not exist.
    UnknownCheck => "unknown-check",
    /// An input that does not exist, or one that is needed and missing.
    InputUnfit => "input-unfit",
    /// A version is asked for, and nothing says how.
    NoReplicaVersion => "no-replica-version",
    /// The runbook is for another strategy, or the platform has no such one.
    StrategyUnfit => "strategy-unfit",
    /// The runbook is for another platform.
    PlatformUnfit => "platform-unfit",
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
