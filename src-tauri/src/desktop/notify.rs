//! Notifications of the desktop.

#[cfg(target_os = "linux")]
mod bus;
#[cfg(not(target_os = "linux"))]
mod plain;

use lastgood_api::desktop::Notice;
use tauri::AppHandle;
use tokio::sync::oneshot;

#[cfg(target_os = "linux")]
use bus as system;
#[cfg(not(target_os = "linux"))]
use plain as system;

/// Notifications that are shown, each for one question. Forgetting one takes it off the screen.
#[derive(Default)]
pub(crate) struct Calls(Vec<(u64, oneshot::Sender<()>)>);

impl Calls {
    /// Calls a person; a reminder takes the place of what it reminds of.
    pub(crate) fn call(&mut self, app: &AppHandle, notice: Notice) {
        tracing::info!(title = notice.title, "calling a person");
        self.0.retain(|(question, _)| *question != notice.question);
        let (shown, gone) = oneshot::channel();
        self.0.push((notice.question, shown));
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            if let Err(error) = system::show(&app, &notice, gone).await {
                tracing::warn!(error, "this desktop shows no notification");
            }
        });
    }

    /// Takes away what nobody waits for any more.
    pub(crate) fn keep(&mut self, still: impl Fn(u64) -> bool) {
        self.0.retain(|(question, shown)| !shown.is_closed() && still(*question));
    }
}

/// Shows a notification that nobody waits for, or tells why this desktop shows none.
pub(crate) async fn sample(notice: &Notice) -> Result<(), String> {
    system::tell(&notice.title, &notice.body, notice.sound).await
}

/// Says something that leads nowhere but to the window.
pub(crate) fn tell(title: &str, body: &str) {
    let (title, body) = (title.to_owned(), body.to_owned());
    tauri::async_runtime::spawn(async move {
        if let Err(error) = system::tell(&title, &body, true).await {
            tracing::warn!(error, title, body, "this desktop shows no notification");
        }
    });
}
