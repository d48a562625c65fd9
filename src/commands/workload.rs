//! `workload [WHO|TEAM]`: who has how much, what was asked of them, since when. Only for those whom it concerns.

use serde::{Deserialize, Serialize};

use super::arguments::{bare, strip_word, worker_name};
use super::asked::{Asked, Query};
use super::lines::TaskLine;
use super::spec::{Group, InMention, Spec};
use crate::clock::Timestamp;
use crate::replies::card::{Card, Part, Span};
use crate::replies::compose::{bold, day_and_clock, text};
use crate::replies::named::Who;
use crate::replies::wording::counted;

pub const SPEC: Spec = Spec {
    name: "workload",
    aliases: &["queue", "load"],
    group: Group::Ask,
    usage: "workload [WHO | TEAM]",
    about: "Count what you, your agents or your people have to do",
    examples: &["workload", "workload finance-agent", "queue of the support team"],
    read,
    mention: InMention::AloneOrWorker,
};

fn read(rest: &str) -> Asked {
    Asked::Query(Query::Workload { who: named(rest) })
}

/// "of the support team" → "support team"; nothing gives nothing.
pub(super) fn named(rest: &str) -> Option<String> {
    let rest = strip_word(rest.trim(), "of").unwrap_or(rest.trim());
    let name = worker_name(bare(rest));
    (!name.is_empty() && !name.eq_ignore_ascii_case("me")).then_some(name)
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkloadAnswer {
    /// "Finn (Finance)", "the Support team".
    pub of: String,
    /// One line per worker, the fullest first.
    pub lines: Vec<WorkloadLine>,
    /// Members of a team whose workload is not for the asker.
    pub hidden: u32,
    /// Of one worker: what it has, the oldest first.
    pub tasks: Vec<TaskLine>,
    /// How many tasks of that worker were left out.
    pub more: u32,
    pub as_of: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkloadLine {
    pub who: Who,
    /// What they have now.
    pub has: u32,
    /// What they were asked to take and have not accepted.
    pub asked: u32,
    /// Since when they have, or were offered, the oldest of these.
    pub oldest: Option<Timestamp>,
    /// Ended as done within [`DONE_DAYS`].
    pub done: u32,
}

/// The days that are looked back on.
pub const DONE_DAYS: i64 = 7;

pub fn render(answer: &WorkloadAnswer) -> Card {
    let has: u32 = answer.lines.iter().map(|line| line.has).sum();
    let asked: u32 = answer.lines.iter().map(|line| line.asked).sum();
    let head = format!("{}: {}, {asked} asked", answer.of, counted(i64::from(has), "task"));
    let mut card = Card::new(&head).line([bold(&answer.of), text(format!(" · {}", sums(has, asked)))]);
    match answer.lines.as_slice() {
        [only] => card = card.line(one(only)),
        lines => {
            let columns = ["Who", "Has", "Asked", "Oldest", "Done in 7 days"].map(str::to_owned).to_vec();
            card = card.part(Part::Table { columns, rows: lines.iter().map(row).collect() });
        }
    }
    for task in &answer.tasks {
        card = card.line(task.spans());
    }
    if answer.more > 0 {
        card = card.note([text(format!("And {} more.", answer.more))]);
    }
    if answer.hidden > 0 {
        let whose = counted(i64::from(answer.hidden), "member");
        card = card.note([text(format!("Without {whose} whose workload is not for you to see."))]);
    }
    card.note([
        text(format!("Open work, and what was done in the last {DONE_DAYS} days · ")),
        day_and_clock(answer.as_of),
    ])
}

fn sums(has: u32, asked: u32) -> String {
    let has = counted(i64::from(has), "task");
    if asked == 0 { has } else { format!("{has}, asked for {asked} more") }
}

fn one(line: &WorkloadLine) -> Vec<Span> {
    let mut spans = match line.oldest {
        Some(at) => vec![text("Oldest since "), day_and_clock(at)],
        None => vec![text("Nothing open")],
    };
    spans.push(text(format!(" · {} done in {DONE_DAYS} days", line.done)));
    spans
}

fn row(line: &WorkloadLine) -> Vec<Vec<Span>> {
    let oldest = line.oldest.map_or_else(|| text("–"), day_and_clock);
    vec![
        vec![line.who.named()],
        vec![text(line.has.to_string())],
        vec![text(line.asked.to_string())],
        vec![oldest],
        vec![text(line.done.to_string())],
    ]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn one_worker_or_a_table_of_several() {
        let line = |name, has, asked, oldest| WorkloadLine { who: who(name), has, asked, oldest, done: 4 };
        let finn = line("Finn (Finance)", 2, 0, Some(at(9, 1)));
        let one = WorkloadAnswer {
            of: "Finn (Finance)".into(),
            lines: vec![finn.clone()],
            hidden: 0,
            tasks: vec![task_line(17, "refund ORD-1042", waits_for_dana())],
            more: 1,
            as_of: at(10, 2),
        };
        insta::assert_snapshot!(render(&one).to_plain(), @r"
        *Finn (Finance)* · 2 tasks
        Oldest since 20 Nov 09:01 · 4 done in 7 days
        • *T-17* refund ORD-1042 · waits for Dana Ruiz or Omar Haddad to decide A-31, until 20 Nov 14:02
        · And 1 more.
        · Open work, and what was done in the last 7 days · 20 Nov 10:02
        ");
        let lines = vec![finn, line("Ana Silva", 0, 1, None)];
        let team = WorkloadAnswer { of: "Support team".into(), lines, hidden: 1, tasks: vec![], more: 0, ..one };
        insta::assert_snapshot!(render(&team).to_plain(), @r"
        *Support team* · 2 tasks, asked for 1 more
        Who | Has | Asked | Oldest | Done in 7 days
        Finn (Finance) | 2 | 0 | 20 Nov 09:01 | 4
        Ana Silva | 0 | 1 | – | 4
        · Without 1 member whose workload is not for you to see.
        · Open work, and what was done in the last 7 days · 20 Nov 10:02
        ");
    }

    #[test]
    fn names_are_read_as_they_are_typed() {
        let of = |who: Option<&str>| Asked::Query(Query::Workload { who: who.map(str::to_owned) });
        assert_eq!(read(""), of(None));
        assert_eq!(read("of me?"), of(None));
        assert_eq!(read("of the support team"), of(Some("support team")));
        assert_eq!(read("@dana"), of(Some("dana")));
    }
}
