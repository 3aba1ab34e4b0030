//! Tells the ledger what a run found out about releases.

use lastgood_core::ports::LedgerError;
use lastgood_core::release::{Ground, may_owe, owed};
use lastgood_core::run::Outcome;

use crate::EngineError;
use crate::driver::Driver;

/// How often somebody else may write first before the run is left; people write seldom.
const TRIES: usize = 8;

impl Driver {
    /// Writes what the run has earned to say and has not said yet. A rollback that nobody
    /// remembers is how a bad release comes back, so the run does not go on without it.
    pub(crate) async fn tell_of_releases(
        &mut self,
        ending: Option<&Outcome>,
    ) -> Result<(), EngineError> {
        if !may_owe(&self.run) {
            return Ok(());
        }
        let ground = Ground::of(self.run.plan());
        let failed = |run: &lastgood_core::run::Run, source| EngineError::Ledger {
            run: run.id().clone(),
            source,
        };
        let survey = match ending {
            Some(_) => self.ports.world.survey(&self.run.plan().place).await.ok(),
            None => None,
        };
        let mut tries = 0;
        loop {
            let ledger = self.ports.ledger.clone();
            let already =
                ledger.remarks(&ground).await.map_err(|source| failed(&self.run, source))?;
            let now = (self.ports.clock.now(), self.ports.clock.wall());
            let remarks = owed(&self.run, ending, &already, survey.as_ref(), now);
            if remarks.is_empty() {
                return Ok(());
            }
            // Proof of recovery is durable before anybody is told. A change that landed is
            // so whether our journal has it already or will find it by a probe.
            if ending.is_some() {
                self.flush().await?;
            }
            tries += 1;
            match ledger.remark(&ground, already.len() as u64, &remarks).await {
                Ok(_) => return Ok(()),
                Err(LedgerError::Moved { .. }) if tries < TRIES => {}
                Err(source) => return Err(failed(&self.run, source)),
            }
        }
    }
}
