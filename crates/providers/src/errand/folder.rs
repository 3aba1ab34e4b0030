//! Where a command may run, and which program it is.

use std::path::{Component, Path, PathBuf};

use lastgood_core::effect::Refusal;
use lastgood_core::errand::{COMMAND, Command};

/// The folder of a step, which lies in the workspace whatever links lead out of it.
pub(super) fn folder(workspace: &Path, inside: Option<&str>) -> Result<PathBuf, Refusal> {
    let rejected = |why: String| Refusal::Rejected { system: COMMAND.to_owned(), why };
    let inside = Path::new(inside.unwrap_or("."));
    let leads_out =
        inside.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir));
    if leads_out {
        return Err(rejected(format!(
            "the folder `{}` leads out of the workspace",
            inside.display()
        )));
    }
    let real = |path: &Path| {
        path.canonicalize()
            .map_err(|error| rejected(format!("the folder `{}`: {error}", path.display())))
    };
    let workspace = real(workspace)?;
    let folder = real(&workspace.join(inside))?;
    if !folder.starts_with(&workspace) {
        return Err(rejected(format!(
            "the folder `{}` is a link that leads out of the workspace",
            inside.display()
        )));
    }
    if !folder.is_dir() {
        return Err(rejected(format!("`{}` is no folder", inside.display())));
    }
    Ok(folder)
}

/// The program that `command` would start: beside the workspace's files when it is written
/// with a `/`, else on the `PATH`.
pub(super) fn program(folder: &Path, command: &Command) -> Result<PathBuf, Refusal> {
    let argv = command.shown();
    let name = argv.first().map_or("", String::as_str);
    let missing = || Refusal::Gone { what: format!("the program `{name}`") };
    if name.contains('/') {
        let path = folder.join(name);
        return if is_program(&path) { Ok(path) } else { Err(missing()) };
    }
    on_path(name).ok_or_else(missing)
}

/// The program that this machine starts by `name`.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| is_program(path))
}

fn is_program(path: &Path) -> bool {
    let Ok(data) = path.metadata() else { return false };
    #[cfg(unix)]
    let may = std::os::unix::fs::PermissionsExt::mode(&data.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may = true;
    data.is_file() && may
}
