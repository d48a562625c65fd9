//! `why T-17`: from the trigger by the lines that decided, to what was done, by whose word, and what it cost.

use serde::{Deserialize, Serialize};

use super::arguments::{incomplete, task};
use super::asked::{Asked, Query};
use super::lines::{Spent, Stage, cost_phrase};
use super::spec::{Group, InMention, Spec};
use crate::clock::Timestamp;
use crate::ids::{ApprovalId, TaskId};
use crate::money::Cost;
use crate::replies::card::{Card, Span};
use crate::replies::compose::{bold, clock, day_and_clock, text};
use crate::replies::named::{Place, Who, all_of, any_of};
use crate::replies::plain::visible_line;
use crate::replies::receipt::Because;
use crate::replies::{Cited, card::Button, verb::Verb};

pub const SPEC: Spec = Spec {
    name: "why",
    aliases: &["trail", "audit"],
    group: Group::Ask,
    usage: "why T-17",
    about: "Tell who did what in a task, by which line, by whose word, and what it cost",
    examples: &["why T-17", "trail T-17"],
    read,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    match task(rest) {
        Some((task, _)) => Asked::Query(Query::Why { task }),
        None => incomplete(SPEC.name, "Write which task: why T-17."),
    }
}

/// Everything as it was then, from the ledger; lines of directives as they read at that time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyAnswer {
    pub task: TaskId,
    pub requester: Who,
    pub place: Place,
    pub asked_at: Timestamp,
    /// `None` once the text was erased; the ledger keeps its digest.
    pub request: Option<String>,
    pub steps: Vec<WhyStep>,
    pub stage: Stage,
    pub spent: Spent,
    pub as_of: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyStep {
    pub at: Timestamp,
    pub what: WhyWhat,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyWhat {
    Assigned {
        to: Who,
        because: Because,
    },
    Accepted {
        by: Who,
    },
    /// The requester was asked for something, or these people were.
    Asked {
        label: String,
        of: Vec<Who>,
    },
    /// Somebody who did not make the request answered.
    Told {
        by: Who,
        label: String,
    },
    Action(Box<WhyAction>),
    /// The worker ended with an answer.
    Answered {
        by: Who,
    },
    Cancelled {
        by: Who,
    },
    Failed {
        why: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyAction {
    /// As the gate titled it.
    pub title: String,
    /// `billing.refund`.
    pub tool: String,
    pub verdict: WhyVerdict,
    /// The lines behind the verdict; empty for a default, such as "a tool that only reads runs".
    pub because: Vec<Cited>,
    pub outcome: WhyOutcome,
    pub cost: Cost,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyVerdict {
    Ran,
    Waited { id: ApprovalId, decision: WhyDecision },
    Refused,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyDecision {
    Open {
        asked: Vec<Who>,
    },
    Approved {
        by: Vec<Who>,
        at: Timestamp,
    },
    Denied {
        by: Who,
        at: Timestamp,
        reason: Option<String>,
    },
    Expired {
        asked: Vec<Who>,
    },
    Void,
    /// A person changed it; what they made of it is a step of its own.
    Changed {
        by: Who,
        at: Timestamp,
    },
    /// A person did it by hand.
    TakenOver {
        by: Who,
        at: Timestamp,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyOutcome {
    NotRun,
    Running,
    Happened { at: Timestamp },
    Failed { why: String },
    Unknown,
}

pub fn render(answer: &WhyAnswer) -> Card {
    let mut head = vec![bold(answer.task.to_string()), text(format!(" · asked by {} ", answer.requester.name))];
    head.extend(answer.place.spans());
    head.extend([text(", "), day_and_clock(answer.asked_at)]);
    let mut card = Card::new(format!("Why {}: {} steps", answer.task, answer.steps.len())).line(head);
    card = match &answer.request {
        Some(request) => card.words([], request),
        None => card.note([text("The words of the request were erased; the ledger keeps their digest.")]),
    };
    for step in &answer.steps {
        let mut spans = vec![clock(step.at), text(" · ")];
        spans.extend(step_spans(&step.what));
        card = card.line(spans);
    }
    let mut end = vec![bold("Now:"), text(" ")];
    end.extend(answer.stage.spans());
    card.line(end)
        .note([text(format!("Cost: {} · from the ledger, ", answer.spent.phrase())), day_and_clock(answer.as_of)])
        .buttons([Button::new("Share here", Verb::ShareHere, format!("why {}", answer.task))
            .spoken(format!("Post why {} here", answer.task))])
}

fn step_spans(what: &WhyWhat) -> Vec<Span> {
    match what {
        WhyWhat::Assigned { to, because } => [vec![text("given to "), to.bold(), text(": ")], because.spans()].concat(),
        WhyWhat::Accepted { by } => vec![text(format!("{} accepted", by.name))],
        WhyWhat::Asked { label, of } => match of.as_slice() {
            [] => vec![text(format!("asked for the {label}"))],
            [..] => vec![text(format!("asked {} for the {label}", any_of(of)))],
        },
        WhyWhat::Told { by, label } => vec![text(format!("{} gave the {label}", by.name))],
        WhyWhat::Action(action) => action_spans(action),
        WhyWhat::Answered { by } => vec![text(format!("{} answered", by.name))],
        WhyWhat::Cancelled { by } => vec![text(format!("{} cancelled it", by.name))],
        WhyWhat::Failed { why } => vec![text(format!("not finished: {why}"))],
    }
}

fn action_spans(action: &WhyAction) -> Vec<Span> {
    let mut spans = vec![bold(visible_line(&action.title)), text(format!(" ({}) ", action.tool))];
    spans.extend(verdict_spans(&action.verdict));
    match action.because.as_slice() {
        [] => spans.push(text(" · by default, no line speaks of it")),
        rules => spans.extend(rules.iter().flat_map(|rule| [vec![text(" · ")], rule.quoted()].concat())),
    }
    spans.extend(match &action.outcome {
        WhyOutcome::NotRun => vec![text(" · did not run")],
        WhyOutcome::Running => vec![text(" · is running")],
        WhyOutcome::Happened { at } => vec![text(" · happened "), clock(*at)],
        WhyOutcome::Failed { why } => vec![text(format!(" · failed: {why}"))],
        WhyOutcome::Unknown => vec![text(" · nobody knows whether it happened")],
    });
    let ran = match action.outcome {
        WhyOutcome::NotRun => false,
        WhyOutcome::Running | WhyOutcome::Happened { .. } | WhyOutcome::Failed { .. } | WhyOutcome::Unknown => true,
    };
    if ran {
        spans.push(text(format!(" · {}", cost_phrase(&action.cost))));
    }
    spans
}

fn verdict_spans(verdict: &WhyVerdict) -> Vec<Span> {
    match verdict {
        WhyVerdict::Ran => vec![text("ran without approval")],
        WhyVerdict::Refused => vec![text("was refused")],
        WhyVerdict::Waited { id, decision } => match decision {
            WhyDecision::Open { asked } => vec![text(format!("waits as {id} for {}", all_of(asked)))],
            WhyDecision::Approved { by, at } => {
                vec![text(format!("waited as {id}, approved by {} ", all_of(by))), clock(*at)]
            }
            WhyDecision::Denied { by, at, reason } => {
                let reason = reason.as_ref().map(|r| format!(", “{}”", visible_line(r))).unwrap_or_default();
                vec![text(format!("waited as {id}, denied by {} ", by.name)), clock(*at), text(reason)]
            }
            WhyDecision::Expired { asked } => vec![text(format!("waited as {id}; nobody decided ({})", all_of(asked)))],
            WhyDecision::Void => vec![text(format!("waited as {id}, which lapsed"))],
            WhyDecision::Changed { by, at } => {
                vec![text(format!("waited as {id}, changed by {} ", by.name)), clock(*at)]
            }
            WhyDecision::TakenOver { by, at } => {
                vec![text(format!("waited as {id}, taken over by {} ", by.name)), clock(*at)]
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    fn action(verdict: WhyVerdict, outcome: WhyOutcome, cost: Cost) -> WhyStep {
        let rule = cited("Refunds above $200 need approval from a finance manager.", "approvals.md", 4);
        let action = WhyAction {
            title: "Refund $450.00 to order ORD-1042".into(),
            tool: "billing.refund".into(),
            verdict,
            because: vec![rule],
            outcome,
            cost,
        };
        WhyStep { at: at(10, 2), what: WhyWhat::Action(Box::new(action)) }
    }

    fn answer() -> WhyAnswer {
        let rule = cited("Billing questions go to the finance agent.", "routing.md", 12);
        let assigned = WhyWhat::Assigned { to: who("Finn (Finance)"), because: Because::Rule(rule) };
        let approved = WhyDecision::Approved { by: vec![who("Dana Ruiz")], at: at(10, 3) };
        let waited = WhyVerdict::Waited { id: ApprovalId(31), decision: approved };
        WhyAnswer {
            task: TaskId(17),
            requester: who("Ana Silva"),
            place: Place::Channel { id: "C0SUPPORT".into(), name: "support".into() },
            asked_at: at(10, 1),
            request: Some("please refund ORD-1042, $450, it arrived broken".into()),
            steps: vec![
                WhyStep { at: at(10, 1), what: assigned },
                action(waited, WhyOutcome::Happened { at: at(10, 4) }, Cost::Unmetered),
                WhyStep { at: at(10, 4), what: WhyWhat::Answered { by: who("Finn (Finance)") } },
            ],
            stage: Stage::Done { at: at(10, 4) },
            spent: Spent { known: vec![], metered: 0, unmetered: 1 },
            as_of: at(10, 9),
        }
    }

    #[test]
    fn the_trail_runs_from_the_request_to_the_result() {
        insta::assert_snapshot!(render(&answer()).to_plain(), @r"
        *T-17* · asked by Ana Silva in #C0SUPPORT, 20 Nov 10:01
        | please refund ORD-1042, $450, it arrived broken
        10:01 · given to *Finn (Finance)*: “Billing questions go to the finance agent.” `routing.md:12`
        10:02 · *Refund $450.00 to order ORD-1042* (billing.refund) waited as A-31, approved by Dana Ruiz 10:03 · “Refunds above $200 need approval from a finance manager.” `approvals.md:4` · happened 10:04 · not metered
        10:04 · Finn (Finance) answered
        *Now:* done 20 Nov 10:04
        · Cost: not metered · from the ledger, 20 Nov 10:09
        [Share here]
        ");
    }

    #[test]
    fn what_did_not_run_is_told_too() {
        let waited = |decision| WhyVerdict::Waited { id: ApprovalId(31), decision };
        let kim = || who("Kim Osei");
        let denied = WhyDecision::Denied { by: kim(), at: at(10, 3), reason: Some("Replace it.".into()) };
        let not_run = |verdict| action(verdict, WhyOutcome::NotRun, Cost::Unmetered);
        let steps = vec![
            not_run(WhyVerdict::Refused),
            not_run(waited(WhyDecision::Open { asked: vec![kim()] })),
            not_run(waited(denied)),
            not_run(waited(WhyDecision::Expired { asked: vec![kim()] })),
            not_run(waited(WhyDecision::Void)),
            action(WhyVerdict::Ran, WhyOutcome::Unknown, Cost::Known(dollars(2))),
            action(WhyVerdict::Ran, WhyOutcome::Failed { why: "already refunded".into() }, Cost::Unmetered),
            WhyStep { at: at(10, 5), what: WhyWhat::Asked { label: "order number".into(), of: vec![] } },
            WhyStep { at: at(10, 5), what: WhyWhat::Asked { label: "answer".into(), of: vec![kim()] } },
            WhyStep { at: at(10, 5), what: WhyWhat::Told { by: kim(), label: "answer".into() } },
            WhyStep { at: at(10, 5), what: WhyWhat::Accepted { by: kim() } },
            WhyStep { at: at(10, 5), what: WhyWhat::Cancelled { by: kim() } },
        ];
        insta::assert_snapshot!(render(&WhyAnswer { steps, request: None, ..answer() }).to_plain(), @r"
        *T-17* · asked by Ana Silva in #C0SUPPORT, 20 Nov 10:01
        · The words of the request were erased; the ledger keeps their digest.
        10:02 · *Refund $450.00 to order ORD-1042* (billing.refund) was refused · “Refunds above $200 need approval from a finance manager.” `approvals.md:4` · did not run
        10:02 · *Refund $450.00 to order ORD-1042* (billing.refund) waits as A-31 for Kim Osei · “Refunds above $200 need approval from a finance manager.” `approvals.md:4` · did not run
        10:02 · *Refund $450.00 to order ORD-1042* (billing.refund) waited as A-31, denied by Kim Osei 10:03, “Replace it.” · “Refunds above $200 need approval from a finance manager.” `approvals.md:4` · did not run
        10:02 · *Refund $450.00 to order ORD-1042* (billing.refund) waited as A-31; nobody decided (Kim Osei) · “Refunds above $200 need approval from a finance manager.” `approvals.md:4` · did not run
        10:02 · *Refund $450.00 to order ORD-1042* (billing.refund) waited as A-31, which lapsed · “Refunds above $200 need approval from a finance manager.” `approvals.md:4` · did not run
        10:02 · *Refund $450.00 to order ORD-1042* (billing.refund) ran without approval · “Refunds above $200 need approval from a finance manager.” `approvals.md:4` · nobody knows whether it happened · $2.00
        10:02 · *Refund $450.00 to order ORD-1042* (billing.refund) ran without approval · “Refunds above $200 need approval from a finance manager.” `approvals.md:4` · failed: already refunded · not metered
        10:05 · asked for the order number
        10:05 · asked Kim Osei for the answer
        10:05 · Kim Osei gave the answer
        10:05 · Kim Osei accepted
        10:05 · Kim Osei cancelled it
        *Now:* done 20 Nov 10:04
        · Cost: not metered · from the ledger, 20 Nov 10:09
        [Share here]
        ");
    }
}
