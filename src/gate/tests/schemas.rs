//! Each keyword of a schema at its limit: just inside, just outside.

use super::super::schema::{check, exact};
use super::*;

/// Arguments with one field `a`, against a schema of that field.
fn fits(schema: Value, a: Value) -> bool {
    check(&json!({"properties": {"a": schema}}), &json!({"a": a})).is_ok()
}

#[test]
fn numbers_at_their_limits() {
    for (schema, inside, outside) in [
        (json!({"minimum": 5}), vec![json!(5), json!(6), json!("a text")], vec![json!(4), json!(4.9)]),
        (json!({"maximum": 5}), vec![json!(5), json!(4)], vec![json!(6), json!(5.1)]),
        (json!({"exclusiveMinimum": 5}), vec![json!(5.1), json!(6)], vec![json!(5), json!(4)]),
        (json!({"exclusiveMaximum": 5}), vec![json!(4.9), json!(4)], vec![json!(5), json!(6)]),
        (json!({"multipleOf": 5}), vec![json!(0), json!(10), json!(-5)], vec![json!(7), json!(2.5), json!(1)]),
        (json!({"multipleOf": 0}), vec![json!(7)], vec![]),
        (json!({"multipleOf": -5}), vec![json!(7)], vec![]),
        (json!({"minimum": 2, "maximum": 3}), vec![json!(2), json!(3)], vec![json!(1), json!(4)]),
    ] {
        inside.into_iter().for_each(|a| assert!(fits(schema.clone(), a.clone()), "{a} fits {schema}"));
        outside.into_iter().for_each(|a| assert!(!fits(schema.clone(), a.clone()), "{a} does not fit {schema}"));
    }
}

#[test]
fn lengths_at_their_limits() {
    for (least, most, of) in [
        ("minLength", "maxLength", [json!("ü"), json!("üü"), json!("üüü"), json!("üüüü")]),
        ("minItems", "maxItems", [json!([1]), json!([1, 2]), json!([1, 2, 3]), json!([1, 2, 3, 4])]),
        (
            "minProperties",
            "maxProperties",
            [
                json!({"a": 1}),
                json!({"a": 1, "b": 2}),
                json!({"a": 1, "b": 2, "c": 3}),
                json!({"a": 1, "b": 2, "c": 3, "d": 4}),
            ],
        ),
    ] {
        let both = json!({least: 2, most: 3});
        assert_eq!(of.clone().map(|a| fits(both.clone(), a)), [false, true, true, false], "{both}");
        assert_eq!(of.clone().map(|a| fits(json!({least: 2}), a)), [false, true, true, true], "{least}");
        assert_eq!(of.map(|a| fits(json!({most: 3}), a)), [true, true, true, false], "{most}");
        assert!(fits(both, json!(5)), "a number has no length");
    }
}

#[test]
fn types_by_name() {
    let values = [json!(null), json!(true), json!(1.5), json!(1), json!("x"), json!([]), json!({})];
    for (name, of) in [
        ("null", [true, false, false, false, false, false, false]),
        ("boolean", [false, true, false, false, false, false, false]),
        ("number", [false, false, true, true, false, false, false]),
        ("integer", [false, false, false, true, false, false, false]),
        ("string", [false, false, false, false, true, false, false]),
        ("array", [false, false, false, false, false, true, false]),
        ("object", [false, false, false, false, false, false, true]),
        ("date", [false; 7]),
    ] {
        assert_eq!(values.clone().map(|a| fits(json!({"type": name}), a)), of, "{name}");
    }
    assert!(fits(json!({"type": "integer"}), json!(u64::MAX)));
    let either = json!({"type": ["string", "null"]});
    assert_eq!(values.map(|a| fits(either.clone(), a)), [true, false, false, false, true, false, false]);
    assert!(!fits(json!({"type": 5}), json!(5)), "a type that is none fits nothing");
}

#[test]
fn fixed_values() {
    let some = json!({"enum": [1, "x", null]});
    assert!(fits(some.clone(), json!(1)) && fits(some.clone(), json!(1.0)) && fits(some.clone(), json!(null)));
    assert!(!fits(some.clone(), json!("y")) && !fits(some.clone(), json!(2)) && !fits(some, json!("1")));
    assert!(fits(json!({"const": 5}), json!(5.0)) && fits(json!({"const": "x"}), json!("x")));
    assert!(!fits(json!({"const": 5}), json!(6)) && !fits(json!({"const": "x"}), json!("y")));
    assert!(!fits(json!({"const": 5}), json!("5")) && !fits(json!({"const": null}), json!(false)));
}

#[test]
fn schemas_that_are_joined() {
    let (text, long) = (json!({"type": "string"}), json!({"minLength": 3}));
    let all = json!({"allOf": [text.clone(), long.clone()]});
    assert!(fits(all.clone(), json!("abc")) && !fits(all.clone(), json!("ab")) && !fits(all, json!(5)));
    let any = json!({"anyOf": [{"type": "integer"}, {"minLength": 3, "type": "string"}]});
    assert!(fits(any.clone(), json!(5)) && fits(any.clone(), json!("abc")) && !fits(any.clone(), json!("ab")));
    assert!(!fits(any, json!(null)));
    let one = json!({"oneOf": [text, long]});
    assert!(fits(one.clone(), json!("ab")) && fits(one.clone(), json!(5)) && !fits(one, json!("abc")));
    assert!(!fits(json!({"oneOf": [{"type": "null"}, {"type": "array"}]}), json!("x")), "none of them");
    let not = json!({"not": {"type": "string"}});
    assert!(fits(not.clone(), json!(5)) && !fits(not, json!("x")));
    assert!(fits(json!(true), json!("x")) && !fits(json!(false), json!("x")) && !fits(json!("x"), json!("x")));
}

#[test]
fn items_and_names() {
    let ids = json!({"type": "array", "items": {"type": "integer"}, "uniqueItems": true});
    assert!(fits(ids.clone(), json!([1, 2, 3])) && fits(ids.clone(), json!([])) && !fits(ids.clone(), json!([1, "2"])));
    assert!(!fits(ids.clone(), json!([1, 2, 1])) && !fits(ids, json!([1, 1.0])));
    assert!(fits(json!({"uniqueItems": false}), json!([1, 1])) && fits(json!({}), json!([1, 1])));
    let named = json!({"additionalProperties": {"type": "integer"}, "properties": {"b": {"type": "string"}}});
    assert!(fits(named.clone(), json!({"b": "x", "c": 1})));
    assert!(!fits(named.clone(), json!({"c": "x"})) && !fits(named, json!({"b": 1})));
    assert!(fits(json!({"additionalProperties": true}), json!({"c": 1})) && fits(json!({}), json!({"c": 1})));
}

#[test]
fn references_and_schemas_that_are_none() {
    let schema =
        json!({"$defs": {"id": {"type": "string"}}, "properties": {"a": {"$ref": "#/$defs/id", "minLength": 3}}});
    assert!(check(&schema, &json!({"a": "abc"})).is_ok());
    assert!(check(&schema, &json!({"a": "ab"})).is_err(), "what stands beside a reference counts too");
    assert!(check(&schema, &json!({"a": 5})).is_err());
    assert!(!fits(json!({"$ref": "#/nowhere"}), json!(5)) && !fits(json!({"$ref": "https://elsewhere"}), json!(5)));
    assert!(check(&Value::Null, &json!({"a": 1})).is_ok(), "no schema says nothing");
    assert!(check(&json!("x"), &json!({})).is_err() && check(&json!([]), &json!({})).is_err());
    assert!(check(&json!(false), &json!({})).is_err() && check(&json!(true), &json!({})).is_ok());
    assert!(check(&json!({}), &json!("x")).is_err(), "arguments are an object");
    let deep = |levels: usize| (0..levels).fold(json!({}), |inner, _| json!({"a": inner}));
    let every = json!({"additionalProperties": {"$ref": "#"}});
    assert!(check(&every, &deep(10)).is_ok() && check(&every, &deep(40)).is_err());
    assert!(
        exact(&json!({"a": {"b": [(1_u64 << 53) - 1]}})).is_ok() && exact(&json!({"a": {"b": [1_u64 << 53]}})).is_err()
    );
    assert!(exact(&json!(-(1_i64 << 53))).is_err() && exact(&json!(1 - (1_i64 << 53))).is_ok());
}
