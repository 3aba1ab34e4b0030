//! The generators that need the wire types: the feature `generate` brings them in.

use crate::generated::Generated;

/// The window's TypeScript types.
#[cfg(feature = "generate")]
#[expect(clippy::unnecessary_wraps, reason = "without the feature it fails, and both look alike")]
pub(crate) fn bindings() -> anyhow::Result<Vec<Generated>> {
    Ok(vec![Generated {
        path: "ui/src/lib/api/bindings.ts".into(),
        text: lastgood_api::bindings::typescript(),
        made_by: "cargo xtask-generate bindings",
    }])
}

/// The JSON Schemas of runbooks, catalogs and exports.
#[cfg(feature = "generate")]
pub(crate) fn schema() -> anyhow::Result<Vec<Generated>> {
    let made_by = "cargo xtask-generate schema";
    let mut files: Vec<Generated> = lastgood_runbook::schema_files()
        .into_iter()
        .map(|(path, text)| Generated { path: path.into(), text, made_by })
        .collect();
    let mut text = serde_json::to_string_pretty(&lastgood_api::bindings::export_schema())?;
    text.push('\n');
    files.push(Generated { path: "docs/schema/export-v1.json".into(), text, made_by });
    Ok(files)
}

#[cfg(not(feature = "generate"))]
pub(crate) fn bindings() -> anyhow::Result<Vec<Generated>> {
    unavailable("bindings")
}

#[cfg(not(feature = "generate"))]
pub(crate) fn schema() -> anyhow::Result<Vec<Generated>> {
    unavailable("schema")
}

#[cfg(not(feature = "generate"))]
fn unavailable(chore: &str) -> anyhow::Result<Vec<Generated>> {
    anyhow::bail!("`{chore}` needs the wire types: call it as `cargo xtask-generate {chore}`")
}
