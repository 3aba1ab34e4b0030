//! What a person types: whole lines, and only when somebody waits for one.

use std::io::{self, BufRead as _, IsTerminal as _};

use tokio::sync::mpsc;

/// Lines that are typed or piped in.
pub(crate) struct Keyboard {
    lines: mpsc::UnboundedReceiver<String>,
    /// Whether a person sits at it. What is piped in is read one question at a time, and
    /// never skipped.
    person: bool,
}

impl Keyboard {
    /// Standard input, read by a thread of its own: a read cannot be called off, and must
    /// not keep the process alive.
    pub(crate) fn open() -> Self {
        let (send, lines) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in io::stdin().lock().lines() {
                let Ok(line) = line else { return };
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Self { lines, person: io::stdin().is_terminal() }
    }

    /// Whether lines mean something outside of a question too.
    pub(crate) const fn is_person(&self) -> bool {
        self.person
    }

    /// Forgets what a person typed before they could read the question: it cannot be
    /// meant as its answer.
    pub(crate) fn forget(&mut self) {
        if self.person {
            while self.lines.try_recv().is_ok() {}
        }
    }

    /// The next line; `None` when there will be none.
    pub(crate) async fn line(&mut self) -> Option<String> {
        self.lines.recv().await
    }

    /// Returns when the input is closed; lines are dropped.
    pub(crate) async fn closed(&mut self) {
        while self.lines.recv().await.is_some() {}
    }
}
