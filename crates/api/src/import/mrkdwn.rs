//! The markup of Slack's texts, as a person reads it.
//! (<https://docs.slack.dev/messaging/formatting-message-text>)

use std::collections::BTreeMap;

/// The text with links, mentions and escapes written out. Who is mentioned by an id is
/// named where `names` has it.
pub(super) fn plain(text: &str, names: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let Some((inside, behind)) = after.split_once('>') else {
            // Slack escapes every other one; this is not its own.
            out.push('<');
            rest = after;
            continue;
        };
        out.push_str(&reference(inside, names));
        rest = behind;
    }
    out.push_str(rest);
    out.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn reference(inside: &str, names: &BTreeMap<String, String>) -> String {
    let (target, label) = match inside.split_once('|') {
        Some((target, label)) => (target, Some(label).filter(|label| !label.is_empty())),
        None => (inside, None),
    };
    if let Some(user) = target.strip_prefix('@') {
        let name = label.or_else(|| names.get(user).map(String::as_str)).unwrap_or(user);
        return format!("@{}", name.trim_start_matches('@'));
    }
    if let Some(channel) = target.strip_prefix('#') {
        return format!("#{}", label.unwrap_or(channel));
    }
    if let Some(special) = target.strip_prefix('!') {
        // `here`, `subteam^S1|@team`, `date^0^{date}|a day in words`
        return label.map_or_else(|| format!("@{special}"), str::to_owned);
    }
    let address = target.strip_prefix("mailto:").unwrap_or(target);
    match label {
        Some(label) if label != address && label != target => format!("{label} ({address})"),
        Some(_) | None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_reads_as_words() {
        let names = BTreeMap::from([("U1".to_owned(), "ana".to_owned())]);
        for (text, expected) in [
            ("plain", "plain"),
            ("<@U1> and <@U2> and <@U3|ben>", "@ana and @U2 and @ben"),
            ("<#C1|general> <#C2>", "#general #C2"),
            ("<!here> <!subteam^S1|@oncall> <!date^1^{date}|March 7>", "@here @oncall March 7"),
            ("<https://a.example>", "https://a.example"),
            (
                "<https://a.example|a> <https://a.example|https://a.example>",
                "a (https://a.example) https://a.example",
            ),
            ("<mailto:a@b.example|a@b.example>", "a@b.example"),
            ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
            ("&amp;lt;", "&lt;"),
            ("a < b", "a < b"),
        ] {
            assert_eq!(plain(text, &names), expected, "{text}");
        }
    }
}
