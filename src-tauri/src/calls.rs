//! What calls the person at this desktop. The page keeps it with the other settings and says
//! it here whenever it begins and whenever it changes.

use std::sync::{Mutex, PoisonError};

use lastgood_api::core::problem::{Code, Problem};
use lastgood_api::desktop::{Calls, Notice};
use tauri::State;

use crate::desktop::notify;

/// What calls, as the page said last. Until it has said anything, what needs a person does.
#[derive(Default)]
pub(crate) struct Wishes(Mutex<Calls>);

impl Wishes {
    pub(crate) fn now(&self) -> Calls {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The page says what calls from now on.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "the window hands the state over by value")]
pub(crate) fn set_calls(wishes: State<'_, Wishes>, calls: Calls) {
    *wishes.0.lock().unwrap_or_else(PoisonError::into_inner) = calls;
}

/// Shows a notification as one would be shown now, or says why this desktop shows none.
#[tauri::command]
pub(crate) async fn try_call(wishes: State<'_, Wishes>) -> Result<(), Problem> {
    notify::sample(&Notice::sample(wishes.now())).await.map_err(|error| {
        Problem::new(Code::Unreachable, error)
            .within("this desktop shows no notification")
            .hint("Keep the window in sight during a run: what waits for you is said at its top.")
    })
}
