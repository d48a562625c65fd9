//! Around every question to a driver: what it may cost is set aside before, what it did cost is settled after.
//!
//! [`before_call`] runs in the transaction that leases the run, before anything is sent; [`after_call`] in the one that
//! journals what was heard. A question whose answer was lost to a crash has had the first and not the second.

use serde_json::json;

use super::assign::note;
use super::{App, FlowError};
use crate::ledger::FactKind;
use crate::runs::Run;
use crate::runs::said::Usage;
use crate::store::Tx;
use crate::tasks::Task;

/// Whether a driver may be asked now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MayAsk {
    Yes,
    /// The run ends with this sentence for the requester and the owner.
    No {
        why: String,
    },
}

/// Called before a question is sent, once for each: `run.fence` and the count of answers in `asked_before` tell questions
/// apart.
pub async fn before_call(
    _app: &App,
    _tx: &mut Tx,
    _run: &Run,
    _task: &Task,
    _asked_before: usize,
) -> Result<MayAsk, FlowError> {
    Ok(MayAsk::Yes)
}

/// Called once something is known of a question's cost: heard, failed, or cancelled on the way. `heard` is false where no
/// answer can be used; its tokens count all the same.
pub async fn after_call(
    app: &App,
    tx: &mut Tx,
    run: &Run,
    task: &Task,
    usage: &Usage,
    heard: bool,
) -> Result<(), FlowError> {
    let payload = json!({ "run": run.id, "position": run.position, "usage": usage, "heard": heard });
    note(tx, task, FactKind::DriverAsked, payload, app.now()).await
}
