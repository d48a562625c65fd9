//! What a card shows, from the rows and from who may decide now.

use super::super::super::facts::Moment;
use super::super::super::says::cited_origin;
use crate::execution::Stage;
use crate::execution::store::Stored;
use crate::gate::amounts::amount_of;
use crate::gate::store::Card;
use crate::gate::{
    Approval, ApprovalState as Gated, Choice, Click, Progress, Question, Refusal as GateRefusal, Void, approvers,
    authorize,
};
use crate::replies::Who;
use crate::replies::approval::{ApprovalState, ApprovalView, Asked, Edited, Fact, VoidWhy, Wrote};
use crate::replies::refusals::{Decided, Refusal};
use crate::tasks::Task;
use crate::workers::{SlackUser, WorkerRef};

/// Looked-up values that a card shows per source; all are under *Details*.
const LINES_PER_FACT: usize = 6;

/// The card's content, from what the gate made of the canonical arguments.
pub(in crate::flow) fn view(moment: &Moment, task: &Task, card: &Card, stored: &Stored) -> ApprovalView {
    let names = moment.names();
    let worker = crate::runs::worker_at(&stored.position);
    let amount =
        stored.proposal.as_ref().and_then(|p| amount_of(&moment.directives, &p.tool, &p.arguments).ok().flatten());
    let (asked, asked_because) = asked(moment, &card.approval);
    let requester = names.requester(task);
    ApprovalView {
        id: card.approval.id,
        task: task.id,
        title: card.shown.title.clone(),
        amount,
        arguments: card.shown.lines.iter().map(|line| (line.label.clone(), line.value.clone())).collect(),
        tool: stored.tool.clone(),
        digest: card.approval.digest.clone(),
        place: names.place(task),
        doer: names.worker(&worker),
        facts: card.shown.looked_up.iter().map(fact).collect(),
        rules: card.approval.progress.iter().filter_map(|p| p.requirement.origin.as_ref()).map(cited_origin).collect(),
        asked,
        asked_because,
        count: card.approval.progress.iter().map(|progress| progress.requirement.count).max().unwrap_or(1),
        approved: card.approval.votes.iter().map(|vote| (names.account(&vote.account), vote.at)).collect(),
        words: vec![wrote(&requester, task)],
        requester,
        opened: card.approval.opened_at,
        deadline: card.approval.next_deadline().unwrap_or(card.approval.opened_at),
        then: then(moment, &card.approval),
        looked_up_first: card.shown.looked_up_first.clone(),
        questions: questions(moment, &card.approval),
        edited: edited(moment, &card.approval),
        typed: card.approval.word_to_type(),
    }
}

fn questions(moment: &Moment, approval: &Approval) -> Vec<Asked> {
    let asked = |question: &Question| Asked {
        by: moment.names().account(&question.account),
        text: question.text.clone(),
        at: question.at,
        until: question.until,
        open: question.over.is_none() && approval.is_waiting(),
        answer: question.answer.as_ref().map(|answer| (answer.text.clone(), answer.at)),
    };
    approval.questions.iter().map(asked).collect()
}

fn edited(moment: &Moment, approval: &Approval) -> Option<Edited> {
    let edited = approval.edited_from.as_ref()?;
    let by = moment.names().account(&edited.by);
    Some(Edited { from: edited.approval, by, changes: edited.changes.clone() })
}

/// What the requester wrote; a step of a workflow is nobody's message.
fn wrote(requester: &Who, task: &Task) -> Wrote {
    let label = if task.message_ts.is_empty() { "The step".to_owned() } else { format!("{} wrote", requester.short()) };
    Wrote { label, text: task.text.clone() }
}

fn fact(looked: &crate::gate::shown::Looked) -> Fact {
    let lines = looked.lines.iter().take(LINES_PER_FACT);
    let text: Vec<String> = lines.map(|line| format!("{}: {}", line.label, line.value)).collect();
    Fact { text: text.join(" · "), source: looked.source.server().to_owned(), at: looked.at }
}

/// Everybody who may decide now, and why these where it is not plain from the rule.
pub(in crate::flow) fn asked(moment: &Moment, approval: &Approval) -> (Vec<Who>, Option<String>) {
    let names = moment.names();
    let (mut people, mut because): (Vec<Who>, Option<String>) = (Vec::new(), None);
    for Progress { requirement, escalated, .. } in &approval.progress {
        let found = approvers(requirement, *escalated, &approval.parties, &moment.surroundings());
        because = because.or_else(|| found.climbed.map(|climbed| climbed.why));
        because =
            because.or_else(|| escalated.then(|| "Nobody answered in time, so more people are asked.".to_owned()));
        for who in found.people.iter().map(|handle| names.person(handle)) {
            if !people.contains(&who) {
                people.push(who);
            }
        }
    }
    (people, because)
}

/// Who may satisfy one requirement now.
pub(super) fn of_requirement(moment: &Moment, approval: &Approval, progress: &Progress) -> Vec<Who> {
    let around = moment.surroundings();
    let found = approvers(&progress.requirement, progress.escalated, &approval.parties, &around);
    found.people.iter().map(|handle| moment.names().person(handle)).collect()
}

/// Who is asked when the time is over: `otherwise`, unless it was asked already.
pub(in crate::flow) fn then(moment: &Moment, approval: &Approval) -> Vec<Who> {
    use crate::directives::rule::Otherwise;
    let open = approval.progress.iter().filter(|progress| !progress.escalated);
    let workers = open.filter_map(|progress| match &progress.requirement.otherwise {
        Otherwise::Ask(workers) => Some(workers.clone()),
        Otherwise::Deny => None,
    });
    workers.flatten().map(|worker| moment.names().worker(&worker)).collect()
}

/// What the card says, from the approval's and the action's state together.
pub(in crate::flow) fn state(
    moment: &Moment,
    task: &Task,
    card: &Card,
    stored: &Stored,
    by: Option<&SlackUser>,
) -> ApprovalState {
    let names = moment.names();
    let voters: Vec<Who> = card.approval.votes.iter().map(|vote| names.account(&vote.account)).collect();
    let approved_at = card.approval.votes.iter().map(|vote| vote.at).max().unwrap_or(moment.now);
    match &card.approval.state {
        Gated::Waiting => ApprovalState::Waiting,
        Gated::Denied { account, reason, at, .. } => {
            ApprovalState::Denied { by: names.account(account), at: *at, reason: Some(reason.clone()) }
        }
        Gated::Expired { at } => ApprovalState::Expired { at: *at, asked: asked(moment, &card.approval).0 },
        Gated::Void { at, why } => {
            let changed = Void::Changed.to_string();
            let other = if *why == changed { VoidWhy::Changed } else { VoidWhy::Because(why.clone()) };
            let stopped = *why == crate::flow::execute::STOPPED;
            let why = by.map_or(other, |by| {
                let by = names.account(by);
                if stopped { VoidWhy::Stopped { by } } else { VoidWhy::Cancelled { by } }
            });
            ApprovalState::Void { why, at: *at }
        }
        Gated::Edited { account, at, .. } => ApprovalState::Edited { by: names.account(account), at: *at, into: None },
        Gated::ByHand { account, at, until, .. } => {
            ApprovalState::ByHand { by: names.account(account), at: *at, until: *until }
        }
        Gated::Recorded { account, done, at, .. } => {
            ApprovalState::Recorded { by: names.account(account), at: *at, done: *done }
        }
        Gated::Approved { .. } | Gated::Spent { .. } => match &stored.stage {
            Some(Stage::Done { .. }) => {
                ApprovalState::Done { by: voters, at: approved_at, done_at: stored.ended.unwrap_or(moment.now) }
            }
            Some(Stage::Failed { why } | Stage::Void { why } | Stage::Denied { why }) => {
                ApprovalState::Failed { by: voters, at: approved_at, why: why.clone() }
            }
            Some(Stage::Unknown { .. }) => {
                let asked = super::super::super::execute::unknown_view(moment, stored, task).owner;
                ApprovalState::Unknown { by: voters, at: approved_at, asked }
            }
            Some(
                Stage::Planned
                | Stage::Waiting
                | Stage::Allowed
                | Stage::Started { .. }
                | Stage::Expired
                | Stage::ByHand,
            )
            | None => ApprovalState::Running { by: voters, at: approved_at },
        },
    }
}

/// How many more people must say yes.
pub(super) fn missing(card: &Card) -> u32 {
    if !card.approval.is_waiting() {
        return 0;
    }
    let have = u32::try_from(card.approval.votes.len()).unwrap_or(u32::MAX);
    card.approval.progress.iter().map(|progress| progress.requirement.count.saturating_sub(have)).max().unwrap_or(0)
}

/// The gate's refusal as the sentence that the clicker sees.
pub(super) fn said_no(moment: &Moment, card: &Card, refusal: GateRefusal) -> Refusal {
    let (may, _) = asked(moment, &card.approval);
    let names = moment.names();
    let id = card.approval.id;
    match refusal {
        GateRefusal::OwnRequest => Refusal::OwnRequest { may },
        GateRefusal::UnknownAccount => Refusal::NotApprover { what: rule_words(moment, card), may },
        GateRefusal::NotAnApprover { .. } => Refusal::NotApprover { what: rule_words(moment, card), may },
        GateRefusal::AlreadyVoted { missing } => Refusal::AlreadyApproved { missing, may },
        GateRefusal::OtherCard(_) => Refusal::NoLongerOpen { id, instead: None },
        other @ (GateRefusal::NeedsTyped { .. }
        | GateRefusal::NeedsReason
        | GateRefusal::NeedsQuestion
        | GateRefusal::AlreadyAsking
        | GateRefusal::TooManyQuestions
        | GateRefusal::NotAlone { .. }) => Refusal::NotLikeThis { id, why: other.to_string() },
        GateRefusal::AlreadyDecided(state) => match state {
            Gated::Approved { at } | Gated::Spent { at, .. } => {
                let by = card.approval.votes.iter().map(|vote| names.account(&vote.account)).collect();
                Refusal::AlreadyDecided { id, by, word: Decided::Approved, at }
            }
            Gated::Denied { account, at, .. } => {
                Refusal::AlreadyDecided { id, by: vec![names.account(&account)], word: Decided::Denied, at }
            }
            Gated::Expired { at } => Refusal::Expired { id, at },
            Gated::Edited { account, at, .. } => {
                Refusal::AlreadyDecided { id, by: vec![names.account(&account)], word: Decided::Changed, at }
            }
            Gated::ByHand { account, at, .. } | Gated::Recorded { account, at, .. } => {
                Refusal::AlreadyDecided { id, by: vec![names.account(&account)], word: Decided::TookOver, at }
            }
            Gated::Void { .. } | Gated::Waiting => Refusal::NoLongerOpen { id, instead: None },
        },
    }
}

/// Why an approval by this account would not count now; `None` where it would.
pub fn would_refuse(moment: &Moment, card: &Card, by: &SlackUser) -> Option<Refusal> {
    let click = Click {
        approval: card.approval.id,
        by: by.clone(),
        choice: Choice::Approve,
        typed: None,
        digest: None,
        under: None,
    };
    authorize(&card.approval, &click, &moment.surroundings()).err().map(|refusal| said_no(moment, card, refusal))
}

/// How the rule calls its approvers: "finance manager"; `None` where it names people.
fn rule_words(moment: &Moment, card: &Card) -> Option<String> {
    let first = card.approval.progress.first()?.requirement.by.first()?;
    match first {
        WorkerRef::Role(id) => moment.directives.roster.roles.get(id).map(|role| role.title.to_lowercase()),
        WorkerRef::Team(id) => {
            moment.directives.roster.teams.get(id).map(|team| format!("member of the {}", team.name))
        }
        WorkerRef::Person(_)
        | WorkerRef::Agent(_)
        | WorkerRef::Channel(_)
        | WorkerRef::Bot(_)
        | WorkerRef::Human
        | WorkerRef::Owner
        | WorkerRef::Supervisor
        | WorkerRef::Requester
        | WorkerRef::RequesterManager => None,
    }
}
