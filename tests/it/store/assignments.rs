//! Assignments: one current holder a task, whatever happens; what was before stays.

use workforce::assignments::AssignmentState::{self, Done, Held, Offered, Released};
use workforce::assignments::store::{self as assignments, NewAssignment};
use workforce::ids::{AssignmentId, TaskId};
use workforce::store::Store;
use workforce::workers::WorkerRef;

use super::{at, committed, open_task};
use crate::database::on_both;

async fn assign(store: &Store, task: TaskId, worker: &str, state: AssignmentState, due: Option<i64>) -> AssignmentId {
    let worker: WorkerRef = worker.parse().unwrap();
    let new = NewAssignment { task, worker: &worker, state, because: "{}", level: 0, due: due.map(at) };
    committed(store, async |tx| assignments::assign(tx, &new, at(0)).await.unwrap()).await
}

#[tokio::test]
async fn a_task_has_one_holder_and_a_history() {
    on_both(async |store, database| {
        let task = open_task(&store, "1.0", "x").await;
        assign(&store, task, "agent:finance-agent", Held, None).await;
        assign(&store, task, "person:@dana", Offered, Some(60)).await;
        let current = assignments::find_current(&store, task).await.unwrap().unwrap();
        assert_eq!((current.worker.to_string().as_str(), current.state), ("person:@dana", Offered));
        let states: Vec<_> = assignments::of_task(&store, task).await.unwrap().iter().map(|a| a.state).collect();
        assert_eq!(states, [Released, Offered]);
        let second = "INSERT INTO assignments (task, worker, state, because, since_us, level) VALUES (1, 'human', 'held', '', 1, 0)";
        assert!(database.meddle(second).await.is_err(), "the database itself refuses a second holder");
        assert!(committed(&store, async |tx| assignments::end_current(tx, task, Done, at(9)).await.unwrap()).await);
        assert!(!committed(&store, async |tx| assignments::end_current(tx, task, Done, at(9)).await.unwrap()).await);
        assert!(assignments::find_current(&store, task).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn the_first_to_accept_has_it() {
    on_both(async |store, _| {
        let task = open_task(&store, "1.0", "x").await;
        let offer = assign(&store, task, "role:support-lead", Offered, Some(60)).await;
        let accept = async |who: &str| {
            let worker: WorkerRef = who.parse().unwrap();
            committed(&store, async |tx| assignments::accept(tx, offer, &worker, at(5)).await.unwrap()).await
        };
        assert!(accept("person:@sam").await);
        assert!(!accept("person:@kim").await, "somebody was faster");
        let current = assignments::find_current(&store, task).await.unwrap().unwrap();
        assert_eq!((current.worker.to_string().as_str(), current.state, current.due), ("person:@sam", Held, None));
    })
    .await;
}

#[tokio::test]
async fn what_nobody_answers_becomes_overdue_until_it_is_accepted() {
    on_both(async |store, _| {
        let (first, second) = (open_task(&store, "1.0", "a").await, open_task(&store, "2.0", "b").await);
        let late = assign(&store, first, "human", Offered, Some(60)).await;
        assign(&store, second, "human", Offered, Some(30)).await;
        assert_eq!(assignments::next_due(&store).await.unwrap(), Some(at(30)));
        let overdue = async |seconds| {
            let found = committed(&store, async |tx| assignments::overdue(tx, at(seconds)).await.unwrap()).await;
            found.iter().map(|a| a.task).collect::<Vec<_>>()
        };
        assert!(overdue(29).await.is_empty());
        assert_eq!(overdue(60).await, [second, first], "the longest overdue first");
        committed(&store, async |tx| assignments::note_escalation(tx, late, 1, Some(at(120))).await.unwrap()).await;
        assert_eq!(overdue(60).await, [second]);
        let all = assignments::all_current(&store).await.unwrap();
        assert_eq!(all.iter().map(|a| a.level).collect::<Vec<_>>(), [1, 0]);
    })
    .await;
}
