//! The closed lists of what can be asked.

use serde::{Deserialize, Serialize};

use super::grant::Next;
use super::start::Start;
use crate::catalogue::ToolName;
use crate::ids::{ActionId, ApprovalId, ChangeId, GrantId, InboxId, ListId, ProposalId, TaskId};
use crate::replies::Verb;
use crate::workers::WorkerRef;

/// A text, understood or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    Query(Query),
    Intent(Intent),
    /// No command; `nearest` is the one that was probably meant.
    Unclear {
        nearest: Option<&'static str>,
    },
    /// Something to fill in: opens the form behind this button.
    Form {
        verb: Verb,
        target: String,
    },
    /// A command whose arguments do not fit; the sentence says what to write, and `command` is whose help to show.
    Incomplete {
        command: &'static str,
        say: String,
    },
}

/// Read-only; answered in the acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// Bare `/workforce`: my approvals and my work.
    Home,
    Help {
        topic: Option<String>,
    },
    /// A name, a position, a role or a topic.
    WhoOwns {
        text: String,
    },
    /// `None`: what runs and waits now.
    Status {
        of: Option<Subject>,
    },
    Why {
        task: TaskId,
    },
    Approvals,
    /// How people approve, where a sentence turned that on.
    ApproverHealth,
    /// Standing grants.
    Grants,
    /// `None`: the asker's own; else a name or a team.
    Workload {
        who: Option<String>,
    },
    /// `None`: all of them.
    Workflow {
        name: Option<String>,
    },
    Costs {
        who: Option<String>,
        period: Option<String>,
    },
    /// What is due.
    Reviews,
    ReviewCard {
        name: String,
    },
    Directives,
    /// Where this text would go, and by which line.
    Explain {
        text: String,
    },
    /// How a sentence would be read, where it would stand, and what it would change.
    Rule {
        text: String,
    },
    /// What a worker may do, line by line.
    Can {
        name: String,
    },
    /// Dead letters.
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Task(TaskId),
    Approval(ApprovalId),
}

/// Whom somebody named as the new holder. Only a [`To::Account`] is authenticated by Slack's picker; none carries authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// From one of our buttons or lists.
    Worker(WorkerRef),
    /// From Slack's picker of people, or a mention: `U…`.
    Account(String),
    /// As typed; resolved against the roster, ambiguity is asked about.
    Named(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopWhat {
    Everything,
    /// As typed: a position, a role or a posted name.
    Worker(String),
    Task(TaskId),
}

/// What somebody says of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    Use,
    /// Another version is wanted.
    Refine {
        words: String,
    },
    Wrong {
        why: Option<String>,
        /// Who should have had the task.
        to: Option<To>,
    },
    /// Of a check, or of what would have been done.
    Right,
}

/// Something that changes something. Who may do so is decided where it is carried out, by account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    Approve {
        id: ApprovalId,
    },
    /// A yes from a form: to what was read there to its end, with the word that a rule wants typed.
    ApproveForm {
        id: ApprovalId,
        typed: Option<String>,
    },
    /// Changed arguments, by the form's field ids.
    Edit {
        id: ApprovalId,
        fields: Vec<(String, String)>,
    },
    /// A question to the requester.
    AskBack {
        id: ApprovalId,
        text: String,
    },
    AnswerBack {
        id: ApprovalId,
        text: String,
    },
    /// Somebody does it outside.
    TakeOver {
        id: ApprovalId,
    },
    /// What came of it.
    Record {
        id: ApprovalId,
        done: bool,
        fields: Vec<(String, String)>,
    },
    Deny {
        id: ApprovalId,
        reason: Option<String>,
    },
    /// Approves one, and says yes beforehand to the next ones like it.
    ApproveNext {
        id: ApprovalId,
        next: Next,
    },
    RevokeGrant {
        id: GrantId,
    },
    /// Everything on a list that waits, as it stood at this revision.
    ApproveList {
        list: ListId,
        revision: i64,
    },
    LookAtEach {
        list: ListId,
    },
    /// Takes an approval back before its action starts.
    Undo {
        id: ApprovalId,
    },
    AskAgain {
        id: ApprovalId,
    },
    CancelTask {
        id: TaskId,
    },
    Reassign {
        task: TaskId,
        to: To,
    },
    TakeIt {
        task: TaskId,
    },
    Accept {
        task: TaskId,
    },
    HandOver {
        task: TaskId,
        to: To,
    },
    Done {
        task: TaskId,
        note: Option<String>,
        /// How long it took, as it was written.
        took: Option<String>,
    },
    /// An answer that an agent offered, by the question that it answers and its place.
    Choose {
        task: TaskId,
        question: String,
        option: usize,
    },
    /// The missing slot, answered by form instead of in the thread.
    Answer {
        task: TaskId,
        text: String,
    },
    /// Begins a workflow outside of any thread.
    StartWorkflow {
        start: Start,
    },
    /// `confirmed` only matters for [`StopWhat::Everything`], which is asked about once more.
    Stop {
        what: StopWhat,
        confirmed: bool,
    },
    /// Without `confirmed` it shows first what would go on.
    Resume {
        what: StopWhat,
        confirmed: bool,
    },
    /// A server's tool is taken into the lock, if its definition is still the one that was shown.
    AcceptTool {
        tool: ToolName,
        digest: String,
    },
    KeepToolOff {
        tool: ToolName,
        digest: String,
    },
    ItHappened {
        action: ActionId,
    },
    ItDidNot {
        action: ActionId,
    },
    LeaveIt {
        action: ActionId,
    },
    UseEdit {
        task: TaskId,
    },
    IgnoreEdit {
        task: TaskId,
    },
    RecordReview {
        position: String,
        notes: Option<String>,
    },
    /// Posts the answer to this command's text where the asker stands.
    ShareHere {
        command: String,
    },
    RetryFailed {
        letter: InboxId,
    },
    DropFailed {
        letter: InboxId,
    },
    TakeEffect {
        change: ChangeId,
    },
    LeaveOut {
        change: ChangeId,
    },
    /// A sentence that shall stand in the directives; whoever keeps its file decides.
    ProposeRule {
        text: String,
    },
    TakeIn {
        proposal: ProposalId,
    },
    LeaveRule {
        proposal: ProposalId,
    },
    /// Says what a result was worth.
    Judge {
        task: TaskId,
        result: i64,
        judgement: Judgement,
    },
    /// Trusts a worker again whose guard fell.
    LiftGuard {
        guard: String,
    },
    /// Lets more be spent from a budget in its present window.
    RaiseBudget {
        budget: String,
    },
}
