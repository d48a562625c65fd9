//! Reading what people type after a command's name: ids, people, names, reasons.

use super::asked::{Asked, StopWhat, Subject, To};
use crate::ids::{ApprovalId, TaskId};

/// The first word without the punctuation that people put around it, and the rest.
pub fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (bare(word), rest.trim())
}

/// Without the punctuation around it: "T-17?" is T-17.
pub fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| {
        matches!(c, '?' | '!' | '.' | ',' | ':' | ';' | '(' | ')' | '“' | '”' | '"' | '\'' | '`')
    })
}

/// A task at the beginning, and what follows.
pub fn task(text: &str) -> Option<(TaskId, &str)> {
    let (word, rest) = first_word(text);
    Some((word.parse().ok()?, rest))
}

/// An approval at the beginning, and what follows.
pub fn approval(text: &str) -> Option<(ApprovalId, &str)> {
    let (word, rest) = first_word(text);
    Some((word.parse().ok()?, rest))
}

/// A task or an approval, alone.
pub fn subject(text: &str) -> Option<Subject> {
    match first_word(text) {
        (word, "") => word.parse().map(Subject::Task).or_else(|_| word.parse().map(Subject::Approval)).ok(),
        (_, _) => None,
    }
}

/// Whether the text begins with the id of a task or an approval.
pub fn starts_with_id(text: &str) -> bool {
    subject(first_word(text).0).is_some()
}

/// "to @kim", "<@U0KIM|kim>", "agent:finance-agent", "the finance agent"; nothing gives nothing.
pub fn to(text: &str) -> Option<To> {
    let text = text.trim();
    let name = strip_word(text, "to").unwrap_or(text).trim();
    let name = bare(name).trim();
    if name.is_empty() {
        return None;
    }
    if let Some(inside) = name.strip_prefix("<@").and_then(|rest| rest.strip_suffix('>')) {
        let account = inside.split('|').next().unwrap_or(inside);
        return (!account.is_empty()).then(|| To::Account(account.to_owned()));
    }
    match name.parse() {
        Ok(worker) if name.contains(':') => Some(To::Worker(worker)),
        Ok(_) | Err(_) => Some(To::Named(worker_name(name))),
    }
}

/// "everything", a task, or a worker's name.
pub fn stop_what(text: &str) -> Option<StopWhat> {
    let name = worker_name(bare(text.trim()));
    let everything = ["all", "everything", "everyone", "every agent", "all agents"];
    if name.is_empty() {
        None
    } else if everything.contains(&name.to_lowercase().as_str()) {
        Some(StopWhat::Everything)
    } else if let Ok(id) = name.parse() {
        Some(StopWhat::Task(id))
    } else {
        Some(StopWhat::Worker(name))
    }
}

/// What stands after "because", a colon or a dash; nothing gives nothing.
pub fn reason(text: &str) -> Option<String> {
    let mut rest = text.trim();
    for word in ["because", "reason"] {
        rest = strip_word(rest, word).unwrap_or(rest);
    }
    let rest = rest.trim_start_matches([':', '-', '–', '—', ',', ' ']).trim();
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// What follows `word` at the beginning, whatever its case; `None` if the text begins otherwise.
pub fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let head = text.get(..word.len())?;
    let rest = &text[word.len()..];
    let ends = rest.chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '-' && c != '_');
    (head.eq_ignore_ascii_case(word) && ends).then(|| rest.trim_start())
}

/// The sentence that says what to write instead.
pub fn incomplete(command: &'static str, say: &str) -> Asked {
    Asked::Incomplete { command, say: say.to_owned() }
}

/// Without "the", "@" and the like: "the finance agent" → "finance agent".
pub fn worker_name(name: &str) -> String {
    let name = strip_word(name, "the").unwrap_or(name);
    name.trim_start_matches('@').trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workers::WorkerRef;

    #[test]
    fn people_are_read_as_they_are_typed() {
        assert_eq!(to("to <@U0KIM|kim>"), Some(To::Account("U0KIM".into())));
        assert_eq!(to("<@U0KIM>."), Some(To::Account("U0KIM".into())));
        assert_eq!(to("To @kim"), Some(To::Named("kim".into())));
        assert_eq!(to("to the finance agent"), Some(To::Named("finance agent".into())));
        assert_eq!(to("agent:finance-agent"), Some(To::Worker(WorkerRef::Agent("finance-agent".into()))));
        assert_eq!(to("human"), Some(To::Named("human".into())));
        assert_eq!(to("tobias"), Some(To::Named("tobias".into())));
        for nothing in ["", "to", "  to  ", "<@>"] {
            assert_eq!(to(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn reasons_lose_their_introduction() {
        for text in ["because too much", ": too much", "— too much", "reason: too much", "too much"] {
            assert_eq!(reason(text).as_deref(), Some("too much"), "{text}");
        }
        assert_eq!(reason(" because "), None);
        assert_eq!(reason("reasonable, but late").as_deref(), Some("reasonable, but late"));
    }

    #[test]
    fn odd_text_is_no_panic() {
        for text in ["é", "toé", "ß", "<@", "🙂", "T-🙂", "-", "\u{202E}"] {
            let _ = (to(text), reason(text), stop_what(text), subject(text), strip_word(text, "because"));
        }
    }
}
