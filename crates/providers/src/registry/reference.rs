//! What an image reference means: which registry, which repository, which manifest. Pure.
//!
//! The rules are those of container runtimes (`distribution/reference`): the first part
//! is a host only when it holds a dot or a colon or is `localhost`; without a host it is
//! Docker Hub; a name without a slash there is one of `library`; without a tag and a
//! digest the tag is `latest`.

/// An image reference, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The registry as the reference names it: `docker.io`, `ghcr.io`, `127.0.0.1:5000`.
    pub registry: String,
    /// `library/nginx`.
    pub repository: String,
    /// Which manifest.
    pub version: Version,
}

/// Which manifest of a repository. A digest counts before a tag: runtimes ignore the tag
/// of a reference that has both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// By its content.
    Digest(Digest),
    /// By a name that can be moved.
    Tag(String),
}

/// A digest of a kind that can be checked here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest(String);

/// Why a reference cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{image}` is no image reference: {why}")]
pub struct Unreadable {
    /// As written.
    pub image: String,
    /// What is wrong.
    pub why: &'static str,
}

/// The host that answers for `docker.io`.
const DOCKER_HUB: &str = "registry-1.docker.io";

impl Reference {
    /// Reads a reference as a pod's template has it.
    pub fn parse(image: &str) -> Result<Self, Unreadable> {
        let wrong = |why| Unreadable { image: image.to_owned(), why };
        let (name, digest) = match image.split_once('@') {
            None => (image, None),
            Some((name, digest)) => {
                let known = Digest::parse(digest);
                (name, Some(known.ok_or_else(|| wrong("the digest is no sha256 or sha512"))?))
            }
        };
        // A colon before the last slash is a port.
        let (name, tag) = match name.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            Some(_) | None => (name, None),
        };
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(wrong("the tag is none"));
        }
        let (registry, repository) = match name.split_once('/') {
            Some((first, rest))
                if first.contains(['.', ':']) || first == "localhost" || has_upper(first) =>
            {
                (first, rest.to_owned())
            }
            Some(_) => ("docker.io", name.to_owned()),
            None => ("docker.io", format!("library/{name}")),
        };
        let registry = if registry == "index.docker.io" { "docker.io" } else { registry };
        let repository = match repository.split_once('/') {
            None if registry == "docker.io" => format!("library/{repository}"),
            None | Some(_) => repository,
        };
        if !is_host(registry) {
            return Err(wrong("the registry is no host"));
        }
        if !is_repository(&repository) {
            return Err(wrong("a repository is lower-case words between slashes"));
        }
        let version = match (digest, tag) {
            (Some(digest), _) => Version::Digest(digest),
            (None, tag) => Version::Tag(tag.unwrap_or("latest").to_owned()),
        };
        Ok(Self { registry: registry.to_owned(), repository, version })
    }

    /// The host and port that are asked.
    #[must_use]
    pub fn host(&self) -> &str {
        if self.registry == "docker.io" { DOCKER_HUB } else { &self.registry }
    }
}

impl Version {
    /// As it stands in a path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Digest(digest) => digest.as_str(),
            Self::Tag(tag) => tag,
        }
    }
}

impl Digest {
    /// A digest that can be checked here: `sha256:` or `sha512:` and lower-case hex.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, hex) = text.split_once(':')?;
        let length = match kind {
            "sha256" => 64,
            "sha512" => 128,
            _ => return None,
        };
        let is_hex = hex.len() == length
            && hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        is_hex.then(|| Self(text.to_owned()))
    }

    /// As written: `sha256:…`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Of `bytes`, with SHA-256.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;

        Self(format!("sha256:{}", hex(&sha2::Sha256::digest(bytes))))
    }

    /// Whether `bytes` are what it names.
    #[must_use]
    pub fn fits(&self, bytes: &[u8]) -> bool {
        use sha2::Digest as _;

        match self.0.split_once(':') {
            Some(("sha512", wanted)) => hex(&sha2::Sha512::digest(bytes)) == wanted,
            Some(_) | None => Self::of(bytes) == *self,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn has_upper(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn is_tag(tag: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|byte| word(byte) || byte == b'.' || byte == b'-')
}

fn is_host(host: &str) -> bool {
    let bracketed = host.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (name, port) = if let Some((address, port)) = bracketed {
        let fits = address.parse::<std::net::Ipv6Addr>().is_ok();
        (fits, port.strip_prefix(':').or(port.is_empty().then_some("0")))
    } else {
        let (name, port) = host.split_once(':').unwrap_or((host, "0"));
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
        let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        (begins && name.bytes().all(word), Some(port))
    };
    name && port.is_some_and(|port| port.parse::<u16>().is_ok())
}

fn is_repository(repository: &str) -> bool {
    let part = |part: &str| {
        let edge = |byte: Option<u8>| {
            byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        edge(part.bytes().next())
            && edge(part.bytes().last())
            && part.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte)
            })
    };
    repository.len() <= 255 && repository.split('/').all(part)
}
