//! An edited set → in force, or a question: whatever it would make looser, somebody agrees to first.
//!
//! Which set is in force stands in the database, so that a restart, a second replica and the command line agree about it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::json;

use super::directives::{Loaded, put_in_force};
use super::facts::Moment;
use super::record::{MOST_REPLAYED, backtest};
use super::says::Names;
use super::{App, FlowError, git};
use crate::backtest::looser::{grants, looser};
use crate::clock::Timestamp;
use crate::directives::changes::store::{self as changes, NewChange};
use crate::directives::changes::{Change, ChangeBody, ChangeStage, Decider, changed_files, keepers, may_agree, pinned};
use crate::directives::diagnostics::Problem;
use crate::directives::{Directives, files, store as sets};
use crate::ids::ChangeId;
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::change::{self as cards, ChangeView};
use crate::replies::outbox::Queued;
use crate::replies::{Card, Who, store as outbox};
use crate::roster::directory::Directory;
use crate::store::{Store, Tx};
use crate::workers::SlackUser;

/// Reads texts as a set that may be agreed to: whoever is known by a handle alone is pinned to the account that bears it now.
pub fn read_candidate(
    texts: &BTreeMap<String, String>,
    directory: &Directory,
    today: chrono::NaiveDate,
) -> Result<Directives, Vec<Problem>> {
    let set = files::read_set(texts, today)?;
    let pins = directory.pins(&set.roster);
    match pinned(texts.get("people.lock").map(String::as_str), &pins) {
        None => Ok(set),
        Some(lock) => {
            let mut texts = texts.clone();
            texts.insert("people.lock".to_owned(), lock);
            files::read_set(&texts, today)
        }
    }
}

/// A set that was read from disk, beside the one in force.
pub(super) async fn consider(
    app: &App,
    was: Option<Arc<Directives>>,
    set: Arc<Directives>,
) -> Result<Loaded, FlowError> {
    let pointer = changes::in_force(&app.store).await?;
    let was = match (was, pointer) {
        (Some(was), _) => was,
        (None, None) => return first(app, set).await,
        // The set that was in force when the process ended; its agreement holds on.
        (None, Some(digest)) if digest == set.digest => return resume(app, set).await,
        (None, Some(digest)) => match stored(app, &digest).await? {
            Some(old) => put_in_force(app, Arc::new(old)).await?,
            // This version cannot read it any more: somebody has to agree anew, as at the first start.
            None => return first(app, set).await,
        },
    };
    withdraw_others(app, &was, &set.digest).await?;
    let known = changes::of_pair(&app.store, &set.digest, &was.digest).await?;
    match known.map(|change| (change.stage, change)) {
        Some((ChangeStage::Accepted, change)) => take_effect(app, set, &change).await.map(Loaded::InForce),
        Some((ChangeStage::Waiting | ChangeStage::Declined, change)) => Ok(Loaded::Waits(Box::new(change.body))),
        Some((ChangeStage::InForce | ChangeStage::Past, _)) | None => compare(app, &was, set).await,
    }
}

async fn first(app: &App, set: Arc<Directives>) -> Result<Loaded, FlowError> {
    match changes::of_pair(&app.store, &set.digest, "").await? {
        Some(change) if change.stage == ChangeStage::Accepted => {
            take_effect(app, set, &change).await.map(Loaded::InForce)
        }
        // Another replica started a moment earlier.
        Some(change) if change.stage == ChangeStage::InForce => put_in_force(app, set).await.map(Loaded::InForce),
        Some(_) | None => Ok(Loaded::NotAccepted),
    }
}

async fn resume(app: &App, set: Arc<Directives>) -> Result<Loaded, FlowError> {
    let mut tx = app.store.begin().await?;
    sets::keep_set(&mut tx, &set.digest, &set.files, app.now()).await?;
    tx.commit().await?;
    put_in_force(app, set).await.map(Loaded::InForce)
}

/// The set on disk, where it holds.
pub(super) async fn on_disk(app: &App) -> Option<Directives> {
    let (folder, directory, today) = (app.config.directives.clone(), app.directory(), app.now().to_utc().date_naive());
    let read =
        move || super::directory::read_directory(&folder).and_then(|texts| read_candidate(&texts, &directory, today));
    tokio::task::spawn_blocking(read).await.ok()?.ok()
}

/// A set of the store; `None` where it is not there or this version cannot read it.
pub(super) async fn stored(app: &App, digest: &str) -> Result<Option<Directives>, FlowError> {
    let today = app.now().to_utc().date_naive();
    let Some(texts) = sets::files_of(&app.store, digest).await? else { return Ok(None) };
    Ok(files::read_set(&texts, today).ok())
}

/// Compares by the rules and by what happened; the looser set waits, any other is in force at once.
async fn compare(app: &App, was: &Arc<Directives>, set: Arc<Directives>) -> Result<Loaded, FlowError> {
    let report = backtest(app, was.clone(), set.clone(), MOST_REPLAYED).await?;
    let ways = looser(was, &set);
    let changed = changed_files(&was.files, &set.files);
    let loosened: BTreeSet<String> = ways.iter().map(|way| way.file.clone()).filter(|file| !file.is_empty()).collect();
    let mut body = ChangeBody {
        looser: ways.into_iter().map(|way| (way.says, way.place)).collect(),
        loosened: loosened.into_iter().collect(),
        effect: report.phrase(),
        decisions: report.decisions(),
        edited_by: editors(app, was, &changed).await?,
        changed,
    };
    if body.looser.is_empty() && !report.is_looser() {
        return at_once(app, was, set, &body).await.map(Loaded::InForce);
    }
    if body.loosened.is_empty() {
        body.loosened.clone_from(&body.changed);
    }
    hold(app, was, &set, &body).await?;
    Ok(Loaded::Waits(Box::new(body)))
}

/// Handles of those who wrote the changed files, as far as git knows.
async fn editors(app: &App, was: &Directives, changed: &[String]) -> Result<BTreeSet<String>, FlowError> {
    let (folder, changed) = (app.config.directives.clone(), changed.to_vec());
    let authors = tokio::task::spawn_blocking(move || git::last_authors(&folder, &changed)).await;
    let authors = authors.map_err(|_| FlowError::Broken("git could not be asked who made an edit".to_owned()))?;
    let authors = authors.map_err(|late| FlowError::Broken(format!("nobody knows who made an edit: {late}")))?;
    let by_mail = |mail: &String| {
        let person =
            was.roster.people.values().find(|one| one.email.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(mail)));
        person.map(|person| person.handle.clone())
    };
    Ok(authors.iter().filter_map(by_mail).collect())
}

/// The set waits: everybody who may agree is asked, and the set before stays in force.
async fn hold(app: &App, was: &Arc<Directives>, set: &Directives, body: &ChangeBody) -> Result<(), FlowError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    sets::keep_set(&mut tx, &set.digest, &set.files, now).await?;
    let new =
        NewChange { digest: &set.digest, instead_of: &was.digest, stage: ChangeStage::Waiting, body, decided_by: None };
    let id = changes::add(&mut tx, &new, now).await?;
    let payload = json!({ "change": id, "digest": set.digest, "in_force": was.digest, "looser": body.looser, "effect": body.effect });
    ledger::append_fact(&mut tx, &Fact::of_system(FactKind::DirectivesHeld, payload), now).await?;
    let view = view(app, was, id, body, now);
    for user in view.may.iter().filter_map(|who| who.account.clone()) {
        outbox::queue(&mut tx, &Queued::tell(slot(id, &user), &user, cards::held(&view)), now).await?;
    }
    tx.commit().await?;
    app.bell.ring();
    tracing::warn!(change = %id, looser = body.looser.len(), "edited directives would be looser; they wait until somebody agrees");
    Ok(())
}

async fn at_once(
    app: &App,
    was: &Arc<Directives>,
    set: Arc<Directives>,
    body: &ChangeBody,
) -> Result<Arc<Directives>, FlowError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    sets::keep_set(&mut tx, &set.digest, &set.files, now).await?;
    changes::retire(&mut tx).await?;
    let new = NewChange {
        digest: &set.digest,
        instead_of: &was.digest,
        stage: ChangeStage::InForce,
        body,
        decided_by: Some(&Decider::Nobody),
    };
    let id = changes::add(&mut tx, &new, now).await?;
    loaded(&mut tx, &set, Some(id), now).await?;
    // An edit that changes no rule is worth no message.
    let same = was.readings.len() == set.readings.len()
        && was.readings.iter().zip(&set.readings).all(|(one, other)| one.rule == other.rule);
    if !same || body.effect != "nothing would change" {
        let file = body.changed.first().map_or("", String::as_str);
        let names = Moment::of(app)?;
        for handle in keepers(was, file) {
            let keeper = names.names().person(&handle);
            let Some(user) = keeper.account.clone() else { continue };
            let view = view(app, was, id, body, now);
            outbox::queue(&mut tx, &Queued::tell(slot(id, &user), &user, cards::at_once(&view, &keeper)), now).await?;
        }
    }
    tx.commit().await?;
    put_in_force(app, set).await
}

/// Puts a set in force that somebody agreed to; the cards about it say so.
async fn take_effect(app: &App, set: Arc<Directives>, change: &Change) -> Result<Arc<Directives>, FlowError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    let known = changes::change(&mut tx, change.id).await?;
    let stage = known.as_ref().map(|now| now.stage);
    let Some(change) = known.filter(|now| now.stage == ChangeStage::Accepted) else {
        tx.commit().await?;
        // Another replica was faster; or the files no longer make this set, and what is in force stays.
        return if stage == Some(ChangeStage::InForce) { put_in_force(app, set).await } else { app.directives() };
    };
    let by = change.decided_by.clone().unwrap_or(Decider::CommandLine);
    sets::keep_set(&mut tx, &set.digest, &set.files, now).await?;
    changes::retire(&mut tx).await?;
    if !changes::decide(&mut tx, &change, ChangeStage::InForce, &by, change.decided.unwrap_or(now)).await? {
        return Err(FlowError::LostLease);
    }
    loaded(&mut tx, &set, Some(change.id), now).await?;
    let names = Names { directives: &set, directory: &app.directory() };
    let who = match &by {
        Decider::Account(account) => names.account(account).name,
        Decider::CommandLine => "Whoever runs the program".to_owned(),
        Decider::Nobody => "Nobody".to_owned(),
    };
    let card = cards::accepted(&view(app, &set, change.id, &change.body, now), &who, change.decided.unwrap_or(now));
    redraw(&mut tx, change.id, &card, now).await?;
    tx.commit().await?;
    write_pins(app, &set);
    put_in_force(app, set).await
}

/// `people.lock` on disk says what was agreed to. A folder that may not be written keeps the pins in the database.
fn write_pins(app: &App, set: &Directives) {
    const LOCK: &str = "people.lock";
    let Some(text) = set.files.get(LOCK) else { return };
    let seen = std::fs::read_to_string(app.config.directives.join(LOCK)).ok();
    if seen.as_ref() == Some(text) {
        return;
    }
    if let Err(error) = super::pen::write(&app.config.directives, LOCK, seen.as_deref(), text) {
        tracing::warn!(%error, "people.lock could not be written; the pins are kept in the database");
    }
}

async fn loaded(tx: &mut Tx, set: &Directives, change: Option<ChangeId>, now: Timestamp) -> Result<(), FlowError> {
    let names: Vec<&String> = set.files.keys().collect();
    let payload = json!({ "digest": set.digest, "files": names, "rules": set.readings.len(), "change": change });
    Ok(ledger::append_fact(tx, &Fact::of_system(FactKind::DirectivesLoaded, payload), now).await?)
}

/// Questions about sets that the files no longer make are taken back.
async fn withdraw_others(app: &App, in_force: &Directives, digest: &str) -> Result<(), FlowError> {
    let mut tx = app.store.begin().await?;
    for change in changes::open(&mut tx).await? {
        if change.digest == digest && change.instead_of == in_force.digest {
            continue;
        }
        changes::close(&mut tx, change.id).await?;
        let fact = json!({ "change": change.id, "digest": change.digest, "was": change.stage });
        ledger::append_fact(&mut tx, &Fact::of_system(FactKind::DirectivesWithdrawn, fact), app.now()).await?;
        let card = cards::withdrawn(&view(app, in_force, change.id, &change.body, app.now()), app.now());
        redraw(&mut tx, change.id, &card, app.now()).await?;
    }
    tx.commit().await?;
    app.bell.ring();
    Ok(())
}

/// The files are as the set in force has them.
pub(super) async fn nothing_changed(app: &App, in_force: &Directives) -> Result<(), FlowError> {
    withdraw_others(app, in_force, &in_force.digest).await
}

/// What somebody agreed to meanwhile, here or elsewhere, comes into force here.
pub async fn follow(app: &App) -> Result<bool, FlowError> {
    let _turn = app.loading.lock().await;
    let Ok(was) = app.directives() else { return Ok(false) };
    if let Some(change) = changes::accepted(&app.store, &was.digest).await?
        && let Some(set) = stored(app, &change.digest).await?
    {
        take_effect(app, Arc::new(set), &change).await?;
        return Ok(true);
    }
    match changes::in_force(&app.store).await? {
        Some(digest) if digest != was.digest => match stored(app, &digest).await? {
            Some(set) => put_in_force(app, Arc::new(set)).await.map(|_| true),
            None => Ok(false),
        },
        Some(_) | None => Ok(false),
    }
}

/// What waits for somebody to agree, newest first.
pub async fn waiting(app: &App) -> Result<Option<ChangeView>, FlowError> {
    let in_force = app.directives()?;
    let mut tx = app.store.begin().await?;
    let open = changes::open(&mut tx).await?.pop();
    tx.commit().await?;
    Ok(open.map(|change| view(app, &in_force, change.id, &change.body, change.found)))
}

/// The view of a change, by the names of a set.
pub(super) fn view(app: &App, in_force: &Directives, id: ChangeId, body: &ChangeBody, at: Timestamp) -> ChangeView {
    let directory = app.directory();
    let names = Names { directives: in_force, directory: &directory };
    let may = may_agree(in_force, &body.loosened, &body.edited_by);
    let people =
        |handles: &BTreeSet<String>| -> Vec<Who> { handles.iter().map(|handle| names.person(handle)).collect() };
    ChangeView {
        id,
        changed: body.changed.clone(),
        edited_by: people(&body.edited_by),
        effect: body.effect.clone(),
        decisions: body.decisions,
        looser: body.looser.clone(),
        may: people(&may.people),
        second: may.second,
        at,
    }
}

pub(super) fn slot(id: ChangeId, user: &str) -> String {
    format!("change:{}:dm:{user}", id.0)
}

/// Draws a card anew for everybody who has it.
pub(super) async fn redraw(tx: &mut Tx, id: ChangeId, card: &Card, now: Timestamp) -> Result<(), FlowError> {
    let prefix = format!("change:{}:dm:", id.0);
    for slot in outbox::slots_with_prefix(tx, &prefix).await? {
        let user = slot.trim_start_matches(&prefix).to_owned();
        outbox::queue(tx, &Queued::tell(slot, &user, card.clone()), now).await?;
    }
    Ok(())
}

/// What an agreement from outside Slack came to.
#[derive(Debug)]
pub struct Agreed {
    pub set: Directives,
    /// What it grants that the set in force does not, or all that it grants where none is.
    pub grants: Vec<crate::backtest::looser::Looser>,
    /// The set that it replaces.
    pub instead_of: Option<String>,
}

/// What agreeing to these texts would mean now.
pub async fn proposed(
    store: &Store,
    texts: &BTreeMap<String, String>,
    now: Timestamp,
) -> Result<Result<Agreed, Vec<Problem>>, FlowError> {
    let today = now.to_utc().date_naive();
    let directory = Directory { accounts: crate::roster::store::accounts(store).await?, ..Directory::default() };
    let set = match read_candidate(texts, &directory, today) {
        Ok(set) => set,
        Err(problems) => return Ok(Err(problems)),
    };
    let pointer = changes::in_force(store).await?;
    let old = match &pointer {
        Some(digest) => sets::files_of(store, digest).await?.and_then(|texts| files::read_set(&texts, today).ok()),
        None => None,
    };
    let grants = old.as_ref().map_or_else(|| grants(&set), |old| looser(old, &set));
    // A set that this version cannot read is as good as none.
    let instead_of = old.map(|old| old.digest);
    Ok(Ok(Agreed { set, grants, instead_of }))
}

/// Agrees to a set, by whoever may run the program. The running bot takes it up by itself; else the next start does.
pub async fn agree(store: &Store, agreed: &Agreed, now: Timestamp) -> Result<(), FlowError> {
    let mut tx = store.begin().await?;
    sets::keep_set(&mut tx, &agreed.set.digest, &agreed.set.files, now).await?;
    let body = ChangeBody {
        looser: agreed.grants.iter().map(|way| (way.says.clone(), way.place.clone())).collect(),
        ..ChangeBody::default()
    };
    let instead_of = agreed.instead_of.as_deref().unwrap_or_default();
    let new = NewChange {
        digest: &agreed.set.digest,
        instead_of,
        stage: ChangeStage::Accepted,
        body: &body,
        decided_by: Some(&Decider::CommandLine),
    };
    let id = changes::add(&mut tx, &new, now).await?;
    let payload = json!({ "change": id, "digest": agreed.set.digest, "instead_of": instead_of, "by": "command line" });
    ledger::append_fact(&mut tx, &Fact::of_system(FactKind::DirectivesAccepted, payload), now).await?;
    Ok(tx.commit().await?)
}

/// Agrees to whatever stands in a folder, without asking: for demo, rehearsals and measurements, whose company is made up.
pub async fn agree_to_all(
    database: &str,
    texts: &BTreeMap<String, String>,
    now: Timestamp,
) -> Result<(), super::resume::CannotStart> {
    let store = Store::open(database).await?;
    match proposed(&store, texts, now).await? {
        Ok(agreed) => agree(&store, &agreed, now).await?,
        Err(problems) => return Err(super::resume::CannotStart::Directives(problems)),
    }
    store.close().await;
    Ok(())
}

/// Whether an account may agree to a change now.
pub(super) fn may(
    app: &App,
    moment: &Moment,
    change: &Change,
    by: &SlackUser,
) -> Result<(), crate::replies::refusals::Refusal> {
    let handle = super::decide::who::person(app, &moment.directives, &moment.directory, by)?;
    let may = may_agree(&moment.directives, &change.body.loosened, &change.body.edited_by);
    if may.people.contains(&handle) {
        return Ok(());
    }
    let may = super::decide::who::people(&moment.directives, &moment.directory, &may.people);
    Err(crate::replies::refusals::Refusal::NotAgreeing { what: change.id.to_string(), may })
}
