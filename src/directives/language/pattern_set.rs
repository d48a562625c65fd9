//! Which sets of patterns there are, and what each pattern builds.

use super::vocabulary::{approvals, clauses, gates, modifiers, voices, work};

/// Where a pattern may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Set {
    /// A whole sentence.
    Main,
    /// "within 4 hours", "unless …", "in #it": beside a main clause.
    Adjunct,
    /// After if, when, unless.
    Clause,
    /// After a word for work that comes in: "mentioning …", "from …".
    WorkMod,
    /// The approval that something needs.
    Okay,
}

/// What a pattern builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    Route,
    RouteIf,
    EscalateWork,
    Escalate,
    Approve,
    Allow,
    Forbid,
    ForbidUnlessFrom,
    ForbidUnless,
    Permit,
    PermitOnly,
    PermitNothingElse,
    Before,
    Prioritise,
    Budget,
    ExpectRespond,
    ExpectResolve,
    ExpectBoth,
    Review,
    Sample,
    GuardBelow,
    GuardAbove,
    Autonomy,
    Schedule,
    Cover,
    Hours,
    // Adjuncts
    If,
    Unless,
    WhenMod,
    UnlessMod,
    Mentioning,
    UnlessSegment,
    Within,
    OtherwiseAsk,
    OtherwiseDeny,
    Typed,
    NothingElse,
    ThenPause,
    ThenAsk,
    ThenWarn,
    UntilDate,
    RemindTo,
    ByWho,
    Emphatic,
    Undefined,
    // Clauses and modifiers
    Unanswered,
    FailedTimes,
    FailedOnce,
    Unsure,
    Stuck,
    About,
    Mentions,
    MentionsAll,
    InChannel,
    FromWorker,
    Segment,
    Amount,
    NotAmount,
    Outside,
    Inside,
    Urgency,
    TimesOver,
    Came,
    /// "that Selma offers": whose action it is.
    Acting,
    Acts,
    ActsAmount,
    // Approvals
    OkayBy,
    OkayCount,
    OkayNone,
    OkayHuman,
}

pub type Table = &'static [(Form, &'static [&'static str])];

pub const TABLES: &[(Set, Table)] = &[
    (Set::Main, gates::GATES),
    (Set::Main, voices::VOICES),
    (Set::Main, work::WORK),
    (Set::Main, work::CARE),
    (Set::Adjunct, clauses::ADJUNCTS),
    (Set::Clause, clauses::CLAUSES),
    (Set::WorkMod, modifiers::WORK_MODIFIERS),
    (Set::Okay, approvals::APPROVALS),
];
