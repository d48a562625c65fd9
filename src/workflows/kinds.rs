//! What kind of work a step is, for those who look at a plan: deciding, doing or telling; by people, by agents, by both.

use crate::directives::workflow::WorkflowStep;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    Decision,
    Execution,
    Communication,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Human,
    Agent,
    Both,
}

const DECIDES: &[&str] = &[
    "decide", "approve", "choose", "pick", "confirm", "select", "accept", "agree", "review", "judge", "sign",
    "release", "authorise", "authorize",
];
const TELLS: &[&str] = &[
    "tell", "send", "welcome", "inform", "write", "call", "invite", "announce", "thank", "greet", "say", "notify",
    "remind", "answer", "reply", "mail", "ask", "present", "introduce", "meet", "congratulate", "explain", "post",
    "publish", "warn",
];

/// By the verb that the work begins with.
pub fn nature(step: &WorkflowStep) -> Nature {
    let verb = step.what.split([' ', ',']).next().unwrap_or_default().to_lowercase();
    if DECIDES.contains(&verb.as_str()) {
        Nature::Decision
    } else if TELLS.contains(&verb.as_str()) {
        Nature::Communication
    } else {
        Nature::Execution
    }
}

/// `agent`: whether an agent does the step.
pub fn by(step: &WorkflowStep, agent: bool) -> By {
    match (agent, step.approval.is_empty()) {
        (true, true) => By::Agent,
        (true, false) => By::Both,
        (false, _) => By::Human,
    }
}

impl Nature {
    pub fn word(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Execution => "execution",
            Self::Communication => "communication",
        }
    }
}

impl By {
    pub fn word(self) -> &'static str {
        match self {
            Self::Human => "a person",
            Self::Agent => "an agent",
            Self::Both => "an agent, with a person's word",
        }
    }
}
