//! Short words for building cards, so that the files of sentences read like sentences.

use super::card::{Button, ButtonStyle, Card, Confirm, Identity, Part, Span, TimeStyle};
use super::verb::Verb;
use crate::clock::Timestamp;

impl Card {
    pub fn new(notification: impl Into<String>) -> Self {
        Self { notification: super::plain::visible_line(&notification.into()), parts: Vec::new(), identity: None }
    }

    /// A card that says one sentence, which is also its notification.
    pub fn sentence(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::new(text.clone()).line([Span::Text(text)])
    }

    /// Under whose name it is posted. Slack keeps the name of a post when it is edited, so a receipt that shall become an
    /// agent's answer carries the agent's identity from the start.
    #[must_use]
    pub fn posted_as(mut self, identity: Option<&Identity>) -> Self {
        self.identity = identity.cloned();
        self
    }

    #[must_use]
    pub fn line(mut self, spans: impl Into<Vec<Span>>) -> Self {
        self.parts.push(Part::Line(spans.into()));
        self
    }

    #[must_use]
    pub fn note(mut self, spans: impl Into<Vec<Span>>) -> Self {
        self.parts.push(Part::Note(spans.into()));
        self
    }

    /// Words of others; an empty text adds nothing.
    #[must_use]
    pub fn words(mut self, label: impl Into<Vec<Span>>, text: &str) -> Self {
        if !text.trim().is_empty() {
            self.parts.push(Part::Words { label: label.into(), text: super::plain::visible(text) });
        }
        self
    }

    /// A row of buttons; an empty row adds nothing.
    #[must_use]
    pub fn buttons(mut self, buttons: impl Into<Vec<Button>>) -> Self {
        let buttons = buttons.into();
        if !buttons.is_empty() {
            self.parts.push(Part::Buttons(buttons));
        }
        self
    }

    #[must_use]
    pub fn part(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    #[must_use]
    pub fn parts(mut self, parts: impl IntoIterator<Item = Part>) -> Self {
        self.parts.extend(parts);
        self
    }

    /// The same card when nothing can be clicked any more.
    #[must_use]
    pub fn without_buttons(mut self) -> Self {
        self.parts.retain(|part| !matches!(part, Part::Buttons(_)));
        self
    }
}

impl Button {
    pub fn new(label: impl Into<String>, verb: Verb, target: impl Into<String>) -> Self {
        Self {
            label: super::plain::shorten(&super::plain::visible_line(&label.into()), MAX_LABEL_CHARS),
            verb,
            target: target.into(),
            style: ButtonStyle::Normal,
            confirm: None,
            spoken: None,
        }
    }

    #[must_use]
    pub fn primary(mut self) -> Self {
        self.style = ButtonStyle::Primary;
        self
    }

    #[must_use]
    pub fn danger(mut self) -> Self {
        self.style = ButtonStyle::Danger;
        self
    }

    #[must_use]
    pub fn spoken(mut self, text: impl Into<String>) -> Self {
        self.spoken = Some(super::plain::shorten(&super::plain::visible_line(&text.into()), MAX_LABEL_CHARS));
        self
    }

    #[must_use]
    pub fn asks(mut self, title: &str, text: impl Into<String>, yes: &str) -> Self {
        self.confirm = Some(Confirm { title: title.to_owned(), text: text.into(), yes: yes.to_owned() });
        self
    }
}

/// A button's label and its accessibility label may have 75 characters (docs.slack.dev, "Button element").
pub const MAX_LABEL_CHARS: usize = 75;

pub fn text(text: impl Into<String>) -> Span {
    Span::Text(text.into())
}

/// Without spaces at its ends: Slack does not read `*bold *` as bold.
pub fn bold(text: impl Into<String>) -> Span {
    Span::Bold(text.into().trim().to_owned())
}

/// Without spaces at its ends, like [`bold`].
pub fn italic(text: impl Into<String>) -> Span {
    Span::Italic(text.into().trim().to_owned())
}

pub fn code(text: impl Into<String>) -> Span {
    Span::Code(text.into())
}

pub fn emoji(name: &str) -> Span {
    Span::Emoji(name.to_owned())
}

pub fn clock(at: Timestamp) -> Span {
    Span::Time(at, TimeStyle::Clock)
}

pub fn day(at: Timestamp) -> Span {
    Span::Time(at, TimeStyle::Day)
}

pub fn day_and_clock(at: Timestamp) -> Span {
    Span::Time(at, TimeStyle::DayAndClock)
}
