//! The version of the thing that a call is about, asked of the tool that the lock names for it. It is looked up when the call
//! is proposed and again before it is made, so that nobody's word counts for a thing that changed in between.
//!
//! Absent here: a transaction. A tool is only ever asked between two of them.

use serde_json::{Map, Value};

use super::super::App;
use crate::catalogue::{Class, ToolName, canonical};
use crate::directives::Directives;
use crate::gate::shown::target_of;
use crate::tools::{CallOutcome, ToolCall};

/// Whether this tool's target has a version to look up.
pub(in crate::flow) fn has_version(directives: &Directives, tool: &ToolName) -> bool {
    version_tool(directives, tool).is_some()
}

/// The version now: the tool's own word for it, else a digest of what it tells. `None` where no tool can tell, or none told:
/// then two look-ups agree only if neither told.
pub(super) async fn version_of(
    app: &App,
    directives: &Directives,
    tool: &ToolName,
    arguments: &Value,
) -> Option<String> {
    let by = version_tool(directives, tool)?;
    let binding = &directives.catalogue.get(by)?.binding;
    let call = ToolCall {
        tool: by.clone(),
        arguments: shared(&binding.input_schema, arguments),
        digest: binding.digest.clone(),
        look_anew: false,
        // A thing has the same version whoever asks, so nobody's own credential is needed.
        position: String::new(),
    };
    match app.tools.call(call).await {
        CallOutcome::Answered(answer) if !answer.is_error => {
            let told = answer.structured.unwrap_or(Value::String(answer.text));
            let version = told.get("version").filter(|version| !version.is_null()).unwrap_or(&told);
            Some(version.as_str().map_or_else(|| canonical::digest(version), str::to_owned))
        }
        CallOutcome::Answered(_) | CallOutcome::Refused(_) | CallOutcome::Unknown(_) => None,
    }
}

/// The tool that the lock names, if it only reads.
fn version_tool<'a>(directives: &'a Directives, tool: &ToolName) -> Option<&'a ToolName> {
    let by = directives.catalogue.get(tool)?.binding.version_of.as_ref()?;
    directives.catalogue.get(by).filter(|known| known.binding.class == Class::Read).map(|_| by)
}

/// The arguments that both tools know by the same name; where that leaves one argument open that must be given, it is the
/// thing that the call is about.
fn shared(schema: &Value, arguments: &Value) -> Value {
    let known = schema.get("properties").and_then(Value::as_object);
    let fields = arguments.as_object().into_iter().flatten();
    let both = fields.filter(|(name, _)| known.is_some_and(|known| known.contains_key(name.as_str())));
    let mut both: Map<String, Value> = both.map(|(name, value)| (name.clone(), value.clone())).collect();
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let open: Vec<&str> = required.filter(|name| !both.contains_key(*name)).collect();
    if let ([only], Some((_, target))) = (open.as_slice(), target_of(arguments, None)) {
        both.insert((*only).to_owned(), Value::String(target));
    }
    Value::Object(both)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_version_tool_gets_what_it_knows_by_name() {
        let schema = json!({"properties": {"order_id": {"type": "string"}, "page": {}}});
        let call = json!({"order_id": "ORD-1", "amount_cents": 5, "idempotency_key": "k"});
        assert_eq!(shared(&schema, &call), json!({"order_id": "ORD-1"}));
        assert_eq!(shared(&Value::Null, &call), json!({}));
        let by_id = json!({"properties": {"id": {"type": "string"}}, "required": ["id"]});
        assert_eq!(shared(&by_id, &call), json!({"id": "ORD-1"}), "the thing that the call is about");
    }
}
