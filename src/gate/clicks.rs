//! Whether a click, a command or a submission decides: the one place for every surface.
//!
//! [`authorize`] is the sole maker of an [`Authorized`] decision, and [`record`] takes nothing else. So a decision that nobody
//! checked cannot be written down.

use std::collections::BTreeSet;

use super::approval::{Approval, ApprovalState, Change, Question, Vote};
use super::approvers::{Approvers, Surroundings, approvers, is_party};
use super::clock::caught_up;
use super::{DEFAULT_WITHIN, timing};
use crate::clock::{Span, Timestamp};
use crate::ids::{ActionId, ApprovalId, GrantId};
use crate::workers::SlackUser;

/// A requester is asked back so often about one card; after that somebody has to decide.
pub const MOST_QUESTIONS: usize = 3;
/// So long the time stands still for a question, in the requester's working hours where they have some.
pub const LONGEST_PAUSE: Span = Span::days(1);

/// What somebody did to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Click {
    pub approval: ApprovalId,
    /// The authenticated account on the envelope.
    pub by: SlackUser,
    pub choice: Choice,
    /// What they typed where a word was wanted.
    pub typed: Option<String>,
    /// The digest on the card that was clicked; a command names no card.
    pub digest: Option<String>,
    /// The standing grant by which they said it beforehand.
    pub under: Option<GrantId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    Approve,
    Deny {
        reason: String,
    },
    /// A question to the requester.
    Ask {
        text: String,
    },
    /// They do it themselves, outside.
    TakeOver,
    /// They changed it: `into` is the edited action.
    Edit {
        into: ActionId,
    },
}

/// Proof that an eligible person decided, at the moment of acting. Only [`authorize`] makes one, and whoever writes a decision
/// down takes one:
///
/// ```
/// use workforce::gate::{Approval, Authorized, Decided, record};
/// fn write(approval: &Approval, decided: Authorized<Decided>) -> Option<Approval> {
///     record(approval, decided).map(|(next, _)| next)
/// }
/// ```
///
/// ```compile_fail,E0308
/// use workforce::gate::{Approval, Decided, record};
/// fn without_asking(approval: &Approval, decided: Decided) -> Option<Approval> {
///     record(approval, decided).map(|(next, _)| next)
/// }
/// ```
///
/// ```compile_fail,E0451
/// use workforce::gate::{Authorized, Decided};
/// fn forge(decision: Decided) -> Authorized<Decided> {
///     Authorized { approval: workforce::ids::ApprovalId(31), decision }
/// }
/// ```
///
/// ```compile_fail,E0451
/// use workforce::gate::{Change, Decided};
/// fn decide(change: Change) -> Decided {
///     Decided { change }
/// }
/// ```
///
/// ```compile_fail,E0599
/// use workforce::gate::{Authorized, Decided};
/// fn twice(authorized: &Authorized<Decided>) -> Authorized<Decided> {
///     Authorized::clone(authorized)
/// }
/// ```
#[derive(Debug)]
pub struct Authorized<D> {
    approval: ApprovalId,
    decision: D,
}

impl<D> Authorized<D> {
    pub fn approval(&self) -> ApprovalId {
        self.approval
    }

    pub fn decision(&self) -> &D {
        &self.decision
    }
}

/// What an authorised click comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    change: Change,
}

/// Why a click decides nothing. Each has its sentence in [`std::fmt::Display`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("This button belongs to another card. Use the newest card of {0}.")]
    OtherCard(ApprovalId),
    #[error("You asked for this yourself, so somebody else has to decide.")]
    OwnRequest,
    #[error("I do not know your account, so it cannot decide here.")]
    UnknownAccount,
    #[error("You cannot decide about this. {}", who_can(.approvers))]
    NotAnApprover { approvers: Vec<String> },
    #[error("You said yes already; it waits for {} more.", .missing)]
    AlreadyVoted { missing: u32 },
    #[error("{}", already(.0))]
    AlreadyDecided(ApprovalState),
    #[error("Type {word} to approve this.")]
    NeedsTyped { word: String },
    #[error("A denial needs a reason, so that the requester knows what to do.")]
    NeedsReason,
    #[error("A question needs words.")]
    NeedsQuestion,
    #[error("The requester has been asked something already; their answer comes here.")]
    AlreadyAsking,
    #[error("The requester was asked {MOST_QUESTIONS} times. Now somebody has to decide.")]
    TooManyQuestions,
    /// More people's word is needed, so that one of them cannot do it by hand.
    #[error("This needs {missing} more people's word, so nobody can take it over alone.")]
    NotAlone { missing: u32 },
}

/// Checks a click against the approval as it is at this moment; `due` changes count before it.
pub fn authorize(
    approval: &Approval,
    click: &Click,
    surroundings: &Surroundings<'_>,
) -> Result<Authorized<Decided>, Refusal> {
    if click.approval != approval.id || click.digest.as_ref().is_some_and(|digest| *digest != approval.digest) {
        return Err(Refusal::OtherCard(approval.id));
    }
    let (approval, _) = caught_up(approval, surroundings);
    let handle = surroundings.accounts.handle_of(&click.by);
    let own = is_party(&approval.parties, handle.unwrap_or_default(), Some(&click.by), surroundings);
    if own {
        return Err(Refusal::OwnRequest);
    }
    let Some(handle) = handle else { return Err(Refusal::UnknownAccount) };
    let eligible = eligible(&approval, surroundings);
    let may = |approvers: &Approvers| approvers.people.iter().any(|person| person == handle);
    let counts_for: Vec<usize> =
        eligible.iter().enumerate().filter(|(_, approvers)| may(approvers)).map(|(at, _)| at).collect();
    if !approval.is_waiting() {
        return Err(Refusal::AlreadyDecided(approval.state));
    }
    if counts_for.is_empty() {
        let everyone: BTreeSet<String> = eligible.into_iter().flat_map(|approvers| approvers.people).collect();
        return Err(Refusal::NotAnApprover { approvers: everyone.into_iter().collect() });
    }
    let vote =
        Vote { by: handle.to_owned(), account: click.by.clone(), at: surroundings.now, counts_for, under: click.under };
    let change = said(&approval, click, vote, &eligible, surroundings)?;
    Ok(Authorized { approval: approval.id, decision: Decided { change } })
}

/// What an eligible person's choice comes to.
fn said(
    approval: &Approval,
    click: &Click,
    vote: Vote,
    eligible: &[Approvers],
    surroundings: &Surroundings<'_>,
) -> Result<Change, Refusal> {
    let (by, account, at) = (vote.by.clone(), vote.account.clone(), vote.at);
    match &click.choice {
        Choice::Approve => said_yes(approval, click, vote, eligible),
        Choice::Deny { reason } if reason.trim().is_empty() => Err(Refusal::NeedsReason),
        Choice::Deny { reason } => Ok(Change::Denied { by, account, reason: reason.clone(), at }),
        Choice::Ask { text } if text.trim().is_empty() => Err(Refusal::NeedsQuestion),
        Choice::Ask { .. } if approval.open_question().is_some() => Err(Refusal::AlreadyAsking),
        Choice::Ask { .. } if approval.questions.len() >= MOST_QUESTIONS => Err(Refusal::TooManyQuestions),
        Choice::Ask { text } => {
            let requester = approval.parties.requester.as_ref().and_then(|requester| requester.handle.clone());
            let asked: Vec<String> = requester.into_iter().collect();
            let until = timing::deadline(at, LONGEST_PAUSE, &asked, &surroundings.directives.roster);
            let left = approval.left(surroundings);
            Ok(Change::Asked(Question { by, account, text: text.clone(), at, until, left, answer: None, over: None }))
        }
        Choice::TakeOver => match missing_after(approval, &vote, eligible) {
            0 => {
                let until =
                    timing::deadline(at, DEFAULT_WITHIN, std::slice::from_ref(&by), &surroundings.directives.roster);
                Ok(Change::TookOver { by, account, until, at })
            }
            missing => Err(Refusal::NotAlone { missing }),
        },
        Choice::Edit { into } => Ok(Change::Edited { by, account, into: *into, at }),
    }
}

/// The change that an authorised decision makes. The approval is the one that was authorised against, with its due turns
/// applied; `None` if another decision came first, which the store's compare-and-set tells as well.
pub fn record(approval: &Approval, decided: Authorized<Decided>) -> Option<(Approval, Change)> {
    let change = decided.decision.change;
    let next = approval.after(&change).filter(|_| decided.approval == approval.id)?;
    Some((next, change))
}

/// Who may satisfy each requirement now, in the order of `progress`.
pub(super) fn eligible(approval: &Approval, surroundings: &Surroundings<'_>) -> Vec<Approvers> {
    let each = approval.progress.iter();
    each.map(|p| approvers(&p.requirement, p.escalated, &approval.parties, surroundings)).collect()
}

/// How many people's word is missing, counting only votes of those who may still decide.
pub(super) fn missing(needed: u32, votes: &[Vote], approvers: &Approvers, surroundings: &Surroundings<'_>) -> u32 {
    let still = votes.iter().filter(|vote| {
        let same_account = surroundings.accounts.handle_of(&vote.account) == Some(vote.by.as_str());
        same_account && approvers.people.contains(&vote.by)
    });
    let distinct: BTreeSet<&SlackUser> = still.map(|vote| &vote.account).collect();
    needed.saturating_sub(u32::try_from(distinct.len()).unwrap_or(u32::MAX))
}

fn said_yes(approval: &Approval, click: &Click, vote: Vote, eligible: &[Approvers]) -> Result<Change, Refusal> {
    if let Some(word) = approval.word_to_type()
        && !click.typed.as_ref().is_some_and(|typed| typed.trim().eq_ignore_ascii_case(&word))
    {
        return Err(Refusal::NeedsTyped { word });
    }
    let already = approval.votes.iter().any(|earlier| earlier.account == vote.account);
    match (missing_after(approval, &vote, eligible), already) {
        (0, _) => Ok(Change::Approved(vote)),
        (missing, true) => Err(Refusal::AlreadyVoted { missing }),
        (_, false) => Ok(Change::Voted(vote)),
    }
}

/// How many more people must say yes once this vote counts.
fn missing_after(approval: &Approval, vote: &Vote, eligible: &[Approvers]) -> u32 {
    let mut votes = approval.votes.clone();
    if !votes.iter().any(|earlier| earlier.account == vote.account) {
        votes.push(vote.clone());
    }
    let open = |(progress, may): (&super::Progress, &Approvers)| {
        let voters: BTreeSet<&str> = votes
            .iter()
            .map(|vote| vote.by.as_str())
            .filter(|by| may.people.iter().any(|person| person == by))
            .collect();
        progress.requirement.count.saturating_sub(u32::try_from(voters.len()).unwrap_or(u32::MAX))
    };
    approval.progress.iter().zip(eligible).map(open).fold(0, u32::saturating_add)
}

fn who_can(approvers: &[String]) -> String {
    match approvers {
        [] => "Nobody can right now; whoever keeps the directives can name somebody.".to_owned(),
        people => format!("These people can: @{}.", people.join(", @")),
    }
}

fn already(state: &ApprovalState) -> String {
    match state {
        ApprovalState::Waiting => "It waits for a decision.".to_owned(),
        ApprovalState::Approved { at } => format!("It was approved at {}.", clock(*at)),
        ApprovalState::Denied { by, at, .. } => format!("@{by} denied it at {}.", clock(*at)),
        ApprovalState::Expired { at } => {
            format!("Nobody decided in time; it expired at {}. Ask again if it is still wanted.", clock(*at))
        }
        ApprovalState::Void { why, .. } => format!("It is void: {why}"),
        ApprovalState::Spent { at, .. } => format!("It was approved, and it started at {}.", clock(*at)),
        ApprovalState::Edited { by, at, .. } => {
            format!("@{by} changed it at {}; a newer card asks about the changed one.", clock(*at))
        }
        ApprovalState::ByHand { by, at, .. } => format!("@{by} took it over at {} and does it by hand.", clock(*at)),
        ApprovalState::Recorded { by, .. } => format!("@{by} took it over."),
    }
}

fn clock(at: Timestamp) -> String {
    at.to_utc().format("%H:%M UTC").to_string()
}
