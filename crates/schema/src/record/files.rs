//! Which migration of a tool's record a file is.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256, Sha384};

use super::Tool;
use crate::assess::Migration;
use crate::source::{self, Source};

impl Tool {
    /// The migrations that files bring, under the names that the tool keeps in its table, in the
    /// order of the files. A file that is none of the tool's is left out, and so are those
    /// that share a name: which of them was applied cannot be told.
    pub fn migrations(self, sources: &[Source]) -> Vec<Migration> {
        let mut all: Vec<Migration> = sources
            .iter()
            .filter(|source| !source.leads_back())
            .flat_map(|source| self.of(source))
            .collect();
        let (mut once, mut twice) = (BTreeSet::new(), BTreeSet::new());
        for one in &all {
            if !once.insert(one.version.clone()) {
                twice.insert(one.version.clone());
            }
        }
        all.retain(|one| !twice.contains(&one.version));
        all
    }

    fn of(self, source: &Source) -> Vec<Migration> {
        if self == Self::Liquibase {
            return change_sets(source);
        }
        let name = file_name(&source.name);
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        let mut checksum = None;
        let version = match self {
            Self::Flyway => {
                checksum = Some(lines_crc(&source.text).to_string());
                flyway(&name)
            }
            Self::Rails | Self::GolangMigrate | Self::Goose | Self::TypeOrm => leading(&name),
            Self::Sqlx => {
                checksum = Some(hex(&Sha384::digest(&source.text)));
                leading(&name)
            }
            Self::Prisma => {
                checksum = Some(hex(&Sha256::digest(&source.text)));
                parent(&source.name).filter(|_| name == "migration.sql")
            }
            Self::Drizzle => Some(hex(&Sha256::digest(&source.text))),
            Self::Knex | Self::Sequelize => Some(name.clone()),
            Self::Alembic => assigned(&source.text, "revision").and_then(|mut all| all.pop()),
            Self::Django => app(&source.name).map(|app| format!("{app}.{stem}")),
            Self::Atlas => {
                Some(stem.split_once('_').map_or(stem, |(version, _)| version).to_owned())
            }
            Self::Pgroll | Self::Reshape => Some(stem.to_owned()),
            Self::Liquibase => None,
        };
        let found = version.map(|version| Migration { version, checksum, source: source.clone() });
        found.into_iter().collect()
    }
}

/// The versions that are not greater, in the order of `known`.
pub(super) fn through(last: &str, known: &[Migration]) -> Vec<String> {
    let not_greater = |one: &&Migration| by_parts(&one.version, last).is_some_and(Ordering::is_le);
    known.iter().filter(not_greater).map(|one| one.version.clone()).collect()
}

/// The Alembic revisions that lead to this one, it among them, in the order of `known`.
pub(super) fn leading_to(head: &str, known: &[Migration]) -> Vec<String> {
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut open = vec![head.to_owned()];
    while let Some(version) = open.pop() {
        let Some(found) = known.iter().find(|one| one.version == version) else { continue };
        if reached.insert(version) {
            for before in ["down_revision", "depends_on"] {
                open.extend(assigned(&found.source.text, before).unwrap_or_default());
            }
        }
    }
    known.iter().map(|one| one.version.clone()).filter(|one| reached.contains(one)).collect()
}

/// The texts that a Python file assigns to a name on its outermost level: one, or some in
/// brackets. None where the name is not assigned.
fn assigned(text: &str, name: &str) -> Option<Vec<String>> {
    let mut lines = text.lines();
    let first = lines.by_ref().find_map(|line| {
        let rest = line.strip_prefix(name)?.trim_start();
        if !rest.starts_with([':', '=']) {
            return None;
        }
        rest.split_once('=').map(|(_, value)| value)
    })?;
    let mut value = first.to_owned();
    while value.contains('(') && !value.contains(')') {
        value.push_str(lines.next()?);
    }
    let value = value.split('#').next().unwrap_or_default();
    let pieces = value.split(['"', '\'']);
    Some(pieces.skip(1).step_by(2).map(str::to_owned).collect())
}

/// A number without zeros in front; anything else as it is.
pub(super) fn plain(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|one| one.is_ascii_digit()) {
        return text.to_owned();
    }
    let short = text.trim_start_matches('0');
    if short.is_empty() { "0".to_owned() } else { short.to_owned() }
}

/// Flyway's versions: parts are numbers, `_` is `.`, and zeros at the end count for nothing.
pub(super) fn dotted(text: &str) -> String {
    let text = text.replace('_', ".");
    let mut parts: Vec<String> = text.split('.').map(plain).collect();
    while parts.len() > 1 && parts.last().is_some_and(|part| part == "0") {
        parts.pop();
    }
    parts.join(".")
}

/// Compares versions whose parts are numbers; none where one is no such version.
fn by_parts(left: &str, right: &str) -> Option<Ordering> {
    let parts = |text: &str| -> Option<Vec<u128>> {
        text.split('.').map(|part| part.parse().ok()).collect()
    };
    Some(parts(left)?.cmp(&parts(right)?))
}

/// The name that a Liquibase change set is known by here. The tool keeps the file's path as it was
/// given, which depends on where it was started; the file's name does not.
pub(super) fn change_set(file: &str, author: &str, id: &str) -> String {
    format!("{}::{id}::{author}", file_name(file))
}

/// The change sets of a file of SQL. Those of XML, YAML and JSON are not read.
fn change_sets(source: &Source) -> Vec<Migration> {
    let mut found: Vec<Migration> = Vec::new();
    for line in source.text.split_inclusive('\n') {
        let named = line.trim_start().strip_prefix("--").map(str::trim_start);
        let named = named.and_then(|rest| rest.strip_prefix("changeset"));
        let named = named.filter(|rest| rest.starts_with([' ', '\t']));
        let word = named.and_then(|rest| rest.split_whitespace().next());
        if let Some((author, id)) = word.and_then(|word| word.split_once(':')) {
            let version = change_set(&source.name, author, id);
            let text = Source::new(source.name.clone(), "");
            found.push(Migration { version, checksum: None, source: text });
        }
        if let Some(last) = found.last_mut() {
            last.source.text.push_str(line);
        }
    }
    found
}

fn flyway(name: &str) -> Option<String> {
    if name.starts_with("R__") {
        return Some(name.to_owned());
    }
    let (version, _) = name.strip_prefix(['V', 'v'])?.split_once("__")?;
    Some(dotted(version))
}

/// The number at the beginning of a name.
fn leading(name: &str) -> Option<String> {
    let digits: String = name.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then(|| plain(&digits))
}

pub(super) fn file_name(path: &str) -> String {
    source::file_name(path).to_owned()
}

/// The name of the folder that a file is in.
fn parent(path: &str) -> Option<String> {
    let (folder, _) = path.rsplit_once(['/', '\\'])?;
    Some(file_name(folder)).filter(|name| !name.is_empty())
}

/// A Django app is the folder around `migrations`. `__init__.py` is no migration.
fn app(path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once(['/', '\\'])?;
    let (app, migrations) = folder.rsplit_once(['/', '\\'])?;
    (migrations == "migrations" && !name.starts_with('_')).then(|| file_name(app))
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Flyway's checksum: the CRC-32 (ISO 3309) of all lines without their ends, as a signed number.
fn lines_crc(text: &str) -> i32 {
    let mut crc = u32::MAX;
    for byte in text.trim_start_matches('\u{feff}').lines().flat_map(str::bytes) {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    (!crc).cast_signed()
}
