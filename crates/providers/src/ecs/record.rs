//! Writes what is known of a release into the tags of its task definition.
//!
//! A revision never changes, and its tags may: they belong to it alone, and whoever looks at
//! releases reads them there.

use aws_sdk_ecs::types::Tag;
use lastgood_core::release::metadata::Limits;
use lastgood_core::release::{Kept, Metadata};

use super::Ecs;
use super::objects::Definition;
use crate::aws::{Failure, Tags, rewrite};

const SYSTEM: &str = "ECS";

impl Ecs {
    /// Writes `metadata` onto the task definition that the service leads to now, and reads it
    /// back.
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
        let primary = seen.service.primary().and_then(|one| seen.definition(&one.definition));
        let Some(definition) = primary else {
            return missed(format!("{} leads to no task definition", self.name()));
        };
        if let Some(why) = contradicts(definition, metadata, self.container()) {
            return missed(why);
        }
        let carrier = format!("task definition {}", definition.name);
        let failed = |why: String| Kept::missed(SYSTEM, carrier.clone(), why);
        let change = match rewrite(metadata, &definition.tags, Limits::aws_tags) {
            Ok(change) => change,
            Err(too_big) => return failed(too_big.to_string()),
        };
        // Tags are the same however often they are written; an answer that was lost is looked
        // up below like any other.
        let written = self.retag(&definition.arn, change.take, change.put).await;
        let again = match self.definition(&definition.name).await {
            Ok(Some(again)) => again,
            Ok(None) => return failed(format!("{carrier} is gone")),
            Err(failure) => return failed(failure.refusal(&carrier).to_string()),
        };
        let kept = Kept::compared(SYSTEM, carrier.clone(), metadata, &again.metadata().metadata);
        match written {
            Err(failure) if !kept.read_back => failed(failure.refusal(&carrier).to_string()),
            Ok(()) | Err(_) => kept,
        }
    }

    async fn retag(&self, arn: &str, take: Vec<String>, put: Tags) -> Result<(), Failure> {
        if !take.is_empty() {
            let call = self.changes.untag_resource().resource_arn(arn).set_tag_keys(Some(take));
            self.link.change("ecs:UntagResource", call.send()).await?;
        }
        if !put.is_empty() {
            let tag = |(name, value)| Tag::builder().key(name).value(value).build();
            let tags = put.into_iter().map(tag).collect();
            let call = self.changes.tag_resource().resource_arn(arn).set_tags(Some(tags));
            self.link.change("ecs:TagResource", call.send()).await?;
        }
        Ok(())
    }
}

/// Whether the release that runs is another one than is written about, as far as its image
/// says: one that is named by a tag alone does not.
fn contradicts(
    definition: &Definition,
    metadata: &Metadata,
    container: Option<&str>,
) -> Option<String> {
    let (_, runs) = definition.image(container).split_once('@')?;
    let said = metadata.digest.as_option()?;
    let name = &definition.name;
    (runs != said).then(|| format!("{name} runs {runs}, and not {said}: nothing was written"))
}
