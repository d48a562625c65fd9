//! From stored rows to the views that `replies/` renders: who is meant, where, and why.

use crate::assignments::Assignment;
use crate::clock::Timestamp;
use crate::directives::{Directives, Origin};
use crate::replies::human::WorkView;
use crate::replies::receipt::{Because, ReceiptView};
use crate::replies::{Cited, Identity, Place, Who};
use crate::roster::directory::Directory;
use crate::routing::{Cause, Routing};
use crate::tasks::Task;
use crate::workers::{SlackUser, WorkerRef};

/// How many characters of a request name it in a list.
const SUBJECT_CHARACTERS: usize = 80;

/// Everything that turns ids into names, at one moment.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    pub directives: &'a Directives,
    pub directory: &'a Directory,
}

impl Names<'_> {
    /// A person of the company, with the account to ping, if it is known.
    pub fn person(&self, handle: &str) -> Who {
        let account = self.directory.account_of(&self.directives.roster, handle);
        let name = self.directives.roster.people.get(handle).map_or(handle, |person| person.name.as_str());
        Who::new(name, account.map(|account| account.user.user.as_str()))
    }

    /// An account, by the company's name for it, else by Slack's.
    pub fn account(&self, user: &SlackUser) -> Who {
        let person = self.directory.person_of(&self.directives.roster, &user.user);
        let slack = self.directory.account(&user.user);
        let name = person.map(|person| person.name.as_str()).or_else(|| slack.map(|known| known.real_name.as_str()));
        Who::new(name.unwrap_or(&user.user), Some(&user.user))
    }

    /// Whoever made a request; where a hook delivered it, the hook.
    pub fn requester(&self, task: &Task) -> Who {
        match task.source.strip_prefix("webhook:") {
            Some(hook) => Who::new(hook, None),
            None => self.account(&task.requester),
        }
    }

    pub fn worker(&self, worker: &WorkerRef) -> Who {
        let roster = &self.directives.roster;
        match worker {
            WorkerRef::Agent(id) => Who::new(roster.positions.get(id).map_or(id, |position| &position.name), None),
            WorkerRef::Person(handle) => self.person(handle),
            WorkerRef::Role(id) => Who::new(roster.roles.get(id).map_or(id, |role| &role.title), None),
            WorkerRef::Team(id) => Who::new(roster.teams.get(id).map_or(id, |team| &team.name), None),
            WorkerRef::Channel(name) => Who::new(&format!("#{name}"), None),
            WorkerRef::Human => {
                roster.triage.as_deref().map_or(Who::new("a human", None), |handle| self.person(handle))
            }
            WorkerRef::Bot(_)
            | WorkerRef::Owner
            | WorkerRef::Supervisor
            | WorkerRef::Requester
            | WorkerRef::RequesterManager => Who::new(&roster.spoken(worker), None),
        }
    }

    /// The name and icon that an agent posts under.
    pub fn identity(&self, worker: &WorkerRef) -> Option<Identity> {
        let WorkerRef::Agent(id) = worker else { return None };
        let position = self.directives.roster.positions.get(id)?;
        Some(Identity { name: position.name.clone(), icon: position.icon.clone() })
    }

    /// The human who answers for an agent.
    pub fn owner(&self, worker: &WorkerRef) -> Option<Who> {
        let WorkerRef::Agent(id) = worker else { return None };
        self.directives.roster.context_of(Some(id), None).owner.first().map(|handle| self.person(handle))
    }

    pub fn place(&self, task: &Task) -> Place {
        match task.channel_kind.as_str() {
            "direct" => Place::Direct,
            _ => {
                let name = self.directory.channel(&task.channel).map_or(task.channel.as_str(), |channel| &channel.name);
                Place::Channel { id: task.channel.clone(), name: name.to_owned() }
            }
        }
    }

    pub fn receipt(&self, task: &Task, worker: &WorkerRef, because: &Because) -> ReceiptView {
        ReceiptView {
            task: task.id,
            worker: self.worker(worker),
            identity: self.identity(worker),
            owner: self.owner(worker),
            requester: self.requester(task),
            place: self.place(task),
            because: because.clone(),
            subject: subject(&task.text),
        }
    }

    /// The receipt of a holding, as stored.
    pub fn receipt_of(&self, task: &Task, assignment: &Assignment) -> ReceiptView {
        self.receipt(task, &assignment.worker, &because_of(assignment))
    }

    pub fn work(
        &self,
        task: &Task,
        worker: &WorkerRef,
        because: &Because,
        until: Option<(Timestamp, Vec<Who>)>,
    ) -> WorkView {
        WorkView {
            task: task.id,
            holder: self.worker(worker),
            requester: self.requester(task),
            place: self.place(task),
            request: task.text.clone(),
            because: because.clone(),
            also: routing_of(task).and_then(|routing| routing.instead_of).map(|cause| cited(&cause)),
            thread: None,
            until,
        }
    }
}

/// The reason that an assignment stores; an unreadable one (written by a newer version) reads as likeness of unknown degree.
pub fn because_of(assignment: &Assignment) -> Because {
    serde_json::from_str(&assignment.because).unwrap_or(Because::LooksLike { percent: 0 })
}

/// The routing receipt that a task stores, once it was routed.
pub fn routing_of(task: &Task) -> Option<Routing> {
    serde_json::from_str(&task.routing).ok()
}

pub fn cited(cause: &Cause) -> Cited {
    Cited { text: cause.text.clone(), file: cause.file.clone(), line: cause.line }
}

/// A sentence of the directives, as messages cite it.
pub fn cited_origin(origin: &Origin) -> Cited {
    Cited { text: origin.text.clone(), file: origin.file.clone(), line: origin.line }
}

/// The request's first words.
pub fn subject(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    crate::replies::plain::shorten(&crate::redact::text(&line), SUBJECT_CHARACTERS)
}

/// The slot of the one message that a task has in its thread.
pub fn task_slot(task: crate::ids::TaskId) -> String {
    format!("task:{}", task.0)
}

/// The slot of a task's card in somebody's direct messages.
pub fn task_dm_slot(task: crate::ids::TaskId, user: &str) -> String {
    format!("task:{}:dm:{user}", task.0)
}
