//! The abstract modal: a form to send off, or a page to read when it has no `submit`.

use serde::{Deserialize, Serialize};

use super::card::{Part, Span};
use super::verb::Verb;

/// Titles and button labels of a modal may have 24 characters (docs.slack.dev, "Modal views").
pub const MAX_TITLE_CHARS: usize = 24;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// What its submission asks for; written as `callback_id`.
    pub verb: Verb,
    /// An id and nothing else, written as `private_metadata`; state comes from the database.
    pub subject: String,
    /// Up to [`MAX_TITLE_CHARS`].
    pub title: String,
    /// Up to [`MAX_TITLE_CHARS`]; `None` makes this a page to read.
    pub submit: Option<String>,
    pub intro: Vec<Part>,
    pub fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Comes back as the first half of `Submission::fields`.
    pub id: String,
    pub label: String,
    pub kind: FieldKind,
    pub hint: Option<String>,
    pub optional: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// At most `max` characters.
    Text {
        multiline: bool,
        max: u32,
    },
    /// Value and label; the first is chosen when the form opens.
    Choice(Vec<(String, String)>),
    /// A picker of accounts; the value is an account id.
    Person,
    /// Text that stands there already.
    Filled {
        multiline: bool,
        max: u32,
        text: String,
    },
    Number {
        whole: bool,
        value: Option<String>,
    },
    /// `2026-11-20`.
    Date {
        value: Option<String>,
    },
}

impl Form {
    /// A page to read: title and parts, nothing to send off.
    pub fn page(verb: Verb, subject: impl Into<String>, title: &str, parts: Vec<Part>) -> Self {
        Self {
            verb,
            subject: subject.into(),
            title: super::plain::shorten(title, MAX_TITLE_CHARS),
            submit: None,
            intro: parts,
            fields: Vec::new(),
        }
    }

    /// What the page says about itself before it has loaded: `trigger_id` lives three seconds, so a skeleton opens first.
    pub fn loading(verb: Verb, subject: impl Into<String>, title: &str) -> Self {
        Self::page(verb, subject, title, vec![Part::Note(vec![Span::Text("One moment…".into())])])
    }
}
