//! What a rollback does not restore, computed from what the two releases recorded. What
//! nobody recorded is said to be unknown, never left out.

use lastgood_core::release::Release;

/// One sentence for each thing that stays as the newer release left it.
pub(crate) fn not_restored(from: &Release, to: &Release) -> Vec<String> {
    let mut left = vec![schema(from, to)];
    left.extend(flags(from, to));
    left.push(format!(
        "Data that {} wrote, messages it queued and calls it made to other services stay.",
        from.version
    ));
    left.push("Config maps, secrets and environment outside the artifact stay.".to_owned());
    left
}

fn schema(from: &Release, to: &Release) -> String {
    match (from.schema_version.as_option(), to.schema_version.as_option()) {
        (Some(now), Some(then)) if now == then => {
            format!("The database schema stays at {now}, which both releases expect.")
        }
        (Some(now), Some(then)) => format!(
            "The database schema stays at {now}; {} was built for {then}. Check that it runs on it.",
            to.version
        ),
        (Some(now), None) => format!(
            "The database schema stays at {now}; what {} expects is not recorded.",
            to.version
        ),
        (None, _) => {
            format!(
                "The database schema stays as it is; what {} expects is not recorded.",
                from.version
            )
        }
    }
}

fn flags(from: &Release, to: &Release) -> Vec<String> {
    let (Some(now), then) = (from.flags.as_option(), to.flags.as_option()) else {
        return vec![
            "Feature flags stay as they are; which ones changed is not recorded.".to_owned(),
        ];
    };
    now.iter()
        .filter(|(name, value)| then.and_then(|then| then.get(*name)) != Some(value))
        .map(|(name, value)| format!("The flag {name} stays {value}."))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use lastgood_core::recorded::Recorded;

    use super::*;

    fn release(version: &str, schema: Option<&str>, flags: &[(&str, &str)]) -> Release {
        let flags: BTreeMap<String, String> =
            flags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Release {
            id: version.into(),
            version: version.to_owned(),
            artifact: String::new(),
            digest: Recorded::NotRecorded,
            commit: Recorded::NotRecorded,
            changelog: Recorded::NotRecorded,
            schema_version: schema.map(str::to_owned).into(),
            flags: Recorded::Recorded(flags),
            rollback: Recorded::NotRecorded,
            cost: Recorded::NotRecorded,
        }
    }

    #[test]
    fn a_schema_that_moved_is_named_with_both_versions() {
        let left =
            not_restored(&release("v2", Some("0188"), &[]), &release("v1", Some("0187"), &[]));
        assert!(left[0].contains("0188") && left[0].contains("0187"), "{}", left[0]);
    }

    #[test]
    fn a_schema_that_nobody_recorded_is_said_to_be_unknown() {
        let left = not_restored(&release("v2", None, &[]), &release("v1", None, &[]));
        assert!(left[0].contains("not recorded"), "{}", left[0]);
    }

    #[test]
    fn only_flags_that_differ_are_listed() {
        let left = not_restored(
            &release("v2", None, &[("new_router", "50%"), ("dark", "on")]),
            &release("v1", None, &[("dark", "on")]),
        );
        assert!(left.iter().any(|line| line.contains("new_router stays 50%")), "{left:?}");
        assert!(!left.iter().any(|line| line.contains("dark")), "{left:?}");
    }
}
