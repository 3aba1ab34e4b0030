//! Which statement is read by whom.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode, Stmt};

use crate::change::{Change, Kind};
use crate::label::Label;
use crate::name::Name;

use super::Place;
use super::node::{name, text, words};
use super::table::fixed;
use super::{data, object, table};

/// What a statement does. One that is not listed is opaque.
#[expect(
    clippy::wildcard_enum_match_arm,
    clippy::too_many_lines,
    clippy::match_same_arms,
    reason = "one table of the parser's statements, by what they are about; what is not listed is opaque"
)]
pub(super) fn changes(place: Place, statement: &Stmt) -> Vec<Change> {
    let node = statement.syntax();
    let harmless = |why: &'static str| vec![Change::Harmless(why)];
    match statement {
        Stmt::CreateTable(_) | Stmt::CreateTableAs(_) | Stmt::CreateForeignTable(_) => {
            table::create(node)
        }
        Stmt::AlterTable(_) | Stmt::AlterForeignTable(_) => table::alter(node),
        Stmt::DropTable(_) | Stmt::DropForeignTable(_) => {
            drops::<ast::TableNameRef>(Kind::Table, node)
        }
        Stmt::CreateIndex(_) => table::index(node),
        Stmt::DropIndex(_) => drops::<ast::IndexRef>(Kind::Index, node),
        Stmt::AlterIndex(_) => object::alter_index(node),
        Stmt::CreatePolicy(_) => table::policy(node),
        Stmt::AlterPolicy(_) => vec![opaque("whether the changed policy hides rows must be read")],
        Stmt::DropPolicy(_) => object::drop_policy(node),

        Stmt::Insert(_)
        | Stmt::Update(_)
        | Stmt::Delete(_)
        | Stmt::Merge(_)
        | Stmt::Select(_)
        | Stmt::SelectInto(_)
        | Stmt::CompoundSelect(_)
        | Stmt::ParenSelect(_)
        | Stmt::Table(_)
        | Stmt::Values(_) => data::rows(node),
        Stmt::Truncate(_) => data::truncate(node),
        Stmt::Copy(_) => data::copy(node),
        Stmt::Explain(_) => data::explain(node),

        Stmt::CreateView(_) => object::create_view(node),
        Stmt::CreateMaterializedView(_) => object::create_materialized_view(node),
        Stmt::DropView(_) => drops::<ast::ViewRef>(Kind::View, node),
        Stmt::DropMaterializedView(_) => drops::<ast::ViewRef>(Kind::MaterializedView, node),
        Stmt::AlterView(_) => object::alter::<ast::ViewRef>(Kind::View, node),
        Stmt::AlterMaterializedView(_) => {
            object::alter::<ast::ViewRef>(Kind::MaterializedView, node)
        }
        Stmt::Refresh(_) if words(node).contains(" no data ") => vec![fixed(
            Label::Breaks,
            "the view cannot be read until it is filled again",
            Vec::new(),
        )],
        Stmt::Refresh(_) => harmless("the view shows the newest rows"),

        Stmt::CreateSequence(_) => object::create::<ast::Sequence>(Kind::Sequence, node),
        Stmt::DropSequence(_) => drops::<ast::SequenceRef>(Kind::Sequence, node),
        Stmt::AlterSequence(_) => object::alter_sequence(node),
        Stmt::CreateType(_) => object::create::<ast::TypeName>(Kind::Type, node),
        Stmt::DropType(_) => drops::<ast::TypeNameRef>(Kind::Type, node),
        Stmt::AlterType(_) => object::alter_type(node),
        Stmt::CreateDomain(_) => object::create::<ast::Domain>(Kind::Domain, node),
        Stmt::DropDomain(_) => drops::<ast::DomainRef>(Kind::Domain, node),
        Stmt::AlterDomain(_) => object::alter_domain(node),
        Stmt::CreateSchema(_) => object::create_schema(node),
        Stmt::DropSchema(_) => drops::<ast::SchemaRef>(Kind::Schema, node),
        Stmt::AlterSchema(_) => object::alter::<ast::SchemaRef>(Kind::Schema, node),
        Stmt::CreateExtension(_) => object::create::<ast::Extension>(Kind::Extension, node),
        Stmt::DropExtension(_) => drops::<ast::ExtensionRef>(Kind::Extension, node),
        Stmt::AlterExtension(_) => object::alter_extension(node),

        Stmt::CreateFunction(_) | Stmt::CreateProcedure(_) => object::create_function(node),
        Stmt::DropFunction(_) | Stmt::DropProcedure(_) | Stmt::DropRoutine(_) => {
            object::drop_functions(node)
        }
        Stmt::AlterFunction(_) | Stmt::AlterProcedure(_) | Stmt::AlterRoutine(_) => {
            object::alter_function(node)
        }
        Stmt::CreateTrigger(_) => object::create_trigger(node),
        Stmt::DropTrigger(_) => object::drop_trigger(node),
        Stmt::AlterTrigger(_) => object::alter_trigger(node),
        Stmt::CreateRule(_) => data::rule(node),
        Stmt::DropRule(_) => vec![fixed(
            Label::Breaks,
            "what the rule made of the old release's statements no longer happens",
            Vec::new(),
        )],
        Stmt::CreateEventTrigger(_) => {
            vec![opaque("what it does when the old release makes a temporary table must be read")]
        }
        Stmt::DropEventTrigger(_) | Stmt::AlterEventTrigger(_) => {
            harmless("fired on changes of the schema, which the old release does not make")
        }

        Stmt::Grant(_) => object::grant(node),
        Stmt::Revoke(_) => object::revoke(node),
        Stmt::AlterDefaultPrivileges(_) => harmless("concerns objects that are made later"),
        Stmt::CreateRole(_) | Stmt::CreateUser(_) | Stmt::CreateGroup(_) => {
            harmless("a new role is not the old release's")
        }
        Stmt::DropRole(_) | Stmt::DropUser(_) | Stmt::DropGroup(_) => vec![fixed(
            Label::Breaks,
            "the old release may connect as the role, or through it",
            Vec::new(),
        )],
        Stmt::AlterRole(_) | Stmt::AlterUser(_) | Stmt::AlterGroup(_) => {
            vec![opaque(
                "whether the old release connects as the changed role, or through it, is not in the text",
            )]
        }
        Stmt::DropOwned(_) => {
            vec![fixed(Label::Loses, "everything the role owned is gone", Vec::new())]
        }
        Stmt::Reassign(_) => {
            vec![opaque("an old release that connects as the owner loses its rights")]
        }

        Stmt::DropDatabase(_) => {
            vec![fixed(Label::Loses, "the whole database is gone", Vec::new())]
        }
        Stmt::CreateDatabase(_) => harmless("another database"),
        Stmt::DropServer(_)
        | Stmt::DropForeignDataWrapper(_)
        | Stmt::DropUserMapping(_)
        | Stmt::DropCollation(_)
        | Stmt::DropAggregate(_)
        | Stmt::DropOperator(_)
        | Stmt::DropOperatorClass(_)
        | Stmt::DropOperatorFamily(_)
        | Stmt::DropCast(_)
        | Stmt::DropConversion(_)
        | Stmt::DropTextSearchConfig(_)
        | Stmt::DropTextSearchDict(_)
        | Stmt::DropTextSearchParser(_)
        | Stmt::DropTextSearchTemplate(_)
        | Stmt::DropTransform(_)
        | Stmt::DropLanguage(_)
        | Stmt::DropAccessMethod(_)
        | Stmt::DropTablespace(_) => gone(node),
        Stmt::CreateCollation(_)
        | Stmt::CreateServer(_)
        | Stmt::CreateForeignDataWrapper(_)
        | Stmt::CreateUserMapping(_)
        | Stmt::CreateTextSearchConfiguration(_)
        | Stmt::CreateTextSearchDictionary(_)
        | Stmt::CreateTextSearchParser(_)
        | Stmt::CreateTextSearchTemplate(_)
        | Stmt::CreateConversion(_)
        | Stmt::CreateLanguage(_)
        | Stmt::CreateTablespace(_)
        | Stmt::CreateAccessMethod(_)
        | Stmt::ImportForeignSchema(_) => {
            harmless("something new that the old release does not use")
        }
        Stmt::CreateStatistics(_) | Stmt::DropStatistics(_) | Stmt::AlterStatistics(_) => {
            harmless("only plans queries")
        }

        Stmt::CommentOn(_) => harmless("a remark"),
        Stmt::SecurityLabel(_) => {
            vec![opaque("what a security label forbids or hides is for its provider to say")]
        }
        Stmt::Analyze(_)
        | Stmt::Vacuum(_)
        | Stmt::Reindex(_)
        | Stmt::Cluster(_)
        | Stmt::Checkpoint(_) => harmless("keeps house; no row changes"),
        Stmt::Begin(_) => vec![Change::Begin],
        Stmt::Commit(_) => vec![Change::Commit],
        Stmt::SavepointCreate(_) | Stmt::ReleaseSavepoint(_) => harmless("a transaction's bounds"),
        Stmt::Rollback(_) => vec![Change::Rollback],
        Stmt::Set(_) => object::setting(node),
        Stmt::SetTransaction(_)
        | Stmt::SetConstraints(_)
        | Stmt::SetRole(_)
        | Stmt::SetSessionAuth(_)
        | Stmt::ResetRole(_)
        | Stmt::ResetSessionAuth(_) => harmless("a setting of this session only"),
        Stmt::Reset(_) | Stmt::Discard(_) => object::reset(node),
        Stmt::Show(_)
        | Stmt::Listen(_)
        | Stmt::Unlisten(_)
        | Stmt::Notify(_)
        | Stmt::Lock(_)
        | Stmt::Close(_)
        | Stmt::Deallocate(_)
        | Stmt::Fetch(_)
        | Stmt::Move(_) => harmless("changes nothing that stays"),
        Stmt::Declare(_) | Stmt::Prepare(_) => data::rows(node),

        Stmt::Do(_) if place == Place::Block => vec![opaque("a block within a block must be read")],
        Stmt::Do(block) => super::code::block(block),
        Stmt::Call(_) => vec![opaque("a procedure is called; what it does is not in the text")],
        Stmt::Execute(_) => vec![opaque("a prepared statement is carried out")],
        _ => vec![Change::Opaque(format!(
            "what `{}` means for the old release is not known",
            first_words(node)
        ))],
    }
}

fn opaque(reason: &str) -> Change {
    Change::Opaque(reason.to_owned())
}

/// Drops one object for each name of a type.
fn drops<N: AstNode>(kind: Kind, node: &SyntaxNode) -> Vec<Change> {
    let cascade = words(node).contains(" cascade ");
    let found: Vec<Change> = node
        .descendants()
        .filter_map(N::cast)
        .map(|found| Change::Drop { kind, name: schema_or(kind, name(found.syntax())), cascade })
        .collect();
    if found.is_empty() { vec![opaque("what is dropped is not understood")] } else { found }
}

/// A schema is in no schema.
pub(super) fn schema_or(kind: Kind, name: Name) -> Name {
    match kind {
        Kind::Schema | Kind::Extension => Name { schema: Some(String::new()), name: name.name },
        Kind::Table
        | Kind::View
        | Kind::MaterializedView
        | Kind::Sequence
        | Kind::Type
        | Kind::Domain
        | Kind::Function
        | Kind::Index => name,
    }
}

/// Something that an old statement may lean on is gone.
fn gone(node: &SyntaxNode) -> Vec<Change> {
    let (label, more) = if words(node).contains(" cascade ") {
        (Label::Loses, ", with all that hangs on it")
    } else {
        (Label::Breaks, "")
    };
    vec![fixed(
        label,
        format!("the old release may use what `{}` drops{more}", first_words(node)),
        Vec::new(),
    )]
}

fn first_words(node: &SyntaxNode) -> String {
    const WORDS: usize = 5;
    text(node).split_whitespace().take(WORDS).collect::<Vec<_>>().join(" ")
}
