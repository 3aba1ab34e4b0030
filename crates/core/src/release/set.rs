//! Several services that go back together: what can, and what cannot.

use super::Proposal;
use crate::catalog::Place;
use crate::name::ReleaseId;

/// What going back means for several services at once.
#[derive(Clone, Debug, PartialEq)]
pub struct SetProposal {
    /// The places with a target.
    pub can: Vec<(Place, ReleaseId)>,
    /// The places without one, with the reason. As long as there is one, the set as a
    /// whole is refused: half of it back may be worse than none.
    pub cannot: Vec<(Place, String)>,
    /// The same in one sentence, which names every place that cannot.
    pub sentence: String,
}

impl SetProposal {
    /// Whether every place has a target. An empty set has nothing to go back to.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.cannot.is_empty() && !self.can.is_empty()
    }
}

/// Puts the proposals of several places together.
#[must_use]
pub fn propose_set(proposals: &[(Place, Proposal)]) -> SetProposal {
    let mut can = Vec::new();
    let mut cannot = Vec::new();
    for (place, proposal) in proposals {
        match &proposal.target {
            Some(target) => can.push((place.clone(), target.clone())),
            None => cannot.push((place.clone(), proposal.sentence.clone())),
        }
    }
    let named: Vec<String> = cannot.iter().map(|(place, why)| format!("{place}: {why}")).collect();
    let sentence = match (can.len(), cannot.len()) {
        (0, 0) => "no service was named".to_owned(),
        (all, 0) => format!("all {all} can go back"),
        (some, none) => {
            format!("{none} of {} cannot go back: {}", some + none, named.join("; "))
        }
    };
    SetProposal { can, cannot, sentence }
}
