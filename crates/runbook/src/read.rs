//! Reading a file: text → tree → shape → value, with everything that was found on the way.

use lastgood_core::time::Millis;

use crate::credential;
use crate::finding::{Finding, Report};
use crate::scalar;
use crate::shape::{self, Kind, Shape};
use crate::tree::{self, At, Node, Plain};

/// What a file holds, and what is to be said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Read<T> {
    /// There exactly when no finding is an error.
    pub value: Option<T>,
    /// In the order of the file.
    pub findings: Vec<Finding>,
}

/// The same while files are still compared with each other.
#[derive(Debug)]
pub(crate) struct Draft<T> {
    /// What could be made of it, also where it has errors; only [`Draft::finish`] hands it on.
    pub(crate) value: Option<T>,
    pub(crate) tree: Option<Node>,
    /// What a file that is not even YAML seems to be called.
    pub(crate) declared: Option<String>,
    pub(crate) report: Report,
}

impl<T> Draft<T> {
    pub(crate) fn finish(self) -> Read<T> {
        let value = self.value.filter(|_| !self.report.has_errors());
        Read { value, findings: self.report.finish() }
    }
}

/// Reads `bytes` as a file of `shape`, then gives the tree to `build`, which reports what
/// no shape can say. `build` is called whenever there is a tree, so that everything that
/// is wrong is told at once.
pub(crate) fn draft<T>(
    file: &str,
    bytes: &[u8],
    shape: &'static Shape,
    build: impl FnOnce(&At<'_>, &mut Report) -> Option<T>,
) -> Draft<T> {
    let mut report = Report::new(file);
    let tree = tree::decode(bytes, &mut report).and_then(|text| tree::read(text, &mut report));
    let value = tree.as_ref().and_then(|tree| {
        let root = At::root(tree);
        shape::check(&root, &Kind::Object(shape), &mut report);
        let value = build(&root, &mut report);
        // What has been said of a credential by then, and better, is not said again.
        credential::check(&root, &mut report);
        value
    });
    let declared = if tree.is_none() { declared(bytes) } else { None };
    Draft { value, tree, declared, report }
}

/// What stands behind the first key of all files that other files name: `runbook: NAME`.
fn declared(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let name = text.lines().find_map(|line| line.strip_prefix("runbook:"))?;
    let name = name.split('#').next().unwrap_or_default().trim().trim_matches(['"', '\'']);
    (!name.is_empty()).then(|| name.to_owned())
}

/// Values of a tree that was checked against its shape: what is not there or does not fit
/// has been reported, and reads as nothing.
impl At<'_> {
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.get(key)?.scalar().map(str::to_owned)
    }

    pub(crate) fn duration(&self, key: &str) -> Option<Millis> {
        scalar::duration(self.get(key)?.scalar()?)
    }

    /// The same, or what `default` says.
    pub(crate) fn duration_or(&self, key: &str, default: &str) -> Option<Millis> {
        match self.get(key) {
            Some(at) => scalar::duration(at.scalar()?),
            None => scalar::duration(default),
        }
    }

    pub(crate) fn percentage(&self, key: &str) -> Option<f64> {
        scalar::percentage(self.get(key)?.scalar()?)
    }

    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        match self.get(key)?.node().plain()? {
            Plain::Flag(flag) => Some(flag),
            Plain::Null | Plain::Number | Plain::Text => None,
        }
    }

    pub(crate) fn whole(&self, key: &str) -> Option<u64> {
        self.get(key)?.scalar()?.parse().ok()
    }

    pub(crate) fn number(&self, key: &str) -> Option<f64> {
        self.get(key)?.scalar()?.parse().ok()
    }

    /// The word of `all` that stands under `key`.
    pub(crate) fn word<T: Copy>(
        &self,
        key: &str,
        all: &[T],
        as_str: impl Fn(T) -> &'static str,
    ) -> Option<T> {
        let text = self.get(key)?;
        let text = text.scalar()?;
        all.iter().copied().find(|one| as_str(*one) == text)
    }
}
