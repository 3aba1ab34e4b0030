//! What `lastgood.yaml` may hold.

mod beside;

use beside::{FLAGS, RECALL, SCHEMA};

use crate::code::Code;
use crate::shape::{Choice, Field, Keys, Kind, Shape, default, later, optional, required};

/// A day, the longest time that anything here may take or look back.
pub(crate) const DAY: u64 = 86_400_000;

pub(crate) const CATALOG: Shape = Shape {
    name: "catalog",
    help: "the catalog",
    choice: None,
    fields: &[
        required(
            "services",
            Kind::Map { keys: Keys::Name, of: &Kind::Object(&SERVICE), min: 1 },
            "what runs, by name",
        ),
        optional(
            "connections",
            Kind::Map { keys: Keys::Name, of: &Kind::Object(&CONNECTION), min: 0 },
            "the systems that can be asked, by name",
        ),
        optional(
            "recalls",
            Kind::List { of: &Kind::Object(&RECALL), min: 0 },
            "releases that must not come back, such as those with a known vulnerability",
        ),
    ],
};

const SERVICE: Shape = Shape {
    name: "service",
    help: "a service",
    choice: None,
    fields: &[
        optional("owner", Kind::Text, "the team that answers for it"),
        optional("escalation", Kind::Text, "whom to call when the team does not answer"),
        optional(
            "depends-on",
            Kind::List { of: &Kind::Name, min: 0 },
            "the services of this catalog that it needs",
        ),
        required(
            "environments",
            Kind::Map { keys: Keys::Name, of: &Kind::Object(&ENVIRONMENT), min: 1 },
            "where it runs, by name",
        ),
    ],
};

pub(crate) const STRATEGIES: Kind = Kind::Word(&[
    ("rolling", "replicas are replaced a few at a time"),
    ("blue-green", "two full sets, and traffic switches between them"),
    ("canary", "a share of the traffic goes to the new release first"),
]);

pub(crate) const DEFAULT_BAKE: &str = "1h";

const ENVIRONMENT: Shape = Shape {
    name: "environment",
    help: "an environment",
    choice: None,
    fields: &[
        required(
            "platform",
            Kind::Either(&[
                Kind::Word(&[("practice", "the practice world inside of Lastgood")]),
                Kind::Object(&PLATFORM),
            ]),
            "how it is run",
        ),
        default("strategy", STRATEGIES, "rolling", "how a release reaches users"),
        optional(
            "tier",
            Kind::Word(&[
                ("production", "users meet what runs there"),
                ("staging", "nobody but the team does, on something like production"),
                ("development", "nobody but the team does"),
            ]),
            "who meets what runs there; a drill on the real system needs `staging` or `development`",
        ),
        default(
            "bake",
            Kind::Duration { min: 1000, max: 30 * DAY },
            DEFAULT_BAKE,
            "how long a release must have served before it may be called good",
        ),
        default(
            "bake-requests",
            Kind::Whole { min: 0, max: 1_000_000_000 },
            "1000",
            "how many requests it must have answered besides, where it served less than an hour; \
             0 asks for the time alone",
        ),
        optional(
            "rehearse-every",
            Kind::Duration { min: 3_600_000, max: 400 * DAY },
            "how often the runbook is to be rehearsed here",
        ),
        optional(
            "metrics",
            Kind::Name,
            "the connection that answers the objectives' queries; the only one when not said",
        ),
        optional(
            "slos",
            Kind::Map { keys: Keys::Name, of: &Kind::Object(&SLO), min: 0 },
            "what \"healthy\" means, by name",
        ),
        optional(
            "checks",
            Kind::List { of: &Kind::Object(&CHECK), min: 0 },
            "requests whose answers are known",
        ),
        optional(
            "replica-version",
            Kind::Object(&REPLICA_VERSION),
            "how to ask one replica which version it is",
        ),
        optional(
            "dashboards",
            Kind::List { of: &Kind::Object(&LINK), min: 0 },
            "pages that a person may want to open",
        ),
        optional("runbook", Kind::Id, "the runbook to propose first"),
        optional("releases", Kind::Object(&RELEASES), "where releases are recorded"),
        optional(
            "schema",
            Kind::Object(&SCHEMA),
            "where the database says which migrations it has, and where their texts are",
        ),
        optional(
            "flags",
            Kind::Either(&[Kind::Name, Kind::Object(&FLAGS)]),
            "where its feature flags are kept: the name of a connection, or more",
        ),
        later("cost", "what a request costs"),
    ],
};

pub(crate) const DEFAULT_PROJECT: &str = "default";
pub(crate) const LAUNCHDARKLY_URL: &str = "https://app.launchdarkly.com";

const UNLEASH: Shape = Shape {
    name: "unleash",
    help: "an Unleash server",
    choice: None,
    fields: &[
        required("url", Kind::Address, "the base address, without `/api`"),
        default("project", Kind::Text, DEFAULT_PROJECT, "the project that the flags are in"),
        required("secret", Kind::Secret, "the name of the token in the vault"),
    ],
};

const LAUNCHDARKLY: Shape = Shape {
    name: "launchdarkly",
    help: "a LaunchDarkly project",
    choice: None,
    fields: &[
        default("url", Kind::Address, LAUNCHDARKLY_URL, "the base address, without `/api`"),
        required("project", Kind::Text, "the project's key"),
        required("secret", Kind::Secret, "the name of the access token in the vault"),
    ],
};

const PLATFORM: Shape = Shape {
    name: "platform",
    help: "a platform",
    choice: Some(Choice {
        of: &["kubernetes", "ecs", "lambda", "practice"],
        what: "platform",
        unknown: Code::UnknownWord,
    }),
    fields: &[
        optional("kubernetes", Kind::Object(&KUBERNETES), "a workload of Kubernetes"),
        optional("practice", Kind::Object(&PRACTICE), "the practice world inside of Lastgood"),
        optional("ecs", Kind::Object(&ECS), "an Amazon ECS service"),
        optional("lambda", Kind::Object(&LAMBDA), "an alias of an AWS Lambda function"),
    ],
};

const REGION: Field =
    optional("region", Kind::Name, "the region; as the AWS tools find it when not said");
const PROFILE: Field =
    optional("profile", Kind::Text, "the profile of the shared configuration of the AWS tools");
const ROLE: Field = optional("role", Kind::Text, "the ARN of a role to assume");
const KEY: Field = optional(
    "secret",
    Kind::Secret,
    "the name of an access key in the vault, kept as `id:secret`; instead of a profile",
);
const ACCOUNT: Field = optional(
    "account",
    Kind::Text,
    "the account that it must be, in quotes; nothing is changed in another one",
);
const ENDPOINT: Field =
    optional("endpoint", Kind::Address, "another address than the usual one of AWS");

const ECS: Shape = Shape {
    name: "ecs",
    help: "an Amazon ECS service, on Fargate or on machines",
    choice: None,
    fields: &[
        default("cluster", Kind::Text, DEFAULT_CLUSTER, "the cluster's name"),
        required("service", Kind::Text, "the service's name"),
        optional(
            "container",
            Kind::Name,
            "the container whose image is the release; the first essential one when not said",
        ),
        REGION,
        PROFILE,
        ROLE,
        KEY,
        ACCOUNT,
        ENDPOINT,
        optional("strategy", STRATEGIES, "how a release reaches users"),
    ],
};

/// What ECS itself takes when no cluster is named.
pub(crate) const DEFAULT_CLUSTER: &str = "default";

const LAMBDA: Shape = Shape {
    name: "lambda",
    help: "an alias of an AWS Lambda function",
    choice: None,
    fields: &[
        required("function", Kind::Text, "the function's name"),
        required("alias", Kind::Name, "the alias that callers use"),
        REGION,
        PROFILE,
        ROLE,
        KEY,
        ACCOUNT,
        ENDPOINT,
        optional("strategy", STRATEGIES, "how a release reaches users"),
    ],
};

const PRACTICE: Shape = Shape {
    name: "practice",
    help: "the practice world",
    choice: None,
    fields: &[optional("strategy", STRATEGIES, "how a release reaches users")],
};

const KUBERNETES: Shape = Shape {
    name: "kubernetes",
    help: "a workload of Kubernetes",
    choice: Some(Choice {
        of: &["deployment", "statefulset", "daemonset", "rollout", "service"],
        what: "workload",
        unknown: Code::UnknownKey,
    }),
    fields: &[
        optional(
            "kubeconfig",
            Kind::Path,
            "the kubeconfig file, from this folder on; the usual one when not said",
        ),
        optional("context", Kind::Text, "the kubeconfig context; the current one when not said"),
        required("namespace", Kind::Name, "the namespace"),
        optional("deployment", Kind::Name, "the Deployment; with `canary`, the stable one"),
        optional(
            "canary",
            Kind::Name,
            "the Deployment of the canary, behind the same Service as the stable one",
        )
        .with("deployment"),
        optional("statefulset", Kind::Name, "the StatefulSet"),
        optional("daemonset", Kind::Name, "the DaemonSet"),
        optional("rollout", Kind::Name, "the Argo Rollout"),
        optional("service", Kind::Name, "the Service whose selector chooses the colour"),
        optional("blue", Kind::Name, "the Deployment of the one colour").with("service"),
        optional("green", Kind::Name, "the Deployment of the other colour").with("service"),
        optional(
            "container",
            Kind::Name,
            "the container whose image is the release; the only one when not said",
        ),
        optional("strategy", STRATEGIES, "how a release reaches users"),
    ],
};

pub(crate) const DEFAULT_MIN_SAMPLES: u64 = 30;

const SLO: Shape = Shape {
    name: "slo",
    help: "an objective",
    choice: Some(Choice {
        of: &["good", "histogram"],
        what: "way to count",
        unknown: Code::UnknownKey,
    }),
    fields: &[
        required(
            "objective",
            Kind::Percentage { open: true },
            "the share of good requests that is promised",
        ),
        optional("good", Kind::Text, "the query for the good requests"),
        optional("total", Kind::Text, "the query for all requests").with("good"),
        optional(
            "histogram",
            Kind::Text,
            "the histogram of how long requests take, without `_bucket`: `NAME{labels}`",
        ),
        optional(
            "threshold",
            Kind::Duration { min: 1, max: 600_000 },
            "requests that take longer are bad; must be a boundary of the histogram",
        ),
        optional("version-label", Kind::Name, "the label that tells releases apart"),
        default(
            "min-samples",
            Kind::Whole { min: 1, max: 1_000_000_000 },
            "30",
            "fewer requests than this in a window decide nothing, unless bad ones came in three \
             intervals",
        ),
    ],
};

pub(crate) const DEFAULT_CHECK_TIMEOUT: &str = "10s";

const CHECK: Shape = Shape {
    name: "check",
    help: "a check",
    choice: Some(Choice {
        of: &["get", "head", "post"],
        what: "request",
        unknown: Code::UnknownKey,
    }),
    fields: &[
        required("name", Kind::Name, "unique in its environment"),
        optional("get", Kind::Address, "the address to ask with GET"),
        optional("head", Kind::Address, "the address to ask with HEAD"),
        optional("post", Kind::Address, "the address to ask with POST"),
        optional(
            "headers",
            Kind::Map { keys: Keys::Header, of: &Kind::Value, min: 0 },
            "sent as they are",
        ),
        optional("body", Kind::Text, "sent as it is").with("post"),
        default(
            "expect",
            Kind::Object(&EXPECT),
            "{ status: 2xx }",
            "what must hold of the answer, all of it",
        ),
        default(
            "timeout",
            Kind::Duration { min: 100, max: 60_000 },
            DEFAULT_CHECK_TIMEOUT,
            "from connecting to the last byte",
        ),
    ],
};

pub(crate) const EXPECT: Shape = Shape {
    name: "expect",
    help: "an expectation",
    choice: None,
    fields: &[
        default(
            "status",
            Kind::Either(&[Kind::Status, Kind::List { of: &Kind::Status, min: 1 }]),
            "2xx",
            "the status, or several that are good",
        ),
        optional(
            "header",
            Kind::Map { keys: Keys::Header, of: &MUST_EQUAL, min: 1 },
            "headers by name; a plain value must be equal",
        ),
        optional("body", MUST_CONTAIN, "the body; a plain value must be in it"),
        optional(
            "json",
            Kind::Map { keys: Keys::JsonPath, of: &MUST_EQUAL, min: 1 },
            "values of a JSON body by path; a plain value must be equal",
        ),
        optional(
            "faster-than",
            Kind::Duration { min: 1, max: 60_000 },
            "how long the whole exchange may take",
        ),
    ],
};

const MUST_EQUAL: Kind = Kind::Either(&[Kind::Value, Kind::Object(&MUST)]);
const MUST_CONTAIN: Kind = Kind::Either(&[Kind::Value, Kind::Object(&MUST)]);

const MUST: Shape = Shape {
    name: "must",
    help: "what a value must be",
    choice: Some(Choice {
        of: &["equal", "contain", "exist"],
        what: "comparison",
        unknown: Code::UnknownKey,
    }),
    fields: &[
        optional("equal", Kind::Value, "exactly this"),
        optional("contain", Kind::Value, "this must be in it"),
        optional("exist", Kind::Flag, "`true`: it must be there, whatever its value"),
    ],
};

const REPLICA_VERSION: Shape = Shape {
    name: "replica-version",
    help: "how to ask a replica for its version",
    choice: Some(Choice {
        of: &["header", "json"],
        what: "place of the version",
        unknown: Code::UnknownKey,
    }),
    fields: &[
        required(
            "get",
            Kind::Address,
            "the address; `{{ replica.address }}`, `{{ replica.port }}` and `{{ replica.name }}` are filled in",
        ),
        optional("header", Kind::Name, "the header that holds the version"),
        optional("json", Kind::JsonPath, "the path in a JSON body that holds the version"),
    ],
};

const LINK: Shape = Shape {
    name: "link",
    help: "a page",
    choice: None,
    fields: &[
        required("title", Kind::Text, "what a person reads"),
        required("url", Kind::Address, "where it leads"),
    ],
};

const RELEASES: Shape = Shape {
    name: "releases",
    help: "where releases are recorded",
    choice: Some(Choice {
        of: &["github"],
        what: "place of the records",
        unknown: Code::UnknownKey,
    }),
    fields: &[optional(
        "github",
        Kind::Object(&GITHUB_RELEASES),
        "the deployments of a repository on GitHub",
    )],
};

const GITHUB_RELEASES: Shape = Shape {
    name: "github-releases",
    help: "the deployments of a repository on GitHub",
    choice: None,
    fields: &[
        required("repository", Kind::Text, "the repository, as `owner/name`"),
        optional(
            "environment",
            Kind::Text,
            "the environment's name on GitHub; the same as here when not said",
        ),
        optional(
            "connection",
            Kind::Name,
            "the connection that leads there; the only one to GitHub when not said",
        ),
    ],
};

const CONNECTION: Shape = Shape {
    name: "connection",
    help: "a connection",
    choice: None,
    fields: &[
        optional(
            "prometheus",
            Kind::Object(&PROMETHEUS),
            "a Prometheus server, or anything that answers its query API",
        ),
        optional("registry", Kind::Object(&REGISTRY), "a registry that holds images"),
        optional("unleash", Kind::Object(&UNLEASH), "an Unleash server, which keeps feature flags"),
        optional(
            "launchdarkly",
            Kind::Object(&LAUNCHDARKLY),
            "a LaunchDarkly project, which keeps feature flags",
        ),
        optional("github", Kind::Object(&GITHUB), "GitHub, or a GitHub Enterprise Server"),
        later("secret", "the name of a credential"),
        later("postgres", "a database"),
        later("aws", "an account"),
    ],
};

pub(crate) const DEFAULT_SCRAPE: &str = "15s";

const PROMETHEUS: Shape = Shape {
    name: "prometheus",
    help: "a Prometheus",
    choice: None,
    fields: &[
        required("url", Kind::Address, "the base address, without `/api/v1`"),
        default(
            "scrape",
            Kind::Duration { min: 1000, max: 600_000 },
            DEFAULT_SCRAPE,
            "how often it scrapes; data older than three scrapes or 90 s is stale",
        ),
        optional("secret", Kind::Secret, "the name of the bearer token in the vault"),
    ],
};

const REGISTRY: Shape = Shape {
    name: "registry",
    help: "a registry of images",
    choice: None,
    fields: &[
        required("host", Kind::Text, "the host as image references name it, such as `ghcr.io`"),
        optional("user", Kind::Text, "the user; without it the secret is `user:password`"),
        optional("secret", Kind::Secret, "the name of the password or token in the vault"),
        optional(
            "token-host",
            Kind::Text,
            "the host of its token server, if another one may see the credential",
        ),
        default(
            "plain-http",
            Kind::Flag,
            "false",
            "whether it is asked without encryption, as loopback always is",
        ),
    ],
};

const GITHUB: Shape = Shape {
    name: "github",
    help: "GitHub, or a GitHub Enterprise Server",
    choice: None,
    fields: &[
        optional(
            "url",
            Kind::Address,
            "the address of a GitHub Enterprise Server, such as `https://github.acme.dev`; \
             github.com when not said",
        ),
        optional(
            "secret",
            Kind::Secret,
            "the name of the token in the vault, or of the app's private key",
        ),
        optional("app", Kind::Object(&GITHUB_APP), "a GitHub App to log in as").with("secret"),
        default(
            "gh-login",
            Kind::Flag,
            "false",
            "whether to log in as whoever `gh` is logged in as",
        ),
    ],
};

const GITHUB_APP: Shape = Shape {
    name: "github-app",
    help: "a GitHub App",
    choice: None,
    fields: &[
        required("id", Kind::Whole { min: 1, max: u64::MAX }, "the app's id"),
        required(
            "installation",
            Kind::Whole { min: 1, max: u64::MAX },
            "the id of its installation in the organisation",
        ),
    ],
};
