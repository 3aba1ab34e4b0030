//! A PostgreSQL of the test's own: in a temporary folder, on a socket in it, gone at the end.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::account::{self, Account};

/// A running server.
pub struct Server {
    bin: PathBuf,
    folder: tempfile::TempDir,
    process: Child,
}

/// Where the newest PostgreSQL is installed.
fn installed() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> = versions
        .filter_map(Result::ok)
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").is_file())
        .collect();
    found.sort();
    found.pop()
}

impl Server {
    /// Starts one.
    ///
    /// # Errors
    ///
    /// Why that cannot be, as a sentence; with the command that installs it where it is not
    /// installed.
    pub fn start() -> Result<Self, String> {
        if std::env::var_os("LASTGOOD_TEST_QUICK").is_some_and(|value| !value.is_empty()) {
            return Err("quick tests start no real systems: unset LASTGOOD_TEST_QUICK".to_owned());
        }
        let bin =
            installed().ok_or("PostgreSQL is not installed: apt-get install postgresql-15")?;
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let account = Account::of("postgres");
        account.owns(folder.path())?;
        let data = folder.path().join("data");
        let mut initdb = account.program(&bin.join("initdb"));
        initdb.args(["-A", "trust", "-U", "owner", "--no-sync", "-E", "UTF8", "--locale=C", "-D"]);
        account::carry_out(initdb.arg(&data))?;
        let mut server = account.program(&bin.join("postgres"));
        server.arg("-D").arg(&data).arg("-k").arg(folder.path());
        for setting in [
            "listen_addresses=",
            "fsync=off",
            "full_page_writes=off",
            "synchronous_commit=off",
            "timezone=UTC",
            "jit=off",
            "max_connections=20",
        ] {
            server.args(["-c", setting]);
        }
        let log =
            std::fs::File::create(folder.path().join("log")).map_err(|error| error.to_string())?;
        server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let process = server.spawn().map_err(|error| error.to_string())?;
        let started = Self { bin, folder, process };
        started.ready()?;
        Ok(started)
    }

    /// The folder with the socket.
    #[must_use]
    pub fn socket(&self) -> &Path {
        self.folder.path()
    }

    fn ready(&self) -> Result<(), String> {
        let until = Instant::now() + Duration::from_mins(1);
        loop {
            // The client itself waits between its tries.
            let mut ask = Command::new(self.bin.join("pg_isready"));
            ask.args(["-q", "-t", "1", "-U", "owner", "-h"]).arg(self.folder.path());
            if ask.status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            if Instant::now() > until {
                let log =
                    std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                return Err(format!("the server did not start: {log}"));
            }
            std::thread::yield_now();
        }
    }

    /// Lets `psql` carry out a script; what it printed, and whether all went well.
    ///
    /// # Panics
    ///
    /// Where `psql` cannot be started or its pipes break.
    #[expect(clippy::must_use_candidate, reason = "a script that prepares says nothing")]
    pub fn psql(&self, database: &str, script: &str) -> (String, bool) {
        let mut command = Command::new(self.bin.join("psql"));
        command.args(["-X", "-q", "-A", "-t", "-U", "owner", "-d", database, "-f", "-", "-h"]);
        command
            .arg(self.socket())
            .env("PGOPTIONS", "-c client_min_messages=warning -c statement_timeout=20s");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("psql can be started");
        let mut input = child.stdin.take().expect("a pipe");
        let script = script.to_owned();
        let writer = std::thread::spawn(move || input.write_all(script.as_bytes()));
        let mut errors = child.stderr.take().expect("a pipe");
        let reader = std::thread::spawn(move || {
            let mut text = String::new();
            errors.read_to_string(&mut text).map(|_| text)
        });
        let output = child.wait_with_output().expect("psql ends");
        // A script that stops early leaves its rest unread.
        let _ = writer.join().expect("the writer ends");
        let errors = reader.join().expect("the reader ends").unwrap_or_default();
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&errors);
        (text, output.status.success())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Immediate shutdown; the folder goes with us.
        if let Some(pid) = rustix::process::Pid::from_raw(self.process.id().cast_signed()) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::QUIT);
        }
        let _ = self.process.wait();
    }
}
