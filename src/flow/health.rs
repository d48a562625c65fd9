//! Once a week, where a sentence turned it on, each approver is told privately how they approved.

use super::facts::Moment;
use super::query::{self, Asker};
use super::{App, FlowError};
use crate::replies::outbox::Queued;
use crate::replies::store as outbox;
use crate::store::Tx;

/// Whoever decided something, or may see the totals, gets a direct message.
pub(super) async fn tell_weekly(app: &App, tx: &mut Tx) -> Result<(), FlowError> {
    let moment = Moment::of(app)?;
    for handle in moment.directives.roster.people.keys() {
        let Some(account) = moment.directory.account_of(&moment.directives.roster, handle) else { continue };
        let by = account.user.clone();
        if let Some(card) = query::health_of(app, &by, &Asker::anywhere()).await? {
            let slot = format!("health:{}", by.user);
            outbox::start_afresh(tx, &slot).await?;
            outbox::queue(tx, &Queued::tell(slot, &by.user, card), moment.now).await?;
        }
    }
    Ok(())
}

/// Notes that somebody opened the details of a card; only where it is measured.
pub(super) async fn opened_details(app: &App, approval: crate::ids::ApprovalId, user: &str) -> Result<(), FlowError> {
    if query::health_is_on(app)? {
        let mut tx = app.store.begin().await?;
        crate::gate::fatigue::store::opened(&mut tx, approval, user, app.now()).await?;
        tx.commit().await?;
    }
    Ok(())
}
