//! What a sentence means: the typed rule, with the contract's JSON as its serde form.
//!
//! Fields that equal their default are left out of the JSON. Lists are any-of; the slots of one condition must all hold.

use serde::{Deserialize, Serialize};

use crate::catalogue::ToolName;
use crate::workers::WorkerRef;

/// A rule, by kind. `guidance` is here too: it is a reading, though it enforces nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Rule {
    Define(Define),
    Route(Route),
    Escalate(Escalate),
    Approve(Approve),
    Allow(Allow),
    Forbid(Forbid),
    Permit(Permit),
    Before(Before),
    Prioritise(Prioritise),
    Budget(Budget),
    Expect(Expect),
    Review(Review),
    Sample(Sample),
    Guard(Guard),
    Autonomy(Autonomy),
    Schedule(Schedule),
    Cover(Cover),
    Hours(Hours),
    Guidance(Guidance),
}

impl Rule {
    /// The contract's word for its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Define(_) => "define",
            Self::Route(_) => "route",
            Self::Escalate(_) => "escalate",
            Self::Approve(_) => "approve",
            Self::Allow(_) => "allow",
            Self::Forbid(_) => "forbid",
            Self::Permit(_) => "permit",
            Self::Before(_) => "before",
            Self::Prioritise(_) => "prioritise",
            Self::Budget(_) => "budget",
            Self::Expect(_) => "expect",
            Self::Review(_) => "review",
            Self::Sample(_) => "sample",
            Self::Guard(_) => "guard",
            Self::Autonomy(_) => "autonomy",
            Self::Schedule(_) => "schedule",
            Self::Cover(_) => "cover",
            Self::Hours(_) => "hours",
            Self::Guidance(_) => "guidance",
        }
    }
}

/// A term for words (`means`), or for an action (`tools`, `amount`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Define {
    pub term: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub means: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<ToolPattern>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<AmountArgument>,
}

/// Where a tool's arguments carry an amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmountArgument {
    pub argument: String,
    /// `cents` (minor units) or `units`.
    pub unit: AmountUnit,
    pub currency: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AmountUnit {
    Cents,
    Units,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub when: Condition,
    pub to: Vec<WorkerRef>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalate {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub who: Vec<WorkerRef>,
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub when: Condition,
    pub to: Vec<WorkerRef>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approve {
    pub action: String,
    pub tools: Vec<ToolPattern>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub who: Vec<WorkerRef>,
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub when: Condition,
    /// Empty: the owner of the agent that acts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<WorkerRef>,
    #[serde(default = "one")]
    pub count: u32,
    /// Absent: one day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<IsoDuration>,
    #[serde(default, skip_serializing_if = "Otherwise::is_deny")]
    pub otherwise: Otherwise,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<Confirm>,
}

fn one() -> u32 {
    1
}

/// What happens when nobody decided in time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Otherwise {
    #[default]
    #[serde(with = "deny_word")]
    Deny,
    Ask(Vec<WorkerRef>),
}

impl Otherwise {
    pub fn is_deny(&self) -> bool {
        matches!(self, Self::Deny)
    }
}

mod deny_word {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str("deny")
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<(), D::Error> {
        match String::deserialize(d)?.as_str() {
            "deny" => Ok(()),
            other => Err(serde::de::Error::custom(format!("expected deny, found {other}"))),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirm {
    /// A word must be typed.
    Typed,
}

/// Grants freedom from approval; grants no tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allow {
    pub action: String,
    pub tools: Vec<ToolPattern>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub who: Vec<WorkerRef>,
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub when: Condition,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forbid {
    pub action: String,
    pub tools: Vec<ToolPattern>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub who: Vec<WorkerRef>,
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub when: Condition,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permit {
    pub who: Vec<WorkerRef>,
    pub tools: Vec<ToolPattern>,
    /// No other worker may use these.
    #[serde(default, skip_serializing_if = "is_false")]
    pub only: bool,
    /// These and no others ("nothing else"); kept beside the contract's slots, never in the JSON.
    #[serde(skip)]
    pub nothing_else: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    pub action: String,
    pub tools: Vec<ToolPattern>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub who: Vec<WorkerRef>,
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub when: Condition,
    pub first: Vec<ToolPattern>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prioritise {
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub when: Condition,
    pub priority: Priority,
}

/// How urgent work is; ordered, the most urgent last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    Low,
    Normal,
    High,
    Urgent,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    pub who: Vec<WorkerRef>,
    pub amount: Number,
    pub currency: String,
    pub per: Period,
    #[serde(default, skip_serializing_if = "BudgetThen::is_default")]
    pub then: BudgetThen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    Task,
    Day,
    Week,
    Month,
    Quarter,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetThen {
    #[default]
    Pause,
    Ask,
    Warn,
}

impl BudgetThen {
    fn is_default(&self) -> bool {
        *self == Self::Pause
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expect {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub who: Vec<WorkerRef>,
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub when: Condition,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respond_within: Option<IsoDuration>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolve_within: Option<IsoDuration>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub who: Vec<WorkerRef>,
    pub every_days: u32,
    /// Empty: the owner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remind: Vec<WorkerRef>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    pub who: Vec<WorkerRef>,
    pub percent: Number,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<WorkerRef>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guard {
    pub who: Vec<WorkerRef>,
    pub measure: Measure,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<Number>,
    pub over_days: u32,
    pub then: GuardThen,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<WorkerRef>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    Acceptance,
    Escalations,
    Cost,
    Csat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardThen {
    ApproveAll,
    Pause,
    Notify,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Autonomy {
    pub who: Vec<WorkerRef>,
    pub level: Level,
    /// For display; empty where it is about everything that the worker does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub action: String,
    /// The actions that it is about; empty: all of them, and its answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<ToolPattern>,
    /// A date (`2026-12-01`) or a duration (`P30D`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// How free a worker is; ordered, the freest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Observe,
    Suggest,
    Ask,
    Act,
    Report,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub who: Vec<WorkerRef>,
    /// The `cron` crate's dialect: seconds first, seven fields, day names.
    pub cron: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    #[serde(rename = "do")]
    pub what: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub older_than_days: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<WorkerRef>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    pub person: WorkerRef,
    pub by: Vec<WorkerRef>,
    /// ISO dates, both inclusive.
    pub from: String,
    pub until: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub who: Vec<WorkerRef>,
    /// Three-letter English day names, Monday first.
    pub days: Vec<String>,
    /// `HH:MM`, twenty-four hours.
    pub start: String,
    pub end: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guidance {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub who: Vec<WorkerRef>,
}

/// A tool, or all tools of a server: `billing.refund`, `billing.*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ToolPattern(pub String);

impl ToolPattern {
    pub fn covers(&self, tool: &ToolName) -> bool {
        tool.matches(&self.0)
    }
}

/// An ISO 8601 duration as the contract writes it: `PT30M`, `P1D`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IsoDuration(pub String);

/// An exact number with at most six decimals, in millionths; JSON writes it as a plain number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(pub i64);

pub use super::condition::{AmountRange, Condition, HoursSide, Same, Source, Times};

fn is_false(b: &bool) -> bool {
    !*b
}

impl Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if self.0 % 1_000_000 == 0 { s.serialize_i64(self.0 / 1_000_000) } else { s.serialize_f64(self.0 as f64 / 1e6) }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(d)?;
        let micros = number
            .as_i64()
            .and_then(|units| units.checked_mul(1_000_000))
            .or_else(|| number.as_f64().filter(|f| f.abs() < 9e12).map(|f| (f * 1e6).round() as i64));
        micros.map(Self).ok_or_else(|| serde::de::Error::custom("a number too large for an amount"))
    }
}

impl IsoDuration {
    /// The length in microseconds: days, hours, minutes and seconds (`P1DT2H`, `PT30M`); `None` for anything else.
    pub fn span(&self) -> Option<crate::clock::Span> {
        let rest = self.0.strip_prefix('P')?;
        let (date, time) = rest.split_once('T').unwrap_or((rest, ""));
        let (mut total, mut seen) = (0_i64, false);
        for (part, units) in
            [(date, &[('W', 604_800), ('D', 86_400)][..]), (time, &[('H', 3_600), ('M', 60), ('S', 1)][..])]
        {
            let mut digits = String::new();
            for c in part.chars() {
                if c.is_ascii_digit() {
                    digits.push(c);
                    continue;
                }
                let (_, seconds) = units.iter().find(|(unit, _)| *unit == c)?;
                let count: i64 = digits.parse().ok()?;
                total = total.checked_add(count.checked_mul(*seconds)?)?;
                digits.clear();
                seen = true;
            }
            if !digits.is_empty() {
                return None;
            }
        }
        seen.then(|| total.checked_mul(1_000_000).map(crate::clock::Span)).flatten()
    }
}
