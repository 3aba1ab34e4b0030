//! A session bus of a test's own, with the parts of a desktop that Lastgood talks to.
//!
//! The bus is the real `dbus-daemon`. What listens on it imitates a desktop: it takes the calls
//! of the Desktop Notifications Specification 1.2 and of a `StatusNotifierWatcher`
//! (freedesktop.org, `StatusNotifierItem`), and shows nothing.

#![expect(
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "an interface on the bus has methods, with every argument of its specification"
)]

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::Signal;
use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::{OwnedValue, Value};

use crate::window::{Group, on_path};

/// A question is looked for every second, and a debug build on two busy cores takes its time.
const PATIENCE: Duration = Duration::from_secs(30);

const NOTIFICATIONS: &str = "/org/freedesktop/Notifications";

/// An item of a menu: its number, its properties, the items in it (`com.canonical.dbusmenu`).
type MenuItem = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// A notification as the desktop was handed it.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) id: u32,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) actions: Vec<String>,
}

/// A session bus with a desktop on it; both gone with the test.
pub(crate) struct Desktop {
    pub(crate) address: String,
    connection: Connection,
    shown: Receiver<Shown>,
    closed: Receiver<u32>,
    items: Receiver<String>,
    _daemon: Group,
}

impl Desktop {
    /// Starts the bus; `None`, which has then been said, where there is no `dbus-daemon`.
    #[expect(clippy::print_stderr, reason = "./dev takes the sentence from here")]
    pub(crate) fn start() -> Result<Option<Self>> {
        let Some(program) = on_path("dbus-daemon") else {
            eprintln!("SKIPPED: the window's desktop: no dbus-daemon; `./dev install` installs it");
            return Ok(None);
        };
        let mut command = Command::new(program);
        command.args(["--session", "--nofork", "--print-address=1"]).stdout(Stdio::piped());
        let mut daemon = Group::start_with_output(&mut command, Signal::TERM)?;
        let output = daemon.0.stdout.take().context("its output is ours")?;
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address)?;
        let address = address.trim().to_owned();

        let (show, shown) = channel();
        let (close, closed) = channel();
        let (enter, items) = channel();
        let connection = connection::Builder::address(address.as_str())?
            .serve_at(NOTIFICATIONS, Notifications { show, close, last: 0 })?
            .serve_at("/StatusNotifierWatcher", Watcher { enter })?
            .name("org.freedesktop.Notifications")?
            .name("org.kde.StatusNotifierWatcher")?
            .build()?;
        Ok(Some(Self { address, connection, shown, closed, items, _daemon: daemon }))
    }

    /// The next notification.
    pub(crate) fn shown(&self) -> Result<Shown> {
        self.shown.recv_timeout(PATIENCE).context("no notification came")
    }

    /// The next notification that the program takes away itself.
    pub(crate) fn closed(&self) -> Result<u32> {
        self.closed.recv_timeout(PATIENCE).context("no notification was taken away")
    }

    /// A person clicks on a notification.
    pub(crate) fn click(&self, notification: &Shown) -> Result<()> {
        let interface = "org.freedesktop.Notifications";
        let clicked = (notification.id, "default");
        Ok(self.connection.emit_signal(
            None::<()>,
            NOTIFICATIONS,
            interface,
            "ActionInvoked",
            &clicked,
        )?)
    }

    /// The lines of the menu of the next entry in the tray, without separators.
    pub(crate) fn tray(&self) -> Result<Vec<String>> {
        let item = self.items.recv_timeout(PATIENCE).context("nothing came into the tray")?;
        let menu = Proxy::new(&self.connection, item, "/MenuBar", "com.canonical.dbusmenu")?;
        let names: Vec<&str> = Vec::new();
        let reply = menu.call_method("GetLayout", &(0_i32, -1_i32, names))?;
        let (_, root): (u32, MenuItem) = reply.body().deserialize()?;
        Ok(labels(&root.2))
    }
}

/// The labels of a menu's items, in order.
fn labels(items: &[OwnedValue]) -> Vec<String> {
    items
        .iter()
        .filter_map(|item| {
            let Value::Structure(item) = &**item else { return None };
            let Value::Dict(properties) = item.fields().get(1)? else { return None };
            properties.get::<_, String>(&"label").ok().flatten()
        })
        .collect()
}

struct Notifications {
    show: Sender<Shown>,
    close: Sender<u32>,
    last: u32,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    fn get_capabilities(&self) -> Vec<String> {
        vec!["actions".to_owned(), "body".to_owned()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("of a test".to_owned(), "nobody".to_owned(), "1".to_owned(), "1.2".to_owned())
    }

    #[expect(clippy::too_many_arguments, reason = "the specification has eight")]
    fn notify(
        &mut self,
        _app_name: String,
        _replaces: u32,
        _icon: String,
        title: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expire: i32,
    ) -> u32 {
        self.last += 1;
        // Where nobody waits for it, the test is over.
        let _ = self.show.send(Shown { id: self.last, title, body, actions });
        self.last
    }

    fn close_notification(&self, id: u32) {
        let _ = self.close.send(id);
    }
}

struct Watcher {
    enter: Sender<String>,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: String) {
        let _ = self.enter.send(service);
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}
