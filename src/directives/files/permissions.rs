//! Least privilege across files: what front matter grants, what sentences grant, and where the two disagree.

use std::ops::Range;

use super::File;
use super::steps::tool_help_for;
use crate::catalogue::{Catalogue, ToolName};
use crate::directives::diagnostics::Problem;
use crate::directives::rule::{Permit, Rule, ToolPattern};
use crate::directives::{PlaybookSource, Reading, StepAct};
use crate::roster::{Driver, Position, PositionStatus, Roster};
use crate::workers::WorkerRef;

/// Checks tools of positions and playbooks against the catalogue and against the sentences.
pub fn check(
    files: &[File<'_>],
    read: &[Reading],
    playbooks: &[PlaybookSource],
    roster: &Roster,
    catalogue: &Catalogue,
    problems: &mut Vec<Problem>,
) {
    let permits: Vec<(&Reading, &Permit)> = read
        .iter()
        .filter_map(|reading| if let Rule::Permit(permit) = &reading.rule { Some((reading, permit)) } else { None })
        .collect();
    for file in files {
        let Some(draft) = &file.draft else { continue };
        for position in &draft.positions {
            let Some(settled) = roster.positions.get(&position.position.id) else { continue };
            for tool in &position.tools {
                let grant = Grant { file, position: settled, pattern: &tool.value, range: tool.range.clone() };
                grant.check(&permits, roster, catalogue, problems);
            }
        }
    }
    for playbook in playbooks {
        let Some(file) = files.iter().find(|file| file.source.file == playbook.origin.file) else { continue };
        check_playbook(file, playbook, &permits, roster, problems);
    }
    for reading in read {
        check_allow(reading, &permits, roster, catalogue, problems);
    }
}

/// One tool pattern in the front matter of one position.
struct Grant<'a, 't> {
    file: &'a File<'t>,
    position: &'a Position,
    pattern: &'a str,
    range: Range<usize>,
}

impl Grant<'_, '_> {
    fn check(
        &self,
        permits: &[(&Reading, &Permit)],
        roster: &Roster,
        catalogue: &Catalogue,
        problems: &mut Vec<Problem>,
    ) {
        let tools: Vec<&ToolName> = catalogue.matching(self.pattern).map(|tool| &tool.name).collect();
        if tools.is_empty() {
            let what = format!("there is no tool `{}`", self.pattern);
            let problem = self.file.source.error("unknown-tool", self.range.clone(), what);
            problems.push(problem.with_help(tool_help_for(self.pattern, catalogue)));
            return;
        }
        for (reading, permit) in permits {
            let named = permit.who.iter().any(|who| covers(who, self.position, roster));
            let outside = if permit.only && !named {
                tools.iter().find(|tool| permit.tools.iter().any(|pattern| pattern.covers(tool)))
            } else if permit.nothing_else && named {
                tools.iter().find(|tool| !granted_by_sentences(tool, self.position, permits, roster))
            } else {
                None
            };
            let Some(tool) = outside else { continue };
            let what = format!(
                "{} may use `{tool}` by this line, but not by {}:{}: “{}”",
                self.position.name, reading.origin.file, reading.origin.line, reading.origin.text
            );
            let problem = self.file.source.error("wider-than-sentence", self.range.clone(), what);
            let problem = problem.with_related(&reading.origin.file, reading.origin.line);
            problems.push(problem.with_help("list only the tools that the sentence allows"));
            // One sentence is enough to show that the pattern is too wide.
            return;
        }
    }
}

/// Whether `who` means this position, alone or with others.
pub fn covers(who: &WorkerRef, position: &Position, roster: &Roster) -> bool {
    match who {
        WorkerRef::Agent(id) => *id == position.id,
        WorkerRef::Role(id) => *id == position.role,
        WorkerRef::Team(id) => roster.roles.get(&position.role).is_some_and(|role| role.team.as_ref() == Some(id)),
        WorkerRef::Person(handle) => position.person.as_ref() == Some(handle),
        WorkerRef::Channel(_)
        | WorkerRef::Bot(_)
        | WorkerRef::Human
        | WorkerRef::Owner
        | WorkerRef::Supervisor
        | WorkerRef::Requester
        | WorkerRef::RequesterManager => false,
    }
}

fn granted_by_sentences(
    tool: &ToolName,
    position: &Position,
    permits: &[(&Reading, &Permit)],
    roster: &Roster,
) -> bool {
    permits.iter().any(|(_, permit)| {
        permit.who.iter().any(|who| covers(who, position, roster)) && permit.tools.iter().any(|p| p.covers(tool))
    })
}

fn granted(tool: &ToolName, position: &Position, permits: &[(&Reading, &Permit)], roster: &Roster) -> bool {
    position.tools.iter().any(|pattern| tool.matches(pattern)) || granted_by_sentences(tool, position, permits, roster)
}

/// A playbook's steps stay within what the position that runs it may use.
fn check_playbook(
    file: &File<'_>,
    playbook: &PlaybookSource,
    permits: &[(&Reading, &Permit)],
    roster: &Roster,
    problems: &mut Vec<Problem>,
) {
    let runners: Vec<&Position> = roster
        .positions_of(&playbook.role)
        .filter(|p| p.driver == Driver::Playbook && p.status != PositionStatus::Retired)
        .collect();
    let line_range = |line: u32| {
        let at = file.source.offset(usize::try_from(line).unwrap_or(usize::MAX), 1);
        let raw = file.source.text[at..].lines().next().unwrap_or_default();
        at + (raw.len() - raw.trim_start().len())..at + raw.trim_end().len()
    };
    if runners.is_empty() {
        let what = format!("nobody runs this playbook: no position of {} has `driver: playbook`", playbook.role);
        problems.push(file.source.warning("playbook-unused", line_range(playbook.origin.line), what));
    }
    for step in &playbook.steps {
        let Some(tool) = tool_of(&step.act) else { continue };
        for position in runners.iter().filter(|position| !granted(tool, position, permits, roster)) {
            let what = format!("{} may not use `{tool}`", position.name);
            let problem = file.source.error("tool-not-permitted", line_range(step.line), what);
            problems.push(problem.with_help(format!("add {tool} to its `tools`, or take the step out")));
        }
    }
}

pub(super) fn tool_of(act: &StepAct) -> Option<&ToolName> {
    match act {
        StepAct::Call { tool, .. } => Some(tool),
        StepAct::If { then, .. } => tool_of(then),
        StepAct::Answer { .. } | StepAct::Ask { .. } | StepAct::HandOver { .. } | StepAct::Stop => None,
    }
}

/// "May X without approval" grants no tool: where none of its workers has one, the sentence does nothing.
fn check_allow(
    reading: &Reading,
    permits: &[(&Reading, &Permit)],
    roster: &Roster,
    catalogue: &Catalogue,
    problems: &mut Vec<Problem>,
) {
    let Rule::Allow(allow) = &reading.rule else { return };
    let meant = |position: &&Position| {
        (allow.who.is_empty() || allow.who.iter().any(|who| covers(who, position, roster)))
            && reading.role.as_ref().is_none_or(|role| *role == position.role)
    };
    let tools: Vec<&ToolName> = catalogue
        .iter()
        .map(|tool| &tool.name)
        .filter(|name| allow.tools.iter().any(|pattern: &ToolPattern| pattern.covers(name)))
        .collect();
    let someone = roster
        .positions
        .values()
        .filter(|p| p.status != PositionStatus::Retired)
        .filter(meant)
        .any(|position| tools.iter().any(|tool| granted(tool, position, permits, roster)));
    if someone || tools.is_empty() {
        return;
    }
    let names: Vec<String> = tools.iter().map(|tool| format!("`{tool}`")).collect();
    problems.push(Problem {
        severity: crate::directives::diagnostics::Severity::Warning,
        code: "allow-without-tool".to_owned(),
        file: reading.origin.file.clone(),
        line: reading.origin.line,
        column: reading.origin.column,
        message: format!("nobody whom this sentence frees from approval may use {}", names.join(" or ")),
        help: Some(
            "“without approval” grants no tool; add it to the front matter's `tools`, or write “may use”".to_owned(),
        ),
        length: u32::try_from(reading.origin.text.chars().count()).unwrap_or(u32::MAX),
        related: None,
        suggestion: None,
    });
}

/// Every worker that a rule names.
pub fn workers_of(rule: &Rule) -> Vec<&WorkerRef> {
    match rule {
        Rule::Route(rule) => rule.to.iter().collect(),
        Rule::Escalate(rule) => rule.to.iter().chain(&rule.who).collect(),
        Rule::Approve(rule) => rule.by.iter().chain(&rule.who).collect(),
        Rule::Allow(rule) => rule.who.iter().collect(),
        Rule::Forbid(rule) => rule.who.iter().collect(),
        Rule::Permit(rule) => rule.who.iter().collect(),
        Rule::Before(rule) => rule.who.iter().collect(),
        Rule::Budget(rule) => rule.who.iter().collect(),
        Rule::Expect(rule) => rule.who.iter().collect(),
        Rule::Review(rule) => rule.who.iter().chain(&rule.remind).collect(),
        Rule::Sample(rule) => rule.who.iter().chain(&rule.by).collect(),
        Rule::Guard(rule) => rule.who.iter().chain(&rule.to).collect(),
        Rule::Autonomy(rule) => rule.who.iter().collect(),
        Rule::Schedule(rule) => rule.who.iter().chain(&rule.to).collect(),
        Rule::Cover(rule) => std::iter::once(&rule.person).chain(&rule.by).collect(),
        Rule::Hours(rule) => rule.who.iter().collect(),
        Rule::Guidance(rule) => rule.who.iter().collect(),
        Rule::Define(_) | Rule::Prioritise(_) => Vec::new(),
    }
}
