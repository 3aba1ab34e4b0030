//! What we write into a tag of the service, so that an effect is found again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lastgood_core::name::EffectKey;

/// The tag. Tags take few characters, which is why versions are joined with `+`.
pub(super) const EFFECT: &str = "lastgood.dev/effect";
/// So many releases that rollbacks left are kept in mind; a tag has room for 256
/// characters.
const LEFT_AT_MOST: usize = 3;

/// The newest effect of ours on a service. It is written before the change, so that it
/// alone is no proof: see [`super::act`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mark {
    pub(super) key: EffectKey,
    /// When, by our clock.
    pub(super) at: Timestamp,
    /// What was there just before: the primary deployment, or the service deployment that
    /// is to be stopped.
    pub(super) on: String,
    /// The task definition that it leads to; empty when ECS chooses it.
    pub(super) to: String,
    /// What rollbacks went away from, newest first.
    pub(super) left: Vec<String>,
}

impl Mark {
    /// The mark in a service's tags. What cannot be read counts as none.
    pub(super) fn of(tags: &BTreeMap<String, String>) -> Option<Self> {
        let mut words = tags.get(EFFECT)?.split(' ');
        let key = EffectKey::try_from(words.next()?.to_owned()).ok()?;
        let mut mark = Self {
            key,
            at: Timestamp::UNIX_EPOCH,
            on: String::new(),
            to: String::new(),
            left: Vec::new(),
        };
        for (name, value) in words.filter_map(|word| word.split_once('=')) {
            match name {
                "at" => mark.at = Timestamp::from_second(value.parse().ok()?).ok()?,
                "on" => value.clone_into(&mut mark.on),
                "to" => value.clone_into(&mut mark.to),
                "left" => mark.left = value.split('+').map(str::to_owned).collect(),
                // Written by a newer version, and of no use here.
                _ => {}
            }
        }
        Some(mark)
    }

    /// As the tag holds it, with as many of the releases that were left as fit.
    pub(super) fn text(&self) -> Option<String> {
        let mut left: &[String] = &self.left;
        loop {
            let joined = (!left.is_empty()).then(|| format!(" left={}", left.join("+")));
            let to = (!self.to.is_empty()).then(|| format!(" to={}", self.to));
            let text = format!(
                "{} at={} on={}{}{}",
                self.key,
                self.at.as_second(),
                self.on,
                to.unwrap_or_default(),
                joined.unwrap_or_default()
            );
            if text.len() <= 256 {
                return Some(text);
            }
            (_, left) = left.split_last()?;
        }
    }

    /// One more release that a rollback left.
    pub(super) fn leaving(mut self, release: Option<&str>) -> Self {
        if let Some(release) = release {
            self.left.retain(|known| known != release);
            self.left.insert(0, release.to_owned());
            self.left.truncate(LEFT_AT_MOST);
        }
        self
    }
}
