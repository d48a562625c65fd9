//! What workers may use: the tools of their front matter, the sentences that permit, and what is known of the tools.

use super::{Looser, Pair, What, at, in_file};
use crate::catalogue::ToolName;
use crate::directives::Reading;
use crate::directives::rule::{Permit, Rule, ToolPattern};
use crate::gate::containment::tools_inside;
use crate::roster::{Position, PositionStatus};

pub(super) fn compare(pair: &Pair<'_>, found: &mut Vec<Looser>) {
    for position in pair.now.roster.positions.values() {
        of_position(pair, position, found);
    }
    for reading in pair.now.readings.iter().filter(|reading| !pair.was_there(reading)) {
        if let Rule::Permit(permit) = &reading.rule
            && !was_permitted(pair, reading, permit)
        {
            found.push(at(What::Right, format!("May be used: “{}”", reading.origin.text), reading));
        }
    }
    for reading in pair.was.readings.iter().filter(|reading| !pair.still_there(reading)) {
        if let Rule::Permit(permit) = &reading.rule
            && (permit.only || permit.nothing_else)
            && !still_only(pair, reading, permit)
        {
            found.push(at(What::Right, format!("No longer kept to these: “{}”", reading.origin.text), reading));
        }
    }
    tools(pair, found);
}

/// A position of a role file: its tools, what drives it, whether it works.
fn of_position(pair: &Pair<'_>, position: &Position, found: &mut Vec<Looser>) {
    let file = pair.now.roster.roles.get(&position.role).map(|role| role.file.clone()).unwrap_or_default();
    let mut tell = |what, says: String| {
        let place = Some(format!("{file}:{}", position.line));
        found.push(Looser { what, says, place, file: file.clone() });
    };
    let name = &position.name;
    let Some(was) = pair.was.roster.positions.get(&position.id) else {
        let may = if position.tools.is_empty() { "no tools".to_owned() } else { position.tools.join(", ") };
        tell(What::Right, format!("{name} is a new position, with {may}"));
        return;
    };
    let (now_tools, old_tools) = (patterns(&position.tools), patterns(&was.tools));
    let new: Vec<&str> = now_tools
        .iter()
        .filter(|tool| !tools_inside(std::slice::from_ref(tool), &old_tools))
        .map(|tool| tool.0.as_str())
        .collect();
    if !new.is_empty() {
        tell(What::Right, format!("{name} may use {}", new.join(", ")));
    }
    if freedom(position.status) > freedom(was.status) {
        tell(What::Right, format!("{name} works again"));
    }
    if position.person != was.person && position.person.is_some() {
        let who = position.person.as_deref().unwrap_or_default();
        tell(What::Person, format!("@{who} sits on the position {}", position.id));
    }
    if position.role != was.role {
        tell(What::Right, format!("{name} has another role, {}", position.role));
    }
    if position.driver != was.driver {
        tell(What::Right, format!("{name} is driven by something else than before"));
    }
    // A limit that lasts for some time from the day on which the position began.
    if position.since != was.since {
        tell(What::Bound, format!("{name} began on another day, from which limits of time count"));
    }
}

/// What a position can do in this state: nothing, look, act.
fn freedom(status: PositionStatus) -> u8 {
    match status {
        PositionStatus::Retired | PositionStatus::Paused => 0,
        PositionStatus::Shadow => 1,
        PositionStatus::Active => 2,
    }
}

fn patterns(tools: &[String]) -> Vec<ToolPattern> {
    tools.iter().cloned().map(ToolPattern).collect()
}

/// Whether sentences of the old set permitted all of this already.
fn was_permitted(pair: &Pair<'_>, reading: &Reading, rule: &Permit) -> bool {
    permits(pair.was).any(|(other, was)| {
        (other.role.is_none() || other.role == reading.role)
            && pair.by_both(|company| company.who_inside(&rule.who, &was.who))
            && tools_inside(&rule.tools, &was.tools)
    })
}

/// Whether a sentence of the new set keeps tools to these workers, or workers to these tools, as closely.
fn still_only(pair: &Pair<'_>, reading: &Reading, rule: &Permit) -> bool {
    let only = !rule.only
        || permits(pair.now).any(|(other, now)| {
            now.only
                && other.role == reading.role
                && tools_inside(&rule.tools, &now.tools)
                && pair.by_both(|company| company.who_inside(&now.who, &rule.who))
        });
    let nothing_else = !rule.nothing_else
        || permits(pair.now).any(|(other, now)| {
            now.nothing_else
                && other.role == reading.role
                && tools_inside(&now.tools, &rule.tools)
                && pair.by_both(|company| company.who_inside(&rule.who, &now.who))
        });
    only && nothing_else
}

fn permits(set: &crate::directives::Directives) -> impl Iterator<Item = (&Reading, &Permit)> {
    set.each(|rule| if let Rule::Permit(permit) = rule { Some(permit) } else { None })
}

/// A human accepted each tool of the lock; what is new in it is a grant all the same.
fn tools(pair: &Pair<'_>, found: &mut Vec<Looser>) {
    const FILE: &str = "tools.lock";
    for tool in pair.now.catalogue.iter() {
        let ToolName(name) = &tool.name;
        match pair.was.catalogue.get(&tool.name) {
            None => found.push(in_file(What::Tool, format!("{name} is a new tool"), FILE)),
            Some(was) if tool.binding.class < was.binding.class => {
                found.push(in_file(What::Tool, format!("{name} counts as less dangerous than before"), FILE));
            }
            Some(was) if tool.binding != was.binding => {
                found.push(in_file(What::Tool, format!("{name} is defined otherwise than before"), FILE));
            }
            Some(_) => {}
        }
    }
}
