//! What looks like a secret is taken out of texts before they reach a model, the ledger or the log.
//!
//! Known forms only: keys with their vendors' prefixes, signed tokens, private keys, what follows "password" and the like, and
//! numbers of payment cards (ISO/IEC 7812, with their check digit). What has no form nobody can find; the guides say so.

use std::borrow::Cow;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

/// Prefixes by which vendors mark their secrets, with the fewest characters that must follow.
const PREFIXES: &[(&str, usize)] = &[
    ("xoxb-", 8),
    ("xoxp-", 8),
    ("xoxa-", 8),
    ("xoxe-", 8),
    ("xoxe.", 8),
    ("xoxs-", 8),
    ("xoxr-", 8),
    ("xapp-", 8),
    ("sk-", 16),
    ("sk_live_", 8),
    ("sk_test_", 8),
    ("rk_live_", 8),
    ("pk_live_", 8),
    ("whsec_", 8),
    ("ghp_", 16),
    ("gho_", 16),
    ("ghu_", 16),
    ("ghs_", 16),
    ("ghr_", 16),
    ("github_pat_", 16),
    ("glpat-", 12),
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("npm_", 20),
    ("hf_", 16),
    ("ya29.", 16),
    ("SG.", 20),
    ("eyJ", 40),
];

/// Words after which a secret stands, followed by `:` or `=`.
const NAMED: &[&str] = &[
    "password", "passwd", "passphrase", "passwort", "kennwort", "pwd", "secret", "token", "api key", "api-key",
    "api_key", "apikey", "access key", "access_key", "client_secret", "private_key",
];

/// A known secret that is shorter is no secret to speak of.
const SHORTEST_KNOWN: usize = 8;

/// Shown in the place of what was taken out.
const MARK: &str = "[removed:";

/// The text without secrets; borrowed where nothing was found.
pub fn text(text: &str) -> Cow<'_, str> {
    let mut found = private_keys(text);
    found.extend(tokens(text));
    found.extend(named(text));
    found.extend(cards(text));
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.sort_by_key(|(from, to, _)| (*from, std::cmp::Reverse(*to)));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (from, to, what) in found {
        if from < at {
            continue;
        }
        out.push_str(&text[at..from]);
        out.push_str(MARK);
        out.push(' ');
        out.push_str(what);
        out.push(']');
        at = to;
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

/// The value with every text in it redacted; what names a member stays.
pub fn value(value: &Value) -> Value {
    match value {
        Value::String(words) => Value::String(text(words).into_owned()),
        Value::Array(items) => Value::Array(items.iter().map(self::value).collect()),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(key, inner)| (key.clone(), self::value(inner))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// The text without these very secrets: our own, whatever form they have. One of a few characters would be found everywhere.
pub fn known<'a>(text: &str, secrets: impl IntoIterator<Item = &'a SecretString>) -> String {
    let secrets =
        secrets.into_iter().map(|secret| secret.expose_secret()).filter(|secret| secret.len() >= SHORTEST_KNOWN);
    secrets.fold(text.to_owned(), |text, secret| text.replace(secret, "[removed: credential]"))
}

/// Whether a value that may be a credential looks like one, and not like a plain setting or a path.
pub fn looks_secret(value: &str) -> bool {
    let mixed = value.chars().any(|c| c.is_ascii_digit()) && value.chars().any(|c| c.is_ascii_alphabetic());
    value.len() >= 16 && mixed && !value.contains([' ', '/'])
}

type Found = (usize, usize, &'static str);

fn private_keys(text: &str) -> Vec<Found> {
    const BEGIN: &str = "-----BEGIN ";
    let begins = text.match_indices(BEGIN).filter(|(at, _)| {
        let line = text[*at..].lines().next().unwrap_or_default();
        line.contains("PRIVATE KEY")
    });
    begins
        .map(|(from, _)| {
            let end = text[from..].find("-----END ").map(|end| from + end);
            let to = end.and_then(|end| text[end..].find('\n').map(|line| end + line)).unwrap_or(text.len());
            (from, to, "private key")
        })
        .collect()
}

/// What a key is written with.
fn of_key(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '+' | '=')
}

fn tokens(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for (prefix, least) in PREFIXES {
        for (from, _) in text.match_indices(prefix) {
            let goes_on = text[..from].chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
            let rest = &text[from + prefix.len()..];
            let length = rest.find(|c| !of_key(c)).unwrap_or(rest.len());
            let body = rest[..length].trim_end_matches(['.', '=', '-', '/', '+']);
            let is_key = body.len() >= *least && body.chars().any(|c| c.is_ascii_digit());
            if !goes_on && is_key {
                found.push((from, from + prefix.len() + body.len(), "key"));
            }
        }
    }
    found
}

/// `password: hunter2`, `api_key = "…"`.
fn named(text: &str) -> Vec<Found> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for word in NAMED {
        for (at, _) in lower.match_indices(word) {
            let before = lower[..at].chars().next_back();
            let rest = &text[at + word.len()..];
            let lead = rest.len() - rest.trim_start_matches(['"', '\'', ' ']).len();
            let Some(after) = rest[lead..].strip_prefix([':', '=']) else { continue };
            let value = after.trim_start_matches(['"', '\'', ' ']);
            let from = text.len() - value.len();
            let length =
                value.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';')).unwrap_or(value.len());
            let is_word = before.is_none_or(|c| !c.is_ascii_alphanumeric());
            // Counts ("token: 12") are no secrets, and neither is what was taken out already.
            let is_secret =
                length >= 6 && !value.starts_with(MARK) && !value[..length].bytes().all(|b| b.is_ascii_digit());
            if is_word && is_secret {
                found.push((from, from + length, "password or key"));
            }
        }
    }
    found
}

/// Numbers of payment cards: 13 to 19 digits, in groups or not, that begin as cards do and whose check digit holds.
fn cards(text: &str) -> Vec<Found> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let inside = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || matches!(bytes[at - 1], b'-' | b'_' | b'.'));
        if !bytes[at].is_ascii_digit() || inside {
            at += 1;
            continue;
        }
        let (digits, end) = digits_from(bytes, at);
        let goes_on = bytes.get(end).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        if !goes_on && is_card(&digits) {
            found.push((at, end, "card number"));
        }
        at = end.max(at + 1);
    }
    found
}

/// The digits from `at`, with single spaces or hyphens between them, and where they end.
fn digits_from(bytes: &[u8], at: usize) -> (Vec<u8>, usize) {
    let (mut digits, mut end) = (Vec::new(), at);
    let mut i = at;
    while let Some(&byte) = bytes.get(i) {
        if byte.is_ascii_digit() {
            digits.push(byte - b'0');
            end = i + 1;
        } else if !(matches!(byte, b' ' | b'-') && bytes.get(i + 1).is_some_and(u8::is_ascii_digit)) {
            break;
        }
        i += 1;
    }
    (digits, end)
}

fn is_card(digits: &[u8]) -> bool {
    let begins = digits.first().is_some_and(|first| (2..=6).contains(first));
    if !(13..=19).contains(&digits.len()) || !begins {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, digit)| {
            let digit = u32::from(*digit) * if i % 2 == 1 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_of_known_forms_are_taken_out() {
        for (with, without) in [
            ("my key is sk-abc123def456ghi789, ok?", "my key is [removed: key], ok?"),
            ("xoxb-123456789012-abcdefXYZ.", "[removed: key]."),
            ("ghp_0123456789abcdefABCDEF", "[removed: key]"),
            ("AKIAIOSFODNN7EXAMPL3 used", "[removed: key] used"),
            ("Password: hunter2!\nnext", "Password: [removed: password or key]\nnext"),
            (r#"{"api_key": "a1b2c3d4"}"#, r#"{"api_key": "[removed: password or key]"}"#),
            ("card 4111 1111 1111 1111 please", "card [removed: card number] please"),
            ("5500-0000-0000-0004", "[removed: card number]"),
            ("-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nbye", "[removed: private key]\nbye"),
        ] {
            assert_eq!(text(with), without);
        }
        assert_eq!(
            value(&json!({"a": ["pwd=abcdef1"], "n": 7})),
            json!({"a": ["pwd=[removed: password or key]"], "n": 7})
        );
    }

    #[test]
    fn what_is_no_secret_stays() {
        for plain in [
            "refund ORD-1042, $450, order 4111111111111112",
            "sha256:4111111111111111aaaa",
            "1788940800.000000",
            "T0ACME:C0SUPPORT:1788940800.000000",
            "ask-the-desk about sk-eleton keys",
            "the token: 12",
            "What is my password?",
            "ORD-4111111111111111",
            "eyJ",
            "call +49 30 1234567 or 2026-11-27 10:00",
        ] {
            assert!(matches!(text(plain), Cow::Borrowed(same) if same == plain), "{plain}: {}", text(plain));
        }
    }

    #[test]
    fn our_own_secrets_have_any_form() {
        let ours = [SecretString::from("open sesame!"), SecretString::from("abc")];
        assert_eq!(known("say open sesame! or abc", &ours), "say [removed: credential] or abc");
    }

    #[test]
    fn redacting_twice_changes_nothing() {
        let once = text("token=abcdef123456 and 4111111111111111").into_owned();
        assert_eq!(text(&once), once);
    }
}
