//! The incident timeline, folded from the journal.
