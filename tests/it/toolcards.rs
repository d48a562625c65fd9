//! A tool that changed since somebody accepted it, and one that is new: held back, shown to the keeper, taken or kept off.

use workforce::catalogue::{ToolName, ToolsLock};
use workforce::rehearsals::example;

use crate::office::Office;

const REFUND: &str = "@workforce please refund ORD-1042, $40, it arrived broken";

/// The example's lock, changed, as what stands there and what shall.
fn lock_with(change: impl FnOnce(&mut ToolsLock)) -> (String, String) {
    let text = example::files().remove("tools.lock").unwrap();
    let mut lock = ToolsLock::parse(&text).unwrap();
    change(&mut lock);
    (text, lock.to_text())
}

/// Kim's newest card that says `text`, by its time.
fn card(office: &Office, text: &str) -> (String, String) {
    let channel = office.sandbox.dm_channel("kim").unwrap();
    let shown = office.sandbox.shown(&channel).unwrap();
    let found = shown.iter().rev().find(|message| message.text.contains(text));
    let ts = found.unwrap_or_else(|| panic!("no card says {text}: {}", office.direct("kim"))).ts.clone();
    (channel, ts)
}

fn lock_on_disk(office: &Office) -> ToolsLock {
    let path = office.service().app.config.directives.join("tools.lock");
    ToolsLock::parse(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_tool_is_held_back_until_its_keeper_accepts_it() {
    let refund = ToolName("billing.refund".to_owned());
    let (old, new) = lock_with(|lock| {
        let binding = lock.tools.get_mut(&ToolName("billing.refund".to_owned())).unwrap();
        binding.description = "Pays back what a manager signed for.".to_owned();
        binding.digest = format!("sha256:{}", "0".repeat(64));
    });
    let office = Office::open(&[("tools.lock", &old, &new)]).await;
    office.sandbox.says("ana", "support", REFUND).unwrap();
    office.rest().await;
    assert!(!office.channel("support").contains("Refunded $40.00"), "{}", office.channel("support"));

    let (channel, ts) = card(&office, "billing.refund changed");
    let shown = office.direct("kim");
    assert!(shown.contains("Pays back what a manager signed for.") && shown.contains("Issues a refund"), "{shown}");
    office.sandbox.clicks("kim", &channel, &ts, "Accept").unwrap();
    office.rest().await;
    assert!(office.direct("kim").contains("billing.refund is accepted"), "{}", office.direct("kim"));
    let shipped = ToolsLock::parse(&old).unwrap();
    let written = lock_on_disk(&office);
    assert_eq!(written.tools[&refund].digest, shipped.tools[&refund].digest);
    // What a human decided about it before stays, but for what no longer fits.
    assert_eq!(written.tools[&refund].class, shipped.tools[&refund].class);
    assert_eq!(written.tools[&refund].idempotency_arg, shipped.tools[&refund].idempotency_arg);

    // The word on the card is enough: the lock takes effect without a second one.
    assert!(office.clicks("kim", "Take effect").await.is_err(), "{}", office.direct("kim"));
    office.sandbox.says("ben", "support", REFUND).unwrap();
    office.rest().await;
    assert!(office.channel("support").contains("Refunded $40.00"), "{}", office.channel("support"));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_tool_that_was_kept_off_is_not_shown_again() {
    let offer = ToolName("orders.search".to_owned());
    let (old, new) = lock_with(|lock| drop(lock.tools.remove(&ToolName("orders.search".to_owned()))));
    let office = Office::open(&[("tools.lock", &old, &new)]).await;
    office.service().app.look_at_tools_soon();
    office.rest().await;
    let (channel, ts) = card(&office, "orders.search is new");
    office.sandbox.clicks("kim", &channel, &ts, "Keep it off").unwrap();
    office.rest().await;
    assert!(office.direct("kim").contains("orders.search stays off"), "{}", office.direct("kim"));
    office.service().app.look_at_tools_soon();
    office.rest().await;
    assert_eq!(office.told("kim", "orders.search"), office.direct("kim").matches("orders.search stays off").count());
    assert!(!lock_on_disk(&office).tools.contains_key(&offer));
    // The button is gone from the card; a slow client's click changes nothing.
    office.sandbox.clicks_stale("kim", &channel, &ts, "Accept").unwrap();
    office.rest().await;
    assert!(!lock_on_disk(&office).tools.contains_key(&offer));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_accepted_tool_brings_no_other_edit_into_force() {
    let (old, new) = lock_with(|lock| drop(lock.tools.remove(&ToolName("orders.search".to_owned()))));
    let office = Office::open(&[("tools.lock", &old, &new)]).await;
    office.service().app.look_at_tools_soon();
    office.rest().await;
    let (channel, ts) = card(&office, "orders.search is new");
    office
        .edit("approvals.md", "Refunds up to $200 run without approval.", "Refunds up to $300 run without approval.")
        .await;
    office.sandbox.clicks("kim", &channel, &ts, "Accept").unwrap();
    office.rest().await;
    let set = office.service().app.directives().unwrap();
    assert!(set.files["approvals.md"].contains("up to $200"), "the edit still waits for somebody's word");
    assert!(set.catalogue.get(&ToolName("orders.search".to_owned())).is_none(), "so does all that is new beside it");
    office.clicks("kim", "Take effect").await.unwrap();
    assert!(office.service().app.directives().unwrap().catalogue.get(&ToolName("orders.search".to_owned())).is_some());
    office.end().await;
}
