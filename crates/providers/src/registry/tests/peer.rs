//! The same questions to a real registry, where Debian's `docker-registry` is installed.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::*;

/// A registry on loopback that ends with the test.
struct Peer {
    child: Child,
    host: String,
    client: reqwest::Client,
    _folder: tempfile::TempDir,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer {
    async fn start() -> Option<Self> {
        const PROGRAM: &str = "/usr/bin/docker-registry";
        if !Path::new(PROGRAM).exists() {
            // Whoever runs the tests must see what was not tried.
            eprintln!("skipped: no registry is installed; ./dev install peers");
            return None;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|free| free.local_addr())
            .expect("a free port on loopback")
            .port();
        let host = format!("127.0.0.1:{port}");
        let configuration = json!({
            "version": 0.1,
            "storage": {
                "filesystem": { "rootdirectory": folder.path().join("data") },
                "delete": { "enabled": true },
            },
            "http": { "addr": host },
            "log": { "level": "error" },
        });
        let file = folder.path().join("config.yml");
        std::fs::write(&file, configuration.to_string()).expect("the folder is writable");
        let child = Command::new(PROGRAM)
            .arg("serve")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the registry starts");
        let client = reqwest::Client::new();
        let peer = Self { child, host, client, _folder: folder };
        let until = Instant::now() + Duration::from_secs(10);
        while peer.client.get(peer.url("")).send().await.is_err() {
            assert!(Instant::now() < until, "the registry answers within 10 s");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Some(peer)
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/v2/{path}", self.host)
    }

    async fn blob(&self, bytes: &[u8]) -> Digest {
        let digest = Digest::of(bytes);
        let begun = self.client.post(self.url("acme/checkout/blobs/uploads/")).send().await;
        let begun = begun.expect("it answers");
        let at = begun.headers()["location"].to_str().expect("an address").to_owned();
        let mut at = Url::parse(&at).expect("an address");
        at.query_pairs_mut().append_pair("digest", digest.as_str());
        let put = self.client.put(at).body(bytes.to_vec()).send().await.expect("it answers");
        assert_eq!(put.status(), 201, "the registry takes the blob");
        digest
    }

    async fn manifest(&self, name: Option<&str>, kind: &str, body: &str) -> Digest {
        let digest = Digest::of(body.as_bytes());
        let name = name.unwrap_or(digest.as_str());
        let put = self
            .client
            .put(self.url(&format!("acme/checkout/manifests/{name}")))
            .header("content-type", kind)
            .body(body.to_owned())
            .send()
            .await
            .expect("it answers");
        assert_eq!(put.status(), 201, "the registry takes the manifest");
        digest
    }

    async fn image(&self, name: &str) -> Digest {
        const KIND: &str = "application/vnd.docker.distribution.manifest.v2+json";
        let (config, layer) = (format!("{{\"name\":\"{name}\"}}"), format!("layer of {name}"));
        let body = json!({
            "schemaVersion": 2,
            "mediaType": KIND,
            "config": {
                "mediaType": "application/vnd.docker.container.image.v1+json",
                "size": config.len(),
                "digest": self.blob(config.as_bytes()).await.as_str(),
            },
            "layers": [{
                "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
                "size": layer.len(),
                "digest": self.blob(layer.as_bytes()).await.as_str(),
            }],
        });
        self.manifest(None, KIND, &body.to_string()).await
    }

    async fn index(&self, tag: &str, child: &Digest) -> Digest {
        const KIND: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
        let size = self
            .client
            .get(self.url(&format!("acme/checkout/manifests/{}", child.as_str())))
            .header("accept", "application/vnd.docker.distribution.manifest.v2+json")
            .send()
            .await
            .expect("it answers")
            .content_length();
        let body = json!({
            "schemaVersion": 2,
            "mediaType": KIND,
            "manifests": [{
                "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
                "size": size,
                "digest": child.as_str(),
                "platform": { "os": "linux", "architecture": "amd64" },
            }],
        });
        self.manifest(Some(tag), KIND, &body.to_string()).await
    }

    async fn delete(&self, path: &str) {
        let url = self.url(&format!("acme/checkout/{path}"));
        let gone = self.client.delete(url).send().await.expect("it answers");
        assert_eq!(gone.status(), 202, "the registry deletes {path}");
    }

    async fn proof(&self, version: &str, recorded: Option<&Digest>) -> ArtifactState {
        let mark = if version.starts_with("sha") { '@' } else { ':' };
        let image = Reference::parse(&format!("{}/acme/checkout{mark}{version}", self.host));
        let registry = Registry::new(&self.host, None, None).expect("a client can be made");
        registry
            .prove(&image.expect("it is one"), recorded.map(Digest::as_str), &[Machine::usual()])
            .await
    }
}

#[tokio::test]
async fn a_real_registry_tells_what_is_there_moved_and_gone() {
    let Some(peer) = Peer::start().await else { return };
    let (old, new) = (peer.image("old").await, peer.image("new").await);
    let index = peer.index("v1", &old).await;
    let present = ArtifactState::Present { digest: index.as_str().to_owned() };
    assert_eq!(peer.proof(index.as_str(), None).await, present, "by digest");
    assert_eq!(peer.proof("v1", Some(&index)).await, present, "by tag");
    assert_eq!(peer.proof("v1", Some(&old)).await, present, "a node reported the child");

    let now = peer.index("v1", &new).await;
    assert_eq!(
        peer.proof("v1", Some(&index)).await,
        ArtifactState::Moved { recorded: index.as_str().to_owned(), now: now.as_str().to_owned() },
        "somebody pushed the tag again"
    );

    let layer = Digest::of(b"layer of old");
    peer.delete(&format!("blobs/{}", layer.as_str())).await;
    assert_eq!(
        peer.proof(old.as_str(), None).await,
        ArtifactState::Gone { part: format!("the layer {}", layer.as_str()) },
        "the manifest is still there, and a layer is not"
    );
    peer.delete(&format!("manifests/{}", old.as_str())).await;
    let found = peer.proof(index.as_str(), None).await;
    let ArtifactState::Gone { part } = found else { panic!("the child is gone: {found:?}") };
    assert!(part.contains("linux/amd64"), "{part}");
    assert_eq!(
        peer.proof("never-pushed", None).await,
        ArtifactState::Gone { part: "the manifest".to_owned() }
    );
}
