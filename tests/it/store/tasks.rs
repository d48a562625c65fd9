//! Tasks: legal moves only, each won by one, and texts that can be erased once the work has ended.

use workforce::catalogue::canonical::digest_bytes;
use workforce::store::Store;
use workforce::tasks::store as tasks;
use workforce::tasks::{TaskPriority, TaskState};

use super::{START, at, committed, conversation, new_task, open_task};
use crate::database::on_both;

async fn state(store: &Store, id: workforce::ids::TaskId) -> TaskState {
    tasks::find_task(store, id).await.unwrap().unwrap().state
}

#[tokio::test]
async fn a_task_comes_back_as_it_was_opened() {
    on_both(async |store, _| {
        let id = open_task(&store, "1.0", "where is ORD-1042? “ä€😀”").await;
        let task = tasks::find_task(&store, id).await.unwrap().unwrap();
        let new = new_task("1.0", "where is ORD-1042? “ä€😀”");
        assert_eq!((task.text, task.above, task.requester), (new.text, new.above, new.requester));
        assert_eq!(
            (task.state, task.priority, task.created, task.ended),
            (TaskState::Open, TaskPriority::Normal, START, None)
        );
        let found = committed(&store, async |tx| tasks::of_message(tx, "C1", "1.0").await.unwrap()).await;
        assert_eq!(found.unwrap().id, id);
        let latest =
            committed(&store, async |tx| tasks::latest_of_conversation(tx, &conversation("1.0")).await.unwrap()).await;
        assert_eq!(latest.unwrap().id, id);
        assert!(tasks::find_task(&store, workforce::ids::TaskId(99)).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn two_deciders_cannot_both_win_and_what_ended_stays_ended() {
    on_both(async |store, _| {
        let id = open_task(&store, "1.0", "x").await;
        let mv = async |from, to| {
            committed(&store, async |tx| tasks::move_task(tx, id, from, to, at(5)).await.unwrap()).await
        };
        assert!(mv(TaskState::Open, TaskState::Assigned).await);
        assert!(!mv(TaskState::Open, TaskState::Cancelled).await, "somebody was faster");
        assert!(!mv(TaskState::Open, TaskState::Done).await, "no legal move");
        assert!(mv(TaskState::Assigned, TaskState::Done).await);
        for to in [TaskState::Open, TaskState::Assigned, TaskState::Cancelled] {
            assert!(!mv(TaskState::Done, to).await, "{to:?}");
        }
        assert_eq!(state(&store, id).await, TaskState::Done);
        assert_eq!(tasks::find_task(&store, id).await.unwrap().unwrap().ended, Some(at(5)));
        let set = committed(&store, async |tx| {
            tasks::set_routing(tx, id, TaskState::Assigned, TaskPriority::High, "d", "{}").await.unwrap()
        });
        assert!(!set.await, "an ended task is not routed");
        assert!(!committed(&store, async |tx| tasks::reword(tx, id, "y").await.unwrap()).await);
    })
    .await;
}

#[tokio::test]
async fn tasks_are_routed_first_in_first_out() {
    on_both(async |store, _| {
        let (first, second) = (open_task(&store, "1.0", "a").await, open_task(&store, "2.0", "b").await);
        assert_eq!(tasks::unrouted_count(&store).await.unwrap(), 2);
        for expected in [first, second] {
            committed(&store, async |tx| {
                assert_eq!(tasks::next_unrouted(tx).await.unwrap(), Some(expected));
                let routing = r#"{"to":["human"]}"#;
                assert!(
                    tasks::set_routing(tx, expected, TaskState::Assigned, TaskPriority::Urgent, "sha256:1", routing)
                        .await
                        .unwrap()
                );
            })
            .await;
        }
        committed(&store, async |tx| assert_eq!(tasks::next_unrouted(tx).await.unwrap(), None)).await;
        let task = tasks::find_task(&store, first).await.unwrap().unwrap();
        assert_eq!((task.priority, task.directives_digest.as_str()), (TaskPriority::Urgent, "sha256:1"));
        assert_eq!(tasks::count_by_state(&store).await.unwrap(), [(TaskState::Assigned, 2)]);
    })
    .await;
}

#[tokio::test]
async fn an_edit_waits_beside_the_request_until_somebody_says_which_counts() {
    on_both(async |store, _| {
        let id = open_task(&store, "1.0", "refund $40").await;
        committed(&store, async |tx| {
            assert!(tasks::note_edit(tx, id, Some("refund $400")).await.unwrap());
            assert_eq!(tasks::noted_edit(tx, id).await.unwrap().as_deref(), Some("refund $400"));
            assert_eq!(tasks::task(tx, id).await.unwrap().unwrap().text, "refund $40");
            assert!(tasks::reword(tx, id, "refund $400").await.unwrap());
            assert_eq!(tasks::noted_edit(tx, id).await.unwrap(), None);
            assert_eq!(tasks::task(tx, id).await.unwrap().unwrap().text, "refund $400");
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn texts_are_erased_after_the_end_only_and_the_digest_stays() {
    on_both(async |store, database| {
        let id = open_task(&store, "1.0", "a secret").await;
        assert!(!committed(&store, async |tx| tasks::erase_texts(tx, id).await.unwrap()).await, "work goes on");
        committed(&store, async |tx| {
            tasks::move_task(tx, id, TaskState::Open, TaskState::Cancelled, at(1)).await.unwrap()
        })
        .await;
        assert!(committed(&store, async |tx| tasks::erase_texts(tx, id).await.unwrap()).await);
        let task = tasks::find_task(&store, id).await.unwrap().unwrap();
        assert_eq!((task.text.as_str(), task.above.as_str()), ("", ""));
        // The digest is what it was: this update would break on another one.
        let check = format!(
            "INSERT INTO schedule_marks SELECT text_digest, 1 FROM tasks WHERE text_digest = '{}'",
            digest_bytes(b"a secret")
        );
        database.meddle(&check).await.unwrap();
        let again = format!("INSERT INTO schedule_marks VALUES ('{}', 1)", digest_bytes(b"a secret"));
        assert!(database.meddle(&again).await.is_err(), "the digest was not there");
    })
    .await;
}

#[tokio::test]
async fn a_person_sees_what_they_have_open() {
    on_both(async |store, _| {
        let (first, second) = (open_task(&store, "1.0", "a").await, open_task(&store, "2.0", "b").await);
        let who = new_task("x", "").requester;
        committed(&store, async |tx| {
            tasks::move_task(tx, first, TaskState::Open, TaskState::Cancelled, at(1)).await.unwrap()
        })
        .await;
        let open = tasks::open_of_requester(&store, &who, 10).await.unwrap();
        assert_eq!(open.iter().map(|task| task.id).collect::<Vec<_>>(), [second]);
        let all = tasks::not_ended(&store, 10).await.unwrap();
        assert_eq!(all.iter().map(|task| task.id).collect::<Vec<_>>(), [second]);
    })
    .await;
}
