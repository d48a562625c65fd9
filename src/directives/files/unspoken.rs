//! Agents that hold a tool of which no sentence speaks: nobody may have thought of what they can do with it. A warning, because
//! such a call still waits for the agent's owner. A tool that only reads runs anyway, and needs no sentence.

use super::File;
use super::permissions::covers;
use crate::catalogue::{Catalogue, Class, ToolName};
use crate::directives::diagnostics::Problem;
use crate::directives::rule::{Rule, ToolPattern};
use crate::directives::{PlaybookSource, Reading};
use crate::roster::{Driver, Position, PositionStatus, Roster};
use crate::workers::WorkerRef;

/// Looks at each pattern of each agent's `tools`; `playbooks` are deterministic, and what they name is spoken of.
pub fn check(
    files: &[File<'_>],
    read: &[Reading],
    playbooks: &[PlaybookSource],
    roster: &Roster,
    catalogue: &Catalogue,
    problems: &mut Vec<Problem>,
) {
    for file in files {
        let Some(draft) = &file.draft else { continue };
        for position in &draft.positions {
            let Some(settled) = roster.positions.get(&position.position.id) else { continue };
            if settled.driver == Driver::Human || settled.status == PositionStatus::Retired {
                continue;
            }
            for pattern in &position.tools {
                let unspoken: Vec<&ToolName> = catalogue
                    .matching(&pattern.value)
                    .filter(|tool| tool.binding.class != Class::Read)
                    .map(|tool| &tool.name)
                    .filter(|tool| !read.iter().any(|reading| speaks_of(&reading.rule, tool, settled, roster)))
                    .filter(|tool| !in_a_playbook(tool, settled, playbooks))
                    .collect();
                if unspoken.is_empty() {
                    continue;
                }
                let names: Vec<String> = unspoken.iter().map(|tool| format!("`{tool}`")).collect();
                let what = format!(
                    "{} may use {}, and no sentence says when: each call waits for the owner",
                    settled.name,
                    names.join(" and ")
                );
                let problem = file.source.warning("unspoken-tool", pattern.range.clone(), what);
                problems.push(problem.with_help(
                    "write who approves it, that it runs without approval, or that it never happens; or take it out of `tools`",
                ));
            }
        }
    }
}

/// Whether a rule is about this tool in the hands of this agent, or says what the tool is.
fn speaks_of(rule: &Rule, tool: &ToolName, position: &Position, roster: &Roster) -> bool {
    let everyone: &[WorkerRef] = &[];
    let (tools, who): (&[ToolPattern], &[WorkerRef]) = match rule {
        Rule::Approve(rule) => (&rule.tools, &rule.who),
        Rule::Allow(rule) => (&rule.tools, &rule.who),
        Rule::Forbid(rule) => (&rule.tools, &rule.who),
        Rule::Permit(rule) => (&rule.tools, &rule.who),
        Rule::Before(rule) => (&rule.tools, &rule.who),
        Rule::Autonomy(rule) => (&rule.tools, &rule.who),
        Rule::Define(rule) => (&rule.tools, everyone),
        Rule::Route(_)
        | Rule::Escalate(_)
        | Rule::Prioritise(_)
        | Rule::Budget(_)
        | Rule::Expect(_)
        | Rule::Review(_)
        | Rule::Sample(_)
        | Rule::Guard(_)
        | Rule::Schedule(_)
        | Rule::Cover(_)
        | Rule::Hours(_)
        | Rule::Guidance(_) => return false,
    };
    let meant = who.is_empty() || who.iter().any(|one| covers(one, position, roster));
    meant && tools.iter().any(|pattern| pattern.covers(tool))
}

fn in_a_playbook(tool: &ToolName, position: &Position, playbooks: &[PlaybookSource]) -> bool {
    let own = playbooks.iter().filter(|playbook| position.driver == Driver::Playbook && playbook.role == position.role);
    own.flat_map(|playbook| &playbook.steps).any(|step| super::permissions::tool_of(&step.act) == Some(tool))
}
