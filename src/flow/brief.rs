//! What a thinking worker is told of a request, gathered at the moment of asking: who it is, what it may use, whom it may hand
//! over to. Rules are told to it too, and never left to it: whatever it wants passes the gate.

use serde_json::Value;

use super::step::Scene;
use crate::catalogue::Binding;
use crate::directives::Directives;
use crate::directives::matching::people::binds;
use crate::directives::rule::Rule;
use crate::gate::may_use;
use crate::roster::{Position, PositionStatus};
use crate::runs::brief::{Brief, Colleague, Offer, turns};
use crate::runs::journal::JournalEntry;
use crate::workers::WorkerRef;

/// Colleagues that a worker is told of; a company has more roles than a prompt has room.
const MAX_COLLEAGUES: usize = 40;

/// The brief for the next question of this run.
pub(super) fn of(scene: &Scene, journal: &[JournalEntry]) -> Brief {
    let directives = &scene.directives;
    let worker = WorkerRef::Agent(scene.run.position.clone());
    Brief {
        run: scene.run.id,
        task: scene.task.id,
        asked_before: journal.iter().filter(|entry| matches!(entry, JournalEntry::Said { .. })).count(),
        position: scene.run.position.clone(),
        instructions: instructions(scene, &worker),
        request: request(scene),
        offers: offers(directives, &worker),
        colleagues: colleagues(directives, &scene.run.position),
        turns: turns(journal),
    }
}

/// The tools that the worker may use; a tool that it may not use does not exist for it.
fn offers(directives: &Directives, worker: &WorkerRef) -> Vec<Offer> {
    directives
        .catalogue
        .iter()
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

fn instructions(scene: &Scene, worker: &WorkerRef) -> String {
    let roster = &scene.directives.roster;
    let Some(position) = roster.positions.get(&scene.run.position) else { return String::new() };
    let role = roster.roles.get(&position.role);
    let mut lines = vec![format!("You are {}.", position.name)];
    if let Some(role) = role {
        lines.push(format!("{}. {}", role.title, role.description));
        lines.extend(role.handles.iter().map(|handles| format!("- {handles}")));
    }
    for reading in &scene.directives.readings {
        let Rule::Guidance(guidance) = &reading.rule else { continue };
        let of_role = reading.role.as_deref().is_none_or(|named| named == position.role);
        if of_role && (guidance.who.is_empty() || binds(roster, &guidance.who, worker).surely_met()) {
            lines.push(reading.origin.text.clone());
        }
    }
    lines.join("\n")
}

fn request(scene: &Scene) -> String {
    let who = scene.names().account(&scene.task.requester);
    let mut text = format!("{} asks: {}", who.name, scene.task.text);
    if !scene.task.above.is_empty() {
        text = format!("{text}\n\nThe messages above it in its thread:\n{}", scene.task.above);
    }
    text
}
