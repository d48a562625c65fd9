//! Budgets: may it be spent? Reserved before each call, settled after it, refused when nothing is left.
//!
//! A budget is a pot: what its sentence names spends from it together, within one window (a task's whole life, or a day, week,
//! month or quarter at the company's place). What a call may cost at most is reserved before the call and replaced by what it
//! did cost afterwards; what broke off in between stays reserved as a doubt, so that a budget errs on the side of having spent.
//!
//! Absent here: rates between currencies. What is priced in another currency than a budget cannot be held against it, and is
//! counted as not covered instead of being taken for nothing.

pub mod decide;
pub mod prices;
pub mod store;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::money::Money;
pub use decide::{Answer, Threshold, crossed, may_spend};
pub use prices::{ModelPrice, PriceTable, Tokens, ToolPrice};

/// A pot within one window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pot {
    /// Whose, per what and in which currency; without the amount, so that a raised sentence does not forget what was spent.
    pub key: String,
    /// When its window began; the day on which a task was opened for a pot of that task alone.
    pub from: Timestamp,
    /// `None`: it never ends by the clock.
    pub until: Option<Timestamp>,
    /// What the sentence in force says.
    pub limit: Money,
    pub then: Then,
    /// The positions that spend from it; empty where every position does.
    pub positions: Vec<String>,
    /// The account whose requests spend from it; `None` where it does not matter who asks.
    pub requester: Option<String>,
}

/// What happens once a pot is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// Nothing more is spent until the window ends or the sentence is changed.
    Pause,
    /// The owner is asked; nothing more is spent until they say so.
    Ask,
    /// The owner is told; spending goes on.
    Warn,
}

/// How far a pot has been used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// What people added for this window, in millionths.
    pub granted: i64,
    /// What calls did cost.
    pub settled: i64,
    /// What calls under way may cost at most, and what broke off without telling.
    pub reserved: i64,
    /// How many calls are under way.
    pub open: i64,
    /// Calls that could not be held against it: nobody told their price, or it is in another currency.
    pub uncounted: i64,
    /// The highest threshold that its owner was told of, in percent.
    pub alerted: i64,
}

impl Standing {
    /// The limit with what people added, in millionths.
    pub fn limit(&self, pot: &Pot) -> i64 {
        pot.limit.micros.saturating_add(self.granted)
    }

    pub fn used(&self) -> i64 {
        self.settled.saturating_add(self.reserved)
    }

    /// Whole percent of the limit that calls did cost; a limit of nothing is always used up.
    pub fn percent(&self, pot: &Pot) -> i64 {
        match self.limit(pot) {
            limit if limit <= 0 => 100,
            limit => i64::try_from(i128::from(self.settled) * 100 / i128::from(limit)).unwrap_or(i64::MAX),
        }
    }
}

/// What kind of call spends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Model,
    Tool,
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    Reserved,
    Settled,
    /// It broke off after it may have been billed; its reservation stands until somebody tells what it cost.
    Doubt,
}
