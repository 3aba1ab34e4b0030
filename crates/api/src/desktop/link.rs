//! `lastgood://` links: where they lead, and why some lead nowhere.
//!
//! A link can open a place of the window and nothing more. Whoever sent it chooses what is
//! looked at, never what is done: there is no form of it that answers, approves or starts.

use std::fmt;

use lastgood_core::catalog::Place;
use lastgood_core::name::{EnvironmentName, ReleaseId, RunId, ServiceName};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Longer than any name of ours together, and short enough to be read before it is clicked.
const MOST: usize = 1024;

/// What JavaScript's `encodeURIComponent` leaves as it is, because the window's addresses
/// are written with that: ECMA-262, 19.2.6.4.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// A place of the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// `lastgood://run/RUN`
    Run(RunId),
    /// `lastgood://release/SERVICE/ENVIRONMENT/RELEASE`
    Release(Place, ReleaseId),
}

/// Why a text is no link that is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLink {
    /// Another scheme.
    #[error("it does not begin with lastgood://")]
    Scheme,
    /// Too long.
    #[error("it is longer than {MOST} characters")]
    Long,
    /// With a query, a fragment, a user or a port.
    #[error("a link carries nothing but a place: no `?`, `#`, `@` and `:`")]
    Extra,
    /// Neither a run nor a release.
    #[error(
        "it leads to no run and no release: lastgood://run/RUN or lastgood://release/SERVICE/ENVIRONMENT/RELEASE"
    )]
    Place,
    /// Escapes that are no text, or control characters.
    #[error("a part of it is no readable text")]
    Text,
}

impl Link {
    /// Reads a link.
    ///
    /// # Errors
    ///
    /// [`NoLink`] for everything that is not exactly one of the forms above.
    pub fn parse(text: &str) -> Result<Self, NoLink> {
        if text.len() > MOST {
            return Err(NoLink::Long);
        }
        let rest = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("lastgood") => rest,
            _ => return Err(NoLink::Scheme),
        };
        if rest.contains(['?', '#', '@', ':', '\\']) {
            return Err(NoLink::Extra);
        }
        // Some desktops add the slash that ends a host.
        let parts: Vec<&str> = rest.strip_suffix('/').unwrap_or(rest).split('/').collect();
        match parts[..] {
            ["run", run] => Ok(Self::Run(RunId::new(name(run)?))),
            ["release", service, environment, release] => Ok(Self::Release(
                Place {
                    service: ServiceName::new(name(service)?),
                    environment: EnvironmentName::new(name(environment)?),
                },
                ReleaseId::new(name(release)?),
            )),
            _ => Err(NoLink::Place),
        }
    }

    /// The address in the window, without its `#`: `/run/r-7f3c`.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            Self::Run(run) => format!("/run/{}", escaped(run.as_str())),
            Self::Release(place, release) => format!(
                "/releases/{}/{}/{}",
                escaped(place.service.as_str()),
                escaped(place.environment.as_str()),
                escaped(release.as_str())
            ),
        }
    }
}

/// The address of a run in the small window: `/compact/r-7f3c`.
#[must_use]
pub fn compact(run: &RunId) -> String {
    format!("/compact/{}", escaped(run.as_str()))
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(_) => write!(f, "lastgood:/{}", self.address()),
            Self::Release(..) => {
                write!(f, "lastgood:/{}", self.address().replacen("/releases/", "/release/", 1))
            }
        }
    }
}

fn escaped(text: &str) -> impl fmt::Display {
    utf8_percent_encode(text, KEPT)
}

/// One name of a link, read back from its escapes.
fn name(part: &str) -> Result<String, NoLink> {
    if part.is_empty() {
        return Err(NoLink::Place);
    }
    // A lone `%` would be kept as it is, and then mean something else when it is read again.
    let escapes = part.split('%').skip(1);
    for escape in escapes {
        let digits = escape.as_bytes();
        if digits.len() < 2 || !digits[..2].iter().all(u8::is_ascii_hexdigit) {
            return Err(NoLink::Text);
        }
    }
    let text = percent_decode_str(part).decode_utf8().map_err(|_| NoLink::Text)?;
    if text.chars().any(char::is_control) || text.trim().is_empty() {
        return Err(NoLink::Text);
    }
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same file is read by the window's tests, so that both sides mean the same place.
    const LINKS: &str = include_str!("../../../../ui/src/lib/format/links.json");

    #[test]
    fn every_link_of_the_common_list_leads_to_its_address() {
        let rows: Vec<serde_json::Value> = serde_json::from_str(LINKS).expect("the list is JSON");
        assert!(rows.len() >= 5);
        for row in rows {
            let (link, address) = (row["link"].as_str(), row["address"].as_str());
            let read = Link::parse(link.expect("a link")).expect("it is one");
            assert_eq!(Some(format!("#{}", read.address()).as_str()), address);
            assert_eq!(Some(read.to_string().as_str()), link, "and is written again the same");
        }
    }

    #[test]
    fn what_a_stranger_might_send_leads_nowhere() {
        let table = [
            ("https://run/r-1", NoLink::Scheme),
            ("lastgood:run/r-1", NoLink::Scheme),
            ("javascript:lastgood://run/r-1", NoLink::Scheme),
            (" lastgood://run/r-1", NoLink::Scheme),
            ("", NoLink::Scheme),
            ("lastgood://", NoLink::Place),
            ("lastgood://run", NoLink::Place),
            ("lastgood://run/", NoLink::Place),
            ("lastgood://run//", NoLink::Place),
            ("lastgood://run/r-1/confirm", NoLink::Place),
            ("lastgood://run/r-1/../../plan/x", NoLink::Place),
            ("lastgood://approve/r-1/step", NoLink::Place),
            ("lastgood://plan/checkout/production/x", NoLink::Place),
            ("lastgood://drills/bad-canary", NoLink::Place),
            ("lastgood://release/checkout/production", NoLink::Place),
            ("lastgood://release/checkout//x", NoLink::Place),
            ("lastgood://RUN/r-1", NoLink::Place),
            ("lastgood://run/r-1?answer=confirm", NoLink::Extra),
            ("lastgood://run/r-1#/plan", NoLink::Extra),
            ("lastgood://ana@run/r-1", NoLink::Extra),
            ("lastgood://run:80/r-1", NoLink::Extra),
            ("lastgood://run\\r-1", NoLink::Extra),
            ("lastgood://run/%", NoLink::Text),
            ("lastgood://run/%zz", NoLink::Text),
            ("lastgood://run/a%0Ab", NoLink::Text),
            ("lastgood://run/a\nb", NoLink::Text),
            ("lastgood://run/%00", NoLink::Text),
            ("lastgood://run/%FF%FE", NoLink::Text),
            ("lastgood://run/%20", NoLink::Text),
        ];
        for (link, why) in table {
            assert_eq!(Link::parse(link), Err(why), "{link:?}");
        }
        assert_eq!(Link::parse(&format!("lastgood://run/{}", "x".repeat(MOST))), Err(NoLink::Long));
    }

    #[test]
    fn a_desktop_may_write_the_scheme_large_and_end_with_a_slash() {
        let run = Ok(Link::Run("r-1".into()));
        assert_eq!(Link::parse("LASTGOOD://run/r-1"), run);
        assert_eq!(Link::parse("lastgood://run/r-1/"), run);
    }

    #[test]
    fn a_name_cannot_leave_its_part_of_the_address() {
        let link = Link::parse("lastgood://run/..%2F..%2Fplan%3Fx%23y").expect("a strange name");
        assert_eq!(link.address(), "/run/..%2F..%2Fplan%3Fx%23y");
        assert_eq!(compact(&"../x#y".into()), "/compact/..%2Fx%23y");
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_refused_or_leads_to_one_place(text in "(lastgood://)?\\PC{0,80}") {
            if let Ok(link) = Link::parse(&text) {
                let address = link.address();
                prop_assert!(address.is_ascii(), "{address}");
                prop_assert!(address.starts_with("/run/") || address.starts_with("/releases/"));
                prop_assert_eq!(Link::parse(&link.to_string()), Ok(link));
            }
        }
    }
}
