//! Reminders: who is told of what is due, when they work, or who stands in for them. One message for each person, edited in
//! place while reviews stay due; nothing is sent again only because a day has passed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::json;

use super::facts::Moment;
use super::query::reviews_standing;
use super::says::cited_origin;
use super::{App, FlowError};
use crate::directives::matching::people::binds;
use crate::directives::rule::{Review, Rule, Schedule};
use crate::directives::{Directives, Reading};
use crate::inbox::store as inbox;
use crate::inbox::{Arrival, Trigger};
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::outbox::Queued;
use crate::replies::remind::{self as cards, DueReview, ReviewsDue};
use crate::replies::store as outbox;
use crate::roster::directory::{Directory, ReviewFact};
use crate::roster::{Position, PositionStatus, store as roster};
use crate::schedules::{Entry, Work, entries, store as marks, subject_of};
use crate::store::Tx;
use crate::workers::WorkerRef;

/// Somebody's one message about reviews; their account follows.
const REVIEWS_SLOT: &str = "reminder:reviews:";

/// What is due, by whom it is told to: handles.
type Lists = BTreeMap<String, Vec<DueReview>>;

/// Tells everybody whom a schedule means, now or at their next working time. `only`: nobody but this person and whoever
/// stands in for them.
pub(super) async fn remind(app: &App, tx: &mut Tx, entry: &Entry<'_>, only: Option<&str>) -> Result<(), FlowError> {
    let moment = as_recorded(app, None).await?;
    let meant = |handle: &str| only.is_none_or(|only| addressees(&moment, only).iter().any(|to| to == handle));
    match &entry.work {
        Work::Reviews(reading) => {
            let lists = due_reviews(&moment);
            for (handle, rows) in lists.iter().filter(|(handle, _)| meant(handle)) {
                if is_put_off(app, tx, &moment, &entry.key, handle).await? {
                    continue;
                }
                tell_of_reviews(app, tx, &moment, handle, rows, *reading).await?;
            }
            if only.is_none() { clear_the_rest(app, tx, &moment, &lists).await } else { Ok(()) }
        }
        Work::Remind { reading, schedule } => {
            if only.is_none() {
                tell_channels(app, tx, &moment, reading, schedule, &entry.key).await?;
            }
            for (handle, instead_of) in people_of(&moment, schedule) {
                if meant(&handle) && !is_put_off(app, tx, &moment, &entry.key, &handle).await? {
                    tell(app, tx, &moment, (&handle, instead_of.as_deref()), reading, &entry.key).await?;
                }
            }
            Ok(())
        }
        Work::Do { .. } | Work::Start { .. } | Work::EraseTexts | Work::ApproverHealth => Ok(()),
    }
}

/// A review was recorded in this transaction: it leaves every list on which it stands.
pub(super) async fn take_off(app: &App, tx: &mut Tx, position: &str) -> Result<(), FlowError> {
    let moment = as_recorded(app, Some(position)).await?;
    let lists = due_reviews(&moment);
    for (slot, handle) in standing(&moment, tx).await? {
        if let (Some(rows), Some(account)) = (lists.get(&handle), slot.strip_prefix(REVIEWS_SLOT)) {
            let card = cards::reviews_due(&view(&moment, rows, None));
            outbox::queue(tx, &Queued::tell(&slot, account, card), moment.now).await?;
        }
    }
    clear_the_rest(app, tx, &moment, &lists).await
}

/// This moment with the reviews as the database has them, whichever replica recorded them; `just_now` is recorded in a
/// transaction that has not ended.
async fn as_recorded(app: &App, just_now: Option<&str>) -> Result<Moment, FlowError> {
    let mut moment = Moment::of(app)?;
    let mut reviews = roster::last_reviews(&app.store).await?;
    reviews.extend(just_now.map(|position| ReviewFact { position: position.to_owned(), at: moment.now }));
    moment.directory = Directory { reviews, ..(*moment.directory).clone() }.into();
    Ok(moment)
}

/// The messages that list something now, with the handle of whose they are.
async fn standing(moment: &Moment, tx: &mut Tx) -> Result<Vec<(String, String)>, FlowError> {
    let mut found = Vec::new();
    for slot in outbox::slots_with_prefix(tx, REVIEWS_SLOT).await? {
        let account = slot.trim_start_matches(REVIEWS_SLOT);
        let Some(person) = moment.directory.person_of(&moment.directives.roster, account) else { continue };
        found.push((slot, person.handle.clone()));
    }
    Ok(found)
}

/// Whoever has nothing due any more reads so where the list stood; what becomes due later is a message of its own.
async fn clear_the_rest(app: &App, tx: &mut Tx, moment: &Moment, lists: &Lists) -> Result<(), FlowError> {
    for (slot, handle) in standing(moment, tx).await? {
        let is_news = !lists.contains_key(&handle) && marks::set_mark(tx, &cleared(&slot), moment.now).await?;
        if let Some(account) = slot.strip_prefix(REVIEWS_SLOT).filter(|_| is_news) {
            outbox::queue(tx, &Queued::tell(&slot, account, cards::nothing_due(moment.now)), app.now()).await?;
        }
    }
    Ok(())
}

/// The mark of a message that lists nothing any more.
fn cleared(slot: &str) -> String {
    format!("cleared:{slot}")
}

async fn tell_of_reviews(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    handle: &str,
    rows: &[DueReview],
    reading: Option<&Reading>,
) -> Result<(), FlowError> {
    let account = moment.names().person(handle).account;
    let positions: Vec<&str> = rows.iter().map(|row| row.position.as_str()).collect();
    note(tx, moment, json!({ "what": "reviews", "to": handle, "reached": account.is_some(), "positions": positions }))
        .await?;
    let Some(account) = account else {
        tracing::warn!(person = handle, "reviews are due, and this person's account is not known");
        return Ok(());
    };
    let slot = format!("{REVIEWS_SLOT}{account}");
    if marks::remove_mark(tx, &cleared(&slot)).await? {
        outbox::start_afresh(tx, &slot).await?;
    }
    let card = cards::reviews_due(&view(moment, rows, reading));
    outbox::queue(tx, &Queued::tell(slot, &account, card), app.now()).await?;
    Ok(())
}

fn view(moment: &Moment, rows: &[DueReview], reading: Option<&Reading>) -> ReviewsDue {
    ReviewsDue { due: rows.to_vec(), today: today(moment), rule: reading.map(|reading| cited_origin(&reading.origin)) }
}

async fn tell(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    (handle, instead_of): (&str, Option<&str>),
    reading: &Reading,
    key: &str,
) -> Result<(), FlowError> {
    let names = moment.names();
    let account = names.person(handle).account;
    let told = json!({ "what": reading.origin, "to": handle, "instead_of": instead_of, "reached": account.is_some() });
    note(tx, moment, told).await?;
    let Some(account) = account else {
        tracing::warn!(person = handle, "a reminder is due, and this person's account is not known");
        return Ok(());
    };
    let away = instead_of.map(|handle| names.person(handle));
    let card = cards::reminder(&subject_of(reading), away.as_ref(), &cited_origin(&reading.origin));
    let slot = format!("reminder:{key}:{account}");
    // Each time is a message of its own: it is meant to be noticed.
    outbox::start_afresh(tx, &slot).await?;
    outbox::queue(tx, &Queued::tell(slot, &account, card), app.now()).await?;
    Ok(())
}

/// "Remind #support to …" is said there.
async fn tell_channels(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    reading: &Reading,
    schedule: &Schedule,
    key: &str,
) -> Result<(), FlowError> {
    for worker in &schedule.to {
        let WorkerRef::Channel(name) = worker else { continue };
        let channel = moment.directory.channel_named(name);
        note(tx, moment, json!({ "what": reading.origin, "channel": name, "reached": channel.is_some() })).await?;
        let Some(channel) = channel else { continue };
        let card = cards::reminder(&subject_of(reading), None, &cited_origin(&reading.origin));
        let slot = format!("reminder:{key}:{}", channel.id);
        outbox::start_afresh(tx, &slot).await?;
        outbox::queue(tx, &Queued::say(slot, &channel.id, None, card), app.now()).await?;
    }
    Ok(())
}

async fn note(tx: &mut Tx, moment: &Moment, payload: serde_json::Value) -> Result<(), FlowError> {
    Ok(ledger::append_fact(tx, &Fact::of_system(FactKind::Reminded, payload), moment.now).await?)
}

/// Whether somebody is not at work; then they are told when they are. Several reminders that wait for one morning are one.
async fn is_put_off(app: &App, tx: &mut Tx, moment: &Moment, key: &str, handle: &str) -> Result<bool, FlowError> {
    let person = WorkerRef::Person(handle.to_owned());
    let next = moment.directives.roster.next_working_instant(Some(&person), moment.now);
    let Some(at) = next.filter(|at| *at > moment.now) else { return Ok(false) };
    let trigger = Trigger::ScheduleDue { schedule: key.to_owned(), due_us: at.0, to: Some(handle.to_owned()) };
    let key = format!("tick:{key}:{}:{handle}", at.0);
    let arrival = Arrival { key, also: None, conversation: None, trigger };
    inbox::put_for_later(tx, &arrival, at, app.now()).await?;
    Ok(true)
}

/// The people that a reminder names, each with whom they stand in for.
fn people_of(moment: &Moment, schedule: &Schedule) -> BTreeMap<String, Option<String>> {
    let mut found: BTreeMap<String, Option<String>> = BTreeMap::new();
    for handle in schedule.to.iter().chain(&schedule.who).flat_map(|worker| people_meant(moment, worker)) {
        for to in addressees(moment, &handle) {
            if to == handle {
                found.insert(to, None);
            } else {
                found.entry(to).or_insert_with(|| Some(handle.clone()));
            }
        }
    }
    found
}

/// The people that a sentence means by a worker: for an agent its owner; "owners" are each agent's own.
fn people_meant(moment: &Moment, worker: &WorkerRef) -> BTreeSet<String> {
    let roster = &moment.directives.roster;
    match worker {
        WorkerRef::Agent(id) => {
            let own = roster.people_of(worker, &roster.context_of(None, None));
            if own.is_empty() { roster.context_of(Some(id), None).owner } else { own }
        }
        WorkerRef::Owner => roster.positions.keys().flat_map(|id| roster.context_of(Some(id), None).owner).collect(),
        WorkerRef::Supervisor => {
            roster.positions.keys().flat_map(|id| roster.context_of(Some(id), None).supervisor).collect()
        }
        WorkerRef::Role(_)
        | WorkerRef::Person(_)
        | WorkerRef::Team(_)
        | WorkerRef::Channel(_)
        | WorkerRef::Bot(_)
        | WorkerRef::Human
        | WorkerRef::Requester
        | WorkerRef::RequesterManager => roster.people_of(worker, &roster.context_of(None, None)),
    }
}

/// The people that are told for a worker today.
pub(super) fn people_for(moment: &Moment, worker: &WorkerRef) -> Vec<String> {
    people_meant(moment, worker).iter().flat_map(|handle| addressees(moment, handle)).collect()
}

/// The worker, or for a person who is away whoever stands in for them today.
pub(super) fn present(moment: &Moment, worker: &WorkerRef) -> WorkerRef {
    let WorkerRef::Person(handle) = worker else { return worker.clone() };
    addressees(moment, handle).into_iter().next().map_or_else(|| worker.clone(), WorkerRef::Person)
}

/// The person, or whoever stands in for them today.
fn addressees(moment: &Moment, handle: &str) -> Vec<String> {
    let stand_ins = moment.directives.roster.stand_ins(handle, &moment.directives.absences(), today(moment));
    if stand_ins.is_empty() { vec![handle.to_owned()] } else { stand_ins.into_iter().collect() }
}

/// The people who may act on what was sent to those of `people` who are away today.
pub(super) fn stand_ins_of(moment: &Moment, people: &BTreeSet<String>) -> BTreeSet<String> {
    people.iter().flat_map(|handle| addressees(moment, handle)).collect()
}

fn today(moment: &Moment) -> NaiveDate {
    let zone = moment.directives.roster.timezone_of(None);
    moment.now.to_utc().with_timezone(&zone).date_naive()
}

/// Every review that is due, by whom it is told to.
fn due_reviews(moment: &Moment) -> Lists {
    let (directives, today) = (&moment.directives, today(moment));
    let mut lists = Lists::new();
    for position in directives.roster.positions.values() {
        let Some(last) = is_due(moment, position, today) else { continue };
        for owner in told_of(directives, position) {
            for handle in addressees(moment, &owner) {
                let away = (handle != owner).then(|| moment.names().person(&owner));
                let row = row(moment, position, last, today, away);
                let rows = lists.entry(handle).or_default();
                if !rows.iter().any(|known| known.position == row.position) {
                    rows.push(row);
                }
            }
        }
    }
    for rows in lists.values_mut() {
        // Never reviewed first, then whatever waits longest.
        rows.sort_by(|a, b| (a.last, &a.who.name).cmp(&(b.last, &b.who.name)));
    }
    lists
}

/// The date of the last review, if the next is due: by the cadence of the position, or by the age that a schedule names.
fn is_due(moment: &Moment, position: &Position, today: NaiveDate) -> Option<Option<NaiveDate>> {
    let (last, due) = reviews_standing(moment, position, today);
    let late = due.is_some_and(|due| due.days_late >= 0);
    let since = last.or_else(|| position.since.as_deref().and_then(|since| since.parse().ok()));
    let too_old = ages(&moment.directives, position)
        .min()
        .is_some_and(|days| since.is_none_or(|since: NaiveDate| (today - since).num_days() >= i64::from(days)));
    let counts = position.is_program() && position.status != PositionStatus::Retired;
    (late && position.status != PositionStatus::Retired || counts && too_old).then_some(last)
}

/// The ages after which the schedules want this position reviewed; they are about agents.
fn ages<'a>(directives: &'a Directives, position: &Position) -> impl Iterator<Item = u32> + 'a {
    let worker = WorkerRef::Agent(position.id.clone());
    entries(directives).into_iter().filter_map(move |entry| {
        let Work::Reviews(Some(reading)) = entry.work else { return None };
        let Rule::Schedule(schedule) = &reading.rule else { return None };
        let meant = schedule.who.is_empty() || binds(&directives.roster, &schedule.who, &worker).surely_met();
        schedule.older_than_days.filter(|_| meant)
    })
}

/// Who hears that a position's review is due: whom a sentence names, else its owner, else the triage person.
fn told_of(directives: &Directives, position: &Position) -> BTreeSet<String> {
    let roster = &directives.roster;
    let (context, worker) = (roster.context_of(Some(&position.id), None), WorkerRef::Agent(position.id.clone()));
    let rules = directives.each(|rule| -> Option<&Review> {
        if let Rule::Review(review) = rule { Some(review) } else { None }
    });
    let by_rules = rules
        .filter(|(_, review)| binds(roster, &review.who, &worker).surely_met())
        .flat_map(|(_, review)| review.remind.iter());
    let by_schedules = entries(directives).into_iter().filter_map(|entry| match entry.work {
        Work::Reviews(Some(Reading { rule: Rule::Schedule(schedule), .. })) => Some(schedule),
        Work::Reviews(_)
        | Work::Remind { .. }
        | Work::Do { .. }
        | Work::Start { .. }
        | Work::EraseTexts
        | Work::ApproverHealth => None,
    });
    let named = by_rules.chain(by_schedules.flat_map(|schedule| schedule.to.iter()));
    let people: BTreeSet<String> = named.flat_map(|to| roster.people_of(to, &context)).collect();
    match (people.is_empty(), context.owner.is_empty()) {
        (false, _) => people,
        (true, false) => context.owner,
        (true, true) => roster.triage.iter().cloned().collect(),
    }
}

fn row(
    moment: &Moment,
    position: &Position,
    last: Option<NaiveDate>,
    today: NaiveDate,
    away: Option<crate::replies::Who>,
) -> DueReview {
    let role = moment.directives.roster.roles.get(&position.role);
    DueReview {
        position: position.id.clone(),
        who: moment.names().worker(&WorkerRef::Agent(position.id.clone())),
        role: role.map_or_else(|| position.role.clone(), |role| role.title.to_lowercase()),
        last,
        days: last.map(|last| (today - last).num_days()),
        away,
    }
}
