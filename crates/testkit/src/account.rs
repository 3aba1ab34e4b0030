//! Servers that refuse to run as the administrator get an account of their own where we are one.

use std::path::Path;
use std::process::{Command, Stdio};

/// Who a server runs as.
pub(crate) struct Account {
    name: &'static str,
    needed: bool,
}

impl Account {
    /// The account that the server's package made; ourselves where we are no administrator.
    pub(crate) fn of(name: &'static str) -> Self {
        Self { name, needed: rustix::process::geteuid().is_root() }
    }

    /// Hands `folder` over.
    pub(crate) fn owns(&self, folder: &Path) -> Result<(), String> {
        if self.needed {
            carry_out(Command::new("chown").arg(self.name).arg(folder))
        } else {
            Ok(())
        }
    }

    /// A program that runs as no administrator and ends with this one.
    pub(crate) fn program(&self, program: &Path) -> Command {
        if !self.needed {
            return Command::new(program);
        }
        let name = self.name;
        let mut command = Command::new("setpriv");
        command.args([&format!("--reuid={name}"), &format!("--regid={name}")]);
        command.args(["--clear-groups", "--pdeathsig=QUIT"]).arg(program);
        command
    }
}

/// Carries out a short command; what it complained about where it failed.
pub(crate) fn carry_out(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}
