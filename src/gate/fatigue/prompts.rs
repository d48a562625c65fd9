//! How somebody is asked: by a card of its own, on a list of what is alike, or later, in one message when the hour turns.

use serde_json::json;

use super::Risk;
use crate::catalogue::canonical;
use crate::clock::{Span, Timestamp};
use crate::gate::{Approval, Proposal};
use crate::ids::{ApprovalId, ListId};

/// More than so many actions are never on one list.
pub const MOST_ON_A_LIST: usize = 10;
/// What must be decided sooner than so long after the hour turns is never put off until then.
pub const NEAR: Span = Span::minutes(30);
const HOUR: Span = Span::hours(1);

/// What a request is like, for the question how to ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    pub risk: Risk,
    /// Whether a line of a list shows it whole.
    pub fits_a_line: bool,
    pub deadline: Timestamp,
}

/// What one person has been asked already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    /// Messages that they were sent since the hour began.
    pub this_hour: u32,
    /// A list of what is alike that has something open and room left.
    pub list: Option<ListId>,
    /// A card of what is alike that still waits.
    pub alike: Option<ApprovalId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Card,
    /// It joins this list, in place.
    OnList(ListId),
    /// A list begins, with that card's action on it.
    ListWith(ApprovalId),
    Later(Timestamp),
}

/// How to ask. What is dangerous, or too long for a line, is asked at once and by itself.
pub fn way(request: &Request, known: &Known, per_hour: u32, now: Timestamp) -> Way {
    if request.risk == Risk::High || !request.fits_a_line {
        return Way::Card;
    }
    if let Some(list) = known.list {
        return Way::OnList(list);
    }
    let turns = hour_turns(now);
    if known.this_hour >= per_hour && request.deadline >= turns.plus(NEAR) {
        return Way::Later(turns);
    }
    known.alike.map_or(Way::Card, Way::ListWith)
}

/// When the hour began.
pub fn hour_began(now: Timestamp) -> Timestamp {
    Timestamp(now.0 - now.0.rem_euclid(HOUR.0))
}

pub fn hour_turns(now: Timestamp) -> Timestamp {
    hour_began(now).plus(HOUR)
}

/// What is alike has the same tool, worker and sentences that ask for somebody's word; targets and amounts may differ.
pub fn likeness(proposal: &Proposal, approval: &Approval) -> String {
    let rules: Vec<_> = approval.progress.iter().map(|progress| &progress.requirement).collect();
    canonical::digest(&json!({ "tool": proposal.tool, "worker": proposal.worker, "rules": rules }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NINE: Timestamp = Timestamp(1_795_165_200_000_000);

    #[test]
    fn what_is_harmless_and_in_time_waits_for_the_hour_to_turn() {
        let now = NINE.plus(Span::minutes(20));
        assert_eq!(hour_began(now), NINE);
        let low = Request { risk: Risk::Low, fits_a_line: true, deadline: now.plus(Span::hours(4)) };
        let known = Known { this_hour: 9, ..Known::default() };
        let full = Known { this_hour: 10, ..known };
        let turns = NINE.plus(Span::hours(1));
        assert_eq!(way(&low, &known, 10, now), Way::Card);
        assert_eq!(way(&low, &full, 10, now), Way::Later(turns));
        assert_eq!(way(&Request { risk: Risk::High, ..low }, &full, 10, now), Way::Card);
        assert_eq!(way(&Request { fits_a_line: false, ..low }, &full, 10, now), Way::Card);
        assert_eq!(way(&Request { deadline: turns.plus(Span::minutes(29)), ..low }, &full, 10, now), Way::Card);
        assert_eq!(way(&Request { deadline: turns.plus(NEAR), ..low }, &full, 10, now), Way::Later(turns));
    }

    #[test]
    fn what_is_alike_joins_a_list_without_another_message() {
        let now = NINE.plus(Span::minutes(20));
        let low = Request { risk: Risk::Low, fits_a_line: true, deadline: now.plus(Span::hours(4)) };
        let alike = Known { alike: Some(ApprovalId(3)), ..Known::default() };
        let list = Known { list: Some(ListId(5)), this_hour: 50, ..alike };
        assert_eq!(way(&low, &alike, 10, now), Way::ListWith(ApprovalId(3)));
        assert_eq!(way(&low, &list, 10, now), Way::OnList(ListId(5)));
        assert_eq!(way(&Request { risk: Risk::High, ..low }, &list, 10, now), Way::Card);
    }
}
