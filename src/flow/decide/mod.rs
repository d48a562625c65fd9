//! Clicks, submissions and commands that change something: inbox row, authority and decision in one transaction, before
//! anything is acknowledged. A button and a command yield the same [`Intent`], carried out in one place.

mod approval;
mod change;
mod dress;
mod effort;
mod forms;
mod grants;
mod lists;
mod outcome;
mod share;
mod start;
mod stop;
mod strays;
mod task;
mod tool;
mod undo;
pub(in crate::flow) mod who;

use super::{App, FlowError, failpoint, homes, query, sync};
use crate::commands::{self, Asked, Intent, help};
use crate::ids::GrantId;
use crate::inbox::{Arrival, Click, Container, Submission, Trigger, store as inbox};
use crate::replies::outbox::Queued;
use crate::replies::refusals::{self, Refusal};
use crate::replies::{Card, Form, Opens, Verb, store as outbox};
use crate::slack::AckReply;
use crate::store::Tx;
use crate::workers::SlackUser;

pub use approval::{answer_back, ask_people, expire_and_tell, open_question, redraw, redraw_refused};
pub(in crate::flow) use approval::{asked, state as approval_state, then as asked_next, view as approval_view};
pub(in crate::flow) use start::asked_by;
pub use task::cancel as cancel_task;
pub(in crate::flow) use task::reassign;

/// What a person hears of what they asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// What changed is seen where it stands.
    Nothing,
    /// Only this person sees it.
    Privately(Card),
    /// It was not done; only this person sees why.
    Refused(Refusal),
    /// A form was not filled in as it must be: per field, why. Nothing is kept, so that it can be sent again.
    Wrong(Vec<(String, String)>),
}

impl Said {
    pub fn as_card(&self) -> Option<Card> {
        match self {
            Self::Nothing => None,
            Self::Privately(card) => Some(card.clone()),
            Self::Refused(refusal) => Some(refusals::card(refusal)),
            Self::Wrong(fields) => {
                let all: Vec<&str> = fields.iter().map(|(_, why)| why.as_str()).collect();
                Some(Card::sentence(format!("Nothing was done: {}", all.join(" "))))
            }
        }
    }
}

/// What an interaction comes to before anything is looked up.
enum Wanted {
    Intent(Intent),
    /// Nothing changes: a modal opens.
    Form(Form),
    Answer(Card),
    /// An answer is said to everybody.
    Post(Queued),
    Refused(Refusal),
    Nothing,
}

/// Decides an interaction and returns what its acknowledgement carries.
pub async fn decide(app: &App, arrival: Arrival) -> Result<AckReply, FlowError> {
    let Some(by) = actor_of(&arrival.trigger).cloned() else { return Ok(AckReply::Empty) };
    let wanted = wanted(app, &arrival.trigger, &by).await?;
    let said = match wanted {
        // A button inside a modal turns its page; everything else opens one.
        Wanted::Form(form) if is_in_modal(&arrival.trigger) => return Ok(AckReply::UpdateForm(form)),
        Wanted::Form(form) => return Ok(AckReply::OpenForm(form)),
        Wanted::Answer(card) => Said::Privately(card),
        Wanted::Refused(refusal) => {
            strays::note(app, &arrival, &by, &refusal).await?;
            Said::Refused(refusal)
        }
        Wanted::Nothing => return Ok(AckReply::Empty),
        Wanted::Intent(intent) => {
            let mut tx = app.store.begin().await?;
            if !inbox::put(&mut tx, &arrival, app.now()).await? {
                // Delivered twice: the first delivery decided.
                return Ok(AckReply::Empty);
            }
            let said = if let Intent::StartWorkflow { start } = &intent {
                start::start(app, &mut tx, &arrival, start, &by).await?
            } else {
                carry_out(app, &mut tx, &intent, &by).await?
            };
            if matches!(said, Said::Wrong(_)) {
                return Ok(acknowledgement(&arrival.trigger, &said));
            }
            inbox::finish_at_once(&mut tx, &arrival, app.now()).await?;
            homes::draw_again(app, &mut tx, &by.user, &arrival.key).await?;
            tx.commit().await?;
            sync::reload_if_old(app).await;
            failpoint::pass("approval-decided");
            said
        }
        Wanted::Post(post) => {
            let mut tx = app.store.begin().await?;
            if inbox::put(&mut tx, &arrival, app.now()).await? {
                outbox::queue(&mut tx, &post, app.now()).await?;
                inbox::finish_at_once(&mut tx, &arrival, app.now()).await?;
                tx.commit().await?;
            }
            Said::Nothing
        }
    };
    Ok(acknowledgement(&arrival.trigger, &said))
}

/// Carries an intent out on behalf of an authenticated account, in the caller's transaction.
pub async fn carry_out(app: &App, tx: &mut Tx, intent: &Intent, by: &SlackUser) -> Result<Said, FlowError> {
    match intent {
        Intent::Approve { id } => approval::decide(app, tx, *id, by, approval::Word::Approve).await,
        Intent::ApproveForm { id, typed } => {
            approval::decide(app, tx, *id, by, approval::Word::ApproveRead { typed: typed.clone() }).await
        }
        Intent::Deny { id, reason } => approval::decide(app, tx, *id, by, approval::Word::Deny(reason.clone())).await,
        Intent::ApproveNext { id, next } => grants::approve_next(app, tx, *id, next, by).await,
        Intent::RevokeGrant { id } => grants::revoke(app, tx, *id, by).await,
        Intent::ApproveList { list, revision } => lists::approve_all(app, tx, *list, *revision, by).await,
        Intent::LookAtEach { list } => lists::look_at_each(app, tx, *list, by).await,
        Intent::Undo { id } => undo::undo(app, tx, *id, by).await,
        Intent::Edit { id, fields } => approval::edit(app, tx, *id, by, &approval::form::filled(fields)).await,
        Intent::AskBack { id, text } => approval::ask_back(app, tx, *id, by, text).await,
        Intent::AnswerBack { id, text } => approval::answer_back(app, tx, *id, by, text).await,
        Intent::TakeOver { id } => approval::take_over(app, tx, *id, by).await,
        Intent::Record { id, done, fields } => {
            approval::record(app, tx, *id, by, *done, &approval::form::filled(fields)).await
        }
        Intent::AskAgain { id } => approval::ask_again(app, tx, *id, by).await,
        Intent::CancelTask { id } => task::cancel(app, tx, *id, by).await,
        Intent::Reassign { task, to } => task::reassign(app, tx, *task, to, by).await,
        Intent::TakeIt { task } => task::take(app, tx, *task, by).await,
        Intent::Accept { task } => task::accept(app, tx, *task, by).await,
        Intent::HandOver { task, to } => task::hand_over(app, tx, *task, to, by).await,
        Intent::Done { task, note, took } => task::done(app, tx, *task, (note.as_deref(), took.as_deref()), by).await,
        Intent::Answer { task, text } => task::answer(app, tx, *task, text, by).await,
        Intent::Choose { task, question, option } => task::choose(app, tx, *task, question, *option, by).await,
        Intent::UseEdit { task } => task::use_edit(app, tx, *task, by).await,
        Intent::IgnoreEdit { task } => task::ignore_edit(app, tx, *task, by).await,
        Intent::Stop { what, confirmed } => stop::stop(app, tx, what, *confirmed, by).await,
        Intent::Resume { what, confirmed } => stop::resume(app, tx, what, *confirmed, by).await,
        Intent::AcceptTool { tool, digest } => tool::accept(app, tx, tool, digest, by).await,
        Intent::KeepToolOff { tool, digest } => tool::keep_off(app, tx, tool, digest, by).await,
        Intent::ItHappened { action } => outcome::settle(app, tx, *action, outcome::Told::Happened, by).await,
        Intent::ItDidNot { action } => outcome::settle(app, tx, *action, outcome::Told::DidNot, by).await,
        Intent::LeaveIt { action } => outcome::settle(app, tx, *action, outcome::Told::Leave, by).await,
        Intent::RecordReview { position, notes } => stop::record_review(app, tx, position, notes.as_deref(), by).await,
        Intent::RetryFailed { letter } => stop::dead_letter(app, tx, *letter, true, by).await,
        Intent::DropFailed { letter } => stop::dead_letter(app, tx, *letter, false, by).await,
        Intent::TakeEffect { change } => change::take_effect(app, tx, *change, by).await,
        Intent::LeaveOut { change } => change::leave_out(app, tx, *change, by).await,
        Intent::ProposeRule { text } => change::propose(app, tx, text, by).await,
        Intent::TakeIn { proposal } => change::take_in(app, tx, *proposal, by).await,
        Intent::LeaveRule { proposal } => change::leave_rule(app, tx, *proposal, by).await,
        Intent::Judge { task, result, judgement } => super::judge::judge(app, tx, *task, *result, judgement, by).await,
        Intent::LiftGuard { guard } => super::judge::lift(app, tx, guard, by).await,
        Intent::RaiseBudget { budget } => super::spend::raise(app, tx, budget, by).await,
        // These have a place, which only a click, a form or a command brings; they never come here.
        Intent::ShareHere { .. } | Intent::StartWorkflow { .. } => Ok(Said::Refused(Refusal::OldButton)),
    }
}

fn actor_of(trigger: &Trigger) -> Option<&SlackUser> {
    match trigger {
        Trigger::Click(click) => Some(&click.by),
        Trigger::Submission(submission) => Some(&submission.by),
        Trigger::Command(command) => Some(&command.by),
        Trigger::Shortcut(shortcut) => Some(&shortcut.by),
        Trigger::ViewClosed(closed) => Some(&closed.by),
        Trigger::Message(_)
        | Trigger::MessageEdited(_)
        | Trigger::MessageDeleted(_)
        | Trigger::HomeOpened { .. }
        | Trigger::Reaction(_)
        | Trigger::SessionStopped { .. }
        | Trigger::Membership { .. }
        | Trigger::UserChanged(_)
        | Trigger::UserGroupChanged { .. }
        | Trigger::ChannelChanged { .. }
        | Trigger::RateLimited { .. }
        | Trigger::Uninstalled
        | Trigger::TokensRevoked
        | Trigger::ScheduleDue { .. }
        | Trigger::Delivered(_)
        | Trigger::AgentAnswered(_)
        | Trigger::Unknown { .. } => None,
    }
}

async fn wanted(app: &App, trigger: &Trigger, by: &SlackUser) -> Result<Wanted, FlowError> {
    Ok(match trigger {
        Trigger::Click(click) => clicked(app, click, by).await?,
        Trigger::Submission(submission) => submitted(submission),
        Trigger::Command(command) => match commands::parse(&command.text) {
            Asked::Intent(Intent::Approve { id }) => {
                match approval::form::open_for(app, Verb::Approve, &id.to_string(), by).await? {
                    Ok(form) => Wanted::Form(form),
                    // What is there to decide at once is decided at once, or refused.
                    Err(_nothing_to_fill_in) => Wanted::Intent(Intent::Approve { id }),
                }
            }
            Asked::Intent(intent) => Wanted::Intent(intent),
            Asked::Form { verb, target } => match approval::form::open_for(app, verb, &target, by).await? {
                Ok(form) => Wanted::Form(form),
                Err(refusal) => Wanted::Refused(refusal),
            },
            Asked::Query(question) => {
                Wanted::Answer(query::card(app, by, &question, &query::Asker::by_command(command)).await?)
            }
            Asked::Unclear { nearest } => Wanted::Answer(help::unclear(nearest)),
            Asked::Incomplete { command, say } => Wanted::Answer(help::incomplete(command, &say)),
        },
        Trigger::Shortcut(shortcut) if shortcut.callback_id == Verb::StartWorkflow.as_str() => {
            forms::open(app, Verb::StartWorkflow, "", by).await?
        }
        Trigger::Shortcut(_) | Trigger::ViewClosed(_) => Wanted::Nothing,
        Trigger::Message(_)
        | Trigger::MessageEdited(_)
        | Trigger::MessageDeleted(_)
        | Trigger::HomeOpened { .. }
        | Trigger::Reaction(_)
        | Trigger::SessionStopped { .. }
        | Trigger::Membership { .. }
        | Trigger::UserChanged(_)
        | Trigger::UserGroupChanged { .. }
        | Trigger::ChannelChanged { .. }
        | Trigger::RateLimited { .. }
        | Trigger::Uninstalled
        | Trigger::TokensRevoked
        | Trigger::ScheduleDue { .. }
        | Trigger::Delivered(_)
        | Trigger::AgentAnswered(_)
        | Trigger::Unknown { .. } => Wanted::Nothing,
    })
}

async fn clicked(app: &App, click: &Click, by: &SlackUser) -> Result<Wanted, FlowError> {
    let Ok(verb) = click.action_id.parse::<Verb>() else { return Ok(Wanted::Refused(Refusal::OldButton)) };
    if !stands_on_its_own_card(app, click).await? {
        return Ok(Wanted::Refused(Refusal::OldButton));
    }
    match verb.opens() {
        Opens::Form | Opens::Page => forms::open(app, verb, &click.value, by).await,
        Opens::Nothing => Ok(match Intent::of_button(verb, &click.value, &click.fields) {
            Some(Intent::ShareHere { command }) => share::wanted(app, click, &command).await?,
            Some(intent) => form_first(app, intent).await?,
            None => Wanted::Refused(Refusal::OldButton),
        }),
    }
}

/// What a card could not show whole is read first, and what a rule wants typed is typed: then *Approve* opens a form.
async fn form_first(app: &App, intent: Intent) -> Result<Wanted, FlowError> {
    if let Intent::Approve { id } = &intent
        && let Some(form) = approval::form::open(app, Verb::Approve, &id.to_string()).await?
    {
        return Ok(Wanted::Form(form));
    }
    Ok(Wanted::Intent(intent))
}

fn is_in_modal(trigger: &Trigger) -> bool {
    matches!(trigger, Trigger::Click(click) if matches!(click.container, Container::View { .. }))
}

/// A button counts only on the card that was made for its target: a value changed on the way, a card copied elsewhere and
/// a foreign message with our ids all fail here. What is decided still depends on the account alone.
async fn stands_on_its_own_card(app: &App, click: &Click) -> Result<bool, FlowError> {
    match &click.container {
        Container::Message { ephemeral: true, .. } | Container::View { .. } | Container::Home => Ok(true),
        Container::Message { channel, ts, ephemeral: false, .. } => {
            let mut tx = app.store.begin().await?;
            let about = |slot: &String| slot_is_about(slot, &click.value);
            match outbox::slot_at(&mut tx, channel, ts).await? {
                Some(slot) => Ok(about(&slot)),
                // A card can be clicked before it is noted where it stands; then one about this target is being sent.
                None => Ok(outbox::being_sent(&mut tx).await?.iter().any(about)),
            }
        }
    }
}

/// Whether a slot's card is about this target. Targets start with `T-17`, `A-31`, `D-4`, `R-3`, or name an action or a position;
/// cards about those last two are direct messages of their own.
fn slot_is_about(slot: &str, target: &str) -> bool {
    let number = |prefix: &str| {
        let digits: String = target.strip_prefix(prefix)?.chars().take_while(char::is_ascii_digit).collect();
        (!digits.is_empty()).then_some(digits)
    };
    let of = |kind: &str, n: &str| slot == format!("{kind}:{n}") || slot.starts_with(&format!("{kind}:{n}:"));
    if let Some(change) = number("D-") {
        return of("change", &change);
    }
    if let Some(proposal) = number("R-") {
        return of("rule", &proposal);
    }
    // A grant's button stands on every card that it let pass, and in what its giver was told.
    if target.parse::<GrantId>().is_ok() {
        return ["approval:", "grant:", "reply:"].iter().any(|kind| slot.starts_with(kind));
    }
    // A list's own buttons stand on it alone; those of its lines stand there too.
    if let Some(list) = number("L-") {
        return of("list", &list);
    }
    if let Some(tool) = slot.strip_prefix("tool:") {
        return target.strip_prefix(tool).is_some_and(|rest| rest.starts_with('@'));
    }
    match (number("T-"), number("A-")) {
        (Some(task), _) => of("task", &task) || slot.starts_with("reply:") || slot.starts_with("approval:"),
        (None, Some(approval)) => of("approval", &approval) || slot.starts_with("reply:") || slot.starts_with("list:"),
        (None, None) => !slot.starts_with("task:") && !slot.starts_with("approval:"),
    }
}

fn submitted(submission: &Submission) -> Wanted {
    let intent = submission
        .callback_id
        .parse::<Verb>()
        .ok()
        .and_then(|verb| Intent::of_button(verb, &submission.private_metadata, &submission.fields));
    intent.map_or(Wanted::Refused(Refusal::OldButton), Wanted::Intent)
}

/// How the answer reaches the person: a modal shows it in itself, everything else as a message that only they see.
fn acknowledgement(trigger: &Trigger, said: &Said) -> AckReply {
    let modal = matches!(trigger, Trigger::Submission(_));
    match (said, modal) {
        (Said::Wrong(fields), true) => AckReply::FormErrors(fields.clone()),
        (Said::Wrong(_), false) => said.as_card().map_or(AckReply::Empty, AckReply::Ephemeral),
        (Said::Nothing, true) => AckReply::ClearForms,
        (Said::Nothing, false) => AckReply::Empty,
        (Said::Privately(card), false) => AckReply::Ephemeral(card.clone()),
        (Said::Refused(refusal), false) => AckReply::Ephemeral(refusals::card(refusal)),
        (Said::Privately(card), true) => AckReply::UpdateForm(page("Done", card)),
        (Said::Refused(refusal), true) => AckReply::UpdateForm(page("Not done", &refusals::card(refusal))),
    }
}

fn page(title: &str, card: &Card) -> Form {
    Form::page(Verb::Details, "", title, card.parts.clone())
}

#[cfg(test)]
mod tests {
    use super::slot_is_about;

    #[test]
    fn a_button_counts_on_its_own_card_only() {
        for (slot, target) in [
            ("task:17:held:3", "T-17"),
            ("task:17:dm:U1", "T-17/agent:finn"),
            ("approval:31:card", "A-31"),
            ("approval:31:dm:U1", "A-31"),
            ("action:5", "5"),
            ("change:4:dm:U1", "D-4"),
            ("rule:3:dm:U1", "R-3"),
            ("approval:31:card", "G-3"),
            ("grant:3", "G-3"),
            ("list:5", "L-5.2"),
            ("list:5", "A-31"),
        ] {
            assert!(slot_is_about(slot, target), "{slot} {target}");
        }
        for (slot, target) in [
            ("task:17:held:3", "T-1"),
            ("task:1:held:3", "T-17"),
            ("approval:31:card", "A-3"),
            ("approval:3:card", "A-31"),
            ("task:17:held:3", "A-31"),
            ("approval:31:card", "5"),
            ("change:4:dm:U1", "D-5"),
            ("change:4:dm:U1", "R-4"),
            ("rule:3:dm:U1", "D-3"),
            ("task:17:held:3", "G-3"),
            ("list:5", "L-51.2"),
            ("approval:31:card", "L-5.2"),
        ] {
            assert!(!slot_is_about(slot, target), "{slot} {target}");
        }
    }
}
