//! What may be granted from a card, and whether what was asked for lies within it.

use chrono::{Datelike, Days, NaiveDate, TimeZone, Weekday};

use super::super::shown::{Line, Shown};
use super::super::{Approval, Proposal};
use super::Terms;
use crate::catalogue::Class;
use crate::clock::{Span, Timestamp};
use crate::directives::Directives;
use crate::gate::amounts::{amount_argument, amount_of};
use crate::ids::ActionId;
use crate::money::Money;

/// So many amounts are offered, from that of the card upwards.
const AMOUNTS: usize = 6;
/// So many arguments are offered to be held fixed.
const FIELDS: usize = 10;
/// Numbers of uses that are offered where they are within the limit.
const USES: [u32; 5] = [5, 10, 20, 50, 100];

/// How far a grant may go, whoever gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Actions under one grant; 0: there are no grants.
    pub uses: u32,
    pub days: u32,
    /// Whole units of its currency that a single action may move.
    pub amount: i64,
}

/// Why there is no grant to be had from a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoGrant {
    #[error("Standing grants are switched off here.")]
    Off,
    #[error("This wants a typed confirmation each time, so it is approved one by one.")]
    Typed,
    #[error("This tool destroys something, so it is approved one by one.")]
    Destructive,
    #[error("This moves more than a grant may allow.")]
    TooMuch,
    #[error("It cannot be told what this moves or with which tool, so it is approved one by one.")]
    Unknown,
}

/// What can be chosen on the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub uses: Vec<u32>,
    /// From this action's own amount upwards; empty where no money moves.
    pub amounts: Vec<Money>,
    /// Last days, inclusive, with the instant at which they end.
    pub ends: Vec<(NaiveDate, Timestamp)>,
    /// Top-level arguments that may be held fixed, as they are shown.
    pub fields: Vec<Line>,
}

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub uses: u32,
    /// `None`: this action's own amount.
    pub at_most: Option<Money>,
    pub until: Timestamp,
    /// Names of arguments that shall stay as they are.
    pub only: Vec<String>,
}

/// What is asked for lies outside what may be granted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("{0}")]
    NoGrant(#[from] NoGrant),
    #[error("A grant is good for 1 to {most} actions.")]
    Uses { most: u32 },
    #[error("A grant must allow more than nothing, and at most {most} an action.")]
    Amount { most: Money },
    #[error("A grant in another currency than the action's own is none.")]
    Currency,
    #[error("A grant ends after now and within {days} days.")]
    Until { days: u32 },
    #[error("There is no argument {0} to hold fixed.")]
    Field(String),
}

/// What may be granted from this card; the first of each list is the nearest to this action.
pub fn offer(
    proposal: &Proposal,
    approval: &Approval,
    shown: &Shown,
    limits: Limits,
    directives: &Directives,
    now: Timestamp,
) -> Result<Offer, NoGrant> {
    let amount = may_be_granted(proposal, approval, limits, directives)?;
    let most = limits.amount.saturating_mul(Money::MICROS_PER_UNIT);
    let mut uses: Vec<u32> = USES.into_iter().filter(|n| *n <= limits.uses).collect();
    if uses.is_empty() {
        uses.push(limits.uses);
    }
    let place = amount_argument(directives, &proposal.tool).map(|place| place.argument.as_str());
    let fixed = |line: &&Line| {
        let whole = proposal.arguments.get(&line.argument).is_some_and(|value| !value.is_object() && !value.is_array());
        whole && Some(line.argument.as_str()) != place && !line.argument.contains("idempotency")
    };
    Ok(Offer {
        uses,
        amounts: amount.map(|amount| steps(&amount, most)).unwrap_or_default(),
        ends: ends(limits, directives, now),
        fields: shown.lines.iter().filter(fixed).take(FIELDS).cloned().collect(),
    })
}

/// The terms of a grant, if they lie within the limits.
pub fn terms(
    proposal: &Proposal,
    (approval, like): (&Approval, ActionId),
    asked: &Asked,
    limits: Limits,
    directives: &Directives,
    now: Timestamp,
) -> Result<Terms, Unfit> {
    let own = may_be_granted(proposal, approval, limits, directives)?;
    if asked.uses == 0 || asked.uses > limits.uses {
        return Err(Unfit::Uses { most: limits.uses });
    }
    if asked.until <= now || asked.until > now.plus(Span::days(i64::from(limits.days))) {
        return Err(Unfit::Until { days: limits.days });
    }
    let at_most = match (own, &asked.at_most) {
        (None, _) => None,
        (Some(own), None) => Some(own),
        (Some(own), Some(wanted)) if own.currency != wanted.currency => return Err(Unfit::Currency),
        (Some(own), Some(wanted)) => {
            let most = Money::new(limits.amount.saturating_mul(Money::MICROS_PER_UNIT), own.currency);
            if wanted.micros <= 0 || wanted.micros > most.micros {
                return Err(Unfit::Amount { most });
            }
            Some(wanted.clone())
        }
    };
    let tool = directives.catalogue.get(&proposal.tool).ok_or(NoGrant::Unknown)?;
    let fields = proposal.arguments.as_object().ok_or(NoGrant::Unknown)?;
    let fix = |name: &String| match fields.get(name) {
        Some(value) => Ok((name.clone(), value.clone())),
        None => Err(Unfit::Field(name.clone())),
    };
    Ok(Terms {
        worker: proposal.worker.clone(),
        tool: proposal.tool.clone(),
        tool_digest: tool.binding.digest.clone(),
        at_most,
        only: asked.only.iter().map(fix).collect::<Result<_, _>>()?,
        arguments: fields.keys().cloned().collect(),
        uses: asked.uses,
        until: asked.until,
        from: approval.id,
        like,
    })
}

/// The amount that this action moves, if such actions may be granted at all.
fn may_be_granted(
    proposal: &Proposal,
    approval: &Approval,
    limits: Limits,
    directives: &Directives,
) -> Result<Option<Money>, NoGrant> {
    if limits.uses == 0 || limits.days == 0 {
        return Err(NoGrant::Off);
    }
    if approval.word_to_type().is_some() {
        return Err(NoGrant::Typed);
    }
    match directives.catalogue.get(&proposal.tool).map(|tool| tool.binding.class) {
        None => return Err(NoGrant::Unknown),
        Some(Class::Destructive) => return Err(NoGrant::Destructive),
        Some(Class::Read | Class::Write) => {}
    }
    let amount = amount_of(directives, &proposal.tool, &proposal.arguments).map_err(|_bad| NoGrant::Unknown)?;
    let defined = amount_argument(directives, &proposal.tool).is_some();
    match amount {
        Some(amount) if amount.micros > limits.amount.saturating_mul(Money::MICROS_PER_UNIT) => Err(NoGrant::TooMuch),
        None if defined => Err(NoGrant::Unknown),
        Some(_) | None => Ok(amount),
    }
}

/// The amount itself, then the round ones above it: 1, 2 and 5 of each power of ten.
fn steps(own: &Money, most: i64) -> Vec<Money> {
    let round = (0..18_u32).flat_map(|power| [1_i64, 2, 5].map(|n| n.saturating_mul(10_i64.pow(power))));
    let above = round.filter(|micros| *micros > own.micros && *micros <= most);
    let mut found = vec![own.clone()];
    found.extend(above.take(AMOUNTS - 1).map(|micros| Money::new(micros, own.currency.clone())));
    found
}

/// The end of today, of tomorrow, of this week's and next week's Friday, and the last day that the limit allows.
fn ends(limits: Limits, directives: &Directives, now: Timestamp) -> Vec<(NaiveDate, Timestamp)> {
    let zone = directives.roster.timezone_of(None);
    let today = now.to_utc().with_timezone(&zone).date_naive();
    let after = |days: u64| today.checked_add_days(Days::new(days));
    let to_friday = u64::from((Weekday::Fri.num_days_from_monday() + 7 - today.weekday().num_days_from_monday()) % 7);
    let last = u64::from(limits.days.saturating_sub(1));
    let mut days: Vec<NaiveDate> =
        [0, 1, to_friday, to_friday + 7, last].into_iter().filter(|days| *days <= last).filter_map(after).collect();
    days.sort_unstable();
    days.dedup();
    days.into_iter().filter_map(|day| Some((day, end_of(day, directives)?))).collect()
}

/// The first instant of the next day, at the company's place.
pub fn end_of(day: NaiveDate, directives: &Directives) -> Option<Timestamp> {
    let zone = directives.roster.timezone_of(None);
    let midnight = day.checked_add_days(Days::new(1))?.and_hms_opt(0, 0, 0)?;
    let at = zone.from_local_datetime(&midnight);
    // Where the clocks skip midnight, the day ends an hour later.
    let at = at.earliest().or_else(|| zone.from_local_datetime(&(midnight + chrono::Duration::hours(1))).earliest())?;
    Some(Timestamp::from_utc(at.to_utc()))
}
