//! The machine we run on: its clock.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::ports::Clock;
use sha2::{Digest as _, Sha256};

/// The wall's clock. The only place, besides the practice clocks it is handed to, where
/// real time comes in.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

/// The longest single sleep. A laptop that slept wakes with monotonic timers that are
/// far behind the wall; looking at the wall again this often keeps deadlines honest.
const NAP: Duration = Duration::from_secs(5);

/// The time on the wall, in whole milliseconds, as it is journalled.
#[expect(clippy::disallowed_methods, reason = "this is the adapter that the ban points to")]
pub(crate) fn wall() -> Timestamp {
    let now = Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH);
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// Four hex digits that two machines, or two starts within one second, will hardly share.
/// Run ids carry them, because marks that a run leaves on a platform are found by its id.
#[expect(clippy::disallowed_methods, reason = "chance comes from here, as time does")]
pub(crate) fn salt() -> String {
    let nanos = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.subsec_nanos());
    let host = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
    let mut hash = Sha256::new();
    hash.update(host.as_bytes());
    hash.update(nanos.to_le_bytes());
    hash.update(std::process::id().to_le_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    format!("{:02x}{:02x}", digest[0], digest[1])
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        wall()
    }

    fn wall(&self) -> Timestamp {
        wall()
    }

    async fn sleep_until(&self, at: Timestamp) {
        loop {
            let left = at.duration_since(wall());
            let Ok(left) = Duration::try_from(left) else { return };
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(NAP)).await;
        }
    }
}
