//! What people see while somebody thinks: one message that grows where Slack lets it, else one that is edited in place.

use std::time::Duration;

use serde_json::{Value, json};
use workforce::clock::Span;
use workforce::config::Config;
use workforce::demo_models::{Format, Line, ModelServer, Script};
use workforce::drivers::Drivers;
use workforce::drivers::config::{ModelConfig, Vendor};
use workforce::sandbox::ApiFault;

use crate::office::Office;

const ORDERS: (&str, &str, &str) = ("roles/orders.md", "driver: playbook", "driver: model\n    model: main");
const SAYS: &str = "It left on 12 November with Nordpost. Nobody has signed for it yet, so I have asked the carrier to look again, \
                    and they answer tomorrow.";

async fn vendor(lines: impl IntoIterator<Item = Line>) -> ModelServer {
    ModelServer::start(0, Script::of(lines)).await.unwrap()
}

async fn office(vendor: &ModelServer, changes: &[(&str, &str, &str)], set: impl FnOnce(&mut Config)) -> Office {
    let model = ModelConfig {
        vendor: Vendor::Anthropic,
        base: format!("{}/", vendor.base_url(Format::Anthropic)).parse().unwrap(),
        model: "scripted-1".to_owned(),
        key: None,
        max_output_tokens: 1_000,
        timeout: Duration::from_secs(30),
        fallback: None,
    };
    let all: Vec<_> = [ORDERS].into_iter().chain(changes.iter().copied()).collect();
    Office::open_team(&all, Drivers::default(), |config| {
        config.drivers.models.insert("main".to_owned(), model);
        set(config);
    })
    .await
}

fn asks(office: &Office) -> String {
    office.sandbox.says("@ana", "#support", "@workforce where is order ORD-1042?").unwrap()
}

fn shown(office: &Office, thread: &str) -> String {
    office.sandbox.thread_text("#support", thread).unwrap()
}

/// Until the thread shows these words.
async fn until(office: &Office, thread: &str, words: &str) {
    let seen = |sandbox: &workforce::sandbox::Sandbox| {
        sandbox.thread_text("#support", thread).ok().filter(|text| text.contains(words)).map(drop)
    };
    office.sandbox.until(seen).await;
}

fn looks_up() -> Line {
    Line::call("orders__get", json!({ "id": "ORD-1042" }))
}

fn called(office: &Office, method: &str) -> usize {
    office.sandbox.calls_of(method).iter().filter(|call| call.is_ok()).count()
}

/// All that was sent in calls of these methods.
fn sent(office: &Office, methods: &[&str]) -> String {
    let calls = office.sandbox.calls();
    let of = calls.iter().filter(|call| methods.contains(&call.method.as_str()));
    of.map(|call| call.args.to_string()).collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_grows_in_one_message_with_a_card_for_each_call() {
    let vendor = vendor([looks_up(), Line::say(SAYS).held()]).await;
    let office = office(&vendor, &[], |_| {}).await;
    let thread = asks(&office);
    until(&office, &thread, "Nordpost.").await;
    let growing = shown(&office, &thread);
    assert!(growing.contains("» What Olga does") && growing.contains("(complete)"), "{growing}");
    assert!(growing.contains("It left on 12 November with Nordpost."), "{growing}");
    assert!(!growing.contains("Nobody has"), "half a sentence is not shown: {growing}");
    vendor.go_on();
    office.rest().await;
    let whole = shown(&office, &thread);
    assert!(whole.contains("they answer tomorrow.") && whole.contains("[Use it]"), "{whole}");
    assert!(!whole.contains("» What Olga does"), "the answer takes the place of the way to it: {whole}");
    assert_eq!(called(&office, "chat.startStream"), 1);
    assert_eq!(called(&office, "chat.stopStream"), 1);
    let posts = office.sandbox.posts_by_thread();
    assert_eq!(posts.values().sum::<usize>(), 1, "one message for the run: {posts:?}");
    let begun = &office.sandbox.calls_of("chat.startStream")[0].args;
    assert_eq!(begun["task_display_mode"], "plan");
    assert_eq!(begun["username"], "Olga (Orders)");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_slack_lets_nothing_grow_the_message_is_edited_in_place() {
    let vendor = vendor([looks_up(), Line::say(SAYS).held()]).await;
    let office = office(&vendor, &[], |_| {}).await;
    office.sandbox.fail_next("chat.startStream", 9, ApiFault::Error("feature_not_enabled".into()));
    let thread = asks(&office);
    until(&office, &thread, "Nordpost.").await;
    let growing = shown(&office, &thread);
    assert!(growing.contains("✅") || growing.contains(":white_check_mark:"), "{growing}");
    assert!(!growing.contains("Nobody has"), "{growing}");
    vendor.go_on();
    office.rest().await;
    assert!(shown(&office, &thread).contains("they answer tomorrow."));
    assert_eq!((called(&office, "chat.postMessage"), called(&office, "chat.appendStream")), (1, 0));
    office.sandbox.stop_failing();
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_switches_it_off_gets_edits() {
    let vendor = vendor([looks_up(), Line::say(SAYS)]).await;
    let office = office(&vendor, &[], |config| config.stream_answers = false).await;
    let thread = asks(&office);
    office.rest().await;
    assert!(shown(&office, &thread).contains("they answer tomorrow."));
    assert_eq!(office.sandbox.calls_of("chat.startStream").len(), 0);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_answer_leaves_nothing_behind() {
    let vendor = vendor([Line::say(SAYS).held()]).await;
    let office = office(&vendor, &[], |_| {}).await;
    let thread = asks(&office);
    until(&office, &thread, "Nordpost.").await;
    office.sandbox.says_in_thread("@ana", "#support", &thread, "@workforce cancel T-1").unwrap();
    office.rest().await;
    let ended = shown(&office, &thread);
    assert!(ended.contains("Cancelled.") && !ended.contains("Nordpost"), "{ended}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_grew_is_finished_after_a_restart() {
    let vendor = vendor([Line::say(SAYS).held(), Line::say("It is with Nordpost since 12 November.")]).await;
    let mut office = office(&vendor, &[], |_| {}).await;
    let thread = asks(&office);
    until(&office, &thread, "Nordpost.").await;
    office.go_home().await;
    assert!(shown(&office, &thread).contains("Nordpost."), "it stands as it was");
    office.come_in().await;
    office.rest().await;
    let whole = shown(&office, &thread);
    assert!(whole.contains("since 12 November.") && !whole.contains("with Nordpost."), "{whole}");
    assert_eq!(office.sandbox.posts_by_thread().values().sum::<usize>(), 1);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_slack_answered_too_late_is_found_and_not_begun_twice() {
    let vendor = vendor([Line::say(SAYS)]).await;
    let office = office(&vendor, &[], |_| {}).await;
    office.sandbox.fail_next("chat.startStream", 1, ApiFault::AnswerLost);
    let thread = asks(&office);
    office.rest().await;
    office.after(Span::seconds(5)).await;
    let whole = shown(&office, &thread);
    assert!(whole.contains("they answer tomorrow."), "{whole}");
    assert_eq!(office.sandbox.posts_by_thread().values().sum::<usize>(), 1);
    assert_eq!(whole.matches("Olga (Orders) (app)").count(), 1, "one message all the same: {whole}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quiet_stream_is_ended_before_slack_breaks_it_off() {
    let vendor = vendor([Line::say(SAYS).held()]).await;
    let office = office(&vendor, &[], |_| {}).await;
    let thread = asks(&office);
    until(&office, &thread, "Nordpost.").await;
    // What it shows must be noted before the clock is turned.
    office.service().app.bell.settled().await;
    office.turn(Span::seconds(21));
    let ended = |sandbox: &workforce::sandbox::Sandbox| {
        (sandbox.calls_of("chat.stopStream").iter().filter(|call| call.is_ok()).count() == 1).then_some(())
    };
    office.sandbox.until(ended).await;
    assert!(shown(&office, &thread).contains("Nordpost."), "what was said stays");
    vendor.go_on();
    office.rest().await;
    assert!(shown(&office, &thread).contains("they answer tomorrow."));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_not_go_out_is_not_streamed_either() {
    let bad = "The key is ghp_0123456789abcdefABCDEF0123456789 for you. Tell <!channel> and <@U0DANA> at \
               https://evil.test/?q=1 now. [Bank](https://evil.test) is right here, and so is the rest of the long answer, which \
               nobody needs.";
    let vendor = vendor([Line::say(bad).held()]).await;
    let office = office(&vendor, &[], |_| {}).await;
    let thread = asks(&office);
    until(&office, &thread, "Tell <!channel>").await;
    let streamed = sent(&office, &["chat.startStream", "chat.appendStream"]);
    assert!(streamed.contains("[removed: key]") && !streamed.contains("ghp_0123"), "{streamed}");
    for call in office.sandbox.calls_of("chat.appendStream") {
        let chunks = call.args["chunks"].as_array().unwrap();
        let markdown =
            chunks.iter().any(|chunk| chunk["type"] == "markdown_text" || chunk.to_string().contains("mrkdwn"));
        assert!(!markdown, "an agent's words are plain text: {chunks:?}");
    }
    vendor.go_on();
    office.rest().await;
    let all = sent(&office, &["chat.startStream", "chat.appendStream", "chat.update", "chat.postMessage"]);
    assert!(!all.contains("ghp_0123"), "{all}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_only_observes_says_nothing_on_the_way() {
    let observes = ("approvals.md", "# ", "For its first year the orders agent only observes.\n\n# ");
    let vendor = vendor([Line::say(SAYS).held()]).await;
    let office = office(&vendor, &[observes], |_| {}).await;
    let thread = asks(&office);
    vendor.was_asked(1).await;
    vendor.go_on();
    office.rest().await;
    let public = sent(&office, &["chat.startStream", "chat.appendStream"]);
    assert_eq!(public, "", "nothing grows");
    assert!(!shown(&office, &thread).contains("Nordpost"), "{}", shown(&office, &thread));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_slack_loses_nothing() {
    let vendor = vendor([looks_up(), Line::say(SAYS).held()]).await;
    let office = office(&vendor, &[], |_| {}).await;
    let busy = ApiFault::RateLimited { retry_after_seconds: 120 };
    office.sandbox.fail_next("chat.appendStream", 1, busy);
    let thread = asks(&office);
    vendor.was_asked(2).await;
    vendor.go_on();
    office.rest().await;
    assert!(shown(&office, &thread).contains("they answer tomorrow."), "{}", shown(&office, &thread));
    let appended: Vec<Value> = office.sandbox.calls_of("chat.appendStream").iter().map(|c| c.answer.clone()).collect();
    assert!(appended.iter().any(|answer| answer["error"] == "ratelimited"), "{appended:?}");
    office.sandbox.stop_failing();
    office.end().await;
}
