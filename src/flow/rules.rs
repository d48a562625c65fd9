//! A proposed sentence → its keeper's question → a line in the file. It is written only after a click of somebody who may
//! agree, only as it was shown, and only where the file is as it was then; else it is shown anew.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;

use super::facts::Moment;
use super::git::{self, Committed};
use super::pen::{self, NotWritten};
use super::query::rule::{Tried, placed, with_line};
use super::record::MOST_REPLAYED;
use super::{App, FlowError, Worked, directives, effect, evidence};
use crate::catalogue::canonical::digest_bytes;
use crate::directives::changes::store::{self as changes, NewChange};
use crate::directives::changes::{ChangeBody, ChangeStage, Decider, MayAgree, may_agree};
use crate::directives::store as sets;
use crate::ids::ProposalId;
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::proposals::{Body, Proposal, Spot, Stage, inserted, store as proposals};
use crate::replies::outbox::Queued;
use crate::replies::rule::{self as cards, RuleView};
use crate::replies::{Card, store as outbox};
use crate::store::Tx;
use crate::workers::SlackUser;

/// The loop of its own, since trying a sentence on the record takes a while and git may take longer: what has a time is not
/// kept waiting by it.
pub async fn take_up(app: App) -> Result<Worked, FlowError> {
    if take_next(&app).await? {
        return Ok(Worked::Yes);
    }
    let Some(done) = app.take_done() else { return Ok(Worked::Nothing) };
    evidence::consider(&app, done).await?;
    Ok(Worked::Yes)
}

/// Does what is due about the oldest open proposal: it is shown, or written. One that cannot be tried at all is refused, so that
/// it holds up no other.
async fn take_next(app: &App) -> Result<bool, FlowError> {
    let Some(id) = proposals::next(&app.store).await? else { return Ok(false) };
    let mut tx = app.store.begin().await?;
    let Some(proposal) = proposals::proposal(&mut tx, id).await? else { return Ok(false) };
    tx.commit().await?;
    let done = match proposal.stage {
        Stage::New => show(app, &proposal, false).await,
        Stage::Taking => write(app, &proposal).await,
        Stage::Waiting | Stage::Taken | Stage::Declined | Stage::Refused => Ok(()),
    };
    if let Err(FlowError::Broken(why)) = &done {
        tracing::error!(proposal = %proposal.id, why, "a proposed sentence could not be tried or written");
        refuse(app, &proposal, "It could not be tried here; the reason is in the program's log".to_owned()).await?;
        return Ok(true);
    }
    done.map(|()| true)
}

/// Tries the sentence and asks everybody who may agree.
async fn show(app: &App, proposal: &Proposal, anew: bool) -> Result<(), FlowError> {
    let moment = Moment::of(app)?;
    // What is written goes into the files as they are, agreed to or not.
    let base = effect::on_disk(app).await.map_or_else(|| moment.directives.clone(), Arc::new);
    let set = placed(app, &proposal.sentence, &base).await?;
    let refuse = |why: String| refuse(app, proposal, why);
    let Some(spot) = set.spot else {
        return refuse(set.problems.into_iter().next().map_or("It cannot be read".to_owned(), |(what, _)| what)).await;
    };
    let tried = match with_line(app, &base, &spot, MOST_REPLAYED).await? {
        Ok(tried) => tried,
        Err((what, _)) => return refuse(what).await,
    };
    let body = body(&moment, proposal, &spot, &tried, set.reading, &base.digest);
    let mut tx = app.store.begin().await?;
    if !proposals::show(&mut tx, proposal, Stage::Waiting, &body).await? {
        return Ok(());
    }
    sets::keep_set(&mut tx, &tried.set.digest, &tried.set.files, moment.now).await?;
    ask(&mut tx, &moment, &Proposal { stage: Stage::Waiting, body, ..proposal.clone() }, anew).await?;
    tx.commit().await?;
    app.bell.ring();
    Ok(())
}

/// Asks everybody who may agree.
async fn ask(tx: &mut Tx, moment: &Moment, shown: &Proposal, anew: bool) -> Result<(), FlowError> {
    let view = RuleView { anew, ..view(moment, shown) };
    let card = cards::asked(&view);
    for user in view.may.iter().filter_map(|who| who.account.clone()) {
        let slot = slot(shown.id, &user);
        outbox::queue(tx, &Queued::tell(slot, &user, card.clone()), moment.now).await?;
    }
    let fact = json!({ "proposal": shown.id, "file": shown.body.file, "shown": shown.body.diff, "asked": view.may });
    Ok(ledger::append_fact(tx, &Fact::of_system(FactKind::RuleProposed, fact), moment.now).await?)
}

/// Proposes what nobody wrote: a sentence as it could be, with the reason. It was tried already.
pub(super) async fn propose(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    sentence: &str,
    body: Body,
) -> Result<ProposalId, FlowError> {
    let by = SlackUser { team: app.ours.team.clone(), user: app.ours.user.clone() };
    let id = proposals::add(tx, sentence, &by, moment.now).await?;
    let Some(new) = proposals::proposal(tx, id).await? else { return Err(FlowError::LostLease) };
    if !proposals::show(tx, &new, Stage::Waiting, &body).await? {
        return Err(FlowError::LostLease);
    }
    ask(tx, moment, &Proposal { stage: Stage::Waiting, body, ..new }, false).await?;
    Ok(id)
}

fn body(moment: &Moment, proposal: &Proposal, spot: &Spot, tried: &Tried, reading: Vec<String>, base: &str) -> Body {
    let looser = !tried.looser.is_empty() || tried.report.is_looser();
    let proposer = moment.directory.person_of(&moment.directives.roster, &proposal.by.user);
    let not: BTreeSet<String> = proposer.filter(|_| looser).map(|person| person.handle.clone()).into_iter().collect();
    Body {
        file: spot.file.clone(),
        after: u32::try_from(spot.after).unwrap_or(u32::MAX),
        seen: tried.seen.clone(),
        reading,
        diff: tried.diff.clone(),
        effect: tried.report.phrase(),
        decisions: tried.report.decisions(),
        looser: tried.looser.iter().map(|way| (way.says.clone(), way.place.clone())).collect(),
        set: tried.set.digest.clone(),
        instead_of: base.to_owned(),
        rewrites: Vec::new(),
        because: None,
        not,
    }
}

async fn refuse(app: &App, proposal: &Proposal, why: String) -> Result<(), FlowError> {
    let moment = Moment::of(app)?;
    let mut tx = app.store.begin().await?;
    if !proposals::show(&mut tx, proposal, Stage::Refused, &proposal.body).await? {
        return Ok(());
    }
    let card = cards::refused(proposal.id, &proposal.sentence, &why);
    // Whoever was asked, and perhaps took it in, hears that nothing came of it.
    redraw(&mut tx, proposal.id, &card, moment.now).await?;
    tell_proposer(&mut tx, &moment, proposal, &card).await?;
    let fact = json!({ "proposal": proposal.id, "why": why });
    ledger::append_fact(&mut tx, &Fact::of_system(FactKind::RuleDecided, fact), moment.now).await?;
    tx.commit().await?;
    app.bell.ring();
    Ok(())
}

/// Who may take a proposal in, by the set in force: whoever keeps every file that it changes.
pub(super) fn may_take_in(moment: &Moment, proposal: &Proposal) -> MayAgree {
    may_agree(&moment.directives, &files_of(proposal), &proposal.body.not)
}

/// Every file that a proposal changes.
fn files_of(proposal: &Proposal) -> Vec<String> {
    let others = proposal.body.rewrites.iter().map(|rewrite| rewrite.file.clone());
    let mut files: Vec<String> = others.filter(|file| *file != proposal.body.file).collect();
    files.insert(0, proposal.body.file.clone());
    files
}

/// Whoever took a sentence in has seen what it makes looser: the set with it needs no second word, where nothing else of it
/// is new. Only what stands in the files is agreed to, so that nothing takes effect that could not be written.
async fn agree_to(tx: &mut Tx, moment: &Moment, proposal: &Proposal, by: &SlackUser) -> Result<(), FlowError> {
    if proposal.body.instead_of != moment.directives.digest {
        return Ok(());
    }
    let body = ChangeBody {
        changed: files_of(proposal),
        looser: proposal.body.looser.clone(),
        effect: proposal.body.effect.clone(),
        decisions: proposal.body.decisions,
        ..ChangeBody::default()
    };
    let new = NewChange {
        digest: &proposal.body.set,
        instead_of: &proposal.body.instead_of,
        stage: ChangeStage::Accepted,
        body: &body,
        decided_by: Some(&Decider::Account(by.clone())),
    };
    let id = changes::add(tx, &new, moment.now).await?;
    let fact = json!({ "change": id, "proposal": proposal.id, "digest": proposal.body.set, "by": by });
    Ok(ledger::append_fact(tx, &Fact::of_system(FactKind::DirectivesAccepted, fact), moment.now).await?)
}

/// What became of the writing.
enum Wrote {
    Done(Committed),
    /// The file is not as it was shown.
    Changed,
    No(String),
}

/// Writes the line. After a crash in between, the file tells whether it was written.
async fn write(app: &App, proposal: &Proposal) -> Result<(), FlowError> {
    // Nobody reads the files before what is written in them is agreed to.
    let turn = app.loading.lock().await;
    let moment = Moment::of(app)?;
    let by = proposal.decided_by.clone().unwrap_or_else(|| proposal.by.clone());
    let author = author(&moment, &by);
    let folder = app.config.directives.clone();
    let (told, names) = (proposal.clone(), moment.names());
    let proposer = told.body.because.clone().unwrap_or_else(|| format!("Proposed by {}", names.account(&told.by).name));
    let message = format!("{}\n\n{}, {}.", told.sentence, proposer.trim_end_matches('.'), told.id);
    let writing = tokio::task::spawn_blocking(move || write_line(&folder, &told, &author, &message)).await;
    let wrote =
        writing.map_err(|_| FlowError::Broken("a line could not be written; the panic is in the log".to_owned()))?;
    if matches!(wrote, Wrote::Done(_)) {
        let mut tx = app.store.begin().await?;
        agree_to(&mut tx, &moment, proposal, &by).await?;
        tx.commit().await?;
    }
    drop(turn);
    let (text, ended) = match wrote {
        Wrote::Changed if proposal.body.rewrites.is_empty() => return show_anew(app, proposal).await,
        Wrote::Changed => (Err("The file changed since this was shown".to_owned()), Stage::Refused),
        Wrote::No(why) => (Err(why), Stage::Refused),
        Wrote::Done(committed) => (Ok(committed), Stage::Taken),
    };
    if text.is_ok() {
        directives::load(app).await?;
    }
    let in_force = app.directives()?.files.get(&proposal.body.file).is_some_and(|text| says(text, proposal));
    let mut tx = app.store.begin().await?;
    if !proposals::end(&mut tx, proposal, ended).await? {
        return Ok(());
    }
    let fact = json!({ "proposal": proposal.id, "file": proposal.body.file, "by": by, "written": text.is_ok(), "in_force": in_force });
    ledger::append_fact(&mut tx, &Fact::of_system(FactKind::RuleWritten, fact), moment.now).await?;
    let view = view(&moment, proposal);
    let card = match &text {
        Ok(committed) => cards::written(&view, &moment.names().account(&by), &said(committed), in_force),
        Err(why) => cards::not_written(&view, why),
    };
    redraw(&mut tx, proposal.id, &card, moment.now).await?;
    tell_proposer(&mut tx, &moment, proposal, &card).await?;
    tx.commit().await?;
    app.bell.ring();
    Ok(())
}

/// Name and address of whoever took the line in.
fn author(moment: &Moment, by: &SlackUser) -> (String, String) {
    let email = moment.directory.account(&by.user).and_then(|account| account.email.clone());
    (moment.names().account(by).name, email.unwrap_or_default())
}

/// Writes every changed file, or none where one of them is not as it was shown.
fn write_files(folder: &std::path::Path, proposal: &Proposal, author: &(String, String), message: &str) -> Wrote {
    let mut left = Vec::new();
    for rewrite in &proposal.body.rewrites {
        let there = std::fs::read_to_string(folder.join(&rewrite.file)).unwrap_or_default();
        if digest_bytes(there.as_bytes()) == rewrite.seen {
            left.push((rewrite, there));
        } else if there != rewrite.text {
            return Wrote::Changed;
        }
    }
    let mut written = Vec::new();
    for (rewrite, there) in left {
        let Err(error) = pen::write(folder, &rewrite.file, Some(&there), &rewrite.text) else {
            written.push((rewrite, there));
            continue;
        };
        for (rewrite, there) in written {
            if let Err(error) = pen::write(folder, &rewrite.file, Some(&rewrite.text), &there) {
                tracing::error!(%error, "a half of a proposal stands in the files and could not be taken back");
            }
        }
        return match error {
            NotWritten::Changed(_) => Wrote::Changed,
            error @ (NotWritten::NoSuchFile(_) | NotWritten::Outside(_) | NotWritten::Failed { .. }) => {
                Wrote::No(error.to_string())
            }
        };
    }
    let mut last = Committed::NoCheckout;
    for rewrite in &proposal.body.rewrites {
        last = git::commit(folder, &rewrite.file, (&author.0, &author.1), message);
    }
    Wrote::Done(last)
}

fn write_line(folder: &std::path::Path, proposal: &Proposal, author: &(String, String), message: &str) -> Wrote {
    if !proposal.body.rewrites.is_empty() {
        return write_files(folder, proposal, author, message);
    }
    let file = &proposal.body.file;
    let there = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
    let line =
        proposal.body.diff.lines().find_map(|line| line.strip_prefix('+').filter(|rest| !rest.starts_with("++")));
    let Some(line) = line else { return Wrote::No("the line that was shown is not known any more".to_owned()) };
    if digest_bytes(there.as_bytes()) == proposal.body.seen {
        let after = usize::try_from(proposal.body.after).unwrap_or(usize::MAX);
        match pen::write(folder, file, Some(&there), &inserted(&there, after, line)) {
            Ok(()) => {}
            Err(NotWritten::Changed(_)) => return Wrote::Changed,
            Err(error) => return Wrote::No(error.to_string()),
        }
    } else if !was_written(&there, proposal, line) {
        return Wrote::Changed;
    }
    Wrote::Done(git::commit(folder, file, (&author.0, &author.1), message))
}

/// Whether the file is as it was shown, with the line.
fn was_written(there: &str, proposal: &Proposal, line: &str) -> bool {
    let after = usize::try_from(proposal.body.after).unwrap_or(usize::MAX);
    let without: String =
        there.split_inclusive('\n').enumerate().filter(|(at, _)| *at != after).map(|(_, text)| text).collect();
    there.lines().nth(after) == Some(line) && digest_bytes(without.as_bytes()) == proposal.body.seen
}

fn says(text: &str, proposal: &Proposal) -> bool {
    let line =
        proposal.body.diff.lines().find_map(|line| line.strip_prefix('+').filter(|rest| !rest.starts_with("++")));
    line.is_some_and(|line| text.lines().any(|there| there == line))
}

/// The file is not as it was when somebody agreed: it is shown anew, and agreed to anew.
async fn show_anew(app: &App, proposal: &Proposal) -> Result<(), FlowError> {
    directives::load(app).await?;
    show(app, proposal, true).await
}

fn said(committed: &Committed) -> String {
    match committed {
        Committed::As(name) => format!("Committed as {name}."),
        Committed::NoCheckout => "The folder is no git checkout, so nothing was committed.".to_owned(),
        Committed::Failed(why) => format!("It is written, but not committed: {}.", why.trim_end_matches('.')),
    }
}

pub(super) fn view(moment: &Moment, proposal: &Proposal) -> RuleView {
    let names = moment.names();
    let may = may_take_in(moment, proposal);
    RuleView {
        id: proposal.id,
        sentence: proposal.sentence.clone(),
        by: names.account(&proposal.by),
        reading: proposal.body.reading.clone(),
        file: proposal.body.file.clone(),
        line: proposal.body.after + 1,
        diff: proposal.body.diff.clone(),
        effect: proposal.body.effect.clone(),
        decisions: proposal.body.decisions,
        looser: proposal.body.looser.clone(),
        may: may.people.iter().map(|handle| names.person(handle)).collect(),
        second: may.second,
        anew: false,
        because: proposal.body.because.clone(),
    }
}

fn slot(id: ProposalId, user: &str) -> String {
    format!("rule:{}:dm:{user}", id.0)
}

/// Draws the card anew for everybody who has it.
pub(super) async fn redraw(
    tx: &mut Tx,
    id: ProposalId,
    card: &Card,
    now: crate::clock::Timestamp,
) -> Result<(), FlowError> {
    let prefix = format!("rule:{}:dm:", id.0);
    for slot in outbox::slots_with_prefix(tx, &prefix).await? {
        let user = slot.trim_start_matches(&prefix).to_owned();
        outbox::queue(tx, &Queued::tell(slot, &user, card.clone()), now).await?;
    }
    Ok(())
}

/// Whoever proposed it hears what became of it, unless they have the card anyway.
pub(super) async fn tell_proposer(
    tx: &mut Tx,
    moment: &Moment,
    proposal: &Proposal,
    card: &Card,
) -> Result<(), FlowError> {
    let has = outbox::slots_with_prefix(tx, &slot(proposal.id, &proposal.by.user)).await?;
    // What nobody wrote has no proposer who could be told.
    if has.is_empty() && proposal.body.because.is_none() {
        let slot = format!("rule:{}:by", proposal.id.0);
        outbox::queue(tx, &Queued::tell(slot, &proposal.by.user, card.clone()), moment.now).await?;
    }
    Ok(())
}
