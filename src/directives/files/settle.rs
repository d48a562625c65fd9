//! Drafted roles → the roster, with all names resolved.

use super::front::At;
use super::names::{person_named, worker_named};
use super::place::Source;
use super::role::{Draft, PositionDraft};
use crate::directives::diagnostics::Problem;
use crate::roster::Roster;
use crate::roster::names::{nearest, team_slug};
use crate::workers::WorkerRef;

/// Puts the drafts into the roster and resolves their names. Each draft comes with its file.
pub fn settle_roles(drafts: &[(&Source<'_>, &Draft)], roster: &mut Roster, problems: &mut Vec<Problem>) {
    for (source, draft) in drafts {
        if let Some(other) = roster.roles.get(&draft.role.id) {
            let what = format!("the role {} is described twice", draft.role.id);
            problems.push(source.error("duplicate-role", 0..0, what).with_related(&other.file, 1));
            continue;
        }
        roster.roles.insert(draft.role.id.clone(), draft.role.clone());
        for PositionDraft { position, id, .. } in &draft.positions {
            if let Some(other) = roster.positions.get(&position.id) {
                let file = roster.roles.get(&other.role).map_or(source.file, |role| role.file.as_str());
                let what = format!("the position {} is described twice", position.id);
                let problem = source.error("duplicate-position", id.range.clone(), what);
                problems.push(problem.with_related(file, other.line));
                continue;
            }
            roster.positions.insert(position.id.clone(), position.clone());
        }
    }
    for (source, draft) in drafts {
        for PositionDraft { position, person, .. } in &draft.positions {
            let Some(given) = person else { continue };
            match person_named(roster, &given.value) {
                Ok(handle) => {
                    if let Some(position) = roster.positions.get_mut(&position.id) {
                        position.person = Some(handle);
                    }
                }
                Err((what, help)) => {
                    problems.push(source.error("unknown-person", given.range.clone(), what).with_help(help));
                }
            }
        }
    }
    for (source, draft) in drafts {
        settle_role(source, draft, roster, problems);
    }
    for (source, draft) in drafts {
        check_chain(source, draft, roster, problems);
    }
}

fn settle_role(source: &Source<'_>, draft: &Draft, roster: &mut Roster, problems: &mut Vec<Problem>) {
    let resolve = |given: &At<String>, roster: &Roster, problems: &mut Vec<Problem>| {
        // An id of a role wins here: front matter takes "@handle or role id", so `finance` is never the team.
        if roster.roles.contains_key(&given.value) {
            return Some(WorkerRef::Role(given.value.clone()));
        }
        match worker_named(roster, &given.value) {
            Ok(worker @ (WorkerRef::Person(_) | WorkerRef::Role(_) | WorkerRef::Human)) => Some(worker),
            Ok(other) => {
                let what = format!("{other} cannot answer for a role");
                let problem = source.error("not-a-person", given.range.clone(), what);
                problems.push(problem.with_help("name a person (\"@handle\") or a role"));
                None
            }
            Err((what, help)) => {
                problems.push(source.error("unknown-person", given.range.clone(), what).with_help(help));
                None
            }
        }
    };
    let owner = draft.owner.as_ref().and_then(|given| resolve(given, roster, problems));
    let supervisor = draft.supervisor.as_ref().and_then(|given| resolve(given, roster, problems));
    let team = draft.team.as_ref().and_then(|given| {
        let id = team_slug(&given.value);
        if roster.teams.contains_key(&id) {
            return Some(id);
        }
        let help = match nearest(&id, roster.teams.keys().map(String::as_str)) {
            Some(name) => format!("did you mean {name}?"),
            None => "list it in company.md under “Teams”".to_owned(),
        };
        let what = format!("there is no team “{}”", given.value);
        problems.push(source.error("unknown-team", given.range.clone(), what).with_help(help));
        None
    });
    if let Some(role) = roster.roles.get_mut(&draft.role.id) {
        role.owner = owner.unwrap_or(WorkerRef::Human);
        role.supervisor = supervisor.unwrap_or(WorkerRef::Human);
        role.team = team;
    }
}

/// An owner must be a human in the end, and the way up must not go round in a circle.
fn check_chain(source: &Source<'_>, draft: &Draft, roster: &Roster, problems: &mut Vec<Problem>) {
    let Some(role) = roster.roles.get(&draft.role.id) else { return };
    if let (Some(given), WorkerRef::Role(id)) = (&draft.owner, &role.owner)
        && (roster.holders_of(id).is_empty() || *id == role.id)
    {
        let what = format!("no human fills the role {id}, so nobody answers for {}", role.id);
        let problem = source.error("no-owner", given.range.clone(), what);
        problems.push(problem.with_help("name a person as the owner"));
    }
    let Some(given) = &draft.supervisor else { return };
    let mut seen = vec![role.id.clone()];
    let mut at = &role.supervisor;
    while let WorkerRef::Role(id) = at {
        if seen.contains(id) {
            seen.push(id.clone());
            let what = format!("the supervisors go round in a circle: {}", seen.join(" → "));
            let problem = source.error("supervisor-loop", given.range.clone(), what);
            problems.push(problem.with_help("one of them needs a person as its supervisor"));
            return;
        }
        seen.push(id.clone());
        let Some(next) = roster.roles.get(id) else { return };
        at = &next.supervisor;
    }
}
