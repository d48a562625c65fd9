//! Addresses in an agent's words. The words stay text that nobody can click; below them stand links to the hosts that the
//! company trusts, each with the whole address for its label.

use super::card::{Card, Part, Span};
use super::compose::text;
use super::plain::visible_line;

/// At most so many links stand below an answer.
const MAX_LINKS: usize = 5;

/// The encrypted addresses in a text whose host is one of `hosts`, each once, in order.
pub fn allowed_in(words: &str, hosts: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, _) in words.match_indices("https://") {
        let rest = &words[at..];
        let ends = |c: char| c.is_whitespace() || c.is_control() || "<>\"'`()[]{}|".contains(c);
        let address =
            rest.split(ends).next().unwrap_or_default().trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_']);
        let is_plain = address.is_ascii() && host_of(address).is_some_and(|host| is_allowed(&host, hosts));
        if is_plain && !found.iter().any(|known| known == address) {
            found.push(address.to_owned());
        }
    }
    found.truncate(MAX_LINKS);
    found
}

/// The host of an address, in lower case; `None` where it names an account or a port, or is no plain name.
fn host_of(address: &str) -> Option<String> {
    let authority = address.strip_prefix("https://")?.split(['/', '?', '#', '\\']).next()?;
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    (!authority.is_empty() && authority.chars().all(fits)).then(|| authority.to_ascii_lowercase())
}

fn is_allowed(host: &str, hosts: &[String]) -> bool {
    hosts.iter().any(|known| match known.strip_prefix('.') {
        Some(domain) => host == domain || host.strip_suffix(domain).is_some_and(|head| head.ends_with('.')),
        None => host == known,
    })
}

/// The card with its links below the words.
pub fn with_links(mut card: Card, links: &[String]) -> Card {
    let Some(words) = card.parts.iter().position(|part| matches!(part, Part::Words { .. })) else { return card };
    for (at, url) in links.iter().enumerate() {
        let line = vec![text("→ "), Span::Link { label: visible_line(url), url: url.clone() }];
        card.parts.insert(words + 1 + at, Part::Line(line));
    }
    card
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_hosts_can_be_clicked() {
        let hosts = vec!["docs.acme.test".to_owned(), ".acme.example".to_owned()];
        let found = |words: &str| allowed_in(words, &hosts);
        assert_eq!(
            found("see https://docs.acme.test/a?b=1, or https://docs.acme.test/a?b=1."),
            ["https://docs.acme.test/a?b=1"]
        );
        assert_eq!(
            found("https://acme.example and https://a.b.acme.example/x"),
            ["https://acme.example", "https://a.b.acme.example/x"]
        );
        for bad in [
            "https://evil.test/?leak=secret", "http://docs.acme.test/", "https://docs.acme.test.evil.test/",
            "https://docs.acme.test@evil.test/", "https://evil.test\\@docs.acme.test/", "https://notacme.example/",
            "https://docs.acme.test:8443/", "https://döcs.acme.test/", "https://", "javascript:https:// x",
        ] {
            assert!(found(bad).is_empty(), "{bad}");
        }
        assert!(allowed_in("https://docs.acme.test/", &[]).is_empty());
    }
}
