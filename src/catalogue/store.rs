//! The offers of tools: one row for each tool, the newest definition that was shown.

use super::offers::{Offer, OfferState};
use super::{ToolDef, ToolName};
use crate::clock::Timestamp;
use crate::store::{Row, Store, StoreError, Tx, json, word};
use crate::workers::SlackUser;
use crate::{args, statements};

statements! { STATEMENTS;
    PUT (6) -> [] = { "INSERT INTO tool_offers (tool, digest, definition, state, told, decided_by, changed_us) VALUES ($1, $2, $3, $4, $5, NULL, $6) ON CONFLICT (tool) DO UPDATE SET digest = excluded.digest, definition = excluded.definition, state = excluded.state, told = excluded.told, decided_by = NULL, changed_us = excluded.changed_us" }
    OF_TOOL (1) -> [tool, digest, definition, state, told, decided_by, changed_us] = { "SELECT tool, digest, definition, state, told, decided_by, changed_us FROM tool_offers WHERE tool = $1" }
    MOVE (6) -> [] = { "UPDATE tool_offers SET state = $4, decided_by = COALESCE($5, decided_by), changed_us = $6 WHERE tool = $1 AND digest = $2 AND state = $3" }
    ACCEPTED (0) -> [tool, digest, definition, state, told, decided_by, changed_us] = { "SELECT tool, digest, definition, state, told, decided_by, changed_us FROM tool_offers WHERE state = 'accepted' ORDER BY changed_us, tool LIMIT 1" }
}

/// Notes that a definition is shown, in the place of whatever was shown of the same tool before.
pub async fn put_offer(
    tx: &mut Tx,
    definition: &ToolDef,
    digest: &str,
    told: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let state = word(&OfferState::Shown);
    tx.run(&PUT, args![definition.name.0.as_str(), digest, json(definition), state, told, now]).await.map(|_| ())
}

pub async fn offer_of(tx: &mut Tx, tool: &ToolName) -> Result<Option<Offer>, StoreError> {
    tx.row(&OF_TOOL, args![tool.0.as_str()]).await?.map(|row| read(&row)).transpose()
}

/// Moves an offer on; false where it is another definition by now, or was decided already.
pub async fn move_offer(
    tx: &mut Tx,
    tool: &ToolName,
    digest: &str,
    from: OfferState,
    to: OfferState,
    by: Option<&SlackUser>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let by = by.map(json);
    let moved = tx.run(&MOVE, args![tool.0.as_str(), digest, word(&from), word(&to), by, now]).await?;
    Ok(moved > 0)
}

/// The offer that was accepted first and is not in the lock yet.
pub async fn next_accepted(store: &Store) -> Result<Option<Offer>, StoreError> {
    store.row(&ACCEPTED, args![]).await?.map(|row| read(&row)).transpose()
}

fn read(row: &Row) -> Result<Offer, StoreError> {
    Ok(Offer {
        tool: ToolName(row.text("tool")?),
        digest: row.text("digest")?,
        definition: row.json("definition")?,
        state: row.word("state")?,
        told: row.text("told")?,
        by: row.opt_text("decided_by")?.and_then(|text| serde_json::from_str(&text).ok()),
        changed: row.time("changed_us")?,
    })
}
