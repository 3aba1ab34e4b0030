//! What is to be done to the tags of a resource so that a release's record stands among
//! them. Pure.

use std::collections::BTreeMap;

use lastgood_core::release::Metadata;
use lastgood_core::release::metadata::{Field, Limits, TooBig, encode};

/// A resource's tags: names and values.
pub(crate) type Tags = BTreeMap<String, String>;

/// How tags are changed. What is taken away goes first: a resource has room for fifty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rewrite {
    /// Parts of an earlier text that the new one does not have.
    pub(crate) take: Vec<String>,
    /// What is written; what stands there already is not written again.
    pub(crate) put: Tags,
}

/// The change that puts `metadata` beside everything else that is `there`: other people's
/// tags, and fields that an earlier step of the pipeline wrote. `limits` is told how many
/// tags are not ours to replace.
pub(crate) fn rewrite(
    metadata: &Metadata,
    there: &Tags,
    limits: impl Fn(usize) -> Limits,
) -> Result<Rewrite, TooBig> {
    let prefix = limits(0).prefix;
    let written: Vec<&str> = Field::ALL
        .iter()
        .filter(|field| field.text(metadata).is_some())
        .map(|field| field.as_str())
        .collect();
    let replaced = |name: &String| {
        let field = name.strip_prefix(&prefix).map(|rest| rest.split(':').next().unwrap_or(rest));
        field.is_some_and(|field| written.contains(&field))
    };
    // Tags of AWS itself do not count.
    let taken = there.keys().filter(|name| !replaced(name) && !name.starts_with("aws:")).count();
    let mut put = encode(metadata, &limits(taken))?;
    let take = there.keys().filter(|name| replaced(name) && !put.contains_key(*name)).cloned();
    let take = take.collect();
    put.retain(|name, text| there.get(name) != Some(text));
    Ok(Rewrite { take, put })
}

#[cfg(test)]
mod tests {
    use lastgood_core::recorded::Recorded;

    use super::*;

    fn tags(of: &[(&str, &str)]) -> Tags {
        of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn changelog(text: &str) -> Metadata {
        Metadata { changelog: Recorded::Recorded(text.to_owned()), ..Metadata::default() }
    }

    #[test]
    fn parts_of_a_longer_text_go_and_everything_else_stays() {
        let there = tags(&[
            ("team", "shop"),
            ("lastgood.dev/commit", "8f3c1d0"),
            ("lastgood.dev/changelog:1/2", "a"),
            ("lastgood.dev/changelog:2/2", "b"),
        ]);
        let change = rewrite(&changelog("short"), &there, Limits::aws_tags).expect("there is room");
        assert_eq!(change.take, ["lastgood.dev/changelog:1/2", "lastgood.dev/changelog:2/2"]);
        assert_eq!(change.put, tags(&[("lastgood.dev/changelog", "short")]));
    }

    #[test]
    fn what_stands_there_is_not_written_again() {
        let there = tags(&[("lastgood.dev/changelog", "short")]);
        let change = rewrite(&changelog("short"), &there, Limits::aws_tags).expect("there is room");
        assert_eq!(change, Rewrite::default());
    }

    #[test]
    fn tags_of_others_take_room_and_those_of_aws_do_not() {
        let mut there: Tags = (0..49).map(|n| (format!("team-{n}"), String::new())).collect();
        there.insert("aws:cloudformation:stack-name".to_owned(), "shop".to_owned());
        rewrite(&changelog("short"), &there, Limits::aws_tags).expect("the fiftieth is free");
        there.insert("team-49".to_owned(), String::new());
        let full = rewrite(&changelog("short"), &there, Limits::aws_tags).expect_err("it is full");
        assert_eq!(full.field, "changelog");
    }
}
