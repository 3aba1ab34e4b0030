//! Sends a request as a step wants it, and asks its probe.

use std::time::Duration;

use lastgood_core::effect::{ApplyError, Presence, Receipt, Refusal};
use lastgood_core::errand::{HTTP, HttpRequest};
use lastgood_core::name::EffectKey;
use lastgood_core::secret::Secret;

use super::record::Record;
use crate::http::Http;
use crate::http::deliver::{Delivered, Found};

/// A probe answers within this. The engine waits ten seconds for one.
const PROBE_WITHIN: Duration = Duration::from_secs(8);

pub(super) async fn send(
    http: &Http,
    key: &EffectKey,
    request: &HttpRequest,
    secrets: &[(String, Secret<String>)],
    record: &Record,
) -> Result<Receipt, ApplyError> {
    let rejected = |why: String| Refusal::Rejected { system: HTTP.to_owned(), why };
    record.started(key).map_err(|error| rejected(format!("its record cannot be kept: {error}")))?;
    let noted = |written: std::io::Result<()>| {
        written.map_err(|error| ApplyError::Lost {
            why: format!("its record cannot be kept: {error}"),
        })
    };
    match http.deliver(request, &key.to_string(), secrets).await {
        Delivered::Done { reference, sentence } => {
            let receipt = Receipt { reference, sentence };
            noted(record.done(key, &receipt))?;
            Ok(receipt)
        }
        Delivered::Refused(refusal) => {
            noted(record.not_started(key, &refusal.to_string()))?;
            Err(refusal.into())
        }
        Delivered::Lost(why) => {
            noted(record.failed(key, &why))?;
            Err(ApplyError::Lost { why })
        }
    }
}

pub(super) async fn probe(
    http: &Http,
    key: &EffectKey,
    request: &HttpRequest,
    secrets: &[(String, Secret<String>)],
) -> Presence {
    let Some(probe) = &request.probe else {
        return Presence::Unclear { why: "it has no probe".to_owned() };
    };
    match http.find(request, probe, &key.to_string(), secrets, PROBE_WITHIN).await {
        Found::Yes(sentence) => Presence::Present(Receipt {
            reference: "probe".to_owned(),
            sentence: format!("its probe finds it done: {sentence}"),
        }),
        Found::No => Presence::Absent,
        Found::Unclear(why) => Presence::Unclear { why: format!("its probe cannot tell: {why}") },
    }
}
