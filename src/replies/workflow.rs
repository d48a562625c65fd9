//! The plan of a workflow: one message in its thread that ticks off in place, with who has each step and since when.

use serde::{Deserialize, Serialize};

use super::card::{Button, Card, Span};
use super::compose::{bold, clock, day_and_clock, emoji, italic, text};
use super::named::{Cited, Who, any_of};
use super::plain::shorten;
use super::verb::Verb;
use crate::clock::Timestamp;
use crate::ids::TaskId;

/// Longer work is cut in the plan; the step's own message has it whole.
const MAX_WORK: usize = 120;
const MAX_WHY: usize = 160;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanView {
    pub task: TaskId,
    pub name: String,
    pub requester: Who,
    /// The trigger, where it has one.
    pub rule: Option<Cited>,
    pub steps: Vec<PlanStep>,
    /// What is done to undo things, in its order.
    pub undone: Vec<PlanStep>,
    pub end: PlanEnd,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStep {
    pub n: u32,
    pub who: Who,
    /// "create the accounts".
    pub what: String,
    /// "decision", "execution", "communication".
    pub nature: String,
    /// "a person", "an agent".
    pub by: String,
    pub state: StepState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// For these steps.
    Waiting {
        after: Vec<u32>,
    },
    Later {
        at: Timestamp,
    },
    Gated {
        by: Vec<Who>,
        since: Timestamp,
    },
    Running {
        since: Timestamp,
        slow: bool,
    },
    /// It failed, and somebody was asked for what it lacked.
    Asked {
        who: Who,
        what: Option<String>,
        since: Timestamp,
        slow: bool,
    },
    RetryAt {
        at: Timestamp,
    },
    Done {
        at: Timestamp,
    },
    Skipped,
    Failed {
        why: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanEnd {
    Running,
    Done {
        at: Timestamp,
    },
    /// A step failed for good; whoever decides now.
    Failed {
        to: Who,
        at: Timestamp,
    },
    Cancelled {
        at: Timestamp,
    },
}

/// The plan as it stands.
pub fn plan(view: &PlanView) -> Card {
    let over =
        view.steps.iter().filter(|step| matches!(step.state, StepState::Done { .. } | StepState::Skipped)).count();
    let all = view.steps.len();
    let state = match &view.end {
        PlanEnd::Running => format!("{over} of {all} steps done"),
        PlanEnd::Done { .. } => "done".to_owned(),
        PlanEnd::Failed { .. } => "stopped".to_owned(),
        PlanEnd::Cancelled { .. } => "cancelled".to_owned(),
    };
    let mut card = Card::new(format!("Workflow {}: {state} · {}", view.name, view.task)).line([
        emoji("clipboard"),
        text(" "),
        bold(format!("Workflow {}", view.name)),
        text(format!(" · {state} · {}", view.task)),
    ]);
    if let Some(rule) = &view.rule {
        card = card.line(rule.quoted());
    }
    for step in view.steps.iter().chain(&view.undone) {
        card = card.line(line(step));
    }
    card = match &view.end {
        PlanEnd::Running => card.buttons([cancel(view.task)]),
        PlanEnd::Done { at } => card.note([text("All steps are done · "), clock(*at)]),
        PlanEnd::Failed { to, at } => card.note([text(format!("{} decides how to go on · ", to.name)), clock(*at)]),
        PlanEnd::Cancelled { at } => card.note([text("Cancelled; nothing more starts · "), clock(*at)]),
    };
    card
}

/// "✓ 1. Hana (HR): create the accounts · done 10:02".
pub fn line(step: &PlanStep) -> Vec<Span> {
    let (sign, mut tail) = state(&step.state);
    let mut spans = vec![
        emoji(sign),
        text(format!(" {}. ", step.n)),
        step.who.bold(),
        text(format!(": {}", shorten(&step.what, MAX_WORK))),
    ];
    spans.append(&mut tail);
    spans.extend([text(" · "), italic(format!("{} by {}", step.nature, step.by))]);
    spans
}

fn state(state: &StepState) -> (&'static str, Vec<Span>) {
    let slow = |slow: bool| if slow { " · slow" } else { "" };
    match state {
        StepState::Waiting { after } if after.is_empty() => ("white_circle", vec![]),
        StepState::Waiting { after } => {
            let numbers: Vec<String> = after.iter().map(u32::to_string).collect();
            ("white_circle", vec![text(format!(" · after {}", numbers.join(", ")))])
        }
        StepState::Later { at } => ("calendar", vec![text(" · starts "), day_and_clock(*at)]),
        StepState::Gated { by, since } => {
            ("lock", vec![text(format!(" · waits for {} to approve, since ", any_of(by))), clock(*since)])
        }
        StepState::Running { since, slow: is } => {
            ("hourglass_flowing_sand", vec![text(" · under way since "), clock(*since), text(slow(*is))])
        }
        StepState::Asked { who, what, since, slow: is } => {
            let what = what.as_ref().map_or(String::new(), |what| format!(" for {}", shorten(what, MAX_WORK)));
            let asked = text(format!(" · asked {}{what}, since ", who.name));
            ("arrows_counterclockwise", vec![asked, clock(*since), text(slow(*is))])
        }
        StepState::RetryAt { at } => ("arrows_counterclockwise", vec![text(" · tried again "), day_and_clock(*at)]),
        StepState::Done { at } => ("white_check_mark", vec![text(" · done "), clock(*at)]),
        StepState::Skipped => ("heavy_minus_sign", vec![text(" · skipped")]),
        StepState::Failed { why } => ("x", vec![text(format!(" · failed: {}", shorten(why, MAX_WHY)))]),
    }
}

/// An edit of the request comes too late for a workflow under way.
pub fn edited(task: TaskId) -> Card {
    Card::sentence(format!("The workflow {task} goes on as it began. Cancel it and ask anew if your edit matters."))
}

fn cancel(task: TaskId) -> Button {
    Button::new("Cancel", Verb::CancelTask, task.to_string()).spoken(format!("Cancel {task}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(n: u32, who: &str, what: &str, state: StepState) -> PlanStep {
        PlanStep {
            n,
            who: Who::new(who, None),
            what: what.to_owned(),
            nature: "execution".to_owned(),
            by: "an agent".to_owned(),
            state,
        }
    }

    #[test]
    fn a_plan_says_who_has_what_and_since_when() {
        let at = Timestamp(1_788_940_800_000_000);
        let view = PlanView {
            task: TaskId(1),
            name: "onboarding".to_owned(),
            requester: Who::new("Iris Novak", None),
            rule: Some(Cited {
                text: "When someone joins the company:".to_owned(),
                file: "workflows/onboarding.md".to_owned(),
                line: 3,
            }),
            steps: vec![
                step(1, "Hana (HR)", "create the account", StepState::Done { at }),
                step(
                    2,
                    "Ida (IT)",
                    "assign a licence",
                    StepState::Asked {
                        who: Who::new("Pia", None),
                        what: Some("1 seat".to_owned()),
                        since: at,
                        slow: false,
                    },
                ),
                step(3, "Otto", "welcome", StepState::Running { since: at, slow: true }),
                step(4, "Ada", "book the week", StepState::Waiting { after: vec![2, 3] }),
            ],
            undone: vec![],
            end: PlanEnd::Running,
        };
        insta::assert_snapshot!(plan(&view).to_plain(), @r"
        :clipboard: *Workflow onboarding* · 1 of 4 steps done · T-1
        “When someone joins the company:” `workflows/onboarding.md:3`
        :white_check_mark: 1. *Hana (HR)*: create the account · done 08:00 · _execution by an agent_
        :arrows_counterclockwise: 2. *Ida (IT)*: assign a licence · asked Pia for 1 seat, since 08:00 · _execution by an agent_
        :hourglass_flowing_sand: 3. *Otto*: welcome · under way since 08:00 · slow · _execution by an agent_
        :white_circle: 4. *Ada*: book the week · after 2, 3 · _execution by an agent_
        [Cancel]
        ");
    }
}
