//! An HTTP request as a step sends it, and the question that finds it again.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{HTTP, placed};
use crate::check::{Assertion, Must};
use crate::effect::Call;
use crate::template::{Bindings, TemplateError};
use crate::time::Millis;

/// A request that changes something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HttpRequest {
    /// How.
    pub method: HttpMethod,
    /// Where; `http` or `https`. Values are percent-encoded when they are filled in; the names
    /// of secrets in it stay until it is sent.
    pub url: String,
    /// Sent as they are.
    pub headers: BTreeMap<String, String>,
    /// Headers whose values are secrets, by the secret's name in the vault.
    pub secrets: BTreeMap<String, String>,
    /// The secret that goes into `Authorization: Bearer …`.
    pub bearer: Option<String>,
    /// Sent as JSON.
    pub json: Option<Value>,
    /// The places of the body whose values are secrets, as JSON Pointers (RFC 6901), by the
    /// secret's name in the vault.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub json_secrets: BTreeMap<String, String>,
    /// What the answer must be; all must hold.
    pub expect: Vec<Assertion>,
    /// The header that carries the effect key.
    pub key_header: String,
    /// Tells whether it has taken place.
    pub probe: Option<HttpProbe>,
    /// From connecting to the last byte.
    pub timeout: Millis,
}

/// A question whose answer tells whether a request took place: yes when all of `expect`
/// hold; no when the answer is 404, or 2xx and something does not hold; anything else
/// cannot tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HttpProbe {
    /// Asked with GET and the headers of the request; [`KEY_PLACEHOLDER`] stands for the
    /// effect key.
    pub url: String,
    /// What holds of the answer when the request took place. Texts may hold
    /// [`KEY_PLACEHOLDER`].
    pub expect: Vec<Assertion>,
}

/// Stands for the effect key in a probe; filled in when it is asked, because a plan does not
/// know the run yet.
pub const KEY_PLACEHOLDER: &str = "{{ effect.key }}";

/// The methods that change something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HttpMethod {
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl HttpMethod {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// As it is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl HttpRequest {
    pub(super) fn filled(&self, bindings: &Bindings) -> Result<Self, TemplateError> {
        // The key is known when the request is sent; until then its placeholder stays.
        let mut bindings = bindings.clone().with("effect.key", KEY_PLACEHOLDER);
        // So is a secret, which no plan ever holds.
        for name in
            placed::in_address(&self.url).chain(self.json_secrets.values().map(String::as_str))
        {
            bindings = bindings.with(placed::reference(name), placed::placeholder(name));
        }
        let assertions = |all: &[Assertion]| -> Result<Vec<Assertion>, TemplateError> {
            all.iter().map(|one| assertion(one, &bindings)).collect()
        };
        let probe = |probe: &HttpProbe| -> Result<HttpProbe, TemplateError> {
            Ok(HttpProbe {
                url: address(&probe.url, &bindings)?,
                expect: assertions(&probe.expect)?,
            })
        };
        Ok(Self {
            url: address(&self.url, &bindings)?,
            headers: self
                .headers
                .iter()
                .map(|(name, text)| Ok((name.clone(), bindings.render(text)?)))
                .collect::<Result<_, TemplateError>>()?,
            json: self.json.as_ref().map(|value| json(value, &bindings)).transpose()?,
            expect: assertions(&self.expect)?,
            probe: self.probe.as_ref().map(probe).transpose()?,
            ..self.clone()
        })
    }

    pub(super) fn call(&self) -> Call {
        let mut sent = serde_json::Map::new();
        let mut headers: BTreeMap<String, String> = self.headers.clone();
        let secret = |name: &String| format!("the secret `{name}`");
        headers.extend(self.secrets.iter().map(|(header, name)| (header.clone(), secret(name))));
        if let Some(name) = &self.bearer {
            headers.insert("authorization".to_owned(), format!("Bearer {}", secret(name)));
        }
        headers.insert(self.key_header.to_ascii_lowercase(), "the effect key".to_owned());
        sent.insert("headers".to_owned(), serde_json::json!(headers));
        if let Some(json) = &self.json {
            sent.insert("json".to_owned(), json.clone());
        }
        if let Some(probe) = &self.probe {
            sent.insert("probe".to_owned(), format!("GET {}", probe.url).into());
        }
        sent.insert("timeout".to_owned(), self.timeout.to_string().into());
        Call {
            system: HTTP.to_owned(),
            scope: host(&self.url).to_owned(),
            verb: self.method.as_str().to_owned(),
            target: self.url.clone(),
            body: serde_json::to_string_pretty(&sent).ok(),
        }
    }
}

/// The host and port of an address.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority.rsplit('@').next().unwrap_or(authority)
}

/// Fills an address in: each value becomes one piece of it, whatever is in the value.
fn address(text: &str, bindings: &Bindings) -> Result<String, TemplateError> {
    bindings.render_with(text, |name, value| {
        if name == "effect.key" || placed::is_reference(name) {
            return value.to_owned();
        }
        value.bytes().fold(String::with_capacity(value.len()), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                // Writing into a string does not fail.
                let _ = write!(out, "%{byte:02X}");
            }
            out
        })
    })
}

/// Fills in the texts of a JSON value, each of which stays one text.
fn json(value: &Value, bindings: &Bindings) -> Result<Value, TemplateError> {
    Ok(match value {
        Value::String(text) => Value::String(bindings.render(text)?),
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| json(item, bindings)).collect::<Result<_, _>>()?)
        }
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(key, value)| Ok((key.clone(), json(value, bindings)?)))
                .collect::<Result<_, TemplateError>>()?,
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    })
}

fn assertion(one: &Assertion, bindings: &Bindings) -> Result<Assertion, TemplateError> {
    let must = |must: &Must| -> Result<Must, TemplateError> {
        Ok(match must {
            Must::Equal(text) => Must::Equal(bindings.render(text)?),
            Must::Contain(text) => Must::Contain(bindings.render(text)?),
            Must::Exist => Must::Exist,
        })
    };
    Ok(match one {
        Assertion::Header { name, must: wanted } => {
            Assertion::Header { name: name.clone(), must: must(wanted)? }
        }
        Assertion::Body(wanted) => Assertion::Body(must(wanted)?),
        Assertion::Json { path, must: wanted } => {
            Assertion::Json { path: path.clone(), must: must(wanted)? }
        }
        Assertion::Status(_) | Assertion::Faster(_) => one.clone(),
    })
}
