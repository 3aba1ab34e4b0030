//! A journal that nothing secret gets into: what looks like a credential is masked
//! before it is hashed and stored, because afterwards it could never be removed.

use async_trait::async_trait;
use lastgood_core::name::RunId;
use lastgood_core::ports::{
    Annotations, AnnotationsError, Head, Journal, JournalError, Lease, Ledger, LedgerError,
    RunRecord, Stamped,
};
use lastgood_core::release::{Ground, Remark};
use lastgood_core::run::Entry;
use lastgood_core::secret::redact;
use lastgood_core::timeline::Annotation;

/// Masks credentials on the way into `J`.
pub(crate) struct Redacting<J> {
    inner: J,
}

impl<J> Redacting<J> {
    pub(crate) const fn new(inner: J) -> Self {
        Self { inner }
    }
}

fn clean(events: &[Stamped]) -> Result<Vec<Stamped>, JournalError> {
    let failed = |source: serde_json::Error| JournalError::Storage {
        path: "journal".to_owned(),
        doing: "redact an entry of",
        source: Box::new(source),
    };
    events
        .iter()
        .map(|stamped| {
            let text = serde_json::to_string(stamped).map_err(failed)?;
            let masked = redact(&text, &[]);
            if masked == text {
                return Ok(stamped.clone());
            }
            serde_json::from_str(&masked).map_err(failed)
        })
        .collect()
}

#[async_trait]
impl<J: Journal> Journal for Redacting<J> {
    async fn create(&self, run: &RunId, first: &[Stamped]) -> Result<(Lease, Head), JournalError> {
        self.inner.create(run, &clean(first)?).await
    }

    async fn lease(&self, run: &RunId) -> Result<Lease, JournalError> {
        self.inner.lease(run).await
    }

    async fn release(&self, lease: Lease) -> Result<(), JournalError> {
        self.inner.release(lease).await
    }

    async fn append(&self, lease: &Lease, events: &[Stamped]) -> Result<Head, JournalError> {
        self.inner.append(lease, &clean(events)?).await
    }

    async fn read(&self, run: &RunId, after: u64) -> Result<Vec<Entry>, JournalError> {
        self.inner.read(run, after).await
    }

    async fn runs(&self) -> Result<Vec<RunRecord>, JournalError> {
        self.inner.runs().await
    }
}

fn clean_remarks(ground: &Ground, remarks: &[Remark]) -> Result<Vec<Remark>, LedgerError> {
    let failed = |source: serde_json::Error| LedgerError::Storage {
        of: ground.to_string(),
        source: JournalError::Storage {
            path: "journal".to_owned(),
            doing: "redact a remark of",
            source: Box::new(source),
        },
    };
    remarks
        .iter()
        .map(|remark| {
            let text = serde_json::to_string(remark).map_err(failed)?;
            let masked = redact(&text, &[]);
            if masked == text {
                return Ok(remark.clone());
            }
            serde_json::from_str(&masked).map_err(failed)
        })
        .collect()
}

#[async_trait]
impl<J: Ledger> Ledger for Redacting<J> {
    async fn remark(
        &self,
        ground: &Ground,
        seen: u64,
        remarks: &[Remark],
    ) -> Result<u64, LedgerError> {
        self.inner.remark(ground, seen, &clean_remarks(ground, remarks)?).await
    }

    async fn remarks(&self, ground: &Ground) -> Result<Vec<Remark>, LedgerError> {
        self.inner.remarks(ground).await
    }

    async fn grounds(&self) -> Result<Vec<Ground>, LedgerError> {
        self.inner.grounds().await
    }
}

fn clean_annotations(
    run: &RunId,
    annotations: &[Annotation],
) -> Result<Vec<Annotation>, AnnotationsError> {
    let failed = |source: serde_json::Error| AnnotationsError::Storage {
        run: run.clone(),
        source: JournalError::Storage {
            path: "journal".to_owned(),
            doing: "redact an annotation of",
            source: Box::new(source),
        },
    };
    annotations
        .iter()
        .map(|annotation| {
            let text = serde_json::to_string(annotation).map_err(failed)?;
            let masked = redact(&text, &[]);
            if masked == text {
                return Ok(annotation.clone());
            }
            serde_json::from_str(&masked).map_err(failed)
        })
        .collect()
}

#[async_trait]
impl<J: Annotations> Annotations for Redacting<J> {
    async fn annotate(
        &self,
        run: &RunId,
        seen: u64,
        annotations: &[Annotation],
    ) -> Result<Head, AnnotationsError> {
        self.inner.annotate(run, seen, &clean_annotations(run, annotations)?).await
    }

    async fn annotations(&self, run: &RunId) -> Result<(Vec<Annotation>, Head), AnnotationsError> {
        self.inner.annotations(run).await
    }

    /// The bytes as they are: whoever hands a text over has masked it, and a picture has
    /// nothing to search in.
    async fn keep(&self, run: &RunId, bytes: &[u8]) -> Result<String, AnnotationsError> {
        self.inner.keep(run, bytes).await
    }

    async fn kept(&self, run: &RunId, hash: &str) -> Result<Option<Vec<u8>>, AnnotationsError> {
        self.inner.kept(run, hash).await
    }
}
