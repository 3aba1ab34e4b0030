//! The task definition in an `AppSpec`, JSON or YAML. Pure.
//!
//! Hooks, network and load balancer of an `AppSpec` are the team's, so that a rollback sends the text
//! of an earlier deployment as it was, with nothing but this one value changed. That is why the text
//! is searched and not read as a document: what is written back is the same to the last byte.

use std::ops::Range;

const KEY: &str = "TaskDefinition";

/// What the text names as its task definition; `None` unless it names exactly one.
pub(in crate::ecs) fn definition(text: &str) -> Option<&str> {
    value(text).map(|at| &text[at])
}

/// The same text with another task definition.
pub(in crate::ecs) fn leading_to(text: &str, definition: &str) -> Option<String> {
    let at = value(text)?;
    Some(format!("{}{definition}{}", &text[..at.start], &text[at.end..]))
}

/// Where the value stands. Two of them, also in a comment, leave open which one counts.
fn value(text: &str) -> Option<Range<usize>> {
    let mut found = text.match_indices(KEY).filter_map(|(at, _)| value_at(text, at));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

fn value_at(text: &str, key: usize) -> Option<Range<usize>> {
    let before = text[..key].chars().next_back();
    if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-') {
        return None;
    }
    let rest = &text[key + KEY.len()..];
    let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest).trim_start();
    let rest = rest.strip_prefix(':')?.trim_start();
    let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
    let length = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '}' | '#'))
        .unwrap_or(rest.len());
    let start = text.len() - rest.len();
    (length > 0).then_some(start..start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:ecs:eu-central-1:123456789012:task-definition/checkout:7";

    #[test]
    fn the_task_definition_is_found_and_changed_in_json_and_in_yaml_and_nothing_else_is() {
        let json = format!(r#"{{"Properties":{{"TaskDefinition": "{ARN}","Port":80}}}}"#);
        let yaml = format!("Properties:\n  TaskDefinition: {ARN} # now\n  Port: 80\n");
        let quoted = format!("TaskDefinition: '{ARN}'");
        for text in [json, yaml, quoted] {
            assert_eq!(definition(&text), Some(ARN), "{text}");
            let other = leading_to(&text, "checkout:6").expect("it has one");
            assert_eq!(other, text.replace(ARN, "checkout:6"));
        }
    }

    #[test]
    fn a_text_with_none_or_two_leaves_open_which_one_counts() {
        for text in [
            "",
            "TaskDefinition",
            "TaskDefinition:",
            "OldTaskDefinition: a:1",
            "# TaskDefinition: a:1\nTaskDefinition: a:2",
        ] {
            assert_eq!(definition(text), None, "{text}");
            assert_eq!(leading_to(text, "a:3"), None, "{text}");
        }
    }
}
