//! A message that grows while a model speaks, as the page draws it: its plan, its words so far, and that it is not whole yet.

use std::time::Duration;

use serde_json::json;
use workforce::demo_models::{Format, Line, ModelServer, Script};
use workforce::drivers::Drivers;
use workforce::drivers::config::{ModelConfig, Vendor};

use super::cards::page;
use super::{browser, keep};
use crate::office::Office;

const ORDERS: (&str, &str, &str) = ("roles/orders.md", "driver: playbook", "driver: model\n    model: main");
const SAYS: &str =
    "It left on 12 November with Nordpost. Nobody has signed for it yet, so I have asked the carrier to look again.";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_growing_answer_shows_its_plan_and_that_it_is_not_whole() {
    let Some(mut browser) = browser().await else { return };
    let looks_up = Line::call("orders__get", json!({ "id": "ORD-1042" }));
    let vendor = ModelServer::start(0, Script::of([looks_up, Line::say(SAYS).held()])).await.unwrap();
    let model = ModelConfig {
        vendor: Vendor::Anthropic,
        base: format!("{}/", vendor.base_url(Format::Anthropic)).parse().unwrap(),
        model: "scripted-1".to_owned(),
        key: None,
        max_output_tokens: 1_000,
        timeout: Duration::from_secs(60),
        fallback: None,
    };
    let office = Office::open_team(&[ORDERS], Drivers::default(), |config| {
        config.drivers.models.insert("main".to_owned(), model);
    })
    .await;
    office.sandbox.says("ana", "support", "@workforce where is order ORD-1042?").unwrap();
    vendor.was_asked(2).await;
    let tab = browser.open(&page(&office.sandbox), 1280, 1000, false).await;
    browser.click(&tab, ".replies", "repl").await;
    browser.wait_for_text(&tab, "#thread .b-plan", "What Olga does").await;
    browser.wait_for_text(&tab, "#thread", "with Nordpost.").await;
    browser.wait_for_text(&tab, "#thread .grows", "is writing").await;
    keep(&mut browser, &tab, "growing").await;
    vendor.go_on();
    browser.wait_for_text(&tab, "#thread", "asked the carrier to look again.").await;
    let left = browser.eval(&tab, "document.querySelectorAll('#thread .b-plan, #thread .grows').length").await;
    assert_eq!(left, 0, "the answer takes the place of the way to it");
    office.rest().await;
    office.end().await;
}
