//! What we write into the description of an alias, so that it is found again.
//!
//! Whatever people wrote there stays in front of it. Lambda takes 256 characters; what
//! does not fit of their words is cut, and the plan shows that.

use jiff::Timestamp;
use lastgood_core::effect::Receipt;
use lastgood_core::name::EffectKey;

use super::objects::Alias;

/// What Lambda takes as a description.
const LIMIT: usize = 256;
/// So many versions that rollbacks left are kept in mind; a mark has no room for more.
const LEFT_AT_MOST: usize = 4;
const BEGIN: &str = "[lastgood ";
const END: char = ']';

/// The newest effect of ours on an alias.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mark {
    /// Which effect.
    pub(super) key: EffectKey,
    /// When, by our clock.
    pub(super) at: Timestamp,
    /// The routing that it left, as [`super::objects::Routing::text`] writes it.
    pub(super) is: String,
    /// The canary that it took the weight from.
    pub(super) halted: Option<(String, f64)>,
    /// The versions that rollbacks went away from, newest first.
    pub(super) left: Vec<String>,
}

impl Mark {
    /// The mark in a description. What cannot be read counts as none, because only we
    /// write it and a person may have edited it away.
    pub(super) fn of(description: &str) -> Option<Self> {
        let (_, ours) = description.rsplit_once(BEGIN)?;
        let mut words = ours.strip_suffix(END)?.split(' ');
        let key = EffectKey::try_from(words.next()?.to_owned()).ok()?;
        let mut mark = Self {
            key,
            at: Timestamp::UNIX_EPOCH,
            is: String::new(),
            halted: None,
            left: Vec::new(),
        };
        for (name, value) in words.filter_map(|word| word.split_once('=')) {
            match name {
                "at" => mark.at = Timestamp::from_second(value.parse().ok()?).ok()?,
                "is" => value.clone_into(&mut mark.is),
                "halted" => mark.halted = Some(share(value)?),
                "left" => mark.left = value.split(',').map(str::to_owned).collect(),
                // Written by a newer version, and of no use here.
                _ => {}
            }
        }
        Some(mark)
    }

    fn text(&self) -> String {
        let halted = self.halted.as_ref();
        let halted = halted.map(|(version, share)| format!(" halted={version}@{share}"));
        let left = (!self.left.is_empty()).then(|| format!(" left={}", self.left.join(",")));
        format!(
            "{BEGIN}{} at={} is={}{}{}{END}",
            self.key,
            self.at.as_second(),
            self.is,
            halted.unwrap_or_default(),
            left.unwrap_or_default()
        )
    }

    /// One more version that a rollback left.
    pub(super) fn leaving(mut self, version: Option<&str>) -> Self {
        if let Some(version) = version {
            self.left.retain(|known| known != version);
            self.left.insert(0, version.to_owned());
            self.left.truncate(LEFT_AT_MOST);
        }
        self
    }

    /// The description with this mark behind what people wrote; `None` when the mark
    /// alone is too long.
    pub(super) fn write(&self, description: &str) -> Option<String> {
        let mark = self.text();
        let theirs = theirs(description);
        let room = LIMIT.checked_sub(mark.chars().count())?;
        if theirs.is_empty() {
            return Some(mark);
        }
        let kept: String = if theirs.chars().count() < room {
            format!("{theirs} ")
        } else {
            let cut: String = theirs.chars().take(room.saturating_sub(2)).collect();
            if cut.is_empty() { String::new() } else { format!("{cut}… ") }
        };
        Some(format!("{kept}{mark}"))
    }
}

/// What people wrote.
pub(super) fn theirs(description: &str) -> &str {
    match description.rsplit_once(BEGIN) {
        // Whatever cannot be read is theirs, and stays.
        Some((theirs, _)) if Mark::of(description).is_some() => theirs.trim_end(),
        Some(_) | None => description,
    }
}

fn share(text: &str) -> Option<(String, f64)> {
    let (version, share) = text.split_once('@')?;
    let share: f64 = share.parse().ok()?;
    (0.0..=1.0).contains(&share).then(|| (version.to_owned(), share))
}

/// Proof that `key` took place.
pub(super) fn receipt(key: &EffectKey, alias: &Alias) -> Receipt {
    Receipt {
        reference: format!("revision {}", alias.revision),
        sentence: format!("{key} is noted at the alias, which leads to {}", alias.routing.words()),
    }
}
