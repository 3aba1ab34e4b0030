//! A practice world whose process is killed in the middle of its work.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::*;

/// Where the child finds the log; without it there is nothing for the child to do.
const LOG: &str = "LASTGOOD_SIM_KILLED_LOG";

fn deed(turn: u64) -> Operation {
    if turn.is_multiple_of(2) { Operation::HaltRollout } else { Operation::ResumeRollout }
}

async fn turn(world: &PracticeWorld, turn: u64) -> Result<(), ApplyError> {
    let place = place("search");
    let seen = world.survey(&place).await?;
    let effect = world.resolve(&place, &deed(turn), &seen).await?;
    world.apply(&key(&format!("turn-{turn}"), 1), &effect).await.map(drop)
}

/// Halts and resumes until it is killed, and says so each time.
#[tokio::test]
#[ignore = "it is the process that the test below kills"]
async fn child() {
    let Ok(path) = std::env::var(LOG) else { return };
    let log = FileLog::open(path).expect("it opens");
    let world = world(Some(&scenario(Vec::new())), 9, &clock(after(Millis::minutes(1))), log);
    for number in 0..u64::MAX {
        turn(&world, number).await.expect("a rollout is under way");
        println!("\ndone {number}");
    }
}

#[tokio::test]
async fn what_was_answered_before_a_kill_is_there_after_it_exactly_once() {
    let folder = tempfile::tempdir().expect("a folder");
    for (round, answers) in [1, 2, 7, 30].into_iter().enumerate() {
        let path = folder.path().join(format!("{round}.jsonl"));
        let mut child = Command::new(std::env::current_exe().expect("we run"))
            .args(["--exact", "world::tests::killed::child", "--ignored", "--nocapture"])
            .env(LOG, &path)
            .stdout(Stdio::piped())
            .spawn()
            .expect("we can run again");
        let said = BufReader::new(child.stdout.take().expect("it is piped"));
        let done = said
            .lines()
            .map_while(Result::ok)
            .filter(|line| line.starts_with("done "))
            .take(answers)
            .count();
        child.kill().expect("it runs on and on");
        child.wait().expect("it is gone");
        assert_eq!(done, answers, "the child worked until it was killed");

        let log = FileLog::open(&path).expect("it opens");
        let clock = clock(after(Millis::minutes(1)));
        let world = world(Some(&scenario(Vec::new())), 9, &clock, log);
        let again = Bench { world, clock, log: MemoryLog::default() };
        for number in 0..answers as u64 {
            let effect = again.plan("search", &deed(number)).await;
            let found = again.world.probe(&key(&format!("turn-{number}"), 1), &effect).await;
            let present = matches!(found, lastgood_core::effect::Presence::Present(_));
            assert!(present, "turn {number} was answered: {found:?}");
        }
        drop(again);
        let lines = FileLog::open(&path).expect("it opens").load().expect("whole");
        let keys: std::collections::BTreeSet<_> =
            lines.iter().map(|line| serde_json::to_string(&line.what).expect("text")).collect();
        assert_eq!(keys.len(), lines.len(), "nothing took place twice");
    }
}
