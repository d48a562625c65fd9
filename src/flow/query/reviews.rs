//! When positions are due for review. The last one is the later of the file's date and the database's.

use chrono::NaiveDate;

use super::seen::Viewer;
use crate::directives::matching::people::binds;
use crate::directives::rule::{Review, Rule};
use crate::roster::Position;
use crate::roster::reviews::ReviewDue;
use crate::workers::WorkerRef;

/// The last review of a position, and when the next is due where somebody asked for reviews.
pub(super) fn standing_of(viewer: &Viewer<'_>, position: &Position) -> (Option<NaiveDate>, Option<ReviewDue>) {
    let moment = &viewer.moment;
    let (directives, roster) = (&moment.directives, &moment.directives.roster);
    let zone = roster.timezone_of(None);
    let recorded = moment.directory.reviews.iter().filter(|review| review.position == position.id);
    let recorded = recorded.map(|review| review.at.to_utc().with_timezone(&zone).date_naive()).max();
    let worker = WorkerRef::Agent(position.id.clone());
    let rules = directives.each(|rule: &Rule| -> Option<&Review> {
        if let Rule::Review(review) = rule { Some(review) } else { None }
    });
    // Of several sentences the strictest counts.
    let cadence = rules
        .filter(|(_, review)| binds(roster, &review.who, &worker).surely_met())
        .map(|(_, review)| review.every_days)
        .min();
    let due = roster.review_due(position, recorded, cadence, viewer.today());
    let in_file = position.reviewed.as_deref().and_then(|date| NaiveDate::parse_from_str(date, "%Y-%m-%d").ok());
    (in_file.max(recorded), due)
}
