//! The closed classes of words, one by one: bounds, seats, priorities, degrees of freedom, units; and what leaves a rule open.

use super::synonyms::wordings;
use super::{outcome, rules, told};
use crate::directives::language::Outcome;
use crate::directives::language::verdict::same;
use crate::directives::language::vocabulary::bounds::{AFTER, BEFORE, Side};
use crate::directives::language::vocabulary::guards::{CONSEQUENCES, DIRECTIONS, NOTIFY};
use crate::directives::language::vocabulary::people::SPECIAL;
use crate::directives::language::vocabulary::topics::{LEVELS, PRIORITIES};
use crate::directives::language::vocabulary::words::{FILLERS, HEDGES, UNITS, VAGUE};
use crate::directives::rule::{GuardThen, Rule};
use serde_json::json;

/// Asserts that each sentence reads as the rule beside it, and tells all that do not at once.
fn assert_read(cases: impl IntoIterator<Item = (String, Vec<Rule>)>) {
    let wrong: Vec<String> = cases
        .into_iter()
        .filter(|(text, wanted)| !rules(&outcome(text)).is_some_and(|read| same(&read, wanted)))
        .map(|(text, _)| format!("{text}\n    {}", told(&outcome(&text))))
        .collect();
    assert!(wrong.is_empty(), "{} sentences are read otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

fn assert_json(cases: impl IntoIterator<Item = (String, serde_json::Value)>) {
    let typed = |wanted| vec![serde_json::from_value(wanted).expect("a rule")];
    assert_read(cases.into_iter().map(|(text, wanted)| (text, typed(wanted))));
}

fn plain(text: &str) -> Vec<Rule> {
    rules(&outcome(text)).unwrap_or_else(|| panic!("{text}: {}", told(&outcome(text))))
}

fn bound(side: Side) -> Vec<Rule> {
    plain(match side {
        Side::Over => "Refunds over $200 need Dana's approval.",
        Side::AtLeast => "Refunds of at least $200 need Dana's approval.",
        Side::Under => "Refunds under $200 need Dana's approval.",
        Side::AtMost => "Refunds of at most $200 need Dana's approval.",
        Side::Exactly => "Refunds from $200 to $200 need Dana's approval.",
    })
}

#[test]
fn bounds_before_and_after_an_amount() {
    let before =
        BEFORE.iter().map(|(phrase, side)| (format!("Refunds {phrase} $200 need Dana's approval."), bound(*side)));
    let after =
        AFTER.iter().map(|(phrase, side)| (format!("Refunds of $200 {phrase} need Dana's approval."), bound(*side)));
    assert_read(before.chain(after));
}

#[test]
fn seats_that_need_no_roster() {
    assert_json(SPECIAL.iter().map(|(phrase, seat)| {
        let phrase = phrase.replace(" 's", "'s");
        (
            format!("If nobody answers within 30 minutes, tell {phrase}."),
            json!({"kind": "escalate", "when": {"unanswered_for": "PT30M"}, "to": [seat.to_ref()]}),
        )
    }));
}

#[test]
fn priorities_and_degrees_of_freedom() {
    assert_json(PRIORITIES.iter().map(|(phrase, priority)| {
        (
            format!("Messages from VIP accounts are {phrase}."),
            json!({"kind": "prioritise", "when": {"segments": ["vip"]}, "priority": priority}),
        )
    }));
    assert_json(LEVELS.iter().map(|(phrase, level)| {
        (
            format!("For its first month the HR agent {phrase}."),
            json!({"kind": "autonomy", "who": ["agent:hr-agent"], "level": level, "until": "P30D"}),
        )
    }));
}

#[test]
fn a_worker_is_free_for_one_action_and_not_for_another() {
    let of = |level: &str| json!({"kind": "autonomy", "who": ["agent:finance-agent"], "level": level, "action": "refund", "tools": ["billing.refund"]});
    assert_json([
        ("For refunds the finance agent only suggests.".to_owned(), of("suggest")),
        ("For refunds, the finance agent only observes.".to_owned(), of("observe")),
        ("The finance agent acts on its own with refunds.".to_owned(), of("act")),
        ("With refunds the finance agent asks before it acts.".to_owned(), of("ask")),
        ("When it comes to refunds, the finance agent acts and reports.".to_owned(), of("report")),
    ]);
}

#[test]
fn measures_directions_and_what_follows() {
    const LEAD: &str = "When fewer than 80% of the finance agent's proposals are accepted over a month";
    let guard = |then: GuardThen| {
        plain(&match then {
            GuardThen::ApproveAll => format!("{LEAD}, everything it does needs approval."),
            GuardThen::Pause => format!("{LEAD}, pause it."),
            GuardThen::Notify => format!("{LEAD}, tell Dana."),
        })
    };
    let consequences = CONSEQUENCES.iter().map(|(phrase, then)| {
        (format!("{LEAD}, {}.", phrase.replace('*', "it").replace("it 's", "its")), guard(*then))
    });
    let notify = NOTIFY.iter().map(|phrase| {
        let know = if *phrase == "let" { " know" } else { "" };
        (format!("{LEAD}, {phrase} Dana{know}."), guard(GuardThen::Notify))
    });
    let directions = DIRECTIONS.iter().map(|(phrase, below)| {
        let word = if *below { "below" } else { "above" };
        (
            format!("If the acceptance rate of the finance agent {phrase} 80% over a month, pause it."),
            plain(&format!("If the acceptance rate of the finance agent is {word} 80% over a month, pause it.")),
        )
    });
    assert_read(consequences.chain(notify).chain(directions));
}

#[test]
fn units_of_time_and_words_that_change_nothing() {
    let units = UNITS.iter().flat_map(|(names, _)| names.iter().map(|name| (names[0], name))).map(|(first, name)| {
        (
            format!("If nobody answers within 2 {name}, tell Dana."),
            plain(&format!("If nobody answers within 2 {first}s, tell Dana.")),
        )
    });
    let fillers = FILLERS.iter().map(|filler| {
        let text = format!("Billing questions {filler} go to the finance agent.");
        (text, plain("Billing questions go to the finance agent."))
    });
    assert_read(units.chain(fillers));
}

#[test]
fn what_leaves_a_gate_open_is_refused() {
    let hedged = HEDGES.iter().map(|hedge| format!("Refunds over $200 {hedge} need approval from Dana."));
    // A new or an old account is an account, and any adjective may be part of a tool's name.
    let vague = VAGUE
        .iter()
        .filter(|word| !matches!(**word, "new" | "old"))
        .map(|word| format!("The {word} refunds need approval from Dana."));
    let read: Vec<String> = hedged.chain(vague).filter(|text| !matches!(outcome(text), Outcome::Refused(_))).collect();
    assert!(read.is_empty(), "{read:#?}");
}

#[test]
fn the_notation_of_the_tables_unfolds() {
    assert_eq!(wordings("sign (off|out)? on|at"), ["sign on", "sign off on", "sign out on", "sign at"]);
    assert_eq!(wordings("<answer> (a|b c)?"), ["answer", "answer a", "answer b c"]);
}
