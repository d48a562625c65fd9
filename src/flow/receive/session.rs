//! The Stop button of a native agent session: whoever may cancel the request of this thread has cancelled it.

use super::super::{App, FlowError, decide};
use super::finish_in;
use crate::ids::ConversationId;
use crate::inbox::store::Claimed;
use crate::tasks::store as tasks;
use crate::workers::SlackUser;

pub(super) async fn stopped(
    app: &App,
    claimed: &Claimed,
    by: &SlackUser,
    channel: &str,
    thread_ts: &str,
) -> Result<(), FlowError> {
    let mut tx = app.store.begin().await?;
    let conversation = ConversationId::of_thread(&by.team, channel, thread_ts);
    if let Some(task) =
        tasks::latest_of_conversation(&mut tx, &conversation).await?.filter(|task| !task.state.has_ended())
    {
        // Who may not cancel it has pressed in vain; Slack's own button cannot be refused with words.
        let _refused_or_done = decide::cancel_task(app, &mut tx, task.id, by).await?;
    }
    finish_in(app, tx, claimed).await
}
