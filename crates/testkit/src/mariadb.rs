//! A MariaDB of the test's own: in a temporary folder, on a socket in it, gone at the end.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::account::{self, Account};

/// The account that the package makes.
const ACCOUNT: &str = "mysql";

/// A running server.
pub struct Server {
    folder: tempfile::TempDir,
    process: Child,
}

/// Where the package puts the server, which is not on everybody's path.
fn installed() -> Option<PathBuf> {
    ["/usr/sbin/mariadbd", "/usr/local/sbin/mariadbd", "/usr/bin/mariadbd"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.is_file())
}

impl Server {
    /// Starts one, with `options` beside what a test needs. It listens on a socket only.
    ///
    /// # Errors
    ///
    /// Why that cannot be, as a sentence; with the command that installs it where it is not
    /// installed.
    pub fn start(options: &[&str]) -> Result<Self, String> {
        if std::env::var_os("LASTGOOD_TEST_QUICK").is_some_and(|value| !value.is_empty()) {
            return Err("quick tests start no real systems: unset LASTGOOD_TEST_QUICK".to_owned());
        }
        let server =
            installed().ok_or("MariaDB is not installed: apt-get install mariadb-server")?;
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let account = Account::of(ACCOUNT);
        account.owns(folder.path())?;
        let data = folder.path().join("data");
        let mut install = account.program(Path::new("mariadb-install-db"));
        install.args(["--no-defaults", "--auth-root-authentication-method=normal"]);
        install.args(["--skip-test-db", "--innodb-flush-log-at-trx-commit=0"]);
        // A script, which takes an option and its value as one word only.
        let folder_of_data = format!("--datadir={}", data.display());
        account::carry_out(install.arg(&folder_of_data))?;
        let mut command = account.program(&server);
        command.args(["--no-defaults", "--innodb-flush-log-at-trx-commit=0"]);
        command.args(["--innodb-buffer-pool-size=16M", "--character-set-server=utf8mb4"]);
        command.arg(&folder_of_data);
        command.arg("--socket").arg(folder.path().join("socket"));
        command.arg("--pid-file").arg(folder.path().join("pid"));
        if !options.iter().any(|option| option.starts_with("--port")) {
            command.arg("--skip-networking");
        }
        let log =
            std::fs::File::create(folder.path().join("log")).map_err(|error| error.to_string())?;
        command.args(options).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let process = command.spawn().map_err(|error| error.to_string())?;
        let started = Self { folder, process };
        started.ready()?;
        Ok(started)
    }

    /// The socket, as a file.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    fn ready(&self) -> Result<(), String> {
        let until = Instant::now() + Duration::from_mins(1);
        loop {
            // The client itself waits between its tries.
            let mut ask = Command::new("mariadb-admin");
            ask.args(["--no-defaults", "--user=root", "--wait=1", "--connect-timeout=1", "ping"]);
            ask.arg("--socket").arg(self.socket()).stdout(Stdio::null()).stderr(Stdio::null());
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

    /// Lets the server's own client carry out a script as its owner; what it printed, and whether
    /// all went well.
    ///
    /// # Panics
    ///
    /// Where the client cannot be started or its pipes break.
    #[expect(clippy::must_use_candidate, reason = "a script that prepares says nothing")]
    pub fn client(&self, script: &str) -> (String, bool) {
        let mut command = Command::new("mariadb");
        command.args(["--no-defaults", "--user=root", "--batch", "--skip-column-names"]);
        command.arg("--socket").arg(self.socket());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the client can be started");
        let mut input = child.stdin.take().expect("a pipe");
        let script = script.to_owned();
        let writer = std::thread::spawn(move || input.write_all(script.as_bytes()));
        let output = child.wait_with_output().expect("the client ends");
        // A script that stops early leaves its rest unread.
        let _ = writer.join().expect("the writer ends");
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        (text, output.status.success())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing in the folder is worth an orderly end; it goes with us.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
