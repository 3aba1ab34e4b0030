//! What goes wrong with our own calls, and how often it still will.

use lastgood_core::drill::{Fault, FaultKind};

/// The faults of the scenario and those added to them, in the order they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Faults(Vec<Armed>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Armed {
    fault: Fault,
    left: u32,
    /// Whether it still waits for a call of ours.
    waits: bool,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(Armed { left: fault.times, waits: fault.after.is_some(), fault });
    }

    /// The fault that the next call named `on` meets, and its number. Does not use it up.
    pub(crate) fn next(&self, on: &str) -> Option<(usize, FaultKind)> {
        self.0
            .iter()
            .enumerate()
            .find(|(_, armed)| armed.left > 0 && !armed.waits && armed.fault.on == on)
            .map(|(index, armed)| (index, armed.fault.kind))
    }

    /// The call that some of them wait for took place.
    pub(crate) fn release(&mut self, call: &str) {
        for armed in &mut self.0 {
            armed.waits &= armed.fault.after.as_deref() != Some(call);
        }
    }

    /// Uses one up, once.
    pub(crate) fn meet(&mut self, index: usize) {
        if let Some(armed) = self.0.get_mut(index) {
            armed.left = armed.left.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_met_as_often_as_it_says_and_only_by_its_calls() {
        let mut faults = Faults::default();
        faults.add(Fault {
            on: "measure".to_owned(),
            kind: FaultKind::Stale,
            times: 2,
            after: None,
        });
        for _ in 0..2 {
            assert_eq!(faults.next("check"), None, "another call is not hit");
            let (index, kind) = faults.next("measure").expect("it is armed");
            assert_eq!(kind, FaultKind::Stale);
            faults.meet(index);
        }
        assert_eq!(faults.next("measure"), None, "twice was asked for");
    }

    #[test]
    fn a_fault_that_waits_for_a_call_is_not_met_before_it() {
        let mut faults = Faults::default();
        let after = Some("release.restore".to_owned());
        faults.add(Fault { on: "measure".to_owned(), kind: FaultKind::Stale, times: 1, after });
        faults.release("rollout.halt");
        assert_eq!(faults.next("measure"), None, "another call does not wake it");
        faults.release("release.restore");
        assert!(faults.next("measure").is_some(), "now it is armed");
    }
}
