//! What the gate is told of a task and of the past, gathered in the caller's transaction at the moment of judging.

use std::collections::{BTreeMap, BTreeSet};

use super::assign::stopped;
use super::says::Names;
use super::{App, FlowError};
use crate::catalogue::ToolName;
use crate::clock::{Span, Timestamp};
use crate::directives::rule::{GuardThen, Priority, Rule};
use crate::directives::{Directives, Origin};
use crate::execution::Stage;
use crate::execution::store::{self as actions, Stored};
use crate::gate::{
    AccountState, Accounts, History, LookedUp, Outside, Past, Requester, Surroundings, TaskFacts, longest_period,
};
use crate::ids::ActionId;
use crate::results::store as results;
use crate::roster::directory::Directory;
use crate::store::Tx;
use crate::tasks::{Task, TaskPriority};
use crate::workers::{Actor, ActorChain};

/// The directives, the accounts and the moment that a decision is made at.
pub struct Moment {
    pub directives: std::sync::Arc<Directives>,
    pub directory: std::sync::Arc<Directory>,
    pub accounts: Accounts,
    pub now: Timestamp,
}

impl Moment {
    pub fn of(app: &App) -> Result<Self, FlowError> {
        let (directives, directory) = (app.directives()?, app.directory());
        let accounts = accounts(app, &directives, &directory);
        Ok(Self { directives, directory, accounts, now: app.now() })
    }

    pub fn surroundings(&self) -> Surroundings<'_> {
        Surroundings { directives: &self.directives, accounts: &self.accounts, now: self.now }
    }

    pub fn names(&self) -> Names<'_> {
        Names { directives: &self.directives, directory: &self.directory }
    }
}

/// The accounts of the roster's people as Slack tells them now. Who has no certain account is not there, and so never counts.
fn accounts(app: &App, directives: &Directives, directory: &Directory) -> Accounts {
    let mut people = BTreeMap::new();
    for known in &directory.accounts {
        let Some(person) = directory.person_of(&directives.roster, &known.user.user) else { continue };
        let state = AccountState {
            account: known.user.clone(),
            active: !known.deactivated,
            guest: known.is_guest || known.user.team != app.ours.team,
            bot: known.is_bot,
            email: known.email.clone(),
        };
        people.insert(person.handle.clone(), state);
    }
    let mut groups = BTreeMap::new();
    for group in &directory.groups {
        let members = group.members.iter().filter_map(|user| directory.person_of(&directives.roster, user));
        let handles: Vec<String> = members.map(|person| person.handle.clone()).collect();
        groups.insert(group.handle.clone(), handles.clone());
        groups.insert(group.id.clone(), handles);
    }
    Accounts::Live { team: app.ours.team.clone(), people, groups }
}

/// The requester as the gate knows them.
pub fn requester(moment: &Moment, task: &Task) -> Requester {
    let person = moment.directory.person_of(&moment.directives.roster, &task.requester.user);
    Requester { handle: person.map(|person| person.handle.clone()), account: Some(task.requester.clone()) }
}

/// What is known of a task now, for a position that acts and those through whose hands the work came to it.
pub async fn of_task(
    tx: &mut Tx,
    moment: &Moment,
    task: &Task,
    (position, actors): (&str, &ActorChain),
) -> Result<TaskFacts, FlowError> {
    let done = actions::of_task(tx, task.id).await?;
    let stop = stopped(tx, Some(position), task.id).await?;
    let mut facts = TaskFacts::unknown(task.id);
    facts.text = Some(task.text.clone());
    facts.topics = Some(Vec::new());
    // A direct message is in no channel, which is known; no channel is called "".
    facts.channel =
        Some(moment.directory.channel(&task.channel).map_or_else(String::new, |channel| channel.name.clone()));
    facts.source = task.source.clone().try_into().ok();
    facts.priority = Some(priority(task.priority));
    facts.looked_up = done.iter().filter_map(looked_up).collect();
    facts.failed_times = Some(count(&done, |stage| matches!(stage, Stage::Failed { .. })));
    facts.unanswered_for = Some(Span::ZERO);
    facts.unsure = Some(false);
    facts.stuck_for = Some(moment.now.since(task.created));
    facts.stopped = stop.map(|by| {
        format!(
            "{} stopped it.",
            moment.names().account(&crate::workers::SlackUser { team: task.requester.team.clone(), user: by }).name
        )
    });
    facts.guarded = guarded(tx, moment, position, actors).await?;
    Ok(facts)
}

/// The sentence in force whose guard fell for whoever acts; or for an agent before it, since what needs a word from one needs it
/// from whoever does it in its place.
async fn guarded(
    tx: &mut Tx,
    moment: &Moment,
    position: &str,
    actors: &ActorChain,
) -> Result<Option<Origin>, FlowError> {
    // A sentence that is gone guards nothing any more.
    let in_force = |origin: &Origin| {
        let mut guards = moment.directives.each(|rule| if let Rule::Guard(guard) = rule { Some(guard) } else { None });
        guards.any(|(reading, guard)| reading.origin.text == origin.text && guard.then == GuardThen::ApproveAll)
    };
    let before = actors.0.iter().filter_map(|link| match link {
        Actor::Agent(id) => Some(id.as_str()),
        Actor::Human(_) | Actor::Schedule(_) | Actor::Webhook(_) => None,
    });
    let all: BTreeSet<&str> = before.filter(|id| *id != position).collect();
    for worker in std::iter::once(position).chain(all) {
        let fallen = results::fallen::<Origin>(tx, worker).await?;
        if let Some(origin) = fallen.into_iter().map(|guard| guard.origin).find(in_force) {
            return Ok(Some(origin));
        }
    }
    Ok(None)
}

/// What a call found, where it succeeded and was not erased.
pub(super) fn looked_up(stored: &Stored) -> Option<LookedUp> {
    let (proposal, Some(Stage::Done { result })) = (stored.proposal.as_ref()?, stored.stage.as_ref()) else {
        return None;
    };
    Some(LookedUp {
        tool: ToolName(stored.tool.clone()),
        arguments: proposal.arguments.clone(),
        result: result.clone(),
        at: stored.ended.unwrap_or(stored.planned),
    })
}

fn count(stored: &[Stored], is: impl Fn(&Stage) -> bool) -> u32 {
    let n = stored.iter().filter(|action| action.stage.as_ref().is_some_and(&is)).count();
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The past that running totals add up; nothing is read where no sentence adds up. The judged action itself is left out.
pub async fn history(tx: &mut Tx, moment: &Moment, but: ActionId) -> Result<History, FlowError> {
    let Some(longest) = longest_period(&moment.directives) else { return Ok(History::Known(Vec::new())) };
    let past = actions::counting_since(tx, moment.now.minus(longest)).await?;
    let mut known = Vec::new();
    for stored in past.iter().filter(|stored| stored.id != but) {
        // An action whose texts were erased within the period cannot be added up: then nothing is known for certain.
        let Some(proposal) = &stored.proposal else { return Ok(History::Unknown) };
        known.push(Past::of(proposal, &moment.directives, stored.planned));
    }
    Ok(History::Known(known))
}

/// The other side of a call, as it is configured and as the lock has it. The tool host refuses, before anything is sent, a tool
/// whose live definition has another digest. `target_version` is what a look-up found ([`super::execute`]).
pub fn outside(app: &App, directives: &Directives, tool: &ToolName, target_version: Option<String>) -> Outside {
    let server = app.config.tools.iter().find(|server| server.name == tool.server());
    let identity = server.map_or_else(String::new, crate::tools::ServerConfig::identity);
    Outside {
        server: identity,
        tool_digest: directives.catalogue.get(tool).map(|tool| tool.binding.digest.clone()).unwrap_or_default(),
        credential: server.map(|server| server.env.keys().cloned().collect::<Vec<_>>().join(",")),
        target_version,
    }
}

fn priority(priority: TaskPriority) -> Priority {
    match priority {
        TaskPriority::Low => Priority::Low,
        TaskPriority::Normal => Priority::Normal,
        TaskPriority::High => Priority::High,
        TaskPriority::Urgent => Priority::Urgent,
    }
}
