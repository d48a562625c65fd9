//! Approvals that managers like to give, as conversations in the example company: standing grants, lists, a budget of
//! prompts, time to read and to take back, and a mirror for approvers.

mod asking;
mod grants;
mod second_thoughts;

use workforce::config::Approvals;

use crate::office::Office;

/// What people do in these conversations, and what they see.
struct Desk {
    office: Office,
}

impl Desk {
    async fn open(changes: &[(&str, &str, &str)], set: impl FnOnce(&mut Approvals)) -> Self {
        Self { office: Office::open_with(changes, |config| set(&mut config.approvals)).await }
    }

    /// Somebody writes to the bot in #support; the thread's root comes back.
    async fn says(&self, who: &str, words: &str) -> String {
        let thread = self.office.sandbox.says(who, "support", &format!("@workforce {words}")).unwrap();
        self.office.rest().await;
        thread
    }

    /// Ana asks for a refund.
    async fn refund(&self, order: &str, dollars: i64) -> String {
        self.says("ana", &format!("please refund {order}, ${dollars}, it arrived broken")).await
    }

    /// Clicks a button of the newest message with these words in somebody's direct conversation.
    async fn clicks(&self, who: &str, words: &str, button: &str) {
        let channel = self.office.sandbox.dm_channel(who).unwrap();
        let shown = self.office.sandbox.shown(&channel).unwrap();
        let found = shown.iter().rev().find(|message| message.ours && message.text.contains(words));
        let found = found.unwrap_or_else(|| panic!("@{who} has no message with {words}:\n{}", self.office.direct(who)));
        self.office.sandbox.clicks(who, &channel, &found.ts, button).unwrap();
        self.office.rest().await;
    }

    async fn submits(&self, who: &str, fields: &[(&str, &str)]) {
        self.office.sandbox.submits(who, fields).unwrap();
        self.office.rest().await;
    }

    async fn runs(&self, who: &str, command: &str) -> String {
        self.office.sandbox.slash(who, "support", "/workforce", command).unwrap();
        self.office.rest().await;
        self.private(who)
    }

    /// What only this person saw last.
    fn private(&self, who: &str) -> String {
        self.office.sandbox.ephemerals(who).unwrap().pop().unwrap_or_default()
    }

    fn form(&self, who: &str) -> String {
        self.office.sandbox.modal(who).unwrap().unwrap_or_default()
    }

    /// All that stands in a thread of #support.
    fn thread(&self, root: &str) -> String {
        let shown = self.office.sandbox.shown("support").unwrap();
        let in_thread = shown.iter().filter(|message| message.thread_ts.as_deref() == Some(root));
        in_thread.map(|message| message.text.clone()).collect::<Vec<_>>().join("\n---\n")
    }

    /// How many messages of ours somebody has in their direct conversation.
    fn messages(&self, who: &str) -> usize {
        let channel = self.office.sandbox.dm_channel(who).unwrap();
        self.office.sandbox.shown(&channel).unwrap().iter().filter(|message| message.ours).count()
    }

    /// The amounts that were sent to `billing.refund`, in cents, in the order of the tasks.
    async fn refunded(&self) -> Vec<i64> {
        let mut sent = Vec::new();
        let store = &self.office.service().app.store;
        for task in 1..=40 {
            let task = workforce::ids::TaskId(task);
            for action in workforce::execution::store::find_of_task(store, task).await.unwrap() {
                let amount = action.proposal.as_ref().and_then(|proposal| proposal.arguments["amount_cents"].as_i64());
                sent.extend(amount.filter(|_| action.tool == "billing.refund" && action.started.is_some()));
            }
        }
        sent
    }

    /// How often a kind of fact stands in the ledger.
    async fn facts(&self, kind: workforce::ledger::FactKind) -> usize {
        let store = &self.office.service().app.store;
        let mut found = 0;
        for (chain, _, _) in workforce::ledger::store::heads(store).await.unwrap() {
            let facts = workforce::ledger::store::facts_of_chain(store, &chain).await.unwrap();
            found += facts.iter().filter(|fact| fact.kind == kind).count();
        }
        found
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
