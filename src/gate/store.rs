//! Approvals: one row a card, decided by compare-and-set on its revision; votes besides, one a person.

use super::{Approval, ApprovalState, Authorized, Change, Decided, Shown, Turn, record};
use crate::clock::Timestamp;
use crate::ids::{ActionId, ApprovalId, TaskId};
use crate::store::{Row, Store, StoreError, Tx, json};
use crate::{args, statements};

statements! { STATEMENTS;
    OPEN (5) -> [id] = { "INSERT INTO approvals (action, task, digest, shown, opened_us, due_us, state, revision, body) VALUES ($1, $2, $3, $4, $5, $5, 'waiting', 0, '') RETURNING id" }
    FILL (3) -> [] = { "UPDATE approvals SET body = $2, due_us = $3 WHERE id = $1 AND revision = 0 AND body = ''" }
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
    DUE (1) -> [id, task, revision, body, shown, due_us] = { "SELECT id, task, revision, body, shown, due_us FROM approvals WHERE decided_us IS NULL AND state IN ('waiting', 'by_hand') AND due_us <= $1 ORDER BY due_us, id LIMIT 50" }
    NEXT_DUE (0) -> [due] = { "SELECT MIN(due_us) AS due FROM approvals WHERE decided_us IS NULL AND state IN ('waiting', 'by_hand')" }
    CHANGE (7) -> [] = { "UPDATE approvals SET state = $3, body = $4, due_us = $5, decided_us = COALESCE(decided_us, $6), spent_us = COALESCE(spent_us, $7), revision = revision + 1 WHERE id = $1 AND revision = $2" }
    WITH_TEXTS (2) -> [id, task, revision, body, shown, due_us] = { "SELECT id, task, revision, body, shown, due_us FROM approvals WHERE decided_us < $1 AND state NOT IN ('waiting', 'approved', 'by_hand') AND shown NOT LIKE '%\"erased\":true%' AND EXISTS (SELECT 1 FROM tasks WHERE tasks.id = approvals.task AND tasks.ended_us IS NOT NULL) ORDER BY id LIMIT $2" }
    ERASE_TEXTS (3) -> [] = { "UPDATE approvals SET shown = $2, body = $3 WHERE id = $1" }
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
    now: Timestamp,
    make: impl FnOnce(ApprovalId) -> Approval,
) -> Result<Card, StoreError> {
    let row = tx.row(&OPEN, args![action, task, &shown.digest, json(shown), now]).await?;
    let row = row.ok_or_else(|| StoreError::unreadable("OPEN", "no id came back"))?;
    let approval = make(ApprovalId(row.int("id")?));
    let due = approval.next_due().unwrap_or(now);
    tx.run(&FILL, args![approval.id, json(&approval), due]).await?;
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

/// Writes down what an eligible person decided: the one way for a vote, a denial, a question, an edit or a take-over to reach
/// the database. `None` where somebody was faster, and then nothing was written.
pub async fn decide(
    tx: &mut Tx,
    card: &Card,
    decided: Authorized<Decided>,
    now: Timestamp,
) -> Result<Option<(Card, Change)>, StoreError> {
    let Some((next, change)) = record(&card.approval, decided) else { return Ok(None) };
    let Some(card) = write(tx, card, next, now).await? else { return Ok(None) };
    vote(tx, &card.approval, &change).await?;
    Ok(Some((card, change)))
}

/// Applies what happened without a decision; `None` where it may not follow or somebody was faster, and then nothing was written.
pub async fn turn(tx: &mut Tx, card: &Card, turn: &Turn, now: Timestamp) -> Result<Option<Card>, StoreError> {
    match card.approval.after(&turn.clone().into()) {
        Some(next) => write(tx, card, next, now).await,
        None => Ok(None),
    }
}

/// Notes on a card that was just opened what it was edited from.
pub async fn note_edit(
    tx: &mut Tx,
    card: &Card,
    edited: super::EditedFrom,
    now: Timestamp,
) -> Result<Option<Card>, StoreError> {
    let next = Approval { edited_from: Some(edited), ..card.approval.clone() };
    write(tx, card, next, now).await
}

async fn write(tx: &mut Tx, card: &Card, next: Approval, now: Timestamp) -> Result<Option<Card>, StoreError> {
    // What somebody does by hand is not over; the index of what is due holds what was not decided.
    let open = next.is_waiting() || matches!(next.state, ApprovalState::ByHand { .. });
    let decided = (!open).then_some(now);
    let spent = matches!(next.state, ApprovalState::Spent { .. }).then_some(now);
    let due = next.next_due().unwrap_or(now);
    let args = args![next.id, card.revision, state_word(&next.state), json(&next), due, decided, spent];
    if tx.run(&CHANGE, args).await? == 0 {
        return Ok(None);
    }
    Ok(Some(Card { approval: next, revision: card.revision + 1, ..card.clone() }))
}

async fn vote(tx: &mut Tx, approval: &Approval, change: &Change) -> Result<(), StoreError> {
    let args = match change {
        Change::Voted(vote) | Change::Approved(vote) => {
            args![approval.id, &vote.account.user, &vote.by, "approve", None::<String>, vote.at]
        }
        Change::Denied { by, account, reason, at } => args![approval.id, &account.user, by, "deny", reason, *at],
        Change::Asked(_) | Change::TookOver { .. } | Change::Edited { .. } | Change::Turned(_) => return Ok(()),
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
        ApprovalState::Edited { .. } => "edited",
        ApprovalState::ByHand { .. } => "by_hand",
        ApprovalState::Recorded { .. } => "recorded",
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

/// Erases the texts of cards that were decided before `before` and whose tasks have ended, a batch at a time; how many.
pub async fn erase_texts(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let cards: Vec<Card> =
        tx.rows(&WITH_TEXTS, args![before, limit]).await?.iter().map(read).collect::<Result<_, _>>()?;
    for card in &cards {
        let (shown, body) = (card.shown.without_texts(), card.approval.without_texts());
        tx.run(&ERASE_TEXTS, args![card.approval.id, json(&shown), json(&body)]).await?;
    }
    Ok(cards.len())
}
