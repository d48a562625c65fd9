//! English that depends on a value: past forms, lengths of time, counts, articles.

use crate::clock::Span;

/// "refunded" for "Refund $450.00 to …": what was not done when nobody approved. "done" where the first word is unknown.
pub fn past_of(title: &str) -> String {
    let first = title.split_whitespace().next().unwrap_or_default().to_lowercase();
    let irregular = IRREGULAR.iter().find(|(verb, _)| *verb == first).map(|(_, past)| (*past).to_owned());
    irregular.unwrap_or_else(|| match first.as_str() {
        verb if !REGULAR.contains(&verb) => "done".to_owned(),
        verb if verb.ends_with('e') => format!("{verb}d"),
        verb => format!("{verb}ed"),
    })
}

/// Verbs that name an action and take `-d` or `-ed`. A first word outside this list may be no verb at all.
const REGULAR: &[&str] = &[
    "add", "adjust", "approve", "archive", "assign", "book", "change", "charge", "close", "create", "credit", "delete",
    "deploy", "disable", "discount", "email", "enable", "escalate", "export", "extend", "grant", "import", "install",
    "invite", "issue", "lock", "message", "move", "open", "order", "publish", "purchase", "refund", "release",
    "remove", "rename", "renew", "reopen", "replace", "restart", "restore", "revoke", "rotate", "schedule", "suspend",
    "terminate", "transfer", "unlock", "update", "upgrade",
];

const IRREGULAR: &[(&str, &str)] = &[
    ("apply", "applied"),
    ("ban", "banned"),
    ("buy", "bought"),
    ("cancel", "cancelled"),
    ("drop", "dropped"),
    ("give", "given"),
    ("modify", "modified"),
    ("pay", "paid"),
    ("post", "posted"),
    ("put", "put"),
    ("reply", "answered"),
    ("reset", "reset"),
    ("run", "run"),
    ("scan", "scanned"),
    ("send", "sent"),
    ("set", "set"),
    ("ship", "shipped"),
    ("stop", "stopped"),
    ("submit", "submitted"),
    ("withdraw", "withdrawn"),
    ("write", "written"),
];

/// "30 minutes", "4 hours", "1 day": the largest unit that leaves nothing over.
pub fn length(span: Span) -> String {
    let seconds = span.as_seconds().max(0);
    for (unit, size) in [("day", 86_400), ("hour", 3_600), ("minute", 60)] {
        if seconds >= size && seconds % size == 0 {
            return counted(seconds / size, unit);
        }
    }
    if seconds >= 60 { counted(seconds / 60, "minute") } else { counted(seconds, "second") }
}

/// "1 task", "3 tasks".
pub fn counted(n: i64, noun: &str) -> String {
    match (n, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) if !noun.ends_with("ay") => format!("{n} {stem}ies"),
        (_, _) => format!("{n} {noun}s"),
    }
}

/// "9 Nov", or "9 Nov 2025" where the year is not `year`. A calendar date, the same in every zone.
pub fn date(date: chrono::NaiveDate, year: i32) -> String {
    use chrono::Datelike;
    let format = if date.year() == year { "%-d %b" } else { "%-d %b %Y" };
    date.format(format).to_string()
}

/// What was measured, as people say it; what nobody told is "not metered", never zero.
pub fn cost(cost: &crate::money::Cost) -> String {
    match cost {
        crate::money::Cost::Known(money) => money.to_string(),
        crate::money::Cost::Unmetered => "not metered".to_owned(),
    }
}

/// "a finance manager", "an approver".
pub fn article(noun: &str) -> String {
    let vowel = noun.chars().next().is_some_and(|c| "aeiouAEIOU".contains(c));
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// The first letter in upper case, the rest as it is.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_follows_the_value() {
        assert_eq!(past_of("Refund $450.00 to order ORD-1042"), "refunded");
        assert_eq!(past_of("Revoke 3 licences"), "revoked");
        assert_eq!(past_of("Cancel contract C-7"), "cancelled");
        assert_eq!(past_of("licences.order"), "done");
        assert_eq!(past_of(""), "done");
        assert_eq!(length(Span::minutes(30)), "30 minutes");
        assert_eq!(length(Span::minutes(90)), "90 minutes");
        assert_eq!(length(Span::hours(4)), "4 hours");
        assert_eq!(length(Span::hours(24)), "1 day");
        assert_eq!(length(Span::seconds(59)), "59 seconds");
        assert_eq!(counted(2, "reply"), "2 replies");
        assert_eq!(counted(2, "day"), "2 days");
        assert_eq!(article("owner"), "an owner");
    }
}
