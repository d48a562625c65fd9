//! What an approver sees: made from the canonical arguments, the tool's schema and the company's definitions, nothing else.
//!
//! Absent here: a tool's name-giving prose, the agent's words, the requester's words, and shortening. Signs that do not show,
//! or that turn the text around them, are written as code points.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::amounts::amount_argument;
use super::digest::{Bound, digest};
use super::{LookedUp, Verdict};
use crate::catalogue::{Tool, ToolName, canonical, target};
use crate::clock::Timestamp;
use crate::directives::Directives;
use crate::directives::rule::Rule;
use crate::money::{Currency, Money};

/// One waiting action, as its card tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// "Refund $450.00 to order ORD-1042".
    pub title: String,
    /// "$450.00"; also on the button.
    pub amount: Option<String>,
    /// Every argument, whole.
    pub lines: Vec<Line>,
    /// What was looked up in this task, with its source.
    pub looked_up: Vec<Looked>,
    /// The arguments as they will be sent, for *Details*.
    pub canonical_arguments: String,
    /// What the approval binds; also on the card.
    pub digest: String,
    /// What a rule wants looked up before this, and when it was.
    #[serde(default)]
    pub looked_up_first: Vec<(String, Timestamp)>,
    /// The version of the thing that the call is about, where a tool told it.
    #[serde(default)]
    pub target_version: Option<String>,
    /// Its texts were kept long enough; only the digest tells what it was.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
}

/// One argument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// As people call it.
    pub label: String,
    /// As the tool calls it: `lines.0.sku`.
    pub argument: String,
    pub value: String,
}

/// What one earlier call in the same task told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    pub source: ToolName,
    pub at: Timestamp,
    pub lines: Vec<Line>,
}

impl Shown {
    /// Renders a call. The amount is told as money only where the gate itself could read it.
    pub fn of(bound: &Bound<'_>, directives: &Directives, looked_up: &[LookedUp]) -> Self {
        let proposal = bound.proposal;
        let tool = directives.catalogue.get(&proposal.tool);
        let schema = tool.map(|tool| &tool.binding.input_schema);
        let amount = super::amounts::amount_of(directives, &proposal.tool, &proposal.arguments).ok().flatten();
        let place = amount_argument(directives, &proposal.tool).map(|place| place.argument.as_str());
        let mut lines = Vec::new();
        flatten(&proposal.arguments, schema, "", "", &mut lines);
        if let (Some(amount), Some(place)) = (&amount, place) {
            for line in lines.iter_mut().filter(|line| line.argument == place) {
                line.value = format!("{amount} ({})", line.value);
            }
        }
        Self {
            title: step_title(directives, &proposal.tool)
                .unwrap_or_else(|| title(&proposal.tool, tool, &proposal.arguments, amount.as_ref())),
            amount: amount.map(|amount| amount.to_string()),
            lines,
            looked_up: looked_up.iter().map(looked).collect(),
            canonical_arguments: visible(&canonical::to_canonical(&proposal.arguments)),
            digest: digest(bound),
            looked_up_first: Vec::new(),
            target_version: bound.outside.target_version.clone(),
            erased: false,
        }
    }

    /// Without what anybody wrote; the digest stays.
    #[must_use]
    pub fn without_texts(&self) -> Self {
        Self {
            title: "(erased)".to_owned(),
            amount: None,
            lines: Vec::new(),
            looked_up: Vec::new(),
            canonical_arguments: String::new(),
            digest: self.digest.clone(),
            looked_up_first: Vec::new(),
            target_version: None,
            erased: true,
        }
    }

    /// With what the rules wanted looked up first, as the verdict tells it.
    #[must_use]
    pub fn after(self, verdict: &Verdict) -> Self {
        Self { looked_up_first: verdict.looked_up_first.clone(), ..self }
    }
}

/// What a look-up is about, in a word or two: "contract" for `crm.get_contract`, else the title that a human accepted.
pub(super) fn subject_of(name: &ToolName, tool: Option<&Tool>) -> String {
    const LOOKS: &[&str] = &[
        "get", "list", "search", "find", "look", "lookup", "up", "read", "fetch", "show", "check", "query", "the", "a",
        "an", "all",
    ];
    let without_verb = |words: Vec<String>| {
        let looks = words.iter().take_while(|word| LOOKS.contains(&word.as_str())).count();
        words.into_iter().skip(looks).collect::<Vec<_>>().join(" ")
    };
    let own = without_verb(words_of(name.local()));
    let title = tool.and_then(|tool| tool.binding.title.as_deref()).unwrap_or_default();
    let titled = || without_verb(title.to_lowercase().split_whitespace().map(str::to_owned).collect());
    [own, titled(), name.0.clone()].into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

/// Text with every sign that does not show, or that reorders its neighbours, written as `<U+202E>`. Where the text itself
/// says `<U+202E>`, its first sign is written so too: two texts that differ never look the same.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if hidden(c) || text[at..].starts_with("<U+") {
            out.push_str(&format!("<U+{:04X}>", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// The thing that a call is about: its label ("order") and its value, from the arguments alone.
pub fn target_of(arguments: &Value, schema: Option<&Value>) -> Option<(String, String)> {
    let fields = arguments.as_object()?;
    let told = fields.iter().filter_map(|(name, value)| Some((target::rank(name, schema)?, name, text_of(value)?)));
    let named = told.filter(|(_, _, value)| !value.is_empty()).min_by_key(|(rank, _, _)| *rank);
    named.map(|(_, name, value)| (noun(name), value))
}

/// "order_id" → "order", "orderId" → "order".
fn noun(name: &str) -> String {
    let words = words_of(name);
    let ends = ["id", "number", "no", "ref", "key"];
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() && ends.contains(&last.as_str()) => rest.join(" "),
        Some(_) | None => words.join(" "),
    }
}

fn words_of(name: &str) -> Vec<String> {
    let (mut words, mut before) = (vec![String::new()], ' ');
    for c in name.chars() {
        let starts = c.is_uppercase() && !before.is_uppercase();
        before = c;
        if !c.is_alphanumeric() || starts {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What the call does, in the imperative: from the tool's own name where an amount says the rest ("Refund $450.00 to order
/// ORD-1042"), else from the title that a human accepted with the tool ("Create an account: email rosa@acme.test").
fn title(name: &ToolName, tool: Option<&Tool>, arguments: &Value, amount: Option<&Money>) -> String {
    let words = words_of(name.local());
    let target = target_of(arguments, tool.map(|tool| &tool.binding.input_schema)).map(|(label, value)| {
        let said = label.is_empty() || words.contains(&label) || label == "id";
        if said { visible(&value) } else { format!("{label} {}", visible(&value)) }
    });
    let own = capitalised(&words.join(" "));
    let accepted = tool.and_then(|tool| tool.binding.title.as_deref()).filter(|title| !title.trim().is_empty());
    match (amount, target) {
        (Some(amount), target) => {
            let what = if words.len() == 1 { format!("{own} {amount}") } else { format!("{own} of {amount}") };
            target.map_or(what.clone(), |target| format!("{what} to {target}"))
        }
        (None, Some(target)) => match accepted {
            Some(title) => format!("{}: {target}", visible(title.trim())),
            None => format!("{own} {target}"),
        },
        (None, None) => accepted.map_or(own, |title| visible(title.trim())),
    }
}

/// The start of a workflow's step is told in the words of its file: "Start “sign the contract” of onboarding".
fn step_title(directives: &Directives, name: &ToolName) -> Option<String> {
    let Rule::Approve(gate) = &directives.step_gate(name)?.rule else { return None };
    Some(visible(&capitalised(&gate.action)))
}

fn flatten(value: &Value, schema: Option<&Value>, path: &str, label: &str, lines: &mut Vec<Line>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, inner) in fields {
                let inner_schema = schema.and_then(|schema| schema.get("properties")?.get(name));
                let own = label_of(name, inner_schema);
                flatten(inner, inner_schema, &join(path, name, "."), &join(label, &own, " › "), lines);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let inner_schema = schema.and_then(|schema| schema.get("items"));
            for (at, inner) in items.iter().enumerate() {
                let own = format!("{}", at + 1);
                flatten(inner, inner_schema, &join(path, &at.to_string(), "."), &join(label, &own, " "), lines);
            }
        }
        Value::Object(_) | Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let value = text_of(value).unwrap_or_else(|| canonical::to_canonical(value));
            lines.push(Line { label: visible(label), argument: visible(path), value: visible(&value) });
        }
    }
}

/// The schema's title, else the argument's own name in words.
fn label_of(name: &str, schema: Option<&Value>) -> String {
    let title =
        schema.and_then(|schema| schema.get("title")).and_then(Value::as_str).filter(|title| !title.trim().is_empty());
    title.map_or_else(|| capitalised(&words_of(name).join(" ")), str::to_owned)
}

fn looked(looked: &LookedUp) -> Looked {
    let mut lines = Vec::new();
    tell(&looked.result, "", "", &mut lines);
    Looked { source: looked.tool.clone(), at: looked.at, lines }
}

/// What a tool told, for people: what it does not know is left out, and cents of a named currency are an amount. Nothing
/// here is part of what is approved; that is flattened whole by `flatten`.
fn tell(value: &Value, path: &str, label: &str, lines: &mut Vec<Line>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            let currency = fields.get("currency").and_then(Value::as_str).filter(|code| is_currency_code(code));
            let in_money = |name: &str, value: &Value| Some(in_cents(name, value, currency?)?.to_string());
            let has_amounts = fields.iter().any(|(name, value)| in_money(name, value).is_some());
            for (name, inner) in fields.iter().filter(|(name, _)| !(has_amounts && *name == "currency")) {
                let path = join(path, name, ".");
                let own = label_of(name.strip_suffix("_cents").unwrap_or(name), None);
                match in_money(name, inner) {
                    Some(value) => {
                        lines
                            .push(Line { label: visible(&join(label, &own, " › ")), argument: visible(&path), value })
                    }
                    None => tell(inner, &path, &join(label, &label_of(name, None), " › "), lines),
                }
            }
        }
        Value::Array(items) => {
            for (at, inner) in items.iter().enumerate() {
                tell(inner, &join(path, &at.to_string(), "."), &join(label, &format!("{}", at + 1), " "), lines);
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => flatten(value, None, path, label, lines),
    }
}

/// ISO 4217. Anything else that a tool calls a currency is shown as the text that it is.
fn is_currency_code(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The amount in a field such as `amount_cents`, which counts the smallest units of the currency.
fn in_cents(name: &str, value: &Value, currency: &str) -> Option<Money> {
    name.strip_suffix("_cents").filter(|rest| !rest.is_empty())?;
    let currency = Currency::new(currency);
    let step = 10_i64.pow(6_u32.saturating_sub(currency.minor_digits()));
    Some(Money::new(value.as_i64()?.checked_mul(step)?, currency))
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(canonical::to_canonical(value)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn join(left: &str, right: &str, with: &str) -> String {
    if left.is_empty() { right.to_owned() } else { format!("{left}{with}{right}") }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Controls (a line break among them), formats (zero-width and bidirectional signs), tags, fillers, unusual spaces, variation
/// selectors, and what has no shape of its own (private use).
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0x00AD | 0x034F | 0x0600..=0x0605 | 0x061C | 0x06DD | 0x070F | 0x0890 | 0x0891 | 0x08E2 | 0x115F | 0x1160
            | 0x17B4 | 0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x2800 | 0x3164
            | 0xE000..=0xF8FF | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0x110BD | 0x110CD
            | 0x13430..=0x1343F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF | 0xF0000..=0x0010_FFFF)
        || (c.is_whitespace() && c != ' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(result: Value) -> Vec<(String, String)> {
        let tool = ToolName("orders.get".to_owned());
        let seen = LookedUp { tool, arguments: Value::Null, result, at: Timestamp::ZERO };
        looked(&seen).lines.into_iter().map(|line| (line.label, line.value)).collect()
    }

    #[test]
    fn what_was_looked_up_is_told_as_people_write_it() {
        let order = serde_json::json!({
            "amount_cents": 45_000, "carrier": null, "currency": "USD", "lines": [{ "sku": "G-1", "gift": false }],
        });
        let line = |label: &str, value: &str| (label.to_owned(), value.to_owned());
        let want = [line("Amount", "$450.00"), line("Lines 1 › Gift", "false"), line("Lines 1 › Sku", "G-1")];
        assert_eq!(told(order), want);
        let yen = serde_json::json!({ "price_cents": 450, "currency": "JPY" });
        assert_eq!(told(yen), [line("Price", &Money::new(450_000_000, Currency::new("JPY")).to_string())]);
    }

    #[test]
    fn cents_of_nobody_knows_what_stay_as_they_are() {
        let line = |label: &str, value: &str| (label.to_owned(), value.to_owned());
        assert_eq!(told(serde_json::json!({ "amount_cents": 450 })), [line("Amount cents", "450")]);
        let half = serde_json::json!({ "amount_cents": 4.5, "currency": "USD" });
        assert_eq!(told(half), [line("Amount cents", "4.5"), line("Currency", "USD")]);
        assert!(told(Value::Null).is_empty());
    }
}
