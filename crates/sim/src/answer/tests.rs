use std::collections::BTreeMap;

use super::*;

fn answer() -> Answer {
    Answer {
        status: 200,
        headers: vec![("x-version".to_owned(), "2026.3.1".to_owned())],
        body: json!({ "status": "ok", "parts": [{ "name": "db" }], "count": 3 }),
        took: Millis(80),
    }
}

fn check(expect: Vec<Assertion>) -> Check {
    Check {
        name: "pay".into(),
        method: "GET".to_owned(),
        url: "https://checkout.practice.example/healthz".to_owned(),
        headers: BTreeMap::new(),
        body: None,
        expect,
        timeout: Millis(1_000),
    }
}

fn equal(text: &str) -> Must {
    Must::Equal(text.to_owned())
}

fn json(path: &str, must: Must) -> Assertion {
    Assertion::Json { path: path.to_owned(), must }
}

fn header(name: &str, must: Must) -> Assertion {
    Assertion::Header { name: name.to_owned(), must }
}

#[test]
fn every_kind_of_assertion_can_hold_and_can_fail() {
    let body = |text: &str| Assertion::Body(Must::Contain(text.to_owned()));
    for (assertion, holds) in [
        (Assertion::Status(vec![(200, 299)]), true),
        (Assertion::Status(vec![(201, 201), (300, 399)]), false),
        (header("X-Version", equal("2026.3.1")), true),
        (header("x-version", equal("2026.3.2")), false),
        (header("x-trace", Must::Exist), false),
        (body("\"ok\""), true),
        (body("down"), false),
        (json("$.status", equal("ok")), true),
        (json("$.parts[0].name", equal("db")), true),
        (json("$.count", equal("3")), true),
        (json("$.parts[1].name", Must::Exist), false),
        (json("status", Must::Exist), false),
        (Assertion::Faster(Millis(81)), true),
        (Assertion::Faster(Millis(80)), false),
    ] {
        let wanted = if holds { CheckOutcome::Passed } else { CheckOutcome::Failed };
        let result = answer().judge(&check(vec![assertion.clone()]));
        assert_eq!(result.outcome, wanted, "{assertion:?}: {}", result.sentence);
    }
}

#[test]
fn a_failed_check_says_what_was_seen_and_what_was_wanted() {
    let assertion = header("x-version", equal("2026.2.28"));
    let result = answer().judge(&check(vec![assertion]));
    assert_eq!(result.sentence, "the header x-version is `2026.3.1`, `2026.2.28` is wanted");
}

#[test]
fn an_answer_that_is_too_late_fails_whatever_it_says() {
    let late = Answer { took: Millis(1_500), ..answer() };
    let result = late.judge(&check(Vec::new()));
    assert_eq!(result.outcome, CheckOutcome::Failed, "the service kept nobody waiting but us");
    assert_eq!(result.took, Millis(1_000), "and we waited no longer than we said");
}

#[test]
fn a_head_request_has_no_body_to_look_into() {
    let asked = Check { method: "HEAD".to_owned(), ..check(vec![json("$.status", Must::Exist)]) };
    assert_eq!(answer().judge(&asked).outcome, CheckOutcome::Failed, "a HEAD answer is empty");
}

#[test]
fn nobody_answers_with_an_error() {
    let result = Answer::nobody().judge(&check(vec![Assertion::Status(vec![(200, 299)])]));
    assert_eq!(result.outcome, CheckOutcome::Failed, "503 is not health");
}
