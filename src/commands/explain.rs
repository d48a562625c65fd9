//! `explain TEXT`: where such a text would go if somebody wrote it here now, and by which line. Nothing is started.

use serde::{Deserialize, Serialize};

use super::arguments::{incomplete, subject};
use super::asked::{Asked, Query, Subject};
use super::spec::{Group, InMention, Spec};
use crate::clock::Timestamp;
use crate::replies::card::Card;
use crate::replies::compose::{bold, day_and_clock, text};
use crate::replies::named::{Cited, Who, any_of};

pub const SPEC: Spec = Spec {
    name: "explain",
    aliases: &["where would"],
    group: Group::Administer,
    usage: "explain TEXT",
    about: "Say where a text would go, and by which line; nothing is started",
    examples: &["explain a customer wants their money back", "explain T-17"],
    read,
    // In a mention such a text is work.
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    match (rest.trim(), subject(rest)) {
        ("", _) => incomplete(SPEC.name, "Write a text: explain a customer wants their money back."),
        (_, Some(Subject::Task(task))) => Asked::Query(Query::Why { task }),
        (_, Some(of @ Subject::Approval(_))) => Asked::Query(Query::Status { of: Some(of) }),
        (words, None) => Asked::Query(Query::Explain { text: words.to_owned() }),
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainAnswer {
    pub text: String,
    /// The channel as if it were written there, without `#`; `None` in a direct message.
    pub channel: Option<String>,
    pub to: Vec<Who>,
    pub how: How,
    /// The lines that decide, the deciding one first.
    pub because: Vec<Cited>,
    /// The line that an escalation overrode.
    pub instead_of: Option<Cited>,
    /// `None`: normal. "urgent", and by which line.
    pub priority: Option<(String, Cited)>,
    /// Who is closest by likeness, with percents.
    pub candidates: Vec<(Who, u8)>,
    pub as_of: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    Line,
    Escalation,
    /// Confidence in percent.
    Likeness(u8),
    Unsure(u8),
}

pub fn render(answer: &ExplainAnswer) -> Card {
    let to = any_of(&answer.to);
    let mut card = Card::new(format!("It would go to {to}")).words([text("Somebody writes")], &answer.text);
    card = match answer.how {
        How::Line => card.line([text("It goes to "), bold(&to)]),
        How::Escalation => card.line([text("It is escalated to "), bold(&to)]),
        How::Likeness(percent) => card.line([
            text("It goes to "),
            bold(&to),
            text(format!(": no sentence settles it, but it looks like their work ({percent} % sure).")),
        ]),
        How::Unsure(percent) => card.line([
            bold(format!("{to} is asked who takes it")),
            text(format!(": no sentence settles it, and the likeness is too weak ({percent} %).")),
        ]),
    };
    for rule in &answer.because {
        card = card.line(rule.quoted());
    }
    if let Some(rule) = &answer.instead_of {
        card = card.line([vec![text("Instead of: ")], rule.quoted()].concat());
    }
    if let Some((priority, rule)) = &answer.priority {
        card = card.line([vec![text(format!("Priority {priority}: "))], rule.quoted()].concat());
    }
    if !answer.candidates.is_empty() {
        let near: Vec<String> =
            answer.candidates.iter().map(|(who, percent)| format!("{} {percent} %", who.name)).collect();
        card = card.note([text(format!("By likeness: {}", near.join(" · ")))]);
    }
    let place = answer.channel.as_ref().map_or_else(|| "in a direct message".to_owned(), |name| format!("in #{name}"));
    card.note([text(format!("As if written {place} · nothing was started · ")), day_and_clock(answer.as_of)])
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn the_line_is_named_and_nothing_starts() {
        let answer = ExplainAnswer {
            text: "their lawyer wants a refund".into(),
            channel: Some("support".into()),
            to: vec![who("Priya Nair")],
            how: How::Escalation,
            because: vec![cited("Anything mentioning a lawyer gets escalated to the legal desk.", "routing.md", 16)],
            instead_of: Some(cited("Billing questions go to the finance agent.", "routing.md", 7)),
            priority: Some(("urgent".into(), cited("Lawyers are urgent.", "routing.md", 30))),
            candidates: vec![(who("Finn (Finance)"), 61), (who("Olga (Orders)"), 20)],
            as_of: at(10, 2),
        };
        insta::assert_snapshot!(render(&answer).to_plain(), @r"
        Somebody writes
        | their lawyer wants a refund
        It is escalated to *Priya Nair*
        “Anything mentioning a lawyer gets escalated to the legal desk.” `routing.md:16`
        Instead of: “Billing questions go to the finance agent.” `routing.md:7`
        Priority urgent: “Lawyers are urgent.” `routing.md:30`
        · By likeness: Finn (Finance) 61 % · Olga (Orders) 20 %
        · As if written in #support · nothing was started · 20 Nov 10:02
        ");
        let unsure = ExplainAnswer {
            to: vec![who("Kim Osei")],
            how: How::Unsure(31),
            because: vec![],
            instead_of: None,
            priority: None,
            channel: None,
            ..answer
        };
        insta::assert_snapshot!(render(&unsure).to_plain(), @r"
        Somebody writes
        | their lawyer wants a refund
        *Kim Osei is asked who takes it*: no sentence settles it, and the likeness is too weak (31 %).
        · By likeness: Finn (Finance) 61 % · Olga (Orders) 20 %
        · As if written in a direct message · nothing was started · 20 Nov 10:02
        ");
    }

    #[test]
    fn an_id_asks_for_what_happened() {
        use crate::ids::TaskId;
        assert_eq!(read("T-17"), Asked::Query(Query::Why { task: TaskId(17) }));
        assert_eq!(read("my cat"), Asked::Query(Query::Explain { text: "my cat".into() }));
        assert!(matches!(read(" "), Asked::Incomplete { .. }));
    }
}
