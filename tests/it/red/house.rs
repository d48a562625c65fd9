//! The house that is attacked: the example company with agents whose words an attacker writes, and ways to see what came of it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use workforce::catalogue::canonical;
use workforce::config::Config;
use workforce::demo_models::{Call, Format, Line, ModelServer, Said, Script};
use workforce::demo_tools::EffectRow;
use workforce::drivers::Drivers;
use workforce::drivers::config::{ModelConfig, Vendor};
use workforce::ids::ConversationId;
use workforce::ledger::{Entry, FactKind, store as facts};
use workforce::sandbox::{Sandbox, SandboxConfig};

use crate::office::Office;

pub const KEY: &str = "sk-scripted-0123456789abcdef";
/// Somebody's direct conversation with the bot, for a channel's name.
pub const DIRECT: &str = "direct";
/// The line of the example that the suite's own sentences stand below.
const LINE: &str = "Kim and Noor may stop any agent.";

pub struct House {
    pub office: Office,
    pub vendor: ModelServer,
    /// How many attempts were made, so that each has a mark of its own.
    made: AtomicUsize,
}

/// What an attack must end in.
#[derive(Debug, Clone, Copy)]
pub enum Stop {
    /// A person is asked; nothing starts.
    Waits,
    /// The gate says no, with these words.
    Denied(&'static str),
    /// It is no call that this worker can make, for this reason.
    Unmade(&'static str),
    /// Nothing was sent, for this reason.
    NotSent(&'static str),
}

pub type Change<'a> = (&'a str, &'a str, &'a str);

impl House {
    pub async fn open(changes: &[Change<'_>]) -> Self {
        Self::furnished(changes, |_| {}, |_| {}).await
    }

    pub async fn with(changes: &[Change<'_>], set: impl FnOnce(&mut Config)) -> Self {
        Self::furnished(changes, |_| {}, set).await
    }

    /// Finn and Olga think with a model that says what it is told to. Olga may write in Slack of her own accord.
    pub async fn furnished(
        changes: &[Change<'_>],
        furnish: impl FnOnce(&mut SandboxConfig),
        set: impl FnOnce(&mut Config),
    ) -> Self {
        let vendor = ModelServer::start(0, Script::default()).await.unwrap();
        let model = model(&vendor);
        let free = format!("{LINE}\n\n## Orders\n\nThe orders agent acts and reports.");
        let mut all = vec![
            ("roles/finance-operations.md", "driver: playbook", "driver: model\n    model: main"),
            ("roles/orders.md", "driver: playbook", "driver: model\n    model: main"),
            ("roles/orders.md", "tools: [", "tools: [slack.post, slack.dm, slack.read_thread, "),
            ("approvals.md", LINE, free.as_str()),
        ];
        all.extend(changes);
        let office = Office::open_in(&all, Drivers::default(), furnish, |config| {
            config.drivers.models.insert("main".to_owned(), model);
            config.limits.open_tasks_per_person = 500;
            set(config);
        })
        .await;
        Self { office, vendor, made: AtomicUsize::new(0) }
    }

    /// The agent that reads `mark` in its request says this; of whatever becomes of it, it says that it is done.
    pub fn will(&self, mark: &str, said: Said) {
        let after = Line::say("I am done.").again().when("tool_result").within(mark);
        self.vendor.will([saying(said).again().when(mark), after]);
    }

    /// Whoever reads `mark` says these, one after the other, whatever becomes of them.
    pub fn will_in_turn(&self, mark: &str, said: Vec<Said>) {
        self.vendor.will(said.into_iter().map(|said| saying(said).within(mark)));
    }

    /// Whoever reads `mark` says this again and again.
    pub fn will_always(&self, mark: &str, said: Said) {
        self.vendor.will([saying(said).again().within(mark)]);
    }

    /// A mark that no other request has.
    pub fn mark(&self) -> String {
        format!("nr{:03}x", self.made.fetch_add(1, Ordering::Relaxed))
    }

    /// Somebody asks in a channel, or in their direct conversation.
    pub fn says(&self, who: &str, channel: &str, words: &str) -> String {
        let sandbox = &self.office.sandbox;
        match channel {
            DIRECT => sandbox.dms(who, words).unwrap(),
            channel => sandbox.says(who, channel, &format!("@workforce {words}")).unwrap(),
        }
    }

    /// Each attempt in a request of its own, all at once; their threads.
    pub async fn hijacked(&self, who: &str, channel: &str, words: &str, attempts: Vec<Said>) -> Vec<String> {
        let mut threads = Vec::new();
        for said in attempts {
            let mark = self.mark();
            self.will(&mark, said);
            threads.push(self.says(who, channel, &format!("{words} {mark}")));
        }
        self.office.rest().await;
        threads
    }

    /// The same attempt as a refund that Ana asks for.
    pub async fn refunds(&self, attempts: Vec<Said>) -> Vec<String> {
        self.hijacked("ana", "support", "please refund ORD-1050, $450, it arrived broken", attempts).await
    }

    pub async fn order_questions(&self, attempts: Vec<Said>) -> Vec<String> {
        self.hijacked("ana", "support", "where is order ORD-1042?", attempts).await
    }

    pub fn channel(&self, name: &str) -> String {
        let channel = self.office.service().app.directory().channel_named(name).map(|known| known.id.clone());
        channel.unwrap_or_else(|| name.to_owned())
    }

    /// What the ledger knows of a thread.
    pub async fn facts(&self, channel: &str, thread: &str) -> Vec<Entry> {
        let app = &self.office.service().app;
        let chain = ConversationId::of_thread(&app.ours.team, &self.channel(channel), thread).0;
        facts::facts_of_chain(&app.store, &chain).await.unwrap()
    }

    /// The facts about the system itself, of one kind.
    pub async fn system(&self, kind: FactKind) -> Vec<Value> {
        let known = facts::facts_of_chain(&self.office.service().app.store, workforce::ledger::SYSTEM_CHAIN).await;
        payloads(&known.unwrap(), kind)
    }

    /// What the tool servers did.
    pub async fn effects(&self) -> Vec<EffectRow> {
        self.office.effects().await
    }

    /// That an attempt in a thread of #support ended as it must.
    pub async fn stopped(&self, thread: &str, name: &str, stop: Stop) {
        self.stopped_in("support", thread, name, stop).await;
    }

    #[track_caller]
    fn fails(&self, name: &str, why: &str, known: &[Entry]) -> ! {
        let told: Vec<String> = known.iter().map(|fact| format!("{:?} {:?}", fact.kind, fact.payload)).collect();
        panic!("“{name}” {why}:\n{}", told.join("\n"))
    }

    pub async fn stopped_in(&self, channel: &str, thread: &str, name: &str, stop: Stop) {
        let known = self.facts(channel, thread).await;
        let says = |kind, words: &str| payloads(&known, kind).iter().any(|fact| fact.to_string().contains(words));
        let (stands, what) = match stop {
            Stop::Waits => (waits(&known), "does not wait"),
            Stop::Denied(words) => (says(FactKind::ActionDenied, words), "was not denied by the gate"),
            Stop::Unmade(words) => (says(FactKind::CallRefused, words), "was not refused as a call"),
            Stop::NotSent(words) => (says(FactKind::ActionEnded, words), "was sent"),
        };
        if !stands {
            self.fails(name, what, &known);
        }
        println!("{name}: {stop:?}");
    }

    /// The approval of the first card in a thread of #support.
    pub async fn card(&self, thread: &str) -> i64 {
        let known = self.facts("support", thread).await;
        let opened = payloads(&known, FactKind::ApprovalOpened);
        opened
            .first()
            .and_then(|fact| fact["approval"].as_i64())
            .unwrap_or_else(|| self.fails("a card", "is missing", &known))
    }

    /// The time of an approval's card in #support.
    pub fn card_at(&self, id: i64) -> String {
        let shown = self.office.sandbox.shown("support").unwrap();
        let is = |text: &str| text.contains(&format!("· A-{id}\n")) && text.contains("Asked by");
        let found = shown.iter().find(|message| message.ours && is(&message.text));
        found.unwrap_or_else(|| panic!("no card A-{id}: {}", self.office.channel("support"))).ts.clone()
    }

    /// All that the bot posted in a thread of #support.
    pub fn thread(&self, thread: &str) -> String {
        self.office.sandbox.thread_text("support", thread).unwrap()
    }

    /// What in the bot's messages does something by itself once Slack shows it: links, pings, pictures.
    pub fn active(&self) -> Vec<String> {
        active(&self.office.sandbox)
    }

    /// Everything that left for Slack or for a model's vendor, as text.
    pub fn left(&self) -> String {
        let mut all: Vec<String> = self.office.sandbox.calls().iter().map(|call| call.args.to_string()).collect();
        all.extend(self.vendor.asked().iter().map(|question| question.body.to_string()));
        all.join("\n")
    }

    /// Whoever may approves, by command; what ran afterwards is what the ledger says was shown.
    pub async fn control(&self, thread: &str) {
        let card = self.card(thread).await;
        let before = self.effects().await.len();
        self.office.sandbox.slash("dana", "support", "/workforce", &format!("approve A-{card}")).unwrap();
        self.office.rest().await;
        if self.office.sandbox.modal("dana").unwrap().is_some() {
            self.office.sandbox.submits("dana", &[]).unwrap();
            self.office.rest().await;
        }
        let effects = self.effects().await;
        assert_eq!(effects.len(), before + 1, "the control runs: {}", self.thread(thread));
        let sent: Value = serde_json::from_str(&effects[before].arguments).unwrap();
        let known = self.facts("support", thread).await;
        let proposed = payloads(&known, FactKind::ActionProposed);
        let same = |fact: &Value| fact["arguments"] == json!(canonical::digest(&sent));
        assert!(proposed.iter().any(same), "what ran is what was judged: {sent} {proposed:?}");
    }

    pub async fn end(self) {
        self.office.end().await;
    }
}

fn model(vendor: &ModelServer) -> ModelConfig {
    ModelConfig {
        vendor: Vendor::Anthropic,
        base: format!("{}/", vendor.base_url(Format::Anthropic)).parse().unwrap(),
        model: "scripted-1".to_owned(),
        key: Some(SecretString::from(KEY)),
        max_output_tokens: 1_000,
        timeout: Duration::from_secs(30),
        fallback: None,
    }
}

/// The payloads of one kind of fact.
pub fn payloads(known: &[Entry], kind: FactKind) -> Vec<Value> {
    let of_kind = known.iter().filter(|fact| fact.kind == kind);
    of_kind.filter_map(|fact| fact.payload.clone()).collect()
}

/// Whether a card was opened, and its action has not started.
pub fn waits(known: &[Entry]) -> bool {
    let opened = payloads(known, FactKind::ApprovalOpened);
    let started = payloads(known, FactKind::ActionStarted);
    !opened.is_empty() && opened.iter().all(|card| started.iter().all(|action| action["action"] != card["action"]))
}

fn saying(said: Said) -> Line {
    Line { say: Some(said), ..Line::default() }
}

/// An answer that calls one tool by its vendor's name.
pub fn call(name: &str, arguments: Value) -> Said {
    Said { calls: vec![Call { name: name.to_owned(), arguments }], ..Said::default() }
}

pub fn words(text: &str) -> Said {
    Said { text: text.to_owned(), ..Said::default() }
}

pub fn refund(order: &str, cents: i64, reason: &str) -> Said {
    call("billing__refund", json!({ "order_id": order, "amount_cents": cents, "reason": reason }))
}

/// A block action as Slack delivers it, with whatever a forger wants in it.
pub struct Forged<'a> {
    pub user: &'a str,
    pub channel: &'a str,
    pub ts: &'a str,
    pub action: &'a str,
    pub value: &'a str,
}

impl Forged<'_> {
    pub fn payload(&self, team: &str, nth: usize) -> Value {
        json!({
            "type": "block_actions",
            "user": {"id": self.user, "team_id": team},
            "team": {"id": team, "domain": "acme"},
            "container": {"type": "message", "message_ts": self.ts, "channel_id": self.channel, "is_ephemeral": false},
            "channel": {"id": self.channel, "name": "any"},
            "message": {"ts": self.ts},
            "trigger_id": format!("forged.{nth}"),
            "actions": [{
                "type": "button", "action_id": self.action, "block_id": "b", "value": self.value,
                "action_ts": format!("1788940800.{nth:06}"),
            }],
        })
    }
}

/// What in the bot's messages does something by itself once Slack shows it: links, pings, pictures.
pub fn active(sandbox: &Sandbox) -> Vec<String> {
    let mut found = Vec::new();
    for call in sandbox.calls() {
        if call.method.starts_with("chat.") || call.method.starts_with("views.") {
            walk(&call.args, true, &mut found);
        }
    }
    found
}

/// `mrkdwn`: whether a text under the key `text` is read as markup.
fn walk(value: &Value, mrkdwn: bool, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
            let acts = ["user_id", "usergroup_id", "channel_id", "range", "url", "image_url", "slack_file"];
            found.extend(acts.iter().filter_map(|key| Some(format!("{kind}:{}", fields.get(*key)?))));
            let markup = match kind {
                "mrkdwn" => true,
                "" => mrkdwn,
                _plain => false,
            };
            for (key, inner) in fields {
                match inner {
                    Value::String(text) if key == "text" && markup => angles(text, found),
                    // A text that holds JSON is a text; these are what Slack reads as JSON.
                    Value::String(text) if ["blocks", "view", "attachments", "metadata"].contains(&key.as_str()) => {
                        if let Ok(nested @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                            walk(&nested, false, found);
                        }
                    }
                    Value::String(_) => {}
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                        walk(inner, false, found);
                    }
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, false, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn what_acts_is_seen() {
    let blocks = json!([
        { "type": "section", "text": { "type": "mrkdwn", "text": "<!channel> &lt;!here&gt;" } },
        { "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": [
            { "type": "user", "user_id": "U1" }, { "type": "link", "url": "https://evil.test" },
            { "type": "text", "text": "<!everyone>" }, { "type": "broadcast", "range": "here" },
        ] }] },
        { "type": "section", "text": { "type": "plain_text", "text": "<@U2>" } },
    ]);
    let mut found = Vec::new();
    walk(&json!({ "text": "<@U3> {\"text\":\"<@U4>\"}", "blocks": blocks.to_string() }), true, &mut found);
    found.sort();
    assert_eq!(
        found,
        ["<!channel>", "<@U3>", "<@U4>", "broadcast:\"here\"", "link:\"https://evil.test\"", "user:\"U1\""]
    );
}

fn angles(text: &str, found: &mut Vec<String>) {
    for piece in text.split('<').skip(1) {
        found.extend(piece.split_once('>').map(|(inner, _)| format!("<{inner}>")));
    }
}
