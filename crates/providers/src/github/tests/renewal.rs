//! A credential that GitHub no longer takes, and another one that a person stores meanwhile.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// Holds one token, until another one is stored.
#[derive(Default)]
struct Drawer {
    token: Mutex<&'static str>,
    reads: AtomicUsize,
}

#[async_trait]
impl Vault for Drawer {
    async fn secret(&self, _: &str) -> Result<Secret<String>, VaultError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        Ok(Secret::new((*self.token.lock().expect("no test panics here")).to_owned()))
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_read_again_and_what_was_heard_stays() {
    let valid = Arc::new(Mutex::new("ghp_first"));
    let known = Arc::clone(&valid);
    let stub = Stub::start(move |asked| {
        let token = *known.lock().expect("no test panics here");
        if !asked.contains(&format!("Bearer {token}")) {
            return counted(401, 59, &json!({ "message": "Bad credentials" }));
        }
        if asked.starts_with("GET") {
            let at = "2026-11-20T20:00:00Z";
            return counted(200, 4990, &json!([{ "id": 7, "updated_at": at }]));
        }
        let one =
            node(7, "2026-11-20T20:00:00Z", "8f3c1d0", &[("SUCCESS", "2026-11-20T20:05:00Z")]);
        counted(200, 4990, &json!({ "data": { "r0": repository(&[one]) } }))
    })
    .await;
    let (steps, drawer) = (Steps::new(), Drawer::default());
    let login = GithubLogin::Token { secret: "github-token".to_owned() };
    let connection = GithubConnection { url: Some(stub.url.clone()), login };
    let store = |token| *drawer.token.lock().expect("no test panics here") = token;
    store("ghp_first");
    let github = Github::connect(&connection, &drawer).await.expect("the token is one");
    let link = github.link.paced(Arc::clone(&steps) as Arc<dyn Pace>, LIMIT);
    let github = Github { board: Arc::new(Board::new(link.clone())), link };
    let look = async || {
        github.renew(&connection, &drawer).await;
        github.board.look("acme/checkout", "production").await.expect("it was heard once")
    };
    assert_eq!(look().await.doubt, None);

    *valid.lock().expect("no test panics here") = "ghp_second";
    steps.pass(Duration::from_secs(6));
    let doubt = look().await.doubt.expect("it is old");
    assert!(doubt.contains("does not take the credential"), "{doubt}");
    let sent = stub.requests().len();
    steps.pass(Duration::from_secs(6));
    for _ in 0..100 {
        look().await;
    }
    assert_eq!(drawer.reads.load(Ordering::SeqCst), 2, "one that stays wrong is read once");
    assert_eq!(stub.requests().len(), sent + 1, "and is not tried again and again");

    store("ghp_second");
    steps.pass(Duration::from_secs(6));
    assert_eq!(look().await.doubt, None, "the new one is taken");
    assert_eq!(drawer.reads.load(Ordering::SeqCst), 3);
}
