//! What a look at one connection finds: whether it answers, as whom it knows us, what we may
//! do there, how its clock stands and what is left of its limits. What that means for a
//! person is decided here; providers only report.

use jiff::SignedDuration;

use crate::effect::Refusal;
use crate::preflight::{Finding, Grade, Topic};

/// Clocks that differ by less are called equal: a `Date` header has whole seconds, and the
/// way back takes its time.
pub const CLOCKS_AGREE: SignedDuration = SignedDuration::from_secs(5);

/// Clocks that differ by more put the events of an incident into the wrong order, and are on
/// the way to credentials that are not taken: AWS and GitHub Apps refuse signed times that
/// are minutes away.
pub const CLOCK_OFF: SignedDuration = SignedDuration::from_secs(30);

/// What one system said of itself and of us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examination {
    /// As whom it knows us; `None` where it does not say.
    pub identity: Option<String>,
    /// What it is, with its version; `None` where it does not say.
    pub version: Option<String>,
    /// How far its clock is ahead of ours; `None` where it did not send its time.
    pub ahead: Option<SignedDuration>,
    /// What we may do there, as far as Lastgood needs it.
    pub rights: Vec<Right>,
    /// What is left of its limits, in sentences.
    pub left: Vec<String>,
    /// Whether that is little.
    pub scarce: bool,
    /// What else is to be known, such as when the credential ends.
    pub remarks: Vec<Finding>,
}

/// Something that Lastgood does there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    /// As the system names the permission: `deployments: read`.
    pub permission: String,
    /// What it is a permission on, where there is more than one: `acme/checkout`.
    pub on: Option<String>,
    /// What it is for, in words: `recent deploys`.
    pub used_for: String,
    /// Whether nothing works without it.
    pub needed: bool,
    /// Whether we have it.
    pub held: Held,
}

/// Whether we have a right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// It was tried, or the system says so.
    Yes,
    /// The system says no.
    No {
        /// In its words.
        why: String,
    },
    /// It could not be found out.
    Unknown {
        /// Why not.
        why: String,
    },
}

impl Held {
    /// From an answer to something that needs the right.
    #[must_use]
    pub fn of<T>(tried: Result<T, Refusal>) -> Self {
        match tried {
            Ok(_) => Self::Yes,
            Err(
                refusal @ (Refusal::Forbidden { .. }
                | Refusal::Unauthorised { .. }
                | Refusal::Gone { .. }
                | Refusal::Missing { .. }),
            ) => Self::No { why: refusal.to_string() },
            Err(
                refusal @ (Refusal::Unreachable { .. }
                | Refusal::Unusable { .. }
                | Refusal::Rejected { .. }
                | Refusal::Unsupported { .. }
                | Refusal::Drifted { .. }),
            ) => Self::Unknown { why: refusal.to_string() },
        }
    }
}

/// A connection as a person knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// `connection github`.
    pub name: String,
    /// What renews its credential, as a sentence.
    pub renew: String,
}

/// What was found out about `subject`, or why nothing was, as the doctor says it.
#[must_use]
pub fn findings(subject: &Subject, found: Result<Examination, Refusal>) -> Vec<Finding> {
    match found {
        Ok(examination) => answered(subject, examination),
        Err(refusal) => vec![unanswered(subject, &refusal)],
    }
}

fn unanswered(subject: &Subject, refusal: &Refusal) -> Finding {
    let (grade, mend) = match refusal {
        Refusal::Unauthorised { .. } => (Grade::Block, subject.renew.clone()),
        Refusal::Forbidden { .. } => {
            (Grade::Block, "Ask whoever runs it for that permission.".to_owned())
        }
        Refusal::Gone { .. }
        | Refusal::Missing { .. }
        | Refusal::Drifted { .. }
        | Refusal::Unsupported { .. } => (Grade::Block, "Correct it in the catalog.".to_owned()),
        Refusal::Unusable { .. } => {
            (Grade::Block, "Correct it, or name another one in the catalog.".to_owned())
        }
        Refusal::Unreachable { .. } if refusal.is_of_trust() => (
            Grade::Unknown,
            "Add the authority (CA) that signed its certificate to those that this machine trusts; \
             a proxy in between shows one of its own."
                .to_owned(),
        ),
        Refusal::Unreachable { .. } => (
            Grade::Unknown,
            "Check its address in the catalog, the network and the VPN, then look again."
                .to_owned(),
        ),
        Refusal::Rejected { .. } => (
            Grade::Unknown,
            "Check that its address leads to the right system, and not to a login page.".to_owned(),
        ),
    };
    Finding::new(&subject.name, grade, refusal.to_string()).mend(mend).on(Topic::Permission)
}

fn answered(subject: &Subject, found: Examination) -> Vec<Finding> {
    let mut told = vec![match &found.identity {
        Some(identity) => format!("answers, and knows us as {identity}"),
        None => "answers, and does not say as whom it knows us".to_owned(),
    }];
    told.extend(found.version);
    told.extend(found.left);
    if found.ahead.is_some_and(|ahead| ahead.abs() <= CLOCKS_AGREE) {
        told.push("its clock agrees with ours".to_owned());
    }
    let grade = if found.scarce { Grade::Warn } else { Grade::Pass };
    let mut first = Finding::new(&subject.name, grade, told.join("; "));
    if found.scarce {
        first = first.mend("Watch less until the limit resets; a rollback has requests reserved.");
    }
    let mut findings = vec![first];
    findings.extend(found.ahead.and_then(|ahead| clock(subject, ahead)));
    findings.extend(rights(subject, &found.rights));
    findings.extend(found.remarks.into_iter().map(|remark| Finding {
        subject: format!("{}: {}", subject.name, remark.subject),
        ..remark
    }));
    findings
}

fn clock(subject: &Subject, ahead: SignedDuration) -> Option<Finding> {
    if ahead.abs() <= CLOCKS_AGREE {
        return None;
    }
    let name = format!("{}: clock", subject.name);
    let length = words(ahead.abs());
    let way = if ahead.is_positive() { "ahead of" } else { "behind" };
    let sentence = format!("its clock is {length} {way} this machine's");
    Some(if ahead.abs() > CLOCK_OFF {
        Finding::new(name, Grade::Warn, sentence + "; credentials may not be taken")
            .mend("Set this machine's clock (`timedatectl set-ntp true`), or tell who runs it.")
    } else {
        Finding::new(name, Grade::Pass, sentence)
    })
}

/// So many of the things that a right is on are named; the others are counted.
const NAMED: usize = 5;

/// One line for everything that is held, and one for each right that is not, however many
/// things it is missing on for the same reason.
fn rights(subject: &Subject, rights: &[Right]) -> Vec<Finding> {
    let name = format!("{}: permissions", subject.name);
    let mut groups: Vec<(&Right, Vec<&str>)> = Vec::new();
    for right in rights {
        let same = |(one, _): &&mut (&Right, Vec<&str>)| {
            one.permission == right.permission
                && one.used_for == right.used_for
                && one.needed == right.needed
                && one.held == right.held
        };
        let on = right.on.as_deref();
        match groups.iter_mut().find(same) {
            Some((_, all)) => all.extend(on),
            None => groups.push((right, on.into_iter().collect())),
        }
    }
    let held: Vec<String> = groups
        .iter()
        .filter(|(right, _)| right.held == Held::Yes)
        .map(|(right, on)| format!("{}{}", right.permission, on_all(on)))
        .collect();
    let mut findings = Vec::new();
    if !held.is_empty() {
        let told = format!("held: {}", held.join(", "));
        findings.push(Finding::new(&name, Grade::Pass, told).on(Topic::Permission));
    }
    for (right, on) in &groups {
        let Right { permission, used_for, needed, held, .. } = right;
        let permission = format!("{permission}{}", on_all(on));
        let (grade, sentence) = match held {
            Held::Yes => continue,
            Held::No { why } => {
                let grade = if *needed { Grade::Block } else { Grade::Warn };
                (grade, format!("{permission} is missing, for {used_for}: {why}"))
            }
            Held::Unknown { why } => {
                (Grade::Unknown, format!("whether {permission} is held is not known: {why}"))
            }
        };
        let finding = Finding::new(&name, grade, sentence).on(Topic::Permission);
        findings.push(match held {
            Held::No { .. } => {
                finding.mend(format!("Grant it: {permission}, and no more than that."))
            }
            Held::Yes | Held::Unknown { .. } => finding,
        });
    }
    findings
}

/// ` on acme/checkout`, ` on 100 of them (acme/a, acme/b, … and 95 more)`.
fn on_all(on: &[&str]) -> String {
    match on {
        [] => String::new(),
        [one] => format!(" on {one}"),
        many if many.len() <= NAMED => format!(" on {}", many.join(", ")),
        many => {
            let (named, left) = many.split_at(NAMED);
            format!(" on {} of them ({} and {} more)", many.len(), named.join(", "), left.len())
        }
    }
}

/// `45 s`, `12 min`, `3 h`: nobody needs more of a clock that is wrong.
fn words(length: SignedDuration) -> String {
    match length.as_secs() {
        seconds @ ..=119 => format!("{seconds} s"),
        seconds @ 120..=7199 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3600),
    }
}

#[cfg(test)]
mod tests;
