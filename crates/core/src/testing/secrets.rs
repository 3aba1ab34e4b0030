//! The corpus of credentials that everything which lets text in is tested with: one of every
//! shape that is known, and one of every way in which others stand in a text. None of them opens
//! anything.

/// A text with a credential in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planted {
    /// The text, as somebody would write it.
    pub text: String,
    /// What must never be read again.
    pub secret: String,
}

fn planted(text: &str, secret: &str) -> Planted {
    assert!(text.contains(secret), "`{secret}` stands in its text");
    Planted { text: text.to_owned(), secret: secret.to_owned() }
}

/// What is masked in our own words and in those of others.
#[must_use]
pub fn credentials() -> Vec<Planted> {
    let mut found: Vec<Planted> =
        crate::secret::examples().iter().map(|token| planted(token, token)).collect();
    found.extend([
        planted("postgres://app:s3cr3t-Pa55word@db.example:5432/shop", "s3cr3t-Pa55word"),
        planted("https://x-access-token:0ther-Pa55word@git.example/a.git", "0ther-Pa55word"),
        planted("Authorization: Bearer c2VjcmV0LWJlYXJlcg", "c2VjcmV0LWJlYXJlcg"),
        planted(
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END PRIVATE KEY-----",
            "MIIEvQIBADANBgkqhkiG9w0BAQ",
        ),
    ]);
    found
}

/// What is masked in the words of others too: a value behind a telling name.
#[must_use]
pub fn named_credentials() -> Vec<Planted> {
    vec![
        planted("DB_PASSWORD=correct-horse-battery", "correct-horse-battery"),
        planted(r#"{"clientSecret": "staple-client-secret"}"#, "staple-client-secret"),
        planted("Cookie: session=c00kie-of-somebody", "c00kie-of-somebody"),
    ]
}
