//! what servers offer → the keeper's card → `tools.lock`.
//!
//! A tool that nobody accepted, and one that changed since, are held back by the gate and by the tool host. This arrow only
//! asks: it shows the keeper of the directives what is new, word for word, and writes the lock when they accept, after it has
//! compared the definition with what the server gives at that moment.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use serde_json::json;

use super::decide::who;
use super::facts::Moment;
use super::{App, FlowError, Worked, directives, effect};
use crate::backtest::looser::looser;
use crate::catalogue::differences::differences;
use crate::catalogue::offers::{Offer, OfferState};
use crate::catalogue::{Binding, Change, Class, ToolDef, ToolName, ToolsLock, accept, diff, store as offers};
use crate::directives::changes::store::{self as changes, NewChange};
use crate::directives::changes::{ChangeBody, ChangeStage, Decider, may_agree};
use crate::directives::store as sets;
use crate::ids::ChangeId;
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::catalogue::{self, OfferView};
use crate::replies::outbox::Queued;
use crate::replies::{Card, Who, store as outbox};
use crate::store::Tx;
use crate::workers::WorkerRef;

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

/// Writes the lock with this definition. The set with it is agreed to first, so that the bot does not ask for what it just
/// heard.
async fn take(app: &App, offer: &Offer, def: &ToolDef) -> Result<Result<(), String>, FlowError> {
    let path = app.config.directives.join(LOCK_FILE);
    let text = match with(&path, def) {
        Ok(text) => text,
        Err(why) => return Ok(Err(why)),
    };
    let agreed = agree(app, offer, &text).await?;
    let written = replace_file(&path, &text).map_err(|_| "tools.lock cannot be written".to_owned());
    if let (Err(_), Some(change)) = (&written, agreed) {
        let mut tx = app.store.begin().await?;
        changes::close(&mut tx, change).await?;
        tx.commit().await?;
    }
    Ok(written)
}

/// Whoever accepted the definition saw what it lets happen: the set with it takes effect by that word, where they may agree to
/// the lock and where nothing else of the files is new. Otherwise it waits, like any edit.
async fn agree(app: &App, offer: &Offer, lock: &str) -> Result<Option<ChangeId>, FlowError> {
    let moment = Moment::of(app)?;
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
    if matches!(known, Some(ChangeStage::Accepted | ChangeStage::Waiting | ChangeStage::Declined)) {
        return Ok(None);
    }
    let ways = looser(&moment.directives, &set).into_iter().map(|way| (way.says, way.place)).collect();
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
    tx.commit().await?;
    Ok(Some(id))
}

/// The card of an offer shows what became of it.
pub async fn redraw(tx: &mut Tx, offer: &Offer, card: Card, moment: &Moment) -> Result<(), FlowError> {
    outbox::queue(tx, &Queued::tell(slot_of(&offer.tool), &offer.told, card), moment.now).await?;
    Ok(())
}

/// The people who may decide about tools.
pub fn deciders(moment: &Moment) -> (Vec<String>, Vec<Who>) {
    let names = moment.names();
    let context = crate::roster::chart::ResolveContext::default();
    let handles: Vec<String> = moment.directives.roster.people_of(&keeper(moment), &context).into_iter().collect();
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

/// The lock on disk, which somebody may have edited since it was read, with one definition more.
fn with(path: &Path, def: &ToolDef) -> Result<String, String> {
    let lock = match std::fs::read_to_string(path) {
        Ok(text) => ToolsLock::parse(&text).map_err(|_| "tools.lock cannot be read".to_owned())?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => ToolsLock::default(),
        Err(_) => return Err("tools.lock cannot be read".to_owned()),
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

/// Written beside the old file and moved over it.
fn replace_file(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    if let Ok(old) = std::fs::metadata(path) {
        std::fs::set_permissions(file.path(), old.permissions())?;
    }
    file.persist(path)?;
    Ok(())
}
