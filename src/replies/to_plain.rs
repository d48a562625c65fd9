//! A card as plain text: for tests, the terminal and readers without blocks.

use super::card::{Button, ButtonStyle, Card, Part, Span, TimeStyle};
use super::form::{FieldKind, Form};
use crate::clock::Timestamp;

impl Card {
    /// The whole card; times are in UTC, since there is no reader whose zone is known.
    pub fn to_plain(&self) -> String {
        let mut lines = Vec::new();
        if let Some(identity) = &self.identity {
            lines.push(format!("({})", identity.name));
        }
        lines.extend(self.parts.iter().flat_map(plain_part));
        lines.join("\n")
    }
}

impl Form {
    /// The form as plain text, for tests and the terminal.
    pub fn to_plain(&self) -> String {
        let mut lines = vec![format!("= {} =", self.title)];
        lines.extend(self.intro.iter().flat_map(plain_part));
        for field in &self.fields {
            let optional = if field.optional { " (optional)" } else { "" };
            lines.push(match &field.kind {
                FieldKind::Text { .. } => format!("{}{optional}: ____", field.label),
                FieldKind::Person => format!("{}{optional}: @____", field.label),
                FieldKind::Filled { text, .. } => format!("{}{optional}: {text}", field.label),
                FieldKind::Number { value, .. } | FieldKind::Date { value } => {
                    format!("{}{optional}: {}", field.label, value.as_deref().unwrap_or("____"))
                }
                FieldKind::Choice(choices) => {
                    let labels: Vec<&str> = choices.iter().map(|(_, label)| label.as_str()).collect();
                    format!("{}{optional}: {}", field.label, labels.join(" / "))
                }
            });
            lines.extend(field.hint.as_ref().map(|hint| format!("  {hint}")));
        }
        lines.extend(self.submit.as_ref().map(|submit| format!("[{submit}]")));
        lines.join("\n")
    }
}

/// Spans as plain text.
pub fn plain_spans(spans: &[Span]) -> String {
    spans.iter().map(plain_span).collect()
}

/// An instant in UTC, as the fallback of a time that Slack shows in the reader's zone.
pub fn plain_time(at: Timestamp, style: TimeStyle) -> String {
    let format = match style {
        TimeStyle::Clock => "%H:%M",
        TimeStyle::Day => "%-d %b",
        TimeStyle::DayAndClock => "%-d %b %H:%M",
    };
    at.to_utc().format(format).to_string()
}

fn plain_part(part: &Part) -> Vec<String> {
    match part {
        Part::Line(spans) => vec![plain_spans(spans)],
        Part::Note(spans) => vec![format!("· {}", plain_spans(spans))],
        Part::Words { label, text } => {
            let label = plain_spans(label);
            let quoted = text.lines().map(|line| format!("| {line}"));
            (!label.is_empty()).then_some(label).into_iter().chain(quoted).collect()
        }
        Part::Fields(fields) => {
            fields.iter().map(|(label, value)| format!("{label}: {}", plain_spans(value))).collect()
        }
        Part::Table { columns, rows } => {
            let rows = rows.iter().map(|row| row.iter().map(|cell| plain_spans(cell)).collect::<Vec<_>>().join(" | "));
            std::iter::once(columns.join(" | ")).chain(rows).collect()
        }
        Part::Buttons(buttons) => vec![buttons.iter().map(plain_button).collect::<Vec<_>>().join(" ")],
        Part::Divider => vec!["---".to_owned()],
    }
}

fn plain_button(button: &Button) -> String {
    match button.style {
        ButtonStyle::Primary => format!("[*{}*]", button.label),
        ButtonStyle::Danger => format!("[!{}!]", button.label),
        ButtonStyle::Normal => format!("[{}]", button.label),
    }
}

fn plain_span(span: &Span) -> String {
    match span {
        Span::Text(text) => text.clone(),
        Span::Bold(text) => format!("*{text}*"),
        Span::Italic(text) => format!("_{text}_"),
        Span::Code(text) => format!("`{text}`"),
        Span::Person(account) => format!("@{account}"),
        Span::Channel(id) => format!("#{id}"),
        Span::Emoji(name) => format!(":{name}:"),
        Span::Time(at, style) => plain_time(*at, *style),
        Span::Link { label, url } => format!("{label} ({url})"),
    }
}
