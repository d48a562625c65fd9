use super::house::*;
use crate::roster::store as roster;

#[tokio::test]
async fn a_topic_is_owned_by_the_line_that_gives_it() {
    let house = House::new().await;
    insta::assert_snapshot!(house.asks("ana", "who-owns refunds").await, @r"
    *Refunds* → *Finn (Finance)*, agent · role finance-operations
    Owner Dana Ruiz · supervisor Kim Osei
    May refund up to $200; refund above $200 asks a finance manager
    Last review 12 Aug · due 10 Nov, *10 days late*
    “Billing questions go to the finance agent.” `rules.md:1`
    “Refunds up to $200 run without approval.” `rules.md:2`
    “Refunds above $200 need approval from a finance manager.” `rules.md:3`
    · By the directives in force · 20 Nov 10:00
    [Share here]
    ");
}

#[tokio::test]
async fn a_name_is_owned_by_people() {
    let house = House::new().await;
    insta::assert_snapshot!(house.asks("sam", "who-owns finn").await, @r"
    *Finn* → *Finn (Finance)*, agent · role finance-operations
    Owner Dana Ruiz · supervisor Kim Osei
    May refund up to $200; refund above $200 asks a finance manager
    Last review 12 Aug · due 10 Nov, *10 days late*
    “Billing questions go to the finance agent.” `rules.md:1`
    “Refunds up to $200 run without approval.” `rules.md:2`
    “Refunds above $200 need approval from a finance manager.” `rules.md:3`
    · By the directives in force · 20 Nov 10:00
    [Share here]
    ");
    insta::assert_snapshot!(house.asks("ana", "who-owns the legal desk").await, @r"
    *Legal desk* → *Priya Nair*, person · role legal-desk
    Supervisor Kim Osei
    Never reviewed · no line asks for one: `review every`
    “Anything mentioning a lawyer gets escalated to the legal desk.” `rules.md:4`
    · By the directives in force · 20 Nov 10:00
    [Share here]
    ");
}

#[tokio::test]
async fn a_stopped_agent_is_told_as_such_and_nobody_as_nobody() {
    let house = House::new().await;
    house.does(async |tx| roster::stop(tx, "agent:finance-agent", "U0DANA", NOW).await.unwrap()).await;
    let told = house.asks("ana", "who-owns finn").await;
    assert!(told.contains("agent, stopped: starts nothing"), "{told}");
    insta::assert_snapshot!(house.asks("ana", "who-owns the weather").await, @r"
    *No line gives weather to anybody.*
    Kim Osei decides such work case by case.
    · All directives · 20 Nov 10:00
    ");
    insta::assert_snapshot!(house.asks("gus", "who-owns refunds").await, @"Only members of this workspace can use this; guests and other companies cannot. Nothing changed.");
}
