//! What the doctor asks of a flag system: as whom it knows us, and whether we may see the
//! project. Whether a flag may be switched shows only when one is.

use lastgood_core::effect::Refusal;
use lastgood_core::examination::{Examination, Held, Right};
use serde_json::Value;

use super::launchdarkly::LaunchDarkly;
use super::unleash::Unleash;

impl Unleash {
    /// Reads the project's flags; who we are and the version only where it tells them.
    pub async fn examine(&self) -> Result<Examination, Refusal> {
        let features = self.path(&[]);
        let (flags, user, ui) = futures::join!(
            self.link.read_dated(&features, &[]),
            // Tokens that belong to nobody have no user.
            self.link.read(&["api", "admin", "user"], &[]),
            self.link.read(&["api", "admin", "ui-config"], &[])
        );
        let ahead = flags.as_ref().ok().and_then(|(_, ahead)| *ahead);
        Ok(Examination {
            identity: user
                .ok()
                .and_then(|user| first(&user["user"], &["username", "name", "email"])),
            version: ui
                .ok()
                .and_then(|ui| first(&ui, &["version"]))
                .map(|it| format!("Unleash {it}")),
            ahead,
            rights: vec![seen("project", &self.project, tried(flags)?)],
            ..Examination::default()
        })
    }
}

impl LaunchDarkly {
    /// Asks for one flag of the project, and who we are.
    pub async fn examine(&self) -> Result<Examination, Refusal> {
        let path = ["api", "v2", "flags", &self.project];
        let (flags, who) = futures::join!(
            self.link.read_dated(&path, &[("limit", "1")]),
            self.link.read(&["api", "v2", "caller-identity"], &[])
        );
        let ahead = flags.as_ref().ok().and_then(|(_, ahead)| *ahead);
        Ok(Examination {
            identity: who.ok().and_then(|who| first(&who, &["tokenName", "clientId", "memberId"])),
            ahead,
            rights: vec![seen("project", &self.project, tried(flags)?)],
            ..Examination::default()
        })
    }
}

/// A no to the project is a missing right; everything else is told as it is.
fn tried<T>(answer: Result<T, Refusal>) -> Result<Held, Refusal> {
    match answer {
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Gone { .. })) => {
            Ok(Held::of::<T>(Err(refusal)))
        }
        Err(other) => Err(other),
        Ok(_) => Ok(Held::Yes),
    }
}

fn seen(what: &str, name: &str, held: Held) -> Right {
    Right {
        permission: format!("see the {what} {name}"),
        on: None,
        used_for: "flags and who toggled them".to_owned(),
        needed: true,
        held,
    }
}

fn first(value: &Value, names: &[&str]) -> Option<String> {
    let texts = names.iter().filter_map(|name| value[*name].as_str());
    texts.map(str::trim).find(|text| !text.is_empty()).map(str::to_owned)
}
