//! Scenario a: a customer's wish to cancel comes from the help desk by webhook; a model looks up what it must, makes an offer, asks
//! the customer, and hears the "no thanks" by webhook; the support lead approves; it is cancelled once, and the account manager
//! is told. Over real sockets, with real tool servers.

use serde_json::json;
use workforce::clock::Span;
use workforce::demo_models::{Call, Format, Line, ModelServer, Said};
use workforce::drivers::Drivers;
use workforce::ids::TaskId;
use workforce::ledger::{Entry, FactKind, store as facts};
use workforce::tasks::store as tasks;
use workforce::webhooks::{Scheme, Section};

use crate::models::{model, vendor};
use crate::office::Office;
use crate::webhooks::{SECRET, send};

pub const MODEL: (&str, &str, &str) = ("roles/support-desk.md", "driver: playbook", "driver: model\n    model: main");

pub const WISH: &str = r#"{"id": "evt-1", "conversation": "TCK-303", "text": "Ticket TCK-303, Northwind Hotels (acct-northwind): please cancel our subscription."}"#;
pub const NO_THANKS: &str =
    r#"{"id": "evt-2", "conversation": "TCK-303", "text": "Northwind Hotels: no thanks, please cancel."}"#;

/// What the model says. It cancels too early at first, and mends that.
pub fn script() -> Vec<Line> {
    let call = |name: &str, arguments| Line::call(name, arguments).again();
    let cancel = json!({ "subscription_id": "SUB-77", "reason": "The refrigerators are too loud for guest rooms." });
    let both = Said {
        calls: vec![
            Call { name: "crm__get_contract".into(), arguments: json!({ "customer": "acct-northwind" }) },
            Call { name: "helpdesk__search".into(), arguments: json!({ "query": "acct-northwind" }) },
        ],
        ..Said::default()
    };
    let offer = json!({ "subscription_id": "SUB-77", "discount_percent": 20, "months": 6 });
    let reply = json!({ "ticket_id": "TCK-303", "text": "We are sorry. Would you stay for 20 % off for six months?" });
    let tell =
        json!({ "person": "@kim", "text": "Northwind Hotels left: SUB-77 is cancelled. They said no to 20 % off." });
    vec![
        call("crm__get_customer", json!({ "id": "acct-northwind" })).when("please cancel our subscription"),
        call("crm__cancel", cancel.clone()).when("Platinum"),
        Line { say: Some(both), ..Line::default() }.when("Look up first in this task").again(),
        call("crm__offer", offer).when("CON-14"),
        call("helpdesk__reply", reply).when("20 % off for 6 months"),
        call("crm__cancel", cancel).when("no thanks"),
        call("ask", json!({ "question": "Would the customer stay for 20 % off for six months?" })).when("answered"),
        call("slack__dm", tell).when("cancelled"),
        Line::say("SUB-77 of Northwind Hotels is cancelled, and Kim knows.").when("sent").again(),
    ]
}

fn entry() -> workforce::webhooks::Entry {
    workforce::webhooks::Entry {
        name: "helpdesk".to_owned(),
        scheme: Scheme::Workforce,
        secret_from: "HOOK_SECRET".to_owned(),
        channel: "#support".to_owned(),
        text: "{{ text }}".to_owned(),
        conversation: Some("{{ conversation }}".to_owned()),
        id: None,
    }
}

async fn desk() -> (Office, ModelServer) {
    let vendor = vendor(script()).await;
    let main = model(&vendor, Format::Anthropic);
    let section = Section { listen: "127.0.0.1:0".to_owned(), hooks: vec![entry()], ..Section::default() };
    let hooks = section.resolve(|_| Some(SECRET.to_owned())).unwrap();
    let office = Office::open_team(&[MODEL], Drivers::default(), |config| {
        config.webhooks = Some(hooks);
        config.drivers.models.insert("main".to_owned(), main);
    })
    .await;
    (office, vendor)
}

async fn delivers(office: &Office, body: &str) {
    assert_eq!(send(office, "helpdesk", Scheme::Workforce, body).await.0, 202);
}

async fn ledger(office: &Office) -> Vec<Entry> {
    facts::facts_of_task(&office.service().app.store, TaskId(1)).await.unwrap()
}

/// The facts of the task, a line each, without what has no meaning for people.
fn told(facts: &[Entry]) -> String {
    let line = |fact: &Entry| {
        let payload = fact.payload.clone().unwrap_or_default();
        let of = ["title", "verdict", "slot", "by", "to", "state"].into_iter().filter_map(|key| payload.get(key));
        let words: Vec<String> =
            of.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect();
        format!("{:?} {}", fact.kind, words.join(" · ")).trim_end().to_owned()
    };
    facts.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_is_cancelled_with_everybodys_word() {
    let (office, vendor) = desk().await;
    delivers(&office, WISH).await;
    let task = tasks::find_task(&office.service().app.store, TaskId(1)).await.unwrap().unwrap();
    insta::assert_snapshot!(office.sandbox.thread_text("#support", &task.root_ts).unwrap(), @r"
    workforce (app): *From helpdesk:*
      Ticket TCK-303, Northwind Hotels (acct-northwind): please cancel our subscription.
      :eyes: workforce
    Sol (Support) (app): *Sol (Support)* asks · T-1
      Would the customer stay for 20 % off for six months?
      What helpdesk delivers next about this is taken for the answer. Noor Haddad can answer here too.
      “Anything mentioning a ticket or a help article goes to the support agent.” `routing.md:14`
      [Answer] [Cancel]
    ");
    let refused = ledger(&office).await.into_iter().find(|fact| fact.kind == FactKind::ActionDenied).unwrap();
    let because = refused.payload.unwrap()["because"].to_string();
    assert!(because.contains("Before cancelling a subscription, look up the contract"), "{because}");
    let heard = vendor.asked()[2].body.to_string();
    assert!(heard.contains("Look up first in this task: crm.get_contract, helpdesk.search."), "{heard}");

    // Nobody here can say no for the customer; a colleague's word is not theirs.
    office.sandbox.says_in_thread("@ana", "#support", &task.root_ts, "they will stay, I think").unwrap();
    office.rest().await;
    assert_eq!(vendor.asked().len(), 6);

    office.turn(Span::hours(2));
    delivers(&office, NO_THANKS).await;
    assert!(
        tasks::find_task(&office.service().app.store, TaskId(2)).await.unwrap().is_none(),
        "one matter is one task"
    );
    insta::assert_snapshot!(office.direct("noor"), @r"
    workforce (app): *Cancel a subscription: subscription SUB-77?* · A-1
      Asked by helpdesk in #support · Sol (Support) will do it · T-1
      Reason: The refrigerators are too loud for guest rooms.
      Looked up: contract 08:00 UTC, open tickets 08:00 UTC
      Id: acct-northwind · Name: Northwind Hotels · Owner: @kim · Plan: Platinum · Segment: enterprise (crm, 08:00 UTC)
      Contract id: CON-14 · Customer: acct-northwind · Monthly: $2,400.00 · Notice days: 90 · Renews on: 2027-06-30 · Status: active (crm, 08:00 UTC)
      Tickets 1 › Customer: acct-northwind · Tickets 1 › Id: TCK-303 · Tickets 1 › Opened on: 2026-11-19 · Tickets 1 › Order id: ORD-1050 · Tickets 1 › Status: open · Tickets 1 › Subject: Two refrigerators hum (helpdesk, 08:00 UTC)
      Offer: 20 % off for 6 months · Subscription id: SUB-77 (crm, 08:00 UTC)
      Status: answered · Ticket id: TCK-303 (helpdesk, 08:00 UTC)
      Rule: “Cancellations need approval from the support lead, within 1 day, otherwise ask @kim.” `approvals.md:19`
      helpdesk wrote:
      Ticket TCK-303, Northwind Hotels (acct-northwind): please cancel our subscription.
      Noor Haddad decides
      No answer by 10 Sep 10:00 UTC → Kim Osei is asked
      [Approve] [Edit and approve] [Ask back] [Deny] [Take over] [Details]
    ");
    assert_eq!(office.told("kim", "SUB-77"), 0, "nothing happened yet");
    office.turn(Span::seconds(5));
    office.clicks("noor", "Approve").await.unwrap();
    insta::assert_snapshot!(office.sandbox.thread_text("#support", &task.root_ts).unwrap(), @r"
    workforce (app): *From helpdesk:*
      Ticket TCK-303, Northwind Hotels (acct-northwind): please cancel our subscription.
    Sol (Support) (app): SUB-77 of Northwind Hotels is cancelled, and Kim knows.
      :white_check_mark: Make an offer: subscription SUB-77 · 08:00 UTC
      :white_check_mark: Reply to a ticket: ticket TCK-303 · 08:00 UTC
      :white_check_mark: Cancel a subscription: subscription SUB-77 · 10:00 UTC · approved by Noor Haddad
      :white_check_mark: Write to a person: person @kim · 10:00 UTC
      T-1 · done 10:00 UTC · `routing.md:14`
      Noor Haddad answers for Sol (Support). Mention me here if it is not what you needed. `/workforce why T-1`
      [Use it] [Not right]
    Ana Silva: they will stay, I think
    workforce (app): *More from helpdesk:*
      Northwind Hotels: no thanks, please cancel.
    workforce (app): *Cancel a subscription: subscription SUB-77* · A-1 · T-1
      Approved by Noor Haddad at 10:00 UTC · *Cancelled* at 10:00 UTC
      Asked by helpdesk · done by Sol (Support)
      [Details]
    ");
    insta::assert_snapshot!(office.direct("kim"), @"Sol (Support) (app): Northwind Hotels left: SUB-77 is cancelled. They said no to 20 % off.");
    assert_eq!(vendor.asked().len(), 9, "each answer was asked for once");
    insta::assert_snapshot!(told(&ledger(&office).await), @r"
    TaskOpened
    Routed
    Assigned held
    RunStarted
    DriverAsked
    Spent
    ActionProposed Look up a customer: acct-northwind · run
    ActionStarted
    ActionEnded
    DriverAsked
    Spent
    ActionDenied Cancel a subscription: subscription SUB-77 · deny
    DriverAsked
    Spent
    ActionProposed Look up a contract: customer acct-northwind · run
    ActionStarted
    ActionEnded
    ActionProposed Search open tickets: query acct-northwind · run
    ActionStarted
    ActionEnded
    DriverAsked
    Spent
    ActionProposed Make an offer: subscription SUB-77 · run
    ActionStarted
    ActionEnded
    DriverAsked
    Spent
    ActionProposed Reply to a ticket: ticket TCK-303 · run
    ActionStarted
    ActionEnded
    DriverAsked
    Spent
    Asked answer
    Answered answer · null
    DriverAsked
    Spent
    ActionProposed Cancel a subscription: subscription SUB-77 · approve
    ApprovalOpened
    ApprovalDecided
    ActionStarted
    ActionEnded
    DriverAsked
    Spent
    ActionProposed Write to a person: person @kim · run
    ActionStarted
    ActionEnded
    DriverAsked
    Spent
    TaskEnded done
    ");

    office.sandbox.slash("@noor", "#support", "/workforce", "why T-1").unwrap();
    office.rest().await;
    insta::assert_snapshot!(office.sandbox.ephemerals("@noor").unwrap().pop().unwrap(), @r"
    workforce (app): *T-1* · asked by helpdesk in #support, 9 Sep 08:00 UTC
      Ticket TCK-303, Northwind Hotels (acct-northwind): please cancel our subscription.
      08:00 UTC · given to *Sol (Support)*: “Anything mentioning a ticket or a help article goes to the support agent.” `routing.md:14`
      08:00 UTC · *Look up a customer: acct-northwind* (crm.get_customer) ran without approval · “- id: support-agent” `roles/support-desk.md:8` · “- id: support-agent” `roles/support-desk.md:8` · happened 08:00 UTC · $0.0005
      08:00 UTC · *Cancel a subscription: subscription SUB-77* (crm.cancel) was refused · “Before cancelling a subscription, look up the contract and the open tickets.” `approvals.md:18` · did not run
      08:00 UTC · *Look up a contract: customer acct-northwind* (crm.get_contract) ran without approval · “- id: support-agent” `roles/support-desk.md:8` · “- id: support-agent” `roles/support-desk.md:8` · happened 08:00 UTC · $0.0005
      08:00 UTC · *Search open tickets: query acct-northwind* (helpdesk.search) ran without approval · “- id: support-agent” `roles/support-desk.md:8` · “- id: support-agent” `roles/support-desk.md:8` · happened 08:00 UTC · $0.0005
      08:00 UTC · *Make an offer: subscription SUB-77* (crm.offer) ran without approval · “Offers run without approval.” `approvals.md:17` · happened 08:00 UTC · $0.0020
      08:00 UTC · *Reply to a ticket: ticket TCK-303* (helpdesk.reply) ran without approval · “The support agent may reply to tickets without approval.” `approvals.md:15` · happened 08:00 UTC · $0.0020
      08:00 UTC · asked for the answer
      10:00 UTC · helpdesk gave the answer
      10:00 UTC · *Cancel a subscription: subscription SUB-77* (crm.cancel) waited as A-1, approved by Noor Haddad 10:00 UTC · “Cancellations need approval from the support lead, within 1 day, otherwise ask @kim.” `approvals.md:19` · happened 10:00 UTC · $0.0030
      10:00 UTC · *Write to a person: person @kim* (slack.dm) ran without approval · “The support agent may use `slack.dm` without approval.” `approvals.md:20` · happened 10:00 UTC · not metered
      10:00 UTC · Sol (Support) answered
      *Now:* done 9 Sep 10:00 UTC
      Cost: $0.0085 measured, 10 steps not metered · from the ledger, 9 Sep 10:00 UTC
      [Share here]
    ");
    office.sandbox.slash("@noor", "#support", "/workforce", "costs support-agent").unwrap();
    office.rest().await;
    insta::assert_snapshot!(office.sandbox.ephemerals("@noor").unwrap().pop().unwrap(), @r"
    workforce (app): *$0.0085 measured* · 0 % of 1 task metered
      For Sol (Support)
      Model | Cost
      anthropic/scripted-1 | not metered
      Budget: none is in force
      Money moved: none
      1 Sep to 30 Sep, Berlin time · 9 Sep 10:00 UTC
    ");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_answers_for_the_agent_may_say_what_the_customer_said() {
    let (office, vendor) = desk().await;
    delivers(&office, WISH).await;
    let task = tasks::find_task(&office.service().app.store, TaskId(1)).await.unwrap().unwrap();
    office.sandbox.says_in_thread("@noor", "#support", &task.root_ts, "They called: no thanks").unwrap();
    office.rest().await;
    assert_eq!(vendor.asked().len(), 7, "it went on");
    let shown = office.sandbox.thread_text("#support", &task.root_ts).unwrap();
    assert!(shown.contains("*Cancel a subscription: subscription SUB-77* · A-1"), "{shown}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_in_before_it_was_asked_for_is_heard_all_the_same() {
    let vendor = vendor([
        Line::fault(workforce::demo_models::Fault::Hang).when("please cancel our subscription"),
        Line::say("They left already.").when("no thanks"),
    ])
    .await;
    let main = model(&vendor, Format::Openai);
    let section = Section { listen: "127.0.0.1:0".to_owned(), hooks: vec![entry()], ..Section::default() };
    let hooks = section.resolve(|_| Some(SECRET.to_owned())).unwrap();
    let office = Office::open_team(&[MODEL], Drivers::default(), |config| {
        config.webhooks = Some(hooks);
        config.drivers.models.insert("main".to_owned(), main);
    })
    .await;
    let signed =
        |body: &str| workforce::webhooks::sign(Scheme::Workforce, &SECRET.into(), body.as_bytes(), office.clock.now());
    let post = async |body: &'static str| {
        let address = office.service().hooks.as_ref().unwrap().address;
        let mut request = reqwest::Client::new().post(format!("http://{address}/hooks/helpdesk")).body(body);
        for (name, value) in signed(body) {
            request = request.header(name, value);
        }
        assert_eq!(request.send().await.unwrap().status(), 202);
    };
    post(WISH).await;
    vendor.was_asked(1).await;
    post(NO_THANKS).await;
    office.rest().await;
    let task = tasks::find_task(&office.service().app.store, TaskId(1)).await.unwrap().unwrap();
    let shown = office.sandbox.thread_text("#support", &task.root_ts).unwrap();
    assert!(shown.contains("They left already."), "{shown}");
    office.end().await;
}
