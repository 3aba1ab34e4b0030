//! The score: `gap + 0.3·absent + 0.1·change + 0.05·topo + 0.02·decay`, and what vetoes it.
//!
//! The two vetoes and the decay follow Gandalf (NSDI 2020); a released instance that
//! produces no samples is the strongest single sign on the public cases of `ChangeRCA`
//! (FSE 2024). The weights of `change` and `topo` are proposals, not measurements.

use jiff::Timestamp;

use super::breach::nothing_to_explain;
use super::{
    Blame, BlameVerdict, Change, ChangeKind, Incident, Instances, Series, Settings, Suspect, Term,
    change_points, total,
};
use crate::judge::sequential::Ratio;
use crate::judge::{Tick, percent};
use crate::time::{Millis, earlier, later};

const ABSENT: f64 = 0.3;
const CHANGE: f64 = 0.1;
const TOPO: f64 = 0.05;
const DECAY: f64 = 0.02;

/// The age at which a change has lost half of the suspicion that its age brings.
const HALF_LIFE: Millis = Millis::minutes(30);

/// The longest that an effect takes to show in a metric after a change ended.
const SHOWS_WITHIN: Millis = Millis::minutes(10);

/// A fault that was there at half of its rate before the change was not caused by it.
const WAS_THERE: f64 = 0.5;

/// A score below this explains nothing.
const LEAST: f64 = 0.05;

/// A change ties itself to an incident by its age alone while this much of the suspicion that
/// its age brings is left: two hours, four half-lives.
const RECENT: f64 = 1.0 / 16.0;

/// The evidence that new instances are worse than old ones, below which chance explains
/// it (one in twenty).
const E_LEAST: f64 = 20.0;

/// Ranks `changes` by how well each explains `incident`. `doubts` are what the caller
/// could not look at. The same input gives the same answer, in whatever order it comes.
#[must_use]
pub fn blame(incident: &Incident, changes: &[Change], doubts: Vec<String>) -> Blame {
    let shifts = shifts(&incident.series);
    let mut suspects: Vec<Suspect> =
        changes.iter().map(|change| suspect(incident, change, &shifts)).collect();
    suspects.sort_by(|a, b| {
        (b.score.total_cmp(&a.score))
            .then_with(|| b.began.cmp(&a.began))
            .then_with(|| a.name.cmp(&b.name))
    });
    let (verdict, sentence) = match conclude(&suspects) {
        // A canary with little traffic hurts, although the whole keeps its objectives.
        (BlameVerdict::Culprit, sentence) if is_own(incident, &suspects) => {
            (BlameVerdict::Culprit, sentence)
        }
        concluded => match nothing_to_explain(incident) {
            Some(sentence) => (BlameVerdict::NotInBreach, sentence),
            None => concluded,
        },
    };
    Blame { verdict, sentence, suspects, doubts }
}

/// Whether what is proven is a change to the very service that was asked about. A few silent
/// instances hurt nobody while the whole keeps its objectives.
fn is_own(incident: &Incident, suspects: &[Suspect]) -> bool {
    let culprit = suspects.iter().find(|one| proof(one).is_some());
    let hurts = |one: &Suspect| {
        proof(one) == Some("gap") || value(one, "absent").is_some_and(|share| share >= 1.0)
    };
    culprit.is_some_and(|culprit| culprit.service == incident.service && hurts(culprit))
}

fn conclude(suspects: &[Suspect]) -> (BlameVerdict, String) {
    let none =
        |why: String| (BlameVerdict::NoneExplains, format!("no change explains this: {why}"));
    let Some(first) = suspects.first() else { return none("none is known".to_owned()) };
    if first.veto.is_some() {
        return none(format!("all {} are ruled out", suspects.len()));
    }
    let Some(best) = suspects.iter().find(|one| one.veto.is_none() && is_tied(one)) else {
        return none(format!(
            "nothing but where {} was made speaks for it, and {}",
            first.name,
            sentence(first, "decay")
        ));
    };
    if best.score < LEAST {
        return none(format!(
            "the best score is {:.3}, of {}, and {LEAST} is the least that counts",
            best.score, best.name
        ));
    }
    // A large share of a few requests scores high; what its own requests prove comes first.
    if let Some((culprit, proof)) = suspects.iter().find_map(|one| Some((one, proof(one)?))) {
        let sentence = format!("{} did it: {}", culprit.name, told(culprit, proof));
        return (BlameVerdict::Culprit, sentence);
    }
    match best.e_ratio {
        Some(e) => {
            let cleared = format!(
                "{} comes first, and its new instances are not worse than the old ones beyond \
                 chance (E = {e:.1}, {E_LEAST} is needed)",
                best.name
            );
            match suspects.iter().find(|one| stands_out(one)) {
                None => none(cleared),
                Some(other) => (
                    BlameVerdict::Suspected,
                    format!("{} is suspected: {}; {cleared}", other.name, told(other, "change")),
                ),
            }
        }
        None => (
            BlameVerdict::Suspected,
            format!(
                "{} is suspected: {}; its new instances could not be compared with old ones",
                best.name,
                strongest(best)
            ),
        ),
    }
}

/// The term that proves that it was this change, if one does.
fn proof(suspect: &Suspect) -> Option<&'static str> {
    if suspect.veto.is_some() || suspect.score < LEAST {
        None
    } else if suspect.e_ratio.is_some_and(|e| e >= E_LEAST) {
        Some("gap")
    } else if value(suspect, "absent").unwrap_or(0.0) > 0.0 {
        Some("absent")
    } else {
        None
    }
}

/// Whether anything ties a change to *this* incident. Where it was made says what it can reach,
/// and not that it did: it is so on every day, with or without an incident.
fn is_tied(suspect: &Suspect) -> bool {
    let adds = |name| value(suspect, name).unwrap_or(0.0);
    ["gap", "absent", "change"].into_iter().any(|name| adds(name) > 0.0)
        || suspect.e_ratio.is_some()
        || adds("decay") >= RECENT
}

fn sentence<'a>(suspect: &'a Suspect, name: &str) -> &'a str {
    let term = suspect.terms.iter().find(|term| term.name == name);
    term.map_or("", |term| term.sentence.as_str())
}

/// Whether a change that has no instances of its own remains once the deploy in front of it is
/// cleared by its requests: a metric changed right when it was made.
fn stands_out(suspect: &Suspect) -> bool {
    suspect.kind != ChangeKind::Deploy
        && suspect.veto.is_none()
        && suspect.e_ratio.is_none()
        && suspect.score >= LEAST
        && value(suspect, "change") == Some(1.0)
}

/// The sentence of the term that proves it, where that one was computed.
fn told<'a>(suspect: &'a Suspect, proof: &str) -> &'a str {
    let term = suspect.terms.iter().find(|term| term.name == proof && term.value.is_some());
    term.map_or_else(|| strongest(suspect), |term| term.sentence.as_str())
}

fn value(suspect: &Suspect, name: &str) -> Option<f64> {
    suspect.terms.iter().find(|term| term.name == name).and_then(|term| term.value)
}

fn strongest(suspect: &Suspect) -> &str {
    let adds = |term: &Term| term.value.unwrap_or(0.0) * term.weight;
    suspect
        .terms
        .iter()
        .max_by(|a, b| adds(a).total_cmp(&adds(b)))
        .map_or("", |term| term.sentence.as_str())
}

fn suspect(incident: &Incident, change: &Change, shifts: &[Shifts]) -> Suspect {
    let terms = vec![
        gap(change),
        absent(change),
        shift(incident, change, shifts),
        topo(change),
        decay(incident, change),
    ];
    let veto = veto(incident, change);
    let sum: f64 = terms.iter().map(|term| term.value.unwrap_or(0.0) * term.weight).sum();
    Suspect {
        name: change.name.clone(),
        kind: change.kind,
        service: change.service.clone(),
        began: change.began.into(),
        score: if veto.is_some() { -1.0 } else { sum },
        veto,
        terms,
        // What was computed compares instances, and only a deploy has new ones.
        e_ratio: incident
            .e_ratio
            .as_option()
            .filter(|_| change.kind == ChangeKind::Deploy)
            .copied()
            .or_else(|| compare(change)),
    }
}

fn veto(incident: &Incident, change: &Change) -> Option<String> {
    if change.began > later(incident.at, incident.scrape) {
        return Some(format!(
            "it began {} after the incident",
            Millis::between(incident.at, change.began)
        ));
    }
    let (before, now) = (change.rate_before.as_option()?, change.rate_now.as_option()?);
    (*now > 0.0 && *before >= now * WAS_THERE).then(|| {
        format!(
            "the same fault was there before it: {} of requests, {} now",
            percent(*before),
            percent(*now)
        )
    })
}

fn gap(change: &Change) -> Term {
    let term = |value, sentence| Term { name: "gap".to_owned(), value, weight: 1.0, sentence };
    let both = change.new.as_option().zip(change.old.as_option());
    let Some((new, old)) = both.map(|(new, old)| (total(new), total(&same_minutes(old, new))))
    else {
        return term(None, "errors of new and old instances were not told apart".to_owned());
    };
    let Some((worse, than)) = new.rate().zip(old.rate()) else {
        let who = if new.total == 0 { "new" } else { "old" };
        return term(None, format!("the {who} instances answered no request"));
    };
    let sentence = format!(
        "new instances fail {} ({} of {}), old ones {} ({} of {})",
        percent(worse),
        new.bad,
        new.total,
        percent(than),
        old.bad,
        old.total
    );
    term(Some((worse - than).max(0.0)), sentence)
}

/// Those of `old` in which `new` was measured, too.
fn same_minutes(old: &[Tick], new: &[Tick]) -> Vec<Tick> {
    let both = |tick: &&Tick| new.iter().any(|other| other.at == tick.at);
    old.iter().filter(both).copied().collect()
}

fn absent(change: &Change) -> Term {
    let term =
        |value, sentence| Term { name: "absent".to_owned(), value, weight: ABSENT, sentence };
    let Some(Instances { all, silent }) = change.released.as_option() else {
        return term(None, "whether its instances are silent was not looked up".to_owned());
    };
    let others = change.others.as_option().map_or_else(String::new, |others| {
        format!("; {} of {} old ones are silent", others.silent, others.all)
    });
    let named = match &change.silent[..] {
        [] => String::new(),
        names if names.len() <= NAMED => format!(" ({})", names.join(", ")),
        names => format!(" ({}, …)", names.get(..NAMED).unwrap_or_default().join(", ")),
    };
    let sentence = format!("{silent} of {all} new instances are silent{named}{others}");
    let own = share(Instances { all: *all, silent: *silent });
    // Where the old ones are as silent, it is the measuring that fails, and no release.
    let usual = change.others.as_option().copied().and_then(share).unwrap_or(0.0);
    term(own.map(|own| if own > usual { own } else { 0.0 }), sentence)
}

/// How many silent instances are named in a sentence.
const NAMED: usize = 3;

/// The share of silent instances, 0 to 1; `None` where there are none at all.
fn share(of: Instances) -> Option<f64> {
    (of.all > 0).then(|| f64::from(of.silent.min(of.all)) / f64::from(of.all))
}

/// Where the metrics of a service changed; `None` when they are too few to tell.
struct Shifts {
    service: String,
    at: Option<Vec<Timestamp>>,
}

fn shifts(series: &[Series]) -> Vec<Shifts> {
    /// Fewer points than this cannot show a change at the significance that is asked for.
    const FEWEST: usize = 6;
    series
        .iter()
        .map(|one| {
            let known: Vec<&(Timestamp, f64)> =
                one.points.iter().filter(|(_, value)| value.is_finite()).collect();
            let values: Vec<f64> = known.iter().map(|(_, value)| *value).collect();
            let at = (values.len() >= FEWEST).then(|| {
                change_points(&values, Settings::default())
                    .iter()
                    .filter_map(|point| known.get(point.index).map(|(at, _)| *at))
                    .collect()
            });
            Shifts { service: one.service.clone(), at }
        })
        .collect()
}

fn shift(incident: &Incident, change: &Change, shifts: &[Shifts]) -> Term {
    let term =
        |value, sentence| Term { name: "change".to_owned(), value, weight: CHANGE, sentence };
    let two_scrapes = Millis(incident.scrape.0.saturating_mul(2));
    let from = earlier(change.began, two_scrapes);
    let to = later(change.ended.unwrap_or(change.began), SHOWS_WITHIN);
    let of: Vec<&Shifts> = shifts
        .iter()
        .filter(|one| one.service == change.service || one.service == incident.service)
        .collect();
    if of.iter().all(|one| one.at.is_none()) {
        return term(None, "no metric is long enough to tell when it changed".to_owned());
    }
    let found = of.iter().find_map(|one| {
        let at = one.at.iter().flatten().find(|at| (from..=to).contains(*at))?;
        Some((one.service.as_str(), *at))
    });
    match found {
        Some((service, at)) => {
            let began = change.began;
            let when = if at < began {
                format!("{} before it began", Millis::between(at, began))
            } else {
                format!("{} after it began", Millis::between(began, at))
            };
            term(Some(1.0), format!("a metric of {service} changed {when}"))
        }
        None => term(Some(0.0), "no metric changed around it".to_owned()),
    }
}

fn topo(change: &Change) -> Term {
    let term = |value, sentence| Term { name: "topo".to_owned(), value, weight: TOPO, sentence };
    match change.hops.as_option() {
        Some(0) => term(Some(1.0), "it is the service in breach".to_owned()),
        Some(hops) => term(
            Some(2.0 / (2.0 + f64::from(*hops))),
            format!("{hops} calls away from the service in breach"),
        ),
        None => term(None, "how far it is from the service in breach is not known".to_owned()),
    }
}

fn decay(incident: &Incident, change: &Change) -> Term {
    let age = Millis::between(change.began, incident.at);
    let halves = age.duration().as_secs_f64() / HALF_LIFE.duration().as_secs_f64();
    let sentence = format!("it began {age} before the incident");
    Term { name: "decay".to_owned(), value: Some(0.5_f64.powf(halves)), weight: DECAY, sentence }
}

/// The evidence that new instances are worse than old ones, over the intervals in which
/// both were measured.
fn compare(change: &Change) -> Option<f64> {
    let (new, old) = change.new.as_option().zip(change.old.as_option())?;
    let mut ratio = Ratio::errors(1.0);
    let mut any = false;
    for tick in new {
        let same = |other: &&Tick| other.at == tick.at;
        if let Some(baseline) = old.iter().find(same) {
            any = any || (tick.counts.total > 0 && baseline.counts.total > 0);
            ratio.take(tick.counts, baseline.counts);
        }
    }
    any.then(|| ratio.evidence(1.0))
}
