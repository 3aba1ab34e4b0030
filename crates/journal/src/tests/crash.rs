use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use lastgood_core::ports::{Head, Journal as _, JournalError};

use super::{Place, notes, run};
use crate::SqliteJournal;
use crate::contract::note;

/// Where a child process finds its journal.
const PATH: &str = "LASTGOOD_JOURNAL_OF_CHILD";

/// Events in one append of the child.
const BATCH: u64 = 3;

/// Another process that runs the test `name` of this binary on the journal at `path`, to
/// be killed. A child that is dropped is killed too.
pub(super) struct Life(Child);

impl Life {
    pub(super) fn start(name: &str, path: &Path) -> Self {
        let child = Command::new(std::env::current_exe().expect("this binary"))
            .args(["--exact", name, "--ignored", "--nocapture", "--test-threads=1"])
            .env(PATH, path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("this binary starts");
        Self(child)
    }

    /// Kills it without warning once it has said `count` things, and gives everything it
    /// said until then: what follows `said ` in each whole line.
    pub(super) fn kill_after(mut self, count: usize) -> Vec<String> {
        let mut output = BufReader::new(self.0.stdout.take().expect("it is piped"));
        let mut said = Vec::new();
        let mut line = String::new();
        while output.read_line(&mut line).expect("it is text") > 0 {
            if let Some((_, words)) = line.split_once("said ")
                && let Some(words) = words.strip_suffix('\n')
            {
                said.push(words.to_owned());
            }
            line.clear();
            if said.len() == count {
                self.0.kill().expect("it lives");
            }
        }
        said
    }

    /// Waits until it has said something.
    pub(super) fn wait_for_a_word(&mut self) {
        let output = self.0.stdout.as_mut().expect("it is piped");
        let spoke =
            BufReader::new(output).lines().any(|line| line.expect("it is text").contains("said "));
        assert!(spoke, "the child ended without a word");
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        // It may have ended already, which is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where the child's journal is; `None` when nobody started this test as a child.
pub(super) fn path_of_child() -> Option<PathBuf> {
    std::env::var_os(PATH).map(PathBuf::from)
}

#[tokio::test]
#[ignore = "the child of the test below"]
async fn child_that_appends_until_it_is_killed() {
    let Some(path) = path_of_child() else { return };
    let journal = SqliteJournal::open(path).await.expect("it opens");
    let batch = [note(1, "a"), note(1, &"b".repeat(3000)), note(1, "c")];
    let (lease, mut head) = match journal.create(&run(), &batch).await {
        Ok(created) => created,
        Err(JournalError::Exists { .. }) => {
            let lease = journal.lease(&run()).await.expect("the dead hold no lease");
            let head = journal.append(&lease, &batch).await.expect("the lease is newest");
            (lease, head)
        }
        Err(error) => panic!("{error:?}"),
    };
    loop {
        println!("said {} {}", head.seq, head.hash);
        head = journal.append(&lease, &batch).await.expect("the lease is newest");
    }
}

#[tokio::test]
async fn every_acknowledged_append_survives_a_killed_process() {
    let place = Place::new();
    for life in 1..=12 {
        let name = "tests::crash::child_that_appends_until_it_is_killed";
        let said = Life::start(name, &place.path).kill_after(life);
        assert!(said.len() >= life, "the child appended");
        let journal = place.open().await;
        // A hash stands for everything before it, so the last word vouches for the others.
        let (seq, hash) = said.last().and_then(|words| words.split_once(' ')).expect("two words");
        let last = Head { seq: seq.parse().expect("a number"), hash: hash.to_owned() };
        let found = journal.verify_against(&run(), &last).await;
        let end = found.expect("what was acknowledged is there, unchanged");
        assert_eq!(end.seq % BATCH, 0, "an append is there as a whole or not at all");
        assert!(
            end.seq - last.seq <= BATCH,
            "at most one append was durable and not acknowledged yet"
        );
    }
}

/// The size of a frame's header, of the log's header and of a page
/// (<https://www.sqlite.org/fileformat2.html#the_write_ahead_log>).
const FRAME_HEADER: usize = 24;
const LOG_HEADER: usize = 32;
const PAGE: usize = 4096;
const FRAME: usize = FRAME_HEADER + PAGE;

/// A journal as a crash leaves it, and what it acknowledged after which length of log.
struct Left {
    file: Vec<u8>,
    log: Vec<u8>,
    acknowledged: Vec<(usize, Head)>,
}

async fn leave() -> Left {
    let place = Place::new();
    let wal = place.folder.path().join("journal.db-wal");
    let length = || std::fs::metadata(&wal).map_or(0, |log| log.len());
    let journal = place.open().await;
    let (lease, heads) = notes(&journal, &run(), 1).await;
    let mut acknowledged = vec![(usize::try_from(length()).expect("small"), heads[0].clone())];
    for second in 2..8 {
        // Large enough for a commit of several frames.
        let event = note(second, &"x".repeat(9000));
        let head = journal.append(&lease, &[event]).await.expect("the lease is newest");
        acknowledged.push((usize::try_from(length()).expect("small"), head));
    }
    let read = |path: &Path| std::fs::read(path).expect("it is there");
    Left { file: read(&place.path), log: read(&wal), acknowledged }
}

impl Left {
    /// Where the chain stands when the journal is opened with this log.
    async fn head_with(&self, log: &[u8]) -> Option<Head> {
        let place = Place::in_memory();
        std::fs::write(&place.path, &self.file).expect("it can be written");
        let wal = place.folder.path().join("journal.db-wal");
        std::fs::write(wal, log).expect("it can be written");
        match place.open().await.verify(&run()).await {
            Ok(head) => Some(head),
            Err(JournalError::NoSuchRun { .. }) => None,
            Err(error) => panic!("the chain holds whatever was cut: {error:?}"),
        }
    }

    /// The last commit that lies within the first `length` bytes of the log as a whole.
    fn expected(&self, length: usize) -> Option<&Head> {
        let within = self.acknowledged.iter().rev().find(|(end, _)| *end <= length);
        within.map(|(_, head)| head)
    }

    fn last_commit(&self) -> std::ops::Range<usize> {
        let [.., (before, _), (end, _)] = &self.acknowledged[..] else { panic!("seven commits") };
        *before..*end
    }
}

#[tokio::test]
async fn a_torn_log_loses_the_last_commit_as_a_whole_or_not_at_all() {
    let left = leave().await;
    let commit = left.last_commit();
    assert_eq!(commit.end, left.log.len(), "the log ends with the last commit");
    assert_eq!((left.log.len() - LOG_HEADER) % FRAME, 0, "the log is made of whole frames");
    assert!(commit.len() > FRAME, "the last commit has several frames");

    let borders = (LOG_HEADER..=left.log.len()).step_by(FRAME);
    let around = borders.flat_map(|at| [at - 1, at, at + 1, at + FRAME_HEADER]);
    let spread = commit.clone().step_by(commit.len() / 200);
    let header = [0, 1, LOG_HEADER / 2];
    let lengths: BTreeSet<usize> =
        around.chain(spread).chain(header).filter(|length| *length <= left.log.len()).collect();
    assert!(lengths.len() >= 200, "a fair spread");
    for length in lengths {
        let head = left.head_with(&left.log[..length]).await;
        assert_eq!(head.as_ref(), left.expected(length), "the log cut to {length} bytes");
    }
}

#[tokio::test]
async fn a_damaged_log_loses_the_damaged_commit_as_a_whole() {
    let left = leave().await;
    let commit = left.last_commit();
    for at in commit.clone().step_by(commit.len() / 60) {
        let mut log = left.log.clone();
        log[at] ^= 0x40;
        let head = left.head_with(&log).await;
        assert_eq!(head.as_ref(), left.expected(commit.start), "a flipped bit at {at}");
    }
}
