//! The generators that need the wire types: the feature `generate` brings them in.

use anyhow::bail;

use crate::generated::Generated;

/// The window's TypeScript types.
pub(crate) fn bindings() -> anyhow::Result<Vec<Generated>> {
    unavailable("bindings")
}

/// The JSON Schemas of runbooks, catalogs and exports.
pub(crate) fn schema() -> anyhow::Result<Vec<Generated>> {
    unavailable("schema")
}

fn unavailable(chore: &str) -> anyhow::Result<Vec<Generated>> {
    if cfg!(feature = "generate") {
        bail!("`lastgood-api` offers no generator for `{chore}` yet");
    }
    bail!("`{chore}` needs the wire types: call it as `cargo xtask-generate {chore}`")
}
