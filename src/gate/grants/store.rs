//! Grants and what ran under them. A use is counted by compare-and-set, so that none is used more often than it allows.

use super::{Body, Grant, GrantState};
use crate::clock::Timestamp;
use crate::ids::{ActionId, ApprovalId, GrantId};
use crate::money::Money;
use crate::store::{Row, Store, StoreError, Tx, json, word};
use crate::workers::SlackUser;
use crate::{args, statements};

statements! { STATEMENTS;
    GIVE (8) -> [id] = { "INSERT INTO grants (team, user_id, worker, tool, body, state, uses, used, until_us, given_us) VALUES ($1, $2, $3, $4, $5, 'active', $6, 0, $7, $8) RETURNING id" }
    GET (1) -> [id, team, user_id, body, state, used, given_us] = { "SELECT id, team, user_id, body, state, used, given_us FROM grants WHERE id = $1 AND body IS NOT NULL" }
    ACTIVE_FOR (2) -> [id, team, user_id, body, state, used, given_us] = { "SELECT id, team, user_id, body, state, used, given_us FROM grants WHERE worker = $1 AND tool = $2 AND state = 'active' ORDER BY until_us, id" }
    ACTIVE (1) -> [id, team, user_id, body, state, used, given_us] = { "SELECT id, team, user_id, body, state, used, given_us FROM grants WHERE state = 'active' ORDER BY id LIMIT $1" }
    NEWEST (1) -> [id, team, user_id, body, state, used, given_us] = { "SELECT id, team, user_id, body, state, used, given_us FROM grants WHERE body IS NOT NULL ORDER BY CASE state WHEN 'active' THEN 0 ELSE 1 END, id DESC LIMIT $1" }
    OF_ACTION (1) -> [id, team, user_id, body, state, used, given_us] = { "SELECT g.id, g.team, g.user_id, g.body, g.state, g.used, g.given_us FROM grants g JOIN grant_uses u ON u.grant_id = g.id JOIN approvals a ON a.id = u.approval WHERE a.action = $1 AND g.body IS NOT NULL ORDER BY g.id" }
    OF_APPROVAL (1) -> [id, team, user_id, body, state, used, given_us, n] = { "SELECT g.id, g.team, g.user_id, g.body, g.state, g.used, g.given_us, u.n FROM grants g JOIN grant_uses u ON u.grant_id = g.id WHERE u.approval = $1 AND g.body IS NOT NULL ORDER BY g.id" }
    COUNT_USE (2) -> [used] = { "UPDATE grants SET used = used + 1, state = CASE WHEN used + 1 >= uses THEN 'used_up' ELSE state END, ended_us = CASE WHEN used + 1 >= uses THEN $2 ELSE ended_us END WHERE id = $1 AND state = 'active' AND used < uses AND until_us > $2 RETURNING used" }
    NOTE_USE (5) -> [] = { "INSERT INTO grant_uses (grant_id, n, approval, micros, at_us) VALUES ($1, $2, $3, $4, $5)" }
    MOVED (1) -> [micros] = { "SELECT CAST(COALESCE(SUM(micros), 0) AS BIGINT) AS micros FROM grant_uses WHERE grant_id = $1" }
    END (3) -> [] = { "UPDATE grants SET state = $2, ended_us = $3 WHERE id = $1 AND state = 'active'" }
    ERASE (1) -> [] = { "UPDATE grants SET body = NULL WHERE state <> 'active' AND ended_us < $1 AND body IS NOT NULL" }
    OVER (1) -> [id, team, user_id, body, state, used, given_us] = { "SELECT id, team, user_id, body, state, used, given_us FROM grants WHERE state = 'active' AND until_us <= $1 ORDER BY id LIMIT 50" }
    NEXT_OVER (0) -> [due] = { "SELECT MIN(until_us) AS due FROM grants WHERE state = 'active'" }
}

/// Writes a new grant down.
pub async fn give(tx: &mut Tx, account: &SlackUser, body: &Body, now: Timestamp) -> Result<Grant, StoreError> {
    let terms = &body.terms;
    let (worker, tool) = (terms.worker.to_string(), terms.tool.0.clone());
    let args = args![&account.team, &account.user, worker, tool, json(body), terms.uses, terms.until, now];
    let row = tx.row(&GIVE, args).await?.ok_or_else(|| StoreError::unreadable("GIVE", "no id came back"))?;
    Ok(Grant {
        id: GrantId(row.int("id")?),
        account: account.clone(),
        body: body.clone(),
        used: 0,
        state: GrantState::Active,
        given_at: now,
    })
}

pub async fn grant(tx: &mut Tx, id: GrantId) -> Result<Option<Grant>, StoreError> {
    tx.row(&GET, args![id]).await?.as_ref().map(read).transpose()
}

/// Grants for this worker's calls of this tool, those that end soonest first.
pub async fn active_for(tx: &mut Tx, worker: &str, tool: &str) -> Result<Vec<Grant>, StoreError> {
    tx.rows(&ACTIVE_FOR, args![worker, tool]).await?.iter().map(read).collect()
}

pub async fn active(tx: &mut Tx, limit: i64) -> Result<Vec<Grant>, StoreError> {
    tx.rows(&ACTIVE, args![limit]).await?.iter().map(read).collect()
}

/// Active ones first, then the newest of those that ended.
pub async fn newest(store: &Store, limit: i64) -> Result<Vec<Grant>, StoreError> {
    store.rows(&NEWEST, args![limit]).await?.iter().map(read).collect()
}

/// The grants under which an action was let pass.
pub async fn of_action(tx: &mut Tx, action: ActionId) -> Result<Vec<Grant>, StoreError> {
    tx.rows(&OF_ACTION, args![action]).await?.iter().map(read).collect()
}

/// The grants that a card was approved under, with the number of each use.
pub async fn of_approval(tx: &mut Tx, approval: ApprovalId) -> Result<Vec<(Grant, u32)>, StoreError> {
    let rows = tx.rows(&OF_APPROVAL, args![approval]).await?;
    rows.iter().map(|row| Ok((read(row)?, count(row.int("n")?)))).collect()
}

/// Takes one use; the grant comes back with it. `None`: none was left, or its time is over, and then nothing was written.
pub async fn take_use(
    tx: &mut Tx,
    grant: &Grant,
    approval: ApprovalId,
    amount: Option<&Money>,
    now: Timestamp,
) -> Result<Option<Grant>, StoreError> {
    let Some(row) = tx.row(&COUNT_USE, args![grant.id, now]).await? else { return Ok(None) };
    let n = row.int("used")?;
    tx.run(&NOTE_USE, args![grant.id, n, approval, amount.map(|amount| amount.micros), now]).await?;
    let used = count(n);
    let state = if used >= grant.body.terms.uses { GrantState::UsedUp } else { GrantState::Active };
    Ok(Some(Grant { used, state, ..grant.clone() }))
}

/// What moved under it so far, in its own currency.
pub async fn moved(tx: &mut Tx, grant: &Grant) -> Result<Option<Money>, StoreError> {
    let Some(most) = &grant.body.terms.at_most else { return Ok(None) };
    let micros = tx.row(&MOVED, args![grant.id]).await?.map_or(Ok(0), |row| row.int("micros"))?;
    Ok(Some(Money::new(micros, most.currency.clone())))
}

/// The same, outside a transaction.
pub async fn find_moved(store: &Store, grant: &Grant) -> Result<Option<Money>, StoreError> {
    let Some(most) = &grant.body.terms.at_most else { return Ok(None) };
    let micros = store.row(&MOVED, args![grant.id]).await?.map_or(Ok(0), |row| row.int("micros"))?;
    Ok(Some(Money::new(micros, most.currency.clone())))
}

/// Ends a grant; false where it had ended already.
pub async fn end(tx: &mut Tx, id: GrantId, state: GrantState, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(&END, args![id, word(&state), now]).await? == 1)
}

/// Grants whose time is over and of which nobody has been told.
pub async fn over(tx: &mut Tx, now: Timestamp) -> Result<Vec<Grant>, StoreError> {
    tx.rows(&OVER, args![now]).await?.iter().map(read).collect()
}

pub async fn next_over(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    store.row(&NEXT_OVER, args![]).await?.map_or(Ok(None), |row| row.opt_time("due"))
}

/// Erases for which actions grants were good that ended before `before`.
pub async fn erase_bodies(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.run(&ERASE, args![before]).await
}

fn count(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn read(row: &Row) -> Result<Grant, StoreError> {
    Ok(Grant {
        id: GrantId(row.int("id")?),
        account: SlackUser { team: row.text("team")?, user: row.text("user_id")? },
        body: row.json("body")?,
        used: count(row.int("used")?),
        state: row.word("state")?,
        given_at: row.time("given_us")?,
    })
}
