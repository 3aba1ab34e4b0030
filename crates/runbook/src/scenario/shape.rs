//! What `drills/*.yaml` may hold.

use crate::catalog::DAY;
use crate::code::Code;
use crate::shape::{Choice, Field, Keys, Kind, Shape, default, optional, required};

pub(crate) const DRILL: Shape = Shape {
    name: "drill",
    help: "a drill",
    choice: None,
    fields: &[
        required("drill", Kind::Id, "its name, unique in the workspace"),
        required("title", Kind::Text, "what a person reads in a list"),
        required("summary", Kind::Text, "what it rehearses"),
        required("minutes", Kind::Whole { min: 1, max: 480 }, "how long it takes a person, about"),
        required("service", Kind::Name, "the service in trouble"),
        required("environment", Kind::Name, "where"),
        required("runbook", Kind::Id, "the runbook to rehearse"),
        optional(
            "inputs",
            Kind::Map { keys: Keys::Id, of: &Kind::Value, min: 0 },
            "inputs for the runbook, by name",
        ),
        default(
            "head-start",
            Kind::Duration { min: 0, max: DAY },
            DEFAULT_HEAD_START,
            "how much time goes by before the person arrives",
        ),
        required(
            "events",
            Kind::List { of: &Kind::Object(&EVENT), min: 1 },
            "what happens, in order of time",
        ),
        optional(
            "faults",
            Kind::List { of: &Kind::Object(&FAULT), min: 0 },
            "what goes wrong with our own calls",
        ),
        optional(
            "operator",
            Kind::List { of: &Kind::Object(&RULE), min: 0 },
            "what the scripted operator answers; the first that fits, else `go-on`",
        ),
        optional(
            "by-hand",
            Kind::List { of: &Kind::Object(&MOVE), min: 0 },
            "what a person can do outside of Lastgood: turn a flag off, suspend a sync",
        ),
        optional(
            "presenter",
            Kind::List { of: &Kind::Object(&MOVE), min: 0 },
            "what whoever presents the drill can make happen besides",
        ),
        optional(
            "opening",
            Kind::Object(&OPENING),
            "what the scripted operator does with the plan",
        ),
        required("truth", Kind::Text, "what is really the matter; shown afterwards"),
        optional(
            "lessons",
            Kind::List { of: &Kind::Object(&LESSON), min: 0 },
            "what a good decision is, where, and why; shown afterwards",
        ),
        required("success", Kind::Object(&SUCCESS), "how it ends when it goes well"),
    ],
};

pub(crate) const DEFAULT_HEAD_START: &str = "0s";

const EVENT: Shape = Shape {
    name: "event",
    help: "an event",
    choice: Some(Choice {
        of: &["deploy", "change", "traffic", "flag", "obstacle", "migrate", "new-rows"],
        what: "kind of event",
        unknown: Code::UnknownKey,
    }),
    fields: &[
        required(
            "at",
            Kind::Duration { min: 0, max: DAY },
            "since the start of the drill, or since the call of `after`",
        ),
        optional("after", CALL, "the call of ours that it waits for; the first one counts"),
        A_DEPLOY,
        A_CHANGE,
        TRAFFIC_CHANGES,
        A_FLAG,
        AN_OBSTACLE,
        A_MIGRATION,
        SOME_ROWS,
    ],
};

const A_DEPLOY: Field =
    optional("deploy", Kind::Object(&DEPLOY), "somebody begins to roll out a new release");
const A_CHANGE: Field =
    optional("change", Kind::Object(&CHANGE), "a release changes its behaviour");
const TRAFFIC_CHANGES: Field = optional("traffic", Kind::Object(&TRAFFIC), "traffic changes");
const A_FLAG: Field =
    optional("flag", Kind::Object(&FLAG), "somebody turns a feature flag on or off");
const AN_OBSTACLE: Field = optional(
    "obstacle",
    Kind::Object(&OBSTACLE),
    "something comes to stand in the way of going back to what serves now",
);

const A_MIGRATION: Field =
    optional("migrate", Kind::Object(&MIGRATE), "somebody applies a migration");
const SOME_ROWS: Field = optional(
    "new-rows",
    Kind::Object(&NEW_ROWS),
    "the newest release writes rows that older ones cannot read",
);

const CALL: Kind = Kind::Word(&[
    ("rollout.halt", "stopping a rollout"),
    ("rollout.resume", "letting it go on"),
    ("release.restore", "making a release serve again"),
    ("traffic.shift", "moving traffic"),
]);

const MOVE: Shape = Shape {
    name: "move",
    help: "something that can be made to happen",
    choice: None,
    fields: &[
        required("id", Kind::Id, "what it is called, as in `lastgood drill NAME --do ID`"),
        required("title", Kind::Text, "verb and object, as a person reads it"),
        optional(
            "events",
            Kind::List { of: &Kind::Object(&HAPPENING), min: 1 },
            "what happens, at once and in this order",
        ),
        optional(
            "faults",
            Kind::List { of: &Kind::Object(&FAULT), min: 1 },
            "what goes wrong with our own calls from then on",
        ),
    ],
};

const HAPPENING: Shape = Shape {
    name: "happening",
    help: "something that happens",
    choice: Some(Choice {
        of: &["deploy", "change", "traffic", "flag", "obstacle", "migrate", "new-rows"],
        what: "kind of event",
        unknown: Code::UnknownKey,
    }),
    fields: &[A_DEPLOY, A_CHANGE, TRAFFIC_CHANGES, A_FLAG, AN_OBSTACLE, A_MIGRATION, SOME_ROWS],
};

const OPENING: Shape = Shape {
    name: "opening",
    help: "what the scripted operator does with the plan",
    choice: None,
    fields: &[
        optional(
            "first",
            Kind::List { of: &Kind::Id, min: 1 },
            "what it does by hand before it reads the plan",
        ),
        optional("target", Kind::Value, "the version to go back to; the proposal when not said"),
        optional("override", Kind::Text, "why it goes on in spite of what forbids the plan"),
        optional("instead", Kind::Object(&INSTEAD), "the plan is not run; this is done"),
    ],
};

const INSTEAD: Shape = Shape {
    name: "instead",
    help: "another way than the plan",
    choice: None,
    fields: &[
        required(
            "way",
            Kind::Word(&[
                ("flag-off", "turn a flag off"),
                ("shift-traffic", "shift the traffic"),
                ("roll-forward", "deploy a fix"),
                ("wait", "change nothing and look again"),
            ]),
            "what is done instead",
        ),
        required("because", Kind::Text, "why"),
    ],
};

const DEEDS: Kind = Kind::List {
    of: &Kind::Word(&[
        ("roll-back", "run the plan"),
        ("flag-off", "turn a flag off instead"),
        ("shift-traffic", "shift the traffic instead"),
        ("roll-forward", "deploy a fix instead"),
        ("wait", "change nothing instead"),
        ("override", "go on in spite of what forbids it"),
        ("go-on", "confirm, accept a verdict, do what was asked"),
        ("again", "look or try again"),
        ("skip", "pass a step over"),
        ("choose", "choose an option"),
        ("happened", "say that the effect took place"),
        ("did-not-happen", "say that it did not"),
        ("decline", "end the run without a rollback"),
        ("abort", "end the run"),
        ("undo", "take back what was done"),
        ("leave", "leave what was done"),
    ]),
    min: 0,
};

const LESSON: Shape = Shape {
    name: "lesson",
    help: "what a good decision is, and why",
    choice: None,
    fields: &[
        required("at", Kind::Id, "`start` (the plan), `end` (aborting), or the step's id"),
        optional("good", DEEDS, "what is good to do there"),
        optional("poor", DEEDS, "what is not"),
        required("because", Kind::Text, "why, in a sentence or two"),
    ],
};

const ERROR_RATE: Kind = Kind::Percentage { open: false };
const LATENCY: Kind = Kind::Duration { min: 0, max: 600_000 };
pub(crate) const DEFAULT_ERROR_RATE: &str = "0%";
/// What a healthy release of the practice world takes.
pub(crate) const DEFAULT_LATENCY: &str = "80ms";
pub(crate) const DEFAULT_ACTOR: &str = "deploy pipeline";

const DEPLOY: Shape = Shape {
    name: "deploy",
    help: "a deploy",
    choice: None,
    fields: &[
        optional("service", Kind::Name, "the drill's when not said"),
        optional("environment", Kind::Name, "the drill's when not said"),
        required("version", Kind::Value, "the new release's version"),
        default("error-rate", ERROR_RATE, DEFAULT_ERROR_RATE, "the share of requests that fail"),
        default("latency", LATENCY, DEFAULT_LATENCY, "median latency"),
        default("ready", Kind::Flag, "true", "whether its replicas ever become ready"),
        default("actor", Kind::Text, DEFAULT_ACTOR, "who did it"),
        optional("changelog", Kind::Text, "what changed"),
        optional(
            "flags",
            Kind::Map { keys: Keys::Id, of: &Kind::Value, min: 0 },
            "the flags that it came with, with their values",
        ),
    ],
};

const CHANGE: Shape = Shape {
    name: "change",
    help: "a change of behaviour",
    choice: None,
    fields: &[
        optional("service", Kind::Name, "the drill's when not said"),
        optional("environment", Kind::Name, "the drill's when not said"),
        optional("version", Kind::Value, "which release; all when not said"),
        default("error-rate", ERROR_RATE, DEFAULT_ERROR_RATE, "the share of requests that fail"),
        default("latency", LATENCY, DEFAULT_LATENCY, "median latency"),
        default("ready", Kind::Flag, "true", "whether its replicas ever become ready"),
    ],
};

const TRAFFIC: Shape = Shape {
    name: "traffic",
    help: "a change of traffic",
    choice: None,
    fields: &[
        optional("service", Kind::Name, "the drill's when not said"),
        optional("environment", Kind::Name, "the drill's when not said"),
        required("rate", Kind::Number { min: 0.0, max: 100_000.0 }, "requests per second"),
    ],
};

const MIGRATE: Shape = Shape {
    name: "migrate",
    help: "a migration of the practice database",
    choice: None,
    fields: &[
        optional("service", Kind::Name, "the drill's when not said"),
        optional("environment", Kind::Name, "the drill's when not said"),
        required("sql", Kind::Text, "its statements, for PostgreSQL"),
    ],
};

const NEW_ROWS: Shape = Shape {
    name: "new-rows",
    help: "rows that older releases cannot read",
    choice: None,
    fields: &[
        optional("service", Kind::Name, "the drill's when not said"),
        optional("environment", Kind::Name, "the drill's when not said"),
        default("there", Kind::Flag, "true", "whether there are some from now on"),
    ],
};

const FLAG: Shape = Shape {
    name: "flag",
    help: "a toggle of a feature flag",
    choice: None,
    fields: &[
        optional("service", Kind::Name, "the drill's when not said"),
        optional("environment", Kind::Name, "the drill's when not said"),
        required("name", Kind::Name, "which flag"),
        required("to", Kind::Word(&[("on", "it is on"), ("off", "it is off")]), "what it becomes"),
        optional(
            "version",
            Kind::Value,
            "the release that has something behind it; all when not said",
        ),
        optional("error-rate", ERROR_RATE, "the share of requests that fail while it is on"),
        default("latency", LATENCY, DEFAULT_LATENCY, "median latency while it is on")
            .with("error-rate"),
        default("actor", Kind::Text, DEFAULT_ACTOR, "who did it"),
    ],
};

const OBSTACLE: Shape = Shape {
    name: "obstacle",
    help: "an obstacle",
    choice: None,
    fields: &[
        optional("service", Kind::Name, "the drill's when not said"),
        optional("environment", Kind::Name, "the drill's when not said"),
        required(
            "is",
            Kind::Word(&[
                ("artifact-gone", "the registry does not have the artifact any more"),
                ("tag-moved", "the artifact's tag leads to another artifact"),
                ("registry-busy", "the registry answers that it is asked too often"),
                ("permission-missing", "we may not change the service"),
                ("auto-sync", "a controller puts back whatever was rolled out last"),
                ("config-key-missing", "a key of the configuration is gone"),
                ("frozen", "somebody froze changes"),
                ("another-operator", "another operator holds the lease of the service"),
            ]),
            "what it is",
        ),
        default("lifted", Kind::Flag, "false", "whether it goes away instead"),
    ],
};

const FAULT: Shape = Shape {
    name: "fault",
    help: "a fault",
    choice: None,
    fields: &[
        required(
            "on",
            Kind::Word(&[
                ("rollout.halt", "stopping a rollout"),
                ("rollout.resume", "letting it go on"),
                ("release.restore", "making a release serve again"),
                ("traffic.shift", "moving traffic"),
                ("flag.off", "turning a feature flag off"),
                ("flag.on", "turning a feature flag on"),
                ("command", "running a command"),
                ("http", "sending a request"),
                ("flags", "reading feature flags"),
                ("measure", "asking for an objective's counts"),
                ("check", "running a synthetic check"),
                ("survey", "looking what runs"),
                ("replicas", "asking each replica for its version"),
                ("deploys", "reading what was deployed"),
                ("probe", "asking whether an effect took place"),
                ("registry", "asking whether an artifact is still there"),
                ("schema", "reading what the database says of its migrations"),
            ]),
            "which of our calls are hit",
        ),
        required(
            "kind",
            Kind::Either(&[
                Kind::Word(&[
                    ("refuse", "it is refused; nothing changes"),
                    ("lose-reply", "it is done, and its reply is lost"),
                    ("lie", "it is answered with success, and not done"),
                    ("stale", "it answers with data that is too old"),
                ]),
                Kind::Object(&DELAY),
            ]),
            "what happens to them",
        ),
        default("times", Kind::Whole { min: 1, max: 1000 }, "1", "how many calls are hit"),
        optional("after", CALL, "the call of ours that it waits for; the first one counts"),
    ],
};

const DELAY: Shape = Shape {
    name: "delay",
    help: "a delay",
    choice: None,
    fields: &[required(
        "delay",
        Kind::Duration { min: 1, max: 3_600_000 },
        "how much longer it takes",
    )],
};

const RULE: Shape = Shape {
    name: "operator-rule",
    help: "a rule of the operator",
    choice: None,
    fields: &[
        optional("step", Kind::Id, "the step that asks; any when not said"),
        optional(
            "ask",
            Kind::Word(&[
                ("confirm", "confirm the step before it begins"),
                ("verdict", "decide on a verdict"),
                ("choice", "choose an option"),
                ("manual", "do it by hand and say what you saw"),
                ("failure", "the step failed"),
                ("ruling", "say whether an effect took place"),
                ("guard", "say whether the step is needed"),
                ("undo", "take back what was done, or leave it"),
            ]),
            "what is asked; anything when not said",
        ),
        required(
            "answer",
            Kind::Either(&[
                Kind::Word(&[
                    ("go-on", "confirm, accept the verdict, say it was done"),
                    ("again", "try or look again"),
                    ("skip", "pass over the step"),
                    ("happened", "the effect took place"),
                    ("did-not-happen", "the effect did not take place"),
                    ("decline", "end the run without a rollback"),
                    ("abort", "end the run"),
                    ("undo", "take back what was done"),
                    ("leave", "leave what was done"),
                ]),
                Kind::Object(&CHOOSE),
            ]),
            "the answer",
        ),
        optional(
            "first",
            Kind::List { of: &Kind::Id, min: 1 },
            "what it does by hand before it answers",
        ),
        optional(
            "thinks",
            Kind::Duration { min: 0, max: DAY },
            "how long it takes over the answer; as long as it takes to read when not said",
        ),
        optional("because", Kind::Text, "why, where a reason is needed"),
        optional(
            "times",
            Kind::Whole { min: 1, max: 1000 },
            "how often it answers so; always when not said",
        ),
    ],
};

const CHOOSE: Shape = Shape {
    name: "choose",
    help: "a choice",
    choice: None,
    fields: &[required("choose", Kind::Id, "the id of the option")],
};

const SUCCESS: Shape = Shape {
    name: "success",
    help: "a good end",
    choice: None,
    fields: &[
        required(
            "outcome",
            Kind::Word(&[
                ("recovered", "recovery was proven"),
                ("declined", "the run ended without a rollback, by decision"),
                ("aborted", "the run was aborted"),
            ]),
            "how the run must end",
        ),
        optional(
            "within",
            Kind::Duration { min: 1000, max: DAY },
            "the time from the start of the drill to the end of the run",
        ),
    ],
};
