//! `who-owns NAME|TOPIC`: who does it, who answers for it, what they may do alone and what waits for whom.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::arguments::{bare, incomplete, strip_word};
use super::asked::{Asked, Query};
use super::spec::{Group, InMention, Spec};
use crate::clock::Timestamp;
use crate::replies::card::{Button, Card, Span};
use crate::replies::compose::{bold, code, day_and_clock, text};
use crate::replies::named::{Cited, Who};
use crate::replies::verb::Verb;
use crate::replies::wording::{capital, counted, date};

pub const SPEC: Spec = Spec {
    name: "who-owns",
    aliases: &["who owns", "owner", "owns"],
    group: Group::Ask,
    usage: "who-owns NAME | TOPIC",
    about: "Say who does it, who answers for it, and what waits for whom",
    examples: &["who-owns refunds", "who owns refunds?", "owner finance-agent", "owns billing"],
    read,
    mention: InMention::ByFullName,
};

fn read(rest: &str) -> Asked {
    match topic(rest) {
        Some(text) => Asked::Query(Query::WhoOwns { text }),
        None => incomplete(SPEC.name, "Write a topic or a name: who-owns refunds, or who-owns finn."),
    }
}

/// "of the refunds?" → "refunds".
pub(super) fn topic(rest: &str) -> Option<String> {
    let mut text = rest.trim();
    for word in ["of", "the", "our"] {
        text = strip_word(text, word).unwrap_or(text);
    }
    let text = bare(text).trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhoOwnsAnswer {
    /// As asked: "refunds".
    pub topic: String,
    pub found: Found,
    pub as_of: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// Usually one; several where a sentence names several.
    Holders(Vec<Holder>),
    /// No line and no name fits.
    Nobody { triage: Who, nearest: Option<String> },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub who: Who,
    pub kind: HolderKind,
    /// "finance-operations".
    pub role: Option<String>,
    pub owner: Option<Who>,
    pub supervisor: Option<Who>,
    /// What runs without approval, in the words of the directives' paraphrase: "refund up to $200".
    pub may: Vec<String>,
    /// What waits, and for whom: "refund above $200 asks a finance manager".
    pub waits: Vec<String>,
    pub review: Option<Review>,
    /// The line that gives them this topic, and those that were shown above.
    pub because: Vec<Cited>,
    /// Set where no line settles it and the router takes them by likeness: its confidence in percent.
    pub looks_like: Option<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolderKind {
    Agent,
    /// An agent that was stopped, paused or only watches; it starts nothing.
    PausedAgent,
    Person,
    Team,
    Channel,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// `None`: never reviewed.
    pub last: Option<NaiveDate>,
    /// `None`: no line asks for a review.
    pub due: Option<NaiveDate>,
    /// Days since it was due; 0 while it is not.
    pub days_late: i64,
}

pub fn render(answer: &WhoOwnsAnswer) -> Card {
    let topic = crate::replies::plain::visible_line(&answer.topic);
    match &answer.found {
        Found::Nobody { triage, nearest } => {
            let meant = nearest.as_ref().map(|name| format!(" Did you mean {name}?")).unwrap_or_default();
            Card::new(format!("Nobody owns {topic}"))
                .line([bold(format!("No line gives {topic} to anybody.")), text(meant)])
                .line([text(format!("{} decides such work case by case.", triage.name))])
                .note([text("All directives · "), day_and_clock(answer.as_of)])
        }
        Found::Holders(holders) => {
            let names: Vec<&str> = holders.iter().map(|holder| holder.who.name.as_str()).collect();
            let mut card = Card::new(format!("{} → {}", capital(&topic), names.join(", ")));
            for holder in holders {
                card = with_holder(card, &topic, holder, answer.as_of);
            }
            card.note([text("By the directives in force · "), day_and_clock(answer.as_of)]).buttons([Button::new(
                "Share here",
                Verb::ShareHere,
                format!("who-owns {topic}"),
            )
            .spoken(format!("Post here who owns {topic}"))])
        }
    }
}

fn with_holder(card: Card, topic: &str, holder: &Holder, as_of: Timestamp) -> Card {
    let mut head = vec![bold(capital(topic)), text(" → "), holder.who.bold(), text(format!(", {}", kind(holder.kind)))];
    head.extend(holder.role.iter().map(|role| text(format!(" · role {role}"))));
    let mut card = card.line(head);
    let owner = holder.owner.as_ref().map(|who| format!("Owner {}", who.name));
    let supervisor = holder.supervisor.as_ref().map(|who| format!("supervisor {}", who.name));
    let above: Vec<String> = owner.into_iter().chain(supervisor).collect();
    if !above.is_empty() {
        card = card.line([text(capital(&above.join(" · ")))]);
    }
    let may = (!holder.may.is_empty()).then(|| format!("May {}", holder.may.join(", ")));
    let authority: Vec<String> = may.into_iter().chain(holder.waits.iter().cloned()).collect();
    if !authority.is_empty() {
        card = card.line([text(capital(&authority.join("; ")))]);
    }
    if let Some(review) = &holder.review {
        card = card.line(review_spans(review, as_of));
    }
    if let Some(percent) = holder.looks_like {
        card = card.line([text(format!("No sentence settles this; it looks like their work ({percent} % sure)."))]);
    }
    for rule in &holder.because {
        card = card.line(rule.quoted());
    }
    card
}

fn kind(kind: HolderKind) -> &'static str {
    match kind {
        HolderKind::Agent => "agent",
        HolderKind::PausedAgent => "agent, stopped: starts nothing",
        HolderKind::Person => "person",
        HolderKind::Team => "team",
        HolderKind::Channel => "channel",
    }
}

fn review_spans(review: &Review, as_of: Timestamp) -> Vec<Span> {
    let year = as_of.to_utc().year();
    let last =
        review.last.map_or_else(|| "Never reviewed".to_owned(), |day| format!("Last review {}", date(day, year)));
    let mut spans = vec![text(last)];
    match (review.due, review.days_late) {
        (None, _) => spans.extend([text(" · no line asks for one: "), code("review every")]),
        (Some(due), 0) => spans.push(text(format!(" · due {}", date(due, year)))),
        (Some(due), late) => {
            spans.extend([
                text(format!(" · due {}, ", date(due, year))),
                bold(format!("{} late", counted(late, "day"))),
            ]);
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    fn finn() -> Holder {
        Holder {
            who: who("Finn (Finance)"),
            kind: HolderKind::Agent,
            role: Some("finance-operations".into()),
            owner: Some(who("Dana Ruiz")),
            supervisor: Some(who("Kim Osei")),
            may: vec!["refund up to $200".into()],
            waits: vec!["above $200 asks a finance manager".into()],
            review: Some(Review {
                last: NaiveDate::from_ymd_opt(2026, 8, 12),
                due: NaiveDate::from_ymd_opt(2026, 11, 10),
                days_late: 10,
            }),
            because: vec![cited("Billing questions go to the finance agent.", "routing.md", 12)],
            looks_like: None,
        }
    }

    fn shown(found: Found) -> String {
        render(&WhoOwnsAnswer { topic: "refunds".into(), found, as_of: at(10, 2) }).to_plain()
    }

    #[test]
    fn an_owner_is_a_human_and_the_line_is_named() {
        insta::assert_snapshot!(shown(Found::Holders(vec![finn()])), @r"
        *Refunds* → *Finn (Finance)*, agent · role finance-operations
        Owner Dana Ruiz · supervisor Kim Osei
        May refund up to $200; above $200 asks a finance manager
        Last review 12 Aug · due 10 Nov, *10 days late*
        “Billing questions go to the finance agent.” `routing.md:12`
        · By the directives in force · 20 Nov 10:02
        [Share here]
        ");
        let person = Holder {
            who: who("Priya Nair"),
            kind: HolderKind::Person,
            owner: None,
            may: vec![],
            waits: vec![],
            review: Some(Review { last: None, due: None, days_late: 0 }),
            ..finn()
        };
        insta::assert_snapshot!(shown(Found::Holders(vec![person])), @r"
        *Refunds* → *Priya Nair*, person · role finance-operations
        Supervisor Kim Osei
        Never reviewed · no line asks for one: `review every`
        “Billing questions go to the finance agent.” `routing.md:12`
        · By the directives in force · 20 Nov 10:02
        [Share here]
        ");
        insta::assert_snapshot!(shown(Found::Nobody { triage: who("Kim Osei"), nearest: Some("refund".into()) }), @r"
        *No line gives refunds to anybody.* Did you mean refund?
        Kim Osei decides such work case by case.
        · All directives · 20 Nov 10:02
        ");
    }

    #[test]
    fn the_topic_is_what_is_left() {
        for text in ["refunds", " refunds? ", "of the refunds", "“refunds”"] {
            assert_eq!(topic(text).as_deref(), Some("refunds"), "{text}");
        }
        assert_eq!(topic("our billing and invoices"), Some("billing and invoices".into()));
        assert_eq!(topic("?"), None);
    }
}
