//! Writes what is known of a release into the tags of its function.
//!
//! A published version never changes, its description and its variables included, and AWS
//! tags functions, not their versions. So the name of each tag says of which version it is,
//! and fifty tags are room for a few versions only: the oldest ones that serve nowhere make
//! room for a new one, and it is said. What is to stay for ever goes into the description of
//! the version when it is published (`lastgood release record --print-line`).

use lastgood_core::release::metadata::{Limits, TooBig};
use lastgood_core::release::{Kept, Metadata};

use super::Lambda;
use super::objects::{Alias, metadata};
use crate::aws::{Failure, Tags, rewrite};

const SYSTEM: &str = "Lambda";
const OURS: &str = "lastgood.dev/v";

impl Lambda {
    /// Writes `metadata` about the version that is on its way on the alias, else about the
    /// one that it leads to, and reads it back.
    pub async fn keep(&self, metadata: &Metadata) -> Kept {
        let missed = |why: String| Kept::missed(SYSTEM, String::new(), why);
        // Nothing is written into another account than the catalog's.
        if let Err(error) = self.link.holds(&[]).await {
            return missed(error.to_string());
        }
        let seen = match self.seen().await {
            Ok(seen) => seen,
            Err(refusal) => return missed(refusal.to_string()),
        };
        let numbers = seen.alias.numbers();
        let Some(number) = numbers.first() else {
            return missed(format!("{} leads to no version", self.name()));
        };
        let carrier = format!("version {number}, in the tags of function {}", self.place.function);
        let failed = |why: String| Kept::missed(SYSTEM, carrier.clone(), why);
        let tags = match &seen.tags {
            Ok(tags) => tags,
            Err(why) => return failed(format!("the function's tags could not be read: {why}")),
        };
        let change = match change(metadata, tags, number, &numbers) {
            Ok(change) => change,
            Err(too_big) => return failed(too_big.to_string()),
        };
        // Tags are the same however often they are written; an answer that was lost is looked
        // up below like any other.
        let written = self.retag(&seen.alias, change.take, change.put).await;
        let kept = match self.tags(&seen.alias).await {
            Ok(again) => Kept::compared(SYSTEM, carrier.clone(), metadata, &read(again, number)),
            Err(failure) => return failed(failure.refusal(&self.name()).to_string()),
        };
        match written {
            Err(failure) if !kept.read_back => failed(failure.refusal(&self.name()).to_string()),
            Ok(()) | Err(_) => Kept { sentence: kept.sentence + &said(&change.evicted), ..kept },
        }
    }

    async fn retag(&self, alias: &Alias, take: Vec<String>, put: Tags) -> Result<(), Failure> {
        let arn = alias.function_arn();
        if !take.is_empty() {
            let call = self.changes.untag_resource().resource(arn).set_tag_keys(Some(take));
            self.link.change("lambda:UntagResource", call.send()).await?;
        }
        if !put.is_empty() {
            let tags = put.into_iter().collect();
            let call = self.changes.tag_resource().resource(arn).set_tags(Some(tags));
            self.link.change("lambda:TagResource", call.send()).await?;
        }
        Ok(())
    }
}

/// What is done to the tags of the function.
#[derive(Debug)]
struct Change {
    take: Vec<String>,
    put: Tags,
    /// The versions whose records make room.
    evicted: Vec<u64>,
}

/// The change that writes of version `number`. Versions that are `kept` make no room.
fn change(
    metadata: &Metadata,
    tags: &Tags,
    number: &str,
    kept: &[String],
) -> Result<Change, TooBig> {
    let mut left = tags.clone();
    let (mut evicted, mut gone) = (Vec::new(), Vec::new());
    loop {
        let too_big = match rewrite(metadata, &left, |taken| Limits::lambda_tags(number, taken)) {
            Ok(rewrite) => {
                gone.extend(rewrite.take);
                return Ok(Change { take: gone, put: rewrite.put, evicted });
            }
            Err(too_big) => too_big,
        };
        let oldest = left.keys().filter_map(|name| of_version(name));
        let Some(oldest) = oldest.filter(|one| !kept.contains(&one.to_string())).min() else {
            return Err(too_big);
        };
        let (out, stays) = left.into_iter().partition(|(name, _)| of_version(name) == Some(oldest));
        let out: Tags = out;
        left = stays;
        gone.extend(out.into_keys());
        evicted.push(oldest);
    }
}

/// The version that a tag of ours is about.
fn of_version(name: &str) -> Option<u64> {
    name.strip_prefix(OURS)?.split_once('/')?.0.parse().ok()
}

fn said(evicted: &[u64]) -> String {
    if evicted.is_empty() {
        return String::new();
    }
    let versions: Vec<String> = evicted.iter().map(u64::to_string).collect();
    format!(
        "; a function has 50 tags, and what was recorded of version {} made room",
        versions.join(", ")
    )
}

/// What a look at releases would read there.
fn read(tags: Tags, number: &str) -> Metadata {
    metadata(&Ok(tags), number, "").metadata
}

#[cfg(test)]
mod tests {
    use lastgood_core::recorded::Recorded;

    use super::*;

    fn of(text: &str) -> Metadata {
        let text = Recorded::Recorded(text.to_owned());
        Metadata { commit: text.clone(), version: text, ..Metadata::default() }
    }

    #[test]
    fn the_oldest_versions_that_serve_nowhere_make_room() {
        let mut tags: Tags = (1..=24)
            .flat_map(|n| [(format!("{OURS}{n}/commit"), n), (format!("{OURS}{n}/version"), n)])
            .map(|(name, n)| (name, n.to_string()))
            .collect();
        tags.insert("team".to_owned(), "shop".to_owned());
        let kept = ["25".to_owned(), "1".to_owned()];
        let change = change(&of("25"), &tags, "25", &kept).expect("there is room in the end");
        assert_eq!(change.evicted, [2], "version 1 serves, and one pair of tags is enough");
        assert_eq!(change.take, [format!("{OURS}2/commit"), format!("{OURS}2/version")]);
        assert!(said(&change.evicted).contains("version 2 made room"), "it is said");
    }

    #[test]
    fn where_nothing_may_go_the_field_that_does_not_fit_is_named() {
        let tags: Tags = (0..49).map(|n| (format!("team-{n}"), String::new())).collect();
        let full = change(&of("25"), &tags, "25", &[]).expect_err("nobody else's tag is touched");
        assert_eq!(full.field, "version");
    }
}
