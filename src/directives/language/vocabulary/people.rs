//! Words for workers that need no roster.

use crate::workers::WorkerRef;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    Human,
    Owner,
    Supervisor,
    Requester,
    RequesterManager,
}

impl Seat {
    pub fn to_ref(self) -> WorkerRef {
        match self {
            Self::Human => WorkerRef::Human,
            Self::Owner => WorkerRef::Owner,
            Self::Supervisor => WorkerRef::Supervisor,
            Self::Requester => WorkerRef::Requester,
            Self::RequesterManager => WorkerRef::RequesterManager,
        }
    }
}

use Seat::{Human, Owner, Requester, RequesterManager, Supervisor};

pub const SPECIAL: &[(&str, Seat)] = &[
    ("a human", Human),
    ("human", Human),
    ("humans", Human),
    ("the human", Human),
    ("a person", Human),
    ("a real person", Human),
    ("a human being", Human),
    ("a real human", Human),
    ("some human", Human),
    ("a live person", Human),
    ("a colleague", Human),
    ("someone", Human),
    ("somebody", Human),
    ("a human colleague", Human),
    ("any human", Human),
    ("one of us", Human),
    ("a member of staff", Human),
    ("the triage person", Human),
    ("triage", Human),
    ("the triage human", Human),
    ("our triage person", Human),
    ("people", Human),
    ("the owner", Owner),
    ("its owner", Owner),
    ("their owner", Owner),
    ("his owner", Owner),
    ("owner", Owner),
    ("owners", Owner),
    ("the owners", Owner),
    ("their owners", Owner),
    ("your owner", Owner),
    ("the agent 's owner", Owner),
    ("an agent 's owner", Owner),
    ("each owner", Owner),
    ("every owner", Owner),
    ("all owners", Owner),
    ("the respective owner", Owner),
    ("the owner of the agent", Owner),
    ("the agent owner", Owner),
    ("agent owners", Owner),
    ("whoever owns it", Owner),
    ("whoever owns the agent", Owner),
    ("the human who owns it", Owner),
    ("the person who owns it", Owner),
    ("the supervisor", Supervisor),
    ("its supervisor", Supervisor),
    ("their supervisor", Supervisor),
    ("supervisor", Supervisor),
    ("supervisors", Supervisor),
    ("your supervisor", Supervisor),
    ("the agent 's supervisor", Supervisor),
    ("a supervisor", Supervisor),
    ("the requester", Requester),
    ("requester", Requester),
    ("the person who asked", Requester),
    ("the person asking", Requester),
    ("whoever asked", Requester),
    ("whoever asks", Requester),
    ("whoever requested it", Requester),
    ("the one who asked", Requester),
    ("the asker", Requester),
    ("the person who asks", Requester),
    ("the requestor", Requester),
    ("the person who requested it", Requester),
    ("the requester 's manager", RequesterManager),
    ("requester 's manager", RequesterManager),
    ("requester 's boss", RequesterManager),
    ("requester 's supervisor", RequesterManager),
    ("requester manager", RequesterManager),
    ("the manager of the person asking", RequesterManager),
    ("the manager of whoever asks", RequesterManager),
    ("the manager of whoever asked", RequesterManager),
    ("the requester 's boss", RequesterManager),
    ("the requester 's line manager", RequesterManager),
    ("the requester 's supervisor", RequesterManager),
    ("their manager", RequesterManager),
    ("their own manager", RequesterManager),
    ("their line manager", RequesterManager),
    ("their boss", RequesterManager),
    ("his manager", RequesterManager),
    ("her manager", RequesterManager),
    ("his or her manager", RequesterManager),
    ("the manager of the requester", RequesterManager),
    ("the requestor 's manager", RequesterManager),
    ("the line manager", RequesterManager),
    ("the requester 's own manager", RequesterManager),
    ("the manager of the person who asked", RequesterManager),
    ("the manager of whoever asked", RequesterManager),
    ("the asker 's manager", RequesterManager),
    ("the employee 's manager", RequesterManager),
    ("the person 's manager", RequesterManager),
    ("line manager", RequesterManager),
    ("the line manager of the requester", RequesterManager),
    ("your manager", RequesterManager),
    ("the boss of the requester", RequesterManager),
];

pub const EVERYONE: &[&str] = &[
    "agents", "all agents", "any agent", "every agent", "an agent", "the agents", "agent", "anyone", "anybody",
    "everyone", "everybody", "all of them", "our agents", "each agent", "any of the agents", "all bots", "every bot",
    "bots", "an ai agent", "ai agents", "all of us", "any bot", "the agent", "any worker", "all workers", "the bots",
    "all our agents", "any of our agents", "we", "no matter who", "the bot",
];

/// "someone in", "two people from".
pub const CROWD: &[&str] = &[
    "people from", "people in", "people on", "people of", "persons from", "someone in", "someone from", "someone on",
    "somebody in", "somebody from", "somebody on", "anyone in", "anyone from", "anyone on", "anybody in",
    "anybody from", "a member of", "any member of", "members of", "one of", "any of", "a person from", "a person in",
    "one person from", "one person in", "anyone of", "a human from", "a human in", "members from",
    "different people from", "different people in", "people out of", "engineers from", "engineers in",
    "a colleague from", "colleagues from", "colleagues in", "of", "different members of", "at least one of",
    "one of the people in", "a person on", "everyone in", "everyone on", "everyone from", "everybody in", "all of",
    "staff from", "staff in", "other members of", "someone of", "somebody of", "managers from", "people at",
    "folks from", "folks in", "anyone at", "any one of", "any person in", "whoever is in", "persons of", "persons in",
    "approvers from", "approvers in", "whoever in",
];

pub const PRONOUNS: &[&str] =
    &["it", "they", "them", "he", "she", "him", "her", "you", "this", "that", "those", "these", "me", "myself", "mine"];

/// What somebody has who is given work.
pub const THINGS_OF_WORKERS: &[&str] = &[
    "desk", "lap", "inbox", "queue", "plate", "attention", "court", "hands", "table", "door", "backlog", "list",
    "care", "mailbox", "board", "pile",
];

/// Words at the end of a phrase that make it the name of a worker.
pub const NOUNS_OF_WORKERS: &[&str] = &[
    "agent", "bot", "team", "manager", "lead", "head", "director", "officer", "desk", "department", "engineer",
    "person", "human", "assistant", "cfo", "ceo", "cto", "coo", "vp", "counsel", "lawyer", "accountant", "analyst",
    "supervisor", "boss", "chief", "admin", "administrator", "owner", "specialist", "crew", "group", "staff", "squad",
    "colleague", "role", "controller", "treasurer", "secretary", "coordinator", "representative", "rep", "operator",
    "expert", "leader", "people", "president", "partner", "buyer", "clerk", "intern", "controllers", "executive",
    "deputy", "member", "employee", "stakeholder", "ciso", "dpo", "hr", "committee", "council", "panel", "office",
];
