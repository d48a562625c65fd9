//! A new message: a command, a few friendly words, the answer to a question, or work.

use serde_json::json;

use super::super::{App, FlowError, decide, failpoint, query, questions};
use super::finish_in;
use crate::commands::{self, Asked, SmallTalk, help};
use crate::inbox::store::Claimed;
use crate::inbox::{ChannelKind, Message};
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::outbox::Queued;
use crate::replies::{Card, asking, greeting, store as outbox};
use crate::roster::names::Named;
use crate::runs::Waiting;
use crate::slack::text;
use crate::slack::thread::{ThreadLimits, read_above};
use crate::store::{Tx, word};
use crate::tasks::{NewTask, store as tasks};

/// How a message came to be for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Addressed {
    Mention,
    Direct,
    /// A channel in which every new message is a request.
    Watched,
    /// A user group whose handle names a role, a team or a position.
    Group,
    /// Nobody spoke to us; it may still answer a question of ours.
    No,
}

pub(super) async fn receive(app: &App, claimed: &Claimed, message: &Message) -> Result<(), FlowError> {
    if message.external || !is_welcome(app, message)? {
        let tx = app.store.begin().await?;
        return finish_in(app, tx, claimed).await;
    }
    let addressed = addressed(app, message)?;
    let words = readable(app, text::without_leading_mention(&message.text, &app.ours.user));
    if answers_a_question(app, claimed, message, &words).await? {
        return Ok(());
    }
    match addressed {
        Addressed::No => {
            let tx = app.store.begin().await?;
            finish_in(app, tx, claimed).await
        }
        Addressed::Mention | Addressed::Direct | Addressed::Watched | Addressed::Group => {
            understand(app, claimed, message, addressed, &words).await
        }
    }
}

/// Other bots are ignored unless a directive names them in a condition's `from`.
fn is_welcome(app: &App, message: &Message) -> Result<bool, FlowError> {
    let Some(bot) = &message.bot_name else { return Ok(true) };
    Ok(app.directives()?.names_bot(bot))
}

fn addressed(app: &App, message: &Message) -> Result<Addressed, FlowError> {
    if message.mentions_us {
        return Ok(Addressed::Mention);
    }
    if message.channel_kind == ChannelKind::Direct {
        return Ok(Addressed::Direct);
    }
    let directory = app.directory();
    let directives = app.directives()?;
    let names_worker = |group: &String| {
        directory.group(group).is_some_and(|known| directives.roster.worker_called(&known.handle).is_some())
    };
    if message.mentions_groups.iter().any(names_worker) {
        return Ok(Addressed::Group);
    }
    let watched = directory.channel(&message.channel).is_some_and(|channel| {
        app.config.watched_channels.contains(&channel.name) || directives.watches(&channel.name)
    });
    // In a watched channel a new message is a request; what people say in threads is theirs.
    Ok(if watched && message.thread_ts.is_none() { Addressed::Watched } else { Addressed::No })
}

/// The words with accounts and channels by their names, cut at the limit with a mark.
fn readable(app: &App, words: &str) -> String {
    let directory = app.directory();
    let named = text::plain_with_names(
        words,
        |id| directory.account(id).map(|account| account.handle.clone()),
        |id| directory.channel(id).map(|channel| channel.name.clone()),
    );
    crate::replies::plain::shorten(named.trim(), app.config.limits.request_characters)
}

/// A reply to a question that an agent asked: the run goes on with it.
async fn answers_a_question(app: &App, claimed: &Claimed, message: &Message, words: &str) -> Result<bool, FlowError> {
    let mut tx = app.store.begin().await?;
    let Some((task, run)) = questions::waiting_for(app, &mut tx, message).await? else { return Ok(false) };
    let is_command = message.mentions_us && command_in(app, words)?.is_some();
    if words.is_empty() || is_command {
        return Ok(false);
    }
    match &run.waiting {
        Some(Waiting::Answer(question)) => {
            let in_thread = questions::stands_in(&task, message);
            let given = questions::Given { words, by: Some(&message.by), in_thread };
            questions::answered(app, &mut tx, &task, &run, question, given).await?;
        }
        // Somebody who decides asked back; the run itself goes on waiting for the decision.
        Some(Waiting::Approval { approval, .. }) => {
            decide::answer_back(app, &mut tx, *approval, &message.by, words).await?;
        }
        Some(Waiting::Action { .. }) | None => return Ok(false),
    }
    finish_in(app, tx, claimed).await?;
    Ok(true)
}

/// What an addressed message asks for.
async fn understand(
    app: &App,
    claimed: &Claimed,
    message: &Message,
    addressed: Addressed,
    words: &str,
) -> Result<(), FlowError> {
    if words.is_empty() {
        return reply(app, claimed, message, asking::empty_mention()).await;
    }
    if addressed != Addressed::Watched {
        match command_in(app, words)? {
            Some(Asked::Query(asked)) => {
                let place = query::Asker::in_thread(message);
                let card = query::card(app, &message.by, &asked, &place).await?;
                return reply(app, claimed, message, card).await;
            }
            Some(Asked::Intent(intent)) => {
                let mut tx = app.store.begin().await?;
                let said = decide::carry_out(app, &mut tx, &intent, &message.by).await?;
                if let Some(card) = said.as_card() {
                    queue_reply(app, &mut tx, message, card).await?;
                }
                return finish_in(app, tx, claimed).await;
            }
            Some(Asked::Incomplete { command, say }) => {
                return reply(app, claimed, message, help::incomplete(command, &say)).await;
            }
            Some(Asked::Form { .. }) => return reply(app, claimed, message, help::only_as_command(words)).await,
            Some(Asked::Unclear { .. }) | None => {}
        }
        if let Some(talk) = commands::small_talk(words) {
            return small_talk(app, claimed, message, talk).await;
        }
    }
    open(app, claimed, message, addressed, words).await
}

/// The command in a mention. One about a worker whom nobody here is called is work: "stop the newsletter for ORD-7".
fn command_in(app: &App, words: &str) -> Result<Option<Asked>, FlowError> {
    let directives = app.directives()?;
    let borne = |name: &str| directives.roster.named(name) != Named::Nobody;
    Ok(commands::of_mention(words).filter(|asked| asked.names_worker().is_none_or(borne)))
}

async fn small_talk(app: &App, claimed: &Claimed, message: &Message, talk: SmallTalk) -> Result<(), FlowError> {
    match talk {
        SmallTalk::Thanks => {
            let mut tx = app.store.begin().await?;
            let nod = Queued::react(&message.channel, &message.ts, greeting::NOD, true);
            outbox::queue(&mut tx, &nod, app.now()).await?;
            finish_in(app, tx, claimed).await
        }
        SmallTalk::Greeting => reply(app, claimed, message, query::greeting(app, false)?).await,
        SmallTalk::AboutUs => reply(app, claimed, message, query::greeting(app, true)?).await,
    }
}

async fn reply(app: &App, claimed: &Claimed, message: &Message, card: Card) -> Result<(), FlowError> {
    let mut tx = app.store.begin().await?;
    queue_reply(app, &mut tx, message, card).await?;
    finish_in(app, tx, claimed).await
}

async fn queue_reply(app: &App, tx: &mut Tx, message: &Message, card: Card) -> Result<(), FlowError> {
    let slot = format!("reply:{}:{}", message.channel, message.ts);
    let thread = message.root_ts();
    outbox::queue(tx, &Queued::say(slot, &message.channel, Some(thread), card), app.now()).await?;
    Ok(())
}

/// Opens a task. The thread above is read first, for what the request leaves out.
async fn open(
    app: &App,
    claimed: &Claimed,
    message: &Message,
    addressed: Addressed,
    words: &str,
) -> Result<(), FlowError> {
    let above = match &message.thread_ts {
        Some(root) if *root != message.ts => above(app, message, root).await,
        Some(_) | None => String::new(),
    };
    let new = NewTask {
        conversation: message.conversation(),
        requester: message.by.clone(),
        channel: message.channel.clone(),
        channel_kind: word(&message.channel_kind),
        root_ts: message.root_ts().to_owned(),
        message_ts: message.ts.clone(),
        source: match addressed {
            Addressed::Watched | Addressed::Direct | Addressed::No => "message".to_owned(),
            Addressed::Mention | Addressed::Group => "mention".to_owned(),
        },
        text: words.to_owned(),
        above,
    };
    let mut tx = app.store.begin().await?;
    let open_already = tasks::count_open_of(&mut tx, &message.by).await?;
    if usize::try_from(open_already).unwrap_or(usize::MAX) >= app.config.limits.open_tasks_per_person {
        queue_reply(app, &mut tx, message, asking::too_many_open(open_already)).await?;
        return finish_in(app, tx, claimed).await;
    }
    if let Some(bot) = &message.bot_name
        && goes_in_circles(app, &mut tx, &new, bot).await?
    {
        return finish_in(app, tx, claimed).await;
    }
    let task = tasks::open_task(&mut tx, &new, app.now()).await?;
    let digest = crate::catalogue::canonical::digest_bytes(new.text.as_bytes());
    let payload = json!({
        "requester": new.requester, "channel": new.channel, "message": new.message_ts, "source": new.source, "text": digest,
    });
    let fact = Fact::of_task(&new.conversation, task, FactKind::TaskOpened, payload);
    ledger::append_fact(&mut tx, &fact, app.now()).await?;
    let seen = Queued::react(&message.channel, &message.ts, greeting::SEEN, true).in_conversation(&new.conversation);
    outbox::queue(&mut tx, &seen, app.now()).await?;
    finish_in(app, tx, claimed).await?;
    failpoint::pass("task-opened");
    Ok(())
}

/// Another bot has asked so often in this thread that the two of us may be answering each other: no task, and triage hears of
/// it once.
async fn goes_in_circles(app: &App, tx: &mut Tx, new: &NewTask, bot: &str) -> Result<bool, FlowError> {
    let asked = tasks::count_in_conversation(tx, &new.conversation, &new.requester).await?;
    let most = app.config.limits.requests_per_bot_and_thread;
    if usize::try_from(asked).unwrap_or(usize::MAX) < most {
        return Ok(false);
    }
    let place = app.directory().channel(&new.channel).map(|channel| channel.name.clone());
    if let Some(triage) = app.triage()?.and_then(|who| who.account) {
        let slot = format!("circle:{}", new.conversation.0);
        let card = asking::circle(bot, place.as_deref(), asked);
        outbox::queue(tx, &Queued::tell(slot, &triage, card), app.now()).await?;
    }
    tracing::warn!(bot, asked, "another bot asks again and again in one thread; it is not answered there any more");
    Ok(true)
}

/// The thread above, oldest first. It only helps: a thread that cannot be read is an empty one.
async fn above(app: &App, message: &Message, root: &str) -> String {
    let limits = ThreadLimits { messages: app.config.limits.thread_above_messages, ..ThreadLimits::default() };
    match read_above(&app.web, &app.ours, &message.channel, root, &message.ts, limits).await {
        Ok(above) => {
            let lines: Vec<&str> =
                above.messages.iter().filter(|said| !said.ours).map(|said| said.text.as_str()).collect();
            lines.join("\n")
        }
        Err(error) => {
            tracing::info!(
                error = &error as &dyn std::error::Error,
                "the thread above cannot be read; going on without"
            );
            String::new()
        }
    }
}
