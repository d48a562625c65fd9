//! `workflow [NAME]`: what the directives say, and what is under way.

use super::super::FlowError;
use super::super::says::cited_origin;
use super::super::workflow::definition;
use super::Told;
use super::seen::Viewer;
use crate::commands::workflow::{RunLine, WorkflowAnswer, WorkflowLine, WorkflowsAnswer, render, render_list};
use crate::directives::workflow::Workflow;
use crate::replies::refusals::Refusal;
use crate::roster::names::nearest;
use crate::workflows::plan::standing;
use crate::workflows::{WorkflowRun, WorkflowState, store};

/// So many runs of a workflow are listed.
const LISTED: i64 = 10;

pub(super) async fn answer(viewer: &Viewer<'_>, name: Option<&str>) -> Result<Told, FlowError> {
    let directives = &viewer.moment.directives;
    let Some(name) = name else {
        let mut workflows = Vec::new();
        for workflow in &directives.workflows {
            workflows.push(line(viewer, workflow).await?);
        }
        return Ok(Ok(render_list(&WorkflowsAnswer { workflows, as_of: viewer.moment.now })));
    };
    let wanted = name.to_lowercase();
    let Some(workflow) = directives.workflows.iter().find(|workflow| workflow.name.to_lowercase() == wanted) else {
        let known = nearest(name, directives.workflows.iter().map(|workflow| workflow.name.as_str()));
        return Ok(Err(Refusal::NoSuchWorkflow { text: name.to_owned(), nearest: known.map(str::to_owned) }));
    };
    let names = viewer.names();
    let mut runs = Vec::new();
    for run in store::of_name(&viewer.app.store, &workflow.name, LISTED).await? {
        let stands = stands(viewer, &run).await?;
        runs.push(RunLine { task: run.task, stands, since: run.ended.unwrap_or(run.created) });
    }
    let answer = WorkflowAnswer {
        line: line(viewer, workflow).await?,
        steps: workflow.steps.iter().map(|step| definition(&names, step)).collect(),
        runs,
        as_of: viewer.moment.now,
    };
    Ok(Ok(render(&answer)))
}

async fn line(viewer: &Viewer<'_>, workflow: &Workflow) -> Result<WorkflowLine, FlowError> {
    Ok(WorkflowLine {
        name: workflow.name.clone(),
        steps: u32::try_from(workflow.steps.len()).unwrap_or(u32::MAX),
        running: store::count_running(&viewer.app.store, &workflow.name).await?,
        rule: (!workflow.text.is_empty()).then(|| cited_origin(&workflow.origin())),
    })
}

async fn stands(viewer: &Viewer<'_>, run: &WorkflowRun) -> Result<String, FlowError> {
    Ok(match run.state {
        WorkflowState::Done => "done".to_owned(),
        WorkflowState::Failed => "stopped".to_owned(),
        WorkflowState::Cancelled => "cancelled".to_owned(),
        WorkflowState::Running => {
            let journal = store::entries_now(&viewer.app.store, run.id).await?;
            let over = |step| standing(&run.workflow, step, &journal, viewer.moment.now).is_over();
            let done = run.workflow.steps.iter().filter(|step| over(step)).count();
            format!("{done} of {} steps done", run.workflow.steps.len())
        }
    })
}
