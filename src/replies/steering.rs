//! Stop, resume, the deny form, and the short confirmations that only the person who acted sees.

use serde::{Deserialize, Serialize};

use super::approval::ApprovalView;
use super::card::{Button, Card, Part};
use super::compose::{bold, clock, text};
use super::form::{Field, FieldKind, Form};
use super::named::{Cited, Who};
use super::plain::visible_line;
use super::verb::Verb;
use super::wording::counted;
use crate::clock::Timestamp;

/// What stands still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    Everything,
    /// The position's id, which *Resume* carries, and its posted name.
    Worker {
        id: String,
        who: Who,
    },
}

/// What the stop came upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caught {
    /// Tasks that were under way and now wait.
    pub tasks: u32,
    /// Actions that had been sent to a tool already; they cannot be called back.
    pub in_flight: u32,
}

/// The reasons that *Deny* offers; one's own words are added to them or stand alone.
pub const DENY_REASONS: &[(&str, &str)] = &[
    ("not_needed", "Not needed"),
    ("wrong_amount", "The amount is wrong"),
    ("wrong_target", "The wrong customer, order or account"),
    ("more_facts", "Too little is known; ask again with more"),
    ("policy", "Against our rules"),
];

/// The form behind *Deny*.
pub fn deny_form(view: &ApprovalView) -> Form {
    let choices = DENY_REASONS.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect();
    Form {
        verb: Verb::DenyForm,
        subject: view.id.to_string(),
        title: format!("Deny {}", view.id),
        submit: Some("Deny".to_owned()),
        intro: vec![Part::Line(vec![
            bold(visible_line(&view.title)),
            text(format!(" · asked by {}", view.requester.name)),
        ])],
        fields: vec![
            Field {
                id: "reason".to_owned(),
                label: "Why".to_owned(),
                kind: FieldKind::Choice(choices),
                hint: None,
                optional: false,
            },
            Field {
                id: "words".to_owned(),
                label: "In your own words".to_owned(),
                kind: FieldKind::Text { multiline: true, max: 500 },
                hint: Some(format!("{} reads this. It replaces the reason above.", view.requester.name)),
                optional: true,
            },
        ],
    }
}

/// Only for the asker: stopping everything is asked about once more.
pub fn confirm_stop_all(tasks: u32) -> Card {
    let running = counted(i64::from(tasks), "task");
    Card::new("Stop every agent?")
        .line([bold("Stop every agent?"), text(format!(" {running} would wait until somebody resumes."))])
        .line([text("Nothing is stopped yet. People's own work goes on.")])
        .buttons([Button::new("Stop everything", Verb::StopAll, "all").danger().asks(
            "Stop every agent?",
            "No agent starts or goes on with anything until somebody resumes.",
            "Stop",
        )])
}

/// To the channel of the one who stopped, and to the owner.
pub fn stopped(what: &Stopped, by: &Who, at: Timestamp, caught: Caught, rule: Option<&Cited>) -> Card {
    let (name, target) = match what {
        Stopped::Everything => ("Every agent".to_owned(), "all".to_owned()),
        Stopped::Worker { id, who } => (who.name.clone(), id.clone()),
    };
    let mut card = Card::new(format!("{name} is stopped, by {}", by.name)).line([
        bold(format!("{name} is stopped.")),
        text(format!(" {} did so at ", by.name)),
        clock(at),
        text(format!(" · waiting: {}", counted(i64::from(caught.tasks), "task"))),
    ]);
    let sent = match caught.in_flight {
        0 => "Nothing was under way at a tool. ".to_owned(),
        n => format!("{} had been sent already and cannot be called back. ", counted(i64::from(n), "action")),
    };
    card = card.line([text(format!("{sent}New work queues until somebody resumes."))]);
    if let Some(rule) = rule {
        card = card.note(rule.quoted());
    }
    card.buttons([Button::new("Resume", Verb::Resume, target).spoken(format!("Resume {name}"))])
}

pub fn resumed(what: &Stopped, by: &Who, at: Timestamp, tasks: u32) -> Card {
    let name = match what {
        Stopped::Everything => "Every agent",
        Stopped::Worker { who, .. } => who.name.as_str(),
    };
    Card::new(format!("{name} works again, resumed by {}", by.name)).line([
        bold(format!("{name} works again.")),
        text(format!(" {} resumed at ", by.name)),
        clock(at),
        text(format!(" · back at work: {}, oldest first.", counted(i64::from(tasks), "task"))),
    ])
}

/// One task that would go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub task: crate::ids::TaskId,
    pub worker: Who,
    pub since: Timestamp,
}

/// At most so many tasks are named before *Resume*; the others are counted.
const MAX_NAMED: usize = 10;

/// Only for the one who asked: what would go on, oldest first, before anything does.
pub fn resume_first(what: &Stopped, waiting: &[Waiting]) -> Card {
    let (name, target) = match what {
        Stopped::Everything => ("every agent", "all"),
        Stopped::Worker { id, who } => (who.name.as_str(), id.as_str()),
    };
    let count = counted(i64::try_from(waiting.len()).unwrap_or(i64::MAX), "task");
    let mut card = Card::new(format!("Resume {name}?"));
    card = match waiting {
        [] => card.line([bold(format!("Resume {name}?")), text(" Nothing waits; new work is taken again.")]),
        [..] => card.line([bold(format!("Resume {name}?")), text(format!(" {count} would go on, oldest first:"))]),
    };
    for one in waiting.iter().take(MAX_NAMED) {
        card = card.line([text(format!("{} · {} · since ", one.task, one.worker.name)), clock(one.since)]);
    }
    if waiting.len() > MAX_NAMED {
        card = card.line([text(format!("and {} more.", waiting.len() - MAX_NAMED))]);
    }
    card.line([text("What waited for approval is asked anew.")]).buttons([Button::new(
        "Resume now",
        Verb::ResumeNow,
        target,
    )
    .spoken(format!("Resume {name}"))])
}

/// Only for the one who asked: there was nothing to resume.
pub fn not_stopped(what: &Stopped) -> Card {
    Card::sentence(match what {
        Stopped::Everything => {
            "Nothing stops every agent. Single agents may be stopped: /workforce resume NAME.".to_owned()
        }
        Stopped::Worker { who, .. } => {
            format!("{} is not stopped. If nothing moves, everything may be: /workforce resume all.", who.name)
        }
    })
}

/// In the place of [`caught`]: it goes on.
pub fn goes_on(task: crate::ids::TaskId, worker: &Who, by: &Who, at: Timestamp) -> Card {
    Card::new(format!("{task} goes on: {} resumed {}", by.name, worker.name)).line([
        bold(format!("{task} goes on.")),
        text(format!(" {} resumed {} at ", by.name, worker.name)),
        clock(at),
        text("."),
    ])
}

/// To a thread whose task the stop caught, in the receipt's place.
pub fn caught(task: crate::ids::TaskId, worker: &Who, by: &Who, at: Timestamp) -> Card {
    Card::new(format!("{} waits: {} stopped {}", task, by.name, worker.name)).line([
        bold(format!("{task} waits.")),
        text(format!(" {} stopped {} at ", by.name, worker.name)),
        clock(at),
        text(format!(". Nothing more runs until {} or the owner resumes.", by.short())),
    ])
}

/// Only for the approver: the decision is kept.
pub fn decided(view: &ApprovalView, approved: bool, missing: u32) -> Card {
    let title = visible_line(&view.title);
    Card::sentence(match (approved, missing) {
        (true, 0) => {
            format!("Approved: {title} · {}. {} does it now; the result comes in the thread.", view.id, view.doer.name)
        }
        (true, n) => format!("Approved: {title} · {}. {n} more must approve before anything runs.", view.id),
        (false, _) => format!("Denied: {title} · {}. {} {} is told.", view.id, view.unharmed(), view.requester.name),
    })
}

/// Only for the one who asked again: a new card follows.
pub fn asked_again(view: &ApprovalView) -> Card {
    Card::new(format!("Asked again: {} · {}", visible_line(&view.title), view.id))
        .line([text(format!("Asked again: {} · {}.", visible_line(&view.title), view.id))])
        .line(view.deadline_spans())
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn denying_asks_for_a_reason() {
        insta::assert_snapshot!(deny_form(&approval()).to_plain(), @r"
        = Deny A-31 =
        *Refund $450.00 to order ORD-1042* · asked by Ana Silva
        Why: Not needed / The amount is wrong / The wrong customer, order or account / Too little is known; ask again with more / Against our rules
        In your own words (optional): ____
          Ana Silva reads this. It replaces the reason above.
        [Deny]
        ");
    }

    #[test]
    fn a_stop_says_what_stands_still_and_what_cannot_be_called_back() {
        let finn = Stopped::Worker { id: "finance-agent".into(), who: finn() };
        let rule = cited("Kim and Noor may stop any agent.", "approvals.md", 32);
        insta::assert_snapshot!(confirm_stop_all(12).to_plain(), @r"
        *Stop every agent?* 12 tasks would wait until somebody resumes.
        Nothing is stopped yet. People's own work goes on.
        [!Stop everything!]
        ");
        insta::assert_snapshot!(stopped(&Stopped::Everything, &kim(), at(10, 9), Caught { tasks: 12, in_flight: 1 }, Some(&rule)).to_plain(), @r"
        *Every agent is stopped.* Kim Osei did so at 10:09 · waiting: 12 tasks
        1 action had been sent already and cannot be called back. New work queues until somebody resumes.
        · “Kim and Noor may stop any agent.” `approvals.md:32`
        [Resume]
        ");
        insta::assert_snapshot!(stopped(&finn, &dana(), at(10, 9), Caught { tasks: 1, in_flight: 0 }, None).to_plain(), @r"
        *Finn (Finance) is stopped.* Dana Ruiz did so at 10:09 · waiting: 1 task
        Nothing was under way at a tool. New work queues until somebody resumes.
        [Resume]
        ");
        insta::assert_snapshot!(resumed(&finn, &dana(), at(10, 30), 3).to_plain(), @"*Finn (Finance) works again.* Dana Ruiz resumed at 10:30 · back at work: 3 tasks, oldest first.");
        let waiting =
            [Waiting { task: crate::ids::TaskId(17), worker: super::super::fixtures::finn(), since: at(10, 3) }];
        insta::assert_snapshot!(resume_first(&finn, &waiting).to_plain(), @r"
        *Resume Finn (Finance)?* 1 task would go on, oldest first:
        T-17 · Finn (Finance) · since 10:03
        What waited for approval is asked anew.
        [Resume now]
        ");
        insta::assert_snapshot!(resume_first(&Stopped::Everything, &[]).to_plain(), @r"
        *Resume every agent?* Nothing waits; new work is taken again.
        What waited for approval is asked anew.
        [Resume now]
        ");
        insta::assert_snapshot!(not_stopped(&finn).to_plain(), @"Finn (Finance) is not stopped. If nothing moves, everything may be: /workforce resume all.");
        insta::assert_snapshot!(goes_on(crate::ids::TaskId(17), &super::super::fixtures::finn(), &dana(), at(10, 30)).to_plain(), @"*T-17 goes on.* Dana Ruiz resumed Finn (Finance) at 10:30.");
        insta::assert_snapshot!(caught(crate::ids::TaskId(17), &super::super::fixtures::finn(), &dana(), at(10, 9)).to_plain(), @"*T-17 waits.* Dana Ruiz stopped Finn (Finance) at 10:09. Nothing more runs until Dana or the owner resumes.");
    }

    #[test]
    fn an_approver_hears_that_the_click_counted() {
        insta::assert_snapshot!(decided(&approval(), true, 0).to_plain(), @"Approved: Refund $450.00 to order ORD-1042 · A-31. Finn (Finance) does it now; the result comes in the thread.");
        insta::assert_snapshot!(decided(&approval(), true, 1).to_plain(), @"Approved: Refund $450.00 to order ORD-1042 · A-31. 1 more must approve before anything runs.");
        insta::assert_snapshot!(decided(&approval(), false, 0).to_plain(), @"Denied: Refund $450.00 to order ORD-1042 · A-31. No money moved. Ana Silva is told.");
        insta::assert_snapshot!(asked_again(&approval()).to_plain(), @r"
        Asked again: Refund $450.00 to order ORD-1042 · A-31.
        No answer by 14:02 → Kim Osei is asked
        ");
    }
}
