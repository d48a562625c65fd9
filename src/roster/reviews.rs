//! When a position is due for review. The last review is the later of the file's date and the database's.

use chrono::{Days, NaiveDate};

use super::{Position, PositionStatus, Roster};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewDue {
    /// `None`: never reviewed.
    pub last: Option<NaiveDate>,
    pub due: NaiveDate,
    /// Whole days past the due date; zero or less means that it is not late.
    pub days_late: i64,
}

impl Roster {
    /// When `position` is due, given the date that was `recorded` in the database and the cadence of a `review` sentence
    /// (`every_days`; else the role's own). `None` where nobody asked for reviews, or the position is retired.
    ///
    /// A position that was never reviewed is due one cadence after it began; where that is unknown too, it is due today.
    pub fn review_due(
        &self,
        position: &Position,
        recorded: Option<NaiveDate>,
        every_days: Option<u32>,
        today: NaiveDate,
    ) -> Option<ReviewDue> {
        if position.status == PositionStatus::Retired {
            return None;
        }
        let cadence = every_days.or_else(|| self.roles.get(&position.role)?.review_every_days)?;
        let in_file = position.reviewed.as_deref().and_then(date);
        let last = in_file.max(recorded);
        let due = match last.or_else(|| position.since.as_deref().and_then(date)) {
            Some(from) => from.checked_add_days(Days::new(u64::from(cadence)))?,
            None => today,
        };
        Some(ReviewDue { last, due, days_late: (today - due).num_days() })
    }
}

fn date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}
