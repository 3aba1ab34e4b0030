//! When a release of a Rollout took over, as the controller's events tell it.
//!
//! The object itself says it of the newest release alone (`status.stableRS`). Of an older one
//! two events do, as long as the cluster keeps events (an hour, by default):
//!
//! - `SwitchService`: the active Service was switched to it. The controller does that only
//!   once all of its replicas are available.
//! - `RolloutCompleted`: it became the stable release. Of the first release ever the
//!   controller says so at once ("Initial deploy"), before any replica is there, and that
//!   proves nothing.
//!
//! The controller's own sources have these words: `rollout/service.go` and
//! `utils/conditions/conditions.go` of <https://github.com/argoproj/argo-rollouts>.

use jiff::Timestamp;
use serde_json::Value;

use super::super::objects::{ReplicaSet, Seen};
use super::super::reply::time;
use super::hash_of;

/// When `set` took over between `from` and `to`, being `revision` then; the earliest proof.
pub(in crate::kubernetes) fn took_over(
    seen: &Seen,
    events: &[Value],
    set: &ReplicaSet,
    revision: u64,
    (from, to): (Timestamp, Timestamp),
) -> Option<Timestamp> {
    let hash = hash_of(set).filter(|_| super::is(seen))?;
    let active = seen.deployment["spec"]["strategy"]["blueGreen"]["activeService"].as_str();
    let proves = |event: &Value| {
        let message = event["message"].as_str().unwrap_or_default();
        match event["reason"].as_str() {
            Some("SwitchService") => {
                active.is_some() && switched(message) == active.map(|active| (active, hash))
            }
            Some("RolloutCompleted") => completed(message) == Some((revision, hash)),
            Some(_) | None => false,
        }
    };
    let times = events
        .iter()
        .filter(|event| proves(event))
        .flat_map(|event| [&event["firstTimestamp"], &event["lastTimestamp"], &event["eventTime"]]);
    times.filter_map(time).filter(|at| (from..=to).contains(at)).min()
}

/// Reads `Switched selector for service 'NAME' from 'HASH' to 'HASH'`.
fn switched(message: &str) -> Option<(&str, &str)> {
    let mut quoted =
        message.strip_prefix("Switched selector for service '")?.split('\'').step_by(2);
    let service = quoted.next()?;
    let (_, to) = (quoted.next()?, quoted.next()?);
    Some((service, to))
}

/// Reads `Rollout completed update to revision N (HASH): WHY`, unless it is the first release.
fn completed(message: &str) -> Option<(u64, &str)> {
    let rest = message.strip_prefix("Rollout completed update to revision ")?;
    let (revision, rest) = rest.split_once(" (")?;
    let (hash, why) = rest.split_once(')')?;
    (!why.contains("Initial deploy")).then_some((revision.parse().ok()?, hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_switch_and_of_a_promotion_are_read() {
        let switch = "Switched selector for service 'shop' from '5d88b5bc8f' to 'b6df757cf'";
        assert_eq!(switched(switch), Some(("shop", "b6df757cf")));
        let first = "Switched selector for service 'shop' from '' to 'b6df757cf'";
        assert_eq!(switched(first), Some(("shop", "b6df757cf")));
        assert_eq!(switched("Switched selector for service 'shop' to value 'b6'"), None);
        let promoted = "Rollout completed update to revision 2 (6c779b88b6): Completed blue-green";
        assert_eq!(completed(promoted), Some((2, "6c779b88b6")));
    }

    #[test]
    fn the_first_release_ever_is_called_complete_before_it_is_there() {
        let first = "Rollout completed update to revision 1 (b6df757cf): Initial deploy";
        assert_eq!(completed(first), None);
        assert_eq!(completed("Rollout completed update to revision x (b6)"), None);
    }
}
