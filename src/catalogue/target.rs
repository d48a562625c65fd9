//! Which argument of a tool names the thing that its calls are about.

use serde_json::Value;

/// How well an argument names it, smaller is better: an identifier before anything else, the thing before its customer, then in
/// the order in which the schema requires them. `None` where it names nothing.
pub fn rank(name: &str, schema: Option<&Value>) -> Option<(bool, bool, usize)> {
    let list = schema.and_then(|schema| schema.get("required")).and_then(Value::as_array);
    let required = list.and_then(|list| list.iter().position(|each| each.as_str() == Some(name)));
    let identifies = identifies(name);
    ((identifies || required.is_some()) && !name.contains("idempotency"))
        .then(|| (!identifies, name.starts_with("customer"), required.unwrap_or(usize::MAX)))
}

/// The argument that names it in a call that has them all.
pub fn argument(schema: &Value) -> Option<&str> {
    let properties = schema.get("properties")?.as_object()?;
    let ranked = properties.keys().filter_map(|name| Some((rank(name, Some(schema))?, name.as_str())));
    ranked.min().map(|(_, name)| name)
}

fn identifies(name: &str) -> bool {
    let lower = name.to_lowercase();
    ["_id", "_number", "_no", "_ref", "_key"].iter().any(|end| lower.ends_with(end))
        || lower == "id"
        || name.ends_with("Id")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_identifier_comes_first_and_a_key_never() {
        let schema = |names: &[&str], required: &[&str]| {
            let properties: serde_json::Map<String, Value> =
                names.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
            json!({ "properties": properties, "required": required })
        };
        for (names, required, wanted) in [
            (&["amount", "order_id", "idempotency_key"][..], &["amount", "order_id"][..], Some("order_id")),
            (&["customer_id", "ticket_id"], &["customer_id", "ticket_id"], Some("ticket_id")),
            (&["amount", "supplier"], &["supplier", "amount"], Some("supplier")),
            (&["note", "idempotency_key"], &[], None),
        ] {
            assert_eq!(argument(&schema(names, required)), wanted, "{names:?}");
        }
        assert_eq!(argument(&json!({})), None);
    }
}
