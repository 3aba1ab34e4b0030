//! The control plane of a folder with `up DIR PORT` and `down DIR`.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Command;

use super::{READY_WITHIN, log_end};
use crate::error::BedError;
use crate::process::{PidFolder, ProcessGroup};

/// What `up` started. Dropping it runs `down` and then ends what has not ended.
#[derive(Debug)]
pub(super) struct Started {
    folder: PathBuf,
    dir: PathBuf,
    // Dropped after `drop` below ran: the net for the case that it never does.
    _guard: PidFolder,
}

pub(super) async fn start(folder: &Path, dir: &Path, port: u16) -> Result<Started, BedError> {
    forget_old_ids(dir)?;
    // Before `up`, so that a failure half-way leaves nothing behind.
    let started =
        Started { folder: folder.to_owned(), dir: dir.to_owned(), _guard: PidFolder::guard(dir)? };
    let log = dir.join("up.log");
    let output = std::fs::File::create(&log).map_err(BedError::file(&log))?;
    let errors = output.try_clone().map_err(BedError::file(&log))?;
    let mut command = Command::new(folder.join("up"));
    command.arg(dir).arg(port.to_string());
    command.stdin(Stdio::null()).stdout(output).stderr(errors);
    let mut up = ProcessGroup::spawn("up", command)?;
    // What it started last may still be in its group.
    match tokio::time::timeout(READY_WITHIN, up.handed_over()).await {
        Ok(Ok(status)) if status.success() => Ok(started),
        Ok(Ok(_)) | Err(_) => Err(BedError::NotReady {
            program: "up".to_owned(),
            after: READY_WITHIN,
            log: log_end(&log),
        }),
        Ok(Err(source)) => Err(BedError::Start { program: "up".to_owned(), source }),
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // `down` removes the files that hold the ids.
        let groups = groups_in(&self.dir);
        let _ = std::process::Command::new(self.folder.join("down"))
            .arg(&self.dir)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        // The API server takes up to a minute to end politely; nothing here needs that.
        for group in groups {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// Removes what an earlier control plane in the same folder left: its processes are
/// gone, and their ids may be others' by now.
fn forget_old_ids(dir: &Path) -> Result<(), BedError> {
    for path in id_files(dir) {
        std::fs::remove_file(&path).map_err(BedError::file(&path))?;
    }
    Ok(())
}

/// `up` makes each program the leader of a session, and so of a group.
fn groups_in(dir: &Path) -> Vec<Pid> {
    id_files(dir)
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok()?.trim().parse().ok())
        .filter_map(Pid::from_raw)
        .collect()
}

fn id_files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "pid")).collect()
}
