//! A run lives through every crash, and through people.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test looks for one event among all; a new one is none it looks for"
)]

mod crash;
mod hand_over;
mod lease;
mod life;
mod people;
mod world;
