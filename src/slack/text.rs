//! Reading Slack's text: `<@U1|dana>`, `<https://x|label>`, `&lt;`. The only place that knows this syntax.
//!
//! What comes out is plain text for people, matching and models; it is escaped again on the way back. A link shows where
//! it really leads, whatever its label claims. Source: docs.slack.dev, "Formatting message text".

/// Longer texts are cut, with a mark. Slack itself cuts at 40,000.
pub const TEXT_LIMIT_CHARS: usize = 40_000;

/// One piece of Slack's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Between the brackets; entities still escaped.
    Plain(&'a str),
    /// `<@U1>` or `<@U1|dana>`.
    Account { id: &'a str, name: Option<&'a str> },
    /// `<#C1>` or `<#C1|support>`.
    Channel { id: &'a str, name: Option<&'a str> },
    /// `<!subteam^S1>` or `<!subteam^S1|@finance>`.
    Group { id: &'a str, name: Option<&'a str> },
    /// `<!here>`, `<!channel>`, `<!everyone>`, `<!date^…|fallback>` and what may come.
    Special { name: &'a str, shown: Option<&'a str> },
    /// `<https://x|label>`.
    Link { target: &'a str, label: Option<&'a str> },
}

/// The pieces of a text, in order. A `<` that is never closed is plain.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let Some(length) = rest[open..].find('>') else { break };
        if open > 0 {
            found.push(Piece::Plain(&rest[..open]));
        }
        found.push(bracketed(&rest[open + 1..open + length]));
        rest = &rest[open + length + 1..];
    }
    if !rest.is_empty() {
        found.push(Piece::Plain(rest));
    }
    found
}

fn bracketed(inner: &str) -> Piece<'_> {
    let (target, label) = match inner.split_once('|') {
        Some((target, label)) => (target, Some(label).filter(|label| !label.is_empty())),
        None => (inner, None),
    };
    if let Some(id) = target.strip_prefix('@') {
        Piece::Account { id, name: label }
    } else if let Some(id) = target.strip_prefix('#') {
        Piece::Channel { id, name: label }
    } else if let Some(id) = target.strip_prefix("!subteam^") {
        Piece::Group { id, name: label }
    } else if let Some(name) = target.strip_prefix('!') {
        Piece::Special { name: name.split('^').next().unwrap_or(name), shown: label }
    } else {
        Piece::Link { target, label }
    }
}

/// Whether the text addresses this account.
pub fn mentions(text: &str, account: &str) -> bool {
    pieces(text).iter().any(|piece| matches!(piece, Piece::Account { id, .. } if *id == account))
}

/// The user groups (`S…`) that the text addresses, each once, in order.
pub fn mentioned_groups(text: &str) -> Vec<String> {
    let mut groups: Vec<String> = Vec::new();
    for piece in pieces(text) {
        if let Piece::Group { id, .. } = piece
            && !groups.iter().any(|known| known == id)
        {
            groups.push(id.to_owned());
        }
    }
    groups
}

/// Slack's text as plain text, at most [`TEXT_LIMIT_CHARS`]. Accounts and channels whose names are not told stay ids.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Plain(said) => out.push_str(&unescape(said)),
            Piece::Account { id, name } => named(&mut out, '@', name.unwrap_or(id)),
            Piece::Channel { id, name } => named(&mut out, '#', name.unwrap_or(id)),
            Piece::Group { id, name } => named(&mut out, '@', name.unwrap_or(id)),
            Piece::Special { name, shown } => match shown {
                Some(shown) => out.push_str(&unescape(shown)),
                None => named(&mut out, '@', name),
            },
            Piece::Link { target, label } => push_link(&mut out, target, label),
        }
    }
    cut(out)
}

/// [`plain`], with accounts and channels by the names that are known for their ids.
pub fn plain_with_names(
    text: &str,
    account: impl Fn(&str) -> Option<String>,
    channel: impl Fn(&str) -> Option<String>,
) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    for piece in pieces(text) {
        let (id, known) = match piece {
            Piece::Account { id, .. } => (id, account(id)),
            Piece::Channel { id, .. } => (id, channel(id)),
            Piece::Plain(_) | Piece::Group { .. } | Piece::Special { .. } | Piece::Link { .. } => continue,
        };
        // The token is replaced by one that carries the name, which `plain` then prints.
        let Some(name) = known else { continue };
        let Some(at) = rest.find(id) else { continue };
        let Some(end) = rest[at..].find('>').map(|end| at + end) else { continue };
        out.push_str(&rest[..at + id.len()]);
        out.push('|');
        out.push_str(&name);
        rest = &rest[end..];
    }
    out.push_str(rest);
    plain(&out)
}

/// [`plain`] without the mention of us that the request begins with, if it does: "@workforce: refund …" → "refund …".
pub fn plain_request(text: &str, us: &str) -> String {
    plain(without_leading_mention(text, us))
}

/// The text after a leading mention of this account and what people put behind it (a colon, a comma, a dash).
pub fn without_leading_mention<'a>(text: &'a str, us: &str) -> &'a str {
    let start = text.trim_start();
    let Some(rest) = start.strip_prefix("<@").and_then(|rest| rest.strip_prefix(us)) else { return text };
    let after = match rest.chars().next() {
        Some('>') => &rest[1..],
        Some('|') => match rest.find('>') {
            Some(end) => &rest[end + 1..],
            None => return text,
        },
        Some(_) | None => return text,
    };
    after.trim_start().trim_start_matches([':', ',', '–', '—']).trim_start()
}

/// Slack escapes exactly three characters.
pub fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn named(out: &mut String, sigil: char, name: &str) {
    let name = unescape(name);
    if !name.starts_with(sigil) {
        out.push(sigil);
    }
    out.push_str(&name);
}

/// A label that is the address itself is shown once; any other is followed by where the link really leads.
fn push_link(out: &mut String, target: &str, label: Option<&str>) {
    let target = unescape(target);
    let Some(label) = label.map(unescape) else {
        out.push_str(target.strip_prefix("mailto:").or_else(|| target.strip_prefix("tel:")).unwrap_or(&target));
        return;
    };
    let bare = |address: &str| {
        let address = address.split_once("://").map_or(address, |(_, rest)| rest);
        address.trim_start_matches("mailto:").trim_start_matches("tel:").trim_end_matches('/').to_owned()
    };
    out.push_str(&label);
    if bare(&label) != bare(&target) {
        out.push_str(" (");
        out.push_str(&target);
        out.push(')');
    }
}

fn cut(text: String) -> String {
    match text.char_indices().nth(TEXT_LIMIT_CHARS) {
        Some((end, _)) => format!("{} … [cut at {TEXT_LIMIT_CHARS} characters]", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_names_and_real_addresses() {
        assert_eq!(plain("hi <@U1|dana>, see <#C1|support>"), "hi @dana, see #support");
        assert_eq!(plain("<@U1> <!here> <!subteam^S1|@finance>"), "@U1 @here @finance");
        assert_eq!(
            plain("<https://evil.example/x|https://bank.example>"),
            "https://bank.example (https://evil.example/x)"
        );
        assert_eq!(plain("<http://acme.example|acme.example>"), "acme.example");
        assert_eq!(plain("<mailto:a@b.example|a@b.example>"), "a@b.example");
        assert_eq!(plain("<!date^1|today>"), "today");
        assert_eq!(plain("a &lt;b&gt; &amp;lt; c"), "a <b> &lt; c");
        assert_eq!(plain("3 < 4 and <unclosed"), "3 < 4 and <unclosed");
    }

    #[test]
    fn an_escaped_mention_is_no_mention() {
        assert!(mentions("hey <@UBOT|workforce>!", "UBOT"));
        assert!(!mentions("hey &lt;@UBOT&gt;", "UBOT"));
        assert!(!mentions("<@UBOT2>", "UBOT"));
        assert_eq!(mentioned_groups("<!subteam^S1> <!subteam^S2|@x> <!subteam^S1>"), ["S1", "S2"]);
    }

    #[test]
    fn the_leading_mention_goes_and_the_others_stay() {
        assert_eq!(plain_request("<@UBOT>: refund it", "UBOT"), "refund it");
        assert_eq!(plain_request(" <@UBOT|workforce>  refund <@U2>", "UBOT"), "refund @U2");
        assert_eq!(plain_request("ask <@UBOT>", "UBOT"), "ask @UBOT");
        assert_eq!(plain_request("<@UBOT2> x", "UBOT"), "@UBOT2 x");
        assert_eq!(plain_request("<@UBOT>", "UBOT"), "");
        assert_eq!(without_leading_mention("<@UBOT|", "UBOT"), "<@UBOT|");
    }

    #[test]
    fn long_texts_are_cut_with_a_mark() {
        let long = "ä".repeat(TEXT_LIMIT_CHARS + 1);
        assert!(plain(&long).ends_with("[cut at 40000 characters]"));
        assert_eq!(plain(&"ä".repeat(TEXT_LIMIT_CHARS)).chars().count(), TEXT_LIMIT_CHARS);
    }
}
