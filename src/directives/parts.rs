//! The parts that rules of several kinds share, so that whoever needs one of them need not list all kinds again.
//!
//! Each list of kinds is closed: a new kind does not compile before somebody has said what it has.

use super::condition::Condition;
use super::rule::{Rule, ToolPattern};
use crate::workers::WorkerRef;

/// What lets an action happen, holds it back or binds it to a look-up before: `approve`, `allow`, `forbid`, `before`.
#[derive(Debug, Clone, Copy)]
pub struct Gate<'a> {
    /// For display, never compared.
    pub action: &'a str,
    pub tools: &'a [ToolPattern],
    /// Whom it binds; empty: everybody.
    pub who: &'a [WorkerRef],
    pub when: &'a Condition,
}

/// Where work goes, and when: `route`, `escalate`.
#[derive(Debug, Clone, Copy)]
pub struct Way<'a> {
    pub when: &'a Condition,
    pub to: &'a [WorkerRef],
}

impl Rule {
    /// The parts of a sentence about an action.
    pub fn gate(&self) -> Option<Gate<'_>> {
        let (action, tools, who, when) = match self {
            Self::Approve(rule) => (&rule.action, &rule.tools, &rule.who, &rule.when),
            Self::Allow(rule) => (&rule.action, &rule.tools, &rule.who, &rule.when),
            Self::Forbid(rule) => (&rule.action, &rule.tools, &rule.who, &rule.when),
            Self::Before(rule) => (&rule.action, &rule.tools, &rule.who, &rule.when),
            Self::Define(_)
            | Self::Route(_)
            | Self::Escalate(_)
            | Self::Permit(_)
            | Self::Prioritise(_)
            | Self::Budget(_)
            | Self::Expect(_)
            | Self::Review(_)
            | Self::Sample(_)
            | Self::Guard(_)
            | Self::Autonomy(_)
            | Self::Schedule(_)
            | Self::Cover(_)
            | Self::Hours(_)
            | Self::Guidance(_) => return None,
        };
        Some(Gate { action, tools, who, when })
    }

    /// The tools that a sentence about actions or rights speaks of, and whom it binds: a gate or a `permit`.
    pub fn binds(&self) -> Option<(&[ToolPattern], &[WorkerRef])> {
        if let Self::Permit(permit) = self {
            return Some((&permit.tools, &permit.who));
        }
        self.gate().map(|gate| (gate.tools, gate.who))
    }

    /// The parts of a sentence that says where work goes.
    pub fn way(&self) -> Option<Way<'_>> {
        let (when, to) = match self {
            Self::Route(route) => (&route.when, &route.to),
            Self::Escalate(escalate) => (&escalate.when, &escalate.to),
            Self::Define(_)
            | Self::Approve(_)
            | Self::Allow(_)
            | Self::Forbid(_)
            | Self::Permit(_)
            | Self::Before(_)
            | Self::Prioritise(_)
            | Self::Budget(_)
            | Self::Expect(_)
            | Self::Review(_)
            | Self::Sample(_)
            | Self::Guard(_)
            | Self::Autonomy(_)
            | Self::Schedule(_)
            | Self::Cover(_)
            | Self::Hours(_)
            | Self::Guidance(_) => return None,
        };
        Some(Way { when, to })
    }
}
