//! The practice world, which behaves as the platforms of its three strategies do.

use super::{Deed, Rung, State};
use crate::catalog::Strategy;

pub(super) const fn rung(strategy: Strategy, deed: Deed, state: State) -> Rung {
    match (deed, strategy, state) {
        (Deed::Halt, _, State::Settled) => {
            Rung::Refused("no rollout is under way, so there is nothing to halt")
        }
        (Deed::Halt, _, State::Progressing | State::Halted | State::Stuck | State::Unknown) => {
            Rung::Offered("the rollout keeps what it has and gets no more")
        }
        (Deed::Resume, _, _) => Rung::Offered("the rollout goes on from where it was halted"),
        (Deed::Shift, Strategy::Rolling, _) => Rung::Refused(
            "a rolling rollout has no traffic weights; rollout.halt keeps it where it is and \
             release.restore takes the traffic back",
        ),
        (Deed::Shift, Strategy::BlueGreen, _) => {
            Rung::Offered("all of the traffic at once: 0 or 100 percent, nothing between")
        }
        (Deed::Shift, Strategy::Canary, _) => {
            Rung::Offered("the weight is set, and the rollout halts there")
        }
        (Deed::Restore, _, _) => Rung::Offered("the earlier release is rolled out without pauses"),
    }
}
