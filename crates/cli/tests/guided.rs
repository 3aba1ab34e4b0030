//! The real program with a person's lines piped in: what Enter, wrong keys and the end of
//! the input do to a run, and which number a script sees.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// `lastgood` in a data folder of its own, with `typed` on standard input.
fn lastgood(data: &Path, words: &[&str], typed: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lastgood"))
        .args(words)
        .current_dir(data)
        .env("LASTGOOD_DATA", data)
        .env("USER", "ana")
        .env("TZ", "UTC")
        .env_remove("LASTGOOD_WORKSPACE")
        .env_remove("LASTGOOD_LOG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut input = child.stdin.take().expect("it is piped");
    // The program may end before it has read everything.
    let _ = input.write_all(typed.as_bytes());
    drop(input);
    child.wait_with_output().expect("it ends")
}

fn data() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("one JSON document and nothing else: {error}: {}", out(output))
    })
}

/// How many decisions the journal of `run` holds.
fn decisions(data: &Path, run: &str) -> usize {
    let timeline = json(&lastgood(data, &["timeline", run, "--json"], ""));
    let lines = timeline["lines"].as_array().expect("it has lines").clone();
    lines.iter().filter(|line| line["kind"] == "decision").count()
}

const DRILL: [&str; 4] = ["drill", "bad-canary", "--speed", "1000"];

#[test]
fn enter_and_wrong_keys_change_nothing_and_the_end_of_the_input_leaves_the_run() {
    let data = data();
    let typed = format!("r\n{}x\nyes\nC\n", "\n".repeat(20));
    let output = lastgood(data.path(), &DRILL, &typed);
    assert_eq!(output.status.code(), Some(4), "{}", out(&output));
    assert!(out(&output).contains("lastgood resume bad-canary-1"), "{}", out(&output));
    assert_eq!(decisions(data.path(), "bad-canary-1"), 0, "nobody typed the key");
}

#[test]
fn a_plan_that_nobody_agrees_to_is_not_run() {
    let data = data();
    for typed in ["", "q\n", "\n\n\n", "c\nyes\n"] {
        let output = lastgood(data.path(), &DRILL, typed);
        assert_eq!(output.status.code(), Some(5), "{typed:?}: {}", out(&output));
    }
    assert_eq!(json(&lastgood(data.path(), &["runs", "--json"], "")), serde_json::json!([]));
}

#[test]
fn a_run_that_was_left_goes_on_where_it_was() {
    let data = data();
    let left = lastgood(data.path(), &DRILL, "r\nc\nq\n");
    assert_eq!(left.status.code(), Some(4), "{}", out(&left));
    assert_eq!(decisions(data.path(), "bad-canary-1"), 1, "one step was confirmed");
    let resumed = lastgood(data.path(), &["resume", "--auto", "--json"], "");
    assert_eq!(resumed.status.code(), Some(0), "{}", String::from_utf8_lossy(&resumed.stderr));
    assert_eq!(json(&resumed)["status"], "recovered");
    let again = lastgood(data.path(), &["resume", "bad-canary-1"], "");
    assert_eq!(again.status.code(), Some(5), "it has ended");
}

#[test]
fn a_person_is_guided_to_the_end_by_the_keys_that_are_named() {
    let data = data();
    let output = lastgood(data.path(), &DRILL, "r\nc\nc\nc\nc\nusers saw errors from nine on\n");
    let text = out(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("● Recovered: verification passed."), "{text}");
    assert!(text.contains("● Drill passed"), "{text}");
    let verified = lastgood(data.path(), &["journal", "verify"], "");
    assert_eq!(verified.status.code(), Some(0), "{}", out(&verified));
}

#[test]
fn an_abort_takes_a_reason_and_is_no_recovery() {
    let data = data();
    let output = lastgood(data.path(), &DRILL, "r\na\n\na\nfalse alarm\n");
    let text = out(&output);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(text.contains("Nothing was answered."), "Enter alone is no reason: {text}");
    assert!(text.contains("Aborted: false alarm"), "{text}");
}

#[test]
fn a_hold_needs_nothing_but_its_key_and_goes_on_by_another() {
    let data = data();
    let output = lastgood(data.path(), &DRILL, "r\nh\nc\nr\nn\nwatching\nq\n");
    let text = out(&output);
    assert!(text.contains("◫ Held by ana"), "{text}");
    assert!(text.contains("`c` is no answer here"), "a held run confirms nothing: {text}");
    assert!(text.contains("■ watching"), "{text}");
    assert_eq!(decisions(data.path(), "bad-canary-1"), 0);
}

#[test]
fn whoever_presents_a_drill_changes_its_world_and_the_timeline_keeps_it() {
    let data = data();
    let typed = "r\np\nmore-traffic\np\nx 900\np\nnonsense\np\ns\np\ns\nq\n";
    let output = lastgood(data.path(), &DRILL, typed);
    let text = out(&output);
    assert!(text.contains("[p] present"), "the key is named: {text}");
    assert!(text.contains("● Presenter: Double the traffic"), "{text}");
    assert!(text.contains("`nonsense` was not offered; nothing was done."), "{text}");
    let timeline = out(&lastgood(data.path(), &["timeline", "bad-canary-1"], ""));
    for act in [
        "Presenter: Double the traffic",
        "Presenter: 900 s of the practice world in one second",
        "Presenter: the practice world stands still",
        "Presenter: the practice world goes on",
    ] {
        assert_eq!(timeline.matches(act).count(), 1, "{act}: {timeline}");
    }
    assert_eq!(decisions(data.path(), "bad-canary-1"), 0, "the run was not answered by it");
    let world = std::fs::read_to_string(data.path().join("practice/bad-canary-1.jsonl"));
    assert!(world.expect("it is kept").contains("traffic"), "and the world is another one");
}

#[test]
fn a_run_is_seen_again_as_it_went_and_stays_as_it_is() {
    let data = data();
    let played = lastgood(data.path(), &["drill", "bad-canary", "--auto", "--seed", "7"], "");
    assert_eq!(played.status.code(), Some(0), "{}", out(&played));
    let before = json(&lastgood(data.path(), &["timeline", "bad-canary-7", "--json"], ""));
    let again = lastgood(data.path(), &["replay", "bad-canary-7"], "");
    let text = out(&again);
    assert_eq!(again.status.code(), Some(0), "{text}");
    assert!(text.starts_with("REPLAY "), "{text}");
    assert!(text.contains("DRILL bad-canary: simulated"), "{text}");
    let lines = before["lines"].as_array().expect("it has lines");
    for line in lines.iter().filter(|line| line["kind"] == "decision") {
        let said = line["text"].as_str().expect("it says something");
        assert!(text.contains(said), "{said}: {text}");
    }
    let whole = json(&lastgood(data.path(), &["replay", "bad-canary-7", "--json"], ""));
    let whole = whole["frames"].as_array().expect("it has frames").len();
    let part = ["replay", "bad-canary-7", "--to", "+0:30", "--json"];
    let part = json(&lastgood(data.path(), &part, ""));
    let frames = part["frames"].as_array().expect("it has frames");
    assert!(!frames.is_empty() && frames.len() < whole, "{} of {whole}", frames.len());
    assert!(frames.iter().all(|frame| frame["after"].as_u64() <= Some(30_000)), "{frames:?}");
    assert_ne!(part["view"]["status"], "recovered", "it was not, by then");
    for words in [["--from", "+9:99"], ["--to", "1999-01-01 10:00"], ["--speed", "-1"]] {
        let asked = [&["replay", "bad-canary-7"], &words[..]].concat();
        let refused = lastgood(data.path(), &asked, "");
        assert_ne!(refused.status.code(), Some(0), "{words:?}: {}", out(&refused));
    }
    let after = json(&lastgood(data.path(), &["timeline", "bad-canary-7", "--json"], ""));
    assert_eq!(after, before, "nothing was added by looking");
}

#[test]
fn a_drill_plays_itself_and_is_exported() {
    let data = data();
    let file = data.path().join("out.md");
    let words = ["drill", "bad-canary", "--auto", "--seed", "7", "--export"];
    let words: Vec<&str> = words.into_iter().chain(file.to_str()).collect();
    let output = lastgood(data.path(), &words, "");
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    let exported = std::fs::read_to_string(&file).expect("it was written");
    assert!(exported.contains("bad-canary-7"), "{exported}");
    let twin = lastgood(data.path(), &["export", "bad-canary-7", "--format", "md"], "");
    assert_eq!(out(&twin), exported, "exactly the bytes that were saved");
}

#[test]
fn a_plan_is_started_without_a_question_only_by_its_own_name() {
    let data = data();
    let wrong = lastgood(data.path(), &["run", "checkout", "--yes-plan", "0123456789ab"], "c\n");
    assert_eq!(wrong.status.code(), Some(5), "{}", out(&wrong));
    assert_eq!(json(&lastgood(data.path(), &["runs", "--json"], "")), serde_json::json!([]));
}

#[test]
fn a_problem_is_a_document_of_its_own_with_its_number() {
    let data = data();
    let output = lastgood(data.path(), &["show", "nope", "--json"], "");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(json(&output)["problem"]["code"], "not-found");
    assert!(String::from_utf8_lossy(&output.stderr).contains("There is no run `nope`"));
    let usage = lastgood(data.path(), &["drill"], "");
    assert_eq!(usage.status.code(), Some(2));
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let data = data();
    let mut child = Command::new(env!("CARGO_BIN_EXE_lastgood"))
        .args(["plan", "checkout"])
        .current_dir(data.path())
        .env("LASTGOOD_DATA", data.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("panicked"), "{said}");
    assert_eq!(output.status.code(), Some(0), "{said}");
}

/// The same with standard output going elsewhere: what it says on standard error, and its code.
#[cfg(target_os = "linux")]
fn lastgood_into(data: &Path, words: &[&str], into: Stdio) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_lastgood"))
        .args(words)
        .current_dir(data)
        .env("LASTGOOD_DATA", data)
        .env_remove("LASTGOOD_WORKSPACE")
        .stdin(Stdio::null())
        .stdout(into)
        .stderr(Stdio::piped())
        .output()
        .expect("the program starts");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Takes nothing, as a disk without room.
#[cfg(target_os = "linux")]
fn full() -> Stdio {
    std::fs::File::options().write(true).open("/dev/full").expect("Linux has it").into()
}

/// A pipe whose reader is gone.
#[cfg(target_os = "linux")]
fn unread() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_is_not_written_in_full_is_a_problem() {
    let data = data();
    let drill = lastgood(data.path(), &["drill", "bad-canary", "--auto", "--seed", "7"], "");
    assert_eq!(drill.status.code(), Some(0));
    for words in [
        &["export", "bad-canary-7"][..],
        &["export", "bad-canary-7", "--format", "md"],
        &["runs", "--json"],
        &["journal", "verify"],
        &["lint", "--practice"],
        &["drill", "bad-canary", "--auto", "--seed", "8", "--json"],
        &["drill", "bad-canary", "--auto", "--seed", "9"],
    ] {
        let (code, said) = lastgood_into(data.path(), words, full());
        assert_eq!(code, Some(1), "{words:?}: {said}");
        assert!(said.contains("disk-full"), "{words:?}: {said}");
    }
    let runs = json(&lastgood(data.path(), &["runs", "--json"], ""));
    let well = runs.as_array().expect("a list").iter().all(|run| run["status"] == "recovered");
    assert!(
        well && runs.as_array().map(Vec::len) == Some(3),
        "the runs themselves went on: {runs}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_script_plays_its_drill_to_the_end_without_a_reader() {
    let data = data();
    let words = ["drill", "bad-canary", "--auto", "--seed", "31"];
    let (code, said) = lastgood_into(data.path(), &words, unread());
    assert_eq!(code, Some(0), "{said}");
    let shown = json(&lastgood(data.path(), &["show", "bad-canary-31", "--json"], ""));
    assert_eq!(shown["status"], "recovered", "what the code says has happened");
}

#[cfg(target_os = "linux")]
#[test]
fn a_person_who_cannot_read_the_plan_has_started_nothing() {
    let data = data();
    let (code, said) = lastgood_into(data.path(), &["drill", "bad-canary"], unread());
    assert_eq!(code, Some(5), "refused before any change: {said}");
    assert_eq!(json(&lastgood(data.path(), &["runs", "--json"], "")), serde_json::json!([]));
}

#[test]
fn an_export_that_fails_after_its_run_adds_no_second_document() {
    let data = data();
    let there = data.path().display().to_string();
    let words = ["drill", "bad-canary", "--auto", "--seed", "7", "--json", "--export", &there];
    let output = lastgood(data.path(), &words, "");
    assert_eq!(json(&output)["status"], "recovered");
    assert_eq!(output.status.code(), Some(1), "the file is missing");
    assert!(String::from_utf8_lossy(&output.stderr).contains("ould not write"));
}

#[test]
fn a_file_in_place_of_the_data_folder_is_no_empty_journal() {
    let data = data();
    let file = data.path().join("file");
    std::fs::write(&file, "").expect("it can be written");
    for words in
        [&["runs", "--json"][..], &["journal", "verify", "--json"], &["show", "x", "--json"]]
    {
        let asked = [words, &["--data", file.to_str().expect("a plain path")]].concat();
        let output = lastgood(data.path(), &asked, "");
        assert_eq!(output.status.code(), Some(1), "{words:?}: {}", out(&output));
        assert_eq!(json(&output)["problem"]["code"], "file-unreadable", "{words:?}");
    }
}

#[test]
fn nobody_acts_without_a_name() {
    let data = data();
    let words = ["drill", "bad-canary", "--auto", "--json", "--as", " "];
    let output = lastgood(data.path(), &words, "");
    assert_eq!(output.status.code(), Some(1), "{}", out(&output));
    assert_eq!(json(&output)["problem"]["code"], "input-invalid");
}

#[test]
fn a_note_cannot_steer_the_terminal_that_shows_its_export() {
    let data = data();
    lastgood(data.path(), &["drill", "bad-canary", "--auto", "--seed", "7"], "");
    let note = ["note", "bad-canary-7", "seen \u{1b}]0;owned\u{7} here"];
    assert_eq!(lastgood(data.path(), &note, "").status.code(), Some(0));
    for format in ["md", "csv"] {
        let shown =
            out(&lastgood(data.path(), &["export", "bad-canary-7", "--format", format], ""));
        assert!(shown.contains("owned"), "{shown}");
        assert!(!shown.contains(['\u{1b}', '\u{7}']), "{format}: {shown:?}");
    }
}

#[test]
fn wrong_usage_is_the_document_too_when_one_is_asked_for() {
    let data = data();
    let output = lastgood(data.path(), &["plan", "checkout", "--jsn", "--json"], "");
    assert_eq!(output.status.code(), Some(2));
    let document = json(&output);
    assert_eq!(document["problem"]["code"], "usage-wrong");
    assert!(document["problem"]["chain"][0].as_str().is_some_and(|said| said.contains("--jsn")));
    let plain = lastgood(data.path(), &["plan", "checkout", "--jsn"], "");
    assert_eq!((plain.status.code(), plain.stdout.len()), (Some(2), 0));
}

#[test]
fn a_journal_is_copied_once_and_the_copy_can_be_put_in_its_place() {
    let (data, other) = (data(), data());
    let copy = other.path().join("journal.db");
    let named = copy.to_str().expect("the path is text");
    let none = lastgood(data.path(), &["journal", "backup", named], "");
    assert_eq!(none.status.code(), Some(1), "there is nothing to copy");
    let drill = lastgood(data.path(), &["drill", "bad-canary", "--auto", "--seed", "7"], "");
    assert_eq!(drill.status.code(), Some(0));
    let made = lastgood(data.path(), &["journal", "backup", named], "");
    assert_eq!(made.status.code(), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
    let held = lastgood(other.path(), &["runs", "--json"], "");
    assert_eq!(held.stdout, lastgood(data.path(), &["runs", "--json"], "").stdout);
    assert_eq!(lastgood(other.path(), &["journal", "verify"], "").status.code(), Some(0));
    let twice = lastgood(data.path(), &["journal", "backup", named], "");
    assert_eq!(twice.status.code(), Some(1), "a backup writes over nothing");
}

#[test]
fn a_drill_is_presented_from_a_second_terminal_in_the_name_of_whoever_sits_there() {
    let data = data();
    let mut driver = Command::new(env!("CARGO_BIN_EXE_lastgood"))
        .args(["drill", "bad-canary", "--speed", "2"])
        .current_dir(data.path())
        .env("LASTGOOD_DATA", data.path())
        .env("USER", "ana")
        .env_remove("LASTGOOD_WORKSPACE")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut input = driver.stdin.take().expect("it is piped");
    input.write_all(b"r\n").expect("it listens");
    let present = |words: &[&str]| {
        let words = [&["present", "bad-canary-1", "--json", "--as", "bo"], words].concat();
        lastgood(data.path(), &words, "")
    };
    // The plan is agreed to and the run is begun in its own time.
    let begun = std::iter::repeat_with(|| present(&[])).take(200).find(|one| one.status.success());
    let view = json(&begun.expect("the drill begins"));
    assert_eq!(view["speed"], 2.0, "{view}");
    assert_eq!(view["moves"][0]["id"], "more-traffic", "{view}");
    assert_eq!(json(&present(&["pause"]))["paused"], true);
    assert_eq!(json(&present(&["pause"]))["problem"]["code"], "not-now", "it stands already");
    assert_eq!(json(&present(&["inject", "nonsense"]))["problem"]["code"], "not-found");
    assert_eq!(
        json(&present(&["inject", "more-traffic"]))["done"],
        "Presenter: Double the traffic"
    );
    assert_eq!(json(&present(&["resume"]))["paused"], false);
    assert_eq!(json(&present(&["speed", "900"]))["speed"], 900.0);
    drop(input);
    assert_eq!(driver.wait().expect("it ends").code(), Some(4), "its own person left it");

    let timeline = json(&lastgood(data.path(), &["timeline", "bad-canary-1", "--json"], ""));
    let lines = timeline["lines"].as_array().expect("it has lines").iter();
    let acts: Vec<&str> = lines
        .filter(|line| line["source"]["name"] == "bo")
        .map(|line| line["text"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(
        acts,
        [
            "Presenter: the practice world stands still",
            "Presenter: Double the traffic",
            "Presenter: the practice world goes on",
            "Presenter: 900 s of the practice world in one second",
        ],
        "{timeline}"
    );
    let nobody = present(&["pause"]);
    assert_eq!(nobody.status.code(), Some(5), "it is refused");
    let said = json(&nobody)["problem"].to_string();
    assert!(said.contains("nobody drives drill `bad-canary-1`"), "{said}");
    assert!(said.contains("lastgood resume bad-canary-1"), "{said}");
}
