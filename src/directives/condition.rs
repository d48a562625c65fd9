//! When a rule holds: the slots of a condition, which must all hold.

use serde::{Deserialize, Serialize};

use super::rule::{IsoDuration, Number, Priority};
use crate::workers::WorkerRef;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Lower case, singular, without "question", "request", "issue".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    /// Literal words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<String>,
    /// With their `#`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<WorkerRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<AmountRange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<Times>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<HoursSide>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered_for: Option<IsoDuration>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_times: Option<u32>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsure: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stuck_for: Option<IsoDuration>,
    /// Conditions that must all hold besides, where one list will not do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<Condition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<Box<Condition>>,
}

impl Condition {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// At most one lower and one upper bound; with `per` and `same` a running total.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmountRange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Number>,
    pub currency: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<IsoDuration>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same: Option<Same>,
}

/// How often something happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    pub over: u32,
    pub per: IsoDuration,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same: Option<Same>,
}

/// Whose actions are added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Same {
    Requester,
    Worker,
    Customer,
    Target,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoursSide {
    Inside,
    Outside,
}

/// How work came in: `mention`, `message`, `form`, `email`, `calendar`, `webhook:NAME`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Source {
    Mention,
    Message,
    Form,
    Email,
    Calendar,
    Webhook(String),
}

impl From<Source> for String {
    fn from(source: Source) -> Self {
        match source {
            Source::Mention => "mention".to_owned(),
            Source::Message => "message".to_owned(),
            Source::Form => "form".to_owned(),
            Source::Email => "email".to_owned(),
            Source::Calendar => "calendar".to_owned(),
            Source::Webhook(name) => format!("webhook:{name}"),
        }
    }
}

impl TryFrom<String> for Source {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Ok(match text.as_str() {
            "mention" => Self::Mention,
            "message" => Self::Message,
            "form" => Self::Form,
            "email" => Self::Email,
            "calendar" => Self::Calendar,
            other => match other.strip_prefix("webhook:") {
                Some(name) if !name.is_empty() => Self::Webhook(name.to_owned()),
                Some(_) | None => {
                    return Err(format!(
                        "“{other}” is no source; write mention, message, form, email, calendar or webhook:NAME"
                    ));
                }
            },
        })
    }
}
