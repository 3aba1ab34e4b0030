//! Renders and saves exports.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use lastgood_core::problem::{Code, Problem};
use lastgood_core::timeline::record;

use crate::App;
use crate::export::{Document, markdown};
use crate::wire::{ExportFormat, ExportRequest, ExportView, SavedView};

impl App {
    /// Renders an export: exactly the bytes that would be saved.
    pub async fn export(&self, request: ExportRequest) -> Result<ExportView, Problem> {
        let told = self.told(&request.run).await?;
        let said = self.said(&request.run).await?;
        let mut document = Document::new(&told.run, &told.entries, &told.head);
        document.timeline = record(told.run.plan(), &told.entries, &said.annotations).lines;
        Ok(match request.format {
            ExportFormat::Json => ExportView {
                file_name: format!("{}.json", request.run),
                media_type: "application/json".to_owned(),
                text: document
                    .json()
                    .map_err(|error| Problem::from_error(Code::Internal, &error))?,
            },
            ExportFormat::Markdown => ExportView {
                file_name: format!("{}.md", request.run),
                media_type: "text/markdown".to_owned(),
                text: markdown::render(&document),
            },
        })
    }

    /// Writes an export into the data folder and tells where it is.
    pub async fn save(&self, request: ExportRequest) -> Result<SavedView, Problem> {
        let folder = self.config().data.join("exports");
        let view = self.export(request).await?;
        let path = folder.join(&view.file_name);
        write(&path, &view.text)?;
        Ok(SavedView { path: path.display().to_string() })
    }

    /// Writes an export to `path`.
    pub async fn save_to(
        &self,
        request: ExportRequest,
        path: PathBuf,
    ) -> Result<SavedView, Problem> {
        let view = self.export(request).await?;
        write(&path, &view.text)?;
        Ok(SavedView { path: path.display().to_string() })
    }
}

/// Writes the whole file or leaves the old one: a half-written export reads as a whole
/// one to whoever finds it.
fn write(path: &Path, text: &str) -> Result<(), Problem> {
    let unwritable = |error: std::io::Error| {
        let full = error.kind() == std::io::ErrorKind::StorageFull;
        let code = if full { Code::DiskFull } else { Code::FileUnwritable };
        Problem::from_error(code, &error)
            .within(format!("could not write `{}`", path.display()))
            .hint("Name another file with --out; the run itself is safe in the journal.")
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).map_err(unwritable)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let written = (|| {
        let mut file = std::fs::File::create(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&part, path)
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written.map_err(unwritable)
}
