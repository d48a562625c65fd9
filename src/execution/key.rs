//! The idempotency key: stable text that is the same at every attempt of one action, and of no other.

use serde_json::Value;

use crate::catalogue::{Binding, canonical};
use crate::ids::ActionId;

/// Derives the key from the action and from what it does. It looks like a UUID (version 8, RFC 9562: "custom"), which is what
/// servers that check the form of a key accept.
///
/// `content` is the digest of the call before the key is in it: the digest that approvers are shown covers the key itself.
pub fn idempotency_key(action: ActionId, content: &str) -> String {
    let digest = canonical::digest_bytes(format!("workforce idempotency key\n{action}\n{content}").as_bytes());
    let hex = digest.trim_start_matches("sha256:");
    format!("{}-{}-8{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

/// Puts the key into the arguments, at planning time: approvers see the bytes that will be sent.
///
/// Nothing changes where the lock names no argument for a key. A key that the agent gave itself is replaced: an agent that
/// picks its keys could make a new action look like one that is done already.
pub fn fill_key(binding: &Binding, action: ActionId, tool: &str, arguments: Value) -> Value {
    let (Some(name), Value::Object(mut fields)) = (binding.idempotency_arg.as_ref(), arguments.clone()) else {
        return arguments;
    };
    fields.remove(name);
    let content = canonical::digest(&serde_json::json!({"tool": tool, "arguments": fields}));
    fields.insert(name.clone(), Value::String(idempotency_key(action, &content)));
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Class;
    use serde_json::json;

    fn binding(key: Option<&str>) -> Binding {
        Binding {
            title: None,
            description: String::new(),
            input_schema: Value::Null,
            output_schema: None,
            annotations: None,
            class: Class::Write,
            idempotency_arg: key.map(str::to_owned),
            probe: None,
            version_of: None,
            digest: String::new(),
        }
    }

    #[test]
    fn the_key_is_stable_for_one_action_and_differs_for_any_other() {
        let key = idempotency_key(ActionId(7), "sha256:aa");
        assert_eq!(key, idempotency_key(ActionId(7), "sha256:aa"));
        assert_ne!(key, idempotency_key(ActionId(8), "sha256:aa"));
        assert_ne!(key, idempotency_key(ActionId(7), "sha256:ab"));
        let uuid: uuid::Uuid = key.parse().expect("the key has the form of a UUID");
        assert_eq!(uuid.get_version_num(), 8);
    }

    #[test]
    fn filling_in_is_idempotent_and_overrules_the_agents_own_key() {
        let plain = json!({"order_id": "ORD-1"});
        assert_eq!(fill_key(&binding(None), ActionId(1), "billing.refund", plain.clone()), plain);
        let keyed = binding(Some("key"));
        let filled = fill_key(&keyed, ActionId(1), "billing.refund", plain.clone());
        assert_eq!(fill_key(&keyed, ActionId(1), "billing.refund", filled.clone()), filled);
        let forged = json!({"order_id": "ORD-1", "key": "mine"});
        assert_eq!(fill_key(&keyed, ActionId(1), "billing.refund", forged), filled);
        assert_eq!(fill_key(&keyed, ActionId(1), "billing.refund", json!([1])), json!([1]));
    }
}
