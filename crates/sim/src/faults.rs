//! What goes wrong with our own calls, and how often it still will.

use lastgood_core::drill::{Fault, FaultKind};

/// The faults of the scenario and those added to them, in the order they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Faults(Vec<Armed>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Armed {
    fault: Fault,
    left: u32,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(Armed { left: fault.times, fault });
    }

    /// The fault that the next call named `on` meets, and its number. Does not use it up.
    pub(crate) fn next(&self, on: &str) -> Option<(usize, FaultKind)> {
        self.0
            .iter()
            .enumerate()
            .find(|(_, armed)| armed.left > 0 && armed.fault.on == on)
            .map(|(index, armed)| (index, armed.fault.kind))
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
        faults.add(Fault { on: "measure".to_owned(), kind: FaultKind::Stale, times: 2 });
        for _ in 0..2 {
            assert_eq!(faults.next("check"), None, "another call is not hit");
            let (index, kind) = faults.next("measure").expect("it is armed");
            assert_eq!(kind, FaultKind::Stale);
            faults.meet(index);
        }
        assert_eq!(faults.next("measure"), None, "twice was asked for");
    }
}
