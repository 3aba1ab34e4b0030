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
        planted("Basic dXNlcjpwYXNzd29yZDEyMzQ=", "dXNlcjpwYXNzd29yZDEyMzQ"),
        planted(
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END PRIVATE KEY-----",
            "MIIEvQIBADANBgkqhkiG9w0BAQ",
        ),
    ]);
    found
}

/// What is masked in the words of people and of others too: a value behind a telling name.
#[must_use]
pub fn named_credentials() -> Vec<Planted> {
    vec![
        planted("DB_PASSWORD=correct-horse-battery", "correct-horse-battery"),
        planted(r#"{"clientSecret": "staple-client-secret"}"#, "staple-client-secret"),
        planted("Cookie: session=c00kie-of-somebody", "c00kie-of-somebody"),
        planted("password=Tr0ub4dor&3-horses", "ub4dor&3-horses"),
        planted("Kennwort: heftklammer-7", "heftklammer-7"),
        planted("curl -u admin:Sup3rS3cret-one x", "Sup3rS3cret-one"),
        planted("https://blob.example/x?sv=1&sig=aB1cD2eF3gH4", "aB1cD2eF3gH4"),
        planted("<password>in-angle-br4ckets</password>", "in-angle-br4ckets"),
        planted("the passphrase is Corr3ct-battery", "Corr3ct-battery"),
    ]
}
