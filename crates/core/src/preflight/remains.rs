//! What a rollback does not restore, computed from facts. What nobody recorded or what
//! could not be looked up is said to be unknown, never left out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::recorded::Recorded;
use crate::release::Release;

/// What was found outside of the two releases. The default is that nothing was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outside {
    /// Configuration that both releases read under the same name, so that the older one
    /// will read what is in it now. Never with content.
    pub shared: Vec<OutsideObject>,
    /// Other objects around the service, such as a network service or an autoscaler.
    pub around: Vec<OutsideObject>,
    /// Kinds of things that were not looked at, as a phrase: `ingresses and custom resources`.
    pub unseen: Vec<String>,
}

/// Something outside of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutsideObject {
    /// Its kind: `ConfigMap`, `Secret`, `Service`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// When it was changed last.
    pub changed_at: Recorded<Timestamp>,
}

/// When the release that is left began to serve, and when the one that is gone back to
/// stopped being the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenure {
    /// When the release that is left was put there.
    pub from_began: Timestamp,
    /// When the release that is gone back to was replaced.
    pub to_ended: Timestamp,
}

/// One sentence for each thing that stays as the newer release left it: first what is
/// known to stay, then what is not known.
#[must_use]
pub fn not_restored(
    from: &Release,
    to: &Release,
    tenure: Option<Tenure>,
    outside: &Outside,
) -> Vec<String> {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    schema(from, to, &mut known, &mut unknown);
    flags(from, to, &mut known, &mut unknown);
    objects(to, tenure, outside, &mut known, &mut unknown);
    let since = tenure.map_or_else(String::new, |tenure| {
        format!(" since {}", tenure.from_began.strftime("%Y-%m-%d %H:%M:%SZ"))
    });
    known.push(format!(
        "Data that {}{since} wrote stays as it was written; whether {} can read it is not recorded.",
        from.version, to.version
    ));
    known.push(format!(
        "Messages that {} queued stay and will be read by {}; how many there are is not known.",
        from.version, to.version
    ));
    known.push(format!(
        "Calls that {} made to other systems (payments, mails, webhooks) are not taken back; \
         which it made is not known.",
        from.version
    ));
    known.extend(unknown);
    known
}

fn schema(from: &Release, to: &Release, known: &mut Vec<String>, unknown: &mut Vec<String>) {
    match (from.schema_version.as_option(), to.schema_version.as_option()) {
        (Some(now), Some(then)) if now == then => {
            known.push(format!("The database schema stays at {now}, which both releases expect."));
        }
        (Some(now), Some(then)) => known.push(format!(
            "The database schema stays at {now}; {} was built for {then}. Check that it runs on it.",
            to.version
        )),
        (Some(now), None) => unknown.push(format!(
            "The database schema stays at {now}; what {} expects is not recorded.",
            to.version
        )),
        (None, _) => unknown.push(format!(
            "The database schema stays as it is; what {} expects is not recorded.",
            from.version
        )),
    }
}

fn flags(from: &Release, to: &Release, known: &mut Vec<String>, unknown: &mut Vec<String>) {
    let Some(now) = from.flags.as_option() else {
        unknown
            .push("Feature flags stay as they are; which ones changed is not recorded.".to_owned());
        return;
    };
    let then = to.flags.as_option();
    for (name, value) in now {
        match then.map(|then| then.get(name)) {
            Some(Some(before)) if before == value => {}
            Some(Some(before)) => known.push(format!(
                "The flag {name} stays {value}; {} was released with {before}.",
                to.version
            )),
            Some(None) | None => known.push(format!("The flag {name} stays {value}.")),
        }
    }
    match then {
        Some(then) => {
            for name in then.keys().filter(|name| !now.contains_key(*name)) {
                unknown.push(format!(
                    "Whether the flag {name}, which {} needs, still has its value is not recorded \
                     by {}.",
                    to.version, from.version
                ));
            }
        }
        None => unknown.push(format!("Which flags {} needs is not recorded.", to.version)),
    }
}

fn objects(
    to: &Release,
    tenure: Option<Tenure>,
    outside: &Outside,
    known: &mut Vec<String>,
    unknown: &mut Vec<String>,
) {
    let nothing_seen = outside.shared.is_empty() && outside.around.is_empty();
    if nothing_seen && outside.unseen.is_empty() {
        unknown.push(
            "Config maps, secrets and other objects outside the artifact stay; which of them \
             changed is not known."
                .to_owned(),
        );
        return;
    }
    for (object, reader) in outside
        .shared
        .iter()
        .map(|object| (object, format!(", and {} will read it", to.version)))
        .chain(outside.around.iter().map(|object| (object, String::new())))
    {
        let OutsideObject { kind, name, changed_at } = object;
        match (changed_at.as_option(), tenure) {
            (Some(at), Some(tenure)) if *at < tenure.to_ended => {}
            (Some(at), Some(_)) => known.push(format!(
                "{kind} {name} was changed at {}, after {} was replaced; it stays as it is now{reader}.",
                at.strftime("%Y-%m-%d %H:%M:%SZ"),
                to.version
            )),
            (Some(_), None) | (None, _) => unknown.push(format!(
                "{kind} {name} stays as it is now{reader}; whether it changed since is not known."
            )),
        }
    }
    for unseen in &outside.unseen {
        unknown.push(format!("Of {unseen} it is not known whether they changed; they stay."));
    }
}

#[cfg(test)]
mod tests;
