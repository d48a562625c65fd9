//! Which of two rules that both fit decides: the order of the contract's "Which rule wins", 3.
//!
//! Literal words over channel over topic; more slots over fewer; a named agent over a role over a team; the nearer scope;
//! then file name and line. Equal conditions that say different things never get here: the reader refuses them.

use std::cmp::Reverse;

use crate::directives::Reading;
use crate::directives::rule::Condition;
use crate::workers::WorkerRef;

/// What a condition hangs on; ordered, the strongest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ground {
    Other,
    Topic,
    Channel,
    Words,
}

/// How exactly a rule names who takes the work; ordered, the most exact last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Place,
    Team,
    Role,
    Worker,
}

/// Comparable strength; the greatest decides. The last two parts give the upper line of the first file the greater rank.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank<'a> {
    ground: Ground,
    slots: usize,
    named: Named,
    /// A role's own file is nearer than the company's.
    own_file: bool,
    place: Reverse<(&'a str, u32, u32)>,
}

impl<'a> Rank<'a> {
    pub(super) fn of(reading: &'a Reading, when: &Condition, to: &[WorkerRef]) -> Self {
        let origin = &reading.origin;
        Self {
            ground: ground(when),
            slots: slots(when),
            named: to.iter().map(named).max().unwrap_or(Named::Place),
            own_file: reading.role.is_some(),
            place: Reverse((&origin.file, origin.line, origin.column)),
        }
    }
}

fn ground(when: &Condition) -> Ground {
    let own = if !when.mentions.is_empty() {
        Ground::Words
    } else if !when.channels.is_empty() {
        Ground::Channel
    } else if !when.topics.is_empty() {
        Ground::Topic
    } else {
        Ground::Other
    };
    when.all.iter().map(ground).fold(own, Ord::max)
}

/// How many slots must hold at once; those of conditions inside count too.
fn slots(when: &Condition) -> usize {
    let filled = [
        !when.topics.is_empty(),
        !when.mentions.is_empty(),
        !when.channels.is_empty(),
        !when.from.is_empty(),
        when.source.is_some(),
        when.amount.is_some(),
        when.times.is_some(),
        !when.segments.is_empty(),
        when.priority.is_some(),
        when.hours.is_some(),
    ];
    let inside = when.all.iter().chain(when.unless.as_deref()).map(slots).sum::<usize>();
    filled.into_iter().filter(|is| *is).count() + inside
}

fn named(worker: &WorkerRef) -> Named {
    match worker {
        WorkerRef::Agent(_) | WorkerRef::Person(_) => Named::Worker,
        WorkerRef::Role(_)
        | WorkerRef::Human
        | WorkerRef::Owner
        | WorkerRef::Supervisor
        | WorkerRef::Requester
        | WorkerRef::RequesterManager => Named::Role,
        WorkerRef::Team(_) => Named::Team,
        WorkerRef::Channel(_) | WorkerRef::Bot(_) => Named::Place,
    }
}
