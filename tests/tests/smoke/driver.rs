//! As much of `WebDriver` as driving one window needs, in the words of a test.
//!
//! Every wait is the driver's own: it looks for an element until it is there, and gives up
//! after [`PATIENCE`].

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// How long the driver looks for an element. A debug build on two busy cores makes a plan
/// in about a second.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// How long we wait for the driver itself; longer than it waits for an element.
const ANSWER: Duration = Duration::from_mins(1);

/// How often an element may be replaced while we look at it.
const REDRAWN: usize = 5;

/// How the standard names an element in an answer.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys that are no character, as the standard writes them.
pub(crate) const CONTROL: char = '\u{e009}';
pub(crate) const ENTER: char = '\u{e007}';

/// A window in the hands of a test.
pub(crate) struct Driver {
    at: SocketAddr,
    session: String,
}

impl Driver {
    /// Starts the program through the driver that listens at `port`.
    pub(crate) fn start(port: u16, program: &str, args: &[String]) -> Result<Self> {
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "webkitgtk:browserOptions": { "binary": program, "args": args }
        } } });
        let begun = ask(at, "POST", "/session", &wanted).context("the window did not start")?;
        let session = text(&begun["sessionId"])?;
        let driver = Self { at, session };
        let wait = u64::try_from(PATIENCE.as_millis())?;
        driver.post("timeouts", &json!({ "implicit": wait, "script": wait }))?;
        Ok(driver)
    }

    /// Waits for the first element that an `XPath` finds; says what was there instead.
    pub(crate) fn see(&self, path: &str) -> Result<()> {
        self.find(path).map(drop)
    }

    /// Presses an element with the mouse.
    pub(crate) fn click(&self, path: &str) -> Result<()> {
        self.on(path, |id| self.post(&format!("element/{id}/click"), &json!({}))).map(drop)
    }

    /// What a person reads in an element.
    pub(crate) fn text(&self, path: &str) -> Result<String> {
        let read = |id: &str| {
            let path = format!("/session/{}/element/{id}/text", self.session);
            ask(self.at, "GET", &path, &Value::Null)
        };
        text(&self.on(path, read)?)
    }

    /// Does something with an element, again where the window drew another in its place
    /// between finding and doing.
    fn on(&self, path: &str, act: impl Fn(&str) -> Result<Value>) -> Result<Value> {
        for _ in 0..REDRAWN {
            match act(&self.find(path)?) {
                Err(error) if error.to_string().contains("stale element") => {}
                done => return done,
            }
        }
        bail!("`{path}` is drawn anew all the time")
    }

    fn find(&self, path: &str) -> Result<String> {
        match self.post("element", &json!({ "using": "xpath", "value": path })) {
            Ok(found) => text(&found[ELEMENT]),
            Err(error) => {
                let shown = self.script("return document.body.innerText")?;
                Err(error.context(format!("no `{path}` in the window, which shows: {shown}")))
            }
        }
    }

    /// Presses keys together, the way a person does: after having had the time to read.
    pub(crate) fn press(&self, chord: &[char]) -> Result<()> {
        // A gate ignores everybody for its first 400 ms.
        let mut actions = vec![json!({ "type": "pause", "duration": 450 })];
        actions.extend(chord.iter().map(|key| json!({ "type": "keyDown", "value": key })));
        actions.extend(chord.iter().rev().map(|key| json!({ "type": "keyUp", "value": key })));
        let keys = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] });
        self.post("actions", &keys).map(drop)
    }

    /// Runs a script in the page and gives what it returns.
    pub(crate) fn script(&self, script: &str) -> Result<Value> {
        self.post("execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Runs a script that hands its answer to `done`.
    pub(crate) fn script_until_done(&self, script: &str) -> Result<Value> {
        let script = format!("const done = arguments[0]; {script}");
        self.post("execute/async", &json!({ "script": script, "args": [] }))
    }

    /// Lets the window draw what it has been told.
    pub(crate) fn settle(&self) -> Result<()> {
        let drawn = "requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
        self.script_until_done(drawn).map(drop)
    }

    /// The whole window as PNG.
    pub(crate) fn screenshot(&self) -> Result<Vec<u8>> {
        let path = format!("/session/{}/screenshot", self.session);
        let taken = ask(self.at, "GET", &path, &Value::Null)?;
        Ok(STANDARD.decode(text(&taken)?)?)
    }

    fn post(&self, command: &str, body: &Value) -> Result<Value> {
        ask(self.at, "POST", &format!("/session/{}/{command}", self.session), body)
    }
}

/// One request, one connection: the driver is on this machine and there are few of them.
fn ask(at: SocketAddr, method: &str, path: &str, body: &Value) -> Result<Value> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut wire = TcpStream::connect_timeout(&at, ANSWER)?;
    wire.set_read_timeout(Some(ANSWER))?;
    wire.set_write_timeout(Some(ANSWER))?;
    let length = body.len();
    write!(
        wire,
        "{method} {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )?;
    let mut answer = Vec::new();
    wire.read_to_end(&mut answer).with_context(|| format!("the driver is silent about {path}"))?;
    let answer = String::from_utf8(answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("the driver answered with no HTTP")?;
    let mut answer: Value =
        serde_json::from_str(body).with_context(|| format!("the driver answered with `{body}`"))?;
    let value = answer["value"].take();
    if !head.starts_with("HTTP/1.1 200") {
        bail!("{}: {}", value["error"], value["message"]);
    }
    Ok(value)
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| anyhow!("`{value}` is no text"))
}
