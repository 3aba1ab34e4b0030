//! Odd answers, by a stub that is otherwise held to what the real registry does.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use lastgood_core::catalog::RegistryConnection;
use serde_json::json;

use super::*;
use crate::stub::{Reply, Stub};

/// The images of a stub: path under `/v2/acme/checkout/` → body.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<BTreeMap<String, String>>>);

impl Shelf {
    fn put(&self, path: &str, body: &str) {
        self.0.lock().expect("no test panics here").insert(path.to_owned(), body.to_owned());
    }

    fn take(&self, path: &str) {
        self.0.lock().expect("no test panics here").remove(path);
    }

    /// Puts an image for one machine there, and gives its digest.
    fn image(&self, name: &str) -> Digest {
        let (config, layer) = (format!("config of {name}"), format!("layer of {name}"));
        for blob in [&config, &layer] {
            self.put(&format!("blobs/{}", Digest::of(blob.as_bytes()).as_str()), blob);
        }
        let manifest = json!({
            "schemaVersion": 2,
            "config": { "digest": Digest::of(config.as_bytes()).as_str() },
            "layers": [
                { "digest": Digest::of(layer.as_bytes()).as_str() },
                { "digest": A, "mediaType": "application/vnd.oci.image.layer.nondistributable.v1.tar" },
            ],
        });
        self.manifest(&manifest.to_string())
    }

    fn manifest(&self, body: &str) -> Digest {
        let digest = Digest::of(body.as_bytes());
        self.put(&format!("manifests/{}", digest.as_str()), body);
        digest
    }

    fn index(&self, children: &[(&str, &Digest)]) -> (Digest, String) {
        let children: Vec<_> = children
            .iter()
            .map(|(machine, digest)| {
                json!({ "digest": digest.as_str(), "platform": { "os": "linux", "architecture": machine } })
            })
            .collect();
        let body = json!({ "schemaVersion": 2, "manifests": children }).to_string();
        (self.manifest(&body), body)
    }

    /// As a registry without the header that is only a SHOULD.
    fn answer(&self, request: &str) -> Reply {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let known = path.strip_prefix("/v2/acme/checkout/");
        let there = self.0.lock().expect("no test panics here");
        match known.and_then(|path| there.get(path)) {
            Some(body) => Reply::status(200, body),
            None => Reply::status(404, r#"{"errors":[{"code":"MANIFEST_UNKNOWN"}]}"#),
        }
    }

    async fn serve(&self) -> Stub {
        let own = self.clone();
        Stub::start(move |request| own.answer(request)).await
    }
}

fn reference(stub: &Stub, version: &str) -> Reference {
    let host = stub.url.trim_start_matches("http://");
    let mark = if version.starts_with("sha") { '@' } else { ':' };
    Reference::parse(&format!("{host}/acme/checkout{mark}{version}")).expect("it is one")
}

fn registry(stub: &Stub, secret: Option<&str>) -> Registry {
    let host = stub.url.trim_start_matches("http://");
    let secret = secret.map(|secret| Secret::new(secret.to_owned()));
    Registry::new(host, None, secret).expect("a client can be made")
}

async fn proof(stub: &Stub, version: &str, recorded: Option<&str>) -> ArtifactState {
    registry(stub, None).prove(&reference(stub, version), recorded, &[Machine::usual()]).await
}

#[tokio::test]
async fn a_whole_image_is_present_without_the_digest_header() {
    let shelf = Shelf::default();
    let digest = shelf.image("v1");
    let stub = shelf.serve().await;
    let found = proof(&stub, digest.as_str(), None).await;
    assert_eq!(found, ArtifactState::Present { digest: digest.as_str().to_owned() });
    let asked = stub.requests();
    assert!(asked.iter().all(|request| !request.contains(A)), "foreign layers are elsewhere");
    let accept = asked[0].lines().find(|line| line.to_ascii_lowercase().starts_with("accept:"));
    let accept = accept.expect("it says what it takes");
    for kind in ["image.index.v1", "image.manifest.v1", "manifest.list.v2", "manifest.v2"] {
        assert!(accept.contains(kind), "{accept}");
    }
}

#[tokio::test]
async fn a_child_a_layer_or_a_machine_that_is_missing_is_gone() {
    let shelf = Shelf::default();
    let (amd64, arm64) = (shelf.image("amd64"), shelf.image("arm64"));
    let (index, _) = shelf.index(&[("amd64", &amd64), ("arm64", &arm64)]);
    let stub = shelf.serve().await;
    let whole = proof(&stub, index.as_str(), None).await;
    assert_eq!(whole, ArtifactState::Present { digest: index.as_str().to_owned() });

    shelf.take(&format!("manifests/{}", arm64.as_str()));
    let other = proof(&stub, index.as_str(), None).await;
    assert!(
        matches!(other, ArtifactState::Present { .. }),
        "no machine here needs arm64: {other:?}"
    );

    let layer = Digest::of(b"layer of amd64");
    shelf.take(&format!("blobs/{}", layer.as_str()));
    let ArtifactState::Gone { part } = proof(&stub, index.as_str(), None).await else {
        panic!("a layer is missing")
    };
    assert!(part.contains("layer") && part.contains(layer.as_str()), "{part}");

    shelf.take(&format!("manifests/{}", amd64.as_str()));
    let ArtifactState::Gone { part } = proof(&stub, index.as_str(), None).await else {
        panic!("the child is missing, and the index is still there")
    };
    assert!(part.contains("linux/amd64") && part.contains(amd64.as_str()), "{part}");

    let (arm_only, _) = shelf.index(&[("arm64", &arm64)]);
    let found = proof(&stub, arm_only.as_str(), None).await;
    assert!(matches!(found, ArtifactState::Gone { .. }), "no such machine: {found:?}");
}

#[tokio::test]
async fn a_tag_is_held_against_what_ran_by_hashing_its_bytes() {
    let shelf = Shelf::default();
    let (old, new) = (shelf.image("old"), shelf.image("new"));
    let (index, body) = shelf.index(&[("amd64", &new)]);
    shelf.put("manifests/v1", &body);
    let stub = shelf.serve().await;
    let moved = proof(&stub, "v1", Some(old.as_str())).await;
    let now = index.as_str().to_owned();
    assert_eq!(moved, ArtifactState::Moved { recorded: old.as_str().to_owned(), now: now.clone() });
    let same = proof(&stub, "v1", Some(index.as_str())).await;
    assert_eq!(same, ArtifactState::Present { digest: now.clone() });
    let child = proof(&stub, "v1", Some(new.as_str())).await;
    assert_eq!(child, ArtifactState::Present { digest: now.clone() }, "a node reports its child");
    assert_eq!(proof(&stub, "v1", None).await, ArtifactState::Unpinned { now });
}

#[tokio::test]
async fn bytes_that_are_not_what_the_digest_says_are_corrupt() {
    let shelf = Shelf::default();
    shelf.image("v1");
    shelf.put(&format!("manifests/{A}"), r#"{"schemaVersion":2,"config":{},"layers":[]}"#);
    let stub = shelf.serve().await;
    let found = proof(&stub, A, None).await;
    assert!(matches!(found, ArtifactState::Corrupt { .. }), "{found:?}");
}

#[tokio::test]
async fn nothing_but_a_404_of_the_registry_is_gone() {
    let page =
        || Reply::Http(404, vec![("content-type", "text/html".to_owned())], "<p>".to_owned());
    let replies: [(&str, Reply); 9] = [
        ("too many requests", Reply::status(429, "{}")),
        ("forbidden", Reply::status(403, "{}")),
        ("server error", Reply::status(500, "{}")),
        ("gateway timeout", Reply::status(504, "{}")),
        ("a 401 that wants nothing", Reply::status(401, "{}")),
        ("a login page", Reply::status(200, "<html>log in</html>")),
        ("a page that says not found", page()),
        ("half a manifest", Reply::Truncated(r#"{"schemaVersion":2,"#.to_owned())),
        ("a closed connection", Reply::Hangup),
    ];
    for (what, reply) in replies {
        let stub = Stub::start(move |_| reply.clone()).await;
        let found = proof(&stub, A, None).await;
        assert!(matches!(found, ArtifactState::Unknown { .. }), "{what}: {found:?}");
    }
    let stub = Stub::start(|_| Reply::status(404, r#"{"errors":[]}"#)).await;
    let found = proof(&stub, A, None).await;
    assert_eq!(found, ArtifactState::Gone { part: "the manifest".to_owned() });
}

#[tokio::test]
async fn too_many_requests_is_not_answered_with_more() {
    let stub = Stub::start(|_| Reply::status(429, "{}")).await;
    proof(&stub, A, None).await;
    assert_eq!(stub.requests().len(), 1, "it was asked to wait");
    let stub = Stub::start(|_| Reply::status(503, "{}")).await;
    proof(&stub, A, None).await;
    assert_eq!(stub.requests().len(), 2, "a passing fault gets a second try");
}

/// Answers 401 until the token is shown; gives one for `user:password`, or for nobody.
fn guarded(shelf: Shelf, realm: String, anonymous: bool) -> impl Fn(&str) -> Reply {
    move |request| {
        let has = |text: &str| request.to_ascii_lowercase().contains(&text.to_ascii_lowercase());
        if request.starts_with("GET /token") {
            let basic = has("authorization: basic dXNlcjpwYXNzd29yZA==");
            let scoped = request.contains("scope=repository%3Aacme%2Fcheckout%3Apull")
                && request.contains("service=the-registry");
            return if scoped && (basic || anonymous) {
                Reply::json(&json!({ "access_token": "t-1" }))
            } else {
                Reply::status(401, "{}")
            };
        }
        if has("authorization: bearer t-1") {
            return shelf.answer(request);
        }
        let wants = format!(
            "Bearer realm=\"{realm}/token\",service=\"the-registry\",\
             scope=\"repository:acme/checkout:pull\""
        );
        Reply::Http(401, vec![("www-authenticate", wants)], "{}".to_owned())
    }
}

#[tokio::test]
async fn a_token_is_fetched_once_and_used_for_every_part() {
    for secret in [None, Some("user:password")] {
        let shelf = Shelf::default();
        let digest = shelf.image("v1");
        // The realm is the stub itself, whose address is known only when it listens.
        let realm = Arc::new(Mutex::new(String::new()));
        let (known, copy) = (Arc::clone(&realm), shelf.clone());
        let stub = Stub::start(move |request| {
            let realm = known.lock().expect("no test panics here").clone();
            guarded(copy.clone(), realm, secret.is_none())(request)
        })
        .await;
        realm.lock().expect("no test panics here").clone_from(&stub.url);
        let found = registry(&stub, secret)
            .prove(&reference(&stub, digest.as_str()), None, &[Machine::usual()])
            .await;
        assert!(matches!(found, ArtifactState::Present { .. }), "{secret:?}: {found:?}");
        let asked = stub.requests();
        let tokens = asked.iter().filter(|request| request.starts_with("GET /token")).count();
        assert_eq!(tokens, 1, "one token serves the manifest and its blobs");
    }
}

#[tokio::test]
async fn a_token_server_on_another_host_sees_no_credential_that_the_catalog_does_not_give_it() {
    let tokens = Stub::start(|_| Reply::json(&json!({ "token": "t-1" }))).await;
    // The same server by another name is another host.
    let realm = tokens.url.replace("127.0.0.1", "localhost");
    let shelf = Shelf::default();
    let digest = shelf.image("v1");
    let stub = Stub::start(guarded(shelf, realm, true)).await;
    let image = reference(&stub, digest.as_str());
    registry(&stub, Some("user:password")).prove(&image, None, &[Machine::usual()]).await;
    let shown = |stub: &Stub| {
        stub.requests().iter().any(|request| request.to_ascii_lowercase().contains("basic "))
    };
    assert!(!shown(&tokens), "a registry could name any host");
    assert!(!shown(&stub), "nor does the registry itself, which wants a token");

    let named = RegistryConnection {
        host: image.registry.clone(),
        user: None,
        secret: None,
        token_host: Some("localhost".to_owned()),
        plain_http: false,
    };
    let secret = Some(Secret::new("user:password".to_owned()));
    let registry = Registry::new(image.host(), Some(&named), secret).expect("a client");
    let found = registry.prove(&image, None, &[Machine::usual()]).await;
    assert!(matches!(found, ArtifactState::Present { .. }), "{found:?}");
    assert!(shown(&tokens), "the catalog says that it may");
}

#[tokio::test]
async fn a_redirect_to_storage_is_followed_without_the_credential() {
    let storage = Stub::start(|_| Reply::status(200, "")).await;
    let to = storage.url.replace("127.0.0.1", "localhost");
    let shelf = Shelf::default();
    let digest = shelf.image("v1");
    let stub = Stub::start(move |request| {
        if !request.to_ascii_lowercase().contains("authorization: basic") {
            let wants = vec![("www-authenticate", "Basic realm=\"r\"".to_owned())];
            return Reply::Http(401, wants, String::new());
        }
        if request.starts_with("HEAD") {
            return Reply::Http(307, vec![("location", format!("{to}/blob"))], String::new());
        }
        shelf.answer(request)
    })
    .await;
    let found = registry(&stub, Some("user:password"))
        .prove(&reference(&stub, digest.as_str()), None, &[Machine::usual()])
        .await;
    assert!(matches!(found, ArtifactState::Present { .. }), "{found:?}");
    let there = storage.requests();
    assert_eq!(there.len(), 2, "the configuration and the layer");
    assert!(there.iter().all(|request| !request.to_ascii_lowercase().contains("authorization")));
}
