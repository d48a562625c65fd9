use serde_json::json;

use super::*;

fn refund() -> Value {
    json!({
        "type": "object",
        "properties": {
            "order_id": {"type": "string", "minLength": 1, "maxLength": 8},
            "amount_cents": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "title": "Amount in cents"},
            "reason": {"type": "string", "enum": ["broken", "late"]},
            "notify": {"type": ["boolean", "null"]},
            "lines": {"type": "array", "maxItems": 2, "items": {"$ref": "#/$defs/line"}}
        },
        "required": ["order_id", "amount_cents"],
        "additionalProperties": false,
        "$defs": {"line": {"type": "object", "properties": {"sku": {"type": "string"}}, "required": ["sku"]}}
    })
}

fn told(value: Value) -> Vec<String> {
    violations(&refund(), &value).iter().map(ToString::to_string).collect()
}

#[test]
fn a_fitting_value_has_no_violation() {
    assert!(told(json!({"order_id": "ORD-1042", "amount_cents": 4000})).is_empty());
    let whole = json!({"order_id": "é", "amount_cents": 1, "reason": "late", "notify": null, "lines": [{"sku": "a"}]});
    assert!(told(whole).is_empty());
}

#[test]
fn nothing_is_coerced() {
    let big: Value = serde_json::from_str("9223372036854775809").unwrap();
    for wrong in [json!("4000"), json!(4000.0), json!(null), json!(true), json!([4000]), big] {
        let told = told(json!({"order_id": "ORD-1042", "amount_cents": wrong}));
        assert_eq!(told.len(), 1, "{wrong}");
        assert!(told[0].starts_with("`amount_cents` must be a whole number"), "{told:?}");
    }
}

#[test]
fn every_rule_names_its_place() {
    let cases = [
        (json!({"order_id": "ORD-1042"}), "`amount_cents` is missing"),
        (json!({"order_id": "", "amount_cents": 1}), "`order_id` must not be empty"),
        (json!({"order_id": "ORD-10420", "amount_cents": 1}), "`order_id` must have at most 8 characters"),
        (json!({"order_id": "x", "amount_cents": 0}), "`amount_cents` must be at least 1"),
        (json!({"order_id": "x", "amount_cents": 1_000_001}), "`amount_cents` must be at most 1000000"),
        (json!({"order_id": "x", "amount_cents": 1, "force": true}), "`force` is no argument of this tool"),
        (
            json!({"order_id": "x", "amount_cents": 1, "reason": "Broken"}),
            "`reason` must be one of \"broken\", \"late\"",
        ),
        (json!({"order_id": "x", "amount_cents": 1, "lines": [{"sku": "a"}, {}]}), "`lines[1].sku` is missing"),
        (json!({"order_id": "x", "amount_cents": 1, "lines": [1]}), "`lines[0]` must be an object"),
        (json!({"order_id": "x", "amount_cents": 1, "notify": "yes"}), "`notify` must be true or false, or null"),
        (json!("ORD-1042"), "the arguments must be an object"),
    ];
    for (value, expected) in cases {
        assert_eq!(told(value.clone()), [expected], "{value}");
    }
}

#[test]
fn an_undeclared_argument_is_refused_unless_the_schema_opens_itself() {
    let closed = json!({"type": "object", "properties": {"a": {}}});
    assert_eq!(violations(&closed, &json!({"b": 1})).len(), 1);
    let open = json!({"type": "object", "properties": {"a": {}}, "additionalProperties": true});
    assert!(violations(&open, &json!({"b": 1})).is_empty());
    let typed = json!({"type": "object", "additionalProperties": {"type": "integer"}});
    assert_eq!(violations(&typed, &json!({"b": "1"})).len(), 1);
    assert!(violations(&json!({"type": "object"}), &json!({"b": 1})).is_empty());
}

#[test]
fn shapes_are_counted() {
    let any = json!({"anyOf": [{"type": "string"}, {"type": "integer"}]});
    assert!(violations(&any, &json!(1)).is_empty());
    assert_eq!(violations(&any, &json!(true)).len(), 1);
    let one = json!({"oneOf": [{"minimum": 1}, {"maximum": 10}]});
    assert_eq!(violations(&one, &json!(5)).len(), 1);
    assert!(violations(&one, &json!(50)).is_empty());
}

#[test]
fn hostile_schemas_end() {
    let round = json!({"$ref": "#"});
    assert_eq!(violations(&round, &json!({})).len(), 1);
    let doubling = json!({"anyOf": [{"$ref": "#"}, {"$ref": "#"}]});
    assert!(!violations(&doubling, &json!(1)).is_empty());
    let away = json!({"$ref": "https://example.test/schema.json"});
    assert_eq!(violations(&away, &json!(1)).len(), 1);
    assert_eq!(violations(&json!("no schema"), &json!(1)).len(), 1);
    assert_eq!(violations(&json!({"type": 7}), &json!(1)).len(), 1);
}

#[test]
fn fields_come_in_the_order_of_a_form() {
    let fields = fields(&refund());
    let names: Vec<_> = fields.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["order_id", "amount_cents", "lines", "notify", "reason"]);
    assert_eq!(fields[0].title, "Order id");
    assert_eq!(fields[1].title, "Amount in cents");
    assert_eq!(fields[1].kind, FieldKind::Integer { minimum: Some(1), maximum: Some(1_000_000) });
    assert_eq!(fields[4].kind, FieldKind::Choice(vec!["broken".into(), "late".into()]));
    assert_eq!(fields[2].kind, FieldKind::Json);
    assert!(fields[1].required && !fields[3].required);
}
