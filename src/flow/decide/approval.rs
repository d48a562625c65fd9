//! A card from its opening to its end: who is asked, what a click does, what the clock does. Every surface goes through
//! `gate::authorize`.

use serde_json::json;

use super::super::assign::note;
use super::super::facts::Moment;
use super::super::says::cited_origin;
use super::super::{App, FlowError};
use super::Said;
use crate::execution::store::{self as actions, Stored};
use crate::execution::{Stage, Step};
use crate::gate::amounts::amount_of;
use crate::gate::approvers::Parties;
use crate::gate::store::{self as approvals, Card};
use crate::gate::{
    Approval, ApprovalState as Gated, Change, Choice, Click, Progress, Proposal, Refusal as GateRefusal, Requirement,
    Shown, approvers, authorize, record,
};
use crate::ids::{ActionId, ApprovalId};
use crate::ledger::FactKind;
use crate::playbooks::JournalEntry;
use crate::replies::approval::{self, ApprovalState, ApprovalView, Fact, VoidWhy, Wrote};
use crate::replies::outbox::Queued;
use crate::replies::refusals::{Decided, Refusal};
use crate::replies::{Who, approval_ended, receipt, steering, store as outbox};
use crate::store::Tx;
use crate::tasks::{Task, store as tasks};
use crate::workers::{SlackUser, WorkerRef};

/// What somebody says to a card.
pub enum Word {
    Approve,
    Deny(Option<String>),
}

/// Looked-up values that a card shows per source; all are under *Details*.
const LINES_PER_FACT: usize = 6;

/// Opens a card and asks everyone who may decide, in the channel and by direct message.
#[allow(clippy::too_many_arguments, reason = "an opening is about all of these, once")]
pub async fn ask_people(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    task: &Task,
    action: ActionId,
    proposal: &Proposal,
    needs: Vec<Requirement>,
    shown: &Shown,
) -> Result<ApprovalId, FlowError> {
    let parties = Parties::of(proposal);
    let due = needs.iter().map(|need| moment.now.plus(need.within)).min().unwrap_or(moment.now);
    let card = approvals::open(tx, action, task.id, shown, due, moment.now, |id| {
        Approval::open(id, action, shown.digest.clone(), parties, needs, moment.now)
    })
    .await?;
    let id = card.approval.id;
    let stored = stored_action(tx, action).await?;
    let view = view(moment, task, &card, &stored);
    let asked: Vec<&str> = view.asked.iter().map(|who| who.name.as_str()).collect();
    note(
        tx,
        task,
        FactKind::ApprovalOpened,
        json!({ "approval": id, "action": action, "asked": asked, "digest": shown.digest }),
        moment.now,
    )
    .await?;
    draw(app, tx, task, &card, &view, &ApprovalState::Waiting).await?;
    if let Some(held) = crate::assignments::store::current(tx, task.id).await? {
        let receipt = receipt::waits(&moment.names().receipt_of(task, &held), &view);
        super::super::assign::say(tx, task, held.id, receipt, moment.now).await?;
    }
    Ok(id)
}

/// A click, a command or a submission decides, if this account may.
pub async fn decide(app: &App, tx: &mut Tx, id: ApprovalId, by: &SlackUser, word: Word) -> Result<Said, FlowError> {
    let moment = Moment::of(app)?;
    let Some(card) = approvals::card(tx, id).await? else {
        return Ok(Said::Refused(Refusal::NoSuchApproval { text: id.to_string() }));
    };
    // What the clock owes the card happened before the click.
    let card = catch_up(app, tx, &moment, card).await?;
    let stored = stored_action(tx, card.approval.action).await?;
    let Some(task) = tasks::task(tx, card.task).await? else {
        return Err(FlowError::Broken(format!("approval {id} has no task")));
    };
    let (approve, choice) = match word {
        Word::Approve => (true, Choice::Approve),
        Word::Deny(reason) => (false, Choice::Deny { reason: reason.unwrap_or_else(|| "no reason given".to_owned()) }),
    };
    let click = Click { approval: id, by: by.clone(), choice, typed: None, digest: None };
    let authorized = match authorize(&card.approval, &click, &moment.surroundings()) {
        Ok(authorized) => authorized,
        Err(refusal) => {
            let fact = json!({ "approval": id, "by": by, "why": refusal.to_string() });
            note(tx, &task, FactKind::ApprovalRefused, fact, moment.now).await?;
            return Ok(Said::Refused(said_no(&moment, &card, refusal)));
        }
    };
    let Some((_, change)) = record(&card.approval, authorized) else { return Err(FlowError::LostLease) };
    let Some(card) = approvals::change(tx, &card, &change, moment.now).await? else { return Err(FlowError::LostLease) };
    apply(app, tx, &moment, &task, &card, &stored, &change).await?;
    let stored = stored_action(tx, card.approval.action).await?;
    let view = view(&moment, &task, &card, &stored);
    Ok(Said::Privately(steering::decided(&view, approve, missing(&card))))
}

/// What a change means for the action, the run that waits, the cards and the thread.
async fn apply(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    task: &Task,
    card: &Card,
    stored: &Stored,
    change: &Change,
) -> Result<(), FlowError> {
    let now = moment.now;
    let fact =
        json!({ "approval": card.approval.id, "action": stored.id, "digest": card.approval.digest, "change": change });
    match change {
        Change::Voted(_) => note(tx, task, FactKind::ApprovalVoted, fact, now).await?,
        Change::Approved(_) => {
            note(tx, task, FactKind::ApprovalDecided, fact, now).await?;
            move_action(tx, stored, Step::Allow, now).await?;
        }
        Change::Denied { by, reason, .. } => {
            note(tx, task, FactKind::ApprovalDecided, fact, now).await?;
            move_action(tx, stored, Step::Deny { why: reason.clone() }, now).await?;
            let who = moment.names().person(by);
            let entry = JournalEntry::ToolRefused {
                as_name: stored.as_name.clone(),
                why: format!("{} declined: “{reason}”", who.name),
            };
            super::super::execute::tell_run(tx, stored, &entry, now).await?;
        }
        Change::Expired { .. } => {
            note(tx, task, FactKind::ApprovalExpired, fact, now).await?;
            move_action(tx, stored, Step::Expire, now).await?;
            let entry = JournalEntry::ToolRefused {
                as_name: stored.as_name.clone(),
                why: "Nobody decided in time.".to_owned(),
            };
            super::super::execute::tell_run(tx, stored, &entry, now).await?;
        }
        Change::Escalated { .. } => note(tx, task, FactKind::Escalated, fact, now).await?,
        Change::Voided { .. } | Change::Spent { .. } => note(tx, task, FactKind::ApprovalVoided, fact, now).await?,
    }
    let stored = stored_action(tx, stored.id).await?;
    redraw(app, tx, task, card, &stored, None).await?;
    tell_thread(tx, moment, task, card, &stored, change).await
}

async fn move_action(tx: &mut Tx, stored: &Stored, step: Step, now: crate::clock::Timestamp) -> Result<(), FlowError> {
    match actions::advance_unheld(tx, stored, step, now).await? {
        Some(_) => Ok(()),
        None => Err(FlowError::LostLease),
    }
}

/// A denial and an expiry are told in the thread, where the requester waits; escalated people get their own call.
async fn tell_thread(
    tx: &mut Tx,
    moment: &Moment,
    task: &Task,
    card: &Card,
    stored: &Stored,
    change: &Change,
) -> Result<(), FlowError> {
    let view = view(moment, task, card, stored);
    let names = moment.names();
    let notice = match change {
        Change::Denied { account, reason, at, .. } => {
            approval_ended::denied_notice(&view, &names.account(account), *at, Some(reason))
        }
        Change::Expired { at } => approval_ended::expired_notice(&view, *at, &view.asked),
        Change::Voted(_)
        | Change::Approved(_)
        | Change::Escalated { .. }
        | Change::Voided { .. }
        | Change::Spent { .. } => return Ok(()),
    };
    let slot = format!("approval:{}:notice", card.approval.id.0);
    let say = Queued::say(slot, &task.channel, Some(&task.root_ts), notice).in_conversation(&task.conversation);
    outbox::queue(tx, &say, moment.now).await?;
    Ok(())
}

/// Applies what the clock owes a card: escalations, then expiry. The card comes back as it is now.
pub async fn catch_up(app: &App, tx: &mut Tx, moment: &Moment, card: Card) -> Result<Card, FlowError> {
    let mut card = card;
    while let Some(change) = card.approval.due(moment.now) {
        let Some(next) = approvals::change(tx, &card, &change, moment.now).await? else {
            return Err(FlowError::LostLease);
        };
        let Some(task) = tasks::task(tx, next.task).await? else { return Ok(next) };
        let stored = stored_action(tx, next.approval.action).await?;
        apply(app, tx, moment, &task, &next, &stored, &change).await?;
        card = next;
    }
    Ok(card)
}

/// All cards that are due by the clock.
pub async fn expire_and_tell(app: &App, tx: &mut Tx) -> Result<bool, FlowError> {
    let moment = Moment::of(app)?;
    let due = approvals::due(tx, moment.now).await?;
    let any = !due.is_empty();
    for card in due {
        catch_up(app, tx, &moment, card).await?;
    }
    Ok(any)
}

/// *Ask again* on a card that expired: the request is proposed once more, from its task.
pub async fn ask_again(app: &App, tx: &mut Tx, id: ApprovalId, by: &SlackUser) -> Result<Said, FlowError> {
    let moment = Moment::of(app)?;
    let Some(card) = approvals::card(tx, id).await? else {
        return Ok(Said::Refused(Refusal::NoSuchApproval { text: id.to_string() }));
    };
    let Some(task) = tasks::task(tx, card.task).await? else {
        return Ok(Said::Refused(Refusal::NoSuchApproval { text: id.to_string() }));
    };
    if let Err(refusal) = super::who::steers(app, &moment.directives, &moment.directory, &task, None, by) {
        return Ok(Said::Refused(refusal));
    }
    if !matches!(card.approval.state, Gated::Expired { .. }) {
        return Ok(Said::Refused(Refusal::NoLongerOpen { id, instead: None }));
    }
    let again = super::super::assign::start_again(app, tx, &task, None, by).await?;
    let stored = stored_action(tx, card.approval.action).await?;
    let asked = steering::asked_again(&view(&moment, &task, &card, &stored));
    Ok(if again { Said::Privately(asked) } else { Said::Refused(Refusal::TaskEnded { task: task.id }) })
}

/// Draws a card anew wherever it stands, in its true state.
pub async fn redraw(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    card: &Card,
    stored: &Stored,
    by: Option<&SlackUser>,
) -> Result<(), FlowError> {
    let moment = Moment::of(app)?;
    let view = view(&moment, task, card, stored);
    let state = state(&moment, task, card, stored, by);
    draw(app, tx, task, card, &view, &state).await
}

async fn draw(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    card: &Card,
    view: &ApprovalView,
    state: &ApprovalState,
) -> Result<(), FlowError> {
    let now = app.now();
    let rendered = approval::card(view, state);
    let slot = format!("approval:{}:card", card.approval.id.0);
    let say =
        Queued::say(slot, &task.channel, Some(&task.root_ts), rendered.clone()).in_conversation(&task.conversation);
    outbox::queue(tx, &say, now).await?;
    // Everyone who has the card sees its true state; while it waits, everyone who may decide gets it.
    let prefix = format!("approval:{}:dm:", card.approval.id.0);
    let mut users: Vec<String> = outbox::slots_with_prefix(tx, &prefix)
        .await?
        .iter()
        .map(|slot| slot.trim_start_matches(&prefix).to_owned())
        .collect();
    if *state == ApprovalState::Waiting {
        users.extend(view.asked.iter().filter_map(|who| who.account.clone()));
    }
    users.sort();
    users.dedup();
    for user in users {
        let tell = Queued::tell(format!("{prefix}{user}"), &user, rendered.clone()).in_conversation(&task.conversation);
        outbox::queue(tx, &tell, now).await?;
    }
    Ok(())
}

async fn stored_action(tx: &mut Tx, id: ActionId) -> Result<Stored, FlowError> {
    actions::action(tx, id).await?.ok_or_else(|| FlowError::Broken(format!("action {id} is gone")))
}

/// The card's content, from what the gate made of the canonical arguments.
pub(in crate::flow) fn view(moment: &Moment, task: &Task, card: &Card, stored: &Stored) -> ApprovalView {
    let names = moment.names();
    let worker = crate::runs::worker_at(&stored.position);
    let amount =
        stored.proposal.as_ref().and_then(|p| amount_of(&moment.directives, &p.tool, &p.arguments).ok().flatten());
    let (asked, asked_because) = asked(moment, &card.approval);
    let requester = names.account(&task.requester);
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
        deadline: card.approval.next_deadline().unwrap_or(card.approval.opened_at),
        then: then(moment, &card.approval),
    }
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
        for who in found.people.iter().map(|handle| names.person(handle)) {
            if !people.contains(&who) {
                people.push(who);
            }
        }
    }
    (people, because)
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
        Gated::Void { at, .. } => {
            let why = by.map_or(VoidWhy::Changed, |by| VoidWhy::Cancelled { by: names.account(by) });
            ApprovalState::Void { why, at: *at }
        }
        Gated::Approved { .. } | Gated::Spent { .. } => match &stored.stage {
            Some(Stage::Done { .. }) => {
                ApprovalState::Done { by: voters, at: approved_at, done_at: stored.ended.unwrap_or(moment.now) }
            }
            Some(Stage::Failed { why } | Stage::Void { why } | Stage::Denied { why }) => {
                ApprovalState::Failed { by: voters, at: approved_at, why: why.clone() }
            }
            Some(Stage::Unknown { .. }) => {
                let asked = super::super::execute::unknown_view(moment, stored, task).owner;
                ApprovalState::Unknown { by: voters, at: approved_at, asked }
            }
            Some(Stage::Planned | Stage::Waiting | Stage::Allowed | Stage::Started { .. } | Stage::Expired) | None => {
                ApprovalState::Running { by: voters, at: approved_at }
            }
        },
    }
}

/// How many more people must say yes.
fn missing(card: &Card) -> u32 {
    if !card.approval.is_waiting() {
        return 0;
    }
    let have = u32::try_from(card.approval.votes.len()).unwrap_or(u32::MAX);
    card.approval.progress.iter().map(|progress| progress.requirement.count.saturating_sub(have)).max().unwrap_or(0)
}

/// The gate's refusal as the sentence that the clicker sees.
fn said_no(moment: &Moment, card: &Card, refusal: GateRefusal) -> Refusal {
    let (may, _) = asked(moment, &card.approval);
    let names = moment.names();
    let id = card.approval.id;
    match refusal {
        GateRefusal::OwnRequest => Refusal::OwnRequest { may },
        GateRefusal::UnknownAccount => Refusal::NotApprover { what: rule_words(moment, card), may },
        GateRefusal::NotAnApprover { .. } => Refusal::NotApprover { what: rule_words(moment, card), may },
        GateRefusal::AlreadyVoted { missing } => Refusal::AlreadyApproved { missing, may },
        GateRefusal::OtherCard(_) | GateRefusal::NeedsTyped { .. } | GateRefusal::NeedsReason => {
            Refusal::NoLongerOpen { id, instead: None }
        }
        GateRefusal::AlreadyDecided(state) => match state {
            Gated::Approved { at } | Gated::Spent { at, .. } => {
                let by = card.approval.votes.iter().map(|vote| names.account(&vote.account)).collect();
                Refusal::AlreadyDecided { id, by, word: Decided::Approved, at }
            }
            Gated::Denied { account, at, .. } => {
                Refusal::AlreadyDecided { id, by: vec![names.account(&account)], word: Decided::Denied, at }
            }
            Gated::Expired { at } => Refusal::Expired { id, at },
            Gated::Void { .. } | Gated::Waiting => Refusal::NoLongerOpen { id, instead: None },
        },
    }
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
