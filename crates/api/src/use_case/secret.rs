//! Secrets by name: where each is found, and putting them into the keychain. No value ever
//! leaves through here.

use std::collections::BTreeMap;

use lastgood_core::ports::VaultError;
use lastgood_core::preflight::{Finding, Grade, Topic};
use lastgood_core::problem::{Code, Problem};
use lastgood_core::runbook::{Act, Runbook, Work};
use lastgood_core::secret::Secret;
use serde::Serialize;

use crate::App;
use crate::problem::IntoProblem;
use crate::vault::{Trouble, variable};

/// A value is a token, a URL or a key; what is longer is a mistake.
const LONGEST: usize = 64 * 1024;

/// Where a secret is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretAt {
    /// A variable of this session has it; the keychain is not asked.
    Session,
    /// The keychain has it.
    Keychain,
    /// Nobody has it.
    Nowhere,
    /// The keychain is locked.
    Locked,
    /// There is no keychain, or it did not answer.
    Unreachable,
    /// What the keychain has cannot be used.
    Unfit,
}

/// One secret, without its value.
#[derive(Clone, Debug, Serialize)]
pub struct SecretRow {
    /// Its name.
    pub name: String,
    /// What uses it, in words.
    pub used_by: Vec<String>,
    /// Where it is found.
    pub at: SecretAt,
    /// Why it is not found, and what to do.
    pub problem: Option<Problem>,
}

/// Every secret that the workspace names, in order of names.
#[derive(Clone, Debug, Serialize)]
pub struct SecretsView {
    /// One for each name.
    pub secrets: Vec<SecretRow>,
}

/// What came of storing a secret or of taking it out.
#[derive(Clone, Debug, Serialize)]
pub struct SecretStored {
    /// Its name.
    pub name: String,
    /// Whether the keychain has it now.
    pub kept: bool,
    /// What is to be known beside that, in sentences.
    pub remarks: Vec<String>,
}

impl App {
    /// Tells where each secret that the workspace names is found.
    pub async fn secrets(&self) -> SecretsView {
        let mut secrets = Vec::new();
        for (name, used_by) in self.named_secrets() {
            let (at, problem) = self.find(&name).await;
            secrets.push(SecretRow { name, used_by, at, problem });
        }
        SecretsView { secrets }
    }

    /// Puts a secret into the keychain, over what was there.
    pub async fn set_secret(
        &self,
        name: &str,
        value: Secret<String>,
    ) -> Result<SecretStored, Problem> {
        usable(name)?;
        value.expose(|value| fits(value))?;
        let stored = self.secrets_store().keychain().write(name, value).await;
        stored.map_err(|trouble| not_done("stored", name, &trouble))?;
        let mut remarks = Vec::new();
        if !self.named_secrets().contains_key(name) {
            remarks.push("no file of this workspace names it yet".to_owned());
        }
        if self.secrets_store().in_session(name).is_some() {
            let variable = variable(name);
            remarks.push(format!("{variable} is set in this session and goes first"));
        }
        Ok(SecretStored { name: name.to_owned(), kept: true, remarks })
    }

    /// Takes a secret out of the keychain.
    pub async fn remove_secret(&self, name: &str) -> Result<SecretStored, Problem> {
        usable(name)?;
        let removed = self.secrets_store().keychain().remove(name).await;
        if !removed.map_err(|trouble| not_done("removed", name, &trouble))? {
            let told = format!("the keychain has no secret `{name}`");
            return Err(Problem::new(Code::NotFound, told)
                .hint("`lastgood secret list` tells where each is found."));
        }
        let mut remarks = Vec::new();
        if let Some(users) = self.named_secrets().get(name) {
            remarks.push(format!("it is still named by: {}", users.join(", ")));
        }
        if self.secrets_store().in_session(name).is_some() {
            let variable = variable(name);
            remarks.push(format!("{variable} is still set in this session"));
        }
        Ok(SecretStored { name: name.to_owned(), kept: false, remarks })
    }

    /// What the doctor says of secrets: one line for all that are found, one for each other.
    pub(crate) async fn secret_findings(&self) -> Vec<Finding> {
        let view = self.secrets().await;
        let subject = |row: &SecretRow| format!("secret {}", row.name);
        let (found, lost): (Vec<_>, Vec<_>) =
            view.secrets.iter().partition(|row| row.problem.is_none());
        let mut findings = Vec::new();
        if !found.is_empty() {
            let told: Vec<String> = found.iter().map(|row| row.sentence()).collect();
            findings.push(Finding::new("secrets", Grade::Pass, told.join(", ")));
        }
        for row in lost {
            let grade = if row.at == SecretAt::Nowhere { Grade::Block } else { Grade::Unknown };
            let finding = Finding::new(
                subject(row),
                grade,
                format!("{}; used by {}", row.said(), row.used_by.join(", ")),
            )
            .on(Topic::Permission);
            let hint = row.problem.as_ref().and_then(|problem| problem.hint.clone());
            findings.push(match hint {
                Some(hint) => finding.mend(hint),
                None => finding,
            });
        }
        findings
    }

    /// What uses each secret, by its name.
    fn named_secrets(&self) -> BTreeMap<String, Vec<String>> {
        let files = self.files();
        let mut all: BTreeMap<String, Vec<String>> = files
            .catalog
            .secrets()
            .into_iter()
            .map(|(name, users)| (name.to_owned(), users))
            .collect();
        for (name, user) in files.runbooks.iter().flat_map(of_runbook) {
            let users = all.entry(name.to_owned()).or_default();
            if !users.contains(&user) {
                users.push(user);
            }
        }
        all
    }

    async fn find(&self, name: &str) -> (SecretAt, Option<Problem>) {
        let vault = self.secrets_store();
        if vault.in_session(name).is_some() {
            return (SecretAt::Session, None);
        }
        let (at, error) = match vault.keychain().read(name).await {
            Ok(Some(_)) => return (SecretAt::Keychain, None),
            Ok(None) => (SecretAt::Nowhere, VaultError::Missing { name: name.to_owned() }),
            Err(trouble) => {
                let at = match &trouble {
                    Trouble::Locked(_) => SecretAt::Locked,
                    Trouble::Silent(_) | Trouble::Absent(_) => SecretAt::Unreachable,
                    Trouble::Unfit(_) => SecretAt::Unfit,
                };
                (at, trouble.with(name))
            }
        };
        (at, Some(error.problem()))
    }
}

impl SecretRow {
    fn sentence(&self) -> String {
        let at = if self.at == SecretAt::Session { "this session" } else { "the keychain" };
        format!("{} in {at}", self.name)
    }

    fn said(&self) -> String {
        self.problem.as_ref().map(|problem| problem.chain.join(": ")).unwrap_or_default()
    }
}

/// The secrets of a runbook's steps, each with the step that uses it.
fn of_runbook(runbook: &Runbook) -> impl Iterator<Item = (&str, String)> {
    runbook.steps.iter().flat_map(move |step| {
        let acts = match &step.work {
            Work::Act { act, undo } => [Some(act), undo.as_ref()],
            Work::Judge { .. }
            | Work::Check { .. }
            | Work::Decide { .. }
            | Work::Wait { .. }
            | Work::Verify { .. }
            | Work::Manual { .. }
            | Work::Note { .. } => [None, None],
        };
        acts.into_iter().flatten().flat_map(move |act| {
            let names = match act {
                Act::RunErrand { errand } => errand.secrets(),
                Act::HaltRollout
                | Act::ResumeRollout
                | Act::Restore { .. }
                | Act::ShiftTraffic { .. }
                | Act::SwitchFlag { .. } => Vec::new(),
            };
            let user = format!("step {} of runbook {}", step.id, runbook.name);
            names.into_iter().map(move |name| (name, user.clone()))
        })
    })
}

/// Whether a name can be looked up at all: it is on one line, and some of it is left in the
/// variable.
fn usable(name: &str) -> Result<(), Problem> {
    let odd = name.trim() != name
        || !name.contains(|c: char| c.is_ascii_alphanumeric())
        || name.contains(char::is_control)
        || name.len() > 200;
    if odd {
        let told = format!("`{}` is no name for a secret", name.escape_debug());
        return Err(Problem::new(Code::InputInvalid, told)
            .hint("Take letters, digits and `-`, as in `github-token`."));
    }
    Ok(())
}

fn fits(value: &str) -> Result<(), Problem> {
    let problem =
        |told: &str, hint: &str| Err(Problem::new(Code::InputInvalid, told).hint(hint.to_owned()));
    if value.trim().is_empty() {
        return problem("there is no value", "Nothing was stored. Type or pipe one in.");
    }
    if value.len() > LONGEST {
        return problem(
            "the value is longer than 64 KiB",
            "Nothing was stored. Is it the right file?",
        );
    }
    if value.contains('\0') {
        return problem(
            "the value is no text",
            "Nothing was stored. Encode it first, as in base64.",
        );
    }
    Ok(())
}

/// A change of the keychain that did not take place, as far as that is known.
fn not_done(what: &str, name: &str, trouble: &Trouble) -> Problem {
    let for_now = format!("For this session alone, {} is enough.", variable(name));
    let (code, first, hint) = match trouble {
        Trouble::Silent(_) => (
            Code::Unreachable,
            format!("whether the secret `{name}` was {what} is not known"),
            "Unlock the keychain; `lastgood secret list` tells afterwards.",
        ),
        Trouble::Locked(_) => (
            Code::Unauthorised,
            format!("the secret `{name}` was not {what}"),
            "Unlock the keychain, then try again.",
        ),
        Trouble::Absent(_) => (
            Code::Unreachable,
            format!("the secret `{name}` was not {what}"),
            "Start a secret service with a keyring, such as gnome-keyring or KWallet.",
        ),
        Trouble::Unfit(_) => (
            Code::InputInvalid,
            format!("the secret `{name}` was not {what}"),
            "Look at it with the keychain's own program.",
        ),
    };
    Problem::from_error(code, trouble).within(first).hint(format!("{hint} {for_now}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_no_variable_could_carry_is_refused() {
        for odd in ["", " ", "a b ", "---", "a\nb", "\u{1b}[31m"] {
            let problem = usable(odd).expect_err(odd);
            assert_eq!(problem.code, Code::InputInvalid);
            assert!(!problem.chain[0].contains('\u{1b}'), "{problem:?}");
        }
        usable("github-token").expect("it is a name");
    }

    #[test]
    fn a_value_that_cannot_be_meant_is_refused_without_repeating_it() {
        let long = "hunter2".repeat(10_000);
        for odd in ["", "  \n", "hunter2\0", long.as_str()] {
            let problem = fits(odd).expect_err("it cannot be meant");
            assert!(!format!("{problem:?}").contains("hunter2"), "{problem:?}");
        }
        fits("-----BEGIN KEY-----\nabc\n-----END KEY-----\n").expect("keys have lines");
    }

    #[test]
    fn a_change_that_got_no_answer_is_not_called_undone() {
        let silent = Trouble::Silent(lastgood_core::time::Millis::seconds(60));
        let problem = not_done("stored", "a", &silent);
        assert_eq!(problem.chain[0], "whether the secret `a` was stored is not known");
        let locked = not_done("stored", "a", &Trouble::Locked("no prompt".to_owned()));
        assert_eq!(locked.chain[0], "the secret `a` was not stored");
    }
}
