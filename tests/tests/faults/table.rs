//! The faults, and what must come of each.

use std::collections::BTreeSet;
use std::future::Future;
use std::time::{Duration, Instant};

use futures::future::join_all;
use lastgood_api::core::effect::{ApplyError, Presence};
use lastgood_api::core::name::EffectKey;
use lastgood_api::core::problem::Code;
use lastgood_api::problem_of;
use lastgood_testkit::relay::{Asked, Fault};

use crate::peers::{Peer, SECRET, Said};

/// A change has thirty seconds, after a look that may have four tries of ten.
const CHANGE: Duration = Duration::from_secs(45);
/// A question: four tries of ten seconds with their pauses.
const LOOK: Duration = Duration::from_secs(75);
/// So often a question is asked at the most, by each of the requests that it consists of.
const TRIES: usize = 4;

/// One fault.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// What the relay does; nobody listens at all when `None`.
    fault: Option<Fault>,
    /// Whether nobody can know what became of a change.
    is_lost: bool,
    /// What a person meets, by its code. Systems differ in what they mean by a status.
    codes: &'static [Code],
    /// Whether the same question may be asked again within its time.
    may_repeat: bool,
}

const fn row(
    name: &'static str,
    fault: Fault,
    is_lost: bool,
    codes: &'static [Code],
    may_repeat: bool,
) -> Row {
    Row { name, fault: Some(fault), is_lost, codes, may_repeat }
}

/// No answer, or one of a system in trouble.
const SILENT: &[Code] = &[Code::Unreachable];
/// There is none of that name: it is gone, or the name is wrong.
const ABSENT: &[Code] = &[Code::NotFound, Code::Gone, Code::Rejected];
/// An answer that is none of the system's own.
const FOREIGN: &[Code] = &[Code::Unreachable, Code::Rejected];

const ROWS: [Row; 15] = [
    Row { name: "refused", fault: None, is_lost: false, codes: SILENT, may_repeat: true },
    row("401", Fault::Says(401, None), false, &[Code::Unauthorised], false),
    // Metrics tell "not known" and "not allowed" apart as little as most of their proxies do.
    row("403", Fault::Says(403, None), false, &[Code::Forbidden, Code::Unauthorised], false),
    row("404", Fault::Says(404, None), false, ABSENT, false),
    row("409", Fault::Says(409, None), false, &[Code::Rejected], false),
    row("429 with Retry-After", Fault::Says(429, Some(3_600)), false, FOREIGN, false),
    row("429 without", Fault::Says(429, None), false, FOREIGN, true),
    row("500", Fault::Says(500, None), true, SILENT, true),
    row("503", Fault::Says(503, None), true, SILENT, true),
    row("timeout", Fault::Silence, true, SILENT, true),
    row("cut connection", Fault::Cut, true, SILENT, true),
    row("truncated body", Fault::Truncated, true, SILENT, true),
    row("wrong content type", Fault::WrongType, true, FOREIGN, false),
    row("applied and reply lost", Fault::LoseReply, true, SILENT, true),
    row("slow trickle", Fault::Trickle, true, SILENT, true),
];

/// Tries every fault with a question and with a change.
pub(crate) async fn every_fault<F: Future<Output = Peer>>(begin: impl Fn(&'static str) -> F) {
    let looks = join_all(ROWS.iter().map(|row| async { look(row, begin(row.name).await).await }));
    let changes =
        join_all(ROWS.iter().map(|row| async { change(row, begin(row.name).await).await }));
    let (looks, changes) = tokio::join!(looks, changes);
    told(looks.into_iter().chain(changes));
}

/// Tries every fault with a change: for one more change of a system that is asked elsewhere.
pub(crate) async fn every_change<F: Future<Output = Peer>>(begin: impl Fn(&'static str) -> F) {
    told(join_all(ROWS.iter().map(|row| async { change(row, begin(row.name).await).await })).await);
}

/// Tries every fault with a question: for a system that is only asked.
pub(crate) async fn every_look<F: Future<Output = Peer>>(begin: impl Fn(&'static str) -> F) {
    told(join_all(ROWS.iter().map(|row| async { look(row, begin(row.name).await).await })).await);
}

/// Every row that went wrong is named, not only the first.
fn told(outcomes: impl IntoIterator<Item = Result<(), String>>) {
    let wrong: Vec<String> = outcomes.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A question under one fault.
async fn look(row: &Row, mut peer: Peer) -> Result<(), String> {
    let of = |what: &str| format!("{}, {} while looking: {what}", peer.name, row.name);
    match row.fault {
        Some(fault) => peer.relay.inject(|_| true, fault),
        None => peer.relay.shut(),
    }
    let before = peer.relay.seen().len();
    let began = Instant::now();
    let said = tokio::time::timeout(LOOK, peer.look()).await;
    let said = said.map_err(|_| of("it hangs"))?;
    let said = said.expect_err(&of("no answer was taken for one"));
    is_a_problem(row, &said).map_err(|why| of(&why))?;
    let asked = peer.relay.seen().split_off(before);
    let most = most_often(&asked);
    let may = if row.may_repeat { TRIES } else { 1 };
    if most > may {
        let took = began.elapsed().as_secs_f64();
        return Err(of(&format!("one question was asked {most} times in {took:.1} s: {asked:#?}")));
    }
    peer.relay.clear();
    if row.fault.is_some() {
        // A limit with a time is kept to, also when it is no longer there.
        let kept_to = peer.keeps_limits && row.name.starts_with("429");
        let again = tokio::time::timeout(LOOK, peer.look()).await;
        let again = again.map_err(|_| of("it hangs once all is well"))?;
        if again.is_err() != kept_to {
            return Err(of(&format!("once all is well: {again:?}")));
        }
    }
    Ok(())
}

/// A change under one fault.
async fn change(row: &Row, mut peer: Peer) -> Result<(), String> {
    let of = |what: &str| format!("{}, {} while changing: {what}", peer.name, row.name);
    let planned = peer.plan().await;
    match row.fault {
        Some(fault) => peer.relay.inject(peer.is_change, fault),
        None => peer.relay.shut(),
    }
    let end = tokio::time::timeout(CHANGE, peer.apply(&planned, &key())).await;
    let end = end.map_err(|_| of("it hangs"))?;
    let landed = peer.landed();
    let should = usize::from(row.fault.is_some_and(Fault::lands));
    if landed != should {
        return Err(of(&format!("{landed} changes landed, and {should} should have")));
    }
    match (end, row.is_lost) {
        (Err(ApplyError::Refused(refusal)), false) => {
            is_a_problem(row, &Said::Refusal(refusal)).map_err(|why| of(&why))?;
        }
        (Err(ApplyError::Lost { why }), true) => {
            is_a_sentence(&why).map_err(|why| of(&why))?;
        }
        (end, _) => return Err(of(&format!("it ended as {end:?}"))),
    }
    if row.fault.is_none() {
        return Ok(());
    }
    peer.relay.clear();
    let kept_to = peer.keeps_limits && row.name.starts_with("429");
    match (peer.probe(&planned, &key()).await, landed) {
        (Presence::Absent, 0) | (Presence::Present(_), 1) => {}
        // Nobody is asked while a limit holds, and nothing is guessed.
        (Presence::Unclear { .. }, 0) if kept_to => {}
        (found, _) => return Err(of(&format!("the probe says {found:?}"))),
    }
    // The same intention again: what took place is found, what did not takes place.
    let again = peer.apply(&planned, &key()).await;
    if again.is_err() != kept_to {
        return Err(of(&format!("the second time: {again:?}")));
    }
    let landed = peer.landed();
    if landed != usize::from(!kept_to) {
        return Err(of(&format!("{landed} changes landed in all")));
    }
    Ok(())
}

pub(crate) fn key() -> EffectKey {
    EffectKey { run: "r-1".into(), step: "act".into(), undo: false, attempt: 1 }
}

/// A code that fits, a hint, and sentences.
fn is_a_problem(row: &Row, said: &Said) -> Result<(), String> {
    let sentence = match said {
        Said::Refusal(refusal) => {
            let problem = problem_of(refusal);
            if !row.codes.contains(&problem.code) {
                return Err(format!("it is {:?}: {refusal}", problem.code));
            }
            let hint = problem.hint.ok_or("it has no hint")?;
            is_a_sentence(&hint)?;
            problem.chain.join(": ")
        }
        Said::Doubt(doubt) => doubt.clone(),
    };
    is_a_sentence(&sentence)?;
    if row.name == "429 with Retry-After" && !sentence.contains("3600") && !is_time(&sentence) {
        return Err(format!("it does not say how long to wait: {sentence}"));
    }
    Ok(())
}

/// `asked again at 22:00:00Z`.
fn is_time(sentence: &str) -> bool {
    sentence.contains("again at ")
}

fn is_a_sentence(text: &str) -> Result<(), String> {
    if text.split(' ').count() < 4 {
        return Err(format!("it is no sentence: `{text}`"));
    }
    if text.contains(SECRET) {
        return Err(format!("it tells a secret: `{text}`"));
    }
    Ok(())
}

/// How often the request that came most often came.
fn most_often(asked: &[Asked]) -> usize {
    let questions: BTreeSet<String> = asked.iter().map(question).collect();
    let count = |of: &String| asked.iter().filter(|one| question(one) == *of).count();
    questions.iter().map(count).max().unwrap_or(0)
}

/// What a request asks, without the times in it.
fn question(asked: &Asked) -> String {
    let path = asked.path.split('?').next().unwrap_or_default();
    let which = asked.path.split(['?', '&']).find(|one| one.starts_with("query="));
    let target = asked.target.as_deref().unwrap_or_default();
    format!("{} {path} {target} {}", asked.method, which.unwrap_or_default())
}
