//! Slack's markup → pieces that the template draws. Nothing here makes HTML: every piece carries plain text, which the
//! template escapes. Source: docs.slack.dev, "Formatting message text".

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::super::people::unescape;
use super::emoji;
use super::names::Names;

/// The pieces of a text in Slack's markup, as `[{"is": "bold", "of": […]}, {"is": "text", "text": "…"}]`.
pub(super) fn pieces(text: &str, names: &Names<'_>) -> Vec<Value> {
    let mut out = Vec::new();
    let mut lines = text.split('\n').peekable();
    let mut plain = String::new();
    while let Some(line) = lines.next() {
        match line.strip_prefix("&gt;") {
            Some(quoted) => {
                out.extend(inline(plain.trim_end_matches('\n'), names));
                plain.clear();
                out.push(json!({ "is": "quote", "of": inline(quoted.trim_start(), names) }));
            }
            None => {
                plain.push_str(line);
                if lines.peek().is_some() {
                    plain.push('\n');
                }
            }
        }
    }
    out.extend(inline(&plain, names));
    out
}

/// Text without markup; `:eyes:` becomes its picture where `emoji` allows it.
pub(super) fn plain(text: &str, emoji: bool) -> Vec<Value> {
    let mut pieces = Pieces::default();
    let mut rest = text;
    while let Some(at) = rest.find(':').filter(|_| emoji) {
        pieces.text.push_str(&rest[..at]);
        match shortcode(&rest[at..]) {
            Some((piece, length)) => {
                pieces.push(piece);
                rest = &rest[at + length..];
            }
            None => {
                pieces.text.push(':');
                rest = &rest[at + 1..];
            }
        }
    }
    pieces.text.push_str(rest);
    pieces.done()
}

#[derive(Default)]
struct Pieces {
    out: Vec<Value>,
    /// What was read and is no piece yet; the three escapes are undone already.
    text: String,
}

impl Pieces {
    fn push(&mut self, piece: Value) {
        self.turn();
        self.out.push(piece);
    }

    fn turn(&mut self) {
        if !self.text.is_empty() {
            self.out.push(json!({ "is": "text", "text": std::mem::take(&mut self.text) }));
        }
    }

    fn done(mut self) -> Vec<Value> {
        self.turn();
        self.out
    }
}

fn inline(text: &str, names: &Names<'_>) -> Vec<Value> {
    let mut pieces = Pieces::default();
    let mut rest = text;
    let mut before = None;
    while let Some(sign) = rest.chars().next() {
        let found = match sign {
            '`' => code(rest),
            '<' => token(rest, names),
            '*' | '_' | '~' if before.is_none_or(|c: char| !c.is_alphanumeric()) => wrapped(rest, sign, names),
            ':' => shortcode(rest),
            _ => None,
        };
        let length = match found {
            Some((piece, length)) => {
                pieces.push(piece);
                length
            }
            None => {
                let length = rest[sign.len_utf8()..]
                    .find(['`', '<', '*', '_', '~', ':'])
                    .map_or(rest.len(), |at| at + sign.len_utf8());
                pieces.text.push_str(&unescape(&rest[..length]));
                length
            }
        };
        before = rest[..length].chars().next_back();
        rest = &rest[length..];
    }
    pieces.done()
}

/// "`code`" on one line, or "```several lines```".
fn code(text: &str) -> Option<(Value, usize)> {
    if let Some(body) = text.strip_prefix("```") {
        let end = body.find("```")?;
        let piece = json!({ "is": "pre", "text": unescape(body[..end].trim_matches('\n')) });
        return Some((piece, end + 6));
    }
    let body = text.strip_prefix('`')?;
    let end = body.find('`').filter(|end| *end > 0 && !body[..*end].contains('\n'))?;
    Some((json!({ "is": "code", "text": unescape(&body[..end]) }), end + 2))
}

/// "*bold*": nothing blank beside the marks on their inner side, nothing of a word on the outer side.
fn wrapped(text: &str, mark: char, names: &Names<'_>) -> Option<(Value, usize)> {
    let body = &text[1..];
    if body.starts_with(char::is_whitespace) || body.starts_with(mark) {
        return None;
    }
    let line = &body[..body.find('\n').unwrap_or(body.len())];
    let end = line.match_indices(mark).map(|(at, _)| at).find(|at| {
        let inner = line[..*at].chars().next_back();
        let outer = line[at + 1..].chars().next();
        inner.is_some_and(|c| !c.is_whitespace()) && outer.is_none_or(|c| !c.is_alphanumeric())
    })?;
    let is = match mark {
        '*' => "bold",
        '_' => "italic",
        _ => "strike",
    };
    Some((json!({ "is": is, "of": inline(&line[..end], names) }), end + 2))
}

fn shortcode(text: &str) -> Option<(Value, usize)> {
    let body = text.strip_prefix(':')?;
    let end = body.find(':')?;
    let sign = emoji::sign(&body[..end])?;
    Some((json!({ "is": "emoji", "text": sign, "name": &body[..end] }), end + 2))
}

/// What stands between `<` and `>`: a person, a channel, a group, an instant, an address.
fn token(text: &str, names: &Names<'_>) -> Option<(Value, usize)> {
    let body = text.strip_prefix('<')?;
    let end = body.find('>')?;
    let (id, label) = body[..end].split_once('|').map_or((&body[..end], None), |(id, label)| (id, Some(label)));
    let piece = if let Some(user) = id.strip_prefix('@') {
        names.person(user)
    } else if let Some(channel) = id.strip_prefix('#') {
        names.channel(channel)
    } else if let Some(group) = id.strip_prefix("!subteam^") {
        names.group(group)
    } else if let Some(date) = id.strip_prefix("!date^") {
        instant(date, label.unwrap_or_default(), names)
    } else if let Some(special) = id.strip_prefix('!') {
        json!({ "is": "mention", "text": label.map_or_else(|| format!("@{special}"), unescape) })
    } else {
        link(&unescape(id), &unescape(label.unwrap_or(id)))
    };
    Some((piece, end + 2))
}

/// Only addresses of the web and of mail lead anywhere.
pub(super) fn link(to: &str, label: &str) -> Value {
    let leads = ["https://", "http://", "mailto:"].iter().any(|scheme| to.starts_with(scheme));
    if leads { json!({ "is": "link", "to": to, "text": label }) } else { json!({ "is": "text", "text": label }) }
}

/// `SECONDS^{date_short} {time}`, in the zone of whoever looks.
fn instant(date: &str, fallback: &str, names: &Names<'_>) -> Value {
    let parsed = date.split_once('^').and_then(|(seconds, format)| {
        let at: DateTime<Utc> = DateTime::from_timestamp(seconds.parse().ok()?, 0)?;
        Some((at, format.split('^').next().unwrap_or(format)))
    });
    let Some((at, format)) = parsed else { return json!({ "is": "text", "text": unescape(fallback) }) };
    let local = at.with_timezone(&names.zone);
    let shown = [
        ("{date_num}", "%Y-%m-%d"),
        ("{date_short}", "%b %-d, %Y"),
        ("{date_long}", "%A, %B %-d, %Y"),
        ("{date}", "%B %-d, %Y"),
        ("{time_secs}", "%H:%M:%S"),
        ("{time}", "%H:%M"),
    ]
    .iter()
    .fold(format.to_owned(), |text, (mark, with)| text.replace(mark, &local.format(with).to_string()));
    json!({ "is": "time", "text": unescape(&shown), "at": at.to_rfc3339() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::page::names::Names;
    use crate::sandbox::state::State;
    use crate::sandbox::{SandboxConfig, UserSpec};

    fn read(text: &str) -> Value {
        let dana = UserSpec { handle: "dana".into(), real_name: "Dana Ruiz".into(), ..UserSpec::default() };
        let config = SandboxConfig { users: vec![dana], ..SandboxConfig::default() };
        let state = State::new(config, String::new()).unwrap();
        let names = Names::of(&state, "U0DANA");
        json!(pieces(text, &names))
    }

    #[test]
    fn markup_becomes_pieces_and_text_stays_text() {
        assert_eq!(
            read("*Refund* of `a &lt; b` for <@U0DANA>, _now_ :eyes:"),
            json!([
                { "is": "bold", "of": [{ "is": "text", "text": "Refund" }] },
                { "is": "text", "text": " of " },
                { "is": "code", "text": "a < b" },
                { "is": "text", "text": " for " },
                { "is": "mention", "text": "@Dana Ruiz", "me": true },
                { "is": "text", "text": ", " },
                { "is": "italic", "of": [{ "is": "text", "text": "now" }] },
                { "is": "text", "text": " " },
                { "is": "emoji", "text": "👀", "name": "eyes" },
            ])
        );
        let told = "2 * 3 * 4, snake_case_name, 14:02:30";
        assert_eq!(read(told), json!([{ "is": "text", "text": told }]));
    }

    #[test]
    fn an_address_leads_only_to_the_web() {
        assert_eq!(
            read("<https://acme.test/a|here>")[0],
            json!({ "is": "link", "to": "https://acme.test/a", "text": "here" })
        );
        assert_eq!(read("<javascript:alert(1)|here>")[0], json!({ "is": "text", "text": "here" }));
    }

    #[test]
    fn instants_are_told_in_the_zone_of_whoever_looks() {
        let shown = read("<!date^1700000000^{date_short} {time}|then>");
        assert_eq!(shown[0]["text"], "Nov 14, 2023 22:13");
        assert_eq!(read("&gt; said\nnot said")[0], json!({ "is": "quote", "of": [{ "is": "text", "text": "said" }] }));
    }
}
