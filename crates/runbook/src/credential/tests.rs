use crate::{Code, explain, read_catalog, read_runbook};

const TOKEN: &str = "ghp_abcdefghijklmnopqrstuvwxyz0123456789";

/// A runbook with `act`, a JSON-like text in braces.
fn runbook(act: &str) -> String {
    format!(
        "runbook: r\ntitle: R\nsteps:\n  - id: a\n    phase: roll-back\n    undo: none\n    \
         act: {act}\n"
    )
}

/// Where a credential was found in `text`, as ways to it; nothing that is told repeats it.
fn places(text: &str, repeated: &[&str]) -> Vec<String> {
    let findings = read_runbook("f", text).findings;
    let told = explain(&findings, text) + &format!("{findings:?}");
    for secret in repeated {
        assert!(!told.contains(secret), "`{secret}` is not repeated: {told}");
    }
    findings.into_iter().filter(|one| one.code == Code::SecretInFile).map(|one| one.path).collect()
}

#[test]
fn a_literal_credential_is_found_wherever_a_step_can_hold_one() {
    for (act, path) in [
        (
            format!("{{ command: {{ run: [curl, -H, 'Authorization: Bearer {TOKEN}'] }} }}"),
            "run[2]",
        ),
        ("{ command: { run: [curl, -u, 'ana:hunter2', x] } }".to_owned(), "run[2]"),
        ("{ command: { run: [x, --password, hunter2] } }".to_owned(), "run[2]"),
        ("{ command: { run: [x, --db-password=hunter2] } }".to_owned(), "run[1]"),
        ("{ command: { run: 'TOKEN=hunter2 ./x', shell: true } }".to_owned(), "run"),
        ("{ command: { run: [x], probe: [y, --token, hunter2] } }".to_owned(), "probe[2]"),
        ("{ command: { run: [x, --secret, hunter2] } }".to_owned(), "run[2]"),
        ("{ command: { run: 'x --token hunter2 --ca /x.pem', shell: true } }".to_owned(), "run"),
        (
            "{ command: { run: 'curl \"https://x/?token=hunter2\"', shell: true } }".to_owned(),
            "run",
        ),
        (format!("{{ command: {{ run: [x, --set-secrets, 'A={TOKEN}'] }} }}"), "run[2]"),
        (format!("{{ command: {{ run: [x], set: {{ A: {TOKEN} }} }} }}"), "set.A"),
        ("{ command: { run: [x], set: { X_TOKEN: hunter2 } } }".to_owned(), "set.X_TOKEN"),
        (
            "{ command: { run: [x], set: { DB: 'postgres://u:hunter2@db/x' } } }".to_owned(),
            "set.DB",
        ),
        (
            "{ http: { post: https://x.dev, json: { a: [ { password: hunter2 } ] } } }".to_owned(),
            "json.a[0].password",
        ),
        (format!("{{ http: {{ post: https://x.dev, bearer: {TOKEN} }} }}"), "bearer"),
        ("{ http: { post: https://x.dev, bearer: 'hunter2!' } }".to_owned(), "bearer"),
        ("{ http: { post: https://x.dev, secrets: { X: 'a hunter2' } } }".to_owned(), "secrets.X"),
        (
            "{ github.dispatch: { workflow: a.yml, ref: main, inputs: { token: hunter2 } } }"
                .to_owned(),
            "inputs.token",
        ),
    ] {
        let found = places(&runbook(&act), &["hunter2", TOKEN]);
        assert_eq!(found.len(), 1, "once in {act}: {found:?}");
        assert!(found[0].ends_with(path), "{act}: {found:?}");
    }
}

#[test]
fn what_only_leads_to_a_credential_is_left_alone() {
    for act in [
        "{ command: { run: 'curl -H \"Authorization: Bearer $API_TOKEN\" x', shell: true } }",
        "{ command: { run: 'psql postgres://app:${DB_PASSWORD}@db/x', shell: true } }",
        "{ command: { run: [git, clone, 'ssh://git@github.com/acme/x'] } }",
        "{ command: { run: [x, --token-file, /run/token, --password=/run/password] } }",
        "{ command: { run: [x, --token, '{{ inputs.name }}', --tokens, '4096'] } }",
        "{ command: { run: [gcloud, run, '--set-secrets=API_TOKEN=api-token:latest'] } }",
        "{ command: { run: [x], set: { TOKEN_COUNT: 12, SECRET_NAME: shop-token, A: v1.2.3 } } }",
        "{ command: { run: [gcloud, run, --update-secrets, 'API_TOKEN=api-token:latest'] } }",
        "{ command: { run: [gcloud, secrets, versions, list, --secret=api-token] } }",
        "{ command: { run: [docker, build, --secret, 'id=npm,src=/run/npm', .] } }",
        "{ command: { run: 'docker build --secret id=npm,src=/run/npm .', shell: true } }",
        "{ command: { run: [helm, upgrade, x, --set, image.pullSecret=regcred] } }",
        "{ command: { run: [x, --password-file, pw, --private-key, keys/deploy.pem] } }",
        "{ command: { run: 'x --private-key ~/.ssh/id_ed25519 --token-file=pw', shell: true } }",
        "{ command: { run: 'x --token=\"/run/t\" --signing-key awskms:///alias/x', shell: true } }",
        "{ command: { run: [curl, --cookie, cookies.txt, 'https://x.dev/a?b=c'] } }",
        "{ command: { run: [x], set: { A_TOKEN: 'op://ops/token', B_TOKEN: 'vault:ops#a' } } }",
        "{ command: { run: [x], set: { A_TOKEN: '${secret:shop}', B_TOKEN_FILE: token } } }",
        "{ command: { run: [x, 'api-0123456789abcdef0123456789abcdef01234567'] } }",
        "{ command: { run: [x, 'shop@sha256:0123456789abcdef0123456789abcdef\
         0123456789abcdef0123456789abcdef'] } }",
        "{ command: { run: [x, --id, '0f8fad5b-d9cb-469f-a165-70867728950e'] } }",
        "{ command: { run: [x], secrets: { API_TOKEN: api-token } } }",
        "{ http: { post: https://x.dev, bearer: deploy-token, json: { token: null, a: b } } }",
    ] {
        let text = runbook(act).replace(
            "title: R\n",
            "title: R\nsummary: It asks with bearer authentication.\n\
             inputs: { name: { type: text } }\n",
        );
        assert_eq!(places(&text, &[]), Vec::<String>::new(), "{act}");
    }
}

#[test]
fn a_catalog_with_a_token_where_its_name_belongs_is_refused_without_repeating_it() {
    let random = "8f3kd93kd9fk39dkf93kd9fk3dk";
    for secret in [TOKEN, random, "hunter2 hunter2", "123456789012"] {
        let text = format!(
            "connections:\n  g: {{ github: {{ secret: {secret} }} }}\nservices:\n  shop:\n    \
             owner: {TOKEN}\n    environments: {{ a: {{ platform: practice }} }}\n"
        );
        let read = read_catalog("f", &text);
        assert!(read.value.is_none(), "it is refused");
        let told = explain(&read.findings, &text) + &format!("{:?}", read.findings);
        assert!(!told.contains(secret) && !told.contains(TOKEN), "not repeated: {told}");
        let found: Vec<(u32, u32)> = read
            .findings
            .iter()
            .filter(|one| one.code == Code::SecretInFile)
            .map(|one| (one.line, one.column))
            .collect();
        assert_eq!(found, [(2, 26), (5, 12)], "{told}");
        assert!(told.contains("lastgood secret set NAME"), "{told}");
    }
}

#[test]
fn a_key_that_is_a_credential_is_not_repeated_either() {
    let text = format!("{}{TOKEN}: x\n", runbook("rollout.halt"));
    assert_eq!(places(&text, &[TOKEN]).len(), 1);
}
