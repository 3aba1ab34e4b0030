//! What this machine has installed of the real systems that tests talk to.
//!
//! A peer that is not there is no failure and no silence: [`Missing`] says which one
//! and how to install it, and [`skipped`] tells the person who runs the tests.

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A folder with the scripts `up DIR PORT` and `down DIR`.
pub const FOLDER_VARIABLE: &str = "LASTGOOD_KUBE_TESTBED";
/// A folder with `etcd`, `kube-apiserver` and `kube-controller-manager`.
pub const ASSETS_VARIABLE: &str = "KUBEBUILDER_ASSETS";
/// Set by those who want quick tests only: no real system is started.
pub const QUICK_VARIABLE: &str = "LASTGOOD_TEST_QUICK";

/// A control plane folder with `up` and `down` beside the checkout, relative to the
/// workspace root.
const FOLDER_BESIDE_THE_CHECKOUT: &str = "../shared/testbed/kubernetes";

/// What no package of the system brings: `./dev` keeps it in a folder of its own, and gives it
/// to the tests that it runs.
const INTO_THE_CACHE: &str =
    "./dev install peers, then ./dev test, or with its folder peers/bin on the PATH";

/// Why a real system cannot be had here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// It is not installed.
    #[error("{peer} is not installed: {install}")]
    Peer {
        /// What is not there, as a person calls it.
        peer: &'static str,
        /// The command or the setting that mends it.
        install: String,
    },
    /// Nobody looked for it.
    #[error("quick tests start no real systems: unset {QUICK_VARIABLE}")]
    LeftOut,
}

/// A program that a test starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The store behind the API server.
    Etcd,
    /// The metrics server.
    Prometheus,
    /// The command line client of Kubernetes.
    Kubectl,
    /// Makes the key that signs service account tokens.
    OpenSsl,
    /// A keychain behind the Secret Service of D-Bus.
    GnomeKeyring,
    /// Runs something on a D-Bus of its own.
    DbusSession,
    /// Installs charts.
    Helm,
    /// Answers as AWS does, in shape.
    Moto,
}

impl Program {
    const fn describe(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Etcd => ("etcd", "etcd", "apt-get install etcd-server"),
            Self::Prometheus => ("prometheus", "Prometheus", "apt-get install prometheus"),
            Self::Kubectl => ("kubectl", "kubectl", "apt-get install kubernetes-client"),
            Self::OpenSsl => ("openssl", "OpenSSL", "apt-get install openssl"),
            Self::GnomeKeyring => {
                ("gnome-keyring-daemon", "gnome-keyring", "apt-get install gnome-keyring")
            }
            Self::DbusSession => ("dbus-run-session", "D-Bus", "apt-get install dbus"),
            Self::Helm => ("helm", "Helm 3", INTO_THE_CACHE),
            Self::Moto => ("moto_server", "moto", INTO_THE_CACHE),
        }
    }

    /// Finds the program on `PATH`.
    pub fn find(self) -> Result<PathBuf, Missing> {
        let (file, peer, install) = self.describe();
        wanted()?;
        on_path(file).ok_or_else(|| Missing::Peer { peer, install: install.to_owned() })
    }
}

/// Where the control plane's programs come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlPlaneSource {
    /// A folder with the scripts `up DIR PORT` and `down DIR`.
    Scripts(PathBuf),
    /// A folder with the programs themselves.
    Assets(PathBuf),
}

/// Finds a control plane: the scripts first, because they bring their own programs.
pub fn control_plane() -> Result<ControlPlaneSource, Missing> {
    wanted()?;
    let named = env::var_os(FOLDER_VARIABLE).map(PathBuf::from);
    let beside = || workspace_root().join(FOLDER_BESIDE_THE_CHECKOUT);
    let assets = env::var_os(ASSETS_VARIABLE).map(PathBuf::from);
    choose(named.as_deref(), &beside(), assets.as_deref())
}

fn choose(
    named: Option<&Path>,
    beside: &Path,
    assets: Option<&Path>,
) -> Result<ControlPlaneSource, Missing> {
    let missing = |install: String| Missing::Peer { peer: "a Kubernetes control plane", install };
    if let Some(folder) = named {
        return if has_scripts(folder) {
            Program::Etcd.find()?;
            Ok(ControlPlaneSource::Scripts(folder.to_owned()))
        } else {
            Err(missing(format!(
                "{FOLDER_VARIABLE} names `{}`, which has no `up` and `down`",
                folder.display()
            )))
        };
    }
    if has_scripts(beside) {
        Program::Etcd.find()?;
        return Ok(ControlPlaneSource::Scripts(beside.to_owned()));
    }
    let Some(folder) = assets else {
        return Err(missing(format!(
            "set {FOLDER_VARIABLE} to a folder with `up` and `down`, or {ASSETS_VARIABLE} to one \
             with etcd, kube-apiserver and kube-controller-manager"
        )));
    };
    for program in ["etcd", "kube-apiserver", "kube-controller-manager"] {
        if !folder.join(program).is_file() {
            return Err(missing(format!(
                "{ASSETS_VARIABLE} names `{}`, which has no `{program}`; put the one of the same \
                 Kubernetes release there",
                folder.display()
            )));
        }
    }
    Program::OpenSsl.find()?;
    Ok(ControlPlaneSource::Assets(folder.to_owned()))
}

fn wanted() -> Result<(), Missing> {
    if env::var_os(QUICK_VARIABLE).is_some_and(|value| !value.is_empty()) {
        return Err(Missing::LeftOut);
    }
    Ok(())
}

fn has_scripts(folder: &Path) -> bool {
    folder.join("up").is_file() && folder.join("down").is_file()
}

fn on_path(file: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(file)).find(|path| path.is_file())
}

/// The folder that holds the workspace's `Cargo.toml`.
pub fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Tells the person who runs the tests that one of them proved nothing, and why: one
/// line that begins with `SKIPPED:`, which `./dev test` counts.
///
/// Writes past the test runner's capture, because a passing test's output is hidden and
/// a skipped test passes.
pub fn skipped(missing: &Missing) {
    // Nobody can be told when standard error is closed.
    let _ = std::io::stderr().write_all(format!("SKIPPED: {missing}\n").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for file in files {
            std::fs::write(folder.path().join(file), "").expect("the folder is writable");
        }
        folder
    }

    #[test]
    fn a_named_folder_without_scripts_is_missing_rather_than_passed_over() {
        let empty = folder_with(&[]);
        let assets = folder_with(&["etcd", "kube-apiserver", "kube-controller-manager"]);
        let missing = choose(Some(empty.path()), Path::new("/nowhere"), Some(assets.path()))
            .expect_err("who names a folder wants that one and no other");
        assert!(missing.to_string().contains(FOLDER_VARIABLE), "the sentence names what to change");
    }

    #[test]
    fn assets_without_a_controller_manager_are_missing_it_by_name() {
        let assets = folder_with(&["etcd", "kube-apiserver"]);
        let missing = choose(None, Path::new("/nowhere"), Some(assets.path()))
            .expect_err("without controllers no Deployment ever gets a pod");
        assert!(missing.to_string().contains("`kube-controller-manager`"), "{missing}");
    }

    #[test]
    fn without_any_control_plane_the_sentence_names_both_settings() {
        let missing = choose(None, Path::new("/nowhere"), None).expect_err("there is none");
        assert!(missing.to_string().contains(FOLDER_VARIABLE), "{missing}");
        assert!(missing.to_string().contains(ASSETS_VARIABLE), "{missing}");
    }

    #[test]
    fn the_sentence_of_a_missing_peer_says_how_to_install_it() {
        let install = "apt-get install prometheus".to_owned();
        let missing = Missing::Peer { peer: "Prometheus", install };
        assert_eq!(missing.to_string(), "Prometheus is not installed: apt-get install prometheus");
    }
}
