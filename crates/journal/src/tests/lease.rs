use lastgood_core::ports::{Journal as _, JournalError, Lease};

use super::crash::{Life, path_of_child};
use super::{Place, notes, run};
use crate::SqliteJournal;
use crate::contract::note;

#[tokio::test]
#[ignore = "the child of the test below"]
async fn child_that_drives_until_it_is_killed() {
    let Some(path) = path_of_child() else { return };
    let journal = SqliteJournal::open(path).await.expect("it opens");
    let (_lease, head) = journal.create(&run(), &[note(1, "mine")]).await.expect("a new run");
    println!("said {} {}", head.seq, head.hash);
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_run_is_driven_by_one_process_until_that_dies() {
    let place = Place::new();
    let name = "tests::lease::child_that_drives_until_it_is_killed";
    let mut child = Life::start(name, &place.path);
    child.wait_for_a_word();

    let journal = place.open().await;
    let refused = journal.lease(&run()).await;
    assert!(
        matches!(refused, Err(JournalError::Held { run: named }) if named == run()),
        "two processes must never drive one run"
    );
    let created = journal.create(&run(), &[note(2, "")]).await;
    assert!(matches!(created, Err(JournalError::Exists { .. })), "nor may it be made again");
    let records = journal.runs().await.expect("runs can be listed");
    assert!(records[0].driven, "the list says that somebody drives it");
    assert_eq!(journal.read(&run(), 0).await.expect("anybody may look").len(), 1);
    let other = journal.create(&"r-2".into(), &[note(2, "")]).await;
    other.expect("other runs are free");

    drop(child);
    let records = journal.runs().await.expect("runs can be listed");
    assert!(!records[1].driven, "the dead drive nothing");
    let lease = journal.lease(&run()).await.expect("no lock outlives its process");
    assert!(lease.token > 1, "the token grows");
    let old = Lease { run: run(), token: 1 };
    let late = journal.append(&old, &[note(3, "late")]).await;
    assert!(matches!(late, Err(JournalError::Fenced { .. })), "the old lease is fenced off");
    let head = journal.append(&lease, &[note(3, "on time")]).await.expect("the lease is newest");
    assert_eq!(head.seq, 2);
}

#[tokio::test]
async fn looking_at_runs_never_looks_like_driving_them() {
    let place = Place::new();
    let (drives, looks) = (place.open().await, place.open().await);
    let (lease, _) = notes(&drives, &run(), 1).await;
    drives.release(lease).await.expect("it was held");
    let looking = async {
        for _ in 0..100 {
            looks.runs().await.expect("runs can be listed");
        }
    };
    let driving = async {
        for _ in 0..50 {
            let lease = drives.lease(&run()).await.expect("nobody drives it");
            drives.release(lease).await.expect("it was held");
        }
    };
    futures::join!(looking, driving);
}

// Elsewhere a file that is open keeps its name.
#[cfg(unix)]
#[tokio::test]
async fn the_token_fences_where_the_lock_was_taken_away() {
    let place = Place::new();
    let (old, new) = (place.open().await, place.open().await);
    let (first, heads) = notes(&old, &run(), 2).await;
    assert!(matches!(new.lease(&run()).await, Err(JournalError::Held { .. })));

    // Somebody tidies up, or the file system does not keep locks.
    std::fs::remove_file(place.folder.path().join("locks/r-1.lock")).expect("it is there");
    let second = new.lease(&run()).await.expect("nothing holds it any more");
    let late = old.append(&first, &[note(3, "late")]).await;
    assert!(matches!(late, Err(JournalError::Fenced { .. })), "the transaction looks for itself");
    assert_eq!(new.verify(&run()).await.expect("it holds"), heads[1]);
    new.append(&second, &[note(3, "on time")]).await.expect("the lease is newest");
}

#[tokio::test]
async fn a_newer_lease_of_the_same_process_still_keeps_others_away() {
    let place = Place::new();
    let (ours, theirs) = (place.open().await, place.open().await);
    let (old, _) = notes(&ours, &run(), 1).await;
    let new = ours.lease(&run()).await.expect("only other processes are refused");
    ours.release(old).await.expect("an old lease is nothing to give back");
    let refused = theirs.lease(&run()).await;
    assert!(matches!(refused, Err(JournalError::Held { .. })), "{refused:?}");
    ours.release(new).await.expect("it was held");
    theirs.lease(&run()).await.expect("nobody drives it");
}

#[tokio::test]
async fn processes_that_drive_different_runs_wait_for_each_other() {
    let place = Place::new();
    let (one, two) = (place.open().await, place.open().await);
    let (first, second) = ("r-1".into(), "r-2".into());
    let ((_, ours), (_, theirs)) =
        futures::join!(notes(&one, &first, 40), notes(&two, &second, 40));
    for (run, heads) in [(&first, ours), (&second, theirs)] {
        for journal in [&one, &two] {
            assert_eq!(&journal.verify(run).await.expect("it holds"), heads.last().expect("40"));
        }
    }
}

#[tokio::test]
async fn a_journal_that_is_closed_gives_its_leases_back() {
    let place = Place::new();
    let journal = place.open().await;
    let (old, _) = notes(&journal, &run(), 1).await;
    drop(journal);
    let journal = place.open().await;
    let new = journal.lease(&run()).await.expect("nobody drives it");
    assert!(new.token > old.token);
}

#[tokio::test]
async fn a_run_that_cannot_name_a_file_is_not_created() {
    let place = Place::new();
    let journal = place.open().await;
    for id in ["../../r", "a/b", "", ".."] {
        let created = journal.create(&id.into(), &[note(1, "")]).await;
        let error = created.expect_err("it must not become a path");
        assert!(matches!(error, JournalError::Storage { .. }), "{error:?}");
        let leased = journal.lease(&id.into()).await;
        assert!(matches!(leased, Err(JournalError::NoSuchRun { .. })), "{id}");
    }
    assert!(journal.runs().await.expect("runs can be listed").is_empty());
}
