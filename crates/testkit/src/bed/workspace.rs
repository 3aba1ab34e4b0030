//! A workspace folder about the bed, for Lastgood to open.

use std::path::Path;

use crate::error::BedError;
use crate::peer::workspace_root;

/// The catalog, with `@NAME@` where the bed's addresses go.
const CATALOG: &str = include_str!("../../templates/lastgood.yaml");

/// Writes `lastgood.yaml`, and copies the runbooks that the repository ships.
pub(super) fn write(
    dir: &Path,
    kubeconfig: &Path,
    prometheus: &str,
    service: &str,
) -> Result<(), BedError> {
    let runbooks = dir.join("runbooks");
    std::fs::create_dir_all(&runbooks).map_err(BedError::file(&runbooks))?;
    let catalog = dir.join("lastgood.yaml");
    let text = catalog_text(&kubeconfig.display().to_string(), prometheus, service);
    std::fs::write(&catalog, text).map_err(BedError::file(&catalog))?;
    let shipped = workspace_root().join("runbooks");
    let files = std::fs::read_dir(&shipped).map_err(BedError::file(&shipped))?;
    for file in files.flatten() {
        let (path, name) = (file.path(), file.file_name());
        // The practice world has a catalog of its own.
        let is_runbook = path.extension().is_some_and(|extension| extension == "yaml");
        if is_runbook && name != "lastgood.yaml" {
            let copy = runbooks.join(name);
            std::fs::copy(&path, &copy).map_err(BedError::file(&copy))?;
        }
    }
    Ok(())
}

fn catalog_text(kubeconfig: &str, prometheus: &str, service: &str) -> String {
    CATALOG
        .replace("@KUBECONFIG@", kubeconfig)
        .replace("@PROMETHEUS@", prometheus)
        .replace("@SERVICE@", service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_place_in_the_catalog_is_left_open() {
        let text = catalog_text("/tmp/kubeconfig", "http://127.0.0.1:1", "http://127.0.0.1:2");
        assert!(!text.contains('@'), "every `@NAME@` is filled:\n{text}");
        for value in ["/tmp/kubeconfig", "http://127.0.0.1:1", "http://127.0.0.1:2/healthz"] {
            assert!(text.contains(value), "`{value}` is in the catalog:\n{text}");
        }
        assert!(text.contains("\"{{ target.version }}\""), "the template is Lastgood's to fill");
    }
}
