use super::*;
use crate::check::{Assertion, Must};

fn command(run: &[&str]) -> Command {
    Command {
        run: run.iter().map(ToString::to_string).collect(),
        shell: false,
        pass: vec!["PATH".to_owned()],
        set: BTreeMap::from([("STAGE".to_owned(), "{{ environment }}".to_owned())]),
        secrets: BTreeMap::from([("TOKEN".to_owned(), "deploy-token".to_owned())]),
        folder: None,
        success: vec![0],
        probe: Some(vec!["./ops/is-on".to_owned(), "{{ target.version }}".to_owned()]),
        timeout: Millis::minutes(1),
    }
}

fn request() -> HttpRequest {
    HttpRequest {
        method: HttpMethod::Post,
        url: "https://deploys.example/services/{{ service }}/rollbacks".to_owned(),
        headers: BTreeMap::new(),
        secrets: BTreeMap::new(),
        bearer: Some("deploy-token".to_owned()),
        json: Some(serde_json::json!({ "to": "{{ target.version }}", "dry": false })),
        json_secrets: BTreeMap::new(),
        expect: vec![Assertion::Status(vec![(200, 299)])],
        key_header: EFFECT_KEY_HEADER.to_owned(),
        probe: Some(HttpProbe {
            url: "https://deploys.example/rollbacks?key={{ effect.key }}".to_owned(),
            expect: vec![Assertion::Json {
                path: "$.key".to_owned(),
                must: Must::Equal("{{ effect.key }}".to_owned()),
            }],
        }),
        timeout: Millis::seconds(30),
    }
}

fn bindings(version: &str) -> Bindings {
    Bindings::default()
        .with("service", "check out/../admin")
        .with("environment", "production")
        .with("target.version", version)
}

#[test]
fn a_value_stays_one_argument_whatever_is_in_it() {
    let hostile = "v1; rm -rf / $(id) `id` \"x\" 'y'\n--force";
    let errand = Errand::Command(command(&["./ops/rollback", "--to={{ target.version }}"]));
    let Errand::Command(filled) = errand.filled(&bindings(hostile)).expect("all is bound") else {
        panic!("a command stays a command");
    };
    assert_eq!(filled.run, ["./ops/rollback".to_owned(), format!("--to={hostile}")]);
    assert_eq!(filled.probe.as_deref(), Some(&["./ops/is-on".to_owned(), hostile.to_owned()][..]));
    assert_eq!(filled.set["STAGE"], "production");
}

#[test]
fn nothing_is_filled_into_a_text_that_a_shell_reads() {
    let shell = Command { shell: true, ..command(&["echo {{ target.version }}"]) };
    let Errand::Command(filled) =
        Errand::Command(shell).filled(&bindings("$(id)")).expect("it is left alone")
    else {
        panic!("a command stays a command");
    };
    assert_eq!(filled.run, ["echo {{ target.version }}"]);
    assert_eq!(filled.shown()[..2], ["sh", "-c"]);
}

#[test]
fn a_value_stays_one_piece_of_an_address_and_one_text_of_a_body() {
    let Errand::Http(filled) =
        Errand::Http(request()).filled(&bindings("v1\", \"dry\": \"x")).expect("all is bound")
    else {
        panic!("a request stays a request");
    };
    assert_eq!(
        filled.url, "https://deploys.example/services/check%20out%2F..%2Fadmin/rollbacks",
        "no value can lead to another address"
    );
    assert_eq!(
        filled.json.expect("it has a body"),
        serde_json::json!({ "to": "v1\", \"dry\": \"x", "dry": false })
    );
    let probe = filled.probe.expect("it has a probe");
    assert!(probe.url.ends_with("?key={{ effect.key }}"), "the key is known when it is asked");
}

#[test]
fn a_secret_in_an_address_or_a_body_is_named_until_it_is_sent_and_nothing_else_can_name_one() {
    let body = serde_json::json!({
        "routing_key": "{{secret.pager}}", "text": "{{ target.version }}", "a/b": ["x", "{{ secret.b }}"]
    });
    let request = HttpRequest {
        url: "https://hooks.example/{{ service }}/{{secret.hook}}".to_owned(),
        json_secrets: placed::in_json(&body),
        json: Some(body),
        ..request()
    };
    assert_eq!(
        Errand::Http(request.clone()).secrets(),
        ["b", "deploy-token", "hook", "pager"],
        "each one is looked up before anything is sent"
    );
    let outside = "{{ secret.pager }}";
    let Errand::Http(filled) =
        Errand::Http(request).filled(&bindings(outside)).expect("all is bound")
    else {
        panic!("a request stays a request");
    };
    assert_eq!(filled.url, "https://hooks.example/check%20out%2F..%2Fadmin/{{ secret.hook }}");
    let encode: fn(&str) -> String = |text| text.replace(' ', "%20");
    assert_eq!(
        placed::put_into_address(&filled.url, "hook", "T0/B 0", encode),
        "https://hooks.example/check%20out%2F..%2Fadmin/T0/B%200"
    );
    let mut sent = filled.json.clone().expect("it has a body");
    for (place, name) in &filled.json_secrets {
        assert!(placed::put_into_json(&mut sent, place, &name.to_uppercase()), "{place}");
    }
    let wanted = serde_json::json!({ "routing_key": "PAGER", "text": outside, "a/b": ["x", "B"] });
    assert_eq!(sent, wanted, "what comes from outside is a text, whatever it says");
    let shown = Errand::Http(filled).call().body.expect("a plan shows the body");
    assert!(shown.contains("{{ secret.pager }}"), "{shown}");
}

#[test]
fn a_plan_shows_the_exact_call_and_no_secret() {
    let call = Errand::Command(command(&["./ops/rollback", "two words"])).call();
    assert_eq!(call.target, "./ops/rollback 'two words'");
    assert!(call.scope.contains("folder `.`"), "{}", call.scope);
    let body = call.body.expect("it says what is given");
    assert!(body.contains("\"PATH\"") && body.contains("the secret `deploy-token`"), "{body}");
    let call = Errand::Http(request()).call();
    assert_eq!((call.verb.as_str(), call.scope.as_str()), ("POST", "deploys.example"));
    let body = call.body.expect("it says what is sent");
    assert!(
        body.contains("idempotency-key") && body.contains("the secret `deploy-token`"),
        "{body}"
    );
}

#[test]
fn an_errand_reads_back_from_a_journal_as_it_was_written() {
    for errand in [Errand::Command(command(&["true"])), Errand::Http(request())] {
        let text = serde_json::to_string(&errand).expect("it is data");
        let back: Errand = serde_json::from_str(&text).expect("it was written by us");
        assert_eq!(back, errand, "{text}");
    }
}

#[test]
fn words_with_spaces_and_quotes_are_told_apart() {
    let argv = ["a b", "it's", "", "--x=1"].map(str::to_owned);
    assert_eq!(words(&argv), r"'a b' 'it'\''s' '' --x=1");
}
