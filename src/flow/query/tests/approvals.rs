use super::house::*;
use crate::clock::Span;

#[tokio::test]
async fn approvers_see_what_they_may_decide_and_requesters_who_decides() {
    let house = House::new().await;
    house.waiting_refund().await;
    insta::assert_snapshot!(house.asks("dana", "approvals").await, @r"
    *1 approval for you to decide*
    • *Refund $450.00 to order ORD-1042* · A-1 · asked by Ana Silva · until 13:52
    [*Approve $450.00*] [Edit and approve] [Ask back] [!Deny!] [Take over] [Details]
    · Open ones only · 20 Nov 10:00
    ");
    insta::assert_snapshot!(house.asks("ana", "approvals").await, @r"
    *Nothing waits for your decision.*
    *You asked; others decide*
    • *Refund $450.00 to order ORD-1042* · A-1 · asked by Ana Silva · until 13:52 · Dana Ruiz or Omar Haddad decides
    · Open ones only · 20 Nov 10:00
    ");
    let nothing = house.asks("ben", "approvals").await;
    assert!(nothing.starts_with("*Nothing waits for your decision.*"), "{nothing}");
    let kim = house.asks("kim", "approvals").await;
    assert!(kim.starts_with("*Nothing waits"), "Kim is asked only later: {kim}");
    house.app.clock.advance(Span::hours(4));
    let kim = house.asks("kim", "approvals").await;
    assert!(kim.starts_with("*1 approval for you to decide*"), "the clock counts before anybody wrote it down: {kim}");
}

#[tokio::test]
async fn home_holds_what_waits_for_me_what_i_have_and_what_i_asked_for() {
    use crate::assignments::AssignmentState;
    let house = House::new().await;
    house.waiting_refund().await;
    let offered = house.task("ben", "a customer mentions their lawyer", "C0SUPPORT", 10).await;
    house.give(offered, "role:legal-desk", AssignmentState::Offered, 10).await;
    insta::assert_snapshot!(house.asks("dana", "").await, @r"
    *You decide*
    • *Refund $450.00 to order ORD-1042* · A-1 · asked by Ana Silva · until 13:52
    [*Approve $450.00*] [Edit and approve] [Ask back] [!Deny!] [Take over] [Details]
    ---
    *Your agents*
    • *Finn (Finance)* has 1 task
    ---
    *Reviews due*
    • *Finn (Finance)* · finance operations · last 12 Aug · *10 days late* · Dana Ruiz reviews
    [Record review]
    · Yours only · 20 Nov 10:00 · `/workforce help`
    ");
    insta::assert_snapshot!(house.asks("priya", "").await, @r"
    *You have*
    • *T-2* a customer mentions their lawyer · waits for Legal desk to accept, until 20 Nov 10:20
    · Yours only · 20 Nov 10:00 · `/workforce help`
    ");
    insta::assert_snapshot!(house.asks("ana", "").await, @r"
    *You asked for*
    • *T-1* please refund ORD-1042, $450, it arrived broken · waits for Dana Ruiz or Omar Haddad to decide A-1, until 20 Nov 13:52
    · Yours only · 20 Nov 10:00 · `/workforce help`
    ");
    let stranger = house.asks("sam", "").await;
    assert!(stranger.starts_with("*Nothing waits for you.*"), "{stranger}");
}
