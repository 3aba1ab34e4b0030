//! Writes a run's timeline for a postmortem.

use std::path::{Path, PathBuf};

use lastgood_api::App;
use lastgood_api::wire::{ExportFormat, ExportRequest};
use lastgood_core::name::RunId;

use crate::args::Format;
use crate::exit::{Ending, Stop};
use crate::screen::Screen;

pub(super) async fn export(
    app: &App,
    screen: &Screen,
    run: &str,
    format: Option<Format>,
    out: Option<PathBuf>,
) -> Result<Ending, Stop> {
    let format = format.map_or_else(|| by_name(out.as_deref()), wire);
    let request = ExportRequest { run: RunId::new(run), format };
    if let Some(path) = out {
        let saved = app.save_to(request, path).await?;
        screen.answer(&saved, |_| format!("Written: {}\n", saved.path))?;
        return Ok(Ending::Done);
    }
    let view = app.export(request).await?;
    match format {
        // It is the one JSON document already.
        ExportFormat::Json => screen.raw(&view.text)?,
        ExportFormat::Markdown => screen.answer(&view, |_| view.text.clone())?,
    }
    Ok(Ending::Done)
}

/// Writes the export to `path`, in the form that its name says.
pub(super) async fn save(
    app: &App,
    screen: &Screen,
    run: &RunId,
    path: PathBuf,
) -> Result<(), Stop> {
    let format = by_name(Some(&path));
    let saved = app.save_to(ExportRequest { run: run.clone(), format }, path).await?;
    screen.say(&format!("Exported: {}\n", saved.path))?;
    Ok(())
}

const fn wire(format: Format) -> ExportFormat {
    match format {
        Format::Json => ExportFormat::Json,
        Format::Md => ExportFormat::Markdown,
    }
}

/// `.md` is Markdown; anything else is the document.
fn by_name(path: Option<&Path>) -> ExportFormat {
    let extension = path.and_then(Path::extension).map(std::ffi::OsStr::to_ascii_lowercase);
    if extension.is_some_and(|text| text == "md") {
        ExportFormat::Markdown
    } else {
        ExportFormat::Json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_says_its_form() {
        for (name, format) in [
            (Some("a.md"), ExportFormat::Markdown),
            (Some("A.MD"), ExportFormat::Markdown),
            (Some("a.json"), ExportFormat::Json),
            (Some("a"), ExportFormat::Json),
            (None, ExportFormat::Json),
        ] {
            assert_eq!(by_name(name.map(Path::new)), format, "{name:?}");
        }
    }
}
