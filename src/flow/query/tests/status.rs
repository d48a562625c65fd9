use serde_json::json;

use super::house::*;
use crate::assignments::AssignmentState;
use crate::tasks::TaskState;

#[tokio::test]
async fn a_task_tells_who_has_it_and_what_comes_next() {
    let house = House::new().await;
    let (task, approval) = house.waiting_refund().await;
    insta::assert_snapshot!(house.asks("ben", &format!("status {task}")).await, @r"
    *T-1* · waits for Dana Ruiz or Omar Haddad to decide A-1, until 20 Nov 13:52
    | please refund ORD-1042, $450, it arrived broken
    Asked by Ana Silva in #C0SUPPORT, 20 Nov 09:51
    Dana Ruiz answers for it
    At 20 Nov 13:52: Kim Osei is asked
    “Billing questions go to the finance agent.” `rules.md:1`
    · Cost: nothing to meter · as of 20 Nov 10:00
    [Why] [Cancel]
    ");
    insta::assert_snapshot!(house.asks("ben", &format!("status {approval}")).await, @r"
    *Refund $450.00 to order ORD-1042?* · A-1
    Asked by Ana Silva in #C0SUPPORT · Finn (Finance) will do it · T-1
    Rule: “Refunds above $200 need approval from a finance manager.” `rules.md:3`
    Ana wrote:
    | please refund ORD-1042, $450, it arrived broken
    One of them decides: Dana Ruiz and Omar Haddad
    No answer by 13:52 → Kim Osei is asked
    [*Approve $450.00*] [Edit and approve] [Ask back] [!Deny!] [Take over] [Details]
    · As of 20 Nov 10:00
    ");
    let asked = house.task("ana", "a customer mentions their lawyer", "C0SUPPORT", 10).await;
    house.give(asked, "person:@priya", AssignmentState::Offered, 10).await;
    insta::assert_snapshot!(house.asks("ben", &format!("status {asked}")).await, @r"
    *T-2* · waits for Priya Nair to accept, until 20 Nov 10:20
    | a customer mentions their lawyer
    Asked by Ana Silva in #C0SUPPORT, 20 Nov 09:50
    At 20 Nov 10:20: Kim Osei is asked
    “Billing questions go to the finance agent.” `rules.md:1`
    · Cost: nothing to meter · as of 20 Nov 10:00
    [Why] [Cancel]
    ");
    assert_eq!(house.asks("ben", "T-99").await, "There is no task T-99. /workforce status lists yours.");
    assert_eq!(house.asks("ben", "A-99").await, "There is no approval A-99. /workforce approvals lists what waits.");
}

#[tokio::test]
async fn what_was_asked_in_private_is_for_those_who_have_a_part_in_it() {
    let house = House::new().await;
    let task = house.task("ana", "may I take leave?", "D0ANA", 10).await;
    house.give(task, "agent:orders-agent", AssignmentState::Held, 10).await;
    let asked = format!("status {task}");
    for part in ["ana", "noor", "kim"] {
        assert!(house.asks(part, &asked).await.contains("may I take leave?"), "{part}");
    }
    insta::assert_snapshot!(house.asks("ben", &asked).await, @"T-1 is not for you to see. Ask Ana Silva, Kim Osei or Noor Haddad.");
    insta::assert_snapshot!(house.asks_aloud("ana", &asked, "C0SUPPORT").await, @"This is not for everybody here. /workforce status T-1 shows it to you alone.");
    insta::assert_snapshot!(house.asks("gus", &asked).await, @"Only members of this workspace can use this; guests and other companies cannot. Nothing changed.");
    let in_private_channel = house.task("priya", "sign this?", "C0LEGAL", 10).await;
    let asked = format!("status {in_private_channel}");
    assert!(house.asks_aloud("ben", &asked, "C0LEGAL").await.contains("sign this?"), "its own channel knows it");
    assert!(!house.asks("ben", &asked).await.contains("sign this?"));
}

#[tokio::test]
async fn the_open_list_holds_what_the_asker_may_see() {
    let house = House::new().await;
    house.waiting_refund().await;
    house.task("ana", "may I take leave?", "D0ANA", 5).await;
    let done = house.task("ana", "where is ORD-1042?", "C0SUPPORT", 7).await;
    house.give(done, "agent:orders-agent", AssignmentState::Held, 7).await;
    house.end(done, TaskState::Done, json!({}), 6).await;
    for n in 0..20 {
        house.task("ben", &format!("question {n}"), "C0SUPPORT", 4).await;
    }
    insta::assert_snapshot!(house.asks("ben", "status").await, @r"
    *Open, the oldest first*
    • *T-1* please refund ORD-1042, $450, it arrived broken · waits for Dana Ruiz or Omar Haddad to decide A-1, until 20 Nov 13:52
    • *T-4* question 0 · queued behind earlier work of this thread
    • *T-5* question 1 · queued behind earlier work of this thread
    • *T-6* question 2 · queued behind earlier work of this thread
    • *T-7* question 3 · queued behind earlier work of this thread
    • *T-8* question 4 · queued behind earlier work of this thread
    • *T-9* question 5 · queued behind earlier work of this thread
    • *T-10* question 6 · queued behind earlier work of this thread
    • *T-11* question 7 · queued behind earlier work of this thread
    • *T-12* question 8 · queued behind earlier work of this thread
    • *T-13* question 9 · queued behind earlier work of this thread
    • *T-14* question 10 · queued behind earlier work of this thread
    • *T-15* question 11 · queued behind earlier work of this thread
    • *T-16* question 12 · queued behind earlier work of this thread
    • *T-17* question 13 · queued behind earlier work of this thread
    And 6 more.
    · What you may see · 20 Nov 10:00
    ");
    assert!(house.asks("ana", "status").await.contains("may I take leave?"));
}

#[tokio::test]
async fn an_ended_task_tells_how() {
    let house = House::new().await;
    let give = async |ago: i64| {
        let task = house.task("ana", "refund it", "C0SUPPORT", ago).await;
        house.give(task, "agent:finance-agent", AssignmentState::Held, ago).await;
        task
    };
    let failed = give(9).await;
    house.end(failed, TaskState::Failed, json!({ "why": "Billing does not answer." }), 8).await;
    assert!(
        house.asks("ben", &failed.to_string()).await.contains("not finished, 20 Nov 09:52: Billing does not answer.")
    );
    let cancelled = give(7).await;
    house.end(cancelled, TaskState::Cancelled, json!({ "by": account("noor") }), 6).await;
    let told = house.asks("ben", &cancelled.to_string()).await;
    assert!(told.contains("cancelled by Noor Haddad, 20 Nov 09:54"), "{told}");
    assert!(!told.contains("[Cancel]"), "{told}");
}
