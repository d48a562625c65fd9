//! The last look before a sentence is taken for guidance: one that begins with what a tool does, and speaks of approval,
//! waiting or a ban, is a gate that somebody believes in. If no reading of it is known, that must be said.

use super::grammar::Slot;
use super::scan::Reader;
use super::token::{Kind, Token};
use super::values::{Slotted, Val, error};
use super::vocabulary::turns::APPROVALS;
use super::workers::phrase_at;
use super::{Finding, Vocabulary};
use crate::workers::WorkerRef;

/// The action is the sentence's subject or its verb if it begins this early: "Nothing gets refunded", "Never cancel".
const LATEST_START: usize = 4;
/// Actions that bind with more guessing than this are words that only look like one.
const SURE: u32 = 4;

/// Words that make a gate of a sentence about an action.
const GATE: &[&str] = &[
    "approval", "approvals", "approve", "approves", "approved", "approver", "approvers", "authorisation",
    "authorization", "authorised", "authorized", "blessing", "clearance", "consent", "okay", "ok", "permission",
    "signature",
];
/// Words that may stand before an action that the sentence is about.
const BEFORE: &[&str] = &[
    "a", "all", "an", "any", "are", "be", "can", "do", "each", "every", "get", "gets", "is", "may", "must", "never",
    "more", "less", "fewer", "than", "over", "at", "least", "most", "two", "three", "four", "five", "ten", "too",
    "many", "new", "no", "nobody", "not", "nothing", "our", "please", "the", "to",
];
/// Words that may stand between a ban and what it bans.
const BEFORE_ANYWHERE: &[&str] = &[
    "account", "all", "allowed", "any", "are", "engage", "in", "be", "can", "case", "circumstances", "do", "each",
    "event", "every", "ever", "is", "may", "must", "never", "no", "nobody", "not", "nothing", "permitted", "shall",
    "should", "time", "to", "under", "will",
];
/// Words that, beside one of approval, make a rule.
const FORCE: &[&str] = &[
    "absent", "before", "condition", "conditional", "except", "failing", "must", "need", "needed", "needs", "only",
    "pending", "prior", "provided", "require", "required", "requires", "save", "shall", "subject", "unless", "until",
    "without",
];
/// Words that forbid what a sentence is about, or hold it back.
const CLOSED: &[&str] =
    &["banned", "barred", "capped", "debarred", "disallowed", "forbidden", "frozen", "hold", "precluded", "prohibited"];
/// Words of what has been, or of how things are.
const FACTS: &[&str] = &["was", "were", "had", "did", "yesterday", "ago", "rare", "rarely", "seldom"];
/// Words that make a need of an approval.
const NEEDED: &[&str] = &[
    "mandatory", "must", "need", "needed", "needs", "obligatory", "require", "required", "requires", "shall",
    "subject", "unless", "without",
];
/// Words for a limit.
const LIMITS: &[&str] = &["allowance", "cap", "capped", "ceiling", "limit", "limited", "limits", "maximum"];
/// Words before an action that ban it.
const BAN: &[&str] = &["never", "no", "nothing", "nobody", "not"];

/// The error for a sentence that looks like a gate about a tool and could not be read.
pub fn gate(voc: &Vocabulary<'_>, tokens: &[Token]) -> Option<Finding> {
    let reader = Reader::new(voc, tokens.to_vec());
    let care = of_a_worker(&reader).or_else(|| of_everything(&reader)).or_else(|| of_nothing_named(&reader));
    if let Some(finding) = care
        .or_else(|| of_care(&reader))
        .or_else(|| of_help(&reader))
        .or_else(|| of_the_clock(&reader))
        .or_else(|| of_a_look(&reader))
    {
        return Some(finding);
    }
    of_an_act(&reader)
}

/// What a tool does, and a word of approval, of a ban or of a limit: a gate, wherever in the sentence it stands.
fn of_an_act(reader: &Reader<'_>) -> Option<Finding> {
    let total = reader.tokens.len();
    let low = |at: usize| reader.low(at);
    let says = |words: &[&str]| (0..total).any(|i| words.contains(&low(i)));
    // What stands before the action may only count, ban or help it: "Never promise a refund" is about promising.
    let leads = |at: usize| (0..at).all(|i| BEFORE.contains(&low(i)));
    let early = (0..=LATEST_START.min(total.saturating_sub(1))).find(|at| leads(*at) && is_act(reader, *at, false));
    let approval = says(GATE);
    let waits = (0..total).any(|i| matches!(low(i), "wait" | "waits") && low(i + 1) == "for");
    let subject = early.is_some_and(|at| {
        approval || waits || (0..at).any(|i| BAN.contains(&low(i))) || (at == 0 && low(1) == "nothing")
    });
    if subject && !(low(0) == "nothing" && low(1) == "in") {
        return Some(unread(reader));
    }
    // What was is no rule: "last year we wrote off less".
    let last = low(0) == "last" && matches!(low(1), "year" | "month" | "week" | "quarter" | "summer" | "time");
    let disclaimed = low(0) == "nothing" && low(1) == "in";
    if says(FACTS) || last || disclaimed {
        return None;
    }
    if of_an_approver(reader) || of_a_named_tool(reader) {
        return Some(unread(reader));
    }
    if of_a_route(reader) {
        return Some(unread_route(reader));
    }
    let acts: Vec<usize> = (0..total).filter(|at| is_act(reader, *at, true)).collect();
    if acts.is_empty() {
        return None;
    }
    let banned = acts.iter().any(|at| {
        let before = (0..*at).rev().take_while(|i| BEFORE_ANYWHERE.contains(&low(*i)));
        before.map(low).any(|word| BAN.contains(&word))
    });
    // "Refunds shall not take place."
    let stopped = (0..total).any(|at| {
        matches!(low(at), "shall" | "must" | "may" | "can" | "should" | "will")
            && matches!(low(at + 1), "not" | "never")
            && matches!(low(at + 2), "happen" | "take" | "occur" | "proceed" | "run" | "go")
    });
    let needed = approval && says(FORCE);
    let closed = says(CLOSED);
    let summed = (0..total).any(|at| reader.slot(Slot::Bound, at).iter().any(|one| one.faults.is_empty()));
    let limited = says(LIMITS) && (0..total).any(|at| !reader.slot(Slot::Money, at).is_empty());
    let counted = (0..total).any(|at| is_count(reader, at))
        && (0..total).any(|at| !reader.slot(Slot::Per, at).is_empty() || !reader.slot(Slot::Period, at).is_empty());
    (banned || stopped || needed || closed || summed || limited || counted).then(|| unread(reader))
}

/// "at most three", "more than 5".
fn is_count(reader: &Reader<'_>, at: usize) -> bool {
    let led = ["at most", "no more than", "more than", "up to", "a maximum of", "not more than", "fewer than", "only"];
    led.iter().filter_map(|phrase| phrase_at(reader, at, phrase)).any(|end| !reader.slot(Slot::Num, end).is_empty())
}

/// A tool in backticks, and a word of what must or may be.
fn of_a_named_tool(reader: &Reader<'_>) -> bool {
    let known = |code: &str| reader.index.tools.iter().any(|tool| tool.name == code);
    let named = reader.tokens.iter().any(|token| matches!(&token.kind, Kind::Code(code) if known(code)));
    let forced =
        |at: usize| matches!(reader.low(at), "must" | "may" | "never" | "only" | "need" | "needs" | "shall" | "means");
    named && (0..reader.tokens.len()).any(forced)
}

/// "Dialysis questions go to Ines during working hours and to Otto otherwise": work that goes to somebody who is named.
fn of_a_route(reader: &Reader<'_>) -> bool {
    let moved = |at: usize| {
        let low = reader.low(at);
        matches!(low, "go" | "goes" | "passed" | "routed" | "sent" | "forwarded" | "assigned" | "handed" | "directed")
            && reader.low(at + 1) == "to"
    };
    let handed = |at: usize| {
        matches!(reader.low(at), "hand" | "give" | "send" | "pass")
            && matches!(reader.low(at + 1), "it" | "them" | "those")
    };
    let named = |at: usize| {
        reader.slot(Slot::To, at).iter().any(|one| match &one.val {
            Val::Workers(workers) => {
                let role = |who: &WorkerRef| !matches!(who, WorkerRef::Human | WorkerRef::Requester);
                one.faults.is_empty() && !workers.everyone && workers.refs.iter().all(role)
            }
            _ => false,
        })
    };
    // "Anyone who threatens to sue is passed to Dana."
    let whoever = matches!(reader.low(0), "anyone" | "anybody" | "whoever" | "everyone" | "everybody")
        || matches!(reader.low(0), "people" | "customers") && reader.low(1) == "who";
    let work =
        |at: usize| (whoever || !reader.slot(Slot::Work, 0).is_empty()) && reader.low(at.wrapping_sub(1)) != "that";
    (1..reader.tokens.len())
        .any(|at| moved(at) && named(at + 2) && work(at) || handed(at) && reader.low(at + 2) == "to" && named(at + 3))
}

fn unread_route(reader: &Reader<'_>) -> Finding {
    error(
        "unread-route",
        reader.span(0, reader.tokens.len()),
        "this looks like a rule about who takes which work, and it cannot be read as one".to_owned(),
        "say it plainly: which topic, which words or which channel goes to whom",
    )
}

/// "Jun's signature is required on every contract": somebody must approve, whatever it is.
fn of_an_approver(reader: &Reader<'_>) -> bool {
    let total = reader.tokens.len();
    let says = |words: &[&str]| (0..total).any(|i| words.contains(&reader.low(i)));
    let okay = |at: usize| {
        reader.slot(Slot::Okay, at).iter().any(|one| match &one.val {
            Val::Okay(okay) => {
                one.faults.is_empty()
                    && !okay.by.is_empty()
                    && (at..one.end).any(|i| APPROVALS.contains(&reader.low(i)))
            }
            _ => false,
        })
    };
    says(NEEDED) && (0..total).any(okay)
}

/// Whether what begins here is surely something that a tool does; `writes`: and more than looking.
fn is_act(reader: &Reader<'_>, at: usize, writes: bool) -> bool {
    let whole = |end: usize| !matches!(reader.low(end), "a" | "an" | "the" | "any" | "your" | "our" | "their");
    let changes = |one: &Slotted| match &one.val {
        Val::Action(action) => action.tools.iter().any(|tool| {
            let known = reader.index.tools.iter().find(|words| words.name == tool.0);
            known.is_none_or(|words| !words.reads)
        }),
        _ => false,
    };
    let sure = |act: &Slotted| act.faults.is_empty() && act.cost < SURE && whole(act.end) && (!writes || changes(act));
    reader.slot(Slot::Act, at).iter().any(sure)
}

fn unread(reader: &Reader<'_>) -> Finding {
    error(
        "unread-gate",
        reader.span(0, reader.tokens.len()),
        "this looks like a rule about something that a tool does, and it cannot be read as one".to_owned(),
        "say it plainly: who must approve what, above which amount; or what never happens",
    )
}

/// "Petra can't pay anyone …": an agent, a ban, and something that a tool does.
fn of_a_worker(reader: &Reader<'_>) -> Option<Finding> {
    let agent = |one: &&Slotted| match &one.val {
        Val::Workers(workers) => {
            one.faults.is_empty() && workers.refs.iter().any(|who| matches!(who, WorkerRef::Agent(_)))
        }
        _ => false,
    };
    let subjects = reader.slot(Slot::Who, 0);
    subjects.iter().filter(agent).find_map(|subject| {
        let not = reader.low(subject.end + 1) == "not" || reader.low(subject.end + 1) == "never";
        let modal =
            matches!(reader.low(subject.end), "can" | "may" | "must" | "should" | "shall" | "will" | "do" | "does");
        let never = reader.low(subject.end) == "never";
        let hedged = matches!(reader.low(subject.end), "could" | "might");
        let tries =
            phrase_at(reader, subject.end + 1, "try not to").or_else(|| phrase_at(reader, subject.end, "tries not to"));
        let act = tries.unwrap_or(subject.end + if never || hedged { 1 } else { 2 });
        let acts = reader.slot(Slot::Act, act).iter().any(|act| act.faults.is_empty() && act.cost < SURE);
        ((modal && not || never || hedged || tries.is_some()) && acts).then(|| unread(reader))
    })
}

/// "It must be approved by Jun".
fn of_nothing_named(reader: &Reader<'_>) -> Option<Finding> {
    let pronoun = matches!(reader.low(0), "it" | "they" | "this" | "that" | "these" | "those" | "he" | "she");
    let must =
        matches!(reader.low(1), "must" | "needs" | "need" | "has" | "have" | "requires" | "may" | "can" | "shall");
    let gated = (0..reader.tokens.len()).any(|i| GATE.contains(&reader.low(i)));
    (pronoun && must && gated).then(|| {
        error(
            "pronoun",
            reader.span(0, 1),
            format!("“{}” does not say what is meant", reader.low(0)),
            "name the action, or write the sentence under a heading that names it",
        )
    })
}

/// "Lucia checks Mira's answers regularly", "Review Mira now and then", "When Mira's quality drops, pause it": somebody
/// is to look, and nobody says how often or from when on.
fn of_care(reader: &Reader<'_>) -> Option<Finding> {
    let total = reader.tokens.len();
    let agent = (0..total).any(|i| {
        reader.slot(Slot::Who, i).iter().any(|one| match &one.val {
            Val::Workers(workers) => {
                one.faults.is_empty() && workers.refs.iter().any(|who| matches!(who, WorkerRef::Agent(_)))
            }
            _ => false,
        })
    });
    let says = |words: &[&str]| (0..total).any(|i| words.contains(&reader.low(i)));
    let looks = says(&[
        "check", "checks", "checked", "review", "reviews", "reviewed", "spot-check", "audit", "audits", "audited",
    ]);
    let hedge = (0..total).find(|i| reader.hedge_at(*i) > 0);
    if agent
        && looks
        && let Some(at) = hedge
    {
        return Some(reader.hedge_fault(at, at + reader.hedge_at(at)));
    }
    let leads = says(&["if", "when", "whenever", "once", "as"]) || reader.low(0) == "should";
    let measured = says(&[
        "quality", "acceptance", "accepted", "satisfaction", "csat", "escalations", "escalated", "rating",
        "performance", "accuracy", "worse",
    ]);
    let then = says(&["pause", "pauses", "paused", "stop", "stops", "stopped", "suspend", "suspended"]);
    (agent && leads && measured && then).then(|| {
        error(
            "no-limit",
            reader.span(0, total),
            "this does not say what is measured, from which value on, or over which time".to_owned(),
            "write it as in “When fewer than 80% of its proposals are accepted over a month, pause it.”",
        )
    })
}

/// "If something looks odd, tell Yara": somebody is to be told, in a case that nobody can recognise.
fn of_help(reader: &Reader<'_>) -> Option<Finding> {
    let leads = matches!(reader.low(0), "if" | "when" | "whenever" | "once" | "should");
    let comma = (0..reader.tokens.len()).rfind(|i| reader.tokens[*i].is_mark(','))?;
    let verb = comma + 1 + usize::from(matches!(reader.low(comma + 1), "please" | "then"));
    let told = matches!(
        reader.low(verb),
        "tell" | "page" | "notify" | "alert" | "inform" | "wake" | "ping" | "escalate" | "warn"
    );
    // "bring in a human": whoever it is.
    let brought =
        matches!(reader.low(verb), "bring" | "loop" | "pull" | "call" | "get") && reader.low(verb + 1) == "in";
    let told = told || brought;
    let to = verb + 1 + usize::from(reader.low(verb + 1) == "to" || brought);
    let named = reader.slot(Slot::To, to).iter().any(|one| match &one.val {
        Val::Workers(workers) => {
            one.faults.is_empty()
                && one.end == reader.tokens.len()
                && workers.refs.iter().all(|who| *who != WorkerRef::Requester && (brought || *who != WorkerRef::Human))
        }
        _ => false,
    });
    (leads && told && named).then(|| {
        error(
            "undefined-condition",
            reader.span(0, comma),
            "this is no condition that can be checked".to_owned(),
            "say how long nobody answered, how often it failed, which words or topics it is about, or that the agent is unsure",
        )
    })
}

/// "Remind Jun of invoices now and then": by the clock, and no clock is named.
fn of_the_clock(reader: &Reader<'_>) -> Option<Finding> {
    let clock = reader.tokens.iter().any(|token| matches!(token.kind, Kind::Clock(..)));
    let recurs = matches!(reader.low(0), "every" | "each" | "on" | "daily" | "weekdays" | "weekly");
    let agent = (0..reader.tokens.len()).any(|at| {
        reader.slot(Slot::Who, at).iter().any(|one| match &one.val {
            Val::Workers(workers) => {
                one.faults.is_empty() && workers.refs.iter().any(|who| matches!(who, WorkerRef::Agent(_)))
            }
            _ => false,
        })
    });
    if clock && recurs && agent {
        return Some(error(
            "schedule",
            reader.span(0, reader.tokens.len()),
            "this looks like work by the clock, and it cannot be read as that".to_owned(),
            "write the days, the time, and who does what: “Every Monday at 9:00, Finn lists …”",
        ));
    }
    let named = |one: &Slotted| match &one.val {
        Val::Workers(workers) => {
            one.faults.is_empty()
                && !workers.refs.iter().any(|who| matches!(who, WorkerRef::Human | WorkerRef::Requester))
        }
        _ => false,
    };
    (reader.low(0) == "remind" && reader.slot(Slot::To, 1).iter().any(named)).then(|| {
        error(
            "schedule",
            reader.span(0, reader.tokens.len()),
            "this does not say on which days and at what time".to_owned(),
            "write both, as in “Every Monday at 9:00, remind …”",
        )
    })
}

/// "Before cancelling an order, consult the oracle": a look-up that no tool does.
fn of_a_look(reader: &Reader<'_>) -> Option<Finding> {
    let leads = reader.low(0) == "before" || reader.low(0) == "prior" && reader.low(1) == "to";
    let comma = (0..reader.tokens.len()).find(|i| reader.tokens[*i].is_mark(','))?;
    let from = if reader.low(0) == "before" { 1 } else { 2 };
    let acts =
        reader.slot(Slot::Act, from).iter().any(|act| act.faults.is_empty() && act.cost < SURE && act.end == comma);
    let looks = (comma + 1..reader.tokens.len()).take(5).any(|i| {
        matches!(reader.low(i), "consult" | "fetch" | "verify" | "retrieve")
            || phrase_at(reader, i, "look up").is_some()
            || phrase_at(reader, i, "pull up").is_some()
    });
    (leads && acts && looks).then(|| {
        error(
            "no-tool",
            reader.span(comma + 1, reader.tokens.len()),
            "no tool looks this up, so it cannot be required".to_owned(),
            "name what a tool reads, or the tool itself in backticks",
        )
    })
}

/// "Everything the SRE agent does needs approval".
fn of_everything(reader: &Reader<'_>) -> Option<Finding> {
    let low = |at: usize| reader.low(at);
    let all = matches!(low(0), "everything" | "anything" | "whatever") || low(0) == "all" && low(1) == "that";
    let worker = (1..4).any(|at| {
        reader
            .slot(Slot::Who, at)
            .iter()
            .any(|one| one.faults.is_empty() && matches!(low(one.end), "does" | "do" | "wants" | "proposes" | "plans"))
    });
    let gated = (0..reader.tokens.len()).any(|i| GATE.contains(&low(i)));
    (all && worker && gated).then(|| unread(reader))
}
