//! How approvers were asked: one row for each person and card, and the lists that hold several.

use super::health::Decided;
use super::prompts::MOST_ON_A_LIST;
use crate::clock::Timestamp;
use crate::ids::{ActionId, ApprovalId, ListId};
use crate::store::{Row, Store, StoreError, Tx};
use crate::{args, statements};

statements! { STATEMENTS;
    PUT (8) -> [] = { "INSERT INTO prompts (approval, user_id, likeness, way, list, due_us, counted, at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (approval, user_id) DO NOTHING" }
    OF_APPROVAL (1) -> [approval, user_id, likeness, way, list, due_us] = { "SELECT approval, user_id, likeness, way, list, due_us FROM prompts WHERE approval = $1 ORDER BY user_id" }
    THIS_HOUR (2) -> [sent] = { "SELECT CAST(COALESCE(SUM(counted), 0) AS BIGINT) AS sent FROM prompts WHERE user_id = $1 AND at_us >= $2" }
    OPEN_LIST (2) -> [id] = { "SELECT l.id FROM prompt_lists l JOIN prompts p ON p.list = l.id JOIN approvals a ON a.id = p.approval WHERE l.user_id = $1 AND l.likeness = $2 GROUP BY l.id HAVING COUNT(*) < 10 AND SUM(CASE WHEN a.state = 'waiting' THEN 1 ELSE 0 END) > 0 ORDER BY l.id DESC LIMIT 1" }
    ALIKE (2) -> [approval] = { "SELECT p.approval FROM prompts p JOIN approvals a ON a.id = p.approval WHERE p.user_id = $1 AND p.likeness = $2 AND p.way = 'card' AND p.list IS NULL AND a.state = 'waiting' ORDER BY p.approval LIMIT 1" }
    MOVE (6) -> [] = { "UPDATE prompts SET way = $3, list = $4, due_us = NULL, counted = counted + $5, at_us = CASE WHEN $5 > 0 THEN $6 ELSE at_us END WHERE approval = $1 AND user_id = $2" }
    WITH_CARD (2) -> [] = { "UPDATE prompts SET way = 'card' WHERE approval = $1 AND user_id = $2" }
    DROP_QUEUED (2) -> [] = { "UPDATE prompts SET due_us = NULL WHERE approval = $1 AND user_id = $2" }
    QUEUED_DUE (1) -> [approval, user_id, likeness, way, list, due_us] = { "SELECT approval, user_id, likeness, way, list, due_us FROM prompts WHERE way = 'queued' AND due_us <= $1 ORDER BY user_id, approval LIMIT 500" }
    NEXT_QUEUED (0) -> [due] = { "SELECT MIN(due_us) AS due FROM prompts WHERE way = 'queued'" }
    NEW_LIST (3) -> [id] = { "INSERT INTO prompt_lists (user_id, likeness, revision, opened_us) VALUES ($1, $2, 0, $3) RETURNING id" }
    GET_LIST (1) -> [id, user_id, likeness, revision] = { "SELECT id, user_id, likeness, revision FROM prompt_lists WHERE id = $1" }
    GROW (1) -> [] = { "UPDATE prompt_lists SET revision = revision + 1 WHERE id = $1" }
    ON_LIST (1) -> [approval] = { "SELECT approval FROM prompts WHERE list = $1 ORDER BY approval" }
    LISTS_OF (1) -> [list] = { "SELECT DISTINCT list FROM prompts WHERE approval = $1 AND list IS NOT NULL ORDER BY list" }
    DECIDED (2) -> [user_id, decision, at_us, opened_us, asked_us, details_us] = { "SELECT v.user_id, v.decision, v.at_us, a.opened_us, p.at_us AS asked_us, p.details_us FROM approval_votes v JOIN approvals a ON a.id = v.approval LEFT JOIN prompts p ON p.approval = v.approval AND p.user_id = v.user_id WHERE v.at_us >= $1 AND v.at_us <= $2 AND NOT EXISTS (SELECT 1 FROM grant_uses u JOIN grants g ON g.id = u.grant_id WHERE u.approval = v.approval AND g.user_id = v.user_id) ORDER BY v.at_us, v.approval LIMIT 20000" }
    ALIKE_DECIDED (2) -> [action] = { "SELECT a.action FROM approvals a WHERE a.decided_us IS NOT NULL AND a.state NOT IN ('void', 'expired', 'edited') AND EXISTS (SELECT 1 FROM prompts p JOIN prompts q ON q.likeness = p.likeness WHERE p.approval = a.id AND q.approval = $1) ORDER BY a.id DESC LIMIT $2" }
    OPENED (3) -> [] = { "UPDATE prompts SET details_us = $3 WHERE approval = $1 AND user_id = $2 AND details_us IS NULL" }
}

/// How one person was asked about one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    pub approval: ApprovalId,
    /// `U…`.
    pub user: String,
    pub likeness: String,
    pub told: Told,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Card,
    /// On this list; a card of its own may stand besides.
    List(ListId),
    /// Not yet; `None`: it was decided before its time came.
    Queued(Option<Timestamp>),
}

/// Several cards in one message to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub id: ListId,
    pub user: String,
    /// `None`: they are not all alike.
    pub likeness: Option<String>,
    /// Grows with every card that joins.
    pub revision: i64,
}

/// Notes that somebody is asked; nothing where they were before. `counted`: whether it is a message that rings.
pub async fn put(tx: &mut Tx, prompt: &Prompt, counted: bool, now: Timestamp) -> Result<(), StoreError> {
    let (way, list, due) = columns(prompt.told);
    let args = args![prompt.approval, &prompt.user, &prompt.likeness, way, list, due, counted, now];
    tx.run(&PUT, args).await.map(|_| ())
}

/// Asks them another way than before.
pub async fn told(
    tx: &mut Tx,
    approval: ApprovalId,
    user: &str,
    told: Told,
    counted: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (way, list, _) = columns(told);
    tx.run(&MOVE, args![approval, user, way, list, counted, now]).await.map(|_| ())
}

/// They want to see it by itself too.
pub async fn with_card(tx: &mut Tx, approval: ApprovalId, user: &str) -> Result<(), StoreError> {
    tx.run(&WITH_CARD, args![approval, user]).await.map(|_| ())
}

/// It is no longer to be told: somebody decided, or this person is not asked any more.
pub async fn drop_queued(tx: &mut Tx, approval: ApprovalId, user: &str) -> Result<(), StoreError> {
    tx.run(&DROP_QUEUED, args![approval, user]).await.map(|_| ())
}

pub async fn of_approval(tx: &mut Tx, approval: ApprovalId) -> Result<Vec<Prompt>, StoreError> {
    tx.rows(&OF_APPROVAL, args![approval]).await?.iter().map(read).collect()
}

/// How many messages that ring they were sent since then.
pub async fn sent_since(tx: &mut Tx, user: &str, since: Timestamp) -> Result<u32, StoreError> {
    let sent = tx.row(&THIS_HOUR, args![user, since]).await?.map_or(Ok(0), |row| row.int("sent"))?;
    Ok(u32::try_from(sent).unwrap_or(u32::MAX))
}

/// Their newest list of this likeness that has something open, and room for one more ([`MOST_ON_A_LIST`]).
pub async fn open_list(tx: &mut Tx, user: &str, likeness: &str) -> Result<Option<ListId>, StoreError> {
    tx.row(&OPEN_LIST, args![user, likeness]).await?.map(|row| Ok(ListId(row.int("id")?))).transpose()
}

/// Their oldest card of this likeness that waits, and is on no list.
pub async fn alike(tx: &mut Tx, user: &str, likeness: &str) -> Result<Option<ApprovalId>, StoreError> {
    tx.row(&ALIKE, args![user, likeness]).await?.map(|row| Ok(ApprovalId(row.int("approval")?))).transpose()
}

/// What was put off until now, by person.
pub async fn queued_due(tx: &mut Tx, now: Timestamp) -> Result<Vec<Prompt>, StoreError> {
    tx.rows(&QUEUED_DUE, args![now]).await?.iter().map(read).collect()
}

pub async fn next_queued(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    store.row(&NEXT_QUEUED, args![]).await?.map_or(Ok(None), |row| row.opt_time("due"))
}

pub async fn new_list(tx: &mut Tx, user: &str, likeness: Option<&str>, now: Timestamp) -> Result<ListId, StoreError> {
    let row = tx.row(&NEW_LIST, args![user, likeness, now]).await?;
    row.ok_or_else(|| StoreError::unreadable("NEW_LIST", "no id came back")).and_then(|row| Ok(ListId(row.int("id")?)))
}

pub async fn list(tx: &mut Tx, id: ListId) -> Result<Option<List>, StoreError> {
    let Some(row) = tx.row(&GET_LIST, args![id]).await? else { return Ok(None) };
    let list =
        List { id, user: row.text("user_id")?, likeness: row.opt_text("likeness")?, revision: row.int("revision")? };
    Ok(Some(list))
}

/// Something joined: what was clicked before it did counts no more.
pub async fn grow(tx: &mut Tx, id: ListId) -> Result<(), StoreError> {
    tx.run(&GROW, args![id]).await.map(|_| ())
}

/// The cards of a list, the oldest first.
pub async fn on_list(tx: &mut Tx, id: ListId) -> Result<Vec<ApprovalId>, StoreError> {
    let rows = tx.rows(&ON_LIST, args![id]).await?;
    rows.iter().take(MOST_ON_A_LIST).map(|row| Ok(ApprovalId(row.int("approval")?))).collect()
}

/// The lists that a card is on.
pub async fn lists_of(tx: &mut Tx, approval: ApprovalId) -> Result<Vec<ListId>, StoreError> {
    tx.rows(&LISTS_OF, args![approval]).await?.iter().map(|row| Ok(ListId(row.int("list")?))).collect()
}

/// They opened the details; the first time counts.
pub async fn opened(tx: &mut Tx, approval: ApprovalId, user: &str, now: Timestamp) -> Result<(), StoreError> {
    tx.run(&OPENED, args![approval, user, now]).await.map(|_| ())
}

/// The actions of the newest cards like this one that somebody decided about; what expired or was void tells nothing.
pub async fn decided_alike(store: &Store, approval: ApprovalId, limit: i64) -> Result<Vec<ActionId>, StoreError> {
    let rows = store.rows(&ALIKE_DECIDED, args![approval, limit]).await?;
    rows.iter().map(|row| Ok(ActionId(row.int("action")?))).collect()
}

/// What people decided at a card in a period; what ran under a standing grant was not.
pub async fn decided_between(store: &Store, from: Timestamp, until: Timestamp) -> Result<Vec<Decided>, StoreError> {
    let rows = store.rows(&DECIDED, args![from, until]).await?;
    let read = |row: &Row| {
        Ok(Decided {
            user: row.text("user_id")?,
            yes: row.text("decision")? == "approve",
            asked: row.opt_time("asked_us")?.unwrap_or(row.time("opened_us")?),
            at: row.time("at_us")?,
            opened_details: row.opt_time("details_us")?.is_some(),
        })
    };
    rows.iter().map(read).collect()
}

fn columns(told: Told) -> (&'static str, Option<ListId>, Option<Timestamp>) {
    match told {
        Told::Card => ("card", None, None),
        Told::List(list) => ("list", Some(list), None),
        Told::Queued(due) => ("queued", None, due),
    }
}

fn read(row: &Row) -> Result<Prompt, StoreError> {
    let list = row.opt_int("list")?.map(ListId);
    let told = match (row.text("way")?.as_str(), list) {
        ("card", _) => Told::Card,
        ("list", Some(list)) => Told::List(list),
        ("queued", _) => Told::Queued(row.opt_time("due_us")?),
        (way, _) => return Err(StoreError::unreadable("PROMPTS", way)),
    };
    Ok(Prompt {
        approval: ApprovalId(row.int("approval")?),
        user: row.text("user_id")?,
        likeness: row.text("likeness")?,
        told,
    })
}
