//! What a platform itself would refuse, and what would be taken for something else: names
//! that Kubernetes has not, two colours that are one, an account or a role that AWS has not.

use crate::code::Code;
use crate::finding::Report;
use crate::scalar;
use crate::tree::At;

/// Reports what no workload of the platform can be.
pub(super) fn check(environment: &At<'_>, report: &mut Report) {
    let Some(platform) = environment.get("platform") else { return };
    if let Some(at) = platform.get("kubernetes") {
        kubernetes(&at, report);
    }
    if let Some(at) = platform.get("ecs") {
        aws(&at, report);
    }
    if let Some(at) = platform.get("lambda") {
        aws(&at, report);
        lambda(environment, &at, report);
    }
}

fn kubernetes(at: &At<'_>, report: &mut Report) {
    // The names of Deployments and their like may hold dots; those of others may not.
    let dotted = ["deployment", "canary", "statefulset", "daemonset", "rollout", "blue", "green"];
    let plain = ["namespace", "service", "container"];
    for (keys, dots) in [(&dotted[..], true), (&plain[..], false)] {
        for key in keys {
            let Some(name) = at.get(key) else { continue };
            let Some(text) = name.scalar().filter(|text| scalar::is_name(text)) else { continue };
            let fits = if dots { text.split('.').all(is_label) } else { is_label(text) };
            if !fits {
                let message = format!("Kubernetes has nothing called `{text}`");
                let advice = match scalar::as_id(text) {
                    Some(id) => format!("names are of small letters, digits and `-`, as `{id}`"),
                    None => "names are of small letters, digits and `-`".to_owned(),
                };
                report.error_with(Code::InvalidName, &name, message, advice);
            }
        }
    }
    for (one, other, what) in [
        ("blue", "green", "both colours are the same Deployment; nothing could be switched"),
        ("deployment", "canary", "the canary is the stable Deployment itself"),
    ] {
        let (Some(first), Some(second)) = (at.text(one), at.get(other)) else { continue };
        if second.scalar() == Some(&first) {
            let advice = format!("name the other Deployment under `{other}:`");
            report.error_with(Code::DuplicateName, &second, what, advice);
        }
    }
}

/// A label as DNS has it (RFC 1123).
fn is_label(text: &str) -> bool {
    let own = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() <= 63
        && text.starts_with(own)
        && text.ends_with(own)
        && text.chars().all(|c| own(c) || c == '-')
}

fn aws(at: &At<'_>, report: &mut Report) {
    if let Some(account) = at.get("account")
        && account.scalar().is_some_and(|text| !is_account(text))
    {
        report.error_with(
            Code::InvalidName,
            &account,
            "this is no AWS account",
            "an account has twelve digits; write them in quotes, as \"012345678901\"".to_owned(),
        );
    }
    if let Some(role) = at.get("role")
        && role.scalar().is_some_and(|text| !is_role(text))
    {
        report.error_with(
            Code::InvalidName,
            &role,
            "this is not the ARN of a role",
            "write it as `arn:aws:iam::012345678901:role/NAME`".to_owned(),
        );
    }
    if let (Some(_), Some(secret)) = (at.get("profile"), at.get("secret")) {
        report.error_with(
            Code::ChoiceTwice,
            &secret,
            "`profile` and `secret` are two ways to log in",
            "keep one of them".to_owned(),
        );
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.chars().all(|c| c.is_ascii_digit())
}

/// `arn:PARTITION:iam::ACCOUNT:role/NAME`; partitions are `aws`, `aws-cn` and more.
fn is_role(text: &str) -> bool {
    match text.splitn(6, ':').collect::<Vec<_>>()[..] {
        ["arn", partition, "iam", "", account, name] => {
            partition.starts_with("aws")
                && is_account(account)
                && name.strip_prefix("role/").is_some_and(|name| !name.is_empty())
        }
        _ => false,
    }
}

fn lambda(environment: &At<'_>, at: &At<'_>, report: &mut Report) {
    if let Some(alias) = at.get("alias")
        && let Some(text) = alias.scalar().filter(|text| scalar::is_name(text))
    {
        let numeric = text.chars().all(|c| c.is_ascii_digit());
        if numeric || text.contains('.') {
            report.error_with(
                Code::InvalidName,
                &alias,
                "AWS has no alias of this name: digits alone are a version, and a dot is in none",
                "name the alias that callers use, such as `live`".to_owned(),
            );
        }
    }
    for strategy in [environment.get("strategy"), at.get("strategy")].into_iter().flatten() {
        if strategy.scalar() == Some("blue-green") {
            report.error_with(
                Code::StrategyUnfit,
                &strategy,
                "an alias of Lambda has no two colours; its traffic goes to a version, or is \
                 shared by two",
                "write `rolling`, or `canary` where the alias shares its traffic".to_owned(),
            );
        }
    }
}
