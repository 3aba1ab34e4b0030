//! What a runbook may have done besides moving releases: run a command, send an HTTP request,
//! or do something on GitHub. Written as data, filled in value by value, and shown in a plan exactly as it
//! will be carried out. Nothing is ever pasted into a command line or an address.

mod github;
mod http;
pub mod placed;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use github::{DeploymentState, GITHUB, GithubErrand};
pub use http::{HttpMethod, HttpProbe, HttpRequest, KEY_PLACEHOLDER};

use crate::effect::{Call, Change, Expectation};
use crate::template::{Bindings, TemplateError};
use crate::time::Millis;

/// The variable that tells a command, and its probe, which effect it is: the same in every
/// attempt that is made without a person, so that a tool can recognise a repeat.
pub const EFFECT_KEY_VARIABLE: &str = "LASTGOOD_EFFECT_KEY";

/// The header that carries the effect key of a request, unless the step names another.
pub const EFFECT_KEY_HEADER: &str = "Idempotency-Key";

/// What runs errands, in plans and refusals.
pub const COMMAND: &str = "command";
/// What sends errands, in plans and refusals.
pub const HTTP: &str = "http";

/// An errand. As a runbook writes it, its texts hold placeholders; in a plan they are
/// filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "errand")]
pub enum Errand {
    /// Run a command on this machine.
    Command(Command),
    /// Send a request.
    Http(HttpRequest),
    /// Do something on GitHub.
    Github(GithubErrand),
}

/// A command on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// The program and its arguments, each one argument whatever is in it; never empty.
    /// With [`Self::shell`] it is one text.
    pub run: Vec<String>,
    /// Whether the text goes to `sh -c`. Its placeholders are not filled in: values come as
    /// variables of [`Self::set`].
    pub shell: bool,
    /// The variables of our own environment that it gets; all others are kept from it.
    pub pass: Vec<String>,
    /// Variables that it gets besides.
    pub set: BTreeMap<String, String>,
    /// Variables whose values are secrets, by the secret's name in the vault.
    pub secrets: BTreeMap<String, String>,
    /// Where it runs, as a path from the workspace on; the workspace itself when absent.
    pub folder: Option<String>,
    /// The exit codes that mean it was done.
    pub success: Vec<i32>,
    /// Tells whether it has taken place: exit code 0 for yes, 1 for no, anything else for
    /// "cannot tell". Gets the same variables and folder.
    pub probe: Option<Vec<String>>,
    /// It is killed, with all that it began, when it takes longer.
    pub timeout: Millis,
}

impl Errand {
    /// As runbooks write it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Command(_) => COMMAND,
            Self::Http(_) => HTTP,
            Self::Github(errand) => errand.as_str(),
        }
    }

    /// Whether something can tell if it took place.
    #[must_use]
    pub const fn has_probe(&self) -> bool {
        match self {
            Self::Command(command) => command.probe.is_some(),
            Self::Http(request) => request.probe.is_some(),
            // It is looked up by its key.
            Self::Github(_) => true,
        }
    }

    /// How long carrying it out may take.
    #[must_use]
    pub const fn timeout(&self) -> Millis {
        match self {
            Self::Command(command) => command.timeout,
            Self::Http(request) => request.timeout,
            Self::Github(_) => GithubErrand::timeout(),
        }
    }

    /// The names of the secrets that it uses, each once, in order.
    #[must_use]
    pub fn secrets(&self) -> Vec<&str> {
        let mut names: Vec<&str> = match self {
            Self::Command(command) => command.secrets.values().map(String::as_str).collect(),
            Self::Http(request) => {
                let named = request.secrets.values().chain(&request.bearer);
                let placed = request.json_secrets.values();
                let all = named.chain(placed).map(String::as_str);
                all.chain(placed::in_address(&request.url)).collect()
            }
            // The connection's own.
            Self::Github(_) => Vec::new(),
        };
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The same with every text filled in.
    pub fn filled(&self, bindings: &Bindings) -> Result<Self, TemplateError> {
        Ok(match self {
            Self::Command(command) => Self::Command(command.filled(bindings)?),
            Self::Http(request) => Self::Http(request.filled(bindings)?),
            Self::Github(errand) => Self::Github(errand.filled(bindings)?),
        })
    }

    /// The call, as a plan shows it: everything but the secrets' values.
    #[must_use]
    pub fn call(&self) -> Call {
        match self {
            Self::Command(command) => command.call(),
            Self::Http(request) => request.call(),
            Self::Github(errand) => errand.call(),
        }
    }

    /// What a plan says that changes. What an errand changes out there is for its step to
    /// say; this is what can be known of it.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let (what, after) = match self {
            Self::Command(command) => ("what the command changes", words(&command.shown())),
            Self::Http(request) => {
                ("what the request changes", format!("{} {}", request.method.as_str(), request.url))
            }
            Self::Github(errand) => errand.change(),
        };
        let before = if self.has_probe() { "its probe finds it absent" } else { "not looked up" };
        vec![Change { what: what.to_owned(), before: before.to_owned(), after }]
    }

    /// What a plan relies on.
    #[must_use]
    pub fn expects(&self) -> Vec<Expectation> {
        Vec::new()
    }
}

impl Command {
    /// The program with its arguments, as it is started.
    #[must_use]
    pub fn shown(&self) -> Vec<String> {
        if self.shell {
            let mut argv = vec!["sh".to_owned(), "-c".to_owned()];
            argv.extend(self.run.iter().cloned());
            return argv;
        }
        self.run.clone()
    }

    fn filled(&self, bindings: &Bindings) -> Result<Self, TemplateError> {
        let all = |texts: &[String]| -> Result<Vec<String>, TemplateError> {
            texts.iter().map(|text| bindings.render(text)).collect()
        };
        Ok(Self {
            // What a shell would read as syntax is never pasted into its text.
            run: if self.shell { self.run.clone() } else { all(&self.run)? },
            set: self
                .set
                .iter()
                .map(|(name, text)| Ok((name.clone(), bindings.render(text)?)))
                .collect::<Result<_, TemplateError>>()?,
            folder: self.folder.as_deref().map(|text| bindings.render(text)).transpose()?,
            probe: self.probe.as_deref().map(all).transpose()?,
            ..self.clone()
        })
    }

    fn call(&self) -> Call {
        let mut body = serde_json::Map::new();
        let mut put = |key: &str, value: serde_json::Value| {
            body.insert(key.to_owned(), value);
        };
        put("run", self.shown().into());
        let mut names: Vec<&String> = self.pass.iter().chain(self.set.keys()).collect();
        names.extend(self.secrets.keys());
        names.sort_unstable();
        put("environment", names.into_iter().cloned().collect::<Vec<_>>().into());
        if !self.set.is_empty() {
            put("set", serde_json::json!(self.set));
        }
        if !self.secrets.is_empty() {
            let secrets: BTreeMap<&String, String> = self
                .secrets
                .iter()
                .map(|(variable, name)| (variable, format!("the secret `{name}`")))
                .collect();
            put("secrets", serde_json::json!(secrets));
        }
        if let Some(probe) = &self.probe {
            put("probe", serde_json::json!(probe));
        }
        put("success", serde_json::json!(self.success));
        put("timeout", self.timeout.to_string().into());
        let folder = self.folder.as_deref().unwrap_or(".");
        Call {
            system: COMMAND.to_owned(),
            scope: format!("this machine, folder `{folder}` of the workspace"),
            verb: "RUN".to_owned(),
            target: words(&self.shown()),
            body: serde_json::to_string_pretty(&body).ok(),
        }
    }
}

/// `argv` for a person's eye, with quotes where a word would be misread without them.
#[must_use]
pub fn words(argv: &[String]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    let word = |text: &String| {
        if !text.is_empty() && text.chars().all(plain) {
            text.clone()
        } else {
            format!("'{}'", text.replace('\'', r"'\''"))
        }
    };
    argv.iter().map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
