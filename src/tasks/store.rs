//! The tasks' table. Moves are compare-and-set on the state, so that two deciders cannot both win.

use super::{NewTask, Task, TaskPriority, TaskState};
use crate::catalogue::canonical::digest_bytes;
use crate::clock::Timestamp;
use crate::ids::{ConversationId, TaskId};
use crate::store::{Row, Store, StoreError, Tx, json, word};
use crate::workers::SlackUser;
use crate::{args, statements};

statements! { STATEMENTS;
    OPEN (12) -> [id] = {
        "INSERT INTO tasks (conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, text, text_digest, above, created_us, state, priority, directives_digest, routing) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'open', 'normal', '', '') RETURNING id" }
    GET (1) -> [id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, text, above, state, priority, directives_digest, routing, created_us, ended_us] = {
        "SELECT id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, COALESCE(text, '') AS text, COALESCE(above, '') AS above, state, priority, directives_digest, routing, created_us, ended_us FROM tasks WHERE id = $1" }
    BEFORE_IN_CONVERSATION (2) -> [id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, text, above, state, priority, directives_digest, routing, created_us, ended_us] = {
        "SELECT id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, COALESCE(text, '') AS text, COALESCE(above, '') AS above, state, priority, directives_digest, routing, created_us, ended_us FROM tasks WHERE conversation = $1 AND id < $2 ORDER BY id DESC LIMIT 1" }
    LATEST_OF_CONVERSATION (1) -> [id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, text, above, state, priority, directives_digest, routing, created_us, ended_us] = {
        "SELECT id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, COALESCE(text, '') AS text, COALESCE(above, '') AS above, state, priority, directives_digest, routing, created_us, ended_us FROM tasks WHERE conversation = $1 AND message_ts <> '' ORDER BY id DESC LIMIT 1" }
    OPEN_OF_CONVERSATION (1) -> [id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, text, above, state, priority, directives_digest, routing, created_us, ended_us] = {
        "SELECT id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, COALESCE(text, '') AS text, COALESCE(above, '') AS above, state, priority, directives_digest, routing, created_us, ended_us FROM tasks WHERE conversation = $1 AND ended_us IS NULL ORDER BY id DESC LIMIT 100" }
    OF_MESSAGE (2) -> [id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, text, above, state, priority, directives_digest, routing, created_us, ended_us] = {
        "SELECT id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, COALESCE(text, '') AS text, COALESCE(above, '') AS above, state, priority, directives_digest, routing, created_us, ended_us FROM tasks WHERE source <> 'shadow' AND channel = $1 AND message_ts = $2 ORDER BY id DESC LIMIT 1" }
    NOT_ENDED (1) -> [id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, text, above, state, priority, directives_digest, routing, created_us, ended_us] = {
        "SELECT id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, COALESCE(text, '') AS text, COALESCE(above, '') AS above, state, priority, directives_digest, routing, created_us, ended_us FROM tasks WHERE ended_us IS NULL ORDER BY id LIMIT $1" }
    OF_REQUESTER (3) -> [id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, text, above, state, priority, directives_digest, routing, created_us, ended_us] = {
        "SELECT id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, COALESCE(text, '') AS text, COALESCE(above, '') AS above, state, priority, directives_digest, routing, created_us, ended_us FROM tasks WHERE source <> 'shadow' AND team = $1 AND requester = $2 AND ended_us IS NULL ORDER BY id LIMIT $3" }
    OF_IDS (1) -> [id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, text, above, state, priority, directives_digest, routing, created_us, ended_us] = {
        sqlite "SELECT id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, COALESCE(text, '') AS text, COALESCE(above, '') AS above, state, priority, directives_digest, routing, created_us, ended_us FROM tasks WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id"
        postgres "SELECT id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, COALESCE(text, '') AS text, COALESCE(above, '') AS above, state, priority, directives_digest, routing, created_us, ended_us FROM tasks WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON))) ORDER BY id" }
    OPEN_SEEN (4) -> [id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, text, above, state, priority, directives_digest, routing, created_us, ended_us] = {
        "SELECT id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, COALESCE(text, '') AS text, COALESCE(above, '') AS above, state, priority, directives_digest, routing, created_us, ended_us FROM tasks WHERE source <> 'shadow' AND ended_us IS NULL AND (channel_kind = 'public' OR channel = $3 OR (team = $1 AND requester = $2)) ORDER BY id LIMIT $4" }
    COUNT_OPEN_SEEN (3) -> [tasks] = { "SELECT COUNT(*) AS tasks FROM tasks WHERE source <> 'shadow' AND ended_us IS NULL AND (channel_kind = 'public' OR channel = $3 OR (team = $1 AND requester = $2))" }
    COUNT_OPEN_OF (2) -> [tasks] = { "SELECT COUNT(*) AS tasks FROM tasks WHERE source <> 'shadow' AND team = $1 AND requester = $2 AND ended_us IS NULL" }
    COUNT_IN_CONVERSATION (3) -> [tasks] = { "SELECT COUNT(*) AS tasks FROM tasks WHERE conversation = $1 AND team = $2 AND requester = $3" }
    REOPEN (2) -> [] = { "UPDATE tasks SET state = 'open', ended_us = NULL WHERE id = $1 AND state = $2 AND state <> 'cancelled'" }
    NEXT_UNROUTED (0) -> [id] = {
        sqlite "SELECT id FROM tasks WHERE state = 'open' ORDER BY id LIMIT 1"
        postgres "SELECT id FROM tasks WHERE state = 'open' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED" }
    UNROUTED (0) -> [tasks] = { "SELECT COUNT(*) AS tasks FROM tasks WHERE state = 'open'" }
    NOTE_EDIT (2) -> [] = { "UPDATE tasks SET edited = $2 WHERE id = $1 AND ended_us IS NULL" }
    EDIT (1) -> [edited] = { "SELECT edited FROM tasks WHERE id = $1" }
    ROUTED (5) -> [] = { "UPDATE tasks SET state = $2, priority = $3, directives_digest = $4, routing = $5 WHERE id = $1 AND state IN ('open', 'unsure', 'assigned')" }
    MOVE (4) -> [] = { "UPDATE tasks SET state = $3, ended_us = $4 WHERE id = $1 AND state = $2" }
    REWORD (3) -> [] = { "UPDATE tasks SET text = $2, text_digest = $3, edited = NULL WHERE id = $1 AND ended_us IS NULL" }
    ANSWERED (2) -> [] = { "UPDATE tasks SET answered_us = $2 WHERE id = $1 AND answered_us IS NULL" }
    DIRECT (1) -> [channel] = { "SELECT channel FROM tasks WHERE channel_kind = 'direct' GROUP BY channel ORDER BY MAX(id) DESC LIMIT $1" }
    COUNT_BY_STATE (0) -> [state, tasks] = { "SELECT state, COUNT(*) AS tasks FROM tasks GROUP BY state ORDER BY state" }
    ENDED_WITH_TEXTS (2) -> [id] = { "SELECT id FROM tasks WHERE ended_us < $1 AND text IS NOT NULL ORDER BY id LIMIT $2" }
    ERASE (1) -> [] = { "UPDATE tasks SET text = NULL, above = NULL, edited = NULL WHERE id = $1 AND ended_us IS NOT NULL" }
}

pub async fn open_task(tx: &mut Tx, new: &NewTask, now: Timestamp) -> Result<TaskId, StoreError> {
    let row = tx
        .row(
            &OPEN,
            args![
                &new.conversation,
                &new.requester.team,
                &new.channel,
                &new.channel_kind,
                &new.root_ts,
                &new.message_ts,
                &new.source,
                &new.requester.user,
                &new.text,
                digest_bytes(new.text.as_bytes()),
                &new.above,
                now
            ],
        )
        .await?;
    row.ok_or_else(|| StoreError::unreadable("OPEN", "no id came back")).and_then(|row| Ok(TaskId(row.int("id")?)))
}

pub async fn task(tx: &mut Tx, id: TaskId) -> Result<Option<Task>, StoreError> {
    tx.row(&GET, args![id]).await?.as_ref().map(read).transpose()
}

/// The same outside a transaction, for queries.
pub async fn find_task(store: &Store, id: TaskId) -> Result<Option<Task>, StoreError> {
    store.row(&GET, args![id]).await?.as_ref().map(read).transpose()
}

/// The tasks of a conversation that have not ended, the newest first.
pub async fn open_of_conversation(tx: &mut Tx, of: &ConversationId) -> Result<Vec<Task>, StoreError> {
    tx.rows(&OPEN_OF_CONVERSATION, args![of]).await?.iter().map(read).collect()
}

/// The newest request of a conversation; the steps of a workflow, which no message asked for, are none.
pub async fn latest_of_conversation(tx: &mut Tx, of: &ConversationId) -> Result<Option<Task>, StoreError> {
    tx.row(&LATEST_OF_CONVERSATION, args![of]).await?.as_ref().map(read).transpose()
}

/// The task of the same conversation before this one.
pub async fn before_in_conversation(tx: &mut Tx, task: &Task) -> Result<Option<Task>, StoreError> {
    tx.row(&BEFORE_IN_CONVERSATION, args![&task.conversation, task.id]).await?.as_ref().map(read).transpose()
}

/// The task that a message asked for.
pub async fn of_message(tx: &mut Tx, channel: &str, ts: &str) -> Result<Option<Task>, StoreError> {
    tx.row(&OF_MESSAGE, args![channel, ts]).await?.as_ref().map(read).transpose()
}

/// Tasks that have not ended, oldest first.
pub async fn not_ended(store: &Store, limit: i64) -> Result<Vec<Task>, StoreError> {
    store.rows(&NOT_ENDED, args![limit]).await?.iter().map(read).collect()
}

/// What somebody asked for and that has not ended, oldest first.
pub async fn open_of_requester(store: &Store, who: &SlackUser, limit: i64) -> Result<Vec<Task>, StoreError> {
    store.rows(&OF_REQUESTER, args![&who.team, &who.user, limit]).await?.iter().map(read).collect()
}

/// The tasks with these numbers that exist, lowest first, in one statement.
pub async fn find_all(store: &Store, ids: &[TaskId]) -> Result<Vec<Task>, StoreError> {
    store.rows(&OF_IDS, args![json(&ids)]).await?.iter().map(read).collect()
}

/// What has not ended and was asked in public, in `channel`, or by `who`; oldest first, and how many there are in all.
pub async fn open_seen_from(
    store: &Store,
    who: &SlackUser,
    channel: &str,
    limit: i64,
) -> Result<(Vec<Task>, i64), StoreError> {
    let tasks = store.rows(&OPEN_SEEN, args![&who.team, &who.user, channel, limit]).await?;
    let count = store.row(&COUNT_OPEN_SEEN, args![&who.team, &who.user, channel]).await?;
    let tasks = tasks.iter().map(read).collect::<Result<_, _>>()?;
    Ok((tasks, count.map_or(Ok(0), |row| row.int("tasks"))?))
}

/// How many requests of somebody have not ended.
pub async fn count_open_of(tx: &mut Tx, who: &SlackUser) -> Result<i64, StoreError> {
    tx.row(&COUNT_OPEN_OF, args![&who.team, &who.user]).await?.map_or(Ok(0), |row| row.int("tasks"))
}

/// How many tasks somebody has opened in a conversation, ended ones too.
pub async fn count_in_conversation(
    tx: &mut Tx,
    conversation: &ConversationId,
    who: &SlackUser,
) -> Result<i64, StoreError> {
    let row = tx.row(&COUNT_IN_CONVERSATION, args![conversation.0.as_str(), &who.team, &who.user]).await?;
    row.map_or(Ok(0), |row| row.int("tasks"))
}

pub async fn next_unrouted(tx: &mut Tx) -> Result<Option<TaskId>, StoreError> {
    tx.row(&NEXT_UNROUTED, args![]).await?.map(|row| Ok(TaskId(row.int("id")?))).transpose()
}

/// Records who should take it and why; false when it has ended meanwhile.
pub async fn set_routing(
    tx: &mut Tx,
    id: TaskId,
    state: TaskState,
    priority: TaskPriority,
    directives: &str,
    routing: &str,
) -> Result<bool, StoreError> {
    Ok(tx.run(&ROUTED, args![id, word(&state), word(&priority), directives, routing]).await? == 1)
}

/// Moves a task; false when it was not in `from` any more, and then nothing happened.
pub async fn move_task(
    tx: &mut Tx,
    id: TaskId,
    from: TaskState,
    to: TaskState,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !from.may_become(to) {
        return Ok(false);
    }
    let ended = to.has_ended().then_some(now);
    Ok(tx.run(&MOVE, args![id, word(&from), word(&to), ended]).await? == 1)
}

/// A task that ended because nobody decided is open again; false when it was cancelled, or moved meanwhile.
pub async fn reopen(tx: &mut Tx, id: TaskId, from: TaskState) -> Result<bool, StoreError> {
    Ok(tx.run(&REOPEN, args![id, word(&from)]).await? == 1)
}

/// Replaces the request's text, before work starts.
pub async fn reword(tx: &mut Tx, id: TaskId, text: &str) -> Result<bool, StoreError> {
    Ok(tx.run(&REWORD, args![id, text, digest_bytes(text.as_bytes())]).await? == 1)
}

/// Keeps an edit that came after work began, until somebody says which text counts; `None` forgets it.
pub async fn note_edit(tx: &mut Tx, id: TaskId, text: Option<&str>) -> Result<bool, StoreError> {
    Ok(tx.run(&NOTE_EDIT, args![id, text]).await? == 1)
}

/// The edit that waits to be decided about.
pub async fn noted_edit(tx: &mut Tx, id: TaskId) -> Result<Option<String>, StoreError> {
    tx.row(&EDIT, args![id]).await?.map_or(Ok(None), |row| row.opt_text("edited"))
}

/// How many tasks wait to be routed.
pub async fn unrouted_count(store: &Store) -> Result<i64, StoreError> {
    store.row(&UNROUTED, args![]).await?.map_or(Ok(0), |row| row.int("tasks"))
}

/// Notes the first answer, once: the baseline of service levels and of later savings.
pub async fn note_first_answer(tx: &mut Tx, id: TaskId, now: Timestamp) -> Result<(), StoreError> {
    tx.run(&ANSWERED, args![id, now]).await.map(|_| ())
}

/// The direct conversations in which somebody asked for something, the latest first.
pub async fn direct_channels(store: &Store, limit: i64) -> Result<Vec<String>, StoreError> {
    store.rows(&DIRECT, args![limit]).await?.iter().map(|row| row.text("channel")).collect()
}

pub async fn count_by_state(store: &Store) -> Result<Vec<(TaskState, i64)>, StoreError> {
    let rows = store.rows(&COUNT_BY_STATE, args![]).await?;
    rows.iter().map(|row| Ok((row.word("state")?, row.int("tasks")?))).collect()
}

/// Tasks that ended before `before` and whose texts are still there, oldest first.
pub async fn ended_with_texts(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<TaskId>, StoreError> {
    tx.rows(&ENDED_WITH_TEXTS, args![before, limit]).await?.iter().map(|row| Ok(TaskId(row.int("id")?))).collect()
}

/// Erases the texts of a task that has ended; digests stay.
pub async fn erase_texts(tx: &mut Tx, id: TaskId) -> Result<bool, StoreError> {
    Ok(tx.run(&ERASE, args![id]).await? == 1)
}

fn read(row: &Row) -> Result<Task, StoreError> {
    Ok(Task {
        id: TaskId(row.int("id")?),
        conversation: ConversationId(row.text("conversation")?),
        requester: SlackUser { team: row.text("team")?, user: row.text("requester")? },
        channel: row.text("channel")?,
        channel_kind: row.text("channel_kind")?,
        root_ts: row.text("root_ts")?,
        message_ts: row.text("message_ts")?,
        source: row.text("source")?,
        text: row.text("text")?,
        above: row.text("above")?,
        state: row.word("state")?,
        priority: row.word("priority")?,
        directives_digest: row.text("directives_digest")?,
        routing: row.text("routing")?,
        created: row.time("created_us")?,
        ended: row.opt_time("ended_us")?,
    })
}
