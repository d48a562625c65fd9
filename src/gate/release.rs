//! The last look before anything happens: everything is judged again, and only then there is an [`Approved`] action.

use serde_json::Value;

use super::approval::{Approval, ApprovalState, Vote};
use super::approvers::{Parties, Surroundings, approvers};
use super::clicks::missing;
use super::clock::caught_up;
use super::digest::{Bound, Outside, digest};
use super::grants::Grant;
use super::{Decision, Denial, History, Proposal, Requirement, TaskFacts, Verdict, judge};
use crate::catalogue::{ToolName, canonical};
use crate::directives::rule::Otherwise;
use crate::ids::ActionId;

/// An action as its row tells it.
#[derive(Debug, Clone)]
pub struct ActionRow {
    pub id: ActionId,
    pub proposal: Proposal,
    pub facts: TaskFacts,
    /// As it was when the action was planned, and as the approvers were shown.
    pub digest: String,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// The newest approval of this action, if one was ever asked for.
    pub approval: Option<Approval>,
    /// The standing grants under which it was approved, as they are now.
    pub grants: Vec<Grant>,
}

/// What will be done, byte by byte. Only the gate says so:
///
/// ```compile_fail,E0451
/// use workforce::gate::Action;
/// fn forge() -> Action {
///     Action {
///         id: workforce::ids::ActionId(5),
///         tool: workforce::catalogue::ToolName("billing.refund".to_owned()),
///         arguments: serde_json::json!({ "amount_cents": 1_000_000 }),
///         attempt: 1,
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Action {
    id: ActionId,
    tool: ToolName,
    arguments: Value,
    attempt: u32,
}

impl Action {
    pub fn id(&self) -> ActionId {
        self.id
    }

    pub fn tool(&self) -> &ToolName {
        &self.tool
    }

    /// Equal to what the approvers were shown, as canonical JSON.
    pub fn arguments(&self) -> &Value {
        &self.arguments
    }

    pub fn canonical_arguments(&self) -> String {
        canonical::to_canonical(&self.arguments)
    }

    pub fn attempt(&self) -> u32 {
        self.attempt
    }
}

/// Proof that the gate let an action pass just now. Neither copied nor stored: every attempt asks the gate anew.
///
/// Whoever executes takes the proof, and an action without it does not fit:
///
/// ```
/// use workforce::gate::{Action, Approved};
/// fn execute(approved: &Approved<Action>) -> String {
///     approved.get().canonical_arguments()
/// }
/// ```
///
/// ```compile_fail,E0308
/// use workforce::gate::{Action, Approved};
/// fn execute(approved: &Approved<Action>) -> String {
///     approved.get().canonical_arguments()
/// }
/// fn without_the_gate(action: &Action) -> String {
///     execute(action)
/// }
/// ```
///
/// Nobody outside the gate makes one, nor takes one apart, copies it or changes it:
///
/// ```compile_fail,E0451
/// use workforce::gate::{Action, Approved, Verdict};
/// fn forge(inner: Action, verdict: Verdict) -> Approved<Action> {
///     Approved { inner, verdict }
/// }
/// ```
///
/// ```compile_fail,E0616
/// use workforce::gate::{Action, Approved};
/// fn take_out(approved: Approved<Action>) -> Action {
///     approved.inner
/// }
/// ```
///
/// ```compile_fail,E0599
/// use workforce::gate::{Action, Approved};
/// fn twice(approved: &Approved<Action>) -> Approved<Action> {
///     Approved::clone(approved)
/// }
/// ```
///
/// ```compile_fail,E0277
/// use workforce::gate::{Action, Approved};
/// fn read(text: &str) -> Approved<Action> {
///     serde_json::from_str(text).unwrap()
/// }
/// ```
#[derive(Debug)]
pub struct Approved<T> {
    inner: T,
    verdict: Verdict,
}

impl<T> Approved<T> {
    pub fn get(&self) -> &T {
        &self.inner
    }

    /// The verdict of the last look, for the ledger.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }
}

/// Why an action that was let pass before does not pass now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Void {
    #[error("What would happen is no longer what was shown: the tool, its server, its target or the request changed.")]
    Changed,
    #[error("{}", .0.reason)]
    Denied(Denial),
    /// It needs people's word that it does not have (any more).
    #[error("This needs approval, and what there is does not suffice any more.")]
    AskAnew(Vec<Requirement>),
    #[error("{}", unapproved(.0))]
    NotApproved(ApprovalState),
}

/// Judges the action once more as the world is now. This is the only maker of an [`Approved`] action.
///
/// A verdict `run` suffices unless people were asked and did not say yes. A verdict `approve` is satisfied by the recorded yes
/// of those who may still give it under the rules of this moment. `history` must not hold this action itself.
pub fn release(
    row: &ActionRow,
    outside: &Outside,
    history: &History,
    surroundings: &Surroundings<'_>,
) -> Result<Approved<Action>, Void> {
    let mut proposal = row.proposal.clone();
    proposal.live_digest = Some(outside.tool_digest.clone());
    if digest(&Bound { proposal: &proposal, task: row.facts.task, outside }) != row.digest {
        return Err(Void::Changed);
    }
    let verdict = judge(&proposal, &row.facts, surroundings.directives, history, surroundings.now);
    let approval = row.approval.as_ref().map(|approval| caught_up(approval, surroundings).0);
    if let Some(approval) = &approval {
        let same = approval.digest == row.digest && approval.action == row.id;
        let parties = approval.parties == Parties::of(&row.proposal);
        match (&approval.state, same && parties) {
            (_, false) => return Err(Void::Changed),
            (ApprovalState::Approved { .. }, true) => {}
            // An attempt after the first spends no second word: the same action may be finished, nothing else.
            (ApprovalState::Spent { by, .. }, true) if *by == row.id && row.attempt > 1 => {}
            (
                ApprovalState::Waiting
                | ApprovalState::Denied { .. }
                | ApprovalState::Expired { .. }
                | ApprovalState::Void { .. }
                | ApprovalState::Spent { .. }
                | ApprovalState::Edited { .. }
                | ApprovalState::ByHand { .. }
                | ApprovalState::Recorded { .. },
                true,
            ) => return Err(Void::NotApproved(approval.state.clone())),
        }
    }
    match &verdict.decision {
        Decision::Deny(denial) => return Err(Void::Denied(denial.clone())),
        Decision::Run => {}
        Decision::Approve(needs) => {
            let enough = approval.as_ref().is_some_and(|approval| suffices(approval, row, needs, surroundings));
            if !enough {
                return Err(Void::AskAnew(needs.clone()));
            }
        }
    }
    let action =
        Action { id: row.id, tool: proposal.tool.clone(), arguments: proposal.arguments.clone(), attempt: row.attempt };
    Ok(Approved { inner: action, verdict })
}

/// Whether the recorded votes satisfy the needs of this moment. Who was asked by escalation counts only where the same
/// `otherwise` is still in force.
fn suffices(approval: &Approval, row: &ActionRow, needs: &[Requirement], surroundings: &Surroundings<'_>) -> bool {
    let votes: Vec<Vote> = approval.votes.iter().filter(|vote| stands(vote, row, surroundings)).cloned().collect();
    needs.iter().all(|need| {
        let escalated = approval.progress.iter().any(|progress| {
            progress.escalated && progress.requirement.otherwise == need.otherwise && need.otherwise != Otherwise::Deny
        });
        let may = approvers(need, escalated, &approval.parties, surroundings);
        let typed = need.confirm.is_none() || approval.word_to_type().is_some();
        typed && missing(need.count, &votes, &may, surroundings) == 0
    })
}

/// A word that was given by a standing grant counts while the grant holds for this very action. An attempt after the first
/// finishes what began while it did.
fn stands(vote: &Vote, row: &ActionRow, surroundings: &Surroundings<'_>) -> bool {
    let Some(id) = vote.under else { return true };
    let at = if row.attempt > 1 { vote.at } else { surroundings.now };
    let grant = row.grants.iter().find(|grant| grant.id == id && grant.account == vote.account);
    grant.is_some_and(|grant| grant.holds_for(&row.proposal, surroundings.directives, at).is_ok())
}

fn unapproved(state: &ApprovalState) -> &'static str {
    match state {
        ApprovalState::Waiting => "This still waits for approval.",
        ApprovalState::Approved { .. } => "This was approved.",
        ApprovalState::Denied { .. } => "This was denied.",
        ApprovalState::Expired { .. } => "Nobody approved this in time.",
        ApprovalState::Void { .. } => "The approval is void.",
        ApprovalState::Spent { .. } => "This approval was used already.",
        ApprovalState::Edited { .. } => "A person changed this; the changed action is asked about by itself.",
        ApprovalState::ByHand { .. } | ApprovalState::Recorded { .. } => "A person took this over.",
    }
}
