//! files → the set in force. A set with one error never replaces a good one; whoever keeps the file hears of it, with the
//! line and how to mend it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::says::Names;
use super::{App, FlowError, effect};
use crate::catalogue::canonical::digest_bytes;
use crate::directives::changes::{ChangeBody, store as changes};
use crate::directives::diagnostics::{Problem, Severity};
use crate::directives::{Directives, store};
use crate::execution::store as actions;
use crate::flow::directory::{read_directory, read_one};
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::outbox::Queued;
use crate::replies::{store as outbox, upkeep};
use crate::routing::Experience;
use crate::routing::store::corrections;
use crate::runs::store as runs;
use crate::workers::{SlackUser, WorkerRef};

/// What became of a look at the files.
#[derive(Debug)]
pub enum Loaded {
    /// A new set is in force.
    InForce(Arc<Directives>),
    /// Nothing changed.
    Same,
    /// The set is broken; the last good one stays in force.
    Refused(Vec<Problem>),
    /// The set would be looser; the one before stays in force until somebody agrees.
    Waits(Box<ChangeBody>),
    /// No set was ever agreed to, nor this one.
    NotAccepted,
}

/// What was looked at last: the day, since dates are judged by it, and the texts. `None` where they could not be read.
pub type Looked = Option<(chrono::NaiveDate, BTreeMap<String, String>)>;

/// Looks at the folder, and puts it in force if it changed, holds, and makes nothing looser. Reading is work, so texts that were looked at already
/// are not read again: whatever came of them is in force, or was told.
pub async fn load(app: &App) -> Result<Loaded, FlowError> {
    let _turn = app.loading.lock().await;
    let in_force = app.directives().ok();
    let today = app.now().to_utc().date_naive();
    let texts = read_directory(&app.config.directives);
    let looked = texts.as_ref().ok().map(|texts| (today, texts.clone()));
    if looked.is_some() && !app.is_new_look(&looked) {
        return Ok(Loaded::Same);
    }
    let loaded =
        take(app, in_force, texts.and_then(|texts| effect::read_candidate(&texts, &app.directory(), today))).await?;
    app.remember_look(looked);
    Ok(loaded)
}

/// At a start with broken files: the set that was in force when the process ended comes into force again, and the keeper
/// hears of the problems. `None` where no set ever was, or where this version cannot read it any more.
pub async fn resume_last_good(app: &App, problems: Vec<Problem>) -> Result<Option<Arc<Directives>>, FlowError> {
    let Some(digest) = changes::in_force(&app.store).await? else { return Ok(None) };
    let Some(set) = effect::stored(app, &digest).await? else { return Ok(None) };
    tracing::error!(
        problems = problems.len(),
        digest,
        "the directives on disk are broken; the last good set is in force again, and `workforce check` shows what to mend"
    );
    let set = put_in_force(app, Arc::new(set)).await?;
    refuse(app, Some(&set), problems).await?;
    Ok(Some(set))
}

async fn take(
    app: &App,
    in_force: Option<Arc<Directives>>,
    read: Result<Directives, Vec<Problem>>,
) -> Result<Loaded, FlowError> {
    match read {
        Ok(set) if in_force.as_ref().is_some_and(|now| now.digest == set.digest) => {
            mended(app, in_force.as_deref()).await?;
            effect::nothing_changed(app, &set).await?;
            Ok(Loaded::Same)
        }
        Ok(set) => effect::consider(app, in_force, Arc::new(set)).await,
        Err(problems) => refuse(app, in_force.as_deref(), problems).await,
    }
}

/// The set serves from now on, with a router fitted for it.
pub(super) async fn put_in_force(app: &App, set: Arc<Directives>) -> Result<Arc<Directives>, FlowError> {
    tracing::info!(digest = set.digest, rules = set.readings.len(), "directives are in force");
    let log = corrections(&app.store).await?;
    let experience: Vec<Experience> = log.into_iter().map(|(text, route)| Experience { text, route }).collect();
    app.put_in_force(set.clone(), &experience);
    // A changed line may allow what an empty budget held back; whatever it does not allow is put off again.
    let mut tx = app.store.begin().await?;
    runs::release_put_off(&mut tx, app.now()).await?;
    actions::release_put_off(&mut tx, app.now()).await?;
    tx.commit().await?;
    app.bell.ring();
    mended(app, Some(&set)).await?;
    Ok(set)
}

/// Whoever was told that the files are broken hears that they hold again, in the place of the problems.
async fn mended(app: &App, set: Option<&Directives>) -> Result<(), FlowError> {
    let (Some(user), Some(set)) = (app.problems_are_gone(), set) else { return Ok(()) };
    let directory = app.directory();
    let names = Names { directives: set, directory: &directory };
    let keeper = names.account(&SlackUser { team: app.ours.team.clone(), user: user.clone() });
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let loaded = upkeep::LoadedSet {
        rules: count(set.readings.len()),
        files: count(set.files.len()),
        warnings: count(set.problems.len()),
        changed: Vec::new(),
        digest: set.digest.clone(),
        at: app.now(),
    };
    let mut tx = app.store.begin().await?;
    let tell = Queued::tell(problem_slot(&user), &user, upkeep::directives_loaded(&keeper, &loaded));
    outbox::queue(&mut tx, &tell, app.now()).await?;
    tx.commit().await?;
    app.bell.ring();
    Ok(())
}

async fn refuse(app: &App, in_force: Option<&Directives>, problems: Vec<Problem>) -> Result<Loaded, FlowError> {
    let mut errors: Vec<Problem> =
        problems.iter().filter(|problem| problem.severity == Severity::Error).cloned().collect();
    // Causes before what follows from them: without the lock no sentence about a tool can be read.
    errors.sort_by_key(|problem| !problem.file.ends_with(".lock"));
    let Some(in_force) = in_force else { return Ok(Loaded::Refused(problems)) };
    let directory = app.directory();
    let names = Names { directives: in_force, directory: &directory };
    let keeper = keeper_of(in_force, errors.first()).map(|worker| names.worker(&worker));
    let Some((keeper, user)) = keeper.and_then(|who| Some((who.clone(), who.account?))) else {
        tracing::error!(
            problems = errors.len(),
            "the directives on disk are broken and nobody keeps them; the last good set stays in force"
        );
        return Ok(Loaded::Refused(problems));
    };
    // The same problems are told once; other ones edit the same message.
    let digest = digest_bytes(serde_json::to_string(&errors).unwrap_or_default().as_bytes());
    if !app.is_news(&digest, &user) {
        return Ok(Loaded::Refused(problems));
    }
    let mut tx = app.store.begin().await?;
    let payload = json!({ "problems": errors, "in_force": in_force.digest });
    ledger::append_fact(&mut tx, &Fact::of_system(FactKind::DirectivesRefused, payload), app.now()).await?;
    let told: Vec<upkeep::FileProblem> =
        errors.iter().map(|problem| trouble(&app.config.directives, problem)).collect();
    let tell = Queued::tell(
        problem_slot(&user),
        &user,
        upkeep::directives_broken(&keeper, &told, upkeep::LastGood::Kept { since: None }),
    );
    outbox::queue(&mut tx, &tell, app.now()).await?;
    tx.commit().await?;
    app.bell.ring();
    Ok(Loaded::Refused(problems))
}

/// The file's own keeper, else the company's, else the triage person.
fn keeper_of(in_force: &Directives, problem: Option<&Problem>) -> Option<WorkerRef> {
    let own = problem.and_then(|problem| in_force.keepers.get(&problem.file));
    own.or_else(|| in_force.keepers.get("")).cloned().or(Some(WorkerRef::Human))
}

fn problem_slot(user: &str) -> String {
    format!("directives:{user}")
}

fn trouble(root: &std::path::Path, problem: &Problem) -> upkeep::FileProblem {
    let line = usize::try_from(problem.line).unwrap_or(1).saturating_sub(1);
    // A file that was refused as a whole is not read by another way to show a line of it.
    let text = read_one(root, &problem.file).unwrap_or_default();
    upkeep::FileProblem {
        file: problem.file.clone(),
        line: problem.line,
        column: problem.column,
        source: text.lines().nth(line).unwrap_or_default().trim().to_owned(),
        what: problem.message.clone(),
        help: problem.help.clone(),
    }
}

/// The text of a line as it was in a set that was in force once.
pub async fn line_then(app: &App, digest: &str, file: &str, line: u32) -> Result<Option<String>, FlowError> {
    let files: Option<BTreeMap<String, String>> = store::files_of(&app.store, digest).await?;
    let at = usize::try_from(line).unwrap_or(1).saturating_sub(1);
    Ok(files.and_then(|files| files.get(file)?.lines().nth(at).map(|line| line.trim().to_owned())))
}
