//! What Slack told us of accounts, channels and user groups, and the reviews that people recorded.

use super::directory::{AccountFact, ChannelState, GroupFact, ReviewFact};
use crate::clock::Timestamp;
use crate::store::{Row, Store, StoreError, Tx, json};
use crate::{args, statements};

statements! { STATEMENTS;
    PUT_ACCOUNT (5) -> [] = { "INSERT INTO accounts (team, user_id, handle, body, updated_us) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (team, user_id) DO UPDATE SET handle = excluded.handle, body = excluded.body, updated_us = excluded.updated_us" }
    ACCOUNTS (0) -> [body] = { "SELECT body FROM accounts ORDER BY team, user_id" }
    PUT_CHANNEL (5) -> [] = { "INSERT INTO channels (team, channel, name, body, updated_us) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (team, channel) DO UPDATE SET name = excluded.name, body = excluded.body, updated_us = excluded.updated_us" }
    CHANNELS (0) -> [body] = { "SELECT body FROM channels ORDER BY team, channel" }
    PUT_GROUP (4) -> [] = { "INSERT INTO user_groups (user_group, handle, members, updated_us) VALUES ($1, $2, $3, $4) ON CONFLICT (user_group) DO UPDATE SET handle = excluded.handle, members = excluded.members, updated_us = excluded.updated_us" }
    GROUPS (0) -> [user_group, handle, members] = { "SELECT user_group, handle, members FROM user_groups ORDER BY user_group" }
    RECORD_REVIEW (4) -> [] = { "INSERT INTO reviews (position, by_user, notes, at_us) VALUES ($1, $2, $3, $4)" }
    LAST_REVIEWS (0) -> [position, at_us] = { "SELECT position, MAX(at_us) AS at_us FROM reviews GROUP BY position ORDER BY position" }
    REVIEWS_OF (2) -> [by_user, notes, at_us] = { "SELECT by_user, COALESCE(notes, '') AS notes, at_us FROM reviews WHERE position = $1 ORDER BY at_us DESC, id DESC LIMIT $2" }
    STOP (3) -> [] = { "INSERT INTO stops (what, by_user, at_us) VALUES ($1, $2, $3) ON CONFLICT (what) DO NOTHING" }
    RESUME (1) -> [] = { "DELETE FROM stops WHERE what = $1" }
    STOPS (0) -> [what, by_user, at_us] = { "SELECT what, by_user, at_us FROM stops ORDER BY what" }
}

pub async fn put_account(tx: &mut Tx, account: &AccountFact, now: Timestamp) -> Result<(), StoreError> {
    let args = args![&account.user.team, &account.user.user, &account.handle, json(account), now];
    tx.run(&PUT_ACCOUNT, args).await.map(|_| ())
}

pub async fn accounts(store: &Store) -> Result<Vec<AccountFact>, StoreError> {
    store.rows(&ACCOUNTS, args![]).await?.iter().map(|row| row.json("body")).collect()
}

pub async fn put_channel(tx: &mut Tx, channel: &ChannelState, now: Timestamp) -> Result<(), StoreError> {
    let args = args![&channel.team, &channel.id, &channel.name, json(channel), now];
    tx.run(&PUT_CHANNEL, args).await.map(|_| ())
}

pub async fn channels(store: &Store) -> Result<Vec<ChannelState>, StoreError> {
    store.rows(&CHANNELS, args![]).await?.iter().map(|row| row.json("body")).collect()
}

pub async fn put_group(tx: &mut Tx, group: &GroupFact, now: Timestamp) -> Result<(), StoreError> {
    tx.run(&PUT_GROUP, args![&group.id, &group.handle, json(&group.members), now]).await.map(|_| ())
}

pub async fn groups(store: &Store) -> Result<Vec<GroupFact>, StoreError> {
    let read = |row: &Row| {
        Ok(GroupFact { id: row.text("user_group")?, handle: row.text("handle")?, members: row.json("members")? })
    };
    store.rows(&GROUPS, args![]).await?.iter().map(read).collect()
}

pub async fn record_review(
    tx: &mut Tx,
    position: &str,
    by: &str,
    notes: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.run(&RECORD_REVIEW, args![position, by, notes, now]).await.map(|_| ())
}

/// The latest recorded review of each position.
pub async fn last_reviews(store: &Store) -> Result<Vec<ReviewFact>, StoreError> {
    let rows = store.rows(&LAST_REVIEWS, args![]).await?;
    rows.iter().map(|row| Ok(ReviewFact { position: row.text("position")?, at: row.time("at_us")? })).collect()
}

/// A recorded review with the account that recorded it; `notes` is empty where there are none or they were erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub by: String,
    pub notes: String,
    pub at: Timestamp,
}

/// The recorded reviews of a position, the newest first.
pub async fn reviews_of(store: &Store, position: &str, limit: i64) -> Result<Vec<Recorded>, StoreError> {
    let rows = store.rows(&REVIEWS_OF, args![position, limit]).await?;
    rows.iter()
        .map(|row| Ok(Recorded { by: row.text("by_user")?, notes: row.text("notes")?, at: row.time("at_us")? }))
        .collect()
}

/// Stops `what` (`all`, `agent:ID`, `task:17`); false when it was stopped already.
pub async fn stop(tx: &mut Tx, what: &str, by: &str, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(&STOP, args![what, by, now]).await? == 1)
}

pub async fn resume(tx: &mut Tx, what: &str) -> Result<bool, StoreError> {
    Ok(tx.run(&RESUME, args![what]).await? == 1)
}

/// What is stopped now, by whom and since when. Read in the transaction that starts an action, so that nothing starts after a stop.
pub async fn stops(tx: &mut Tx) -> Result<Vec<(String, String, Timestamp)>, StoreError> {
    tx.rows(&STOPS, args![]).await?.iter().map(read_stop).collect()
}

pub async fn find_stops(store: &Store) -> Result<Vec<(String, String, Timestamp)>, StoreError> {
    store.rows(&STOPS, args![]).await?.iter().map(read_stop).collect()
}

fn read_stop(row: &Row) -> Result<(String, String, Timestamp), StoreError> {
    Ok((row.text("what")?, row.text("by_user")?, row.time("at_us")?))
}
