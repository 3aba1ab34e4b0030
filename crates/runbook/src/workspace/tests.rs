use std::path::PathBuf;

use super::*;
fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../runbooks")
}

#[test]
fn the_shipped_library_is_read_without_a_word() {
    let workspace = Workspace::load(&shipped());
    assert_eq!(workspace.explain(), "", "what we ship is what we advise");
    assert_eq!(workspace.runbooks.len(), 4, "one for each strategy, and one for all");
    assert_eq!(workspace.scenarios.len(), 3, "every drill is found in its folder");
}
