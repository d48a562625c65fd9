//! Rows 36 to 48 of the bad-input catalogue, at a card that waits for Dana: forms, commands and clicks that are late, doubled,
//! changed or in the wrong hand. Each is answered, none decides.

use serde_json::{Value, json};
use workforce::clock::Span;
use workforce::ids::{ApprovalId, TaskId};
use workforce::ledger::{Entry, FactKind, store as facts};
use workforce::sandbox::{FindingKind, UserSpec};

use crate::office::Office;

struct Desk {
    office: Office,
}

impl Desk {
    async fn open() -> Self {
        let guest =
            UserSpec { handle: "gus".to_owned(), real_name: "Gus".to_owned(), is_guest: true, ..UserSpec::default() };
        let office = Office::open_in(
            &[],
            workforce::drivers::Drivers::default(),
            |workspace| workspace.users.push(guest),
            |_| {},
        )
        .await;
        office.sandbox.joins("gus", "support").unwrap();
        office.sandbox.says("ana", "support", "@workforce please refund ORD-1042, $450, it arrived broken").unwrap();
        office.rest().await;
        Self { office }
    }

    fn team(&self) -> String {
        self.office.service().app.ours.team.clone()
    }

    async fn facts(&self, kind: FactKind) -> Vec<Value> {
        let known: Vec<Entry> = facts::facts_of_task(&self.office.service().app.store, TaskId(1)).await.unwrap();
        known.into_iter().filter(|fact| fact.kind == kind).filter_map(|fact| fact.payload).collect()
    }

    /// The amount that waits, in cents; `None` once it is decided.
    async fn waits(&self) -> bool {
        let store = &self.office.service().app.store;
        workforce::gate::store::find_card(store, ApprovalId(1)).await.unwrap().unwrap().approval.is_waiting()
    }

    async fn submits(&self, user: &str, view: Value) {
        let team = self.team();
        self.office.sandbox.clicks_raw(json!({
            "type": "view_submission", "user": {"id": user, "team_id": team}, "team": {"id": team}, "view": view,
            "trigger_id": "forged",
        }));
        self.office.rest().await;
    }
}

fn view(id: &str, hash: &str, callback: &str, about: &str, values: Value) -> Value {
    json!({
        "id": id, "hash": hash, "type": "modal", "callback_id": callback, "private_metadata": about,
        "state": {"values": values},
    })
}

fn field(name: &str, value: &str) -> Value {
    json!({ name: { name: { "type": "plain_text_input", "value": value } } })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_that_are_changed_or_in_the_wrong_hand_change_nothing() {
    let desk = Desk::open().await;
    let long = "x".repeat(3_001);
    let option =
        json!({ "reason": { "reason": { "type": "static_select", "selected_option": { "value": "none of ours" } } } });
    let cases: Vec<(u32, &str, &str, Value)> = vec![
        (35, "a target that is none", "U0DANA", view("V1", "h", "deny_form", "A-1; A-2", field("reason", "no"))),
        (35, "another card's target", "U0DANA", view("V2", "h", "deny_form", "A-99", field("reason", "no"))),
        (35, "a target of 3,001 letters", "U0DANA", view("V3", "h", "deny_form", &long, field("reason", "no"))),
        (35, "a task for a target", "U0DANA", view("V4", "h", "approve_form", "T-1", json!({}))),
        (35, "nothing for a target", "U0DANA", view("V5", "h", "approve_form", "", json!({}))),
        (37, "the requester", "U0ANA", view("V6", "h", "approve_form", "A-1", json!({}))),
        (37, "a colleague", "U0BEN", view("V7", "h", "deny_form", "A-1", field("reason", "no"))),
        (37, "a guest", "U0GUS", view("V8", "h", "approve_form", "A-1", json!({}))),
        (
            37,
            "an account that nobody knows",
            "U0NOBODY",
            view("V9", "h", "edit_form", "A-1", field("amount_cents", "1")),
        ),
        (37, "our own bot", "U0WORKFORCE", view("V10", "h", "approve_form", "A-1", json!({}))),
        (
            38,
            "an amount that is no number",
            "U0DANA",
            view("V11", "h", "edit_form", "A-1", field("amount_cents", "all of it")),
        ),
        (38, "a negative amount", "U0DANA", view("V12", "h", "edit_form", "A-1", field("amount_cents", "-5"))),
        (
            38,
            "a field that the tool has not",
            "U0DANA",
            view("V13", "h", "edit_form", "A-1", field("approved", "true")),
        ),
        (38, "no fields", "U0DANA", view("V14", "h", "edit_form", "A-1", json!({}))),
        (38, "an option that is not on the list", "U0DANA", view("V15", "h", "edit_form", "A-1", option)),
        (43, "a form that there is not", "U0DANA", view("V16", "h", "approve_everything", "A-1", json!({}))),
    ];
    for (row, what, user, view) in cases {
        desk.submits(user, view).await;
        assert!(desk.waits().await, "row {row}, {what}: {}", desk.office.channel("support"));
        assert!(desk.office.effects().await.is_empty(), "row {row}, {what}");
    }
    // Row 36: sent off twice, it counts once; a stale hash is the same form.
    for hash in ["h", "h", "h"] {
        desk.submits("U0DANA", view("V20", hash, "approve_form", "A-1", json!({}))).await;
    }
    assert_eq!(desk.facts(FactKind::ApprovalDecided).await.len(), 1);
    assert_eq!(desk.office.effects().await.len(), 1, "the control is sent, once");
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_door_stands_everywhere() {
    let desk = Desk::open().await;
    let sandbox = &desk.office.sandbox;
    let direct = |who: &str| sandbox.dm_channel(who).unwrap();
    // Row 40: wherever it is typed, the account decides.
    for (who, place) in [("ana", "support"), ("ben", "general"), ("gus", "support"), ("lee", "engineering")] {
        sandbox.slash(who, place, "/workforce", "approve A-1").unwrap();
        desk.office.rest().await;
        assert!(desk.waits().await, "@{who} in #{place}");
    }
    for who in ["ana", "ben", "gus"] {
        sandbox.slash(who, &direct(who), "/workforce", "approve A-1").unwrap();
        desk.office.rest().await;
        sandbox.dms(who, "approve A-1").unwrap();
        desk.office.rest().await;
        assert!(desk.waits().await, "@{who} in a direct conversation");
    }
    assert_eq!(desk.facts(FactKind::ApprovalRefused).await.len(), 10, "each was refused to whom it was");
    sandbox.allow_containing(FindingKind::RefusedPayload, "invalid_trigger_id");
    // Row 39: what opens a form too late opens none, and the card still waits. Row 41: an answer goes to Slack or nowhere.
    let dana = direct("dana");
    let shown = sandbox.shown(&dana).unwrap();
    let card = shown.iter().find(|message| message.ours && message.text.contains("A-1")).unwrap().ts.clone();
    let team = desk.team();
    for (nth, (action, url)) in [
        ("deny", "https://hooks.slack.com.evil.test/x"),
        ("edit_first", "http://hooks.slack.com/x"),
        ("explode", "https://evil.test/steal"),
        ("approve_all", "http://169.254.169.254/latest/meta-data"),
        ("none", "file:///etc/passwd"),
    ]
    .into_iter()
    .enumerate()
    {
        sandbox.clicks_raw(json!({
            "type": "block_actions", "user": {"id": "U0DANA", "team_id": team}, "team": {"id": team},
            "container": {"type": "message", "message_ts": card, "channel_id": dana}, "channel": {"id": dana},
            "trigger_id": "123.456.expired", "response_url": url,
            "actions": [{"type": "button", "action_id": action, "value": "A-1", "action_ts": format!("5.{nth}")}],
        }));
        desk.office.rest().await;
        assert!(desk.waits().await, "{action}");
    }
    // Row 47: after a restart it is the same card; after its time it is none.
    let mut office = desk.office;
    office.go_home().await;
    office.come_in().await;
    let desk = Desk { office };
    assert!(desk.waits().await);
    // To Kim after four hours, and to nobody after four more.
    for _ in 0..3 {
        desk.office.after(Span::hours(9)).await;
    }
    desk.office.sandbox.clicks_stale("dana", &dana, &card, "Approve $450.00").unwrap();
    desk.office.rest().await;
    let told = desk.office.sandbox.ephemerals("dana").unwrap().pop().unwrap();
    assert!(told.contains("expired") || told.contains("no longer"), "a late click is answered: {told}");
    assert!(desk.office.effects().await.is_empty());
    desk.office.end().await;
}
