use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};

use super::*;

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

/// Ends when every process that holds the pipe's other end is gone.
async fn all_gone(mut stdout: BufReader<ChildStdout>) {
    let mut rest = Vec::new();
    tokio::time::timeout(std::time::Duration::from_secs(10), stdout.read_to_end(&mut rest))
        .await
        .expect("every process of the group is gone")
        .expect("the pipe can be read");
}

#[tokio::test]
async fn dropping_a_group_ends_the_children_of_its_leader_too() {
    let mut group = ProcessGroup::spawn("sh", shell("sleep 600 & echo up; wait"))
        .expect("a shell is everywhere");
    let mut stdout = BufReader::new(group.take_stdout().expect("standard output is a pipe"));
    let mut line = String::new();
    stdout.read_line(&mut line).await.expect("the shell speaks");
    drop(group);
    all_gone(stdout).await;
}

#[tokio::test]
async fn a_leader_that_ends_takes_what_it_left_in_the_background_along() {
    let mut group =
        ProcessGroup::spawn("sh", shell("sleep 600 & exit 3")).expect("a shell is everywhere");
    let stdout = BufReader::new(group.take_stdout().expect("standard output is a pipe"));
    let status = group.ended().await.expect("a child can be waited for");
    assert_eq!(status.code(), Some(3), "the leader's own status is reported");
    all_gone(stdout).await;
}

#[tokio::test]
async fn the_reaper_ends_listed_groups_when_its_input_closes_and_spares_dropped_ones() {
    let spawn = || {
        let mut child = shell("sleep 600").process_group(0).spawn().expect("a shell is everywhere");
        let stdout = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        (child.id().expect("it runs"), stdout, child)
    };
    let (listed, listed_stdout, _child) = spawn();
    let (spared, _stdout, mut spared_child) = spawn();
    let mut input = reaper(REAPER, None).expect("a shell is everywhere");
    writeln!(input, "add {spared}\nadd {listed}\ndrop {spared}").expect("the reaper reads");
    drop(input);
    all_gone(listed_stdout).await;
    assert!(
        spared_child.try_wait().expect("a child can be asked").is_none(),
        "a group that was taken off the list is somebody else's by now"
    );
    let id = Pid::from_raw(spared.cast_signed()).expect("a process id is not zero");
    kill_process_group(id, Signal::KILL).expect("it still runs");
}

#[tokio::test]
async fn a_pid_folder_ends_the_groups_in_it_when_dropped() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let guard = PidFolder::guard(folder.path()).expect("a shell is everywhere");
    let mut child = shell("sleep 600").process_group(0).spawn().expect("a shell is everywhere");
    let stdout = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
    let id = child.id().expect("it runs");
    std::fs::write(folder.path().join("it.pid"), format!("{id}\n")).expect("it is writable");
    drop(guard);
    all_gone(stdout).await;
}
