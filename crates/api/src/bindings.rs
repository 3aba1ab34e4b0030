//! What the window and other tools need to know of our types: TypeScript, and the JSON
//! Schema of exports. Made here, written and compared by the repository's chores.

use std::any::type_name;
use std::collections::BTreeMap;

use ts_rs::{Config, TS, TypeVisitor};

use crate::wire::{
    AnnotateRequest, AnnotatedView, Answer, AttachRequest, AttachmentQuery, AttachmentView,
    AttestRequest, BlameRequest, ChecklistQuery, Debrief, DeclineRequest, DoctorView, DrillRequest,
    ExerciseRequest, ExportRequest, ExportView, FilesView, FollowUpsView, HealthQuery, HealthView,
    ImportEntriesRequest, ImportEntriesView, ImportRequest, ImportedRow, ImportedView, JudgeAnswer,
    JudgeRequest, LintRequest, LintView, LockRequest, MarkRequest, MarksQuery, Nothing, Order,
    PlanQuery, PlanRequest, PresentRequest, PresenterView, ReleaseQuery, ReleasesQuery,
    ReplayQuery, ReplayView, RunQuery, SavedView, SchemaAnswer, SchemaRequest, StartRequest,
    TakeOverRequest, TimelineQuery, UnlockRequest, WorkspaceView,
};
use lastgood_core::blame::Blame;
use lastgood_core::checklist::Readiness;
use lastgood_core::drill::fitting::DrillsView;
use lastgood_core::drill::proof::Rehearsal;
use lastgood_core::problem::Problem;
use lastgood_core::view::{
    FitView, MarksView, PlanView, PreflightView, ReleaseDetail, ReleasesView, RunRow, RunView,
    TimelineView,
};

const HEAD: &str = "\
// The types and commands of the engine. Made from the Rust sources by `cargo xtask-generate
// bindings`; compared by `./dev check`. Do not edit.
";

/// Every type that crosses the boundary and every command, as one TypeScript module.
#[must_use]
pub fn typescript() -> String {
    let config = Config::new().with_large_int("number");
    let mut found = Found::new(&config);
    found.visit::<Problem>();
    let commands = commands(&mut found);
    let mut module = HEAD.to_owned();
    for (_, declaration) in found.declarations.values() {
        module.push('\n');
        module.push_str(declaration);
    }
    module.push_str(&commands);
    module
}

/// The JSON Schema of an export.
#[must_use]
pub fn export_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(crate::export::Document).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("$id".into(), crate::export::DOCUMENT_SCHEMA.into());
        object.insert("title".into(), "A Lastgood export".into());
    }
    schema
}

struct Found<'a> {
    config: &'a Config,
    /// By the name in TypeScript: which type of ours has it, and how it is declared.
    declarations: BTreeMap<String, (&'static str, String)>,
    /// Names that two types of ours claim; the window would take one for the other.
    claimed_twice: Vec<String>,
}

impl<'a> Found<'a> {
    const fn new(config: &'a Config) -> Self {
        Self { config, declarations: BTreeMap::new(), claimed_twice: Vec::new() }
    }
}

impl TypeVisitor for Found<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_some() {
            let name = T::ident(self.config);
            if let Some((first, _)) = self.declarations.get(&name) {
                if *first != type_name::<T>() {
                    self.claimed_twice.push(format!("{name}: {first} and {}", type_name::<T>()));
                }
                return;
            }
            let docs = T::docs().map(|docs| comment(&docs)).unwrap_or_default();
            let declaration = format!("{docs}export {}\n", T::decl(self.config));
            self.declarations.insert(name, (type_name::<T>(), declaration));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

fn comment(docs: &str) -> String {
    let docs = docs.trim();
    if docs.starts_with("/**") { format!("{docs}\n") } else { format!("/** {docs} */\n") }
}

macro_rules! table {
    ($($name:ident: $Request:ty => $Answer:ty, $doc:literal;)*) => {
        fn commands(found: &mut Found<'_>) -> String {
            let mut table = String::from(
                "\n/** Every command: what it takes and what it answers. */\nexport interface Commands {\n",
            );
            $(
                found.visit::<$Request>();
                found.visit::<$Answer>();
                table.push_str(&format!(
                    "  /** {} */\n  {}: {{ request: {}; answer: {} }};\n",
                    $doc,
                    stringify!($name),
                    <$Request as TS>::name(found.config),
                    <$Answer as TS>::name(found.config),
                ));
            )*
            table.push_str("}\n");
            table
        }
    };
}

crate::with_commands!(table);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_types_have_one_name_in_the_window() {
        let config = Config::new().with_large_int("number");
        let mut found = Found::new(&config);
        found.visit::<Problem>();
        commands(&mut found);
        assert_eq!(found.claimed_twice, Vec::<String>::new());
    }
}
