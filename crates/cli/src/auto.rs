//! Shows a drill that plays itself: each step as it happens, each question before it is
//! answered.

use std::io;
use std::time::{Duration, Instant};

use lastgood_core::name::StepId;
use lastgood_core::run::Role;
use lastgood_core::view::{AskView, RunView};

use crate::guided::News;
use crate::look::Text;
use crate::page::Page;
use crate::screen::Screen;
use crate::show::{Numbered, card};
use crate::times::{clock, zone};

/// How often a long step is mentioned, in time of this machine.
const BETWEEN: Duration = Duration::from_secs(5);

/// The step, its role and its attempt.
#[derive(Debug, Default, PartialEq)]
struct Card(Option<(StepId, Role, u32)>);

/// Prints what a run does. A terminal that cannot be written to any more is left alone:
/// the run does not depend on its spectators.
pub(crate) struct Watcher<'a> {
    screen: &'a Screen,
    news: News,
    asked: Option<AskView>,
    /// The card that was last shown, where cards are.
    cards: Option<Card>,
    spoke: Option<Instant>,
    unread: bool,
}

impl<'a> Watcher<'a> {
    pub(crate) fn new(screen: &'a Screen) -> Self {
        let news = News::default();
        Self { screen, news, asked: None, cards: None, spoke: None, unread: false }
    }

    /// The same, and everything about each step when its turn comes.
    pub(crate) fn with_cards(screen: &'a Screen) -> Self {
        Self { cards: Some(Card::default()), ..Self::new(screen) }
    }

    /// Takes a view in that was shown already; what comes next is told after it.
    pub(crate) fn knows(&mut self, view: &RunView) {
        let _ = self.news.of(&self.screen.look, view);
        self.asked.clone_from(&view.ask);
        self.spoke = Some(Instant::now());
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
        self.show_card(view)?;
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
    /// The card of the step that is current, once for each attempt.
    fn show_card(&mut self, view: &RunView) -> io::Result<()> {
        let Some(Card(shown)) = &mut self.cards else { return Ok(()) };
        let Some(step) = Numbered::current(view) else { return Ok(()) };
        let this = Some((step.view.id.clone(), step.view.role, step.view.attempt));
        if *shown != this {
            self.screen.say(&card(&self.screen.look, view, &step))?;
            *shown = this;
        }
        Ok(())
    }
}
