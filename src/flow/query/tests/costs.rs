use serde_json::json;

use super::house::*;
use crate::assignments::AssignmentState;
use crate::clock::Span;
use crate::execution::Stage;
use crate::money::Cost;

/// One refund of $40 that ran by itself for 2 cents, one of $450 that Dana approved, which told no price.
async fn spent(house: &House) {
    let small = house.task("ana", "refund ORD-1042, $40", "C0SUPPORT", 60).await;
    house.give(small, "agent:finance-agent", AssignmentState::Held, 60).await;
    let run = house.run(small, "finance-agent", None, 60).await;
    house.refund(small, run, 40, &Stage::Allowed, 59).await;
    house.perform(&cents(2), 58).await;
    let large = house.task("ben", "refund ORD-1043, $450", "C0SUPPORT", 50).await;
    house.give(large, "agent:finance-agent", AssignmentState::Held, 50).await;
    let run = house.run(large, "finance-agent", None, 50).await;
    let (action, proposal) = house.refund(large, run, 450, &Stage::Allowed, 49).await;
    let id = house.card(large, action, &proposal, 49).await;
    house.approves("dana", id, 48).await;
    house.perform(&Cost::Unmetered, 47).await;
}

#[tokio::test]
async fn costs_tell_what_was_measured_and_what_money_moved_by_whose_word() {
    let house = House::new().await;
    spent(&house).await;
    insta::assert_snapshot!(house.asks("dana", "costs").await, @r"
    *$0.02 measured* · 50 % of 2 tasks metered
    For the agents that you answer for
    Who | Cost
    Finn (Finance) | $0.02 measured, 1 step not metered
    Budget: none is in force
    Money moved: $40.00 without approval, $450.00 approved
    · 1 Nov to 30 Nov, UTC time · 20 Nov 10:00
    ");
    insta::assert_snapshot!(house.asks("ana", "costs today").await, @r"
    *$0.02 measured* · 100 % of 1 task metered
    For what Ana Silva asked for
    Who | Cost
    Finn (Finance) | $0.02
    Budget: none is in force
    Money moved: $40.00 without approval, nothing approved
    · 20 Nov, UTC time · 20 Nov 10:00
    ");
    insta::assert_snapshot!(house.asks("dana", "costs finn last month").await, @r"
    *Nothing to meter* · nothing was called
    For Finn (Finance)
    Budget: none is in force
    Money moved: none
    · 1 Oct to 31 Oct, UTC time · 20 Nov 10:00
    ");
    insta::assert_snapshot!(house.asks("dana", "costs finn yesterday").await, @r"
    *Nothing to meter* · nothing was called
    For Finn (Finance)
    Budget: none is in force
    Money moved: none
    · 19 Nov, UTC time · 20 Nov 10:00
    ");
    house.app.clock.advance(Span::days(1));
    assert!(house.asks("dana", "costs finn yesterday").await.starts_with("*$0.02 measured* · 50 % of 2 tasks metered"));
}

#[tokio::test]
async fn costs_are_for_those_whom_they_concern() {
    let see = json!({"kind": "permit", "who": ["person:@omar"], "tools": ["workforce.see_costs"]});
    let house = House::with(vec![see]).await;
    spent(&house).await;
    insta::assert_snapshot!(house.asks("ben", "costs finn").await, @"What Finn (Finance) costs is not for you to see. Ask Dana Ruiz, Kim Osei or Omar Haddad.");
    assert!(house.asks("omar", "costs").await.contains("For every agent"));
    assert!(house.asks("noor", "costs ana").await.contains("For what Ana Silva asked for"), "whoever is above");
    assert!(house.asks("ben", "costs ana").await.contains("not for you to see"));
    insta::assert_snapshot!(house.asks_aloud("dana", "costs", "C0SUPPORT").await, @"This is not for everybody here. /workforce costs shows it to you alone.");
}
