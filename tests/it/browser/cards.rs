//! The approval card in each of its states, as the page draws it: looked at by the browser, and kept as pictures of the guide.

use std::sync::Arc;

use async_trait::async_trait;
use workforce::clock::Span;
use workforce::sandbox::{Backstage, Checked, Sandbox, Saved, Try};

use super::chromium::{Chromium, Tab};
use super::{browser, keep};
use crate::office::Office;

/// The office, with a browser that looks at the thread of the newest request in #support.
struct Wall {
    office: Office,
    browser: Chromium,
    tab: Tab,
}

impl Wall {
    async fn open(changes: &[(&str, &str, &str)], words: &str) -> Option<Self> {
        let mut browser = browser().await?;
        let office = Box::pin(Office::open(changes)).await;
        office.sandbox.says("ana", "support", words).unwrap();
        office.rest().await;
        let tab = browser.open(&page(&office.sandbox), 1280, 1000, false).await;
        browser.click(&tab, ".replies", "repl").await;
        browser.wait_for_text(&tab, "#thread .b-actions", "Approve").await;
        Some(Self { office, browser, tab })
    }

    async fn shows(&mut self, words: &str) {
        self.browser.wait_for_text(&self.tab, "#thread", words).await;
    }

    async fn kept(&mut self, name: &str) {
        keep(&mut self.browser, &self.tab, name).await;
    }

    async fn runs(&self, who: &str, command: &str) {
        self.office.sandbox.slash(who, "support", "/workforce", command).unwrap();
        self.office.rest().await;
    }
}

/// The page as Ana sees it.
pub(super) fn page(sandbox: &Sandbox) -> String {
    format!("{}?as=ana&at=support", sandbox.open_page(Arc::new(Bare)))
}

/// Nothing but the workspace.
struct Bare;

#[async_trait]
impl Backstage for Bare {
    fn tries(&self) -> Vec<Try> {
        Vec::new()
    }

    async fn files(&self) -> Vec<String> {
        Vec::new()
    }

    async fn read(&self, file: &str) -> Result<String, String> {
        Err(format!("{file} is not shown here"))
    }

    async fn check(&self, _file: &str, _text: &str) -> Checked {
        Checked::default()
    }

    async fn save(&self, file: &str, _text: &str) -> Result<Saved, String> {
        Err(format!("{file} is not kept here"))
    }

    async fn costs(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

const REFUND: &str = "@workforce please refund ORD-1042, $450, it arrived broken";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_waits_and_is_approved() {
    let Some(mut wall) = Wall::open(&[], REFUND).await else { return };
    wall.shows("Edit and approve").await;
    wall.kept("card-waiting").await;
    wall.runs("dana", "approve A-1").await;
    wall.shows("Approved by Dana Ruiz").await;
    wall.shows("Refunded $450.00").await;
    wall.kept("card-approved").await;
    wall.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_is_edited() {
    let Some(mut wall) = Wall::open(&[], REFUND).await else { return };
    wall.runs("dana", "edit A-1").await;
    wall.office.sandbox.submits("dana", &[("amount_cents", "15000")]).unwrap();
    wall.office.rest().await;
    wall.shows("Changed before it was approved.").await;
    wall.kept("card-edited").await;
    wall.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_is_denied() {
    let Some(mut wall) = Wall::open(&[], REFUND).await else { return };
    wall.runs("dana", "deny A-1 replace it instead").await;
    wall.shows("Dana Ruiz declined").await;
    wall.kept("card-denied").await;
    wall.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_escalates_and_expires() {
    let Some(mut wall) = Wall::open(&[], REFUND).await else { return };
    wall.office.after(Span::hours(4)).await;
    wall.shows("more people are asked").await;
    wall.kept("card-escalated").await;
    wall.office.after(Span::hours(4)).await;
    wall.shows("This is not a denial.").await;
    wall.kept("card-expired").await;
    wall.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_is_void_and_asked_anew() {
    let pinned = (
        "tools.lock",
        "\"probe\": \"billing.find_refund\",",
        "\"probe\": \"billing.find_refund\",\n      \"version_of\": \"billing.list_refunds\",",
    );
    let words = "@workforce please refund ORD-1042, $210, it arrived broken";
    let Some(mut wall) = Wall::open(&[pinned], words).await else { return };
    wall.office.sandbox.says("ben", "support", "@workforce please refund ORD-1042, $40, the lid was missing").unwrap();
    wall.office.rest().await;
    wall.runs("dana", "approve A-1").await;
    wall.shows("What would be sent is no longer what this card showed.").await;
    wall.kept("card-void").await;
    wall.office.end().await;
}
