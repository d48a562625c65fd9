//! `why T-17`: what happened in a task, by which line, by whose word, and what it cost.
//!
//! Lines are quoted from the receipts that were stored when they decided, so they read as they did then, whatever the files
//! say now. A receipt without its words is completed from the set of directives that was in force ([`line_then`]).

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::super::directives::line_then;
use super::super::says::{because_of, cited_origin};
use super::super::{FlowError, decide};
use super::Told;
use super::seen::{Sight, Viewer};
use super::stage::{Standing, ending, label};
use crate::assignments::{Assignment, store as assignments};
use crate::budgets::store as budgets;
use crate::commands::lines::Spent;
use crate::commands::why::{WhyAction, WhyAnswer, WhyDecision, WhyOutcome, WhyStep, WhyVerdict, WhyWhat, render};
use crate::execution::Stage as Performed;
use crate::execution::store::{self as actions, Stored};
use crate::gate::ApprovalState;
use crate::gate::store::{self as approvals, Card};
use crate::ids::{ActionId, TaskId};
use crate::ledger::{Entry, FactKind, store as ledger};
use crate::money::{Cost, Money};
use crate::replies::receipt::Because;
use crate::replies::refusals::Refusal;
use crate::replies::{Cited, Who};
use crate::store::Store;
use crate::tasks::{Task, store as tasks};
use crate::workers::{SlackUser, WorkerRef};

pub(super) async fn answer(viewer: &Viewer<'_>, id: TaskId) -> Result<Told, FlowError> {
    let store = &viewer.app.store;
    let Some(task) = tasks::find_task(store, id).await? else {
        return Ok(Err(Refusal::NoSuchTask { text: id.to_string() }));
    };
    let tasks = [task];
    let standing = Standing::of(viewer.app, &tasks).await?;
    let [task] = tasks;
    let assigned = assignments::of_task(store, id).await?;
    let asked = standing.asked(viewer, &task);
    let seen = viewer.only_if_seen(&format!("why {id}"), &task, assigned.last().map(|held| &held.worker), &asked);
    let reads_ledger = viewer.asker.private && viewer.permitted(Sight::Ledger);
    if let (Err(refusal), false) = (seen, reads_ledger) {
        return Ok(Err(refusal));
    }
    let facts = ledger::facts_of_task(store, id).await?;
    let performed = actions::find_of_task(store, id).await?;
    let cards = approvals::find_of_task(store, id).await?;
    let spent = with_models(spent(&performed), store, id).await?;
    let trail = Trail {
        viewer,
        task: &task,
        assigned: &assigned,
        actions: performed.iter().map(|stored| (stored.id, stored)).collect(),
        cards: cards.iter().map(|card| (card.approval.action, card)).collect(),
    };
    let names = viewer.names();
    let answer = WhyAnswer {
        task: id,
        requester: names.requester(&task),
        place: names.place(&task),
        asked_at: task.created,
        request: (!task.text.is_empty()).then(|| task.text.clone()),
        steps: trail.steps(&facts).await?,
        stage: standing.stage(viewer, &task, &ending(&facts)),
        spent,
        as_of: viewer.moment.now,
    };
    Ok(Ok(render(&answer)))
}

/// What the calls of a task cost, as far as their tools told.
pub(super) fn spent(actions: &[Stored]) -> Spent {
    let mut spent = Spent::default();
    for stored in actions.iter().filter(|stored| stored.started.is_some()) {
        match &stored.cost {
            Cost::Unmetered => spent.unmetered += 1,
            Cost::Known(money) => {
                spent.metered += 1;
                add(&mut spent.known, money);
            }
        }
    }
    spent
}

/// The same with what models cost.
pub(super) async fn with_models(mut spent: Spent, store: &Store, task: TaskId) -> Result<Spent, FlowError> {
    for call in budgets::model_calls_of(store, task).await? {
        match &call.cost {
            Cost::Unmetered => spent.unmetered += 1,
            Cost::Known(money) => {
                spent.metered += 1;
                add(&mut spent.known, money);
            }
        }
    }
    Ok(spent)
}

/// Adds an amount to the sum of its currency.
pub(super) fn add(sums: &mut Vec<Money>, money: &Money) {
    match sums.iter_mut().find(|sum| sum.currency == money.currency) {
        Some(sum) => sum.micros = sum.micros.saturating_add(money.micros),
        None => sums.push(money.clone()),
    }
}

/// Everything stored about one task, from which its facts are told.
struct Trail<'a> {
    viewer: &'a Viewer<'a>,
    task: &'a Task,
    assigned: &'a [Assignment],
    actions: HashMap<ActionId, &'a Stored>,
    cards: HashMap<ActionId, &'a Card>,
}

impl Trail<'_> {
    async fn steps(&self, facts: &[Entry]) -> Result<Vec<WhyStep>, FlowError> {
        let mut steps = Vec::new();
        let mut told: HashSet<ActionId> = HashSet::new();
        let mut nth_assignment = 0;
        for fact in facts {
            if let Some(mut what) = self.step_of(fact, &mut told, &mut nth_assignment) {
                self.complete(&mut what).await?;
                steps.push(WhyStep { at: fact.at, what });
            }
        }
        Ok(steps)
    }

    fn next_assignment(&self, fact: &Entry, nth: &mut usize) -> Option<WhyWhat> {
        let row = self.assigned.get(*nth);
        *nth += 1;
        self.assignment(fact, row)
    }

    /// What a fact adds to the trail; each action is told once, where it was proposed.
    fn step_of(&self, fact: &Entry, told: &mut HashSet<ActionId>, nth_assignment: &mut usize) -> Option<WhyWhat> {
        match fact.kind {
            FactKind::Assigned => self.next_assignment(fact, nth_assignment),
            FactKind::Accepted => self.account(fact, "by").map(|by| WhyWhat::Accepted { by }),
            FactKind::Asked => self.question(fact),
            FactKind::Answered => self.answer(fact),
            FactKind::ActionProposed | FactKind::ActionDenied => self
                .action_of(fact)
                .filter(|stored| told.insert(stored.id))
                .map(|stored| WhyWhat::Action(Box::new(self.action(stored)))),
            FactKind::TaskEnded => self.end(fact),
            FactKind::TaskOpened
            | FactKind::TaskChanged
            | FactKind::Routed
            | FactKind::Escalated
            | FactKind::HandedOver
            | FactKind::RunStarted
            | FactKind::DriverAsked
            | FactKind::ApprovalOpened
            | FactKind::ApprovalVoted
            | FactKind::ApprovalRefused
            | FactKind::ButtonRefused
            | FactKind::CallRefused
            | FactKind::ApprovalDecided
            | FactKind::ApprovalExpired
            | FactKind::ApprovalVoided
            | FactKind::ActionStarted
            | FactKind::ActionEnded
            | FactKind::ActionUnknown
            | FactKind::RunEnded
            | FactKind::Corrected
            | FactKind::WorkflowStarted
            | FactKind::WorkflowStepped
            | FactKind::WorkflowEnded
            | FactKind::Spent
            | FactKind::BudgetAlert
            | FactKind::BudgetRefused
            | FactKind::BudgetRaised
            | FactKind::Judged
            | FactKind::CheckAsked
            | FactKind::Proposed
            | FactKind::GuardFell
            | FactKind::GuardLifted
            | FactKind::PromiseMissed
            | FactKind::Stopped
            | FactKind::Resumed
            | FactKind::Reviewed
            | FactKind::DirectivesLoaded
            | FactKind::DirectivesRefused
            | FactKind::DirectivesHeld
            | FactKind::DirectivesWithdrawn
            | FactKind::DirectivesAccepted
            | FactKind::DirectivesDeclined
            | FactKind::RuleProposed
            | FactKind::RuleDecided
            | FactKind::RuleWritten
            | FactKind::DeadLetter
            | FactKind::ToolOffered
            | FactKind::ToolDecided
            | FactKind::Reminded
            | FactKind::ConnectionChanged
            | FactKind::TextsErased
            | FactKind::GrantGiven
            | FactKind::GrantUsed
            | FactKind::GrantEnded
            | FactKind::ChangeProposed => None,
        }
    }

    /// From the fact; where its payload was erased, from the holding itself.
    fn assignment(&self, fact: &Entry, row: Option<&Assignment>) -> Option<WhyWhat> {
        let named = fact.payload.as_ref().and_then(|payload| {
            let worker: WorkerRef = serde_json::from_value(payload.get("worker")?.clone()).ok()?;
            let because: Because = serde_json::from_value(payload.get("because")?.clone()).ok()?;
            Some((worker, because))
        });
        let (worker, because) = named.or_else(|| row.map(|row| (row.worker.clone(), because_of(row))))?;
        Some(WhyWhat::Assigned { to: self.viewer.names().worker(&worker), because })
    }

    fn end(&self, fact: &Entry) -> Option<WhyWhat> {
        let by = self.account(fact, "by");
        let holder = || self.assigned.last().map(|held| self.viewer.names().worker(&held.worker));
        match self.text(fact, "state").as_deref() {
            Some("cancelled") => Some(WhyWhat::Cancelled { by: by? }),
            Some("failed") => match self.text(fact, "why") {
                Some(why) => Some(WhyWhat::Failed { why }),
                None => Some(WhyWhat::Answered { by: holder()? }),
            },
            Some(_) => Some(WhyWhat::Answered { by: by.or_else(holder)? }),
            None => None,
        }
    }

    fn action(&self, stored: &Stored) -> WhyAction {
        let card = self.cards.get(&stored.id).copied();
        let rules = stored.because.iter().filter_map(|because| because.origin.as_ref()).map(cited_origin);
        WhyAction {
            title: stored.title.clone().unwrap_or_else(|| stored.tool.clone()),
            tool: stored.tool.clone(),
            verdict: match (card, &stored.stage) {
                (Some(card), _) => WhyVerdict::Waited { id: card.approval.id, decision: self.decision(card) },
                (None, Some(Performed::Denied { .. })) => WhyVerdict::Refused,
                (None, _) => WhyVerdict::Ran,
            },
            because: rules.collect(),
            outcome: outcome(stored),
            cost: stored.cost.clone(),
        }
    }

    fn decision(&self, card: &Card) -> WhyDecision {
        let names = self.viewer.names();
        let asked = || decide::asked(&self.viewer.moment, &card.approval).0;
        let voters = || card.approval.votes.iter().map(|vote| names.account(&vote.account)).collect();
        match &card.approval.state {
            ApprovalState::Waiting => WhyDecision::Open { asked: asked() },
            ApprovalState::Approved { at } => WhyDecision::Approved { by: voters(), at: *at },
            ApprovalState::Spent { at, .. } => {
                let decided = card.approval.votes.iter().map(|vote| vote.at).max();
                WhyDecision::Approved { by: voters(), at: decided.unwrap_or(*at) }
            }
            ApprovalState::Denied { account, reason, at, .. } => {
                WhyDecision::Denied { by: names.account(account), at: *at, reason: Some(reason.clone()) }
            }
            ApprovalState::Expired { .. } => WhyDecision::Expired { asked: asked() },
            ApprovalState::Void { .. } => WhyDecision::Void,
            ApprovalState::Edited { account, at, .. } => WhyDecision::Changed { by: names.account(account), at: *at },
            ApprovalState::ByHand { account, at, .. } | ApprovalState::Recorded { account, at, .. } => {
                WhyDecision::TakenOver { by: names.account(account), at: *at }
            }
        }
    }

    /// Fills in words that a receipt lacks, from the files as they were when the task was routed.
    async fn complete(&self, what: &mut WhyWhat) -> Result<(), FlowError> {
        let cited: Vec<&mut Cited> = match what {
            WhyWhat::Assigned { because: Because::Rule(rule) | Because::Step(rule), .. } => vec![rule],
            WhyWhat::Assigned { because: Because::Escalated { rule, .. }, .. } => rule.iter_mut().collect(),
            WhyWhat::Action(action) => action.because.iter_mut().collect(),
            WhyWhat::Assigned {
                because:
                    Because::LooksLike { .. }
                    | Because::Chosen { .. }
                    | Because::SameThread { .. }
                    | Because::CannotDo { .. }
                    | Because::HandedOver { .. },
                ..
            }
            | WhyWhat::Accepted { .. }
            | WhyWhat::Asked { .. }
            | WhyWhat::Told { .. }
            | WhyWhat::Answered { .. }
            | WhyWhat::Cancelled { .. }
            | WhyWhat::Failed { .. } => Vec::new(),
        };
        for rule in cited.into_iter().filter(|rule| rule.text.is_empty()) {
            let digest = &self.task.directives_digest;
            if let Some(text) = line_then(self.viewer.app, digest, &rule.file, rule.line).await? {
                rule.text = text;
            }
        }
        Ok(())
    }

    /// A question of the agent's own; what somebody who decides asked back stands in the trail of the approval.
    fn question(&self, fact: &Entry) -> Option<WhyWhat> {
        let label = label(&self.text(fact, "slot")?);
        let handles = field(fact, "people").and_then(Value::as_array).into_iter().flatten();
        let of = handles.filter_map(Value::as_str).map(|handle| self.viewer.names().person(handle)).collect();
        Some(WhyWhat::Asked { label, of })
    }

    /// The answer of somebody who did not make the request, or what a hook delivered.
    fn answer(&self, fact: &Entry) -> Option<WhyWhat> {
        let hook = || self.text(fact, "hook").map(|hook| Who::new(&hook, None));
        let by = self.account(fact, "by").or_else(hook)?;
        let label = label(&self.text(fact, "slot")?);
        (by != self.viewer.names().account(&self.task.requester)).then_some(WhyWhat::Told { by, label })
    }

    fn action_of(&self, fact: &Entry) -> Option<&Stored> {
        let id = field(fact, "action")?.as_i64()?;
        self.actions.get(&ActionId(id)).copied()
    }

    fn account(&self, fact: &Entry, name: &str) -> Option<Who> {
        let user: SlackUser = serde_json::from_value(field(fact, name)?.clone()).ok()?;
        Some(self.viewer.names().account(&user))
    }

    fn text(&self, fact: &Entry, name: &str) -> Option<String> {
        field(fact, name)?.as_str().map(str::to_owned)
    }
}

fn field<'a>(fact: &'a Entry, name: &str) -> Option<&'a Value> {
    fact.payload.as_ref()?.get(name)
}

fn outcome(stored: &Stored) -> WhyOutcome {
    match &stored.stage {
        Some(Performed::Started { .. } | Performed::ByHand) => WhyOutcome::Running,
        Some(Performed::Done { .. }) => WhyOutcome::Happened { at: stored.ended.unwrap_or(stored.planned) },
        Some(Performed::Failed { why }) => WhyOutcome::Failed { why: why.clone() },
        Some(Performed::Unknown { .. }) => WhyOutcome::Unknown,
        Some(
            Performed::Planned
            | Performed::Waiting
            | Performed::Allowed
            | Performed::Denied { .. }
            | Performed::Expired
            | Performed::Void { .. },
        ) => WhyOutcome::NotRun,
        // Its texts were erased, and with them what came of it.
        None if stored.started.is_some() => WhyOutcome::Unknown,
        None => WhyOutcome::NotRun,
    }
}
