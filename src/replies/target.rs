//! What a button's value may hold: ids, never authority, never a payload.

use crate::ids::{ApprovalId, TaskId};
use crate::workers::WorkerRef;

/// `T-18/agent:finance-agent`: a candidate's button carries the task and the candidate.
pub fn task_and_worker(task: TaskId, worker: &WorkerRef) -> String {
    format!("{task}/{worker}")
}

/// Reads what [`task_and_worker`] wrote; a bare task id has no worker.
pub fn read_task_and_worker(target: &str) -> Option<(TaskId, Option<WorkerRef>)> {
    match target.split_once('/') {
        None => Some((target.parse().ok()?, None)),
        Some((task, worker)) => Some((task.parse().ok()?, Some(worker.parse().ok()?))),
    }
}

/// `T-18/3`: a result's button carries the task and the number of the result.
pub fn task_and_result(task: TaskId, result: i64) -> String {
    format!("{task}/{result}")
}

/// Reads what [`task_and_result`] wrote.
pub fn read_task_and_result(target: &str) -> Option<(TaskId, i64)> {
    let (task, result) = target.split_once('/')?;
    Some((task.parse().ok()?, result.parse().ok()?))
}

/// `T-18/4.7/0`: an answer to choose, by the question that it answers and its place.
pub fn option_of(task: TaskId, question: &str, option: usize) -> String {
    format!("{task}/{question}/{option}")
}

/// Reads what [`option_of`] wrote.
pub fn read_option(target: &str) -> Option<(TaskId, String, usize)> {
    let (task, rest) = target.split_once('/')?;
    let (question, option) = rest.split_once('/')?;
    let (run, fence) = question.split_once('.')?;
    let numbers = run.parse::<u64>().is_ok() && fence.parse::<u64>().is_ok();
    numbers.then_some(())?;
    Some((task.parse().ok()?, question.to_owned(), option.parse().ok()?))
}

/// `A-31/2`: an approval and the page of its details, from 1.
pub fn approval_page(approval: ApprovalId, page: usize) -> String {
    format!("{approval}/{page}")
}

/// Reads what [`approval_page`] wrote; a bare approval is its first page.
pub fn read_approval_page(target: &str) -> Option<(ApprovalId, usize)> {
    match target.split_once('/') {
        None => Some((target.parse().ok()?, 1)),
        Some((approval, page)) => Some((approval.parse().ok()?, page.parse().ok().filter(|page| *page > 0)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_candidate_survives_the_way_to_slack_and_back() {
        let worker = WorkerRef::Agent("finance-agent".into());
        let target = task_and_worker(TaskId(18), &worker);
        assert_eq!(target, "T-18/agent:finance-agent");
        assert_eq!(read_task_and_worker(&target), Some((TaskId(18), Some(worker))));
        assert_eq!(read_task_and_worker("T-18"), Some((TaskId(18), None)));
        for bad in ["", "x", "T-18/", "T-18/boss", "A-1/human"] {
            assert_eq!(read_task_and_worker(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_option_survives_the_way_to_slack_and_back() {
        let target = option_of(TaskId(18), "4.7", 1);
        assert_eq!(read_option(&target), Some((TaskId(18), "4.7".to_owned(), 1)));
        for bad in ["", "T-18", "T-18/4.7", "T-18/x/1", "T-18/4/1", "T-18/4.7/", "A-1/4.7/1"] {
            assert_eq!(read_option(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_page_survives_the_way_to_slack_and_back() {
        assert_eq!(read_approval_page(&approval_page(ApprovalId(31), 2)), Some((ApprovalId(31), 2)));
        assert_eq!(read_approval_page("A-31"), Some((ApprovalId(31), 1)));
        for bad in ["", "A-31/", "A-31/0", "A-31/x", "T-1/2"] {
            assert_eq!(read_approval_page(bad), None, "{bad}");
        }
    }
}
