//! The sockets against a small Slack of their own: an axum server on loopback that the test plays by hand.

mod fake;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::super::envelope::{Ours, Perishable, Reader};
use super::super::web::Web;
use super::super::{AckReply, Counters, Intake, NotStored, Notice, SlackConfig};
use super::{SlackRefuses, SocketLimits, Sockets};
use crate::inbox::{Arrival, Trigger};
use crate::replies::{Card, Form, Part, Span, Verb};
use fake::{Fake, Socket};

/// Long enough for a slow machine; nothing waits for it when all is well.
const SOON: Duration = Duration::from_secs(20);

/// An intake that tells what it got, and answers as the text says.
struct Ear {
    heard: mpsc::UnboundedSender<Arrival>,
    notices: mpsc::UnboundedSender<Notice>,
    refusals: AtomicUsize,
    gate: Option<Notify>,
}

#[async_trait]
impl Intake for Ear {
    async fn event(&self, arrival: Arrival) -> Result<(), NotStored> {
        let panics = matches!(&arrival.trigger, Trigger::Message(message) if message.text == "panic");
        let _gone = self.heard.send(arrival);
        if let Some(gate) = &self.gate {
            gate.notified().await;
        }
        assert!(!panics, "asked to");
        let refused = self.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        refused.map_or(Ok(()), |_| Err(NotStored("the disk is full".into())))
    }

    async fn interactive(&self, arrival: Arrival, perishable: Perishable) -> Result<AckReply, NotStored> {
        let reply = match &arrival.trigger {
            Trigger::Command(_) => AckReply::Ephemeral(card("Nobody <yet>.")),
            Trigger::Submission(_) => AckReply::FormErrors(vec![("reason".into(), "Say why.".into())]),
            Trigger::Click(click) if click.action_id == "deny" => {
                assert!(perishable.trigger_id.is_some());
                AckReply::OpenForm(Form::loading(Verb::DenyForm, "A-1", "Deny"))
            }
            _click => AckReply::Ephemeral(card("You may not.")),
        };
        let _gone = self.heard.send(arrival);
        Ok(reply)
    }

    fn notice(&self, notice: Notice) {
        let _gone = self.notices.send(notice);
    }
}

fn card(text: &str) -> Card {
    Card { notification: text.into(), parts: vec![Part::Line(vec![Span::Text(text.into())])], identity: None }
}

struct Bot {
    fake: Fake,
    heard: mpsc::UnboundedReceiver<Arrival>,
    notices: mpsc::UnboundedReceiver<Notice>,
    ear: Arc<Ear>,
    counters: Arc<Counters>,
    stop: CancellationToken,
    running: JoinHandle<Result<(), SlackRefuses>>,
}

fn limits() -> SocketLimits {
    SocketLimits {
        stagger: Duration::ZERO,
        backoff_base: Duration::from_millis(5),
        backoff_cap: Duration::from_millis(20),
        too_many_wait: Duration::from_millis(50),
        link_disabled_wait: Duration::from_millis(50),
        drain_quiet: Duration::from_millis(50),
        close_wait: Duration::from_secs(1),
        ..SocketLimits::default()
    }
}

async fn start_with(sockets: usize, limits: SocketLimits, fake: Fake, gate: Option<Notify>) -> Bot {
    let mut config = SlackConfig::new(&fake.api_url(), "xapp-1-A1-2-x".to_owned().into(), "xoxb-1".to_owned().into())
        .unwrap()
        .with_sockets(sockets)
        .unwrap();
    config.socket = limits;
    let ours = Ours { team: "T1".into(), user: "UBOT".into(), bot: Some("BBOT".into()), app: Some("A1".into()) };
    let (heard_in, heard) = mpsc::unbounded_channel();
    let (notices_in, notices) = mpsc::unbounded_channel();
    let ear = Arc::new(Ear { heard: heard_in, notices: notices_in, refusals: AtomicUsize::new(0), gate });
    let counters = Arc::new(Counters::default());
    let web = Arc::new(Web::new(&config).unwrap());
    let reader = Arc::new(Reader::new(ours));
    let sockets = Sockets::new(config, reader, Arc::clone(&ear) as Arc<dyn Intake>, Arc::clone(&counters), web);
    let stop = CancellationToken::new();
    let token = stop.clone();
    let running = tokio::spawn(async move { sockets.run(token).await });
    Bot { fake, heard, notices, ear, counters, stop, running }
}

async fn start(sockets: usize) -> Bot {
    start_with(sockets, limits(), Fake::start().await, None).await
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(SOON, what).await.expect("did not happen in time")
}

impl Bot {
    async fn socket(&mut self) -> Socket {
        let socket = self.silent_socket().await;
        socket.hello(1);
        socket
    }

    async fn silent_socket(&mut self) -> Socket {
        soon(self.fake.sockets.recv()).await.expect("the server ended")
    }

    async fn hears(&mut self) -> Arrival {
        soon(self.heard.recv()).await.expect("the bot ended")
    }

    async fn notices(&mut self, wanted: impl Fn(&Notice) -> bool) -> Notice {
        loop {
            let notice = soon(self.notices.recv()).await.expect("the bot ended");
            if wanted(&notice) {
                return notice;
            }
        }
    }

    async fn end(self) -> Arc<Counters> {
        self.stop.cancel();
        soon(self.running).await.expect("the keeper panicked").expect("Slack refused");
        assert_eq!(self.counters.open.get(), 0, "every socket is closed");
        assert!(self.counters.is_idle());
        self.counters
    }
}

fn mention(id: &str, text: &str, attempt: i64) -> Value {
    json!({"envelope_id": id, "type": "events_api", "retry_attempt": attempt, "payload": {
        "team_id": "T1", "api_app_id": "A1", "type": "event_callback", "event_id": format!("Ev{id}"),
        "event": {"type": "app_mention", "user": "U1", "text": text, "ts": "1.0", "channel": "C1", "team": "T1"}}})
}

fn click(id: &str, action: &str, respond_to: &str) -> Value {
    json!({"envelope_id": id, "type": "interactive", "accepts_response_payload": true, "payload": {
        "type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}, "api_app_id": "A1",
        "trigger_id": "1.2.3", "response_url": respond_to,
        "container": {"type": "message", "message_ts": "2.0", "channel_id": "C1"},
        "actions": [{"type": "button", "action_id": action, "value": "A-1", "action_ts": id}]}})
}

#[tokio::test]
async fn an_event_is_acknowledged_after_it_was_stored() {
    let mut bot = start_with(1, limits(), Fake::start().await, Some(Notify::new())).await;
    let mut socket = bot.socket().await;
    socket.send(&mention("e1", "<@UBOT> hi", 0));
    assert_eq!(bot.hears().await.key, "event:T1:Eve1");
    assert!(socket.said_nothing(), "not stored yet");
    bot.ear.gate.as_ref().unwrap().notify_one();
    assert_eq!(soon(socket.text()).await, json!({"envelope_id": "e1"}));
    socket.send(&json!({"envelope_id": "e2", "type": "holograms", "payload": {}}));
    bot.ear.gate.as_ref().unwrap().notify_one();
    assert_eq!(soon(socket.text()).await, json!({"envelope_id": "e2"}));
    let counters = bot.end().await;
    assert_eq!((counters.acked.get(), counters.unknown.get()), (2, 1));
}

#[tokio::test]
async fn what_is_not_stored_is_not_acknowledged_and_comes_again() {
    let mut bot = start(1).await;
    bot.ear.refusals.store(1, Ordering::SeqCst);
    let mut socket = bot.socket().await;
    socket.send(&mention("e1", "x", 0));
    bot.hears().await;
    socket.send(&mention("e2", "panic", 0));
    bot.hears().await;
    socket.send(&mention("e1", "x", 1));
    bot.hears().await;
    assert_eq!(soon(socket.text()).await["envelope_id"], "e1");
    let counters = bot.end().await;
    assert_eq!((counters.not_stored.get(), counters.panicked.get(), counters.acked.get()), (1, 1, 1));
    assert_eq!(counters.redelivered.get(), 1);
}

#[tokio::test]
async fn garbage_is_counted_and_never_fatal() {
    let mut bot = start(1).await;
    let mut socket = bot.socket().await;
    socket.send_text("not json");
    socket.send_text(&"x".repeat(2 * 1024 * 1024));
    socket.send_binary();
    socket.send_text(r#"{"envelope_id":"dup","type":"events_api","payload":{"user":"A","user":"B"}}"#);
    assert_eq!(soon(socket.text()).await["envelope_id"], "dup");
    assert!(matches!(bot.hears().await.trigger, Trigger::Unknown { .. }));
    socket.send(&mention("e1", "x", 0));
    assert_eq!(soon(socket.text()).await["envelope_id"], "e1");
    let counters = bot.end().await;
    assert_eq!((counters.refused.get(), counters.connected.get()), (4, 1));
}

#[tokio::test]
async fn a_replacement_says_hello_before_the_old_one_is_let_go() {
    let mut bot = start(1).await;
    let mut old = bot.socket().await;
    old.disconnect("refresh_requested");
    let mut new = bot.silent_socket().await;
    old.send(&mention("e1", "x", 0));
    assert_eq!(soon(old.text()).await["envelope_id"], "e1", "the old one still hears");
    new.hello(2);
    soon(old.closed()).await;
    new.send(&mention("e2", "x", 0));
    assert_eq!(soon(new.text()).await["envelope_id"], "e2");
    assert_eq!(bot.counters.ready.get(), 1);
    let counters = bot.end().await;
    assert_eq!((counters.connected.get(), counters.broken.get()), (2, 0));
}

#[tokio::test]
async fn a_cut_socket_is_replaced_and_deafness_is_told() {
    let mut bot = start(1).await;
    let socket = bot.socket().await;
    bot.notices(|notice| matches!(notice, Notice::Connected { open: 1 })).await;
    drop(socket);
    bot.notices(|notice| *notice == Notice::Deaf).await;
    let mut next = bot.socket().await;
    bot.notices(|notice| matches!(notice, Notice::HearingAgain { .. })).await;
    next.send(&mention("e1", "x", 2));
    assert_eq!(soon(next.text()).await["envelope_id"], "e1");
    bot.end().await;
}

#[tokio::test]
async fn a_silent_socket_is_replaced() {
    let short = SocketLimits {
        ping_every: Duration::from_millis(10),
        silent_after: Duration::from_millis(40),
        drain_limit: Duration::from_millis(100),
        ..limits()
    };
    let mut bot = start_with(1, short, Fake::start().await, None).await;
    let socket = bot.socket().await;
    socket.play_dead();
    let mut next = bot.socket().await;
    next.send(&mention("e1", "x", 1));
    assert_eq!(soon(next.text()).await["envelope_id"], "e1");
    assert!(bot.counters.silent.get() >= 1);
    socket.revive();
    bot.end().await;
}

#[tokio::test]
async fn two_sockets_are_held_and_a_stranger_is_noticed() {
    let mut bot = start(2).await;
    let (first, second) = (bot.silent_socket().await, bot.silent_socket().await);
    first.hello(2);
    second.hello(3);
    let notice = bot.notices(|notice| matches!(notice, Notice::Strangers { .. })).await;
    assert_eq!(notice, Notice::Strangers { counted: 3, held: 2 });
    bot.end().await;
}

#[tokio::test]
async fn too_many_and_disabled_wait_without_opening_more() {
    let mut bot = start(1).await;
    let socket = bot.silent_socket().await;
    socket.disconnect("too_many_websockets");
    bot.notices(|notice| *notice == Notice::TooMany).await;
    let socket = bot.silent_socket().await;
    socket.disconnect("link_disabled");
    bot.notices(|notice| *notice == Notice::LinkDisabled).await;
    bot.socket().await;
    bot.notices(|notice| matches!(notice, Notice::Connected { .. })).await;
    assert_eq!(bot.fake.opened(), 3);
    bot.end().await;
}

#[tokio::test]
async fn refusals_that_pass_are_tried_again() {
    let fake = Fake::start().await;
    fake.refuse(429, json!({"ok": false, "error": "ratelimited"}));
    fake.refuse(500, json!("broken"));
    fake.refuse(200, json!({"ok": false, "error": "internal_error"}));
    fake.refuse_upgrade(409);
    let mut bot = start_with(1, limits(), fake, None).await;
    bot.socket().await;
    let first = bot.notices(|notice| matches!(notice, Notice::Retrying { .. })).await;
    assert!(matches!(first, Notice::Retrying { wait, .. } if wait >= Duration::from_secs(1)), "Retry-After is kept");
    bot.notices(|notice| matches!(notice, Notice::Connected { .. })).await;
    assert_eq!(bot.counters.connect_failed.get(), 4);
    bot.end().await;
}

#[tokio::test]
async fn a_refused_token_ends_it_with_a_next_step() {
    let fake = Fake::start().await;
    fake.refuse(200, json!({"ok": false, "error": "invalid_auth"}));
    fake.refuse(200, json!({"ok": false, "error": "invalid_auth"}));
    let bot = start_with(2, limits(), fake, None).await;
    let refused = soon(bot.running).await.unwrap().unwrap_err();
    assert_eq!(refused.code, "invalid_auth");
    assert!(refused.to_string().contains("SLACK_APP_TOKEN"));
}

#[tokio::test]
async fn commands_and_forms_are_answered_in_the_acknowledgement() {
    let mut bot = start(1).await;
    let mut socket = bot.socket().await;
    socket.send(&json!({"envelope_id": "c1", "type": "slash_commands", "payload": {
        "team_id": "T1", "api_app_id": "A1", "user_id": "U1", "channel_id": "C1", "channel_name": "x",
        "command": "/workforce", "text": "help", "trigger_id": "t"}}));
    let ack = soon(socket.text()).await;
    assert_eq!(ack["payload"]["response_type"], "ephemeral");
    assert_eq!(ack["payload"]["blocks"][0]["text"]["text"], "Nobody &lt;yet&gt;.");
    socket.send(&json!({"envelope_id": "v1", "type": "interactive", "payload": {
        "type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1"},
        "view": {"id": "V1", "hash": "h", "callback_id": "deny_form"}}}));
    let ack = soon(socket.text()).await;
    assert_eq!(ack["payload"], json!({"response_action": "errors", "errors": {"reason": "Say why."}}));
    bot.end().await;
}

#[tokio::test]
async fn a_click_is_acknowledged_first_and_answered_beside() {
    let mut bot = start(1).await;
    let mut socket = bot.socket().await;
    let respond_to = bot.fake.response_url();
    socket.send(&click("1", "approve:0", &respond_to));
    assert_eq!(soon(socket.text()).await, json!({"envelope_id": "1"}));
    let (path, body) = soon(bot.fake.calls.recv()).await.unwrap();
    assert_eq!(
        (path.as_str(), &body["replace_original"], &body["text"]),
        ("respond", &json!(false), &json!("You may not."))
    );
    socket.send(&click("2", "deny:1", &respond_to));
    assert_eq!(soon(socket.text()).await, json!({"envelope_id": "2"}));
    let (path, body) = soon(bot.fake.calls.recv()).await.unwrap();
    assert_eq!((path.as_str(), &body["trigger_id"]), ("views.open", &json!("1.2.3")));
    socket.send(&click("3", "approve:0", "https://evil.example/steal"));
    assert_eq!(soon(socket.text()).await, json!({"envelope_id": "3"}));
    let lost = bot.notices(|notice| matches!(notice, Notice::AnswerLost { .. })).await;
    assert!(matches!(lost, Notice::AnswerLost { why } if why.contains("foreign_response_url")));
    bot.end().await;
}

#[tokio::test]
async fn many_at_once_are_all_acknowledged_each_once() {
    let mut bot = start(1).await;
    let mut socket = bot.socket().await;
    for n in 0..2_000 {
        socket.send(&mention(&format!("e{n}"), "x", 0));
    }
    let mut acked = std::collections::BTreeSet::new();
    for _ in 0..2_000 {
        let ack = soon(socket.text()).await;
        assert!(acked.insert(ack["envelope_id"].as_str().unwrap().to_owned()));
    }
    let mut last = None;
    for _ in 0..2_000 {
        let key = bot.hears().await.key;
        let n: usize = key.trim_start_matches("event:T1:Eve").parse().unwrap();
        assert!(last.is_none_or(|last| n == last + 1), "handed over in the order of arrival");
        last = Some(n);
    }
    bot.end().await;
}
