//! What limits or moves the number of pods meanwhile: quotas, budgets and autoscalers.

use lastgood_core::preflight::{Finding, Grade, Topic};
use serde_json::Value;

use super::error::Failure;
use super::needs::scales;
use super::objects::{Seen, text};
use super::{Kubernetes, look, reply, request, revisions};

impl Kubernetes {
    /// Everything that may hold a rollout up or move it meanwhile.
    pub(super) async fn room(&self, seen: &Seen) -> Vec<Finding> {
        let (scalers, quotas) = (request::autoscalers(&self.place), request::quotas(&self.place));
        let (scalers, quotas, budgets) =
            futures::join!(self.link.get(&scalers), self.link.get(&quotas), self.budgets());
        let list = |found: Result<super::link::Answer, Failure>, what: &str| match found {
            Ok(answer) => Ok(reply::items(answer.value)),
            Err(failure) => Err(failure.refusal(what).to_string()),
        };
        let mut findings = vec![
            told("autoscaling", list(scalers, "the list of autoscalers"), |all| {
                autoscaling(&all, self.place.workload.name(), seen)
            }),
            told("resource quota", list(quotas, "the list of quotas"), |all| quota(&all, seen)),
        ];
        findings.extend(match budgets {
            Ok(all) => disruption(&all, seen),
            Err(why) => Some(Finding::new("disruption budget", Grade::Unknown, why)),
        });
        findings.into_iter().map(|finding| finding.on(Topic::Flight)).collect()
    }

    /// Disruption budgets moved from `v1beta1` to `v1` with Kubernetes 1.21.
    async fn budgets(&self) -> Result<Vec<Value>, String> {
        let mut last = Ok(Vec::new());
        for version in ["v1", "v1beta1"] {
            match self.link.get(&request::budgets(&self.place, version)).await {
                Ok(answer) => return Ok(reply::items(answer.value)),
                Err(failure) => {
                    let missing = failure.code() == Some(404);
                    last = Err(failure.refusal("the list of disruption budgets").to_string());
                    if !missing {
                        break;
                    }
                }
            }
        }
        last
    }
}

fn told(
    subject: &str,
    found: Result<Vec<Value>, String>,
    say: impl FnOnce(Vec<Value>) -> (Grade, String),
) -> Finding {
    let (grade, sentence) = found.map_or_else(|why| (Grade::Unknown, why), say);
    Finding::new(subject, grade, sentence)
}

fn autoscaling(all: &[Value], deployment: &str, seen: &Seen) -> (Grade, String) {
    let Some(one) = all.iter().find(|one| scales(one, seen.kind(), deployment)) else {
        return (Grade::Pass, format!("nothing scales the {}", seen.kind()));
    };
    let name = text(&one["metadata"]["name"]);
    let who = if name.starts_with("keda-hpa-") { "KEDA" } else { "an autoscaler" };
    let least = one["spec"]["minReplicas"].as_u64().unwrap_or(1);
    let most = one["spec"]["maxReplicas"].as_u64().unwrap_or(0);
    let now = u64::from(look::wanted(seen));
    let fights = if now < least || now > most {
        format!("; {now} are asked for now, which it will change")
    } else {
        String::new()
    };
    let sentence = format!(
        "{who} may change the number of replicas meanwhile, from {least} to {most}{fights}"
    );
    (Grade::Warn, sentence)
}

/// A rollout is not an eviction: a budget does not hold it up, and a person should know.
fn disruption(all: &[Value], seen: &Seen) -> Option<Finding> {
    let labels = &seen.template()["metadata"]["labels"];
    let budget = all.iter().find(|budget| {
        budget["spec"]["selector"]["matchLabels"]
            .as_object()
            .is_some_and(|wanted| wanted.iter().all(|(name, value)| labels[name] == *value))
    })?;
    let sentence = format!(
        "{} limits evictions only; it does not hold a rollback up",
        text(&budget["metadata"]["name"])
    );
    Some(Finding::new("disruption budget", Grade::Pass, sentence))
}

/// Whether there is room for at least one more pod, where the rollout begins with one.
pub(super) fn quota(all: &[Value], seen: &Seen) -> (Grade, String) {
    let spec = &seen.deployment["spec"];
    let replicas = u64::from(look::wanted(seen));
    let kept = revisions::kind(seen).is_some();
    let strategy = &spec[if kept { "updateStrategy" } else { "strategy" }];
    let rolling = &strategy["rollingUpdate"];
    // A StatefulSet begins with one pod less, and so does a DaemonSet that is not told to surge.
    let said = &rolling["maxSurge"];
    let surge = if kept && said.is_null() { 0 } else { share(said, replicas, true) };
    let unavailable = share(&rolling["maxUnavailable"], replicas, false);
    if spec["strategy"]["type"] == "Recreate" || surge == 0 {
        return (Grade::Pass, "the rollout needs no more room than it has".to_owned());
    }
    let mut short = Vec::new();
    for quota in all {
        let (hard, used) = (&quota["status"]["hard"], &quota["status"]["used"]);
        for (name, hard) in hard.as_object().into_iter().flatten() {
            let (Some(hard), Some(used)) = (quantity(hard), quantity(&used[name])) else {
                continue;
            };
            let need = per_pod(name, seen.template());
            if need > 0.0 && hard - used < need {
                short.push(format!("{name} in quota {}", text(&quota["metadata"]["name"])));
            }
        }
    }
    if short.is_empty() {
        let sentence = if all.is_empty() {
            "no quota limits the namespace"
        } else {
            "the quotas leave room for another pod"
        };
        return (Grade::Pass, sentence.to_owned());
    }
    let short = short.join(", ");
    if unavailable == 0 {
        let sentence = format!("no room for another pod ({short}): the rollout would not begin");
        (Grade::Block, sentence)
    } else {
        let sentence =
            format!("no room for another pod ({short}): old pods must go before new ones come");
        (Grade::Warn, sentence)
    }
}

/// A number or a percentage of `replicas`; 25 % when not said. Kubernetes rounds a surge up
/// and what may be unavailable down.
fn share(value: &Value, replicas: u64, up: bool) -> u64 {
    if let Some(number) = value.as_u64() {
        return number;
    }
    let percent = value
        .as_str()
        .and_then(|text| text.strip_suffix('%'))
        .and_then(|text| text.parse::<u64>().ok())
        .unwrap_or(25);
    let whole = replicas.saturating_mul(percent);
    if up { whole.div_ceil(100) } else { whole / 100 }
}

/// What one pod of `template` counts for in a quota's resource.
fn per_pod(resource: &str, template: &Value) -> f64 {
    let (list, name) = match resource {
        "pods" | "count/pods" => return 1.0,
        "cpu" | "memory" => ("requests", resource),
        other => match other.split_once('.') {
            Some((list @ ("requests" | "limits"), name @ ("cpu" | "memory"))) => (list, name),
            Some(_) | None => return 0.0,
        },
    };
    let containers = template["spec"]["containers"].as_array().into_iter().flatten();
    containers.filter_map(|container| quantity(&container["resources"][list][name])).sum()
}

/// A quantity as Kubernetes writes it: `250m`, `1.5Gi`, `2`.
pub(super) fn quantity(value: &Value) -> Option<f64> {
    let Some(text) = value.as_str() else { return value.as_f64() };
    let end = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let factor = match &text[end..] {
        "" => 1.0,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        "Ti" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        // An exponent such as `1e3` is a number as it stands.
        _ => return text.parse().ok(),
    };
    text[..end].parse::<f64>().ok().map(|number| number * factor)
}
