//! Secrets: their names on the screen, their values only inward.

use std::io::{IsTerminal as _, Read as _};

use lastgood_api::App;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::secret::Secret;

use crate::args::SecretCommand;
use crate::exit::{Ending, Stop};
use crate::screen::Screen;
use crate::show;

/// More is not read; the app refuses it anyway.
const MOST: u64 = 64 * 1024 + 3;

pub(super) async fn secret(
    app: &App,
    screen: &Screen,
    command: SecretCommand,
) -> Result<Ending, Stop> {
    match command {
        SecretCommand::Set { value, .. } if !value.is_empty() => Err(on_the_line().into()),
        SecretCommand::Set { name, .. } => {
            let stored = app.set_secret(&name, value(screen, &name)?).await?;
            screen.answer(&stored, |look| show::secret(look, &stored))?;
            Ok(Ending::Done)
        }
        SecretCommand::List => {
            let view = app.secrets().await;
            screen.answer(&view, |look| show::secrets(look, &view))?;
            let found = view.secrets.iter().all(|row| row.problem.is_none());
            Ok(if found { Ending::Done } else { Ending::Found })
        }
        SecretCommand::Remove { name } => {
            let removed = app.remove_secret(&name).await?;
            screen.answer(&removed, |look| show::secret(look, &removed))?;
            Ok(Ending::Done)
        }
    }
}

/// The value, from a person or from a pipe.
fn value(screen: &Screen, name: &str) -> Result<Secret<String>, Stop> {
    if std::io::stdin().is_terminal() {
        screen.aside(&format!("Value of {name} (it is not shown): "))?;
        let typed = rpassword::read_password().map_err(|error| unreadable(&error))?;
        return Ok(Secret::new(typed));
    }
    let mut piped = String::new();
    std::io::stdin()
        .lock()
        .take(MOST)
        .read_to_string(&mut piped)
        .map_err(|error| unreadable(&error))?;
    Ok(Secret::new(without_end(piped)))
}

/// `echo` and editors put an end of line behind what is meant.
fn without_end(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    text
}

fn unreadable(error: &std::io::Error) -> Problem {
    // What was read may be in no message.
    let why = error.kind();
    Problem::new(Code::InputInvalid, format!("the value cannot be read ({why})"))
        .hint("Nothing was stored. Pipe it in as text: `lastgood secret set NAME < FILE`.")
}

fn on_the_line() -> Problem {
    let told = "a secret's value does not belong on the command line: the shell keeps it, and other \
                programs can read it";
    Problem::new(Code::InputInvalid, told).hint(
        "Nothing was stored. Take it out of the shell's history, renew it if others use this \
         machine, and leave it out here: it is asked for, or piped in.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_end_of_line_is_not_part_of_a_value() {
        for (piped, meant) in [("a\n", "a"), ("a\r\n", "a"), ("a", "a"), ("a\n\n", "a\n")] {
            assert_eq!(without_end(piped.to_owned()), meant);
        }
    }
}
