//! What results are worth: judged by whoever may, drawn for checks, and what follows for the worker's freedom.

use workforce::clock::Span;
use workforce::ids::TaskId;
use workforce::ledger::{FactKind, store as facts};
use workforce::results::Rating;
use workforce::results::store as results;

use crate::office::Office;

const LINE: &str = "Password resets run without approval.";

/// The example company with more sentences.
async fn office(said: &str) -> Office {
    Office::open(&[("approvals.md", LINE, &format!("{LINE}\n\n## Trust\n\n{said}"))]).await
}

async fn asks(office: &Office, text: &str) -> String {
    let ts = office.sandbox.says("ana", "support", text).unwrap();
    office.rest().await;
    ts
}

/// Clicks a button on the newest message of a channel that shows it.
async fn clicks(office: &Office, who: &str, channel: &str, button: &str) {
    let shown = office.sandbox.shown(channel).unwrap();
    let label = format!("[{button}]");
    let card = shown.iter().rev().find(|message| message.text.contains(&label)).unwrap_or_else(|| panic!("no {label}"));
    office.sandbox.clicks(who, channel, &card.ts, button).unwrap();
    office.rest().await;
}

async fn ratings(office: &Office, task: i64) -> Vec<(i64, Option<Rating>)> {
    let mut tx = office.service().app.store.begin().await.unwrap();
    let all = results::of_task(&mut tx, TaskId(task)).await.unwrap();
    all.iter().map(|result| (result.version, result.rating)).collect()
}

async fn count(office: &Office, kind: FactKind) -> usize {
    let store = &office.service().app.store;
    let mut found = 0;
    for (chain, _, _) in facts::heads(store).await.unwrap() {
        found += facts::facts_of_chain(store, &chain).await.unwrap().iter().filter(|fact| fact.kind == kind).count();
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_used_refined_or_wrong_and_silence_is_none_of_these() {
    let office = office("").await;
    asks(&office, "@workforce where is order ORD-1042?").await;
    assert_eq!(ratings(&office, 1).await, [(1, None)], "nobody said anything");
    // Ben did not ask.
    clicks(&office, "ben", "support", "Use it").await;
    assert_eq!(ratings(&office, 1).await, [(1, None)]);
    clicks(&office, "ana", "support", "Refine").await;
    office.sandbox.submits("ana", &[("words", "I meant ORD-1043")]).unwrap();
    office.rest().await;
    assert_eq!(ratings(&office, 1).await, [(1, Some(Rating::Refined)), (2, None)]);
    let thread = office.channel("support");
    assert!(thread.contains("asked for another version") && thread.matches("ORD-1042").count() > 1, "{thread}");
    clicks(&office, "ana", "support", "Use it").await;
    assert_eq!(ratings(&office, 1).await, [(1, Some(Rating::Refined)), (2, Some(Rating::Used))]);
    assert!(office.channel("support").contains("Ana Silva used it at"), "{}", office.channel("support"));
    assert_eq!(count(&office, FactKind::Judged).await, 2);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changed_something_cannot_be_asked_for_anew() {
    let office = office("").await;
    asks(&office, "@workforce please refund ORD-1042, $40, it arrived broken").await;
    let thread = office.channel("support");
    assert!(thread.contains("[Use it]") && !thread.contains("[Refine]"), "{thread}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guard_falls_and_its_owner_trusts_again() {
    let said = "When fewer than 80% of the orders agent's proposals are accepted over a month, pause it.";
    let office = office(said).await;
    for order in ["ORD-1042", "ORD-1043", "ORD-1044", "ORD-1042", "ORD-1043"] {
        asks(&office, &format!("@workforce where is order {order}?")).await;
        clicks(&office, "ana", "support", "Not right").await;
        office.sandbox.submits("ana", &[("words", "that is another order")]).unwrap();
        office.rest().await;
    }
    assert_eq!(count(&office, FactKind::GuardFell).await, 1);
    asks(&office, "@workforce where is order ORD-1042?").await;
    let waits = office.channel("support");
    assert!(!waits.contains("used it"), "{waits}");
    let owner = "noor";
    assert_eq!(office.told(owner, "is trusted less now"), 1, "{}", office.direct(owner));
    let channel = office.sandbox.dm_channel(owner).unwrap();
    clicks(&office, owner, &channel, "Trust it again").await;
    assert!(office.direct(owner).contains("is trusted again"), "{}", office.direct(owner));
    assert_eq!(count(&office, FactKind::GuardLifted).await, 1);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drawn_answers_go_to_a_checker() {
    let office = office("A human checks 100% of the orders agent's answers.").await;
    asks(&office, "@workforce where is order ORD-1042?").await;
    assert_eq!(office.told("kim", "Is this answer of"), 1, "{}", office.direct("kim"));
    let channel = office.sandbox.dm_channel("kim").unwrap();
    clicks(&office, "kim", &channel, "Not right").await;
    assert!(office.direct("kim").contains("*Not right.*"), "{}", office.direct("kim"));
    assert_eq!(ratings(&office, 1).await, [(1, None), (1, Some(Rating::Wrong))], "the answer itself stays unrated");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_only_observes_tells_the_owner_alone_and_a_person_does_it() {
    let office = office("For its first year the finance agent only observes.").await;
    asks(&office, "@workforce please refund ORD-1042, $40, it arrived broken").await;
    let thread = office.channel("support");
    assert!(thread.contains("only observes at present") && !thread.contains("Refund $40.00"), "{thread}");
    assert!(office.direct("dana").contains("Refund $40.00 to order ORD-1042"), "{}", office.direct("dana"));
    let channel = office.sandbox.dm_channel("dana").unwrap();
    clicks(&office, "dana", &channel, "Would have been right").await;
    assert_eq!(ratings(&office, 1).await, [(1, Some(Rating::Used))]);
    assert_eq!(count(&office, FactKind::Proposed).await, 1);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_suggests_says_so_in_the_thread_until_its_time_is_over() {
    let office = office("Until 11 September 2026 the finance agent only suggests.").await;
    asks(&office, "@workforce please refund ORD-1042, $40, it arrived broken").await;
    let thread = office.channel("support");
    assert!(thread.contains("suggests") && thread.contains("Refund $40.00 to order ORD-1042"), "{thread}");
    assert!(!thread.contains("Refunded $40.00"), "{thread}");
    office.after(Span::days(5)).await;
    asks(&office, "@workforce please refund ORD-1043, $20, it arrived broken").await;
    assert!(office.channel("support").contains("Refunded $20.00"), "{}", office.channel("support"));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_acts_and_reports_tells_its_owner() {
    let office = office("The finance agent acts and reports.").await;
    asks(&office, "@workforce please refund ORD-1042, $40, it arrived broken").await;
    assert!(office.channel("support").contains("Refunded $40.00"), "{}", office.channel("support"));
    assert_eq!(office.told("dana", "*Finn (Finance)* did: *Refund $40.00"), 1, "{}", office.direct("dana"));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_that_is_not_kept_is_told_once() {
    let office = office("Legal questions get a first answer in 15 minutes and are solved the same day.").await;
    asks(&office, "@workforce a legal question about the lease").await;
    office.after(Span::minutes(16)).await;
    assert_eq!(count(&office, FactKind::PromiseMissed).await, 1);
    let who = ["kim", "priya", "noor", "dana"].iter().filter(|who| office.told(who, "has no answer yet") == 1).count();
    assert!(who >= 1, "somebody who answers for it hears");
    office.after(Span::minutes(30)).await;
    assert_eq!(count(&office, FactKind::PromiseMissed).await, 1, "once");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_nobody_answers_is_reminded_of_once_and_given_back() {
    let office = office("").await;
    asks(&office, "@workforce where is my order?").await;
    assert!(office.channel("support").contains("reply here"), "{}", office.channel("support"));
    office.after(Span::hours(5)).await;
    let count_of = |text: &str| office.channel("support").matches(text).count();
    assert_eq!(count_of("still waits for the"), 1, "{}", office.channel("support"));
    office.after(Span::hours(10)).await;
    assert_eq!(count_of("still waits for the"), 1, "once");
    office.after(Span::hours(10)).await;
    assert!(
        office.channel("support").contains("Nobody answered its question in time."),
        "{}",
        office.channel("support")
    );
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_may_be_free_for_one_action_and_not_for_another() {
    let office = office("For refunds the finance agent only observes.").await;
    asks(&office, "@workforce please refund ORD-1042, $40, it arrived broken").await;
    let thread = office.channel("support");
    assert!(thread.contains("only observes at present") && !thread.contains("Refund $40.00"), "{thread}");
    assert_eq!(office.told("dana", "Would have been right"), 1, "{}", office.direct("dana"));
    let channel = office.sandbox.dm_channel("dana").unwrap();
    clicks(&office, "dana", &channel, "Wrong").await;
    assert_eq!(ratings(&office, 1).await, [(1, Some(Rating::Wrong))], "it feeds the record");
    asks(&office, "@workforce send me the invoice for ORD-1042").await;
    assert!(office.channel("support").contains("[Use it]"), "invoices are answered: {}", office.channel("support"));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_action_is_the_exception_to_what_a_worker_is_otherwise() {
    let said = "The finance agent asks before it acts.\nThe finance agent acts and reports with refunds.";
    let office = office(said).await;
    asks(&office, "@workforce please refund ORD-1042, $40, it arrived broken").await;
    assert!(office.channel("support").contains("Refunded $40.00"), "{}", office.channel("support"));
    assert_eq!(office.told("dana", "*Finn (Finance)* did: *Refund $40.00"), 1, "{}", office.direct("dana"));
    office.end().await;
}

const SHADOW: &str = "    status: active
  - id: finance-shadow
    name: Fay (Finance, new)
    driver: playbook
    tools: [billing.*, orders.get]
    status: shadow
---

# Finance operations";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shadow_gets_copies_and_its_owner_compares_what_both_did() {
    let second = ("roles/finance-operations.md", "    status: active\n---\n\n# Finance operations", SHADOW);
    let may = "Only the finance agent may refund.";
    let both = ("approvals.md", may, "Only the finance agent and the finance shadow may refund.");
    let office = Office::open(&[second, both]).await;
    asks(&office, "@workforce please refund ORD-1042, $40, it arrived broken").await;
    let thread = office.channel("support");
    assert!(thread.contains("Refunded $40.00") && !thread.contains("Fay"), "nobody sees the shadow: {thread}");
    let owner = office.direct("dana");
    assert!(owner.contains("Fay (Finance, new) would have done this"), "{owner}");
    assert!(owner.contains("Finn (Finance)") && owner.contains("Refunded $40.00 to"), "beside what was done: {owner}");
    let calls = office.sandbox.calls_of("chat.postMessage");
    assert!(calls.iter().all(|call| call.args["username"] != "Fay (Finance, new)"), "it says nothing itself");
    assert_eq!(count(&office, FactKind::ActionStarted).await, 3, "Finn looks up and refunds, Fay only looks up");
    office.sandbox.slash("ana", "support", "/workforce", "why T-2").unwrap();
    office.rest().await;
    let told = office.sandbox.ephemerals("ana").unwrap().pop().unwrap();
    assert!(!told.contains("Refund $40.00"), "the copy is its owner's to read: {told}");
    let channel = office.sandbox.dm_channel("dana").unwrap();
    clicks(&office, "dana", &channel, "Would have been right").await;
    assert_eq!(count(&office, FactKind::Judged).await, 1);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_did_is_judged_like_any_result_and_both_versions_are_kept() {
    let office = office("").await;
    asks(&office, "@workforce a customer mentions a lawsuit about ORD-1042").await;
    office.clicks("priya", "Done").await.unwrap();
    office.sandbox.submits("priya", &[("words", "I called them."), ("took", "25 min")]).unwrap();
    office.rest().await;
    assert!(office.channel("support").contains("[Use it] [Refine] [Not right]"), "{}", office.channel("support"));
    assert_eq!(ratings(&office, 1).await, [(1, None)], "silence is no judgement");
    clicks(&office, "priya", "support", "Use it").await;
    assert_eq!(ratings(&office, 1).await, [(1, None)], "nobody judges their own work");
    clicks(&office, "ana", "support", "Refine").await;
    office.sandbox.submits("ana", &[("words", "please write to them, too")]).unwrap();
    office.rest().await;
    office.clicks("priya", "Done").await.unwrap();
    office.sandbox.submits("priya", &[("words", "Written.")]).unwrap();
    office.rest().await;
    assert_eq!(ratings(&office, 1).await, [(1, Some(Rating::Refined)), (2, None)]);
    let thread = office.channel("support");
    assert!(thread.contains("I called them.") && thread.contains("Written."), "{thread}");
    office.end().await;
}
