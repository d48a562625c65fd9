use serde_json::json;

use super::house::*;
use crate::directives::store as sets;
use crate::inbox::{Arrival, Trigger, store as inbox};
use crate::replies::outbox::Queued;
use crate::replies::{Card, store as outbox};
use crate::roster::store as roster;

#[tokio::test]
async fn reviews_list_what_is_late_and_a_recorded_one_takes_it_off() {
    let every = json!({"kind": "review", "who": ["agent:orders-agent"], "every_days": 60});
    let house = House::with(vec![every]).await;
    insta::assert_snapshot!(house.asks("dana", "reviews").await, @r"
    *2 reviews due*
    • *Finn (Finance)* · finance operations · last 12 Aug · *10 days late* · Dana Ruiz reviews
    [Record review]
    • *Olga (Orders)* · orders · never reviewed · *due today* · Noor Haddad reviews
    · Late, or due within 14 days · 0 later · 20 Nov 10:00
    ");
    house.does(async |tx| roster::record_review(tx, "finance-agent", "U0DANA", "All fine.", NOW).await.unwrap()).await;
    let directory = crate::roster::directory::Directory {
        reviews: roster::last_reviews(&house.app.store).await.unwrap(),
        ..(*house.app.directory()).clone()
    };
    house.app.learn(directory);
    let after = house.asks("dana", "reviews").await;
    assert!(!after.contains("Finn"), "{after}");
    let owners = house.asks("dana", "who-owns finn").await;
    assert!(owners.contains("Last review 20 Nov · due 18 Feb 2027"), "{owners}");
    insta::assert_snapshot!(house.asks("dana", "review finn").await, @r"
    • *Finn (Finance)* · finance operations · last 20 Nov · due 18 Feb 2027 · Dana Ruiz reviews
    20 Nov · Dana Ruiz wrote
    | All fine.
    · The newest first · 20 Nov 10:00
    [*Record review*]
    ");
    let others = house.asks("ben", "review the finance agent").await;
    assert!(!others.contains("All fine.") && !others.contains("[*Record review*]"), "{others}");
}

#[tokio::test]
async fn directives_have_keepers() {
    let house = House::new().await;
    let files = house.app.directives().unwrap().files.clone();
    house.does(async |tx| sets::keep_set(tx, "sha256:test", &files, minutes_ago(60)).await.unwrap()).await;
    insta::assert_snapshot!(house.asks("ben", "directives").await, @r"
    *7 rules in 2 files in force* since 20 Nov 09:00
    File | Rules | Kept by
    `company.md` | 0 | Kim Osei
    `rules.md` | 7 | Kim Osei
    · `sha256:test` · 20 Nov 10:00
    ");
}

#[tokio::test]
async fn a_text_is_explained_and_starts_nothing() {
    let house = House::new().await;
    insta::assert_snapshot!(house.asks("ben", "explain their lawyer wants a refund").await, @r"
    Somebody writes
    | their lawyer wants a refund
    It is escalated to *Legal desk*
    “Anything mentioning a lawyer gets escalated to the legal desk.” `rules.md:4`
    Instead of: “Billing questions go to the finance agent.” `rules.md:1`
    · By likeness: Finn (Finance) 98 % · Finance manager 0 % · Legal desk 0 %
    · As if written in #general · nothing was started · 20 Nov 10:00
    ");
    let unsure = house.asks("ben", "explain my cat is on the roof").await;
    assert!(unsure.contains("*Kim Osei is asked who takes it*"), "{unsure}");
    assert_eq!(crate::tasks::store::unrouted_count(&house.app.store).await.unwrap(), 0);
}

#[tokio::test]
async fn authority_is_told_line_by_line() {
    let never = json!({"kind": "forbid", "action": "refund", "tools": ["billing.refund"],
        "when": {"unless": {"from": ["team:support"]}}});
    let house = House::with(vec![never]).await;
    house.does(async |tx| roster::stop(tx, "all", "U0KIM", NOW).await.unwrap()).await;
    insta::assert_snapshot!(house.asks("ben", "can finn").await, @r"
    *Finn (Finance)* · Dana Ruiz answers for it
    *It starts nothing now:* stopped by Kim Osei.
    *Reads, which runs by itself*
    • `billing.get_invoice` · `roles/finance-operations.md:7`
    • `orders.get` · `roles/finance-operations.md:7`
    *Changes something*
    • `billing.refund` · `roles/finance-operations.md:7`
    *Runs without approval*
    • refund up to $200: “Refunds up to $200 run without approval.” `rules.md:2`
    *Waits*
    • refund above $200 asks a finance manager: “Refunds above $200 need approval from a finance manager.” `rules.md:3`
    *Never runs*
    • refund under the conditions of rules.md:101: “An added sentence.” `rules.md:101`
    · What changes something and no line speaks of asks its owner.
    · By the directives in force · 20 Nov 10:00
    ");
    insta::assert_snapshot!(house.asks("ben", "can @ana").await, @r"
    *Ana Silva*
    *No tool.* No line gives it one.
    · What changes something and no line speaks of asks its owner.
    · By the directives in force · 20 Nov 10:00
    ");
}

#[tokio::test]
async fn what_failed_is_for_those_who_look_after_it() {
    let house = House::new().await;
    assert!(house.asks("kim", "failed").await.starts_with("*Nothing failed for good.*"));
    house
        .does(async |tx| {
            let trigger = Trigger::UserGroupChanged { group: "S1".into() };
            let arrival = Arrival { key: "event:1".into(), also: None, conversation: None, trigger };
            assert!(inbox::put(tx, &arrival, minutes_ago(5)).await.unwrap());
            let claimed = inbox::claim_next(tx, minutes_ago(5)).await.unwrap().unwrap();
            inbox::bury(tx, &claimed, minutes_ago(4), "Slack could not be asked").await.unwrap();
            let say = Queued::say("approval:31:card", "C0GONE", None, Card::sentence("hello"));
            outbox::queue(tx, &say, minutes_ago(3)).await.unwrap();
            let sending = outbox::claim_next(tx, minutes_ago(3)).await.unwrap().unwrap();
            outbox::park(tx, &sending, "channel_not_found").await.unwrap();
        })
        .await;
    insta::assert_snapshot!(house.asks("kim", "failed").await, @r"
    *Arrived, and could not be worked on*
    • #1 · 20 Nov 09:55 · 1 attempt
    | Slack could not be asked
    [Try again] [Drop it]
    *Could not be posted, and will not be tried again*
    • a card of A-31 · 20 Nov 09:57
    | channel_not_found
    · The newest 10 of each · the log has the whole errors · 20 Nov 10:00
    ");
    insta::assert_snapshot!(house.asks("ben", "failed").await, @"What failed is not for you to see. Ask Kim Osei.");
    insta::assert_snapshot!(house.asks_aloud("kim", "failed", "C0SUPPORT").await, @"This is not for everybody here. /workforce failed shows it to you alone.");
}

#[tokio::test]
async fn home_shows_owners_their_agents_and_what_is_due() {
    let house = House::new().await;
    house.waiting_refund().await;
    house.does(async |tx| roster::stop(tx, "agent:finance-agent", "U0KIM", NOW).await.unwrap()).await;
    insta::assert_snapshot!(house.asks("dana", "home").await, @r"
    *You decide*
    • *Refund $450.00 to order ORD-1042* · A-1 · asked by Ana Silva · until 13:52
    [*Approve $450.00*] [Edit and approve] [Ask back] [!Deny!] [Take over] [Details]
    ---
    *Your agents*
    • *Finn (Finance)* has 1 task · stopped by Kim Osei
    ---
    *Reviews due*
    • *Finn (Finance)* · finance operations · last 12 Aug · *10 days late* · Dana Ruiz reviews
    [Record review]
    · Yours only · 20 Nov 10:00 · `/workforce help`
    ");
}
