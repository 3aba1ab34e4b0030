//! The Desktop Notifications Specification 1.2 over the session bus. Clicks are listened for
//! before anything is shown, so that none is lost.

use std::collections::HashMap;

use futures::StreamExt;
use lastgood_api::desktop::Notice;
use tauri::AppHandle;
use tokio::sync::oneshot;
use zbus::Connection;
use zbus::zvariant::Value;

/// A click anywhere on a notification ("Actions").
const CLICK: &str = "default";

/// "Urgency levels".
const NORMAL: u8 = 1;
const CRITICAL: u8 = 2;

/// As long as the desktop thinks right, and until it is taken away ("Protocol").
const A_WHILE: i32 = -1;
const ALWAYS: i32 = 0;

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications"
)]
trait Notifications {
    #[expect(clippy::too_many_arguments, reason = "the specification has eight")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    fn close_notification(&self, id: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;

    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// Shows a notification until it is clicked, closed, or `gone`.
pub(super) async fn show(
    app: &AppHandle,
    notice: &Notice,
    gone: oneshot::Receiver<()>,
) -> Result<(), String> {
    shown(app, notice, gone).await.map_err(|error| error.to_string())
}

async fn shown(
    app: &AppHandle,
    notice: &Notice,
    mut gone: oneshot::Receiver<()>,
) -> zbus::Result<()> {
    let connection = Connection::session().await?;
    let desktop = NotificationsProxy::new(&connection).await?;
    let mut clicks = desktop.receive_action_invoked().await?;
    let mut closings = desktop.receive_notification_closed().await?;
    let (urgency, expires) =
        if notice.may_be_missed { (NORMAL, A_WHILE) } else { (CRITICAL, ALWAYS) };
    let mut hints = heard(notice.sound);
    hints.insert("urgency", Value::from(urgency));
    hints.insert("desktop-entry", Value::from("Lastgood"));
    let actions = [CLICK, "Open the run"];
    let id = desktop
        .notify("Lastgood", 0, "", &notice.title, &notice.body, &actions, hints, expires)
        .await?;
    loop {
        tokio::select! {
            Some(click) = clicks.next() => {
                let click = click.args()?;
                if click.id == id {
                    if click.action_key == CLICK {
                        match &notice.link {
                            Some(link) => super::super::follow(app, link),
                            None => super::super::show(app),
                        }
                    }
                    break;
                }
            }
            Some(closing) = closings.next() => {
                if closing.args()?.id == id {
                    return Ok(());
                }
            }
            _ = &mut gone => break,
            // The bus has ended, and the notification with it.
            else => return Ok(()),
        }
    }
    desktop.close_notification(id).await
}

/// Says something, for a while.
pub(super) async fn tell(title: &str, body: &str, sound: bool) -> Result<(), String> {
    let said = async {
        let connection = Connection::session().await?;
        let desktop = NotificationsProxy::new(&connection).await?;
        desktop.notify("Lastgood", 0, "", title, body, &[], heard(sound), A_WHILE).await
    };
    said.await.map(drop).map_err(|error: zbus::Error| error.to_string())
}

/// Whether the desktop may make a sound ("Hints").
fn heard(sound: bool) -> HashMap<&'static str, Value<'static>> {
    HashMap::from([("suppress-sound", Value::from(!sound))])
}
