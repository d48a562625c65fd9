//! `status T-17`, a bare `T-17` or `A-31`: how far it is, who has it, what comes next.

use serde::{Deserialize, Serialize};

use super::arguments::{bare, incomplete, strip_word, subject};
use super::asked::{Asked, Query};
use super::lines::{Spent, Stage, TaskLine};
use super::spec::{Group, InMention, Spec};
use crate::clock::Timestamp;
use crate::ids::TaskId;
use crate::replies::approval::{ApprovalState, ApprovalView};
use crate::replies::card::{Button, Card, Span};
use crate::replies::compose::{bold, day_and_clock, text};
use crate::replies::named::{Cited, Place, Who};
use crate::replies::verb::Verb;

pub const SPEC: Spec = Spec {
    name: "status",
    aliases: &["show", "state"],
    group: Group::Ask,
    usage: "status [T-17 | A-31]",
    about: "Say how far a task or an approval is; alone, what is open",
    examples: &["status T-17", "T-17", "A-31", "status", "status of T-17"],
    read,
    mention: InMention::AloneOrId,
};

fn read(rest: &str) -> Asked {
    let rest = strip_word(rest, "of").unwrap_or(rest);
    if bare(rest.trim()).is_empty() {
        return Asked::Query(Query::Status { of: None });
    }
    match subject(rest) {
        Some(of) => Asked::Query(Query::Status { of: Some(of) }),
        None => incomplete(SPEC.name, "Write the task or approval: status T-17, or status A-31."),
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusAnswer {
    Task(Box<TaskStatus>),
    Approval {
        view: Box<ApprovalView>,
        state: Box<ApprovalState>,
        as_of: Timestamp,
    },
    /// What is open and may be seen by the asker, the oldest first; `more` were left out.
    Open {
        tasks: Vec<TaskLine>,
        more: u32,
        as_of: Timestamp,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskStatus {
    pub task: TaskId,
    /// The request's first words.
    pub subject: String,
    pub requester: Who,
    pub place: Place,
    pub asked_at: Timestamp,
    pub stage: Stage,
    /// The human who answers for whoever has it.
    pub owner: Option<Who>,
    /// The line that decided who has it.
    pub because: Option<Cited>,
    /// What happens by itself next, and when: "Kim Osei is asked".
    pub next: Option<(Timestamp, String)>,
    pub spent: Spent,
    /// What sentences promise about time: a first answer (else the end), until when, and whether it was missed.
    pub promised: Vec<(bool, Timestamp, bool)>,
    /// Our permalink to the thread.
    pub thread: Option<String>,
    pub as_of: Timestamp,
}

pub fn render(answer: &StatusAnswer) -> Card {
    match answer {
        StatusAnswer::Task(task) => render_task(task),
        StatusAnswer::Approval { view, state, as_of } => {
            crate::replies::approval::card(view, state).note([text("As of "), day_and_clock(*as_of)])
        }
        StatusAnswer::Open { tasks, more, as_of } => render_open(tasks, *more, *as_of),
    }
}

fn render_task(task: &TaskStatus) -> Card {
    let mut stage = vec![bold(task.task.to_string()), text(" · ")];
    stage.extend(task.stage.spans());
    let mut asked = vec![text(format!("Asked by {} ", task.requester.name))];
    asked.extend(task.place.spans());
    asked.extend([text(", "), day_and_clock(task.asked_at)]);
    asked.extend(
        task.thread
            .iter()
            .flat_map(|url| [text(" · "), Span::Link { label: "open the thread".to_owned(), url: url.clone() }]),
    );
    let mut card =
        Card::new(format!("{}: {}", task.task, task.subject)).line(stage).words([], &task.subject).line(asked);
    if let Some(owner) = &task.owner {
        card = card.line([text(format!("{} answers for it", owner.name))]);
    }
    if let Some((at, what)) = &task.next {
        card = card.line([text("At "), day_and_clock(*at), text(format!(": {what}"))]);
    }
    if let Some(rule) = &task.because {
        card = card.line(rule.quoted());
    }
    for (first_answer, due, missed) in &task.promised {
        let what = if *first_answer { "First answer promised by " } else { "Promised to be solved by " };
        let missed = if *missed { vec![text(" · "), bold("missed")] } else { Vec::new() };
        card = card.line([vec![text(what), day_and_clock(*due)], missed].concat());
    }
    let why = Button::new("Why", Verb::Why, task.task.to_string()).spoken(format!("Why {}", task.task));
    let cancel = Button::new("Cancel", Verb::CancelTask, task.task.to_string()).spoken(format!("Cancel {}", task.task));
    let buttons = if task.stage.is_open() { vec![why, cancel] } else { vec![why] };
    card.note([text(format!("Cost: {} · as of ", task.spent.phrase())), day_and_clock(task.as_of)]).buttons(buttons)
}

fn render_open(tasks: &[TaskLine], more: u32, as_of: Timestamp) -> Card {
    let mut card = match tasks {
        [] => Card::new("Nothing is open").line([bold("Nothing is open.")]),
        [..] => Card::new(format!("{} open", tasks.len())).line([bold("Open, the oldest first")]),
    };
    for line in tasks {
        card = card.line(line.spans());
    }
    if more > 0 {
        card = card.line([text(format!("And {more} more."))]);
    }
    card.note([text("What you may see · "), day_and_clock(as_of)])
}

#[cfg(test)]
mod tests {
    use super::super::asked::Subject;
    use super::super::fixtures::*;
    use super::*;

    fn status(stage: Stage) -> TaskStatus {
        TaskStatus {
            task: TaskId(17),
            subject: "refund ORD-1042, it arrived broken".into(),
            requester: who("Ana Silva"),
            place: Place::Channel { id: "C0SUPPORT".into(), name: "support".into() },
            asked_at: at(10, 1),
            stage,
            owner: Some(who("Dana Ruiz")),
            because: Some(cited("Billing questions go to the finance agent.", "routing.md", 12)),
            next: Some((at(14, 2), "Kim Osei is asked".into())),
            spent: Spent { known: vec![], metered: 0, unmetered: 2 },
            promised: vec![(true, at(10, 3), true)],
            thread: None,
            as_of: at(10, 5),
        }
    }

    #[test]
    fn ids_are_read_bare_or_named() {
        let task = Asked::Query(Query::Status { of: Some(Subject::Task(TaskId(17))) });
        for text in ["T-17", "t17?", "of T-17"] {
            assert_eq!(read(text), task, "{text}");
        }
        assert!(matches!(read("the parcel"), Asked::Incomplete { .. }));
    }

    #[test]
    fn a_status_says_who_has_it_and_what_comes_next() {
        insta::assert_snapshot!(render(&StatusAnswer::Task(Box::new(status(waits_for_dana())))).to_plain(), @r"
        *T-17* · waits for Dana Ruiz or Omar Haddad to decide A-31, until 20 Nov 14:02
        | refund ORD-1042, it arrived broken
        Asked by Ana Silva in #C0SUPPORT, 20 Nov 10:01
        Dana Ruiz answers for it
        At 20 Nov 14:02: Kim Osei is asked
        “Billing questions go to the finance agent.” `routing.md:12`
        First answer promised by 20 Nov 10:03 · *missed*
        · Cost: not metered · as of 20 Nov 10:05
        [Why] [Cancel]
        ");
        let done = TaskStatus { next: None, ..status(Stage::Done { at: at(10, 4) }) };
        insta::assert_snapshot!(render(&StatusAnswer::Task(Box::new(done))).to_plain(), @r"
        *T-17* · done 20 Nov 10:04
        | refund ORD-1042, it arrived broken
        Asked by Ana Silva in #C0SUPPORT, 20 Nov 10:01
        Dana Ruiz answers for it
        “Billing questions go to the finance agent.” `routing.md:12`
        First answer promised by 20 Nov 10:03 · *missed*
        · Cost: not metered · as of 20 Nov 10:05
        [Why]
        ");
        let tasks = vec![task_line(17, "refund ORD-1042", waits_for_dana()), task_line(18, "my cat", Stage::Queued)];
        insta::assert_snapshot!(render(&StatusAnswer::Open { tasks, more: 3, as_of: at(10, 5) }).to_plain(), @r"
        *Open, the oldest first*
        • *T-17* refund ORD-1042 · waits for Dana Ruiz or Omar Haddad to decide A-31, until 20 Nov 14:02
        • *T-18* my cat · queued behind earlier work of this thread
        And 3 more.
        · What you may see · 20 Nov 10:05
        ");
        insta::assert_snapshot!(render(&StatusAnswer::Open { tasks: vec![], more: 0, as_of: at(10, 5) }).to_plain(), @r"
        *Nothing is open.*
        · What you may see · 20 Nov 10:05
        ");
    }

    #[test]
    fn every_stage_has_a_sentence() {
        let kim = || who("Kim Osei");
        let stages = [
            Stage::Queued,
            Stage::Working { worker: who("Finn (Finance)") },
            waits_for_dana(),
            Stage::WaitsForAnswer { from: who("Ana Silva"), label: "order number".into() },
            waits_for_priya(),
            Stage::WaitsForPerson { asked: kim(), until: None },
            Stage::WithPerson { who: kim() },
            Stage::Unsure { triage: kim() },
            Stage::Stopped { by: kim() },
            Stage::OutcomeUnknown { owner: kim() },
            Stage::Done { at: at(10, 4) },
            Stage::Failed { at: at(10, 4), why: "billing does not answer".into() },
            Stage::Cancelled { by: kim(), at: at(10, 4) },
        ];
        let said: Vec<String> =
            stages.iter().map(|stage| crate::replies::to_plain::plain_spans(&stage.spans())).collect();
        insta::assert_snapshot!(said.join("\n"), @r"
        queued behind earlier work of this thread
        Finn (Finance) works on it
        waits for Dana Ruiz or Omar Haddad to decide A-31, until 20 Nov 14:02
        waits for Ana Silva to tell the order number
        waits for Priya Nair to accept, until 20 Nov 10:32
        waits for Kim Osei to accept
        Kim Osei has it
        waits for Kim Osei to say who takes it
        stopped by Kim Osei; waits until somebody resumes
        outcome unknown; waits for Kim Osei to look
        done 20 Nov 10:04
        not finished, 20 Nov 10:04: billing does not answer
        cancelled by Kim Osei, 20 Nov 10:04
        ");
    }
}
