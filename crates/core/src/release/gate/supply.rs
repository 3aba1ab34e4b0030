//! Gates about what a release needs in order to run today.

use super::{Answer, Case, Gate};
use crate::recorded::Recorded;
use crate::release::facts::{Artifact, FlagNeed, FlagState, Schema};
use crate::time::Millis;

/// An image that was built longer ago has missed a quarter of security updates.
const OLDEST: Millis = Millis(90 * 24 * 3_600_000);

/// What ran so short a while ago is no more dangerous today than it was then.
const LATELY: Millis = Millis(7 * 24 * 3_600_000);

/// G5.
pub(super) fn artifact(case: &Case<'_>) -> Answer {
    const GATE: Gate = Gate::Artifact;
    match case.facts.map(|facts| &facts.artifact) {
        Some(Recorded::Recorded(Artifact::Present { proof })) => Answer::pass(GATE, proof.clone()),
        Some(Recorded::Recorded(Artifact::Gone { what })) => {
            Answer::block(GATE, format!("{what} is gone from the registry"))
        }
        Some(Recorded::Recorded(Artifact::Moved { recorded, found })) => Answer::block(
            GATE,
            format!("its tag leads to {found} now, and {recorded} was deployed"),
        ),
        Some(Recorded::Recorded(Artifact::Incomplete { missing })) => {
            Answer::block(GATE, format!("the registry has lost {missing}"))
        }
        Some(Recorded::Recorded(Artifact::Unclear { why })) => {
            Answer::unknown(GATE, format!("whether its artifact is there is not known: {why}"))
        }
        Some(Recorded::NotRecorded) | None if case.release.digest.as_option().is_none() => {
            Answer::warn(GATE, "its digest is not recorded, so the tag may have moved")
        }
        Some(Recorded::NotRecorded) | None => {
            Answer::unknown(GATE, "whether its artifact can still be had was not looked up")
        }
    }
}

/// G6.
pub(super) fn schema(case: &Case<'_>) -> Answer {
    const GATE: Gate = Gate::Schema;
    match case.facts.map(|facts| &facts.schema) {
        Some(Recorded::Recorded(Schema::Compatible { why })) => Answer::pass(GATE, why.clone()),
        Some(Recorded::Recorded(Schema::Probe { what, rows })) => match rows.as_option() {
            Some(0) => Answer::warn(
                GATE,
                format!("it runs on today's schema as long as there is no {what}; there is none"),
            ),
            Some(_) => {
                Answer::block(GATE, format!("the database holds {what}, which it cannot read"))
            }
            None => Answer::unknown(GATE, format!("whether there is {what} was not looked up")),
        },
        Some(Recorded::Recorded(Schema::Unfinished { why })) => Answer::block(GATE, why.clone()),
        Some(Recorded::Recorded(Schema::Breaks { why })) => {
            Answer::block(GATE, format!("it breaks on today's schema: {why}"))
        }
        Some(Recorded::Recorded(Schema::Loses { why })) => {
            Answer::block(GATE, format!("data is gone that it needs: {why}"))
        }
        Some(Recorded::Recorded(Schema::Opaque { why })) => {
            Answer::unknown(GATE, format!("a person must decide whether the schema fits: {why}"))
        }
        Some(Recorded::Recorded(Schema::Unclear { why })) => {
            Answer::unknown(GATE, format!("whether the schema fits is not known: {why}"))
        }
        Some(Recorded::NotRecorded) | None => {
            Answer::unknown(GATE, "whether it runs on today's schema was not looked up")
        }
    }
}

/// G7.
pub(super) fn flags(case: &Case<'_>) -> Answer {
    const GATE: Gate = Gate::Flags;
    let Some(Recorded::Recorded(flags)) = case.facts.map(|facts| &facts.flags) else {
        return if case.release.flags.as_option().is_some_and(std::collections::BTreeMap::is_empty) {
            Answer::unknown(GATE, "it needs no flag; which newer ones are on was not looked up")
        } else {
            Answer::unknown(GATE, "whether the flags that it needs are there was not looked up")
        };
    };
    let mut unclear = None;
    for need in &flags.needs {
        match need.found.as_option() {
            None => unclear = unclear.or(Some(need)),
            Some(found) => {
                if let Some(why) = unmet(need, found) {
                    return Answer::block(GATE, why);
                }
            }
        }
    }
    if let Some(need) = unclear {
        return Answer::unknown(
            GATE,
            format!("what became of the flag {} is not known", need.name),
        );
    }
    let mut to_know: Vec<String> = flags
        .needs
        .iter()
        .filter_map(|need| {
            let (now, then) = (need.differs.as_ref()?, need.variation.as_ref()?);
            Some(format!("the flag {} is {now} now; it was released with {then}", need.name))
        })
        .collect();
    // A release that brought a flag is the one that is most often gone back from: were this
    // to forbid it, nothing would be left. Turning the flag off is one of the ways out.
    if !flags.only_newer.is_empty() {
        let names = flags.only_newer.join(", ");
        to_know.push(format!("{names} is on, and only newer code understands it"));
    }
    if to_know.is_empty() {
        Answer::pass(GATE, "the flags that it needs are there")
    } else {
        Answer::warn(GATE, to_know.join("; "))
    }
}

fn unmet(need: &FlagNeed, found: &FlagState) -> Option<String> {
    match (found, &need.variation) {
        (FlagState::Archived, _) => {
            Some(format!("the flag {}, which it needs, was archived", need.name))
        }
        (FlagState::Missing, _) => {
            Some(format!("the flag {}, which it needs, does not exist", need.name))
        }
        (FlagState::Offers(variations), Some(wanted)) if !variations.contains(wanted) => {
            Some(format!("the flag {} has no variation {wanted}, which it needs", need.name))
        }
        (FlagState::Offers(_), _) => None,
    }
}

/// G8.
pub(super) fn settings(case: &Case<'_>) -> Answer {
    const GATE: Gate = Gate::Settings;
    let Some(Recorded::Recorded(settings)) = case.facts.map(|facts| &facts.settings) else {
        return Answer::unknown(
            GATE,
            "whether its settings and secrets are there was not looked up",
        );
    };
    let mut against = Vec::new();
    for (keys, what) in [
        (&settings.missing, "do not exist"),
        (&settings.expired, "have expired"),
        (&settings.renamed, "were renamed"),
    ] {
        if !keys.is_empty() {
            against.push(format!("keys that it needs {what}: {}", keys.join(", ")));
        }
    }
    if !against.is_empty() {
        return Answer::block(GATE, against.join("; "));
    }
    if settings.unclear.is_empty() {
        Answer::pass(GATE, "its settings and secrets are there")
    } else {
        Answer::unknown(GATE, settings.unclear.join("; "))
    }
}

/// G9.
pub(super) fn contracts(case: &Case<'_>) -> Answer {
    const GATE: Gate = Gate::Contracts;
    let Some(Recorded::Recorded(contracts)) = case.facts.map(|facts| &facts.contracts) else {
        return Answer::unknown(GATE, "whether others need something newer was not looked up");
    };
    if !contracts.broken.is_empty() {
        Answer::block(GATE, contracts.broken.join("; "))
    } else if contracts.unclear.is_empty() {
        Answer::pass(GATE, "nobody needs anything newer")
    } else {
        Answer::unknown(GATE, contracts.unclear.join("; "))
    }
}

/// G10.
pub(super) fn age(case: &Case<'_>) -> Answer {
    const GATE: Gate = Gate::Age;
    let Some(Recorded::Recorded(age)) = case.facts.map(|facts| &facts.age) else {
        return Answer::unknown(GATE, "how old it is was not looked up");
    };
    if let Some(why) = &age.recalled {
        return Answer::block(GATE, format!("it was recalled: {why}"));
    }
    if let Some(expires) = age.expires.as_option().filter(|expires| **expires <= case.now) {
        return Answer::block(GATE, format!("something in it expired on {}", day(*expires)));
    }
    if !age.unclear.is_empty() {
        return Answer::unknown(GATE, age.unclear.join("; "));
    }
    match age.built.as_option() {
        Some(built) if Millis::between(*built, case.now) > OLDEST => {
            let why = format!("it dates from {}, more than 90 days ago", day(*built));
            let until_lately = case
                .evidence
                .ended_at
                .is_none_or(|ended| Millis::between(ended, case.now) <= LATELY);
            if until_lately {
                Answer::warn(GATE, format!("{why}; it ran until lately"))
            } else {
                Answer::block(GATE, why)
            }
        }
        Some(built) if age.expires.as_option().is_none() => Answer::pass(
            GATE,
            format!("it dates from {}; when anything in it expires is not recorded", day(*built)),
        ),
        Some(_) => Answer::pass(GATE, "it is not too old"),
        None => Answer::unknown(GATE, "when it was built is not known"),
    }
}

fn day(at: jiff::Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}
