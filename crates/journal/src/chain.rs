//! The hash chain of a run.
//!
//! `leaf = SHA256(0x00 || line)` and `chain = SHA256(0x02 || previous || leaf)`; the
//! prefixes keep leaves, RFC 6962 nodes (`0x01`) and links apart. The line is built from
//! the stored texts as they are, so that nothing has to be canonicalised twice.

use lastgood_core::name::RunId;
use sha2::{Digest, Sha256};

/// A SHA-256.
pub(crate) type Hash = [u8; 32];

/// What the chain of a run begins with; the run's id follows. It ties entries to their
/// run: a whole chain moved to another run does not verify there.
const DOMAIN: &[u8] = b"lastgood journal run\0";

/// The texts of one entry, exactly as they are stored.
#[derive(Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) seq: u64,
    pub(crate) at: &'a str,
    pub(crate) recorded_at: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) version: i64,
    pub(crate) body: &'a str,
}

impl Line<'_> {
    /// Whether the short texts need no escape inside a JSON string. Only such texts are
    /// ever written; with any other, two different entries could share one line.
    pub(crate) fn is_plain(&self) -> bool {
        [self.at, self.recorded_at, self.kind].iter().all(|text| {
            text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
        })
    }

    /// `{"seq":…,"at":"…","recorded_at":"…","kind":"…","version":…,"body":…}`, hashed.
    pub(crate) fn leaf(&self) -> Hash {
        let mut leaf = Sha256::new();
        leaf.update([0]);
        leaf.update(format!("{{\"seq\":{},\"at\":\"", self.seq));
        leaf.update(self.at);
        leaf.update("\",\"recorded_at\":\"");
        leaf.update(self.recorded_at);
        leaf.update("\",\"kind\":\"");
        leaf.update(self.kind);
        leaf.update(format!("\",\"version\":{},\"body\":", self.version));
        leaf.update(self.body);
        leaf.update("}");
        leaf.finalize().into()
    }
}

/// Where the chain of `run` stands before its first entry.
pub(crate) fn genesis(run: &RunId) -> Hash {
    let mut hash = Sha256::new();
    hash.update(DOMAIN);
    hash.update(run.as_str());
    hash.finalize().into()
}

/// What the chain of a ledger begins with; the name of its ground follows.
const LEDGER: &[u8] = b"lastgood journal ledger\0";

/// Where the chain of a ledger stands before its first remark.
pub(crate) fn ledger_genesis(ground: &str) -> Hash {
    let mut hash = Sha256::new();
    hash.update(LEDGER);
    hash.update(ground);
    hash.finalize().into()
}

/// What the chain of a run's annotations begins with; the run's id follows.
const ANNOTATIONS: &[u8] = b"lastgood journal annotations\0";

/// Where the chain of a run's annotations stands before its first one.
pub(crate) fn annotations_genesis(run: &RunId) -> Hash {
    let mut hash = Sha256::new();
    hash.update(ANNOTATIONS);
    hash.update(run.as_str());
    hash.finalize().into()
}

/// What the chain of the answers about a place begins with; the name of its ground follows.
const ATTESTATIONS: &[u8] = b"lastgood journal attestations\0";

/// Where the chain of the answers about a place stands before its first one.
pub(crate) fn attestations_genesis(ground: &str) -> Hash {
    let mut hash = Sha256::new();
    hash.update(ATTESTATIONS);
    hash.update(ground);
    hash.finalize().into()
}

/// What the chain of imported records begins with; there is one in each file.
const ARCHIVE: &[u8] = b"lastgood journal archive\0";

/// Where the chain of imported records stands before the first one.
pub(crate) fn archive_genesis() -> Hash {
    Sha256::digest(ARCHIVE).into()
}

/// Where the chain stands after one more leaf.
pub(crate) fn link(previous: &Hash, leaf: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update([2]);
    hash.update(previous);
    hash.update(leaf);
    hash.finalize().into()
}

/// The hash as text, in lower case.
pub(crate) fn hex(hash: &[u8]) -> String {
    use std::fmt::Write as _;
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line<'static> {
        Line {
            seq: 7,
            at: "2026-01-02T03:04:05Z",
            recorded_at: "2026-01-02T03:04:05.6Z",
            kind: "noted",
            version: 1,
            body: r#"{"event":"noted","by":"ada","text":"hm"}"#,
        }
    }

    #[test]
    fn the_chain_is_computed_as_documented() {
        let text = concat!(
            "\0{\"seq\":7,\"at\":\"2026-01-02T03:04:05Z\",\"recorded_at\":\"2026-01-02T03:04:05.6Z\",",
            "\"kind\":\"noted\",\"version\":1,",
            "\"body\":{\"event\":\"noted\",\"by\":\"ada\",\"text\":\"hm\"}}"
        );
        let leaf: Hash = Sha256::digest(text).into();
        assert_eq!(line().leaf(), leaf, "anybody with a SHA-256 can repeat it");

        let genesis = genesis(&"r-1".into());
        assert_eq!(genesis, Hash::from(Sha256::digest("lastgood journal run\0r-1")));

        let joined = [&[2][..], &genesis[..], &leaf[..]].concat();
        assert_eq!(link(&genesis, &leaf), Hash::from(Sha256::digest(joined)));
    }

    #[test]
    fn a_text_that_could_move_a_boundary_is_not_plain() {
        assert!(line().is_plain(), "this is what we write");
        for kind in ["a\"b", "a\\b", "a\nb", "a b", "ä"] {
            assert!(!Line { kind, ..line() }.is_plain(), "{kind:?} needs an escape");
        }
    }

    #[test]
    fn a_hash_reads_as_lower_case_hex() {
        assert_eq!(hex(&[0x00, 0x0a, 0xff]), "000aff");
    }
}
