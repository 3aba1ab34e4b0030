//! Shows a drill that plays itself: each step as it happens, each question before it is
//! answered.

use std::io;
use std::time::{Duration, Instant};

use lastgood_core::view::{AskView, RunView};

use crate::guided::News;
use crate::look::Text;
use crate::page::Page;
use crate::screen::Screen;
use crate::times::{clock, zone};

/// How often a long step is mentioned, in time of this machine.
const BETWEEN: Duration = Duration::from_secs(5);

/// Prints what a run does. A terminal that cannot be written to any more is left alone:
/// the run does not depend on its spectators.
pub(crate) struct Watcher<'a> {
    screen: &'a Screen,
    news: News,
    asked: Option<AskView>,
    spoke: Option<Instant>,
    unread: bool,
}

impl<'a> Watcher<'a> {
    pub(crate) fn new(screen: &'a Screen) -> Self {
        Self { screen, news: News::default(), asked: None, spoke: None, unread: false }
    }

    /// Takes a view in and prints what it tells.
    pub(crate) fn see(&mut self, view: &RunView) {
        if !self.unread {
            self.unread = self.tell(view).is_err();
        }
    }

    fn tell(&mut self, view: &RunView) -> io::Result<()> {
        let look = &self.screen.look;
        if self.spoke.is_none() {
            let mut page = Page::new(look);
            page.gap();
            page.line(
                look.quiet("Run ")
                    + look.strong(view.run.as_str())
                    + look.quiet(format!(", {}", zone(look, view.now))),
            );
            self.screen.say(&page.finish())?;
            self.spoke = Some(Instant::now());
        }
        let told = self.news.of(look, view);
        if !told.is_empty() {
            self.screen.say(&told)?;
            self.spoke = Some(Instant::now());
        }
        match &view.ask {
            Some(ask) if self.asked.as_ref() != Some(ask) => {
                let mut page = Page::new(look);
                let front = look.quiet(clock(look, view.now)) + " " + look.attention("◈ ");
                page.hang(0, front, Text::from("Asks: ") + look.strong(&ask.question));
                if let Some(detail) = &ask.detail {
                    page.at(11, detail);
                }
                self.screen.say(&page.finish())?;
                self.asked = Some(ask.clone());
            }
            Some(_) => {}
            None => self.asked = None,
        }
        let quiet_for = self.spoke.map(|spoke| spoke.elapsed());
        if view.activity.is_some() && quiet_for.is_some_and(|length| length >= BETWEEN) {
            let mut page = Page::new(look);
            page.hang(0, look.quiet(clock(look, view.now)) + " ◐ ", &view.sentence);
            self.screen.say(&page.finish())?;
            self.spoke = Some(Instant::now());
        }
        Ok(())
    }
}
