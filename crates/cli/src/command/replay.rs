//! A run again, as it was shown: at the pace at which it happened, or at any other.

use std::time::Duration;

use jiff::Timestamp;
use lastgood_api::{App, Replayed, zone};
use lastgood_core::name::RunId;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::time::{EpochMs, Millis};
use lastgood_core::view::ReplayFrame;
use tokio::time::Instant;

use crate::args::Replaying;
use crate::auto::Watcher;
use crate::exit::{Ending, Stop};
use crate::leave::Leave;
use crate::look::Text;
use crate::screen::Screen;
use crate::show;

/// How often a wait is told anew where a line can be written over.
const TICK: Duration = Duration::from_millis(200);

pub(super) async fn replay(app: &App, screen: &Screen, asked: Replaying) -> Result<Ending, Stop> {
    let mut screen = screen.clone();
    if let Some(name) = &asked.tz {
        screen.look.zone = zone(name)?;
    }
    let replayed = app.replayed(&RunId::new(&asked.run)).await?;
    let part = Part::of(&replayed, &asked, &screen)?;
    let shown = replayed.between(part.from, part.to);
    // One document is wanted; words beside it only where a pace for them was named.
    if screen.is_json() && asked.speed.is_none() {
        screen.document(&shown)?;
        return Ok(Ending::Done);
    }
    let unasked = if screen.is_live() { 1.0 } else { 0.0 };
    let speed = asked.speed.unwrap_or(unasked);
    screen.say(&show::replay(&screen.look, &shown, speed))?;
    if play(&replayed, &shown.frames, &part, speed, &screen).await? {
        screen.say(&show::replayed(&screen.look, &shown, asked.to.is_some()))?;
    }
    screen.document(&shown)?;
    Ok(Ending::Done)
}

/// What is replayed, both ends included.
struct Part {
    from: EpochMs,
    to: EpochMs,
    /// The last entry before it, when it does not begin with the run.
    before: Option<u64>,
}

impl Part {
    fn of(replayed: &Replayed, asked: &Replaying, screen: &Screen) -> Result<Self, Problem> {
        let moment = |text: &String| -> Result<EpochMs, Problem> {
            replayed.moment(text, &screen.look.zone).map(Timestamp::into)
        };
        let frames = replayed.frames();
        let (first, last) = match (frames.first(), frames.last()) {
            (Some(first), Some(last)) => (first.at, last.at),
            (None, _) | (_, None) => (EpochMs(0), EpochMs(0)),
        };
        let from = asked.from.as_ref().map(moment).transpose()?.unwrap_or(first);
        let to = asked.to.as_ref().map(moment).transpose()?.unwrap_or(last);
        if to < from {
            return Err(Problem::new(Code::InputInvalid, "the replay would end before it begins")
                .hint("Let --from be the earlier and --to the later of the two."));
        }
        if to < first {
            return Err(Problem::new(Code::InputInvalid, "the run had not started by then")
                .hint(format!("`lastgood show {}` tells when it started.", asked.run)));
        }
        let before = frames.iter().rev().find(|one| one.at < from).map(|one| one.seq);
        Ok(Self { from, to, before })
    }
}

/// Shows one frame after the other; `false` when somebody wished to leave.
async fn play(
    replayed: &Replayed,
    frames: &[ReplayFrame],
    part: &Part,
    speed: f64,
    screen: &Screen,
) -> Result<bool, Stop> {
    let mut leave = Leave::listen();
    let mut watcher = Watcher::with_cards(screen);
    if let Some(seq) = part.before {
        let then = replayed.view(seq)?;
        screen.say(&show::run(&screen.look, &then))?;
        watcher.knows(&then);
    }
    let began = Instant::now();
    for frame in frames {
        let wait = wait(part.from, frame.at, speed);
        let leaving = tokio::select! {
            biased;
            () = leave.wished() => true,
            passed = until(began + wait, screen, frame, part.from, speed) => {
                passed?;
                false
            }
        };
        if leaving {
            screen.say("\n")?;
            return Ok(false);
        }
        watcher.see(&replayed.view(frame.seq)?);
    }
    Ok(true)
}

/// How long after the beginning a frame of `at` is shown.
fn wait(from: EpochMs, at: EpochMs, speed: f64) -> Duration {
    if speed == 0.0 {
        return Duration::ZERO;
    }
    let gone = Millis(u64::try_from(at.0 - from.0).unwrap_or(0)).duration();
    // What no machine can wait for is shown at once.
    Duration::try_from_secs_f64(gone.as_secs_f64() / speed).unwrap_or_default()
}

/// Waits for the moment of a frame, and tells on a terminal how long that still takes.
async fn until(
    due: Instant,
    screen: &Screen,
    frame: &ReplayFrame,
    from: EpochMs,
    speed: f64,
) -> std::io::Result<()> {
    let mut told = false;
    loop {
        let left = due.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        if screen.is_live() && left > TICK {
            let ahead = left.mul_f64(speed);
            let at = Millis(u64::try_from(frame.at.0 - from.0).unwrap_or(0)).duration();
            let gone: Millis = at.saturating_sub(ahead).into();
            let next: Millis = ahead.into();
            let line = format!("▶ +{gone}; the next entry is {next} later");
            screen.over(&Text::from(line))?;
            told = true;
        }
        tokio::time::sleep(left.min(TICK)).await;
    }
    if told { screen.over(&Text::default()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_comes_when_it_happened_at_any_speed() {
        let (from, at) = (EpochMs(10_000), EpochMs(70_000));
        for (speed, seconds) in [(1.0, 60.0), (4.0, 15.0), (0.5, 120.0), (0.0, 0.0)] {
            let found = wait(from, at, speed).as_secs_f64();
            assert!((found - seconds).abs() < 1e-9, "{speed} times as fast: {found} s");
        }
        assert_eq!(wait(at, from, 1.0), Duration::ZERO, "what was before is shown at once");
    }
}
