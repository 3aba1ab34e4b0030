//! What stands beside a service: its database, its flags, and releases that are recalled.

use crate::shape::{Kind, Shape, optional, required};

pub(super) const RECALL: Shape = Shape {
    name: "recall",
    help: "releases that must not come back; everything that it names must fit",
    choice: None,
    fields: &[
        optional("service", Kind::Name, "of this service; of all services when not said"),
        optional("version", Kind::Text, "the version; names the service, too"),
        optional("commit", Kind::Text, "the commit, or how it begins: seven digits or more"),
        optional("digest", Kind::Text, "the artifact's digest, `sha256:…`"),
        required("because", Kind::Text, "why, such as the name of a vulnerability"),
    ],
};

pub(super) const SCHEMA: Shape = Shape {
    name: "schema",
    help: "a database whose migrations are read",
    choice: None,
    fields: &[
        required(
            "secret",
            Kind::Secret,
            "the name of the secret that holds the database's URL; its role needs SELECT only",
        ),
        required(
            "migrations",
            Kind::Path,
            "the folder of the migrations, from this folder on; best inside of a git checkout, \
             where every release's own can be read",
        ),
        optional(
            "table",
            Kind::Text,
            "the migration tool's table, as `schema.table`; the only one when not said",
        ),
    ],
};

pub(super) const FLAGS: Shape = Shape {
    name: "flags",
    help: "where feature flags are kept",
    choice: None,
    fields: &[
        required("connection", Kind::Name, "the connection of the flag system"),
        optional(
            "environment",
            Kind::Text,
            "what the flag system calls this environment; its own name when not said",
        ),
        optional(
            "only",
            Kind::List { of: &Kind::Text, min: 1 },
            "the flags that matter here; all of the project when not said",
        ),
    ],
};
