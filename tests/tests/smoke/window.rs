//! The built window for one test: its driver, its display and its data, gone with the test.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

use crate::driver::Driver;

/// How long the driver and the display may take to listen.
const READY: Duration = Duration::from_secs(20);

/// The size of the display: the window and a title bar.
const SCREEN: &str = "1280x860x24";

/// A window that is open. Ends everything that was started for it when it is dropped.
pub(crate) struct Window {
    driver: Driver,
    // In the order in which they have to go.
    programs: Group,
    _display: Option<Group>,
    /// The name of the display that is ours.
    named: Option<String>,
    data: TempDir,
}

impl std::ops::Deref for Window {
    type Target = Driver;

    fn deref(&self) -> &Driver {
        &self.driver
    }
}

impl Window {
    /// Opens the built window with its data in a folder of its own; `None` where that is
    /// not possible, which has then been said.
    pub(crate) fn open(args: &[&str]) -> Result<Option<Self>> {
        Self::open_in(None, args)
    }

    /// The same on a session bus.
    pub(crate) fn open_on(bus: &str, args: &[&str]) -> Result<Option<Self>> {
        Self::open_in(Some(bus), args)
    }

    /// The folder of its data.
    pub(crate) fn data(&self) -> String {
        self.data.path().join("data").display().to_string()
    }

    /// The group of processes that it runs in.
    pub(crate) fn group(&self) -> Pid {
        self.programs.id()
    }

    /// The display that was started for it.
    pub(crate) fn display(&self) -> Option<&str> {
        self.named.as_deref()
    }

    #[expect(clippy::print_stderr, reason = "./dev takes the sentence from here")]
    fn open_in(bus: Option<&str>, args: &[&str]) -> Result<Option<Self>> {
        let tools = match Tools::find() {
            Ok(tools) => tools,
            Err(sentence) => {
                eprintln!("SKIPPED: the real window: {sentence}");
                return Ok(None);
            }
        };
        let data = TempDir::new()?;
        let (display, name) = match tools.xvfb {
            Some(xvfb) => own_display(&xvfb).map(|(group, name)| (Some(group), Some(name)))?,
            None => (None, None),
        };
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut command = Command::new(tools.driver);
        command
            .args(["--host=127.0.0.1", &format!("--port={port}")])
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            // Where there is no GPU, an imitated one takes longer and draws coarser.
            .env("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1")
            // A place that is not on UTC, so that a time is seen both ways.
            .env("TZ", "Europe/Berlin")
            // What the web view remembers goes with the test.
            .env("XDG_DATA_HOME", data.path().join("share"))
            .env("XDG_CACHE_HOME", data.path().join("cache"))
            .env("XDG_CONFIG_HOME", data.path().join("config"));
        match bus {
            Some(bus) => command.env("DBUS_SESSION_BUS_ADDRESS", bus),
            // Nobody's desktop is told what a test does.
            None => command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:"),
        };
        if let Some(name) = &name {
            command.env("DISPLAY", name).env_remove("WAYLAND_DISPLAY");
        }
        let programs = Group::start(&mut command, Signal::KILL)?;
        listening(port)?;
        let data_folder = data.path().join("data");
        let mut all = vec!["--data".to_owned(), data_folder.display().to_string()];
        all.extend(args.iter().map(|&arg| arg.to_owned()));
        let driver = Driver::start(port, &tools.program.display().to_string(), &all)?;
        Ok(Some(Self { driver, programs, _display: display, named: name, data }))
    }
}

/// What a window test needs of the machine.
struct Tools {
    program: PathBuf,
    driver: PathBuf,
    /// Set when there is no display yet.
    xvfb: Option<PathBuf>,
}

impl Tools {
    fn find() -> Result<Self, &'static str> {
        if std::env::var_os("LASTGOOD_TEST_QUICK").is_some() {
            return Err("`quick` leaves it out");
        }
        let program = std::env::var_os("LASTGOOD_DESKTOP_BIN").map(PathBuf::from).ok_or(
            "LASTGOOD_DESKTOP_BIN does not say where the built window is; \
             `./dev test` builds it and runs this",
        )?;
        let driver = on_path("WebKitWebDriver")
            .ok_or("there is no WebKitWebDriver here; `./dev install` installs it")?;
        let xvfb = if std::env::var_os("DISPLAY").is_some() {
            None
        } else {
            let found = on_path("Xvfb");
            Some(found.ok_or("there is no display and no Xvfb; `./dev install` installs it")?)
        };
        Ok(Self { program, driver, xvfb })
    }
}

pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// A display of our own, with its name.
fn own_display(xvfb: &Path) -> Result<(Group, String)> {
    let mut command = Command::new(xvfb);
    command
        .args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"])
        .stdout(Stdio::piped());
    // Asked to end, it takes its lock file with it.
    let mut group = Group::start_with_output(&mut command, Signal::TERM)?;
    let output = group.0.stdout.take().context("its output is ours")?;
    let mut number = String::new();
    BufReader::new(output).read_line(&mut number)?;
    let number: u32 = number.trim().parse().context("the display did not say its number")?;
    Ok((group, format!(":{number}")))
}

/// Returns as soon as something listens at `port`.
fn listening(port: u16) -> Result<()> {
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let began = Instant::now();
    while TcpStream::connect_timeout(&at, READY).is_err() {
        if began.elapsed() > READY {
            bail!("the driver did not listen within {READY:?}");
        }
        // The driver says nowhere that it is ready.
        std::thread::park_timeout(Duration::from_millis(10));
    }
    Ok(())
}

/// A program with everything that it starts: they end together.
pub(crate) struct Group(pub(crate) Child, Signal);

impl Group {
    pub(crate) fn start(command: &mut Command, end: Signal) -> Result<Self> {
        Self::start_with_output(command.stdout(Stdio::null()), end)
    }

    pub(crate) fn start_with_output(command: &mut Command, end: Signal) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        // Nothing of ours may stay open in a process that outlives the test.
        let child = command.stdin(Stdio::null()).stderr(Stdio::null()).process_group(0).spawn();
        Ok(Self(child.with_context(|| format!("`{name}` did not start"))?, end))
    }
}

impl Group {
    /// The first process of a group gives it its number.
    fn id(&self) -> Pid {
        Pid::from_child(&self.0)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = kill_process_group(self.id(), self.1);
        let _ = self.0.wait();
    }
}

/// Where pictures of the window go.
pub(crate) fn picture(name: &str) -> Result<PathBuf> {
    let folder = std::env::var_os("LASTGOOD_SCREENSHOTS")
        .map_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("window"), PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    Ok(folder.join(name).with_extension(OsStr::new("png")))
}
