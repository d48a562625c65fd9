//! Texts that were kept long enough are erased; their digests stay, so that every chain of the ledger still verifies.

use super::facts::longest_period;
use super::{App, FlowError};
use crate::clock::{Span, Timestamp};
use crate::execution::store as actions;
use crate::gate::grants::store as grants;
use crate::gate::store as approvals;
use crate::inbox::store as inbox;
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::store as outbox;
use crate::results::store as results;
use crate::runs::store as runs;
use crate::tasks::store as tasks;
use crate::workflows::store as workflows;

/// Tasks whose texts are erased in one transaction, so that nobody waits long for the writer.
const AT_ONCE: i64 = 100;

/// Erases the texts of what ended, arrived or was sent more than `keep_texts_days` ago.
pub(super) async fn erase_old_texts(app: &App) -> Result<(), FlowError> {
    let before = app.now().minus(app.config.limits.keep_texts());
    let mut tx = app.store.begin().await?;
    let arrived = inbox::erase_texts(&mut tx, before).await?;
    let sent = outbox::erase_texts(&mut tx, before).await?;
    let performed = actions::erase_texts(&mut tx, keep_for_totals(app, before)?).await?;
    approvals::erase_reasons(&mut tx, before).await?;
    grants::erase_bodies(&mut tx, before).await?;
    results::erase_texts(&mut tx, before).await?;
    tx.commit().await?;
    loop {
        let mut tx = app.store.begin().await?;
        let erased = approvals::erase_texts(&mut tx, before, AT_ONCE).await?;
        tx.commit().await?;
        if erased == 0 {
            break;
        }
    }
    let mut ended = 0_usize;
    loop {
        let mut tx = app.store.begin().await?;
        let batch = tasks::ended_with_texts(&mut tx, before, AT_ONCE).await?;
        if batch.is_empty() {
            break;
        }
        ended += batch.len();
        for task in batch {
            runs::erase_results(&mut tx, task).await?;
            workflows::erase_results(&mut tx, task).await?;
            ledger::erase_payloads(&mut tx, task).await?;
            tasks::erase_texts(&mut tx, task).await?;
        }
        tx.commit().await?;
    }
    let counted = arrived + sent + performed;
    if counted > 0 || ended > 0 {
        let mut tx = app.store.begin().await?;
        let payload = serde_json::json!({
            "before": before.to_utc().to_rfc3339(), "tasks": ended, "triggers": arrived, "messages": sent,
            "actions": performed,
        });
        ledger::append_fact(&mut tx, &Fact::of_system(FactKind::TextsErased, payload), app.now()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What sentences add up over a period ("more than $500 per customer and quarter") is kept for that period, however short
/// texts are kept: without it everything would wait for a person.
fn keep_for_totals(app: &App, before: Timestamp) -> Result<Timestamp, FlowError> {
    let period = longest_period(&*app.directives()?).unwrap_or(Span::ZERO);
    Ok(before.min(app.now().minus(period)))
}
