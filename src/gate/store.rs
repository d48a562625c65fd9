//! Approvals: one row a card, decided by compare-and-set on its revision; votes besides, one a person.

use super::{Approval, ApprovalState, Change, Shown};
use crate::clock::Timestamp;
use crate::ids::{ActionId, ApprovalId, TaskId};
use crate::store::{Row, Store, StoreError, Tx, json};
use crate::{args, statements};

statements! { STATEMENTS;
    OPEN (6) -> [id] = { "INSERT INTO approvals (action, task, digest, shown, opened_us, due_us, state, revision, body) VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, '') RETURNING id" }
    FILL (2) -> [] = { "UPDATE approvals SET body = $2 WHERE id = $1 AND revision = 0 AND body = ''" }
    GET (1) -> [id, task, revision, body, shown, due_us] = {
        sqlite "SELECT id, task, revision, body, shown, due_us FROM approvals WHERE id = $1"
        postgres "SELECT id, task, revision, body, shown, due_us FROM approvals WHERE id = $1 FOR UPDATE" }
    FIND (1) -> [id, task, revision, body, shown, due_us] = { "SELECT id, task, revision, body, shown, due_us FROM approvals WHERE id = $1" }
    OF_ACTION (1) -> [id, task, revision, body, shown, due_us] = { "SELECT id, task, revision, body, shown, due_us FROM approvals WHERE action = $1" }
    OF_TASK (1) -> [id, task, revision, body, shown, due_us] = { "SELECT id, task, revision, body, shown, due_us FROM approvals WHERE task = $1 ORDER BY id" }
    WAITING (1) -> [id, task, revision, body, shown, due_us] = { "SELECT id, task, revision, body, shown, due_us FROM approvals WHERE state = 'waiting' ORDER BY id LIMIT $1" }
    WAITING_OF_TASKS (1) -> [id, task, revision, body, shown, due_us] = {
        sqlite "SELECT id, task, revision, body, shown, due_us FROM approvals WHERE task IN (SELECT value FROM json_each($1)) AND state = 'waiting' ORDER BY due_us, id"
        postgres "SELECT id, task, revision, body, shown, due_us FROM approvals WHERE task IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON))) AND state = 'waiting' ORDER BY due_us, id" }
    WAITING_SOONEST (1) -> [id, task, revision, body, shown, due_us] = { "SELECT id, task, revision, body, shown, due_us FROM approvals WHERE decided_us IS NULL AND state = 'waiting' ORDER BY due_us, id LIMIT $1" }
    APPROVED (1) -> [action] = {
        sqlite "SELECT action FROM approvals WHERE action IN (SELECT value FROM json_each($1)) AND state IN ('approved', 'spent') ORDER BY action"
        postgres "SELECT action FROM approvals WHERE action IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON))) AND state IN ('approved', 'spent') ORDER BY action" }
    DUE (1) -> [id, task, revision, body, shown, due_us] = { "SELECT id, task, revision, body, shown, due_us FROM approvals WHERE state = 'waiting' AND due_us <= $1 ORDER BY due_us, id LIMIT 50" }
    NEXT_DUE (0) -> [due] = { "SELECT MIN(due_us) AS due FROM approvals WHERE state = 'waiting'" }
    CHANGE (7) -> [] = { "UPDATE approvals SET state = $3, body = $4, due_us = $5, decided_us = COALESCE(decided_us, $6), spent_us = COALESCE(spent_us, $7), revision = revision + 1 WHERE id = $1 AND revision = $2" }
    ERASE_REASONS (1) -> [] = { "UPDATE approval_votes SET reason = NULL WHERE at_us < $1 AND reason IS NOT NULL" }
    VOTE (6) -> [] = { "INSERT INTO approval_votes (approval, user_id, handle, decision, reason, at_us) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (approval, user_id) DO NOTHING" }
}

/// An approval as stored.
#[derive(Debug, Clone)]
pub struct Card {
    pub approval: Approval,
    pub task: TaskId,
    /// What its approvers are shown.
    pub shown: Shown,
    pub revision: i64,
}

/// Opens a card; `make` gets its number.
pub async fn open(
    tx: &mut Tx,
    action: ActionId,
    task: TaskId,
    shown: &Shown,
    due: Timestamp,
    now: Timestamp,
    make: impl FnOnce(ApprovalId) -> Approval,
) -> Result<Card, StoreError> {
    let row = tx.row(&OPEN, args![action, task, &shown.digest, json(shown), now, due]).await?;
    let row = row.ok_or_else(|| StoreError::unreadable("OPEN", "no id came back"))?;
    let approval = make(ApprovalId(row.int("id")?));
    tx.run(&FILL, args![approval.id, json(&approval)]).await?;
    Ok(Card { approval, task, shown: shown.clone(), revision: 0 })
}

/// The card, locked until the transaction ends.
pub async fn card(tx: &mut Tx, id: ApprovalId) -> Result<Option<Card>, StoreError> {
    tx.row(&GET, args![id]).await?.as_ref().map(read).transpose()
}

pub async fn find_card(store: &Store, id: ApprovalId) -> Result<Option<Card>, StoreError> {
    store.row(&FIND, args![id]).await?.as_ref().map(read).transpose()
}

pub async fn of_action(tx: &mut Tx, action: ActionId) -> Result<Option<Card>, StoreError> {
    tx.row(&OF_ACTION, args![action]).await?.as_ref().map(read).transpose()
}

pub async fn find_of_task(store: &Store, task: TaskId) -> Result<Vec<Card>, StoreError> {
    store.rows(&OF_TASK, args![task]).await?.iter().map(read).collect()
}

/// Cards that wait, oldest first.
pub async fn waiting(store: &Store, limit: i64) -> Result<Vec<Card>, StoreError> {
    store.rows(&WAITING, args![limit]).await?.iter().map(read).collect()
}

/// Cards that wait, the nearest deadline first.
pub async fn waiting_soonest(store: &Store, limit: i64) -> Result<Vec<Card>, StoreError> {
    store.rows(&WAITING_SOONEST, args![limit]).await?.iter().map(read).collect()
}

/// The cards of these tasks that wait, the nearest deadline first, in one statement.
pub async fn waiting_of_tasks(store: &Store, tasks: &[TaskId]) -> Result<Vec<Card>, StoreError> {
    store.rows(&WAITING_OF_TASKS, args![json(&tasks)]).await?.iter().map(read).collect()
}

/// Which of these actions people said yes to.
pub async fn approved_of(store: &Store, actions: &[ActionId]) -> Result<Vec<ActionId>, StoreError> {
    store.rows(&APPROVED, args![json(&actions)]).await?.iter().map(|row| Ok(ActionId(row.int("action")?))).collect()
}

pub async fn due(tx: &mut Tx, now: Timestamp) -> Result<Vec<Card>, StoreError> {
    tx.rows(&DUE, args![now]).await?.iter().map(read).collect()
}

pub async fn next_due(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    store.row(&NEXT_DUE, args![]).await?.map_or(Ok(None), |row| row.opt_time("due"))
}

/// Applies a change; `None` where it may not follow or somebody was faster, and then nothing was written.
pub async fn change(tx: &mut Tx, card: &Card, change: &Change, now: Timestamp) -> Result<Option<Card>, StoreError> {
    let Some(next) = card.approval.after(change) else { return Ok(None) };
    let decided = (!next.is_waiting()).then_some(now);
    let spent = matches!(next.state, ApprovalState::Spent { .. }).then_some(now);
    let due = next.next_deadline().unwrap_or(now);
    let args = args![next.id, card.revision, state_word(&next.state), json(&next), due, decided, spent];
    if tx.run(&CHANGE, args).await? == 0 {
        return Ok(None);
    }
    vote(tx, &next, change).await?;
    Ok(Some(Card { approval: next, revision: card.revision + 1, ..card.clone() }))
}

async fn vote(tx: &mut Tx, approval: &Approval, change: &Change) -> Result<(), StoreError> {
    let args = match change {
        Change::Voted(vote) | Change::Approved(vote) => {
            args![approval.id, &vote.account.user, &vote.by, "approve", None::<String>, vote.at]
        }
        Change::Denied { by, account, reason, at } => args![approval.id, &account.user, by, "deny", reason, *at],
        Change::Escalated { .. } | Change::Expired { .. } | Change::Voided { .. } | Change::Spent { .. } | Change::Undone { .. } => {
            return Ok(());
        }
    };
    tx.run(&VOTE, args).await.map(|_| ())
}

fn state_word(state: &ApprovalState) -> &'static str {
    match state {
        ApprovalState::Waiting => "waiting",
        ApprovalState::Approved { .. } => "approved",
        ApprovalState::Denied { .. } => "denied",
        ApprovalState::Expired { .. } => "expired",
        ApprovalState::Void { .. } => "void",
        ApprovalState::Spent { .. } => "spent",
    }
}

fn read(row: &Row) -> Result<Card, StoreError> {
    Ok(Card {
        approval: row.json("body")?,
        task: TaskId(row.int("task")?),
        shown: row.json("shown")?,
        revision: row.int("revision")?,
    })
}

/// Erases the reasons of votes before `before`; who voted how stays.
pub async fn erase_reasons(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.run(&ERASE_REASONS, args![before]).await
}
