//! Opens the app: which workspace, which data folder, who acts.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lastgood_api::{App, Config, default_data, default_person};
use lastgood_core::name::Person;
use lastgood_core::problem::{Code, Problem};

use crate::args::Options;
use crate::exit::Stop;
use crate::screen::Screen;

/// The file that makes a folder a workspace.
const CATALOG: &str = "lastgood.yaml";

/// The workspace folder: the one that was named, or the nearest one upward from `from`;
/// `None` is the practice world.
pub(crate) fn workspace(options: &Options, from: Option<&Path>) -> Option<PathBuf> {
    if options.practice {
        return None;
    }
    options.workspace.clone().or_else(|| {
        from?.ancestors().find(|folder| folder.join(CATALOG).is_file()).map(Path::to_owned)
    })
}

/// The same from the current folder, saying so when nobody named it.
pub(crate) fn found(options: &Options, screen: &Screen) -> io::Result<Option<PathBuf>> {
    let here = std::env::current_dir().ok();
    let workspace = workspace(options, here.as_deref());
    match &workspace {
        Some(folder) if options.workspace.is_none() => {
            screen.aside(&format!("Workspace: {}\n", folder.display()))?;
        }
        None if !options.practice => {
            screen.aside("Practice world: nothing here is real. --workspace DIR names yours.\n")?;
        }
        Some(_) | None => {}
    }
    Ok(workspace)
}

/// The app on that workspace. It is said which one where `shows_it`; records say it
/// themselves.
pub(crate) fn app(options: &Options, screen: &Screen, shows_it: bool) -> Result<Arc<App>, Stop> {
    let here = std::env::current_dir().ok();
    let workspace =
        if shows_it { found(options, screen)? } else { workspace(options, here.as_deref()) };
    let config = Config {
        workspace,
        data: options.data.clone().unwrap_or_else(default_data),
        person: person(options.person.as_deref())?,
    };
    Ok(Arc::new(App::open(config)?))
}

/// Who acts: everything that is decided carries this name.
fn person(said: Option<&str>) -> Result<Person, Problem> {
    match said.map(str::trim) {
        Some("") => Err(Problem::new(Code::InputInvalid, "--as names nobody")
            .hint("Give a name, or leave --as out for the login name.")),
        Some(name) => Ok(Person::new(name.to_owned())),
        None => Ok(Person::new(default_person())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options {
            workspace: None,
            practice: false,
            data: None,
            json: false,
            no_color: true,
            person: None,
        }
    }

    #[test]
    fn the_nearest_workspace_upward_is_taken() {
        let root = tempfile::tempdir().expect("a folder");
        let inner = root.path().join("team/deep");
        std::fs::create_dir_all(&inner).expect("folders");
        assert_eq!(workspace(&options(), Some(&inner)), None, "nothing above is a workspace");
        std::fs::write(root.path().join("team").join(CATALOG), "").expect("a file");
        assert_eq!(workspace(&options(), Some(&inner)), Some(root.path().join("team")));
    }

    #[test]
    fn a_named_workspace_and_the_practice_world_outrank_what_is_found() {
        let root = tempfile::tempdir().expect("a folder");
        std::fs::write(root.path().join(CATALOG), "").expect("a file");
        let named = Options { workspace: Some("/elsewhere".into()), ..options() };
        assert_eq!(workspace(&named, Some(root.path())), Some("/elsewhere".into()));
        let practice = Options { practice: true, ..options() };
        assert_eq!(workspace(&practice, Some(root.path())), None);
    }
}
