//! How the web view draws on Linux, decided once before the toolkit starts.
//!
//! `WebKitGTK` reads its choice from the environment, and a process cannot safely change its
//! own: where something has to be set, the program starts itself again with it. What a
//! person has set is never changed.

/// A variable of the environment with the value to give it.
type Setting = (&'static str, &'static str);

/// Draws without handing GPU buffers from one process to the other.
const WITHOUT_DMABUF: Setting = ("WEBKIT_DISABLE_DMABUF_RENDERER", "1");

/// Keeps the proprietary NVIDIA driver from a protocol error on Wayland.
const WITHOUT_EXPLICIT_SYNC: Setting = ("__NV_DISABLE_EXPLICIT_SYNC", "1");

/// What the choice depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Machine {
    /// A test drives the window.
    driven: bool,
    /// There is a `/dev/dri/renderD*`.
    render_node: bool,
    /// The proprietary NVIDIA driver is loaded.
    nvidia: bool,
    display: Display,
}

/// Who shows the windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Display {
    X11,
    Wayland,
}

/// What to set, and why that is right here; `None` leaves everything to `WebKitGTK`.
fn choose(machine: Machine) -> Option<(Setting, &'static str)> {
    if machine.driven {
        // Screenshots by WebDriver never come back without the shared buffers.
        return None;
    }
    if !machine.render_node {
        return Some((WITHOUT_DMABUF, "there is no render node"));
    }
    match (machine.nvidia, machine.display) {
        (true, Display::Wayland) => Some((WITHOUT_EXPLICIT_SYNC, "the NVIDIA driver on Wayland")),
        (true, Display::X11) => Some((WITHOUT_DMABUF, "the NVIDIA driver on X11")),
        (false, _) => None,
    }
}

/// Makes the choice for this machine. Comes back when there is nothing to set, and in the
/// program that has been started again.
#[cfg(target_os = "linux")]
pub(crate) fn settle() {
    use std::os::unix::process::CommandExt;

    /// Set by ourselves, so that the program starts itself again once and no more.
    const SETTLED: &str = "LASTGOOD_RENDERER";

    if let Some(choice) = std::env::var_os(SETTLED) {
        tracing::info!(?choice, "the renderer was chosen before this start");
        return;
    }
    let Some(((name, value), why)) = choose(Machine::here()) else {
        tracing::info!("the renderer is left to WebKitGTK");
        return;
    };
    if std::env::var_os(name).is_some() {
        tracing::info!(name, "the renderer is what the environment says");
        return;
    }
    let choice = format!("{name}={value}");
    tracing::info!(choice, why, "starting again with another renderer");
    let failed = match std::env::current_exe() {
        Ok(program) => std::process::Command::new(program)
            .args(std::env::args_os().skip(1))
            .env(name, value)
            .env(SETTLED, choice)
            .exec(),
        Err(error) => error,
    };
    // The window may well open without it: better that than no window.
    tracing::warn!(%failed, "the renderer could not be chosen");
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn settle() {}

#[cfg(target_os = "linux")]
impl Machine {
    fn here() -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let render_node = std::fs::read_dir("/dev/dri").is_ok_and(|nodes| {
            nodes.flatten().any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
        });
        let wayland = set("WAYLAND_DISPLAY")
            && std::env::var_os("GDK_BACKEND").is_none_or(|backend| backend != "x11");
        Self {
            driven: set("TAURI_WEBVIEW_AUTOMATION"),
            render_node,
            // The free driver is another module, `nouveau`.
            nvidia: std::path::Path::new("/sys/module/nvidia").exists(),
            display: if wayland { Display::Wayland } else { Display::X11 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDINARY: Machine =
        Machine { driven: false, render_node: true, nvidia: false, display: Display::Wayland };

    #[test]
    fn a_renderer_is_chosen_only_where_the_ordinary_one_is_known_to_fail() {
        let table = [
            (ORDINARY, None, "nothing is wrong with it"),
            (Machine { display: Display::X11, ..ORDINARY }, None, "nor on X11"),
            (
                Machine { render_node: false, ..ORDINARY },
                Some(WITHOUT_DMABUF),
                "there is no GPU to share buffers with",
            ),
            (
                Machine { render_node: false, nvidia: true, ..ORDINARY },
                Some(WITHOUT_DMABUF),
                "a driver without a node draws nothing",
            ),
            (
                Machine { nvidia: true, ..ORDINARY },
                Some(WITHOUT_EXPLICIT_SYNC),
                "on Wayland that is enough, and keeps the GPU",
            ),
            (
                Machine { nvidia: true, display: Display::X11, ..ORDINARY },
                Some(WITHOUT_DMABUF),
                "on X11 the window stays blank otherwise",
            ),
            (
                Machine { driven: true, render_node: false, ..ORDINARY },
                None,
                "a screenshot of a driven window would never come back",
            ),
        ];
        for (machine, expected, because) in table {
            let chosen = choose(machine).map(|(setting, _)| setting);
            assert_eq!(chosen, expected, "{because}: {machine:?}");
        }
    }
}
