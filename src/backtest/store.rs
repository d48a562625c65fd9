//! The record of decisions, and the past that they were made in.

use super::{Counted, Decision, Facts, Outcome};
use crate::clock::Timestamp;
use crate::gate::Proposal;
use crate::ids::{ActionId, ConversationId, TaskId};
use crate::store::{Row, Store, StoreError, Tx, json};
use crate::{args, statements};

statements! { STATEMENTS;
    RECORD (8) -> [] = { "INSERT INTO decisions (kind, task, action, conversation, directives_digest, facts, outcome, at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)" }
    SINCE (2) -> [id, task, action, conversation, directives_digest, facts, outcome, at_us] = { "SELECT id, task, action, conversation, directives_digest, facts, outcome, at_us FROM decisions WHERE at_us >= $1 ORDER BY at_us DESC, id DESC LIMIT $2" }
    COUNTED (1) -> [id, proposal, planned_us, counts_from_us, ended_us, counts] = { "SELECT id, proposal, planned_us, counts_from_us, ended_us, CAST(CASE WHEN state IN ('allowed', 'started', 'done', 'unknown', 'by_hand') THEN 1 ELSE 0 END AS BIGINT) AS counts FROM actions WHERE counts_from_us IS NOT NULL AND planned_us >= $1 ORDER BY counts_from_us, id" }
    ERASE_TASK (1) -> [] = { "UPDATE decisions SET facts = NULL WHERE task = $1" }
}

/// Writes a decision down, in the transaction that makes it.
pub async fn record(tx: &mut Tx, decision: &Decision) -> Result<(), StoreError> {
    let kind = match decision.outcome {
        Outcome::Route(_) => "route",
        Outcome::Action(_) => "action",
    };
    let facts = decision.facts.as_ref().map(json);
    let args = args![
        kind,
        decision.task,
        decision.action,
        &decision.conversation,
        &decision.directives,
        facts,
        json(&decision.outcome),
        decision.at
    ];
    tx.run(&RECORD, args).await.map(|_| ())
}

/// The newest decisions since then, oldest first.
pub async fn since(store: &Store, since: Timestamp, limit: i64) -> Result<Vec<Decision>, StoreError> {
    let rows = store.rows(&SINCE, args![since, limit]).await?;
    let mut decisions = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    decisions.reverse();
    Ok(decisions)
}

/// Every action planned since then that ever counted in a running total.
pub async fn counted_since(store: &Store, since: Timestamp) -> Result<Vec<Counted>, StoreError> {
    store.rows(&COUNTED, args![since]).await?.iter().map(read_counted).collect()
}

/// Erases what the decisions of a task were made from; what was decided, and by which line, stays.
pub async fn erase_facts(tx: &mut Tx, task: TaskId) -> Result<u64, StoreError> {
    tx.run(&ERASE_TASK, args![task]).await
}

fn read(row: &Row) -> Result<Decision, StoreError> {
    let facts = row.opt_text("facts")?.map(|text| serde_json::from_str::<Facts>(&text)).transpose();
    Ok(Decision {
        id: row.int("id")?,
        task: TaskId(row.int("task")?),
        action: row.opt_int("action")?.map(ActionId),
        conversation: ConversationId(row.text("conversation")?),
        directives: row.text("directives_digest")?,
        at: row.time("at_us")?,
        facts: facts.map_err(|error| StoreError::unreadable("DECISIONS", error))?,
        outcome: row.json("outcome")?,
    })
}

fn read_counted(row: &Row) -> Result<Counted, StoreError> {
    let proposal = row.opt_text("proposal")?.map(|text| serde_json::from_str::<Proposal>(&text)).transpose();
    let counts = row.int("counts")? == 1;
    Ok(Counted {
        id: ActionId(row.int("id")?),
        proposal: proposal.map_err(|error| StoreError::unreadable("COUNTED", error))?,
        planned: row.time("planned_us")?,
        from: row.time("counts_from_us")?,
        until: if counts { None } else { row.opt_time("ended_us")? },
    })
}
