//! Whom and what a message names: people, agents, places, the sentence that decided.

use serde::{Deserialize, Serialize};

use super::card::Span;
use super::compose::{code, text};

/// A person or an agent, as messages call them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// "Dana Ruiz", "Finn (Finance)".
    pub name: String,
    /// A person's account, `U…`, where it is known.
    pub account: Option<String>,
}

impl Who {
    pub fn new(name: &str, account: Option<&str>) -> Self {
        Self { name: name.to_owned(), account: account.map(str::to_owned) }
    }

    /// The name, without a ping: the rule, since a message that only tells should not ring.
    pub fn named(&self) -> Span {
        text(self.name.clone())
    }

    pub fn bold(&self) -> Span {
        Span::Bold(self.name.clone())
    }

    /// A mention that pings: only where this person is asked to do something.
    pub fn pinged(&self) -> Span {
        match &self.account {
            Some(account) => Span::Person(account.clone()),
            None => self.named(),
        }
    }

    /// "Dana" of "Dana Ruiz"; posted names of agents lose their bracket.
    pub fn short(&self) -> &str {
        self.name.split_whitespace().next().unwrap_or(&self.name)
    }
}

/// Where a request was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Channel {
        id: String,
        /// Without `#`; for the notification, which knows no markup.
        name: String,
    },
    Direct,
}

impl Place {
    /// "in #support" or "in a direct message".
    pub fn spans(&self) -> Vec<Span> {
        match self {
            Self::Channel { id, .. } => vec![text("in "), Span::Channel(id.clone())],
            Self::Direct => vec![text("in a direct message")],
        }
    }

    pub fn plain(&self) -> String {
        match self {
            Self::Channel { name, .. } => format!("in #{name}"),
            Self::Direct => "in a direct message".to_owned(),
        }
    }
}

/// The sentence that decided, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cited {
    /// As written, on one line.
    pub text: String,
    pub file: String,
    pub line: u32,
}

impl Cited {
    pub fn place(&self) -> Span {
        code(format!("{}:{}", self.file, self.line))
    }

    /// “Billing questions go to the finance agent.” `routing.md:12`
    pub fn quoted(&self) -> Vec<Span> {
        vec![text(format!("“{}” ", self.text)), self.place()]
    }
}

/// "Dana, Omar or Kim"; "nobody" when there is none.
pub fn any_of(people: &[Who]) -> String {
    joined(people, "or", "nobody")
}

/// "Dana, Omar and Kim"; "nobody" when there is none.
pub fn all_of(people: &[Who]) -> String {
    joined(people, "and", "nobody")
}

fn joined(people: &[Who], word: &str, none: &str) -> String {
    match people {
        [] => none.to_owned(),
        [only] => only.name.clone(),
        [first @ .., last] => {
            let names: Vec<&str> = first.iter().map(|who| who.name.as_str()).collect();
            format!("{} {word} {}", names.join(", "), last.name)
        }
    }
}

/// Mentions that ping, with commas between.
pub fn pinged(people: &[Who]) -> Vec<Span> {
    let mut spans = Vec::new();
    for (i, who) in people.iter().enumerate() {
        if i > 0 {
            spans.push(text(", "));
        }
        spans.push(who.pinged());
    }
    spans
}
