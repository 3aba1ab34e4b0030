//! Notifications where a program without an installed identity is told nothing of clicks.

use lastgood_api::desktop::Notice;
use notify_rust::Notification;
use tauri::AppHandle;
use tokio::sync::oneshot;

pub(super) async fn show(
    _app: &AppHandle,
    notice: &Notice,
    _gone: oneshot::Receiver<()>,
) -> Result<(), String> {
    tell(&notice.title, &notice.body, notice.sound).await
}

/// Says something, for a while. Whether that is heard is decided by the system's own settings.
pub(super) async fn tell(title: &str, body: &str, _sound: bool) -> Result<(), String> {
    let (title, body) = (title.to_owned(), body.to_owned());
    let shown = tokio::task::spawn_blocking(move || {
        Notification::new().appname("Lastgood").summary(&title).body(&body).show().map(drop)
    });
    shown.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}
