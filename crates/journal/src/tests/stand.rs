use lastgood_core::ports::{Annotations as _, Journal as _};

use super::{Place, notes, run};
use crate::contract::{edited_by_hand, note, star};
use crate::{SqliteJournal, Stand};

async fn stand(journal: &SqliteJournal) -> Stand {
    journal.stand().await.expect("it is read").expect("it is told")
}

#[tokio::test]
async fn a_journal_that_nobody_touches_stands_where_it_stood() {
    let place = Place::new();
    let journal = place.open().await;
    notes(&journal, &run(), 3).await;
    let before = stand(&journal).await;
    journal.read(&run(), 0).await.expect("it is read");
    journal.runs().await.expect("they are listed");
    assert_eq!(stand(&journal).await, before, "reading changes nothing");
}

#[tokio::test]
async fn whatever_is_written_moves_the_stand_of_a_journal() {
    let place = Place::new();
    let journal = place.open().await;
    let (lease, _) = notes(&journal, &run(), 3).await;
    let mut before = stand(&journal).await;
    let mut moved = async |what: &str| {
        let now = stand(&journal).await;
        assert_ne!(now, before, "{what}");
        before = now;
    };

    journal.append(&lease, &[note(4, "entry 4")]).await.expect("the lease is newest");
    moved("an entry of this process").await;
    journal.annotate(&run(), 0, &[star(1, 1)]).await.expect("it is kept");
    moved("what a person says of the record").await;

    let other = place.open().await;
    other.annotate(&run(), 1, &[star(2, 2)]).await.expect("it is kept");
    moved("what another process writes").await;

    let edit = "DROP TRIGGER entry_is_never_changed; UPDATE entry SET kind = 'held' WHERE seq = 2";
    edited_by_hand(&place.path, edit).await;
    moved("an edit with a database browser").await;

    let mut bytes = std::fs::read(&place.path).expect("it is there");
    bytes.push(0);
    std::fs::write(&place.path, bytes).expect("it is written");
    moved("an edit of the file's bytes").await;
}
