//! Work that nobody wrote a message for: a schedule's, a hook's, or a workflow that a command or a form began. Its thread begins with a message of ours; once that stands
//! in Slack, the task is opened in it, in the transaction that notes where it stands.
//!
//! A hook's matter is a thread: what is delivered later about the same matter goes on with the same task.

use serde_json::json;

use super::assign::{self, Giving, note};
use super::facts::Moment;
use super::receive::finish_in;
use super::says::cited_origin;
use super::{App, FlowError, decide, questions, remind};
use crate::catalogue::canonical::digest_bytes;
use crate::clock::Timestamp;
use crate::commands::start::Start;
use crate::directives::Reading;
use crate::directives::rule::{Priority, Schedule};
use crate::directives::workflow::Workflow;
use crate::ids::{ConversationId, InboxId};
use crate::inbox::store::{self as inbox, Claimed};
use crate::inbox::{Delivery, Trigger};
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::outbox::Queued;
use crate::replies::store::{self as outbox, Posted};
use crate::replies::{Card, greeting, opening, receipt, start};
use crate::routing::{Cause, Routing, Settled};
use crate::runs::journal::JournalEntry;
use crate::runs::store as runs;
use crate::runs::{Run, RunState, StepKind};
use crate::schedules::{Work, entries, hearers_of, workers_of};
use crate::store::{Tx, json as to_json};
use crate::tasks::{NewTask, Task, TaskPriority, TaskState, store as tasks};
use crate::workers::{SlackUser, WorkerRef};

/// The slot of a thread's first message; the inbox row that it is about stands last.
const OPENING: &str = "opening:";

/// A schedule's instant came: the first message of its thread is said.
pub(super) async fn begin_scheduled(
    app: &App,
    claimed: &Claimed,
    schedule: &Schedule,
    reading: &Reading,
) -> Result<(), FlowError> {
    let card = opening::scheduled(&cited_origin(&reading.origin));
    let named = [schedule.to.as_slice(), &schedule.who].concat();
    let people = [hearers_of(schedule), workers_of(schedule)].concat();
    say_first(app, claimed, (&named, people), card, &reading.origin.text).await
}

/// The time of a workflow came. Its thread is in the channel that its trigger names, else with whoever does the first step that
/// a person does or answers for.
pub(super) async fn begin_workflow(
    app: &App,
    claimed: &Claimed,
    workflow: &Workflow,
    clock: &Schedule,
) -> Result<(), FlowError> {
    let card = start::due(&workflow.name, &cited_origin(&workflow.origin()));
    let people = workflow.steps.iter().map(|step| step.who.clone()).collect();
    say_first(app, claimed, (&clock.to, people), card, &workflow.text).await
}

async fn say_first(
    app: &App,
    claimed: &Claimed,
    (named, people): (&[WorkerRef], Vec<WorkerRef>),
    card: Card,
    what: &str,
) -> Result<(), FlowError> {
    let moment = Moment::of(app)?;
    let Some(first) = first_message(&moment, named, people, slot_of(claimed.id), card) else {
        return Err(FlowError::Broken(format!("nobody can be told of “{what}”: no channel and no account is known")));
    };
    let mut tx = app.store.begin().await?;
    outbox::queue(&mut tx, &first, app.now()).await?;
    finish_in(app, tx, claimed).await
}

/// The slot of the first message of what this trigger began.
pub(super) fn slot_of(trigger: InboxId) -> String {
    format!("{OPENING}{}", trigger.0)
}

/// Where the thread of a schedule's work is: the channel that is named, else whoever hears of it, else whoever does it, an
/// agent's owner for the agent, else the triage person.
fn first_message(
    moment: &Moment,
    named: &[WorkerRef],
    people: Vec<WorkerRef>,
    slot: String,
    card: Card,
) -> Option<Queued> {
    let channel = named.iter().find_map(|worker| moment.directory.channel_named(worker.channel()?));
    if let Some(channel) = channel {
        return Some(Queued::say(slot, &channel.id, None, card));
    }
    let candidates = [people, vec![WorkerRef::Human]].concat();
    let account = candidates
        .iter()
        .flat_map(|worker| remind::people_for(moment, worker))
        .find_map(|handle| moment.names().person(&handle).account);
    account.map(|account| Queued::tell(slot, &account, card))
}

/// A hook delivered something: a new thread, or the one of its matter.
pub(super) async fn receive(app: &App, claimed: &Claimed, delivery: &Delivery) -> Result<(), FlowError> {
    let mut tx = app.store.begin().await?;
    let known = match slot_of_matter(delivery) {
        Some(matter) => outbox::slots_with_prefix(&mut tx, &matter).await?.into_iter().next(),
        None => None,
    };
    if let Some(slot) = known {
        return match outbox::place_of(&app.store, &slot).await? {
            Some(place) => {
                go_on(app, &mut tx, claimed.id, delivery, &place).await?;
                finish_in(app, tx, claimed).await
            }
            None => Err(FlowError::Broken("the thread of this matter is not posted yet".to_owned())),
        };
    }
    let directory = app.directory();
    let Some(channel) = directory.channel_named(&delivery.channel) else {
        let (hook, channel) = (&delivery.hook, &delivery.channel);
        return Err(FlowError::Broken(format!(
            "hook {hook} speaks in #{channel}, which I do not see; invite me there"
        )));
    };
    let slot = format!("{}{}", slot_of_matter(delivery).unwrap_or_else(|| OPENING.to_owned()), claimed.id.0);
    let card = opening::delivered(&delivery.hook, &delivery.text);
    outbox::queue(&mut tx, &Queued::say(slot, &channel.id, None, card), app.now()).await?;
    finish_in(app, tx, claimed).await
}

fn slot_of_matter(delivery: &Delivery) -> Option<String> {
    let digest = digest_bytes(delivery.matter.as_ref()?.as_bytes());
    Some(format!("{OPENING}{}:{}:", delivery.hook, digest.trim_start_matches("sha256:")))
}

/// What is delivered later about a matter: the answer to a question, news for whoever works on it, or the work once more.
async fn go_on(app: &App, tx: &mut Tx, id: InboxId, delivery: &Delivery, place: &Posted) -> Result<(), FlowError> {
    let now = app.now();
    let conversation = ConversationId::of_thread(&app.ours.team, &place.channel, &place.ts);
    let words = opening::delivered_more(&delivery.hook, &delivery.text);
    let say = Queued::say(format!("delivery:{}", id.0), &place.channel, Some(&place.ts), words);
    outbox::queue(tx, &say.in_conversation(&conversation), now).await?;
    let Some(task) = tasks::latest_of_conversation(tx, &conversation).await? else {
        return Err(FlowError::Broken("the thread of this matter has no task".to_owned()));
    };
    if task.state.has_ended() {
        if !tasks::reopen(tx, task.id, task.state).await? {
            // It was cancelled for good; the matter is not.
            open_task(app, tx, place, new_task(app, place, &delivery.text, &source_of(delivery))).await?;
            return Ok(());
        }
        tasks::reword(tx, task.id, &delivery.text).await?;
    } else if let Some(run) = runs::current_of_task(tx, task.id).await? {
        if let Some(question) = questions::question_of(&run).filter(|question| question.of == WorkerRef::Requester) {
            let given = questions::Given { words: &delivery.text, by: None, in_thread: true };
            return questions::answered(app, tx, &task, &run, question, given).await;
        }
        tell(tx, &run, delivery, now).await?;
    }
    let digest = digest_bytes(delivery.text.as_bytes());
    let payload = json!({ "what": "delivered more", "hook": delivery.hook, "trigger": id, "text": digest });
    note(tx, &task, FactKind::TaskChanged, payload, now).await
}

/// Whoever works on a matter hears what was delivered: a question that is under way is broken off, because its answer would not
/// know of it.
async fn tell(tx: &mut Tx, run: &Run, delivery: &Delivery, now: Timestamp) -> Result<(), FlowError> {
    let news = JournalEntry::News { from: delivery.hook.clone(), text: delivery.text.clone() };
    let digest = digest_bytes(delivery.text.as_bytes());
    runs::append_step(tx, run.id, run.fence, StepKind::News, &digest, &json!(news), now).await?;
    if run.driver.thinks() && run.state == RunState::Ready {
        runs::break_off(tx, run.id, now).await?;
    }
    Ok(())
}

/// A message of ours stands in Slack now. Where it begins a thread of work, the task is opened.
pub(super) async fn opened(app: &App, tx: &mut Tx, slot: &str, place: &Posted) -> Result<(), FlowError> {
    let Some(id) = slot.strip_prefix(OPENING).and_then(|rest| rest.rsplit(':').next()?.parse().ok()) else {
        return Ok(());
    };
    if tasks::of_message(tx, &place.channel, &place.ts).await?.is_some() {
        return Ok(());
    }
    let trigger = inbox::arrival(tx, InboxId(id)).await?.map(|arrival| arrival.trigger);
    if let Some(Trigger::Delivered(delivery)) = &trigger {
        open_task(app, tx, place, new_task(app, place, &delivery.text, &source_of(delivery))).await?;
    } else if let Some(Trigger::ScheduleDue { schedule, .. }) = &trigger {
        opened_by_the_clock(app, tx, place, schedule).await?;
    } else if let Some((start, by, source)) = trigger.as_ref().and_then(decide::asked_by) {
        opened_for_a_workflow(app, tx, place, &start, (by, source)).await?;
    }
    Ok(())
}

async fn opened_by_the_clock(app: &App, tx: &mut Tx, place: &Posted, key: &str) -> Result<(), FlowError> {
    let directives = app.directives()?;
    let entries = entries(&directives);
    let work = entries.iter().find(|entry| entry.key == key).map(|entry| &entry.work);
    if let Some(Work::Do { reading, schedule }) = work {
        let task = open_task(app, tx, place, new_task(app, place, &reading.origin.text, "calendar")).await?;
        if let (Some(task), [worker, ..]) = (task, workers_of(schedule).as_slice()) {
            give_as_written(app, tx, &task, worker, reading).await?;
        }
    } else if let Some(Work::Start { workflow, .. }) = work {
        let text = format!("start {} ({})", workflow.name, workflow.text.trim_end_matches([':', '.', ' ']));
        if let Some(task) = open_task(app, tx, place, new_task(app, place, &text, "calendar")).await? {
            super::workflow::begin_due(app, tx, &task, workflow).await?;
        }
    }
    Ok(())
}

/// Somebody began a workflow by a command or a form. One that is gone by now is a request like any.
async fn opened_for_a_workflow(
    app: &App,
    tx: &mut Tx,
    place: &Posted,
    start: &Start,
    (by, source): (&SlackUser, &str),
) -> Result<(), FlowError> {
    let directives = app.directives()?;
    let found = super::workflow::asked_for(&directives, start);
    let name = found.map(|(flow, _)| flow.name.as_str()).or(start.workflow.as_deref()).unwrap_or_default();
    let text = format!("start {name} {}", found.map_or(start.words.as_str(), |(_, words)| words));
    let new = NewTask { requester: by.clone(), ..new_task(app, place, text.trim(), source) };
    if let (Some(task), Some((flow, _))) = (open_task(app, tx, place, new).await?, found) {
        super::workflow::begin_asked(app, tx, &task, flow).await?;
    }
    Ok(())
}

fn source_of(delivery: &Delivery) -> String {
    format!("webhook:{}", delivery.hook)
}

fn new_task(app: &App, place: &Posted, text: &str, source: &str) -> NewTask {
    let kind = match app.directory().channel(&place.channel) {
        Some(channel) if channel.private => "private",
        Some(_) => "public",
        None => "direct",
    };
    NewTask {
        conversation: ConversationId::of_thread(&app.ours.team, &place.channel, &place.ts),
        // Nobody asked: what runs then runs on nobody's authority but the directives'.
        requester: SlackUser { team: app.ours.team.clone(), user: app.ours.user.clone() },
        channel: place.channel.clone(),
        channel_kind: kind.to_owned(),
        root_ts: place.ts.clone(),
        message_ts: place.ts.clone(),
        source: source.to_owned(),
        text: crate::replies::plain::shorten(text, app.config.limits.request_characters),
        above: String::new(),
    }
}

async fn open_task(app: &App, tx: &mut Tx, place: &Posted, new: NewTask) -> Result<Option<Task>, FlowError> {
    let id = tasks::open_task(tx, &new, app.now()).await?;
    let digest = digest_bytes(new.text.as_bytes());
    let payload = json!({
        "requester": new.requester, "channel": new.channel, "message": new.message_ts, "source": new.source, "text": digest,
    });
    let fact = Fact::of_task(&new.conversation, id, FactKind::TaskOpened, payload);
    ledger::append_fact(tx, &fact, app.now()).await?;
    let seen = Queued::react(&place.channel, &place.ts, greeting::SEEN, true).in_conversation(&new.conversation);
    outbox::queue(tx, &seen, app.now()).await?;
    Ok(tasks::task(tx, id).await?)
}

/// The sentence says who does it; nothing is guessed from its words.
async fn give_as_written(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    worker: &WorkerRef,
    reading: &Reading,
) -> Result<(), FlowError> {
    let moment = Moment::of(app)?;
    let worker = &remind::present(&moment, worker);
    let directives = moment.directives;
    let routing = Routing {
        to: vec![worker.clone()],
        priority: Priority::Normal,
        confidence: 1.0,
        because: vec![Cause::of(&reading.origin)],
        candidates: Vec::new(),
        settled: Settled::Rule,
        instead_of: None,
    };
    let (state, priority) = (TaskState::Assigned, TaskPriority::Normal);
    tasks::set_routing(tx, task.id, state, priority, &directives.digest, &to_json(&routing)).await?;
    note(tx, task, FactKind::Routed, json!({ "routing": routing, "directives": directives.digest }), app.now()).await?;
    let because = receipt::Because::Rule(cited_origin(&reading.origin));
    let giving = Giving { worker, because, level: 0, offered_since: app.now() };
    assign::give(app, tx, &Task { state, priority, ..task.clone() }, giving).await
}
