use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use lastgood_core::ports::{Journal as _, JournalError, Stamped};

use super::{Place, close, notes, run};
use crate::SqliteJournal;
use crate::contract::note;

async fn pragma(journal: &SqliteJournal, sql: String) {
    let mut writer = journal.store.writer.lock().await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut *writer).await.expect("it is a pragma");
}

#[tokio::test]
async fn appending_several_events_is_one_commit() {
    let place = Place::new();
    let journal = place.open().await;
    let (lease, _) = notes(&journal, &run(), 1).await;
    let commits = Arc::new(AtomicU32::new(0));
    {
        let commits = Arc::clone(&commits);
        let mut writer = journal.store.writer.lock().await;
        writer.lock_handle().await.expect("it is idle").set_commit_hook(move || {
            commits.fetch_add(1, Ordering::SeqCst);
            true
        });
    }
    let events: Vec<Stamped> = (2..52).map(|second| note(second, "many")).collect();
    journal.append(&lease, &events).await.expect("the lease is newest");
    assert_eq!(commits.load(Ordering::SeqCst), 1, "fifty events, one commit");
    journal.append(&lease, &events[..1]).await.expect("the lease is newest");
    assert_eq!(commits.load(Ordering::SeqCst), 2, "one event, one commit");
}

#[tokio::test]
async fn a_full_disk_is_said_and_costs_nothing_but_the_append() {
    let place = Place::new();
    let journal = place.open().await;
    let (lease, heads) = notes(&journal, &run(), 3).await;
    pragma(&journal, "PRAGMA max_page_count = 1".to_owned()).await; // what is used already stays
    let large = note(4, &"x".repeat(100_000));
    for _ in 0..3 {
        let full = journal.append(&lease, &[note(4, "small"), large.clone()]).await;
        assert!(matches!(full, Err(JournalError::Full { .. })), "{full:?}");
        let end = journal.verify(&run()).await.expect("it still holds");
        assert_eq!(end, heads[2], "nothing of the append is there");
    }
    pragma(&journal, "PRAGMA max_page_count = 1000000".to_owned()).await;
    let head = journal.append(&lease, &[large]).await.expect("there is space again");
    assert_eq!(head.seq, 4, "the lease and the connection outlived the full disk");
}

/// A file system of its own, gone at the end.
#[cfg(target_os = "linux")]
struct Small(tempfile::TempDir);

#[cfg(target_os = "linux")]
impl Small {
    fn mount() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let status = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=512k", "tmpfs"])
            .arg(folder.path())
            .status()
            .expect("there is a mount");
        assert!(status.success(), "mounting needs root");
        Self(folder)
    }
}

#[cfg(target_os = "linux")]
impl Drop for Small {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
#[ignore = "mounts a small file system: needs root"]
async fn a_disk_that_is_really_full_is_said_and_survived() {
    let disk = Small::mount();
    let path = disk.0.path().join("journal.db");
    let journal = SqliteJournal::open(&path).await.expect("it opens");
    let (lease, mut heads) = notes(&journal, &run(), 1).await;
    let error = loop {
        match journal.append(&lease, &[note(2, &"x".repeat(5000))]).await {
            Ok(head) => heads.push(head),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, JournalError::Full { .. }), "{error:?}");
    assert!(heads.len() > 5, "there was some space");
    let last = heads.last().expect("there are some").clone();
    assert_eq!(journal.verify(&run()).await.expect("it can still be read"), last);
    let backup = journal.backup_to(disk.0.path().join("backup.db")).await;
    assert!(matches!(backup, Err(JournalError::Full { .. })), "{backup:?}");
    assert!(!disk.0.path().join("backup.db").exists(), "half of a backup is none");

    let status = std::process::Command::new("mount")
        .args(["-o", "remount,size=8m"])
        .arg(disk.0.path())
        .status();
    assert!(status.expect("there is a mount").success());
    let head = journal.append(&lease, &[note(3, "after")]).await.expect("there is space again");
    assert_eq!(head.seq, last.seq + 1);
    close(journal).await;

    let journal = SqliteJournal::open(&path).await.expect("it opens");
    assert_eq!(journal.verify(&run()).await.expect("it holds"), head);
}

#[cfg(target_os = "linux")]
#[tokio::test]
#[ignore = "mounts a small file system: needs root"]
async fn a_disk_that_is_read_only_is_said_and_nothing_is_lost() {
    let disk = Small::mount();
    let remount = |how: &str| {
        let mut mount = std::process::Command::new("mount");
        let status = mount.args(["-o", how]).arg(disk.0.path()).status();
        assert!(status.expect("there is a mount").success(), "{how}");
    };
    let path = disk.0.path().join("journal.db");
    let journal = SqliteJournal::open(&path).await.expect("it opens");
    let (_, heads) = notes(&journal, &run(), 2).await;
    close(journal).await;
    remount("remount,ro");
    let journal = SqliteJournal::open(&path).await.expect("what is there can be read");
    assert!(!journal.is_writable());
    assert_eq!(journal.verify(&run()).await.expect("it holds"), heads[1]);
    assert!(!journal.runs().await.expect("they can be listed")[0].driven);
    for error in [
        journal.lease(&run()).await.err(),
        journal.create(&"r-2".into(), &[note(3, "")]).await.err(),
    ] {
        assert!(matches!(error, Some(JournalError::ReadOnly { .. })), "{error:?}");
    }
    close(journal).await;
    let error = SqliteJournal::open(disk.0.path().join("new.db")).await.expect_err("it is new");
    assert!(matches!(error, JournalError::ReadOnly { .. }), "{error:?}");
    remount("remount,rw");
    let journal = SqliteJournal::open(&path).await.expect("it opens");
    assert_eq!(journal.verify(&run()).await.expect("it holds"), heads[1]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
#[ignore = "mounts a small file system: needs root"]
async fn a_journal_on_a_full_disk_can_be_opened_and_read() {
    let disk = Small::mount();
    let path = disk.0.path().join("journal.db");
    let journal = SqliteJournal::open(&path).await.expect("it opens");
    let (lease, heads) = notes(&journal, &run(), 2).await;
    journal.release(lease).await.expect("it is held");
    close(journal).await;
    let filler = disk.0.path().join("filler");
    let _ = std::fs::write(&filler, vec![0_u8; 64 * 1024 * 1024]).expect_err("the disk is full");
    let journal = SqliteJournal::open(&path).await.expect("what is there can be read");
    assert_eq!(journal.verify(&run()).await.expect("it holds"), heads[1]);
    let error = journal.create(&"r-2".into(), &[note(3, "")]).await.expect_err("it is full");
    assert!(matches!(error, JournalError::Full { .. }), "{error:?}");
    close(journal).await;
    std::fs::remove_file(filler).expect("it is there");
    let journal = SqliteJournal::open(&path).await.expect("it opens");
    journal.lease(&run()).await.expect("there is space again");
}

#[tokio::test]
async fn a_copy_to_read_holds_what_is_still_in_the_log() {
    let place = Place::new();
    let journal = place.open().await;
    let (_, heads) = notes(&journal, &run(), 3).await;
    let path = journal.store.path().to_owned();
    assert!(std::fs::metadata(crate::file::beside(&path, "-wal")).expect("a log").len() > 0);
    let copy = crate::aside::Aside::copy(&path).expect("it can be read");
    let read = SqliteJournal::open(copy.path()).await.expect("it is a journal");
    assert_eq!(read.verify(&run()).await.expect("it holds"), heads[2]);
}

#[tokio::test]
async fn a_journal_that_cannot_be_written_can_still_be_read() {
    let place = Place::new();
    let journal = place.open().await;
    let (lease, heads) = notes(&journal, &run(), 2).await;
    pragma(&journal, "PRAGMA query_only = ON".to_owned()).await;
    let refused = [
        journal.append(&lease, &[note(3, "")]).await.err(),
        journal.lease(&run()).await.err(),
        journal.create(&"r-2".into(), &[note(3, "")]).await.err(),
    ];
    for error in refused {
        assert!(matches!(error, Some(JournalError::ReadOnly { .. })), "{error:?}");
    }
    assert_eq!(journal.verify(&run()).await.expect("it holds"), heads[1]);
    let lease = journal.lease(&"r-2".into()).await;
    assert!(matches!(lease, Err(JournalError::NoSuchRun { .. })), "the refused run is not there");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_cannot_be_written_is_said() {
    // Not even root makes files there, unlike in a folder without write permission.
    let error = SqliteJournal::open("/sys/journal.db").await.expect_err("nobody can");
    assert!(matches!(error, JournalError::ReadOnly { .. }), "{error:?}");
}

#[tokio::test]
async fn an_append_whose_caller_went_away_leaves_nothing_half_done() {
    let place = Place::new();
    let journal = place.open().await;
    let (lease, heads) = notes(&journal, &run(), 1).await;
    let events: Vec<Stamped> = (2..42).map(|second| note(second, "many")).collect();
    for polls in 0..12 {
        // Dropped after so many steps, wherever it is then.
        let mut append = std::pin::pin!(journal.append(&lease, &events));
        for _ in 0..polls {
            if futures::poll!(&mut append).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    let end = journal.append(&lease, &[note(60, "last")]).await.expect("the lease is newest");
    assert_eq!((end.seq - heads[0].seq - 1) % 40, 0, "every append is whole or absent");
    assert_eq!(journal.verify(&run()).await.expect("the chain holds"), end);
}

#[tokio::test]
async fn a_backup_is_made_while_the_journal_is_in_use() {
    let place = Place::new();
    let journal = place.open().await;
    let (lease, heads) = notes(&journal, &run(), 20).await;
    let target = place.folder.path().join("copies of 100 %/it's a backup.db");
    std::fs::create_dir(target.parent().expect("it has one")).expect("it can be made");
    let appending = async {
        for second in 21..60 {
            journal.append(&lease, &[note(second, "meanwhile")]).await.expect("newest");
        }
    };
    let (copied, ()) = futures::join!(journal.backup_to(&target), appending);
    copied.expect("nothing stands in the way");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&target).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "a copy belongs to its owner alone, too");
    }

    let again = journal.backup_to(&target).await;
    assert!(matches!(again, Err(JournalError::Storage { doing: "back up to", .. })), "{again:?}");
    let copy = SqliteJournal::open(&target).await.expect("a backup is a journal");
    let end = copy.verify_against(&run(), &heads[19]).await.expect("it has what was there");
    let now = journal.verify_against(&run(), &end).await.expect("and nothing else");
    assert_eq!(now.seq, 59);
    let lease = copy.lease(&run()).await.expect("it can be used");
    copy.append(&lease, &[note(60, "on")]).await.expect("the lease is newest");
}

#[tokio::test]
async fn a_backup_overwrites_nothing() {
    let place = Place::new();
    let journal = place.open().await;
    notes(&journal, &run(), 1).await;
    let target = place.folder.path().join("precious");
    for text in ["", "precious"] {
        std::fs::write(&target, text).expect("it can be written");
        journal.backup_to(&target).await.expect_err("it is there already");
        assert_eq!(std::fs::read_to_string(&target).ok().as_deref(), Some(text), "not touched");
    }
    journal.backup_to(&place.path).await.expect_err("least of all itself");
    journal.verify(&run()).await.expect("it holds");
}
