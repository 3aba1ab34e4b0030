//! The real program with a real Secret Service: gnome-keyring on a D-Bus of its own, with a
//! keyring that is thrown away. Nothing here meets the keychain of whoever runs the tests.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use lastgood_testkit::peer::{Missing, Program, skipped};
use serde_json::Value;

/// What must be nowhere but in the keychain.
const VALUE: &str = "correct-horse-battery";

const CATALOG: &str = "\
services:
  checkout:
    environments:
      production:
        platform: { kubernetes: { context: prod, namespace: shop, deployment: checkout } }
connections:
  github: { github: { secret: github-token } }
  flags: { unleash: { url: \"http://127.0.0.1:1\", secret: unleash-token } }
";

/// A workspace, a home and a place for sockets, all in one folder.
struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["home", "run", "data", "workspace"] {
            std::fs::create_dir(folder.path().join(name)).expect("a folder in it");
        }
        std::fs::write(folder.path().join("workspace/lastgood.yaml"), CATALOG).expect("a file");
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// `program` in this bench and in no session of the machine's.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path().join("home"))
            .env("XDG_RUNTIME_DIR", self.path().join("run"))
            .env("LASTGOOD", env!("CARGO_BIN_EXE_lastgood"))
            .env("LASTGOOD_DATA", self.path().join("data"))
            .env("LASTGOOD_WORKSPACE", self.path().join("workspace"))
            .env("USER", "ana")
            .env("TZ", "UTC")
            .current_dir(self.path())
            .stdin(Stdio::null());
        command
    }

    /// `script` on a D-Bus of its own, where a keyring is unlocked.
    fn with_keyring(&self, script: &str) -> Result<Output, Missing> {
        Program::GnomeKeyring.find()?;
        let bus = Program::DbusSession.find()?;
        let unlock = "printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null";
        let output = self
            .command(bus)
            .args(["--", "sh", "-c", &format!("{unlock}\n{script}")])
            .output()
            .expect("the bus starts");
        Ok(output)
    }

    fn json(&self, name: &str) -> Value {
        let text = std::fs::read_to_string(self.path().join(name)).expect("it was written");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}: {text}"))
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).expect("it was written")
    }
}

fn places(list: &Value) -> Vec<(&str, &str)> {
    let rows = list["secrets"].as_array().expect("a list");
    rows.iter()
        .map(|row| (row["name"].as_str().expect("a name"), row["at"].as_str().expect("a place")))
        .collect()
}

/// What both streams said.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_secret_goes_into_the_keychain_and_is_found_there_until_it_is_removed() {
    let bench = Bench::new();
    let script = format!(
        "printf '{VALUE}\\n' | \"$LASTGOOD\" secret set github-token --json >set.json\n\
         \"$LASTGOOD\" secret list --json >list.json; echo $? >list.code\n\
         LASTGOOD_SECRET_UNLEASH_TOKEN=x \"$LASTGOOD\" secret list >list.txt; echo $? >all.code\n\
         \"$LASTGOOD\" secret remove github-token --json >remove.json\n\
         \"$LASTGOOD\" secret remove github-token --json >again.json\n\
         \"$LASTGOOD\" secret list --json >after.json\n"
    );
    let output = match bench.with_keyring(&script) {
        Ok(output) => output,
        Err(missing) => return skipped(&missing),
    };
    let said = said(&output);
    assert_eq!(bench.json("set.json")["kept"], true, "{said}");
    let list = bench.json("list.json");
    assert_eq!(places(&list), [("github-token", "keychain"), ("unleash-token", "nowhere")]);
    assert_eq!(list["secrets"][0]["used_by"][0], "connection github");
    assert_eq!(bench.text("list.code").trim(), "1", "one is not found");
    let told = bench.text("list.txt");
    assert!(told.contains("● keychain") && told.contains("● session"), "{told}");
    assert_eq!(bench.text("all.code").trim(), "0", "each is found");
    assert_eq!(bench.json("remove.json")["kept"], false);
    assert_eq!(bench.json("again.json")["problem"]["code"], "not-found");
    assert_eq!(places(&bench.json("after.json"))[0], ("github-token", "nowhere"));
    for file in ["set.json", "list.json", "list.txt", "remove.json", "after.json"] {
        assert!(!bench.text(file).contains(VALUE), "{file} shows the value");
    }
    assert!(!said.contains(VALUE), "{said}");
}

#[test]
fn a_locked_keychain_that_can_show_no_prompt_is_told_and_not_waited_for() {
    let bench = Bench::new();
    let script = format!(
        "printf '{VALUE}' | \"$LASTGOOD\" secret set github-token >set.txt\n\
         dbus-send --session --print-reply --dest=org.freedesktop.secrets \
         /org/freedesktop/secrets org.freedesktop.Secret.Service.Lock \
         array:objpath:/org/freedesktop/secrets/collection/login >lock.txt\n\
         \"$LASTGOOD\" secret list --json >list.json\n\
         printf '{VALUE}' | \"$LASTGOOD\" secret set unleash-token --json >other.json\n"
    );
    let output = match bench.with_keyring(&script) {
        Ok(output) => output,
        Err(missing) => return skipped(&missing),
    };
    let said = said(&output);
    let list = bench.json("list.json");
    assert_eq!(places(&list)[0], ("github-token", "locked"), "{list} {said}");
    let hint = list["secrets"][0]["problem"]["hint"].as_str().expect("what to do");
    assert!(hint.contains("LASTGOOD_SECRET_GITHUB_TOKEN"), "{hint}");
    let other = bench.json("other.json");
    assert_eq!(other["problem"]["chain"][0], "the secret `unleash-token` was not stored");
    assert!(!said.contains(VALUE), "{said}");
}

#[test]
fn without_a_d_bus_the_answer_is_a_sentence_with_a_code_and_a_way_out() {
    let bench = Bench::new();
    let output = bench
        .command(env!("CARGO_BIN_EXE_lastgood"))
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
        .args(["secret", "list", "--json"])
        .output()
        .expect("the program starts");
    let list: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!(
        places(&list),
        [("github-token", "unreachable"), ("unleash-token", "unreachable")],
        "{list}"
    );
    let problem = &list["secrets"][0]["problem"];
    assert_eq!(problem["code"], "unreachable");
    let hint = problem["hint"].as_str().expect("what to do");
    assert!(hint.starts_with("Set LASTGOOD_SECRET_GITHUB_TOKEN for this session"), "{hint}");
}

#[test]
fn a_value_on_the_command_line_is_refused_and_not_repeated() {
    let bench = Bench::new();
    let output = bench
        .command(env!("CARGO_BIN_EXE_lastgood"))
        .args(["secret", "set", "github-token", VALUE])
        .output()
        .expect("the program starts");
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("does not belong on the command line"), "{said}");
    assert!(!said.contains(VALUE), "{said}");
}

#[test]
fn nothing_piped_in_stores_nothing() {
    let bench = Bench::new();
    let output = bench
        .command(env!("CARGO_BIN_EXE_lastgood"))
        .args(["secret", "set", "github-token", "--json"])
        .output()
        .expect("the program starts");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!(answer["problem"]["code"], "input-invalid", "{answer}");
}
