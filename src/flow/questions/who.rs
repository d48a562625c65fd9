//! Who may answer a question, as the roster and Slack know them now.

use std::collections::BTreeSet;

use super::super::facts::Moment;
use super::super::{App, decide, remind};
use crate::gate::Accounts;
use crate::replies::Who;
use crate::replies::asking::Whom;
use crate::runs::Run;
use crate::runs::journal::Question;
use crate::tasks::Task;
use crate::workers::{SlackUser, WorkerRef};

/// The people who are asked now, by handle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::flow) struct Asked {
    pub people: Vec<String>,
    /// Whom the question means, where they cannot be reached or did not answer.
    pub instead_of: Option<WorkerRef>,
}

/// Whom a question means at this moment. For a role that programs fill, and for an agent, that is whoever answers for them; where
/// nobody can be reached, the org chart says who is asked next. Empty: the account that made the request, and nobody else.
pub(in crate::flow) fn asked(app: &App, moment: &Moment, task: &Task, run: &Run, question: &Question) -> Asked {
    let roster = &moment.directives.roster;
    let requester = moment.directory.person_of(roster, &task.requester.user).map(|person| person.handle.as_str());
    let context = roster.context_of(Some(&run.position), requester);
    if question.of == WorkerRef::Requester {
        // A schedule or a hook answers nothing here; whoever answers for the agent may.
        let ours = task.requester == SlackUser { team: app.ours.team.clone(), user: app.ours.user.clone() };
        let people = if ours { reached(moment, &context.owner) } else { Vec::new() };
        return Asked { people, instead_of: None };
    }
    let mut meant = roster.people_of(&question.of, &context);
    if meant.is_empty() {
        meant = match &question.of {
            WorkerRef::Agent(id) => roster.context_of(Some(id), None).owner,
            WorkerRef::Role(id) => roster.roles.get(id).map(|role| roster.owners_of(role)).unwrap_or_default(),
            WorkerRef::Team(_)
            | WorkerRef::Person(_)
            | WorkerRef::Channel(_)
            | WorkerRef::Bot(_)
            | WorkerRef::Human
            | WorkerRef::Owner
            | WorkerRef::Supervisor
            | WorkerRef::Requester
            | WorkerRef::RequesterManager => BTreeSet::new(),
        };
    }
    let before: BTreeSet<String> = question.before.iter().cloned().collect();
    let first: Vec<String> = reached(moment, &meant).into_iter().filter(|handle| !before.contains(handle)).collect();
    if !first.is_empty() {
        return Asked { people: first, instead_of: None };
    }
    let tried: BTreeSet<String> = meant.union(&before).cloned().collect();
    let up = roster.climb(&tried, &context, &before);
    let next = up.iter().map(|handle| reached(moment, &BTreeSet::from([handle.clone()])));
    let people = next.map(|next| next.into_iter().filter(|handle| !before.contains(handle)).collect::<Vec<_>>());
    let people = people.into_iter().find(|next| !next.is_empty()).unwrap_or_default();
    Asked { people, instead_of: Some(question.of.clone()) }
}

/// Of these people those who are there, and whoever stands in for those who are away, as far as Slack knows their accounts.
pub(in crate::flow) fn reached(moment: &Moment, people: &BTreeSet<String>) -> Vec<String> {
    let Accounts::Live { people: known, .. } = &moment.accounts else { return Vec::new() };
    let counts = |handle: &String| known.get(handle).is_some_and(|state| state.active && !state.guest && !state.bot);
    remind::stand_ins_of(moment, people).into_iter().filter(counts).collect()
}

/// Whether this account may answer now: one of those who are asked, or were asked before and did not answer in time.
pub(in crate::flow) fn may_answer(
    app: &App,
    moment: &Moment,
    task: &Task,
    run: &Run,
    question: &Question,
    by: &SlackUser,
) -> bool {
    let asked = asked(app, moment, task, run, question);
    let asks_requester = asked.people.is_empty() || question.of == WorkerRef::Requester;
    if asks_requester && task.requester == *by {
        return true;
    }
    match decide::who::person(app, &moment.directives, &moment.directory, by) {
        Ok(handle) => asked.people.contains(&handle) || question.before.contains(&handle),
        Err(_refused) => false,
    }
}

/// The same as cards say it.
pub(super) fn whom(moment: &Moment, task: &Task, question: &Question, asked: &Asked) -> Whom {
    let names = moment.names();
    let people: Vec<Who> = asked.people.iter().map(|handle| names.person(handle)).collect();
    if question.of == WorkerRef::Requester
        && let Some(hook) = task.source.strip_prefix("webhook:")
    {
        return Whom::Delivery { hook: hook.to_owned(), people };
    }
    if people.is_empty() {
        return Whom::Requester;
    }
    Whom::People { people, instead_of: asked.instead_of.as_ref().map(|worker| names.worker(worker)) }
}
