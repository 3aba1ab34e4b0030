//! An app: its key is exchanged for a token, once, and everything is asked with that.

use futures::future::join_all;

use super::*;

struct Key(String);

#[async_trait]
impl Vault for Key {
    async fn secret(&self, _: &str) -> Result<Secret<String>, VaultError> {
        Ok(Secret::new(self.0.clone()))
    }
}

/// A new key, where this machine can make one.
fn key() -> Option<Key> {
    let made = std::process::Command::new("openssl")
        .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        .output();
    let Ok(made) = made else {
        println!(
            "SKIPPED: there is no openssl to make a key with; `./dev install peers` installs it"
        );
        return None;
    };
    Some(Key(String::from_utf8(made.stdout).expect("PEM is text")))
}

/// GitHub below `root`, which gives a token to whoever comes with a signed time, and answers
/// those that come with the token.
async fn github(root: &'static str) -> Stub {
    Stub::start(move |asked| {
        if asked.starts_with(&format!("POST {root}/app/installations/8/access_tokens")) {
            assert!(asked.contains("authorization: Bearer ey"), "with a JWT: {asked}");
            let token = json!({ "token": "ghs_forThisHour", "expires_at": "2099-01-01T00:00:00Z",
                                "permissions": {} });
            let json = vec![("content-type", "application/json".to_owned())];
            return Reply::Http(201, json, token.to_string());
        }
        assert!(asked.contains("Bearer ghs_forThisHour"), "with the token: {asked}");
        let node = repository(&[]);
        let data: serde_json::Map<String, Value> =
            (0..25).map(|index| (format!("r{index}"), node.clone())).collect();
        counted(200, 4999, &json!({ "resources": {}, "data": data }))
    })
    .await
}

async fn connected(url: String, key: &Key) -> Github {
    let login = GithubLogin::App { id: 7, installation: 8, secret: "key".to_owned() };
    let connection = GithubConnection { url: Some(url), login };
    Github::connect(&connection, key).await.expect("the key is one")
}

/// How often each path was asked for.
fn asked(stub: &Stub, begin: &str) -> usize {
    stub.requests().iter().filter(|one| one.starts_with(begin)).count()
}

#[tokio::test]
async fn an_app_exchanges_its_key_for_a_token_and_asks_with_that() {
    let Some(key) = key() else { return };
    let stub = github("").await;
    connected(stub.url.clone(), &key).await.left().await.expect("it is told");
    assert_eq!(stub.requests().len(), 2, "one exchange, one question: {:?}", stub.requests());
}

#[tokio::test]
async fn a_token_is_no_key_of_an_app() {
    let connection = GithubConnection {
        url: None,
        login: GithubLogin::App { id: 7, installation: 8, secret: "key".to_owned() },
    };
    let wrong = Github::connect(&connection, &Token).await.expect_err("a token is no key");
    assert!(matches!(wrong, Failure::Login { .. }), "{wrong}");
}

#[tokio::test]
async fn a_hundred_services_are_read_by_an_app_with_one_token() {
    let Some(key) = key() else { return };
    let stub = github("").await;
    let github = connected(stub.url.clone(), &key).await;
    let names: Vec<String> = (0..100).map(|index| format!("acme/service-{index}")).collect();
    let looks = names.iter().map(|name| github.board.look(name, "production"));
    for look in join_all(looks).await {
        look.expect("each is told");
    }
    assert_eq!(asked(&stub, "POST /app/installations/8/access_tokens"), 1);
    assert_eq!(asked(&stub, "POST /graphql"), 4, "25 in each");
}

#[tokio::test]
async fn on_a_server_of_ones_own_the_key_is_exchanged_at_rest_and_the_token_is_lent_to_graphql() {
    let Some(key) = key() else { return };
    let stub = github("/api/v3").await;
    let github = connected(format!("{}/api/v3", stub.url), &key).await;
    github.board.look("acme/checkout", "production").await.expect("it is told");
    github.left().await.expect("it is told");
    assert_eq!(asked(&stub, "POST /api/v3/app/installations/8/access_tokens"), 1);
    assert_eq!(asked(&stub, "POST /api/graphql"), 1);
}
