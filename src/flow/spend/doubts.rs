//! Questions that broke off: what they cost nobody may ever tell. For a while the answer may still come; after that each counts in its
//! budgets as what it can have cost at most, for good, and in the books as not metered.

use super::super::facts::Moment;
use super::super::{App, FlowError};
use crate::budgets::store::{self as budgets, Call, Spent};
use crate::clock::Span;
use crate::money::{Cost, Currency, Money};
use crate::tasks::store as tasks;

/// Doubts that are ended in one transaction.
const AT_ONCE: i64 = 100;

/// Ends the doubts that are older than `doubts_days`.
pub(in crate::flow) async fn end_old(app: &App) -> Result<(), FlowError> {
    let before = app.now().minus(Span::days(app.config.limits.doubts_days));
    loop {
        let mut tx = app.store.begin().await?;
        let old = budgets::old_doubts(&mut tx, before, AT_ONCE).await?;
        if old.is_empty() {
            return Ok(());
        }
        let moment = Moment::of(app)?;
        for call in old {
            let Some(task) = tasks::task(&mut tx, call.task).await? else {
                return Err(FlowError::Broken(format!("the question {} is of no task", call.call)));
            };
            super::settle(&mut tx, &moment, &task, &call.call, &at_most(&call)).await?;
        }
        tx.commit().await?;
    }
}

/// What a doubt comes to: its cost stays unknown, and its budgets keep what was reserved.
fn at_most(call: &Call) -> Spent {
    // A pot's key ends in its currency; all pots of one call have the same.
    let currency = call.windows.first().and_then(|(key, _)| key.rsplit('|').next());
    let charged = currency.map(|currency| Money::new(call.reserved, Currency::new(currency)));
    Spent { cost: Cost::Unmetered, charged, tokens: None, nothing: false }
}
