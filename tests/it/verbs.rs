//! Every verb of an approval card, as a conversation in the example company: who may, what the thread hears, what is sent.

mod by_hand;
mod edit;
mod question;
mod reading;
mod time;
mod version;

use workforce::flow::service::Service;
use workforce::ids::{ApprovalId, TaskId};

use crate::office::Office;

const REFUND: &str = "@workforce please refund ORD-1042, $450, it arrived broken";

/// What people do in these conversations, and what they see.
struct Desk {
    office: Office,
    /// The root of the thread in #support.
    thread: String,
}

impl Desk {
    /// Ana asks for a refund of $450, which waits for Dana or Omar.
    async fn asked(changes: &[(&str, &str, &str)]) -> Self {
        Self::says(changes, REFUND).await
    }

    async fn says(changes: &[(&str, &str, &str)], words: &str) -> Self {
        let office = Office::open(changes).await;
        let thread = office.sandbox.says("ana", "support", words).unwrap();
        office.rest().await;
        Self { office, thread }
    }

    /// The newest message of somebody's direct conversation that holds these words.
    fn card(&self, who: &str, words: &str) -> (String, String) {
        let channel = self.office.sandbox.dm_channel(who).unwrap();
        let shown = self.office.sandbox.shown(&channel).unwrap();
        let found = shown.iter().rev().find(|message| message.ours && message.text.contains(words));
        let found = found.unwrap_or_else(|| panic!("@{who} has no message with {words}:\n{}", self.office.direct(who)));
        (channel, found.ts.clone())
    }

    /// Clicks a button of the newest card with these words in somebody's direct conversation.
    async fn clicks(&self, who: &str, card: &str, button: &str) {
        let (channel, ts) = self.card(who, card);
        self.office.sandbox.clicks(who, &channel, &ts, button).unwrap();
        self.office.rest().await;
    }

    /// Fills in and sends off the open form.
    async fn submits(&self, who: &str, fields: &[(&str, &str)]) {
        self.office.sandbox.submits(who, fields).unwrap();
        self.office.rest().await;
    }

    /// Clicks a button inside the open form.
    async fn in_form(&self, who: &str, button: &str) {
        self.office.sandbox.clicks_in_modal(who, button, None).unwrap();
        self.office.rest().await;
    }

    async fn runs(&self, who: &str, command: &str) {
        self.office.sandbox.slash(who, "support", "/workforce", command).unwrap();
        self.office.rest().await;
    }

    async fn replies(&self, who: &str, words: &str) {
        self.office.sandbox.says_in_thread(who, "support", &self.thread, words).unwrap();
        self.office.rest().await;
    }

    /// All that stands in the request's thread.
    fn thread(&self) -> String {
        let shown = self.office.sandbox.shown("support").unwrap();
        let in_thread = shown.iter().filter(|message| message.thread_ts.as_deref() == Some(&self.thread));
        in_thread.map(|message| message.text.clone()).collect::<Vec<_>>().join("\n---\n")
    }

    /// The form that stands open, as text.
    fn form(&self, who: &str) -> String {
        self.office.sandbox.modal(who).unwrap().unwrap_or_default()
    }

    /// What only this person saw last.
    fn private(&self, who: &str) -> String {
        self.office.sandbox.ephemerals(who).unwrap().pop().unwrap_or_default()
    }

    fn service(&self) -> &Service {
        self.office.service()
    }

    /// The amounts that were sent to `billing.refund`, in cents.
    async fn refunded(&self) -> Vec<i64> {
        let actions = workforce::execution::store::find_of_task(&self.service().app.store, TaskId(1)).await.unwrap();
        let sent = actions.iter().filter(|action| action.tool == "billing.refund" && action.started.is_some());
        let amount = |action: &workforce::execution::store::Stored| {
            action.proposal.as_ref().and_then(|proposal| proposal.arguments["amount_cents"].as_i64())
        };
        sent.filter_map(amount).collect()
    }

    /// The digest that an approval binds.
    async fn digest(&self, id: i64) -> String {
        let card = workforce::gate::store::find_card(&self.service().app.store, ApprovalId(id)).await.unwrap();
        card.expect("the approval").approval.digest
    }
}

/// That a text holds another, with the whole where it does not.
#[track_caller]
fn holds(text: &str, part: &str) {
    assert!(text.contains(part), "“{part}” is not in:\n{text}");
}

#[track_caller]
fn lacks(text: &str, part: &str) {
    assert!(!text.contains(part), "“{part}” is in:\n{text}");
}
