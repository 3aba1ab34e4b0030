//! What a long step is doing: one line that is written over each second on a terminal,
//! or a line at most every five seconds elsewhere.

use std::io;
use std::time::{Duration, Instant};

use lastgood_core::time::Millis;
use lastgood_core::view::RunView;

use crate::look::Text;
use crate::screen::Screen;

/// How often a line is written where none can be written over.
const BETWEEN: Duration = Duration::from_secs(5);

/// What was last shown of the work at hand.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The step and since when it is worked at, on this machine's own clock.
    work: Option<(String, Instant)>,
    told: Option<(Instant, String)>,
    /// Whether the cursor is on a line that will be written over.
    open: bool,
}

impl Progress {
    /// Shows how the work stands, as often as this terminal takes it.
    pub(super) fn show(&mut self, screen: &Screen, view: &RunView) -> io::Result<()> {
        let now = Instant::now();
        let step = view.current.as_ref().map(ToString::to_string).unwrap_or_default();
        let since = match &self.work {
            Some((known, since)) if *known == step => *since,
            Some(_) | None => {
                self.work = Some((step, now));
                self.told = None;
                now
            }
        };
        if screen.is_live() {
            self.open = true;
            let elapsed: Millis = now.duration_since(since).into();
            return screen.over(&clipped(screen, &format!("◐ {elapsed}  {}", doing(view))));
        }
        let due = match &self.told {
            None => now.duration_since(since) >= BETWEEN,
            Some((at, sentence)) => {
                *sentence != view.sentence && now.duration_since(*at) >= BETWEEN
            }
        };
        if due {
            self.told = Some((now, view.sentence.clone()));
            screen.say(&format!(
                "{}\n",
                clipped(screen, &format!("  ◐ {}", view.sentence)).as_str()
            ))?;
        }
        Ok(())
    }

    /// Makes room for something that stays.
    pub(super) fn clear(&mut self, screen: &Screen) -> io::Result<()> {
        if std::mem::take(&mut self.open) {
            screen.over(&Text::default())?;
        }
        Ok(())
    }
}

/// What is done at this moment. Which step it belongs to is said above the line.
fn doing(view: &RunView) -> &str {
    match &view.activity {
        Some(activity) if !activity.sentence.is_empty() => &activity.sentence,
        Some(_) | None => &view.sentence,
    }
}

/// At most one line of the terminal, or writing over it would not remove it.
fn clipped(screen: &Screen, text: &str) -> Text {
    let room = screen.look.width.saturating_sub(1);
    if Text::from(text).columns() <= room {
        return Text::from(text);
    }
    let mut short = String::new();
    for c in text.chars() {
        if Text::from(short.as_str()).columns() + 2 > room {
            break;
        }
        short.push(c);
    }
    short.push('…');
    Text::from(short)
}
