//! The entry in the tray: a state in words and a menu. Where a desktop has no tray, and where
//! there is no session bus, the window is all there is.

use ksni::menu::{MenuItem, StandardItem, SubMenu};
use ksni::{Handle, Icon as Pixels, Status, ToolTip, TrayMethods};
use lastgood_api::desktop::Tray;
use tauri::AppHandle;

/// The entry, as long as it is kept.
pub(crate) struct Icon(Handle<Shown>);

struct Shown {
    app: AppHandle,
    tray: Tray,
    pixels: Vec<Pixels>,
}

impl Icon {
    /// Shows the entry; `None`, which is said in the log, where that is not possible.
    pub(crate) async fn show(app: &AppHandle, tray: Tray) -> Option<Self> {
        let pixels = app.default_window_icon().map(pixels).into_iter().collect();
        let shown = Shown { app: app.clone(), tray, pixels };
        // A tray may come after us, or come again: it finds us then.
        match shown.assume_sni_available(true).spawn().await {
            Ok(handle) => Some(Self(handle)),
            Err(error) => {
                tracing::info!(%error, "there is no tray here");
                None
            }
        }
    }

    /// Says something else.
    pub(crate) async fn say(&self, tray: Tray) {
        self.0.update(|shown| shown.tray = tray).await;
    }
}

/// The picture as the `StatusNotifierItem` specification has it: ARGB32 in network byte order.
fn pixels(image: &tauri::image::Image<'_>) -> Pixels {
    let data = image.rgba().chunks_exact(4).flat_map(|p| [p[3], p[0], p[1], p[2]]).collect();
    let side = |length: u32| i32::try_from(length).unwrap_or(i32::MAX);
    Pixels { width: side(image.width()), height: side(image.height()), data }
}

impl ksni::Tray for Shown {
    fn id(&self) -> String {
        "dev.lastgood.desktop".to_owned()
    }

    fn title(&self) -> String {
        "Lastgood".to_owned()
    }

    fn icon_pixmap(&self) -> Vec<Pixels> {
        self.pixels.clone()
    }

    fn status(&self) -> Status {
        if self.tray.waits { Status::NeedsAttention } else { Status::Active }
    }

    fn attention_icon_pixmap(&self) -> Vec<Pixels> {
        self.pixels.clone()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            title: "Lastgood".to_owned(),
            description: self.tray.state.clone(),
            ..ToolTip::default()
        }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        super::show(&self.app);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let mut items = vec![said(&self.tray.state), MenuItem::Separator];
        for entry in &self.tray.runs {
            let link = entry.link.clone();
            items.push(item(&entry.label, move |shown| super::follow(&shown.app, &link)));
        }
        if !self.tray.runs.is_empty() {
            items.push(MenuItem::Separator);
        }
        items.push(item("Open Lastgood", |shown| super::show(&shown.app)));
        items.push(match &self.tray.quit {
            None => item("Quit", |shown| shown.app.exit(0)),
            // Asked for twice, because it stops what is under way.
            Some(consequence) => SubMenu {
                label: "Quit".to_owned(),
                submenu: vec![item(consequence, |shown| shown.app.exit(0))],
                ..SubMenu::default()
            }
            .into(),
        });
        items
    }
}

/// A line to read.
fn said(text: &str) -> MenuItem<Shown> {
    StandardItem { label: label(text), enabled: false, ..StandardItem::default() }.into()
}

fn item(text: &str, act: impl Fn(&mut Shown) + Send + 'static) -> MenuItem<Shown> {
    StandardItem { label: label(text), activate: Box::new(act), ..StandardItem::default() }.into()
}

/// In a menu of the D-Bus menu protocol a single underscore marks a key; two are one.
fn label(text: &str) -> String {
    text.replace('_', "__")
}
