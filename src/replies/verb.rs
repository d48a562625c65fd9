//! What a button or a form asks for. Closed; written as `action_id` and `callback_id`.
//!
//! No verb contains `:` because `slack/` appends `:n` to make ids unique within one message.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What happens at a click before anything is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// Nothing: the click itself is an intent, or a query answered in the acknowledgement.
    Nothing,
    /// A form whose submission is the intent; `views.open` is perishable and is called from the acknowledgement path.
    Form,
    /// A page to read.
    Page,
}

/// The text names no verb of ours: an old button, or a forged one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no button of ours")]
pub struct BadVerb(pub String);

macro_rules! verbs {
    ($($(#[$doc:meta])* $name:ident = $text:literal opens $opens:ident),+ $(,)?) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Verb { $($(#[$doc])* $name),+ }

        impl Verb {
            pub const ALL: &'static [Verb] = &[$(Verb::$name),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Verb::$name => $text),+ }
            }

            pub fn opens(self) -> Opens {
                match self { $(Verb::$name => Opens::$opens),+ }
            }
        }

        impl FromStr for Verb {
            type Err = BadVerb;

            /// Reads what [`Verb::as_str`] wrote, with or without the `:n` that `slack/` appends.
            fn from_str(text: &str) -> Result<Self, BadVerb> {
                match text.split(':').next().unwrap_or_default() {
                    $($text => Ok(Verb::$name),)+
                    _ => Err(BadVerb(text.to_owned())),
                }
            }
        }
    };
}

verbs! {
    /// Target: approval.
    Approve = "approve" opens Nothing,
    /// Opens the terms of a standing grant. Target: approval.
    ApproveNext = "approve_next" opens Form,
    ApproveNextForm = "approve_next_form" opens Nothing,
    /// Target: grant.
    RevokeGrant = "revoke_grant" opens Nothing,
    /// Approves everything on a list that waits. Target: list and its state (`replies::prompt_list`).
    ApproveList = "approve_list" opens Nothing,
    /// Sends each of a list by its own card. Target: like [`Verb::ApproveList`].
    LookAtEach = "look_at_each" opens Nothing,
    /// Takes an approval back before its action starts. Target: approval.
    Undo = "undo" opens Nothing,
    /// Opens the reasons. Target: approval.
    Deny = "deny" opens Form,
    /// The reasons, sent off. Target: approval.
    DenyForm = "deny_form" opens Nothing,
    /// The raw arguments, whole, and the trail. Target: approval, or approval and page (`replies::target`).
    Details = "details" opens Page,
    /// Sends off what was read whole, or a typed confirmation. Target: approval.
    ApproveForm = "approve_form" opens Nothing,
    /// Opens the arguments to be changed. Target: approval.
    EditFirst = "edit_first" opens Form,
    EditForm = "edit_form" opens Nothing,
    /// Opens a question to the requester. Target: approval.
    AskBack = "ask_back" opens Form,
    AskBackForm = "ask_back_form" opens Nothing,
    /// Opens the answer to such a question. Target: approval.
    AnswerBack = "answer_back" opens Form,
    AnswerBackForm = "answer_back_form" opens Nothing,
    /// Somebody does it outside. Target: approval.
    TakeOver = "take_over" opens Nothing,
    /// Opens what came of it. Target: approval.
    Record = "record" opens Form,
    RecordForm = "record_form" opens Nothing,
    /// Target: approval that expired.
    AskAgain = "ask_again" opens Nothing,
    /// Target: task.
    CancelTask = "cancel_task" opens Nothing,
    /// Opens the list of workers. Target: task.
    Reassign = "reassign" opens Form,
    /// A candidate's button, or the list sent off. Target: task, or task and worker (`replies::target`).
    ReassignTo = "reassign_to" opens Nothing,
    /// Target: task.
    TakeIt = "take_it" opens Nothing,
    /// Target: task.
    Accept = "accept" opens Nothing,
    /// Opens the list of people. Target: task.
    HandOver = "hand_over" opens Form,
    HandOverTo = "hand_over_to" opens Nothing,
    /// Opens a form for the result. Target: task.
    Done = "done" opens Form,
    DoneForm = "done_form" opens Nothing,
    /// Opens a form for the missing slot. Target: task.
    Answer = "answer" opens Form,
    AnswerForm = "answer_form" opens Nothing,
    /// One of the answers that an agent offers. Target: task, question and option (`replies::target`).
    AnswerWith = "answer_with" opens Nothing,
    /// Unknown outcome. Target: action.
    ItHappened = "it_happened" opens Nothing,
    ItDidNot = "it_did_not" opens Nothing,
    LeaveIt = "leave_it" opens Nothing,
    /// The request was edited after work began. Target: task.
    UseEdit = "use_edit" opens Nothing,
    IgnoreEdit = "ignore_edit" opens Nothing,
    /// Opens a form for the notes. Target: position.
    RecordReview = "record_review" opens Form,
    RecordReviewForm = "record_review_form" opens Nothing,
    /// Opens the form that begins a workflow; also a shortcut's id. Target: a workflow's name, or empty.
    StartWorkflow = "start_workflow" opens Form,
    StartWorkflowForm = "start_workflow_form" opens Nothing,
    /// Confirms `stop all`. Target: empty.
    StopAll = "stop_all" opens Nothing,
    /// Target: empty, a worker or a task, as `stop` names it.
    Resume = "resume" opens Nothing,
    /// Posts an answer that only the asker saw into the channel. Target: the command's text.
    ShareHere = "share_here" opens Nothing,
    /// Shows the decision trail of a task. Target: task.
    Why = "why" opens Nothing,
    /// A dead letter is tried once more. Target: inbox row.
    RetryFailed = "retry_failed" opens Nothing,
    /// A dead letter is put aside for good. Target: inbox row.
    DropFailed = "drop_failed" opens Nothing,
    /// Lets what was stopped go on, after it was shown. Target as with *Resume*.
    ResumeNow = "resume_now" opens Nothing,
    /// A server's tool is taken into the lock. Target: the tool and the digest that was shown.
    AcceptTool = "accept_tool" opens Nothing,
    /// A server's tool stays held back. Target as with *Accept*.
    KeepToolOff = "keep_tool_off" opens Nothing,
    /// Edited directives take effect. Target: change.
    TakeEffect = "take_effect" opens Nothing,
    /// Edited directives stay out of force. Target: change.
    LeaveOut = "leave_out" opens Nothing,
    /// A sentence is proposed to whoever keeps its file. Target: the sentence.
    ProposeRule = "propose_rule" opens Nothing,
    /// A proposed sentence is written into its file. Target: proposal.
    TakeIn = "take_in" opens Nothing,
    /// A proposed sentence is not taken. Target: proposal.
    LeaveRule = "leave_rule" opens Nothing,
    /// More may be spent in this window. Target: the budget and when its window began.
    BudgetMore = "budget_more" opens Nothing,
    /// The requester uses an answer. Target: task and result (`replies::target`), as for the six below.
    UseIt = "use_it" opens Nothing,
    /// Opens a form for what should be different.
    Refine = "refine" opens Form,
    RefineForm = "refine_form" opens Nothing,
    /// Opens a form for what is wrong, and who should have had it.
    NotRight = "not_right" opens Form,
    NotRightForm = "not_right_form" opens Nothing,
    /// A checker or an owner judges a result that was not given to them.
    JudgeRight = "judge_right" opens Nothing,
    JudgeWrong = "judge_wrong" opens Nothing,
    /// A guard that fell is lifted. Target: the guard's key.
    TrustAgain = "trust_again" opens Nothing,
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Verb {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Verb {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_survive_the_way_to_slack_and_back() {
        for verb in Verb::ALL {
            assert_eq!(verb.as_str().parse(), Ok(*verb));
            assert_eq!(format!("{verb}:3").parse(), Ok(*verb));
            assert!(!verb.as_str().contains(':'));
        }
        for bad in ["", "approve_all", ":1", "Approve"] {
            assert!(bad.parse::<Verb>().is_err(), "{bad}");
        }
    }
}
