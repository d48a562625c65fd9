//! The example of the golden tests: Ana asks for a refund, Finn does it, Dana decides.

use chrono::NaiveDate;

use super::lines::{ApprovalLine, QuestionLine, Stage, TaskLine};
use super::reviews::ReviewLine;
use crate::clock::{Span, Timestamp};
use crate::ids::{ApprovalId, TaskId};
use crate::money::{Currency, Money};
use crate::replies::named::{Cited, Who};

/// A time of Friday 20 November 2026, UTC.
pub fn at(hour: i64, minute: i64) -> Timestamp {
    Timestamp(1_795_132_800_000_000).plus(Span::hours(hour)).plus(Span::minutes(minute))
}

pub fn who(name: &str) -> Who {
    Who::new(name, None)
}

pub fn dollars(n: i64) -> Money {
    Money::new(n * Money::MICROS_PER_UNIT, Currency::new("USD"))
}

pub fn cited(text: &str, file: &str, line: u32) -> Cited {
    Cited { text: text.into(), file: file.into(), line }
}

pub fn waits_for_dana() -> Stage {
    Stage::WaitsForApproval { id: ApprovalId(31), asked: vec![who("Dana Ruiz"), who("Omar Haddad")], until: at(14, 2) }
}

pub fn waits_for_priya() -> Stage {
    Stage::WaitsForPerson { asked: who("Priya Nair"), until: Some(at(10, 32)) }
}

pub fn task_line(id: i64, subject: &str, stage: Stage) -> TaskLine {
    TaskLine { task: TaskId(id), subject: subject.into(), stage }
}

pub fn question_line(id: i64, words: &str) -> QuestionLine {
    QuestionLine { task: TaskId(id), worker: who("Finn (Finance)"), words: words.into(), until: at(14, 2) }
}

pub fn approval_line() -> ApprovalLine {
    ApprovalLine {
        id: ApprovalId(31),
        title: "Refund $450.00 to order ORD-1042".into(),
        amount: Some(dollars(450)),
        requester: who("Ana Silva"),
        asked: vec![who("Dana Ruiz"), who("Omar Haddad")],
        until: at(14, 2),
    }
}

/// A review of the finance agent, so many days late on 20 November 2026.
pub fn review_line(name: &str, last: Option<NaiveDate>, days_late: i64, yours: bool) -> ReviewLine {
    let due = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap() - chrono::Duration::days(days_late);
    ReviewLine {
        position: "finance-agent".into(),
        who: who(name),
        role: "finance operations".into(),
        owner: Some(who("Dana Ruiz")),
        last,
        due,
        days_late,
        yours,
    }
}
