//! Nobody answers anybody for ever: agents that hand to each other, and bots that thank each other.

use workforce::ids::TaskId;
use workforce::inbox::{Arrival, ChannelKind, Message, Trigger};
use workforce::ledger::{FactKind, store as facts};
use workforce::slack::Intake as _;
use workforce::workers::SlackUser;

use crate::office::Office;

const FINANCE_STEPS: &str = "1. Look up the order with `orders.get`, id: `{{ order_number }}`.
2. If the amount is higher than what was paid, `amount.cents > order.amount_cents`, hand over to a human.
3. Make the refund with `billing.refund`, order_id: `{{ order.id }}`, amount_cents: `{{ amount.cents }}`, reason: `{{ reason }}`.
4. Answer: Refunded {{ amount }} to {{ order.customer_name }} for order {{ order.id }} ({{ order.item }}).";

pub const ORDER_STEPS: &str = "1. Look up the order with `orders.get`, id: `{{ order_number }}`.
2. If `order.delivered_on`, answer: Order {{ order.id }} ({{ order.item }}) reached {{ order.customer_name }} on {{ order.delivered_on }} with {{ order.carrier }}.
3. If `order.shipped_on and not order.delivered_on`, answer: Order {{ order.id }} ({{ order.item }}) left on {{ order.shipped_on }} with {{ order.carrier }} and has not arrived yet.
4. If `not order.shipped_on`, answer: Order {{ order.id }} ({{ order.item }}) was placed on {{ order.ordered_on }} and has not left yet; its status is “{{ order.status }}”.";

/// Scenario e: each of two agents is sure that it is the other's work.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_agents_that_hand_to_each_other_end_with_a_person() {
    let office = Office::open(&[
        ("roles/finance-operations.md", FINANCE_STEPS, "1. Hand over to the orders agent."),
        ("roles/orders.md", ORDER_STEPS, "1. Hand over to the finance agent."),
    ])
    .await;
    office.sandbox.says("ana", "support", "@workforce please refund the order ORD-1042, $40").unwrap();
    office.rest().await;
    let told = office.direct("kim");
    assert!(told.contains("so it comes to a human."), "{told}\n{}", office.channel("support"));
    assert_eq!(told.matches("Who should take this?").count(), 1, "{told}");
    // Each may hand it to the other once: finance to orders, orders to finance, and the third time it is a person's.
    let known = facts::facts_of_task(&office.service().app.store, TaskId(1)).await.unwrap();
    let many = |kind| known.iter().filter(|fact| fact.kind == kind).count();
    assert_eq!((many(FactKind::RunStarted), many(FactKind::HandedOver)), (3, 3));
    office.end().await;
}

fn of_bot(office: &Office, bot: &str, root: &str, nth: usize) -> Arrival {
    let team = office.service().app.ours.team.clone();
    let us = office.service().app.ours.user.clone();
    let ts = format!("1788940800.{nth:06}");
    let message = Message {
        by: SlackUser { team: team.clone(), user: "U0PAGER".to_owned() },
        bot_name: Some(bot.to_owned()),
        channel: channel_id(office),
        channel_kind: ChannelKind::Public,
        ts: ts.clone(),
        thread_ts: Some(root.to_owned()),
        text: format!("<@{us}> thanks! where is order ORD-1042?"),
        mentions_us: true,
        mentions_groups: Vec::new(),
        external: false,
    };
    Arrival {
        key: format!("event:{team}:EvBot{bot}{nth}"),
        also: Some(format!("message:{team}:{bot}:{ts}")),
        conversation: Some(message.conversation()),
        trigger: Trigger::Message(message),
    }
}

fn channel_id(office: &Office) -> String {
    office.service().app.directory().channel_named("support").expect("the channel is known").id.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_bots_do_not_thank_each_other_for_ever() {
    let office = Office::open(&[(
        "routing.md",
        "Order questions go to the orders agent.",
        "Order questions go to the orders agent.\nMessages from `bot:pager` go to the orders agent.",
    )])
    .await;
    let root = office.sandbox.says("ana", "support", "the pager bot works in this thread").unwrap();
    office.rest().await;
    for nth in 1..=8 {
        office.service().app.event(of_bot(&office, "pager", &root, nth)).await.unwrap();
        office.rest().await;
    }
    let answers = office.channel("support").matches("reached Bluebird Cafe").count();
    assert_eq!(answers, 5, "{}", office.channel("support"));
    assert_eq!(office.told("kim", "ask each other"), 1, "{}", office.direct("kim"));
    // A bot that no sentence names starts nothing at all.
    office.service().app.event(of_bot(&office, "stranger", &root, 20)).await.unwrap();
    office.rest().await;
    assert_eq!(office.channel("support").matches("reached Bluebird Cafe").count(), 5);
    office.end().await;
}
