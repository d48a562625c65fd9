//! `workflow [NAME]`: the workflows that there are, or one of them with what is under way and a button that begins one.

use serde::{Deserialize, Serialize};

use super::arguments::{bare, strip_word};
use super::asked::{Asked, Query};
use super::spec::{Group, InMention, Spec};
use crate::clock::Timestamp;
use crate::ids::TaskId;
use crate::replies::Verb;
use crate::replies::card::{Button, Card};
use crate::replies::compose::{bold, code, day_and_clock, text};
use crate::replies::named::Cited;
use crate::replies::wording::counted;
use crate::replies::workflow::{PlanStep, line};

pub const SPEC: Spec = Spec {
    name: "workflow",
    aliases: &["workflows"],
    group: Group::Ask,
    usage: "workflow [NAME]",
    about: "List the workflows, or show one: its steps, who does them, what is under way",
    examples: &["workflow", "workflow onboarding"],
    read,
    mention: InMention::AloneOrId,
};

fn read(rest: &str) -> Asked {
    let name = bare(rest.trim()).trim_matches(['"', '“', '”', '`']);
    if name.is_empty() {
        return Asked::Query(Query::Workflow { name: None });
    }
    let verbs = ["start", "run", "begin"];
    if let Some(rest) = verbs.iter().find_map(|verb| strip_word(name, verb)) {
        return (super::start::SPEC.read)(rest);
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    if let Some(at) = words.iter().skip(1).position(|word| verbs.contains(&word.to_lowercase().as_str())) {
        let (before, after) = words.split_at(at + 1);
        return (super::start::SPEC.read)(&[before, &after[1..]].concat().join(" "));
    }
    Asked::Query(Query::Workflow { name: Some(name.to_owned()) })
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowsAnswer {
    pub workflows: Vec<WorkflowLine>,
    pub as_of: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowLine {
    pub name: String,
    pub steps: u32,
    pub running: i64,
    /// The trigger; `None`: only its name starts it.
    pub rule: Option<Cited>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowAnswer {
    pub line: WorkflowLine,
    pub steps: Vec<PlanStep>,
    /// The newest first.
    pub runs: Vec<RunLine>,
    pub as_of: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunLine {
    pub task: TaskId,
    /// "3 of 5 steps done", "done", "cancelled".
    pub stands: String,
    pub since: Timestamp,
}

/// All workflows, one line each.
pub fn render_list(answer: &WorkflowsAnswer) -> Card {
    if answer.workflows.is_empty() {
        return Card::new("No workflows")
            .line([bold("There are no workflows.")])
            .note([text("A file in directives/workflows/ is one: when it starts, and a list of who does what.")]);
    }
    let mut card = Card::new(counted(answer.workflows.len() as i64, "workflow"))
        .line([bold(counted(answer.workflows.len() as i64, "workflow"))]);
    for workflow in &answer.workflows {
        card = card.line(head(workflow));
    }
    card.note([text("workflow NAME shows its steps · "), day_and_clock(answer.as_of)])
}

fn head(workflow: &WorkflowLine) -> Vec<crate::replies::card::Span> {
    let running =
        if workflow.running == 0 { "none under way".to_owned() } else { format!("{} under way", workflow.running) };
    let mut spans = vec![
        text("• "),
        bold(workflow.name.clone()),
        text(format!(" · {} · {running} · ", counted(i64::from(workflow.steps), "step"))),
    ];
    match &workflow.rule {
        Some(rule) => spans.extend(rule.quoted()),
        None => spans.extend([text("only started by its name, as "), code(format!("start {}", workflow.name))]),
    }
    spans
}

/// One workflow: its steps, then what is under way.
pub fn render(answer: &WorkflowAnswer) -> Card {
    let mut card = Card::new(format!("Workflow {}", answer.line.name)).line(head(&answer.line));
    for step in &answer.steps {
        card = card.line(line(step));
    }
    for run in &answer.runs {
        card = card.line([text(format!("{} · {} · since ", run.task, run.stands)), day_and_clock(run.since)]);
    }
    let begin = Button::new("Start", Verb::StartWorkflow, answer.line.name.clone());
    card.note([text(format!("Or mention me with “start {}” · ", answer.line.name)), day_and_clock(answer.as_of)])
        .buttons([begin.spoken(format!("Start {}", answer.line.name))])
}

#[cfg(test)]
mod tests {
    use super::super::asked::Intent;
    use super::super::fixtures::*;
    use super::*;
    use crate::replies::workflow::StepState;

    #[test]
    fn it_reads_a_name_or_what_shall_begin() {
        assert_eq!(read(""), Asked::Query(Query::Workflow { name: None }));
        assert_eq!(read(" onboarding "), Asked::Query(Query::Workflow { name: Some("onboarding".into()) }));
        for text in ["start onboarding for Mia", "onboarding start for Mia"] {
            let Asked::Intent(Intent::StartWorkflow { start }) = read(text) else { panic!("{text}") };
            assert_eq!(start.words, "onboarding for Mia");
        }
    }

    #[test]
    fn a_workflow_shows_its_steps_and_what_is_under_way() {
        let line = WorkflowLine {
            name: "onboarding".into(),
            steps: 1,
            running: 1,
            rule: Some(cited("When someone joins the company:", "workflows/onboarding.md", 3)),
        };
        let answer = WorkflowAnswer {
            line: line.clone(),
            steps: vec![PlanStep {
                n: 1,
                who: who("Hana (HR)"),
                what: "create the account".into(),
                nature: "execution".into(),
                by: "an agent".into(),
                state: StepState::Waiting { after: vec![] },
            }],
            runs: vec![RunLine { task: TaskId(17), stands: "0 of 1 steps done".into(), since: at(9, 0) }],
            as_of: at(10, 2),
        };
        insta::assert_snapshot!(render(&answer).to_plain(), @r"
        • *onboarding* · 1 step · 1 under way · “When someone joins the company:” `workflows/onboarding.md:3`
        :white_circle: 1. *Hana (HR)*: create the account · _execution by an agent_
        T-17 · 0 of 1 steps done · since 20 Nov 09:00
        · Or mention me with “start onboarding” · 20 Nov 10:02
        [Start]
        ");
        let list = WorkflowsAnswer { workflows: vec![WorkflowLine { rule: None, ..line }], as_of: at(10, 2) };
        insta::assert_snapshot!(render_list(&list).to_plain(), @r"
        *1 workflow*
        • *onboarding* · 1 step · 1 under way · only started by its name, as `start onboarding`
        · workflow NAME shows its steps · 20 Nov 10:02
        ");
    }
}
