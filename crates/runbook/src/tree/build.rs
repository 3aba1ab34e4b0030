//! Parser events → tree, within limits that no honest file meets.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, options};

use super::key::{as_key, is_hidden, short};
use super::text::{MAX_BYTES, clean, end_of, number};
use super::{Key, Node, Span, Value};
use crate::code::Code;
use crate::finding::{Report, Severity};

/// How deep lists and mappings may be nested. Our deepest file has nine levels.
const MAX_DEPTH: usize = 64;
/// How many values a file may have, aliases counted as what they stand for. Our longest
/// file has 250; this many are read and checked in about a tenth of a second.
const MAX_VALUES: usize = 50_000;
/// How much text aliases may stand for, in bytes, all together.
const MAX_ALIAS_TEXT: usize = 4 * MAX_BYTES;
/// How long one text may be, in bytes.
const MAX_TEXT: usize = 64 << 10;

/// Reads one YAML document. `None` comes with an error in `report`.
pub(crate) fn read(text: &str, report: &mut Report) -> Option<Node> {
    let text = clean(text, report);
    report.set_source(text);
    let mut builder =
        Builder { text, report, open: Vec::new(), root: None, made: 0, kept: 0, spent: 0 };
    match builder.run() {
        Ok(()) => {}
        Err(Stop) => return None,
    }
    let (root, report) = (builder.root, builder.report);
    if root.is_none() {
        report.add(
            Severity::Error,
            Code::EmptyFile,
            Span::START,
            "",
            "the file is empty".to_owned(),
            None,
        );
    }
    root
}

/// Nothing more can be read; why is in the report.
struct Stop;

struct Builder<'a, 'r> {
    text: &'a str,
    report: &'r mut Report,
    open: Vec<Open>,
    root: Option<Node>,
    made: usize,
    kept: usize,
    spent: usize,
}

/// A list or mapping whose end has not come yet.
struct Open {
    span: Span,
    anchor: usize,
    kind: OpenKind,
    /// Values in it, itself included.
    values: usize,
    /// Bytes of text in it.
    bytes: usize,
}

enum OpenKind {
    List(Vec<Node>),
    Map { pairs: Vec<(Key, Node)>, seen: HashSet<Arc<str>>, key: Waiting },
}

/// What a mapping waits for.
enum Waiting {
    Key,
    /// The value of this key; `None` when the key was refused.
    Value(Option<Key>),
}

/// What an anchor stands for.
struct Anchored {
    node: Node,
    values: usize,
    bytes: usize,
}

impl Builder<'_, '_> {
    fn run(&mut self) -> Result<(), Stop> {
        let settings = options! {
            disallow_directives: true,
            emit_comments: false,
            emit_unresolved_aliases: true,
            flow_nesting_limit: MAX_DEPTH,
            block_nesting_limit: MAX_DEPTH,
        };
        let mut anchors: HashMap<usize, Anchored> = HashMap::new();
        let mut documents = 0;
        for next in Parser::new_from_str_with_options(self.text, settings) {
            let (event, span) = match next {
                Ok(found) => found,
                Err(error) => return self.syntax(&error),
            };
            let span = self.span(span);
            match event {
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 {
                        return self.refuse(
                            Code::SeveralDocuments,
                            span,
                            "a second document begins here; a file holds one",
                            "move it to a file of its own",
                        );
                    }
                }
                Event::Scalar(text, style, anchor, tag) => {
                    self.no_tag(tag.is_some(), span);
                    self.scalar(&text, style, anchor, span, &mut anchors)?;
                }
                Event::SequenceStart(_, anchor, tag) => {
                    self.no_tag(tag.is_some(), span);
                    self.begin(span, anchor, OpenKind::List(Vec::new()))?;
                }
                Event::MappingStart(_, anchor, tag) => {
                    self.no_tag(tag.is_some(), span);
                    let kind = OpenKind::Map {
                        pairs: Vec::new(),
                        seen: HashSet::new(),
                        key: Waiting::Key,
                    };
                    self.begin(span, anchor, kind)?;
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let Some(open) = self.open.pop() else { continue };
                    let value = match open.kind {
                        OpenKind::List(items) => Value::List(items),
                        OpenKind::Map { pairs, .. } => Value::Map(pairs),
                    };
                    let node = Node { span: open.span, value };
                    self.keep(&mut anchors, open.anchor, &node, open.values, open.bytes)?;
                    self.place(node, open.values, open.bytes)?;
                }
                Event::Alias(id) => self.alias(anchors.get(&id), span)?,
                Event::UnresolvedAlias(name) => {
                    let name = short(&name);
                    return self.refuse(
                        Code::YamlSyntax,
                        span,
                        format!("no `&{name}` comes before this `*{name}`"),
                        "put a text that begins with `*` in quotes",
                    );
                }
                Event::StreamStart
                | Event::StreamEnd
                | Event::DocumentEnd
                | Event::Comment(..)
                | Event::Anchor(..) => {}
                // An event that this version does not know may carry structure.
                _ => {
                    return self.refuse(
                        Code::YamlSyntax,
                        span,
                        "this part of YAML is not known here",
                        "write it in a plainer way",
                    );
                }
            }
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        span: Span,
        anchors: &mut HashMap<usize, Anchored>,
    ) -> Result<(), Stop> {
        let bytes = text.len();
        if bytes > MAX_TEXT {
            return self.refuse(
                Code::TextTooLong,
                span,
                format!("this text has {bytes} bytes, {MAX_TEXT} are allowed"),
                "keep long texts in a page and link to it",
            );
        }
        self.visible(text, span);
        let value = Value::Scalar { text: Arc::from(text), plain: style == ScalarStyle::Plain };
        let node = Node { span, value };
        self.keep(anchors, anchor, &node, 1, bytes)?;
        self.place(node, 1, bytes)
    }

    /// Puts what an alias stands for in its place; what is inside of its own anchor is not
    /// known yet.
    fn alias(&mut self, known: Option<&Anchored>, span: Span) -> Result<(), Stop> {
        let Some(Anchored { node, values, bytes }) = known else {
            return self.refuse(
                Code::AliasInItself,
                span,
                "this alias stands inside of what it stands for",
                "write the value out",
            );
        };
        self.spent = self.spent.saturating_add(*bytes);
        if self.spent > MAX_ALIAS_TEXT {
            return self.too_many(span);
        }
        self.count(*values, span)?;
        self.place(node.clone(), *values, *bytes)
    }

    fn begin(&mut self, span: Span, anchor: usize, kind: OpenKind) -> Result<(), Stop> {
        self.count(1, span)?;
        if self.open.len() >= MAX_DEPTH {
            return self.too_deep(span);
        }
        self.open.push(Open { span, anchor, kind, values: 1, bytes: 0 });
        Ok(())
    }

    /// Puts a finished value where it belongs. What stands for `values` values is counted
    /// where it began; a scalar is counted here.
    fn place(&mut self, node: Node, values: usize, bytes: usize) -> Result<(), Stop> {
        if matches!(node.value, Value::Scalar { .. }) {
            self.count(1, node.span)?;
        }
        let Some(open) = self.open.last_mut() else {
            // An empty document is a plain scalar without text.
            let empty =
                matches!(&node.value, Value::Scalar { text, plain: true } if text.is_empty());
            self.root = (!empty).then_some(node);
            return Ok(());
        };
        open.values += values;
        open.bytes += bytes;
        match &mut open.kind {
            OpenKind::List(items) => items.push(node),
            OpenKind::Map { pairs, seen, key } => match std::mem::replace(key, Waiting::Key) {
                Waiting::Value(Some(key)) => pairs.push((key, node)),
                Waiting::Value(None) => {}
                Waiting::Key => {
                    let made = as_key(&node, seen, pairs, self.report);
                    *key = Waiting::Value(made);
                }
            },
        }
        Ok(())
    }

    /// Remembers what an anchor stands for. A nest of anchors would copy the same values
    /// again and again; what is copied counts like what is read.
    fn keep(
        &mut self,
        anchors: &mut HashMap<usize, Anchored>,
        anchor: usize,
        node: &Node,
        values: usize,
        bytes: usize,
    ) -> Result<(), Stop> {
        if anchor > 0 {
            self.kept += values;
            if self.kept > MAX_VALUES {
                return self.too_many(node.span);
            }
            anchors.insert(anchor, Anchored { node: node.clone(), values, bytes });
        }
        Ok(())
    }

    fn count(&mut self, more: usize, span: Span) -> Result<(), Stop> {
        self.made += more;
        if self.made > MAX_VALUES { self.too_many(span) } else { Ok(()) }
    }

    fn no_tag(&mut self, tagged: bool, span: Span) {
        if tagged {
            self.report.add(
                Severity::Error,
                Code::Tag,
                span,
                "",
                "this value has a YAML tag (`!…`), and tags are not used here".to_owned(),
                Some("remove the tag, or put a text that begins with `!` in quotes".to_owned()),
            );
        }
    }

    fn visible(&mut self, text: &str, span: Span) {
        if let Some(hidden) = text.chars().find(|c| is_hidden(*c)) {
            self.report.add(
                Severity::Error,
                Code::HiddenCharacter,
                span,
                "",
                format!("this text holds U+{:04X}, which a reader does not see", u32::from(hidden)),
                Some("remove it".to_owned()),
            );
        }
    }

    fn too_many<T>(&mut self, span: Span) -> Result<T, Stop> {
        self.refuse(
            Code::TooManyValues,
            span,
            format!("with this, the file has more than {MAX_VALUES} values or too much in aliases"),
            "split the file, or write out what the aliases stand for",
        )
    }

    fn too_deep<T>(&mut self, span: Span) -> Result<T, Stop> {
        let message = format!("lists and mappings are nested more than {MAX_DEPTH} deep");
        self.refuse(Code::TooDeep, span, message, "no file of ours needs more than ten levels")
    }

    fn refuse<T>(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        suggestion: &str,
    ) -> Result<T, Stop> {
        let suggestion = Some(suggestion.to_owned());
        self.report.add(Severity::Error, code, span, "", message.into(), suggestion);
        Err(Stop)
    }

    fn syntax<T>(&mut self, error: &ScanError) -> Result<T, Stop> {
        let marker = error.marker();
        let bytes = marker.byte_offset().unwrap_or(0).min(self.text.len());
        let span = if marker.line() == 0 {
            end_of(self.text)
        } else {
            Span {
                line: number(marker.line()),
                column: number(marker.col() + 1),
                width: 1,
                bytes: (bytes, bytes),
            }
        };
        let said = error.info();
        if *error.kind() == ErrorKind::RecursionLimitExceeded {
            return self.too_deep(span);
        }
        if said.contains("tab") {
            return self.refuse(
                Code::TabIndent,
                span,
                "there is a tab where YAML wants spaces",
                "use spaces, two for each level",
            );
        }
        let suggestion = if said.contains("mapping values are not allowed") {
            "put a text that holds `: ` in quotes, and check the indentation"
        } else if said.contains("directive") {
            "remove the line that begins with `%`"
        } else {
            "check the indentation, and that every quote and bracket is closed"
        };
        self.refuse(
            Code::YamlSyntax,
            span,
            format!("this is not YAML: {}", short(&said)),
            suggestion,
        )
    }

    fn span(&self, span: granit_parser::Span) -> Span {
        let start = span.start.byte_offset().unwrap_or(0).min(self.text.len());
        let end = span.end.byte_offset().unwrap_or(start).clamp(start, self.text.len());
        let shown = self.text.get(start..end).unwrap_or_default();
        let first = shown.split(['\n', '\r']).next().unwrap_or_default();
        // Nobody reads a caret line of more than a screen; counting stops there too.
        let width = first.chars().take(200).count().max(1);
        Span {
            line: number(span.start.line()),
            column: number(span.start.col() + 1),
            width: number(width),
            bytes: (start, end),
        }
    }
}
