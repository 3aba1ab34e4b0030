//! moto behind the door of the fakes: a real program that answers as Lambda does, with the
//! same faults in front of it.
//!
//! It was not written for us, so that what we send is read by somebody else. It has no
//! provisioned concurrency, which is answered here as for a function that keeps nothing warm,
//! and it takes a stale `RevisionId`: for what it does not check there is [`super::Lambda`].

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::process::Command;

use super::bed::{Serves, Serving};
use super::{ACCOUNT, Answer, Api, Asked, REGION, lambda};
use crate::error::BedError;
use crate::peer::Program;
use crate::port;
use crate::process::ProcessGroup;
use crate::ready::ready;

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(10);
const FUNCTIONS: &str = "/2015-03-31/functions";

/// A running moto with the function `checkout` in it; it ends with this value.
#[derive(Debug)]
pub struct Moto {
    port: u16,
    updates: u32,
    published: u8,
    _process: ProcessGroup,
}

impl Moto {
    /// Starts one that logs into `dir`. Its function has `count` versions, published one right
    /// after the other, and the alias `live` leads to the newest.
    pub async fn start(dir: &Path, count: u8) -> Result<Self, BedError> {
        let program = Program::Moto.find()?;
        let port = port::one()?;
        let log = dir.join("moto.log");
        let output = std::fs::File::create(&log).map_err(BedError::file(&log))?;
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(output);
        let mut process = ProcessGroup::spawn("moto_server", command)?;
        let url = format!("http://127.0.0.1:{port}/moto-api/");
        ready(&mut process, "moto_server", &url, &log).await?;
        let mut moto = Self { port, updates: 0, published: 0, _process: process };
        moto.arrange(count).map_err(|source| {
            let program = "moto_server".to_owned();
            BedError::Start { program, source }
        })?;
        Ok(moto)
    }

    fn arrange(&mut self, count: u8) -> std::io::Result<()> {
        let role = "Action=CreateRole&Version=2010-05-08&RoleName=shop\
                    &AssumeRolePolicyDocument=%7B%7D";
        let form = "application/x-www-form-urlencoded";
        done(&self.send("iam", ("POST", "/"), form, role.as_bytes())?)?;
        let function = json!({
            "FunctionName": "checkout",
            "Runtime": "nodejs22.x",
            "Role": format!("arn:aws:iam::{ACCOUNT}:role/shop"),
            "Handler": "checkout.serve",
            "Code": { "ZipFile": code(0) },
        });
        self.tell("POST", FUNCTIONS, &function)?;
        for _ in 0..count {
            self.publish()?;
        }
        let alias = json!({ "Name": "live", "FunctionVersion": count.to_string() });
        self.tell("POST", &format!("{FUNCTIONS}/checkout/aliases"), &alias)?;
        Ok(())
    }

    /// Publishes the next version, and tells its number.
    pub fn publish(&mut self) -> std::io::Result<String> {
        self.published += 1;
        let of = |rest: &str| format!("{FUNCTIONS}/checkout/{rest}");
        self.tell("PUT", &of("code"), &json!({ "ZipFile": code(self.published) }))?;
        let description = json!({ "Description": format!("build {}", self.published) });
        let published = self.tell("POST", &of("versions"), &description)?;
        Ok(published["Version"].as_str().unwrap_or_default().to_owned())
    }

    /// Publishes the next version and gives it a share of the alias, 0 to 1.
    pub fn canary(&mut self, share: f64) -> std::io::Result<String> {
        let number = self.publish()?;
        let weights = json!({ "AdditionalVersionWeights": { number.as_str(): share } });
        self.alter(&json!({ "RoutingConfig": weights }))?;
        Ok(number)
    }

    /// Writes a description of the alias, as a person would.
    pub fn described(&mut self, text: &str) -> std::io::Result<()> {
        self.alter(&json!({ "Description": text })).map(drop)
    }

    /// Where the alias leads: the version that gets the rest, and the weights.
    pub fn leads_to(&self) -> std::io::Result<(String, BTreeMap<String, f64>)> {
        let alias = self.alias()?;
        let weights = alias["RoutingConfig"]["AdditionalVersionWeights"].as_object();
        let weights = weights.into_iter().flatten();
        let weights = weights.map(|(version, share)| (version.clone(), share.as_f64()));
        let weights = weights.map(|(version, share)| (version, share.unwrap_or_default()));
        Ok((alias["FunctionVersion"].as_str().unwrap_or_default().to_owned(), weights.collect()))
    }

    /// The alias' description.
    pub fn description(&self) -> std::io::Result<String> {
        Ok(self.alias()?["Description"].as_str().unwrap_or_default().to_owned())
    }

    /// How often the alias was changed through the door.
    pub fn updates(&self) -> u32 {
        self.updates
    }

    fn alias(&self) -> std::io::Result<Value> {
        let path = format!("{FUNCTIONS}/checkout/aliases/live");
        done(&self.send("lambda", ("GET", &path), JSON, b"")?)
    }

    fn alter(&self, to: &Value) -> std::io::Result<Value> {
        self.tell("PUT", &format!("{FUNCTIONS}/checkout/aliases/live"), to)
    }

    fn tell(&self, method: &str, path: &str, body: &Value) -> std::io::Result<Value> {
        done(&self.send("lambda", (method, path), JSON, body.to_string().as_bytes())?)
    }

    /// One request on a connection of its own. It waits where it stands: moto answers within
    /// milliseconds, and whoever asks holds the fake for as long.
    fn send(
        &self,
        service: &str,
        (method, target): (&str, &str),
        kind: &str,
        body: &[u8],
    ) -> std::io::Result<Reply> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        // moto checks no signature; it reads the service and the region from its scope.
        let scope = format!("id/20260101/{REGION}/{service}/aws4_request");
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.port,
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body].concat())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        read(&String::from_utf8_lossy(&answer))
            .ok_or_else(|| std::io::Error::other("moto does not speak HTTP"))
    }
}

const JSON: &str = "application/json";

struct Reply {
    status: u16,
    error: Option<String>,
    body: String,
}

/// An answer whose end is the end of the connection.
fn read(text: &str) -> Option<Reply> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = lines.filter_map(|line| line.split_once(": "));
    let error = headers.find(|(name, _)| name.eq_ignore_ascii_case("x-amzn-errortype"));
    let error = error.map(|(_, value)| value.to_owned());
    Some(Reply { status, error, body: body.to_owned() })
}

fn done(reply: &Reply) -> std::io::Result<Value> {
    if reply.status < 300 {
        Ok(serde_json::from_str(&reply.body).unwrap_or_default())
    } else {
        Err(std::io::Error::other(format!("moto says {}: {}", reply.status, reply.body)))
    }
}

/// An archive without files, and unlike every other by its comment; in base64, as the API
/// takes it.
fn code(number: u8) -> String {
    let mut archive = b"PK\x05\x06".to_vec();
    archive.resize(20, 0);
    archive.extend([1, 0, number]);
    archive.chunks(3).map(base64).collect()
}

fn base64(three: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
    let bits = bits << (8 * (3 - three.len()));
    let letter = |at: usize| match at {
        at if at > three.len() => '=',
        at => char::from(LETTERS[(bits >> (18 - 6 * at)) as usize & 63]),
    };
    (0..4).map(letter).collect()
}

/// As it was before it was taken apart.
fn target(asked: &Asked) -> String {
    let escaped = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' | b':' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            })
            .collect()
    };
    let query: Vec<String> = asked
        .pairs()
        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
        .collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}{mark}{}", escaped(&asked.path), query.join("&"))
}

impl Serves for Moto {
    /// Every version that the alias sends requests to.
    fn serving(&mut self) -> Vec<Serving> {
        self.leads_to()
            .inspect_err(|error| tracing::warn!(%error, "moto does not say where the alias leads"))
            .map(|(primary, weights)| lambda::arms(&primary, &weights))
            .unwrap_or_default()
    }
}

impl Api for Moto {
    fn action(&self, asked: &Asked) -> String {
        lambda::action(asked).to_owned()
    }

    fn is_rehearsal(&self, action: &str, asked: &Asked) -> bool {
        lambda::is_rehearsal(action, asked)
    }

    fn answer(&mut self, action: &str, asked: &Asked) -> Answer {
        if action == "GetProvisionedConcurrencyConfig" {
            let why = "No Provisioned Concurrency Config found for this function";
            return Answer::no(404, "ProvisionedConcurrencyConfigNotFoundException", why);
        }
        match self.send("lambda", (&asked.method, &target(asked)), JSON, &asked.body) {
            Ok(Reply { status, error, body }) => {
                let changed = action == "UpdateAlias" && status < 300;
                self.updates += u32::from(changed && !self.is_rehearsal(action, asked));
                Answer { status, error, body, kind: JSON }
            }
            Err(error) => Answer::no(502, "ServiceException", &error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_written_as_the_api_takes_it() {
        assert_eq!(base64(b"PK\x05"), "UEsF");
        assert_eq!(base64(b"ab"), "YWI=");
        assert_eq!(base64(b"a"), "YQ==");
        assert_ne!(code(1), code(2), "another version is other code");
    }

    #[test]
    fn an_answer_is_read_with_what_it_refuses() {
        let text = "HTTP/1.1 404 NOT FOUND\r\nX-Amzn-ErrorType: ResourceNotFoundException\r\n\
                    Connection: close\r\n\r\n{}";
        let reply = read(text).expect("it is HTTP");
        assert_eq!((reply.status, reply.body.as_str()), (404, "{}"));
        assert_eq!(reply.error.as_deref(), Some("ResourceNotFoundException"));
        assert!(done(&reply).is_err());
    }
}
