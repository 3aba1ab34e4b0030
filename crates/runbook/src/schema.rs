//! JSON Schemas (draft 2020-12) of our files, for editors.

use serde_json::Value;

use crate::catalog::CATALOG;
use crate::checklist::CHECKLIST;
use crate::runbook::RUNBOOK;
use crate::scenario::DRILL;
use crate::shape::{Shape, schema_of};

/// The kinds of files that a team keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// `lastgood.yaml`
    Catalog,
    /// `runbooks/*.yaml`
    Runbook,
    /// `drills/*.yaml`
    Drill,
    /// `checklists/*.yaml`
    Checklist,
}

impl FileKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Catalog, Self::Runbook, Self::Drill, Self::Checklist];

    /// Where the schema is committed, from the root of the repository.
    #[must_use]
    pub const fn schema_path(self) -> &'static str {
        match self {
            Self::Catalog => "runbooks/schema/catalog.json",
            Self::Runbook => "runbooks/schema/runbook.json",
            Self::Drill => "runbooks/schema/drill.json",
            Self::Checklist => "runbooks/schema/checklist.json",
        }
    }

    pub(crate) const fn shape(self) -> &'static Shape {
        match self {
            Self::Catalog => &CATALOG,
            Self::Runbook => &RUNBOOK,
            Self::Drill => &DRILL,
            Self::Checklist => &CHECKLIST,
        }
    }
}

/// The schema of a kind of file. It says what editors can check; the reader checks more.
#[must_use]
pub fn schema(kind: FileKind) -> Value {
    let title = match kind {
        FileKind::Catalog => "Lastgood catalog (lastgood.yaml)",
        FileKind::Runbook => "Lastgood runbook (runbooks/*.yaml)",
        FileKind::Drill => "Lastgood drill (drills/*.yaml)",
        FileKind::Checklist => "Lastgood checklist (checklists/*.yaml)",
    };
    schema_of(title, kind.shape())
}

/// Every schema as it is committed: path from the root of the repository, and text.
#[must_use]
pub fn schema_files() -> Vec<(&'static str, String)> {
    let text = |kind| format!("{:#}\n", schema(kind));
    FileKind::ALL.into_iter().map(|kind| (kind.schema_path(), text(kind))).collect()
}
