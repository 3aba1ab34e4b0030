//! Where the fixture service's binary is.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::error::BedError;
use crate::peer::workspace_root;
use crate::process::ProcessGroup;

/// Names the binary, for those who have it elsewhere.
pub const PROGRAM_VARIABLE: &str = "LASTGOOD_FIXTURE";

const NAME: &str = "lastgood-fixture";

/// Finds the binary: where [`PROGRAM_VARIABLE`] says, else beside this executable, else
/// by building it, which the tests of other crates need the first time.
pub(crate) async fn find() -> Result<PathBuf, BedError> {
    if let Some(named) = std::env::var_os(PROGRAM_VARIABLE) {
        return Ok(named.into());
    }
    let executable = std::env::current_exe().map_err(BedError::file(Path::new("this program")))?;
    // Tests run in `deps`, the binaries are one folder up.
    let beside = |path: &Path| {
        path.ancestors().skip(1).take(2).map(|dir| dir.join(NAME)).find(|path| path.is_file())
    };
    if let Some(found) = beside(&executable) {
        return Ok(found);
    }
    build().await?;
    beside(&executable).ok_or_else(|| BedError::Start {
        program: NAME.to_owned(),
        source: std::io::Error::other(format!(
            "it was built, but not into the folder of this program; set {PROGRAM_VARIABLE}"
        )),
    })
}

async fn build() -> Result<(), BedError> {
    let start = |source| BedError::Start { program: "cargo build".to_owned(), source };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--package", "lastgood-testkit", "--bin", NAME]);
    command.current_dir(workspace_root()).stdin(Stdio::null());
    let status = ProcessGroup::spawn("cargo build", command)?.ended().await.map_err(start)?;
    if status.success() { Ok(()) } else { Err(start(std::io::Error::other(status.to_string()))) }
}
