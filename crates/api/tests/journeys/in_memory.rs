//! The journal in memory, which the engine's tests run on, held to the same contracts as the file:
//! a test on something kinder than the real thing proves little.

use lastgood_engine::memory::MemoryJournal;
use lastgood_journal::contract::{journal_contract, ledger_contract};

#[tokio::test]
async fn the_journal_in_memory_keeps_the_contract_of_journals() {
    journal_contract(&MemoryJournal::default()).await;
}

#[tokio::test]
async fn the_ledger_in_memory_keeps_the_contract_of_ledgers() {
    ledger_contract(&MemoryJournal::default()).await;
}
