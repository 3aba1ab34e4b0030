//! What no incident can be, whatever form tells it. Each mistake has its place, its cause, and
//! what to write instead.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lastgood_core::blame::Instances;
use lastgood_core::judge::Counts;
use lastgood_core::recorded::Recorded;
use lastgood_core::time::Millis;

/// A share of requests.
pub(super) fn share(place: &str, value: Option<f64>) -> Result<Recorded<f64>, String> {
    match value {
        Some(value) if !(0.0..=1.0).contains(&value) => Err(format!(
            "{place} is {value}, and a rate lies between 0 and 1; write 0.012 for 1.2 %, or leave \
             it out if it is not known"
        )),
        value => Ok(value.into()),
    }
}

/// Evidence.
pub(super) fn evidence(place: &str, value: Option<f64>) -> Result<Recorded<f64>, String> {
    match value {
        Some(value) if !value.is_finite() || value < 0.0 => Err(format!(
            "{place} is {value}, and evidence is a number from 0 on; leave it out to have it \
             computed from the counts"
        )),
        value => Ok(value.into()),
    }
}

/// A point of a metric.
pub(super) fn point(place: &str, value: f64) -> Result<f64, String> {
    if value.is_finite() {
        return Ok(value);
    }
    Err(format!("{place} is {value}, which is no value; leave it empty if the sample is missing"))
}

/// How often it is measured.
pub(super) fn scrape(place: &str, seconds: Option<u64>) -> Result<Millis, String> {
    const USUAL: u64 = 15;
    const LONGEST: u64 = 86_400;
    match seconds {
        None => Ok(Millis::seconds(USUAL)),
        Some(seconds @ 1..=LONGEST) => Ok(Millis::seconds(seconds)),
        Some(seconds) => Err(format!(
            "{place} is {seconds}, and metrics are taken every second at most and once a day at \
             least; leave it out for {USUAL}"
        )),
    }
}

/// When a change ended.
pub(super) fn ended(
    place: &str,
    began: Timestamp,
    ended: Option<Timestamp>,
) -> Result<Option<Timestamp>, String> {
    match ended {
        Some(ended) if ended < began => Err(format!(
            "{place} is {ended}, before it began at {began}; exchange the two, or leave the end \
             out if it is not known"
        )),
        ended => Ok(ended),
    }
}

/// Instances, and the silent ones among them; what they are called in the file.
pub(super) fn instances(
    place: &str,
    (all_name, all): (&str, Option<u32>),
    (silent_name, silent): (&str, Option<u32>),
) -> Result<Recorded<Instances>, String> {
    match (all, silent) {
        (Some(all), Some(silent)) if silent > all => Err(format!(
            "{place}`{silent_name}` is {silent} and `{all_name}` is {all}, and no more instances \
             can be silent than there are; count both at the same time"
        )),
        (Some(all), Some(silent)) => Ok(Recorded::Recorded(Instances { all, silent })),
        (None, None) => Ok(Recorded::NotRecorded),
        (all, _) => {
            let (there, missing) =
                if all.is_some() { (all_name, silent_name) } else { (silent_name, all_name) };
            Err(format!(
                "{place}`{there}` is told without `{missing}`; write both, or neither if it was \
                 not looked up"
            ))
        }
    }
}

/// Requests.
pub(super) fn counts(place: &str, total: u64, bad: u64) -> Result<Counts, String> {
    if bad > total {
        return Err(format!(
            "{place}{bad} bad requests of {total} are more bad requests than requests; `total` \
             counts all of them, the bad ones too"
        ));
    }
    Ok(Counts { total, bad })
}

/// What may be told once.
#[derive(Default)]
pub(super) struct Once(BTreeMap<String, String>);

impl Once {
    /// Takes note of `what` at `place`; a mistake if it was told before.
    pub(super) fn take(&mut self, place: &str, what: String) -> Result<(), String> {
        if let Some(first) = self.0.get(&what) {
            return Err(format!("{place}: {what} is told a second time, after {first}; keep one"));
        }
        self.0.insert(what, place.to_owned());
        Ok(())
    }
}
