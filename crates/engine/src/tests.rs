//! A run lives through every crash, and through people.

mod crash;
mod life;
mod people;
mod world;
