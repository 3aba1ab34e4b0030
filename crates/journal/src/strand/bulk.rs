//! The lines of a long chain, many in one row of an answer: handing over a row costs more than
//! reading one. What is found here holds in full: every line against its hash, in its place.
//! What does not is no finding: `None`, and whoever asked goes line by line, which tells where
//! and why.

use sqlx::SqliteConnection;
use tokio::task::{JoinHandle, spawn_blocking};

use super::{Said, decode};
use crate::chain::{self, Hash, Line};

/// How many lines one row holds: some hundred kilobytes.
const AT_ONCE: i64 = 1_000;

/// Between the parts of a line, and between lines. JSON never holds them as they are; where they
/// stand all the same, the parts are too many.
const PART: char = '\u{1f}';
const LINE: char = '\u{1e}';

/// A line with its leaf, and the hash that is stored with it.
struct Read<T> {
    said: T,
    leaf: Hash,
    stored: Hash,
}

/// The lines of the chain `name` and where it stands; `None` where anything is odd.
pub(crate) async fn walk<T: Said>(
    connection: &mut SqliteConnection,
    lines: &'static str,
    name: &str,
    genesis: Hash,
    noun: &'static str,
) -> Option<(Vec<T>, Hash)> {
    let mut under_way: Vec<JoinHandle<Option<Vec<Read<T>>>>> = Vec::new();
    let mut after = 0;
    loop {
        let (count, text): (i64, String) = sqlx::query_as(lines)
            .bind(name)
            .bind(after)
            .bind(AT_ONCE)
            .fetch_one(&mut *connection)
            .await
            .ok()?;
        if count > 0 {
            let first = u64::try_from(after).ok()? + 1;
            // Read while the next ones are fetched.
            under_way.push(spawn_blocking(move || read(&text, first, count, noun)));
        }
        after += count;
        if count < AT_ONCE {
            break;
        }
    }
    let mut hash = genesis;
    let mut said = Vec::with_capacity(usize::try_from(after).ok()?);
    for lines in under_way {
        for one in lines.await.ok()?? {
            hash = chain::link(&hash, &one.leaf);
            if one.stored != hash {
                return None;
            }
            said.push(one.said);
        }
    }
    Some((said, hash))
}

fn read<T: Said>(text: &str, first: u64, count: i64, noun: &str) -> Option<Vec<Read<T>>> {
    let lines = (first..).zip(text.split(LINE)).map(|(seq, line)| one(seq, line, noun));
    let lines: Option<Vec<Read<T>>> = lines.collect();
    lines.filter(|lines| i64::try_from(lines.len()) == Ok(count))
}

fn one<T: Said>(seq: u64, line: &str, noun: &str) -> Option<Read<T>> {
    let mut parts = line.split(PART);
    let found: u64 = parts.next()?.parse().ok()?;
    let (at, recorded_at, kind) = (parts.next()?, parts.next()?, parts.next()?);
    let version = parts.next()?.parse().ok()?;
    let stored = unhex(parts.next()?)?;
    let body = parts.next()?;
    let line = Line { seq, at, recorded_at, kind, version, body };
    if found != seq || parts.next().is_some() || !line.is_plain() {
        return None;
    }
    Some(Read { said: decode(&line, noun).ok()?, leaf: line.leaf(), stored })
}

/// A hash as `hex()` of `SQLite` writes it.
fn unhex(text: &str) -> Option<Hash> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut hash = Hash::default();
    if text.len() != 2 * hash.len() {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(hash)
}
