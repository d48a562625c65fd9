//! What was shown against what would be executed: pairs that differ in one small way. The digest is the same exactly where the
//! two are the same action, and so is what the card shows.
//!
//! Whether two are the same is said by `same_value`, which compares values and calls nothing of ours. A hundred thousand
//! pairs run by default; `WORKFORCE_PROOFS=full` runs the million.

mod change;

use super::*;
use crate::catalogue::ToolDef;

/// One side of a pair: all that an approver's word is about.
#[derive(Debug, Clone)]
struct Side {
    call: Proposal,
    task: TaskId,
    outside: Outside,
    /// Its digest is the outside's.
    tool: ToolDef,
}

impl Side {
    fn first() -> Self {
        let schema = json!({"type": "object", "required": ["order_id", "amount_cents"], "additionalProperties": false,
            "properties": {"order_id": {"type": "string", "minLength": 3}, "amount_cents": {"type": "integer", "minimum": 1}}});
        let tool = ToolDef {
            name: ToolName("billing.refund".to_owned()),
            title: Some("Refund an order".to_owned()),
            description: "Pays back what a customer paid.".to_owned(),
            input_schema: schema,
            output_schema: None,
            annotations: Some(json!({"destructiveHint": false, "readOnlyHint": false})),
        };
        let call = proposal(
            "finance-agent",
            "billing.refund",
            json!({"order_id": "ORD-1042", "amount_cents": 45_000, "reason": "Gebäck é arrived broken",
                "lines": [{"sku": "G-1", "gift": false, "weight": 1.5}, null], "to": {"iban": "DE02 1203 0000"}}),
        );
        let outside = Outside {
            server: "stdio:billing".to_owned(),
            tool_digest: tool.digest(),
            credential: Some("billing-live".to_owned()),
            target_version: Some("v1".to_owned()),
        };
        Self { call, task: TaskId(17), outside, tool }
    }

    fn bound(&self) -> Bound<'_> {
        Bound { proposal: &self.call, task: self.task, outside: &self.outside }
    }

    /// Whether both are one action. The live digest is not a part of it: it is judged, and the outside carries it.
    fn is(&self, other: &Self) -> bool {
        let (one, two) = (&self.call, &other.call);
        same_value(&one.arguments, &two.arguments)
            && (&one.tool, &one.worker, &one.actor, &one.requester)
                == (&two.tool, &two.worker, &two.actor, &two.requester)
            && self.task == other.task
            && (&self.outside.server, &self.outside.credential, &self.outside.target_version)
                == (&other.outside.server, &other.outside.credential, &other.outside.target_version)
            && same_tool(&self.tool, &other.tool)
    }
}

/// Equal as values: the order of keys and the spelling of numbers and texts are no part of a value. Texts are equal sign by
/// sign; nothing is normalised.
fn same_value(one: &Value, two: &Value) -> bool {
    match (one, two) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(one), Value::Bool(two)) => one == two,
        (Value::Number(one), Value::Number(two)) => one.as_f64() == two.as_f64(),
        (Value::String(one), Value::String(two)) => one.chars().eq(two.chars()),
        (Value::Array(one), Value::Array(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| same_value(one, two))
        }
        (Value::Object(one), Value::Object(two)) => {
            let in_two = |(key, value): (&String, &Value)| two.get(key).is_some_and(|other| same_value(value, other));
            one.len() == two.len() && one.iter().all(in_two)
        }
        (
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_),
            _,
        ) => false,
    }
}

fn same_tool(one: &ToolDef, two: &ToolDef) -> bool {
    let same_part = |one: &Option<Value>, two: &Option<Value>| match (one, two) {
        (Some(one), Some(two)) => same_value(one, two),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    (&one.name, &one.title, &one.description) == (&two.name, &two.title, &two.description)
        && same_value(&one.input_schema, &two.input_schema)
        && same_part(&one.output_schema, &two.output_schema)
        && same_part(&one.annotations, &two.annotations)
}

/// How many pairs each of the four tests below looks at.
fn pairs_of_a_quarter() -> usize {
    let full = std::env::var("WORKFORCE_PROOFS").is_ok_and(|wanted| wanted == "full");
    if full { 250_000 } else { 25_000 }
}

/// So often in all pairs the whole card is compared, not only its arguments: it costs ten times as much.
const CARD_EVERY: usize = 8;

/// A walk of small changes: each step is a pair with the one before it.
fn walk(seed: u64) {
    let mut dice = fastrand::Rng::with_seed(seed);
    let set = directives([]);
    let card = |side: &Side| Shown::of(&side.bound(), &set, &[]);
    let (mut shown, mut changes) = (Side::first(), BTreeMap::<&str, (usize, usize)>::new());
    let mut digest_shown = digest(&shown.bound());
    for step in 0..pairs_of_a_quarter() {
        let mut executed = shown.clone();
        let how = change::one(&mut dice, &mut executed);
        let (same, digest_executed) = (shown.is(&executed), digest(&executed.bound()));
        assert_eq!(same, digest_shown == digest_executed, "seed {seed}, step {step}, {how}: {shown:#?} {executed:#?}");
        if step % CARD_EVERY == 0 {
            let (one, two) = (card(&shown), card(&executed));
            assert_eq!(same, one == two, "seed {seed}, step {step}, {how}: {one:#?} {two:#?}");
            let arguments = same_value(&shown.call.arguments, &executed.call.arguments);
            assert_eq!(
                arguments,
                one.canonical_arguments == two.canonical_arguments,
                "seed {seed}, step {step}, {how}"
            );
            assert_eq!(one.digest, digest_shown);
        }
        let (equal, other) = changes.entry(how).or_default();
        *equal += usize::from(same);
        *other += usize::from(!same);
        // Most pairs stay near the first action; now and then the walk goes on from where it came to, up to a size.
        if dice.u8(..4) == 0 {
            (shown, digest_shown) = (executed, digest_executed);
        }
        if dice.u8(..64) == 0 || shown.call.arguments.to_string().len() > 2_000 {
            shown = Side::first();
            digest_shown = digest(&shown.bound());
        }
    }
    println!("seed {seed}, {} pairs; (equal, different) by kind: {changes:?}", pairs_of_a_quarter());
    let (equal, other) = changes.values().fold((0, 0), |(e, o), (equal, other)| (e + equal, o + other));
    assert!(equal > pairs_of_a_quarter() / 20 && other > pairs_of_a_quarter() / 2, "both kinds must occur");
    assert_eq!(changes["respelled"].1, 0, "another spelling is the same action");
    assert_eq!(changes.len(), change::KINDS, "every kind of change must occur: {changes:?}");
}

#[test]
fn first_quarter_of_the_pairs() {
    walk(1);
}

#[test]
fn second_quarter_of_the_pairs() {
    walk(2);
}

#[test]
fn third_quarter_of_the_pairs() {
    walk(3);
}

#[test]
fn last_quarter_of_the_pairs() {
    walk(4);
}

#[test]
fn what_looks_like_a_code_point_is_told_from_the_sign_itself() {
    assert_eq!(visible("a\u{202E}b"), "a<U+202E>b");
    assert_eq!(visible("a<U+202E>b"), "a<U+003C>U+202E>b");
    assert_eq!(visible("a < b, <U>, <<U+1>"), "a < b, <U>, <<U+003C>U+1>");
}
