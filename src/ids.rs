//! Identifiers, each its own type so that one cannot be passed for another.
//!
//! Numbers that people say aloud carry a letter: `T-17` is a task, `A-31` a card that waits for a decision.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The text was no identifier of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is no {kind}; it looks like {prefix}-17")]
pub struct BadId {
    pub text: String,
    pub kind: &'static str,
    pub prefix: &'static str,
}

macro_rules! spoken_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "-{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                let bad = || BadId { text: text.to_owned(), kind: $kind, prefix: $prefix };
                let rest = text.trim().strip_prefix($prefix).or_else(|| {
                    text.trim().strip_prefix(&$prefix.to_ascii_lowercase())
                });
                let digits = rest.ok_or_else(bad)?.trim_start_matches('-');
                if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(bad());
                }
                digits.parse().map(Self).map_err(|_| bad())
            }
        }
    };
}

spoken_id!(
    /// A piece of work, `T-17`. Numbered by the store, from 1, without gaps that mean anything.
    TaskId, "T", "task"
);
spoken_id!(
    /// An approval, `A-31`: one waiting action, one decision.
    ApprovalId, "A", "approval"
);

spoken_id!(
    /// A standing grant, `G-3`: somebody's word for actions that are alike.
    GrantId, "G", "grant"
);
spoken_id!(
    /// Several waiting actions on one card, `L-5`.
    ListId, "L", "list"
);

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

row_id!(
    /// A stored trigger.
    InboxId
);
row_id!(
    /// One holding of a task by one worker.
    AssignmentId
);
row_id!(
    /// One attempt at a task by an agent.
    RunId
);
row_id!(
    /// One proposed tool call, whatever became of it.
    ActionId
);
row_id!(
    /// One workflow that somebody started.
    WorkflowRunId
);
row_id!(
    /// One message, or edit of a message, that is owed to Slack.
    OutboxId
);

/// The unit of order, audit and cost: one thread in one channel, or one direct-message thread.
///
/// Written `team:channel:thread_ts`. Work within one conversation is done first in, first out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConversationId(pub String);

impl ConversationId {
    /// The conversation of a Slack thread; `root_ts` is the time stamp of the thread's first message.
    pub fn of_thread(team: &str, channel: &str, root_ts: &str) -> Self {
        Self(format!("{team}:{channel}:{root_ts}"))
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spoken_ids_read_what_people_type() {
        assert_eq!("T-17".parse(), Ok(TaskId(17)));
        assert_eq!("t-17".parse(), Ok(TaskId(17)));
        assert_eq!("T17".parse(), Ok(TaskId(17)));
        assert_eq!(TaskId(17).to_string(), "T-17");
        for bad in ["A-17", "T-", "T-1x", "17", "T-99999999999999999999"] {
            assert!(bad.parse::<TaskId>().is_err(), "{bad}");
        }
    }
}
