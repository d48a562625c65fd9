use super::house::*;
use crate::assignments::AssignmentState;
use crate::flow::decide::decide;
use crate::inbox::{Arrival, Click, Container, Trigger};
use crate::replies::outbox::Outgoing;
use crate::replies::store as outbox;
use crate::slack::AckReply;

impl House {
    /// Clicks *Share here* below an answer that stands in `channel`; what the clicker alone sees.
    async fn shares(&self, who: &str, command: &str, channel: &str) -> Option<String> {
        let container = Container::Message {
            channel: channel.into(),
            ts: "17.1".into(),
            thread_ts: Some("16.0".into()),
            ephemeral: true,
        };
        let click = Click {
            by: account(who),
            action_id: "share_here".into(),
            value: command.into(),
            container,
            action_ts: "18.0".into(),
            fields: vec![],
        };
        let key = format!("click:{who}:{command}:{channel}");
        let arrival = Arrival { key, also: None, conversation: None, trigger: Trigger::Click(click) };
        match decide(&self.app, arrival).await.unwrap() {
            AckReply::Ephemeral(card) => Some(card.to_plain()),
            AckReply::Empty => None,
            other => panic!("{other:?}"),
        }
    }

    /// Everything that waits to be posted: where, and what.
    async fn posts(&self) -> Vec<(String, String)> {
        let mut out = Vec::new();
        while let Some(sending) = self.does(async |tx| outbox::claim_next(tx, NOW).await.unwrap()).await {
            let Ok(Outgoing::Say { thread_ts, card, .. }) = sending.what else { panic!("{sending:?}") };
            out.push((format!("{} in {thread_ts:?}", sending.slot), card.to_plain()));
        }
        out
    }
}

#[tokio::test]
async fn a_shared_answer_is_posted_once_where_the_asker_stands() {
    let house = House::new().await;
    assert!(house.asks("ana", "who-owns refunds").await.contains("[Share here]"));
    assert!(!house.asks_aloud("ana", "who-owns refunds", "C0GENERAL").await.contains("[Share here]"));
    assert_eq!(house.shares("ana", "who-owns refunds", "C0GENERAL").await, None);
    assert_eq!(house.shares("ana", "who-owns refunds", "C0GENERAL").await, None, "delivered twice");
    let posts = house.posts().await;
    assert_eq!(posts.len(), 1);
    insta::assert_snapshot!(format!("{}\n{}", posts[0].0, posts[0].1), @r#"
    reply:C0GENERAL:shared:18.0 in Some("16.0")
    *Refunds* → *Finn (Finance)*, agent · role finance-operations
    Owner Dana Ruiz · supervisor Kim Osei
    May refund up to $200; refund above $200 asks a finance manager
    Last review 12 Aug · due 10 Nov, *10 days late*
    “Billing questions go to the finance agent.” `rules.md:1`
    “Refunds up to $200 run without approval.” `rules.md:2`
    “Refunds above $200 need approval from a finance manager.” `rules.md:3`
    · By the directives in force · 20 Nov 10:00
    · Shared by Ana Silva
    "#);
}

#[tokio::test]
async fn what_may_not_be_told_there_is_not_posted() {
    let house = House::new().await;
    let task = house.task("ana", "may I take leave?", "D0ANA", 10).await;
    house.give(task, "agent:orders-agent", AssignmentState::Held, 10).await;
    let why = format!("why {task}");
    let refused = house.shares("ana", &why, "C0GENERAL").await;
    assert_eq!(refused.as_deref(), Some("This is not for everybody here. /workforce why T-1 shows it to you alone."));
    let refused = house.shares("ben", &why, "C0GENERAL").await.unwrap();
    assert!(refused.contains("not for you to see"), "{refused}");
    let forged = house.shares("ana", "approve A-1", "C0GENERAL").await.unwrap();
    assert!(forged.contains("no longer in use"), "{forged}");
    let elsewhere = house.shares("ana", "who-owns refunds", "C0ELSEWHERE").await.unwrap();
    assert!(elsewhere.contains("I am not in this channel"), "{elsewhere}");
    assert_eq!(house.posts().await, []);
}
