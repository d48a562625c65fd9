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

fn kind(property: Value, now: Value) -> Option<EditKind> {
    let schema = json!({"properties": {"a": property}});
    let arguments = if now.is_null() { json!({}) } else { json!({"a": now}) };
    fields(&schema, &arguments, None).0.into_iter().next().map(|field| field.kind)
}

#[test]
fn each_type_is_filled_in_by_its_own_field() {
    let text = |multiline, max, value: &str| Some(EditKind::Text { multiline, max, value: value.to_owned() });
    let choice = |values: &[&str]| Some(EditKind::OneOf(values.iter().map(|value| (*value).to_owned()).collect()));
    let number = |whole, value: &str| Some(EditKind::Number { whole, value: Some(value.to_owned()) });
    let (string, long) = (json!({"type": "string"}), "x".repeat(121));
    for (property, now, expected) in [
        (json!({"type": "string", "maxLength": 120}), json!(null), text(false, 120, "")),
        (json!({"type": "string", "maxLength": 121}), json!(null), text(true, 121, "")),
        (string.clone(), json!(null), text(true, 3_000, "")),
        (string.clone(), json!("short"), text(false, 3_000, "short")),
        (string.clone(), json!("a\nb"), text(true, 3_000, "a\nb")),
        (string.clone(), json!(&long[..120]), text(false, 3_000, &long[..120])),
        (string.clone(), json!(long), text(true, 3_000, &long)),
        (string.clone(), json!("x".repeat(3_000)), text(true, 3_000, &"x".repeat(3_000))),
        (string.clone(), json!("x".repeat(3_001)), None),
        (json!({"type": "string", "maxLength": 3}), json!("abc"), text(false, 3, "abc")),
        (json!({"type": "string", "maxLength": 3}), json!("abcd"), None),
        (json!({"type": "string", "maxLength": 9_000}), json!(null), text(true, 3_000, "")),
        (json!({"type": ["string", "null"]}), json!(null), text(true, 3_000, "")),
        (json!({"type": ["string", "integer"]}), json!(5), number(true, "5")),
        (json!({}), json!(5), number(true, "5")),
        (json!({}), json!(u64::MAX), number(true, "18446744073709552000")),
        (json!({}), json!(1.5), number(false, "1.5")),
        (json!({}), json!(true), choice(&["true", "false", ""])),
        (json!({"type": "boolean"}), json!(false), choice(&["false", "true", ""])),
        (json!({"type": "boolean"}), json!(null), choice(&["", "false", "true"])),
        (json!({"enum": ["a", null, "b"]}), json!("b"), choice(&["b", "a", ""])),
        (json!({"enum": ["a"]}), json!("gone"), choice(&["gone", "a", ""])),
        (json!({"type": "string", "format": "date"}), json!(null), Some(EditKind::Date { value: None })),
        (
            json!({"type": "string", "format": "date"}),
            json!("2026-11-20"),
            Some(EditKind::Date { value: Some("2026-11-20".to_owned()) }),
        ),
        (json!({"type": "string", "format": "date"}), json!("soon"), text(false, 3_000, "soon")),
        (json!({"type": "string", "format": "time"}), json!("2026-11-20"), text(false, 3_000, "2026-11-20")),
        (json!({"type": "array"}), json!([1]), Some(EditKind::Json { value: "[1]".to_owned() })),
        (
            json!({"type": "array"}),
            json!(["x".repeat(2_996)]),
            Some(EditKind::Json { value: format!("[\"{}\"]", "x".repeat(2_996)) }),
        ),
        (json!({"type": "array"}), json!(["x".repeat(2_997)]), None),
    ] {
        assert_eq!(kind(property.clone(), now.clone()), expected, "{property} {now}");
    }
    let required = json!({"required": ["a"], "properties": {"a": {"enum": ["a", "b"]}}});
    assert_eq!(fields(&required, &json!({}), None).0[0].kind, choice(&["a", "b"]).unwrap());
}

#[test]
fn a_form_holds_so_many_fields_under_their_own_names() {
    let many: Map<String, Value> = (0..90).map(|n| (format!("a{n:02}"), json!({"type": "integer"}))).collect();
    let (found, left_out) = fields(&json!({"properties": many}), &json!({}), None);
    assert_eq!((found.len(), left_out.len(), left_out[0].as_str()), (80, 10, "a80"));
    let schema = json!({"properties": {"a": {"type": "integer", "title": " ", "description": "How much."}, "b": {"title": "Bee", "type": "integer"}}});
    let (found, _) = fields(&schema, &json!({"c": 1}), None);
    let told: Vec<_> = found.iter().map(|f| (f.label.as_str(), f.hint.as_deref(), f.required)).collect();
    assert_eq!(told, [("a", Some("How much."), false), ("Bee", None, false), ("c", None, false)]);
    let refers = json!({"$defs": {"n": {"type": "integer"}}, "properties": {"a": {"$ref": "#/$defs/n"}}});
    assert!(matches!(fields(&refers, &json!({}), None).0[0].kind, EditKind::Number { whole: true, .. }));
}

#[test]
fn what_differs_is_told_once_each() {
    let told = |before: Value, after: Value| changes(&json!({"properties": {"z": {}}}), &before, &after, Some("key"));
    let row = |name: &str, was: &str, is: &str| (name.to_owned(), was.to_owned(), is.to_owned());
    assert_eq!(told(json!({"a": 1, "b": 2, "key": 1}), json!({"a": 1.0, "b": 3, "key": 2})), [row("b", "2", "3")]);
    assert_eq!(
        told(json!({"a": "x", "d": null}), json!({"b": [1], "c": {"x": 1}, "d": 5})),
        [
            row("a", "x", "nothing"),
            row("d", "nothing", "5"),
            row("b", "nothing", "[1]"),
            row("c", "nothing", "{\"x\":1}")
        ]
    );
    assert_eq!(
        told(json!({}), json!({"z": 1, "y": 2})),
        [row("z", "nothing", "1"), row("y", "nothing", "2")],
        "each once"
    );
    // An empty text that was given stays one that was given.
    let schema = json!({"properties": {"a": {"type": "string"}, "b": {"type": "string"}}});
    let before = json!({"a": "", "b": "x"});
    let (fields, _) = fields(&schema, &before, None);
    let empty: Vec<_> = fields.iter().map(|field| (field.id.clone(), String::new())).collect();
    assert_eq!(changed(&schema, &before, None, &empty), Ok(json!({"a": ""})));
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
