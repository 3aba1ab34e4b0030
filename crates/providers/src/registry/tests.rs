mod peer;
mod stub;

use super::auth::{Challenge, Credential, is_loopback, may_see};
use super::*;
use reqwest::Url;

const A: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

#[test]
fn references_mean_what_container_runtimes_take_them_for() {
    for (image, registry, repository, version) in [
        ("nginx", "docker.io", "library/nginx", "latest"),
        ("nginx:1.27", "docker.io", "library/nginx", "1.27"),
        ("acme/checkout", "docker.io", "acme/checkout", "latest"),
        ("docker.io/nginx", "docker.io", "library/nginx", "latest"),
        ("index.docker.io/acme/a:1", "docker.io", "acme/a", "1"),
        ("ghcr.io/acme/checkout:v1", "ghcr.io", "acme/checkout", "v1"),
        ("localhost/checkout", "localhost", "checkout", "latest"),
        ("Acme/checkout", "Acme", "checkout", "latest"),
        ("localhost:5000/a/b:c", "localhost:5000", "a/b", "c"),
        ("registry.acme.dev:5000/checkout", "registry.acme.dev:5000", "checkout", "latest"),
        ("[::1]:5000/checkout:v1", "[::1]:5000", "checkout", "v1"),
        ("127.0.0.1:5000/x__y/z-1.2", "127.0.0.1:5000", "x__y/z-1.2", "latest"),
    ] {
        let found = Reference::parse(image).expect(image);
        let found = (found.registry.as_str(), found.repository.as_str(), found.version.as_str());
        assert_eq!(found, (registry, repository, version), "{image}");
    }
    let pinned = Reference::parse(&format!("ghcr.io/acme/checkout:v1@{A}")).expect("it is one");
    assert_eq!(pinned.version.as_str(), A, "a runtime ignores the tag beside a digest");
    assert_eq!(Reference::parse("nginx").expect("it is one").host(), "registry-1.docker.io");
}

#[test]
fn what_is_no_reference_is_refused() {
    for image in [
        "",
        "ghcr.io/Acme/checkout",
        "ghcr.io/",
        "a b",
        "nginx:",
        "nginx:-x",
        "nginx@sha256:abc",
        "nginx@md5:d41d8cd98f00b204e9800998ecf8427e",
        "host:99999/a",
        "a//b",
        "../a",
    ] {
        assert!(Reference::parse(image).is_err(), "`{image}` cannot be asked for");
    }
}

#[test]
fn both_kinds_of_digest_are_checked() {
    let sha256 = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let sha512 = "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                  2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
    for text in [sha256, sha512] {
        let digest = Digest::parse(text).expect("it is one");
        assert!(digest.fits(b"abc") && !digest.fits(b"abd"), "{text} is the digest of `abc`");
    }
}

#[test]
fn a_challenge_is_read_whatever_its_order_and_quotes() {
    let read = |header: &str| Challenge::read(std::iter::once(header));
    let bearer = |realm: &str, service: Option<&str>, scope: Option<&str>| {
        Some(Challenge::Bearer {
            realm: realm.to_owned(),
            service: service.map(str::to_owned),
            scope: scope.map(str::to_owned),
        })
    };
    assert_eq!(
        read(r#"Bearer realm="https://a/t",service="s, t",scope="repository:x/y:pull,push""#),
        bearer("https://a/t", Some("s, t"), Some("repository:x/y:pull,push"))
    );
    assert_eq!(
        read(r#"bearer scope="s", realm="https://a/\"t""#),
        bearer(r#"https://a/"t"#, None, Some("s"))
    );
    assert_eq!(read("Bearer realm=https://a/t,service=s"), bearer("https://a/t", Some("s"), None));
    assert_eq!(read(r#"Basic realm="r""#), Some(Challenge::Basic));
    assert_eq!(read("Negotiate"), None);
    let both = ["Basic realm=\"r\"", "Bearer realm=\"https://a/t\""];
    assert_eq!(
        Challenge::read(both.into_iter()),
        bearer("https://a/t", None, None),
        "a token is preferred to a password"
    );
}

#[test]
fn a_credential_is_shown_to_nobody_who_merely_asks_for_it() {
    let sees = |host: &str, realm: &str, named| {
        may_see(host, &Url::parse(realm).expect("an address"), named)
    };
    assert!(sees("ghcr.io", "https://ghcr.io/token", None));
    assert!(sees("registry.gitlab.com", "https://gitlab.com/jwt/auth", None), "its parent");
    assert!(sees("registry-1.docker.io", "https://auth.docker.io/token", None));
    assert!(sees("a.example", "https://tokens.example/t", Some("tokens.example")), "it is named");
    assert!(!sees("a.example", "https://b.example/t", None));
    assert!(!sees("ghcr.io", "https://io/t", None), "a top-level domain is nobody's parent");
    assert!(!sees("myghcr.io", "https://ghcr.io/t", None), "an ending is not a parent");
    assert!(!sees("ghcr.io", "https://registry.ghcr.io/t", None), "nor is a child");
}

#[test]
fn loopback_is_known_by_name_and_number() {
    for host in ["localhost:5000", "127.0.0.1", "127.9.9.9:80", "[::1]:5000"] {
        assert!(is_loopback(host), "{host}");
    }
    for host in ["localhost.example", "10.0.0.1", "[fe80::1]:5000", "127.0.0.1.example"] {
        assert!(!is_loopback(host), "{host}");
    }
}

#[test]
fn a_secret_holds_the_user_when_the_catalog_does_not() {
    let secret = Secret::new("ci:a:b\n".to_owned());
    let whole = Credential::new(None, &secret).expect("user and password");
    assert_eq!(whole.user, "ci");
    whole.password.expose(|password| assert_eq!(password, "a:b"));
    assert!(Credential::new(None, &Secret::new("token".to_owned())).is_none());
    let named = Credential::new(Some("ci"), &Secret::new("to:ken".to_owned())).expect("a token");
    named.password.expose(|password| assert_eq!(password, "to:ken"));
}

#[test]
fn what_is_gone_decides_and_a_doubt_comes_before_presence() {
    let present = || ArtifactState::Present { digest: A.to_owned() };
    let gone = || ArtifactState::Gone { part: "the layer".to_owned() };
    let doubt = || unknown("429".to_owned());
    assert_eq!(worst(vec![present(), doubt(), gone()]), gone());
    assert_eq!(worst(vec![present(), doubt()]), doubt());
    assert_eq!(worst(vec![present()]), present());
    assert!(matches!(worst(Vec::new()), ArtifactState::Unknown { .. }));
}
