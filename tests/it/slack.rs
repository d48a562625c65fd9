//! The Slack edge against the sandbox: sockets, acknowledgements, answers, and every Web API call that the bot makes.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use workforce::clock::Timestamp;
use workforce::ids::OutboxId;
use workforce::inbox::{Arrival, Trigger};
use workforce::replies::{
    Button, ButtonStyle, Card, Confirm, Field, FieldKind, Form, Identity, Part, Span, TimeStyle, Verb,
};
use workforce::sandbox::{ApiFault, Sandbox, acme};
use workforce::slack::blocks::{self, Dress, Rendered};
use workforce::slack::envelope::{Ours, Perishable, Reader};
use workforce::slack::socket::{SocketLimits, Sockets};
use workforce::slack::thread::{ThreadLimits, read_above};
use workforce::slack::web::{Post, PostId, Web, WebError};
use workforce::slack::{AckReply, Counters, Intake, NotStored, SlackConfig};

const SOON: Duration = Duration::from_secs(20);

struct Ear(mpsc::UnboundedSender<Arrival>);

#[async_trait]
impl Intake for Ear {
    async fn event(&self, arrival: Arrival) -> Result<(), NotStored> {
        self.0.send(arrival).map_err(|_| NotStored("the test is over".into()))
    }

    async fn interactive(&self, arrival: Arrival, _secrets: Perishable) -> Result<AckReply, NotStored> {
        let reply = match &arrival.trigger {
            Trigger::Click(click) if click.action_id == "deny" => AckReply::OpenForm(form()),
            Trigger::Submission(sent) if sent.fields.iter().any(|(id, value)| id == "own" && value.is_empty()) => {
                AckReply::Empty
            }
            Trigger::Submission(_) => AckReply::FormErrors(vec![("own".into(), "Too short.".into())]),
            _others => AckReply::Ephemeral(plain("Only you see this <!here>.")),
        };
        self.0.send(arrival).map_err(|_| NotStored("the test is over".into()))?;
        Ok(reply)
    }
}

struct Bot {
    sandbox: Sandbox,
    web: Arc<Web>,
    ours: Ours,
    heard: mpsc::UnboundedReceiver<Arrival>,
    counters: Arc<Counters>,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

async fn start() -> Bot {
    let sandbox = Sandbox::start(acme()).await.expect("a sandbox");
    let mut config =
        SlackConfig::new(&sandbox.api_url(), sandbox.app_token().into(), sandbox.bot_token().into()).expect("a config");
    config.web.paced = false;
    config.socket = SocketLimits {
        stagger: Duration::ZERO,
        backoff_base: Duration::from_millis(5),
        backoff_cap: Duration::from_millis(50),
        drain_quiet: Duration::from_millis(20),
        ..SocketLimits::default()
    };
    let web = Arc::new(Web::new(&config).expect("a client"));
    let ours = web.who_am_i().await.expect("auth.test").ours(None);
    let reader = Arc::new(Reader::new(ours.clone()));
    web.learn_channels(&reader.kinds).await.expect("conversations.list");
    let (heard_in, heard) = mpsc::unbounded_channel();
    let counters = Arc::new(Counters::default());
    let sockets = Sockets::new(config, reader, Arc::new(Ear(heard_in)), Arc::clone(&counters), Arc::clone(&web));
    let stop = CancellationToken::new();
    let token = stop.clone();
    let running = tokio::spawn(async move { sockets.run(token).await.expect("Slack lets us in") });
    sandbox.until(|sandbox| (sandbox.connections() == 2).then_some(())).await;
    Bot { sandbox, web, ours, heard, counters, stop, running }
}

impl Bot {
    async fn hears(&mut self) -> Arrival {
        tokio::time::timeout(SOON, self.heard.recv()).await.expect("in time").expect("the bot runs")
    }

    /// The next message event that somebody else wrote.
    async fn hears_message(&mut self) -> workforce::inbox::Message {
        loop {
            if let Trigger::Message(message) = self.hears().await.trigger {
                return message;
            }
        }
    }

    async fn end(self) {
        self.sandbox.wait_idle().await;
        self.stop.cancel();
        tokio::time::timeout(SOON, self.running).await.expect("in time").expect("no panic");
        assert_eq!(self.sandbox.connections(), 0);
        assert_eq!(self.sandbox.finish(), Ok(()));
    }
}

fn plain(text: &str) -> Card {
    Card { notification: text.into(), parts: vec![Part::Line(vec![Span::Text(text.into())])], identity: None }
}

fn button(label: &str, verb: Verb) -> Button {
    let confirm = Some(Confirm { title: "Sure?".into(), text: "Money moves.".into(), yes: "Yes".into() });
    Button { label: label.into(), verb, target: "31".into(), style: ButtonStyle::Danger, confirm, spoken: None }
}

fn form() -> Form {
    let field = |id: &str, kind| Field { id: id.into(), label: id.into(), kind, hint: None, optional: true };
    Form {
        verb: Verb::DenyForm,
        subject: "31".into(),
        title: "Deny A-31".into(),
        submit: Some("Deny".into()),
        intro: every_part(),
        fields: vec![
            field("reason", FieldKind::Choice(vec![("budget".into(), "No budget".into())])),
            field("own", FieldKind::Text { multiline: true, max: 500 }),
            field("who", FieldKind::Person),
        ],
    }
}

/// One of everything that a card can hold.
fn every_part() -> Vec<Part> {
    let spans = vec![
        Span::Bold("Refund".into()),
        Span::Text(" <!channel> & ".into()),
        Span::Italic("all".into()),
        Span::Code("a`b".into()),
        Span::Emoji("eyes".into()),
        Span::Time(Timestamp(1_763_632_920_000_000), TimeStyle::DayAndClock),
    ];
    vec![
        Part::Line(spans.clone()),
        Part::Note(spans.clone()),
        Part::Words { label: vec![Span::Text("Ana wrote:".into())], text: "it <!here> arrived *broken*".into() },
        Part::Fields((0..12).map(|n| (format!("field {n}"), spans.clone())).collect()),
        Part::Divider,
        Part::Table {
            columns: vec!["Who".into(), "What".into()],
            rows: vec![
                vec![vec![Span::Bold("Finn".into())], spans.clone()],
                vec![vec![], vec![Span::Text("x".into())]],
            ],
        },
    ]
}

fn whole_card() -> Card {
    let mut parts = every_part();
    parts.push(Part::Buttons(vec![button("Approve $450.00", Verb::Approve), button("Deny", Verb::Deny)]));
    let identity = Some(Identity { name: "Finn".into(), icon: Some(":moneybag:".into()) });
    Card { notification: "Refund $450.00 to ORD-1042?".into(), parts, identity }
}

fn rendered(card: &Card) -> Rendered {
    blocks::render(card, &Dress { may_customize: true }).remove(0)
}

fn post<'a>(channel: &'a str, message: &'a Rendered, id: i64) -> Post<'a> {
    Post { channel, thread_ts: None, message, id: PostId { outbox: OutboxId(id), part: 0 } }
}

#[tokio::test]
async fn a_mention_arrives_as_one_message_told_twice() {
    let mut bot = start().await;
    let ts = bot.sandbox.says("ana", "support", "@workforce refund ORD-1042 <now>").expect("said");
    let (first, second) = (bot.hears().await, bot.hears().await);
    assert_eq!(first.also, second.also);
    assert_eq!(first.trigger, second.trigger);
    assert_ne!(first.key, second.key);
    match first.trigger {
        Trigger::Message(message) => assert!(message.mentions_us && message.ts == ts && !message.external),
        other => panic!("{other:?}"),
    }
    bot.end().await;
}

#[tokio::test]
async fn refreshes_leave_no_gap() {
    let mut bot = start().await;
    let mut said = 0;
    for round in 0..20 {
        let before = bot.sandbox.connections_opened();
        // A warning leaves time; a refresh cuts at once, and then the other socket bridges it.
        let replaced = if round % 2 == 0 {
            bot.sandbox.disconnect_all("warning");
            2
        } else {
            let oldest = bot.sandbox.connection_numbers()[0];
            bot.sandbox.disconnect(oldest, "refresh_requested");
            1
        };
        for _ in 0..4 {
            bot.sandbox.says("ana", "support", "no mention").expect("said");
            said += 1;
        }
        bot.sandbox
            .until(|sandbox| {
                (sandbox.connections_opened() >= before + replaced && sandbox.connections() == 2).then_some(())
            })
            .await;
    }
    for _ in 0..said {
        bot.hears_message().await;
    }
    bot.sandbox.wait_idle().await;
    let sent = bot.sandbox.envelopes();
    assert_eq!(sent.len(), said);
    assert!(sent.iter().all(|envelope| envelope.retry_attempt == 0 && envelope.acked_at.is_some()));
    assert!(bot.sandbox.most_connections() <= 4);
    bot.end().await;
}

#[tokio::test]
async fn cut_sockets_come_back_and_events_come_again() {
    let mut bot = start().await;
    for _ in 0..5 {
        bot.sandbox.drop_connections();
        let before = bot.counters.connected.get();
        bot.sandbox.says("ana", "support", "hello?").expect("said");
        bot.sandbox.until(|sandbox| (sandbox.connections() >= 2).then_some(())).await;
        assert!(bot.counters.connected.get() >= before);
        bot.sandbox.advance(Duration::from_secs(3));
        bot.hears_message().await;
        bot.sandbox.wait_idle().await;
    }
    bot.end().await;
}

#[tokio::test]
async fn a_card_with_everything_is_posted_clicked_and_answered() {
    let mut bot = start().await;
    let message = rendered(&whole_card());
    let channel = bot.web.channels().await.expect("channels").into_iter().find(|c| c.name == "support").expect("it").id;
    let posted = bot.web.post_message(post(&channel, &message, 1)).await.expect("posted");
    bot.sandbox.clicks("dana", "support", &posted.ts, "Approve $450.00").expect("clicked");
    while !matches!(bot.hears().await.trigger, Trigger::Click(click) if click.action_id == "approve") {}
    let shown = bot.sandbox.until(|sandbox| sandbox.ephemerals("dana").expect("dana").pop()).await;
    assert!(shown.contains("Only you see this"), "{shown}");

    bot.sandbox.clicks("dana", "support", &posted.ts, "Deny").expect("clicked");
    let modal = bot.sandbox.until(|sandbox| sandbox.modal("dana").expect("dana")).await;
    assert!(modal.contains("Deny A-31"), "{modal}");

    bot.web.update_message(&channel, &posted.ts, &rendered(&plain("Denied."))).await.expect("updated");
    let text = bot.sandbox.thread_text("support", &posted.ts).expect("there");
    assert!(text.contains("Denied.") && !text.contains("Approve"), "{text}");
    bot.sandbox.slash("ana", "support", "/workforce", "status").expect("typed");
    let shown = bot.sandbox.until(|sandbox| sandbox.ephemerals("ana").expect("ana").pop()).await;
    assert!(shown.contains("Only you see this"), "{shown}");
    bot.end().await;
}

#[tokio::test]
async fn a_post_whose_answer_was_lost_is_found_instead_of_posted_again() {
    let bot = start().await;
    let channel = bot.web.channels().await.expect("channels").into_iter().find(|c| c.name == "support").expect("it").id;
    let root = bot.sandbox.says("ana", "support", "root").expect("said");
    let message = rendered(&plain("Refunded."));
    for thread_ts in [None, Some(root.as_str())] {
        let id = PostId { outbox: OutboxId(if thread_ts.is_some() { 42 } else { 43 }), part: 0 };
        bot.sandbox.fail_next("chat.postMessage", 1, ApiFault::AnswerLost);
        let post = Post { channel: &channel, thread_ts, message: &message, id };
        let error = bot.web.post_message(post).await.expect_err("the answer is lost");
        assert!(matches!(error, WebError::Unknown { .. }), "{error:?}");
        let found = bot.web.find_posted(&bot.ours, &channel, thread_ts, None, id).await.expect("searched");
        assert!(found.is_some());
        let other = PostId { outbox: OutboxId(44), part: 0 };
        assert_eq!(bot.web.find_posted(&bot.ours, &channel, thread_ts, None, other).await, Ok(None));
    }
    bot.end().await;
}

#[tokio::test]
async fn too_fast_is_waited_for_and_refusals_are_told() {
    let bot = start().await;
    let channel = bot.web.channels().await.expect("channels").into_iter().find(|c| c.name == "support").expect("it").id;
    let message = rendered(&plain("x"));
    bot.sandbox.fail_next("chat.postMessage", 1, ApiFault::RateLimited { retry_after_seconds: 1 });
    bot.web.post_message(post(&channel, &message, 1)).await.expect("posted after a wait");
    bot.sandbox.fail_next("chat.postMessage", 1, ApiFault::RateLimited { retry_after_seconds: 3_600 });
    let error = bot.web.post_message(post(&channel, &message, 2)).await.expect_err("too long to wait here");
    assert!(matches!(error, WebError::Retry { after, .. } if after == Duration::from_secs(3_600)), "{error:?}");
    let error = bot.web.react(&channel, "1.000001", "eyes").await.expect_err("no such message");
    assert_eq!(error.code(), Some("message_not_found"));
    bot.end().await;
}

#[tokio::test]
async fn every_method_that_we_call_is_known() {
    let bot = start().await;
    let (web, team) = (&bot.web, bot.ours.team.as_str());
    let users = web.users(team).await.expect("users.list");
    let ana = users.iter().find(|account| account.handle == "ana").expect("ana").user.user.clone();
    assert_eq!(web.user_info(team, &ana).await.expect("users.info").handle, "ana");
    let by_email = web.user_by_email(team, "ana@acme.example").await.expect("users.lookupByEmail");
    assert_eq!(by_email.expect("found").user.user, ana);
    assert_eq!(web.user_by_email(team, "nobody@acme.example").await, Ok(None));
    let groups = web.groups().await.expect("usergroups.list");
    assert_eq!(web.group_members(&groups[0].id).await.expect("usergroups.users.list").len(), 2);
    assert_eq!(web.team_info().await.expect("team.info").id, team);

    let channel = web.channels().await.expect("channels").into_iter().find(|c| c.name == "support").expect("it").id;
    assert_eq!(web.channel_info(&channel).await.expect("conversations.info").name, "support");
    assert!(web.members(&channel).await.expect("conversations.members").contains(&ana));
    let direct = web.open_conversation(&[&ana]).await.expect("conversations.open");
    let posted = web.post_message(post(&direct, &rendered(&whole_card()), 1)).await.expect("posted");
    assert!(web.permalink(&posted.channel, &posted.ts).await.expect("chat.getPermalink").starts_with("http"));
    web.react(&posted.channel, &posted.ts, "eyes").await.expect("reactions.add");
    web.react(&posted.channel, &posted.ts, "eyes").await.expect("already there");
    web.unreact(&posted.channel, &posted.ts, "eyes").await.expect("reactions.remove");
    web.delete_message(&posted.channel, &posted.ts).await.expect("chat.delete");
    web.post_ephemeral(&channel, &ana, None, &rendered(&plain("psst"))).await.expect("chat.postEphemeral");
    web.publish_home(&ana, &whole_card()).await.expect("views.publish");

    let root = bot.sandbox.says("ana", "support", "ORD-1042 arrived broken").expect("said");
    let mention = bot.sandbox.says_in_thread("dana", "support", &root, "@workforce refund it").expect("said");
    let above = read_above(web, &bot.ours, &channel, &root, &mention, ThreadLimits::default())
        .await
        .expect("conversations.replies");
    assert_eq!(above.messages.iter().map(|m| m.text.as_str()).collect::<Vec<_>>(), ["ORD-1042 arrived broken"]);
    let (history, more) = web.history(&channel, None, None, 100).await.expect("conversations.history");
    assert!(!more && history.iter().any(|said| said.ts == root));
    bot.end().await;
}
