use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jsonschema::Validator;
use serde_json::{Map, Number, Value as Json, json};

use super::*;
use crate::tree::{Node, Plain, Value};
use crate::{FileKind, read_catalog, read_runbook, read_scenario, schema, schema_files};

/// A file as other readers of YAML see it.
fn json_of(node: &Node) -> Json {
    match &node.value {
        Value::Scalar { text, .. } => match node.plain() {
            Some(Plain::Null) | None => Json::Null,
            Some(Plain::Flag(flag)) => Json::Bool(flag),
            Some(Plain::Number) => {
                text.parse::<Number>().map_or_else(|_| json!(text.as_ref()), Json::Number)
            }
            Some(Plain::Text) => json!(text.as_ref()),
        },
        Value::List(items) => items.iter().map(json_of).collect(),
        Value::Map(pairs) => {
            let pairs = pairs.iter().map(|(key, value)| (key.text.to_string(), json_of(value)));
            Json::Object(pairs.collect::<Map<_, _>>())
        }
    }
}

fn tree(text: &str) -> Json {
    let mut report = crate::finding::Report::new("f");
    let node = crate::tree::read(text, &mut report).expect("it is YAML");
    json_of(&node)
}

fn validator(kind: FileKind) -> Validator {
    jsonschema::draft202012::new(&schema(kind)).expect("it is a schema")
}

fn shipped() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../runbooks")
}

#[test]
fn shipped_files_are_valid_by_the_schema_too() {
    let mut count = 0;
    for (folder, fixed) in [(shipped(), None), (shipped().join("drills"), Some(FileKind::Drill))] {
        for entry in fs::read_dir(folder).expect("it is there") {
            let path = entry.expect("it is readable").path();
            if path.extension().is_none_or(|end| end != "yaml") {
                continue;
            }
            let catalog = path.ends_with("lastgood.yaml");
            let beside = if catalog { FileKind::Catalog } else { FileKind::Runbook };
            let file = tree(&fs::read_to_string(&path).expect("it is text"));
            let checker = validator(fixed.unwrap_or(beside));
            let errors: Vec<String> = checker
                .iter_errors(&file)
                .map(|one| format!("{} {one}", one.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
            count += 1;
        }
    }
    assert!(count >= 6, "a catalog, four runbooks and a drill at least, not {count}");
}

#[test]
fn committed_schemas_are_what_the_code_makes() {
    for (path, text) in schema_files() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
        let found = fs::read_to_string(&path).unwrap_or_default();
        if std::env::var_os("LASTGOOD_WRITE").is_some() {
            fs::write(&path, &text).expect("the folder is there");
        } else {
            assert!(found == text, "{} is old; LASTGOOD_WRITE=1 makes it new", path.display());
        }
    }
}

/// All shapes below one, each once.
fn shapes(shape: &'static Shape, into: &mut Vec<&'static Shape>) {
    if into.iter().any(|known| known.name == shape.name) {
        return;
    }
    into.push(shape);
    for field in shape.fields {
        inside(&field.kind, into);
    }
}

fn inside(kind: &'static Kind, into: &mut Vec<&'static Shape>) {
    match kind {
        Kind::Object(shape) => shapes(shape, into),
        Kind::List { of, .. } | Kind::Map { of, .. } => inside(of, into),
        Kind::Either(kinds) => kinds.iter().for_each(|kind| inside(kind, into)),
        Kind::Text
        | Kind::Value
        | Kind::Flag
        | Kind::Whole { .. }
        | Kind::Number { .. }
        | Kind::Duration { .. }
        | Kind::Percentage { .. }
        | Kind::Word(_)
        | Kind::Name
        | Kind::Secret
        | Kind::Id
        | Kind::Address
        | Kind::JsonPath
        | Kind::Status
        | Kind::Path
        | Kind::Anything => {}
    }
}

#[test]
fn reader_and_schema_know_the_same_keys() {
    for kind in FileKind::ALL {
        let schema = schema(kind);
        let mut all = Vec::new();
        shapes(kind.shape(), &mut all);
        let defs = schema["$defs"].as_object().expect("there are definitions");
        assert_eq!(defs.len(), all.len(), "no definition without a shape, and none missing");
        for shape in all {
            let properties = defs[shape.name]["properties"].as_object().expect("an object");
            let known: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
            let read: BTreeSet<&str> = shape.fields.iter().map(|field| field.key).collect();
            assert_eq!(known, read, "the keys of {}", shape.name);
        }
    }
}

#[test]
fn every_choice_and_owner_is_a_key_of_its_shape() {
    for kind in FileKind::ALL {
        let mut all = Vec::new();
        shapes(kind.shape(), &mut all);
        for shape in all {
            let owners = shape.fields.iter().filter_map(|field| field.with);
            let choices = shape.choice.iter().flat_map(|choice| choice.of.iter().copied());
            for key in owners.chain(choices) {
                assert!(shape.field(key).is_some(), "`{key}` is a key of {}", shape.name);
            }
        }
    }
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let step =
        |step: &str| format!("runbook: a\ntitle: A\nsteps: [ {{ id: a, phase: stop, {step} }} ]\n");
    let environment = |rest: &str| {
        format!(
            "services: {{ a: {{ environments: {{ p: {{ platform: practice, {rest} }} }} }} }}\n"
        )
    };
    let drill = |event: &str| {
        format!(
            "drill: a\ntitle: A\nsummary: s\nminutes: 1\nservice: a\nenvironment: p\nrunbook: r\n\
             events: [ {event} ]\ntruth: t\nsuccess: {{ outcome: recovered }}\n"
        )
    };
    let checklist = |rest: &str| {
        format!(
            "checklist: a\ntitle: A\nitems: [ {{ id: a, title: A, why: w, due-again-after: 30d, {rest} }} ]\n"
        )
    };
    let cases = [
        (FileKind::Runbook, step("note: x"), true),
        (FileKind::Runbook, step("jugde: x"), false),
        (FileKind::Runbook, step("note: x, check: all"), false),
        (FileKind::Runbook, step("note: x, on: { pass: ask }"), false),
        (FileKind::Runbook, step("command: [ls]"), false),
        (FileKind::Runbook, step("act: rollout.hold"), false),
        (
            FileKind::Runbook,
            step("act: { traffic.shift: { release: suspect, percent: 101 } }"),
            false,
        ),
        (FileKind::Runbook, step("wait: { for: 60 }"), false),
        (FileKind::Runbook, step("wait: { for: 1m, until: settled }"), false),
        (FileKind::Runbook, step("note: 12"), false),
        (FileKind::Runbook, step("note: x, on-failure: { retry: 1 }"), false),
        (FileKind::Runbook, step("check: [a, 2]"), false),
        (FileKind::Catalog, environment("bake: 30m"), true),
        (FileKind::Catalog, environment("bake: 30"), false),
        (FileKind::Catalog, environment("strategy: yolo"), false),
        (
            FileKind::Catalog,
            environment("slos: { a: { objective: 99, good: g, total: t } }"),
            false,
        ),
        (FileKind::Catalog, environment("cost: anything"), true),
        (FileKind::Catalog, environment("checks: [ { name: a, get: b } ]"), false),
        (
            FileKind::Catalog,
            environment("checks: [ { name: a, get: 'http://b', expect: { status: [200, 2xx] } } ]"),
            true,
        ),
        (
            FileKind::Catalog,
            environment("checks: [ { name: a, get: 'http://b', expect: { status: 20 } } ]"),
            false,
        ),
        (FileKind::Drill, drill("{ at: 0s, deploy: { version: 1.0 } }"), true),
        (FileKind::Drill, drill("{ at: 0s }"), false),
        (FileKind::Drill, drill("{ at: 0s, deploy: { version: 1.0, error-rate: 0.06 } }"), false),
        (FileKind::Drill, drill("{ at: 0s, traffic: { rate: -1 } }"), false),
        (FileKind::Checklist, checklist("answered-by: owner"), true),
        (FileKind::Checklist, checklist("answered-by: weather"), false),
        (FileKind::Checklist, checklist("due: 30d"), false),
    ];
    for (kind, text, good) in cases {
        let read = match kind {
            FileKind::Catalog => read_catalog("f", &text).value.is_some(),
            FileKind::Runbook => read_runbook("f", &text).value.is_some(),
            FileKind::Drill => read_scenario("f", &text).value.is_some(),
            FileKind::Checklist => crate::read_checklist("f", &text).value.is_some(),
        };
        assert_eq!(read, good, "the reader on {text}");
        assert_eq!(validator(kind).is_valid(&tree(&text)), good, "the schema on {text}");
    }
}

/// The reference for people names every key, so that it cannot fall behind.
#[test]
fn the_guide_names_every_key_and_its_examples_are_good() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/files.md");
    let guide = fs::read_to_string(path).expect("the guide is there");
    for kind in FileKind::ALL {
        let mut all = Vec::new();
        shapes(kind.shape(), &mut all);
        for (shape, field) in
            all.iter().flat_map(|shape| shape.fields.iter().map(move |f| (shape, f)))
        {
            let named = guide.contains(&format!("`{}`", field.key))
                || guide.contains(&format!("`{}:", field.key));
            assert!(named, "the guide does not name `{}` of {}", field.key, shape.name);
        }
    }
    let mut examples = 0;
    for block in guide.split("```yaml\n").skip(1) {
        let text = block.split("```").next().expect("it ends");
        let findings = match text.lines().find(|line| !line.starts_with('#')) {
            Some(line) if line.starts_with("runbook:") => read_runbook("f", text).findings,
            Some(line) if line.starts_with("drill:") => read_scenario("f", text).findings,
            Some(line) if line.starts_with("services:") => read_catalog("f", text).findings,
            Some(line) if line.starts_with("checklist:") => {
                crate::read_checklist("f", text).findings
            }
            _ => continue,
        };
        assert_eq!(findings, [], "{text}");
        examples += 1;
    }
    assert!(examples >= 3, "one example of each kind at least, not {examples}");
}
