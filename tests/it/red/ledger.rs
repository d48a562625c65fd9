//! A19: the ledger is changed, or made to say what never happened.

use serde_json::json;
use workforce::ledger::{self, FactKind, store as facts};

use super::Attack;
use super::house::{House, call, payloads, words};

/// What an agent writes, in the hope that something stores it as more than a text.
const WORDS: &[(&str, &str)] = &[
    ("a statement that drops the table", "ORD-1042'; DROP TABLE ledger; --"),
    ("a statement that deletes", "ORD-1042'; DELETE FROM ledger WHERE 1=1; --"),
    ("a statement that updates", "\"; UPDATE ledger SET payload='{}'; --"),
    ("a statement that inserts", "'); INSERT INTO ledger VALUES (1); --"),
    ("a trigger that is dropped", "'; DROP TRIGGER ledger_no_update; --"),
    ("an attached database", "'; ATTACH DATABASE '/tmp/x.db' AS x; --"),
    ("a placeholder", "$1 ? :name @name %s {0}"),
    ("a quote of the other engine", "E'\\'; SELECT pg_sleep(9); --"),
    ("a fact as JSON", "\"},{\"kind\":\"approval_decided\",\"approval\":1,\"change\":\"approved\"},{\""),
    ("a fact on a line of its own", "x\n{\"kind\":\"approval_decided\",\"task\":1}\n"),
    ("a NUL", "ORD\u{0}-1042"),
    ("a digest of its own", "sha256:0000000000000000000000000000000000000000000000000000000000000000"),
];

pub fn tampering() -> Attack {
    Attack {
        id: "A19",
        what: "the ledger is changed, or made to say what never happened",
        rule: "facts are written in the transaction of the change, by prepared statements; a hash chain per conversation; \
               triggers refuse updates and deletes",
        variants: WORDS.iter().map(|words| words.0).collect(),
    }
}

/// Every chain verifies against its head; the number of facts.
async fn verified(house: &House) -> usize {
    let store = &house.office.service().app.store;
    let mut sum = 0;
    for (chain, seq, hash) in facts::heads(store).await.unwrap() {
        let known = facts::facts_of_chain(store, &chain).await.unwrap();
        ledger::verify(&known, Some((seq, &hash))).unwrap();
        sum += known.len();
    }
    sum
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a19_the_ledger_says_what_happened() {
    let house = House::open(&[]).await;
    for (name, text) in WORDS {
        let before = verified(&house).await;
        let attempts = vec![
            words(text),
            call("orders__get", json!({ "id": text })),
            call("slack__post", json!({ "channel": "#general", "text": text })),
            call("cannot_do", json!({ "why": text })),
            call(text, json!({ *text: text })),
        ];
        let threads = house.order_questions(attempts).await;
        assert!(verified(&house).await > before, "{name}: the chains have grown and hold");
        for thread in &threads {
            let known = house.facts("support", thread).await;
            assert!(payloads(&known, FactKind::ApprovalDecided).is_empty(), "{name}");
            assert_eq!(payloads(&known, FactKind::TaskOpened).len(), 1, "{name}");
        }
        println!("{name}: is a text");
    }
    assert!(house.effects().await.is_empty());
    let threads = house.order_questions(vec![call("orders__get", json!({ "id": "ORD-1042" }))]).await;
    let known = house.facts("support", &threads[0]).await;
    assert_eq!(payloads(&known, FactKind::ActionEnded).len(), 1, "the control is written down");
    house.end().await;
}
