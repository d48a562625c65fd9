//! Who may hear what an agent learned in a task: where it was asked in public, the company; else whoever was there, and whoever
//! has a part in the task. What an agent posts or writes of its own accord reaches nobody beyond that.
//!
//! Slack is asked at the moment of acting who would hear it. What cannot be found out counts as somebody too many.

use std::collections::BTreeSet;

use super::super::decide::who;
use super::super::{App, FlowError};
use crate::execution::store::Stored;
use crate::gate::store as approvals;
use crate::roster::directory::ChannelState;
use crate::tasks::Task;
use crate::workers::WorkerRef;

/// The way out, where words would reach too many.
const NEXT: &str = "Answer in the thread itself, or say what you want to tell and let a person decide";

/// Whom the words of a task may reach.
pub(super) enum Audience {
    /// Every member of the workspace, and nobody of another.
    Company,
    /// These accounts.
    These(BTreeSet<String>),
}

impl Audience {
    pub(super) async fn of(app: &App, stored: &Stored, task: &Task) -> Result<Self, FlowError> {
        if task.asked_in_public() {
            return Ok(Self::Company);
        }
        let (directives, directory) = (app.directives()?, app.directory());
        let worker = WorkerRef::Agent(stored.position.clone());
        let parts = who::may_steer(&directives, &directory, task, Some(&worker));
        let accounts = parts.iter().filter_map(|handle| directory.account_of(&directives.roster, handle));
        let mut may: BTreeSet<String> = accounts.map(|account| account.user.user.clone()).collect();
        may.insert(task.requester.user.clone());
        if task.channel_kind != "direct" {
            match app.web.members(&task.channel).await {
                Ok(there) => may.extend(there),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "who is in a channel cannot be told");
                }
            }
        }
        Ok(Self::These(may))
    }

    fn holds(&self, user: &str) -> bool {
        match self {
            Self::Company => true,
            Self::These(may) => may.contains(user),
        }
    }
}

/// Whether people said yes to this very action, having seen its words and whom they reach. A standing grant was given before
/// there were words to see.
pub(super) async fn consented(app: &App, stored: &Stored) -> Result<bool, FlowError> {
    let mut tx = app.store.begin().await?;
    let card = approvals::of_action(&mut tx, stored.id).await?;
    Ok(card.is_some_and(|card| card.approval.votes.iter().any(|vote| vote.under.is_none())))
}

/// Whether what the task learned may be posted in this channel.
pub(super) async fn may_hear(
    app: &App,
    stored: &Stored,
    task: &Task,
    channel: &ChannelState,
) -> Result<Result<(), String>, FlowError> {
    if channel.id == task.channel || consented(app, stored).await? {
        return Ok(Ok(()));
    }
    let too_many = |who: &str| Ok(Err(format!("#{} would tell it to {who}. {NEXT}.", channel.name)));
    match app.web.channel_info(&channel.id).await {
        Ok(info) if info.external => return too_many("another company"),
        Ok(_) => {}
        Err(_) => return too_many("nobody knows whom"),
    }
    let audience = Audience::of(app, stored, task).await?;
    if matches!(audience, Audience::Company) {
        return Ok(Ok(()));
    }
    let Ok(members) = app.web.members(&channel.id).await else { return too_many("nobody knows whom") };
    match members.iter().all(|user| *user == app.ours.user || audience.holds(user)) {
        true => Ok(Ok(())),
        false => too_many("people who were not there when it was asked in private"),
    }
}

/// Whether what the task learned may be written to this account.
pub(super) async fn may_be_told(
    app: &App,
    stored: &Stored,
    task: &Task,
    (handle, user): (&str, &str),
) -> Result<Result<(), String>, FlowError> {
    if Audience::of(app, stored, task).await?.holds(user) || consented(app, stored).await? {
        return Ok(Ok(()));
    }
    Ok(Err(format!("@{handle} was not there when it was asked in private. {NEXT}.")))
}

/// Whether whoever asked may read in this channel: a guest reads where they asked, and nowhere else. What nobody asked, a schedule
/// or a webhook, is the company's own.
pub(super) fn may_read(app: &App, task: &Task, channel: &ChannelState) -> Result<(), String> {
    let directory = app.directory();
    let asker = directory.account(&task.requester.user);
    let member = asker.is_some_and(|account| !account.is_guest && !account.is_bot && !account.deactivated);
    if member || task.requester.user == app.ours.user || channel.id == task.channel {
        return Ok(());
    }
    Err(format!("whoever asked is no member of the company, so #{} is not read for them", channel.name))
}
