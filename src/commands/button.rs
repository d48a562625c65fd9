//! A button's click or a form's submission as the same [`Intent`] that a command gives.
//!
//! The target and the fields came back through Slack: they name what it is about and carry no authority.

use super::arguments::reason;
use super::asked::{Intent, Judgement, Query, StopWhat, To};
use crate::catalogue::ToolName;
use crate::ids::{ActionId, ApprovalId, InboxId, TaskId};
use crate::replies::Verb;
use crate::replies::human::TOOK;
use crate::replies::prompt_list::read_target;
use crate::replies::steering::DENY_REASONS;
use crate::replies::target::{read_approval_page, read_option, read_task_and_result, read_task_and_worker};
use crate::replies::unsure::NOBODY;

impl Intent {
    /// `None` for verbs that only open something or ask something, and for targets that are no id of the right kind.
    pub fn of_button(verb: Verb, target: &str, fields: &[(String, String)]) -> Option<Self> {
        let task = || target.parse::<TaskId>().ok();
        let approval = || target.parse::<ApprovalId>().ok();
        match verb {
            Verb::Approve => Some(Self::Approve { id: approval()? }),
            Verb::ApproveForm => approve_form(target, fields),
            Verb::EditForm => Some(Self::Edit { id: approval()?, fields: fields.to_vec() }),
            Verb::AskBackForm => Some(Self::AskBack { id: approval()?, text: words(fields)? }),
            Verb::AnswerBackForm => Some(Self::AnswerBack { id: approval()?, text: words(fields)? }),
            Verb::TakeOver => Some(Self::TakeOver { id: approval()? }),
            Verb::RecordForm => recorded(approval()?, fields),
            Verb::DenyForm => Some(Self::Deny { id: approval()?, reason: words(fields).or_else(|| preset(fields)) }),
            Verb::ApproveNextForm => Some(Self::ApproveNext { id: approval()?, next: super::grant::of_form(fields)? }),
            Verb::RevokeGrant => Some(Self::RevokeGrant { id: target.parse().ok()? }),
            Verb::ApproveList => read_target(target).map(|(list, revision)| Self::ApproveList { list, revision }),
            Verb::LookAtEach => Some(Self::LookAtEach { list: read_target(target)?.0 }),
            Verb::Undo => Some(Self::Undo { id: approval()? }),
            Verb::AskAgain => Some(Self::AskAgain { id: approval()? }),
            Verb::CancelTask => Some(Self::CancelTask { id: task()? }),
            Verb::ReassignTo => reassigned(target, fields),
            Verb::TakeIt => Some(Self::TakeIt { task: task()? }),
            Verb::Accept => Some(Self::Accept { task: task()? }),
            Verb::HandOverTo => Some(Self::HandOver { task: task()?, to: chosen(fields)? }),
            Verb::DoneForm => Some(done(task()?, fields)),
            Verb::AnswerForm => Some(Self::Answer { task: task()?, text: field(fields, "words")?.trim().to_owned() }),
            Verb::AnswerWith => offered(target),
            Verb::ItHappened => Some(Self::ItHappened { action: action(target)? }),
            Verb::ItDidNot => Some(Self::ItDidNot { action: action(target)? }),
            Verb::LeaveIt => Some(Self::LeaveIt { action: action(target)? }),
            Verb::UseEdit => Some(Self::UseEdit { task: task()? }),
            Verb::IgnoreEdit => Some(Self::IgnoreEdit { task: task()? }),
            Verb::RecordReviewForm => Some(Self::RecordReview { position: id_like(target)?, notes: words(fields) }),
            Verb::StartWorkflowForm => super::start::of_form(fields).map(|start| Self::StartWorkflow { start }),
            Verb::StopAll => Some(Self::Stop { what: StopWhat::Everything, confirmed: true }),
            Verb::Resume | Verb::ResumeNow => resumed(target, verb == Verb::ResumeNow),
            Verb::AcceptTool => tool_and_digest(target).map(|(tool, digest)| Self::AcceptTool { tool, digest }),
            Verb::KeepToolOff => tool_and_digest(target).map(|(tool, digest)| Self::KeepToolOff { tool, digest }),
            Verb::ShareHere => Some(Self::ShareHere { command: target.to_owned() }),
            Verb::RetryFailed => Some(Self::RetryFailed { letter: InboxId(target.parse().ok()?) }),
            Verb::TakeEffect => Some(Self::TakeEffect { change: target.parse().ok()? }),
            Verb::LeaveOut => Some(Self::LeaveOut { change: target.parse().ok()? }),
            Verb::ProposeRule => Some(Self::ProposeRule { text: id_like(target)? }),
            Verb::TakeIn => Some(Self::TakeIn { proposal: target.parse().ok()? }),
            Verb::LeaveRule => Some(Self::LeaveRule { proposal: target.parse().ok()? }),
            Verb::DropFailed => Some(Self::DropFailed { letter: InboxId(target.parse().ok()?) }),
            Verb::UseIt => judged(target, Judgement::Use),
            Verb::RefineForm => judged(target, Judgement::Refine { words: words(fields)? }),
            Verb::NotRightForm => judged(target, Judgement::Wrong { why: words(fields), to: chosen(fields) }),
            Verb::JudgeRight => judged(target, Judgement::Right),
            Verb::JudgeWrong => judged(target, Judgement::Wrong { why: None, to: None }),
            Verb::TrustAgain => Some(Self::LiftGuard { guard: guard_like(target)? }),
            Verb::BudgetMore => Some(Self::RaiseBudget { budget: budget_like(target)? }),
            Verb::ApproveNext
            | Verb::Deny
            | Verb::Details
            | Verb::EditFirst
            | Verb::AskBack
            | Verb::AnswerBack
            | Verb::Record
            | Verb::Reassign
            | Verb::HandOver
            | Verb::Done
            | Verb::Answer
            | Verb::RecordReview
            | Verb::StartWorkflow
            | Verb::Refine
            | Verb::NotRight
            | Verb::Why => None,
        }
    }
}

fn words(fields: &[(String, String)]) -> Option<String> {
    field(fields, "words").and_then(reason)
}

fn offered(target: &str) -> Option<Intent> {
    read_option(target).map(|(task, question, option)| Intent::Choose { task, question, option })
}

fn resumed(target: &str, confirmed: bool) -> Option<Intent> {
    Some(Intent::Resume { what: super::arguments::stop_what(target)?, confirmed })
}

fn approve_form(target: &str, fields: &[(String, String)]) -> Option<Intent> {
    let typed = field(fields, "typed").map(str::to_owned);
    Some(Intent::ApproveForm { id: read_approval_page(target)?.0, typed })
}

fn done(task: TaskId, fields: &[(String, String)]) -> Intent {
    let took = field(fields, TOOK).map(|took| took.trim().to_owned()).filter(|took| !took.is_empty());
    Intent::Done { task, note: field(fields, "words").and_then(reason), took }
}

fn recorded(id: ApprovalId, fields: &[(String, String)]) -> Option<Intent> {
    let done = field(fields, "done")? == "yes";
    Some(Intent::Record { id, done, fields: fields.to_vec() })
}

fn reassigned(target: &str, fields: &[(String, String)]) -> Option<Intent> {
    let (task, worker) = read_task_and_worker(target)?;
    let to = worker.map(To::Worker).or_else(|| chosen(fields))?;
    Some(Intent::Reassign { task, to })
}

impl Query {
    /// The buttons that only ask.
    pub fn of_button(verb: Verb, target: &str) -> Option<Self> {
        match verb {
            Verb::Why => Some(Self::Why { task: target.parse().ok()? }),
            Verb::Approve
            | Verb::ApproveNext
            | Verb::ApproveNextForm
            | Verb::RevokeGrant
            | Verb::ApproveList
            | Verb::LookAtEach
            | Verb::Undo
            | Verb::ApproveForm
            | Verb::EditFirst
            | Verb::EditForm
            | Verb::AskBack
            | Verb::AskBackForm
            | Verb::AnswerBack
            | Verb::AnswerBackForm
            | Verb::TakeOver
            | Verb::Record
            | Verb::RecordForm
            | Verb::Deny
            | Verb::DenyForm
            | Verb::Details
            | Verb::AskAgain
            | Verb::CancelTask
            | Verb::Reassign
            | Verb::ReassignTo
            | Verb::TakeIt
            | Verb::Accept
            | Verb::HandOver
            | Verb::HandOverTo
            | Verb::Done
            | Verb::DoneForm
            | Verb::Answer
            | Verb::AnswerForm
            | Verb::AnswerWith
            | Verb::ItHappened
            | Verb::ItDidNot
            | Verb::LeaveIt
            | Verb::UseEdit
            | Verb::IgnoreEdit
            | Verb::RecordReview
            | Verb::RecordReviewForm
            | Verb::StartWorkflow
            | Verb::StartWorkflowForm
            | Verb::StopAll
            | Verb::Resume
            | Verb::ResumeNow
            | Verb::AcceptTool
            | Verb::KeepToolOff
            | Verb::ShareHere
            | Verb::RetryFailed
            | Verb::DropFailed
            | Verb::TakeEffect
            | Verb::LeaveOut
            | Verb::ProposeRule
            | Verb::TakeIn
            | Verb::LeaveRule
            | Verb::BudgetMore
            | Verb::UseIt
            | Verb::Refine
            | Verb::RefineForm
            | Verb::NotRight
            | Verb::NotRightForm
            | Verb::JudgeRight
            | Verb::JudgeWrong
            | Verb::TrustAgain => None,
        }
    }
}

fn field<'a>(fields: &'a [(String, String)], id: &str) -> Option<&'a str> {
    fields.iter().find(|(name, value)| name == id && !value.trim().is_empty()).map(|(_, value)| value.as_str())
}

/// The label of a preset reason; a value that is none of ours is no reason.
fn preset(fields: &[(String, String)]) -> Option<String> {
    let value = field(fields, "reason")?;
    DENY_REASONS.iter().find(|(known, _)| *known == value).map(|(_, label)| (*label).to_owned())
}

/// The person of the picker, else the worker of the list.
fn chosen(fields: &[(String, String)]) -> Option<To> {
    if let Some(account) = field(fields, "person") {
        return Some(To::Account(account.to_owned()));
    }
    match field(fields, "worker") {
        None | Some(NOBODY) => None,
        Some(worker) => worker.parse().ok().map(To::Worker),
    }
}

fn action(target: &str) -> Option<ActionId> {
    target.parse().ok().map(ActionId)
}

/// `agent:finance-agent|week|USD@1795132800000000`: what a budget's key and the start of its window look like.
fn budget_like(target: &str) -> Option<String> {
    let (key, from) = target.rsplit_once('@')?;
    (key.split('|').count() == 3 && from.parse::<i64>().is_ok()).then(|| target.to_owned())
}

fn judged(target: &str, judgement: Judgement) -> Option<Intent> {
    let (task, result) = read_task_and_result(target)?;
    Some(Intent::Judge { task, result, judgement })
}

/// `finance-agent|acceptance|below|80000000|30`: what a guard's key looks like.
fn guard_like(target: &str) -> Option<String> {
    (target.split('|').count() == 5).then(|| target.to_owned())
}

/// `billing.refund@sha256:0c1d…`
fn tool_and_digest(target: &str) -> Option<(ToolName, String)> {
    let (tool, digest) = target.split_once('@')?;
    let hex = digest.strip_prefix("sha256:")?;
    let fits = tool.contains('.') && !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| (ToolName(tool.to_owned()), digest.to_owned()))
}

fn id_like(target: &str) -> Option<String> {
    (!target.trim().is_empty()).then(|| target.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replies::Opens;
    use crate::workers::WorkerRef;

    fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_button_and_a_command_give_the_same_intent() {
        let same = |verb, target, text| {
            let intent = Intent::of_button(verb, target, &[]).unwrap();
            assert_eq!(super::super::parse(text), super::super::Asked::Intent(intent), "{text}");
        };
        same(Verb::Approve, "A-31", "approve A-31");
        same(Verb::DenyForm, "A-31", "deny A-31");
        same(Verb::AskAgain, "A-31", "ask-again A-31");
        same(Verb::CancelTask, "T-17", "cancel T-17");
        same(Verb::TakeIt, "T-17", "take T-17");
        same(Verb::Accept, "T-17", "accept T-17");
        same(Verb::DoneForm, "T-17", "done T-17");
        same(Verb::Resume, "finance-agent", "resume finance-agent");
        same(Verb::Resume, "all", "resume all");
    }

    #[test]
    fn forms_bring_their_fields() {
        let deny = |pairs| Intent::of_button(Verb::DenyForm, "A-31", &fields(pairs));
        let reason = |text: &str| Some(Intent::Deny { id: ApprovalId(31), reason: Some(text.to_owned()) });
        assert_eq!(deny(&[("reason", "policy")]), reason("Against our rules"));
        assert_eq!(deny(&[("reason", "policy"), ("words", " Replace it. ")]), reason("Replace it."));
        assert_eq!(deny(&[("reason", "forged")]), Some(Intent::Deny { id: ApprovalId(31), reason: None }));

        let reassign = |target, pairs| Intent::of_button(Verb::ReassignTo, target, &fields(pairs));
        let to = |to| Some(Intent::Reassign { task: TaskId(18), to });
        let finn = || To::Worker(WorkerRef::Agent("finance-agent".into()));
        assert_eq!(reassign("T-18/agent:finance-agent", &[]), to(finn()));
        assert_eq!(reassign("T-18", &[("worker", "agent:finance-agent")]), to(finn()));
        assert_eq!(reassign("T-18", &[("worker", "nobody"), ("person", "U0KIM")]), to(To::Account("U0KIM".into())));
        assert_eq!(reassign("T-18", &[("worker", "nobody")]), None);
    }

    #[test]
    fn what_opens_something_changes_nothing_and_junk_is_nothing() {
        for verb in Verb::ALL {
            if verb.opens() != Opens::Nothing {
                for target in ["A-31", "T-17", "88", "finance-agent"] {
                    assert_eq!(Intent::of_button(*verb, target, &[]), None, "{verb}");
                }
            }
            for junk in ["", "x y", "A-", "T-1/boss", "-", "🙂"] {
                let (intent, query) = (Intent::of_button(*verb, junk, &[]), Query::of_button(*verb, junk));
                let by_name = matches!(
                    verb,
                    Verb::StopAll
                        | Verb::Resume
                        | Verb::ResumeNow
                        | Verb::ShareHere
                        | Verb::RecordReviewForm
                        | Verb::ProposeRule
                );
                assert!(by_name || (intent.is_none() && query.is_none()), "{verb} {junk}");
            }
        }
        assert_eq!(Query::of_button(Verb::Why, "T-17"), Some(Query::Why { task: TaskId(17) }));
    }
}
