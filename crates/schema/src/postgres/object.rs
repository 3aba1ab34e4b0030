//! Views, types, sequences, functions and everything else that has a name.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use crate::change::{Change, Kind, Over, Trigger};
use crate::label::Label;
use crate::name::Name;

use super::column::table_of;
use super::node::{below, child, children, folded, name, name_of, text, tokens, unquoted, words};
use super::statement::schema_or;
use super::table::{first_name, fixed, tighter};

pub(super) fn create<N: AstNode>(kind: Kind, node: &SyntaxNode) -> Vec<Change> {
    let words = words(node);
    vec![Change::Create {
        kind,
        name: schema_or(kind, first_name::<N>(node).unwrap_or_default()),
        replace: words.starts_with(" create or replace "),
        over: Over::Other,
        if_not_exists: words.contains(" if not exists "),
        text: (kind == Kind::Domain).then(|| words.trim_end_matches([' ', ';']).to_owned()),
    }]
}

pub(super) fn create_schema(node: &SyntaxNode) -> Vec<Change> {
    let words = words(node);
    let name = first_name::<ast::Schema>(node).unwrap_or_default();
    let mut changes = vec![Change::Create {
        kind: Kind::Schema,
        name: schema_or(Kind::Schema, name),
        replace: false,
        over: Over::Other,
        if_not_exists: words.contains(" if not exists "),
        text: None,
    }];
    if below::<ast::SchemaElement>(node).is_some() {
        changes
            .push(Change::Opaque("what is made inside the new schema is not looked at".to_owned()));
    }
    changes
}

pub(super) fn create_view(node: &SyntaxNode) -> Vec<Change> {
    let words = words(node);
    let replace = words.starts_with(" create or replace ");
    let name = name_of::<ast::View>(node).unwrap_or_default();
    let mut changes = super::data::calls(node)
        .into_iter()
        .filter(|change| matches!(change, Change::SearchPath(_)))
        .collect::<Vec<_>>();
    changes.push(Change::Create {
        kind: Kind::View,
        name,
        replace,
        over: whole(node, &words),
        if_not_exists: false,
        text: as_written(node).split_once(" as ").map(|(_, query)| query.trim().to_owned()),
    });
    changes
}

/// The words, folded where the database folds them: not in strings and quoted names.
fn as_written(node: &SyntaxNode) -> String {
    let words = tokens(node).map(|token| {
        let text = token.text();
        if text.contains(['\'', '"', '$']) { text.to_owned() } else { text.to_lowercase() }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Whether the view is `SELECT * FROM table`, with nothing before or behind.
fn whole(node: &SyntaxNode, words: &str) -> Over {
    let Some((_, query)) = words.split_once(" as select * from ") else { return Over::Other };
    let temporary = words.contains(" temp view ") || words.contains(" temporary view ");
    // These words are folded; a quoted name is not.
    let plain = !temporary
        && !query.contains('"')
        && child::<ast::ColumnList>(node).is_none()
        && child::<ast::WithParams>(node).is_none();
    let parts: Vec<&str> = query.trim().trim_end_matches(';').split_whitespace().collect();
    match parts.as_slice() {
        [table] if plain => Over::Whole(Name::plain(folded(table))),
        [schema, ".", table] if plain => {
            Over::Whole(Name::from_parts(vec![folded(schema), folded(table)]))
        }
        _ => Over::Other,
    }
}

pub(super) fn create_materialized_view(node: &SyntaxNode) -> Vec<Change> {
    // It is filled when it is made, unlike a view.
    let mut changes = super::data::within(node);
    changes.push(Change::Create {
        kind: Kind::MaterializedView,
        name: name_of::<ast::View>(node).unwrap_or_default(),
        replace: false,
        over: Over::Other,
        if_not_exists: words(node).contains(" if not exists "),
        text: None,
    });
    changes
}

/// `ALTER` of what can be renamed, moved and given away.
pub(super) fn alter<N: AstNode>(kind: Kind, node: &SyntaxNode) -> Vec<Change> {
    let from = schema_or(kind, first_name::<N>(node).unwrap_or_default());
    let words = words(node);
    let on = vec![(kind, from.clone())];
    let word = kind.word();
    if let Some((_, to)) = words.split_once(" rename to ") {
        let to = from.renamed(folded(to.split_whitespace().next().unwrap_or_default()));
        return vec![Change::Rename { kind, from, to }];
    }
    if words.contains(" rename ") {
        return vec![fixed(
            Label::Breaks,
            format!("the old release may ask for a part of the {word} `{from}` by its old name"),
            on,
        )];
    }
    if words.contains(" set schema ") {
        return vec![fixed(Label::Breaks, format!("the {word} `{from}` is in another schema"), on)];
    }
    if words.contains(" owner to ") {
        return vec![fixed(
            Label::Opaque,
            format!("the {word} `{from}` has another owner; rights may be gone"),
            on,
        )];
    }
    if kind == Kind::View && words.contains(" set default ") {
        return vec![fixed(
            Label::Compatible,
            format!("an INSERT into `{from}` stores the new default"),
            on,
        )];
    }
    vec![fixed(Label::Opaque, format!("what changed about the {word} `{from}` must be read"), on)]
}

pub(super) fn alter_index(node: &SyntaxNode) -> Vec<Change> {
    let words = words(node);
    if words.contains(" rename to ") {
        return alter::<ast::IndexRef>(Kind::Index, node);
    }
    vec![Change::Harmless("an index changes how fast, not what")]
}

pub(super) fn alter_sequence(node: &SyntaxNode) -> Vec<Change> {
    let words = words(node);
    let name = first_name::<ast::SequenceRef>(node).unwrap_or_default();
    let on = vec![(Kind::Sequence, name.clone())];
    if [" rename ", " set schema ", " owner to "].iter().any(|phrase| words.contains(phrase)) {
        return alter::<ast::SequenceRef>(Kind::Sequence, node);
    }
    if words.contains(" owned by ") && !words.contains(" owned by none ") {
        return vec![fixed(
            Label::Opaque,
            format!("`{name}` goes when the column goes that it belongs to now"),
            on,
        )];
    }
    if words.contains(" as bigint ")
        && words.trim_end().trim_end_matches([' ', ';']).ends_with(" as bigint")
    {
        return vec![fixed(Label::Compatible, format!("`{name}` goes on for longer"), on)];
    }
    let numbers =
        [" restart ", " increment ", " maxvalue ", " minvalue ", " as ", " start ", " cycle "];
    if words.contains(" no maxvalue ") && !words.contains(" restart ") {
        return vec![fixed(Label::Compatible, format!("`{name}` goes on for longer"), on)];
    }
    if numbers.iter().any(|phrase| words.contains(phrase)) {
        return vec![tighter(
            format!("`{name}` gives other numbers; the next may be taken or not fit"),
            on,
        )];
    }
    vec![fixed(Label::Compatible, format!("`{name}` gives the same numbers"), on)]
}

pub(super) fn alter_type(node: &SyntaxNode) -> Vec<Change> {
    let ty = first_name::<ast::TypeNameRef>(node).unwrap_or_default();
    let on = vec![(Kind::Type, ty.clone())];
    let phrase = words(node);
    if let Some(add) = below::<ast::AddValue>(node) {
        let value =
            child::<ast::Literal>(add.syntax()).map(|value| unquoted(&text(value.syntax())));
        return vec![Change::AddEnumValue { ty, value: value.unwrap_or_default() }];
    }
    if phrase.contains(" rename value ") {
        return vec![fixed(
            Label::Breaks,
            format!("the old release writes and compares a value of `{ty}` by its old name"),
            on,
        )];
    }
    if phrase.contains(" drop attribute ") {
        return vec![fixed(
            Label::Loses,
            format!("the values of an attribute of `{ty}` are gone"),
            on,
        )];
    }
    if phrase.contains(" alter attribute ") {
        return vec![fixed(Label::Breaks, format!("an attribute of `{ty}` has another type"), on)];
    }
    alter::<ast::TypeNameRef>(Kind::Type, node)
}

pub(super) fn alter_domain(node: &SyntaxNode) -> Vec<Change> {
    let domain = first_name::<ast::DomainRef>(node).unwrap_or_default();
    let on = vec![(Kind::Domain, domain.clone())];
    let phrase = words(node);
    if phrase.contains(" add ") || phrase.contains(" set not null ") {
        return vec![tighter(format!("the old release may write what `{domain}` refuses now"), on)];
    }
    if phrase.contains(" drop default ") {
        return vec![tighter(format!("the old release may rely on the default of `{domain}`"), on)];
    }
    if phrase.contains(" set default ") {
        return vec![fixed(
            Label::Opaque,
            format!(
                "what the old release leaves to the default of `{domain}` is another value, and may be refused"
            ),
            on,
        )];
    }
    if phrase.contains(" validate ") || phrase.contains(" rename constraint ") {
        return vec![fixed(Label::Compatible, format!("`{domain}` takes what it took"), on)];
    }
    if phrase.contains(" drop ") {
        return vec![fixed(
            Label::Opaque,
            format!("the new release may store what `{domain}` refused"),
            on,
        )];
    }
    alter::<ast::DomainRef>(Kind::Domain, node)
}

pub(super) fn alter_extension(node: &SyntaxNode) -> Vec<Change> {
    let phrase = words(node);
    if phrase.contains(" set schema ") {
        return vec![fixed(
            Label::Breaks,
            "the extension's functions and types are in another schema",
            Vec::new(),
        )];
    }
    vec![Change::Opaque(
        "what another version of the extension does differently is not in the text".to_owned(),
    )]
}

/// A function's name with its parameters: two that share a name are two.
fn signature(node: &SyntaxNode, name: &Name) -> Name {
    let parameters = child::<ast::ParamList>(node).map_or_else(String::new, |list| {
        text(list.syntax()).to_lowercase().replace("( ", "(").replace(" )", ")")
    });
    name.renamed(format!("{}{parameters}", name.name))
}

pub(super) fn create_function(node: &SyntaxNode) -> Vec<Change> {
    let named = name_of::<ast::FunctionName>(node).or_else(|| name_of::<ast::ProcedureName>(node));
    let base = named.unwrap_or_default();
    let phrase = words(node);
    let takes = child::<ast::ParamList>(node).and_then(|list| {
        let all: Vec<_> = children::<ast::Param>(list.syntax()).collect();
        let [one] = all.as_slice() else { return None };
        below::<ast::Type>(one.syntax()).map(|ty| name(ty.syntax()))
    });
    let text = tokens(node).map(|token| token.text().to_owned()).collect::<Vec<_>>().join(" ");
    let lower = text.to_ascii_lowercase();
    let at = lower.find(" function ").or_else(|| lower.find(" procedure "));
    vec![Change::CreateFunction {
        name: signature(node, &base),
        base,
        takes,
        of_trigger: phrase.contains(" returns trigger ")
            || phrase.contains(" returns event_trigger "),
        replace: phrase.starts_with(" create or replace "),
        code: super::code::of_function(node),
        text: at.and_then(|at| text.get(at..)).unwrap_or(&text).trim_end_matches(';').to_owned(),
    }]
}

pub(super) fn drop_functions(node: &SyntaxNode) -> Vec<Change> {
    let cascade = words(node).contains(" cascade ");
    let sign = |node: &SyntaxNode| {
        let named = name_of::<ast::FunctionNameRef>(node)
            .or_else(|| name_of::<ast::ProcedureNameRef>(node))
            .or_else(|| name_of::<ast::RoutineNameRef>(node))?;
        Some(Change::Drop { kind: Kind::Function, name: signature(node, &named), cascade })
    };
    let found: Vec<Change> = node.descendants().filter_map(|node| sign(&node)).collect();
    if found.is_empty() {
        vec![Change::Opaque("what is dropped is not understood".to_owned())]
    } else {
        found
    }
}

pub(super) fn alter_function(node: &SyntaxNode) -> Vec<Change> {
    let phrase = words(node);
    if phrase.contains(" rename to ") || phrase.contains(" set schema ") {
        return vec![fixed(
            Label::Breaks,
            "the old release may call the function by its old name",
            Vec::new(),
        )];
    }
    vec![Change::Opaque("what changed about the function must be read".to_owned())]
}

pub(super) fn create_trigger(node: &SyntaxNode) -> Vec<Change> {
    let phrase = words(node);
    let head = phrase.split(" on ").next().unwrap_or_default();
    let head = format!("{head} ");
    let after = |word: &str| head.split_once(word).map(|(_, rest)| rest.to_owned());
    let event = |word: &str| head.contains(&format!(" {word} "));
    let columns = after(" of ").map_or_else(Vec::new, |list| {
        let list = list.split(" or ").next().unwrap_or_default().to_owned();
        list.split(',').map(|column| folded(column.trim())).collect()
    });
    let function = child::<ast::CallExpr>(node)
        .and_then(|call| call.syntax().children().next())
        .map(|callee| name(&callee));
    let trigger = Trigger {
        name: name_of::<ast::Trigger>(node).unwrap_or_default().name,
        on_insert: event("insert"),
        on_update: event("update"),
        on_delete: event("delete") || event("truncate"),
        columns,
        // A condition of its own can fail.
        before_row: event("before")
            && phrase.contains(" for each row ")
            && !phrase.contains(" when "),
        function,
    };
    vec![Change::CreateTrigger {
        trigger,
        table: below::<ast::OnRelation>(node).map(|on| table_of(on.syntax())).unwrap_or_default(),
        replace: words(node).starts_with(" create or replace "),
    }]
}

pub(super) fn drop_trigger(node: &SyntaxNode) -> Vec<Change> {
    vec![Change::DropTrigger {
        name: name_of::<ast::TriggerRef>(node).unwrap_or_default(),
        table: below::<ast::OnRelation>(node).map(|on| table_of(on.syntax())).unwrap_or_default(),
    }]
}

pub(super) fn alter_trigger(node: &SyntaxNode) -> Vec<Change> {
    let all: Vec<String> = tokens(node).map(|token| token.text().to_owned()).collect();
    let at = all.iter().position(|word| word.eq_ignore_ascii_case("rename"));
    match at.and_then(|at| all.get(at + 2)) {
        Some(to) => vec![Change::RenameTrigger {
            table: below::<ast::OnRelation>(node)
                .map(|on| table_of(on.syntax()))
                .unwrap_or_default(),
            from: name_of::<ast::TriggerRef>(node).unwrap_or_default().name,
            to: folded(to),
        }],
        None => vec![Change::Opaque("what changed about the trigger must be read".to_owned())],
    }
}

pub(super) fn drop_policy(node: &SyntaxNode) -> Vec<Change> {
    let table = below::<ast::OnTable>(node).map(|on| table_of(on.syntax())).unwrap_or_default();
    vec![fixed(
        Label::Breaks,
        format!("rows of `{table}` that the policy let through are hidden, or refused"),
        vec![(Kind::Table, table)],
    )]
}

/// `REVOKE`: harmless only on tables that are new.
pub(super) fn revoke(node: &SyntaxNode) -> Vec<Change> {
    let tables: Vec<_> = node
        .descendants()
        .filter_map(ast::RelationNameRef::cast)
        .map(|table| (Kind::Table, name(table.syntax())))
        .collect();
    vec![fixed(Label::Breaks, "the old release may need the right that was taken", tables)]
}

/// `SET`: of this session, and of note only where it says what names mean.
pub(super) fn setting(node: &SyntaxNode) -> Vec<Change> {
    let words: Vec<String> = tokens(node).map(|token| token.text().to_owned()).collect();
    let at = words.iter().position(|word| word.eq_ignore_ascii_case("search_path"));
    let Some(at) = at else { return vec![Change::Harmless("a setting of this session only")] };
    let mut path: Vec<String> = words
        .iter()
        .skip(at + 2)
        .filter(|word| !matches!(word.as_str(), "," | ";"))
        .map(|word| folded(&unquoted(word)))
        .filter(|schema| schema != "pg_catalog")
        .collect();
    if path.is_empty() || path.iter().any(|schema| schema == "default") {
        path = vec!["public".to_owned()];
    }
    if words.iter().any(|word| word.eq_ignore_ascii_case("local")) {
        return vec![Change::LocalPath(path)];
    }
    vec![Change::SearchPath(path)]
}

/// `GRANT`: only ever allows more.
pub(super) fn grant(node: &SyntaxNode) -> Vec<Change> {
    let on: Vec<Name> = node
        .descendants()
        .filter_map(ast::RelationNameRef::cast)
        .map(|table| name(table.syntax()))
        .collect();
    let phrase = words(node);
    let what = phrase.split(" on ").next().unwrap_or_default();
    let all = what.contains(" all")
        || ["select", "insert", "update", "delete"].iter().all(|right| what.contains(right));
    if on.is_empty() {
        return vec![Change::Harmless("more is allowed")];
    }
    // A right on some columns alone is not a right on the table.
    vec![Change::Grant { on, all: all && !what.contains('(') }]
}

/// `RESET` and `DISCARD`: of note only where names mean the usual again.
pub(super) fn reset(node: &SyntaxNode) -> Vec<Change> {
    let words = words(node);
    if words.contains(" search_path ") || words.contains(" all ") {
        vec![Change::SearchPath(vec!["public".to_owned()])]
    } else {
        vec![Change::Harmless("a setting of this session only")]
    }
}
