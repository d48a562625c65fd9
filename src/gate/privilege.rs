//! Least privilege: a worker may use the tools of its front matter and of its `permit` sentences, and no others.

use super::{Because, Denial, Ground};
use crate::catalogue::ToolName;
use crate::directives::matching::holds::Holds;
use crate::directives::matching::people::{binds, position_of, role_of};
use crate::directives::rule::{Permit, Rule};
use crate::directives::{Directives, Origin, Reading};
use crate::roster::Position;
use crate::workers::WorkerRef;

/// Whether `worker` may use `tool` at all, and by which line. Sentences with "only" and "nothing else" bind besides.
pub fn may_use(directives: &Directives, worker: &WorkerRef, tool: &ToolName) -> Result<Because, (Denial, Because)> {
    // Starting a step is nobody's tool: the workflow gives the step to whoever its file names.
    if let Some(gate) = directives.step_gate(tool) {
        return Ok(Because { origin: Some(gate.origin.clone()), says: gate.paraphrase.clone() });
    }
    let roster = &directives.roster;
    let permits: Vec<(&Reading, &Permit, Holds)> = directives
        .each(|rule| if let Rule::Permit(permit) = rule { Some(permit) } else { None })
        .map(|(reading, permit)| (reading, permit, binds(roster, &permit.who, worker)))
        .collect();
    let covers = |permit: &Permit| permit.tools.iter().any(|pattern| pattern.covers(tool));

    for (reading, permit, bound) in &permits {
        if permit.only && covers(permit) && !bound.surely_met() {
            return Err(refusal(reading, format!("Only others may use {tool}.")));
        }
        if permit.nothing_else && bound.met_or_unknown() && !covers(permit) {
            return Err(refusal(reading, format!("{} may use nothing else, so not {tool}.", name(directives, worker))));
        }
    }
    let sentence = permits
        .iter()
        .find(|(reading, permit, bound)| covers(permit) && bound.surely_met() && grants(directives, reading, worker));
    if let Some((reading, _, _)) = sentence {
        return Ok(Because { origin: Some(reading.origin.clone()), says: reading.paraphrase.clone() });
    }
    let front_matter = positions(directives, worker)
        .find(|position| position.tools.iter().any(|pattern| tool.matches(pattern)))
        .map(|position| Because {
            origin: Some(line_of(directives, position)),
            says: format!("{} may use {tool} by its front matter.", position.name),
        });
    front_matter.ok_or_else(|| {
        let says = "A worker may use the tools that its front matter and the sentences about it name, and no others.";
        let denial = Denial {
            ground: Ground::NotPermitted,
            reason: format!(
                "{} may not use {tool}. Whoever keeps the directives can add it to its tools.",
                name(directives, worker)
            ),
        };
        (denial, Because { origin: own_line(directives, worker), says: says.to_owned() })
    })
}

/// The line that made the worker what it is: where to look when only a default decided.
pub(super) fn own_line(directives: &Directives, worker: &WorkerRef) -> Option<Origin> {
    position_of(&directives.roster, worker).map(|position| line_of(directives, position))
}

/// The worker as people call it.
pub(super) fn name(directives: &Directives, worker: &WorkerRef) -> String {
    match (worker, position_of(&directives.roster, worker)) {
        (WorkerRef::Person(handle), _) => {
            directives.roster.people.get(handle).map_or_else(|| format!("@{handle}"), |person| person.name.clone())
        }
        (_, Some(position)) => position.name.clone(),
        (_, None) => worker.to_string(),
    }
}

/// A sentence in a role file speaks of that role only.
fn grants(directives: &Directives, reading: &Reading, worker: &WorkerRef) -> bool {
    let own = role_of(&directives.roster, worker).map(|role| role.id.as_str());
    reading.role.is_none() || reading.role.as_deref() == own
}

fn positions<'a>(directives: &'a Directives, worker: &'a WorkerRef) -> impl Iterator<Item = &'a Position> {
    directives.roster.positions.values().filter(move |position| {
        let whole = std::slice::from_ref(worker);
        match worker {
            WorkerRef::Person(handle) => position.person.as_deref() == Some(handle),
            WorkerRef::Agent(_) => {
                binds(&directives.roster, whole, &WorkerRef::Agent(position.id.clone())).surely_met()
            }
            WorkerRef::Role(_)
            | WorkerRef::Team(_)
            | WorkerRef::Channel(_)
            | WorkerRef::Bot(_)
            | WorkerRef::Human
            | WorkerRef::Owner
            | WorkerRef::Supervisor
            | WorkerRef::Requester
            | WorkerRef::RequesterManager => false,
        }
    })
}

fn line_of(directives: &Directives, position: &Position) -> Origin {
    let file = directives.roster.roles.get(&position.role).map(|role| role.file.clone()).unwrap_or_default();
    let text = directives
        .files
        .get(&file)
        .and_then(|text| text.lines().nth(usize::try_from(position.line.max(1) - 1).ok()?))
        .map_or_else(|| format!("id: {}", position.id), |line| line.trim().to_owned());
    Origin { file, line: position.line.max(1), column: 1, text }
}

fn refusal(reading: &Reading, reason: String) -> (Denial, Because) {
    let because = Because { origin: Some(reading.origin.clone()), says: reading.paraphrase.clone() };
    (Denial { ground: Ground::NotPermitted, reason }, because)
}
