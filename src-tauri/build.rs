//! Declares every command by name: without this, Tauri allows each of them in every
//! window. The list is compared with the command table by a test.

use std::path::Path;

include!("src/allowed.rs");

/// What the window shows when its pages have not been built.
const NO_PAGES: &str = "<!doctype html><html lang=\"en\"><title>Lastgood</title>\
    <p>The window's pages have not been built. Start it with <code>./dev run</code>.</p></html>";

fn main() {
    let pages = Path::new("../ui/dist");
    // The pages are compiled in: a new build of them is a new build of this.
    println!("cargo::rerun-if-changed={}", pages.display());
    if let Err(error) = stand_in(pages) {
        println!("cargo::error=`{}` cannot be written: {error}", pages.display());
    }
    let manifest = tauri_build::AppManifest::new().commands(ALLOWED);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        // A build script has nobody but the terminal to tell.
        println!("cargo::error=the window's manifest cannot be made: {error:#}");
    }
}

/// Lets a clone without built pages be compiled, checked and linted. Building the pages
/// empties the folder first, so nothing of this stays in it.
fn stand_in(pages: &Path) -> std::io::Result<()> {
    let first = pages.join("index.html");
    if first.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(pages)?;
    std::fs::write(first, NO_PAGES)
}
