//! Spans → mrkdwn. The only place that writes Slack's markup, and every raw character passes through [`escape`].
//!
//! Source: docs.slack.dev, "Formatting message text": `&`, `<` and `>` are escaped, and nothing else can ping or link.
//! `verbatim` is set wherever this text goes, so that Slack does not make links of bare addresses either.

use crate::clock::Timestamp;
use crate::replies::{Span, TimeStyle};

/// How Slack counts, conservatively: UTF-16 units, never fewer than its characters.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Raw text, harmless in mrkdwn.
pub fn escape(text: &str) -> String {
    printable(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Escaped, cut with an ellipsis so that the escaped text has at most `limit` units.
pub(super) fn escape_within(text: &str, limit: usize) -> String {
    let whole = escape(text);
    if units(&whole) <= limit {
        return whole;
    }
    let (head, _rest) = split_escaped(&printable(text), limit.saturating_sub(1));
    format!("{}…", head.trim_end())
}

/// Without control characters (Slack and terminals choke on them); line feeds stay, tabs become spaces.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' => Some('\n'),
            '\t' => Some(' '),
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

/// Spans as one or more texts of at most `limit` units each; empty if there is nothing to see.
pub(super) fn pack(spans: &[Span], limit: usize) -> Vec<String> {
    let mut packer = Packer { done: Vec::new(), current: String::new(), limit };
    for span in spans {
        match piece(span) {
            Piece::Whole(markup) => packer.push_whole(markup),
            Piece::Wrapped { mark, raw } => packer.push_wrapped(mark, &raw),
        }
    }
    packer.turn();
    packer.done
}

/// Spans as plain text, for surfaces without markup.
pub(super) fn plain(spans: &[Span]) -> String {
    let mut out = String::new();
    for span in spans {
        match span {
            Span::Text(text) | Span::Bold(text) | Span::Italic(text) | Span::Code(text) => {
                out.push_str(&printable(text))
            }
            Span::Person(id) => out.push_str(&format!("@{}", printable(id))),
            Span::Channel(id) => out.push_str(&format!("#{}", printable(id))),
            Span::Emoji(name) => out.push_str(&format!(":{}:", printable(name))),
            Span::Time(at, style) => out.push_str(&fallback(*at, *style)),
            Span::Link { label, .. } => out.push_str(&printable(label)),
        }
    }
    out
}

pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 32 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

pub(super) fn is_emoji(text: &str) -> bool {
    let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'+' | b'\'');
    !text.is_empty() && text.len() <= 100 && text.bytes().all(fine)
}

enum Piece {
    /// Markup that must not be torn.
    Whole(String),
    /// Raw text, to be escaped and, where it must be torn, wrapped again on both sides.
    Wrapped { mark: &'static str, raw: String },
}

fn piece(span: &Span) -> Piece {
    let raw = |mark, text: &str| Piece::Wrapped { mark, raw: printable(text) };
    match span {
        Span::Text(text) => raw("", text),
        Span::Bold(text) => raw("*", &text.replace('\n', " ").replace('*', "∗")),
        Span::Italic(text) => raw("_", &text.replace('\n', " ").replace('_', "＿")),
        // Slack has no way to write a backtick inside code; a straight quote cannot end the code span.
        Span::Code(text) => raw("`", &text.replace('`', "'").replace('\n', " ")),
        Span::Person(id) if is_id(id) => Piece::Whole(format!("<@{id}>")),
        Span::Channel(id) if is_id(id) => Piece::Whole(format!("<#{id}>")),
        Span::Emoji(name) if is_emoji(name) => Piece::Whole(format!(":{name}:")),
        Span::Person(text) | Span::Channel(text) | Span::Emoji(text) => raw("", text),
        Span::Time(at, style) => Piece::Whole(date(*at, *style)),
        Span::Link { label, url } => match safe_url(url) {
            Some(url) => Piece::Whole(format!("<{url}|{}>", escape(&label.replace(['\n', '|'], " ")))),
            None => raw("", label),
        },
    }
}

/// An address that can stand between `<` and `|`: encrypted, or on this machine (the sandbox's permalinks).
fn safe_url(url: &str) -> Option<String> {
    let parsed = reqwest::Url::parse(url).ok()?;
    if !matches!(parsed.scheme(), "http" | "https") || !super::super::config::is_safe_target(&parsed) {
        return None;
    }
    let text = String::from(parsed).replace('|', "%7C").replace('<', "%3C").replace('>', "%3E").replace('&', "&amp;");
    (units(&text) <= 2_000).then_some(text)
}

fn date(at: Timestamp, style: TimeStyle) -> String {
    let format = match style {
        TimeStyle::Clock => "{time}",
        TimeStyle::Day => "{date_short}",
        TimeStyle::DayAndClock => "{date_short} {time}",
    };
    format!("<!date^{}^{format}|{}>", at.0.div_euclid(1_000_000), fallback(at, style))
}

/// For clients that do not know the date syntax: in UTC, and saying so.
fn fallback(at: Timestamp, style: TimeStyle) -> String {
    let format = match style {
        TimeStyle::Clock => "%H:%M UTC",
        TimeStyle::Day => "%-d %b",
        TimeStyle::DayAndClock => "%-d %b %H:%M UTC",
    };
    at.to_utc().format(format).to_string()
}

struct Packer {
    done: Vec<String>,
    current: String,
    limit: usize,
}

impl Packer {
    fn turn(&mut self) {
        let full = std::mem::take(&mut self.current);
        if !full.trim().is_empty() {
            self.done.push(full);
        }
    }

    fn push_whole(&mut self, markup: String) {
        if units(&self.current) + units(&markup) > self.limit {
            self.turn();
        }
        if units(&markup) <= self.limit {
            self.current.push_str(&markup);
        }
    }

    fn push_wrapped(&mut self, mark: &str, raw: &str) {
        let mut rest = raw;
        while !rest.is_empty() {
            let room = self.limit.saturating_sub(units(&self.current) + 2 * units(mark));
            // A scrap at the end of a full text is not worth a tear.
            if room < 40 && !self.current.is_empty() && units(rest) > room / 5 {
                self.turn();
                continue;
            }
            let (head, tail) = split_escaped(rest, room);
            if head.is_empty() {
                self.turn();
                continue;
            }
            // Markup around nothing but spaces would be shown literally.
            let mark = if head.trim().is_empty() { "" } else { mark };
            self.current.push_str(mark);
            self.current.push_str(&head);
            self.current.push_str(mark);
            rest = tail;
        }
    }
}

/// The escaped head of at most `room` units, and the raw rest; torn behind a space where one is near.
fn split_escaped(raw: &str, room: usize) -> (String, &str) {
    let mut used = 0;
    let mut end = raw.len();
    for (at, c) in raw.char_indices() {
        used += match c {
            '&' => 5,
            '<' | '>' => 4,
            c => c.len_utf16(),
        };
        if used > room {
            end = at;
            break;
        }
    }
    if end < raw.len()
        && let Some(space) = raw[..end].rfind([' ', '\n'])
        && space + 1 > end / 2
    {
        end = space + 1;
    }
    (escape(&raw[..end]), &raw[end..])
}

/// `text` in pieces of at most `limit` units, for plain-text blocks; torn behind a space where one is near.
pub(super) fn split_plain(text: &str, limit: usize) -> Vec<String> {
    let text = printable(text);
    let mut pieces = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let mut used = 0;
        let over = rest.char_indices().find(|(_, c)| {
            used += c.len_utf16();
            used > limit
        });
        let mut end = over.map_or(rest.len(), |(at, _)| at);
        if end < rest.len()
            && let Some(space) = rest[..end].rfind([' ', '\n'])
            && space + 1 > end / 2
        {
            end = space + 1;
        }
        if !rest[..end].trim().is_empty() {
            pieces.push(rest[..end].to_owned());
        }
        rest = &rest[end..];
    }
    pieces
}
