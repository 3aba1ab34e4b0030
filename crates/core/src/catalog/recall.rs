//! Releases that must not come back anywhere, such as those with a known vulnerability.

use serde::{Deserialize, Serialize};

use crate::name::ServiceName;
use crate::release::Release;

/// A commit is recognised by as many of its first digits; fewer could be anything.
pub const SHORTEST_COMMIT: usize = 7;

/// A recall: everything that it names must fit a release for it to be meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recall {
    /// Of this service; of every service when absent.
    pub service: Option<ServiceName>,
    /// With this version.
    pub version: Option<String>,
    /// Built from this commit, or from the one that begins like that.
    pub commit: Option<String>,
    /// With this artifact digest.
    pub digest: Option<String>,
    /// Why, such as the name of a vulnerability.
    pub because: String,
}

impl Recall {
    /// Whether `release` of `service` is meant. A release whose commit or digest nobody
    /// recorded is not: see [`Recall::may_mean`].
    #[must_use]
    pub fn means(&self, service: &ServiceName, release: &Release) -> bool {
        self.fit(service, release) == Some(true)
    }

    /// Whether nobody can tell that `release` of `service` is not meant.
    #[must_use]
    pub fn may_mean(&self, service: &ServiceName, release: &Release) -> bool {
        self.fit(service, release) != Some(false)
    }

    fn fit(&self, service: &ServiceName, release: &Release) -> Option<bool> {
        if self.service.as_ref().is_some_and(|one| one != service)
            || self.version.as_ref().is_some_and(|one| *one != release.version)
        {
            return Some(false);
        }
        let commit = self.commit.as_ref().map(|wanted| {
            release.commit.as_option().map(|commit| {
                let wanted = wanted.to_ascii_lowercase();
                wanted.len() >= SHORTEST_COMMIT && commit.to_ascii_lowercase().starts_with(&wanted)
            })
        });
        let digest = self
            .digest
            .as_ref()
            .map(|wanted| release.digest.as_option().map(|digest| digest == wanted));
        let asked: Vec<Option<bool>> = [commit, digest].into_iter().flatten().collect();
        if asked.contains(&Some(false)) {
            Some(false)
        } else if asked.contains(&None) {
            None
        } else {
            Some(true)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::Recorded;
    use crate::testing::release;

    fn recall() -> Recall {
        Recall {
            service: None,
            version: None,
            commit: None,
            digest: None,
            because: "CVE-2026-1234".to_owned(),
        }
    }

    #[test]
    fn everything_that_a_recall_names_must_fit() {
        let known = Release {
            commit: Recorded::Recorded("8F3C1D0aa".to_owned()),
            digest: Recorded::Recorded("sha256:ab".to_owned()),
            ..release("1.4")
        };
        let silent = Release {
            commit: Recorded::NotRecorded,
            digest: Recorded::NotRecorded,
            ..release("1.4")
        };
        let text = |text: &str| Some(text.to_owned());
        let cases = [
            (Recall { version: text("1.4"), ..recall() }, true, true),
            (Recall { version: text("1.5"), ..recall() }, false, false),
            (
                Recall { service: Some("other".into()), version: text("1.4"), ..recall() },
                false,
                false,
            ),
            (Recall { commit: text("8f3c1d0"), ..recall() }, true, true),
            (
                Recall { commit: text("8f3c1d0"), digest: text("sha256:cd"), ..recall() },
                false,
                true,
            ),
            (Recall { digest: text("sha256:ab"), version: text("1.4"), ..recall() }, true, true),
            (Recall { commit: text("8f3"), ..recall() }, false, true),
        ];
        for (recall, means, may) in cases {
            assert_eq!(recall.means(&"shop".into(), &known), means, "{recall:?}");
            assert_eq!(recall.may_mean(&"shop".into(), &silent), may, "{recall:?}");
        }
    }
}
