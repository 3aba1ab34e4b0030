//! Renders and saves exports.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lastgood_core::name::RunId;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::timeline::lint_follow_ups;

use crate::App;
use crate::export::{
    Document, Layout, Picture, ReadinessPart, SHOWN, Times, csv, html, lint, markdown, outline,
    pdf, replaced,
};
use crate::use_case::annotate::today;
use crate::wire::{ExportFormat, ExportRequest, ExportView, SavedView};
use crate::zone::zone;

const PDF: &str = "application/pdf";

/// An export as it is written.
struct Rendered {
    file_name: String,
    media_type: &'static str,
    bytes: Vec<u8>,
    lacks: Vec<String>,
}

/// How many bytes of pictures one page holds: what a mail still takes.
const MOST_OF_PICTURES: usize = 16 * 1024 * 1024;

/// What is attached, as far as a page can show it.
#[derive(Default)]
struct Attached {
    pictures: Vec<Picture>,
    /// Why others are not among them, in sentences.
    untold: Vec<String>,
}

impl App {
    /// Renders an export: exactly the bytes that would be saved.
    pub async fn export(&self, request: ExportRequest) -> Result<ExportView, Problem> {
        let Rendered { file_name, media_type, bytes, lacks } = self.rendered(request).await?;
        let (text, base64) = match String::from_utf8(bytes) {
            Ok(text) if media_type != PDF => (text, None),
            Ok(text) => (String::new(), Some(STANDARD.encode(text))),
            Err(error) => (String::new(), Some(STANDARD.encode(error.into_bytes()))),
        };
        Ok(ExportView { file_name, media_type: media_type.to_owned(), text, base64, lacks })
    }

    async fn rendered(&self, request: ExportRequest) -> Result<Rendered, Problem> {
        let (document, kept) = self.document_to_export(&request).await?;
        let attached = self.attached(&document, &request).await;
        // A long record takes a second to set; nobody else should wait for it.
        tokio::task::spawn_blocking(move || rendered(document, kept, attached, &request))
            .await
            .map_err(|error| Problem::from_error(Code::Internal, &error))?
    }

    /// The pictures that a page can show, and why others are not among them.
    async fn attached(&self, document: &Document, request: &ExportRequest) -> Attached {
        let mut attached = Attached::default();
        let pictures: Vec<_> = document
            .attachments
            .iter()
            .filter(|one| SHOWN.contains(&one.media_type.as_str()))
            .collect();
        if pictures.is_empty() || !matches!(request.format, ExportFormat::Html | ExportFormat::Pdf)
        {
            return attached;
        }
        if !request.redact.is_empty() {
            attached.untold.push(
                "Pictures are not shown, because names in them cannot be replaced.".to_owned(),
            );
            return attached;
        }
        let mut room = MOST_OF_PICTURES;
        for one in pictures {
            let bytes = match self.bytes_of(&request.run, one).await {
                Ok(bytes) => bytes,
                Err(problem) => {
                    let why = problem.chain.join(": ");
                    attached.untold.push(format!("{} is not shown: {why}.", one.name));
                    continue;
                }
            };
            let Some(left) = room.checked_sub(bytes.len()) else {
                let untold = format!("{} is not shown: the file would get too large.", one.name);
                attached.untold.push(untold);
                continue;
            };
            room = left;
            attached.pictures.push(Picture {
                name: one.name.clone(),
                caption: one.caption.clone(),
                media_type: one.media_type.clone(),
                bytes: bytes.into(),
            });
        }
        attached
    }

    /// The document that is rendered, and the bytes that were imported where they are the
    /// export already.
    async fn document_to_export(
        &self,
        request: &ExportRequest,
    ) -> Result<(Document, Option<Vec<u8>>), Problem> {
        if self.taken().await?.contains(&request.run) {
            return Ok((self.document(&request.run).await?, None));
        }
        let Some(mut imported) = self.imported_of(&request.run).await? else {
            return Ok((self.document(&request.run).await?, None));
        };
        if request.format == ExportFormat::Json {
            let kept = Some(imported.bytes).filter(|_| request.redact.is_empty());
            return Ok((imported.document, kept));
        }
        // A reader of a page cannot ask the journal; the page says what is not known.
        let doubt = imported.doubt();
        imported.document.doubts.insert(0, doubt);
        Ok((imported.document, None))
    }

    /// The record of a run as one document.
    pub(crate) async fn document(&self, run: &RunId) -> Result<Document, Problem> {
        let told = self.told(run).await?;
        let said = self.said(run).await?;
        let mut document = Document::new(&told.run, &told.entries, &said.annotations, &told.head);
        match self.readiness_of(told.run.plan()).await {
            Ok(readiness) => document.readiness = readiness.as_ref().map(ReadinessPart::from),
            // A record is worth having also where the catalog has forgotten its place.
            Err(problem) => document.doubts.push(format!(
                "How the place stands against its checklists is not told: {}.",
                problem.chain.join(": ")
            )),
        }
        Ok(document)
    }

    /// Writes an export into the data folder and tells where it is.
    pub async fn save(&self, request: ExportRequest) -> Result<SavedView, Problem> {
        let folder = self.config().data.join("exports");
        let view = self.rendered(request).await?;
        let path = folder.join(&view.file_name);
        write(&path, &view.bytes)?;
        Ok(SavedView { path: path.display().to_string() })
    }

    /// Writes an export to `path`.
    pub async fn save_to(
        &self,
        request: ExportRequest,
        path: PathBuf,
    ) -> Result<SavedView, Problem> {
        let view = self.rendered(request).await?;
        write(&path, &view.bytes)?;
        Ok(SavedView { path: path.display().to_string() })
    }
}

fn rendered(
    document: Document,
    kept: Option<Vec<u8>>,
    attached: Attached,
    request: &ExportRequest,
) -> Result<Rendered, Problem> {
    let document = replaced(document, &request.redact)?;
    let times = Times::of(zone(request.zone.as_deref().unwrap_or("UTC"))?);
    let Attached { pictures, untold } = attached;
    let outlined =
        || outline(&document, &times, request.layout).showing(pictures.clone(), untold.clone());
    let (ending, media_type, bytes) = match request.format {
        ExportFormat::Json => {
            let written = || document.json().map(String::into_bytes);
            let bytes = kept.map_or_else(written, Ok);
            let bytes = bytes.map_err(|error| Problem::from_error(Code::Internal, &error))?;
            ("json", "application/json", bytes)
        }
        ExportFormat::Markdown => ("md", "text/markdown", markdown(&outlined()).into_bytes()),
        ExportFormat::Csv => ("csv", "text/csv", csv(&document, &times)?.into_bytes()),
        ExportFormat::Html => ("html", "text/html", html(&outlined()).into_bytes()),
        ExportFormat::Pdf => ("pdf", PDF, pdf(&outlined(), request.paper, request.fonts.source())?),
    };
    Ok(Rendered {
        file_name: format!("{}.{ending}", request.run),
        media_type,
        bytes,
        lacks: lacks(&document, request.layout),
    })
}

fn lacks(document: &Document, layout: Layout) -> Vec<String> {
    let mut lacks = lint(document, layout);
    lacks.extend(lint_follow_ups(&document.follow_ups, &today()));
    lacks
}

/// Writes the whole file or leaves the old one: a half-written export reads as a whole
/// one to whoever finds it.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let unwritable = |error: std::io::Error| {
        let full = error.kind() == std::io::ErrorKind::StorageFull;
        let code = if full { Code::DiskFull } else { Code::FileUnwritable };
        Problem::from_error(code, &error)
            .within(format!("could not write `{}`", path.display()))
            .hint("Name another file; the run itself is safe in the journal.")
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
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&part, path)
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written.map_err(unwritable)
}
