use crate::{Code, Severity, read_catalog};

/// The errors in a catalog with `platform`, with what is written at their places.
fn errors(platform: &str) -> Vec<(Code, String)> {
    let text = format!(
        "services:\n  shop:\n    environments:\n      a:\n        platform: {platform}\n        \
         checks: [ {{ name: a, get: http://a }} ]\n"
    );
    let findings = read_catalog("f", &text).findings;
    let lines: Vec<&str> = text.lines().collect();
    let at = |line: u32, column: u32, width: u32| {
        let line = lines[usize::try_from(line).expect("small") - 1].chars();
        line.skip(usize::try_from(column).expect("small") - 1)
            .take(usize::try_from(width).expect("small"))
            .collect::<String>()
    };
    findings
        .iter()
        .filter(|one| one.severity == Severity::Error)
        .inspect(|one| assert!(one.suggestion.is_some(), "{one} says what to do"))
        .map(|one| (one.code, at(one.line, one.column, one.width)))
        .collect()
}

#[test]
fn what_a_platform_cannot_have_is_an_error_where_it_stands() {
    for (platform, code, at) in [
        (
            "{ kubernetes: { namespace: a, service: web, blue: web-a, green: web-a } }",
            Code::DuplicateName,
            "web-a",
        ),
        (
            "{ kubernetes: { namespace: a, deployment: web, canary: web } }",
            Code::DuplicateName,
            "web",
        ),
        ("{ kubernetes: { namespace: Shop_X, deployment: web } }", Code::InvalidName, "Shop_X"),
        ("{ kubernetes: { namespace: a, rollout: Web } }", Code::InvalidName, "Web"),
        ("{ kubernetes: { namespace: a.b, deployment: web } }", Code::InvalidName, "a.b"),
        ("{ ecs: { service: web, account: \"12345\" } }", Code::InvalidName, "\"12345\""),
        ("{ ecs: { service: web, role: \"not-an-arn\" } }", Code::InvalidName, "\"not-an-arn\""),
        ("{ ecs: { service: web, profile: p, secret: key } }", Code::ChoiceTwice, "key"),
        ("{ lambda: { function: f, alias: \"7\" } }", Code::InvalidName, "\"7\""),
        (
            "{ lambda: { function: f, alias: live, strategy: blue-green } }",
            Code::StrategyUnfit,
            "blue-green",
        ),
    ] {
        assert_eq!(errors(platform), [(code, at.to_owned())], "{platform}");
    }
}

#[test]
fn what_a_platform_can_have_is_left_alone() {
    for platform in [
        "{ kubernetes: { namespace: shop-1, deployment: web.v2, canary: web.v3, container: app } }",
        "{ ecs: { service: Web, role: \"arn:aws-cn:iam::012345678901:role/path/Deploy\" } }",
        "{ lambda: { function: f, alias: Live_7, strategy: canary } }",
    ] {
        assert_eq!(errors(platform), [], "{platform}");
    }
}
