//! A card from its opening to its end: who is asked, what a click does, what the clock does. Every surface goes through
//! `gate::authorize`.

mod ask_back;
mod by_hand;
mod draw;
mod edit;
pub(super) mod form;
mod look;

use serde_json::json;

use super::super::assign::note;
use super::super::facts::Moment;
use super::super::{App, FlowError, grants};
use super::Said;
use crate::catalogue::ToolName;
use crate::clock::Span;
use crate::execution::store::{self as actions, Stored};
use crate::execution::{Stage, Step};
use crate::gate::approvers::Parties;
use crate::gate::fatigue;
use crate::gate::store::{self as approvals, Card};
use crate::gate::{
    Approval, ApprovalState as Gated, Authorized, Change, Choice, Click, Decided, Proposal, Requirement, Shown,
    TAKEN_BACK, Turn, authorize,
};
use crate::ids::{ActionId, ApprovalId};
use crate::ledger::FactKind;
use crate::playbooks::JournalEntry;
use crate::replies::approval::{ApprovalState, ApprovalView};
use crate::replies::not_now::NotNow;
use crate::replies::refusals::{self, Refusal};
use crate::replies::{receipt, steering};
use crate::store::Tx;
use crate::tasks::{Task, store as tasks};
use crate::workers::SlackUser;

pub use ask_back::{answer as answer_back, ask as ask_back, open_question};
pub use by_hand::{record, take_over};
pub use draw::{redraw, redraw_refused};
pub use edit::edit;
pub(in crate::flow) use look::{asked, state, then, view, would_refuse};

/// What somebody says to a card.
pub enum Word {
    /// From a button or a command: only what a card shows whole is approved there.
    Approve,
    /// From the end of a form, with what was typed there.
    ApproveRead {
        typed: Option<String>,
    },
    Deny(Option<String>),
}

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
    let card = open(tx, moment, task, action, proposal, needs, shown).await?;
    let id = card.approval.id;
    let stored = stored_action(tx, action).await?;
    let view = look::view(moment, task, &card, &stored);
    let asked: Vec<&str> = view.asked.iter().map(|who| who.name.as_str()).collect();
    let fact = json!({ "approval": id, "action": action, "asked": asked, "digest": shown.digest });
    note(tx, task, FactKind::ApprovalOpened, fact, moment.now).await?;
    let mut card = card;
    while let Some((next, change)) = grants::word_beforehand(app, tx, moment, task, &card, proposal).await? {
        apply(app, tx, moment, task, &next, &stored, &change).await?;
        if !next.approval.is_waiting() {
            return Ok(id);
        }
        card = next;
    }
    let view = look::view(moment, task, &card, &stored);
    draw::draw(app, tx, task, &card, &view, &ApprovalState::Waiting, Vec::new()).await?;
    say_receipt(tx, moment, task, &card, &view).await?;
    Ok(id)
}

/// The task's own message says whom it waits for and until when, or who does it by hand.
async fn say_receipt(
    tx: &mut Tx,
    moment: &Moment,
    task: &Task,
    card: &Card,
    view: &ApprovalView,
) -> Result<(), FlowError> {
    let Some(held) = crate::assignments::store::current(tx, task.id).await? else { return Ok(()) };
    let own = moment.names().receipt_of(task, &held);
    let receipt = match &card.approval.state {
        Gated::ByHand { account, .. } => receipt::by_hand(&own, view, &moment.names().account(account)),
        Gated::Waiting
        | Gated::Approved { .. }
        | Gated::Denied { .. }
        | Gated::Expired { .. }
        | Gated::Void { .. }
        | Gated::Spent { .. }
        | Gated::Edited { .. }
        | Gated::Recorded { .. } => receipt::waits(&own, view),
    };
    super::super::assign::say(tx, task, held.id, receipt, moment.now).await
}

/// Puts a new card into the database; nobody is told yet.
async fn open(
    tx: &mut Tx,
    moment: &Moment,
    task: &Task,
    action: ActionId,
    proposal: &Proposal,
    needs: Vec<Requirement>,
    shown: &Shown,
) -> Result<Card, FlowError> {
    let parties = Parties::of(proposal);
    let around = moment.surroundings();
    let make = |id| Approval::open(id, action, shown.digest.clone(), parties, needs, &around);
    Ok(approvals::open(tx, action, task.id, shown, moment.now, make).await?)
}

/// A card with everything that belongs to it, caught up with the clock.
struct Scene {
    moment: Moment,
    card: Card,
    stored: Stored,
    task: Task,
}

impl Scene {
    /// What the clock owes the card happened before whatever comes now.
    async fn of(app: &App, tx: &mut Tx, id: ApprovalId) -> Result<Option<Self>, FlowError> {
        let moment = Moment::of(app)?;
        let Some(card) = approvals::card(tx, id).await? else { return Ok(None) };
        let card = catch_up(app, tx, &moment, card).await?;
        let stored = stored_action(tx, card.approval.action).await?;
        let Some(task) = tasks::task(tx, card.task).await? else {
            return Err(FlowError::Broken(format!("approval {id} has no task")));
        };
        Ok(Some(Self { moment, card, stored, task }))
    }

    fn view(&self) -> ApprovalView {
        look::view(&self.moment, &self.task, &self.card, &self.stored)
    }

    /// Asks the gate whether this account may say this; a refusal is a fact too.
    async fn authorized(
        &self,
        tx: &mut Tx,
        by: &SlackUser,
        choice: Choice,
        typed: Option<String>,
    ) -> Result<Result<Authorized<Decided>, Refusal>, FlowError> {
        let id = self.card.approval.id;
        let click = Click { approval: id, by: by.clone(), choice, typed, digest: None, under: None };
        match authorize(&self.card.approval, &click, &self.moment.surroundings()) {
            Ok(authorized) => Ok(Ok(authorized)),
            Err(refusal) => {
                let fact = json!({ "approval": id, "by": by, "why": refusal.to_string() });
                note(tx, &self.task, FactKind::ApprovalRefused, fact, self.moment.now).await?;
                Ok(Err(look::said_no(&self.moment, &self.card, refusal)))
            }
        }
    }

    /// A yes that counts for nothing, whoever said it; a fact too.
    async fn refused(&self, tx: &mut Tx, by: &SlackUser, refusal: Refusal) -> Result<Said, FlowError> {
        let fact = json!({ "approval": self.card.approval.id, "by": by, "why": refusals::sentence(&refusal) });
        note(tx, &self.task, FactKind::ApprovalRefused, fact, self.moment.now).await?;
        Ok(Said::Refused(refusal))
    }

    /// Nobody reads a dangerous card faster than it can be read.
    fn is_read_too_fast(&self, app: &App) -> bool {
        let approval = &self.card.approval;
        let risk = fatigue::risk(&ToolName(self.stored.tool.clone()), approval, &self.moment.directives);
        approval.is_waiting()
            && !fatigue::may_have_read(approval, risk, app.config.approvals.read_first(), self.moment.now)
    }

    /// Writes down what was authorised, with all that follows.
    async fn carry_out(&mut self, app: &App, tx: &mut Tx, authorized: Authorized<Decided>) -> Result<(), FlowError> {
        let Some((card, change)) = approvals::decide(tx, &self.card, authorized, self.moment.now).await? else {
            return Err(FlowError::LostLease);
        };
        apply(app, tx, &self.moment, &self.task, &card, &self.stored, &change).await?;
        self.stored = stored_action(tx, card.approval.action).await?;
        self.card = card;
        Ok(())
    }
}

fn no_such(id: ApprovalId) -> Said {
    Said::Refused(Refusal::NoSuchApproval { text: id.to_string() })
}

/// A click, a command or a submission decides, if this account may.
pub async fn decide(app: &App, tx: &mut Tx, id: ApprovalId, by: &SlackUser, word: Word) -> Result<Said, FlowError> {
    let Some(mut scene) = Scene::of(app, tx, id).await? else { return Ok(no_such(id)) };
    let (approve, choice, typed, read) = match word {
        Word::Approve => (true, Choice::Approve, None, false),
        Word::ApproveRead { typed } => (true, Choice::Approve, typed, true),
        Word::Deny(reason) => {
            let reason = reason.unwrap_or_else(|| "no reason given".to_owned());
            (false, Choice::Deny { reason }, None, true)
        }
    };
    if scene.card.approval.is_waiting() && !read && !scene.view().fits() {
        return scene.refused(tx, by, Refusal::ReadFirst { id }).await;
    }
    if approve && scene.is_read_too_fast(app) {
        return scene.refused(tx, by, Refusal::NotNow(NotNow::ReadItFirst { id })).await;
    }
    let authorized = match scene.authorized(tx, by, choice, typed).await? {
        Ok(authorized) => authorized,
        Err(refusal) => return Ok(Said::Refused(refusal)),
    };
    scene.carry_out(app, tx, authorized).await?;
    super::super::judge::look(app, tx, &scene.moment, &scene.stored.position).await?;
    Ok(Said::Privately(steering::decided(&scene.view(), approve, look::missing(&scene.card))))
}

/// Writes a taken-back yes down, with all that follows from a denial.
pub(super) async fn take_back(app: &App, tx: &mut Tx, id: ApprovalId, turn: &Turn) -> Result<Said, FlowError> {
    let Some(scene) = Scene::of(app, tx, id).await? else { return Ok(no_such(id)) };
    if scene.stored.stage != Some(Stage::Allowed) {
        return Ok(Said::Refused(Refusal::NotNow(NotNow::TooLateToUndo { id })));
    }
    let now = scene.moment.now;
    let Some(card) = approvals::turn(tx, &scene.card, turn, now).await? else { return Err(FlowError::LostLease) };
    apply(app, tx, &scene.moment, &scene.task, &card, &scene.stored, &turn.clone().into()).await?;
    Ok(Said::Privately(steering::decided(&scene.view(), false, 0)))
}

/// The fact of a change, and the next step of its action and of the run that waits.
async fn move_on(
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
    let declined = |why: String| JournalEntry::ToolRefused { as_name: stored.as_name.clone(), why };
    match change {
        Change::Voted(_) => note(tx, task, FactKind::ApprovalVoted, fact, now).await?,
        Change::Approved(vote) => {
            note(tx, task, FactKind::ApprovalDecided, fact, now).await?;
            move_action(tx, stored, Step::Allow, now).await?;
            let undo = app.config.approvals.undo();
            if vote.under.is_none() && undo > Span::ZERO {
                actions::not_before(tx, stored.id, now.plus(undo)).await?;
            }
        }
        Change::Turned(Turn::Undone { by, .. }) => {
            note(tx, task, FactKind::ApprovalDecided, fact, now).await?;
            move_action(tx, stored, Step::Deny { why: TAKEN_BACK.to_owned() }, now).await?;
            let why = format!("{} took their approval back before it started.", moment.names().person(by).name);
            super::super::execute::tell_run(tx, stored, &declined(why), now).await?;
        }
        Change::Denied { by, reason, .. } => {
            note(tx, task, FactKind::ApprovalDecided, fact, now).await?;
            move_action(tx, stored, Step::Deny { why: reason.clone() }, now).await?;
            let why = format!("{} declined: “{reason}”", moment.names().person(by).name);
            super::super::execute::tell_run(tx, stored, &declined(why), now).await?;
        }
        Change::Asked(_) => note(tx, task, FactKind::Asked, fact, now).await?,
        Change::TookOver { .. } => {
            note(tx, task, FactKind::ApprovalDecided, fact, now).await?;
            move_action(tx, stored, Step::TakeOver, now).await?;
        }
        Change::Edited { by, .. } => {
            note(tx, task, FactKind::ApprovalDecided, fact, now).await?;
            let why = format!("{} changed it.", moment.names().person(by).name);
            move_action(tx, stored, Step::Void { why }, now).await?;
        }
        Change::Turned(Turn::Expired { .. }) => {
            note(tx, task, FactKind::ApprovalExpired, fact, now).await?;
            move_action(tx, stored, Step::Expire, now).await?;
            let entry = declined("Nobody decided in time.".to_owned());
            super::super::execute::tell_run(tx, stored, &entry, now).await?;
        }
        Change::Turned(Turn::Escalated { .. }) => note(tx, task, FactKind::Escalated, fact, now).await?,
        Change::Turned(Turn::Reminded { .. }) => note(tx, task, FactKind::Reminded, fact, now).await?,
        Change::Turned(Turn::WentOn { .. }) => note(tx, task, FactKind::Answered, fact, now).await?,
        Change::Turned(Turn::Recorded { done: None, .. }) => {
            super::super::execute::unsaid(tx, moment, task, stored).await?;
        }
        Change::Turned(Turn::Recorded { done: Some(_), .. }) => {}
        Change::Turned(Turn::Voided { .. } | Turn::Spent { .. }) => {
            note(tx, task, FactKind::ApprovalVoided, fact, now).await?;
        }
    }
    Ok(())
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
    move_on(app, tx, moment, task, card, stored, change).await?;
    let stored = stored_action(tx, stored.id).await?;
    redraw(app, tx, task, card, &stored, None).await?;
    let waits_otherwise = matches!(
        change,
        Change::Asked(_) | Change::TookOver { .. } | Change::Turned(Turn::Escalated { .. } | Turn::WentOn { .. })
    );
    if waits_otherwise {
        say_receipt(tx, moment, task, card, &look::view(moment, task, card, &stored)).await?;
    }
    draw::tell(tx, moment, task, card, &stored, change).await
}

async fn move_action(tx: &mut Tx, stored: &Stored, step: Step, now: crate::clock::Timestamp) -> Result<(), FlowError> {
    match actions::advance_unheld(tx, stored, step, now).await? {
        Some(_) => Ok(()),
        None => Err(FlowError::LostLease),
    }
}

/// Applies what the clock owes a card: escalations, then expiry. The card comes back as it is now.
pub async fn catch_up(app: &App, tx: &mut Tx, moment: &Moment, card: Card) -> Result<Card, FlowError> {
    let mut card = card;
    while let Some(turn) = card.approval.due(&moment.surroundings()) {
        let Some(next) = approvals::turn(tx, &card, &turn, moment.now).await? else {
            return Err(FlowError::LostLease);
        };
        let Some(task) = tasks::task(tx, next.task).await? else { return Ok(next) };
        let stored = stored_action(tx, next.approval.action).await?;
        apply(app, tx, moment, &task, &next, &stored, &turn.into()).await?;
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
    let asked = steering::asked_again(&look::view(&moment, &task, &card, &stored));
    Ok(if again { Said::Privately(asked) } else { Said::Refused(Refusal::TaskEnded { task: task.id }) })
}

async fn stored_action(tx: &mut Tx, id: ActionId) -> Result<Stored, FlowError> {
    actions::action(tx, id).await?.ok_or_else(|| FlowError::Broken(format!("action {id} is gone")))
}
