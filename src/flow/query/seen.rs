//! Who asks, where the answer will stand, and what may be told there.
//!
//! A task that was asked in public is for every member. One that was asked elsewhere is for those who have a part in it, and
//! it is never told aloud in another channel than its own.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::super::decide::who;
use super::super::facts::Moment;
use super::super::says::{Names, subject};
use super::super::{App, FlowError};
use super::Asker;
use crate::catalogue::ToolName;
use crate::replies::Who;
use crate::replies::refusals::Refusal;
use crate::tasks::Task;
use crate::workers::{SlackUser, WorkerRef};

/// What is shown of a request whose words are not for this place.
const WITHHELD: &str = "(asked in private)";

/// Somebody who asks, at one moment.
pub(super) struct Viewer<'a> {
    pub app: &'a App,
    pub moment: Moment,
    pub by: &'a SlackUser,
    pub asker: &'a Asker,
    /// The asker's name in the roster; `None` for an account that no person of the company has.
    pub handle: Option<String>,
    /// A full, active account of the home workspace.
    pub member: bool,
}

/// What sentences can permit a person to see beyond the defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    Status,
    Ledger,
    Workload,
    Costs,
    ApproverHealth,
}

impl Sight {
    /// The built-in tool that a `permit` sentence names.
    fn tool(self) -> ToolName {
        ToolName(
            match self {
                Self::Status => "workforce.see_status",
                Self::Ledger => "workforce.see_ledger",
                Self::Workload => "workforce.see_workload",
                Self::Costs => "workforce.see_costs",
                Self::ApproverHealth => crate::gate::fatigue::health::TOOL,
            }
            .to_owned(),
        )
    }
}

impl<'a> Viewer<'a> {
    pub fn new(app: &'a App, by: &'a SlackUser, asker: &'a Asker) -> Result<Self, FlowError> {
        let moment = Moment::of(app)?;
        let account = moment.directory.account(&by.user).filter(|_| by.team == app.ours.team);
        let member = account.is_some_and(|account| !account.is_guest && !account.is_bot && !account.deactivated);
        let handle = who::person(app, &moment.directives, &moment.directory, by).ok();
        Ok(Self { app, moment, by, asker, handle, member })
    }

    pub fn names(&self) -> Names<'_> {
        self.moment.names()
    }

    /// The calendar day at the company's place.
    pub fn today(&self) -> NaiveDate {
        let zone = self.moment.directives.roster.timezone_of(None);
        self.moment.now.to_utc().with_timezone(&zone).date_naive()
    }

    /// Refuses guests and accounts of other workspaces.
    pub fn only_members(&self) -> Result<(), Refusal> {
        if self.member { Ok(()) } else { Err(Refusal::Outsider) }
    }

    /// The asker's handle, for questions about oneself.
    pub fn known(&self) -> Result<&str, Refusal> {
        match &self.handle {
            Some(handle) => Ok(handle),
            None => Err(who::person(self.app, &self.moment.directives, &self.moment.directory, self.by)
                .err()
                .unwrap_or(Refusal::Outsider)),
        }
    }

    /// Whether a sentence permits the asker to see more than the defaults.
    pub fn permitted(&self, sight: Sight) -> bool {
        self.handle.as_ref().is_some_and(|handle| self.permits(handle, sight))
    }

    fn permits(&self, handle: &str, sight: Sight) -> bool {
        who::may_do(&self.moment, handle, &sight.tool())
    }

    /// Everybody whom a sentence permits to see this.
    pub fn all_permitted(&self, sight: Sight) -> BTreeSet<String> {
        let people = self.moment.directives.roster.people.keys();
        people.filter(|handle| self.permits(handle, sight)).cloned().collect()
    }

    /// Whether the words of a task may stand where this answer will; `also` are people with a part in it beyond those who
    /// may steer it, such as its approvers.
    pub fn sees(&self, task: &Task, holder: Option<&WorkerRef>, also: &[Who]) -> bool {
        self.sees_at(self.asker, task, holder, also)
    }

    fn sees_at(&self, place: &Asker, task: &Task, holder: Option<&WorkerRef>, also: &[Who]) -> bool {
        if task.is_copy() {
            // For whoever answers for the shadow, alone; not for whoever asked for the original.
            let context = self.moment.directives.roster.context_of(holder.and_then(WorkerRef::agent), None);
            let answers = |handle: &String| context.owner.contains(handle) || context.supervisor.contains(handle);
            return place.private && (self.handle.as_ref().is_some_and(answers) || self.permitted(Sight::Status));
        }
        let public = task.asked_in_public();
        let here = place.channel.as_deref() == Some(task.channel.as_str());
        if !place.private && !public && !here {
            return false;
        }
        if task.requester == *self.by {
            return true;
        }
        let has_part = || {
            self.handle.as_ref().is_some_and(|handle| self.may_steer(task, holder).contains(handle))
                || also.iter().any(|who| who.account.as_deref() == Some(&self.by.user))
        };
        self.member && (public || here || has_part() || self.permitted(Sight::Status))
    }

    /// Refuses a task that may not be told here, naming those who have a part in it. `command` asks the same again.
    pub fn only_if_seen(
        &self,
        command: &str,
        task: &Task,
        holder: Option<&WorkerRef>,
        also: &[Who],
    ) -> Result<(), Refusal> {
        if self.sees(task, holder, also) {
            return Ok(());
        }
        let alone = Asker { private: true, ..self.asker.clone() };
        if !self.asker.private && self.sees_at(&alone, task, holder, also) {
            return Err(Refusal::NotAloud { command: command.to_owned() });
        }
        if !self.member {
            return Err(Refusal::Outsider);
        }
        let may = who::people(&self.moment.directives, &self.moment.directory, &self.may_steer(task, holder));
        Err(Refusal::MayNotSee { what: task.id.to_string(), may })
    }

    /// The request's first words, or that they are not for this place.
    pub fn subject(&self, task: &Task, holder: Option<&WorkerRef>, also: &[Who]) -> String {
        if self.sees(task, holder, also) { subject(&task.text) } else { WITHHELD.to_owned() }
    }

    fn may_steer(&self, task: &Task, holder: Option<&WorkerRef>) -> BTreeSet<String> {
        who::may_steer(&self.moment.directives, &self.moment.directory, task, holder)
    }

    /// Every reference under which work can be given to a person: their name, their roles and teams, triage.
    pub fn seats_of(&self, handle: &str) -> Vec<WorkerRef> {
        let roster = &self.moment.directives.roster;
        let mut seats = vec![WorkerRef::Person(handle.to_owned())];
        seats.extend(
            roster.roles.keys().filter(|id| roster.holders_of(id).contains(handle)).cloned().map(WorkerRef::Role),
        );
        let teams = roster.teams.values().filter(|team| team.members.iter().any(|member| member == handle));
        seats.extend(teams.map(|team| WorkerRef::Team(team.id.clone())));
        seats.extend((roster.triage.as_deref() == Some(handle)).then_some(WorkerRef::Human));
        seats
    }
}
