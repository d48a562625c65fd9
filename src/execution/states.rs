//! The states of an action, what may follow what, and what a restart may do about one that was under way.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::catalogue::{Binding, Class, ToolName};

/// Where an action stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// Proposed and stored; not judged yet.
    Planned,
    /// For people's word.
    Waiting,
    /// May start.
    Allowed,
    /// The intent is committed. From here on it may have happened.
    Started {
        attempt: u32,
        fence: i64,
        /// Of the thing that it is about, as it was before the first attempt: that attempt may have changed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<String>,
    },
    Done {
        result: Value,
    },
    /// The tool said that it did not do it.
    Failed {
        why: String,
    },
    /// Nobody can tell whether it happened. A person says.
    Unknown {
        attempt: u32,
        why: String,
    },
    Denied {
        why: String,
    },
    /// Nobody decided in time: not a denial.
    Expired,
    /// A person does it outside and says what came of it; nothing is called.
    ByHand,
    /// What was let pass is no longer what would happen, or somebody stopped it.
    Void {
        why: String,
    },
}

/// What moves an action on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Ask,
    Allow,
    /// The store counts the attempts, from 1.
    Start {
        attempt: u32,
        fence: i64,
        version: Option<String>,
    },
    Settle(Outcome),
    Deny {
        why: String,
    },
    Expire,
    Void {
        why: String,
    },
    /// A person said that it happened.
    ItDid {
        result: Value,
    },
    /// A person or a probe said that it did not happen: it may start again, after a new look by the gate.
    ItDidNot,
    /// A person does it by hand.
    TakeOver,
    /// Whoever did it by hand says that it was not done after all.
    GiveUp {
        why: String,
    },
    /// Whoever did it by hand did not say what came of it.
    Unsaid {
        why: String,
    },
}

/// How one attempt ended, as far as the edge can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The tool answered.
    Answered { result: Value },
    /// The tool answered that it refused or failed; by the protocol it did nothing that it does not tell.
    Refused { why: String },
    /// The call never left this machine.
    NotSent { why: String },
    /// It left, and no answer came that can be trusted: time-out, lost connection, an unreadable answer.
    NoAnswer { why: String },
}

/// What to do about an action that was `Started` when the process died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovery {
    /// Doing it twice is the same as doing it once. It still needs a new release by the gate.
    RunAgain,
    /// The tool `by` tells whether the call with this key happened.
    Probe { by: ToolName, key: String },
    /// Only the owner can say: *It did*, *It did not: retry*, *Leave it*.
    AskOwner,
}

impl Stage {
    /// The stage after a step; `None` where the step may not follow this stage.
    pub fn after(&self, step: Step) -> Option<Self> {
        Some(match (self, step) {
            (Self::Planned, Step::Ask) => Self::Waiting,
            (Self::Planned | Self::Waiting, Step::Allow) => Self::Allowed,
            (Self::Allowed, Step::Start { attempt, fence, version }) => Self::Started { attempt, fence, version },
            // Only a later holder may take an attempt over; an equal or older fence is somebody who was given up.
            (Self::Started { attempt: tried, fence: held, .. }, Step::Start { attempt, fence, version })
                if fence > *held && attempt > *tried =>
            {
                Self::Started { attempt, fence, version }
            }
            (Self::Started { attempt, .. }, Step::Settle(outcome)) => settle(outcome, *attempt),
            // A late answer resolves the doubt; it is never a second attempt.
            (Self::Unknown { .. }, Step::Settle(Outcome::Answered { result })) => Self::Done { result },
            (Self::Unknown { .. }, Step::Settle(Outcome::Refused { why })) => Self::Failed { why },
            (Self::Unknown { .. }, Step::ItDid { result }) => Self::Done { result },
            (Self::Unknown { .. }, Step::ItDidNot) => Self::Allowed,
            (Self::Unknown { .. }, Step::Void { why }) => Self::Void { why },
            (Self::Planned | Self::Waiting | Self::Allowed, Step::Deny { why }) => Self::Denied { why },
            (Self::Waiting, Step::Expire) => Self::Expired,
            (Self::Planned | Self::Waiting | Self::Allowed, Step::Void { why }) => Self::Void { why },
            (Self::Waiting, Step::TakeOver) => Self::ByHand,
            (Self::ByHand, Step::ItDid { result }) => Self::Done { result },
            (Self::ByHand, Step::GiveUp { why }) => Self::Failed { why },
            (Self::ByHand, Step::Unsaid { why }) => Self::Unknown { attempt: 0, why },
            (Self::ByHand, Step::Void { why }) => Self::Void { why },
            (
                Self::Planned
                | Self::Waiting
                | Self::Allowed
                | Self::Started { .. }
                | Self::Done { .. }
                | Self::Failed { .. }
                | Self::Unknown { .. }
                | Self::Denied { .. }
                | Self::Expired
                | Self::ByHand
                | Self::Void { .. },
                Step::Ask
                | Step::Allow
                | Step::Start { .. }
                | Step::Settle(_)
                | Step::Deny { .. }
                | Step::Expire
                | Step::Void { .. }
                | Step::ItDid { .. }
                | Step::ItDidNot
                | Step::TakeOver
                | Step::GiveUp { .. }
                | Step::Unsaid { .. },
            ) => return None,
        })
    }

    /// Whether nothing will happen to it any more by itself or by a person.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Done { .. } | Self::Failed { .. } | Self::Denied { .. } | Self::Expired | Self::Void { .. } => true,
            Self::Planned
            | Self::Waiting
            | Self::Allowed
            | Self::Started { .. }
            | Self::Unknown { .. }
            | Self::ByHand => false,
        }
    }

    /// Whether it counts in running totals: it happened, may have happened, or is about to.
    pub fn counts(&self) -> bool {
        match self {
            Self::Allowed | Self::Started { .. } | Self::Done { .. } | Self::Unknown { .. } | Self::ByHand => true,
            Self::Planned
            | Self::Waiting
            | Self::Failed { .. }
            | Self::Denied { .. }
            | Self::Expired
            | Self::Void { .. } => false,
        }
    }
}

/// The stage of an attempt that ended.
pub fn settle(outcome: Outcome, attempt: u32) -> Stage {
    match outcome {
        Outcome::Answered { result } => Stage::Done { result },
        Outcome::Refused { why } | Outcome::NotSent { why } => Stage::Failed { why },
        Outcome::NoAnswer { why } => Stage::Unknown { attempt, why },
    }
}

/// What a probe's answer makes of an action in doubt: `Some(true)` it happened, `Some(false)` it did not, `None` it cannot tell.
pub fn settle_probe(happened: Option<bool>, result: Value, attempt: u32) -> Stage {
    match happened {
        Some(true) => Stage::Done { result },
        Some(false) => Stage::Allowed,
        None => Stage::Unknown { attempt, why: "The tool could not tell whether this happened.".to_owned() },
    }
}

/// The crash rule for an action whose intent is committed and whose outcome is not.
pub fn after_restart(binding: &Binding, arguments: &Value) -> Recovery {
    let key = binding.idempotency_arg.as_ref().and_then(|name| arguments.get(name)).and_then(Value::as_str);
    let key = key.filter(|key| !key.is_empty());
    match (binding.class, key, &binding.probe) {
        (Class::Read, _, _) | (Class::Write | Class::Destructive, Some(_), None) => Recovery::RunAgain,
        // Asking is kinder than repeating, also where repeating would be safe: a key may have outlived its window.
        (Class::Write | Class::Destructive, Some(key), Some(by)) => {
            Recovery::Probe { by: by.clone(), key: key.to_owned() }
        }
        (Class::Write | Class::Destructive, None, _) => Recovery::AskOwner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn binding(class: Class, key: bool, probe: bool) -> Binding {
        Binding {
            title: None,
            description: String::new(),
            input_schema: Value::Null,
            output_schema: None,
            annotations: None,
            class,
            idempotency_arg: key.then(|| "key".to_owned()),
            probe: probe.then(|| ToolName("billing.find".to_owned())),
            version_of: None,
            digest: String::new(),
        }
    }

    #[test]
    fn a_restart_never_repeats_blindly() {
        let (with, without) = (json!({"key": "k-1"}), json!({}));
        let probe = Recovery::Probe { by: ToolName("billing.find".to_owned()), key: "k-1".to_owned() };
        for (class, key, can_probe, arguments, expected) in [
            (Class::Read, false, false, &without, Recovery::RunAgain),
            (Class::Write, false, false, &without, Recovery::AskOwner),
            (Class::Write, true, false, &with, Recovery::RunAgain),
            (Class::Write, true, false, &without, Recovery::AskOwner),
            (Class::Destructive, true, true, &with, probe),
            (Class::Destructive, false, true, &with, Recovery::AskOwner),
            (Class::Write, true, false, &json!({"key": ""}), Recovery::AskOwner),
        ] {
            assert_eq!(after_restart(&binding(class, key, can_probe), arguments), expected);
        }
    }

    #[test]
    fn doubt_is_its_own_state_and_a_late_answer_resolves_it() {
        let started = Stage::Allowed.after(Step::Start { attempt: 1, fence: 4, version: None }).unwrap();
        assert_eq!(
            started.after(Step::Start { attempt: 2, fence: 4, version: None }),
            None,
            "the same holder starts nothing twice"
        );
        assert_eq!(
            started.after(Step::Start { attempt: 1, fence: 5, version: None }),
            None,
            "an attempt is counted once"
        );
        let lost = Outcome::NoAnswer { why: "time-out".to_owned() };
        let unknown = started.after(Step::Settle(lost)).unwrap();
        assert!(matches!(unknown, Stage::Unknown { attempt: 1, .. }) && !unknown.is_final() && unknown.counts());
        let late = Outcome::Answered { result: json!(1) };
        assert_eq!(unknown.after(Step::Settle(late)), Some(Stage::Done { result: json!(1) }));
        assert_eq!(
            unknown.after(Step::Start { attempt: 2, fence: 5, version: None }),
            None,
            "doubt is not a reason to try again"
        );
        assert_eq!(unknown.after(Step::ItDidNot), Some(Stage::Allowed));
    }

    #[test]
    fn what_is_over_stays_over() {
        let over = [
            Stage::Done { result: Value::Null },
            Stage::Failed { why: String::new() },
            Stage::Expired,
            Stage::Void { why: String::new() },
        ];
        for stage in over {
            for step in [
                Step::Ask,
                Step::Allow,
                Step::Start { attempt: 2, fence: 9, version: None },
                Step::Expire,
                Step::ItDidNot,
            ] {
                assert_eq!(stage.after(step), None, "{stage:?}");
            }
        }
    }
}
