//! Credentials by the name that stands before them: `password=…`, `"api_key": "…"`,
//! `Authorization: …`, `--token …`, `<password>…`. For what others print and what people write:
//! our own words name secrets.

mod extent;
mod names;
mod prose;

use super::MASK;

/// Masks the values of such names in one line.
pub(super) fn mask(line: &str) -> String {
    let line = prose::mask(&prose::mask_options(line));
    let mut out = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some(at) = rest.find(['=', ':', '>']) {
        let (before, after) = rest.split_at(at + 1);
        out.push_str(before);
        rest = after;
        let Some(kind) = names::kind(&before[..at], &before[at..]) else { continue };
        // `:=`, `=>` and `==` are one sign.
        let sign = after.len() - after.trim_start_matches(['=', '>']).len();
        let blank = after[sign..].len() - after[sign..].trim_start_matches([' ', '\t']).len();
        let begins = sign + blank;
        let value = &after[begins..];
        let (quote, length) = extent::of(value, kind);
        let found = &value[quote..quote + length];
        if extent::is_harmless(found, kind) {
            continue;
        }
        out.push_str(&after[..begins + quote]);
        out.push_str(MASK);
        rest = &value[quote + length..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_behind_telling_names_are_masked() {
        for (line, wanted) in [
            ("password=hunter2 next", "password=[secret] next"),
            ("DB_PASSWORD: hunter2", "DB_PASSWORD: [secret]"),
            (r#"{"api_key": "abc\"def", "x": 1}"#, r#"{"api_key": "[secret]", "x": 1}"#),
            (
                r#"body: "{\"clientSecret\":\"abcdef\"}""#,
                r#"body: "{\"clientSecret\":\"[secret]\"}""#,
            ),
            ("Authorization: Basic abcdef==", "Authorization: [secret]"),
            ("curl -H 'Cookie: a=b; c=d' x", "curl -H 'Cookie: [secret]' x"),
            ("--access-token=abcdefg --dry", "--access-token=[secret] --dry"),
            ("url?token=abcdef&page=2", "url?token=[secret]&page=2"),
            ("export AWS_SECRET_ACCESS_KEY='a/b+c'", "export AWS_SECRET_ACCESS_KEY='[secret]'"),
            ("DB_PASS=hunter2", "DB_PASS=[secret]"),
            ("dbPass: hunter2", "dbPass: [secret]"),
            ("pass=hunter2", "pass=[secret]"),
            ("Passwort=hunter2, Kennwort: hunter3", "Passwort=[secret], Kennwort: [secret]"),
            ("contraseña: hunter2", "contraseña: [secret]"),
            ("routing_key=abcdef", "routing_key=[secret]"),
            ("password => 'hunter2'", "password => '[secret]'"),
            ("password := hunter2", "password := [secret]"),
            ("<password>hunter2</password>", "<password>[secret]</password>"),
            ("password=20260302 on the door", "password=[secret] on the door"),
            ("password=$ecret123", "password=[secret]"),
        ] {
            assert_eq!(mask(line), wanted);
        }
    }

    #[test]
    fn a_value_ends_where_the_next_one_begins_and_not_at_a_sign_of_its_own() {
        for (line, wanted) in [
            ("password=Tr0ub4dor&3 works", "password=[secret] works"),
            ("password=Tr0ub;dor,3!", "password=[secret]"),
            ("user=app&password=hunter2&page=2", "user=app&password=[secret]&page=2"),
            ("Server=db;Password=hunter2;Port=1", "Server=db;Password=[secret];Port=1"),
            ("{password:hunter2,user:ana}", "{password:[secret],user:ana}"),
            ("it was password=hunter2, then", "it was password=[secret], then"),
            ("(token=abcdef)", "(token=[secret])"),
        ] {
            assert_eq!(mask(line), wanted);
        }
    }

    #[test]
    fn signatures_of_addresses_are_masked() {
        for (line, wanted) in [
            (
                "https://a.blob.example/x?sv=2025&sig=aB%2Fc%3D",
                "https://a.blob.example/x?sv=2025&sig=[secret]",
            ),
            (
                "https://s3.example/k?X-Amz-Signature=0a1b2c3d&x=1",
                "https://s3.example/k?X-Amz-Signature=[secret]&x=1",
            ),
            ("the signature: verified by cosign", "the signature: verified by cosign"),
        ] {
            assert_eq!(mask(line), wanted);
        }
    }

    #[test]
    fn options_and_sentences_are_read_too() {
        for (line, wanted) in [
            ("curl -u admin:Sup3rS3cret https://x", "curl -u admin:[secret] https://x"),
            ("curl --user 'admin:Sup3rS3cret' x", "curl --user 'admin:[secret]' x"),
            ("mysql --password hunter2 -h db", "mysql --password [secret] -h db"),
            ("docker run -u 1000:1000 image", "docker run -u 1000:1000 image"),
            ("the passphrase is Corr3ct-horse, ok", "the passphrase is [secret], ok"),
            ("its password is hunter2.", "its password is [secret]."),
            ("Cookie: a=b and the password is hunter2 too", "Cookie: [secret]"),
            ("the password is wrong", "the password is wrong"),
            ("the password is required", "the password is required"),
        ] {
            assert_eq!(mask(line), wanted);
        }
    }

    #[test]
    fn ordinary_lines_are_left_alone() {
        for line in [
            "tokens: 4096, max_tokens=12, token_count=77",
            "token: 12345 of 99999",
            "secret_name=prometheus-token was read",
            "password: ${DB_PASSWORD} and secret=<redacted>",
            "password=$DB_PASSWORD token={{ token }} secret=****",
            "the password is missing: ask for it",
            "token=null password=true",
            "time=10:00:01 level=info msg=\"rolled back\" version=v2",
            "https://grafana.acme.dev/d/checkout?from=now-1h&to=now",
            "13 pass: 12 of them twice, bypass: allowed, compass: north-west",
            "a -> b => c, x := 1, <name>checkout</name>",
            "--token, --password --dry-run and --user",
            "git push -u origin main",
        ] {
            assert_eq!(mask(line), line);
        }
    }

    #[test]
    fn what_is_masked_is_masked_for_good() {
        for line in [
            "password=Tr0ub4dor&3 works",
            "curl -u admin:Sup3rS3cret --password hunter2 'token: x1y2z3'",
            "<password>hunter2</password> passphrase is Corr3ct, Authorization: Basic abc",
        ] {
            let once = mask(line);
            assert_eq!(mask(&once), once);
        }
    }
}
