//! Home tabs that were opened once stay true: when somebody decided something, or was told something, theirs is drawn again.
//!
//! It goes through the inbox like an opening, so that whatever changes something does not wait for the drawing.

use super::{App, FlowError};
use crate::inbox::{Arrival, Trigger, store as inbox};
use crate::replies::store as outbox;
use crate::store::Tx;
use crate::workers::SlackUser;

/// Has the person's Home tab drawn again, in the caller's transaction; `because` is new for each cause. Whoever never opened
/// theirs gets none. True where there is something to do now, so that the bell is worth ringing.
pub(super) async fn draw_again(app: &App, tx: &mut Tx, user: &str, because: &str) -> Result<bool, FlowError> {
    if !outbox::has_home(tx, user).await? {
        return Ok(false);
    }
    let team = app.ours.team.clone();
    let arrival = Arrival {
        key: format!("home:{team}:{user}:{because}"),
        also: None,
        conversation: None,
        trigger: Trigger::HomeOpened { by: SlackUser { team, user: user.to_owned() } },
    };
    Ok(inbox::put(tx, &arrival, app.now()).await?)
}
