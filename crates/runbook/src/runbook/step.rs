//! Reads one step.

use lastgood_core::flag::FlagState;
use lastgood_core::runbook::{
    Act, DecisionOption, Guard, OnFailure, Phase, Response, Responses, Selection, StepDefinition,
    Then, Until, WhereUnsupported, Which, Work,
};
use lastgood_core::time::Millis;

use super::{errand, shape};
use crate::finding::Report;
use crate::tree::{At, Value};

/// How long an act, a judgement or a check may take when its step does not say. The first
/// covers a slow control plane; the others are single questions with time limits of their
/// own.
const ACT_TIMEOUT: Millis = Millis::minutes(2);
const READ_TIMEOUT: Millis = Millis::minutes(1);

/// The step, unless something in it has been reported.
pub(super) fn step(at: &At<'_>, report: &mut Report) -> Option<StepDefinition> {
    for key in ["act", "undo"] {
        if let Some(act) = at.get(key) {
            errand::check(&act, report);
        }
    }
    let id = at.text("id")?;
    let work = work(at, report)?;
    let acts = matches!(work, Work::Act { .. });
    let guards = [Guard::RolloutOpen, Guard::RolloutHalted, Guard::TargetNotServing];
    let unsupported = [WhereUnsupported::Refuse, WhereUnsupported::LeaveOut];
    Some(StepDefinition {
        title: at.text("title").unwrap_or_else(|| title_of(&id)),
        phase: at.word("phase", &Phase::ALL, Phase::as_str)?,
        why: at.text("why"),
        when: match at.get("when") {
            Some(_) => Some(at.word("when", &guards, Guard::as_str)?),
            None => None,
        },
        confirm: match at.get("confirm") {
            Some(_) => at.flag("confirm")?,
            None => acts,
        },
        expect: at.text("expect"),
        timeout: match at.get("timeout") {
            Some(_) => Some(at.duration("timeout")?),
            None => default_timeout(&work),
        },
        on_failure: on_failure(at.get("on-failure"))?,
        where_unsupported: match at.get("where-unsupported") {
            Some(_) => at.word("where-unsupported", &unsupported, WhereUnsupported::as_str)?,
            None => WhereUnsupported::Refuse,
        },
        id: id.as_str().into(),
        work,
    })
}

/// Nothing that asks the world may take for ever. Waiting and verifying take as long as
/// they take, and people as long as they need.
fn default_timeout(work: &Work) -> Option<Millis> {
    match work {
        Work::Act { .. } => Some(ACT_TIMEOUT),
        Work::Judge { .. } | Work::Check { .. } => Some(READ_TIMEOUT),
        Work::Decide { .. }
        | Work::Wait { .. }
        | Work::Verify { .. }
        | Work::Manual { .. }
        | Work::Note { .. } => None,
    }
}

/// `roll-back` → `Roll back`.
fn title_of(id: &str) -> String {
    let words = id.replace('-', " ");
    let mut chars = words.chars();
    chars.next().map(|c| format!("{}{}", c.to_uppercase(), chars.as_str())).unwrap_or_default()
}

fn work(at: &At<'_>, report: &mut Report) -> Option<Work> {
    if let Some(judge) = at.get("judge") {
        return Some(Work::Judge {
            slos: selection(judge.get("slos"))?,
            window: judge.duration_or("window", shape::DEFAULT_WINDOW)?,
            on: responses(at.get("on").as_ref())?,
        });
    }
    if let Some(written) = at.get("act") {
        let undo = match at.get("undo") {
            None => None,
            Some(undo) if undo.scalar() == Some("none") => None,
            Some(undo) => Some(act(&undo, report)?),
        };
        return Some(Work::Act { act: act(&written, report)?, undo });
    }
    if let Some(check) = at.get("check") {
        return Some(Work::Check { checks: selection(Some(check))? });
    }
    if let Some(decide) = at.get("decide") {
        let options: Option<Vec<DecisionOption>> =
            decide.get("options")?.items().map(|at| option(&at)).collect();
        return Some(Work::Decide { question: decide.text("question")?, options: options? });
    }
    if let Some(wait) = at.get("wait") {
        let until = match wait.get("until").as_ref().and_then(At::scalar) {
            Some("target-serves") => Until::TargetServes,
            Some("settled") => Until::Settled,
            Some(_) | None => Until::Elapsed(wait.duration("for")?),
        };
        return Some(Work::Wait { until });
    }
    if let Some(verify) = at.get("verify") {
        let hold = verify.duration_or("hold", shape::DEFAULT_HOLD)?;
        let grace = verify.duration_or("grace", shape::DEFAULT_GRACE)?;
        return Some(Work::Verify {
            slos: selection(verify.get("slos"))?,
            checks: selection(verify.get("checks"))?,
            versions: match verify.get("versions") {
                Some(_) => verify.flag("versions")?,
                None => true,
            },
            hold,
            // Whoever holds for seconds does not want to wait a minute before.
            grace: if verify.get("grace").is_some() { grace } else { grace.min(hold) },
            every: verify.duration_or("every", shape::DEFAULT_EVERY)?,
            consecutive: match verify.get("consecutive") {
                Some(_) => u32::try_from(verify.whole("consecutive")?).ok()?,
                None => u32::try_from(shape::DEFAULT_CONSECUTIVE).ok()?,
            },
        });
    }
    if let Some(manual) = at.get("manual") {
        return Some(match manual.scalar() {
            Some(text) => Work::Manual { instruction: text.to_owned(), ask: None },
            None => Work::Manual { instruction: manual.text("do")?, ask: manual.text("record") },
        });
    }
    Some(Work::Note { text: at.text("note")? })
}

/// `all`, `none` or names; all when not said.
fn selection<T: for<'a> From<&'a str>>(at: Option<At<'_>>) -> Option<Selection<T>> {
    let Some(at) = at else { return Some(Selection::All) };
    match &at.node().value {
        Value::List(_) => at
            .items()
            .map(|name| Some(T::from(name.scalar()?)))
            .collect::<Option<Vec<T>>>()
            .map(Selection::Some),
        Value::Scalar { .. } => match at.scalar()? {
            "all" => Some(Selection::All),
            // Only where the shape lets it through.
            "none" => Some(Selection::Some(Vec::new())),
            _ => None,
        },
        Value::Map(_) => None,
    }
}

fn responses(at: Option<&At<'_>>) -> Option<Responses> {
    let of = |key: &str, default: Response| {
        let Some(at) = at.and_then(|at| at.get(key)) else { return Some(default) };
        match at.scalar()? {
            "proceed" => Some(Response::Proceed),
            "ask" => Some(Response::Ask),
            "stop" => Some(Response::Stop),
            _ => None,
        }
    };
    Some(Responses {
        fail: of("fail", Response::Proceed)?,
        pass: of("pass", Response::Ask)?,
        inconclusive: of("inconclusive", Response::Ask)?,
        shared: of("shared", Response::Ask)?,
    })
}

fn act(at: &At<'_>, report: &mut Report) -> Option<Act> {
    if let Some(word) = at.scalar() {
        return match word {
            "rollout.halt" => Some(Act::HaltRollout),
            "rollout.resume" => Some(Act::ResumeRollout),
            "release.restore" => Some(Act::Restore { release: Which::Target }),
            _ => None,
        };
    }
    let which = |at: &At<'_>| match at.text("release").as_deref() {
        None | Some("target") => Some(Which::Target),
        Some("suspect") => Some(Which::Suspect),
        Some(_) => None,
    };
    if let Some(restore) = at.get("release.restore") {
        return Some(Act::Restore { release: which(&restore)? });
    }
    for (key, to) in [("flag.off", FlagState::Off), ("flag.on", FlagState::On)] {
        if let Some(switch) = at.get(key) {
            return Some(Act::SwitchFlag { flag: switch.text("flag")?, to });
        }
    }
    if let Some(command) = at.get("command") {
        return Some(Act::RunErrand { errand: Box::new(errand::command(&command)?) });
    }
    if let Some(http) = at.get("http") {
        return Some(Act::RunErrand { errand: Box::new(errand::http(&http, report)?) });
    }
    if errand::ON_GITHUB.iter().any(|key| at.get(key).is_some()) {
        return Some(Act::RunErrand { errand: Box::new(errand::on_github(at)?) });
    }
    let shift = at.get("traffic.shift")?;
    let percent = u8::try_from(shift.whole("percent")?).ok()?;
    Some(Act::ShiftTraffic { release: which(&shift)?, percent })
}

fn option(at: &At<'_>) -> Option<DecisionOption> {
    let then = match at.text("then").as_deref() {
        None | Some("continue") => Then::Continue,
        Some("stop") => Then::Stop,
        Some(step) => Then::GoTo(step.into()),
    };
    Some(DecisionOption { id: at.text("id")?, label: at.text("label")?, then })
}

fn on_failure(at: Option<At<'_>>) -> Option<OnFailure> {
    let Some(at) = at else { return Some(OnFailure::Ask) };
    match at.scalar() {
        Some("ask") => return Some(OnFailure::Ask),
        Some("stop") => return Some(OnFailure::Stop),
        Some(_) => return None,
        None => {}
    }
    match at.get("retry") {
        Some(_) => Some(OnFailure::Retry(u32::try_from(at.whole("retry")?).ok()?)),
        None => Some(OnFailure::GoTo(at.text("go-to")?.as_str().into())),
    }
}
