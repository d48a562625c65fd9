//! Every kind of argument out into a form and back.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["amount_cents", "order_id"],
        "properties": {
            "amount_cents": {"type": "integer", "minimum": 1, "title": "Amount"},
            "order_id": {"type": "string", "maxLength": 40},
            "reason": {"type": "string", "enum": ["broken", "late"]},
            "notify": {"type": "boolean"},
            "rate": {"type": "number"},
            "on": {"type": "string", "format": "date"},
            "lines": {"type": "array", "items": {"type": "object"}},
            "key": {"type": "string"},
        },
    })
}

fn call() -> Value {
    json!({"amount_cents": 45000, "order_id": "ORD-1042", "notify": true, "lines": [{"sku": "G-1"}], "key": "k-1"})
}

/// What a form sends off that nobody touched.
fn untouched(fields: &[EditField]) -> Vec<(String, String)> {
    let value = |field: &EditField| match &field.kind {
        EditKind::Text { value, .. } | EditKind::Json { value } => value.clone(),
        EditKind::Number { value, .. } | EditKind::Date { value } => value.clone().unwrap_or_default(),
        EditKind::OneOf(values) => values.first().cloned().unwrap_or_default(),
    };
    fields.iter().map(|field| (field.id.clone(), value(field))).collect()
}

fn with(argument: &str, text: &str) -> Vec<(String, String)> {
    let (fields, _) = fields(&schema(), &call(), Some("key"));
    let mut filled = untouched(&fields);
    let id = &fields.iter().find(|field| field.argument == argument).unwrap().id;
    filled.iter_mut().find(|(known, _)| known == id).unwrap().1 = text.to_owned();
    filled
}

fn edit(argument: &str, text: &str) -> Result<Value, Vec<(String, String)>> {
    changed(&schema(), &call(), Some("key"), &with(argument, text))
}

#[test]
fn every_kind_of_argument_can_be_changed() {
    for (argument, text, expected) in [
        ("amount_cents", "15000", json!(15000)),
        ("order_id", "ORD-7", json!("ORD-7")),
        ("reason", "late", json!("late")),
        ("notify", "false", json!(false)),
        ("rate", "12.5", json!(12.5)),
        ("on", "2026-11-20", json!("2026-11-20")),
        ("lines", "[]", json!([])),
    ] {
        let after = edit(argument, text).unwrap();
        assert_eq!(after[argument], expected, "{argument}");
        assert_eq!(changes(&schema(), &call(), &after, Some("key")).len(), 1, "{argument}");
        assert_eq!(after["key"], "k-1", "what the bot fills in is not for editing");
    }
    assert_eq!(edit("notify", "").unwrap().get("notify"), None, "what need not be given can be taken out");
    let told = changes(&schema(), &call(), &edit("amount_cents", "15000").unwrap(), Some("key"));
    assert_eq!(told, [("amount_cents".to_owned(), "45000".to_owned(), "15000".to_owned())]);
}

#[test]
fn what_does_not_fit_is_said_at_its_field() {
    for (argument, text, part) in [
        ("amount_cents", "12.5", "whole number"),
        ("amount_cents", "a lot", "whole number"),
        ("amount_cents", "0", "range"),
        ("amount_cents", "", "filled in"),
        ("amount_cents", "9007199254740993", "too large"),
        ("order_id", "", "filled in"),
        ("reason", "because", "none of the choices"),
        ("on", "tomorrow", "a date"),
        ("lines", "[", "not JSON"),
        ("lines", "{}", "should be array"),
    ] {
        let wrong = edit(argument, text).unwrap_err();
        let (fields, _) = fields(&schema(), &call(), Some("key"));
        let id = &fields.iter().find(|field| field.argument == argument).unwrap().id;
        assert!(wrong.iter().any(|(at, why)| at == id && why.contains(part)), "{argument} {text}: {wrong:?}");
    }
}

#[test]
fn what_no_form_can_hold_stays_as_it_is() {
    let long = json!({"amount_cents": 1, "order_id": "x".repeat(4_000)});
    let schema = json!({"properties": {"amount_cents": {"type": "integer"}, "order_id": {"type": "string"}}});
    let (fields, left_out) = fields(&schema, &long, None);
    assert_eq!((fields.len(), left_out), (1, vec!["order_id".to_owned()]));
    let after = changed(&schema, &long, None, &untouched(&fields)).unwrap();
    assert_eq!(after, long);
}

fn argument() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..9_007_199_254_740_991).prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,6}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// A form that nobody touched changes nothing, whatever the arguments are.
    #[test]
    fn an_untouched_form_changes_nothing(map in prop::collection::btree_map("[a-z_:]{1,8}", argument(), 0..8)) {
        let before = Value::Object(map.into_iter().collect());
        let schema = json!({"type": "object"});
        let (fields, _) = fields(&schema, &before, None);
        let after = changed(&schema, &before, None, &untouched(&fields));
        prop_assert_eq!(after.as_ref().map(canonical::to_canonical), Ok(canonical::to_canonical(&before)));
        prop_assert!(changes(&schema, &before, &before, None).is_empty());
    }

    /// Whatever is sent off as a form, the result fits the schema or the form says where it does not.
    #[test]
    fn a_forged_form_never_leaves_the_schema(filled in prop::collection::vec(("f[0-9]", "\\PC{0,12}"), 0..10)) {
        let filled: Vec<(String, String)> = filled;
        match changed(&schema(), &call(), Some("key"), &filled) {
            Ok(after) => prop_assert_eq!(schema::check(&schema(), &after), Ok(())),
            Err(wrong) => prop_assert!(!wrong.is_empty()),
        }
    }
}
