//! Every store function on both engines: what it promises, not how its SQL is written.

mod assignments;
mod inbox;
mod ledger;
mod outbox;
mod races;
mod runs;
mod sample;
mod schema;
mod statements;
mod tasks;
mod transactions;

use serde_json::json;
use workforce::clock::{Span, Timestamp};
use workforce::ids::{ConversationId, TaskId};
use workforce::inbox::{Arrival, Trigger};
use workforce::store::{Store, Tx};
use workforce::tasks::{NewTask, store as tasks_store};
use workforce::workers::SlackUser;

/// When the tests begin; the rest is measured from here.
const START: Timestamp = Timestamp(1_780_000_000_000_000);

fn at(seconds: i64) -> Timestamp {
    START.plus(Span::seconds(seconds))
}

fn conversation(name: &str) -> ConversationId {
    ConversationId::of_thread("T1", "C1", name)
}

fn arrival(key: &str, of: Option<&str>) -> Arrival {
    let trigger = Trigger::UserGroupChanged { group: key.to_owned() };
    Arrival { key: key.to_owned(), also: None, conversation: of.map(conversation), trigger }
}

fn new_task(of: &str, text: &str) -> NewTask {
    NewTask {
        conversation: conversation(of),
        requester: SlackUser { team: "T1".into(), user: "U1".into() },
        channel: "C1".into(),
        channel_kind: "public".into(),
        root_ts: of.into(),
        message_ts: of.into(),
        source: "mention".into(),
        text: text.into(),
        above: "the thread above".into(),
    }
}

/// Opens a task in a transaction of its own.
async fn open_task(store: &Store, of: &str, text: &str) -> TaskId {
    committed(store, async |tx| tasks_store::open_task(tx, &new_task(of, text), START).await.unwrap()).await
}

/// Does something in one transaction and commits it.
async fn committed<T>(store: &Store, work: impl AsyncFnOnce(&mut Tx) -> T) -> T {
    let mut tx = store.begin().await.unwrap();
    let result = work(&mut tx).await;
    tx.commit().await.unwrap();
    result
}

fn payload(text: &str) -> serde_json::Value {
    json!({ "text": text, "amount_cents": 45_000 })
}
