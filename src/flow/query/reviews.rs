//! `reviews` and `review NAME`: when positions are due for review. The last one is the later of the file's date and the
//! database's.

use chrono::NaiveDate;

use super::super::FlowError;
use super::super::facts::Moment;
use super::Told;
use super::seen::Viewer;
use crate::commands::review::{self, PastReview, ReviewAnswer};
use crate::commands::reviews::{ReviewLine, ReviewsAnswer, SOON_DAYS, render};
use crate::directives::matching::people::binds;
use crate::directives::rule::{Review, Rule};
use crate::roster::reviews::ReviewDue;
use crate::roster::{Position, PositionStatus, store as roster};
use crate::workers::{SlackUser, WorkerRef};

/// So many past reviews are shown.
const PAST_SHOWN: i64 = 5;

pub(super) fn answer(viewer: &Viewer<'_>) -> Told {
    viewer.only_members()?;
    let (mut due, mut later, mut without) = (Vec::new(), 0, 0);
    let positions = viewer.moment.directives.roster.positions.values();
    for position in positions.filter(|position| position.status != PositionStatus::Retired) {
        match line(viewer, position) {
            Some(line) if line.days_late >= -SOON_DAYS => due.push(line),
            Some(_) => later += 1,
            // Reviews are for agents; people have theirs elsewhere unless a line says so.
            None => without += u32::from(position.is_program()),
        }
    }
    due.sort_by(|a, b| b.days_late.cmp(&a.days_late).then_with(|| a.who.name.cmp(&b.who.name)));
    Ok(render(&ReviewsAnswer { due, later, without, as_of: viewer.moment.now }))
}

pub(super) async fn card(viewer: &Viewer<'_>, name: &str) -> Result<Told, FlowError> {
    let position = match viewer.only_members().and_then(|()| viewer.resolve_position(name)) {
        Ok(position) => position,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let names = viewer.names();
    let worker = WorkerRef::Agent(position.id.clone());
    let yours = is_yours(viewer, position);
    // What was found is between those who answer for the agent.
    let reads_notes = yours && viewer.asker.private;
    let past = roster::reviews_of(&viewer.app.store, &position.id, PAST_SHOWN).await?;
    let past = past.into_iter().map(|recorded| PastReview {
        by: names.account(&SlackUser { team: viewer.app.ours.team.clone(), user: recorded.by }),
        at: recorded.at,
        notes: (reads_notes && !recorded.notes.is_empty()).then_some(recorded.notes),
    });
    let answer = ReviewAnswer {
        position: position.id.clone(),
        who: names.worker(&worker),
        owner: names.owner(&worker),
        next: line(viewer, position),
        past: past.collect(),
        in_file: in_file(position),
        yours,
        as_of: viewer.moment.now,
    };
    Ok(Ok(review::render(&answer)))
}

/// A position and its next review; `None` where nobody asked for reviews.
pub(super) fn line(viewer: &Viewer<'_>, position: &Position) -> Option<ReviewLine> {
    let (last, due) = standing_of(viewer, position);
    let due = due?;
    let names = viewer.names();
    let worker = WorkerRef::Agent(position.id.clone());
    let role = viewer.moment.directives.roster.roles.get(&position.role);
    Some(ReviewLine {
        position: position.id.clone(),
        who: names.worker(&worker),
        role: role.map_or_else(|| position.role.clone(), |role| role.title.to_lowercase()),
        owner: names.owner(&worker),
        last,
        due: due.due,
        days_late: due.days_late,
        yours: is_yours(viewer, position),
    })
}

/// Whether the asker may record it: the owner or the supervisor, as the recording itself checks again.
fn is_yours(viewer: &Viewer<'_>, position: &Position) -> bool {
    let context = viewer.moment.directives.roster.context_of(Some(&position.id), None);
    viewer.handle.as_ref().is_some_and(|handle| context.owner.contains(handle) || context.supervisor.contains(handle))
}

fn in_file(position: &Position) -> Option<NaiveDate> {
    position.reviewed.as_deref().and_then(|date| NaiveDate::parse_from_str(date, "%Y-%m-%d").ok())
}

/// The last review of a position, and when the next is due where somebody asked for reviews.
pub(super) fn standing_of(viewer: &Viewer<'_>, position: &Position) -> (Option<NaiveDate>, Option<ReviewDue>) {
    standing(&viewer.moment, position, viewer.today())
}

/// The same at any moment; `today` is the day at the company's place.
pub(in crate::flow) fn standing(
    moment: &Moment,
    position: &Position,
    today: NaiveDate,
) -> (Option<NaiveDate>, Option<ReviewDue>) {
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
    let due = roster.review_due(position, recorded, cadence, today);
    (in_file(position).max(recorded), due)
}
