use lastgood_core::time::{Millis, later};

use super::*;
use crate::clock::practice_epoch;

fn line(second: u64) -> Logged {
    let key = EffectKey { run: "r".into(), step: "stop".into(), undo: false, attempt: 1 };
    let place = Place { service: "checkout".into(), environment: "production".into() };
    let operation = Operation::RestoreRelease { release: "checkout:1".into() };
    Logged {
        at: later(practice_epoch(), Millis::seconds(second)),
        what: Happening::Applied { key, place, operation, fault: None },
    }
}

#[test]
fn a_file_gives_back_what_was_written_to_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("world.jsonl");
    let written = [line(1), line(2), Logged { at: line(9).at, what: Happening::Mark }];
    let mut log = FileLog::open(&path).expect("a new file");
    for line in &written {
        log.append(line).expect("it can be written");
    }
    assert!(
        matches!(FileLog::open(&path), Err(LogError::Held { .. })),
        "a second life must wait for the end of this one"
    );
    drop(log);
    let mut again = FileLog::open(&path).expect("the same file");
    assert_eq!(again.load().expect("whole"), written, "the next life reads what this one wrote");
    assert_eq!(again.last_seen().expect("whole"), Some(line(9).at), "time goes on from there");
}

#[test]
fn a_torn_last_line_never_happened_wherever_it_was_torn() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = serde_json::to_string(&line(2)).expect("it serialises");
    for cut in 0..whole.len() {
        let path = folder.path().join(format!("{cut}.jsonl"));
        FileLog::open(&path).expect("new").append(&line(1)).expect("written");
        let mut file = OpenOptions::new().append(true).open(&path).expect("there");
        file.write_all(&whole.as_bytes()[..cut]).expect("written");
        let mut log = FileLog::open(&path).expect("a torn file opens");
        assert_eq!(log.load().expect("mended"), [line(1)], "torn after {cut} bytes");
        log.append(&line(3)).expect("written");
        assert_eq!(log.load().expect("whole"), [line(1), line(3)], "torn after {cut} bytes");
    }
}

#[test]
fn half_a_line_that_could_not_be_finished_does_not_spoil_the_next_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("world.jsonl");
    let mut log = FileLog::open(&path).expect("new");
    log.append(&line(1)).expect("written");
    let mut file = OpenOptions::new().append(true).open(&path).expect("there");
    file.write_all(b"{\"at\":\"2026").expect("as far as the disk went");
    log.append(&line(2)).expect("there is space again");
    assert_eq!(log.load().expect("whole"), [line(1), line(2)], "only whole lines are kept");
}

#[test]
fn a_broken_line_in_the_middle_is_refused_with_its_number() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("world.jsonl");
    std::fs::write(&path, "{\"at\":\n{}\n").expect("written");
    let found = FileLog::open(&path).expect("it opens").load();
    assert!(matches!(found, Err(LogError::Broken { line: 1, .. })), "{found:?}");
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("world.jsonl");
    FileLog::open(&path).expect("new");
    let mode = std::fs::metadata(&path).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "only its owner");
}
