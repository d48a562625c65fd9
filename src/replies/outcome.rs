//! The bot does not know whether something happened: it says so, asks one person, and tries nothing again meanwhile.

use serde::{Deserialize, Serialize};

use super::card::{Button, Card};
use super::compose::{bold, clock, code, text};
use super::named::Who;
use super::plain::visible_line;
use super::verb::Verb;
use crate::clock::Timestamp;
use crate::ids::{ActionId, TaskId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownView {
    pub action: ActionId,
    pub task: TaskId,
    /// As the gate titled it: "Refund $450.00 to order ORD-1042".
    pub title: String,
    /// `billing.refund`.
    pub tool: String,
    /// What was sent along so that the other side can find the call, where the tool takes one.
    pub idempotency_key: Option<String>,
    /// When it was sent.
    pub sent_at: Timestamp,
    pub doer: Who,
    pub requester: Who,
    /// Who is asked: the owner of the agent.
    pub owner: Who,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    ItHappened,
    /// Tried once more, with the same key.
    ItDidNot,
    /// Closed as unknown.
    LeaveIt,
}

/// To the owner.
pub fn ask(view: &UnknownView) -> Card {
    let title = visible_line(&view.title);
    let mut sent = vec![
        text(format!("{} sent it at ", view.doer.name)),
        clock(view.sent_at),
        text(" to "),
        code(view.tool.clone()),
    ];
    sent.push(text(format!(" and got no answer · {}", view.task)));
    if let Some(key) = &view.idempotency_key {
        sent.extend([text(" · look for "), code(visible_line(key))]);
    }
    let id = view.action.to_string();
    let retry = Button::new("It did not: retry", Verb::ItDidNot, id.clone())
        .spoken(format!("It did not happen, try again: {title}"))
        .asks("Do it again?", format!("{title}\nIf it did happen after all, it happens twice."), "Retry");
    Card::new(format!("Did this happen? {title} · {}", view.task))
        .line([bold("I do not know whether this happened:"), text(format!(" {title}"))])
        .line(sent)
        .line([text(format!("{}, please look there. Nothing is tried again until you say so.", view.owner.short()))])
        .buttons([
            Button::new("It did", Verb::ItHappened, id.clone()).primary().spoken(format!("It did happen: {title}")),
            retry,
            Button::new("Leave it", Verb::LeaveIt, id).spoken(format!("Leave it as unknown: {title}")),
        ])
}

/// To the requester's thread, while the owner looks.
pub fn notice(view: &UnknownView) -> Card {
    let title = visible_line(&view.title);
    Card::new(format!("Not sure whether this happened: {title} · {}", view.task))
        .line([bold("I do not know whether this happened:"), text(format!(" {title} · {}", view.task))])
        .line([text(format!(
            "{} was asked to look. Nothing is tried again before; please do not repeat it by hand.",
            view.owner.name
        ))])
}

/// The owner's card, answered.
pub fn settled(view: &UnknownView, by: &Who, answer: Answer, at: Timestamp) -> Card {
    let (word, next) = match answer {
        Answer::ItHappened => ("It did happen", "The work goes on from there."),
        Answer::ItDidNot => ("It did not happen", "It is tried once more, with the same key."),
        Answer::LeaveIt => ("Left as unknown", "Nothing is tried again. The ledger keeps it as unknown."),
    };
    let title = visible_line(&view.title);
    Card::new(format!("{word}: {title} · {}", view.task))
        .line([bold(format!("{word}:")), text(format!(" {title} · {}", view.task))])
        .note([text(format!("{} said so at ", by.name)), clock(at), text(format!(". {next}"))])
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    fn view() -> UnknownView {
        UnknownView {
            action: ActionId(88),
            task: TaskId(17),
            title: "Refund $450.00 to order ORD-1042".into(),
            tool: "billing.refund".into(),
            idempotency_key: Some("wf-88".into()),
            sent_at: at(10, 4),
            doer: finn(),
            requester: ana(),
            owner: dana(),
        }
    }

    #[test]
    fn an_unknown_outcome_is_asked_about_and_never_repeated_blindly() {
        insta::assert_snapshot!(ask(&view()).to_plain(), @r"
        *I do not know whether this happened:* Refund $450.00 to order ORD-1042
        Finn (Finance) sent it at 10:04 to `billing.refund` and got no answer · T-17 · look for `wf-88`
        Dana, please look there. Nothing is tried again until you say so.
        [*It did*] [It did not: retry] [Leave it]
        ");
        insta::assert_snapshot!(notice(&view()).to_plain(), @r"
        *I do not know whether this happened:* Refund $450.00 to order ORD-1042 · T-17
        Dana Ruiz was asked to look. Nothing is tried again before; please do not repeat it by hand.
        ");
        for answer in [Answer::ItHappened, Answer::ItDidNot, Answer::LeaveIt] {
            let card = settled(&view(), &dana(), answer, at(10, 30));
            assert!(card.to_plain().contains("Dana Ruiz said so at 10:30"), "{}", card.to_plain());
            assert!(!card.parts.iter().any(|part| matches!(part, super::super::card::Part::Buttons(_))));
        }
    }
}
