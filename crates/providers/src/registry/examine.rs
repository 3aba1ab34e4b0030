//! What the doctor asks of a registry: whether it takes the credential, and what time it has.

use lastgood_core::examination::Examination;

use super::{Failure, Registry};
use crate::clock;

impl Registry {
    /// Asks for nothing in particular, as the catalog's user.
    pub async fn examine(&self) -> Result<Examination, Failure> {
        let date = self.link.ping().await?;
        let ahead = date.as_deref().and_then(clock::of_header);
        Ok(Examination {
            identity: Some(match self.link.user() {
                Some(user) => user.to_owned(),
                None => "nobody in particular".to_owned(),
            }),
            ahead: ahead.map(|date| date.duration_since(clock::wall())),
            ..Examination::default()
        })
    }
}
