//! Writes a run's timeline for a postmortem.

use std::path::{Path, PathBuf};

use lastgood_api::App;
use lastgood_api::wire::{ExportFormat, ExportRequest};
use lastgood_core::name::RunId;
use lastgood_core::problem::{Code, Problem};

use crate::args::{Exporting, Shape};
use crate::exit::{Ending, Stop};
use crate::screen::Screen;

pub(super) async fn export(app: &App, screen: &Screen, asked: Exporting) -> Result<Ending, Stop> {
    let Exporting { run, format, out, shape, lint } = asked;
    let format = format.map_or_else(|| by_name(out.as_deref()), ExportFormat::from);
    let request = request(RunId::new(run), format, shape);
    if let Some(path) = out {
        let saved = app.save_to(request, path).await?;
        screen.answer(&saved, |_| format!("Written: {}\n", saved.path))?;
        return Ok(Ending::Done);
    }
    if format == ExportFormat::Pdf && screen.is_live() && !lint {
        return Err(unreadable(&request.run).into());
    }
    let view = app.export(request).await?;
    if lint {
        screen.answer(&view.lacks, |_| lacks(&view.lacks))?;
        return Ok(Ending::Done);
    }
    match format {
        // It is the one JSON document already.
        ExportFormat::Json => screen.raw(view.text.as_bytes())?,
        ExportFormat::Pdf if !screen.is_json() => screen.raw(&view.bytes()?)?,
        ExportFormat::Markdown | ExportFormat::Csv | ExportFormat::Html | ExportFormat::Pdf => {
            screen.answer(&view, |_| view.text.clone())?;
        }
    }
    Ok(Ending::Done)
}

/// A terminal would show a PDF as noise, and some of it as commands.
fn unreadable(run: &RunId) -> Problem {
    Problem::new(Code::InputInvalid, "a PDF is no text, and a terminal cannot show it")
        .hint(format!("Name a file: lastgood export {run} --format pdf --out {run}.pdf"))
}

fn request(run: RunId, format: ExportFormat, shape: Shape) -> ExportRequest {
    ExportRequest {
        run,
        format,
        zone: shape.tz,
        redact: shape.redact.into_iter().map(Into::into).collect(),
        layout: shape.layout.into(),
        paper: shape.paper.into(),
        fonts: shape.fonts.into(),
    }
}

fn lacks(lacks: &[String]) -> String {
    if lacks.is_empty() {
        return "Nothing is missing.\n".to_owned();
    }
    format!("- {}\n", lacks.join("\n- "))
}

/// Writes the export to `path`, in the form that its name says.
pub(super) async fn save(
    app: &App,
    screen: &Screen,
    run: &RunId,
    path: PathBuf,
) -> Result<(), Stop> {
    let format = by_name(Some(&path));
    let saved = app.save_to(ExportRequest::whole(run.clone(), format), path).await?;
    // The file is there, whether or not anybody reads that it is.
    let _ = screen.say(&format!("Exported: {}\n", saved.path));
    Ok(())
}

/// The form that the ending of a file's name stands for; the document for any other.
fn by_name(path: Option<&Path>) -> ExportFormat {
    let extension = path.and_then(Path::extension).map(std::ffi::OsStr::to_ascii_lowercase);
    match extension.as_ref().and_then(|text| text.to_str()) {
        Some("md" | "markdown") => ExportFormat::Markdown,
        Some("csv") => ExportFormat::Csv,
        Some("html" | "htm") => ExportFormat::Html,
        Some("pdf") => ExportFormat::Pdf,
        Some(_) | None => ExportFormat::Json,
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
            (Some("a.csv"), ExportFormat::Csv),
            (Some("a.html"), ExportFormat::Html),
            (Some("a.pdf"), ExportFormat::Pdf),
            (Some("a.json"), ExportFormat::Json),
            (Some("a"), ExportFormat::Json),
            (None, ExportFormat::Json),
        ] {
            assert_eq!(by_name(name.map(Path::new)), format, "{name:?}");
        }
    }
}
