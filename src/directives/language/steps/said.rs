//! A step in one canonical wording; reading it gives the same step again.

use crate::directives::language::Vocabulary;
use crate::directives::language::paraphrase::names;
use crate::directives::workflow::{Recover, Then, WorkflowStep};

/// "HR bot (hr-agent): create the accounts. Keep it as `accounts`."
pub fn paraphrase_step(step: &WorkflowStep, before: Option<u32>, voc: &Vocabulary<'_>) -> String {
    let mut out = vec![format!("{}: {}.", capital(&names::worker(&step.who, voc)), step.what.trim_end_matches('.'))];
    match (step.parallel, before) {
        (true, Some(before)) => out.push(format!("At the same time as step {before}.")),
        (_, _) if !step.after.is_empty() => out.push(format!("After {}.", steps(&step.after))),
        (_, _) => {}
    }
    if let Some(wait) = &step.wait {
        out.push(format!("{} later.", capital(&names::length(wait))));
    }
    if !step.approval.is_empty() {
        let count = if step.count == 1 { "approval".to_owned() } else { format!("{} approvals", step.count) };
        let within = step.within.as_ref().map_or(String::new(), |within| format!(" within {}", names::length(within)));
        out.push(format!("Needs {count} from {}{within}.", names::workers(&step.approval, voc)));
    }
    if let Some(recover) = &step.recover {
        out.push(recovery(recover, voc));
    }
    for undo in &step.undo {
        let who = names::worker(&undo.who, voc);
        out.push(match undo.on {
            Some(n) => format!("If step {n} fails for good, {who}: {}.", undo.what),
            None => format!("Undo: {who}: {}.", undo.what),
        });
    }
    if let Some(name) = &step.as_name {
        out.push(format!("Keep it as `{name}`."));
    }
    out.join(" ")
}

fn recovery(recover: &Recover, voc: &Vocabulary<'_>) -> String {
    let when = &recover.when;
    let who = recover.ask.as_ref().map(|who| names::worker(who, voc)).unwrap_or_default();
    let what = recover.what.as_deref().unwrap_or_default();
    let to = if begins_with_verb(what) { "to" } else { "for" };
    let asked = if what.is_empty() { who.clone() } else { format!("{who} {to} {what}") };
    let times = if recover.times == 1 { String::new() } else { format!(" up to {} times", recover.times) };
    match (recover.then, recover.ask.is_some()) {
        (Then::Retry, true) => format!("If {when}, ask {asked}, wait, and try again{times}."),
        (Then::Retry, false) => {
            let wait = recover.wait.as_ref().map_or(String::new(), |wait| format!("wait {}, ", names::length(wait)));
            format!("If {when}, {wait}try again{times}.")
        }
        (Then::HandOver, _) if what.is_empty() => format!("If {when}, hand over to {who}."),
        (Then::HandOver, _) => format!("If {when}, hand over to {who} {what}."),
        (Then::Skip, _) => format!("If {when}, skip this step."),
        (Then::Stop, _) => format!("If {when}, stop the workflow."),
    }
}

/// "buy one" is done, "one" is given; the words for things begin with an article or a number.
fn begins_with_verb(what: &str) -> bool {
    let first = what.split(' ').next().unwrap_or_default();
    matches!(
        first,
        "buy"
            | "order"
            | "get"
            | "find"
            | "create"
            | "send"
            | "help"
            | "check"
            | "provide"
            | "procure"
            | "supply"
            | "add"
            | "free"
            | "release"
            | "fix"
            | "book"
            | "make"
            | "open"
            | "grant"
            | "assign"
            | "approve"
            | "look"
            | "sort"
            | "renew"
            | "purchase"
            | "request"
            | "decide"
            | "call"
            | "prepare"
            | "give"
            | "write"
            | "set"
            | "reset"
            | "correct"
            | "confirm"
            | "update"
    )
}

/// "step 1", "steps 1, 2 and 3".
fn steps(numbers: &[u32]) -> String {
    let words: Vec<String> = numbers.iter().map(u32::to_string).collect();
    if numbers.len() == 1 { format!("step {}", words[0]) } else { format!("steps {}", names::every(&words)) }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
