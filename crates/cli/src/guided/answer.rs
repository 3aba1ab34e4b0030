//! What a person can say, and what a typed line means. Only the key that a question
//! names answers it.

use lastgood_api::wire::OrderKind;
use lastgood_core::view::{AnswerOption, AskView, Needs, RunView};

use crate::look::{Look, Text};
use crate::page::Page;

/// Whose turn it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Turn {
    /// The run asks.
    Ask(AskView),
    /// The run is held.
    Held,
}

/// What a typed line means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// Enter alone.
    Nothing,
    /// Nothing that is known here.
    Unknown(String),
    /// Show what can be said.
    Help,
    /// Leave the run as it is.
    Leave,
    /// Do something to the drill from outside of it.
    Present,
    /// Something that the run did not ask for, with the text to ask for first.
    Order(OrderKind, Option<&'static str>),
    /// One of the answers.
    Answer(AnswerOption),
}

/// What can be said while a run is held.
const HELD: [(&str, &str); 2] = [("r", "Go on"), ("a", "Abort the run")];

impl Turn {
    /// What `line` means now.
    pub(super) fn read(&self, line: &str) -> Said {
        let typed = line.trim();
        match self {
            Self::Ask(ask) => ask
                .answers
                .iter()
                .find(|option| option.key == typed)
                .map_or_else(|| meanwhile(typed), |option| Said::Answer(option.clone())),
            Self::Held => match typed {
                "r" => Said::Order(OrderKind::Release, None),
                "a" => Said::Order(OrderKind::Abort, Some("Why is the run aborted?")),
                other => meanwhile(other),
            },
        }
    }

    /// Whether an answer of the question itself takes `key`.
    fn takes(&self, key: &str) -> bool {
        match self {
            Self::Ask(ask) => ask.answers.iter().any(|option| option.key == key),
            Self::Held => HELD.iter().any(|(taken, _)| *taken == key),
        }
    }

    /// The question and its answers, each with its key.
    pub(super) fn words(&self, look: &Look, view: &RunView) -> String {
        let mut page = Page::new(look);
        page.gap();
        match self {
            Self::Ask(ask) => {
                page.hang(0, look.attention("◈ "), look.strong(&ask.question));
                if let Some(detail) = &ask.detail {
                    page.at(2, detail);
                }
                for option in &ask.answers {
                    let label = if option.primary {
                        look.strong(&option.label) + look.quiet(format!("  on {}", target(view)))
                    } else {
                        Text::from(&option.label)
                    };
                    let needs = match &option.needs {
                        Needs::Nothing => Text::default(),
                        Needs::Reason => look.quiet("  (asks why)"),
                        Needs::Observation { optional: true, .. } => {
                            look.quiet("  (may take a note)")
                        }
                        Needs::Observation { optional: false, .. } => {
                            look.quiet("  (asks what you saw)")
                        }
                    };
                    page.hang(2, key(look, &option.key), label + needs);
                }
            }
            Self::Held => {
                page.hang(0, look.attention("◫ "), look.strong(&view.sentence));
                for (name, label) in HELD {
                    page.hang(
                        2,
                        key(look, name),
                        Text::from(label) + look.quiet(format!("  on {}", target(view))),
                    );
                }
            }
        }
        page.line(look.quiet(format!("  {}", self.standing(view.drill.is_some()))));
        page.line(look.quiet("  Type a key, then Enter."));
        page.finish()
    }

    /// The keys that mean the same everywhere. Where an answer takes a letter, the word
    /// stands in for it.
    fn standing(&self, drill: bool) -> String {
        let short = |letter: &'static str, word: &'static str| {
            if self.takes(letter) { word } else { letter }
        };
        let mut keys = Vec::new();
        if matches!(self, Self::Ask(_)) {
            keys.push(format!("[{}] hold", short("h", "hold")));
        }
        keys.push(format!("[{}] note", short("n", "note")));
        if drill {
            keys.push(format!("[{}] present", short("p", "present")));
        }
        keys.push(format!("[{}] leave the run as it is", short("q", "quit")));
        keys.push("[?] help".to_owned());
        keys.join("  ")
    }
}

pub(super) fn key(look: &Look, key: &str) -> Text {
    look.strong(format!("[{key}] "))
}

/// The target of every change, in full.
fn target(view: &RunView) -> String {
    format!("{} ({}), {}", view.place, view.coordinates, view.change.sentence)
}

/// What a line means that answers no question.
pub(super) fn meanwhile(line: &str) -> Said {
    match line.trim() {
        "" => Said::Nothing,
        "h" | "hold" => Said::Order(OrderKind::Hold, None),
        "n" | "note" => Said::Order(OrderKind::Note, Some("What is to be noted?")),
        "q" | "quit" => Said::Leave,
        "p" | "present" => Said::Present,
        "?" | "help" => Said::Help,
        other => Said::Unknown(other.to_owned()),
    }
}

/// What to ask for before the answer is given, and whether it may be left out.
pub(super) fn needs(needs: &Needs) -> Option<(String, bool)> {
    match needs {
        Needs::Nothing => None,
        Needs::Reason => Some(("Why? It goes into the timeline.".to_owned(), false)),
        Needs::Observation { label, optional } => Some((label.clone(), *optional)),
    }
}

/// What is said to a line that means nothing.
pub(super) fn unknown(look: &Look, line: &str, turn: Option<&Turn>) -> String {
    let mut page = Page::new(look);
    let keys = match turn {
        Some(Turn::Ask(ask)) => {
            ask.answers.iter().map(|option| option.key.as_str()).collect::<Vec<_>>().join(", ")
        }
        Some(Turn::Held) => HELD.map(|(key, _)| key).join(", "),
        None => "h, n, q, ?".to_owned(),
    };
    page.hang(
        2,
        look.attention("? "),
        format!("`{line}` is no answer here; nothing was done. There is: {keys}."),
    );
    page.finish()
}

/// What the keys do.
pub(super) fn helping(look: &Look, turn: Option<&Turn>) -> String {
    let mut page = Page::new(look);
    page.gap();
    match turn {
        Some(Turn::Ask(_)) => {
            page.line("Type the key of an answer and Enter. Enter alone does nothing.");
        }
        Some(Turn::Held) => {
            page.line("The run is held. Nothing new begins until you let it go on.");
        }
        None => page.line("The machine is at work; nothing is asked of you now."),
    }
    for (name, what) in [
        ("hold", "Let nothing new begin. What was sent goes on to its outcome. Needs no reason."),
        ("note", "Write something into the timeline."),
        (
            "present",
            "In a drill: make something happen, stop the practice world, change its speed.",
        ),
        (
            "quit",
            "Leave the run as it is, as Ctrl-C does. It is never aborted by that, and `lastgood resume` takes it up again.",
        ),
    ] {
        page.hang(2, look.strong(name).pad(8), what);
    }
    page.finish()
}

#[cfg(test)]
mod tests;
