//! what servers offer → the keeper's card → `tools.lock`.
//!
//! A tool that nobody accepted, and one that changed since, are held back by the gate and by the tool host. This arrow only
//! asks: it shows the keeper of the directives what is new, word for word, and writes the lock when they accept, after it has
//! compared the definition with what the server gives at that moment.

use std::collections::BTreeSet;

use serde_json::json;

use super::decide::who;
use super::facts::Moment;
use super::{App, FlowError, Worked, directives, effect, pen};
use crate::backtest::looser::looser;
use crate::catalogue::differences::differences;
use crate::catalogue::offers::{Offer, OfferState};
use crate::catalogue::{Binding, Change, Class, ToolDef, ToolName, ToolsLock, accept, diff, store as offers};
use crate::directives::changes::store::{self as changes, NewChange};
use crate::directives::changes::{ChangeBody, ChangeStage, Decider, may_agree};
use crate::directives::{Directives, store as sets};
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::catalogue::{self, OfferView};
use crate::replies::outbox::Queued;
use crate::replies::{Card, Who, store as outbox};
use crate::store::Tx;
use crate::workers::{SlackUser, WorkerRef};

/// At most so many cards come of one look; the rest are counted in a message.
const MAX_CARDS: usize = 10;
/// The lock's name in the folder of the directives.
const LOCK_FILE: &str = "tools.lock";

/// The loop: what was accepted is written; what may have changed is looked at.
pub async fn keep_up(app: App) -> Result<Worked, FlowError> {
    if let Some(offer) = offers::next_accepted(&app.store).await? {
        write(&app, &offer).await?;
        return Ok(Worked::Yes);
    }
    if !app.tools_may_have_changed() {
        return Ok(Worked::Nothing);
    }
    look(&app).await?;
    Ok(Worked::Yes)
}

/// Whoever keeps the directives decides about tools too; where nobody does, the triage person.
pub fn keeper(moment: &Moment) -> WorkerRef {
    moment.directives.keepers.get("").cloned().unwrap_or(WorkerRef::Human)
}

/// Asks every server what it offers, and shows the keeper what nobody accepted and nobody kept off.
async fn look(app: &App) -> Result<(), FlowError> {
    let live = offered(app).await;
    let moment = Moment::of(app)?;
    let lock = lock_of(&moment);
    let servers: Vec<&str> = live.iter().map(|def| def.name.server()).collect();
    let changes = diff(&lock.of_servers(servers.iter().copied()), &live);
    let Some(account) = moment.names().worker(&keeper(&moment)).account else {
        tracing::warn!(changes = changes.len(), "tools differ from tools.lock, and nobody has an account to be asked");
        return Ok(());
    };
    let mut tx = app.store.begin().await?;
    let mut shown = 0;
    let mut left = 0;
    for change in &changes {
        let (Change::New(def) | Change::Changed { def, .. }) = change else { continue };
        let known = offers::offer_of(&mut tx, &def.name).await?;
        if known.is_some_and(|offer| offer.digest == def.digest() && offer.state != OfferState::Void) {
            continue;
        }
        if shown == MAX_CARDS {
            left += 1;
            continue;
        }
        show(&mut tx, &moment, &lock, def, &account).await?;
        shown += 1;
    }
    if left > 0 {
        let tell = Queued::tell(format!("tools:more:{account}"), &account, catalogue::more(left));
        outbox::queue(&mut tx, &tell, moment.now).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn show(tx: &mut Tx, moment: &Moment, lock: &ToolsLock, def: &ToolDef, account: &str) -> Result<(), FlowError> {
    let digest = def.digest();
    offers::put_offer(tx, def, &digest, account, moment.now).await?;
    let accepted = lock.tools.get(&def.name);
    let view = OfferView {
        tool: def.name.clone(),
        digest: digest.clone(),
        known: accepted.is_some(),
        differences: differences(accepted, def),
        class: class_of(accepted, def),
        keeper: moment.names().worker(&keeper(moment)),
    };
    // A definition that follows another gets a message of its own: the card before was about something else.
    let slot = slot_of(&def.name);
    outbox::start_afresh(tx, &slot).await?;
    outbox::queue(tx, &Queued::tell(slot, account, catalogue::offer(&view)), moment.now).await?;
    let payload = json!({ "tool": def.name, "digest": digest, "known": accepted.is_some(), "told": account });
    Ok(ledger::append_fact(tx, &Fact::of_system(FactKind::ToolOffered, payload), moment.now).await?)
}

/// What will count: never less than what counted before, and never less than a writer for what a card accepts. That a tool
/// only reads is said by whoever looked closer, with `workforce tools lock --set`.
fn class_of(accepted: Option<&Binding>, def: &ToolDef) -> Class {
    let floor = accepted.map_or(Class::Write, |old| old.class);
    Class::claimed_by(def.annotations.as_ref()).max(floor)
}

/// Compares the accepted definition with its server once more and writes the lock, whole or not at all.
async fn write(app: &App, offer: &Offer) -> Result<(), FlowError> {
    let live = offered(app).await;
    let same = live.iter().find(|def| def.name == offer.tool && def.digest() == offer.digest);
    let written = match same {
        None => {
            Err("It is not what you were shown any more. If its server still offers it, a new card follows.".to_owned())
        }
        Some(def) => take(app, offer, def).await?.map_err(|why| {
            tracing::error!(why, "tools.lock could not be written");
            format!("{why}. Accept it with workforce tools lock.")
        }),
    };
    let (state, kind) = match &written {
        Ok(()) => (OfferState::Taken, "taken"),
        Err(_) => (OfferState::Void, "void"),
    };
    let moment = Moment::of(app)?;
    let mut tx = app.store.begin().await?;
    if offers::move_offer(&mut tx, &offer.tool, &offer.digest, OfferState::Accepted, state, None, moment.now).await? {
        let by =
            offer.by.as_ref().map_or_else(|| moment.names().worker(&keeper(&moment)), |by| moment.names().account(by));
        let card = match &written {
            Ok(()) => catalogue::taken(&offer.tool, &by, moment.now),
            Err(why) => catalogue::void(&offer.tool, why),
        };
        redraw(&mut tx, offer, card, &moment).await?;
        let payload = json!({ "tool": offer.tool, "digest": offer.digest, "became": kind, "by": offer.by });
        ledger::append_fact(&mut tx, &Fact::of_system(FactKind::ToolDecided, payload), moment.now).await?;
    }
    tx.commit().await?;
    app.look_at_tools_soon();
    directives::load(app).await?;
    Ok(())
}

/// Writes the lock with this definition, and has the set with it agreed to. Nobody reads the files in between, so that the bot
/// does not ask for what it just heard, and nothing takes effect that could not be written.
async fn take(app: &App, offer: &Offer, def: &ToolDef) -> Result<Result<(), String>, FlowError> {
    let _turn = app.loading.lock().await;
    let moment = Moment::of(app)?;
    let folder = app.config.directives.clone();
    let seen = match std::fs::read_to_string(folder.join(LOCK_FILE)) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(_) => return Ok(Err("tools.lock cannot be read".to_owned())),
    };
    let text = match with(seen.as_deref(), def) {
        Ok(text) => text,
        Err(why) => return Ok(Err(why)),
    };
    let set = set_with(app, &moment, offer, &text).await?;
    let writing = tokio::task::spawn_blocking(move || pen::write(&folder, LOCK_FILE, seen.as_deref(), &text)).await;
    let written = writing
        .map_err(|_| FlowError::Broken("tools.lock could not be written; the panic is in the log".to_owned()))?;
    if let Err(error) = written {
        return Ok(Err(error.to_string()));
    }
    if let (Some(set), Some(by)) = (set, &offer.by) {
        agree(app, &moment, (offer, by), &set).await?;
    }
    Ok(Ok(()))
}

/// The set with the new lock, where whoever accepted the definition may agree to the lock by their word alone: nothing else of
/// the files is new, and nobody was asked about that set before. Otherwise it waits, like any edit.
async fn set_with(app: &App, moment: &Moment, offer: &Offer, lock: &str) -> Result<Option<Directives>, FlowError> {
    let Some(by) = &offer.by else { return Ok(None) };
    let may = may_agree(&moment.directives, &[LOCK_FILE.to_owned()], &BTreeSet::new()).people;
    if !who::person(app, &moment.directives, &moment.directory, by).is_ok_and(|handle| may.contains(&handle)) {
        return Ok(None);
    }
    let base = effect::on_disk(app).await.filter(|base| base.digest == moment.directives.digest);
    let Some(set) = base.and_then(|base| {
        let mut texts = base.files;
        texts.insert(LOCK_FILE.to_owned(), lock.to_owned());
        effect::read_candidate(&texts, &moment.directory, moment.now.to_utc().date_naive()).ok()
    }) else {
        return Ok(None);
    };
    let known = changes::of_pair(&app.store, &set.digest, &moment.directives.digest).await?.map(|change| change.stage);
    let asked = matches!(known, Some(ChangeStage::Accepted | ChangeStage::Waiting | ChangeStage::Declined));
    Ok((!asked).then_some(set))
}

async fn agree(
    app: &App,
    moment: &Moment,
    (offer, by): (&Offer, &SlackUser),
    set: &Directives,
) -> Result<(), FlowError> {
    let ways = looser(&moment.directives, set).into_iter().map(|way| (way.says, way.place)).collect();
    let body = ChangeBody { changed: vec![LOCK_FILE.to_owned()], looser: ways, ..ChangeBody::default() };
    let new = NewChange {
        digest: &set.digest,
        instead_of: &moment.directives.digest,
        stage: ChangeStage::Accepted,
        body: &body,
        decided_by: Some(&Decider::Account(by.clone())),
    };
    let mut tx = app.store.begin().await?;
    sets::keep_set(&mut tx, &set.digest, &set.files, moment.now).await?;
    let id = changes::add(&mut tx, &new, moment.now).await?;
    let fact = json!({ "change": id, "tool": offer.tool, "digest": set.digest, "by": by });
    ledger::append_fact(&mut tx, &Fact::of_system(FactKind::DirectivesAccepted, fact), moment.now).await?;
    Ok(tx.commit().await?)
}

/// The card of an offer shows what became of it.
pub async fn redraw(tx: &mut Tx, offer: &Offer, card: Card, moment: &Moment) -> Result<(), FlowError> {
    outbox::queue(tx, &Queued::tell(slot_of(&offer.tool), &offer.told, card), moment.now).await?;
    Ok(())
}

/// The people who may decide about tools: those who keep the lock.
pub fn deciders(moment: &Moment) -> (Vec<String>, Vec<Who>) {
    let names = moment.names();
    let may = may_agree(&moment.directives, &[LOCK_FILE.to_owned()], &BTreeSet::new());
    let handles: Vec<String> = may.people.into_iter().collect();
    let people = handles.iter().map(|handle| names.person(handle)).collect();
    (handles, people)
}

fn slot_of(tool: &ToolName) -> String {
    format!("tool:{tool}")
}

fn lock_of(moment: &Moment) -> ToolsLock {
    let text = moment.directives.files.get(LOCK_FILE);
    text.and_then(|text| ToolsLock::parse(text).ok()).unwrap_or_default()
}

/// What the servers that answer offer now. Of one that does not, nothing is said: what the lock holds of it stays.
async fn offered(app: &App) -> Vec<ToolDef> {
    let mut live = Vec::new();
    for listing in app.tools.list().await {
        match listing.tools {
            Ok(tools) => live.extend(tools),
            Err(error) => tracing::warn!(server = listing.server, %error, "a tool server does not say what it offers"),
        }
    }
    live
}

/// The lock as it stands, which somebody may have edited since it was read, with one definition more.
fn with(there: Option<&str>, def: &ToolDef) -> Result<String, String> {
    let lock = match there {
        Some(text) => ToolsLock::parse(text).map_err(|_| "tools.lock cannot be read".to_owned())?,
        None => ToolsLock::default(),
    };
    let old = lock.tools.get(&def.name);
    let class = class_of(old, def);
    let change = match old {
        Some(_) => Change::Changed { def: Box::new(def.clone()), what: Vec::new() },
        None => Change::New(Box::new(def.clone())),
    };
    let mut next = accept(&lock, &[change], &[]).map_err(|_| "tools.lock does not take it".to_owned())?;
    if let Some(binding) = next.tools.get_mut(&def.name) {
        binding.class = class;
    }
    Ok(next.to_text())
}
