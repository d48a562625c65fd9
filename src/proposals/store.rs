//! The proposals' table. Moves are compare-and-set on the stage.

use super::{Body, Proposal, Stage};
use crate::clock::Timestamp;
use crate::ids::ProposalId;
use crate::store::{Row, Store, StoreError, Tx, json, word};
use crate::workers::SlackUser;
use crate::{args, statements};

statements! { STATEMENTS;
    ADD (5) -> [id] = { "INSERT INTO rule_proposals (state, sentence, by_team, by_user, body, proposed_us) VALUES ('new', $1, $2, $3, $4, $5) RETURNING id" }
    GET (1) -> [id, state, sentence, by_team, by_user, body, proposed_us, decided_by, decided_us] = {
        sqlite "SELECT id, state, sentence, by_team, by_user, body, proposed_us, decided_by, decided_us FROM rule_proposals WHERE id = $1"
        postgres "SELECT id, state, sentence, by_team, by_user, body, proposed_us, decided_by, decided_us FROM rule_proposals WHERE id = $1 FOR UPDATE" }
    NEXT (0) -> [id] = { "SELECT id FROM rule_proposals WHERE state IN ('new', 'taking') ORDER BY id LIMIT 1" }
    OPEN_OF (2) -> [open] = { "SELECT COUNT(*) AS open FROM rule_proposals WHERE by_team = $1 AND by_user = $2 AND state IN ('new', 'waiting', 'taking')" }
    SHOW (4) -> [] = { "UPDATE rule_proposals SET state = $3, body = $4, decided_by = NULL, decided_us = NULL WHERE id = $1 AND state = $2" }
    SETTLE (5) -> [] = { "UPDATE rule_proposals SET state = $3, decided_by = $4, decided_us = $5 WHERE id = $1 AND state = $2" }
    MOVE (3) -> [] = { "UPDATE rule_proposals SET state = $3 WHERE id = $1 AND state = $2" }
}

pub async fn add(tx: &mut Tx, sentence: &str, by: &SlackUser, now: Timestamp) -> Result<ProposalId, StoreError> {
    let row = tx.row(&ADD, args![sentence, &by.team, &by.user, json(&Body::default()), now]).await?;
    row.ok_or_else(|| StoreError::unreadable("ADD", "no id came back")).and_then(|row| Ok(ProposalId(row.int("id")?)))
}

/// The proposal, locked until the transaction ends.
pub async fn proposal(tx: &mut Tx, id: ProposalId) -> Result<Option<Proposal>, StoreError> {
    tx.row(&GET, args![id]).await?.as_ref().map(read).transpose()
}

/// How many somebody proposed that nobody decided yet.
pub async fn open_of(tx: &mut Tx, by: &SlackUser) -> Result<i64, StoreError> {
    tx.row(&OPEN_OF, args![&by.team, &by.user]).await?.map_or(Ok(0), |row| row.int("open"))
}

/// The oldest one that something must be done about: shown, or written.
pub async fn next(store: &Store) -> Result<Option<ProposalId>, StoreError> {
    store.row(&NEXT, args![]).await?.map(|row| Ok(ProposalId(row.int("id")?))).transpose()
}

/// What the keeper is shown, or why nobody is; false where somebody was faster.
pub async fn show(tx: &mut Tx, proposal: &Proposal, to: Stage, body: &Body) -> Result<bool, StoreError> {
    Ok(tx.run(&SHOW, args![proposal.id, word(&proposal.stage), word(&to), json(body)]).await? == 1)
}

/// Somebody decided; false where somebody was faster.
pub async fn settle(
    tx: &mut Tx,
    proposal: &Proposal,
    to: Stage,
    by: &SlackUser,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let args = args![proposal.id, word(&proposal.stage), word(&to), json(by), now];
    Ok(tx.run(&SETTLE, args).await? == 1)
}

/// The line was written, or could not be.
pub async fn end(tx: &mut Tx, proposal: &Proposal, to: Stage) -> Result<bool, StoreError> {
    Ok(tx.run(&MOVE, args![proposal.id, word(&proposal.stage), word(&to)]).await? == 1)
}

fn read(row: &Row) -> Result<Proposal, StoreError> {
    let by = row.opt_text("decided_by")?.map(|text| serde_json::from_str::<SlackUser>(&text)).transpose();
    Ok(Proposal {
        id: ProposalId(row.int("id")?),
        stage: row.word("state")?,
        sentence: row.text("sentence")?,
        by: SlackUser { team: row.text("by_team")?, user: row.text("by_user")? },
        body: row.json("body")?,
        proposed: row.time("proposed_us")?,
        decided_by: by.map_err(|error| StoreError::unreadable("PROPOSALS", error))?,
        decided: row.opt_time("decided_us")?,
    })
}
