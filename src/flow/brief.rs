//! What a thinking worker is told of a request, gathered at the moment of asking: who it is, what it may use, whom it may hand
//! over to. Rules are told to it too, and never left to it: whatever it wants passes the gate.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::step::Scene;
use crate::catalogue::Binding;
use crate::directives::matching::people::{binds, role_of};
use crate::directives::rule::Rule;
use crate::directives::{Directives, template};
use crate::gate::may_use;
use crate::redact;
use crate::replies::plain::shorten;
use crate::roster::{Position, PositionStatus};
use crate::runs::brief::{Brief, Colleague, Offer, Peers, Turn, turns};
use crate::runs::journal::JournalEntry;
use crate::workers::WorkerRef;

/// Colleagues that a worker is told of; a company has more roles than a prompt has room.
const MAX_COLLEAGUES: usize = 40;

/// The templates that a company may write anew.
const AGENT: &str = "templates/agent.j2";
const REQUEST: &str = "templates/request.j2";

/// A template of the company's own cannot be used.
pub(super) struct BadTemplate {
    file: &'static str,
    why: String,
}

impl BadTemplate {
    /// For whoever reads the thread: the keeper mends it.
    pub(super) fn sentence(&self) -> String {
        format!("The prompt in {} cannot be used: {}.", self.file, self.why)
    }
}

/// The brief for the next question of this run.
pub(super) fn of(scene: &Scene, journal: &[JournalEntry]) -> Result<Brief, BadTemplate> {
    let directives = &scene.directives;
    let worker = WorkerRef::Agent(scene.run.position.clone());
    Ok(Brief {
        run: scene.run.id,
        task: scene.task.id,
        asked_before: journal.iter().filter(|entry| matches!(entry, JournalEntry::Said { .. })).count(),
        position: scene.run.position.clone(),
        instructions: instructions(scene, &worker)?,
        request: request(scene)?,
        offers: offers(directives, &worker),
        peers: Peers { colleagues: colleagues(directives, &scene.run.position), askable: askable(directives, &worker) },
        turns: conversation(scene, journal),
    })
}

/// What happened so far, without what only we and the tools may know.
pub(super) fn conversation(scene: &Scene, journal: &[JournalEntry]) -> Vec<Turn> {
    let mut turns = turns(journal);
    for turn in &mut turns {
        match turn {
            Turn::Outcomes(outcomes) => {
                for outcome in outcomes {
                    outcome.text = redact::known(&outcome.text, scene.app.config.secrets());
                }
            }
            Turn::Worker { .. } | Turn::Note(_) => {}
        }
    }
    turns
}

/// The tools that the worker may use; a tool that it may not use does not exist for it.
fn offers(directives: &Directives, worker: &WorkerRef) -> Vec<Offer> {
    directives
        .catalogue
        .with_own()
        .filter(|tool| may_use(directives, worker, &tool.name).is_ok())
        .map(|tool| Offer {
            tool: tool.name.clone(),
            description: tool.binding.description.clone(),
            schema: without_key(&tool.binding),
            class: tool.binding.class,
        })
        .collect()
}

/// The schema without the argument that carries the idempotency key: that one is ours to fill.
fn without_key(binding: &Binding) -> Value {
    let mut schema = binding.input_schema.clone();
    let Some(key) = &binding.idempotency_arg else { return schema };
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.remove(key);
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name.as_str() != Some(key));
    }
    schema
}

/// The other roles that somebody fills, and the person for whatever nobody does.
fn colleagues(directives: &Directives, own: &str) -> Vec<Colleague> {
    let roster = &directives.roster;
    let own_role = roster.positions.get(own).map(|position| position.role.as_str());
    let works = |position: &&Position| position.status == PositionStatus::Active;
    let filled = |role: &str| roster.positions.values().filter(works).any(|position| position.role == role);
    let others = roster.roles.values().filter(|role| Some(role.id.as_str()) != own_role && filled(&role.id));
    let about = |description: &str| description.split_whitespace().collect::<Vec<_>>().join(" ");
    let roles = others.map(|role| Colleague {
        worker: WorkerRef::Role(role.id.clone()).to_string(),
        about: format!("{}: {}", role.title, about(&role.description)),
    });
    let person = Colleague { worker: "human".to_owned(), about: "The person for whatever fits nobody.".to_owned() };
    roles.take(MAX_COLLEAGUES).chain([person]).collect()
}

/// Whom the worker may ask besides whoever made the request: who answers for it, who approves what it does, and the other roles.
/// A person answers for each of them.
fn askable(directives: &Directives, worker: &WorkerRef) -> Vec<Colleague> {
    let roster = &directives.roster;
    let own_role = role_of(roster, worker).map(|role| role.id.as_str());
    let approves = directives.each(|rule| if let Rule::Approve(approve) = rule { Some(approve) } else { None });
    let approvers = approves
        .filter(|(_, rule)| binds(roster, &rule.who, worker).met_or_unknown())
        .filter(|(_, rule)| {
            rule.tools.iter().any(|tools| {
                directives
                    .catalogue
                    .with_own()
                    .any(|tool| tools.covers(&tool.name) && may_use(directives, worker, &tool.name).is_ok())
            })
        })
        .flat_map(|(reading, rule)| rule.by.iter().map(move |by| (by, format!("Approves: {}", reading.origin.text))));
    let owner = (&WorkerRef::Owner, "The person who answers for you.".to_owned());
    let about = |description: &str| description.split_whitespace().collect::<Vec<_>>().join(" ");
    let roles: Vec<(WorkerRef, String)> = roster
        .roles
        .values()
        .filter(|role| Some(role.id.as_str()) != own_role)
        .map(|role| (WorkerRef::Role(role.id.clone()), format!("{}: {}", role.title, about(&role.description))))
        .collect();
    let mut found: Vec<Colleague> = Vec::new();
    for (of, about) in [owner].into_iter().chain(approvers).chain(roles.iter().map(|(of, about)| (of, about.clone()))) {
        let asks =
            !matches!(of, WorkerRef::Agent(_) | WorkerRef::Channel(_) | WorkerRef::Bot(_) | WorkerRef::Requester);
        if asks && found.iter().all(|known| known.worker != of.to_string()) {
            found.push(Colleague { worker: of.to_string(), about });
        }
    }
    found.truncate(MAX_COLLEAGUES);
    found
}

/// The prompt of the worker's role: who it is, what it is to keep to, which rules are enforced anyway.
fn instructions(scene: &Scene, worker: &WorkerRef) -> Result<String, BadTemplate> {
    let roster = &scene.directives.roster;
    let position = roster.positions.get(&scene.run.position);
    let role = position.and_then(|position| roster.roles.get(&position.role));
    let values = json!({
        "position": { "id": scene.run.position, "name": position.map(|position| &position.name) },
        "role": {
            "title": role.map(|role| &role.title),
            "description": role.map(|role| &role.description),
            "handles": role.map(|role| &role.handles),
        },
        "guidance": addressed(scene, worker, guided),
        "rules": addressed(scene, worker, bound),
        "today": today(scene),
    });
    render(scene, AGENT, include_str!("prompts/agent.j2"), values)
}

/// What was asked for, in the words of the requester, with what stands above it in the thread that they can see.
fn request(scene: &Scene) -> Result<String, BadTemplate> {
    let task = &scene.task;
    let known = scene.directory.account(&task.requester.user);
    let person = scene.directory.person_of(&scene.directives.roster, &task.requester.user);
    let values = json!({
        "request": task.text,
        "above": task.above,
        "requester": {
            "name": scene.names().requester(task).name,
            "handle": person.map(|person| &person.handle),
            "email": known.and_then(|account| account.email.as_ref()),
        },
        "channel": scene.directory.channel(&task.channel).map(|channel| &channel.name),
        "task": task.id.to_string(),
        "context": known_already(scene),
        "today": today(scene),
    });
    render(scene, REQUEST, include_str!("prompts/request.j2"), values)
}

/// With what it was handed over, and what the steps before it returned.
fn known_already(scene: &Scene) -> BTreeMap<String, String> {
    let handed = scene.handed.iter().map(|(by, why)| (format!("what {by} handed this over with"), why.clone()));
    let returned = returned_before(scene).into_iter().map(|(name, value)| (name.to_owned(), value));
    handed.chain(returned).collect()
}

/// What the steps before it returned besides words, by name, as JSON; their words stand above the request already.
fn returned_before(scene: &Scene) -> BTreeMap<&str, String> {
    let longest = scene.app.config.limits.request_characters;
    let facts = scene.shared.iter().filter_map(|(name, value)| {
        let mut value = value.clone();
        if let Value::Object(fields) = &mut value {
            fields.remove("text");
        }
        let empty = value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty);
        (!empty).then(|| (name.as_str(), shorten(&value.to_string(), longest)))
    });
    facts.collect()
}

fn today(scene: &Scene) -> String {
    let zone = scene.directives.roster.timezone_of(None);
    scene.app.now().to_utc().with_timezone(&zone).date_naive().format("%A, %-d %B %Y").to_string()
}

/// The company's own template if there is one, else ours. Secrets are taken out of what comes of it.
fn render(scene: &Scene, file: &'static str, ours: &str, values: Value) -> Result<String, BadTemplate> {
    let source = scene.directives.files.get(file).map_or(ours, String::as_str);
    match template::prompt(source, values) {
        Ok(text) => Ok(redact::known(&redact::text(text.trim()), scene.app.config.secrets())),
        Err(error) => Err(BadTemplate { file, why: error.detail().unwrap_or("it cannot be read").to_owned() }),
    }
}

/// The sentences that are said to this worker, or to everybody, of the kinds for which `whom` tells whom they bind.
fn addressed(scene: &Scene, worker: &WorkerRef, whom: fn(&Rule) -> Option<&[WorkerRef]>) -> Vec<String> {
    let roster = &scene.directives.roster;
    let own_role = roster.positions.get(&scene.run.position).map(|position| position.role.as_str());
    let told = scene.directives.readings.iter().filter(|reading| {
        let of_role = reading.role.is_none() || reading.role.as_deref() == own_role;
        of_role && whom(&reading.rule).is_some_and(|who| binds(roster, who, worker).met_or_unknown())
    });
    told.map(|reading| reading.origin.text.clone()).collect()
}

/// Whom guidance is for.
fn guided(rule: &Rule) -> Option<&[WorkerRef]> {
    if let Rule::Guidance(guidance) = rule { Some(&guidance.who) } else { None }
}

/// Whom a rule binds that an agent runs into.
fn bound(rule: &Rule) -> Option<&[WorkerRef]> {
    rule.binds().map(|(_, who)| who)
}
