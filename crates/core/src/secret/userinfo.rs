//! What stands before the host of an address, up to its `@` (RFC 3986, section 3.2.1): a name,
//! or a name and a password, or a token.

/// Copies `text`. In each address in it that names a user, `with` is given all that stands
/// before the `@` and answers what stands there instead, the `@` included; without an answer
/// it stays.
#[must_use]
pub fn replace_userinfo<'a>(text: &str, with: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (head, tail) = rest.split_at(at + 3);
        out.push_str(head);
        let end = tail
            .find(|c: char| c == '/' || c == '?' || c == '#' || c == '"' || c.is_whitespace())
            .unwrap_or(tail.len());
        let (authority, after) = tail.split_at(end);
        // The last one: a password may hold others.
        let user = authority.rfind('@').map(|sign| authority.split_at(sign));
        match user.and_then(|(user, host)| Some((with(user)?, &host[1..]))) {
            Some((instead, host)) => {
                out.push_str(instead);
                out.push_str(host);
            }
            None => out.push_str(authority),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_the_last_sign_of_each_address_is_replaced_or_stays() {
        let text = "ssh://git@a/x and http://u:p@ss@b?q=@ and mail@c, ftp://d";
        let only_pairs = |user: &str| user.contains(':').then_some("<>@");
        let replaced = replace_userinfo(text, only_pairs);
        assert_eq!(replaced, "ssh://git@a/x and http://<>@b?q=@ and mail@c, ftp://d");
    }
}
