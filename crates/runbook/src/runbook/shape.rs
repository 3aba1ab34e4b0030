//! What `runbooks/*.yaml` may hold.

use crate::catalog::{DAY, EXPECT, STRATEGIES};
use crate::code::Code;
use crate::shape::{Choice, Keys, Kind, Shape, default, optional, refused, required};

pub(crate) const RUNBOOK: Shape = Shape {
    name: "runbook",
    help: "a runbook",
    choice: None,
    fields: &[
        required("runbook", Kind::Id, "its name, unique in the workspace"),
        required("title", Kind::Text, "what it does, for a list"),
        optional("summary", Kind::Text, "when to use it"),
        optional(
            "platforms",
            Kind::List { of: &PLATFORMS, min: 1 },
            "the platforms it fits; all when not said",
        ),
        optional(
            "strategies",
            Kind::List { of: &STRATEGIES, min: 1 },
            "the strategies it fits; all when not said",
        ),
        optional(
            "inputs",
            Kind::Map { keys: Keys::Id, of: &Kind::Object(&INPUT), min: 0 },
            "what it asks for besides service, environment and target, by name",
        ),
        required(
            "steps",
            Kind::List { of: &Kind::Object(&STEP), min: 1 },
            "what is done, in the order of work",
        ),
    ],
};

const PLATFORMS: Kind = Kind::Word(&[
    ("practice", "the practice world inside of Lastgood"),
    ("kubernetes", "a Kubernetes Deployment"),
    ("ecs", "an Amazon ECS service"),
    ("lambda", "an alias of an AWS Lambda function"),
]);

const INPUT: Shape = Shape {
    name: "input",
    help: "an input",
    choice: None,
    fields: &[
        required(
            "type",
            Kind::Word(&[
                ("text", "any text of one line"),
                ("number", "a whole number"),
                ("choice", "one of `options`"),
            ]),
            "what it may be",
        ),
        optional(
            "options",
            Kind::List { of: &Kind::Value, min: 2 },
            "what can be chosen, when the type is `choice`",
        ),
        optional("default", Kind::Value, "used when nothing is given; without it one must be"),
        optional("help", Kind::Text, "what a person reads when asked for it"),
    ],
};

pub(crate) const STEP_KINDS: &[&str] =
    &["judge", "act", "check", "decide", "wait", "verify", "manual", "note"];

const STEP: Shape = Shape {
    name: "step",
    help: "a step",
    choice: Some(Choice { of: STEP_KINDS, what: "step kind", unknown: Code::UnknownStepKind }),
    fields: &[
        required("id", Kind::Id, "unique in the runbook"),
        optional("title", Kind::Text, "verb and object; made from the id when not said"),
        required(
            "phase",
            Kind::Word(&[
                ("detect", "is it hurting?"),
                ("stop", "keep it from getting worse"),
                ("roll-back", "make the last good release serve"),
                ("verify", "prove that it worked"),
                ("capture", "write down what happened and what follows"),
            ]),
            "which of the five phases it belongs to; they come in this order",
        ),
        optional("why", Kind::Text, "why one does this, for a tired person"),
        optional("judge", Kind::Object(&JUDGE), "judge objectives over a window"),
        optional("on", Kind::Object(&ON), "what each verdict of `judge` leads to").with("judge"),
        optional("act", ACT, "change the world"),
        optional(
            "undo",
            Kind::Either(&[UNDO_WORD, Kind::Object(&ACTION)]),
            "what takes the act back",
        )
        .with("act"),
        optional("check", SELECTION, "run synthetic checks once"),
        optional("decide", Kind::Object(&DECIDE), "ask a person to choose"),
        optional("wait", Kind::Object(&WAIT), "wait for the platform, or for time to pass"),
        optional("verify", Kind::Object(&VERIFY), "prove recovery"),
        optional(
            "manual",
            Kind::Either(&[Kind::Text, Kind::Object(&MANUAL)]),
            "a person does it by hand and says what they saw",
        ),
        optional("note", Kind::Text, "a line for the timeline"),
        optional(
            "when",
            Kind::Word(&[
                ("rollout-open", "a rollout is progressing, halted or stuck"),
                ("rollout-halted", "a rollout is halted"),
                ("target-not-serving", "the target does not serve alone yet"),
            ]),
            "must hold, or the step is passed over as not needed",
        ),
        optional(
            "confirm",
            Kind::Flag,
            "whether a person confirms before it begins; `true` for an act, else `false`",
        ),
        optional("expect", Kind::Text, "what the person should see afterwards"),
        optional("timeout", Kind::Duration { min: 1000, max: DAY }, "how long it may take"),
        default(
            "on-failure",
            Kind::Either(&[
                Kind::Word(&[("ask", "a person decides"), ("stop", "the run ends")]),
                Kind::Object(&ON_FAILURE),
            ]),
            "ask",
            "what happens when it fails",
        ),
        optional(
            "where-unsupported",
            Kind::Word(&[
                ("refuse", "no plan can be made there"),
                ("leave-out", "the plan says that the step is left out, and why"),
            ]),
            "what becomes of the step where the platform does not know its act; `refuse` when not \
             said",
        )
        .with("act"),
        refused("command", "a command changes the world: write `act: { command: { run: […] } }`"),
        refused("http", "a request changes the world: write `act: { http: { post: … } }`"),
        refused(
            "script",
            "put it into a file of the workspace, and run that with `act: { command: … }`",
        ),
    ],
};

const SELECTION: Kind = Kind::Either(&[
    Kind::Word(&[("all", "all that the environment has")]),
    Kind::List { of: &Kind::Name, min: 1 },
]);

const SELECTION_OR_NONE: Kind = Kind::Either(&[
    Kind::Word(&[("all", "all that the environment has"), ("none", "not one")]),
    Kind::List { of: &Kind::Name, min: 1 },
]);

pub(crate) const DEFAULT_WINDOW: &str = "5m";

const JUDGE: Shape = Shape {
    name: "judge",
    help: "a judgement",
    choice: None,
    fields: &[
        default("slos", SELECTION, "all", "which objectives"),
        default(
            "window",
            Kind::Duration { min: 10_000, max: DAY },
            DEFAULT_WINDOW,
            "how far back to look",
        ),
    ],
};

const RESPONSE: Kind = Kind::Word(&[
    ("proceed", "go on with the next step"),
    ("ask", "a person decides, with a reason"),
    ("stop", "end the run"),
]);

const ON: Shape = Shape {
    name: "on",
    help: "what verdicts lead to",
    choice: None,
    fields: &[
        default("fail", RESPONSE, "proceed", "the objective is broken"),
        default("pass", RESPONSE, "ask", "the objective holds"),
        default("inconclusive", RESPONSE, "ask", "nobody knows"),
        default("shared", RESPONSE, "ask", "the old release is as bad"),
    ],
};

const ACT: Kind = Kind::Either(&[
    Kind::Word(&[
        ("rollout.halt", "keep the new release from getting any more traffic"),
        ("rollout.resume", "let a halted rollout go on"),
        ("release.restore", "make the target serve again, everywhere"),
    ]),
    Kind::Object(&ACTION),
]);

const UNDO_WORD: Kind = Kind::Word(&[
    ("none", "it cannot be taken back"),
    ("rollout.halt", "keep the new release from getting any more traffic"),
    ("rollout.resume", "let a halted rollout go on"),
    ("release.restore", "make the target serve again, everywhere"),
]);

const WHICH: Kind = Kind::Word(&[
    ("target", "the release to go back to"),
    ("suspect", "the release to get away from"),
]);

const ACTION: Shape = Shape {
    name: "action",
    help: "an action",
    choice: Some(Choice {
        of: &[
            "release.restore",
            "traffic.shift",
            "flag.off",
            "flag.on",
            "command",
            "http",
            "github.dispatch",
            "github.cancel",
            "github.deployment",
        ],
        what: "action",
        unknown: Code::UnknownWord,
    }),
    fields: &[
        optional("release.restore", Kind::Object(&RESTORE), "make a release serve again"),
        optional("traffic.shift", Kind::Object(&SHIFT), "give a release a share of the traffic"),
        optional("flag.off", Kind::Object(&SWITCH), "turn a feature flag off"),
        optional("flag.on", Kind::Object(&SWITCH), "turn a feature flag on"),
        optional("command", Kind::Object(&COMMAND), "run a command on this machine"),
        optional("http", Kind::Object(&HTTP), "send a request"),
        optional("github.dispatch", Kind::Object(&DISPATCH), "start a workflow of GitHub"),
        optional("github.cancel", Kind::Object(&CANCEL), "cancel a workflow's runs on GitHub"),
        optional("github.deployment", Kind::Object(&DEPLOYMENT), "tell on GitHub what serves"),
    ],
};

const DISPATCH: Shape = Shape {
    name: "dispatch",
    help: "`github.dispatch`",
    choice: None,
    fields: &[
        required("workflow", Kind::Text, "the workflow's file: `rollback.yml`"),
        required("ref", Kind::Text, "the branch or tag whose version of the file runs"),
        optional(
            "inputs",
            Kind::Map { keys: Keys::Name, of: &Kind::Value, min: 1 },
            "its inputs; `rollback_id` is added, and belongs into its `run-name`",
        ),
    ],
};

const CANCEL: Shape = Shape {
    name: "cancel",
    help: "`github.cancel`",
    choice: None,
    fields: &[required("workflow", Kind::Text, "the workflow's file: `deploy.yml`")],
};

const DEPLOYMENT: Shape = Shape {
    name: "deployment",
    help: "`github.deployment`",
    choice: None,
    fields: &[
        required("release", WHICH, "whose commit it is"),
        required(
            "state",
            Kind::Word(&[
                ("in-progress", "it has begun"),
                ("success", "it serves"),
                ("failure", "it did not work"),
            ]),
            "how it goes",
        ),
        default("description", Kind::Text, "Rolled back by Lastgood", "one line"),
    ],
};

const SWITCH: Shape = Shape {
    name: "switch",
    help: "`flag.off` and `flag.on`",
    choice: None,
    fields: &[required("flag", Kind::Text, "the flag's name in the flag system")],
};

pub(crate) const DEFAULT_COMMAND_TIMEOUT: &str = "1m";
pub(crate) const DEFAULT_HTTP_TIMEOUT: &str = "30s";

const ARGUMENTS: Kind = Kind::List { of: &Kind::Value, min: 1 };

const COMMAND: Shape = Shape {
    name: "command",
    help: "a command on this machine",
    choice: None,
    fields: &[
        required(
            "run",
            Kind::Either(&[Kind::Text, ARGUMENTS]),
            "the program and its arguments, as a list; one text with `shell: true`",
        ),
        default("shell", Kind::Flag, "false", "whether `run` is a text for `sh -c`"),
        optional(
            "env",
            Kind::List { of: &Kind::Name, min: 1 },
            "the variables of our own environment that it gets; besides them only `PATH`",
        ),
        optional(
            "set",
            Kind::Map { keys: Keys::Name, of: &Kind::Value, min: 1 },
            "variables that it gets besides",
        ),
        optional(
            "secrets",
            Kind::Map { keys: Keys::Name, of: &Kind::Secret, min: 1 },
            "variables whose values are secrets, by the secret's name in the vault",
        ),
        optional("in", Kind::Path, "the folder that it runs in, from the workspace on"),
        default(
            "success",
            Kind::List { of: &Kind::Whole { min: 0, max: 255 }, min: 1 },
            "[0]",
            "the exit codes that mean that it was done",
        ),
        optional(
            "probe",
            ARGUMENTS,
            "tells whether it took place: exit code 0 for yes, 1 for no, others for doubt",
        ),
        default(
            "timeout",
            Kind::Duration { min: 100, max: 3_600_000 },
            DEFAULT_COMMAND_TIMEOUT,
            "it is ended, with all that it began, when it takes longer",
        ),
    ],
};

const HTTP: Shape = Shape {
    name: "http",
    help: "a request",
    choice: Some(Choice {
        of: &["post", "put", "patch", "delete"],
        what: "request",
        unknown: Code::UnknownKey,
    }),
    fields: &[
        optional("post", Kind::Address, "the address, for POST"),
        optional("put", Kind::Address, "the address, for PUT"),
        optional("patch", Kind::Address, "the address, for PATCH"),
        optional("delete", Kind::Address, "the address, for DELETE"),
        optional(
            "headers",
            Kind::Map { keys: Keys::Header, of: &Kind::Value, min: 0 },
            "sent as they are",
        ),
        optional(
            "secrets",
            Kind::Map { keys: Keys::Header, of: &Kind::Secret, min: 1 },
            "headers whose values are secrets, by the secret's name in the vault",
        ),
        optional("bearer", Kind::Secret, "the secret behind `Authorization: Bearer`"),
        optional("json", Kind::Anything, "the body, sent as JSON"),
        default("expect", Kind::Object(&EXPECT), "{ status: 2xx }", "what must hold of the answer"),
        default(
            "key-header",
            Kind::Text,
            "Idempotency-Key",
            "the header that carries the effect key, by which a repeat is recognised",
        ),
        optional("probe", Kind::Object(&HTTP_PROBE), "tells whether it took place"),
        default(
            "timeout",
            Kind::Duration { min: 100, max: 600_000 },
            DEFAULT_HTTP_TIMEOUT,
            "from connecting to the last byte",
        ),
    ],
};

const HTTP_PROBE: Shape = Shape {
    name: "http-probe",
    help: "a question whose answer tells whether a request took place",
    choice: None,
    fields: &[
        required("get", Kind::Address, "the address; `{{ effect.key }}` is filled in as well"),
        default(
            "expect",
            Kind::Object(&EXPECT),
            "{ status: 2xx }",
            "what holds when it took place; 404, or 2xx where it does not hold, says no",
        ),
    ],
};

const RESTORE: Shape = Shape {
    name: "restore",
    help: "`release.restore`",
    choice: None,
    fields: &[default("release", WHICH, "target", "which release")],
};

const SHIFT: Shape = Shape {
    name: "shift",
    help: "`traffic.shift`",
    choice: None,
    fields: &[
        required("release", WHICH, "which release gets the share"),
        required(
            "percent",
            Kind::Whole { min: 0, max: 100 },
            "the share; the rest goes to the other release",
        ),
    ],
};

const DECIDE: Shape = Shape {
    name: "decide",
    help: "a decision",
    choice: None,
    fields: &[
        required("question", Kind::Text, "what is asked"),
        required("options", Kind::List { of: &Kind::Object(&OPTION), min: 2 }, "the answers"),
    ],
};

const OPTION: Shape = Shape {
    name: "option",
    help: "an option",
    choice: None,
    fields: &[
        required("id", Kind::Id, "unique in its question"),
        required("label", Kind::Text, "what a person reads"),
        default("then", Kind::Id, "continue", "`continue`, `stop`, or the id of a later step"),
    ],
};

const WAIT: Shape = Shape {
    name: "wait",
    help: "a wait",
    choice: Some(Choice { of: &["until", "for"], what: "end", unknown: Code::UnknownKey }),
    fields: &[
        optional(
            "until",
            Kind::Word(&[
                ("target-serves", "the target serves alone, every replica ready"),
                ("settled", "no rollout is under way"),
            ]),
            "what to wait for",
        ),
        optional("for", Kind::Duration { min: 1000, max: DAY }, "how long to wait"),
    ],
};

pub(crate) const DEFAULT_HOLD: &str = "10m";
pub(crate) const DEFAULT_EVERY: &str = "30s";
pub(crate) const DEFAULT_GRACE: &str = "1m";
/// A service that fails every fifth request passes seven looks in a row once in five
/// times, and three of them every other time.
pub(crate) const DEFAULT_CONSECUTIVE: u64 = 7;

const VERIFY: Shape = Shape {
    name: "verify",
    help: "a verification",
    choice: None,
    fields: &[
        default("slos", SELECTION, "all", "which objectives"),
        default("checks", SELECTION_OR_NONE, "all", "which checks"),
        default(
            "versions",
            Kind::Flag,
            "true",
            "whether every ready replica must answer with the target's version",
        ),
        default(
            "hold",
            Kind::Duration { min: 1000, max: DAY },
            DEFAULT_HOLD,
            "how long everything must hold",
        ),
        default(
            "every",
            Kind::Duration { min: 1000, max: 3_600_000 },
            DEFAULT_EVERY,
            "the time between two looks",
        ),
        default(
            "grace",
            Kind::Duration { min: 0, max: DAY },
            DEFAULT_GRACE,
            "requests of this long at the start do not count; no longer than `hold` when not said",
        ),
        default(
            "consecutive",
            Kind::Whole { min: 1, max: 1000 },
            "7",
            "looks in a row that must find everything passed",
        ),
    ],
};

const MANUAL: Shape = Shape {
    name: "manual",
    help: "work by hand",
    choice: None,
    fields: &[
        required("do", Kind::Text, "what to do"),
        optional("record", Kind::Text, "what to write down: a value, not a tick"),
        refused("command", "a person does this step; for a command write `act: { command: … }`"),
    ],
};

const ON_FAILURE: Shape = Shape {
    name: "on-failure",
    help: "what happens on failure",
    choice: Some(Choice {
        of: &["retry", "go-to"],
        what: "answer to a failure",
        unknown: Code::UnknownWord,
    }),
    fields: &[
        optional(
            "retry",
            Kind::Whole { min: 2, max: 20 },
            "tried at most this often in all, then a person decides; only for steps that read",
        ),
        optional("go-to", Kind::Id, "the later step that takes over"),
    ],
};
