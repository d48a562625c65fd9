//! Runs: one worker a step, a journal in order, and a state for every long wait.

use workforce::ids::{RunId, TaskId};
use workforce::runs::journal::Question;
use workforce::runs::store::{self as runs, LEASE, NewRun, Pace};
use workforce::runs::{DriverKind, Run, RunState, StepKind, Waiting};
use workforce::store::Store;
use workforce::workers::{Actor, ActorChain, SlackUser};

use super::{START, at, committed, open_task, payload};
use crate::database::on_both;

fn chain() -> ActorChain {
    let human = Actor::Human(SlackUser { team: "T1".into(), user: "U1".into() });
    ActorChain::from_origin(human).then(Actor::Agent("finance-agent".into()))
}

async fn start(store: &Store, task: TaskId) -> RunId {
    let chain = chain();
    let new = NewRun {
        task,
        position: "finance-agent",
        driver: DriverKind::Playbook,
        plan: "refund",
        actor_chain: &chain,
        directives_digest: "sha256:1",
    };
    committed(store, async |tx| runs::start_run(tx, &new, START).await.unwrap()).await
}

async fn claim(store: &Store, at: workforce::clock::Timestamp) -> Option<Run> {
    committed(store, async |tx| runs::claim_next(tx, Pace::AtOnce, at).await.unwrap()).await
}

#[tokio::test]
async fn a_run_comes_back_whole_and_has_one_worker() {
    on_both(async |store, _| {
        let task = open_task(&store, "1.0", "x").await;
        let id = start(&store, task).await;
        let slow = claim(&store, START).await.unwrap();
        assert_eq!((slow.id, slow.task, &slow.actor_chain, slow.attempts), (id, task, &chain(), 1));
        assert_eq!(
            (slow.plan.as_str(), slow.position.as_str(), slow.waiting.as_ref()),
            ("refund", "finance-agent", None)
        );
        assert!(claim(&store, START).await.is_none());
        let quick = claim(&store, START.plus(LEASE)).await.unwrap();
        assert!(quick.fence > slow.fence);
        let ends = async |run: &Run| {
            committed(&store, async |tx| runs::finish(tx, run, RunState::Done, at(99)).await.unwrap()).await
        };
        assert!(!ends(&slow).await, "the lease was lost");
        assert!(!committed(&store, async |tx| runs::wait_for(tx, &slow, &answer()).await.unwrap()).await);
        assert!(ends(&quick).await);
        assert!(!ends(&quick).await);
        assert!(runs::live(&store).await.unwrap().is_empty());
    })
    .await;
}

fn answer() -> Waiting {
    Waiting::Answer(Question::to_requester("order", "Which order?"))
}

#[tokio::test]
async fn a_long_wait_is_a_state() {
    on_both(async |store, _| {
        let task = open_task(&store, "1.0", "x").await;
        let id = start(&store, task).await;
        let held = claim(&store, START).await.unwrap();
        assert!(committed(&store, async |tx| runs::wait_for(tx, &held, &answer()).await.unwrap()).await);
        assert!(claim(&store, at(9_999)).await.is_none(), "nobody works on what waits");
        assert_eq!(runs::ready_count(&store).await.unwrap(), 0);
        let waiting = committed(&store, async |tx| runs::current_of_task(tx, task).await.unwrap()).await.unwrap();
        assert_eq!((waiting.state, waiting.waiting), (RunState::Waiting, Some(answer())));
        assert!(committed(&store, async |tx| runs::wake(tx, id, at(10)).await.unwrap()).await);
        assert!(!committed(&store, async |tx| runs::wake(tx, id, at(10)).await.unwrap()).await, "awake already");
        let awake = claim(&store, at(10)).await.unwrap();
        assert!(awake.fence > held.fence + 1, "who held it before the wait has lost it");
        assert_eq!(awake.waiting, None);
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_run_takes_no_further_step() {
    on_both(async |store, _| {
        let task = open_task(&store, "1.0", "x").await;
        let id = start(&store, task).await;
        let held = claim(&store, START).await.unwrap();
        assert!(committed(&store, async |tx| runs::end_run(tx, id, RunState::Cancelled, at(1)).await.unwrap()).await);
        assert!(!committed(&store, async |tx| runs::end_run(tx, id, RunState::Done, at(1)).await.unwrap()).await);
        assert!(!committed(&store, async |tx| runs::wait_for(tx, &held, &answer()).await.unwrap()).await);
        assert!(!committed(&store, async |tx| runs::finish(tx, &held, RunState::Done, at(2)).await.unwrap()).await);
        committed(&store, async |tx| runs::again_at(tx, &held, at(0)).await.unwrap()).await;
        assert!(claim(&store, at(9_999)).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_step_that_failed_is_taken_again_later() {
    on_both(async |store, _| {
        let task = open_task(&store, "1.0", "x").await;
        start(&store, task).await;
        let held = claim(&store, START).await.unwrap();
        committed(&store, async |tx| runs::again_at(tx, &held, at(30)).await.unwrap()).await;
        assert_eq!(runs::next_due(&store).await.unwrap(), Some(at(30)));
        assert!(claim(&store, at(29)).await.is_none());
        assert_eq!(claim(&store, at(30)).await.unwrap().attempts, 2);
    })
    .await;
}

#[tokio::test]
async fn the_journal_keeps_its_order_and_outlives_its_texts() {
    on_both(async |store, database| {
        let task = open_task(&store, "1.0", "x").await;
        let id = start(&store, task).await;
        for (n, kind) in [StepKind::Call, StepKind::Answer, StepKind::End].into_iter().enumerate() {
            let result = payload(&format!("step {n}"));
            committed(&store, async |tx| runs::append_step(tx, id, 1, kind, "sha256:q", &result, at(1)).await.unwrap())
                .await;
        }
        let journal = async || committed(&store, async |tx| runs::journal(tx, id).await.unwrap()).await;
        let steps = journal().await;
        assert_eq!(steps.iter().map(|s| s.seq).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(steps.iter().map(|s| s.kind).collect::<Vec<_>>(), [StepKind::Call, StepKind::Answer, StepKind::End]);
        assert_eq!(steps[1].result, Some(payload("step 1")));
        database.meddle("UPDATE steps SET result = NULL WHERE seq = 2").await.unwrap();
        assert_eq!(journal().await[1].result, None, "erased is told apart from nothing");
        let other = start(&store, task).await;
        assert!(committed(&store, async |tx| runs::journal(tx, other).await.unwrap()).await.is_empty());
    })
    .await;
}
