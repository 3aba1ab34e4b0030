//! What a folder of a checkout held at a commit.

use std::path::Path;

use super::{fed, is_plain, run};

/// More files than this are no folder of migrations.
const MOST_FILES: usize = 10_000;

/// Larger than all the texts of a long project's migrations.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// A folder as it was at some commit. Two commits with the same one held the same files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tree(String);

/// A file of a [`Tree`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path in the folder.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// What `folder`, which lies in a checkout, was at each of `commits`: one answer for each,
/// in their order, or why there is none.
pub async fn trees(folder: &Path, commits: &[String]) -> Vec<Result<Tree, String>> {
    let mut input = String::new();
    for commit in commits {
        // A blank line would be no question, and the answers would not line up.
        input += if is_plain(commit) { commit } else { "-" };
        input += ":./\n";
    }
    if commits.is_empty() {
        return Vec::new();
    }
    let lines: Vec<String> =
        match fed(folder, &["cat-file", "--batch-check"], input.into_bytes()).await {
            Ok(output) if output.status.success() => {
                String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
            }
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                let why = said.lines().next().unwrap_or("git failed").trim().to_owned();
                return vec![Err(format!("git in {}: {why}", folder.display())); commits.len()];
            }
            Err(why) => return vec![Err(why); commits.len()],
        };
    read_trees(&lines, commits)
}

/// Reads the answers of `git cat-file --batch-check`
/// (<https://git-scm.com/docs/git-cat-file>): `ID TYPE SIZE`, or the question and `missing`.
fn read_trees(lines: &[String], commits: &[String]) -> Vec<Result<Tree, String>> {
    let answer = |commit: &String, line: Option<&String>| {
        let mut words = line.map(String::as_str).unwrap_or_default().split(' ');
        match (words.next(), words.next()) {
            (Some(id), Some("tree")) => Ok(Tree(id.to_owned())),
            _ => Err(format!("the checkout does not have that folder at commit {}", short(commit))),
        }
    };
    commits.iter().enumerate().map(|(place, commit)| answer(commit, lines.get(place))).collect()
}

fn short(commit: &str) -> String {
    commit.chars().take(12).collect()
}

/// Every file of `tree`, in the order of their paths.
pub async fn files(folder: &Path, tree: &Tree) -> Result<Vec<File>, String> {
    let output = run(folder, &["ls-tree", "-r", "-z", "--full-tree", &tree.0]).await?;
    if !output.status.success() {
        return Err(format!("git in {} could not list a folder", folder.display()));
    }
    let listed = read_list(&output.stdout);
    if listed.len() > MOST_FILES {
        return Err(format!("{} holds more files than migrations can be", folder.display()));
    }
    if listed.is_empty() {
        return Ok(Vec::new());
    }
    let mut input = String::new();
    for (id, _) in &listed {
        input += id;
        input += "\n";
    }
    let output = fed(folder, &["cat-file", "--batch"], input.into_bytes()).await?;
    if !output.status.success() || output.stdout.len() > MOST_BYTES {
        return Err(format!("git in {} could not give the migrations", folder.display()));
    }
    read_texts(&output.stdout, listed)
        .ok_or_else(|| format!("git in {} gave an answer that cannot be read", folder.display()))
}

/// The files of `git ls-tree -r -z`: `MODE TYPE ID<tab>PATH`, each ended by a zero byte. What
/// is no file (a submodule, a link) is left out.
fn read_list(bytes: &[u8]) -> Vec<(String, String)> {
    bytes
        .split(|byte| *byte == 0)
        .filter_map(|line| {
            let line = std::str::from_utf8(line).ok()?;
            let (about, path) = line.split_once('\t')?;
            let mut about = about.split(' ');
            let (mode, kind, id) = (about.next()?, about.next()?, about.next()?);
            (kind == "blob" && mode.starts_with("100")).then(|| (id.to_owned(), path.to_owned()))
        })
        .collect()
}

/// The texts of `git cat-file --batch`: `ID blob SIZE`, a line's end, the bytes, a line's end.
fn read_texts(mut bytes: &[u8], listed: Vec<(String, String)>) -> Option<Vec<File>> {
    let mut files = Vec::with_capacity(listed.len());
    for (_, path) in listed {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let head = std::str::from_utf8(bytes.get(..end)?).ok()?;
        let size: usize = head.rsplit(' ').next()?.parse().ok()?;
        let from = end + 1;
        let text = String::from_utf8_lossy(bytes.get(from..from.checked_add(size)?)?).into_owned();
        bytes = bytes.get(from + size + 1..)?;
        files.push(File { path, text });
    }
    Some(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(folder: &Path, args: &[&str]) -> Option<String> {
        let output = std::process::Command::new("git")
            .arg("-C")
            .arg(folder)
            .args(["-c", "user.name=t", "-c", "user.email=t@example", "-c", "commit.gpgsign=false"])
            .args(args)
            .env_remove("GIT_DIR")
            .output()
            .ok()?;
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    #[tokio::test]
    async fn a_folder_is_read_as_it_was_at_each_commit() {
        let checkout = tempfile::tempdir().expect("a temporary folder");
        let folder = checkout.path().join("db/migrations");
        std::fs::create_dir_all(&folder).expect("it is writable");
        // A machine without git has nothing to test here.
        if git(checkout.path(), &["init", "-q", "-b", "main"]).is_none() {
            return;
        }
        let commit = |file: &str, text: &str| {
            std::fs::write(folder.join(file), text).expect("it is writable");
            git(checkout.path(), &["add", "."]);
            git(checkout.path(), &["commit", "-q", "-m", file]);
            git(checkout.path(), &["rev-parse", "HEAD"]).expect("git is there")
        };
        let first = commit("1_a.sql", "CREATE TABLE a (é int);\n");
        let second = commit("2 b.sql", "");
        std::fs::write(checkout.path().join("README"), "more").expect("it is writable");
        git(checkout.path(), &["add", "."]);
        git(checkout.path(), &["commit", "-q", "-m", "readme"]);
        let third = git(checkout.path(), &["rev-parse", "HEAD"]).expect("git is there");
        let asked = [first, second, third, "0".repeat(40), "x:y".to_owned(), String::new()];
        let found = trees(&folder, &asked).await;
        let (one, two) = (found[0].clone().expect("it was"), found[1].clone().expect("it was"));
        assert_eq!(found[2].as_ref(), Ok(&two), "the folder did not change");
        for place in [3, 4, 5] {
            assert!(found[place].is_err(), "no such commit: {:?}", found[place]);
        }
        let old = files(&folder, &one).await.expect("it is there");
        let text = "CREATE TABLE a (é int);\n".to_owned();
        assert_eq!(old, [File { path: "1_a.sql".to_owned(), text }]);
        let new: Vec<String> = files(&folder, &two)
            .await
            .expect("it is there")
            .into_iter()
            .map(|file| file.path)
            .collect();
        assert_eq!(new, ["1_a.sql", "2 b.sql"]);
    }

    #[tokio::test]
    async fn a_folder_outside_of_a_checkout_has_no_past() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let found = trees(folder.path(), &["a".repeat(40)]).await;
        assert!(found[0].is_err(), "{found:?}");
        let nowhere = trees(&folder.path().join("nowhere"), &["a".repeat(40)]).await;
        assert!(nowhere[0].is_err(), "{nowhere:?}");
    }
}
