//! Every synonym of a relation gives the rule of the relation's plainest wording. The synonyms come from the tables that
//! the reader itself uses, so a new one is tested from the day it is written down.

use super::{outcome, rules, told};
use crate::directives::language::verdict::same;
use crate::directives::language::vocabulary::gate_relations::GATE_RELATIONS;
use crate::directives::language::vocabulary::relations::RELATIONS;

/// For each relation the plainest sentence, and the sentences in which its synonyms stand at the `*`. A synonym must give
/// the plain sentence's rule in one of them, and may in none of them give another rule.
const FRAMES: &[(&str, &str, &[&str])] = &[
    ("aux", "Billing questions go to the finance agent.", &["Billing questions * go to the finance agent."]),
    ("may", "Kim and Noor may stop any agent.", &["Kim and Noor * stop any agent."]),
    ("maynot", "Kim and Noor must never refund.", &["Kim and Noor * issue refunds.", "Kim and Noor * refunds."]),
    ("nobody", "Nobody may issue refunds.", &["* may issue refunds."]),
    ("except", "Nobody except Dana may issue refunds.", &["Nobody * Dana may issue refunds."]),
    ("goes_to", "Billing questions go to the finance agent.", &["Billing questions * the finance agent."]),
    ("handles", "Kim and Noor handle billing questions.", &["Kim and Noor * billing questions."]),
    (
        "send",
        "Send billing questions to the finance agent.",
        &["* billing questions to the finance agent.", "* billing questions with the finance agent."],
    ),
    (
        "moved",
        "Billing questions go to the finance agent.",
        &["Billing questions are * to the finance agent.", "Billing questions get * straight to the finance agent."],
    ),
    (
        "be_needed",
        "Refunds need approval from Dana.",
        &["Dana's approval * for refunds.", "For refunds Dana's approval *."],
    ),
    (
        "looked_up",
        "Before issuing refunds, look up the order.",
        &["Before issuing refunds, the order *.", "The order * before issuing refunds."],
    ),
    ("it", "If it is about billing, send it to Finn.", &["If it is about billing, send * to Finn."]),
    (
        "answer",
        "Refunds need approval from Dana within 4 hours, otherwise ask @kim.",
        &["Refunds need approval from Dana within 4 hours; if there is no *, ask @kim."],
    ),
    ("job", "Billing questions go to the finance agent.", &["Billing questions are the finance agent's *."]),
    (
        "escalated_to",
        "Messages mentioning a lawsuit are escalated to a human.",
        &["Messages mentioning a lawsuit * a human."],
    ),
    (
        "notify",
        "If nobody answers within 30 minutes, tell Kim and Noor.",
        &["If nobody answers within 30 minutes, * Kim and Noor."],
    ),
    ("pass_on", "If the support agent is unsure, it tells Dana.", &["If the support agent is unsure, it must * Dana."]),
    ("thing", "If a request is stuck for 2 hours, tell Dana.", &["If a * is stuck for 2 hours, tell Dana."]),
    (
        "notified",
        "If nobody answers within 30 minutes, tell Dana.",
        &["If nobody answers within 30 minutes, Dana must be *."],
    ),
    (
        "takes_over",
        "If nobody answers within 30 minutes, tell Kim and Noor.",
        &["If nobody answers within 30 minutes, Kim and Noor *."],
    ),
    (
        "rank",
        "Messages from VIP accounts are urgent.",
        &["Messages from VIP accounts * urgent.", "Messages from VIP accounts * urgent priority."],
    ),
    ("respond", "Urgent tickets are answered within 15 minutes.", &["Urgent tickets * within 15 minutes."]),
    ("resolve", "Urgent tickets are solved within 1 day.", &["Urgent tickets * within 1 day."]),
    (
        "answer_verb",
        "Urgent tickets must be answered within 15 minutes by Kim and Noor.",
        &["Kim and Noor must * urgent tickets within 15 minutes."],
    ),
    (
        "solve_verb",
        "Kim and Noor must solve urgent tickets within 1 day.",
        &["Kim and Noor must * urgent tickets within 1 day."],
    ),
    ("need", "Refunds need approval from Dana.", &["Refunds * approval from Dana."]),
    ("approval", "Refunds need approval from Dana.", &["Refunds need * from Dana.", "Refunds need Dana's *."]),
    (
        "approve",
        "Kim or Noor must approve refunds.",
        &["Kim or Noor must * refunds.", "Kim or Noor must * on refunds."],
    ),
    ("approved", "Refunds must be approved by Dana.", &["Refunds must be * by Dana."]),
    (
        "freely",
        "The support agent may reply to tickets without approval.",
        &["The support agent may reply to tickets *.", "The support agent may reply to tickets, *."],
    ),
    ("any", "Refunds run without approval.", &["Refunds run without * approval.", "Refunds need no * approval."]),
    ("run", "Refunds under $20 run without approval.", &["Refunds under $20 * without approval."]),
    ("needs_no", "Refunds under $20 run without approval.", &["Refunds under $20 * approval."]),
    (
        "before",
        "Before issuing refunds, look up the order.",
        &["* issuing refunds, look up the order.", "* issue refunds, look up the order."],
    ),
    ("must_not_be", "Licences must not be revoked.", &["Licences * be revoked."]),
    (
        "must_be",
        "Licences may be revoked only with Dana's approval.",
        &["Licences * be revoked only with Dana's approval."],
    ),
    ("banned", "Refunds are forbidden.", &["Refunds *."]),
    ("refuse", "Refuse refunds over $1,000.", &["* refunds over $1,000."]),
    ("keep_from", "Keep the support agent from issuing refunds.", &["* the support agent from issuing refunds."]),
    (
        "reserved",
        "Only the IT agent may revoke licences.",
        &["Revoking licences * the IT agent.", "Revoking licences *."],
    ),
];

/// What stands for the slots inside of a synonym ("go to {to} for approval"): the frame's own worker.
const FILLED: &[(&str, &str)] = &[("to", "Dana"), ("who", "the IT agent")];

#[test]
fn each_relation_has_a_frame() {
    for (relation, _) in RELATIONS.iter().chain(GATE_RELATIONS) {
        assert!(FRAMES.iter().any(|(name, ..)| name == relation), "write a frame for the relation `{relation}`");
    }
}

#[test]
fn each_synonym_gives_the_rule_of_the_plain_wording() {
    let mut wrong = Vec::new();
    for (relation, plain, frames) in FRAMES {
        let Some(wanted) = rules(&outcome(plain)) else {
            wrong.push(format!("{relation}: {plain}: {}", told(&outcome(plain))));
            continue;
        };
        let (_, phrases) =
            RELATIONS.iter().chain(GATE_RELATIONS).find(|(name, _)| name == relation).expect("it is there");
        for phrase in phrases.iter().flat_map(|phrase| wordings(phrase)) {
            let sentences: Vec<String> = frames.iter().map(|frame| sentence(frame, &phrase)).collect();
            let outcomes: Vec<_> = sentences.iter().map(|text| outcome(text)).collect();
            let right = |o: &_| rules(o).is_some_and(|read| same(&read, &wanted));
            let misread = outcomes.iter().any(|o| rules(o).is_some() && !right(o));
            if misread || !outcomes.iter().any(right) {
                let told: Vec<String> =
                    sentences.iter().zip(&outcomes).map(|(text, o)| format!("{text}\n        {}", told(o))).collect();
                wrong.push(format!("{relation}: {}", told.join("\n    ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{} synonyms do not read like the plain wording:\n{}", wrong.len(), wrong.join("\n"));
}

fn sentence(frame: &str, phrase: &str) -> String {
    let phrase = match phrase.split_once(' ') {
        Some(("be", rest)) if !frame.starts_with('*') => format!("are {rest}"),
        Some(_) | None => phrase.to_owned(),
    };
    frame.replace('*', &phrase).replace(" 's", "'s").replace("  ", " ")
}

/// Each wording that a phrase in the tables' notation stands for, varying one choice at a time.
pub fn wordings(phrase: &str) -> Vec<String> {
    let mut at = 0;
    let mut all: Vec<String> = sequence(phrase, &mut at, false)
        .into_iter()
        .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    all.retain(|text| !text.is_empty());
    all.dedup();
    all
}

/// The default wording first, then those in which one part differs.
fn sequence(text: &str, at: &mut usize, inside: bool) -> Vec<String> {
    let mut alternatives: Vec<String> = Vec::new();
    let mut parts: Vec<Vec<String>> = Vec::new();
    let close = |parts: &mut Vec<Vec<String>>, alternatives: &mut Vec<String>| {
        let default = |skip: usize, other: &str| -> String {
            let word = |(n, part): (usize, &Vec<String>)| if n == skip { other.to_owned() } else { part[0].clone() };
            parts.iter().enumerate().map(word).collect::<Vec<_>>().join(" ")
        };
        alternatives.push(default(usize::MAX, ""));
        for (n, part) in parts.iter().enumerate() {
            alternatives.extend(part[1..].iter().map(|other| default(n, other)));
        }
        parts.clear();
    };
    while let Some(c) = text[*at..].chars().next() {
        match c {
            ' ' => *at += 1,
            ')' | '|' if inside => {
                close(&mut parts, &mut alternatives);
                *at += 1;
                if c == ')' {
                    return alternatives;
                }
            }
            _ => {
                let mut one = element(text, at);
                if text[*at..].starts_with('?') {
                    *at += 1;
                    one.insert(0, String::new());
                }
                parts.push(one);
            }
        }
    }
    close(&mut parts, &mut alternatives);
    alternatives
}

fn element(text: &str, at: &mut usize) -> Vec<String> {
    let rest = &text[*at..];
    let upto = |end: char| rest.find(end).expect("the notation closes its brackets");
    match &rest[..1] {
        "(" => {
            *at += 1;
            sequence(text, at, true)
        }
        "<" => {
            *at += upto('>') + 1;
            let (_, phrases) = RELATIONS
                .iter()
                .chain(GATE_RELATIONS)
                .find(|(name, _)| *name == &rest[1..upto('>')])
                .expect("the relation is there");
            vec![wordings(phrases[0]).remove(0)]
        }
        "{" => {
            *at += upto('}') + 1;
            let (_, filled) = FILLED.iter().find(|(name, _)| *name == &rest[1..upto('}')]).expect("a worker's slot");
            vec![(*filled).to_owned()]
        }
        _ => {
            let end = rest.find([' ', '(', ')', '?', '<', '{']).unwrap_or(rest.len());
            let inner =
                if rest[..end].contains('|') && text[..*at].matches('(').count() > text[..*at].matches(')').count() {
                    rest.find('|').expect("just seen")
                } else {
                    end
                };
            *at += inner;
            rest[..inner].split('|').map(|word| word.trim_start_matches('=').to_owned()).collect()
        }
    }
}
