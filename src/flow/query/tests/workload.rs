use serde_json::json;

use super::house::*;
use crate::assignments::AssignmentState;
use crate::tasks::TaskState;

async fn busy(house: &House) {
    house.waiting_refund().await;
    let offered = house.task("ben", "a customer mentions their lawyer", "C0SUPPORT", 40).await;
    house.give(offered, "person:@priya", AssignmentState::Offered, 40).await;
    let done = house.task("ben", "refund ORD-7", "C0SUPPORT", 50).await;
    house.give(done, "agent:finance-agent", AssignmentState::Held, 50).await;
    house.end(done, TaskState::Done, json!({}), 45).await;
    let mine = house.task("ben", "call the customer back", "C0SUPPORT", 30).await;
    house.give(mine, "person:@ana", AssignmentState::Held, 30).await;
}

#[tokio::test]
async fn a_worker_has_a_count_and_its_tasks() {
    let house = House::new().await;
    busy(&house).await;
    insta::assert_snapshot!(house.asks("dana", "workload finn").await, @r"
    *Finn (Finance)* · 1 task
    Oldest since 20 Nov 09:51 · 1 done in 7 days
    • *T-1* please refund ORD-1042, $450, it arrived broken · waits for Dana Ruiz or Omar Haddad to decide A-1, until 20 Nov 13:52
    · Open work, and what was done in the last 7 days · 20 Nov 10:00
    ");
    insta::assert_snapshot!(house.asks("ana", "workload").await, @r"
    *Ana Silva* · 1 task
    Oldest since 20 Nov 09:30 · 0 done in 7 days
    • *T-4* call the customer back · Ana Silva has it
    · Open work, and what was done in the last 7 days · 20 Nov 10:00
    ");
    assert!(house.asks("priya", "workload").await.contains("0 tasks, asked for 1 more"));
}

#[tokio::test]
async fn a_team_is_told_to_whoever_leads_it() {
    let house = House::new().await;
    busy(&house).await;
    insta::assert_snapshot!(house.asks("noor", "workload of the support team").await, @r"
    *Support team* · 1 task
    Who | Has | Asked | Oldest | Done in 7 days
    Ana Silva | 1 | 0 | 20 Nov 09:30 | 0
    Ben Adler | 0 | 0 | – | 0
    Noor Haddad | 0 | 0 | – | 0
    · Open work, and what was done in the last 7 days · 20 Nov 10:00
    ");
    let own = house.asks("ana", "workload support team").await;
    assert!(own.contains("Without 2 members whose workload is not for you to see."), "{own}");
}

#[tokio::test]
async fn workload_is_for_those_whom_it_concerns() {
    let see = json!({"kind": "permit", "who": ["person:@omar"], "tools": ["workforce.see_workload"]});
    let house = House::with(vec![see]).await;
    busy(&house).await;
    insta::assert_snapshot!(house.asks("ben", "workload finn").await, @"The workload of Finn (Finance) is not for you to see. Ask Dana Ruiz, Kim Osei or Omar Haddad.");
    insta::assert_snapshot!(house.asks("ben", "workload @ana").await, @"The workload of Ana Silva is not for you to see. Ask Ana Silva, Kim Osei, Noor Haddad or Omar Haddad.");
    assert!(house.asks("omar", "workload @ana").await.contains("1 task"), "a sentence widens it");
    assert!(house.asks("kim", "workload <@U0ANA|ana>").await.contains("1 task"), "whoever is above");
    insta::assert_snapshot!(house.asks_aloud("ana", "workload", "C0SUPPORT").await, @"This is not for everybody here. /workforce workload shows it to you alone.");
    insta::assert_snapshot!(house.asks("ana", "workload zorro").await, @"Nobody here is called “zorro”. /workforce who-owns NAME finds people, agents and topics.");
    assert!(house.asks("gus", "workload").await.starts_with("Only members"));
}
